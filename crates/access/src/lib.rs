//! Who may do what: membership, keys, and the sealing and signing of records.

mod attachment;
mod bits;
mod bounded;
mod canonical;
mod change;
mod checkpoint;
mod circles;
mod dag;
mod epoch;
mod epochs;
mod falls;
mod fingerprint;
mod frame;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod invitation;
mod joining;
mod judge;
mod key_record;
mod keys;
mod late;
mod membership;
mod op;
mod payload;
mod person_log;
mod persons;
mod pins;
mod profile;
mod propose;
mod record;
mod redemption;
mod resolution;
mod seats;
#[cfg(test)]
mod stories;
mod vault;
mod view;
mod words;

pub use attachment::{FileSealer, Manifest, PieceProblem, piece_id};
pub use change::{ChangeBody, LiftedHead, Run};
pub use checkpoint::{CheckpointBody, Compacted, SignedHead};
pub use epoch::EpochKey;
pub use epochs::{EpochProblem, EpochStanding, Epochs, KeyNews, Owed};
pub use fingerprint::fingerprint;
pub use invitation::{InvitationProblem, InvitationUri, LinkSecret};
pub use joining::{
    Host, JoinAnswer, JoinAsk, JoinMessage, JoinOffer, JoinProblem, JoinRedeem, JoinRefusal, JoinWelcome, Joiner,
    Offered, Redeemed,
};
pub use keys::{
    DeviceKeys, HpkePublic, Recipient, RecipientId, RecipientKeys, RecoveryKeys, RecoveryPublic, Signature,
};
pub use late::LateCause;
pub use membership::{Inserted, Membership};
pub use op::{
    Action, Author, LogKind, Op, OpRefusal, SignedOp, Subject, device_consent, found_circle, found_notebook,
    found_person,
};
pub use payload::Payload;
pub use person_log::PersonLog;
pub use pins::{Head, Pins, PinsDigest, Retained};
pub use profile::SignedProfile;
pub use propose::Signer;
pub use record::{Beginning, Form, Record, RecordRefusal, StreamName, seal};
pub use redemption::{Redemption, RedemptionAsked, link_public};
pub use vault::{BoxKey, Costs, KeyBox, Opener, Secrets, StorageKey, VaultProblem};
pub use view::{InvitationState, Link, Member, RedemptionNotice, RedemptionState, Standing, View};
pub use words::ShortWords;
