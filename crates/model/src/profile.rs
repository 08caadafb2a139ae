//! Who a person says they are.

use serde::{Deserialize, Serialize};

/// One line about a person: a name, an organisation, a sector, a job or a place. 1 to 120 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(String);

/// What can be wrong with a label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelProblem {
    /// Nothing is left after trimming.
    #[error("it is empty; give at least one character")]
    Empty,
    /// More than [`Label::MOST`] characters.
    #[error("it has {length} characters; {most} is the most", most = Label::MOST)]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// A control character or a line break.
    #[error("it holds the control character U+{code:04X}; leave it out")]
    Control {
        /// Its code.
        code: u32,
    },
}

impl Label {
    /// The longest, in Unicode scalar values.
    pub const MOST: usize = 120;

    /// Reads a label as typed; spaces around it are dropped.
    ///
    /// # Errors
    /// When it is empty, too long or holds a control character.
    pub fn parse(raw: &str) -> Result<Label, LabelProblem> {
        let text = raw.trim();
        if let Some(c) = text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(LabelProblem::Control { code: u32::from(c) });
        }
        match text.chars().count() {
            0 => Err(LabelProblem::Empty),
            1..=Self::MOST => Ok(Label(text.to_owned())),
            length => Err(LabelProblem::TooLong { length }),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl TryFrom<String> for Label {
    type Error = LabelProblem;
    fn try_from(raw: String) -> Result<Label, LabelProblem> {
        Label::parse(&raw)
    }
}
impl From<Label> for String {
    fn from(label: Label) -> String {
        label.0
    }
}

/// Where in an organisation a person works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Level {
    /// With the people served.
    FrontLine,
    /// Running a service.
    Operational,
    /// Setting direction.
    Strategic,
    /// Elected, or answering to the elected.
    Political,
    /// In and for a community.
    Community,
}

/// A word that names no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a level; the levels are front-line, operational, strategic, political and community")]
pub struct UnknownLevel(String);

impl Level {
    /// All levels.
    pub const ALL: [Level; 5] =
        [Level::FrontLine, Level::Operational, Level::Strategic, Level::Political, Level::Community];

    /// The word for it, as the command line takes and prints it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::FrontLine => "front-line",
            Level::Operational => "operational",
            Level::Strategic => "strategic",
            Level::Political => "political",
            Level::Community => "community",
        }
    }
}

impl std::str::FromStr for Level {
    type Err = UnknownLevel;
    fn from_str(raw: &str) -> Result<Level, UnknownLevel> {
        Level::ALL
            .into_iter()
            .find(|level| level.word() == raw)
            .ok_or_else(|| UnknownLevel(raw.chars().filter(|c| !c.is_control()).take(40).collect()))
    }
}

/// What a person says about themselves. Everything is optional; nothing is asked before it is needed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// What they are called.
    pub name: Option<Label>,
    /// Where they work.
    pub organisation: Option<Label>,
    /// Council, health, police, college, charity ...: free text.
    pub sector: Option<Label>,
    /// What they do there.
    pub job: Option<Label>,
    /// Where in the organisation.
    pub level: Option<Level>,
    /// Places they work for, at most [`Profile::MOST_PLACES`].
    pub places: Vec<Label>,
}

impl Profile {
    /// The most places one person names.
    pub const MOST_PLACES: usize = 20;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_line() {
        assert_eq!(Label::parse(" Cyngor Gwynedd ").map(String::from), Ok("Cyngor Gwynedd".to_owned()));
        assert!(Label::parse("a\nb").is_err());
        assert!(Label::parse(&"a".repeat(121)).is_err());
    }

    #[test]
    fn a_level_is_read_by_its_word() {
        for level in Level::ALL {
            assert_eq!(level.word().parse(), Ok(level));
        }
    }
}
