//! The table of mutants and the code agree, so that no break is forgotten and none is only said to be there.

use super::{Finding, House};
use crate::mutants::{MUTANTS, Mutant};
use std::collections::{BTreeMap, BTreeSet};

/// Every break in the code has its row and every row its break, under a name of its own, and its test is there.
pub(super) fn have_a_test_each(house: &House) -> Vec<Finding> {
    compare(house, MUTANTS)
}

fn compare(house: &House, table: &[Mutant]) -> Vec<Finding> {
    let in_code = asked(house);
    let mut findings = Vec::new();
    let mut rows = BTreeSet::new();
    for mutant in table {
        if !rows.insert(mutant.name) {
            findings.push(format!("the table of mutants has {} twice", mutant.name));
        }
        if !in_code.contains_key(mutant.name) {
            findings.push(format!("the table of mutants has {}, and nothing in the code asks for it", mutant.name));
        }
        if !has_test(house, mutant) {
            findings.push(format!("{} names the test {}, which {} lacks", mutant.name, mutant.test, mutant.binary));
        }
    }
    let forgotten = in_code.iter().filter(|(name, _)| !rows.contains(*name));
    findings.extend(
        forgotten
            .map(|(name, path)| format!("{path} asks for {name}; give it a row and a test in the table of mutants")),
    );
    findings
}

/// The names of mutants that the code asks for, each with a file where it does.
fn asked(house: &House) -> BTreeMap<&str, &str> {
    let mut names = BTreeMap::new();
    for (path, text) in house.rust().filter(|(path, _)| !path.starts_with("crates/xtask/")) {
        for (at, call) in text.match_indices("mutant(\"") {
            let name = text[at + call.len()..].split('"').next().unwrap_or_default();
            names.insert(name, path);
        }
    }
    names
}

/// Whether a function of the test's name stands in its package: in the file of tests that is named, or else in `src`.
fn has_test(house: &House, mutant: &Mutant) -> bool {
    let (package, file) = mutant.binary.split_once("::").unwrap_or((mutant.binary, ""));
    let file = if file.starts_with("bin/") { "" } else { file };
    let name = package.trim_start_matches("hedgerow-");
    let room = if name == "tests" { "tests/".to_owned() } else { format!("crates/{name}/") };
    let below = match (name, file) {
        (_, "") => format!("{room}src/"),
        ("tests", file) => format!("{room}{file}"),
        (_, file) => format!("{room}tests/{file}"),
    };
    let function = format!("fn {}(", mutant.test.rsplit("::").next().unwrap_or_default());
    house.rust().any(|(path, text)| path.starts_with(&below) && text.contains(&function))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::Promise;

    const BREAK: Mutant = Mutant {
        name: "skip-signature",
        breaks: "nobody looks",
        promise: Promise::Authority,
        binary: "hedgerow-access",
        test: "record::tests::bo_cannot_sign",
    };
    const CODE: (&str, &str) = ("crates/access/src/record.rs", "if !mutant(\"skip-signature\") { verify()?; }");
    const TEST: (&str, &str) = ("crates/access/src/record/tests.rs", "fn bo_cannot_sign() {");

    #[test]
    fn a_break_with_its_row_and_its_test_is_left_alone() {
        assert!(compare(&House::of(&[CODE, TEST]), &[BREAK]).is_empty());
        let story = Mutant { binary: "hedgerow-access::stories", ..BREAK };
        let test = ("crates/access/tests/stories.rs", TEST.1);
        assert!(compare(&House::of(&[CODE, test]), &[story]).is_empty());
        let in_program = Mutant { binary: "hedgerow-access::bin/hedgerow", ..BREAK };
        assert!(compare(&House::of(&[CODE, TEST]), &[in_program]).is_empty());
        let across = Mutant { binary: "hedgerow-tests::stories", ..BREAK };
        assert!(compare(&House::of(&[CODE, ("tests/stories/roles.rs", TEST.1)]), &[across]).is_empty());
    }

    #[test]
    fn a_break_without_a_row_and_a_row_without_a_break_or_a_test_are_found() {
        let house = House::of(&[CODE, TEST]);
        assert!(compare(&house, &[])[0].contains("record.rs asks for skip-signature"));
        assert!(compare(&house, &[BREAK, BREAK])[0].contains("twice"));
        assert!(compare(&House::of(&[TEST]), &[BREAK])[0].contains("nothing in the code"));
        assert!(compare(&House::of(&[CODE]), &[BREAK])[0].contains("bo_cannot_sign"));
        let elsewhere = ("crates/sync/src/lib.rs", TEST.1);
        assert_eq!(compare(&House::of(&[CODE, elsewhere]), &[BREAK]).len(), 1);
    }
}
