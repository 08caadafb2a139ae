//! Rewriting the engine's file without what was replaced.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hedgerow_store::{Batch, Disk, Real, Step, Store, Table, Unlucky};

use crate::damage::copy;
use crate::sealer::ToySealer;

const NOTES: Table = Table::named("notes");
const PLANS: Table = Table::named("plans");

fn open(home: &Path, files: &Unlucky) -> Disk {
    let sealer = Arc::new(ToySealer::new(1));
    let opened = Disk::open_with(&home.join("store"), sealer, Arc::new(files.clone())).unwrap();
    assert_eq!((opened.damage, opened.set_aside), (vec![], None));
    opened.store
}

/// Rows that stay between rows that are rewritten again and again: the log keeps far more than is in use.
fn waste(store: &Disk, from: u32, to: u32) {
    for number in from..to {
        let mut batch = Batch::new();
        batch.put(NOTES, number.to_be_bytes(), vec![number as u8; 400]);
        for page in 0..8_u8 {
            batch.put(PLANS, [page], vec![number as u8; 12_000]);
        }
        store.commit(batch).unwrap();
    }
}

fn is_as_wasted(store: &Disk, to: u32) {
    for number in 0..to {
        assert_eq!(store.get(NOTES, &number.to_be_bytes()).unwrap().unwrap(), [number as u8; 400]);
    }
    for page in 0..8_u8 {
        assert!(store.get(PLANS, &[page]).unwrap().unwrap() == [(to - 1) as u8; 12_000]);
    }
    assert_eq!((store.count(NOTES).unwrap(), store.count(PLANS).unwrap()), (u64::from(to), 8));
    assert_eq!(store.check(), []);
}

fn engine_bytes(home: &Path) -> u64 {
    fs::metadata(home.join("store/db/db")).unwrap().len()
}

#[test]
fn a_file_full_of_waste_is_rewritten() {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    let store = open(home.path(), &files);
    waste(&store, 0, 150);
    let before = engine_bytes(home.path());
    store.compact().unwrap();
    assert!(engine_bytes(home.path()) < before / 2, "{before} bytes, now {}", engine_bytes(home.path()));
    is_as_wasted(&store, 150);
    waste(&store, 150, 160);
    is_as_wasted(&store, 160);
    drop(store);
    let store = open(home.path(), &files);
    is_as_wasted(&store, 160);
    let names = ["db.next", "db.old"].map(|name| home.path().join("store").join(name).exists());
    assert_eq!(names, [false, false], "nothing is left beside it");
}

#[test]
fn it_happens_by_itself() {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    let store = open(home.path(), &files);
    let mut longest = 0;
    for round in 0..16 {
        waste(&store, round * 50, (round + 1) * 50);
        longest = longest.max(engine_bytes(home.path()));
    }
    // Asked for last, so that one that is under way has ended.
    store.compact().unwrap();
    assert!(longest < 64 << 20, "{longest} bytes at the most");
    is_as_wasted(&store, 800);
}

#[test]
fn saving_goes_on_meanwhile() {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    let store = open(home.path(), &files);
    waste(&store, 0, 300);
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..6 {
                store.compact().unwrap();
            }
            ended.store(true, Ordering::Relaxed);
        });
        for thread in 0..2_u8 {
            let (store, ended) = (&store, &ended);
            scope.spawn(move || {
                let mut number = 0_u32;
                while !ended.load(Ordering::Relaxed) {
                    let mut batch = Batch::new();
                    // Before, between and after what is being copied; new, changed and deleted.
                    let row = number.wrapping_mul(7919) % 400;
                    batch.put(PLANS, [9, thread], number.to_be_bytes());
                    batch.put(NOTES, [&row.to_be_bytes()[..], &[thread]].concat(), vec![thread; number as usize % 900]);
                    batch.delete(NOTES, [&(row / 2).to_be_bytes()[..], &[thread]].concat());
                    store.commit(batch).unwrap();
                    let value = store.get(PLANS, &[9, thread]).unwrap().unwrap();
                    assert_eq!(value, number.to_be_bytes());
                    number += 1;
                }
            });
        }
    });
    assert_eq!(store.check(), []);
    let count = store.count(NOTES).unwrap();
    drop(store);
    let store = open(home.path(), &files);
    assert_eq!(store.check(), []);
    assert_eq!(store.keys(NOTES, b"").unwrap().len() as u64, count);
}

#[test]
fn a_step_that_fails_leaves_things_as_they_were() {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    let store = open(home.path(), &files);
    waste(&store, 0, 20);
    for (step, nth) in [(Step::Rename, 1), (Step::SyncFolder, 1), (Step::SyncFolder, 2), (Step::Sync, 1)] {
        files.fail(step, nth, ErrorKind::PermissionDenied);
        assert!(store.compact().is_err(), "{step:?} {nth}");
        files.mend();
        is_as_wasted(&store, 20);
    }
    // The second renaming fails, and so does the way back: nothing more is promised, and nothing is lost.
    files.fail(Step::Rename, 2, ErrorKind::PermissionDenied);
    assert!(store.compact().is_err());
    files.mend();
    let mut batch = Batch::new();
    batch.put(NOTES, b"late", b"words");
    assert!(store.commit(batch).is_err());
    drop(store);
    is_as_wasted(&open(home.path(), &files), 20);
}

#[test]
fn a_crash_between_the_renames_is_put_right() {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    drop(open(home.path(), &files));
    waste(&open(home.path(), &files), 0, 20);
    let folder = home.path().join("store");
    let at = |name: &str| folder.join(name);
    // Before the first, after it, and after the second; with a half-made one that must not be taken.
    copy(&at("db"), &at("db.next"));
    fs::write(at("db.next/db"), b"half").unwrap();
    is_as_wasted(&open(home.path(), &files), 20);
    fs::rename(at("db"), at("db.next")).unwrap();
    copy(&at("db.next"), &at("db.old"));
    is_as_wasted(&open(home.path(), &files), 20);
    copy(&at("db"), &at("db.old"));
    is_as_wasted(&open(home.path(), &files), 20);
    assert!(!at("db.old").exists() && !at("db.next").exists());
}
