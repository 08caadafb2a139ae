//! Range-based set reconciliation (negentropy, version 1) over sorted record ids; every timestamp is 0.

use hedgerow_model::{RecordId, contained};
use negentropy::{Id, Negentropy, NegentropyStorageVector};

/// One side of a comparison of two sets.
pub(crate) struct Reconciler {
    inner: Negentropy<'static, NegentropyStorageVector>,
}

/// What one step brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// To be sent; `None` when the comparison is over.
    pub(crate) reply: Option<Vec<u8>>,
    /// Ids that only we have (the leader learns them).
    pub(crate) have: Vec<RecordId>,
    /// Ids that only the other has, as it says (the leader learns them). One that it names where it does not belong may
    /// be here all the same.
    pub(crate) need: Vec<RecordId>,
}

/// The other side's step made no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a comparison that cannot be read")]
pub(crate) struct Nonsense;

/// The longest step that is sent, in bytes.
const FRAME: u64 = 60_000;

impl Reconciler {
    /// Over these ids, which are sorted and unique.
    pub(crate) fn new(ids: impl Iterator<Item = RecordId>) -> Result<Reconciler, Nonsense> {
        let mut storage = NegentropyStorageVector::new();
        for id in ids {
            storage.insert(0, Id::from_byte_array(*id.as_bytes())).map_err(|_| Nonsense)?;
        }
        storage.seal().map_err(|_| Nonsense)?;
        Ok(Reconciler { inner: Negentropy::owned(storage, FRAME).map_err(|_| Nonsense)? })
    }

    /// The leader's first step.
    pub(crate) fn begin(&mut self) -> Result<Vec<u8>, Nonsense> {
        self.inner.initiate().map_err(|_| Nonsense)
    }

    /// The leader's answer to a step of the follower.
    pub(crate) fn lead(&mut self, step: &[u8]) -> Result<Step, Nonsense> {
        let (mut have, mut need) = (Vec::new(), Vec::new());
        let reply = quietly(|| self.inner.reconcile_with_ids(step, &mut have, &mut need))?;
        Ok(Step { reply, have: sorted(have), need: sorted(need) })
    }

    /// The follower's answer to a step of the leader.
    pub(crate) fn follow(&mut self, step: &[u8]) -> Result<Vec<u8>, Nonsense> {
        quietly(|| self.inner.reconcile(step))
    }
}

/// The library reads bytes from a peer; a panic in it must not take the device down.
fn quietly<R>(step: impl FnOnce() -> Result<R, negentropy::Error>) -> Result<R, Nonsense> {
    contained(step).map_err(|_| Nonsense)?.map_err(|_| Nonsense)
}

/// In an order that does not depend on the library's hashing.
fn sorted(ids: Vec<Id>) -> Vec<RecordId> {
    let mut ids: Vec<RecordId> = ids.into_iter().map(|id| RecordId::from_bytes(id.to_bytes())).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// As random as a hash: sums of ids that follow a pattern would meet.
    fn id(n: u32) -> RecordId {
        RecordId::from_bytes(hedgerow_access::fingerprint(&[n.to_be_bytes().to_vec()]))
    }

    /// Runs a comparison to its end: what the leader has and needs, and how many steps it took.
    fn compare(
        ours: &BTreeSet<RecordId>,
        theirs: &BTreeSet<RecordId>,
    ) -> (BTreeSet<RecordId>, BTreeSet<RecordId>, usize) {
        let mut leader = Reconciler::new(ours.iter().copied()).expect("a set");
        let mut follower = Reconciler::new(theirs.iter().copied()).expect("a set");
        let (mut have, mut need) = (BTreeSet::new(), BTreeSet::new());
        let mut step = Some(leader.begin().expect("a first step"));
        let mut steps = 0;
        while let Some(bytes) = step {
            steps += 1;
            let answer = follower.follow(&bytes).expect("an answer");
            let outcome = leader.lead(&answer).expect("a step");
            have.extend(outcome.have);
            need.extend(outcome.need);
            step = outcome.reply;
        }
        (have, need, steps)
    }

    proptest! {
        #[test]
        fn two_sets_find_exactly_their_differences(
            ours in proptest::collection::btree_set(0u32..5000, 0..600),
            theirs in proptest::collection::btree_set(0u32..5000, 0..600),
        ) {
            let ours: BTreeSet<_> = ours.into_iter().map(id).collect();
            let theirs: BTreeSet<_> = theirs.into_iter().map(id).collect();
            let (have, need, _) = compare(&ours, &theirs);
            prop_assert_eq!(have, ours.difference(&theirs).copied().collect());
            prop_assert_eq!(need, theirs.difference(&ours).copied().collect());
        }

        #[test]
        fn nonsense_does_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut bytes = bytes;
            if let Some(first) = bytes.first_mut() {
                *first = 0x61;
            }
            let mut follower = Reconciler::new((0..100).map(id).collect::<BTreeSet<_>>().into_iter()).expect("a set");
            let _ = follower.follow(&bytes);
        }
    }

    #[test]
    fn one_difference_among_many_takes_few_steps() {
        let theirs: BTreeSet<_> = (0..20_000).map(id).collect();
        let mut ours = theirs.clone();
        ours.remove(&id(777));
        let (have, need, steps) = compare(&ours, &theirs);
        assert!(have.is_empty());
        assert_eq!(need, BTreeSet::from([id(777)]));
        assert!(steps <= 4, "{steps}");
    }
}
