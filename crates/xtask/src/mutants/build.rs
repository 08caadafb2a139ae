//! The build with all breaks in it.

use super::MUTANTS;
use crate::command::{cargo, shown};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// Set for cargo, which then has xtask start the compiler for the packages of this workspace.
pub(crate) const AS_COMPILER: &str = "HEDGEROW_XTASK_COMPILES";

/// What a built test needs to be run without asking cargo again.
pub(super) struct Built {
    /// The programs of tests, as nextest lists them.
    pub(super) binaries: PathBuf,
    /// The workspace, as cargo describes it.
    pub(super) workspace: PathBuf,
    /// The program with all breaks in it.
    pub(super) hedgerow: PathBuf,
}

impl Built {
    pub(super) fn here() -> Result<Built, String> {
        let folder = folder()?;
        let hedgerow = folder.join("debug").join(format!("hedgerow{}", env::consts::EXE_SUFFIX));
        Ok(Built { binaries: folder.join("binaries.json"), workspace: folder.join("workspace.json"), hedgerow })
    }
}

/// Stands in for the compiler: `arguments` are the compiler and what it was to be given.
pub(crate) fn compile(arguments: &[String]) -> ExitCode {
    let Some((compiler, rest)) = arguments.split_first() else { return ExitCode::FAILURE };
    match Command::new(compiler).args(rest).args(["--cfg", "mutants"]).status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(problem) => {
            eprintln!("could not start {compiler}: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Compiles the tests of the table. What this workspace depends on is shared with every other build; cargo keeps apart
/// what another compiler has made, and the finished program goes to a folder of its own, so that no `hedgerow` with
/// breaks in it lies where the real one is looked for.
pub(super) fn build() -> Result<(), String> {
    let (target, folder) = (crate::target()?, folder()?);
    fs::create_dir_all(&folder).map_err(|problem| format!("cannot make {}: {problem}", folder.display()))?;
    let us = env::current_exe().map_err(|problem| format!("cannot tell where xtask lies: {problem}"))?;
    let built = Built::here()?;
    let mut list = cargo(&["nextest", "list", "--locked", "--workspace", "--lib", "--bin", "hedgerow"]);
    for test in files_of_tests() {
        list.args(["--test", test]);
    }
    list.args(["--list-type", "binaries-only", "--message-format", "json"]);
    list.env(AS_COMPILER, "1").env("RUSTC_WORKSPACE_WRAPPER", us);
    list.env("CARGO_BUILD_BUILD_DIR", target).env("CARGO_TARGET_DIR", &folder);
    print_into(list, &built.binaries)?;
    print_into(cargo(&["metadata", "--locked", "--format-version", "1"]), &built.workspace)
}

/// The files of integration tests that the table names, and the one of `hedgerow`'s own package with which cargo builds
/// the program itself, for the stories that start it.
fn files_of_tests() -> BTreeSet<&'static str> {
    let files = MUTANTS.iter().filter_map(|mutant| Some(mutant.binary.split_once("::")?.1));
    files.filter(|file| !file.starts_with("bin/")).chain(["running_node"]).collect()
}

fn print_into(mut command: Command, path: &Path) -> Result<(), String> {
    let shown = shown(&command);
    eprintln!("$ {shown}");
    let file = fs::File::create(path).map_err(|problem| format!("cannot write {}: {problem}", path.display()))?;
    match command.stdout(file).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{shown}` ended with {status}")),
        Err(problem) => Err(format!("could not start `{shown}`: {problem}")),
    }
}

fn folder() -> Result<PathBuf, String> {
    Ok(crate::target()?.join("mutants"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The compiler alone, on the one file that is asked whether something is broken.
    fn compiles(arguments: &[&str]) -> Result<(), String> {
        let folder = tempfile::tempdir().expect("a folder for what is compiled");
        let mut compiler = Command::new(env::var("RUSTC").unwrap_or_else(|_| "rustc".into()));
        compiler.args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--out-dir"]);
        compiler.arg(folder.path()).args(arguments).arg(crate::root().join("crates/model/src/mutant.rs"));
        let output = compiler.output().expect("the compiler that built this");
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }

    #[test]
    fn a_program_for_people_cannot_have_a_mutant_in_it() {
        assert_eq!(compiles(&["--cfg", "mutants", "-C", "debug-assertions=on"]), Ok(()));
        assert_eq!(compiles(&["-C", "opt-level=3"]), Ok(()));
        let refused = compiles(&["--cfg", "mutants", "-C", "opt-level=3"]).expect_err("a release build with mutants");
        assert!(refused.contains("without cfg(mutants)"), "{refused}");
    }
}
