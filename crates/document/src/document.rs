//! One Automerge document and what can be asked of it without knowing what it holds.

use crate::ChangeFacts;
use crate::ancestry::Ancestry;
use automerge::{Automerge, ChangeMetadata, ReadDoc};
use hedgerow_model::{ActorId, ChangeHash, Moment, contained};

/// A page, a notebook's description or the comments on a page: an Automerge document whose changes were all checked on
/// their way in.
///
/// Reading is in [`page`](crate::page), [`notebook`](crate::notebook) and [`comments`](crate::comments); the one door
/// for foreign changes is [`Document::admit`], for our own [`Document::edit`].
#[derive(Clone)]
pub struct Document {
    pub(crate) inner: Automerge,
    /// What its changes did, by which those that come are judged.
    pub(crate) ancestry: Ancestry,
    /// Automerge panicked in the middle of an edit: nothing more is written here.
    pub(crate) broken: bool,
}

impl Default for Document {
    fn default() -> Document {
        Document::new()
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("heads", &self.heads()).finish_non_exhaustive()
    }
}

impl Document {
    /// A document without changes.
    #[must_use]
    pub fn new() -> Document {
        // Automerge draws an actor at random here; every edit names its own, so it is never seen.
        Document { inner: Automerge::new(), ancestry: Ancestry::default(), broken: false }
    }

    /// The changes that no other change builds on, sorted.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        let mut heads: Vec<ChangeHash> = self.inner.get_heads().iter().map(ours).collect();
        heads.sort_unstable();
        heads
    }

    /// Whether it has no changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ancestry.len() == 0
    }

    /// Whether this change is in it.
    #[must_use]
    pub fn has(&self, change: &ChangeHash) -> bool {
        self.ancestry.contains(change)
    }

    /// The last change of a line of editing: its number and its name.
    #[must_use]
    pub fn actor_head(&self, actor: &ActorId) -> Option<(u64, ChangeHash)> {
        self.ancestry.head(actor)
    }

    /// Every line of editing with its last change, in order of the actors.
    pub fn actors(&self) -> impl Iterator<Item = (ActorId, u64, ChangeHash)> {
        self.ancestry.actors().filter_map(|actor| self.actor_head(&actor).map(|(seq, hash)| (actor, seq, hash)))
    }

    /// What each change says of itself, each after those it builds on.
    #[must_use]
    pub fn changes(&self) -> Vec<ChangeFacts> {
        self.changes_since(&[])
    }

    /// As [`Document::changes`], leaving out those that `have` are, or build on. Names that are not here are passed
    /// over.
    #[must_use]
    pub fn changes_since(&self, have: &[ChangeHash]) -> Vec<ChangeFacts> {
        self.inner.get_changes_meta(&self.known(have)).iter().filter_map(facts).collect()
    }

    /// What one change says of itself.
    #[must_use]
    pub fn facts(&self, change: &ChangeHash) -> Option<ChangeFacts> {
        self.inner.get_change_meta_by_hash(&theirs(change)).as_ref().and_then(facts)
    }

    /// The bytes of one change, as they were admitted or made.
    #[must_use]
    pub fn raw_change(&self, change: &ChangeHash) -> Option<Vec<u8>> {
        self.inner.get_change_by_hash(&theirs(change)).map(|change| change.raw_bytes().to_vec())
    }

    /// The bytes of all changes but those that `have` are, or build on; each after those it builds on.
    #[must_use]
    pub fn raw_changes_since(&self, have: &[ChangeHash]) -> Vec<Vec<u8>> {
        self.inner.get_changes(&self.known(have)).iter().map(|change| change.raw_bytes().to_vec()).collect()
    }

    /// The document in one piece, as Automerge saves it: for a copy on this device. Between devices a document crosses as
    /// [`Document::checkpoint`].
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.inner.save()
    }

    /// Those of `hashes` that are here, as automerge names them.
    pub(crate) fn known(&self, hashes: &[ChangeHash]) -> Vec<automerge::ChangeHash> {
        hashes.iter().map(theirs).filter(|hash| self.inner.get_change_meta_by_hash(hash).is_some()).collect()
    }
}

/// Automerge's name of a change.
pub(crate) fn theirs(hash: &ChangeHash) -> automerge::ChangeHash {
    automerge::ChangeHash(*hash.as_bytes())
}

/// Our name of a change.
pub(crate) fn ours(hash: &automerge::ChangeHash) -> ChangeHash {
    ChangeHash::from_bytes(hash.0)
}

/// `None` when the actor is not one of ours, which no admitted change has.
pub(crate) fn facts(meta: &ChangeMetadata<'_>) -> Option<ChangeFacts> {
    let mut deps: Vec<ChangeHash> = meta.deps.iter().map(ours).collect();
    deps.sort_unstable();
    Some(ChangeFacts {
        hash: ours(&meta.hash),
        actor: ActorId::from_slice(meta.actor.to_bytes())?,
        seq: meta.seq,
        start_op: meta.start_op,
        ops: (meta.max_op + 1).saturating_sub(meta.start_op),
        deps,
        message: meta.message.as_ref().map(|text| text.to_string()).filter(|text| !text.is_empty()),
        time: Moment::from_seconds(meta.timestamp),
    })
}

/// Runs `work`, which calls automerge on bytes of others; `None` if it panicked. What it worked on must be thrown away
/// then.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    contained(work).ok()
}
