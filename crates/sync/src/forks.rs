//! Two changes with one actor and sequence number.
//!
//! It happens when a device's folder is copied or restored from an old backup and both go on writing, or when a
//! device lies. Automerge can hold only one of them, so all members must leave out the same one.

use crate::stream::{Change, Changes};
use hedgerow_model::{ChangeHash, PersonId, mutant};
use std::collections::{BTreeMap, BTreeSet};

/// The changes to hide: for each fork, every contender but the one that the most other persons' standing changes are
/// built on (ties: one that stands itself, then the lower hash), and all that is built on the losers. `stands` says that a
/// change is not late, and `person` whose it is.
pub(crate) fn hidden(
    changes: &Changes,
    stands: impl Fn(&ChangeHash, &Change) -> bool,
    person: impl Fn(&Change) -> Option<PersonId>,
) -> BTreeSet<ChangeHash> {
    let mut hidden = BTreeSet::new();
    for contenders in changes.forks() {
        let mut ranked: Vec<((usize, bool), ChangeHash, BTreeSet<ChangeHash>)> = contenders
            .iter()
            .map(|hash| {
                let above = changes.above(hash);
                let stands_itself = changes.get(hash).is_some_and(|change| stands(hash, change));
                let support = support(changes, &above, contenders, &stands, &person);
                ((if mutant("count-no-support") { 0 } else { support }, stands_itself), *hash, above)
            })
            .collect();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, _, above) in ranked.drain(..).skip(1) {
            hidden.extend(above);
        }
    }
    hidden
}

/// How many persons other than the author have standing changes among `above`.
fn support(
    changes: &Changes,
    above: &BTreeSet<ChangeHash>,
    contenders: &[ChangeHash],
    stands: &impl Fn(&ChangeHash, &Change) -> bool,
    person: &impl Fn(&Change) -> Option<PersonId>,
) -> usize {
    let own = contenders.first().and_then(|hash| changes.get(hash)).and_then(person);
    let mut persons: BTreeMap<PersonId, ()> = BTreeMap::new();
    for hash in above {
        let Some(change) = changes.get(hash) else { continue };
        if let Some(whose) = person(change)
            && Some(whose) != own
            && stands(hash, change)
        {
            persons.insert(whose, ());
        }
    }
    persons.len()
}

#[cfg(test)]
mod tests;
