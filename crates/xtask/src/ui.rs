//! The window's side, `ui/`, whose packages, checks and tests are npm's.

use crate::{
    command::{command, printed, succeed},
    root,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The earliest Node.js with which it is tested.
const NODE: (u32, u32) = (20, 19);

/// Installs the packages of `package-lock.json`, where they are not there yet. Not by `npm ci`: that wants the native parts
/// of @lix-js/sdk, which the translations bring along, for systems for which nobody has published them.
pub(crate) fn packages() -> Result<(), String> {
    let node = printed(command("node", &["--version"])).unwrap_or_default();
    if version(&node).is_none_or(|found| found < NODE) {
        let (major, minor) = NODE;
        let found = if node.is_empty() { "there is none".to_owned() } else { format!("this is {node}") };
        return Err(format!(
            "ui/ needs Node.js {major}.{minor} or newer with npm, and {found}: see https://nodejs.org"
        ));
    }
    let wanted =
        fs::read(folder().join("package-lock.json")).map_err(|problem| format!("ui/package-lock.json: {problem}"))?;
    let noted = folder().join("node_modules/.installed-from");
    if fs::read(&noted).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    succeed(npm(&["install", "--no-save", "--no-audit", "--no-fund"]))?;
    fs::write(&noted, wanted).map_err(|problem| format!("{}: {problem}", noted.display()))
}

/// Builds the window into `ui/dist`, where the `web` room finds it.
pub(crate) fn build() -> Result<(), String> {
    packages()?;
    succeed(npm(&["run", "build"]))
}

/// Types and style.
pub(crate) fn check() -> Result<(), String> {
    packages()?;
    succeed(npm(&["run", "check"]))
}

/// Its tests, the random stories of the editor among them.
pub(crate) fn test() -> Result<(), String> {
    packages()?;
    succeed(npm(&["test"]))
}

/// People in real browsers, on the program that lies there.
pub(crate) fn journeys(hedgerow: &Path) -> Result<(), String> {
    let mut npm = npm(&["test"]);
    npm.env("HEDGEROW_PROGRAM", hedgerow);
    succeed(npm)
}

/// A person in the app's own window, on a screen that nobody sees.
pub(crate) fn window_journeys(app: &Path, hedgerow: &Path) -> Result<(), String> {
    let mut npm = npm(&["test"]);
    npm.env("HEDGEROW_APP", app).env("HEDGEROW_PROGRAM", hedgerow);
    succeed(npm)
}

/// Pictures of its screens and states in [`pictures`], or of those that the words are about. Needs Chromium.
pub(crate) fn look(words: &[&str]) -> Result<(), String> {
    packages()?;
    let mut npm = npm(&["run", "look", "--", "--into"]);
    npm.arg(pictures()).args(words);
    succeed(npm)
}

/// How fast it is, on the program that lies there. Needs Chromium.
pub(crate) fn bench(hedgerow: &Path, words: &[&str]) -> Result<(), String> {
    packages()?;
    let mut npm = npm(&["run", "bench", "--"]);
    npm.args(words).env("HEDGEROW_PROGRAM", hedgerow);
    succeed(npm)
}

/// Where its pictures lie.
pub(crate) fn pictures() -> PathBuf {
    folder().join("screenshots")
}

/// A person on a machine on which the app is installed: `within` starts a program there, as the one whose home is `home`.
pub(crate) fn installed_journeys(within: &[String], home: &str, hedgerow: &Path) -> Result<(), String> {
    let mut npm = npm(&["test"]);
    npm.env("HEDGEROW_WITHIN", serde_json::json!(within).to_string()).env("HEDGEROW_HOME", home);
    npm.env("HEDGEROW_PROGRAM", hedgerow);
    succeed(npm)
}

fn folder() -> PathBuf {
    root().join("ui")
}

fn npm(arguments: &[&str]) -> Command {
    let mut npm = command("npm", arguments);
    npm.current_dir(folder());
    npm
}

/// The first two numbers of what `node --version` prints.
fn version(printed: &str) -> Option<(u32, u32)> {
    let mut numbers = printed.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_read_and_compared() {
        assert_eq!(version("v20.20.2\n"), Some((20, 20)));
        assert!(version("v18.19.0").is_some_and(|old| old < NODE));
        assert!(version("v22.4.1").is_some_and(|new| new > NODE));
        assert_eq!(version(""), None);
    }
}
