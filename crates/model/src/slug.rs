//! Short names that programs read: template kinds and field names.

use serde::{Deserialize, Serialize};

/// What can be wrong with a short name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Empty, or too long.
    #[error("a {what} has 1 to {most} characters; \"{text}\" has {length}")]
    WrongLength {
        /// What was being named.
        what: &'static str,
        /// The most characters.
        most: usize,
        /// How many it has.
        length: usize,
        /// Its beginning.
        text: String,
    },
    /// A character that does not belong.
    #[error("a {what} cannot hold {wrong:?}; {allowed}")]
    WrongCharacter {
        /// What was being named.
        what: &'static str,
        /// The character.
        wrong: char,
        /// What may stand there.
        allowed: &'static str,
    },
}

/// What a page was made from, such as `note`, `plan` or `reflection`: 1 to 40 of a-z, 0-9 and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TemplateKind(String);

impl TemplateKind {
    /// The longest, in characters.
    pub const MOST: usize = 40;

    /// What a page is made from unless told.
    #[must_use]
    pub fn note() -> TemplateKind {
        TemplateKind("note".to_owned())
    }

    /// Reads a kind as written.
    ///
    /// # Errors
    /// When it is empty, too long, or holds other characters.
    pub fn parse(raw: &str) -> Result<TemplateKind, NameProblem> {
        let what = "template";
        sized(raw, what, Self::MOST)?;
        match raw.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')) {
            Some(wrong) => Err(NameProblem::WrongCharacter { what, wrong, allowed: "use a-z, 0-9 and -" }),
            None => Ok(TemplateKind(raw.to_owned())),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a field of a page: 1 to 80 characters on one line, without `:` and without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FieldName(String);

impl FieldName {
    /// The longest, in characters.
    pub const MOST: usize = 80;

    /// Reads a name as written; spaces around it are dropped.
    ///
    /// # Errors
    /// When it is empty, too long, or holds other characters.
    pub fn parse(raw: &str) -> Result<FieldName, NameProblem> {
        let (what, text) = ("field name", raw.trim());
        sized(text, what, Self::MOST)?;
        match text.chars().find(|c| c.is_control() || matches!(c, ':' | '\u{2028}' | '\u{2029}')) {
            Some(wrong) => Err(NameProblem::WrongCharacter { what, wrong, allowed: "leave it out" }),
            None => Ok(FieldName(text.to_owned())),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn sized(text: &str, what: &'static str, most: usize) -> Result<(), NameProblem> {
    let length = text.chars().count();
    if (1..=most).contains(&length) {
        return Ok(());
    }
    let text = text.chars().filter(|c| !c.is_control()).take(40).collect();
    Err(NameProblem::WrongLength { what, most, length, text })
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NameProblem;
            fn try_from(raw: String) -> Result<$name, NameProblem> {
                $name::parse(&raw)
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    )*};
}
as_text!(TemplateKind, FieldName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_a_plain_word() {
        assert!(TemplateKind::parse("after-action-review").is_ok());
        assert!(TemplateKind::parse("").is_err());
        assert!(TemplateKind::parse("Plan").is_err());
        assert!(TemplateKind::parse(&"a".repeat(41)).is_err());
    }

    #[test]
    fn a_field_name_may_be_welsh_but_not_two_lines() {
        assert_eq!(FieldName::parse(" tŷ ").map(String::from), Ok("tŷ".to_owned()));
        assert!(FieldName::parse("a\nb").is_err());
        assert!(FieldName::parse("a: b").is_err());
    }
}
