//! Chance meetings, removals and returns, with and without a dishonest member: whatever happens, those who are left agree,
//! can write, and can read all that was written, with their devices or with nothing but their recovery phrases; and nothing
//! reaches the removed, or a phrase that was replaced, but by those who had not heard.

use std::collections::BTreeSet;

use hedgerow_model::{EpochId, OpId, Role};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::{Device, Epochs, KeyNews, people};
use crate::{Action, Record, RecordRefusal, RecoveryKeys, Retained, Signer, Subject};

const PEOPLE: usize = 5;

/// Something written: by whom, knowing what was taken, under which epoch.
struct Written {
    by: usize,
    epoch: EpochId,
    /// Who had been members once and were none any more, as far as the writer knew.
    gone: BTreeSet<usize>,
    /// The recovery phrases that the writer knew to have been replaced.
    old_phrases: Vec<[u8; 32]>,
}

struct Story {
    rng: ChaCha20Rng,
    devices: [Device; PEOPLE],
    written: Vec<Written>,
    /// Recovery phrases that were replaced, and by which operation.
    replaced: Vec<([u8; 32], OpId)>,
    dishonest: Option<usize>,
}

impl Story {
    fn begin(seed: u64, with_a_dishonest_member: bool) -> Story {
        let mut devices: [Device; PEOPLE] = people(seed);
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let (ada, others) = devices.split_first_mut().unwrap();
        for (at, other) in others.iter().take(3).enumerate() {
            ada.set(other, if at == 0 { Role::Admin } else { Role::Writer });
        }
        ada.rotate();
        others.iter_mut().for_each(|other| other.meet(ada));
        let dishonest = with_a_dishonest_member.then(|| 1 + rng.next_u32() as usize % 3);
        Story { rng, devices, written: Vec::new(), replaced: Vec::new(), dishonest }
    }

    fn draw(&mut self, below: usize) -> usize {
        self.rng.next_u32() as usize % below
    }

    fn pair(&mut self, one: usize, two: usize) -> (&mut Device, &mut Device) {
        assert!(one != two);
        let [one, two] = self.devices.get_disjoint_mut([one, two]).unwrap();
        (one, two)
    }

    /// One device hears some of what another knows: all operations, and some or all key records.
    fn hear(&mut self, from: usize, to: usize, all: bool) {
        let some = self.rng.next_u32();
        let (from, to) = self.pair(from, to);
        // Members hear everything; the removed hear of their removal and nothing more.
        let member = from.membership.now().role_of_device(&to.keys.device()).is_some();
        if !all && some.is_multiple_of(3) {
            let records: Vec<Record> = from.records.iter().filter(|_| member).cloned().collect();
            to.receive_all(&records);
            return;
        }
        to.learn_from(from);
        if member && (all || some.is_multiple_of(2)) {
            to.meet(from);
        }
    }

    fn step(&mut self) {
        let me = self.draw(PEOPLE);
        let other = (me + 1 + self.draw(PEOPLE - 1)) % PEOPLE;
        match self.draw(21) {
            0..8 => self.hear(me, other, false),
            8..12 if self.dishonest == Some(me) => self.misbehave(me),
            8..12 => self.write(me),
            12..15 if self.dishonest != Some(me) => {
                let device = &mut self.devices[me];
                if device.membership.now().role_of_device(&device.keys.device()).is_some() {
                    device.share();
                }
            }
            15..17 => self.attempt(
                me,
                |_, subject| Action::Set { subject, role: Role::Writer, retained: Retained::new() },
                other,
            ),
            17 => self.attempt(me, |_, subject| Action::Remove { subject, retained: Retained::new() }, other),
            18 => self.attempt(me, |_, _| Action::Retire, other),
            19 => self.replace_recovery(me),
            _ if me != 0 => self.attempt(me, |_, _| Action::Leave { retained: Retained::new() }, other),
            _ => {}
        }
    }

    /// Does something to `other`, if membership lets them; whoever takes something away makes a new epoch at once.
    fn attempt(&mut self, me: usize, action: impl Fn(usize, Subject) -> Action, other: usize) {
        let subject = Subject::Person(self.devices[other].person);
        let device = &mut self.devices[me];
        let signer = Signer { keys: &device.keys, person: device.person };
        let Ok(op) = device.membership.propose(&signer, action(me, subject)) else { return };
        device.membership.insert(op).unwrap();
        if device.epochs.may_rotate(&device.membership, &device.keys).is_ok() {
            device.rotate();
        }
    }

    /// Somebody, member or not, has a new phrase, and makes a new epoch at once where they may.
    fn replace_recovery(&mut self, me: usize) {
        let device = &mut self.devices[me];
        let old = device.recovery_seed;
        let op = device.replace_recovery();
        self.replaced.push((old, op));
        if device.epochs.may_rotate(&device.membership, &device.keys).is_ok() {
            device.rotate();
        }
    }

