//! Faults of our own.
//!
//! Some are caught where they happen and are part of the plan, such as a damaged store that makes its engine panic: nothing
//! is said of them. The others end a command, or something that a node did for somebody. Neither is a reason to print a
//! backtrace at somebody; where it happened is told in one line.

use crate::problem::say;
use hedgerow_model::is_contained;
use std::sync::Mutex;

/// Where the last one happened.
static LAST: Mutex<Option<String>> = Mutex::new(None);

/// From now on a thread that panics prints no backtrace; where it happened is remembered. A thread that serves no command
/// has nobody who would tell it at the end: then it is told at once.
pub(crate) fn remember() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line()));
        if is_contained() || place.as_deref().is_some_and(is_of_the_engine) {
            return;
        }
        if std::thread::current().name() != Some("main") {
            say(&format!(
                "a fault in Hedgerow itself, please report it: {}",
                place.as_deref().unwrap_or("nobody knows where")
            ));
        }
        if let Ok(mut last) = LAST.lock() {
            *last = place;
        }
    }));
}

/// The store's engine has threads of its own, which panic over a damaged disk.
fn is_of_the_engine(place: &str) -> bool {
    place.contains("/sled-")
}

/// Where the last one happened, if any did.
pub(crate) fn last() -> Option<String> {
    LAST.lock().ok()?.clone()
}
