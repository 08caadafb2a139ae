//! What every store promises, as a suite: hold an implementation to it with [`hold`].

#![expect(clippy::unwrap_used, reason = "a suite of tests: a fault is a failure")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::mpsc;

use crate::{Batch, KEY_MOST, Store, StoreFault, Table, VALUE_MOST};

/// One store under test, and how to close and open it again.
pub trait Subject {
    /// The store.
    fn store(&self) -> &dyn Store;
    /// Closes it and opens the same again.
    fn reopen(&mut self);
}

const NOTES: Table = Table::named("notes");
const NOTE: Table = Table::named("note");
const PLANS: Table = Table::named("plans-2");

/// One promise: panics when the subject breaks it.
pub type Promise = fn(&mut dyn Subject);

/// Every promise by its name.
pub const PROMISES: &[(&str, Promise)] = &[
    ("what was saved is read", what_was_saved_is_read),
    ("what was saved is there after opening again", what_was_saved_is_there_after_opening_again),
    ("what was deleted is gone", what_was_deleted_is_gone),
    ("the later change to a row wins", the_later_change_to_a_row_wins),
    ("tables do not mix", tables_do_not_mix),
    ("scans are in order and within their prefix", scans_are_in_order_and_within_their_prefix),
    ("a scan can stop and can use the store", a_scan_can_stop_and_can_use_the_store),
    ("values of every size come back", values_of_every_size_come_back),
    ("what is too big is refused whole", what_is_too_big_is_refused_whole),
    ("batches are saved in the order begun", batches_are_saved_in_the_order_begun),
    ("many threads can save at once", many_threads_can_save_at_once),
    ("counts are right", counts_are_right),
];

/// Holds the stores that `make` makes, each new and empty, to every promise.
///
/// # Panics
/// When a promise is broken.
pub fn hold(make: &mut dyn FnMut() -> Box<dyn Subject>) {
    for (name, promise) in PROMISES {
        let mut subject = make();
        promise(&mut *subject);
        assert_eq!(subject.store().check(), [], "{name}: nothing is damaged afterwards");
    }
}

fn put(store: &dyn Store, table: Table, key: &[u8], value: &[u8]) {
    let mut batch = Batch::new();
    batch.put(table, key, value);
    store.commit(batch).unwrap();
}

fn rows(store: &dyn Store, table: Table, prefix: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    let visit = &mut |key: &[u8], value: &[u8]| {
        rows.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    };
    store.scan(table, prefix, visit).unwrap();
    rows
}

fn what_was_saved_is_read(subject: &mut dyn Subject) {
    let store = subject.store();
    assert_eq!(store.get(NOTES, b"a").unwrap(), None);
    put(store, NOTES, b"a", b"one");
    put(store, NOTES, b"", b"the empty key is a key");
    put(store, NOTES, b"b", b"");
    assert_eq!(store.get(NOTES, b"a").unwrap().unwrap(), b"one");
    assert_eq!(store.get(NOTES, b"").unwrap().unwrap(), b"the empty key is a key");
    assert_eq!(store.get(NOTES, b"b").unwrap().unwrap(), b"", "an empty value is not none");
    store.commit(Batch::new()).unwrap();
}

fn what_was_saved_is_there_after_opening_again(subject: &mut dyn Subject) {
    for round in 0..3_u8 {
        put(subject.store(), NOTES, &[round], &[round; 100]);
        put(subject.store(), NOTES, b"latest", &[round; 20_000]);
        subject.reopen();
        for earlier in 0..=round {
            assert_eq!(subject.store().get(NOTES, &[earlier]).unwrap().unwrap(), [earlier; 100]);
        }
        assert_eq!(subject.store().get(NOTES, b"latest").unwrap().unwrap(), [round; 20_000]);
    }
}

fn what_was_deleted_is_gone(subject: &mut dyn Subject) {
    put(subject.store(), NOTES, b"a", b"one");
    put(subject.store(), NOTES, b"big", &[7; 100_000]);
    let mut batch = Batch::new();
    batch.delete(NOTES, b"a").delete(NOTES, b"big").delete(NOTES, b"never there");
    subject.store().commit(batch).unwrap();
    for _ in 0..2 {
        assert_eq!(subject.store().get(NOTES, b"a").unwrap(), None);
        assert_eq!(subject.store().get(NOTES, b"big").unwrap(), None);
        assert_eq!(subject.store().keys(NOTES, b"").unwrap(), Vec::<Vec<u8>>::new());
        subject.reopen();
    }
}

