//! `cargo xtask test`: every test there is.

use crate::{
    command::{cargo, succeed},
    promises,
    steps::{Outcome, Steps},
    tests_ran::Report,
    tools, ui,
};
use std::{env, path::Path, process::ExitCode};

/// What was asked for on the command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    /// How many seeds the simulation runs; its own number unless told.
    seeds: Option<u64>,
    /// How often the power is cut; its own number unless told.
    cuts: Option<u64>,
    /// At how many places a command dies, or `all`; its own number unless told.
    crashes: Option<&'a str>,
    /// Handed to nextest as it stands.
    filter: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    /// Reads `[--seeds N] [--cuts N] [--crashes N|all] [-- FILTER]`.
    pub(crate) fn parse(arguments: &[&'a str]) -> Result<Self, String> {
        match arguments {
            [] => Ok(Wanted::default()),
            ["--", filter @ ..] => Ok(Wanted { filter: filter.to_vec(), ..Wanted::default() }),
            ["--crashes", number, rest @ ..] => {
                if *number != "all" && number.parse::<u64>().is_err() {
                    return Err(format!("--crashes wants a number or \"all\", not \"{number}\""));
                }
                Ok(Wanted { crashes: Some(number), ..Wanted::parse(rest)? })
            }
            [option @ ("--seeds" | "--cuts"), number, rest @ ..] => {
                let count = number.parse().map_err(|_| format!("{option} wants a number, not \"{number}\""))?;
                let rest = Wanted::parse(rest)?;
                Ok(match *option {
                    "--seeds" => Wanted { seeds: Some(count), ..rest },
                    _ => Wanted { cuts: Some(count), ..rest },
                })
            }
            [other, ..] => Err(format!("\"{other}\" is not understood; put what is meant for nextest after --")),
        }
    }
}

/// Installs what is missing, builds `hedgerow` once, and runs the tests with it.
pub(crate) fn test(wanted: &Wanted) -> ExitCode {
    let mut steps = Steps::default();
    let whole = wanted.filter.is_empty();
    let ready = steps.take("tools", || tools::ensure(&tools::NEXTEST))
        && steps.take("Debian packages", || tools::debian_packages(tools::FOR_TESTS))
        && (!whole || steps.take("Debian packages for the app", packages_for_window))
        && steps.take("window", ui::build)
        && steps.take("build", || succeed(cargo(&build(whole))));
    if ready {
        if whole {
            steps.take("doc tests", || succeed(cargo(&["test", "--locked", "--workspace", "--doc", "--quiet"])));
        }
        if whole {
            steps.take("window's side", ui::test);
        }
        steps.take("corpus", corpus);
        steps.take("tests", || nextest(wanted));
        if whole {
            steps.take("journeys", || ui::journeys(&built("hedgerow")?));
            steps.take("the app's own window", || ui::window_journeys(&built("hedgerow-app")?, &built("hedgerow")?));
            steps.take("promises", || promises::unshown(&Report::keep()?));
        }
    }
    steps.finish()
}

/// What builds the program and, for a whole run, all tests with it: asked for together they share every dependency.
fn build(whole: bool) -> Vec<&'static str> {
    let what: &[_] =
        if whole { &["--workspace", "--bins", "--tests"] } else { &["-p", "hedgerow-cli", "--bin", "hedgerow"] };
    [&["build", "--locked"], what].concat()
}

fn nextest(wanted: &Wanted) -> Result<(), String> {
    let mut command = cargo(&["nextest", "run", "--locked", "--no-fail-fast"]);
    if !wanted.filter.iter().any(|word| ["-p", "--package"].contains(word)) {
        command.arg("--workspace");
    }
    command.args(&wanted.filter).env("HEDGEROW_BIN", built("hedgerow")?);
    if let Some(seeds) = wanted.seeds {
        command.env("HEDGEROW_SEEDS", seeds.to_string());
    }
    if let Some(cuts) = wanted.cuts {
        command.env("HEDGEROW_CUTS", cuts.to_string());
    }
    if let Some(crashes) = wanted.crashes {
        command.env("HEDGEROW_CRASHES", crashes);
    }
    succeed(command)
}

/// The app's window is tested by what shows it, which a program links to, and by what drives it.
fn packages_for_window() -> Result<Outcome, String> {
    match tools::debian_packages(tools::FOR_WINDOW)? {
        Outcome::Done => tools::debian_packages(tools::FOR_WINDOW_TESTS),
        left_out => Ok(left_out),
    }
}

/// A program just built: it lies beside us, wherever the target folder is.
fn built(name: &str) -> Result<std::path::PathBuf, String> {
    let us = env::current_exe().map_err(|problem| format!("cannot tell where xtask lies: {problem}"))?;
    let program = us.with_file_name(format!("{name}{}", env::consts::EXE_SUFFIX));
    if program.is_file() { Ok(program) } else { Err(format!("{} is missing after the build", program.display())) }
}

/// Says whether the tests over a corpus run. They read HEDGEROW_CORPUS for themselves.
fn corpus() -> Result<Outcome, String> {
    match env::var_os("HEDGEROW_CORPUS") {
        None => Ok(Outcome::LeftOut("HEDGEROW_CORPUS is not set, so tests over a corpus do nothing".into())),
        Some(folder) if Path::new(&folder).is_absolute() && Path::new(&folder).is_dir() => {
            eprintln!("reading {}", folder.display());
            Ok(Outcome::Done)
        }
        Some(folder) => Err(format!("HEDGEROW_CORPUS is {}: give the full path of a folder", folder.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_cuts_and_filter_are_read() {
        assert_eq!(Wanted::parse(&[]), Ok(Wanted::default()));
        assert_eq!(Wanted::parse(&["--seeds", "5"]), Ok(Wanted { seeds: Some(5), ..Wanted::default() }));
        let filter = vec!["-p", "hedgerow-sync"];
        let all = Wanted { seeds: Some(5), cuts: Some(9), crashes: Some("all"), filter };
        let typed = ["--seeds", "5", "--cuts", "9", "--crashes", "all", "--", "-p", "hedgerow-sync"];
        assert_eq!(Wanted::parse(&typed), Ok(all));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(Wanted::parse(&["--seeds"]).is_err());
        assert!(Wanted::parse(&["--seeds", "many"]).is_err_and(|problem| problem.contains("many")));
        assert!(Wanted::parse(&["--crashes", "many"]).is_err_and(|problem| problem.contains("--crashes")));
        assert!(Wanted::parse(&["--cuts", "many"]).is_err_and(|problem| problem.contains("--cuts")));
        assert!(Wanted::parse(&["removal"]).is_err_and(|problem| problem.contains("--")));
    }
}
