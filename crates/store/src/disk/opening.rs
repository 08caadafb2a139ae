//! Opening a store: new, as it was, repaired, or set aside and begun again.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::bodies::{self, Bodies};
use super::committer::Committer;
use super::compaction;
use super::engine::{Engine, EngineFault};
use super::mark::{Mark, Said};
use super::row::{self, COUNTS_KEY, Row, Use};
use super::shared::{Counters, Shared};
use super::tally::Tally;
use super::{Disk, FORMAT, ROOM_LEAST, check};
use crate::{Damage, Files, Sealer, Store, StoreFault, Wrong};

/// Rows tried when the counts do not open, before the key is held to be the wrong one.
const TRIED_MOST: usize = 64;

/// A store that was opened, and what that took.
pub struct Opened {
    /// The store.
    pub store: Disk,
    /// Whether it was begun just now.
    pub is_new: bool,
    /// Where the old one was put, if it could not be opened: `store` is then a new one, and empty.
    pub set_aside: Option<PathBuf>,
    /// What was seen to be wrong on opening. [`Wrong::WentBack`] says that acknowledged commits are missing.
    /// [`Store::check`] looks further.
    pub damage: Vec<Damage>,
    /// Whether the device may have told others of more than is in here: commits are missing or were set aside, or these
    /// are not the files that were written last. They were put back from a backup then, or copied here from elsewhere, or
    /// a power cut left that open. Whoever numbers changes must not go on counting. It is said until something is saved.
    pub may_be_behind: bool,
}

/// Why a store was not opened. Nothing in it was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A later Hedgerow wrote it.
    #[error("{folder} was last used by a newer Hedgerow (format {theirs}; this one knows {ours}). Update to open it")]
    TooNew {
        /// The store's folder.
        folder: String,
        /// The format it has.
        theirs: u32,
        /// The newest format this Hedgerow knows.
        ours: u32,
    },
    /// It was sealed with another key.
    #[error("the key does not open {folder}; use the passphrase or the keychain that it was made with")]
    WrongKey {
        /// The store's folder.
        folder: String,
    },
    /// The system refused.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

enum Format {
    Missing,
    Ours,
    Newer(u32),
    Garbled,
}

/// What the engine's opening came to.
enum Tried {
    Open(Engine),
    /// Opened after its snapshot and settings were put away: all in it must be checked.
    Repaired(Engine),
    /// Not to be opened.
    Hopeless,
}

/// What was found in a folder.
enum Found {
    New,
    Sound,
    /// To be set aside.
    Lost,
}

pub(super) fn open(folder: &Path, sealer: &Arc<dyn Sealer>, files: &Arc<dyn Files>) -> Result<Opened, OpenError> {
    match open_once(folder, sealer, files)? {
        Some(opened) => Ok(opened),
        None => {
            let aside = set_aside(folder).map_err(|error| fault(folder, &error))?;
            let again = open_once(folder, sealer, files)?;
            let opened = again.ok_or_else(|| fault(folder, &io::Error::other("a new store does not open")))?;
            Ok(Opened { set_aside: Some(aside), may_be_behind: true, ..opened })
        }
    }
}

fn fault(folder: &Path, error: &io::Error) -> StoreFault {
    StoreFault::from_io("open the store", folder, error)
}

/// `None`: what is there cannot be used and must be set aside.
fn open_once(folder: &Path, sealer: &Arc<dyn Sealer>, files: &Arc<dyn Files>) -> Result<Option<Opened>, OpenError> {
    let in_folder = |error: io::Error| fault(folder, &error);
    let format = read_format(folder).map_err(in_folder)?;
    if let Format::Newer(theirs) = format {
        return Err(OpenError::TooNew { folder: folder.display().to_string(), theirs, ours: FORMAT });
    }
    prepare(folder, &**files).map_err(in_folder)?;
    let (engine, repaired) = match open_engine(folder, &**files)? {
        Tried::Open(engine) => (engine, false),
        Tried::Repaired(engine) => (engine, true),
        Tried::Hopeless => return Ok(None),
    };
    let mut mark = Mark::open(&folder.join("mark"), Arc::clone(sealer)).map_err(in_folder)?;
    let said = mark.read().map_err(in_folder)?;
    let shared = Arc::new(Shared {
        folder: folder.to_owned(),
        engine,
        sealer: Arc::clone(sealer),
        files: Arc::clone(files),
        tally: Mutex::default(),
        effort: Counters::default(),
    });
    let mut damage = Vec::new();
    let found = match take_stock(&shared, &said, &format, &mut damage) {
        Err(OpenError::Fault(StoreFault::Damaged(_))) => Found::Lost,
        other => other?,
    };
    if let Found::Lost = found {
        return Ok(None);
    }
    let is_new = matches!(found, Found::New);
    // Where nothing was ever saved nothing was ever told.
    let is_used = said.written || shared.tally().commits > 0;
    let may_be_behind = is_used && (repaired || !said.is_original || !damage.is_empty());
    let mut committer = Committer {
        bodies: Bodies::new(shared.bodies(), Arc::clone(files), Arc::clone(sealer)),
        mark,
        engine_file: compaction::engine_file(folder).map_err(in_folder)?,
        unsettled: Vec::new(),
        stopped: None,
        doubtful: false,
        compaction: None,
        compacted_to: 0,
        told_when_compact: Vec::new(),
        shared,
    };
    if is_new {
        begin_anew(&committer)?;
    }
    make_durable(folder, &**files).map_err(in_folder)?;
    if !matches!(format, Format::Ours) {
        write_format(folder, &**files).map_err(in_folder)?;
    }
    tidy(&mut committer)?;
    let store = Disk::start(committer).map_err(in_folder)?;
    if repaired {
        damage.extend(store.check());
    }
    Ok(Some(Opened { store, is_new, set_aside: None, damage, may_be_behind }))
}

