//! Disks that are really full, read-only or out of handles. Each story is told by a process of its own.
//!
//! Those that mount a disk want root; `HEDGEROW_NO_ROOT` leaves them out.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use hedgerow_store::{Batch, Disk, OpenError, Real, Store, StoreFault, Table, Unlucky};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::kill::{FOLDER, working_in};
use crate::sealer::ToySealer;

const NOTES: Table = Table::named("notes");

/// Tells the story again in a process of its own, behind a shell command that prepares it.
fn tell_after(preparing: &str, test: &str) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{preparing}; exec \"$@\""), "sh"]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(FOLDER, home.path());
    run(&mut command);
}

/// The same on a disk of its own, of so many MiB, that nobody else sees.
fn tell_on_a_disk_of(mebibytes: u32, test: &str) {
    if std::env::var_os("HEDGEROW_NO_ROOT").is_some() {
        eprintln!("left out: it mounts a disk, and HEDGEROW_NO_ROOT is set");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mount = format!("mount -t tmpfs -o size={mebibytes}m tmpfs \"${FOLDER}\" && exec \"$@\"");
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", &mount, "sh"]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(FOLDER, home.path());
    run(&mut command);
}

fn run(command: &mut Command) {
    let told = command.output().unwrap();
    let words = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{}\n{words}", String::from_utf8_lossy(&told.stdout));
    assert!(String::from_utf8_lossy(&told.stdout).contains("1 passed"), "the story was not told\n{words}");
}

/// A store that believes there is room for ever, so that sled itself meets the end of the disk.
fn open_blindly(home: &Path) -> Disk {
    let files = Unlucky::new(Real);
    files.leave_room(Some(u64::MAX));
    let opened = Disk::open_with(&home.join("store"), Arc::new(ToySealer::new(1)), Arc::new(files)).unwrap();
    assert_eq!((opened.damage, opened.set_aside), (vec![], None));
    opened.store
}

fn open(home: &Path) -> Disk {
    let opened = Disk::open(&home.join("store"), Arc::new(ToySealer::new(1))).unwrap();
    assert_eq!((opened.damage, opened.set_aside), (vec![], None));
    opened.store
}

fn note(number: u32) -> Batch {
    let mut batch = Batch::new();
    for row in 0..8_u8 {
        let value = vec![number as u8; 12_000 + number as usize];
        batch.put(NOTES, [&number.to_be_bytes()[..], &[row]].concat(), value);
    }
    batch
}

/// Saves notes from `from` on until one is refused; returns its number and why.
fn save_until_refused(store: &Disk, from: u32) -> (u32, StoreFault) {
    for number in from..from + 10_000 {
        if let Err(fault) = store.commit(note(number)) {
            return (number, fault);
        }
    }
    panic!("the disk never ended");
}

/// Every note below `saved` is there whole; the refused one whole or not at all.
fn all_is_there(store: &Disk, saved: u32) {
    for number in 0..saved {
        for row in 0..8_u8 {
            let value = store.get(NOTES, &[&number.to_be_bytes()[..], &[row]].concat()).unwrap();
            assert!(value == Some(vec![number as u8; 12_000 + number as usize]), "{number} was acknowledged");
        }
    }
    let beyond = store.keys(NOTES, &saved.to_be_bytes()).unwrap().len();
    assert!(beyond == 0 || beyond == 8, "whole or not at all: {beyond} of 8 rows");
    assert_eq!(store.check(), []);
}

#[test]
fn sled_meets_the_end_of_a_disk() {
    let Some(home) = working_in() else {
        return tell_on_a_disk_of(36, "disks::sled_meets_the_end_of_a_disk");
    };
    let store = open_blindly(&home);
    // Opening again after a failed write, sled clears each segment that was torn: 2 MiB for each.
    let ballast = home.join("ballast");
    std::fs::write(&ballast, vec![0; 14 << 20]).unwrap();
    let (refused, fault) = save_until_refused(&store, 0);
    assert!(matches!(fault, StoreFault::Full { .. }), "{fault}");
    assert!(refused > 10, "{refused}");

    let again = store.commit(note(refused)).unwrap_err();
    assert!(matches!(again, StoreFault::Full { .. }), "still: {again}");
    std::fs::remove_file(ballast).unwrap();
    all_is_there(&store, refused);
    store.commit(note(refused)).unwrap();
    all_is_there(&store, refused + 1);
    drop(store);
    all_is_there(&open_blindly(&home), refused + 1);
}

#[test]
fn a_full_disk_keeps_what_it_has_and_takes_more_when_there_is_room() {
    let Some(home) = working_in() else {
        return tell_on_a_disk_of(32, "disks::a_full_disk_keeps_what_it_has_and_takes_more_when_there_is_room");
    };
    let store = open(&home);
    std::fs::write(home.join("ballast"), vec![0; 4 << 20]).unwrap();
    let (refused, fault) = save_until_refused(&store, 0);
    assert!(matches!(fault, StoreFault::Full { .. }), "{fault}");
    all_is_there(&store, refused);
    // Another program takes the rest of the disk.
    let _ = std::fs::write(home.join("greedy"), vec![0; 32 << 20]);
    let large = std::iter::once((NOTES, vec![7; 100_000]));
    for (table, value) in large {
        let mut batch = Batch::new();
        batch.put(table, b"large", value);
        assert!(matches!(store.commit(batch).unwrap_err(), StoreFault::Full { .. }));
    }
    drop(store);
    std::fs::remove_file(home.join("greedy")).unwrap();
    std::fs::remove_file(home.join("ballast")).unwrap();
    let store = open(&home);
    all_is_there(&store, refused);
    store.commit(note(refused)).unwrap();
    all_is_there(&store, refused + 1);
}

#[test]
fn a_store_opens_or_says_full_on_a_full_disk() {
    let Some(home) = working_in() else {
        return tell_on_a_disk_of(24, "disks::a_store_opens_or_says_full_on_a_full_disk");
    };
    let store = open(&home);
    (0..20).for_each(|number| store.commit(note(number)).unwrap());
    drop(store);
    let _ = std::fs::write(home.join("greedy"), vec![0; 24 << 20]);
    let sealer = Arc::new(ToySealer::new(1));
    match Disk::open(&home.join("store"), sealer) {
        Ok(opened) => {
            assert_eq!((opened.damage, opened.set_aside), (vec![], None));
            all_is_there(&opened.store, 20);
        }
        Err(error) => assert!(matches!(error, OpenError::Fault(StoreFault::Full { .. })), "{error}"),
    }
    std::fs::remove_file(home.join("greedy")).unwrap();
    all_is_there(&open(&home), 20);
    let names: Vec<_> = std::fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["store"], "nothing was set aside");
}

