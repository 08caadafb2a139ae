//! The store's thread: takes the batches that wait, saves them as one group with one sync, and says so.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};

use hedgerow_model::mutant;

use super::bodies::{self, Bodies, Entry};
use super::check;
use super::compaction::{self, Compaction, Slice};
use super::engine::{EngineFault, RawChange};
use super::mark::Mark;
use super::row::{self, COUNTS_KEY, Row, Use};
use super::shared::Shared;
use super::tally::Tally;
use super::{INLINE_MOST, ROOM_LEAST};
use crate::{Batch, Damage, Done, StoreFault, Wrong};

/// A group ends when it has this many batches or bytes.
const GROUP_MOST: usize = 512;
/// sled keeps every page that a batch touches in memory until the batch is whole.
const GROUP_BYTES_MOST: usize = 1 << 20;

/// What the store's thread is asked.
pub(super) enum Ask {
    Save(Batch, Done),
    Check(SyncSender<Vec<Damage>>),
    Recount(SyncSender<Result<(), StoreFault>>),
    Compact(SyncSender<Result<(), StoreFault>>),
}

pub(super) struct Committer {
    pub(super) shared: Arc<Shared>,
    pub(super) bodies: Bodies,
    pub(super) mark: Mark,
    /// Our own handle on the engine's file: what we sync.
    pub(super) engine_file: File,
    /// Files that may have to go, once it is known whether their row names them.
    pub(super) unsettled: Vec<Entry>,
    /// Why nothing more is saved.
    pub(super) stopped: Option<String>,
    /// Whether the engine was let go after a failure, so that all must be read again before going on.
    pub(super) doubtful: bool,
    /// The rewriting of the engine's file that is under way.
    pub(super) compaction: Option<Compaction>,
    /// How long the engine's file was when it was last rewritten or could not be: it is let alone until it has doubled.
    pub(super) compacted_to: u64,
    /// Who waits for the rewriting to end.
    pub(super) told_when_compact: Vec<SyncSender<Result<(), StoreFault>>>,
}

/// A group that was not saved.
struct Failed {
    fault: StoreFault,
    /// Nothing had reached the engine: batches may be tried one by one.
    early: bool,
}

/// What a group comes to: its last word on each row.
struct Group {
    changes: Vec<RawChange>,
    /// What was there before each change.
    old: Vec<Option<Vec<u8>>>,
    births: BTreeMap<[u8; 32], Vec<u8>>,
    entries: Vec<Entry>,
    drops: Vec<[u8; 32]>,
    tally: Tally,
}

/// The batches that wait, up to the first other question, or to where a group is large enough.
fn gather_group(first: (Batch, Done), waiting: &mut VecDeque<Ask>) -> Vec<(Batch, Done)> {
    let mut bytes = first.0.bytes();
    let mut group = vec![first];
    while group.len() < GROUP_MOST && bytes < GROUP_BYTES_MOST {
        match waiting.pop_front() {
            Some(Ask::Save(batch, done)) => {
                bytes += batch.bytes();
                group.push((batch, done));
            }
            Some(other) => {
                waiting.push_front(other);
                break;
            }
            None => break,
        }
    }
    group
}

impl Committer {
    pub(super) fn run(mut self, asked: &Receiver<Ask>) {
        let mut waiting = VecDeque::new();
        loop {
            waiting.extend(asked.try_iter());
            if waiting.is_empty() && self.compaction.is_none() {
                match asked.recv() {
                    Ok(ask) => waiting.push_back(ask),
                    Err(_) => return,
                }
            }
            match waiting.pop_front() {
                Some(Ask::Save(batch, done)) => {
                    let group = gather_group((batch, done), &mut waiting);
                    self.save_and_tell(group);
                }
                // Nobody listens any more only when the thread that asked is gone.
                Some(Ask::Check(tell)) => drop(tell.send(self.check())),
                Some(Ask::Recount(tell)) => drop(tell.send(self.recount())),
                Some(Ask::Compact(tell)) => {
                    self.told_when_compact.push(tell);
                    self.begin_compaction();
                }
                None => match asked.try_recv() {
                    Ok(ask) => waiting.push_back(ask),
                    Err(TryRecvError::Disconnected) => return,
                    Err(TryRecvError::Empty) => {}
                },
            }
            self.compact_a_little();
        }
    }

