//! Who may do what: membership, keys, and the sealing and signing of records.

mod bounded;
mod canonical;
mod keys;
mod op;
mod pins;
mod redemption;
mod vault;

pub use keys::{DeviceKeys, HpkePublic, RecoveryKeys, Signature};
pub use op::{
    Action, Author, LogKind, Op, OpRefusal, SignedOp, Subject, device_consent, found_circle, found_notebook,
    found_person,
};
pub use pins::{Head, Pins, PinsDigest, Retained};
pub use redemption::{Redemption, RedemptionAsked, link_public};
pub use vault::{Costs, KeyBox, Secrets, StorageKey, VaultProblem};
