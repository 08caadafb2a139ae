//! Rows as bytes: a version byte (1), then postcard.

use hedgerow_access::{SignedOp, StreamName};
use hedgerow_model::{Moment, PersonId, RoutingId, TemplateKind, Title};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;

const VERSION: u8 = 1;

/// A row as bytes.
pub(crate) fn encode<R: Serialize>(row: &R) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "postcard writes any of our plain rows into a growing vector")]
    postcard::to_extend(row, vec![VERSION]).expect("a row is always writable")
}

/// A row from bytes; `None` when it is damaged or of another version.
pub(crate) fn decode<R: DeserializeOwned>(bytes: &[u8]) -> Option<R> {
    match bytes {
        [VERSION, body @ ..] => postcard::from_bytes(body).ok(),
        _ => None,
    }
}

/// What a record carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// An epoch, or an epoch sealed on.
    Key,
    /// A membership operation.
    Operation,
    /// What a person says of themselves.
    Profile,
    /// Changes of one document.
    Change,
    /// A document, compressed, in place of many changes.
    Checkpoint,
    /// Something that a newer Hedgerow wrote: kept and passed on.
    Unknown,
}

impl Kind {
    /// In words.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Key => "a key",
            Kind::Operation => "a membership operation",
            Kind::Profile => "a profile",
            Kind::Change => "a change",
            Kind::Checkpoint => "a checkpoint",
            Kind::Unknown => "something newer",
        }
    }
}

/// One notebook on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NotebookRow {
    pub(crate) routing: RoutingId,
    /// Since when this is the private inbox; `None` for every other notebook.
    pub(crate) inbox: Option<Moment>,
    pub(crate) since: Moment,
    /// Operations that were known by other means than a record of the set: the invitation's, before any record came; those
    /// that told us that we are out; and those of records that waited.
    pub(crate) known_apart: Vec<SignedOp>,
}

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlacedRow {
    pub(crate) kind: Kind,
    pub(crate) length: u32,
}

/// Which stream a tag names, and what lists show of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StreamRow {
    pub(crate) name: StreamName,
    pub(crate) summary: Summary,
}

/// What lists show of a page, so that they load no document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) title: Option<Title>,
    pub(crate) template: Option<TemplateKind>,
    pub(crate) updated: Moment,
    pub(crate) authors: BTreeSet<PersonId>,
    pub(crate) deleted: bool,
    /// Admitted changes that are not shown.
    pub(crate) not_shown: u32,
}

impl PlacedRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        encode(self)
    }
    pub(crate) fn decode(bytes: &[u8]) -> Option<PlacedRow> {
        decode(bytes)
    }
}

impl StreamRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        encode(self)
    }
    pub(crate) fn decode(bytes: &[u8]) -> Option<StreamRow> {
        decode(bytes)
    }
}
