//! Rewriting the engine's file without what was replaced, a little at a time, beside the saving.
//!
//! The rows are copied in order of their keys into a database beside the one in use. What is saved meanwhile goes into
//! both, as far as the copy has come. When all is copied, and counts as it should, the two change places.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::engine::{Engine, EngineFault, RawChange};
use super::opening::make_engine_durable;
use super::row::{self, COUNTS_KEY};
use super::shared::Shared;
use super::tally::Tally;
use crate::Files;

/// Rows copied at a time, between two groups.
const SLICE: usize = 128;
/// A file is rewritten when it is larger than three times what is in it and this.
const SLACK: u64 = 32 << 20;

pub(super) struct Compaction {
    next: Engine,
    /// The last key that was copied.
    after: Vec<u8>,
    copied: Tally,
}

/// Whether a slice was the last.
pub(super) enum Slice {
    More,
    Last,
}

impl Compaction {
    /// Whether a file of that length, holding so much, is to be rewritten.
    pub(super) fn is_due(length: u64, live: u64) -> bool {
        length > live.saturating_mul(3).saturating_add(SLACK)
    }

    pub(super) fn begin(shared: &Shared) -> Result<Compaction, EngineFault> {
        let folder = next_folder(&shared.folder);
        remove_folder(&folder).map_err(EngineFault::System)?;
        prepare_engine(&folder, &*shared.files).map_err(EngineFault::System)?;
        Ok(Compaction { next: Engine::open(&folder)?, after: Vec::new(), copied: Tally::default() })
    }

    pub(super) fn slice(&mut self, shared: &Shared) -> Result<Slice, EngineFault> {
        let mut rows = shared.engine.rows(b"", Some(&self.after), SLICE)?;
        let read = rows.len();
        if let Some((last, _)) = rows.last() {
            self.after.clone_from(last);
        }
        rows.retain(|(raw, _)| raw != COUNTS_KEY);
        for (raw, row) in &rows {
            if let Some((table, _)) = row::parts(raw) {
                self.copied.add(&*shared.sealer, table, raw, row);
            }
        }
        if !rows.is_empty() {
            self.next.write(rows.into_iter().map(|(raw, row)| (raw, Some(row))).collect())?;
        }
        Ok(if read < SLICE { Slice::Last } else { Slice::More })
    }

    /// Takes over what was just saved, as far as it concerns what is copied already. `old` is what was there before.
    pub(super) fn follow(
        &mut self,
        shared: &Shared,
        changes: &[RawChange],
        old: &[Option<Vec<u8>>],
    ) -> Result<(), EngineFault> {
        let mut copied = Vec::new();
        for ((raw, row), old) in changes.iter().zip(old).filter(|((raw, _), _)| *raw <= self.after) {
            let Some((table, _)) = row::parts(raw) else { continue };
            if let Some(old) = old {
                self.copied.take(&*shared.sealer, table, raw, old);
            }
            if let Some(row) = row {
                self.copied.add(&*shared.sealer, table, raw, row);
            }
            copied.push((raw.clone(), row.clone()));
        }
        if copied.is_empty() { Ok(()) } else { self.next.write(copied) }
    }

    /// Whether everything was copied, by the counts.
    pub(super) fn is_whole(&self, tally: &Tally) -> bool {
        let counts = |tally: &Tally| tally.tables.values().map(|count| count.rows).sum::<u64>();
        counts(&self.copied) == counts(tally)
            && self.copied.tables.iter().all(|(table, count)| tally.tables.get(table) == Some(count))
    }

    /// Writes the counts, makes all of it durable and lets it go, ready to take its place.
    pub(super) fn finish(self, shared: &Shared, counts: Vec<u8>) -> Result<(), EngineFault> {
        self.next.write(vec![(COUNTS_KEY.to_vec(), Some(counts))])?;
        self.next.let_go();
        make_engine_durable(&next_folder(&shared.folder), &*shared.files).map_err(EngineFault::System)
    }
}

fn next_folder(folder: &Path) -> PathBuf {
    folder.join("db.next")
}

fn old_folder(folder: &Path) -> PathBuf {
    folder.join("db.old")
}

/// Puts the rewritten database in the place of the one in use, which stays beside it.
pub(super) fn put_in_place(folder: &Path, files: &dyn Files) -> io::Result<()> {
    let (now, next, old) = (folder.join("db"), next_folder(folder), old_folder(folder));
    remove_folder(&old)?;
    files.rename(&now, &old)?;
    if let Err(error) = files.rename(&next, &now) {
        files.rename(&old, &now)?;
        return Err(error);
    }
    files.sync_folder(folder)
}

/// Whether the rewritten database is in use, and the one before still there.
pub(super) fn is_in_place(folder: &Path) -> bool {
    old_folder(folder).exists() && !next_folder(folder).exists()
}

/// Undoes [`put_in_place`].
pub(super) fn put_back(folder: &Path, files: &dyn Files) -> io::Result<()> {
    let (now, next, old) = (folder.join("db"), next_folder(folder), old_folder(folder));
    files.rename(&now, &next)?;
    files.rename(&old, &now)?;
    files.sync_folder(folder)
}

/// After a crash: ends an exchange that was under way, and clears away what is not in use.
pub(super) fn settle(folder: &Path, files: &dyn Files) -> io::Result<()> {
    let now = folder.join("db");
    // The one in use is only moved away when the next is durable and whole.
    let stands_in = [next_folder(folder), old_folder(folder)].into_iter().find(|other| other.exists());
    if let (false, Some(other)) = (now.exists(), stands_in) {
        files.rename(&other, &now)?;
        files.sync_folder(folder)?;
    }
    clear_away(folder)
}

/// Removes the databases that are not in use, if one is.
pub(super) fn clear_away(folder: &Path) -> io::Result<()> {
    if !folder.join("db").join("db").exists() {
        return Ok(());
    }
    remove_folder(&next_folder(folder))?;
    remove_folder(&old_folder(folder))
}

fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// Makes an engine's folder and its files, for this user alone.
pub(super) fn prepare_engine(engine: &Path, files: &dyn Files) -> io::Result<()> {
    for folder in [engine, &engine.join("blobs")] {
        files.make_folder(folder)?;
    }
    for name in ["db", "conf"] {
        crate::files::private().write(true).create(true).truncate(false).open(engine.join(name))?;
    }
    Ok(())
}

/// Our own handle on an engine's file, to sync it by.
pub(super) fn engine_file(folder: &Path) -> io::Result<File> {
    File::options().read(true).write(true).open(folder.join("db").join("db"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_due_when_most_of_it_is_waste() {
        assert!(!Compaction::is_due(32 << 20, 0), "small files are let be");
        assert!(Compaction::is_due((32 << 20) + 1, 0));
        assert!(!Compaction::is_due(3 << 30, 1 << 30));
        assert!(Compaction::is_due(4 << 30, 1 << 30));
        assert!(!Compaction::is_due(u64::MAX, u64::MAX));
    }
}
