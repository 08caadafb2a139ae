//! Which room may use which, and which one room holds each great dependency.

use super::{Finding, House};
use toml::{Table, Value};

/// Each room and the rooms it may use. A new room gets a row here and in the map.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("document", &["model"]),
    ("access", &["model"]),
    ("sync", &["model", "document", "access"]),
    ("store", &["model"]),
    ("net", &["model"]),
    ("node", &["model", "document", "access", "sync", "store", "net"]),
    ("api", &["model", "node"]),
    ("web", &["api"]),
    ("cli", &["model", "api", "web"]),
    ("src-tauri", &["api"]),
    ("testkit", &["model", "document", "access", "sync", "store", "net", "node", "api"]),
    ("tests", &["model", "document", "access", "sync", "store", "net", "node", "api", "testkit"]),
    ("fuzz", &["model", "document", "access", "sync", "store", "net", "node", "api", "testkit"]),
    ("benches", &["model", "document", "access", "sync", "store", "net", "node"]),
    ("xtask", &[]),
];

/// Packages that name what only one room may: stories have strangers who speak libp2p by themselves, and benches measure
/// against the bare thing.
const MAY_NAME: &[(&str, &str)] = &[("tests", "libp2p"), ("benches", "libp2p"), ("benches", "automerge")];

/// The beginning of a crate's name, and the one room that may use it.
const ONE_ROOM: &[(&str, &str)] = &[
    ("automerge", "document"),
    ("sled", "store"),
    ("libp2p", "net"),
    ("ed25519", "access"),
    ("x25519", "access"),
    ("chacha20poly1305", "access"),
    ("hpke", "access"),
    ("argon2", "access"),
    ("blake3", "access"),
    ("keyring", "node"),
    ("secret-service", "node"),
    ("zbus", "node"),
    ("tauri", "src-tauri"),
    ("apple-native-keyring", "node"),
    ("windows-native-keyring", "node"),
];

/// No room names one that stands beside or above it. Tests of a room may use `testkit` too.
pub(super) fn rooms_use_only_what_stands_below(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (room, manifest) in house.manifests() {
        let Some((_, may)) = MAY_USE.iter().find(|(name, _)| *name == room) else {
            findings
                .push(format!("{room} has no place in the layering; give it one in crates/xtask/src/tidy/layers.rs"));
            continue;
        };
        for (section, name) in dependencies(&manifest) {
            let Some(used) = name.strip_prefix("hedgerow-") else { continue };
            let for_tests = section == "dev-dependencies" && used == "testkit";
            if !for_tests && !may.contains(&used) {
                findings.push(format!("{room} may not use {used} ([{section}] of its Cargo.toml)"));
            }
        }
    }
    findings
}

/// A dependency that could spread through the house is named by one room only, in tests as well.
pub(super) fn one_room_for_each_great_dependency(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (room, manifest) in house.manifests() {
        for (section, name) in dependencies(&manifest) {
            for (beginning, owner) in ONE_ROOM {
                if name.starts_with(beginning) && room != *owner && !MAY_NAME.contains(&(room, beginning)) {
                    findings.push(format!("{room} names {name} in [{section}]; only {owner} may"));
                }
            }
        }
    }
    findings
}

/// Every dependency of a package, whatever its table: the kind of table, and the crate's true name.
fn dependencies(manifest: &Table) -> Vec<(&'static str, String)> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let tables = targets.into_iter().flat_map(|targets| targets.values()).filter_map(Value::as_table);
    let mut found = Vec::new();
    for table in std::iter::once(manifest).chain(tables) {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, value) in table.get(section).and_then(Value::as_table).into_iter().flatten() {
                let renamed = value.get("package").and_then(Value::as_str);
                found.push((section, renamed.unwrap_or(name).to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(room: &str, manifest: &str) -> House {
        House::of(&[(&format!("crates/{room}/Cargo.toml"), manifest)])
    }

    #[test]
    fn a_room_may_not_use_the_one_above() {
        let upward = house("model", "[dependencies]\nhedgerow-document.workspace = true\n");
        assert_eq!(
            rooms_use_only_what_stands_below(&upward),
            ["model may not use document ([dependencies] of its Cargo.toml)"]
        );
        let sideways = house("store", "[target.'cfg(unix)'.dependencies]\nhedgerow-net.workspace = true\n");
        assert_eq!(rooms_use_only_what_stands_below(&sideways).len(), 1);
        let downward = house("document", "[dependencies]\nhedgerow-model.workspace = true\nserde.workspace = true\n");
        assert!(rooms_use_only_what_stands_below(&downward).is_empty());
    }

    #[test]
    fn testkit_is_for_tests() {
        let in_tests = house("sync", "[dev-dependencies]\nhedgerow-testkit.workspace = true\n");
        assert!(rooms_use_only_what_stands_below(&in_tests).is_empty());
        let in_product = house("sync", "[dependencies]\nhedgerow-testkit.workspace = true\n");
        assert_eq!(rooms_use_only_what_stands_below(&in_product).len(), 1);
    }

    #[test]
    fn a_new_room_must_be_given_its_place() {
        assert!(rooms_use_only_what_stands_below(&house("attic", ""))[0].contains("no place"));
    }

    #[test]
    fn what_is_measured_against_may_be_named_where_it_is_measured() {
        let bench = |manifest: &str| House::of(&[("benches/Cargo.toml", manifest)]);
        let baseline = bench("[dev-dependencies]\nautomerge.workspace = true\nlibp2p-stream.workspace = true\n");
        assert!(one_room_for_each_great_dependency(&baseline).is_empty());
        let other = bench("[dev-dependencies]\ned25519-dalek.workspace = true\n");
        assert_eq!(one_room_for_each_great_dependency(&other).len(), 1);
    }

    #[test]
    fn automerge_stays_in_its_room_under_any_name() {
        for manifest in [
            "[dependencies]\nautomerge.workspace = true\n",
            "[dev-dependencies]\nautomerge = \"0.12\"\n",
            "[dependencies]\nmerge = { package = \"automerge\", version = \"0.12\" }\n",
        ] {
            assert_eq!(one_room_for_each_great_dependency(&house("sync", manifest)).len(), 1, "{manifest}");
            assert!(one_room_for_each_great_dependency(&house("document", manifest)).is_empty(), "{manifest}");
        }
        let strangers = House::of(&[("tests/Cargo.toml", "[dependencies]\nlibp2p.workspace = true\n")]);
        assert!(one_room_for_each_great_dependency(&strangers).is_empty(), "a stranger needs no room of ours");
        let stream = house("node", "[dependencies]\nlibp2p-stream.workspace = true\n");
        assert_eq!(
            one_room_for_each_great_dependency(&stream),
            ["node names libp2p-stream in [dependencies]; only net may"]
        );
    }
}
