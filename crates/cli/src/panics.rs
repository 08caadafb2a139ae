//! Faults of our own.
//!
//! Some are caught where they happen and are part of the plan, such as a damaged store that makes its engine panic. The
//! others end the command. Neither is a reason to print a backtrace at somebody; where it happened is told in the one
//! line with which a command fails.

use std::sync::Mutex;

/// Where the last one happened.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// From now on nothing is printed when a thread panics; where it happened is remembered.
pub(crate) fn remember() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line()));
        if let Ok(mut last) = LAST.lock() {
            *last = place;
        }
    }));
}

/// Where the last one happened, if any did.
pub(crate) fn last() -> Option<String> {
    LAST.lock().ok()?.clone()
}
