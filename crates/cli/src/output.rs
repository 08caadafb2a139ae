//! Where answers are printed.

use std::io::{BufWriter, IsTerminal, Write};

use hedgerow_model::mutant;
use jiff::Zoned;
use serde::Serialize;

use crate::problem::Problem;

/// Standard output, for people or for programs.
pub(crate) struct Output {
    json: bool,
    terminal: bool,
    to: Box<dyn Write + Send>,
    now: Zoned,
}

impl Output {
    /// The process's own.
    pub(crate) fn to_terminal(json: bool) -> Output {
        let terminal = std::io::stdout().is_terminal();
        Output { json, terminal, to: Box::new(BufWriter::new(std::io::stdout())), now: Zoned::now() }
    }

    /// Into `to`, as if it were `now`.
    #[cfg(test)]
    pub(crate) fn into(to: Box<dyn Write + Send>, json: bool, now: Zoned) -> Output {
        Output { json, terminal: false, to, now }
    }

    /// Whether a program reads it.
    pub(crate) fn json(&self) -> bool {
        self.json
    }

    /// The time by which "today" is told from "Tuesday", in the person's own zone.
    pub(crate) fn now(&self) -> &Zoned {
        &self.now
    }

    /// One object on a line of its own.
    pub(crate) fn object(&mut self, value: &impl Serialize) -> Result<(), Problem> {
        serde_json::to_writer(&mut self.to, value).map_err(std::io::Error::from)?;
        self.to.write_all(b"\n")?;
        Ok(())
    }

    /// One object a line; nothing for an empty list.
    pub(crate) fn objects<T: Serialize>(&mut self, values: &[T]) -> Result<(), Problem> {
        values.iter().try_for_each(|value| self.object(value))
    }

    /// A line, or several, for people. What others wrote in it cannot steer the terminal.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> Result<(), Problem> {
        self.to.write_all(tame(text.as_ref()).as_bytes())?;
        self.to.write_all(b"\n")?;
        Ok(())
    }

    /// A text as it is, for a file or another program; on a terminal, nothing in it can steer the terminal.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Problem> {
        let shown = if self.terminal { tame(text) } else { text.to_owned() };
        Ok(self.to.write_all(shown.as_bytes())?)
    }

    /// Makes sure that everything was taken.
    pub(crate) fn finish(&mut self) -> Result<(), Problem> {
        Ok(self.to.flush()?)
    }
}

/// Without control characters, except line breaks and tabs.
fn tame(text: &str) -> String {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t') && !mutant("let-control-through");
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_cannot_steer_the_terminal() {
        assert_eq!(tame("a\u{1b}[2Jb\n\tc\r\u{9b}d"), "a\u{fffd}[2Jb\n\tc\u{fffd}\u{fffd}d");
    }
}
