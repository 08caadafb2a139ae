//! How a command ends when it does not end well.

use std::io::Write;
use std::process::ExitCode;

pub(crate) use hedgerow_api::in_words;
use hedgerow_api::{Code, Fault};

use crate::panics;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) enum Problem {
    /// It was typed wrongly, or help was asked for.
    Usage(clap::Error),
    /// The node's word for it, or our own: one line.
    Fault(Fault),
    /// What was asked is done as far as it could be, and has been said; this is said beside it.
    Partly(String),
    /// Whoever read our output has read enough. That is not a failure.
    ReaderLeft,
}

impl Problem {
    /// A failure in our own words: what failed, which one, what to do.
    pub(crate) fn said(line: impl Into<String>) -> Problem {
        Problem::Fault(Fault::failed(line))
    }

    /// Says it on standard error and gives the exit code.
    pub(crate) fn tell(self) -> ExitCode {
        match self {
            Problem::Usage(usage) => {
                // Help and version go to standard output, the rest to standard error; a closed one is no failure.
                let _ = usage.print();
                ExitCode::from(if usage.use_stderr() { 2 } else { 0 })
            }
            Problem::Fault(fault) => {
                // A fault of our own may lie behind what could not be explained otherwise.
                let place = panics::last().filter(|_| fault.code == Code::Failed);
                let report = place.map(|place| format!("; a fault in Hedgerow itself, please report it: {place}"));
                say(&(fault.say + &report.unwrap_or_default()));
                ExitCode::from(if fault.code == Code::Usage { 2 } else { 1 })
            }
            Problem::Partly(line) => {
                say(&Fault::failed(line).say);
                ExitCode::FAILURE
            }
            Problem::ReaderLeft => ExitCode::SUCCESS,
        }
    }
}

/// One line on standard error.
pub(crate) fn say(line: &str) {
    // Nobody may be listening there; that changes nothing about what was done.
    let _ = writeln!(std::io::stderr(), "hedgerow: {line}");
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        Problem::Fault(fault)
    }
}

/// From writing our output.
impl From<std::io::Error> for Problem {
    fn from(cause: std::io::Error) -> Problem {
        if cause.kind() == std::io::ErrorKind::BrokenPipe {
            return Problem::ReaderLeft;
        }
        Problem::said(format!("could not write the output: {}; what was changed before is kept", in_words(&cause)))
    }
}
