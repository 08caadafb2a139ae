//! A run of changes by one hand, and the signed head that vouches for them.

use hedgerow_model::{ActorId, ChangeHash, DeviceId, NotebookId, StreamTag, mutant};
use serde::{Deserialize, Serialize};

use crate::{
    Pins, RecordRefusal, StreamName, bounded, frame,
    frame::Written,
    keys::{Context, DeviceKeys, Signature, verify},
};

/// Consecutive changes of one line of editing in one stream, with the signature of the last, which vouches for all
/// before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "WrittenBody", try_from = "WrittenBody")]
pub struct ChangeBody {
    /// The stream they belong to.
    pub stream: StreamName,
    /// Whose line of editing.
    pub actor: ActorId,
    /// The number of the first of them in the line, from 1.
    pub first_seq: u64,
    /// The hash of the last of them.
    pub last_hash: ChangeHash,
    /// The raw changes, in order; at least one, at most [`ChangeBody::MOST`].
    pub changes: Vec<Vec<u8>>,
    /// What the author knew of membership at the last of them.
    pub pins: Pins,
    /// Of the author's device, over the head.
    pub signature: Signature,
}

/// A [`ChangeBody`] as it is written: each change without the frame that follows from the rest, and the hash of the last
/// only where it does not follow.
#[derive(Serialize, Deserialize)]
struct WrittenBody {
    stream: StreamName,
    actor: ActorId,
    first_seq: u64,
    last_hash: Option<ChangeHash>,
    #[serde(deserialize_with = "bounded::list::<_, _, { ChangeBody::MOST }>")]
    changes: Vec<Written>,
    pins: Pins,
    signature: Signature,
}

impl From<ChangeBody> for WrittenBody {
    fn from(body: ChangeBody) -> WrittenBody {
        let ChangeBody { stream, actor, first_seq, last_hash, changes, pins, signature } = body;
        let follows = changes.last().and_then(|raw| frame::hash_of(raw)) == Some(last_hash);
        let changes = changes.iter().map(|raw| Written::of(raw, &actor)).collect();
        let last_hash = (!follows).then_some(last_hash);
        WrittenBody { stream, actor, first_seq, last_hash, changes, pins, signature }
    }
}

impl TryFrom<WrittenBody> for ChangeBody {
    type Error = &'static str;

    fn try_from(body: WrittenBody) -> Result<ChangeBody, &'static str> {
        let WrittenBody { stream, actor, first_seq, last_hash, changes, pins, signature } = body;
        let changes: Vec<Vec<u8>> = changes.into_iter().map(|written| written.raw(&actor)).collect();
        let last_hash = last_hash.or_else(|| changes.last().and_then(|raw| frame::hash_of(raw)));
        let last_hash = last_hash.ok_or("the hash of a change does not follow from it")?;
        Ok(ChangeBody { stream, actor, first_seq, last_hash, changes, pins, signature })
    }
}

/// The facts of a run of changes, before they are signed.
#[derive(Debug, Clone)]
pub struct Run {
    /// The stream they belong to.
    pub stream: StreamName,
    /// The line of editing; its device is the one that signs.
    pub actor: ActorId,
    /// The number of the first, from 1.
    pub first_seq: u64,
    /// The hash of the last.
    pub last_hash: ChangeHash,
    /// The raw changes, in order.
    pub changes: Vec<Vec<u8>>,
    /// What the author knows of membership.
    pub pins: Pins,
}

impl ChangeBody {
    /// The most changes in one run.
    pub const MOST: usize = 4096;

    /// Signs a run of changes. A run that is empty, too long, or of another device's actor is signed too, and refused by
    /// everybody: [`ChangeBody::verify`] says so.
    #[must_use]
    pub fn sign(keys: &DeviceKeys, notebook: &NotebookId, run: Run) -> ChangeBody {
        let Run { stream, actor, first_seq, last_hash, changes, pins } = run;
        let mut body = ChangeBody {
            stream,
            actor,
            first_seq,
            last_hash,
            changes,
            pins,
            signature: Signature::from_bytes([0; 64]),
        };
        let head = body.statement();
        body.signature = keys.sign(Context::Head, &(*notebook).into(), &head.message(&stream.tag(notebook)));
        body
    }

