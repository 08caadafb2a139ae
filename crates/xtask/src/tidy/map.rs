//! The map, `crates/README.md`, and each room's own page.

use super::{Finding, House};
use std::collections::BTreeSet;

const MAP: &str = "crates/README.md";

/// The map's table has a row for every folder under `crates`, and no row for one that is gone.
pub(super) fn names_every_room(house: &House) -> Vec<Finding> {
    let named: BTreeSet<&str> = house.text(MAP).unwrap_or_default().lines().filter_map(room_in_row).collect();
    let rooms = house.rooms();
    let missing = rooms.difference(&named).map(|room| format!("{MAP}: crates/{room} has no row; add one"));
    let ghosts = named.difference(&rooms).map(|room| format!("{MAP}: there is no crates/{room}; take its row out"));
    missing.chain(ghosts).collect()
}

/// The name between backticks in a row's first cell.
fn room_in_row(line: &str) -> Option<&str> {
    line.strip_prefix("| `")?.split_once("` |").map(|(name, _)| name)
}

/// Each room has a README.md with what stays true in it, and why it is so.
pub(super) fn every_room_has_a_page(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for room in house.rooms() {
        let path = format!("crates/{room}/README.md");
        let Some(page) = house.text(&path) else {
            findings.push(format!("{path} is missing: say what the room holds, what stays true in it, and why so"));
            continue;
        };
        for heading in ["What stays true", "Why so"] {
            if !page.lines().any(|line| line.strip_prefix("## ") == Some(heading)) {
                findings.push(format!("{path} has no \"## {heading}\""));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# model\n## What stays true\n## Why so\n";

    #[test]
    fn a_room_without_a_row_and_a_row_without_a_room_are_found() {
        let map = "| room | holds |\n|---|---|\n| `model` | the words |\n| `attic` | nothing |\n";
        let house = House::of(&[(MAP, map), ("crates/model/Cargo.toml", ""), ("crates/store/Cargo.toml", "")]);
        let findings = names_every_room(&house);
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert!(findings[0].contains("crates/store has no row"));
        assert!(findings[1].contains("no crates/attic"));
    }

    #[test]
    fn a_true_map_is_left_alone() {
        let house = House::of(&[(MAP, "| `model` | the words |\n"), ("crates/model/Cargo.toml", "")]);
        assert!(names_every_room(&house).is_empty());
    }

    #[test]
    fn a_room_says_what_stays_true_and_why() {
        let silent = House::of(&[("crates/model/Cargo.toml", "")]);
        assert!(every_room_has_a_page(&silent)[0].contains("is missing"));
        let half = House::of(&[("crates/model/README.md", "# model\n## Why so\n")]);
        assert!(every_room_has_a_page(&half)[0].contains("What stays true"));
        assert!(every_room_has_a_page(&House::of(&[("crates/model/README.md", PAGE)])).is_empty());
    }
}
