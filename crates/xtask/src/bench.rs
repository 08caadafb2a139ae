//! `cargo xtask bench`: how fast and how small, each against something bare in the same run.

use crate::{
    command::{cargo, succeed},
    steps::Steps,
    target, tools, ui,
};
use std::process::ExitCode;

/// The word for the rows of the window.
const WINDOW: &str = "window";
const QUICK: &str = "--quick";

/// Installs what is missing, builds the measurements as a release is built, and runs the rows that are wanted: those of
/// the rooms by their numbers, those of the window by its name, all of them where none is named.
pub(crate) fn bench(wanted: &[&str]) -> ExitCode {
    let rows: Vec<&str> = wanted.iter().copied().filter(|word| *word != WINDOW).collect();
    let names_rows = rows.iter().any(|word| *word != QUICK);
    let names_window = wanted.contains(&WINDOW);
    let mut steps = Steps::default();
    let build = [&BENCH[..], &["--no-run"]].concat();
    if (names_rows || !names_window)
        && steps.take("Debian packages", || tools::debian_packages(tools::FOR_BENCH))
        && steps.take("build", || succeed(cargo(&build)))
    {
        steps.take("rows", || succeed(cargo(&[&BENCH[..], &["--"], &rows].concat())));
    }
    if (names_window || !names_rows)
        && steps.take("Debian packages for the window", || tools::debian_packages(tools::FOR_BROWSER))
        && steps.take("the window", ui::build)
        && steps.take("program", || succeed(cargo(&PROGRAM)))
    {
        let quick: Vec<&str> = wanted.iter().copied().filter(|word| *word == QUICK).collect();
        steps.take("rows of the window", || ui::bench(&target()?.join("release/hedgerow"), &quick));
    }
    steps.finish()
}

const BENCH: [&str; 6] = ["bench", "--locked", "--package", "hedgerow-benches", "--bench", "rows"];
const PROGRAM: [&str; 6] = ["build", "--locked", "--release", "--package", "hedgerow-cli", "--bins"];

/// Whether these are numbers of rows and options that the measurements know; else what is wrong.
pub(crate) fn understood(wanted: &[&str]) -> Result<(), String> {
    match wanted.iter().find(|word| ![QUICK, WINDOW].contains(word) && word.parse::<u8>().is_err()) {
        None => Ok(()),
        Some(word) => Err(format!(
            "\"{word}\" is not understood; name rows by their numbers, or those of the window by \"{WINDOW}\""
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_named_by_their_numbers() {
        assert_eq!(understood(&[]), Ok(()));
        assert_eq!(understood(&["1", "14", "window", "--quick"]), Ok(()));
        assert!(understood(&["first"]).is_err_and(|problem| problem.contains("first")));
        assert!(understood(&["--slow"]).is_err_and(|problem| problem.contains("--slow")));
    }
}