fn the_later_change_to_a_row_wins(subject: &mut dyn Subject) {
    let mut batch = Batch::new();
    batch.put(NOTES, b"a", vec![1; 50_000]).delete(NOTES, b"a").put(NOTES, b"a", b"last");
    batch.put(NOTES, b"b", b"first").put(NOTES, b"b", vec![2; 50_000]).delete(NOTES, b"b");
    subject.store().commit(batch).unwrap();
    assert_eq!(rows(subject.store(), NOTES, b""), [(b"a".to_vec(), b"last".to_vec())]);
    assert_eq!(subject.store().count(NOTES).unwrap(), 1);
}

fn tables_do_not_mix(subject: &mut dyn Subject) {
    put(subject.store(), NOTE, b"s\0a", b"in note");
    put(subject.store(), NOTES, b"a", b"in notes");
    put(subject.store(), PLANS, b"a", b"in plans");
    assert_eq!(rows(subject.store(), NOTE, b"").len(), 1);
    assert_eq!(rows(subject.store(), NOTES, b""), [(b"a".to_vec(), b"in notes".to_vec())]);
    assert_eq!(subject.store().get(PLANS, b"a").unwrap().unwrap(), b"in plans");
    let mut batch = Batch::new();
    batch.delete(NOTES, b"a").put(PLANS, b"a", b"changed").put(NOTE, b"new", b"row");
    subject.store().commit(batch).unwrap();
    subject.reopen();
    assert_eq!(subject.store().get(NOTES, b"a").unwrap(), None, "one batch, three tables");
    assert_eq!(subject.store().get(PLANS, b"a").unwrap().unwrap(), b"changed");
    assert_eq!(subject.store().keys(NOTE, b"").unwrap(), [b"new".to_vec(), b"s\0a".to_vec()]);
}

fn scans_are_in_order_and_within_their_prefix(subject: &mut dyn Subject) {
    let mut expected = BTreeMap::new();
    let mut batch = Batch::new();
    for number in 0..700_u32 {
        // Neither in order nor of one length, and with every byte at the ends.
        let key = number.wrapping_mul(2_654_435_761).to_be_bytes()[..1 + (number as usize % 4)].to_vec();
        let value = if number % 90 == 0 { vec![9; 17_000] } else { number.to_be_bytes().to_vec() };
        batch.put(NOTES, key.clone(), value.clone());
        expected.insert(key, value);
    }
    subject.store().commit(batch).unwrap();
    for prefix in [&b""[..], &[0], &[0xff], &[0xff, 0xff], &[0x9e], &[0x9e, 0x37]] {
        let wanted: Vec<_> = expected.iter().filter(|(key, _)| key.starts_with(prefix)).collect();
        let found = rows(subject.store(), NOTES, prefix);
        assert_eq!(found.iter().map(|(key, value)| (key, value)).collect::<Vec<_>>(), wanted);
        let keys = subject.store().keys(NOTES, prefix).unwrap();
        assert_eq!(keys.iter().collect::<Vec<_>>(), wanted.iter().map(|(key, _)| *key).collect::<Vec<_>>());
    }
}

