//! Bytes kept safe on this device.
//!
//! The [`Store`] trait is what the rooms above know: tables of keys and values, changed in batches that are saved whole
//! and durably or not at all. [`Disk`] keeps them on a disk, sealed by a [`Sealer`] that is handed in; [`Memory`] keeps
//! them for tests and simulations. [`conformance`] holds every implementation to the same promises. [`FolderLock`]
//! keeps two programs from one folder. The formats and rules are in this room's README.

#[cfg(test)]
extern crate self as hedgerow_store;

pub mod conformance;
mod disk;
mod fault;
mod files;
mod lock;
mod memory;
mod store;
mod table;

#[cfg(feature = "fuzz")]
pub use disk::fuzz;
pub use disk::{Disk, Effort, FORMAT, INLINE_MOST, OpenError, Opened};
pub use fault::{Damage, StoreFault, Wrong};
pub use files::{Files, Real, Step, Unlucky};
pub use lock::{FolderLock, InUse, LockError};
pub use memory::Memory;
pub use store::{Done, Sealer, Store, Visit};
pub use table::{Batch, KEY_MOST, Table, VALUE_MOST};

#[cfg(test)]
#[path = "../tests/store/sealer.rs"]
mod sealer;
