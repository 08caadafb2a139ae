//! Time, and turn and turn about.

use std::time::Instant;

/// Nanoseconds that `work` takes.
pub(crate) fn took<R>(work: impl FnOnce() -> R) -> (f64, R) {
    let begun = Instant::now();
    let result = work();
    (begun.elapsed().as_nanos() as f64, result)
}

/// Two things measured turn and turn about, `runs` times each, so that what else the machine does falls on both. Which
/// of them goes first changes each time.
pub(crate) fn in_turns(
    runs: usize,
    mut ours: impl FnMut() -> f64,
    mut theirs: impl FnMut() -> f64,
) -> (Vec<f64>, Vec<f64>) {
    let mut both = (Vec::with_capacity(runs), Vec::with_capacity(runs));
    for run in 0..runs {
        if run % 2 == 0 {
            both.0.push(ours());
            both.1.push(theirs());
        } else {
            both.1.push(theirs());
            both.0.push(ours());
        }
    }
    both
}
