//! Times as people's clocks told them, and lengths of time as people type them.
//!
//! A clock's time is shown, and never decides an order.

use serde::{Deserialize, Serialize};

/// A time on somebody's clock, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(u64);

/// What can be wrong with a written time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeProblem {
    /// Not a number and a unit.
    #[error("\"{0}\" is not a length of time; write a number and s, m, h or d, such as 7d")]
    NotALifetime(String),
    /// Nothing, or longer than [`Lifetime::MOST`].
    #[error("\"{0}\" is out of bounds; give between 1s and 3650d")]
    OutOfBounds(String),
    /// Not a day of the calendar.
    #[error("\"{0}\" is not a day; write the year, the month and the day, such as 2027-03-31")]
    NotADay(String),
    /// Before [`Day::FIRST_YEAR`], or after [`Day::LAST_YEAR`].
    #[error("the year {0} is out of bounds; give a day between 1900 and 2199")]
    YearOutOfBounds(i16),
}

/// What of a text can be shown in an error.
fn quoted(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_control()).take(40).collect()
}

impl Moment {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Moment {
        Moment(millis)
    }

    /// From whole seconds since 1970; a time before 1970 is shown as 1970.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Moment {
        Moment(u64::try_from(seconds).unwrap_or(0).saturating_mul(1000))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970, as a change carries them.
    #[must_use]
    pub fn seconds(self) -> i64 {
        i64::try_from(self.0 / 1000).unwrap_or(i64::MAX)
    }

    /// This time and `more` milliseconds.
    #[must_use]
    pub const fn plus_millis(self, more: u64) -> Moment {
        Moment(self.0.saturating_add(more))
    }

    /// How many milliseconds have gone by since `earlier`; 0 if it lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Moment) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// RFC 3339 in UTC, to the second: `2026-03-04T09:30:00Z`.
impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_second(self.seconds()) {
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) => write!(f, "{}", jiff::Timestamp::MAX),
        }
    }
}

/// A length of time, as in "expires in 7d".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lifetime {
    seconds: u64,
}

impl Lifetime {
    /// The longest, in seconds: ten years.
    pub const MOST: u64 = 3650 * 86_400;

    /// A week: how long an invitation is open unless told.
    pub const WEEK: Lifetime = Lifetime { seconds: 7 * 86_400 };

    /// Reads a whole number and `s`, `m`, `h` or `d`.
    ///
    /// # Errors
    /// When it is anything else, nothing, or more than ten years.
    pub fn parse(raw: &str) -> Result<Lifetime, TimeProblem> {
        let not = || TimeProblem::NotALifetime(quoted(raw));
        let unit = raw.chars().last().ok_or_else(not)?;
        let each = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return Err(not()),
        };
        let digits = &raw[..raw.len() - unit.len_utf8()];
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(not());
        }
        let out = || TimeProblem::OutOfBounds(quoted(raw));
        let count: u64 = digits.parse().map_err(|_| out())?;
        match count.checked_mul(each) {
            Some(seconds) if (1..=Self::MOST).contains(&seconds) => Ok(Lifetime { seconds }),
            _ => Err(out()),
        }
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.seconds
    }

    /// When it is over, if it begins at `start`.
    #[must_use]
    pub const fn from(self, start: Moment) -> Moment {
        start.plus_millis(self.seconds * 1000)
    }
}

/// A day of the calendar that people agree on, wherever they are: when something is due, or looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(jiff::civil::Date);

impl Day {
    /// The first year that a day can lie in.
    pub const FIRST_YEAR: i16 = 1900;
    /// The last.
    pub const LAST_YEAR: i16 = 2199;

    /// Reads a day as ISO 8601 writes it: `2027-03-31`.
    ///
    /// # Errors
    /// When it is written otherwise, no calendar has it, or its year is out of bounds.
    pub fn parse(raw: &str) -> Result<Day, TimeProblem> {
        let not = || TimeProblem::NotADay(quoted(raw));
        let is_plain = raw.len() == 10 && raw.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let day: jiff::civil::Date = is_plain.then(|| raw.parse().ok()).flatten().ok_or_else(not)?;
        match day.year() {
            Day::FIRST_YEAR..=Day::LAST_YEAR => Ok(Day(day)),
            year => Err(TimeProblem::YearOutOfBounds(year)),
        }
    }

    /// The day on which a moment falls where clocks are `offset` seconds ahead of UTC. A moment before the first day or
    /// after the last falls on that.
    #[must_use]
    pub fn of(moment: Moment, offset: i32) -> Day {
        let there = moment.seconds().saturating_add(i64::from(offset));
        let date = jiff::Timestamp::from_second(there)
            .map_or(jiff::civil::Date::MAX, |there| jiff::tz::Offset::UTC.to_datetime(there).date());
        Day(date.clamp(Day::FIRST, Day::LAST))
    }

    const FIRST: jiff::civil::Date = jiff::civil::date(Day::FIRST_YEAR, 1, 1);
    const LAST: jiff::civil::Date = jiff::civil::date(Day::LAST_YEAR, 12, 31);

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }
}

/// As ISO 8601 writes it.
impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_that_the_calendar_has() {
        assert_eq!(Day::parse("2028-02-29").map(|day| day.to_string()), Ok("2028-02-29".to_owned()));
        for wrong in ["", "2027-02-29", "2027-13-01", "31.3.2027", "2027-3-31", "20270331", "2027-03-31T10:00", "ŵ"] {
            assert!(matches!(Day::parse(wrong), Err(TimeProblem::NotADay(_))), "{wrong}");
        }
        for out in ["0000-01-01", "1899-12-31", "2200-01-01", "9999-12-31"] {
            assert!(matches!(Day::parse(out), Err(TimeProblem::YearOutOfBounds(_))), "{out}");
        }
    }

    #[test]
    fn the_day_is_that_of_the_place() {
        let noon = Moment::from_millis(1_700_000_000_000);
        let midnight = Moment::from_millis(1_700_006_399_000);
        assert_eq!(Day::of(noon, 0).to_string(), "2023-11-14");
        assert_eq!(Day::of(midnight, 0).to_string(), "2023-11-14");
        assert_eq!(Day::of(midnight, 3_600).to_string(), "2023-11-15");
        assert_eq!(Day::of(noon, -86_400).to_string(), "2023-11-13");
        assert_eq!(Day::of(Moment::from_millis(u64::MAX), i32::MAX).to_string(), "2199-12-31");
    }

    #[test]
    fn a_week_is_seven_days() {
        assert_eq!(Lifetime::parse("7d"), Ok(Lifetime::WEEK));
        assert_eq!(Lifetime::parse("90m").map(Lifetime::seconds), Ok(5400));
        for wrong in ["", "7", "d", "7w", "-1d", "0s", "99999999999999999999d", "4000d", "7 d", "ŵ"] {
            assert!(Lifetime::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_shown_in_utc() {
        assert_eq!(Moment::from_millis(1_700_000_000_999).to_string(), "2023-11-14T22:13:20Z");
        assert_eq!(Moment::from_seconds(-5).to_string(), "1970-01-01T00:00:00Z");
        assert!(!Moment::from_millis(u64::MAX).to_string().is_empty());
    }
}
