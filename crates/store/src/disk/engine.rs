//! sled, kept at arm's length: the only file that names it.
//!
//! Every call runs where a panic is caught. Writing is done by a thread of its own, because sled 0.34.7 can wait for
//! ever: when a write fails on one of its threads it notes the error without waking whoever waits for the write.

use std::fs::{File, TryLockError};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hedgerow_model::contained;

use crate::fault::{is_out_of_handles, one_line};

/// A quarter of this, less a header, is the most that sled writes into its log in one piece; what is larger it puts
/// into blob files, which it never syncs. A leaf has up to 20 rows of up to 17.5 KiB: they fit.
const SEGMENT: usize = 2 << 20;
const CACHE: u64 = 16 << 20;
/// How long a write may take before we look whether sled has stopped without a word.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a write may take at all.
const MOST_PATIENCE: Duration = Duration::from_secs(120);
/// How long sled may take to let go of its file.
const LETTING_GO: Duration = Duration::from_secs(5);

/// A row as sled has it: key and sealed value.
pub(super) type RawRow = (Vec<u8>, Vec<u8>);
/// What to write: a key, and the sealed value or none.
pub(super) type RawChange = (Vec<u8>, Option<Vec<u8>>);

/// Why sled did not do it.
#[derive(Debug)]
pub(super) enum EngineFault {
    /// The system refused: full, read-only, no handles, in use, a failing disk. The content is not to blame.
    System(io::Error),
    /// What is on the disk cannot be understood, or sled panicked over it.
    Damaged(String),
    /// No answer within two minutes.
    Silent,
}

fn guarded<T>(work: impl FnOnce() -> sled::Result<T>) -> Result<T, EngineFault> {
    match contained(work) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(judge(error)),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
            Err(EngineFault::Damaged(one_line(said)))
        }
    }
}

/// Whether the disk or its content is to blame. In doubt the disk: content is set aside only for what it is.
fn judge(error: sled::Error) -> EngineFault {
    match error {
        sled::Error::Io(error) => {
            use io::ErrorKind::{InvalidData, InvalidInput, NotFound, UnexpectedEof};
            let of_content = matches!(error.kind(), UnexpectedEof | InvalidData | InvalidInput | NotFound);
            if of_content && !is_out_of_handles(&error) {
                EngineFault::Damaged(one_line(&error.to_string()))
            } else {
                EngineFault::System(error)
            }
        }
        other => EngineFault::Damaged(one_line(&other.to_string())),
    }
}

type Work = Box<dyn FnOnce() + Send>;

pub(super) struct Engine {
    folder: PathBuf,
    /// None between a failed write and the next opening.
    db: Mutex<Option<sled::Db>>,
    /// Hands work to the writing thread; None before the first write, and after one that never ended.
    writer: Mutex<Option<Sender<Work>>>,
}

impl Engine {
    pub(super) fn open(folder: &Path) -> Result<Engine, EngineFault> {
        let engine = Engine { folder: folder.to_owned(), db: Mutex::new(None), writer: Mutex::new(None) };
        engine.handle()?;
        Ok(engine)
    }

