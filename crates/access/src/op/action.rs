//! What an operation does, and how it stands in bytes.

use hedgerow_model::{CircleId, DeviceId, InvitationId, Label, Moment, OpId, PersonId, Role, RoutingId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::OpRefusal;
use crate::{HpkePublic, RecoveryPublic, Redemption, Retained, Signature, bounded};

/// Who can be given a role in a notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// A person, with all their devices.
    Person(PersonId),
    /// A circle, with all its persons.
    Circle(CircleId),
}

/// Which of the three kinds of log an operation belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogKind {
    /// Who may do what in a notebook.
    Notebook,
    /// A person's devices.
    Person,
    /// A circle's persons.
    Circle,
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Begins a notebook.
    FoundNotebook {
        /// By what its records are routed.
        routing: RoutingId,
        /// Its first admin, who cannot fall before a handover.
        founder: PersonId,
        /// Random, so that no two notebooks are one.
        salt: [u8; 16],
    },
    /// Gives somebody a role, or another role.
    Set {
        /// To whom.
        subject: Subject,
        /// Which. A circle is at most [`Role::Writer`].
        role: Role,
        /// If this lowers their role: what stays of their work.
        retained: Retained,
    },
    /// Takes somebody's role away.
    Remove {
        /// Whose.
        subject: Subject,
        /// What stays of their work.
        retained: Retained,
    },
    /// The author goes.
    Leave {
        /// What stays of their work.
        retained: Retained,
    },
    /// Issues a link.
    Invite {
        /// The Ed25519 public key derived from the link's secret.
        key: [u8; 32],
        /// What the link gives.
        role: Role,
        /// How many persons may use it: 1 to [`Action::MOST_USES`].
        uses: u32,
        /// Until when hosts should honour it, by their own clocks.
        expires: Moment,
        /// What the admin calls it.
        label: Option<Label>,
    },
    /// Closes a link: only redemptions that this operation knows still count.
    Revoke {
        /// Which.
        invitation: InvitationId,
    },
    /// Lets somebody in by a link; the author is the host.
    Redeem(Box<Redemption>),
    /// Seats persons who came by a link, so that no latecomer can put them in question.
    Settle {
        /// Which link.
        invitation: InvitationId,
        /// One redemption of each person: at most the link's uses, and at most [`Action::MOST_SEATED`].
        redemptions: Vec<OpId>,
    },
    /// The founder makes another admin's place the first.
    Handover {
        /// Whose.
        to: PersonId,
        /// By the founder's recovery key; see the README for the bytes.
        recovery: Signature,
    },
    /// Makes the present epoch old, so that the next writer makes a new one.
    Retire,
    /// Begins a person; signed by their first device.
    FoundPerson {
        /// Their recovery, senior to all devices.
        recovery: RecoveryPublic,
        /// Their first device.
        device: DeviceId,
        /// To which epoch keys are sealed for it.
        hpke: HpkePublic,
        /// Random.
        salt: [u8; 16],
    },
    /// Adds a device of the person.
    AddDevice {
        /// Which.
        device: DeviceId,
        /// To which epoch keys are sealed for it.
        hpke: HpkePublic,
        /// By the new device itself: nobody's device can be claimed.
        consent: Signature,
    },
    /// Takes a device away. What it did falls, seen or not, but for what `good` stands on.
    RevokeDevice {
        /// Which.
        device: DeviceId,
        /// Its last good operations, in any log.
        good: Vec<OpId>,
        /// What stays of its work.
        retained: Retained,
    },
    /// Puts another recovery in place; signed by the one in place, which is given no later keys.
    ReplaceRecovery {
        /// The new one. Both its keys are new.
        recovery: RecoveryPublic,
    },
    /// Begins a circle.
    FoundCircle {
        /// Its first admin.
        founder: PersonId,
        /// What it is called.
        name: Label,
        /// Random.
        salt: [u8; 16],
    },
    /// Puts a person into the circle, or makes them its admin or no longer so.
    SetCircle {
        /// Whom.
        person: PersonId,
        /// Whether they may change the circle.
        admin: bool,
    },
    /// Takes a person out of the circle.
    RemoveFromCircle {
        /// Whom.
        person: PersonId,
        /// What stays of their work, in any notebook.
        retained: Retained,
    },
    /// Something that a newer Hedgerow wrote: kept, and never in effect.
    Unknown {
        /// Its number.
        kind: u16,
        /// Its bytes.
        body: Vec<u8>,
    },
}

impl Action {
    /// The most persons that one link lets in.
    pub const MOST_USES: u32 = 10_000;
    /// The most redemptions that one settle names.
    pub const MOST_SEATED: usize = 1024;
    /// The most good heads that a revocation of a device names.
    pub const MOST_GOOD: usize = 1024;

    /// The kind's number. Its high byte is the kind of log: 1 a notebook, 2 a person, 3 a circle; the low byte of a first
    /// operation is 0.
    #[must_use]
    pub fn kind(&self) -> u16 {
        match self {
            Action::FoundNotebook { .. } => 0x0100,
            Action::Set { .. } => 0x0101,
            Action::Remove { .. } => 0x0102,
            Action::Leave { .. } => 0x0103,
            Action::Invite { .. } => 0x0104,
            Action::Revoke { .. } => 0x0105,
            Action::Redeem(_) => 0x0106,
            Action::Settle { .. } => 0x0107,
            Action::Handover { .. } => 0x0108,
            Action::Retire => 0x0109,
            Action::FoundPerson { .. } => 0x0200,
            Action::AddDevice { .. } => 0x0201,
            Action::RevokeDevice { .. } => 0x0202,
            Action::ReplaceRecovery { .. } => 0x0203,
            Action::FoundCircle { .. } => 0x0300,
            Action::SetCircle { .. } => 0x0301,
            Action::RemoveFromCircle { .. } => 0x0302,
            Action::Unknown { kind, .. } => *kind,
        }
    }

