//! A disk of our own: small, and read-only when told.

use crate::root;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A file system in memory. It goes when dropped.
pub struct SmallDisk {
    place: TempDir,
}

impl SmallDisk {
    /// One that holds so many MiB. None where it may be left out.
    pub fn of_mebibytes(size: u32) -> Option<SmallDisk> {
        if !root::is_here("a file system of its own") {
            return None;
        }
        let disk = SmallDisk { place: tempfile::tempdir().expect("a temporary folder") };
        disk.mount(&["-t", "tmpfs", "-o", &format!("size={size}m"), "none"]);
        Some(disk)
    }

    /// A folder on it, which may not be there yet.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Where it begins.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// From now on nothing can be written on it.
    pub fn make_read_only(&self) {
        self.mount(&["-o", "remount,ro"]);
    }

    /// It can be written on again.
    pub fn make_writable(&self) {
        self.mount(&["-o", "remount,rw"]);
    }

    fn mount(&self, words: &[&str]) {
        let output = Command::new("mount").args(words).arg(self.path()).output().expect("mount starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "mount {}: {}", words.join(" "), said.trim());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: what still has a file open there must not keep the folder from going.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
