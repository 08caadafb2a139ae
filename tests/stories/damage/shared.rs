//! The same of a folder that holds a notebook shared with somebody, and a photograph: what is damaged is named, and all of
//! it is had back from the other, who has it.

use super::{WAYS, hurt, text};
use crate::{crashes::session::long_text, files::photo};
use hedgerow_tests::{Answer, Device, OUR_FAULT, agreed, crash::files_below};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// Ada and Bo, who hold the same.
struct Shared {
    ada: Device,
    bo: Device,
    rota: String,
    commands: Vec<Vec<String>>,
    printed: Vec<Vec<u8>>,
}

impl Shared {
    fn new() -> Shared {
        let [ada, bo] = ["Ada", "Bo"].map(Device::of);
        let desk = tempfile::tempdir().expect("a temporary folder");
        let (path, bytes) = photo(desk.path(), "ford.jpg", 200_000);
        let rota = ada.notebook("Flood rota");
        let cover = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
        let log = ada.page(&rota, "Log of the flood", &long_text(1, 40_000));
        let id = ada.get(&["page", "attach", &cover, &path.display().to_string()], "id");
        let node = ada.serve(&[]);
        bo.join(&ada.invite(&rota, "writer"));
        bo.append(&cover, "Bo was here.\n");
        let his = bo.serve_to(&[&node]);
        agreed(&[&ada, &bo], &rota);
        let fetch = ["page", "fetch", &id, "-", "--page", &cover, "--wait", "1"];
        assert_eq!(bo.run(&fetch).stdout, bytes);
        his.stop();
        node.stop();
        let commands: Vec<Vec<String>> = [&["page", "show", &log][..], &["export", "--canonical", &rota], &fetch]
            .iter()
            .map(|words| words.iter().map(|word| (*word).to_owned()).collect())
            .collect();
        let printed = commands.iter().map(|words| super::run(&bo, words).stdout).collect();
        assert_eq!(bo.run(&["verify"]).code, Some(0));
        Shared { ada, bo, rota, commands, printed }
    }
}

/// How a damaged folder came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// It was well, or mended itself.
    Well,
    /// All of it was had back.
    Repaired,
    /// The same, and something is said to have been nowhere else.
    RepairedButForSomethingNamed,
    /// Nothing opens it: the keys are damaged. That is said, and nothing is made in their place.
    Refused,
}

/// While nobody else is there: the same, or less with a word. Whether any of it was less.
fn is_less_alone(shared: &Shared, hurt: &Device, case: &str) -> bool {
    let mut is_less = false;
    for (words, printed) in shared.commands.iter().zip(&shared.printed) {
        let answer = super::run(hurt, words);
        assert!(!answer.stderr.contains(OUR_FAULT), "{case}: {words:?} said {:?}", answer.stderr);
        match answer.code {
            Some(0) if answer.stdout == *printed => {}
            Some(0) => {
                assert!(words[1] != "fetch", "{case}: the file that opens is another");
                assert!(!answer.stderr.is_empty(), "{case}: {words:?} shows something else and says nothing");
                is_less = true;
            }
            Some(1) => {
                assert!(!answer.stderr.is_empty(), "{case}: {words:?} is refused without a word");
                // What came of a file before it was seen to be damaged is a beginning of it.
                assert!(words[1] != "fetch" || printed.starts_with(&answer.stdout), "{case}: another file");
                is_less = true;
            }
            other => panic!("{case}: {words:?} ended with {other:?}: {}", answer.stderr),
        }
    }
    is_less
}

fn judge(shared: &Shared, hurt: &Device, file: &Path, case: &str) -> Outcome {
    let is_less = is_less_alone(shared, hurt, case);
    let verified = hurt.run(&["verify"]);
    assert!(!(verified.code == Some(0) && is_less), "{case}: verify says all is well: {}", text(&verified));
    let ada = shared.ada.copied();
    let node = ada.serve(&[]);
    let repaired = hurt.run(&["--json", "verify", "--repair", "--peer", &node.address(), "--wait", "60"]);
    let outcome = match (repaired.code, repaired.stdout.is_empty()) {
        (Some(1), true) => {
            assert!(file == Path::new("keys"), "{case}: {}", repaired.stderr);
            assert!(repaired.stderr.contains("keys") && is_less, "{case}: {}", repaired.stderr);
            return Outcome::Refused;
        }
        (Some(0), _) if verified.code == Some(0) => Outcome::Well,
        (Some(0), _) => Outcome::Repaired,
        (Some(1), false) => {
            assert_eq!(listed(&repaired, "damaged"), 0, "{case}: {}", text(&repaired));
            assert!(listed(&repaired, "lost") > 0, "{case}: {}", text(&repaired));
            Outcome::RepairedButForSomethingNamed
        }
        other => panic!("{case}: {other:?}: {}", text(&repaired)),
    };
    assert_eq!(hurt.canonical(&shared.rota), ada.canonical(&shared.rota), "{case}: after the repair");
    for (words, printed) in shared.commands.iter().zip(&shared.printed) {
        let mut words = words.clone();
        // Whoever lost the whole store has the page, and fetches the file as if for the first time.
        if let Some(wait) = words.iter_mut().skip_while(|word| *word != "--wait").nth(1) {
            "30".clone_into(wait);
        }
        let answer = super::run(hurt, &words);
        assert!(
            answer.code == Some(0) && answer.stdout == *printed,
            "{case}: {words:?} after the repair: {}",
            answer.stderr
        );
    }
    node.stop();
    let again = hurt.run(&["verify"]);
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), ""), "{case}: after the repair: {}", text(&again));
    outcome
}

fn listed(answer: &Answer, field: &str) -> usize {
    let line: Value = serde_json::from_slice(&answer.stdout).unwrap_or_else(|why| panic!("{why}: {}", answer.stderr));
    line[field].as_array().map_or(0, Vec::len)
}

#[test]
fn whatever_is_damaged_of_what_is_shared_is_named_and_had_back_from_the_other() {
    let shared = Shared::new();
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    let files = files_below(shared.bo.folder());
    assert!(
        files.iter().filter(|file| file.starts_with("store/bodies")).count() >= 5,
        "the log and the photograph: {files:?}"
    );
    for seed in 0..super::rounds() {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        for file in &files {
            // One way each, drawn anew each round; more of the one in which everything lies.
            for _ in 0..if file.ends_with("db/db") { 3 } else { 1 } {
                let way = WAYS[(chance.next_u64() % WAYS.len() as u64) as usize];
                let bo = shared.bo.copied();
                let how = hurt(&bo.folder().join(file), way, &mut chance);
                let case = format!("seed {seed}: {} {how}", file.display());
                let outcome = judge(&shared, &bo, file, &case);
                eprintln!("{case}: {outcome:?}");
                *outcomes.entry(outcome).or_default() += 1;
            }
        }
    }
    let all: usize = outcomes.values().sum();
    eprintln!("{all} damages: {outcomes:?}");
    println!("shows P7: {all} damages of what is shared");
}