fn read_format(folder: &Path) -> io::Result<Format> {
    let words = match fs::read(folder.join("format")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Format::Missing),
        words => words?,
    };
    let number = std::str::from_utf8(&words).ok().and_then(|words| words.trim_end().strip_prefix("hedgerow store "));
    Ok(match number.and_then(|number| number.parse::<u32>().ok()) {
        Some(FORMAT) => Format::Ours,
        Some(newer) if newer > FORMAT => Format::Newer(newer),
        _ => Format::Garbled,
    })
}

fn write_format(folder: &Path, files: &dyn Files) -> io::Result<()> {
    let unfinished = folder.join("format.new");
    files.write(&unfinished, format!("hedgerow store {FORMAT}\n").as_bytes())?;
    files.rename(&unfinished, &folder.join("format"))?;
    files.sync_folder(folder)?;
    folder.parent().map_or(Ok(()), |above| files.sync_folder(above))
}

/// Makes what must be there before the engine opens, for this user alone, and removes what a crash left in its way.
fn prepare(folder: &Path, files: &dyn Files) -> io::Result<()> {
    let engine = folder.join("db");
    for folder in [folder, &folder.join("bodies")] {
        files.make_folder(folder)?;
    }
    compaction::settle(folder, files)?;
    compaction::prepare_engine(&engine, files)?;
    // sled takes the unfinished snapshot of a crash for its newest, and cannot open it.
    for snapshot in snapshots(&engine)? {
        if snapshot.extension().is_some_and(|extension| extension == "generating") {
            fs::remove_file(snapshot)?;
        }
    }
    Ok(())
}