    fn write(&mut self, me: usize) {
        let device = &mut self.devices[me];
        let view = device.membership.now();
        if !view.role_of_device(&device.keys.device()).is_some_and(Role::may_write) {
            return;
        }
        let epoch = match device.writes_under() {
            Some(epoch) => epoch,
            None if device.epochs.may_rotate(&device.membership, &device.keys).is_ok() => device.rotate().0,
            None => return,
        };
        let gone = (0..PEOPLE).filter(|at| view.was_member(&self.devices[*at].keys.device())).collect();
        let known = self.replaced.iter().filter(|(_, op)| self.devices[me].membership.contains(op));
        let old_phrases = known.map(|(seed, _)| *seed).collect();
        self.written.push(Written { by: me, epoch, gone, old_phrases });
    }

    /// Publishes an epoch over any part of what it knows, wrapping what it likes, for whom it likes.
    fn misbehave(&mut self, me: usize) {
        let (cut, chance) = (self.draw(4), self.rng.next_u64());
        let device = &self.devices[me];
        let ops: Vec<OpId> = device.membership.ops().map(|op| op.id()).collect();
        let pins = match cut {
            0 => crate::Pins::new([ops[chance as usize % ops.len()]]),
            _ => device.membership.heads(),
        };
        if device.membership.at(&pins).is_none() {
            return;
        }
        let held: Vec<EpochId> = device.epochs.held().collect();
        let parents: Vec<EpochId> =
            held.iter().copied().enumerate().filter(|(at, _)| chance >> at & 1 == 1).map(|(_, id)| id).collect();
        let previous = held.get(chance as usize % (held.len() + 1)).copied();
        let to: Vec<usize> = (0..PEOPLE).filter(|at| chance >> (at + 32) & 1 == 1).collect();
        let forged = self.devices[me].forge(pins, &parents, previous);
        let to: Vec<&Device> = to.iter().map(|at| &self.devices[*at]).collect();
        let record = self.devices[me].publish(&forged, &to);
        self.devices[me].records.push(record);
    }

    /// Everybody who is left hears everything and seals on what is lacking, until nothing is new.
    fn gather(&mut self) -> Vec<usize> {
        for _ in 0..4 {
            for from in 0..PEOPLE {
                for to in (0..PEOPLE).filter(|to| *to != from) {
                    self.hear(from, to, true);
                }
            }
            // A dishonest author may leave out a recovery, and nobody sees it but who tries the phrase; with nobody dishonest,
            // nobody needs to.
            let tried = self.dishonest.map(|_| self.left()).unwrap_or_default();
            let by_phrase: Vec<_> = tried.into_iter().flat_map(|at| self.phrase_lacks(at)).collect();
            for at in self.left() {
                let lacking: Vec<_> = self.left().into_iter().flat_map(|other| self.lacks(other)).collect();
                let device = &mut self.devices[at];
                lacking.into_iter().for_each(|(who, epoch)| device.epochs.note_lacking(who, epoch));
                by_phrase.iter().copied().for_each(|(who, epoch)| device.epochs.note_lacking(who, epoch));
                device.share();
            }
        }
        self.left()
    }

    /// The honest who are members in the end.
    fn left(&self) -> Vec<usize> {
        let view = self.devices[0].membership.now();
        (0..PEOPLE)
            .filter(|at| self.dishonest != Some(*at))
            .filter(|at| view.role_of_device(&self.devices[*at].keys.device()).is_some())
            .collect()
    }

    /// Epochs whose records a device has and cannot open.
    fn lacks(&self, at: usize) -> Vec<(hedgerow_model::DeviceId, EpochId)> {
        let device = &self.devices[at];
        let epochs: BTreeSet<EpochId> = device.records.iter().map(Record::epoch).collect();
        epochs.into_iter().filter(|epoch| !device.reads(epoch)).map(|epoch| (device.keys.device(), epoch)).collect()
    }

    /// What a phrase alone opens of these records.
    fn opened_by(&self, seed: &[u8; 32], records: &[Record]) -> Epochs {
        let (phrase, notebook) = (RecoveryKeys::from_seed(seed), self.devices[0].membership.notebook());
        let mut epochs = Epochs::empty();
        let mut news = true;
        while std::mem::take(&mut news) {
            for record in records {
                let took = epochs.receive(record, &phrase, &notebook);
                news |= matches!(took, Ok(KeyNews::Learned(_)));
            }
        }
        epochs
    }

    /// Epochs of a device's records that its person's phrase does not open.
    fn phrase_lacks(&self, at: usize) -> Vec<(crate::RecipientId, EpochId)> {
        let device = &self.devices[at];
        let opened = self.opened_by(&device.recovery_seed, &device.records);
        let id = RecoveryKeys::from_seed(&device.recovery_seed).public().recipient().id;
        let epochs: BTreeSet<EpochId> = device.records.iter().map(Record::epoch).collect();
        epochs.into_iter().filter(|epoch| opened.key(epoch).is_none()).map(|epoch| (id, epoch)).collect()
    }

