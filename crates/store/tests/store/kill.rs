//! kill -9 in the middle of saving: what was acknowledged is there, what was not is there whole or not at all.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use hedgerow_store::{Batch, Disk, FolderLock, Store, Table};

use crate::chance::Chance;
use crate::sealer::ToySealer;

const NOTES: Table = Table::named("notes");
const PLANS: Table = Table::named("plans");
pub(crate) const FOLDER: &str = "HEDGEROW_TEST_FOLDER";

/// This very test, in a process of its own, with a folder to work in.
pub(crate) fn again_as(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The folder to work in, if this process is the one that is to be killed.
pub(crate) fn working_in() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

fn open(folder: &Path) -> Disk {
    let opened = Disk::open(&folder.join("store"), Arc::new(ToySealer::new(1))).unwrap();
    assert_eq!((opened.set_aside, opened.damage), (None, vec![]));
    opened.store
}

fn length(number: u32) -> usize {
    if number.is_multiple_of(5) { 20_000 } else { 300 }
}

/// Two threads save without end, while a third has the file rewritten, and say on standard output what was acknowledged.
fn save_without_end(folder: &Path) {
    let _lock = FolderLock::take(folder, "a test").unwrap();
    let store = open(folder);
    let begin = store.count(NOTES).unwrap() as u32;
    let out = Mutex::new(std::io::stdout());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                store.compact().unwrap();
            }
        });
        for thread in 0..2_u32 {
            let (store, out) = (&store, &out);
            scope.spawn(move || {
                for number in (begin + thread..).step_by(2) {
                    let mut batch = Batch::new();
                    batch.put(NOTES, number.to_be_bytes(), vec![number as u8; length(number)]);
                    batch.put(PLANS, number.to_be_bytes(), number.to_be_bytes());
                    // Rewritten each time, so that files come and go.
                    batch.put(PLANS, [b'l', thread as u8], vec![number as u8; 17_000]);
                    store.commit(batch).unwrap();
                    // One write, so that a line is whole or not there.
                    out.lock().unwrap().write_all(format!("\nsaved {number}\n").as_bytes()).unwrap();
                }
            });
        }
    });
}

/// Lets the child save until it has said `words` words, then kills it; returns what it said was saved.
fn kill_after(mut child: Child, words: u64) -> Vec<u32> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut saved = Vec::new();
    let hear = |line: String| line.strip_prefix("saved ").and_then(|number| number.parse::<u32>().ok());
    while (saved.len() as u64) < words {
        let line = lines.next().unwrap_or_else(|| panic!("the child ended by itself"));
        saved.extend(hear(line));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it had said already when it was killed.
    saved.extend(lines.filter_map(hear));
    saved
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    if let Some(folder) = working_in() {
        return save_without_end(&folder);
    }
    let home = crate::home();
    let mut chance = Chance(9);
    let mut acknowledged = Vec::new();
    for round in 0..8 {
        let child = again_as("kill::what_was_acknowledged_survives_kill_9", home.path()).spawn().unwrap();
        acknowledged.extend(kill_after(child, 1 + chance.below(40)));

        let _lock = FolderLock::take(home.path(), "the one who looks").unwrap();
        let store = open(home.path());
        for number in &acknowledged {
            let value = store.get(NOTES, &number.to_be_bytes()).unwrap();
            assert!(value == Some(vec![*number as u8; length(*number)]), "round {round}: {number} was acknowledged");
        }
        let keys = store.keys(NOTES, b"").unwrap();
        let mut plans = store.keys(PLANS, b"").unwrap();
        plans.retain(|key| key.len() == 4);
        assert_eq!(keys, plans, "round {round}: each batch is there whole or not at all");
        assert_eq!(store.check(), [], "round {round}");
        // The two threads do not keep step: fill the gaps, so that the next round goes on behind them.
        let mut batch = Batch::new();
        for number in 0..keys.last().map_or(0, |key| u32::from_be_bytes(key[..].try_into().unwrap())) {
            if !keys.contains(&number.to_be_bytes().to_vec()) {
                batch.put(NOTES, number.to_be_bytes(), vec![number as u8; length(number)]);
                batch.put(PLANS, number.to_be_bytes(), number.to_be_bytes());
            }
        }
        store.commit(batch).unwrap();
        let files: usize = std::fs::read_dir(home.path().join("store/bodies"))
            .unwrap()
            .filter_map(|entry| std::fs::read_dir(entry.unwrap().path()).ok())
            .map(Iterator::count)
            .sum();
        let large = store.keys(NOTES, b"").unwrap();
        let large =
            large.iter().filter(|key| u32::from_be_bytes(key[..].try_into().unwrap()).is_multiple_of(5)).count();
        let rewritten = store.keys(PLANS, b"l").unwrap().iter().filter(|key| key.len() == 2).count();
        assert_eq!(files, large + rewritten, "round {round}: no file is left without a row");
    }
    assert!(acknowledged.len() >= 8);
    println!("shows P1: {} batches acknowledged before kill -9", acknowledged.len());
}
