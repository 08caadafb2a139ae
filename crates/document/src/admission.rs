//! Letting foreign changes in: every check before the document is touched, and the rest on a copy of it.

use crate::chunk::{Examined, inspect};
use crate::document::{Document, caught, ours};
use crate::{ChangeRefusal, Refused};
use automerge::{Automerge, Change, ReadDoc};
use hedgerow_model::{ChangeHash, mutant};
use std::collections::BTreeMap;

/// A change that passed every check that needs no automerge.
struct Fresh<'a> {
    examined: Examined<'a>,
    raw: &'a [u8],
}

impl Document {
    /// Lets in changes of verified authors, each after those it builds on: all of them, or none. Those that are here
    /// already are passed over.
    ///
    /// The checks, in this order: form and bounds ([`examine`](crate::examine)); everything it builds on is here or
    /// earlier in the batch; next in its line of editing; its own predecessor among its dependencies; operations
    /// numbered from one above the dependencies' greatest; each operation does what its kind can to something that the
    /// change's ancestors or itself made. Then, on a copy and where a panic is caught: it applies; nothing is left
    /// waiting; every change reads back as the same bytes; a document with new marks can be saved and loaded. Only then
    /// the copy takes the document's place.
    ///
    /// # Errors
    /// The first change at fault and why. The document is then as it was.
    pub fn admit(&mut self, batch: &[&[u8]]) -> Result<(), ChangeRefusal> {
        if self.broken {
            return Err(Refused::Harmful("this document is closed after a fault; open it again").into());
        }
        let known = self.ancestry.len();
        let admitted = self.placed(batch).and_then(|fresh| {
            if !fresh.is_empty() {
                self.inner = self.with(&fresh).map_err(|why| self.at_fault(&fresh, why))?;
            }
            Ok(())
        });
        if admitted.is_err() {
            self.ancestry.truncate(known);
        }
        admitted
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

    /// Those of the batch that are new, checked as far as can be without automerge, and taken down.
    fn placed<'a>(&mut self, batch: &[&'a [u8]]) -> Result<Vec<Fresh<'a>>, ChangeRefusal> {
        let mut fresh = Vec::new();
        for raw in batch {
            let examined = inspect(raw)?;
            let hash = examined.facts.hash;
            if !self.ancestry.contains(&hash) {
                self.ancestry.take(&examined).map_err(|why| ChangeRefusal::of(hash, why))?;
                fresh.push(Fresh { examined, raw });
            }
        }
        Ok(fresh)
    }

    /// What automerge makes of the changes on top of this document.
    fn with(&self, fresh: &[Fresh<'_>]) -> Result<Automerge, Refused> {
        caught(|| self.applied(fresh)).unwrap_or(Err(Refused::Harmful("applying it went wrong")))
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
        if fresh.iter().any(|change| change.examined.has_marks) {
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
