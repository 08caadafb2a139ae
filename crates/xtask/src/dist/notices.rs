//! The licences of what the programs contain of others' work, which has to go where the programs go.

use super::Place;
use crate::{
    command::{cargo, command, printed, succeed},
    root,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Ours that are packed; what they depend on goes with them.
const OURS: [&str; 2] = ["hedgerow-shell", "hedgerow-cli"];

const HEAD: &str = "\
Hedgerow's programs contain the work below, each under the licence that is named with it.
The texts follow, each with the works that came with it. Where a work came without one, its
licence is known by its name: see https://spdx.org/licenses. The source of crates is at
https://crates.io, that of packages at https://www.npmjs.com, each under its name.
";

/// A work of others.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Work {
    /// Its name and version, and whether it is a crate or a package.
    name: String,
    licence: String,
    /// What its author wrote of that.
    texts: BTreeSet<String>,
}

/// Writes `THIRD-PARTY.gz`.
pub(super) fn write(place: &Place) -> Result<(), String> {
    let read =
        cargo(&["metadata", "--locked", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"]);
    let mut works = crates(&json(&printed(read).map_err(|problem| format!("cargo metadata: {problem}"))?)?)?;
    let lock = root().join("ui/package-lock.json");
    let lock = fs::read_to_string(&lock).map_err(|problem| format!("{}: {problem}", lock.display()))?;
    works.extend(packages(&json(&lock)?, &root().join("ui")));
    works.sort();
    let bare = works.iter().filter(|work| work.texts.is_empty()).count();
    eprintln!("{} works of others, {bare} of them without a text of their licence", works.len());
    let written = place.work.join("THIRD-PARTY");
    fs::create_dir_all(&place.work)
        .and_then(|()| fs::write(&written, text(&works)))
        .map_err(|problem| format!("{}: {problem}", written.display()))?;
    let mut gzip = command("gzip", &["--best", "--no-name", "--force"]);
    gzip.arg(&written);
    succeed(gzip)
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|problem| format!("what should be JSON is not: {problem}"))
}

/// The crates that are compiled into our programs, from what `cargo metadata` prints.
fn crates(metadata: &Value) -> Result<Vec<Work>, String> {
    let all = list(&metadata["packages"]);
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (word(&node["id"]), node)).collect();
    let ours = all.iter().filter(|package| OURS.contains(&word(&package["name"])));
    let mut waiting: Vec<&str> = ours.map(|package| word(&package["id"])).collect();
    if waiting.len() != OURS.len() {
        return Err("cargo metadata does not know our own packages".to_owned());
    }
    let mut reached = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if reached.insert(id) {
            let uses = nodes.get(id).map_or(&[][..], |node| list(&node["deps"]));
            waiting.extend(uses.iter().filter(|used| is_compiled_in(used)).map(|used| word(&used["pkg"])));
        }
    }
    let others = all.iter().filter(|package| reached.contains(word(&package["id"])) && !package["source"].is_null());
    Ok(others
        .map(|package| Work {
            name: format!("{} {} (crate)", word(&package["name"]), word(&package["version"])),
            licence: word(&package["license"]).to_owned(),
            texts: Path::new(word(&package["manifest_path"])).parent().map(texts).unwrap_or_default(),
        })
        .collect())
}

/// Whether it is used by the program, and not only by its build or its tests.
fn is_compiled_in(used: &Value) -> bool {
    list(&used["dep_kinds"]).iter().any(|one| one["kind"].is_null())
}

/// The packages that the window is built from.
fn packages(lock: &Value, ui: &Path) -> Vec<Work> {
    let all = lock["packages"].as_object().into_iter().flatten();
    let shipped = all.filter(|(path, package)| !path.is_empty() && package["dev"] != true);
    shipped
        .map(|(path, package)| Work {
            name: format!(
                "{} {} (package)",
                path.rsplit("node_modules/").next().unwrap_or(path),
                word(&package["version"])
            ),
            licence: word(&package["license"]).to_owned(),
            texts: texts(&ui.join(path)),
        })
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What lies at the top of a work's folder under a name that is used for licences.
fn texts(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let named = entries.filter(|entry| {
        let name = entry.file_name().to_string_lossy().to_uppercase();
        ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT", "OFL"]
            .iter()
            .any(|word| name.starts_with(word))
    });
    let read = named.filter_map(|entry| fs::read_to_string(entry.path()).ok());
    read.map(|text| text.replace("\r\n", "\n").trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// The list of all, then every text once.
fn text(works: &[Work]) -> String {
    let mut written = HEAD.to_owned() + "\n";
    let mut by_text: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for work in works {
        let licence = if work.licence.is_empty() { "see its text" } else { &work.licence };
        written += &format!("{}: {licence}\n", work.name);
        for text in &work.texts {
            by_text.entry(text).or_default().push(&work.name);
        }
    }
    let mut texts: Vec<(Vec<&str>, &str)> = by_text.into_iter().map(|(text, names)| (names, text)).collect();
    texts.sort();
    for (names, text) in texts {
        written += &format!("\n{}\n{}\n\n{text}\n", "=".repeat(72), names.join("\n"));
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_compiled_in_is_listed_and_what_only_builds_or_tests_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("LICENSE-MIT"), "Copyright Mair\r\nMIT\r\n").expect("a licence");
        let package = |name: &str, source: Value| {
            json!({ "id": name, "name": name, "version": "1.0.0", "source": source,
            "license": "MIT", "manifest_path": folder.path().join("Cargo.toml") })
        };
        let uses = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let registry = || json!("registry");
        let metadata = json!({
            "packages": [package("hedgerow-shell", json!(null)), package("hedgerow-cli", json!(null)),
                package("automerge", registry()), package("deep", registry()), package("cc", registry()), package("proptest", registry())],
            "resolve": { "nodes": [
                { "id": "hedgerow-shell", "deps": [uses("automerge", json!(null)), uses("cc", json!("build"))] },
                { "id": "hedgerow-cli", "deps": [uses("proptest", json!("dev"))] },
                { "id": "automerge", "deps": [uses("deep", json!(null))] },
            ] },
        });
        let works = crates(&metadata).expect("our own are there");
        let names: Vec<&str> = works.iter().map(|work| work.name.as_str()).collect();
        assert_eq!(names, ["automerge 1.0.0 (crate)", "deep 1.0.0 (crate)"]);
        let written = text(&works);
        assert_eq!(written.matches("Copyright Mair\nMIT").count(), 1, "{written}");
        assert!(written.contains("automerge 1.0.0 (crate): MIT\ndeep 1.0.0 (crate): MIT\n"), "{written}");
        assert!(crates(&json!({ "packages": [] })).is_err());
    }

    #[test]
    fn packages_of_the_window_are_listed_and_what_builds_it_is_not() {
        let lock = json!({ "packages": {
            "": { "name": "hedgerow-ui" },
            "node_modules/svelte": { "version": "5.0.0", "license": "MIT" },
            "node_modules/vite": { "version": "8.0.0", "license": "MIT", "dev": true },
        } });
        let works = packages(&lock, Path::new("nowhere"));
        assert_eq!(works.iter().map(|work| work.name.as_str()).collect::<Vec<_>>(), ["svelte 5.0.0 (package)"]);
        assert!(text(&works).contains("svelte 5.0.0 (package): MIT"));
    }
}
