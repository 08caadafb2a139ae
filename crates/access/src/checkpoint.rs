//! A whole document in one record, with everybody's signed heads: transport, not authority.

use std::collections::BTreeMap;

use hedgerow_model::{ActorId, ChangeHash, DeviceId, NotebookId, RecordId, mutant};
use serde::{Deserialize, Serialize};

use crate::{
    LiftedHead, Pins, RecordRefusal, StreamName, bounded, canonical,
    change::{Statement, pins_hash},
    keys::{Context, DeviceKeys, Signature, verify},
};

/// One actor's latest signed head, as it stands in a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// Whose line of editing.
    pub actor: ActorId,
    /// The number of the change in it.
    pub seq: u64,
    /// The change.
    pub hash: ChangeHash,
    /// Where its pins stand in the checkpoint's table.
    pub pins: u32,
    /// BLAKE3 of the change's raw bytes.
    pub body_hash: [u8; 32],
    /// Of the actor's device.
    pub signature: Signature,
}

/// A document and all it takes to check who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointBody {
    /// The stream whose document it is.
    pub stream: StreamName,
    /// The document, deflated; opaque here.
    #[serde(with = "canonical::bytes")]
    pub document: Vec<u8>,
    /// The changes of the document that nothing in it builds on, in order, none twice.
    #[serde(deserialize_with = "bounded::list::<_, _, { CheckpointBody::MOST_HEADS }>")]
    pub tips: Vec<ChangeHash>,
    /// The latest signed head of every actor, in the actors' order.
    #[serde(deserialize_with = "bounded::list::<_, _, { CheckpointBody::MOST_HEADS }>")]
    pub heads: Vec<SignedHead>,
    /// All pins that the document's changes name by digest, in order, none twice.
    #[serde(deserialize_with = "bounded::list::<_, _, { CheckpointBody::MOST_PINS }>")]
    pub pins: Vec<Pins>,
    /// The records whose changes it holds, in order, none twice.
    #[serde(deserialize_with = "bounded::list::<_, _, { CheckpointBody::MOST_REPLACED }>")]
    pub replaces: Vec<RecordId>,
    /// Who made it.
    pub author: DeviceId,
    /// What its maker knew of membership.
    pub at: Pins,
    /// Of its maker.
    pub signature: Signature,
}

/// What goes into a checkpoint, before it is signed.
#[derive(Debug, Clone)]
pub struct Compacted {
    /// The stream whose document it is.
    pub stream: StreamName,
    /// The document, deflated.
    pub document: Vec<u8>,
    /// The changes of the document that nothing in it builds on.
    pub tips: Vec<ChangeHash>,
    /// The latest signed head of every actor in it.
    pub heads: Vec<LiftedHead>,
    /// Pins that changes name and no head does.
    pub other_pins: Vec<Pins>,
    /// The records whose changes it holds.
    pub replaces: Vec<RecordId>,
    /// What the maker knows of membership.
    pub at: Pins,
}

impl CheckpointBody {
    /// The most actors.
    pub const MOST_HEADS: usize = 16_384;
    /// The most entries in the table of pins.
    pub const MOST_PINS: usize = 32_768;
    /// The most records replaced at once.
    pub const MOST_REPLACED: usize = 65_536;

    /// Puts a checkpoint together and signs it: sorts the heads, keeping the latest of each actor, and makes the table
    /// of pins.
    #[must_use]
    pub fn sign(keys: &DeviceKeys, notebook: &NotebookId, compacted: Compacted) -> CheckpointBody {
        let Compacted { stream, document, mut tips, heads, other_pins, mut replaces, at } = compacted;
        tips.sort_unstable();
        tips.dedup();
        let mut pins = other_pins;
        pins.extend(heads.iter().map(|head| head.pins.clone()));
        pins.sort_unstable();
        pins.dedup();
        replaces.sort_unstable();
        replaces.dedup();
        let mut body = CheckpointBody {
            stream,
            document,
            tips,
            heads: placed(heads, &pins),
            pins,
            replaces,
            author: keys.device(),
            at,
            signature: Signature::from_bytes([0; 64]),
        };
        body.signature = keys.sign(Context::Checkpoint, &(*notebook).into(), &body.message(notebook));
        body
    }

