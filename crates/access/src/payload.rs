//! What lies inside a sealed record.

use hedgerow_model::NotebookId;

use crate::{ChangeBody, CheckpointBody, Record, RecordRefusal, SignedOp, SignedProfile, StreamName, canonical};

/// The content of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Changes of a document.
    Change(ChangeBody),
    /// A whole document.
    Checkpoint(CheckpointBody),
    /// An operation on membership.
    Membership(SignedOp),
    /// What somebody says about themselves.
    Profile(SignedProfile),
    /// Something a newer Hedgerow wrote. It is kept as it came.
    Unknown {
        /// Its kind.
        kind: u16,
    },
}

const CHANGE: u16 = 1;
const CHECKPOINT: u16 = 2;
const MEMBERSHIP: u16 = 3;
const PROFILE: u16 = 4;

impl Payload {
    /// The bytes to seal. Something unknown has its kind alone: it is passed on as the record it came in.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (kind, body) = match self {
            Payload::Change(body) => (CHANGE, canonical::write(body)),
            Payload::Checkpoint(body) => (CHECKPOINT, canonical::write(body)),
            Payload::Membership(op) => (MEMBERSHIP, canonical::write(op)),
            Payload::Profile(profile) => (PROFILE, canonical::write(profile)),
            Payload::Unknown { kind } => (*kind, Vec::new()),
        };
        let mut bytes = kind.to_le_bytes().to_vec();
        bytes.extend_from_slice(&body);
        bytes
    }

    /// Reads what was sealed; `None` when it is of a kind and version that we know and not written as it must be.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Payload> {
        let (kind, body) = bytes.split_first_chunk::<2>()?;
        let kind = u16::from_le_bytes(*kind);
        let known = (CHANGE..=PROFILE).contains(&kind);
        if !known || body.first().is_some_and(|version| *version > canonical::VERSION) {
            return Some(Payload::Unknown { kind });
        }
        match kind {
            CHANGE => canonical::read(body, Record::MOST).map(Payload::Change),
            CHECKPOINT => canonical::read(body, Record::MOST).map(Payload::Checkpoint),
            MEMBERSHIP => canonical::read(body, SignedOp::MOST + 16).map(Payload::Membership),
            _ => canonical::read(body, SignedProfile::MOST).map(Payload::Profile),
        }
    }

    /// The stream it belongs to; `None` when that is not known.
    #[must_use]
    pub fn stream(&self) -> Option<StreamName> {
        match self {
            Payload::Change(body) => Some(body.stream),
            Payload::Checkpoint(body) => Some(body.stream),
            Payload::Membership(_) | Payload::Profile(_) => Some(StreamName::Membership),
            Payload::Unknown { .. } => None,
        }
    }

    /// Checks the signatures, but for an operation's, which is checked where it is parsed.
    pub(crate) fn verify(&self, notebook: &NotebookId) -> Result<(), RecordRefusal> {
        match self {
            Payload::Change(body) => body.verify(notebook),
            Payload::Checkpoint(body) => body.verify(notebook),
            Payload::Profile(profile) => profile.verify(),
            Payload::Membership(_) | Payload::Unknown { .. } => Ok(()),
        }
    }
}
