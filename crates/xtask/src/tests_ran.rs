//! The report that nextest keeps of a run (JUnit's XML), read back: which tests there were, how they ended, what they said.

use std::{fs, path::PathBuf};

/// A run of tests.
pub(crate) struct Report {
    /// When it began.
    pub(crate) when: String,
    pub(crate) tests: Vec<Test>,
}

/// One test of it.
pub(crate) struct Test {
    /// Its package and name.
    pub(crate) name: String,
    pub(crate) passed: bool,
    /// Its standard output.
    pub(crate) said: String,
}

impl Report {
    /// Keeps the report of the run that just ended as that of the last whole run.
    pub(crate) fn keep() -> Result<Report, String> {
        let report = crate::target()?.join("nextest/default/junit.xml");
        let text = read(&report)?;
        let kept = kept()?;
        fs::write(&kept, &text).map_err(|problem| format!("cannot write {}: {problem}", kept.display()))?;
        Report::parse(&text)
    }

    /// The last whole run's.
    pub(crate) fn last() -> Result<Report, String> {
        let kept = kept()?;
        match kept.is_file() {
            true => Report::parse(&read(&kept)?),
            false => Err("no run of all tests is kept here: `cargo xtask test` first".to_owned()),
        }
    }

    fn parse(text: &str) -> Result<Report, String> {
        let document =
            roxmltree::Document::parse(text).map_err(|problem| format!("the report of the run: {problem}"))?;
        let when = document.descendants().find_map(|node| node.attribute("timestamp")).unwrap_or("an unknown time");
        let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
        let tests = cases.map(|case| {
            let child = |name: &str| case.children().find(|node| node.has_tag_name(name));
            let package = case.attribute("classname").unwrap_or_default();
            Test {
                name: format!("{package} {}", case.attribute("name").unwrap_or_default()),
                passed: child("failure").is_none() && child("error").is_none(),
                said: child("system-out").and_then(|said| said.text()).unwrap_or_default().to_owned(),
            }
        });
        Ok(Report { when: when.to_owned(), tests: tests.collect() })
    }
}

fn read(file: &PathBuf) -> Result<String, String> {
    fs::read_to_string(file).map_err(|problem| format!("cannot read {}: {problem}", file.display()))
}

fn kept() -> Result<PathBuf, String> {
    Ok(crate::target()?.join("whole-run.xml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_read_with_how_they_ended_and_what_they_said() {
        let report = Report::parse(
            r#"<?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nextest-run" tests="2" failures="1" timestamp="2026-11-25T10:42:00.000+00:00">
              <testsuite name="hedgerow-sync::stories" tests="2" failures="1">
                <testcase name="bo_joins" classname="hedgerow-sync::stories" time="0.1">
                  <system-out>running 1 test&#10;shows P5: 3 roles</system-out>
                </testcase>
                <testcase name="cy_leaves" classname="hedgerow-sync::stories" time="0.1">
                  <failure message="panicked">at &lt;this&gt; line</failure>
                </testcase>
              </testsuite>
            </testsuites>"#,
        )
        .expect("it is well formed");
        assert_eq!(report.when, "2026-11-25T10:42:00.000+00:00");
        let [bo, cy] = &report.tests[..] else { panic!("two tests") };
        assert!(bo.passed && bo.said.contains("\nshows P5: 3 roles"));
        assert!(!cy.passed && cy.name.ends_with("cy_leaves"));
    }
}
