//! Coming into a notebook by a link: the four messages between a joiner and the member who hosts them.

mod host;
mod joiner;
#[cfg(test)]
mod tests;

use hedgerow_model::{DeviceId, InvitationId, Label, NotebookId, OpId, PersonId};
use serde::{Deserialize, Serialize};

use crate::{
    Action, HpkePublic, InvitationState, Link, Membership, Record, Redemption, RedemptionState, ShortWords, Signature,
    SignedOp, View, bounded, canonical,
};

pub use host::{Host, Redeemed};
pub use joiner::{Joiner, Offered};

/// 1: the joiner shows that they have the link, and commits to their keys without showing them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinAsk {
    /// The notebook that the link names.
    pub notebook: NotebookId,
    /// The invitation that the link names.
    pub invitation: InvitationId,
    /// Random.
    pub nonce: [u8; 32],
    /// Hides and binds the joiner's keys; see [`JoinRedeem::opening`].
    pub commitment: [u8; 32],
    /// By the link's key, over all of this and both devices.
    pub proof: Signature,
}

/// 2: the host shows who is in the notebook and who invited, and binds itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinOffer {
    /// Random.
    pub nonce: [u8; 32],
    /// The operations, each after those it depends on.
    #[serde(deserialize_with = "bounded::list::<_, _, { JoinOffer::MOST_OPS }>")]
    pub ops: Vec<SignedOp>,
    /// By the host's device.
    pub signature: Signature,
}

/// 3: the joiner shows who they are, and signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRedeem {
    /// Random; with it the commitment opens.
    pub opening: [u8; 32],
    /// The joiner's own log, each operation after those it depends on.
    #[serde(deserialize_with = "bounded::list::<_, _, { JoinRedeem::MOST_OPS }>")]
    pub log: Vec<SignedOp>,
    /// Signed by the joiner's device and by the link's key.
    pub redemption: Redemption,
}

/// 4: how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinAnswer {
    /// The joiner is in, or waits for an admin if the link makes admins.
    Welcome(JoinWelcome),
    /// Not now, or not by this link.
    Refused(JoinRefusal),
}

/// What a joiner is given to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinWelcome {
    /// The operation that lets them in.
    pub redemption: OpId,
    /// Operations that they do not have, that one among them.
    #[serde(deserialize_with = "bounded::list::<_, _, { JoinOffer::MOST_OPS }>")]
    pub ops: Vec<SignedOp>,
    /// Records that seal the notebook's keys to them. None while an admin has to agree.
    #[serde(serialize_with = "canonical::write_byte_strings")]
    #[serde(deserialize_with = "canonical::byte_strings::<{ JoinWelcome::MOST_RECORDS }, _>")]
    pub records: Vec<Vec<u8>>,
}

/// Any of the four.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinMessage {
    /// 1.
    Ask(JoinAsk),
    /// 2.
    Offer(JoinOffer),
    /// 3.
    Redeem(Box<JoinRedeem>),
    /// 4.
    Answer(JoinAnswer),
}

impl JoinAsk {
    /// The longest it is as a [`JoinMessage`], in bytes.
    pub const MOST: usize = 256;

    /// Reads a first message; `None` when it is anything else. What a stranger sends is read by this, and not by
    /// [`JoinMessage::parse`], which checks as many signatures as it finds.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<JoinAsk> {
        match canonical::read(bytes, Self::MOST)? {
            JoinMessage::Ask(ask) => Some(ask),
            _ => None,
        }
    }
}

impl JoinOffer {
    /// The most operations.
    pub const MOST_OPS: usize = 32_768;
}

impl JoinRedeem {
    /// The most operations of one person's log.
    pub const MOST_OPS: usize = 1024;
}

impl JoinWelcome {
    /// The most records.
    pub const MOST_RECORDS: usize = 256;
}

impl JoinMessage {
    /// The longest message, in bytes.
    pub const MOST: usize = Record::MOST;

    /// Writes it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        canonical::write(self)
    }

    /// Reads it; `None` when it is longer than [`JoinMessage::MOST`] or not one message written as it must be. The
    /// signature of every operation in it then holds.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<JoinMessage> {
        canonical::read(bytes, Self::MOST)
    }
}

/// Why somebody is not let in, as the host says it to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum JoinRefusal {
    /// The host does not have that notebook, or that invitation, or the link's key does not fit it.
    #[error(
        "whoever answered does not know this invitation; try again when whoever sent it is online, or ask for a new link"
    )]
    Unknown,
    /// The host is no member any more.
    #[error("whoever answered is no longer in the notebook; try again when another member is online")]
    HostNotAMember,
    /// An admin closed the link.
    #[error("this invitation has been withdrawn; ask for a new link")]
    Revoked,
    /// Somebody was removed since, which closes older links.
    #[error("this invitation was closed when somebody was removed from the notebook; ask for a new link")]
    Cut,
    /// As many have come as it admits.
    #[error("this invitation has been used up; ask for a new link")]
    UsedUp,
    /// By the host's clock.
    #[error("this invitation has expired; ask for a new link")]
    Expired,
    /// They are in already.
    #[error("you are in this notebook already")]
    AlreadyMember,
    /// What they signed belongs to another conversation, or their keys are not those they committed to.
    #[error("the two devices did not mean the same conversation; open the link again")]
    Mixed,
    /// The operation that would let them in was refused.
    #[error("the notebook does not accept it: {0}")]
    NotAccepted(Label),
}