    fn check(&mut self) -> Vec<Damage> {
        match self.settle() {
            Ok(()) => check::check(&self.shared),
            Err(StoreFault::Damaged(damage)) => vec![damage],
            Err(fault) => vec![Damage::store(Wrong::Unreadable { why: fault.to_string() })],
        }
    }

    fn recount(&mut self) -> Result<(), StoreFault> {
        if let Some(why) = &self.stopped {
            return Err(StoreFault::Stopped { why: why.clone() });
        }
        self.settle()?;
        let counted = check::count_anew(&self.shared)?;
        let tally = Tally { commits: self.shared.tally().commits + 1, ..counted };
        let nothing = Group {
            changes: Vec::new(),
            old: Vec::new(),
            births: BTreeMap::new(),
            entries: Vec::new(),
            drops: Vec::new(),
            tally,
        };
        let saved = self.write_rows(nothing, 0).map_err(|failed| failed.fault)?;
        self.follow_up(&saved);
        Ok(())
    }

    fn save_and_tell(&mut self, group: Vec<(Batch, Done)>) {
        let batches: Vec<&Batch> = group.iter().map(|(batch, _)| batch).collect();
        let (outcome, saved) = match self.save(&batches) {
            Ok(saved) => (Ok(()), saved),
            // One batch that is too large for the disk must not keep the small ones from being saved.
            Err(failed) if failed.early && group.len() > 1 => {
                return group.into_iter().for_each(|one| self.save_and_tell(vec![one]));
            }
            Err(failed) => (Err(failed.fault), None),
        };
        for (_, done) in group {
            // A listener that panics must not take the store with it.
            let _ = catch_unwind(AssertUnwindSafe(|| done(outcome.clone())));
        }
        if let Some(saved) = saved {
            self.follow_up(&saved);
        }
    }

    /// Saves a group. `None` when what it asks for is so already, and durable.
    fn save(&mut self, batches: &[&Batch]) -> Result<Option<Group>, Failed> {
        let early = |fault| Failed { fault, early: true };
        if let Some(why) = &self.stopped {
            return Err(Failed { fault: StoreFault::Stopped { why: why.clone() }, early: false });
        }
        self.settle().map_err(|fault| Failed { fault, early: false })?;
        self.leave_room(batches).map_err(early)?;
        let group = self.gather(batches).map_err(early)?;
        if group.changes.is_empty() {
            return Ok(None);
        }
        self.write_bodies(&group).map_err(early)?;
        self.write_rows(group, batches.len()).map(Some)
    }

    /// Refuses a group that the disk might not take: sled does not survive a full disk without being opened again, and
    /// needs room even to open.
    fn leave_room(&self, batches: &[&Batch]) -> Result<(), StoreFault> {
        let wanted = batches.iter().map(|batch| batch.bytes() as u64).sum::<u64>() + ROOM_LEAST;
        match self.shared.files.room(&self.shared.folder) {
            Ok(room) if room < wanted => Err(StoreFault::Full { folder: self.shared.folder.display().to_string() }),
            // A disk that cannot say how full it is says so when it is written.
            _ => Ok(()),
        }
    }

    /// Seals the last change to each row, and works out what it brings and drops.
    fn gather(&self, batches: &[&Batch]) -> Result<Group, StoreFault> {
        let sealer = &*self.shared.sealer;
        let mut last = BTreeMap::new();
        for change in batches.iter().flat_map(|batch| &batch.changes) {
            last.insert(row::raw_key(change.table.name(), &change.key), (change.table.name(), change.value.as_deref()));
        }
        let tally = self.shared.tally().clone();
        let mut group = Group {
            changes: Vec::new(),
            old: Vec::new(),
            births: BTreeMap::new(),
            entries: Vec::new(),
            drops: Vec::new(),
            tally,
        };
        for (raw, (table, value)) in last {
            let old = self.shared.engine.get(&raw).map_err(|fault| self.shared.engine_fault("read", fault))?;
            let new = value.map(|value| row::seal(sealer, &raw, value, INLINE_MOST));
            if old.is_none() && new.is_none() {
                continue;
            }
            let dropped = old.as_deref().and_then(Row::body_of).map(|body| body.address);
            let (row, body) = new.map_or((None, None), |new| (Some(new.row), new.body));
            let born = body.map(|(body, sealed)| (body.address, sealed));
            if let Some(address) = dropped.filter(|address| born.as_ref().is_none_or(|(new, _)| new != address)) {
                group.entries.push(Entry { raw: raw.clone(), address });
                group.drops.push(address);
            }
            if let Some((address, sealed)) = born {
                group.entries.push(Entry { raw: raw.clone(), address });
                group.births.insert(address, sealed);
            }
            if let Some(old) = &old {
                group.tally.take(sealer, table, &raw, old);
            }
            if let Some(row) = &row {
                group.tally.add(sealer, table, &raw, row);
            }
            group.changes.push((raw, row));
            group.old.push(old);
        }
        group.tally.commits += 1;
        Ok(group)
    }

