//! Opening: what is new, what is too new, what has another key, what is lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hedgerow_store::{Batch, Damage, Disk, INLINE_MOST, OpenError, Opened, Store, Table, Wrong};

use crate::damage::{copy, files_in};
use crate::sealer::ToySealer;

const NOTES: Table = Table::named("notes");

fn open(folder: &Path) -> Opened {
    Disk::open(folder, Arc::new(ToySealer::new(1))).unwrap()
}

fn open_soundly(folder: &Path) -> Disk {
    let opened = open(folder);
    assert_eq!((opened.damage, opened.set_aside), (vec![], None));
    opened.store
}

fn put(store: &Disk, key: &[u8], value: impl Into<Vec<u8>>) {
    let mut batch = Batch::new();
    batch.put(NOTES, key, value);
    store.commit(batch).unwrap();
}

fn bytes_of(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files_in(folder).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn a_newer_hedgerows_store_is_refused_untouched() {
    let home = crate::home();
    let folder = home.path().join("store");
    put(&open_soundly(&folder), b"a", "words");
    fs::write(folder.join("format"), "hedgerow store 7\n").unwrap();
    let before = bytes_of(&folder);
    let error = Disk::open(&folder, Arc::new(ToySealer::new(1))).err().unwrap();
    assert_eq!(error, OpenError::TooNew { folder: folder.display().to_string(), theirs: 7, ours: 1 });
    assert!(bytes_of(&folder) == before, "untouched");
    fs::write(folder.join("format"), "hedgerow store 1\n").unwrap();
    assert_eq!(open_soundly(&folder).get(NOTES, b"a").unwrap().unwrap(), b"words");
}

#[test]
fn another_key_opens_nothing_and_changes_nothing() {
    let home = crate::home();
    let folder = home.path().join("store");
    let store = open_soundly(&folder);
    put(&store, b"a", "words");
    put(&store, b"b", vec![3; 40_000]);
    drop(store);
    let mark = fs::read(folder.join("mark")).unwrap();
    let bodies = bytes_of(&folder.join("bodies"));
    let error = Disk::open(&folder, Arc::new(ToySealer::new(2))).err().unwrap();
    assert_eq!(error, OpenError::WrongKey { folder: folder.display().to_string() });
    assert!(bytes_of(&folder.join("bodies")) == bodies && fs::read(folder.join("mark")).unwrap() == mark, "untouched");
    let store = open_soundly(&folder);
    assert_eq!(store.get(NOTES, b"a").unwrap().unwrap(), b"words");
    assert_eq!(store.check(), []);
}

#[test]
fn a_hopeless_store_is_set_aside_and_a_new_one_begun() {
    let home = crate::home();
    let folder = home.path().join("store");
    for number in 1..=3 {
        put(&open_soundly(&folder), b"a", "words");
        fs::write(folder.join("db/db"), b"").unwrap();
        let opened = open(&folder);
        let aside = home.path().join(format!("store.damaged-{number}"));
        assert_eq!(opened.set_aside, Some(aside.clone()));
        assert!(opened.is_new && aside.join("format").exists());
        assert_eq!(opened.store.get(NOTES, b"a").unwrap(), None);
        put(&opened.store, b"b", "new words");
    }
    let store = open_soundly(&folder);
    assert_eq!(store.get(NOTES, b"b").unwrap().unwrap(), b"new words");
}

#[test]
fn a_store_that_went_back_in_time_says_so() {
    let home = crate::home();
    let folder = home.path().join("store");
    let store = open_soundly(&folder);
    put(&store, b"a", "first");
    drop(store);
    copy(&folder.join("db"), &home.path().join("earlier"));
    let store = open_soundly(&folder);
    put(&store, b"a", "second");
    put(&store, b"b", "third");
    drop(store);
    fs::remove_dir_all(folder.join("db")).unwrap();
    copy(&home.path().join("earlier"), &folder.join("db"));

    let opened = open(&folder);
    assert_eq!(opened.damage.len(), 1);
    assert_eq!(opened.damage[0].what, Wrong::WentBack { stated: 3, found: 1 });
    assert!(opened.may_be_behind);
    assert_eq!(opened.damage[0].to_string(), "the store has lost what was saved last (1 of 3 saves)");
    assert_eq!(opened.store.get(NOTES, b"a").unwrap().unwrap(), b"first");
    put(&opened.store, b"a", "fourth");
    assert_eq!(opened.store.check(), []);
    drop(opened);
    open_soundly(&folder);
}

#[test]
fn a_beginning_cut_short_is_no_damage() {
    let home = crate::home();
    let whole = home.path().join("whole");
    drop(open_soundly(&whole));
    // In the order in which they come to be, each with all before it.
    let folder = home.path().join("store");
    fs::create_dir_all(folder.join("bodies")).unwrap();
    assert!(open(&folder).is_new);
    for missing in [&["format"][..], &["format", "mark"], &["format", "mark", "bodies/journal"]] {
        fs::remove_dir_all(&folder).unwrap();
        copy(&whole, &folder);
        missing.iter().for_each(|name| fs::remove_file(folder.join(name)).unwrap());
        let store = open_soundly(&folder);
        put(&store, b"a", "words");
        assert_eq!(store.check(), []);
        drop(store);
        assert_eq!(fs::read(folder.join("format")).unwrap(), b"hedgerow store 1\n");
    }
    // sled dies over its first snapshot.
    fs::write(folder.join("db/snap.0000000000000FFF.generating"), b"half").unwrap();
    assert_eq!(open_soundly(&folder).get(NOTES, b"a").unwrap().unwrap(), b"words");
}

#[test]
fn the_pieces_of_full_leaves_stay_in_the_log() {
    let home = crate::home();
    let folder = home.path().join("store");
    let store = open_soundly(&folder);
    for round in 0..3_u8 {
        for group in 0..6_u8 {
            let mut batch = Batch::new();
            for number in 0..12_u8 {
                let mut key = vec![b'k'; 1022];
                key.extend([number, group]);
                // Just inside a row when sealed.
                batch.put(NOTES, key, vec![round; INLINE_MOST - 16]);
            }
            store.commit(batch).unwrap();
        }
    }
    assert_eq!(store.count(NOTES).unwrap(), 72);
    assert_eq!(bytes_of(&folder.join("bodies")).len(), 1, "the journal alone: every value is in a row");
    assert_eq!(fs::read_dir(folder.join("db/blobs")).unwrap().count(), 0, "sled syncs no blobs");
    drop(store);
    let store = open_soundly(&folder);
    assert_eq!(store.check(), []);
    assert_eq!(fs::read_dir(folder.join("db/blobs")).unwrap().count(), 0);
}

#[test]
fn no_value_stands_in_clear_and_no_file_is_open_to_others() {
    let home = crate::home();
    let folder = home.path().join("store");
    let words = "The night cover moved to the annexe. ";
    let store = open_soundly(&folder);
    put(&store, b"small", words);
    put(&store, b"large", words.repeat(1000));
    put(&store, b"gone", words);
    let mut batch = Batch::new();
    batch.delete(NOTES, b"gone");
    store.commit(batch).unwrap();
    drop(store);
    drop(open_soundly(&folder));
    for (path, bytes) in bytes_of(&folder) {
        let found = bytes.windows(9).any(|window| window == &words.as_bytes()[4..13]);
        assert!(!found, "{} holds the words", path.display());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            assert_eq!(mode(path.parent().unwrap()), 0o700, "{}", path.display());
        }
    }
    println!("shows P3, P12: {} files sealed and for this user alone", bytes_of(&folder).len());
}

