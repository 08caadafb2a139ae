//! Both programs: built as people run them, and readied to be packed.

use super::Place;
use crate::command::{cargo, command, succeed, works};
use std::path::Path;

/// The app and the command line.
pub(super) const PROGRAMS: [&str; 2] = ["hedgerow-app", "hedgerow"];

/// Builds both at once. The feature is what Tauri's own build turns on: without it the app takes itself for one under
/// development, and has the path of this checkout in it.
pub(super) fn build() -> Result<(), String> {
    let what = ["-p", "hedgerow-shell", "-p", "hedgerow-cli", "--bins", "--features", "tauri/custom-protocol"];
    succeed(cargo(&[&["build", "--locked", "--release"], &what[..]].concat()))
}

/// Copies them from where they were built, and leaves what only debuggers read behind.
pub(super) fn ready(from: &Path, place: &Place) -> Result<(), String> {
    for name in PROGRAMS {
        let packed = place.program(name);
        install(&from.join(name), &packed, "755")?;
        let mut strip = command("strip", &["--strip-unneeded", "--remove-section=.comment"]);
        strip.arg(&packed);
        succeed(strip)?;
    }
    Ok(())
}

/// Copies a file, with the folders above it and a mode of its own, whatever it has where it lies.
pub(super) fn install(from: &Path, to: &Path, mode: &str) -> Result<(), String> {
    let mut install = command("install", &["-D", "--mode", mode]);
    install.arg(from).arg(to);
    if works(install) { Ok(()) } else { Err(format!("cannot copy {} to {}", from.display(), to.display())) }
}
