//! Measures Hedgerow against something bare, row by row. `cargo xtask bench` runs this; see the README.

mod rows;
mod stage;

use hedgerow_benches::{Machine, Report};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a run is like.
pub(crate) struct Run {
    /// Fewer and smaller things.
    pub(crate) quick: bool,
    /// What large folders are made from.
    pub(crate) seed: u64,
    /// Where what is measured is written, and what is worked on lies.
    pub(crate) folder: PathBuf,
}

impl Run {
    /// A size for a whole run, and one for a quick run.
    pub(crate) fn size(&self, whole: usize, quick: usize) -> usize {
        if self.quick { quick } else { whole }
    }
}

fn main() -> ExitCode {
    // Cargo says that it runs a bench.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let [stage::instructions::SCENE, scene, arguments @ ..] = words.as_slice() {
        rows::play(scene, arguments);
        return ExitCode::SUCCESS;
    }
    let quick = words.contains(&"--quick");
    let mut wanted = Vec::new();
    for word in words.iter().filter(|word| **word != "--quick") {
        match word.parse().ok().filter(|number| rows::ALL.iter().any(|row| row.number == *number)) {
            Some(number) => wanted.push(number),
            None => {
                eprintln!("there is no row \"{word}\"; there are {}", numbers());
                return ExitCode::from(2);
            }
        }
    }
    let folder = target().join("bench");
    std::fs::create_dir_all(&folder).expect("the target folder takes one more");
    measure(&Run { quick, seed: 1, folder }, &wanted)
}

fn measure(run: &Run, wanted: &[u8]) -> ExitCode {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut report = Report::new(Machine { processors, load: load().map(|load| (load, load)), quick: run.quick });
    let mut failed = false;
    for row in rows::ALL.iter().filter(|row| wanted.is_empty() || wanted.contains(&row.number)) {
        eprintln!("measuring {}. {}", row.number, row.name);
        match catch_unwind(AssertUnwindSafe(|| (row.measure)(run))) {
            Ok(figures) => report.add(row.number, row.name, figures),
            Err(_) => {
                eprintln!("row {} could not be measured", row.number);
                failed = true;
            }
        }
    }
    report.machine.load = report.machine.load.zip(load()).map(|((before, _), after)| (before, after));
    print!("{}", report.table());
    if let Err(problem) = report.write(&run.folder) {
        eprintln!("could not write to {}: {problem}", run.folder.display());
        failed = true;
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn numbers() -> String {
    rows::ALL.iter().map(|row| row.number.to_string()).collect::<Vec<_>>().join(", ")
}

/// The target folder, in which this program lies.
fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a program knows where it lies");
    program.ancestors().nth(3).map(Path::to_owned).expect("cargo lays it in target/release/deps")
}

/// What waited for a processor in the last minute.
fn load() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}