    /// Which kind of log it belongs to; `None` for a number of no known kind of log.
    pub(crate) fn log_kind(kind: u16) -> Option<LogKind> {
        match kind >> 8 {
            1 => Some(LogKind::Notebook),
            2 => Some(LogKind::Person),
            3 => Some(LogKind::Circle),
            _ => None,
        }
    }

    /// Whether it begins a log.
    pub(crate) fn is_genesis(&self) -> bool {
        self.kind() & 0xff == 0
    }

    /// The bytes that follow the kind: postcard of the fields in order.
    pub(super) fn body(&self) -> Vec<u8> {
        match self {
            Action::FoundNotebook { routing, founder, salt } => encoded(&(routing, founder, salt)),
            Action::Set { subject, role, retained } => encoded(&(subject, role, retained)),
            Action::Remove { subject, retained } => encoded(&(subject, retained)),
            Action::Leave { retained } => encoded(&(retained,)),
            Action::Invite { key, role, uses, expires, label } => encoded(&(key, role, uses, expires, label)),
            Action::Revoke { invitation } => encoded(&(invitation,)),
            Action::Redeem(redemption) => encoded(&(redemption,)),
            Action::Settle { invitation, redemptions } => encoded(&(invitation, redemptions)),
            Action::Handover { to, recovery } => encoded(&(to, recovery)),
            Action::Retire => Vec::new(),
            Action::FoundPerson { recovery, device, hpke, salt } => encoded(&(recovery, device, hpke, salt)),
            Action::AddDevice { device, hpke, consent } => encoded(&(device, hpke, consent)),
            Action::RevokeDevice { device, good, retained } => encoded(&(device, good, retained)),
            Action::ReplaceRecovery { recovery } => encoded(&(recovery,)),
            Action::FoundCircle { founder, name, salt } => encoded(&(founder, name, salt)),
            Action::SetCircle { person, admin } => encoded(&(person, admin)),
            Action::RemoveFromCircle { person, retained } => encoded(&(person, retained)),
            Action::Unknown { body, .. } => body.clone(),
        }
    }

    /// Reads the bytes that follow `kind`.
    pub(super) fn read(kind: u16, body: &[u8]) -> Result<Action, OpRefusal> {
        let action = match kind {
            0x0100 => decoded(body, |(routing, founder, salt)| Action::FoundNotebook { routing, founder, salt }),
            0x0101 => decoded(body, |(subject, role, retained)| Action::Set { subject, role, retained }),
            0x0102 => decoded(body, |(subject, retained)| Action::Remove { subject, retained }),
            0x0103 => decoded(body, |(retained,)| Action::Leave { retained }),
            0x0104 => {
                decoded(body, |(key, role, uses, expires, label)| Action::Invite { key, role, uses, expires, label })
            }
            0x0105 => decoded(body, |(invitation,)| Action::Revoke { invitation }),
            0x0106 => decoded(body, |(redemption,)| Action::Redeem(redemption)),
            0x0107 => decoded(body, |(invitation, Ids::<{ Self::MOST_SEATED }>(redemptions))| Action::Settle {
                invitation,
                redemptions,
            }),
            0x0108 => decoded(body, |(to, recovery)| Action::Handover { to, recovery }),
            0x0109 => decoded(body, |()| Action::Retire),
            0x0200 => {
                decoded(body, |(recovery, device, hpke, salt)| Action::FoundPerson { recovery, device, hpke, salt })
            }
            0x0201 => decoded(body, |(device, hpke, consent)| Action::AddDevice { device, hpke, consent }),
            0x0202 => decoded(body, |(device, Ids::<{ Self::MOST_GOOD }>(good), retained)| Action::RevokeDevice {
                device,
                good,
                retained,
            }),
            0x0203 => decoded(body, |(recovery,)| Action::ReplaceRecovery { recovery }),
            0x0300 => decoded(body, |(founder, name, salt)| Action::FoundCircle { founder, name, salt }),
            0x0301 => decoded(body, |(person, admin)| Action::SetCircle { person, admin }),
            0x0302 => decoded(body, |(person, retained)| Action::RemoveFromCircle { person, retained }),
            _ => Some(Action::Unknown { kind, body: body.to_vec() }),
        };
        action.ok_or(OpRefusal::Malformed("its action cannot be read"))
    }
}

/// A list of at most `MOST` ids.
#[derive(Deserialize)]
struct Ids<const MOST: usize>(#[serde(deserialize_with = "bounded::list::<_, _, MOST>")] Vec<OpId>);

/// Postcard of `value`.
pub(super) fn encoded<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("plain values written to memory; postcard has nothing to refuse")
}

fn decoded<T: DeserializeOwned>(body: &[u8], make: impl FnOnce(T) -> Action) -> Option<Action> {
    postcard::from_bytes(body).ok().map(make)
}