    /// The files first, durably: a row never names a file that is not there.
    fn write_bodies(&mut self, group: &Group) -> Result<(), StoreFault> {
        let outcome = (|| {
            if !group.entries.is_empty() {
                let mut entries = self.unsettled.clone();
                entries.extend_from_slice(&group.entries);
                self.bodies.note(&entries)?;
                self.bodies.write(&group.births)?;
            }
            self.shared.files.before_engine()
        })();
        outcome.map_err(|error| {
            for entry in group.entries.iter().filter(|entry| group.births.contains_key(&entry.address)) {
                self.drop_file(entry);
            }
            self.shared.io_fault("save", &error)
        })
    }

    /// Makes a group durable, and removes the files that it drops; it is given back for what follows.
    fn write_rows(&mut self, mut group: Group, batches: usize) -> Result<Group, Failed> {
        let late = |fault| Failed { fault, early: false };
        let mut changes = group.changes.clone();
        changes.push((COUNTS_KEY.to_vec(), Some(self.sealed_counts(&group.tally))));
        if let Err(fault) = self.shared.engine.write(changes) {
            self.unsettled.append(&mut group.entries);
            self.doubtful = true;
            self.abandon_compaction(StoreFault::Stopped { why: "a save failed meanwhile".into() });
            if matches!(fault, EngineFault::Silent) {
                self.stopped = Some("the disk does not answer".into());
            } else {
                self.shared.engine.let_go();
            }
            return Err(late(self.shared.engine_fault("save", fault)));
        }
        self.shared.effort.syncs.fetch_add(1, Ordering::Relaxed);
        if !mutant("skip-sync")
            && let Err(error) = self.shared.files.sync(&self.engine_file)
        {
            // After a failed sync nobody can say what the disk has: the system may have thrown the data away.
            let why = format!("the disk failed to keep what was written: {}", error.kind());
            self.stopped = Some(why.clone());
            return Err(late(StoreFault::Stopped { why }));
        }
        *self.shared.tally() = group.tally.clone();
        self.shared.effort.groups.fetch_add(1, Ordering::Relaxed);
        self.shared.effort.commits.fetch_add(batches as u64, Ordering::Relaxed);
        for entry in group.entries.iter().filter(|entry| group.drops.contains(&entry.address)) {
            self.drop_file(entry);
        }
        Ok(group)
    }

    /// What nobody has to wait for once a group is durable.
    fn follow_up(&mut self, saved: &Group) {
        // The mark only ever lags; a slot that could not be written is written by the commit after next.
        let _ = self.mark.write(saved.tally.commits);
        self.compaction_follows(&saved.changes, &saved.old);
    }

    fn sealed_counts(&self, tally: &Tally) -> Vec<u8> {
        self.shared.sealer.seal(&row::context(Use::Counts, &[]), &tally.bytes())
    }

    fn drop_file(&mut self, entry: &Entry) {
        if self.bodies.remove(&entry.address).is_err() {
            self.unsettled.push(entry.clone());
        }
    }

    fn compaction_follows(&mut self, changes: &[RawChange], old: &[Option<Vec<u8>>]) {
        if let Some(compaction) = &mut self.compaction {
            if let Err(fault) = compaction.follow(&self.shared, changes, old) {
                let fault = self.shared.engine_fault("tidy", fault);
                self.abandon_compaction(fault);
            }
        } else if self.is_compaction_due() {
            self.begin_compaction();
        }
    }

    /// Only where there is room for another file besides the one in use.
    fn is_compaction_due(&self) -> bool {
        let length = self.engine_file.metadata().map_or(0, |file| file.len());
        let live = self.shared.tally().live();
        Compaction::is_due(length, live)
            && length / 2 > self.compacted_to
            && self.shared.files.room(&self.shared.folder).is_ok_and(|room| room > length + ROOM_LEAST)
    }