    /// The device whose line it is.
    #[must_use]
    pub fn author(&self) -> DeviceId {
        self.actor.device()
    }

    /// The number of the last change.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.first_seq.saturating_add(self.changes.len() as u64).saturating_sub(1)
    }

    /// Checks that the run is in order and the author's signature holds.
    ///
    /// # Errors
    /// [`RecordRefusal::BadSignature`] when either does not.
    pub fn verify(&self, notebook: &NotebookId) -> Result<(), RecordRefusal> {
        let in_order = self.stream.is_document()
            && self.first_seq >= 1
            && (1..=Self::MOST).contains(&self.changes.len())
            && self.first_seq.checked_add(self.changes.len() as u64).is_some();
        let tag = self.stream.tag(notebook);
        if in_order && (self.statement().holds(notebook, &tag, &self.signature) || mutant("skip-record-signature")) {
            return Ok(());
        }
        Err(RecordRefusal::BadSignature { author: self.author() })
    }

    /// The signed head on its own, to be kept for the next checkpoint.
    #[must_use]
    pub fn head(&self) -> LiftedHead {
        LiftedHead {
            actor: self.actor,
            seq: self.last_seq(),
            hash: self.last_hash,
            pins: self.pins.clone(),
            body_hash: self.body_hash(),
            signature: self.signature,
        }
    }

    fn body_hash(&self) -> [u8; 32] {
        let last = self.changes.last().map_or(&[][..], Vec::as_slice);
        *blake3::hash(last).as_bytes()
    }

    fn statement(&self) -> Statement {
        Statement {
            actor: self.actor,
            seq: self.last_seq(),
            hash: self.last_hash,
            pins_hash: pins_hash(&self.pins),
            body_hash: self.body_hash(),
        }
    }
}

/// A signed head with its pins: lifted out of a run of changes, and fit to stand in a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiftedHead {
    /// Whose line of editing.
    pub actor: ActorId,
    /// The number of the change in it.
    pub seq: u64,
    /// The change.
    pub hash: ChangeHash,
    /// What its author knew of membership.
    pub pins: Pins,
    /// BLAKE3 of the change's raw bytes.
    pub body_hash: [u8; 32],
    /// Of the author's device.
    pub signature: Signature,
}

impl LiftedHead {
    /// Whether the signature holds in `stream` of `notebook`.
    #[must_use]
    pub fn holds(&self, notebook: &NotebookId, stream: &StreamName) -> bool {
        let statement = Statement {
            actor: self.actor,
            seq: self.seq,
            hash: self.hash,
            pins_hash: pins_hash(&self.pins),
            body_hash: self.body_hash,
        };
        statement.holds(notebook, &stream.tag(notebook), &self.signature)
    }
}

/// What a head's signature covers.
pub(crate) struct Statement {
    pub(crate) actor: ActorId,
    pub(crate) seq: u64,
    pub(crate) hash: ChangeHash,
    pub(crate) pins_hash: [u8; 32],
    pub(crate) body_hash: [u8; 32],
}

impl Statement {
    fn message(&self, tag: &StreamTag) -> Vec<u8> {
        [
            tag.as_bytes().as_slice(),
            self.actor.as_bytes(),
            &self.seq.to_le_bytes(),
            self.hash.as_bytes(),
            &self.pins_hash,
            &self.body_hash,
        ]
        .concat()
    }

    pub(crate) fn holds(&self, notebook: &NotebookId, tag: &StreamTag, signature: &Signature) -> bool {
        let author = self.actor.device();
        verify(author.as_bytes(), Context::Head, &(*notebook).into(), &self.message(tag), signature)
    }
}

/// Stands for pins in what is signed: BLAKE3 of their ids, one after the other. Longer than the digest that stands in a
/// change's message, so that nothing is won by colliding that one.
pub(crate) fn pins_hash(pins: &Pins) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for id in pins.ids() {
        hasher.update(id.as_bytes());
    }
    *hasher.finalize().as_bytes()
}
