//! This device's clock and its zone, looked at in this file alone.

use hedgerow_model::{Day, Moment};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock set back by more than this is believed; by less, time stands still until it has caught up.
const SLIP: u64 = 60_000;

/// The wall clock, without small steps back.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    last: Moment,
}

/// What a look at the clock showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Time went on.
    Now(Moment),
    /// Somebody set the clock back: what was due by the old time has to be planned anew.
    SetBack(Moment),
}

impl Clock {
    /// What time it is.
    pub(crate) fn look(&mut self) -> Look {
        self.at(wall())
    }

    fn at(&mut self, wall: Moment) -> Look {
        if self.last.since(wall) > SLIP {
            self.last = wall;
            return Look::SetBack(wall);
        }
        self.last = self.last.max(wall);
        Look::Now(self.last)
    }
}

/// The day on which a moment falls where this device is.
pub(crate) fn today(now: Moment) -> Day {
    let offset = jiff::Timestamp::from_second(now.seconds())
        .map_or(0, |stamp| jiff::tz::TimeZone::system().to_offset(stamp).seconds());
    Day::of(now, offset)
}

fn wall() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Moment::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_does_not_run_backwards_unless_the_clock_was_set() {
        let mut clock = Clock::default();
        let at = |millis| Moment::from_millis(millis);
        assert_eq!(clock.at(at(500_000)), Look::Now(at(500_000)));
        assert_eq!(clock.at(at(499_000)), Look::Now(at(500_000)), "a second back is a slip");
        assert_eq!(clock.at(at(100_000)), Look::SetBack(at(100_000)));
        assert_eq!(clock.at(at(100_001)), Look::Now(at(100_001)));
    }
}
