//! A place for mounts that nobody else sees, and that goes with whoever made it.

use nix::sched::{CloneFlags, unshare};
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A folder in memory, in a mount namespace of this thread and of the threads and processes it starts. When the last of
/// them ends, however it ends, the kernel takes down everything that was mounted in it.
#[derive(Debug)]
pub(super) struct Apart {
    place: TempDir,
}

impl Apart {
    /// Sets this thread apart.
    pub(super) fn new() -> Apart {
        unshare(CloneFlags::CLONE_NEWNS).expect("root may have a mount namespace of its own");
        run("mount", "mount", &["--make-rprivate", "/"]);
        let apart = Apart { place: tempfile::tempdir().expect("a temporary folder") };
        let at = apart.place.path().to_str().expect("temporary folders are named in UTF-8");
        run("mount", "mount", &["-t", "tmpfs", "-o", "size=4g,mode=700", "none", at]);
        apart
    }

    /// A new folder in it.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.path().join(name);
        std::fs::create_dir_all(&folder).expect("memory takes a folder");
        folder
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.place.path()
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        // Lazily: what still has a file open there must not keep the folder from going.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// Runs a program of the package `package`, which must succeed; what it printed.
pub(super) fn run(program: &str, package: &str, words: &[&str]) -> String {
    attempt(program, package, words).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The same, where it may fail; then what it said.
pub(super) fn attempt(program: &str, package: &str, words: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(words).output();
    let output = output.unwrap_or_else(|why| panic!("{program} does not start ({why}); install the package {package}"));
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(format!("{program} {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim()))
}
