//! The steps of a command, timed, and the table of them at the end.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

/// How a step ended, if it did not fail.
pub(crate) enum Outcome {
    Done,
    /// Not done, and why.
    LeftOut(String),
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Outcome::Done
    }
}

struct Row {
    name: String,
    result: Result<Outcome, String>,
    took: Duration,
}

/// Steps in the order they were taken.
#[derive(Default)]
pub(crate) struct Steps {
    rows: Vec<Row>,
}

impl Steps {
    /// Takes a step and times it; true when it did not fail.
    pub(crate) fn take<O: Into<Outcome>>(&mut self, name: &str, work: impl FnOnce() -> Result<O, String>) -> bool {
        eprintln!("\n== {name}");
        let begun = Instant::now();
        let result = work().map(Into::into);
        match &result {
            Ok(Outcome::Done) => {}
            Ok(Outcome::LeftOut(why)) => eprintln!("left out: {why}"),
            Err(problem) => eprintln!("failed: {problem}"),
        }
        let well = result.is_ok();
        self.rows.push(Row { name: name.to_owned(), result, took: begun.elapsed() });
        well
    }

    /// Prints the table; the exit code tells whether every step went well.
    pub(crate) fn finish(self) -> ExitCode {
        eprint!("\n{}", self.table());
        if self.rows.iter().all(|row| row.result.is_ok()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn table(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max("step".len());
        let mut text = format!("{:width$}  {:>9}  result\n", "step", "time");
        for row in &self.rows {
            let result = match &row.result {
                Ok(Outcome::Done) => "ok".to_owned(),
                Ok(Outcome::LeftOut(why)) => format!("left out: {why}"),
                Err(problem) => format!("FAILED: {}", problem.lines().next().unwrap_or_default()),
            };
            text += &format!("{:width$}  {:>9}  {result}\n", row.name, seconds(row.took));
        }
        let whole = self.rows.iter().map(|row| row.took).sum();
        text + &format!("{:width$}  {:>9}\n", "together", seconds(whole))
    }
}

/// A time as it is shown.
pub(crate) fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_every_step_also_those_that_failed() {
        let mut steps = Steps::default();
        assert!(steps.take("formatting", || Ok(())));
        assert!(!steps.take::<()>("lints", || Err("two warnings\nmore about them".into())));
        assert!(steps.take("advisories", || Ok(Outcome::LeftOut("no network".into()))));
        let table = steps.table();
        let rows: Vec<&str> = table.lines().collect();
        assert!(rows[1].starts_with("formatting") && rows[1].ends_with("  ok"), "{table}");
        assert!(rows[2].starts_with("lints") && rows[2].ends_with("FAILED: two warnings"), "{table}");
        assert!(rows[3].ends_with("left out: no network"), "{table}");
        assert!(rows[4].starts_with("together"), "{table}");
        assert_eq!(format!("{:?}", steps.finish()), format!("{:?}", ExitCode::FAILURE));
    }

    #[test]
    fn a_step_left_out_is_no_failure() {
        let mut steps = Steps::default();
        steps.take("advisories", || Ok(Outcome::LeftOut("no network".into())));
        assert_eq!(format!("{:?}", steps.finish()), format!("{:?}", ExitCode::SUCCESS));
    }
}
