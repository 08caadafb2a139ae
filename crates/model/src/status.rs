//! How far an action of a plan has come.

use serde::{Deserialize, Serialize};

/// How far an action has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum ActionStatus {
    /// Nobody has begun it.
    #[default]
    Todo,
    /// Somebody is at it.
    Doing,
    /// It is done.
    Done,
    /// It was given up, which is as honourable an end as another.
    Stopped,
}

/// A word that names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a status; give todo, doing, done or stopped")]
pub struct UnknownStatus(String);

impl ActionStatus {
    /// All of them, in the order in which an action goes through them.
    pub const ALL: [ActionStatus; 4] =
        [ActionStatus::Todo, ActionStatus::Doing, ActionStatus::Done, ActionStatus::Stopped];

    /// The word for it, as the document, the command line and the window have it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            ActionStatus::Todo => "todo",
            ActionStatus::Doing => "doing",
            ActionStatus::Done => "done",
            ActionStatus::Stopped => "stopped",
        }
    }

    /// Whether there is something left to do.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, ActionStatus::Todo | ActionStatus::Doing)
    }
}

impl std::fmt::Display for ActionStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::str::FromStr for ActionStatus {
    type Err = UnknownStatus;
    fn from_str(raw: &str) -> Result<ActionStatus, UnknownStatus> {
        ActionStatus::ALL
            .into_iter()
            .find(|status| status.word() == raw)
            .ok_or_else(|| UnknownStatus(raw.chars().filter(|c| !c.is_control()).take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_by_its_word() {
        for status in ActionStatus::ALL {
            assert_eq!(status.word().parse(), Ok(status));
        }
        let problem = "finished".parse::<ActionStatus>().expect_err("no such status");
        assert!(problem.to_string().contains("todo, doing, done or stopped"), "{problem}");
    }
}
