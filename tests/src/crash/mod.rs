//! A program that dies right before a chosen change to a folder, and what becomes of folders then.

use crate::{Device, OUR_FAULT};
use std::{
    fs,
    io::Write,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// What is loaded before the program's own libraries, so that the program itself is the one that is shipped: it counts
/// every write, sync, rename, removal, cut and making of a file below a folder, by whatever thread, and kills the process
/// right before the one it was told.
#[derive(Debug)]
pub struct Crash {
    home: TempDir,
}

/// How a command ended that was to die, or not.
#[derive(Debug)]
pub struct Fate {
    /// How many changes to the folder it had begun.
    pub changes: u64,
    /// Whether it was killed.
    pub died: bool,
    /// Whether it ended well.
    pub succeeded: bool,
    /// What it had printed.
    pub stdout: String,
    /// What it had said.
    pub stderr: String,
}

impl Crash {
    /// Compiles the library.
    pub fn new() -> Crash {
        let crash = Crash { home: tempfile::tempdir().expect("a temporary folder") };
        let source = crash.home.path().join("dies.c");
        fs::write(&source, include_str!("dies.c")).expect("the folder takes a file");
        let words = ["-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o"];
        let built = Command::new("cc").args(words).arg(crash.library()).arg(&source).arg("-ldl").output();
        let built = built.expect("cc starts; install the package gcc");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        crash
    }

    fn library(&self) -> PathBuf {
        self.home.path().join("dies.so")
    }

    /// Has `command` die right before the change to `folder` with this number, from 1; with 0 it lives. Gives back where
    /// its changes are counted.
    pub fn arm(&self, command: &mut Command, folder: &Path, before: u64) -> Counted {
        let counts = self.counts();
        command.env("LD_PRELOAD", self.library()).env("DIES_IN", folder).env("DIES_COUNTS", counts.path());
        command.env("DIES_BEFORE", before.to_string());
        Counted { counts }
    }

    /// The same device, whose commands' changes to its folder are counted together.
    pub fn watched(&self, device: &Device) -> (Device, Counted) {
        let counts = self.counts();
        let watched = Device::at(device.name(), device.folder()).told("LD_PRELOAD", self.library());
        (watched.told("DIES_IN", device.folder()).told("DIES_COUNTS", counts.path()), Counted { counts })
    }

    fn counts(&self) -> tempfile::NamedTempFile {
        let counts = tempfile::NamedTempFile::new_in(self.home.path()).expect("a temporary file");
        fs::write(counts.path(), 0_u64.to_ne_bytes()).expect("it takes eight bytes");
        counts
    }

    /// Gives `device` a command, with `input` on its standard input, that dies right before the change to its folder with
    /// this number; with 0 it lives.
    pub fn run(&self, device: &Device, words: &[&str], input: &str, before: u64) -> Fate {
        let mut command = device.command(words);
        let counted = self.arm(&mut command, device.folder(), before);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("hedgerow starts");
        let mut pipe = child.stdin.take().expect("it was asked for");
        // Small enough for the pipe; who dies before reading it does not.
        let _ = pipe.write_all(input.as_bytes());
        drop(pipe);
        counted.fate(child)
    }
}

impl Default for Crash {
    fn default() -> Crash {
        Crash::new()
    }
}

/// Where the changes of one process are counted.
#[derive(Debug)]
pub struct Counted {
    counts: tempfile::NamedTempFile,
}

impl Counted {
    /// How many there were so far.
    pub fn changes(&self) -> u64 {
        let bytes = fs::read(self.counts.path()).expect("the counts can be read");
        u64::from_ne_bytes(bytes.try_into().expect("they are eight bytes"))
    }

    /// Waits for the end of the process.
    pub fn fate(self, child: Child) -> Fate {
        let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&stderr).into_owned();
        assert!(!stderr.contains(OUR_FAULT), "{stderr}");
        let died = status.signal() == Some(9);
        assert!(died || status.signal().is_none(), "it ended by {status}: {stderr}");
        let stdout = String::from_utf8_lossy(&stdout).into_owned();
        Fate { changes: self.changes(), died, succeeded: status.success(), stdout, stderr }
    }
}

impl Device {
    /// The same device at another place: its folder as it is now, copied.
    pub fn copied(&self) -> Device {
        let copy = Device::new(self.name());
        copy_folder(self.folder(), copy.folder());
        copy
    }
}

/// Copies what is in a folder, sockets left out.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let (entry, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).expect("it stays");
        let kind = fs::symlink_metadata(&entry).expect("it stays").file_type();
        if kind.is_dir() {
            copy_folder(&entry, &to);
        } else if kind.is_file() {
            fs::copy(&entry, &to).expect("it can be copied");
        }
    }
}

/// Every file below a folder, by its path from there.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    fn gather(folder: &Path, from: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it stays").path();
            let kind = fs::symlink_metadata(&path).expect("it stays").file_type();
            if kind.is_dir() {
                gather(&path, from, found);
            } else if kind.is_file() {
                found.push(path.strip_prefix(from).expect("it is below").to_owned());
            }
        }
    }
    let mut found = Vec::new();
    gather(folder, folder, &mut found);
    found.sort();
    found
}
