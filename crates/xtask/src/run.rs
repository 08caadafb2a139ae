//! `cargo xtask run`: opens the window, or runs any `hedgerow` command.

use crate::{command::cargo, tools, ui};
use std::{
    env,
    process::{Command, ExitCode, Stdio},
};

/// A node with a window for a browser, at any free port of this machine.
const WINDOW: [&str; 3] = ["serve", "--http", "127.0.0.1:0"];

/// Builds what is wanted and runs it: `hedgerow` with what follows `--`, or else the window. Where there is no screen, or
/// what the app's own window is built with is missing, a node serves the same window to a browser.
pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    let wanted = hedgerow_arguments(arguments);
    if wanted.is_empty()
        && let Err(problem) = ui::build()
    {
        eprintln!("{problem}");
        return ExitCode::FAILURE;
    }
    let mut command = match wanted.as_slice() {
        [] if opens_here() => {
            eprintln!("Building Hedgerow (some minutes the first time), then opening its window.");
            cargo(&["run", "--package", "hedgerow-shell"])
        }
        [] => hedgerow(&WINDOW),
        wanted => hedgerow(wanted),
    };
    // A person is at this one: it keeps their folder and their keyboard.
    if let Ok(here) = env::current_dir() {
        command.current_dir(here);
    }
    match command.stdin(Stdio::inherit()).status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(problem) => {
            eprintln!("could not start cargo: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn hedgerow(wanted: &[&str]) -> Command {
    eprintln!("Building hedgerow (some minutes the first time), then running `hedgerow {}`.", wanted.join(" "));
    let mut command = cargo(&["run", "--package", "hedgerow-cli", "--bin", "hedgerow", "--"]);
    command.args(wanted);
    command
}

/// Whether the app's own window can be built, and seen.
fn opens_here() -> bool {
    let named = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_screen = !cfg!(target_os = "linux") || named("DISPLAY") || named("WAYLAND_DISPLAY");
    if has_screen && cfg!(target_os = "linux") && !tools::can_build_window() {
        let packages: Vec<&str> = tools::FOR_WINDOW.iter().map(|(_, package, _)| *package).collect();
        eprintln!(
            "For a window of its own Hedgerow is built with {}; here is the same in a browser.",
            packages.join(", ")
        );
        return false;
    }
    has_screen
}

fn hedgerow_arguments<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    arguments.strip_prefix(&["--"]).unwrap_or(arguments).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_alone_opens_the_window_and_arguments_take_its_place() {
        assert!(hedgerow_arguments(&[]).is_empty());
        assert!(hedgerow_arguments(&["--"]).is_empty());
        assert_eq!(hedgerow_arguments(&["--", "demo"]), ["demo"]);
        assert_eq!(hedgerow_arguments(&["--", "page", "show", "--", "x"]), ["page", "show", "--", "x"]);
    }
}
