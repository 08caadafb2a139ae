//! What a contributor runs: `cargo xtask run`, `check`, `test`, `mutants`, `promises`, `fuzz`, `bench`, `screenshots` and `dist`.

mod android;
mod bench;
mod check;
mod command;
mod dist;
mod fuzz;
mod mutants;
mod promises;
mod run;
mod screenshots;
mod steps;
mod test;
mod tests_ran;
mod tidy;
mod tools;
mod ui;

use std::{path::PathBuf, process::ExitCode};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  run [-- ARGUMENTS]            build hedgerow and serve its window; with ARGUMENTS, `hedgerow ARGUMENTS` instead
                                (`cargo xtask run -- demo` tells a story of three people)
  check                         formatting, lints, dependencies and the house rules
  check --android               instead, whether the app's types hold for phones with Android; a compiler for them is
                                fetched if there is none. Nothing is linked
  test [--seeds N] [--cuts N] [--crashes N] [-- FILTER]
                                every test; --seeds N runs the simulation N times instead of 300, --cuts N cuts the
                                power N times instead of 100, --crashes N lets programs die at so many places, or at
                                `all` there are; FILTER is handed to cargo nextest (a name, or -p PACKAGE)
  mutants [NAME ...]            break one thing at a time, each time seeing a test go red; only those named, if any
  promises                      which tests of the last whole run showed which promise, with how many cases
  fuzz [--seconds N] [TARGET...]  give each decoder bytes that libFuzzer makes up, for N seconds (60 unless told)
  fuzz --seeds                  write the seeds of all targets anew, after a format has changed
  fuzz --minimise [TARGET...]   drop from the kept corpora what adds nothing
  bench [ROW...] [--quick]      how fast and how small, as a table and in target/bench; ROW is a row's number in it, or
                                `window` for those of the window, --quick measures less
  screenshots [-- WORDS]        a picture of every screen and state of the window, into ui/screenshots; WORDS are handed to
                                the script: a state, or how it is looked at (`-- page dark`)
  dist [--programs FOLDER] [--try]
                                the .deb and the .rpm by which people install Hedgerow, in target/dist; --programs packs
                                the programs in FOLDER instead of building them, --try also installs the packages on a
                                Debian 12 with nothing on it, uses them and takes them away

  HEDGEROW_CORPUS=FOLDER        also run the tests over a corpus: FOLDER holds notes-18f and editing-traces
  HEDGEROW_NO_ROOT=1            leave out the tests that need root (network namespaces, disks); never in CI";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if std::env::var_os(mutants::AS_COMPILER).is_some() {
        return mutants::compile(&arguments);
    }
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["run", rest @ ..] => run::run(rest),
        ["check"] => check::check(),
        ["check", "--android"] => android::check(),
        ["test", rest @ ..] => match test::Wanted::parse(rest) {
            Ok(wanted) => test::test(&wanted),
            Err(problem) => misused(&problem),
        },
        ["mutants", names @ ..] if names.iter().all(|name| !name.starts_with('-')) => mutants::mutants(names),
        ["promises"] => promises::promises(),
        ["fuzz", rest @ ..] => match fuzz::Wanted::parse(rest) {
            Ok(wanted) => fuzz::fuzz(&wanted),
            Err(problem) => misused(&problem),
        },
        ["bench", rest @ ..] => match bench::understood(rest) {
            Ok(()) => bench::bench(rest),
            Err(problem) => misused(&problem),
        },
        ["screenshots"] => screenshots::screenshots(&[]),
        ["screenshots", "--", words @ ..] => screenshots::screenshots(words),
        ["dist", rest @ ..] => match dist::Wanted::parse(rest) {
            Ok(wanted) => dist::dist(&wanted),
            Err(problem) => misused(&problem),
        },
        [] => misused("say what to do"),
        ["help" | "--help" | "-h", ..] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => misused(&format!("\"{}\" is not understood", words.join(" "))),
    }
}

fn misused(problem: &str) -> ExitCode {
    eprintln!("{problem}\n\n{USAGE}");
    ExitCode::from(2)
}

/// The folder that holds the workspace's Cargo.toml.
fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The target folder that we were built in: we lie in a folder of it.
fn target() -> Result<PathBuf, String> {
    let us = std::env::current_exe().map_err(|problem| format!("cannot tell where xtask lies: {problem}"))?;
    let target = us.parent().and_then(|profile| profile.parent());
    target.map(PathBuf::from).ok_or_else(|| format!("{} lies in no target folder", us.display()))
}
