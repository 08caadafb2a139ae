//! The name on a page's or a notebook's spine.

use serde::{Deserialize, Serialize};

/// Trimmed, 1 to 200 characters, on one line, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Title(String);

/// What can be wrong with a title.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TitleProblem {
    /// Nothing is left after trimming.
    #[error("the title is empty; give it at least one character")]
    Empty,
    /// More than [`Title::MOST`] characters.
    #[error("the title has {length} characters; {most} is the most")]
    TooLong {
        /// Its length in Unicode scalar values.
        length: usize,
        /// The most allowed.
        most: usize,
    },
    /// A control character, a line break among them.
    #[error("the title holds the control character U+{code:04X} at position {at}; leave it out")]
    Control {
        /// Its code.
        code: u32,
        /// Where, counted in characters from 0.
        at: usize,
    },
}

impl Title {
    /// The longest title, in Unicode scalar values.
    pub const MOST: usize = 200;

    /// Reads a title as somebody typed it.
    ///
    /// # Errors
    /// When it is empty, too long or holds a control character.
    pub fn parse(raw: &str) -> Result<Title, TitleProblem> {
        let text = raw.trim();
        if let Some((at, c)) = text.chars().enumerate().find(|(_, c)| c.is_control() || is_line_separator(*c)) {
            return Err(TitleProblem::Control { code: u32::from(c), at });
        }
        match text.chars().count() {
            0 => Err(TitleProblem::Empty),
            1..=Self::MOST => Ok(Title(text.to_owned())),
            length => Err(TitleProblem::TooLong { length, most: Self::MOST }),
        }
    }

    /// The nearest title to a text that was not typed as one, such as a file's name or a heading: control characters
    /// become spaces and what is too long is cut. `None` when nothing is left.
    #[must_use]
    pub fn nearest(raw: &str) -> Option<Title> {
        let clean: String = raw.chars().map(|c| if c.is_control() || is_line_separator(c) { ' ' } else { c }).collect();
        let cut: String = clean.trim().chars().take(Self::MOST).collect();
        Title::parse(&cut).ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// U+2028 and U+2029 break a line without being control characters.
fn is_line_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

impl std::fmt::Display for Title {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Title {
    type Error = TitleProblem;
    fn try_from(raw: String) -> Result<Title, TitleProblem> {
        Title::parse(&raw)
    }
}

impl From<Title> for String {
    fn from(title: Title) -> String {
        title.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_trimmed_and_bounded() {
        assert_eq!(Title::parse("  Flood rota ").map(String::from), Ok("Flood rota".to_owned()));
        assert_eq!(Title::parse("   "), Err(TitleProblem::Empty));
        assert!(Title::parse(&"ŵ".repeat(200)).is_ok());
        assert_eq!(Title::parse(&"a".repeat(10_000)), Err(TitleProblem::TooLong { length: 10_000, most: 200 }));
    }

    #[test]
    fn a_title_stays_on_one_line() {
        assert_eq!(Title::parse("a\u{1b}[2J"), Err(TitleProblem::Control { code: 0x1b, at: 1 }));
        assert!(Title::parse("a\nb").is_err());
        assert!(Title::parse("a\u{2028}b").is_err());
    }

    #[test]
    fn a_heading_becomes_the_nearest_title() {
        assert_eq!(Title::nearest("a\tb\n").map(String::from), Some("a b".to_owned()));
        assert_eq!(Title::nearest("\n"), None);
        assert_eq!(Title::nearest(&"x".repeat(999)).map(|t| t.as_str().len()), Some(200));
    }
}
