//! Everything that was measured in one run: as a table, as JSON, as plots.

use crate::figure::{Figure, Goal};
use crate::plot;
use serde::Serialize;
use std::fs;
use std::io;
use std::path::Path;

/// What it was measured on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Machine {
    /// Processors that the run could use.
    pub processors: usize,
    /// What waited for a processor in the last minute, when the run began and when it ended; where the system tells.
    pub load: Option<(f64, f64)>,
    /// Whether fewer and smaller things were measured than a full run does.
    pub quick: bool,
}

/// The rows of one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// On what.
    pub machine: Machine,
    /// The rows measured, in order.
    pub rows: Vec<Row>,
}

/// One row: a subject with its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its number.
    pub number: u8,
    /// Its subject.
    pub name: String,
    /// What was measured.
    pub figures: Vec<Figure>,
}

const HEAD: [&str; 8] = ["row", "what", "ours", "baseline", "value", "8 of 10 runs", "goal", ""];

impl Report {
    /// Nothing measured yet.
    #[must_use]
    pub fn new(machine: Machine) -> Report {
        Report { machine, rows: Vec::new() }
    }

    /// Adds a row.
    pub fn add(&mut self, number: u8, name: &str, figures: Vec<Figure>) {
        self.rows.push(Row { number, name: name.to_owned(), figures });
    }

    /// For people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut lines: Vec<[String; 8]> = vec![HEAD.map(str::to_owned)];
        for row in &self.rows {
            lines.extend(row.figures.iter().map(|figure| cells(row.number, figure)));
        }
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
        let mut text = String::new();
        for line in &lines {
            let padded = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            text += padded.collect::<Vec<_>>().join("  ").trim_end();
            text.push('\n');
        }
        text + &self.machine.line()
    }

    /// Writes `rows.json`, and a plot for every row, into `folder`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("rows.json"), serde_json::to_vec_pretty(self)?)?;
        for row in &self.rows {
            let title = format!("{}. {}", row.number, row.name);
            fs::write(folder.join(format!("row-{:02}.svg", row.number)), plot::svg(&title, &row.figures))?;
        }
        Ok(())
    }
}

impl Machine {
    fn line(&self) -> String {
        let load =
            self.load.map_or_else(String::new, |(before, after)| format!(", load {before} before, {after} after"));
        let quick = if self.quick { "; quick: smaller and fewer" } else { "" };
        format!("on {} processors{load}{quick}\n", self.processors)
    }
}

fn cells(number: u8, figure: &Figure) -> [String; 8] {
    let of = |runs: &[f64]| figure.unit.shown(crate::figure::median(runs));
    let (baseline, what) = match &figure.baseline {
        Some(baseline) => (of(&baseline.runs), format!("{} / {}", figure.what, baseline.what)),
        None => (String::new(), figure.what.clone()),
    };
    let spread = figure.spread().map(|(low, high)| format!("{} to {}", figure.shown(low), figure.shown(high)));
    let goal = figure.goal.map(|goal| match goal {
        Goal::AtMost(most) => format!("<= {}", figure.shown(most)),
        Goal::AtLeast(least) => format!(">= {}", figure.shown(least)),
    });
    let verdict = figure.is_reached().map(|reached| if reached { "reached" } else { "MISSED" });
    [
        number.to_string(),
        what,
        of(&figure.ours),
        baseline,
        figure.shown(figure.value()),
        spread.unwrap_or_default(),
        goal.unwrap_or_default(),
        verdict.unwrap_or_default().to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Unit;

    /// What Ada's machine measured of a keystroke and of a commit.
    fn report() -> Report {
        let mut report = Report::new(Machine { processors: 2, load: Some((0.5, 1.5)), quick: false });
        let keystroke = Figure::new("keystroke", Unit::Nanoseconds, vec![2_600.0, 2_400.0, 9_000.0])
            .against("bare <splice>", vec![2_000.0, 2_000.0, 2_000.0])
            .goal(Goal::AtMost(1.3));
        let syncs = Figure::new("syncs for a group", Unit::Count, vec![2.0]).goal(Goal::AtMost(1.0));
        report.add(1, "A local keystroke", vec![keystroke]);
        report.add(8, "A durable commit", vec![syncs]);
        report
    }

    #[test]
    fn the_table_says_what_was_measured_and_whether_it_is_enough() {
        let table = report().table();
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[1].starts_with("1    keystroke / bare <splice>"), "{table}");
        for said in ["2.60 µs", "2.00 µs", "1.30x", "1.20x to 4.50x", "<= 1.30x", "reached"] {
            assert!(lines[1].contains(said), "{said} in {table}");
        }
        assert!(lines[2].ends_with("MISSED") && lines[2].contains("<= 1"), "{table}");
        assert_eq!(lines[3], "on 2 processors, load 0.5 before, 1.5 after");
    }

    #[test]
    fn the_files_hold_the_runs_and_show_them() {
        let folder = tempfile::tempdir().expect("a folder");
        report().write(folder.path()).expect("written");
        let json = fs::read(folder.path().join("rows.json")).expect("there");
        let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(json["rows"][0]["figures"][0]["ours"][2], 9_000.0);
        assert_eq!(json["rows"][1]["figures"][0]["goal"]["at-most"], 1.0);
        let plot = fs::read_to_string(folder.path().join("row-01.svg")).expect("there");
        assert_eq!(plot.matches("<circle").count(), 6, "a dot for every run");
        assert!(plot.contains("goal 2.60 µs") && plot.contains("bare &lt;splice&gt;"), "{plot}");
    }
}
