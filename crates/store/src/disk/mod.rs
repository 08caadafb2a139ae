//! A store on a disk: sled for rows, files for what is large, everything sealed.

mod bodies;
mod check;
mod committer;
mod compaction;
mod engine;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod mark;
mod opening;
mod row;
mod shared;
mod tally;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

pub use opening::{OpenError, Opened};

use crate::{Batch, Damage, Done, Files, Real, Sealer, Store, StoreFault, Table, Visit, Wrong};
use committer::{Ask, Committer};
use shared::Shared;

/// The version of the folder's format that this Hedgerow writes, and the highest it reads.
pub const FORMAT: u32 = 1;

/// The largest sealed value that is kept in a row; larger ones go to files. sled writes pieces of up to 20 rows, and
/// does not sync pieces over half a megabyte.
pub const INLINE_MOST: usize = 16 << 10;

/// What must stay free on the disk besides what is being saved.
const ROOM_LEAST: u64 = 8 << 20;

/// A store in a folder. Dropping it saves what was begun and lets the folder go.
pub struct Disk {
    shared: Arc<Shared>,
    /// None only while dropping.
    asks: Option<Sender<Ask>>,
    thread: Option<JoinHandle<()>>,
}

/// What a [`Disk`] has done since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Batches that were saved.
    pub commits: u64,
    /// Groups that they were saved in.
    pub groups: u64,
    /// Syncs of the engine's file: one for each group.
    pub syncs: u64,
}

impl Disk {
    /// Opens the store in `folder`, or begins one there. Take the [`crate::FolderLock`] of the folder above first.
    ///
    /// # Errors
    /// See [`OpenError`]. Nothing is changed then.
    pub fn open(folder: &Path, sealer: Arc<dyn Sealer>) -> Result<Opened, OpenError> {
        Disk::open_with(folder, sealer, Arc::new(Real))
    }

    /// Like [`Disk::open`], with file operations of the caller's own: so that a test can make them fail.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_with(folder: &Path, sealer: Arc<dyn Sealer>, files: Arc<dyn Files>) -> Result<Opened, OpenError> {
        opening::open(folder, &sealer, &files)
    }

    fn start(committer: Committer) -> std::io::Result<Disk> {
        let shared = Arc::clone(&committer.shared);
        let (asks, asked) = mpsc::channel();
        let thread = thread::Builder::new().name("hedgerow-store".into()).spawn(move || committer.run(&asked))?;
        Ok(Disk { shared, asks: Some(asks), thread: Some(thread) })
    }

    /// What was done since the store was opened.
    #[must_use]
    pub fn effort(&self) -> Effort {
        let effort = &self.shared.effort;
        Effort {
            commits: effort.commits.load(Ordering::Relaxed),
            groups: effort.groups.load(Ordering::Relaxed),
            syncs: effort.syncs.load(Ordering::Relaxed),
        }
    }

    /// Rewrites the engine's file without what was replaced, beside other work; returns when that is done. It happens by
    /// itself when the file is more than three times as large as what is in it, and then some.
    ///
    /// # Errors
    /// When it could not be done; nothing is changed then.
    pub fn compact(&self) -> Result<(), StoreFault> {
        self.ask_and_wait(Ask::Compact)
    }

    fn ask_and_wait(&self, what: fn(mpsc::SyncSender<Result<(), StoreFault>>) -> Ask) -> Result<(), StoreFault> {
        let ended = || Err(StoreFault::Stopped { why: "its thread ended".into() });
        let (tell, told) = mpsc::sync_channel(1);
        match self.ask(what(tell)) {
            Ok(()) => told.recv().unwrap_or_else(|_| ended()),
            Err(_) => ended(),
        }
    }

    fn ask(&self, ask: Ask) -> Result<(), Ask> {
        match &self.asks {
            Some(asks) => asks.send(ask).map_err(|unsent| unsent.0),
            None => Err(ask),
        }
    }
}

impl Store for Disk {
    fn begin(&self, batch: Batch, done: Done) {
        if let Err(fault) = batch.within_limits() {
            return done(Err(fault));
        }
        if let Err(Ask::Save(_, done)) = self.ask(Ask::Save(batch, done)) {
            done(Err(StoreFault::Stopped { why: "its thread ended".into() }));
        }
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        self.shared.get(table, key)
    }

    fn scan(&self, table: Table, prefix: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreFault> {
        let name_length = row::raw_prefix(table, b"").len();
        let mut first_fault = None;
        let walked = self.shared.walk(&row::raw_prefix(table, prefix), &mut |raw, row| {
            let key = raw.get(name_length..).unwrap_or_default();
            let value = match self.shared.open_row(table.name(), key, raw, row) {
                Ok(value) => Ok(Some(value)),
                // It may only have been replaced since it was read.
                Err(StoreFault::Damaged(_)) => self.shared.get(table, key),
                Err(fault) => Err(fault),
            };
            match value {
                Ok(Some(value)) => return visit(key, &value),
                Ok(None) => {}
                Err(fault) => {
                    first_fault.get_or_insert(fault);
                }
            }
            ControlFlow::Continue(())
        });
        walked.map_err(|fault| self.shared.engine_fault("read", fault))?;
        first_fault.map_or(Ok(()), Err)
    }

    fn keys(&self, table: Table, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreFault> {
        let name_length = row::raw_prefix(table, b"").len();
        let mut keys = Vec::new();
        let walked = self.shared.walk(&row::raw_prefix(table, prefix), &mut |raw, _| {
            keys.push(raw.get(name_length..).unwrap_or_default().to_vec());
            ControlFlow::Continue(())
        });
        walked.map_err(|fault| self.shared.engine_fault("read", fault))?;
        Ok(keys)
    }

    fn count(&self, table: Table) -> Result<u64, StoreFault> {
        Ok(self.shared.tally().tables.get(table.name()).map_or(0, |count| count.rows))
    }

    fn recount(&self) -> Result<(), StoreFault> {
        self.ask_and_wait(Ask::Recount)
    }

    fn check(&self) -> Vec<Damage> {
        let ended = || vec![Damage::store(Wrong::Unreadable { why: "its thread ended".into() })];
        let (tell, told) = mpsc::sync_channel(1);
        match self.ask(Ask::Check(tell)) {
            Ok(()) => told.recv().unwrap_or_else(|_| ended()),
            Err(_) => ended(),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The thread ends when it has saved what was begun.
        self.asks = None;
        if let Some(thread) = self.thread.take() {
            // A `done` may hold the last handle on the store; a thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}
