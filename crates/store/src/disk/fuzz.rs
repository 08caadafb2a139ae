//! Doors for the package `fuzz`: what the store reads off a disk once its seal is off. No program is built with these.

use super::bodies::{journal_bytes, parse_journal};
use super::mark;
use super::row::Row;
use super::tally::Tally;
use crate::Sealer;

/// What the engine holds for a row, read and written again.
#[must_use]
pub fn row(bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match Row::parse(bytes)? {
        Row::Inline(sealed) => [&[0], sealed].concat(),
        Row::Body(body, proof) => [&[1], &body.bytes()[..], proof].concat(),
    })
}

/// The counts, read and written again.
#[must_use]
pub fn counts(bytes: &[u8]) -> Option<Vec<u8>> {
    Tally::parse(bytes).map(|tally| tally.bytes())
}

/// The journal of files, read and written again.
#[must_use]
pub fn journal(bytes: &[u8]) -> Option<Vec<u8>> {
    parse_journal(bytes).map(|entries| journal_bytes(&entries))
}

/// How many commits a mark of these bytes speaks of.
#[must_use]
pub fn mark(sealer: &dyn Sealer, bytes: &[u8]) -> Option<u64> {
    mark::commits(sealer, bytes)
}
