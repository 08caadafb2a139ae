//! What must not stand in a file, and how long one may be.

use super::{Finding, House};

/// The most lines of a Rust file, tests included.
const MOST_LINES: usize = 700;

/// A file's lines, numbered from 1. This folder, which must name what it looks for, is left out by the rules that look.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

fn names_what_it_looks_for(path: &str) -> bool {
    path.starts_with("crates/xtask/src/tidy/")
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// A test that sleeps is slow on a good day and wrong on a bad one: wait for the thing itself. Where time passing *is*
/// the thing, the line before says so: `// time passes: ` and why.
pub(super) fn no_test_sleeps(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.rust().filter(|(path, _)| !names_what_it_looks_for(path)) {
        let begins = first_line_of_tests(path, text);
        let mut excused = false;
        for (number, line) in lines(text) {
            if number >= begins && line.contains("sleep(") && !is_comment(line) && !excused {
                findings.push(format!("{path}:{number}: a test sleeps; wait for what it is about"));
            }
            excused = line.contains("// time passes: ");
        }
    }
    findings
}

/// From which line on a file is test code: its first if it is all tests, the one after its last if it has none.
pub(super) fn first_line_of_tests(path: &str, text: &str) -> usize {
    let all = path.starts_with("tests/") || path.contains("/tests/") || path.contains("/testkit/");
    if all || path.ends_with("tests.rs") {
        return 1;
    }
    // A module with its body here: `mod tests;` only names another file, and a lone item is no test.
    let next = |index: usize| text.lines().nth(index).unwrap_or_default().trim_end();
    let begins = |(number, line): &(usize, &str)| {
        *line == "#[cfg(test)]" && next(*number).starts_with("mod ") && next(*number).ends_with('{')
    };
    lines(text).find(begins).map_or(usize::MAX, |(number, _)| number)
}

/// What is not there is absent; what is there works.
pub(super) fn nothing_is_left_undone(house: &House) -> Vec<Finding> {
    let marks = ["todo!(", "unimplemented!(", "#[ignore]", "TODO", "FIXME", "XXX"];
    find(
        house,
        |path| path.ends_with(".rs"),
        &marks,
        "finish it, or leave it out (a test is ignored only with a reason)",
    )
}

/// A long file hides a second subject.
pub(super) fn files_are_of_one_subject(house: &House) -> Vec<Finding> {
    let long = house.rust().map(|(path, text)| (path, text.lines().count())).filter(|(_, count)| *count > MOST_LINES);
    long.map(|(path, count)| format!("{path} has {count} lines, the most is {MOST_LINES}; part it by subject"))
        .collect()
}

/// A path of one person's machine works nowhere else.
pub(super) fn no_folder_of_one_machine(house: &House) -> Vec<Finding> {
    find(house, |_| true, &["/home/", "/root/", "/work/", "/Users/"], "name no folder of one machine")
}

/// The pages speak of Hedgerow and of nothing else.
pub(super) fn the_project_speaks_for_itself(house: &House) -> Vec<Finding> {
    let words = ["helper session", "issue #", "Shown by", "LLM", "Claude"];
    find(house, |_| true, &words, "speak of Hedgerow alone")
}

/// Every line of the files that `wanted` picks on which one of `marks` stands as a word of its own.
fn find(house: &House, wanted: fn(&str) -> bool, marks: &[&str], advice: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in house.files() {
        if !wanted(path) || names_what_it_looks_for(path) || path == "Cargo.lock" {
            continue;
        }
        for (number, line) in lines(text) {
            for mark in marks.iter().filter(|mark| stands_in(line, mark)) {
                findings.push(format!("{path}:{number}: {mark} stands here; {advice}"));
            }
        }
    }
    findings
}

fn stands_in(line: &str, mark: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    line.match_indices(mark).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + mark.len()..]);
        let begins_word = mark.starts_with(char::is_alphanumeric);
        let ends_word = mark.ends_with(char::is_alphanumeric);
        !(begins_word && letter(before.chars().next_back()) || ends_word && letter(after.chars().next()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str, text: &str) -> House {
        House::of(&[(path, text)])
    }

    #[test]
    fn a_sleeping_test_is_found_and_sleeping_product_code_is_not() {
        let product = "fn retry() {\n    tokio::time::sleep(pause).await;\n}\n";
        let test = "#[cfg(test)]\nmod tests {\n    fn slow() { std::thread::sleep(pause); }\n}\n";
        assert!(no_test_sleeps(&at("crates/net/src/dial.rs", product)).is_empty());
        let both = format!("{product}{test}");
        assert_eq!(
            no_test_sleeps(&at("crates/net/src/dial.rs", &both)),
            ["crates/net/src/dial.rs:6: a test sleeps; wait for what it is about"]
        );
        assert_eq!(no_test_sleeps(&at("crates/net/tests/dial.rs", product)).len(), 1);
        assert_eq!(no_test_sleeps(&at("tests/stories/main.rs", product)).len(), 1);
    }

    #[test]
    fn a_test_about_time_passing_says_so() {
        let text = "// time passes: the link stays down for a minute\nstd::thread::sleep(minute);\n";
        assert!(no_test_sleeps(&at("tests/stories/link.rs", text)).is_empty());
    }

    #[test]
    fn a_line_that_names_a_file_of_tests_does_not_make_the_rest_a_test() {
        for beginning in ["#[cfg(test)]\nmod tests;\n", "impl Door {\n    #[cfg(test)]\n    fn at() {}\n}\n"] {
            let text = format!("{beginning}fn retry() {{ tokio::time::sleep(pause); }}\n");
            assert!(no_test_sleeps(&at("crates/net/src/lib.rs", &text)).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_left_undone_is_found() {
        for text in ["todo!()", "unimplemented!(\"later\")", "#[ignore]", "// TODO: more"] {
            assert_eq!(nothing_is_left_undone(&at("crates/net/src/lib.rs", text)).len(), 1, "{text}");
        }
        assert!(nothing_is_left_undone(&at("crates/net/src/lib.rs", "#[ignore = \"needs a phone\"]")).is_empty());
    }

    #[test]
    fn a_long_file_is_found() {
        assert!(files_are_of_one_subject(&at("a.rs", &"\n".repeat(MOST_LINES))).is_empty());
        assert_eq!(files_are_of_one_subject(&at("a.rs", &"\n".repeat(MOST_LINES + 1))).len(), 1);
    }

    #[test]
    fn a_folder_of_one_machine_is_found() {
        assert_eq!(no_folder_of_one_machine(&at("README.md", "see /home/ada/hedgerow")).len(), 1);
        assert!(no_folder_of_one_machine(&at("README.md", "see crates/README.md")).is_empty());
    }

    #[test]
    fn words_about_how_it_was_made_are_found_and_longer_words_are_not() {
        assert_eq!(the_project_speaks_for_itself(&at("README.md", "see issue #4")).len(), 1);
        assert_eq!(the_project_speaks_for_itself(&at("README.md", "an LLM wrote")).len(), 1);
        assert!(the_project_speaks_for_itself(&at("README.md", "Claudette of WLLMX")).is_empty());
    }
}
