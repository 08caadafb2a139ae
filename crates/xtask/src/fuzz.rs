//! `cargo xtask fuzz`: every decoder, with bytes that libFuzzer makes up.

use crate::{
    command::{cargo, succeed},
    steps::Steps,
    tools,
};
use std::{fs, path::PathBuf, process::Command, process::ExitCode};

/// How long each target runs unless told.
const SECONDS: u64 = 60;

/// What was asked for on the command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    what: What,
    /// By name; all of them if none is named.
    targets: Vec<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Runs each target for so many seconds, and keeps what it finds to be new.
    Run(u64),
    /// Writes the seeds anew, as Hedgerow writes such bytes today.
    Seeds,
    /// Drops from the kept corpora what adds nothing.
    Minimise,
}

impl<'a> Wanted<'a> {
    /// Reads `[--seconds N | --minimise] [TARGET...]`, or `--seeds`.
    pub(crate) fn parse(arguments: &[&'a str]) -> Result<Self, String> {
        let (what, targets) = match arguments {
            ["--seeds"] => (What::Seeds, &[][..]),
            ["--minimise", targets @ ..] => (What::Minimise, targets),
            ["--seconds", number, targets @ ..] => {
                let seconds = number.parse().map_err(|_| format!("--seconds wants a number, not \"{number}\""))?;
                (What::Run(seconds), targets)
            }
            targets => (What::Run(SECONDS), targets),
        };
        match targets.iter().find(|target| target.starts_with('-')) {
            Some(other) => Err(format!("\"{other}\" is not understood here")),
            None => Ok(Wanted { what, targets: targets.to_vec() }),
        }
    }
}

/// Installs cargo-fuzz if it is missing, builds the targets, and does with each what is wanted.
pub(crate) fn fuzz(wanted: &Wanted) -> ExitCode {
    let mut steps = Steps::default();
    if wanted.what == What::Seeds {
        steps.take("seeds", || succeed(cargo(&["run", "--locked", "-p", "hedgerow-fuzz", "--example", "seeds"])));
        return steps.finish();
    }
    let mut targets = Vec::new();
    let found = steps.take("targets", || {
        targets = chosen(&wanted.targets)?;
        Ok(())
    });
    let ready = found
        && steps.take("tools", || tools::ensure(&tools::FUZZ))
        && steps.take("build", || succeed(cargo_fuzz("build", &[])));
    if ready {
        for target in &targets {
            steps.take(target, || match wanted.what {
                What::Run(seconds) => run(target, seconds),
                What::Minimise | What::Seeds => minimise(target),
            });
        }
    }
    steps.finish()
}

/// Those named, or all there are.
fn chosen(named: &[&str]) -> Result<Vec<String>, String> {
    let folder = fuzz_folder().join("fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(|problem| format!("cannot read {}: {problem}", folder.display()))?;
    let files = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut all: Vec<String> = files.filter_map(|file| Some(file.strip_suffix(".rs")?.to_owned())).collect();
    all.sort();
    match named.iter().find(|name| !all.iter().any(|known| known == *name)) {
        Some(unknown) => Err(format!("there is no target \"{unknown}\"; there are {}", all.join(", "))),
        None if named.is_empty() => Ok(all),
        None => Ok(named.iter().map(|name| (*name).to_owned()).collect()),
    }
}

fn run(target: &str, seconds: u64) -> Result<(), String> {
    let time = format!("-max_total_time={seconds}");
    let mut arguments = vec![target.to_owned()];
    // The first folder takes what is new.
    for folder in ["corpus", "seeds", "crashes"] {
        let path = fuzz_folder().join(folder).join(target);
        if folder == "corpus" {
            fs::create_dir_all(&path).map_err(|problem| format!("cannot make {}: {problem}", path.display()))?;
        }
        if path.is_dir() {
            arguments.push(path.display().to_string());
        }
    }
    arguments.extend(["--".into(), time, "-timeout=25".into(), "-rss_limit_mb=3072".into()]);
    arguments.extend(["-detect_leaks=0".into(), "-print_final_stats=1".into()]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    succeed(cargo_fuzz("run", &arguments)).map_err(|problem| {
        format!("{problem}; once it is mended, move the input from fuzz/artifacts/{target} to fuzz/crashes/{target}")
    })
}

fn minimise(target: &str) -> Result<(), String> {
    let corpus = fuzz_folder().join("corpus").join(target);
    if !corpus.is_dir() {
        return Ok(());
    }
    succeed(cargo_fuzz("cmin", &[target, &corpus.display().to_string(), "--", "-detect_leaks=0"]))
}

fn fuzz_folder() -> PathBuf {
    crate::root().join("fuzz")
}

/// cargo-fuzz, building for release with the checks of a development build. Its flags need a nightly compiler, or to be
/// told that ours will do.
fn cargo_fuzz(what: &str, arguments: &[&str]) -> Command {
    let mut command = cargo(&["fuzz", what, "--release", "--sanitizer", "address", "--features", "libfuzzer"]);
    command.arg("--target-dir").arg(crate::root().join("target").join("fuzz")).args(arguments);
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2");
    command.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true").env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_targets_are_read() {
        assert_eq!(Wanted::parse(&[]), Ok(Wanted { what: What::Run(SECONDS), targets: vec![] }));
        let some = Wanted { what: What::Run(5), targets: vec!["frames", "rows"] };
        assert_eq!(Wanted::parse(&["--seconds", "5", "frames", "rows"]), Ok(some));
        assert_eq!(Wanted::parse(&["--seeds"]), Ok(Wanted { what: What::Seeds, targets: vec![] }));
        let smaller = Wanted { what: What::Minimise, targets: vec!["rows"] };
        assert_eq!(Wanted::parse(&["--minimise", "rows"]), Ok(smaller));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(Wanted::parse(&["--seconds", "long"]).is_err_and(|problem| problem.contains("long")));
        assert!(Wanted::parse(&["frames", "--seeds"]).is_err_and(|problem| problem.contains("--seeds")));
    }

    #[test]
    fn a_target_that_is_not_there_is_said_with_those_that_are() {
        assert!(chosen(&["frames"]).is_ok_and(|chosen| chosen == ["frames"]));
        assert!(chosen(&["flames"]).is_err_and(|problem| problem.contains("flames") && problem.contains("frames")));
        assert!(chosen(&[]).is_ok_and(|all| all.len() > 10));
    }
}
