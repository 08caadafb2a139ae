//! `cargo xtask promises`: what is promised, and which tests of the last whole run showed it.
//!
//! A test that shows a promise says so in a line of its own once all else has held: `shows P1: 100 power cuts`. The lines
//! of tests that passed are gathered from the run's own report, so nothing is listed that was not seen.

use crate::tests_ran::{Report, Test};
use std::{collections::BTreeMap, fmt::Write, process::ExitCode};

/// A promise: its number, its words, and what it waits for where nothing can show it yet.
struct Promise {
    number: u8,
    words: &'static str,
    waits_for: Option<&'static str>,
}

const fn promise(number: u8, words: &'static str) -> Promise {
    Promise { number, words, waits_for: None }
}

/// All that is promised, in order.
const PROMISES: [Promise; 14] = [
    promise(1, "a save that was acknowledged survives kill -9 and a power cut"),
    promise(2, "peers that exchanged everything agree, to the byte"),
    promise(3, "only members read"),
    promise(4, "a removal is final and the same everywhere"),
    promise(5, "readers cannot write, commenters cannot edit, the removed cannot inject"),
    promise(6, "no input crashes, hangs or bloats a node"),
    promise(7, "corruption is detected and named, never silently wrong"),
    Promise { waits_for: Some("keepers"), ..promise(8, "a keeper that withholds or rolls back is noticed") },
    promise(9, "partitions heal by themselves"),
    promise(10, "clocks do not matter"),
    promise(11, "disk full, read-only, out of file handles: refused, and earlier data intact"),
    promise(12, "no other user of the machine, web page or content reaches the data"),
    Promise { waits_for: Some("a first release"), ..promise(13, "data from any earlier release opens") },
    promise(14, "a capture survives the app dying right after it said saved"),
];

/// One test's word on one promise.
#[derive(Debug, PartialEq, Eq)]
struct Shown<'a> {
    test: &'a str,
    cases: u64,
    of_what: &'a str,
}

/// Prints the table of the last whole run.
pub(crate) fn promises() -> ExitCode {
    let report = match Report::last() {
        Ok(report) => report,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    print!("{}", table(&report));
    match unshown(&report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// That every promise which something could show was shown by a test of this run.
pub(crate) fn unshown(report: &Report) -> Result<(), String> {
    let shown = shown(report);
    let missing = PROMISES.iter().filter(|one| one.waits_for.is_none() && !shown.contains_key(&one.number));
    let missing: Vec<String> = missing.map(|one| format!("P{}", one.number)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("no test of this run showed {}", missing.join(", "))) }
}

fn shown(report: &Report) -> BTreeMap<u8, Vec<Shown<'_>>> {
    let mut shown: BTreeMap<u8, Vec<Shown>> = BTreeMap::new();
    for test in report.tests.iter().filter(|test| test.passed) {
        for (number, word) in test.said.lines().flat_map(|line| read(test, line)) {
            shown.entry(number).or_default().push(word);
        }
    }
    shown
}

/// What a line says of promises: `shows P2, P4: 300 stories`.
fn read<'a>(test: &'a Test, line: &'a str) -> Vec<(u8, Shown<'a>)> {
    let Some((numbers, rest)) = line.trim().strip_prefix("shows P").and_then(|rest| rest.split_once(": ")) else {
        return Vec::new();
    };
    let Some((cases, of_what)) = rest.split_once(' ') else { return Vec::new() };
    let Ok(cases) = cases.parse() else { return Vec::new() };
    let numbers = numbers.split(", P").filter_map(|number| number.parse().ok());
    numbers.map(|number| (number, Shown { test: &test.name, cases, of_what })).collect()
}

fn table(report: &Report) -> String {
    let shown = shown(report);
    let failed = report.tests.iter().filter(|test| !test.passed).count();
    let mut text = format!("The run of {}: {} tests, {failed} failed.\n", report.when, report.tests.len());
    for promise in &PROMISES {
        // Writing to a string does not fail.
        let _ = writeln!(text, "\nP{} {}", promise.number, promise.words);
        let lines = shown.get(&promise.number);
        for line in lines.into_iter().flatten() {
            let _ = writeln!(text, "   {:>9} {:<44} {}", line.cases, line.of_what, line.test);
        }
        if lines.is_none() {
            let why = promise.waits_for.map_or("shown by nothing".to_owned(), |what| format!("waits for {what}"));
            let _ = writeln!(text, "   {why}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(said: &str, passed: bool) -> Report {
        let name = "hedgerow-tests power_cuts::nothing_is_lost".to_owned();
        Report { when: "today".to_owned(), tests: vec![Test { name, passed, said: said.to_owned() }] }
    }

    #[test]
    fn a_test_that_passed_shows_what_it_says() {
        let report = ran("running\nshows P1, P14: 100 power cuts\nok\n", true);
        let word = Shown { test: "hedgerow-tests power_cuts::nothing_is_lost", cases: 100, of_what: "power cuts" };
        assert_eq!(shown(&report).get(&14), Some(&vec![word]));
        assert!(table(&report).contains("P1 a save"), "{}", table(&report));
        assert!(table(&report).contains("100 power cuts"), "{}", table(&report));
    }

    #[test]
    fn what_no_test_or_only_a_failed_one_says_is_missed_by_name() {
        let all: Vec<String> = (1..=14).map(|number| format!("P{number}")).collect();
        let every = format!("shows {}: 1 story", all.join(", "));
        assert_eq!(unshown(&ran(&every, true)), Ok(()));
        let missing = unshown(&ran(&every.replace("P9, ", ""), true));
        assert!(missing.is_err_and(|problem| problem.ends_with("showed P9")));
        let failed = unshown(&ran(&every, false));
        assert!(failed.is_err_and(|problem| problem.contains("P1, P2") && !problem.contains("P13")));
    }
}
