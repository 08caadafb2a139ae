//! Panics that Hedgerow catches by design, and all others.
//!
//! `document` and `sync` catch what automerge and negentropy let fly over hostile bytes. A panic of Hedgerow's own is a
//! fault, also where something above it would catch it.

use std::backtrace::Backtrace;
use std::io::Write;
use std::panic::{PanicHookInfo, set_hook};

/// Libraries whose panics are caught.
const CAUGHT: [&str; 3] = ["automerge", "hexane", "negentropy"];

/// From now on a panic is silent when it is one that is caught; any other is told, and ends the program.
pub(crate) fn hook() {
    set_hook(Box::new(|info| {
        if is_caught(info) {
            return;
        }
        // Straight to the terminal: what a test harness keeps back would be lost with the program.
        let _ = writeln!(std::io::stderr(), "{info}\n{}", Backtrace::force_capture());
        std::process::abort();
    }));
}

fn is_caught(info: &PanicHookInfo<'_>) -> bool {
    let Some(at) = info.location() else { return false };
    if CAUGHT.iter().any(|library| at.file().contains(&format!("/{library}-"))) {
        return true;
    }
    // The standard library panics in the name of whoever called it: the first of us above it.
    let trace = Backtrace::force_capture().to_string();
    let ours = |line: &&str| line.contains("hedgerow") && !line.contains("hedgerow_fuzz::panics");
    let theirs = |line: &&str| CAUGHT.iter().any(|library| line.contains(&format!("{library}::")));
    let first = trace.lines().find(|line| ours(line) || theirs(line));
    is_of_std(at.file()) && first.is_some_and(|line| theirs(&line))
}

fn is_of_std(file: &str) -> bool {
    file.starts_with("/rustc/") || file.contains("/library/") || file.starts_with("library/")
}
