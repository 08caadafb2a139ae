//! Running the tests: all of them with nothing broken, then one for each break.

use super::{Mutant, build::Built};
use crate::command::cargo;
use std::{
    collections::BTreeSet,
    fmt,
    process::{Command, Output},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

/// What nextest ends with when a test failed.
const TEST_FAILED: i32 = 100;

/// A break, and what became of it.
pub(super) struct Trial {
    pub(super) mutant: Mutant,
    pub(super) took: Duration,
    pub(super) end: End,
}

/// How a trial ended.
pub(super) enum End {
    /// The test went red; what it said.
    Killed(String),
    /// The test did not end, so it would have been noticed.
    TimedOut,
    /// The test passed.
    Survived,
    /// The test was not run, and why.
    NotTried(String),
}

impl End {
    pub(super) fn is_killed(&self) -> bool {
        matches!(self, End::Killed(_) | End::TimedOut)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Killed(_) => f.write_str("killed"),
            End::TimedOut => f.write_str("killed (timed out)"),
            End::Survived => f.write_str("SURVIVED"),
            End::NotTried(why) => write!(f, "NOT TRIED: {why}"),
        }
    }
}

/// Runs every test with nothing broken: red then means the break and nothing else.
pub(super) fn nothing_broken(mutants: &[Mutant]) -> Result<(), String> {
    let filters: BTreeSet<String> = mutants.iter().map(filter).collect();
    let all = Vec::from_iter(filters).join(" | ");
    every_test_is_there(mutants, &all)?;
    let mut run = nextest("run", &all)?;
    run.args(["--no-fail-fast", "--status-level", "slow", "--final-status-level", "fail"]);
    match run.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("a test is red though nothing is broken on purpose; mend that first".to_owned()),
        Err(problem) => Err(format!("could not start nextest: {problem}")),
    }
}

fn every_test_is_there(mutants: &[Mutant], filter: &str) -> Result<(), String> {
    let mut list = nextest("list", filter)?;
    list.args(["--message-format", "oneline"]);
    let output = list.output().map_err(|problem| format!("could not start nextest: {problem}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let there = String::from_utf8_lossy(&output.stdout);
    let there: BTreeSet<&str> = there.lines().collect();
    let missing = |mutant: &&Mutant| !there.contains(format!("{} {}", mutant.binary, mutant.test).as_str());
    match mutants.iter().find(missing) {
        None => Ok(()),
        Some(mutant) => Err(format!("{} has no test {}, which {} names", mutant.binary, mutant.test, mutant.name)),
    }
}

/// Breaks one thing after the other, as many at a time as there are processors.
pub(super) fn try_all(mutants: &[Mutant]) -> Vec<Trial> {
    let waiting = Mutex::new(mutants.iter().copied().enumerate());
    let next = || waiting.lock().map_or(None, |mut waiting| waiting.next());
    let trials = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((place, mutant)) = next() {
                    let trial = try_one(mutant);
                    say(&trial);
                    if let Ok(mut trials) = trials.lock() {
                        trials.push((place, trial));
                    }
                }
            });
        }
    });
    let mut trials = trials.into_inner().unwrap_or_default();
    trials.sort_by_key(|(place, _)| *place);
    trials.into_iter().map(|(_, trial)| trial).collect()
}

fn say(trial: &Trial) {
    let said = if let End::Killed(said) = &trial.end { said.as_str() } else { "" };
    eprintln!("{:<8} {:<34} {said}", trial.end.to_string(), trial.mutant.name);
}

fn try_one(mutant: Mutant) -> Trial {
    let begun = Instant::now();
    let run = nextest("run", &filter(&mutant)).and_then(|mut run| {
        run.args(["--test-threads", "1", "--color", "never"]).env("HEDGEROW_MUTANT", mutant.name);
        run.output().map_err(|problem| format!("could not start nextest: {problem}"))
    });
    let end = run.map_or_else(End::NotTried, |output| judge(&output));
    Trial { mutant, took: begun.elapsed(), end }
}

fn judge(output: &Output) -> End {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    match output.status.code() {
        Some(0) => End::Survived,
        Some(TEST_FAILED) if said.contains("TIMEOUT [") => End::TimedOut,
        Some(TEST_FAILED) => End::Killed(reason(&said)),
        _ => {
            End::NotTried(format!("nextest ended with {}: {}", output.status, said.lines().last().unwrap_or_default()))
        }
    }
}

/// What a panic said: where, and its first line.
fn reason(said: &str) -> String {
    let mut lines = said.lines().skip_while(|line| !line.contains("panicked at "));
    let place = lines.next().and_then(|line| line.split_once("panicked at ")).map_or("", |(_, place)| place);
    let what = lines.next().unwrap_or_default().trim();
    format!("{place} {what}").chars().take(160).collect()
}

fn filter(mutant: &Mutant) -> String {
    format!("(binary_id(={}) & test(={}))", mutant.binary, mutant.test)
}

/// nextest on what was built, for the tests that `filter` finds.
fn nextest(what: &str, filter: &str) -> Result<Command, String> {
    let built = Built::here()?;
    let mut command = cargo(&["nextest", what, "--profile", "mutants", "--filterset", filter]);
    command.arg("--binaries-metadata").arg(built.binaries).arg("--cargo-metadata").arg(built.workspace);
    command.env("HEDGEROW_BIN", built.hedgerow).env_remove("HEDGEROW_MUTANT");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_panic_said_is_shown() {
        let said =
            "FAIL [   0.1s] x\n  thread 'a' (7) panicked at crates/access/src/a.rs:3:5:\n  Bo got in\n  note: b\n";
        assert_eq!(reason(said), "crates/access/src/a.rs:3:5: Bo got in");
        assert_eq!(reason("SIGABRT"), " ");
    }

    #[cfg(unix)]
    #[test]
    fn only_a_test_that_failed_or_hung_is_a_kill() {
        use std::os::unix::process::ExitStatusExt as _;
        let end = |code: i32, said: &str| {
            let status = std::process::ExitStatus::from_raw(code << 8);
            judge(&Output { status, stdout: Vec::new(), stderr: said.into() }).to_string()
        };
        assert_eq!(end(0, ""), "SURVIVED");
        assert_eq!(end(100, "panicked at a.rs:1:1:\nno"), "killed");
        assert_eq!(end(100, "     TIMEOUT [  60.0s] a test"), "killed (timed out)");
        assert!(end(4, "error: no tests to run").starts_with("NOT TRIED"));
        assert!(end(104, "error: setup").starts_with("NOT TRIED"));
    }
}
