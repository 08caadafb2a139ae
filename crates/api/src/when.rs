//! A clock's time as it crosses a door.

use hedgerow_model::Moment;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time on somebody's clock. In JSON it is RFC 3339 in UTC, to the second: `"2026-03-04T09:30:00Z"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
pub struct When(pub Moment);

impl From<Moment> for When {
    fn from(moment: Moment) -> When {
        When(moment)
    }
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<When, D::Error> {
        let text = String::deserialize(deserializer)?;
        let stamp: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(When(Moment::from_seconds(stamp.as_second())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_crosses_the_door_to_the_second() {
        let when = When(Moment::from_millis(1_700_000_000_999));
        let json = serde_json::to_string(&when).expect("a time is written");
        assert_eq!(json, "\"2023-11-14T22:13:20Z\"");
        let back: When = serde_json::from_str(&json).expect("and read back");
        assert_eq!(back, When(Moment::from_millis(1_700_000_000_000)));
    }
}
