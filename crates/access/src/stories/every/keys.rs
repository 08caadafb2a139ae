//! What keys come of a history. After each of the notebook's operations its device does what an honest one does at once,
//! knowing just what that operation stands on: it makes an epoch if it has none to write under, and seals on what it owes.
//! In the end everybody who is left meets. A device that did two things apart is one whose folder was cloned.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use hedgerow_model::{DeviceId, EpochId};

use super::{
    super::{statements::recipients, *},
    Every, History,
    cast::Cast,
};
use crate::{EpochProblem, EpochStanding, Epochs, LogKind, RecipientId, View, epochs::Bare};

/// Whether a rule about keys holds, and if not, which and of what.
type Kept = Result<(), String>;

/// Key records, as far as it matters who opens what.
#[derive(Default, Clone)]
struct Records {
    made: BTreeMap<EpochId, Rc<Bare>>,
    sealed_on: BTreeSet<(EpochId, RecipientId)>,
}

impl Records {
    fn add(&mut self, more: &Records) {
        self.made.extend(more.made.iter().map(|(epoch, bare)| (*epoch, Rc::clone(bare))));
        self.sealed_on.extend(&more.sealed_on);
    }

    /// What somebody opens who has all these records: by boxes, and from there by wraps.
    fn opened_by(&self, who: &RecipientId) -> BTreeSet<EpochId> {
        let boxed = |bare: &&Rc<Bare>| bare.to.contains(who) || self.sealed_on.contains(&(bare.id, *who));
        let mut left: Vec<EpochId> = self.made.values().filter(boxed).map(|bare| bare.id).collect();
        let mut opened = BTreeSet::new();
        while let Some(epoch) = left.pop() {
            if opened.insert(epoch) {
                left.extend(self.made[&epoch].parents());
            }
        }
        opened
    }

    /// What a device knows that opens these of them.
    fn known_with(&self, opened: &BTreeSet<EpochId>) -> Epochs {
        let mut epochs = Epochs::empty();
        for epoch in opened {
            epochs.take_bare(&self.made[epoch]);
        }
        for (epoch, to) in self.sealed_on.iter().filter(|(epoch, _)| opened.contains(epoch)) {
            epochs.hear_sealed_on(*epoch, *to);
        }
        epochs
    }

    /// Whether a device made two epochs of which neither knows the other.
    fn forks(&self, device: &DeviceId) -> bool {
        let mut before = BTreeSet::new();
        self.made.values().filter(|bare| bare.author() == *device).any(|bare| !before.insert(bare.previous()))
    }
}

/// All that was found out about keys, by operation; and how often something came about.
#[derive(Default)]
pub(super) struct Keys {
    beginning: Records,
    brought: HashMap<u32, Rc<Records>>,
    pub(super) count: KeyCount,
}

/// In how many histories something was so.
#[derive(Default, Clone, Copy)]
pub(super) struct KeyCount {
    /// Somebody who is out has an epoch of the notebook.
    pub(super) outsiders: usize,
    /// Those who are left need a new epoch when they have met.
    pub(super) needed: usize,
    /// And an admin must retire the old ones first.
    pub(super) forked: usize,
}

impl Keys {
    /// Ada's device makes the first epoch when all is as in the beginning.
    pub(super) fn begin(cast: &Cast, beginning: &Membership) -> Keys {
        let mut keys = Keys::default();
        let first = Epochs::empty().make_bare(beginning, &cast.people[0].keys, &[1; 32]).unwrap();
        keys.beginning.made.insert(first.id, Rc::new(first));
        keys
    }
}