    /// The open database; opens it when it had to be let go.
    fn handle(&self) -> Result<sled::Db, EngineFault> {
        let mut db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(db) = &*db {
            return Ok(db.clone());
        }
        let opened = open_sled(&self.folder)?;
        *db = Some(opened.clone());
        Ok(opened)
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, EngineFault> {
        let db = self.handle()?;
        guarded(|| Ok(db.get(key)?.map(|value| value.to_vec())))
    }

    /// Up to `most` rows whose keys begin with `prefix` and come after `after`, ascending.
    pub(super) fn rows(&self, prefix: &[u8], after: Option<&[u8]>, most: usize) -> Result<Vec<RawRow>, EngineFault> {
        let db = self.handle()?;
        guarded(|| {
            let from = after.map_or(Bound::Included(prefix), Bound::Excluded);
            let mut rows = Vec::new();
            for row in db.range::<&[u8], _>((from, Bound::Unbounded)).take(most) {
                let (key, value) = row?;
                if !key.starts_with(prefix) {
                    break;
                }
                rows.push((key.to_vec(), value.to_vec()));
            }
            Ok(rows)
        })
    }

    /// Writes all of `changes` or none, and hands them to the system; they are durable once the file is synced.
    pub(super) fn write(&self, changes: Vec<RawChange>) -> Result<(), EngineFault> {
        let db = self.handle()?;
        let writer = db.clone();
        let write = move || {
            let mut batch = sled::Batch::default();
            for (key, value) in changes {
                match value {
                    Some(value) => batch.insert(key, value),
                    None => batch.remove(key),
                }
            }
            guarded(|| {
                writer.apply_batch(batch)?;
                writer.flush().map(|_| ())
            })
        };
        let (tell, told) = mpsc::sync_channel(1);
        self.hand_over(Box::new(move || {
            // Nobody listens any more only when we ran out of patience.
            let _ = tell.send(write());
        }))?;
        let begun = Instant::now();
        loop {
            match told.recv_timeout(PATIENCE) {
                Ok(outcome) => return outcome,
                Err(RecvTimeoutError::Disconnected) => return Err(EngineFault::Damaged("its writer ended".into())),
                Err(RecvTimeoutError::Timeout) if begun.elapsed() > MOST_PATIENCE => {
                    // Left behind, should it ever come back.
                    *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = None;
                    return Err(EngineFault::Silent);
                }
                Err(RecvTimeoutError::Timeout) => wake_if_failed(&db),
            }
        }
    }

    fn hand_over(&self, work: Work) -> Result<(), EngineFault> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = match writer.take() {
            Some(sender) => sender,
            None => {
                let (sender, works) = mpsc::channel::<Work>();
                let named = thread::Builder::new().name("hedgerow-store-write".into());
                named.spawn(move || works.into_iter().for_each(|work| work())).map_err(EngineFault::System)?;
                sender
            }
        };
        let handed = sender.send(work).map_err(|_| EngineFault::Damaged("its writer ended".into()));
        *writer = Some(sender);
        handed
    }

    /// Lets the database go without writing more; the next use opens it as it is on the disk.
    pub(super) fn let_go(&self) {
        let mut db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
        close(&self.folder, db.take());
    }

    /// Lets the database go, has `exchange` put another in its folder, and opens that. Readers wait meanwhile. A failed
    /// exchange must leave a database in the folder.
    pub(super) fn exchange(&self, exchange: impl FnOnce() -> io::Result<()>) -> Result<(), EngineFault> {
        let mut db = self.db.lock().unwrap_or_else(PoisonError::into_inner);
        close(&self.folder, db.take());
        exchange().map_err(EngineFault::System)?;
        *db = Some(open_sled(&self.folder)?);
        Ok(())
    }
}

/// Drops the database, and waits until its file is free: threads of sled's may hold it for a moment longer.
fn close(folder: &Path, db: Option<sled::Db>) {
    let Some(db) = db else { return };
    let (tell, told) = mpsc::sync_channel(1);
    let drop_it = move || {
        // sled syncs on the way out and panics when it cannot.
        let _ = guarded(|| {
            drop(db);
            Ok(())
        });
        let _ = tell.send(());
    };
    let begun = Instant::now();
    // Without a thread to be had it is dropped here, inside `spawn`, with the closure.
    if thread::Builder::new().name("hedgerow-store-close".into()).spawn(drop_it).is_ok() {
        // One that never ends is left behind.
        let _ = told.recv_timeout(LETTING_GO);
    }
    while is_held(&folder.join("db")) && begun.elapsed() < LETTING_GO {
        thread::sleep(Duration::from_millis(1));
    }
}

fn is_held(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// A flush on a sled that has noted an error returns at once, and wakes those who wait.
fn wake_if_failed(db: &sled::Db) {
    if db.context.global_error().is_err() {
        let _ = guarded(|| db.flush().map(|_| ()));
    }
}

fn open_sled(folder: &Path) -> Result<sled::Db, EngineFault> {
    // sled would begin an empty one without a word.
    if let Err(error) = folder.join("db").metadata() {
        return Err(EngineFault::System(error));
    }
    let begun = Instant::now();
    loop {
        // Without sled's own thread, which would move rows and write over where they were before the move is durable.
        let config = sled::Config::new().path(folder).segment_size(SEGMENT).cache_capacity(CACHE).flush_every_ms(None);
        match guarded(|| config.open()) {
            // One that was just let go may hold its file for a moment longer.
            Err(EngineFault::System(error)) if is_locked(&error) && begun.elapsed() < LETTING_GO => {
                thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

fn is_locked(error: &io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}