impl JoinRefusal {
    /// That the notebook does not accept the operation; `why` is cut to one line.
    #[must_use]
    pub fn not_accepted(why: &str) -> JoinRefusal {
        let line: String = why.chars().filter(|c| !c.is_control()).take(Label::MOST).collect();
        Label::parse(&line).map_or(JoinRefusal::Mixed, JoinRefusal::NotAccepted)
    }
}

/// The operation by which `device` came in by `invitation` and is still in, or asked to come in and waits for an admin
/// with the link not closed. Whoever was removed since is nobody who came before.
fn redeemed_before(
    view: &View,
    membership: &Membership,
    invitation: &InvitationState,
    device: &DeviceId,
) -> Option<OpId> {
    let is_in = view.role_of_device(device).is_some();
    let open = matches!(invitation.state, Link::Open | Link::UsedUp);
    let notices = view.redemptions().into_iter().filter(|notice| notice.invitation == invitation.id);
    let counts = notices.filter(|notice| match notice.state {
        RedemptionState::Stands | RedemptionState::Seated => is_in,
        RedemptionState::AwaitsAdmin | RedemptionState::Contested => is_in || open && !notice.decided,
        RedemptionState::Void | RedemptionState::HostFell => false,
    });
    counts.map(|notice| notice.op).find(|op| {
        let action = membership.op(op).map(|signed| &signed.op().action);
        matches!(action, Some(Action::Redeem(redemption)) if redemption.device == *device)
    })
}

/// Why a joiner goes no further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinProblem {
    /// The host's signature, or what it answers to, is not right.
    #[error("the answer does not belong to this invitation; open the link again")]
    Mixed,
    /// The operations shown do not make the notebook that the link names.
    #[error(
        "whoever answered did not show the notebook that the link names; ask for the link again from somebody you know"
    )]
    NotThatNotebook,
    /// The invitation is not there, or differs from the link.
    #[error("whoever answered did not show the invitation that the link names; ask for a new link")]
    NotThatInvitation,
    /// The host is not in the notebook.
    #[error("whoever answered is not in the notebook; try again when another member is online")]
    HostNotAMember,
    /// The link has been closed.
    #[error(transparent)]
    Refused(#[from] JoinRefusal),
}

/// What both sides hash on the way: every later hash holds the earlier ones.
mod transcript {
    use super::{DeviceId, HpkePublic, JoinAsk, PersonId, ShortWords, SignedOp};

    /// T1: the ask without its proof, and both devices.
    pub(super) fn asked(ask: &JoinAsk, joiner: &DeviceId, host: &DeviceId) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/joining-ask");
        hasher.update(ask.notebook.as_bytes()).update(ask.invitation.as_bytes());
        hasher.update(&ask.nonce).update(&ask.commitment);
        hasher.update(joiner.as_bytes()).update(host.as_bytes());
        *hasher.finalize().as_bytes()
    }

    /// T2: T1, the host's nonce, and the operations shown.
    pub(super) fn offered(asked: &[u8; 32], nonce: &[u8; 32], ops: &[SignedOp]) -> [u8; 32] {
        let mut shown = blake3::Hasher::new();
        for op in ops {
            shown.update(op.id().as_bytes());
        }
        let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/joining-offer");
        hasher.update(asked).update(nonce).update(shown.finalize().as_bytes());
        *hasher.finalize().as_bytes()
    }

    /// What hides and binds the joiner's keys.
    pub(super) fn commitment(opening: &[u8; 32], who: &Who) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/joining-commitment");
        hasher.update(opening);
        who.hash_into(&mut hasher);
        *hasher.finalize().as_bytes()
    }

    /// The words that both people see.
    pub(super) fn words(offered: &[u8; 32], opening: &[u8; 32], who: &Who) -> ShortWords {
        let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/short-words");
        hasher.update(offered).update(opening);
        who.hash_into(&mut hasher);
        let mut bytes = [0; 4];
        hasher.finalize_xof().fill(&mut bytes);
        ShortWords::from_bytes(bytes)
    }

    /// Who joins, with which keys.
    pub(super) struct Who {
        pub(super) person: PersonId,
        pub(super) device: DeviceId,
        pub(super) hpke: HpkePublic,
    }

    impl Who {
        fn hash_into(&self, hasher: &mut blake3::Hasher) {
            hasher.update(self.person.as_bytes()).update(self.device.as_bytes()).update(self.hpke.as_bytes());
        }
    }
}
