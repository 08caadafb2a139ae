//! One measured figure, its baseline, and its goal.

use serde::Serialize;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Instructions that the processor carries out.
    Instructions,
    /// Nanoseconds.
    Nanoseconds,
    /// Bytes.
    Bytes,
    /// Bytes in a second.
    BytesPerSecond,
    /// Things: messages, syncs, documents.
    Count,
}

impl Unit {
    /// A number of it, short enough for a table.
    #[must_use]
    pub fn shown(self, number: f64) -> String {
        let scaled = |steps: &[(f64, &str)], last: &str| {
            let step = steps.iter().find(|(size, _)| number.abs() >= *size);
            step.map_or_else(
                || format!("{} {last}", plain(number)),
                |(size, name)| format!("{:.2} {name}", number / size),
            )
        };
        match self {
            Unit::Instructions => scaled(&[(1e9, "G instr"), (1e6, "M instr"), (1e3, "k instr")], "instr"),
            Unit::Nanoseconds => scaled(&[(1e9, "s"), (1e6, "ms"), (1e3, "µs")], "ns"),
            // Up to ten thousand every byte is shown.
            Unit::Bytes if number.abs() < 1e4 => format!("{} B", plain(number)),
            Unit::Bytes => scaled(&[(1e9, "GB"), (1e6, "MB"), (1e3, "kB")], "B"),
            Unit::BytesPerSecond => scaled(&[(1e9, "GB/s"), (1e6, "MB/s"), (1e3, "kB/s")], "B/s"),
            Unit::Count => plain(number),
        }
    }
}

fn plain(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.2}") }
}

/// What ours is measured against, in the same run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Baseline {
    /// What it is, in words.
    pub what: String,
    /// What was measured, turn and turn about with ours.
    pub runs: Vec<f64>,
}

/// What should be reached. With a baseline it is about ours divided by the baseline, else about ours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Goal {
    /// Whether `value` reaches it.
    #[must_use]
    pub fn is_reached(self, value: f64) -> bool {
        match self {
            Goal::AtMost(most) => value <= most,
            Goal::AtLeast(least) => value >= least,
        }
    }

    /// The number that parts reached from missed.
    #[must_use]
    pub fn limit(self) -> f64 {
        match self {
            Goal::AtMost(limit) | Goal::AtLeast(limit) => limit,
        }
    }
}

/// Something measured, several times where it may vary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// In words.
    pub what: String,
    /// What is counted.
    pub unit: Unit,
    /// What was measured of Hedgerow.
    pub ours: Vec<f64>,
    /// What it is measured against.
    pub baseline: Option<Baseline>,
    /// What should be reached; none where it is shown for what it tells alone.
    pub goal: Option<Goal>,
}

impl Figure {
    /// A figure that stands alone.
    #[must_use]
    pub fn new(what: impl Into<String>, unit: Unit, ours: Vec<f64>) -> Figure {
        Figure { what: what.into(), unit, ours, baseline: None, goal: None }
    }

    /// The same, measured against something.
    #[must_use]
    pub fn against(self, what: impl Into<String>, runs: Vec<f64>) -> Figure {
        Figure { baseline: Some(Baseline { what: what.into(), runs }), ..self }
    }

    /// The same, with a goal.
    #[must_use]
    pub fn goal(self, goal: Goal) -> Figure {
        Figure { goal: Some(goal), ..self }
    }

    /// Each run as the goal speaks of it: divided by the baseline's run beside it, where there is a baseline.
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        match &self.baseline {
            None => self.ours.clone(),
            Some(baseline) => self.ours.iter().zip(&baseline.runs).map(|(ours, theirs)| ours / theirs).collect(),
        }
    }

    /// The middle of the values.
    #[must_use]
    pub fn value(&self) -> f64 {
        median(&self.values())
    }

    /// Between which values eight of ten lie; none when there are too few to say.
    #[must_use]
    pub fn spread(&self) -> Option<(f64, f64)> {
        let sorted = sorted(&self.values());
        let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
        (sorted.len() >= 3).then(|| (at(0.1), at(0.9)))
    }

    /// Whether the goal is reached, where there is one.
    #[must_use]
    pub fn is_reached(&self) -> Option<bool> {
        self.goal.map(|goal| goal.is_reached(self.value()))
    }

    /// One of its values in words.
    #[must_use]
    pub fn shown(&self, value: f64) -> String {
        if self.baseline.is_some() { format!("{value:.2}x") } else { self.unit.shown(value) }
    }
}

/// The middle one; of an even number the lower of the two.
#[must_use]
pub(crate) fn median(runs: &[f64]) -> f64 {
    let sorted = sorted(runs);
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

fn sorted(runs: &[f64]) -> Vec<f64> {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_in_the_unit_that_fits() {
        let shown = [
            Unit::Bytes.shown(534.0),
            Unit::Bytes.shown(9_999.0),
            Unit::Bytes.shown(13_580.0),
            Unit::Nanoseconds.shown(67_890.0),
            Unit::Instructions.shown(902_220.0),
            Unit::Count.shown(2.0),
        ];
        assert_eq!(shown, ["534 B", "9999 B", "13.58 kB", "67.89 µs", "902.22 k instr", "2"]);
    }
}