impl Every<'_> {
    /// The keys that an operation brings along.
    fn brought(&mut self, at: u32) -> Rc<Records> {
        if let Some(known) = self.keys.brought.get(&at) {
            return Rc::clone(known);
        }
        let op = self.entries[at as usize].op.clone();
        let mut brought = Records::default();
        // Only a notebook's operations say what their author knew of it.
        if let Some(keys) = self.cast.keys_of(&op.op().author.device).filter(|_| op.kind() == LogKind::Notebook) {
            let mut past = self.past(at);
            let records = self.records(&past);
            past.push(at);
            let all = self.heard(&past);
            let mut epochs = records.known_with(&records.opened_by(&keys.device().into()));
            if let Ok(bare) = epochs.make_bare(&all, keys, op.id().as_bytes()) {
                brought.made.insert(bare.id, Rc::new(bare));
            }
            brought.sealed_on.extend(epochs.owed(&all, keys).iter().map(|owed| (owed.epoch, owed.to.id)));
        }
        let brought = Rc::new(brought);
        self.keys.brought.insert(at, Rc::clone(&brought));
        brought
    }

    /// All that the operations of a history bring along.
    fn records(&mut self, history: &[u32]) -> Records {
        let mut records = self.keys.beginning.clone();
        for at in history {
            let brought = self.brought(*at);
            records.add(&brought);
        }
        records
    }

    /// Asks of the keys of a history what is to hold of them.
    pub(super) fn keys_kept(&mut self, history: &History, all: &Membership, view: &View) -> Kept {
        let mut records = self.records(history);
        let to = recipients(view);
        self.meet(all, view, &to, &mut records);
        // Where no device is left, as after a revocation of the last, nobody hands anything on.
        let devices = view.devices().into_iter();
        let held = devices.flat_map(|(device, _)| records.opened_by(&device.into())).collect();
        let mut epochs = records.known_with(&held);
        for epoch in &held {
            let standing = epochs.standing(epoch, all);
            hold(standing == EpochStanding::Valid, || format!("an honest epoch is {standing:?}"))?;
        }
        let reads_all = |who: &RecipientId| records.opened_by(who).is_superset(&held);
        hold(to.iter().all(reads_all), || "a member does not read all that members read".to_owned())?;
        let clean = |epoch: &EpochId| view.taking().iter().all(|op| all.reaches(records.made[epoch].pins(), op));
        let unclean = epochs.for_writing(all).filter(|epoch| !clean(epoch));
        hold(unclean.is_none(), || format!("{unclean:?} is written under, and was made before something was taken"))?;
        self.nobody_outside_opens_what_is_written_under(&records, clean, &to)?;
        self.only_writers_make_epochs(all, view)?;
        self.whoever_may_write_can(&records, &mut epochs, all, view)
    }

    /// Members seal on what others lack, until nobody lacks anything.
    fn meet(&self, all: &Membership, view: &View, to: &BTreeSet<RecipientId>, records: &mut Records) {
        let devices: Vec<&DeviceKeys> =
            view.devices().iter().filter_map(|(device, _)| self.cast.keys_of(device)).collect();
        loop {
            let before = records.sealed_on.len();
            if to.iter().all(|who| records.opened_by(who).len() == records.made.len()) {
                return;
            }
            for keys in &devices {
                let epochs = records.known_with(&records.opened_by(&keys.device().into()));
                records.sealed_on.extend(epochs.owed(all, keys).iter().map(|owed| (owed.epoch, owed.to.id)));
            }
            if records.sealed_on.len() == before {
                return;
            }
        }
    }

    /// No epoch that knows of everything taken opens for anybody who is out, device or recovery, whoever sealed what to them
    /// without having heard.
    fn nobody_outside_opens_what_is_written_under(
        &mut self,
        records: &Records,
        clean: impl Fn(&EpochId) -> bool,
        to: &BTreeSet<RecipientId>,
    ) -> Kept {
        let boxes = records.made.values().flat_map(|bare| bare.to.iter().copied());
        let ever: BTreeSet<RecipientId> = boxes.chain(records.sealed_on.iter().map(|(_, who)| *who)).collect();
        self.keys.count.outsiders += usize::from(!ever.is_subset(to));
        for who in ever.difference(to) {
            let reads = records.opened_by(who).iter().any(&clean);
            hold(!reads, || format!("{who:?} is out, and reads what is written"))?;
        }
        Ok(())
    }

    /// An epoch over all that is known is valid if its author may write, and not otherwise, whose device it ever was.
    fn only_writers_make_epochs(&self, all: &Membership, view: &View) -> Kept {
        let ever = |keys: &&DeviceKeys| view.persons.values().any(|person| person.ever.contains(&keys.device()));
        for keys in self.cast.devices().filter(ever) {
            let may_write = view.role_of_device(&keys.device()).is_some_and(Role::may_write);
            let forged = Bare::forged(all, keys.device(), &[3; 32]);
            let mut epochs = Epochs::empty();
            epochs.take_bare(&forged);
            let valid = epochs.is_valid(&forged.id, all);
            hold(valid == may_write, || format!("an epoch by {:?}, who may write: {may_write}", keys.device()))?;
        }
        Ok(())
    }

    /// Having met, they have an epoch to write under, or somebody makes one, and whoever made none twice may; else they do
    /// once an admin has retired the old ones.
    fn whoever_may_write_can(&mut self, records: &Records, epochs: &mut Epochs, all: &Membership, view: &View) -> Kept {
        if epochs.for_writing(all).is_some() {
            return Ok(());
        }
        let with = |least: fn(Role) -> bool| {
            let devices = self.cast.devices();
            devices.filter(|keys| view.role_of_device(&keys.device()).is_some_and(least)).collect::<Vec<_>>()
        };
        let (writers, admins) = (with(Role::may_write), with(|role| role == Role::Admin));
        self.keys.count.needed += 1;
        for keys in &writers {
            let may = epochs.may_rotate(all, keys);
            let forked = may == Err(EpochProblem::NothingTaken) && records.forks(&keys.device());
            hold(may.is_ok() || forked, || format!("{:?} makes no epoch: {may:?}", keys.device()))?;
        }
        if let Some(keys) = writers.iter().find(|keys| epochs.may_rotate(all, keys).is_ok()) {
            return all_write_under_a_new_one(epochs, all, keys);
        }
        let Some(keys) = admins.first() else { return Ok(()) };
        self.keys.count.forked += 1;
        let (mut all, person) = (all.clone(), view.person_of(&keys.device()).unwrap());
        let retire = all.draft(&LogId::from(all.notebook()), person, keys.device(), Action::Retire).unwrap();
        all.insert(SignedOp::unsigned(retire).unwrap()).unwrap();
        all_write_under_a_new_one(epochs, &all, keys)
    }
}

/// The device makes an epoch, and it is the one to write under, for just those who are members.
fn all_write_under_a_new_one(epochs: &mut Epochs, all: &Membership, keys: &DeviceKeys) -> Kept {
    let made = epochs.make_bare(all, keys, &[2; 32]);
    let made = made.map_err(|problem| format!("{:?} makes no epoch: {problem}", keys.device()))?;
    hold(epochs.for_writing(all) == Some(made.id), || "the new epoch is not written under".to_owned())?;
    let to: BTreeSet<RecipientId> = made.to.into_iter().collect();
    hold(to == recipients(&all.now()), || "the new epoch is not for the members".to_owned())
}

fn hold(holds: bool, otherwise: impl FnOnce() -> String) -> Kept {
    if holds { Ok(()) } else { Err(otherwise()) }
}
