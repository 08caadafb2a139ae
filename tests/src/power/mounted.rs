//! An image of a disk, mounted.

use super::apart::{attempt, run};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// An ext4 file system from an image. It is unmounted, and its loop device let go, when dropped.
#[derive(Debug)]
pub(super) struct Mounted {
    at: PathBuf,
}

impl Mounted {
    /// Mounts `image` at `at`; ext4 replays its journal if it has to. What the kernel said if it would not.
    pub(super) fn new(image: &Path, at: &Path) -> Result<Mounted, String> {
        let words = |path: &Path| path.to_str().expect("the folders of a rig are named in UTF-8").to_owned();
        // Direct: what ext4 writes goes to the image when ext4 writes it, and not when the kernel finds time.
        let device = run("losetup", "mount", &["--find", "--show", "--direct-io=on", &words(image)]);
        let mounting = attempt("mount", "mount", &["-t", "ext4", "-o", "errors=remount-ro", &device, &words(at)]);
        // While it is mounted this only means "when it no longer is". It names the device that was ours a moment ago.
        let detached = attempt("losetup", "mount", &["--detach", &device]);
        mounting?;
        let mounted = Mounted { at: at.to_owned() };
        detached.map(|_| mounted)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let umount = |how: &[&str]| Command::new("umount").args(how).arg(&self.at).output();
        if !umount(&[]).is_ok_and(|output| output.status.success()) {
            // Something still has a file open there: it goes when that does.
            let _ = umount(&["--lazy"]);
        }
    }
}