fn a_scan_can_stop_and_can_use_the_store(subject: &mut dyn Subject) {
    for key in [b"a", b"b", b"c"] {
        put(subject.store(), NOTES, key, key);
    }
    let mut seen = 0;
    let store = subject.store();
    let visit = &mut |key: &[u8], _: &[u8]| {
        seen += 1;
        assert_eq!(store.get(NOTES, key).unwrap().unwrap(), key);
        put(store, PLANS, key, b"copied");
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    store.scan(NOTES, b"", visit).unwrap();
    assert_eq!(store.keys(PLANS, b"").unwrap(), [b"a".to_vec(), b"b".to_vec()]);
}

fn values_of_every_size_come_back(subject: &mut dyn Subject) {
    let sizes = [0, 1, 16_000, 16_127, 16_128, 16_300, 16_342, 16_343, 16_344, 16_383, 16_384, 16_385, 70_000, 1 << 20];
    let mut batch = Batch::new();
    for size in sizes {
        batch.put(NOTES, size.to_string(), vec![(size % 251) as u8; size]);
    }
    batch.put(NOTES, vec![b'k'; KEY_MOST], b"the longest key");
    subject.store().commit(batch).unwrap();
    for _ in 0..2 {
        for size in sizes {
            let value = subject.store().get(NOTES, size.to_string().as_bytes()).unwrap().unwrap();
            assert!(value == vec![(size % 251) as u8; size], "{size} bytes");
        }
        assert_eq!(subject.store().get(NOTES, &[b'k'; KEY_MOST]).unwrap().unwrap(), b"the longest key");
        subject.reopen();
    }
}

fn what_is_too_big_is_refused_whole(subject: &mut dyn Subject) {
    let mut batch = Batch::new();
    batch.put(NOTES, b"a", b"fits").put(NOTES, vec![0; KEY_MOST + 1], b"too long a key");
    let fault = subject.store().commit(batch).unwrap_err();
    assert_eq!(fault, StoreFault::TooBig { what: "key", table: "notes", size: KEY_MOST + 1, most: KEY_MOST });
    let mut batch = Batch::new();
    batch.put(NOTES, b"a", b"fits").put(NOTES, b"b", vec![0; VALUE_MOST + 1]);
    let fault = subject.store().commit(batch).unwrap_err();
    assert_eq!(fault, StoreFault::TooBig { what: "value", table: "notes", size: VALUE_MOST + 1, most: VALUE_MOST });
    assert_eq!(subject.store().get(NOTES, b"a").unwrap(), None, "all or nothing");
}

fn batches_are_saved_in_the_order_begun(subject: &mut dyn Subject) {
    let (tell, told) = mpsc::channel();
    for number in 0..200_u8 {
        let mut batch = Batch::new();
        batch.put(NOTES, b"latest", [number]).put(NOTES, [number], b"x");
        let tell = tell.clone();
        subject.store().begin(batch, Box::new(move |outcome| tell.send((number, outcome)).unwrap()));
    }
    let heard: Vec<_> = told.iter().take(200).collect();
    assert!(heard.iter().map(|(number, _)| *number).eq(0..200), "told in order");
    assert!(heard.iter().all(|(_, outcome)| outcome.is_ok()));
    assert_eq!(subject.store().get(NOTES, b"latest").unwrap().unwrap(), [199]);
    subject.reopen();
    assert_eq!(subject.store().get(NOTES, b"latest").unwrap().unwrap(), [199]);
    assert_eq!(subject.store().count(NOTES).unwrap(), 201);
}

fn many_threads_can_save_at_once(subject: &mut dyn Subject) {
    let store = subject.store();
    std::thread::scope(|scope| {
        for thread in 0..8_u8 {
            scope.spawn(move || {
                for number in 0..10_u8 {
                    let mut batch = Batch::new();
                    batch.put(NOTES, [thread, number], [number; 30]).put(PLANS, [thread], [number]);
                    store.commit(batch).unwrap();
                    assert_eq!(store.get(PLANS, &[thread]).unwrap().unwrap(), [number]);
                }
            });
        }
    });
    subject.reopen();
    assert_eq!(subject.store().keys(NOTES, b"").unwrap().len(), 80);
    assert_eq!(rows(subject.store(), PLANS, b"").len(), 8);
    assert!(rows(subject.store(), PLANS, b"").iter().all(|(_, value)| value == &[9]));
}

fn counts_are_right(subject: &mut dyn Subject) {
    assert_eq!(subject.store().count(NOTES).unwrap(), 0);
    for round in 0..3 {
        let mut batch = Batch::new();
        for number in 0..50_u8 {
            batch.put(NOTES, [number], vec![number; 400 * usize::from(number)]);
        }
        batch.delete(NOTES, [round]);
        subject.store().commit(batch).unwrap();
        assert_eq!(subject.store().count(NOTES).unwrap(), 49);
        subject.reopen();
        assert_eq!(subject.store().count(NOTES).unwrap(), 49);
    }
    assert_eq!(subject.store().count(PLANS).unwrap(), 0);
}
