//! Power cuts: a disk that logs what it is asked, and the same disk again as it was at any point of the log.

mod apart;
mod cut;
mod forgetful;
mod fuse;
mod image;
mod ledger;
mod log;
mod mounted;
mod recording;

pub use cut::{Cut, Disk, choose};
pub use forgetful::forgetful;
pub use ledger::Ledger;
pub use log::{Event, Log};
pub use recording::Recording;

use crate::root;
use apart::{Apart, run};
use fuser::BackgroundSession;
use mounted::Mounted;
use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// Large enough for the story with ext4's own journal; it takes only the memory that is written.
const SIZE: u64 = 256 << 20;

/// Where disks are made and cut: folders that only this thread sees, and the threads and processes it starts.
#[derive(Debug)]
pub struct Rig {
    apart: Apart,
    made: AtomicU64,
}

impl Rig {
    /// A rig. None where what needs root may be left out.
    pub fn new() -> Option<Rig> {
        root::is_here("disks that lose their power").then(|| Rig { apart: Apart::new(), made: AtomicU64::new(0) })
    }

    /// A new disk with an empty ext4 file system, which logs from now on.
    pub fn disk(&self) -> LoggedDisk {
        let number = self.number();
        let below = self.apart.folder(&format!("logged-{number}"));
        let content = self.new_file(&format!("content-{number}"));
        let log = Log::default();
        let session =
            fuse::mount(&below, content, SIZE, log.clone()).expect("FUSE mounts for root; is /dev/fuse there?");
        let image = below.join(fuse::DISK);
        let name = image.to_str().expect("the folders of a rig are named in UTF-8");
        // Ready at once: ext4 would otherwise go on preparing the disk behind the story's back.
        run("mkfs.ext4", "e2fsprogs", &["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", name]);
        let at = self.apart.folder(&format!("disk-{number}"));
        let mounted = Mounted::new(&image, &at).unwrap_or_else(|problem| panic!("a new disk: {problem}"));
        run("sync", "coreutils", &["--file-system", at.to_str().expect("named in UTF-8")]);
        LoggedDisk { mounted, at, _session: session, below, log, sheets: AtomicU64::new(0) }
    }

    /// The disk as it is when the power comes back: mounted, its journal replayed. What the kernel said if it would not.
    pub fn after(&self, log: &Log, cut: &Cut) -> Result<Aftermath, String> {
        let number = self.number();
        let path = self.apart.path().join(format!("image-{number}"));
        let image = self.new_file(&format!("image-{number}"));
        image::write(&image, SIZE, &log.events(), cut).expect("memory takes an image");
        let at = self.apart.folder(&format!("after-{number}"));
        let mounted = Mounted::new(&path, &at);
        // The loop device holds it; its name is no longer needed.
        std::fs::remove_file(&path).expect("the image was there");
        mounted.map(|mounted| Aftermath { _mounted: mounted, at })
    }

    /// A folder beside the disks, on nothing that is cut.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.apart.folder(&format!("{name}-{}", self.number()))
    }

    fn number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    fn new_file(&self, name: &str) -> File {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(self.apart.path().join(name));
        file.expect("memory takes a file")
    }
}

/// A mounted disk that logs every write and every flush.
#[derive(Debug)]
pub struct LoggedDisk {
    // In the order in which they have to go.
    mounted: Mounted,
    _session: BackgroundSession,
    at: PathBuf,
    below: PathBuf,
    log: Log,
    sheets: AtomicU64,
}

impl LoggedDisk {
    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.at
    }

    /// Its log, which goes on as long as the disk is used.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// A new sheet, for a program's standard output: what is written on it stands in the log as told, before that
    /// program's next step, so that it is known what was on the disk by then.
    pub fn sheet(&self) -> (u64, File) {
        let number = self.sheets.fetch_add(1, Ordering::Relaxed);
        let path = self.below.join(format!("{}{number}", fuse::SHEET));
        (number, OpenOptions::new().write(true).open(path).expect("a sheet can be opened"))
    }

    /// Everything that has happened; the disk goes.
    pub fn end(self) -> Log {
        let log = Log::of(self.log.events().clone());
        drop(self.mounted);
        log
    }
}

/// A disk after a power cut, mounted again. It goes when dropped.
#[derive(Debug)]
pub struct Aftermath {
    _mounted: Mounted,
    at: PathBuf,
}

impl Aftermath {
    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.at
    }
}