#[test]
fn a_read_only_disk_is_named() {
    let Some(home) = working_in() else {
        return tell_on_a_disk_of(24, "disks::a_read_only_disk_is_named");
    };
    let remount = |how: &str| {
        let done = Command::new("mount").args(["-o", how]).arg(&home).status().unwrap();
        assert!(done.success());
    };
    let store = open(&home);
    store.commit(note(0)).unwrap();
    drop(store);
    remount("remount,ro");
    let error = Disk::open(&home.join("store"), Arc::new(ToySealer::new(1))).err().unwrap();
    assert!(matches!(error, OpenError::Fault(StoreFault::ReadOnly { .. })), "{error}");
    remount("remount,rw");
    let store = open(&home);
    all_is_there(&store, 1);
    store.commit(note(1)).unwrap();
}

#[test]
fn a_limit_on_files_is_met_like_a_full_disk() {
    let Some(home) = working_in() else {
        let preparing = "trap '' XFSZ; ulimit -f 8192";
        return tell_after(preparing, "disks::a_limit_on_files_is_met_like_a_full_disk");
    };
    let store = open(&home);
    let (refused, fault) = save_until_refused(&store, 0);
    assert!(matches!(fault, StoreFault::Full { .. }), "{fault}");
    all_is_there(&store, refused);
    let (_, again) = save_until_refused(&store, refused);
    assert!(matches!(again, StoreFault::Full { .. }), "{again}");
}

#[test]
fn too_many_open_files_are_named_and_pass() {
    let Some(home) = working_in() else {
        return tell_after("true", "disks::too_many_open_files_are_named_and_pass");
    };
    let store = open(&home);
    let mut large = Batch::new();
    large.put(NOTES, b"large", vec![1; 50_000]);
    store.commit(large.clone()).unwrap();
    let usual = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(3), maximum: usual.maximum }).unwrap();
    let fault = store.get(NOTES, b"large").unwrap_err();
    assert_eq!(fault, StoreFault::TooManyFiles);
    assert_eq!(store.commit(large.clone()).unwrap_err(), StoreFault::TooManyFiles);
    // Rows need no file of their own.
    store.commit(note(0)).unwrap();
    let error = Disk::open(&home.join("other"), Arc::new(ToySealer::new(1))).err().unwrap();
    assert_eq!(error, OpenError::Fault(StoreFault::TooManyFiles));
    setrlimit(Resource::Nofile, usual).unwrap();
    store.commit(large).unwrap();
    assert_eq!(store.get(NOTES, b"large").unwrap().unwrap(), [1; 50_000]);
    all_is_there(&store, 1);
}
