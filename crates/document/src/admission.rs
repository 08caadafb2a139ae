//! Letting foreign changes in: every check before the document is touched, and the rest on a copy of it.

use crate::chunk::{Examined, MadeObject, inspect};
use crate::document::{Document, caught, ours, theirs};
use crate::{ChangeRefusal, Refused};
use automerge::{Automerge, Change, ObjId, ObjType, ReadDoc};
use hedgerow_model::{ActorId, ChangeHash, mutant};
use std::collections::BTreeMap;

/// How deep objects may lie in one another: a block's attributes lie three deep. Automerge walks into them by calling
/// itself, and would run out of stack on a hundred thousand.
const DEPTH_MOST: usize = 8;

/// A change that passed every check that needs no automerge.
struct Fresh<'a> {
    examined: Examined,
    raw: &'a [u8],
}

impl Document {
    /// Lets in changes of verified authors, each after those it builds on: all of them, or none. Those that are here
    /// already are passed over.
    ///
    /// The checks, in this order: form and bounds ([`examine`](crate::examine)); everything it builds on is here or
    /// earlier in the batch; next in its line of editing; its own predecessor among its dependencies; operations
    /// numbered from one above the dependencies' greatest; only actors that have written here. Then, on a copy and
    /// where a panic is caught: it applies; nothing is left waiting; every change reads back as the same bytes; what it
    /// makes does not lie too deep; marks lie in text, and a document with new marks can be saved and loaded. Only
    /// then the copy takes the document's place.
    ///
    /// # Errors
    /// The first change at fault and why. The document is then as it was.
    pub fn admit(&mut self, batch: &[&[u8]]) -> Result<(), ChangeRefusal> {
        if self.broken {
            return Err(Refused::Harmful("this document is closed after a fault; open it again").into());
        }
        let fresh = self.placed(batch)?;
        if fresh.is_empty() {
            return Ok(());
        }
        match self.with(&fresh) {
            Ok(next) => {
                *self = next;
                Ok(())
            }
            Err(why) => Err(self.at_fault(&fresh, why)),
        }
    }

    /// A document of exactly these changes, each after those it builds on: for showing a set that has shrunk.
    ///
    /// # Errors
    /// As [`Document::admit`].
    pub fn from_changes<'a>(changes: impl IntoIterator<Item = &'a [u8]>) -> Result<Document, ChangeRefusal> {
        let mut document = Document::new();
        document.admit(&changes.into_iter().collect::<Vec<_>>())?;
        Ok(document)
    }

    /// Those of the batch that are new, checked as far as can be without automerge.
    fn placed<'a>(&self, batch: &[&'a [u8]]) -> Result<Vec<Fresh<'a>>, ChangeRefusal> {
        let mut ledger = Ledger::of(self);
        let mut fresh = Vec::new();
        for raw in batch {
            let examined = inspect(raw)?;
            let hash = examined.facts.hash;
            if ledger.max_op(&hash).is_none() {
                ledger.take(&examined).map_err(|why| ChangeRefusal::of(hash, why))?;
                fresh.push(Fresh { examined, raw });
            }
        }
        Ok(fresh)
    }

    /// A copy of this document with the changes in it.
    fn with(&self, fresh: &[Fresh<'_>]) -> Result<Document, Refused> {
        let inner = caught(|| self.applied(fresh)).unwrap_or(Err(Refused::Harmful("applying it went wrong")))?;
        let mut next = Document { inner, heads_by_actor: self.heads_by_actor.clone(), broken: false };
        for change in fresh {
            let facts = &change.examined.facts;
            next.heads_by_actor.insert(facts.actor, (facts.seq, facts.hash));
        }
        Ok(next)
    }

    fn applied(&self, fresh: &[Fresh<'_>]) -> Result<Automerge, Refused> {
        let changes: Vec<Change> = fresh
            .iter()
            .map(|change| Change::from_bytes(change.raw.to_vec()))
            .collect::<Result<_, _>>()
            .map_err(|_| Refused::Form("its operations cannot be read"))?;
        let before = self.inner.get_heads();
        let mut next = self.inner.clone();
        next.apply_changes(changes).map_err(|_| Refused::Harmful("it does not apply"))?;
        if !next.get_missing_deps(&[]).is_empty() {
            return Err(Refused::Harmful("something was left waiting"));
        }
        reads_back(&next, &before, fresh)?;
        objects_lie_well(&next, fresh.iter().map(|change| &change.examined))?;
        if fresh.iter().any(|change| !change.examined.marks.is_empty()) {
            let loaded = Automerge::load(&next.save()).map_err(|_| Refused::Harmful("it could not be kept"))?;
            if loaded.get_heads() != next.get_heads() {
                return Err(Refused::Harmful("it could not be kept"));
            }
        }
        Ok(next)
    }

    /// Which change of a batch that was refused is the first one without which the rest would do.
    fn at_fault(&self, fresh: &[Fresh<'_>], why: Refused) -> ChangeRefusal {
        let (mut good, mut bad, mut why) = (0, fresh.len(), why);
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            match self.with(&fresh[..middle]) {
                Ok(_) => good = middle,
                Err(reason) => (bad, why) = (middle, reason),
            }
        }
        match fresh.get(good) {
            Some(change) => ChangeRefusal::of(change.examined.facts.hash, why),
            None => why.into(),
        }
    }
}

/// Every change reads back from `next` as the bytes it came as. Automerge stores operations, not changes: whatever it
/// understood otherwise than its author meant shows here.
fn reads_back(next: &Automerge, before: &[automerge::ChangeHash], fresh: &[Fresh<'_>]) -> Result<(), Refused> {
    let back: BTreeMap<ChangeHash, Vec<u8>> =
        next.get_changes(before).iter().map(|change| (ours(&change.hash()), change.raw_bytes().to_vec())).collect();
    let same = |change: &Fresh<'_>| back.get(&change.examined.facts.hash).is_some_and(|raw| raw == change.raw);
    if back.len() == fresh.len() && fresh.iter().all(same) || mutant("skip-reading-back") {
        Ok(())
    } else {
        Err(Refused::Harmful("it does not read back as it was written"))
    }
}

/// Marks lie in text objects, texts hold characters and blocks, and no object lies deeper than [`DEPTH_MOST`].
pub(crate) fn objects_lie_well<'a>(
    document: &Automerge,
    changes: impl Iterator<Item = &'a Examined>,
) -> Result<(), Refused> {
    let mut depths: BTreeMap<(u64, ActorId), usize> = BTreeMap::new();
    for change in changes {
        for name in &change.marks {
            let object = object(document, name)?;
            if document.object_type(&object).ok() != Some(ObjType::Text) {
                return Err(Refused::Harmful("it marks something that is not text"));
            }
        }
        for name in &change.unlike_text {
            let object = object(document, name)?;
            if document.object_type(&object).ok() == Some(ObjType::Text) {
                return Err(Refused::Harmful("it puts something else than characters and blocks into text"));
            }
        }
        for made in &change.makes {
            let depth = depth_within(document, made, &depths)? + 1;
            if depth > DEPTH_MOST {
                return Err(Refused::Harmful("it lays objects too deep in one another"));
            }
            depths.insert((made.counter, change.facts.actor), depth);
        }
    }
    Ok(())
}

fn depth_within(
    document: &Automerge,
    made: &MadeObject,
    known: &BTreeMap<(u64, ActorId), usize>,
) -> Result<usize, Refused> {
    let Some(within) = made.within else { return Ok(0) };
    if let Some(depth) = known.get(&within) {
        return Ok(*depth);
    }
    let parents = document.parents(object(document, &made.within)?);
    // One more than is allowed is enough to know.
    Ok(parents.map_err(|_| Refused::Harmful("an object lies nowhere"))?.take(DEPTH_MOST + 1).count())
}

fn object(document: &Automerge, name: &Option<(u64, ActorId)>) -> Result<ObjId, Refused> {
    let Some((counter, actor)) = name else { return Ok(ObjId::Root) };
    document.import_obj(&format!("{counter}@{actor}")).map_err(|_| Refused::Harmful("it speaks of an unknown object"))
}

/// What each line of editing and each change has got to, as far as the document and the changes before say.
pub(crate) struct Ledger<'a> {
    document: &'a Document,
    lines: BTreeMap<ActorId, (u64, ChangeHash)>,
    changes: BTreeMap<ChangeHash, u64>,
}

