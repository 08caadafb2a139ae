//! Handing epochs on to members' devices and recoveries that lack them.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_model::{DeviceId, EpochId, mutant};
use rand_core::CryptoRng;

use super::{EpochProblem, Epochs, Seen};
use crate::{
    DeviceKeys, Membership, Recipient, RecipientId, Record,
    key_record::{MOST_BOXES, Making},
};

/// A member's device or recovery that lacks an epoch this device holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owed {
    /// The epoch.
    pub epoch: EpochId,
    /// To whom it is owed.
    pub to: Recipient,
}

/// Valid epochs, newest first, and who was given each by its author.
struct Given<'a> {
    membership: &'a Membership,
    valid: BTreeMap<EpochId, &'a Seen>,
    newest_first: Vec<EpochId>,
    to: BTreeMap<EpochId, BTreeSet<Recipient>>,
}

impl Epochs {
    /// A valid epoch that everybody will come to hold, for what must be carried and is not written, such as an operation:
    /// the one to write under, or else the newest.
    #[must_use]
    pub fn latest(&self, membership: &Membership) -> Option<EpochId> {
        self.for_writing(membership).or_else(|| newest_first(&self.valid(membership)).first().copied())
    }

    /// Whether one of `tags`, which `from` shows to `to`, is that of an epoch held here. The two may not have the same
    /// latest one, so all are tried.
    #[must_use]
    pub fn finds(&self, from: (&DeviceId, &[u8; 32]), to: (&DeviceId, &[u8; 32]), tags: &BTreeSet<[u8; 16]>) -> bool {
        self.held.values().any(|held| tags.contains(&held.key.find_tag(from, to)))
    }

    /// Which epochs this device should seal on, and to whom: valid ones that members' devices and recoveries lack, as far as
    /// the records here show. The newest that give the rest.
    #[must_use]
    pub fn owed(&self, membership: &Membership, keys: &DeviceKeys) -> Vec<Owed> {
        let (view, me) = (membership.now(), keys.device());
        if view.role_of_device(&me).is_none() {
            return Vec::new();
        }
        let valid = self.valid(membership);
        let mut given = Given { membership, newest_first: newest_first(&valid), valid, to: BTreeMap::new() };
        let mut owed = Vec::new();
        for to in view.recipients().into_iter().filter(|to| to.id != me.into()) {
            let mut covered = BTreeSet::new();
            for epoch in given.newest_first.clone() {
                if !covered.contains(&epoch) && self.has(&mut given, &epoch, &to) {
                    given.cover(epoch, &mut covered);
                }
                if covered.len() == given.valid.len() {
                    break;
                }
            }
            for epoch in &given.newest_first {
                if !covered.contains(epoch) {
                    owed.push(Owed { epoch: *epoch, to });
                    given.cover(*epoch, &mut covered);
                }
            }
        }
        owed
    }

    /// Which valid epochs members' devices say that they cannot open: what somebody gives who is out, and owes nothing of
    /// their own accord.
    #[must_use]
    pub fn complained_of(&self, membership: &Membership) -> Vec<Owed> {
        let members = membership.now().recipients();
        let to = |id: &RecipientId| members.iter().find(|member| member.id == *id).copied();
        let lacking = self.lacking.iter().filter(|(epoch, _)| self.is_valid(epoch, membership));
        lacking.filter_map(|(epoch, id)| Some(Owed { epoch: *epoch, to: to(id)? })).collect()
    }

    /// Whether `to` has been given `epoch` and has not said otherwise.
    fn has(&self, given: &mut Given<'_>, epoch: &EpochId, to: &Recipient) -> bool {
        if self.lacking.contains(&(*epoch, to.id)) {
            return false;
        }
        self.sealed_on.get(epoch).is_some_and(|had| had.contains(&to.id)) || given.by_author(epoch, to)
    }

