//! `cargo xtask run`: starts a node that serves its window, or any other `hedgerow` command.

use crate::{command::cargo, ui};
use std::process::{ExitCode, Stdio};

/// A node with a window at any free port of this machine.
const WINDOW: [&str; 3] = ["serve", "--http", "127.0.0.1:0"];

/// Builds `hedgerow` and runs it: with what follows `--`, or else as a node with a window.
pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    let wanted = hedgerow_arguments(arguments);
    if wanted == WINDOW
        && let Err(problem) = ui::build()
    {
        eprintln!("{problem}");
        return ExitCode::FAILURE;
    }
    eprintln!("Building hedgerow (some minutes the first time), then running `hedgerow {}`.", wanted.join(" "));
    let mut command = cargo(&["run", "--package", "hedgerow-cli", "--bin", "hedgerow", "--"]);
    // A person is at this one: it keeps their folder and their keyboard.
    if let Ok(here) = std::env::current_dir() {
        command.current_dir(here);
    }
    match command.args(&wanted).stdin(Stdio::inherit()).status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(problem) => {
            eprintln!("could not start cargo: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn hedgerow_arguments<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let wanted = arguments.strip_prefix(&["--"]).unwrap_or(arguments);
    if wanted.is_empty() { WINDOW.to_vec() } else { wanted.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_alone_starts_a_node_and_arguments_take_its_place() {
        assert_eq!(hedgerow_arguments(&[]), WINDOW);
        assert_eq!(hedgerow_arguments(&["--"]), WINDOW);
        assert_eq!(hedgerow_arguments(&["--", "demo"]), ["demo"]);
        assert_eq!(hedgerow_arguments(&["--", "page", "show", "--", "x"]), ["page", "show", "--", "x"]);
    }
}
