//! The store's thread: takes the batches that wait, saves them as one group with one sync, and says so.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender};

use super::bodies::{self, Bodies, Entry};
use super::check;
use super::engine::{EngineFault, RawChange};
use super::mark::Mark;
use super::row::{self, COUNTS_KEY, Row, Use};
use super::shared::Shared;
use super::tally::Tally;
use super::{INLINE_MOST, ROOM_LEAST};
use crate::{Batch, Damage, Done, StoreFault, Wrong};

/// A group ends when it has this many batches or bytes.
const GROUP_MOST: usize = 512;
const GROUP_BYTES_MOST: usize = 8 << 20;

/// What the store's thread is asked.
pub(super) enum Ask {
    Save(Batch, Done),
    Check(SyncSender<Vec<Damage>>),
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
    births: BTreeMap<[u8; 32], Vec<u8>>,
    entries: Vec<Entry>,
    drops: Vec<[u8; 32]>,
    tally: Tally,
}

impl Committer {
    pub(super) fn run(mut self, asked: &Receiver<Ask>) {
        let mut waiting = VecDeque::new();
        while let Some(first) = waiting.pop_front().or_else(|| asked.recv().ok()) {
            waiting.push_front(first);
            waiting.extend(asked.try_iter());
            let mut group = Vec::new();
            let mut bytes = 0;
            while group.len() < GROUP_MOST && bytes < GROUP_BYTES_MOST {
                match waiting.pop_front() {
                    Some(Ask::Save(batch, done)) => {
                        bytes += batch.bytes();
                        group.push((batch, done));
                    }
                    Some(check) => {
                        waiting.push_front(check);
                        break;
                    }
                    None => break,
                }
            }
            if !group.is_empty() {
                self.save_and_tell(group);
            } else if let Some(Ask::Check(tell)) = waiting.pop_front() {
                // Nobody listens any more only when the thread that asked is gone.
                let _ = tell.send(self.check());
            }
        }
    }

    fn check(&mut self) -> Vec<Damage> {
        match self.settle() {
            Ok(()) => check::check(&self.shared),
            Err(StoreFault::Damaged(damage)) => vec![damage],
            Err(fault) => vec![Damage::store(Wrong::Unreadable { why: fault.to_string() })],
        }
    }

    fn save_and_tell(&mut self, group: Vec<(Batch, Done)>) {
        let batches: Vec<&Batch> = group.iter().map(|(batch, _)| batch).collect();
        let outcomes = match self.save(&batches) {
            Ok(()) => vec![Ok(()); batches.len()],
            // One batch that is too large for the disk must not keep the small ones from being saved.
            Err(failed) if failed.early && batches.len() > 1 => {
                batches.iter().map(|batch| self.save(&[*batch]).map_err(|failed| failed.fault)).collect()
            }
            Err(failed) => vec![Err(failed.fault); batches.len()],
        };
        for ((_, done), outcome) in group.into_iter().zip(outcomes) {
            // A listener that panics must not take the store with it.
            let _ = catch_unwind(AssertUnwindSafe(|| done(outcome)));
        }
    }

    fn save(&mut self, batches: &[&Batch]) -> Result<(), Failed> {
        let early = |fault| Failed { fault, early: true };
        if let Some(why) = &self.stopped {
            return Err(Failed { fault: StoreFault::Stopped { why: why.clone() }, early: false });
        }
        self.settle().map_err(|fault| Failed { fault, early: false })?;
        self.leave_room(batches).map_err(early)?;
        let group = self.gather(batches).map_err(early)?;
        if group.changes.is_empty() {
            // What the group asks for is so already, and durable.
            return Ok(());
        }
        self.write_bodies(&group).map_err(early)?;
        self.write_rows(group, batches.len())
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
        let mut group =
            Group { changes: Vec::new(), births: BTreeMap::new(), entries: Vec::new(), drops: Vec::new(), tally };
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
            if let Some(old) = old {
                group.tally.take(sealer, table, &raw, &old);
            }
            if let Some(row) = &row {
                group.tally.add(sealer, table, &raw, row);
            }
            group.changes.push((raw, row));
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

    fn write_rows(&mut self, mut group: Group, batches: usize) -> Result<(), Failed> {
        let late = |fault| Failed { fault, early: false };
        let counts = self.shared.sealer.seal(&row::context(Use::Counts, &[]), &group.tally.bytes());
        group.changes.push((COUNTS_KEY.to_vec(), Some(counts)));
        if let Err(fault) = self.shared.engine.write(group.changes) {
            self.unsettled.append(&mut group.entries);
            self.doubtful = true;
            if matches!(fault, EngineFault::Silent) {
                self.stopped = Some("the disk does not answer".into());
            } else {
                self.shared.engine.let_go();
            }
            return Err(late(self.shared.engine_fault("save", fault)));
        }
        self.shared.effort.syncs.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = self.shared.files.sync(&self.engine_file) {
            // After a failed sync nobody can say what the disk has: the system may have thrown the data away.
            let why = format!("the disk failed to keep what was written: {}", error.kind());
            self.stopped = Some(why.clone());
            return Err(late(StoreFault::Stopped { why }));
        }
        let commits = group.tally.commits;
        *self.shared.tally() = group.tally;
        self.shared.effort.groups.fetch_add(1, Ordering::Relaxed);
        self.shared.effort.commits.fetch_add(batches as u64, Ordering::Relaxed);
        // The mark only ever lags; a slot that could not be written is written by the commit after next.
        let _ = self.mark.write(commits);
        for entry in group.entries.iter().filter(|entry| group.drops.contains(&entry.address)) {
            self.drop_file(entry);
        }
        Ok(())
    }

    fn drop_file(&mut self, entry: &Entry) {
        if self.bodies.remove(&entry.address).is_err() {
            self.unsettled.push(entry.clone());
        }
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
