//! Libraries that may panic on bytes that somebody bent, or on a damaged disk: a panic in one is caught, and expected.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` of a library that may panic. What it worked on must be thrown away then, or be known to bear it.
///
/// # Errors
/// What it panicked with.
pub fn contained<T>(work: impl FnOnce() -> T) -> std::thread::Result<T> {
    let before = INSIDE.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    INSIDE.set(before);
    outcome
}

/// Whether this thread is inside [`contained`] now: a panic is then no fault of ours, and a program's panic hook may stay
/// quiet. A library sets no hook itself.
#[must_use]
pub fn is_contained() -> bool {
    INSIDE.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_is_expected_and_one_after_it_is_not() {
        assert_eq!(contained(|| (is_contained(), 7)).ok(), Some((true, 7)));
        let within = contained(|| contained(|| panic!("bent")).is_err() && is_contained());
        assert_eq!(within.ok(), Some(true), "what is around it still is");
        assert!(!is_contained());
    }
}
