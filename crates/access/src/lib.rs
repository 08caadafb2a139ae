//! Who may do what: membership, keys, and the sealing and signing of records.

mod keys;

pub use keys::{DeviceKeys, HpkePublic, RecoveryKeys, Signature};
