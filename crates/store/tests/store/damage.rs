//! Whatever happens to the files: what was written, a named fault, or a store set aside. Never a panic, never silence.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hedgerow_store::{Batch, Disk, OpenError, Opened, Store, Table};

use crate::chance::Chance;
use crate::sealer::ToySealer;

const NOTES: Table = Table::named("notes");
const PLANS: Table = Table::named("plans");

/// What was written to each row, oldest first; the last is what should be read.
type Written = BTreeMap<(Table, Vec<u8>), Vec<Option<Vec<u8>>>>;

fn open(folder: &Path) -> Result<Opened, OpenError> {
    Disk::open(folder, Arc::new(ToySealer::new(1)))
}

/// A store that was opened four times, with rows rewritten and deleted, and some in files.
fn ada_writes(folder: &Path) -> Written {
    let mut written = Written::new();
    for round in 0..4_u8 {
        let store = open(folder).unwrap().store;
        for group in 0..8_u8 {
            let mut batch = Batch::new();
            for number in 0..6_u8 {
                let key = vec![number * 7 + group % 3];
                let table = if number % 2 == 0 { NOTES } else { PLANS };
                let length = if number == 5 { 20_000 + usize::from(round) } else { 10 + 40 * usize::from(group) };
                let value = (number + round != 6).then(|| vec![round * 16 + group; length]);
                match value.clone() {
                    Some(value) => batch.put(table, key.clone(), value),
                    None => batch.delete(table, key.clone()),
                };
                written.entry((table, key)).or_default().push(value);
            }
            store.commit(batch).unwrap();
        }
    }
    written
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_in(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Reads everything, and holds it against what was written.
fn judge(folder: &Path, written: &Written, case: &str) {
    let opened = match open(folder) {
        Ok(opened) => opened,
        Err(OpenError::TooNew { .. } | OpenError::WrongKey { .. }) => return,
        Err(OpenError::Fault(fault)) => {
            assert!(!fault.to_string().is_empty(), "{case}");
            return;
        }
    };
    let mut complaints = opened.damage.len() + usize::from(opened.set_aside.is_some());
    let mut losses = Vec::new();
    for ((table, key), values) in written {
        match opened.store.get(*table, key) {
            Ok(value) => {
                let was_once = value.is_none() || values.contains(&value);
                assert!(was_once, "{case}: {table} {key:?} holds what nobody wrote there");
                if value != *values.last().unwrap() {
                    losses.push((*table, key.clone()));
                }
            }
            Err(fault) => {
                assert!(!fault.to_string().contains('\n'), "{case}: one line");
                complaints += 1;
            }
        }
    }
    for table in [NOTES, PLANS] {
        let visit = &mut |key: &[u8], value: &[u8]| {
            let values = &written[&(table, key.to_vec())];
            assert!(values.contains(&Some(value.to_vec())), "{case}: a scan shows what nobody wrote");
            ControlFlow::Continue(())
        };
        complaints += usize::from(opened.store.scan(table, b"", visit).is_err());
    }
    complaints += opened.store.check().len();
    assert!(losses.is_empty() || complaints > 0, "{case}: lost without a word: {losses:?}");

    // Whatever it was, it can be written again, and is then whole.
    let mut batch = Batch::new();
    batch.put(NOTES, b"after", b"words");
    if opened.store.commit(batch).is_ok() {
        assert_eq!(opened.store.get(NOTES, b"after").unwrap().unwrap(), b"words", "{case}");
        drop(opened);
        let again = open(folder).unwrap();
        assert_eq!(again.set_aside, None, "{case}");
        assert_eq!(again.store.get(NOTES, b"after").unwrap().unwrap(), b"words", "{case}");
    }
}

/// Does one thing to a file, and says what.
fn hurt(path: &Path, chance: &mut Chance) -> String {
    let length = fs::metadata(path).unwrap().len();
    // The engine's file is zeros for the most part.
    let used = if path.ends_with("db/db") { length.min(70_000) } else { length };
    let at = chance.below(used);
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    match chance.below(6) {
        0 | 1 => {
            let byte = fs::read(path).unwrap().get(at as usize).copied().unwrap_or(0);
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(&[byte ^ (1 << chance.below(8))]).unwrap();
            format!("a bit flipped at {at}")
        }
        2 => {
            file.set_len(at).unwrap();
            format!("cut at {at} of {length}")
        }
        3 => {
            let zeros = (1 + chance.below(5000)).min(length - at);
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(&vec![0; zeros as usize]).unwrap();
            format!("{zeros} zeros at {at}")
        }
        4 => {
            file.seek(SeekFrom::End(0)).unwrap();
            file.write_all(&vec![chance.next() as u8; 3000]).unwrap();
            "3000 bytes more".into()
        }
        _ => {
            fs::remove_file(path).unwrap();
            "removed".into()
        }
    }
}

#[test]
fn any_file_may_be_hurt() {
    let rounds = std::env::var("HEDGEROW_DAMAGES").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(20_u64);
    let home = crate::home();
    let sound = home.path().join("sound");
    let written = ada_writes(&sound);
    judge_sound(&sound, &written);
    let mut hurts = 0;
    for seed in 0..rounds {
        let mut chance = Chance(seed);
        for file in files_in(&sound) {
            let folder = home.path().join(format!("hurt-{seed}")).join("store");
            copy(&sound, &folder);
            let name = file.strip_prefix(&sound).unwrap();
            let what = hurt(&folder.join(name), &mut chance);
            let case = format!("seed {seed}: {} {what}", name.display());
            judge(&folder, &written, &case);
            hurts += 1;
            fs::remove_dir_all(folder.parent().unwrap()).unwrap();
        }
    }
    println!("shows P7: {hurts} files hurt");
}

fn judge_sound(folder: &Path, written: &Written) {
    let opened = open(folder).unwrap();
    assert_eq!((opened.damage, opened.set_aside), (vec![], None));
    for ((table, key), values) in written {
        assert_eq!(opened.store.get(*table, key).unwrap(), *values.last().unwrap());
    }
    assert_eq!(opened.store.check(), []);
}
