//! How far the store had come, noted outside the engine: it betrays an engine that has lost its newest commits.
//!
//! The file is written after each sync and never synced itself, so it may be behind and can never be ahead.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use super::row::{self, Use};
use crate::Sealer;
use crate::files::private;

/// Two slots, written in turn: a write that a power cut tears leaves the other.
const SLOT: usize = 512;

pub(super) struct Mark {
    file: File,
    sealer: Arc<dyn Sealer>,
}

/// What a mark says when it is read.
pub(super) struct Said {
    /// The highest number of commits in a slot that could be opened.
    pub(super) commits: Option<u64>,
    /// Whether anything was written there at all.
    pub(super) written: bool,
}

impl Mark {
    pub(super) fn open(path: &Path, sealer: Arc<dyn Sealer>) -> io::Result<Mark> {
        let file = private().read(true).write(true).create(true).truncate(false).open(path)?;
        Ok(Mark { file, sealer })
    }

    pub(super) fn read(&mut self) -> io::Result<Said> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        (&mut self.file).take(2 * SLOT as u64).read_to_end(&mut bytes)?;
        let commits = bytes.chunks(SLOT).filter_map(|slot| self.open_slot(slot)).max();
        Ok(Said { commits, written: bytes.iter().any(|byte| *byte != 0) })
    }

    fn open_slot(&self, slot: &[u8]) -> Option<u64> {
        let (length, rest) = slot.split_first_chunk::<2>()?;
        let sealed = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
        let plain = self.sealer.open(&row::context(Use::Mark, &[]), sealed)?;
        Some(u64::from_be_bytes(plain.try_into().ok()?))
    }

    pub(super) fn write(&mut self, commits: u64) -> io::Result<()> {
        let sealed = self.sealer.seal(&row::context(Use::Mark, &[]), &commits.to_be_bytes());
        let mut slot = [&(sealed.len() as u16).to_be_bytes(), &sealed[..]].concat();
        slot.resize(SLOT, 0);
        self.file.seek(SeekFrom::Start((commits % 2) * SLOT as u64))?;
        self.file.write_all(&slot)
    }
}
