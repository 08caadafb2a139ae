//! Whatever makes something of bytes has a fuzz target.

use super::text::first_line_of_tests;
use super::{Finding, House};

/// What a line says that makes something of bytes.
const READS: [&str; 13] = [
    "postcard::from_bytes",
    "postcard::take_from_bytes",
    "canonical::read(",
    "serde_json::from_slice",
    "serde_json::from_reader",
    "serde_json::from_str",
    "Automerge::load",
    "Parser::new",
    "fn parse(bytes",
    "fn decode(bytes",
    "str::from_utf8",
    "read_exact(",
    "read_to_end(",
];

/// Each file of a room that does so, and the targets that give it any bytes at all.
const TARGETS: &[(&str, &[&str])] = &[
    ("crates/access/src/attachment.rs", &["manifests"]),
    ("crates/access/src/canonical.rs", &["operations", "payloads", "key_records", "joining", "key_box"]),
    ("crates/access/src/invitation.rs", &["invitations"]),
    ("crates/access/src/joining.rs", &["joining"]),
    ("crates/access/src/key_record.rs", &["key_records"]),
    ("crates/access/src/op.rs", &["operations"]),
    ("crates/access/src/op/action.rs", &["operations"]),
    ("crates/access/src/payload.rs", &["payloads"]),
    ("crates/access/src/record.rs", &["records"]),
    ("crates/access/src/vault.rs", &["key_box"]),
    ("crates/api/src/local/frame.rs", &["requests"]),
    ("crates/cli/src/text_file.rs", &["markdown", "plain_text"]),
    ("crates/document/src/admission.rs", &["changes", "admission"]),
    ("crates/document/src/checkpoint.rs", &["checkpoints"]),
    ("crates/document/src/chunk/examine.rs", &["changes", "admission"]),
    ("crates/document/src/edit.rs", &["changes", "admission", "checkpoints"]),
    ("crates/document/src/markdown/read.rs", &["markdown", "front_matter"]),
    ("crates/net/src/inbox.rs", &["frames"]),
    ("crates/node/src/agreed.rs", &["store_rows"]),
    ("crates/node/src/identity.rs", &["key_box"]),
    ("crates/node/src/me.rs", &["store_rows"]),
    ("crates/node/src/peers.rs", &["store_rows"]),
    ("crates/store/src/disk/bodies.rs", &["store_rows"]),
    ("crates/store/src/disk/mark.rs", &["store_rows"]),
    ("crates/store/src/disk/row.rs", &["store_rows"]),
    ("crates/store/src/disk/tally.rs", &["store_rows"]),
    ("crates/sync/src/message.rs", &["messages", "sessions"]),
    ("crates/sync/src/rows.rs", &["rows"]),
];

/// Files without one, and why they need none.
const NO_TARGET: &[(&str, &str)] = &[
    ("crates/cli/src/commands/attachment.rs", "what is read is handed on as it is"),
    ("crates/cli/src/commands/demo/people.rs", "what a program says that the demo started"),
    ("crates/store/src/disk/opening.rs", "one number in words"),
    ("crates/store/src/files.rs", "what is read is handed on as it is"),
    ("crates/api/src/conversation.rs", "two fields around what the target `requests` gives the local socket"),
    ("crates/web/src/talk.rs", "a greeting of two fields"),
    ("crates/store/src/lock.rs", "words for a message, cut to 300 bytes"),
];

