//! Rows that the engine loses, mixes up or brings back from the past: what no file's damage shows for certain.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use hedgerow_store::{Batch, Damage, Disk, Store, StoreFault, Table, Wrong};

use crate::sealer::ToySealer;

const NOTES: Table = Table::named("notes");

fn open(home: &Path) -> Disk {
    let opened = Disk::open(&home.join("store"), Arc::new(ToySealer::new(1))).unwrap();
    assert_eq!((opened.damage, opened.set_aside), (vec![], None));
    opened.store
}

fn put(store: &Disk, key: &str, value: &str) {
    let mut batch = Batch::new();
    batch.put(NOTES, key, value);
    store.commit(batch).unwrap();
}

/// Does something to the rows behind the store's back.
fn behind_its_back(home: &Path, deed: impl FnOnce(&sled::Db)) {
    let db = sled::Config::new().path(home.join("store/db")).segment_size(2 << 20).open().unwrap();
    deed(&db);
    db.flush().unwrap();
}

fn damage(key: &str, what: Wrong) -> Vec<Damage> {
    let key = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![Damage { table: "notes".into(), key, what }]
}

fn ada_writes() -> (tempfile::TempDir, Disk) {
    let home = crate::home();
    let store = open(home.path());
    for (key, value) in [("a", "one"), ("b", "two"), ("c", "three")] {
        put(&store, key, value);
    }
    (home, store)
}

#[test]
fn a_row_that_the_engine_lost_is_missed_until_it_is_counted_off() {
    let (home, store) = ada_writes();
    drop(store);
    behind_its_back(home.path(), |db| drop(db.remove(b"notes\0b").unwrap().unwrap()));
    let store = open(home.path());
    assert_eq!(store.get(NOTES, b"b").unwrap(), None);
    assert_eq!(store.check(), damage("", Wrong::CountDiffers { stated: 3, found: 2 }));
    assert_eq!(store.check()[0].to_string(), "table notes should have 3 rows and has 2");
    assert!(store.compact().is_err(), "what is not whole is not rewritten");
    put(&store, "b", "fetched from bo");
    assert_eq!(store.check(), damage("", Wrong::CountDiffers { stated: 4, found: 3 }));
    store.recount().unwrap();
    assert_eq!(store.check(), []);
    drop(store);
    let store = open(home.path());
    assert_eq!((store.check(), store.count(NOTES).unwrap()), (vec![], 3));
    store.compact().unwrap();
}

#[test]
fn a_row_from_the_past_is_noticed() {
    let (home, store) = ada_writes();
    drop(store);
    let mut earlier = None;
    behind_its_back(home.path(), |db| earlier = db.get(b"notes\0b").unwrap());
    put(&open(home.path()), "b", "changed");
    behind_its_back(home.path(), |db| drop(db.insert(b"notes\0b", earlier.unwrap()).unwrap()));
    let store = open(home.path());
    assert_eq!(store.get(NOTES, b"b").unwrap().unwrap(), b"two", "it opens: it was sealed for this row");
    assert_eq!(store.check(), damage("", Wrong::ContentDiffers));
}

#[test]
fn rows_that_changed_places_or_bytes_do_not_open() {
    let (home, store) = ada_writes();
    drop(store);
    behind_its_back(home.path(), |db| {
        let (a, mut c) = (db.get(b"notes\0a").unwrap().unwrap(), db.get(b"notes\0c").unwrap().unwrap().to_vec());
        db.insert(b"notes\0b", a).unwrap();
        *c.last_mut().unwrap() ^= 1;
        db.insert(b"notes\0c", c).unwrap();
    });
    let store = open(home.path());
    let damaged = [damage("b", Wrong::Unsealable), damage("c", Wrong::Unsealable)].concat();
    assert_eq!(store.check(), damaged);
    for (key, damage) in ["b", "c"].into_iter().zip(damaged) {
        assert_eq!(store.get(NOTES, key.as_bytes()).unwrap_err(), StoreFault::Damaged(damage));
    }
    let mut seen = Vec::new();
    let visit = &mut |key: &[u8], _: &[u8]| {
        seen.push(key.to_vec());
        ControlFlow::Continue(())
    };
    assert!(matches!(store.scan(NOTES, b"", visit), Err(StoreFault::Damaged(_))));
    assert_eq!(seen, [b"a"]);
    put(&store, "b", "fetched");
    put(&store, "c", "again");
    store.recount().unwrap();
    assert_eq!(store.check(), []);
}

#[test]
fn lost_counts_are_said_and_made_anew() {
    for other_counts in [None, Some(b"not what was sealed")] {
        let (home, store) = ada_writes();
        drop(store);
        behind_its_back(home.path(), |db| match other_counts {
            None => drop(db.remove(b"\x01counts").unwrap().unwrap()),
            Some(bytes) => drop(db.insert(b"\x01counts", bytes).unwrap()),
        });
        let opened = Disk::open(&home.path().join("store"), Arc::new(ToySealer::new(1))).unwrap();
        assert_eq!(opened.set_aside, None);
        assert_eq!(opened.damage.iter().map(|damage| &damage.what).collect::<Vec<_>>(), [&Wrong::CountsLost]);
        assert_eq!(opened.store.count(NOTES).unwrap(), 3);
        put(&opened.store, "d", "four");
        assert_eq!(opened.store.check(), []);
        drop(opened);
        assert_eq!(open(home.path()).count(NOTES).unwrap(), 4);
    }
}
