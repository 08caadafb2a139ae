//! How far the store had come, noted outside the engine: it betrays an engine that has lost its newest commits.
//!
//! The file is written after each sync and never synced itself, so it may be behind and can never be ahead.
//!
//! When the whole folder is put back from a backup, the mark is put back with it and agrees with the engine. But
//! whatever copies a file cannot copy when the file system says it was last changed. So that is noted beside the mark,
//! each time it is written: where it differs on opening, these are not the files that were written last.

use std::fs::{File, Metadata};
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
    /// Where the stamp of `file` is noted.
    beside: File,
    sealer: Arc<dyn Sealer>,
}

/// What a mark says when it is read.
pub(super) struct Said {
    /// The highest number of commits in a slot that could be opened.
    pub(super) commits: Option<u64>,
    /// Whether anything was written there at all.
    pub(super) written: bool,
    /// Whether this is the very file that was written last, not a copy of it and not an earlier one.
    pub(super) is_original: bool,
}

impl Mark {
    pub(super) fn open(path: &Path, sealer: Arc<dyn Sealer>) -> io::Result<Mark> {
        let open = |path: &Path| private().read(true).write(true).create(true).truncate(false).open(path);
        Ok(Mark { file: open(path)?, beside: open(&path.with_extension("seen"))?, sealer })
    }

    pub(super) fn read(&mut self) -> io::Result<Said> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        (&mut self.file).take(2 * SLOT as u64).read_to_end(&mut bytes)?;
        let is_original = self.seen()?.is_some_and(|seen| self.stamp().is_ok_and(|stamp| stamp == seen));
        let written = bytes.iter().any(|byte| *byte != 0);
        Ok(Said { commits: commits(&*self.sealer, &bytes), written, is_original })
    }

    /// The stamp that was noted last.
    fn seen(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut sealed = Vec::new();
        self.beside.rewind()?;
        (&mut self.beside).take(SLOT as u64).read_to_end(&mut sealed)?;
        Ok(self.sealer.open(&row::context(Use::Seen, &[]), &sealed))
    }

    fn stamp(&self) -> io::Result<Vec<u8>> {
        stamp(&self.file.metadata()?)
    }

    pub(super) fn write(&mut self, commits: u64) -> io::Result<()> {
        let sealed = self.sealer.seal(&row::context(Use::Mark, &[]), &commits.to_be_bytes());
        let mut slot = [&(sealed.len() as u16).to_be_bytes(), &sealed[..]].concat();
        slot.resize(SLOT, 0);
        self.file.seek(SeekFrom::Start((commits % 2) * SLOT as u64))?;
        self.file.write_all(&slot)?;
        let seen = self.sealer.seal(&row::context(Use::Seen, &[]), &self.stamp()?);
        self.beside.rewind()?;
        self.beside.write_all(&seen)
    }
}

/// Which file it is, and when it was last changed in any way: no program can set that.
#[cfg(unix)]
fn stamp(file: &Metadata) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::MetadataExt;
    let parts = [file.ino().to_be_bytes(), file.ctime().to_be_bytes(), file.ctime_nsec().to_be_bytes()];
    Ok(parts.concat())
}

/// When it was made, and last written.
#[cfg(not(unix))]
fn stamp(file: &Metadata) -> io::Result<Vec<u8>> {
    let since = |when: std::time::SystemTime| when.duration_since(std::time::UNIX_EPOCH).map_err(io::Error::other);
    let parts = [since(file.created()?)?, since(file.modified()?)?];
    Ok(parts.iter().flat_map(|part| part.as_nanos().to_be_bytes()).collect())
}

/// The highest number of commits in a slot of a mark that can be opened.
pub(super) fn commits(sealer: &dyn Sealer, mark: &[u8]) -> Option<u64> {
    mark.chunks(SLOT).filter_map(|slot| open_slot(sealer, slot)).max()
}

fn open_slot(sealer: &dyn Sealer, slot: &[u8]) -> Option<u64> {
    let (length, rest) = slot.split_first_chunk::<2>()?;
    let sealed = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
    let plain = sealer.open(&row::context(Use::Mark, &[]), sealed)?;
    Some(u64::from_be_bytes(plain.try_into().ok()?))
}
