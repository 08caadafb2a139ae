//! Waiting for a thing itself, with an end to patience.

use std::{
    thread,
    time::{Duration, Instant},
};

/// Looks again and again until `look` finds something; panics when `patience` is over, naming `what` was waited for.
pub fn until<T>(what: &str, patience: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < patience, "{what}: not within {patience:?}");
        // time passes: looking must not starve what is looked at
        thread::sleep(Duration::from_millis(20));
    }
}

/// Lets real time go by, where a story is about exactly that: `why` stands in the test's output.
pub fn let_pass(time: Duration, why: &str) {
    eprintln!("{time:?} pass: {why}");
    // time passes: the story is about it
    thread::sleep(time);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_is_returned() {
        let mut looks = 0;
        let found = until("the third look", Duration::from_secs(5), || {
            looks += 1;
            (looks == 3).then_some(looks)
        });
        assert_eq!(found, 3);
    }

    #[test]
    #[should_panic(expected = "the swallow: not within")]
    fn what_does_not_come_is_named() {
        until::<()>("the swallow", Duration::from_millis(30), || None);
    }
}