impl<'a> Ledger<'a> {
    pub(crate) fn of(document: &'a Document) -> Ledger<'a> {
        Ledger { document, lines: BTreeMap::new(), changes: BTreeMap::new() }
    }

    /// The number of the last operation of a change that is known.
    fn max_op(&self, hash: &ChangeHash) -> Option<u64> {
        self.changes
            .get(hash)
            .copied()
            .or_else(|| self.document.inner.get_change_meta_by_hash(&theirs(hash)).map(|meta| meta.max_op))
    }

    fn line(&self, actor: &ActorId) -> Option<(u64, ChangeHash)> {
        self.lines.get(actor).copied().or_else(|| self.document.actor_head(actor))
    }

    /// Checks that the change comes next, and takes it down.
    pub(crate) fn take(&mut self, examined: &Examined) -> Result<(), Refused> {
        let facts = &examined.facts;
        let tops: BTreeMap<ChangeHash, Option<u64>> = facts.deps.iter().map(|dep| (*dep, self.max_op(dep))).collect();
        let missing: Vec<ChangeHash> = tops.iter().filter(|(_, top)| top.is_none()).map(|(dep, _)| *dep).collect();
        if !missing.is_empty() {
            return Err(Refused::Missing(missing));
        }
        self.follows(facts.seq, &facts.actor, &facts.deps)?;
        let expected = tops.values().flatten().max().map_or(1, |top| top + 1);
        if facts.start_op != expected {
            return Err(Refused::StartOp { start_op: facts.start_op, expected });
        }
        if let Some(stranger) = examined.others.iter().find(|actor| self.line(actor).is_none()) {
            return Err(Refused::UnknownActor(*stranger));
        }
        self.lines.insert(facts.actor, (facts.seq, facts.hash));
        self.changes.insert(facts.hash, facts.max_op());
        Ok(())
    }

    /// The number comes next in its line of editing, and the one before it is a dependency.
    fn follows(&self, seq: u64, actor: &ActorId, deps: &[ChangeHash]) -> Result<(), Refused> {
        let Some((last, hash)) = self.line(actor) else {
            return if seq == 1 { Ok(()) } else { Err(Refused::NotNext { seq, expected: 1 }) };
        };
        if seq <= last {
            return Err(Refused::Fork { seq, here: self.holder(actor, seq).unwrap_or(hash) });
        }
        if seq != last + 1 {
            return Err(Refused::NotNext { seq, expected: last + 1 });
        }
        if deps.contains(&hash) || mutant("forget-predecessor") { Ok(()) } else { Err(Refused::NoPredecessor) }
    }

    /// The change that holds a place in a line of editing, when the document has it.
    fn holder(&self, actor: &ActorId, seq: u64) -> Option<ChangeHash> {
        self.document.changes().iter().find(|facts| facts.actor == *actor && facts.seq == seq).map(|facts| facts.hash)
    }

    /// The lines of editing taken down, with their last changes.
    pub(crate) fn lines(&self) -> &BTreeMap<ActorId, (u64, ChangeHash)> {
        &self.lines
    }
}
