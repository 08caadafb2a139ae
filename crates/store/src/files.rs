//! What [`crate::Disk`] asks of the file system, so that a test can make any step fail.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use hedgerow_model::mutant;

/// The steps that saving takes, outside the engine.
pub trait Files: Send + Sync {
    /// Writes a file of its own at `path` (replacing any that is there), for this user alone, and syncs it.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file another name, replacing any that has it.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
    /// Makes the engine's file durable.
    fn sync(&self, file: &File) -> io::Result<()>;
    /// Asked before the engine is handed a group to write.
    fn before_engine(&self) -> io::Result<()>;
    /// Removes a file; one that is not there is no error.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Reads a file of exactly `length` bytes; another length is [`io::ErrorKind::InvalidData`].
    fn read(&self, path: &Path, length: u64) -> io::Result<Vec<u8>>;
    /// Makes a folder for this user alone; one that is there is no error.
    fn make_folder(&self, folder: &Path) -> io::Result<()>;
    /// Bytes that may still be written to the disk with `folder`.
    fn room(&self, folder: &Path) -> io::Result<u64>;
}

/// The file system itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Real;

impl Files for Real {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = private().write(true).create(true).truncate(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Windows has no handle for this; its file systems keep names in a journal of their own.
        if cfg!(windows) { Ok(()) } else { File::open(folder)?.sync_all() }
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        if mutant("claim-to-sync") { Ok(()) } else { file.sync_data() }
    }

    fn before_engine(&self) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        }
    }

    fn read(&self, path: &Path, length: u64) -> io::Result<Vec<u8>> {
        let file = File::open(path)?;
        if file.metadata()?.len() != length {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(|_| io::ErrorKind::InvalidData)?);
        file.take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        make_private_folder(folder)
    }

    #[cfg(unix)]
    fn room(&self, folder: &Path) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    #[cfg(not(unix))]
    fn room(&self, _: &Path) -> io::Result<u64> {
        Ok(u64::MAX)
    }
}

/// Options for files that only this user may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A folder that only this user may enter, and those above it.
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A kind of step that [`Unlucky`] counts and can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Writing a body, the journal or the format.
    Write,
    /// Naming what was written.
    Rename,
    /// Syncing a folder.
    SyncFolder,
    /// Syncing the engine's file.
    Sync,
    /// Handing a group to the engine.
    Engine,
    /// Removing a file.
    Remove,
}

/// A file system on which chosen steps fail, for tests. A clone shares the luck.
#[derive(Clone)]
pub struct Unlucky {
    inner: Arc<dyn Files>,
    luck: Arc<Mutex<Luck>>,
}

#[derive(Default)]
struct Luck {
    taken: BTreeMap<Step, u64>,
    failing: BTreeMap<Step, (u64, io::ErrorKind)>,
    room: Option<u64>,
}

impl Unlucky {
    /// Lucky, so far.
    #[must_use]
    pub fn new(inner: impl Files + 'static) -> Unlucky {
        Unlucky { inner: Arc::new(inner), luck: Arc::default() }
    }

    /// From the `nth` such step from now on (1 is the next) every one fails with `kind`, until [`Unlucky::mend`].
    pub fn fail(&self, step: Step, nth: u64, kind: io::ErrorKind) {
        let mut luck = self.luck();
        let taken = luck.taken.get(&step).copied().unwrap_or(0);
        luck.failing.insert(step, (taken + nth, kind));
    }

    /// Says that only `bytes` are left on the disk; `None` asks the disk.
    pub fn leave_room(&self, bytes: Option<u64>) {
        self.luck().room = bytes;
    }

    /// Nothing fails any more.
    pub fn mend(&self) {
        let mut luck = self.luck();
        luck.failing.clear();
        luck.room = None;
    }

    /// How many such steps were tried.
    #[must_use]
    pub fn taken(&self, step: Step) -> u64 {
        self.luck().taken.get(&step).copied().unwrap_or(0)
    }

    fn luck(&self) -> std::sync::MutexGuard<'_, Luck> {
        self.luck.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, step: Step) -> io::Result<()> {
        let mut luck = self.luck();
        let taken = luck.taken.entry(step).or_default();
        *taken += 1;
        let now = *taken;
        match luck.failing.get(&step) {
            Some((from, kind)) if now >= *from => Err((*kind).into()),
            _ => Ok(()),
        }
    }
}

impl Files for Unlucky {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.take(Step::Write) {
            // What a failing disk leaves behind: a part of it.
            let _ = fs::write(path, &bytes[..bytes.len() / 2]);
            return Err(error);
        }
        self.inner.write(path, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.take(Step::Rename)?;
        self.inner.rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.take(Step::SyncFolder)?;
        self.inner.sync_folder(folder)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.take(Step::Sync)?;
        self.inner.sync(file)
    }

    fn before_engine(&self) -> io::Result<()> {
        self.take(Step::Engine)?;
        self.inner.before_engine()
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.take(Step::Remove)?;
        self.inner.remove(path)
    }

    fn read(&self, path: &Path, length: u64) -> io::Result<Vec<u8>> {
        self.inner.read(path, length)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        self.inner.make_folder(folder)
    }

    fn room(&self, folder: &Path) -> io::Result<u64> {
        let said = self.luck().room;
        said.map_or_else(|| self.inner.room(folder), Ok)
    }
}
