//! Why an operation is not taken.

use hedgerow_model::{DeviceId, InvitationId, OpId, PersonId};

use super::SignedOp;

/// Why an operation is not taken. All but [`OpRefusal::Missing`] are for ever, and the same at everybody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpRefusal {
    /// It stands on operations that are not here yet; keep it and try again with them.
    #[error("it waits for {count} earlier operations", count = .0.len())]
    Missing(Vec<OpId>),
    /// Longer than [`SignedOp::MOST`].
    #[error("the operation has {bytes} bytes; {most} is the most", most = SignedOp::MOST)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Not written as operations are, or out of bounds.
    #[error("the operation cannot be used: {0}")]
    Malformed(&'static str),
    /// Not signed by the key that it names.
    #[error("operation {op} is not signed by its author; ask another member for it")]
    BadSignature {
        /// Its id.
        op: OpId,
    },
    /// To be signed with other keys than these.
    #[error("the operation is for device {device} to sign")]
    NotYourDevice {
        /// Which.
        device: DeviceId,
    },
    /// It belongs to another notebook, or stands on nothing of its own log.
    #[error("the operation belongs to another log")]
    OtherLog,
    /// Its number does not follow the author's last.
    #[error("the operation is number {found} of its author; {due} is due")]
    OutOfSequence {
        /// What it says.
        found: u64,
        /// What follows from what it stands on.
        due: u64,
    },
    /// Its device was not one of its person.
    #[error("device {device} is not a device of {person}")]
    NotADeviceOf {
        /// The device.
        device: DeviceId,
        /// The person.
        person: PersonId,
    },
    /// The author has no role here.
    #[error("{person} is not a member")]
    NotAMember {
        /// Who.
        person: PersonId,
    },
    /// Only admins do this.
    #[error("{person} is not an admin; ask one to do it")]
    NotAnAdmin {
        /// Who.
        person: PersonId,
    },
    /// It is about somebody senior.
    #[error("the person or device was there before you; ask somebody senior to them")]
    Outranked,
    /// The founder has their place until they hand it over.
    #[error("the founder stays until they hand over")]
    Founder,
    /// Things are as it asks for already.
    #[error("nothing would change")]
    NothingChanges,
    /// The log of a person or circle that it needs is not among what it stands on.
    #[error("nothing is known of the person or circle that it is about")]
    UnknownSubject,
    /// It is about something that it does not stand on.
    #[error("no invitation {0} is known")]
    UnknownInvitation(InvitationId),
    /// Closed by a revocation, a removal, a demotion, or because its inviter went.
    #[error("invitation {0} is closed; ask for a new one")]
    InvitationClosed(InvitationId),
    /// As many persons as it admits have come.
    #[error("invitation {0} is used up; ask for a new one")]
    InvitationUsedUp(InvitationId),
    /// The person has a role already.
    #[error("{person} is a member already")]
    AlreadyAMember {
        /// Who.
        person: PersonId,
    },
    /// The joiner's statement is not signed by the device and by the link's key, or was used before.
    #[error("the joiner's signatures do not hold; start the invitation again")]
    BadRedemption,
    /// The founder's recovery key has not agreed.
    #[error("a handover needs the founder's recovery key")]
    NoRecovery,
    /// More operations than one notebook keeps.
    #[error("the notebook has as many membership operations as it can hold")]
    Full,
}

impl OpRefusal {
    /// Whether it may be taken later, when more is known.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self, OpRefusal::Missing(_))
    }
}