fn snapshots(engine: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(engine)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("snap.") {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn open_engine(folder: &Path, files: &dyn Files) -> Result<Tried, StoreFault> {
    let engine = folder.join("db");
    let refused = |error: io::Error| fault(folder, &error);
    match Engine::open(&engine) {
        Ok(engine) => return Ok(Tried::Open(engine)),
        Err(EngineFault::System(error)) => return Err(refused(error)),
        Err(EngineFault::Damaged(_) | EngineFault::Silent) => {}
    }
    // A sick disk can look like damage from within: only a disk that takes a file may cost a store its place.
    probe(folder, files)?;
    put_away_what_can_be_made_again(&engine).map_err(refused)?;
    match Engine::open(&engine) {
        Ok(engine) => Ok(Tried::Repaired(engine)),
        Err(EngineFault::System(error)) if !error.to_string().contains("lock") => Err(refused(error)),
        Err(_) => Ok(Tried::Hopeless),
    }
}

fn probe(folder: &Path, files: &dyn Files) -> Result<(), StoreFault> {
    let refused = |error: io::Error| fault(folder, &error);
    if files.room(folder).is_ok_and(|room| room < ROOM_LEAST) {
        return Err(StoreFault::Full { folder: folder.display().to_string() });
    }
    let path = folder.join("probe.new");
    files.write(&path, &[0; 4096]).map_err(refused)?;
    files.remove(&path).map_err(refused)
}

/// sled makes a snapshot anew from its log, and its settings are always the same.
fn put_away_what_can_be_made_again(engine: &Path) -> io::Result<()> {
    for path in snapshots(engine)?.into_iter().chain([engine.join("conf")]) {
        if let (true, Some(name)) = (path.exists(), path.file_name()) {
            fs::rename(&path, engine.join(format!("kept.{}", name.to_string_lossy())))?;
        }
    }
    Ok(())
}

/// Reads the counts and the mark, and says what they make of the store.
fn take_stock(shared: &Shared, said: &Said, format: &Format, damage: &mut Vec<Damage>) -> Result<Found, OpenError> {
    let read = |fault| OpenError::Fault(shared.engine_fault("open the store", fault));
    let has_counts = shared.engine.get(COUNTS_KEY).map_err(read)?.is_some();
    let mut tally = match check::stated(shared)? {
        Some(tally) => tally,
        None if !has_counts && shared.engine.rows(b"", None, 1).map_err(read)?.is_empty() => {
            // Never begun, or begun and lost whole.
            let begun = matches!(format, Format::Ours) || said.written;
            return Ok(if begun { Found::Lost } else { Found::New });
        }
        None if !key_opens_something(shared, said)? => {
            return Err(OpenError::WrongKey { folder: shared.folder.display().to_string() });
        }
        None => {
            damage.push(Damage::store(Wrong::CountsLost));
            // How many commits there were only the mark still says.
            Tally { commits: said.commits.unwrap_or(0), ..check::count_anew(shared)? }
        }
    };
    let stated = said.commits.unwrap_or(0);
    if stated > tally.commits {
        damage.push(Damage::store(Wrong::WentBack { stated, found: tally.commits }));
        tally.commits = stated;
    }
    *shared.tally() = tally;
    Ok(Found::Sound)
}

/// Whether the key is the right one, although the counts do not open.
fn key_opens_something(shared: &Shared, said: &Said) -> Result<bool, StoreFault> {
    if said.commits.is_some() {
        return Ok(true);
    }
    let rows =
        shared.engine.rows(b"", None, TRIED_MOST).map_err(|fault| shared.engine_fault("open the store", fault))?;
    Ok(rows.iter().any(|(raw, row)| match Row::parse(row) {
        Some(Row::Inline(sealed)) => shared.sealer.open(&row::context(Use::Row, raw), sealed).is_some(),
        Some(Row::Body(body, proof)) => row::proves(&*shared.sealer, raw, &body, proof),
        None => false,
    }))
}

/// Writes the first counts and an empty journal; the format comes last, when all else is durable.
fn begin_anew(committer: &Committer) -> Result<(), StoreFault> {
    let shared = &committer.shared;
    let refused = |error: io::Error| fault(&shared.folder, &error);
    committer.bodies.note(&[]).map_err(refused)?;
    let counts = shared.sealer.seal(&row::context(Use::Counts, &[]), &Tally::default().bytes());
    let written = shared.engine.write(vec![(COUNTS_KEY.to_vec(), Some(counts))]);
    written.map_err(|fault| shared.engine_fault("begin the store", fault))
}

/// Syncs every file and name that opening may have made.
fn make_durable(folder: &Path, files: &dyn Files) -> io::Result<()> {
    make_engine_durable(&folder.join("db"), files)?;
    files.sync_folder(&folder.join("bodies"))?;
    files.sync_folder(folder)
}

/// Syncs every file and name in an engine's folder: sled syncs neither its settings nor its folder.
pub(super) fn make_engine_durable(engine: &Path, files: &dyn Files) -> io::Result<()> {
    for path in snapshots(engine)?.into_iter().chain([engine.join("conf"), engine.join("db")]) {
        let file = File::options().read(true).write(true).open(&path)?;
        keep_private(&file)?;
        files.sync(&file)?;
    }
    files.sync_folder(&engine.join("blobs"))?;
    files.sync_folder(engine)
}

#[cfg(unix)]
fn keep_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_private(_: &File) -> io::Result<()> {
    Ok(())
}

/// Removes files that a crash left without a row: those in the journal, or all when the journal cannot be read.
fn tidy(committer: &mut Committer) -> Result<(), StoreFault> {
    match committer.bodies.noted() {
        Some(entries) => {
            committer.unsettled = entries;
            committer.settle()
        }
        None => sweep(committer),
    }
}

fn sweep(committer: &mut Committer) -> Result<(), StoreFault> {
    let shared = Arc::clone(&committer.shared);
    let refused = |error: io::Error| fault(&shared.folder, &error);
    let mut named = BTreeSet::new();
    let walked = shared.walk(b"", &mut |_, row| {
        named.extend(Row::body_of(row).map(|body| body.address));
        ControlFlow::Continue(())
    });
    if walked.is_ok() {
        for address in committer.bodies.list().map_err(refused)? {
            let path = bodies::path(&shared.bodies(), &address);
            let outcome = if named.contains(&address) { Ok(()) } else { committer.bodies.remove(&address) };
            outcome.map_err(|error| fault(&path, &error))?;
        }
        committer.bodies.note(&[]).map_err(refused)?;
        shared.files.sync_folder(&shared.bodies()).map_err(refused)?;
    }
    Ok(())
}

/// Renames the folder to the first free `<name>.damaged-<n>`.
fn set_aside(folder: &Path) -> io::Result<PathBuf> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for number in 1..10_000 {
        let aside = folder.with_file_name(format!("{name}.damaged-{number}"));
        if !aside.exists() {
            fs::rename(folder, &aside)?;
            return Ok(aside);
        }
    }
    Err(io::Error::other("there are too many damaged stores beside it; remove some"))
}