    fn begin_compaction(&mut self) {
        if self.compaction.is_some() {
            return;
        }
        match self
            .settle()
            .and_then(|()| Compaction::begin(&self.shared).map_err(|fault| self.shared.engine_fault("tidy", fault)))
        {
            Ok(compaction) => self.compaction = Some(compaction),
            Err(fault) => self.abandon_compaction(fault),
        }
    }

    /// Leaves everything as it is. What was copied is cleared away.
    fn abandon_compaction(&mut self, fault: StoreFault) {
        if self.compaction.take().is_some() {
            // What stays is cleared away on the next opening.
            let _ = compaction::clear_away(&self.shared.folder);
        }
        self.end_compaction(&Err(fault));
    }

    fn end_compaction(&mut self, outcome: &Result<(), StoreFault>) {
        self.compacted_to = self.engine_file.metadata().map_or(0, |file| file.len());
        for tell in self.told_when_compact.drain(..) {
            let _ = tell.send(outcome.clone());
        }
    }

    fn compact_a_little(&mut self) {
        let Some(compaction) = &mut self.compaction else { return };
        match compaction.slice(&self.shared) {
            Ok(Slice::More) => {}
            Ok(Slice::Last) => self.finish_compaction(),
            Err(fault) => {
                let fault = self.shared.engine_fault("tidy", fault);
                self.abandon_compaction(fault);
            }
        }
    }

    fn finish_compaction(&mut self) {
        let tally = self.shared.tally().clone();
        let Some(compaction) = self.compaction.take_if(|compaction| compaction.is_whole(&tally)) else {
            return self.abandon_compaction(StoreFault::Damaged(Damage::store(Wrong::ContentDiffers)));
        };
        let shared = Arc::clone(&self.shared);
        let outcome = compaction
            .finish(&shared, self.sealed_counts(&tally))
            .map_err(|fault| shared.engine_fault("tidy", fault))
            .and_then(|()| self.exchange_engines(&tally));
        self.end_compaction(&outcome);
    }

    /// Puts the rewritten database in place, and puts back what was there unless it proves to be what it should be.
    fn exchange_engines(&mut self, tally: &Tally) -> Result<(), StoreFault> {
        let shared = Arc::clone(&self.shared);
        let (folder, files) = (&shared.folder, &*shared.files);
        let in_words = |fault| shared.engine_fault("tidy", fault);
        let placed = shared.engine.exchange(|| compaction::put_in_place(folder, files)).map_err(in_words);
        let outcome = match placed.and_then(|()| check::stated(&shared)) {
            Ok(Some(stated)) if stated == *tally => Ok(()),
            wrong => {
                if compaction::is_in_place(folder)
                    && let Err(fault) = shared.engine.exchange(|| compaction::put_back(folder, files))
                {
                    let why = in_words(fault).to_string();
                    self.stopped = Some(why.clone());
                    return Err(StoreFault::Stopped { why });
                }
                wrong.and(Err(StoreFault::Damaged(Damage::store(Wrong::CountsLost))))
            }
        };
        match compaction::engine_file(folder) {
            Ok(file) => self.engine_file = file,
            // Without a handle on the file that is in use nothing can be made durable.
            Err(error) => self.stopped = Some(error.kind().to_string()),
        }
        // What stays is cleared away on the next opening.
        let _ = compaction::clear_away(folder);
        outcome
    }

    /// After a failure: opens the engine again, reads the counts as they are, and removes files that no row names.
    pub(super) fn settle(&mut self) -> Result<(), StoreFault> {
        if self.doubtful {
            let tally = check::stated(&self.shared)?;
            let tally = tally.ok_or_else(|| StoreFault::Damaged(Damage::store(Wrong::CountsLost)))?;
            // Never a number twice: a mark may have been written for what is now gone.
            let commits = tally.commits.max(self.shared.tally().commits);
            *self.shared.tally() = Tally { commits, ..tally };
            self.doubtful = false;
        }
        for entry in std::mem::take(&mut self.unsettled) {
            let row = self.shared.engine.get(&entry.raw);
            match row {
                Ok(row) if bodies::names(row.as_deref(), &entry.address) => {}
                Ok(_) => self.drop_file(&entry),
                Err(_) => self.unsettled.push(entry),
            }
        }
        Ok(())
    }
}
