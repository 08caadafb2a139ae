//! What is said when a request was not done.

use serde::{Deserialize, Serialize};

/// Why a request was not done. `say` is one line for a person: what failed, which one, what to do now. Nobody matches
/// its text; what a door acts on is the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Fault {
    /// What a door does about it.
    pub code: Code,
    /// One line for a person.
    pub say: String,
}

/// The kinds of fault that a door tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Code {
    /// No such notebook, page, person, invitation or version here: a door closes what it had open on it.
    NotFound,
    /// More than one thing answers to the name given: a door asks which.
    Ambiguous,
    /// Not allowed to this person, or what was given is out of bounds: a door says why and offers no second try.
    Refused,
    /// Another program holds the folder: a door waits, or talks to that program.
    InUse,
    /// Nobody could be reached: a door shows it as being offline and offers to try again.
    Unreachable,
    /// Not complete within the time allowed; nothing is lost and it may still complete: a door keeps waiting.
    Waiting,
    /// The request itself was malformed: the fault of the door, not of the person's choice. Exit code 2.
    Usage,
    /// Anything else: a full disk, a damaged folder, a fault of our own.
    Failed,
}

impl Fault {
    /// A fault of this kind. Line breaks and control characters in `say` become spaces, so that it stays one line
    /// whatever text it quotes.
    #[must_use]
    pub fn new(code: Code, say: impl Into<String>) -> Fault {
        let said: String = say.into();
        let say = said.chars().map(|c| if breaks_the_line(c) { ' ' } else { c }).collect();
        Fault { code, say }
    }

    /// [`Code::NotFound`].
    #[must_use]
    pub fn not_found(say: impl Into<String>) -> Fault {
        Fault::new(Code::NotFound, say)
    }

    /// [`Code::Refused`].
    #[must_use]
    pub fn refused(say: impl Into<String>) -> Fault {
        Fault::new(Code::Refused, say)
    }

    /// [`Code::Failed`].
    #[must_use]
    pub fn failed(say: impl Into<String>) -> Fault {
        Fault::new(Code::Failed, say)
    }
}

fn breaks_the_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say)
    }
}

impl std::error::Error for Fault {}

/// What the system said, for a person: without its number.
#[must_use]
pub fn in_words(cause: &std::io::Error) -> String {
    match cause.kind() {
        std::io::ErrorKind::NotFound => "it is not there".to_owned(),
        std::io::ErrorKind::PermissionDenied => "this user may not open it".to_owned(),
        _ => {
            let said = cause.to_string();
            said.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_one_line_whatever_it_quotes() {
        let fault = Fault::refused("the title \"a\nb\u{1b}[2J\u{2028}\" will not do");
        assert_eq!(fault.to_string(), "the title \"a b [2J \" will not do");
    }
}