/// Cuts a body file and asks for it in every way.
#[test]
fn a_damaged_row_is_named_and_hides_no_other() {
    let home = crate::home();
    let folder = home.path().join("store");
    let store = open_soundly(&folder);
    put(&store, b"a", "words");
    put(&store, b"b", vec![5; 40_000]);
    put(&store, b"c", "more words");
    let body = files_in(&folder.join("bodies")).into_iter().find(|path| !path.ends_with("journal")).unwrap();
    let mut bytes = fs::read(&body).unwrap();
    bytes[39_000] ^= 1;
    for (content, what) in [(Some(bytes), Wrong::FileAltered), (None, Wrong::FileMissing)] {
        match content {
            Some(bytes) => fs::write(&body, bytes).unwrap(),
            None => fs::remove_file(&body).unwrap(),
        }
        let damage = Damage { table: "notes".into(), key: "62".into(), what };
        let fault = store.get(NOTES, b"b").unwrap_err();
        assert!(fault.to_string().starts_with("row 62 of notes has "), "{fault}");
        assert_eq!(store.check(), [damage]);
        let mut seen = Vec::new();
        let visit = &mut |key: &[u8], _: &[u8]| {
            seen.push(key.to_vec());
            std::ops::ControlFlow::Continue(())
        };
        assert_eq!(store.scan(NOTES, b"", visit).unwrap_err(), fault);
        assert_eq!(seen, [b"a".to_vec(), b"c".to_vec()]);
    }
    put(&store, b"b", "written again");
    assert_eq!(store.check(), []);
    assert_eq!(store.get(NOTES, b"b").unwrap().unwrap(), b"written again");
}

#[test]
fn a_store_put_back_from_a_backup_is_known_for_one() {
    let home = crate::home();
    let (folder, backup) = (home.path().join("store"), home.path().join("backup"));
    let store = open_soundly(&folder);
    put(&store, b"a", "first");
    drop(store);
    copy(&folder, &backup);
    let opened = open(&folder);
    assert!(!opened.may_be_behind, "a restart is no reason");
    put(&opened.store, b"a", "second");
    drop(opened);

    // Over what is there, and in place of it: whole, with its mark.
    for removed_first in [false, true] {
        if removed_first {
            fs::remove_dir_all(&folder).unwrap();
        }
        copy(&backup, &folder);
        let opened = open(&folder);
        assert_eq!((opened.damage, opened.may_be_behind), (vec![], true));
        drop(opened.store);
        let opened = open(&folder);
        assert!(opened.may_be_behind, "it is said until something is saved");
        put(&opened.store, b"b", "third");
        drop(opened);
        assert!(!open(&folder).may_be_behind);
    }
}

#[test]
fn a_store_that_was_never_anywhere_else_is_not_suspected() {
    let home = crate::home();
    let folder = home.path().join("store");
    for round in 0..4_u8 {
        let opened = open(&folder);
        assert_eq!((opened.is_new, opened.may_be_behind), (round == 0, false));
        for key in 0..round {
            put(&opened.store, &[key], vec![round; 100]);
        }
        opened.store.compact().unwrap();
        drop(opened);
        fs::rename(&folder, home.path().join("moved")).unwrap();
        fs::rename(home.path().join("moved"), &folder).unwrap();
    }
}
