//! What readers and the store's thread share: reading rows, and the words for what goes wrong.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::engine::{Engine, EngineFault, RawRow};
use super::row::{self, Body, Row, Use};
use super::tally::Tally;
use super::{bodies, row::raw_key};
use crate::{Damage, Files, Sealer, StoreFault, Table, Visit, Wrong};

/// Rows read from the engine at a time.
pub(super) const CHUNK: usize = 128;

#[derive(Default)]
pub(super) struct Counters {
    pub(super) groups: AtomicU64,
    pub(super) commits: AtomicU64,
    pub(super) syncs: AtomicU64,
}

pub(super) struct Shared {
    pub(super) folder: PathBuf,
    pub(super) engine: Engine,
    pub(super) sealer: Arc<dyn Sealer>,
    pub(super) files: Arc<dyn Files>,
    /// As of the last durable commit.
    pub(super) tally: Mutex<Tally>,
    pub(super) effort: Counters,
}

impl Shared {
    /// A tally is replaced whole, so a panic elsewhere leaves it as it should be.
    pub(super) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn bodies(&self) -> PathBuf {
        self.folder.join("bodies")
    }

    pub(super) fn io_fault(&self, doing: &'static str, error: &io::Error) -> StoreFault {
        StoreFault::from_io(doing, &self.folder, error)
    }

    /// The words for what the engine could not do.
    pub(super) fn engine_fault(&self, doing: &'static str, fault: EngineFault) -> StoreFault {
        match fault {
            EngineFault::System(error) => self.io_fault(doing, &error),
            EngineFault::Damaged(why) => StoreFault::Damaged(Damage::store(Wrong::Unreadable { why })),
            EngineFault::Silent => StoreFault::Stopped { why: "the disk does not answer".into() },
        }
    }

    fn row_fault(&self, table: &str, key: &[u8], fault: EngineFault) -> StoreFault {
        match fault {
            EngineFault::Damaged(why) => StoreFault::Damaged(Damage::row(table, key, Wrong::Unreadable { why })),
            other => self.engine_fault("read", other),
        }
    }

    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        let raw = raw_key(table.name(), key);
        let read = || self.engine.get(&raw).map_err(|fault| self.row_fault(table.name(), key, fault));
        let Some(mut row) = read()? else { return Ok(None) };
        loop {
            let fault = match self.open_row(table.name(), key, &raw, &row) {
                Ok(value) => return Ok(Some(value)),
                Err(fault) => fault,
            };
            // A commit may have replaced the row and removed its file between the two readings.
            match read()? {
                None => return Ok(None),
                Some(now) if now == row => return Err(fault),
                Some(now) => row = now,
            }
        }
    }

    /// The value in a row, or what is wrong with it.
    pub(super) fn open_row(&self, table: &str, key: &[u8], raw: &[u8], row: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let damaged = |what| StoreFault::Damaged(Damage::row(table, key, what));
        match Row::parse(row) {
            None => Err(damaged(Wrong::Unsealable)),
            Some(Row::Inline(sealed)) => {
                self.sealer.open(&row::context(Use::Row, raw), sealed).ok_or_else(|| damaged(Wrong::Unsealable))
            }
            Some(Row::Body(body, proof)) => {
                if !row::proves(&*self.sealer, raw, &body, proof) {
                    return Err(damaged(Wrong::Unsealable));
                }
                self.open_body(raw, &body).map_err(|wrong| match wrong {
                    Ok(what) => damaged(what),
                    Err(error) => self.io_fault("read", &error),
                })
            }
        }
    }

    /// The value in a body file; else what is wrong with the file, or with the system.
    fn open_body(&self, raw: &[u8], body: &Body) -> Result<Vec<u8>, Result<Wrong, io::Error>> {
        let path = bodies::path(&self.bodies(), &body.address);
        let sealed = self.files.read(&path, body.length).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(Wrong::FileMissing),
            io::ErrorKind::InvalidData | io::ErrorKind::IsADirectory => Ok(Wrong::FileAltered),
            _ => Err(error),
        })?;
        if self.sealer.address(&sealed) != body.address {
            return Err(Ok(Wrong::FileAltered));
        }
        self.sealer.open(&row::context(Use::Body, raw), &sealed).ok_or(Ok(Wrong::FileAltered))
    }

    /// Shows `visit` every raw row that begins with `prefix`, ascending.
    pub(super) fn walk(&self, prefix: &[u8], visit: &mut Visit<'_>) -> Result<(), EngineFault> {
        let mut after: Option<Vec<u8>> = None;
        loop {
            let rows: Vec<RawRow> = self.engine.rows(prefix, after.as_deref(), CHUNK)?;
            for (raw, row) in &rows {
                if visit(raw, row).is_break() {
                    return Ok(());
                }
            }
            if rows.len() < CHUNK {
                return Ok(());
            }
            after = rows.into_iter().next_back().map(|(raw, _)| raw);
        }
    }
}
