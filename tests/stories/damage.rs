//! One file of a folder is damaged, and every command says "ok" with the same content, or a line that names what is wrong:
//! never a panic, never other content without a word.
//!
//! `HEDGEROW_DAMAGES` says how often each file is damaged in each way (once unless told).

mod keys;
mod shared;

use hedgerow_tests::{
    Answer, Device, OUR_FAULT,
    crash::{copy_folder, files_below},
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use crate::crashes::session::long_text;

/// Somebody's folder, what their commands print while it is sound, and the folder as it was some hours ago.
struct Sound {
    ada: Device,
    earlier: Device,
    commands: Vec<Vec<String>>,
    printed: Vec<Vec<u8>>,
}

impl Sound {
    fn new() -> Sound {
        let ada = Device::of("Ada");
        let rota = ada.notebook("Flood rota");
        let cover = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
        let log = ada.page(&rota, "Log of the flood", &long_text(1, 40_000));
        ada.page(&rota, "Log of the year", &long_text(2, 40_000));
        ada.text(&["capture", "Lock Lane drain is blocked"]);
        let earlier = ada.copied();
        ada.append(&cover, "The depot opens at six.\n");
        ada.page(&rota, "Log of the night", &long_text(3, 40_000));
        ada.notebook("Warm spaces");
        ada.text(&["capture", "Ring the depot"]);
        let commands: Vec<Vec<String>> = [
            &["status"][..],
            &["page", "show", &cover],
            &["page", "show", &log],
            &["export", "--canonical", "--all"],
            &["inbox", "list"],
            &["export", "--canonical", "--all"],
        ]
        .iter()
        .map(|words| words.iter().map(|word| (*word).to_owned()).collect())
        .collect();
        let printed = commands.iter().map(|words| run(&ada, words).stdout).collect();
        assert_eq!(ada.run(&["verify"]).code, Some(0));
        Sound { ada, earlier, commands, printed }
    }
}

fn run(device: &Device, words: &[String]) -> Answer {
    device.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// How a damaged folder came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// As if nothing were.
    Same,
    /// The same, and something was said.
    SameAndTold,
    /// A command was refused, with a line that says why.
    Refused,
    /// Something is missing, and every command that shows less says so.
    LessAndTold,
}

/// Gives every command, and holds what it prints against what it printed while the folder was sound.
fn judge(sound: &Sound, hurt: &Device, case: &str) -> Outcome {
    let mut outcome = Outcome::Same;
    for (words, printed) in sound.commands.iter().zip(&sound.printed) {
        let begun = Instant::now();
        let answer = run(hurt, words);
        assert!(begun.elapsed().as_secs() < 60, "{case}: {words:?} took {:?}", begun.elapsed());
        for line in answer.stderr.lines() {
            assert!(line.starts_with("hedgerow: "), "{case}: {words:?} said {line:?}");
            assert!(!line.contains(OUR_FAULT), "{case}: {words:?} said {line:?}");
        }
        let told = !answer.stderr.is_empty();
        let came_to = match answer.code {
            Some(0) if answer.stdout == *printed => {
                if told {
                    Outcome::SameAndTold
                } else {
                    Outcome::Same
                }
            }
            Some(0) => {
                assert!(told, "{case}: {words:?} shows something else and says nothing:\n{}", text(&answer));
                Outcome::LessAndTold
            }
            Some(1) => {
                assert!(told, "{case}: {words:?} is refused without a word");
                Outcome::Refused
            }
            other => panic!("{case}: {words:?} ended with {other:?}: {}", answer.stderr),
        };
        outcome = outcome.max(came_to);
    }
    let verified = hurt.run(&["verify"]);
    let well = verified.code == Some(0);
    assert!(
        !(well && outcome >= Outcome::Refused),
        "{case}: {outcome:?}, and verify says all is well: {}",
        text(&verified)
    );
    outcome
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.stdout).chars().take(2_000).collect::<String>() + &answer.stderr
}

/// How often each file is damaged.
fn rounds() -> u64 {
    env::var("HEDGEROW_DAMAGES").map_or(1, |rounds| rounds.parse().expect("HEDGEROW_DAMAGES is a number"))
}

