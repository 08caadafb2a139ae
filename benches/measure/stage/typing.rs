//! What people type: a recorded trace where there is one, else invented typing by a seed.

use crate::stage::people::chance;
use rand_core::Rng;
use std::io::Read;
use std::path::PathBuf;

/// One keystroke, or a run of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    pub(crate) at: usize,
    pub(crate) delete: usize,
    pub(crate) insert: String,
}

impl Splice {
    /// Characters that come and go.
    pub(crate) fn size(&self) -> usize {
        self.insert.chars().count() + self.delete
    }
}

/// The first `count` keystrokes of somebody who writes a long page: of a recorded paper where `HEDGEROW_CORPUS` names a
/// folder with one, else invented.
pub(crate) fn keystrokes(count: usize) -> Vec<Splice> {
    match recorded(count) {
        Some(typed) => typed,
        None => invented(count),
    }
}

/// The same, where what was typed in one go is one splice of at most `most` characters.
pub(crate) fn in_runs(typed: &[Splice], most: usize) -> Vec<Splice> {
    let mut runs: Vec<Splice> = Vec::new();
    for key in typed {
        if let Some(last) = runs.last_mut() {
            let end = last.at + last.insert.chars().count();
            if last.delete == 0 && key.delete == 0 && key.at == end && last.size() < most {
                last.insert.push_str(&key.insert);
                continue;
            }
        }
        runs.push(key.clone());
    }
    runs
}

fn trace() -> Option<PathBuf> {
    let folder = std::env::var_os("HEDGEROW_CORPUS")?;
    Some(PathBuf::from(folder).join("editing-traces").join("automerge-paper.json.gz")).filter(|path| path.exists())
}

fn recorded(count: usize) -> Option<Vec<Splice>> {
    let mut text = String::new();
    let file = std::fs::File::open(trace()?).expect("the trace can be read");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("the trace is gzip of UTF-8");
    let trace: Trace = serde_json::from_str(&text).expect("the trace has transactions of patches");
    let patches = trace.txns.into_iter().flat_map(|txn| txn.patches);
    Some(patches.take(count).map(|(at, delete, insert)| Splice { at, delete, insert }).collect())
}

#[derive(serde::Deserialize)]
struct Trace {
    txns: Vec<Txn>,
}

#[derive(serde::Deserialize)]
struct Txn {
    patches: Vec<(usize, usize, String)>,
}

const WORDS: [&str; 24] = [
    "people", "wait", "for", "the", "ward", "and", "a", "bed", "at", "home", "carers", "ask", "who", "will", "come",
    "on", "Monday", "we", "tried", "again", "with", "less", "paper", "together",
];

fn invented(count: usize) -> Vec<Splice> {
    let mut rng = chance(7, "typing");
    let (mut typed, mut length, mut caret) = (Vec::with_capacity(count), 0, 0);
    let mut word = "".chars();
    while typed.len() < count {
        let dice = rng.next_u64() % 1_000;
        let splice = match dice {
            0..70 if caret > 0 => {
                caret -= 1;
                length -= 1;
                Splice { at: caret, delete: 1, insert: String::new() }
            }
            70..75 => {
                caret = usize::try_from(rng.next_u64() % (length as u64 + 1)).expect("within the text");
                continue;
            }
            _ => {
                let letter = word.next().unwrap_or_else(|| {
                    word = WORDS[usize::try_from(rng.next_u64() % 24).expect("small")].chars();
                    if rng.next_u64().is_multiple_of(60) { '\n' } else { ' ' }
                });
                (caret, length) = (caret + 1, length + 1);
                Splice { at: caret - 1, delete: 0, insert: letter.to_string() }
            }
        };
        typed.push(splice);
    }
    typed
}

/// A paragraph of invented words.
pub(crate) fn paragraph(rng: &mut impl Rng, words: usize) -> String {
    let mut picked = Vec::with_capacity(words);
    for _ in 0..words {
        picked.push(WORDS[usize::try_from(rng.next_u64() % WORDS.len() as u64).expect("small")]);
    }
    picked.join(" ")
}
