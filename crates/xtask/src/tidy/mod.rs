//! The house rules: what stays true of the folders and files, whoever works in them.

mod core;
mod decoders;
mod house;
mod layers;
mod manifests;
mod map;
mod mutants;
mod text;

use house::House;

/// One thing that is not as it should be: where, what, and what to do.
type Finding = String;

/// A rule's name, and the rule.
type Rule = (&'static str, fn(&House) -> Vec<Finding>);

const RULES: &[Rule] = &[
    ("the map names every room", map::names_every_room),
    ("every room says what it holds", map::every_room_has_a_page),
    ("rooms use only what stands below them", layers::rooms_use_only_what_stands_below),
    ("one room for each great dependency", layers::one_room_for_each_great_dependency),
    ("crates share versions, lints and licence", manifests::share_what_is_shared),
    ("the lock file is there", manifests::lock_file_is_there),
    ("the core stays dry", core::stays_dry),
    ("mutants have a test each", mutants::have_a_test_each),
    ("whatever reads bytes has a target", decoders::whatever_reads_bytes_has_a_target),
    ("no test sleeps", text::no_test_sleeps),
    ("nothing is left undone", text::nothing_is_left_undone),
    ("files are of one subject", text::files_are_of_one_subject),
    ("no folder of one machine", text::no_folder_of_one_machine),
    ("the project speaks for itself", text::the_project_speaks_for_itself),
];

/// Holds the checkout to the rules; the problem names every place to mend.
pub(crate) fn check() -> Result<(), String> {
    let house = House::read(&crate::root()).map_err(|problem| format!("cannot read the checkout: {problem}"))?;
    let findings = findings(&house);
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        count => Err(format!("{count} to mend, listed above")),
    }
}

fn findings(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, rule) in RULES {
        findings.extend(rule(house).into_iter().map(|finding| format!("[{name}] {finding}")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_house_keeps_its_rules() {
        let house = House::read(&crate::root()).expect("the checkout can be read");
        let findings = findings(&house);
        assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    }
}