/// The ways to damage a file.
const WAYS: [&str; 6] = ["bit", "bit", "cut", "zeros", "emptied", "deleted"];

/// Damages a file, and says how.
fn hurt(path: &Path, way: &str, chance: &mut ChaCha8Rng) -> String {
    let mut bytes = fs::read(path).expect("it can be read");
    // The store's file is zeros for the most part.
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1) as u64;
    let mut below = |most: u64| usize::try_from(chance.next_u64() % most.max(1)).expect("it is a place in a file");
    let at = below(used);
    let how = match way {
        "deleted" => {
            fs::remove_file(path).expect("it can go");
            return "deleted".to_owned();
        }
        "emptied" => {
            bytes.clear();
            "emptied".to_owned()
        }
        "cut" => {
            bytes.truncate(at);
            format!("cut at {at}")
        }
        "zeros" => {
            let end = (at + 1 + below(4_096)).min(bytes.len());
            bytes.get_mut(at..end).unwrap_or_default().fill(0);
            format!("zeros from {at} to {end}")
        }
        _ => {
            let bit = below(8);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
            format!("bit {bit} of byte {at} flipped")
        }
    };
    fs::write(path, bytes).expect("it can be written");
    how
}

/// Says how they came out, once all have been judged.
fn tell(outcomes: &BTreeMap<Outcome, usize>) {
    let all: usize = outcomes.values().sum();
    eprintln!("{all} damages: {outcomes:?}");
    println!("shows P7: {all} damages");
}

#[test]
fn whatever_file_is_damaged_it_is_the_same_or_it_is_said() {
    let sound = Sound::new();
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    for seed in 0..rounds() {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        for file in files_below(sound.ada.folder()) {
            // Everything lies in this one, so it is hurt more often.
            let times = if file.ends_with("db/db") { 3 } else { 1 };
            for way in WAYS.iter().cycle().take(times * WAYS.len()) {
                let copy = sound.ada.copied();
                let how = hurt(&copy.folder().join(&file), way, &mut chance);
                let case = format!("seed {seed}: {} {how}", file.display());
                let outcome = judge(&sound, &copy, &case);
                eprintln!("{case}: {outcome:?}");
                *outcomes.entry(outcome).or_default() += 1;
            }
        }
    }
    tell(&outcomes);
}

#[test]
fn a_file_in_the_place_of_another_or_from_earlier_is_no_other_content() {
    let sound = Sound::new();
    let files = files_below(sound.ada.folder());
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    let mut tried = |copy: Device, case: String| {
        let outcome = judge(&sound, &copy, &case);
        eprintln!("{case}: {outcome:?}");
        *outcomes.entry(outcome).or_default() += 1;
    };
    let bodies: Vec<&PathBuf> = files.iter().filter(|file| file.starts_with("store/bodies")).collect();
    assert!(bodies.len() >= 4, "three bodies and the journal: {bodies:?}");
    for (one, other) in bodies.iter().zip(bodies.iter().cycle().skip(1)) {
        let copy = sound.ada.copied();
        fs::copy(sound.ada.folder().join(one), copy.folder().join(other)).expect("it can be copied");
        fs::copy(sound.ada.folder().join(other), copy.folder().join(one)).expect("it can be copied");
        tried(copy, format!("{} and {} swapped", one.display(), other.display()));
    }
    for file in &files {
        let was = sound.earlier.folder().join(file);
        if was.exists() && fs::read(&was).ok() != fs::read(sound.ada.folder().join(file)).ok() {
            let copy = sound.ada.copied();
            fs::copy(&was, copy.folder().join(file)).expect("it can be copied");
            tried(copy, format!("{} as it was earlier", file.display()));
        }
    }
    // And the other way round: one new file among old ones.
    let copy = Device::new("Ada");
    copy_folder(sound.earlier.folder(), copy.folder());
    fs::copy(sound.ada.folder().join("store/mark"), copy.folder().join("store/mark")).expect("it can be copied");
    tried(copy, "everything but the mark as it was earlier".to_owned());
    tell(&outcomes);
}
