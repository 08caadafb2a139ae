//! Doors for the package `fuzz`: what an imported file becomes, and the node's own rows on the disk. No program is
//! built with these.

use crate::answers::ImportFile;
use crate::{agreed, asks, me, peers};
use hedgerow_sync::PageBeginning;

/// What a file would become.
///
/// # Errors
/// Why it becomes nothing.
pub fn page_of(file: &ImportFile) -> Result<PageBeginning, String> {
    asks::import::read(file)
}

/// What is remembered of another device, read and written again.
#[must_use]
pub fn peer_row(row: &[u8]) -> Option<Vec<u8>> {
    peers::encode(&peers::decode(row)?).ok()
}

/// This device's own log, read and written again.
#[must_use]
pub fn log_row(row: &[u8]) -> Option<Vec<u8>> {
    me::rewritten(b"log", row)
}

/// What this device's person says of themselves, read and written again.
#[must_use]
pub fn profile_row(row: &[u8]) -> Option<Vec<u8>> {
    me::rewritten(b"profile", row)
}

/// What another device held of a notebook, read and written again.
#[must_use]
pub fn agreed_row(row: &[u8]) -> Option<Vec<u8>> {
    agreed::encode(&agreed::decode(row)?).ok()
}
