//! Stories about keeping bytes safe.

#![expect(clippy::unwrap_used, reason = "tests: a fault is a failure")]

mod chance;
mod damage;
mod disks;
mod faults;
mod kill;
mod lock;
mod opening;
mod promises;
mod rows;
mod sealer;
mod tidying;

/// A folder for one test, in memory where there is one: what is tested is never whether the disk is fast.
fn home() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}
