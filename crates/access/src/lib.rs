//! Who may do what: membership, keys, and the sealing and signing of records.

mod bounded;
mod canonical;
mod keys;
mod vault;

pub use keys::{DeviceKeys, HpkePublic, RecoveryKeys, Signature};
pub use vault::{Costs, KeyBox, Secrets, StorageKey, VaultProblem};
