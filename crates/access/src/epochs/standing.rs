//! Which epochs are valid, which are to be written under, and what takes.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_model::{DeviceId, EpochId, OpId, PersonId, Role, mutant};

use super::{Epochs, Seen};
use crate::{Membership, Pins, View, epoch::recipients_hash};

/// What an epoch is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochStanding {
    /// It keeps the rules. Records under it are judged on authority alone.
    Valid,
    /// Membership operations or epochs that it relies on have not come, or its author's record has not. It is read with
    /// and no more.
    Waiting,
    /// It breaks a rule, and always will.
    Invalid,
}

/// The most operations that take by one person who is no admin, before the next waits for an admin.
const MOST_TAKINGS: usize = 64;

impl Epochs {
    /// What `epoch` is good for. Valid and invalid are for ever and the same on every device.
    #[must_use]
    pub fn standing(&self, epoch: &EpochId, membership: &Membership) -> EpochStanding {
        let mut waiting = BTreeSet::new();
        let mut judged = self.judged();
        // Parents first, without recursion: a chain of epochs is as long as a notebook is old.
        let mut left = vec![*epoch];
        while let Some(top) = left.last().copied() {
            let settled = |id: &EpochId| judged.standing.contains_key(id) || waiting.contains(id);
            if settled(&top) {
                left.pop();
                continue;
            }
            let Some(seen) = self.seen.get(&top).filter(|seen| seen.announced) else {
                waiting.insert(top);
                left.pop();
                continue;
            };
            let before = left.len();
            left.extend(seen.core.parents.iter().filter(|parent| !settled(parent)));
            if left.len() > before {
                continue;
            }
            left.pop();
            match self.judge(seen, membership, &judged.standing) {
                EpochStanding::Waiting => {
                    waiting.insert(top);
                }
                settled => {
                    judged.standing.insert(top, settled);
                }
            }
        }
        if waiting.contains(epoch) {
            return EpochStanding::Waiting;
        }
        judged.standing.get(epoch).copied().unwrap_or(EpochStanding::Waiting)
    }

    /// Whether `epoch` is [valid](EpochStanding::Valid).
    #[must_use]
    pub fn is_valid(&self, epoch: &EpochId, membership: &Membership) -> bool {
        self.standing(epoch, membership) == EpochStanding::Valid
    }

    /// Judges one epoch whose parents have been judged.
    fn judge(&self, seen: &Seen, membership: &Membership, judged: &BTreeMap<EpochId, EpochStanding>) -> EpochStanding {
        let core = &seen.core;
        if !membership.knows(&core.pins) {
            return EpochStanding::Waiting;
        }
        // Pins that are all here and from which the notebook's own beginning is not reached: no honest device's.
        let Some(view) = membership.at(&core.pins) else { return EpochStanding::Invalid };
        let may_write = view.role_of_device(&core.author).is_some_and(Role::may_write);
        if !may_write || recipients_hash(&view.recipients()) != core.recipients {
            return EpochStanding::Invalid;
        }
        let mut waits = false;
        for parent in &core.parents {
            let pins = match judged.get(parent) {
                Some(EpochStanding::Invalid) => return EpochStanding::Invalid,
                Some(EpochStanding::Valid) => self.seen.get(parent).map(|parent| &parent.core.pins),
                Some(EpochStanding::Waiting) | None => None,
            };
            match pins {
                Some(pins) if !membership.covers(&core.pins, pins) => return EpochStanding::Invalid,
                Some(_) => {}
                None => waits = true,
            }
        }
        if waits {
            return EpochStanding::Waiting;
        }
        match core.previous {
            Some(previous) if !self.may_follow(seen, &previous, membership, &view) => EpochStanding::Invalid,
            _ => EpochStanding::Valid,
        }
    }

    /// Whether the author's epoch `previous` is an ancestor, and something was taken since.
    fn may_follow(&self, seen: &Seen, previous: &EpochId, membership: &Membership, view: &View) -> bool {
        let Some(before) = self.seen.get(previous).filter(|_| self.is_ancestor(seen, previous)) else { return false };
        before.core.author == seen.core.author && taken_since(membership, view, &seen.core.pins, &before.core.pins)
    }

    fn is_ancestor(&self, of: &Seen, ancestor: &EpochId) -> bool {
        self.lineage(of.core.parents.iter().copied()).any(|epoch| epoch == *ancestor)
    }

