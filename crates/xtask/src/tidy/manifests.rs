//! What every Cargo.toml has in common.

use super::{Finding, House};
use toml::{Table, Value};

/// Versions, licence and lints are written once, at the top, and every crate takes them from there.
pub(super) fn share_what_is_shared(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (room, manifest) in house.manifests() {
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            if !inherits(manifest.get("package").and_then(|package| package.get(key))) {
                findings.push(format!("{room}: write `{key}.workspace = true` in its [package]"));
            }
        }
        if !inherits(manifest.get("lints")) {
            findings.push(format!("{room}: write `workspace = true` in its [lints]"));
        }
        for name in with_a_version_of_their_own(&manifest) {
            findings.push(format!("{room}: put {name}'s version at the top and write `{name}.workspace = true`"));
        }
    }
    findings
}

/// Without a lock file two people build two different things.
pub(super) fn lock_file_is_there(house: &House) -> Vec<Finding> {
    match house.text("Cargo.lock") {
        Some(text) if text.contains("[[package]]") => vec![],
        _ => vec!["Cargo.lock is missing or empty: run `cargo generate-lockfile` and commit it".into()],
    }
}

fn inherits(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
}

fn with_a_version_of_their_own(manifest: &Table) -> Vec<&str> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flatten()
        .filter(|(_, value)| !inherits(Some(value)))
        .map(|(name, _)| name.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"hedgerow-model\"\nversion.workspace = true\nedition.workspace = true\n\
        rust-version.workspace = true\nlicense.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true\n\
        [dependencies]\nserde.workspace = true\n";

    fn findings(manifest: &str) -> Vec<Finding> {
        share_what_is_shared(&House::of(&[("crates/model/Cargo.toml", manifest)]))
    }

    #[test]
    fn a_crate_that_shares_everything_is_left_alone() {
        assert!(findings(GOOD).is_empty());
    }

    #[test]
    fn a_crate_that_goes_its_own_way_is_found() {
        let own_licence = GOOD.replace("license.workspace = true", "license = \"MIT\"");
        assert!(findings(&own_licence)[0].contains("license.workspace"));
        let no_lints = GOOD.replace("[lints]\nworkspace = true\n", "");
        assert!(findings(&no_lints)[0].contains("[lints]"));
        let own_version = GOOD.replace("serde.workspace = true", "serde = \"1\"");
        assert!(findings(&own_version)[0].contains("serde"));
    }

    #[test]
    fn a_missing_or_empty_lock_file_is_found() {
        assert_eq!(lock_file_is_there(&House::of(&[])).len(), 1);
        assert_eq!(lock_file_is_there(&House::of(&[("Cargo.lock", "")])).len(), 1);
        assert!(lock_file_is_there(&House::of(&[("Cargo.lock", "[[package]]\n")])).is_empty());
    }
}