/// A file that reads bytes is in the list with its targets, and the list names only what is there.
pub(super) fn whatever_reads_bytes_has_a_target(house: &House) -> Vec<Finding> {
    let target = |name: &str| format!("fuzz/fuzz_targets/{name}.rs");
    let mut findings = Vec::new();
    for (path, text) in house.rust().filter(|(path, _)| is_of_the_product(path)) {
        let listed = TARGETS.iter().any(|(listed, _)| *listed == path);
        let excused = NO_TARGET.iter().any(|(excused, _)| *excused == path);
        match first_reading(path, text) {
            Some(number) if !listed && !excused => findings.push(format!(
                "{path}:{number}: it reads bytes; give it a target in fuzz, and its place in crates/xtask/src/tidy/decoders.rs"
            )),
            None if listed || excused => findings
                .push(format!("{path} reads no bytes any more; take it out of crates/xtask/src/tidy/decoders.rs")),
            _ => {}
        }
    }
    let missing = |path: &str| house.text(path).is_none();
    let listed = TARGETS.iter().map(|(path, _)| (*path).to_owned());
    let targets = TARGETS.iter().flat_map(|(_, targets)| targets.iter().map(|name| target(name)));
    let excused = NO_TARGET.iter().map(|(path, _)| (*path).to_owned());
    let gone: std::collections::BTreeSet<String> =
        listed.chain(targets).chain(excused).filter(|path| missing(path)).collect();
    findings.extend(
        gone.into_iter().map(|path| format!("{path} is named in crates/xtask/src/tidy/decoders.rs and is not there")),
    );
    findings
}

fn is_of_the_product(path: &str) -> bool {
    let room = path.strip_prefix("crates/").and_then(|below| below.split_once("/src/"));
    room.is_some_and(|(room, file)| !matches!(room, "testkit" | "xtask") && file != "fuzz.rs")
}

/// The first line outside of tests that reads bytes.
fn first_reading(path: &str, text: &str) -> Option<usize> {
    let tests = first_line_of_tests(path, text);
    let lines =
        text.lines().enumerate().map(|(index, line)| (index + 1, line)).take_while(|(number, _)| *number < tests);
    let code = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.filter(|(_, line)| READS.iter().any(|words| line.contains(words))).map(|(number, _)| number).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A house in which everything is as the list says, and one more file.
    fn house(path: &str, text: &str) -> House {
        let reading = TARGETS.iter().map(|(path, _)| *path).chain(NO_TARGET.iter().map(|(path, _)| *path));
        let mut files: Vec<(String, &str)> =
            reading.map(|path| (path.to_owned(), "postcard::from_bytes(row)")).collect();
        let targets = TARGETS.iter().flat_map(|(_, targets)| *targets);
        files.extend(targets.map(|name| (format!("fuzz/fuzz_targets/{name}.rs"), "")));
        files.push((path.to_owned(), text));
        House::of(&files.iter().map(|(path, text)| (path.as_str(), *text)).collect::<Vec<_>>())
    }

    #[test]
    fn a_new_decoder_without_a_target_is_found() {
        let found = whatever_reads_bytes_has_a_target(&house("crates/sync/src/new.rs", "\npostcard::from_bytes(row)"));
        assert!(matches!(&found[..], [one] if one.starts_with("crates/sync/src/new.rs:2: ")), "{found:?}");
        for unconcerned in ["// postcard::from_bytes", "#[cfg(test)]\nmod tests {\n    postcard::from_bytes(row)\n}"] {
            let house = house("crates/sync/src/new.rs", unconcerned);
            assert!(whatever_reads_bytes_has_a_target(&house).is_empty(), "{unconcerned}");
        }
        let elsewhere = house("crates/testkit/src/new.rs", "postcard::from_bytes(row)");
        assert!(whatever_reads_bytes_has_a_target(&elsewhere).is_empty());
    }

    #[test]
    fn the_list_names_only_what_is_there() {
        let quiet = whatever_reads_bytes_has_a_target(&house("crates/sync/src/rows.rs", ""));
        assert!(matches!(&quiet[..], [one] if one.contains("rows.rs reads no bytes any more")), "{quiet:?}");
        let empty = whatever_reads_bytes_has_a_target(&House::of(&[]));
        assert!(empty.iter().any(|finding| finding.starts_with("fuzz/fuzz_targets/rows.rs is named")), "{empty:?}");
    }
}
