//! `cargo xtask mutants`: breaks one thing at a time and sees a test go red.
//!
//! All breaks are compiled at once, into a build of their own; which one happens is said when a test is run.

mod build;
mod table;
mod trial;

use crate::{steps::Steps, tools};
pub(crate) use build::{AS_COMPILER, compile};
use std::{collections::BTreeSet, process::ExitCode, time::Duration};
#[cfg(test)]
pub(crate) use table::Promise;
pub(crate) use table::{MUTANTS, Mutant};
use trial::{End, Trial};

/// Breaks what is named, or else everything, one thing at a time; fails when a break goes unnoticed.
pub(crate) fn mutants(names: &[&str]) -> ExitCode {
    let chosen = match choose(names) {
        Ok(chosen) => chosen,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    let mut steps = Steps::default();
    let mut trials = Vec::new();
    let ready = steps.take("tools", || tools::ensure(&tools::NEXTEST))
        && steps.take("Debian packages", || tools::debian_packages(tools::FOR_TESTS))
        && steps.take("build with all breaks in", build::build)
        && steps.take("nothing broken: every test passes", || trial::nothing_broken(&chosen));
    if ready {
        steps.take("one thing broken at a time", || {
            trials = trial::try_all(&chosen);
            verdict(&trials)
        });
    }
    if !trials.is_empty() {
        eprint!("\n{}", table(&trials));
    }
    steps.finish()
}

fn choose(names: &[&str]) -> Result<Vec<Mutant>, String> {
    let unknown: Vec<&&str> = names.iter().filter(|name| MUTANTS.iter().all(|mutant| mutant.name != **name)).collect();
    if let Some(name) = unknown.first() {
        return Err(format!("there is no mutant \"{name}\"; crates/xtask/src/mutants/table.rs has them all"));
    }
    let wanted = |mutant: &&Mutant| names.is_empty() || names.contains(&mutant.name);
    Ok(MUTANTS.iter().filter(wanted).copied().collect())
}

fn verdict(trials: &[Trial]) -> Result<(), String> {
    let unnoticed: Vec<&str> = trials.iter().filter(|trial| !trial.end.is_killed()).map(|t| t.mutant.name).collect();
    if unnoticed.is_empty() { Ok(()) } else { Err(format!("no test noticed {}", unnoticed.join(", "))) }
}

/// Every trial in a row of its own, and how many there were.
fn table(trials: &[Trial]) -> String {
    let head = ["mutant", "promise", "what it breaks", "test", "time", "result"].map(str::to_owned);
    let row = |trial: &Trial| {
        let Mutant { name, breaks, promise, binary, test } = trial.mutant;
        let promise = promise.number();
        let room = binary.trim_start_matches("hedgerow-").split("::").next().unwrap_or_default();
        let test = format!("{room}: {}", test.rsplit("::").next().unwrap_or_default());
        let time = crate::steps::seconds(trial.took);
        [name.to_owned(), promise.to_owned(), breaks.to_owned(), test, time, trial.end.to_string()]
    };
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(trials.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text += &format!("{}\n", cells.join("  ").trim_end());
    }
    text + &counts(trials)
}

fn counts(trials: &[Trial]) -> String {
    let count = |wanted: fn(&End) -> bool| trials.iter().filter(|trial| wanted(&trial.end)).count();
    let promises: BTreeSet<&str> = trials.iter().map(|trial| trial.mutant.promise.number()).collect();
    let time: Duration = trials.iter().map(|trial| trial.took).sum();
    format!(
        "{} mutants of {} promises: {} killed ({} timed out), {} survived, {} not tried; {} of tests\n",
        trials.len(),
        promises.len(),
        count(End::is_killed),
        count(|end| matches!(end, End::TimedOut)),
        count(|end| matches!(end, End::Survived)),
        count(|end| matches!(end, End::NotTried(_))),
        crate::steps::seconds(time),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(end: End) -> Trial {
        Trial { mutant: MUTANTS[0], took: Duration::from_millis(1500), end }
    }

    #[test]
    fn a_break_that_no_test_notices_fails_the_run() {
        let killed = || trial(End::Killed("it went red".into()));
        assert_eq!(verdict(&[killed(), trial(End::TimedOut)]), Ok(()));
        for end in [End::Survived, End::NotTried("nextest is missing".into())] {
            let problem = verdict(&[killed(), trial(end)]).expect_err("one of the two was not noticed");
            assert!(problem.ends_with(MUTANTS[0].name), "{problem}");
        }
    }

    #[test]
    fn the_table_says_what_became_of_each() {
        let table = table(&[trial(End::Killed("it went red".into())), trial(End::Survived), trial(End::TimedOut)]);
        let rows: Vec<&str> = table.lines().collect();
        assert!(rows[1].starts_with(MUTANTS[0].name) && rows[1].ends_with("1.5 s  killed"), "{table}");
        assert!(rows[2].ends_with("SURVIVED") && rows[3].ends_with("killed (timed out)"), "{table}");
        assert_eq!(rows[4], "3 mutants of 1 promises: 2 killed (1 timed out), 1 survived, 0 not tried; 4.5 s of tests");
    }

    #[test]
    fn mutants_are_chosen_by_name() {
        assert_eq!(choose(&[]).map(|all| all.len()), Ok(MUTANTS.len()));
        assert_eq!(choose(&[MUTANTS[0].name]).map(|one| one.len()), Ok(1));
        assert!(choose(&["no-such"]).is_err_and(|problem| problem.contains("no-such")));
    }
}