    /// These epochs and all that they grew from, as far as their keys are held: whoever is to tell whether they are valid
    /// needs the records of them all.
    pub fn lineage(&self, epochs: impl IntoIterator<Item = EpochId>) -> impl Iterator<Item = EpochId> {
        let mut left: Vec<EpochId> = epochs.into_iter().collect();
        let mut been = BTreeSet::new();
        std::iter::from_fn(move || {
            while let Some(epoch) = left.pop() {
                if been.insert(epoch) {
                    left.extend(self.seen.get(&epoch).into_iter().flat_map(|seen| &seen.core.parents));
                    return Some(epoch);
                }
            }
            None
        })
    }

    /// The valid epochs, lowest id first, with what is known of them.
    pub(super) fn valid(&self, membership: &Membership) -> BTreeMap<EpochId, &Seen> {
        self.seen
            .iter()
            .filter(|(epoch, _)| self.is_valid(epoch, membership))
            .map(|(epoch, seen)| (*epoch, seen))
            .collect()
    }

    /// The epoch to write under: the lowest of those that are valid, held, not forked, and made knowing everything that
    /// has been taken. `None`: a new one must be made first.
    #[must_use]
    pub fn for_writing(&self, membership: &Membership) -> Option<EpochId> {
        let heads = membership.heads();
        if let Some((at, generation, choice)) = &self.judged().choice
            && *at == heads
            && *generation == self.generation
        {
            return *choice;
        }
        let choice = self.choose(membership, &heads);
        self.judged().choice = Some((heads, self.generation, choice));
        choice
    }

    fn choose(&self, membership: &Membership, heads: &Pins) -> Option<EpochId> {
        let taken = takings(membership, &membership.now(), heads);
        let valid = self.valid(membership);
        let forked = forked(&valid);
        let clean = |pins: &Pins| taken.iter().all(|op| membership.reaches(pins, op)) || mutant("write-under-unclean");
        valid.iter().find(|(epoch, seen)| !forked.contains(*epoch) && clean(&seen.core.pins)).map(|(epoch, _)| *epoch)
    }
}

/// Those of `valid` that share author and predecessor with another of them.
fn forked(valid: &BTreeMap<EpochId, &Seen>) -> BTreeSet<EpochId> {
    let mut places: BTreeMap<(DeviceId, Option<EpochId>), Vec<EpochId>> = BTreeMap::new();
    for (epoch, seen) in valid {
        places.entry((seen.core.author, seen.core.previous)).or_default().push(*epoch);
    }
    places.into_values().filter(|there| there.len() > 1).flatten().collect()
}

/// Whether something in `view`, the view at `now`, takes that `before` did not reach.
pub(super) fn taken_since(membership: &Membership, view: &View, now: &Pins, before: &Pins) -> bool {
    membership.covers(now, before) && takings(membership, view, now).iter().any(|op| !membership.reaches(before, op))
}

/// The operations that take in `view`, the view at `pins`. Of one person who is no admin only the first 64 along the
/// causal past, unless an operation of an admin has the later one in its past: otherwise one person who comes and goes
/// could make everybody make keys without end.
pub(super) fn takings(membership: &Membership, view: &View, pins: &Pins) -> BTreeSet<OpId> {
    let mut taken = view.taking().clone();
    if taken.len() <= MOST_TAKINGS {
        return taken;
    }
    let mut by: BTreeMap<PersonId, BTreeSet<OpId>> = BTreeMap::new();
    for op in &taken {
        let Some(signed) = membership.op(op) else { continue };
        by.entry(signed.op().author.person).or_default().insert(*op);
    }
    by.retain(|person, ops| ops.len() > MOST_TAKINGS && view.role(person) != Some(Role::Admin));
    if by.is_empty() {
        return taken;
    }
    let admitted = known_to_admins(membership, view, pins);
    for ops in by.values() {
        for op in ops.difference(&admitted) {
            let before = membership.past(op).iter().filter(|past| ops.contains(*past)).count();
            if before > MOST_TAKINGS {
                taken.remove(op);
            }
        }
    }
    taken
}

/// What lies in the past of the operations of those who are admins in `view`.
fn known_to_admins(membership: &Membership, view: &View, pins: &Pins) -> BTreeSet<OpId> {
    let by_admin = membership.ops().filter(|signed| {
        view.role(&signed.op().author.person) == Some(Role::Admin) && membership.reaches(pins, &signed.id())
    });
    by_admin.flat_map(|signed| membership.past(&signed.id())).collect()
}
