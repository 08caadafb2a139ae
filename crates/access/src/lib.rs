//! Who may do what: membership, keys, and the sealing and signing of records.

mod bounded;
mod canonical;
mod change;
mod checkpoint;
mod epoch;
mod fingerprint;
mod invitation;
mod key_record;
mod keys;
mod op;
mod payload;
mod pins;
mod profile;
mod record;
mod redemption;
mod vault;
mod words;

pub use change::{ChangeBody, LiftedHead, Run};
pub use checkpoint::{CheckpointBody, Compacted, SignedHead};
pub use epoch::EpochKey;
pub use fingerprint::fingerprint;
pub use invitation::{InvitationProblem, InvitationUri, LinkSecret};
pub use keys::{DeviceKeys, HpkePublic, RecoveryKeys, Signature};
pub use op::{
    Action, Author, LogKind, Op, OpRefusal, SignedOp, Subject, device_consent, found_circle, found_notebook,
    found_person,
};
pub use payload::Payload;
pub use pins::{Head, Pins, PinsDigest, Retained};
pub use profile::SignedProfile;
pub use record::{Form, Record, RecordRefusal, StreamName, seal};
pub use redemption::{Redemption, RedemptionAsked, link_public};
pub use vault::{Costs, KeyBox, Secrets, StorageKey, VaultProblem};
pub use words::ShortWords;
