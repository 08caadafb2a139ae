//! `cargo xtask bench`: how fast and how small, each against something bare in the same run.

use crate::{
    command::{cargo, succeed},
    steps::Steps,
    tools,
};
use std::process::ExitCode;

/// Installs what is missing, builds the measurements as a release is built, and runs the rows that are wanted.
pub(crate) fn bench(wanted: &[&str]) -> ExitCode {
    let mut steps = Steps::default();
    let build = [&BENCH[..], &["--no-run"]].concat();
    if steps.take("Debian packages", || tools::debian_packages(tools::FOR_BENCH))
        && steps.take("build", || succeed(cargo(&build)))
    {
        steps.take("rows", || succeed(cargo(&[&BENCH[..], &["--"], wanted].concat())));
    }
    steps.finish()
}

const BENCH: [&str; 6] = ["bench", "--locked", "--package", "hedgerow-benches", "--bench", "rows"];

/// Whether these are numbers of rows and options that the measurements know; else what is wrong.
pub(crate) fn understood(wanted: &[&str]) -> Result<(), String> {
    match wanted.iter().find(|word| **word != "--quick" && word.parse::<u8>().is_err()) {
        None => Ok(()),
        Some(word) => Err(format!("\"{word}\" is not understood; name rows by their numbers")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_named_by_their_numbers() {
        assert_eq!(understood(&[]), Ok(()));
        assert_eq!(understood(&["1", "14", "--quick"]), Ok(()));
        assert!(understood(&["first"]).is_err_and(|problem| problem.contains("first")));
        assert!(understood(&["--slow"]).is_err_and(|problem| problem.contains("--slow")));
    }
}