    /// Seals epochs on: one record an epoch, for as many of `owed` as are of valid epochs and of those who are still to have
    /// them. The records are to be saved before they are sent.
    ///
    /// # Errors
    /// When this device is no member's, and never was.
    pub fn seal_on(
        &mut self,
        owed: &[Owed],
        membership: &Membership,
        keys: &DeviceKeys,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Record>, EpochProblem> {
        let (view, us) = (membership.now(), keys.device());
        if view.role_of_device(&us).is_none() && !view.was_member(&us) {
            return Err(EpochProblem::NotAMember);
        }
        let recipients: BTreeSet<Recipient> = view.recipients().into_iter().collect();
        let mut by_epoch: BTreeMap<EpochId, BTreeSet<Recipient>> = BTreeMap::new();
        for Owed { epoch, to } in owed {
            if (recipients.contains(to) || mutant("seal-on-to-anybody")) && self.is_valid(epoch, membership) {
                by_epoch.entry(*epoch).or_default().insert(*to);
            }
        }
        let (notebook, routing) = (membership.notebook(), membership.routing());
        let mut records = Vec::new();
        for (epoch, to) in by_epoch {
            let (Some(held), Some(seen)) = (self.held.get(&epoch), self.seen.get(&epoch)) else { continue };
            let to: Vec<Recipient> = to.into_iter().take(MOST_BOXES).collect();
            let making = Making { notebook: &notebook, routing, epoch, key: &held.key, core: &seen.core, keys };
            records.push(making.sealed_on(&to, rng)?);
            for Recipient { id, .. } in to {
                self.lacking.remove(&(epoch, id));
                self.sealed_here.insert((epoch, id));
                self.sealed_on.entry(epoch).or_default().insert(id);
            }
            self.generation += 1;
        }
        Ok(records)
    }
}

impl Given<'_> {
    /// Whether `epoch` was sealed to the recipient by its author.
    fn by_author(&mut self, epoch: &EpochId, to: &Recipient) -> bool {
        let Some(seen) = self.valid.get(epoch) else { return false };
        let membership = self.membership;
        let given = self.to.entry(*epoch).or_insert_with(|| {
            membership.at(&seen.core.pins).map(|view| view.recipients().into_iter().collect()).unwrap_or_default()
        });
        RecipientId::from(seen.core.author) == to.id || given.contains(to)
    }

    /// Adds `epoch` and all that it gives through wraps.
    fn cover(&self, epoch: EpochId, covered: &mut BTreeSet<EpochId>) {
        let mut left = vec![epoch];
        while let Some(epoch) = left.pop() {
            if covered.insert(epoch) {
                left.extend(self.valid.get(&epoch).into_iter().flat_map(|seen| seen.core.parents.iter().copied()));
            }
        }
    }
}

/// Every epoch before those that it wraps.
fn newest_first(valid: &BTreeMap<EpochId, &Seen>) -> Vec<EpochId> {
    let mut wrapped_by: BTreeMap<EpochId, usize> = valid.keys().map(|epoch| (*epoch, 0)).collect();
    let count = |by: &mut BTreeMap<EpochId, usize>, epoch: &EpochId, wrapped: bool| {
        let Some(left) = by.get_mut(epoch) else { return false };
        *left = if wrapped { *left + 1 } else { *left - 1 };
        *left == 0
    };
    for parent in valid.values().flat_map(|seen| &seen.core.parents) {
        count(&mut wrapped_by, parent, true);
    }
    let mut ready: Vec<EpochId> = wrapped_by.iter().filter(|(_, left)| **left == 0).map(|(epoch, _)| *epoch).collect();
    let mut order = Vec::with_capacity(valid.len());
    while let Some(epoch) = ready.pop() {
        order.push(epoch);
        for parent in valid.get(&epoch).into_iter().flat_map(|seen| &seen.core.parents) {
            if count(&mut wrapped_by, parent, false) {
                ready.push(*parent);
            }
        }
    }
    order
}
