//! How much of the reader's time those have whom nobody asked for.

use tokio::time::Instant;

use crate::limits::{OTHERS_AHEAD, OTHERS_LONGEST, OTHERS_REST};

/// Whoever we do not want waits after each of their events, for [`OTHERS_REST`] times as long as the reader had to do with
/// it. That is measured rather than counted: what an event costs depends on what it says, and on the machine.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// Since when the reader has one of their events in hand.
    given: Option<Instant>,
    /// Until when what they took is paid for.
    owed: Option<Instant>,
}

impl Pace {
    /// The reader is given one of their events.
    pub(crate) fn give(&mut self, now: Instant) {
        self.given = Some(now);
    }

    /// The reader is back, and done with what they were given.
    pub(crate) fn back(&mut self, now: Instant) {
        if let Some(given) = self.given.take() {
            let took = now.duration_since(given).min(OTHERS_LONGEST);
            let begun = now - took;
            self.owed = Some(self.owed.map_or(begun, |owed| owed.max(begun)) + took * (1 + OTHERS_REST));
        }
    }

    /// Until when they wait, if they have to.
    pub(crate) fn rest(&self, now: Instant) -> Option<Instant> {
        let owed = self.owed?;
        (owed.duration_since(now) > OTHERS_AHEAD).then(|| owed - OTHERS_AHEAD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// What the reader does with one event.
    fn took(pace: &mut Pace, at: Instant, time: Duration) -> Instant {
        pace.give(at);
        pace.back(at + time);
        at + time
    }

    #[test]
    fn a_few_events_need_no_pause_and_a_flood_gets_a_quarter_of_the_time() {
        let (mut pace, each) = (Pace::default(), Duration::from_millis(1));
        let begun = Instant::now();
        let mut now = begun;
        for _ in 0..5 {
            assert_eq!(pace.rest(now), None);
            now = took(&mut pace, now, each);
        }
        let mut spent = each * 5;
        while spent < Duration::from_secs(1) {
            now = pace.rest(now).unwrap_or(now);
            now = took(&mut pace, now, each);
            spent += each;
        }
        let share = spent.as_secs_f64() / (now - begun).as_secs_f64();
        assert!((0.24..0.26).contains(&share), "{share}");
    }

    #[test]
    fn whoever_stayed_away_has_saved_nothing_up() {
        let mut pace = Pace::default();
        let begun = Instant::now();
        took(&mut pace, begun, Duration::from_millis(1));
        let later = begun + Duration::from_secs(3_600);
        let now = took(&mut pace, later, Duration::from_millis(50));
        assert_eq!(pace.rest(now), Some(now + Duration::from_millis(150) - OTHERS_AHEAD));
    }

    #[test]
    fn a_reader_who_was_busy_elsewhere_keeps_nobody_waiting_for_long() {
        let mut pace = Pace::default();
        let now = took(&mut pace, Instant::now(), Duration::from_secs(600));
        assert!(pace.rest(now).is_some_and(|until| until <= now + OTHERS_LONGEST * OTHERS_REST));
    }
}