    /// Checks order and bounds, its maker's signature and every head's. That the document is what the heads sign is for
    /// the room `document` to find out.
    ///
    /// # Errors
    /// [`RecordRefusal::BadCheckpoint`] or [`RecordRefusal::BadSignature`], naming the maker or the head's device.
    pub fn verify(&self, notebook: &NotebookId) -> Result<(), RecordRefusal> {
        let bad = |what| Err(RecordRefusal::BadCheckpoint { author: self.author, what });
        if !self.stream.is_document() {
            return bad("its stream holds no document");
        }
        if !self.heads.windows(2).all(|two| two[0].actor < two[1].actor) {
            return bad("its heads are not in order");
        }
        if !self.tips.windows(2).all(|two| two[0] < two[1]) {
            return bad("its tips are not in order");
        }
        if !self.pins.windows(2).all(|two| two[0] < two[1]) {
            return bad("its table of pins is not in order");
        }
        if !self.replaces.windows(2).all(|two| two[0] < two[1]) {
            return bad("the records it replaces are not in order");
        }
        if self.heads.len() > Self::MOST_HEADS
            || self.pins.len() > Self::MOST_PINS
            || self.replaces.len() > Self::MOST_REPLACED
        {
            return bad("it holds more than a checkpoint may");
        }
        let log = (*notebook).into();
        let message = self.message(notebook);
        if !verify(self.author.as_bytes(), Context::Checkpoint, &log, &message, &self.signature) {
            return Err(RecordRefusal::BadSignature { author: self.author });
        }
        self.verify_heads(notebook)
    }

    fn verify_heads(&self, notebook: &NotebookId) -> Result<(), RecordRefusal> {
        let tag = self.stream.tag(notebook);
        // Many heads share their pins, and pins can be long: each entry of the table is hashed once.
        let pins_hashes: Vec<[u8; 32]> = self.pins.iter().map(pins_hash).collect();
        for SignedHead { actor, seq, hash, pins, body_hash, signature } in &self.heads {
            let Some(pins_hash) = usize::try_from(*pins).ok().and_then(|at| pins_hashes.get(at)) else {
                return Err(RecordRefusal::BadCheckpoint {
                    author: self.author,
                    what: "a head names pins that are not in its table",
                });
            };
            let statement =
                Statement { actor: *actor, seq: *seq, hash: *hash, pins_hash: *pins_hash, body_hash: *body_hash };
            if !statement.holds(notebook, &tag, signature) && !mutant("skip-head-signatures") {
                return Err(RecordRefusal::BadSignature { author: actor.device() });
            }
        }
        Ok(())
    }

    /// The signed heads, each with its pins, fit for another checkpoint. Call it on a body that verified; a head that
    /// names no entry of the table is left out.
    pub fn lifted(&self) -> impl Iterator<Item = LiftedHead> + '_ {
        self.heads.iter().filter_map(|head| {
            let pins = self.pins.get(usize::try_from(head.pins).ok()?)?.clone();
            let SignedHead { actor, seq, hash, body_hash, signature, .. } = *head;
            Some(LiftedHead { actor, seq, hash, pins, body_hash, signature })
        })
    }

    fn message(&self, notebook: &NotebookId) -> Vec<u8> {
        let mut heads = blake3::Hasher::new();
        for head in &self.heads {
            heads.update(head.actor.as_bytes()).update(&head.seq.to_le_bytes()).update(head.hash.as_bytes());
            heads.update(&head.pins.to_le_bytes()).update(&head.body_hash).update(head.signature.as_bytes());
        }
        let mut table = blake3::Hasher::new();
        self.pins.iter().for_each(|pins| {
            table.update(&pins_hash(pins));
        });
        let mut tips = blake3::Hasher::new();
        self.tips.iter().for_each(|tip| {
            tips.update(tip.as_bytes());
        });
        let mut replaces = blake3::Hasher::new();
        self.replaces.iter().for_each(|id| {
            replaces.update(id.as_bytes());
        });
        [
            self.stream.tag(notebook).as_bytes().as_slice(),
            self.author.as_bytes(),
            &pins_hash(&self.at),
            blake3::hash(&self.document).as_bytes(),
            tips.finalize().as_bytes(),
            heads.finalize().as_bytes(),
            table.finalize().as_bytes(),
            replaces.finalize().as_bytes(),
        ]
        .concat()
    }
}

/// The latest head of each actor, in order, with its place in the table.
fn placed(heads: Vec<LiftedHead>, pins: &[Pins]) -> Vec<SignedHead> {
    let mut latest: BTreeMap<ActorId, LiftedHead> = BTreeMap::new();
    for head in heads {
        if latest.get(&head.actor).is_none_or(|known| known.seq < head.seq) {
            latest.insert(head.actor, head);
        }
    }
    let place = |of: &Pins| pins.binary_search(of).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX);
    latest
        .into_values()
        .map(|head| {
            let LiftedHead { actor, seq, hash, pins, body_hash, signature } = head;
            SignedHead { actor, seq, hash, pins: place(&pins), body_hash, signature }
        })
        .collect()
}