    fn check(&mut self, seed: u64) {
        let left = self.gather();
        let writers: Vec<usize> = left
            .iter()
            .copied()
            .filter(|at| {
                let device = &self.devices[*at];
                device.membership.now().role_of_device(&device.keys.device()).is_some_and(Role::may_write)
            })
            .collect();
        // All agree on one epoch, after making a new one at most.
        if self.devices[0].writes_under().is_none() {
            let may = writers.iter().copied().find(|at| {
                let device = &self.devices[*at];
                device.epochs.may_rotate(&device.membership, &device.keys).is_ok()
            });
            let may = may.unwrap_or_else(|| panic!("seed {seed}: nobody may make a new epoch"));
            self.devices[may].rotate();
            self.gather();
        }
        let chosen = self.devices[0].writes_under();
        for at in &writers {
            assert_eq!(self.devices[*at].writes_under(), chosen, "seed {seed}: {at} writes under another");
        }
        for written in &self.written {
            for at in &left {
                let reads = self.devices[*at].reads(&written.epoch);
                assert!(reads, "seed {seed}: {at} cannot read what {} wrote", written.by);
            }
        }
        for at in &left {
            let device = &self.devices[*at];
            let opened = self.opened_by(&device.recovery_seed, &device.records);
            for written in &self.written {
                let reads = opened.key(&written.epoch).is_some();
                assert!(reads, "seed {seed}: the phrase of {at} does not read what {} wrote", written.by);
            }
        }
        self.check_the_removed(seed);
    }

    /// With nobody dishonest: who is out for good cannot read what somebody wrote who knew that they were out.
    fn check_the_removed(&self, seed: u64) {
        if self.dishonest.is_some() {
            return;
        }
        let mut anywhere: Vec<Record> = self.devices.iter().flat_map(|device| device.records.clone()).collect();
        anywhere.sort_by_key(Record::id);
        anywhere.dedup();
        for (old, _) in &self.replaced {
            let opened = self.opened_by(old, &anywhere);
            for written in self.written.iter().filter(|written| written.old_phrases.contains(old)) {
                let reads = opened.key(&written.epoch).is_some();
                assert!(!reads, "seed {seed}: an old phrase reads what {} wrote knowing that it was old", written.by);
            }
        }
        for written in &self.written {
            for gone in &written.gone {
                let device = &self.devices[*gone];
                assert!(
                    !device.reads(&written.epoch) || self.came_back(*gone),
                    "seed {seed}: {gone} reads what {} wrote knowing that they had gone",
                    written.by
                );
            }
        }
    }

    /// Whether somebody was ever let in again, by anybody: then they were given what was written in between.
    fn came_back(&self, who: usize) -> bool {
        let person = self.devices[who].person;
        let sets = self.devices.iter().flat_map(|device| device.membership.ops()).filter(
            |signed| matches!(&signed.op().action, Action::Set { subject: Subject::Person(set), .. } if *set == person),
        );
        sets.map(|signed| signed.id()).collect::<BTreeSet<_>>().len() > 1
    }
}

fn stories(seeds: std::ops::Range<u64>, dishonest: bool) {
    for seed in seeds {
        let mut story = Story::begin(seed, dishonest);
        for _ in 0..60 {
            story.step();
        }
        story.check(seed);
    }
}

#[test]
fn those_who_are_left_agree_and_read_everything() {
    stories(0..25, false);
}

#[test]
fn a_dishonest_member_changes_nothing_about_that() {
    stories(1000..1025, true);
}

#[test]
fn the_order_in_which_records_come_does_not_show() {
    let mut story = Story::begin(77, true);
    for _ in 0..80 {
        story.step();
    }
    story.gather();
    let [ada, bo, ..] = &mut story.devices;
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let mut answers = BTreeSet::new();
    for _ in 0..6 {
        let mut records = ada.records.clone();
        for at in (1..records.len()).rev() {
            records.swap(at, rng.next_u32() as usize % (at + 1));
        }
        bo.epochs = super::Epochs::empty();
        bo.records.clear();
        let mut news = true;
        while std::mem::take(&mut news) {
            for record in &records {
                let took: Result<KeyNews, RecordRefusal> = bo.receive(record);
                news |= matches!(took, Ok(KeyNews::Learned(_)));
                // Asked in between, the answer must not be kept where it may still change.
                let _ = bo.writes_under();
            }
        }
        let standing: Vec<String> =
            bo.epochs.held().map(|epoch| format!("{epoch} {:?}", bo.standing(&epoch))).collect();
        answers.insert((bo.writes_under(), standing));
    }
    assert_eq!(answers.len(), 1);
}
