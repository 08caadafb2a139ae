//! Counting instructions: this program starts itself again under callgrind, which counts within [`counted`] only.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;

/// What the program is started with to play one scene under callgrind.
pub(crate) const SCENE: &str = "--scene";

/// Does `work`. Callgrind, told of this function's name, counts what happens within it.
#[inline(never)]
pub(crate) fn counted<R>(work: impl FnOnce() -> R) -> R {
    black_box(work())
}

/// How many instructions `scene` takes within [`counted`]. What callgrind saw stays in the file `seen`, for looking closer
/// with `callgrind_annotate`.
pub(crate) fn of(scene: &str, arguments: &[&str], seen: &Path) -> f64 {
    let program = std::env::current_exe().expect("a program knows where it lies");
    let mut callgrind = Command::new("valgrind");
    callgrind.args(["--tool=callgrind", "--toggle-collect=*instructions::counted*"]);
    callgrind
        .arg(format!("--callgrind-out-file={}", seen.display()))
        .arg(program)
        .arg(SCENE)
        .arg(scene)
        .args(arguments);
    let output = callgrind.output().expect("valgrind starts: install it (Debian's package is valgrind)");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{scene} did not end well under callgrind:\n{said}");
    let counted = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    counted.filter(|count| *count > 0.0).unwrap_or_else(|| panic!("callgrind counted nothing of {scene}:\n{said}"))
}
