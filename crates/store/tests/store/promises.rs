//! Both stores are held to the same promises, and to each other.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hedgerow_store::conformance::{self, Subject};
use hedgerow_store::{Batch, Disk, INLINE_MOST, Memory, Store, Table};
use proptest::prelude::*;

use crate::sealer::ToySealer;

struct InMemory(Memory);

impl Subject for InMemory {
    fn store(&self) -> &dyn Store {
        &self.0
    }

    fn reopen(&mut self) {
        self.0 = self.0.clone();
    }
}

struct OnDisk {
    home: tempfile::TempDir,
    disk: Option<Disk>,
}

impl OnDisk {
    fn new(home: tempfile::TempDir) -> OnDisk {
        let mut subject = OnDisk { home, disk: None };
        subject.reopen();
        subject
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("store")
    }
}

impl Subject for OnDisk {
    fn store(&self) -> &dyn Store {
        self.disk.as_ref().unwrap()
    }

    fn reopen(&mut self) {
        let was_new = self.disk.take().is_none();
        let opened = Disk::open(&self.folder(), Arc::new(ToySealer::new(1))).unwrap();
        assert_eq!(opened.set_aside, None);
        assert_eq!(opened.damage, []);
        assert_eq!(opened.is_new, was_new);
        self.disk = Some(opened.store);
    }
}

#[test]
fn memory_keeps_every_promise() {
    conformance::hold(&mut || Box::new(InMemory(Memory::new())));
}

#[test]
fn the_disk_keeps_every_promise() {
    conformance::hold(&mut || Box::new(OnDisk::new(tempfile::tempdir().unwrap())));
}

const TABLES: [Table; 2] = [Table::named("notes"), Table::named("plans")];

/// A table, a key, and what to put there: so many times a byte; or none, to delete.
type Change = (usize, u8, Option<(u8, usize)>);

#[derive(Debug, Clone)]
enum Deed {
    Commit(Vec<Change>),
    Reopen,
    Compact,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let size = prop_oneof![0..100_usize, 16_000..17_000_usize, Just(60_000)];
    let change = (0..2_usize, 0..24_u8, proptest::option::weighted(0.7, (any::<u8>(), size)));
    let commit = proptest::collection::vec(change, 0..12).prop_map(Deed::Commit);
    proptest::collection::vec(prop_oneof![5 => commit, 1 => Just(Deed::Reopen), 1 => Just(Deed::Compact)], 1..25)
}

fn content(store: &dyn Store) -> Vec<(Table, Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    for table in TABLES {
        let visit = &mut |key: &[u8], value: &[u8]| {
            rows.push((table, key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        };
        store.scan(table, b"", visit).unwrap();
    }
    rows
}

fn body_files(folder: &Path) -> usize {
    let folders = std::fs::read_dir(folder.join("bodies")).unwrap().map(|entry| entry.unwrap().path());
    folders.filter(|path| path.is_dir()).map(|path| std::fs::read_dir(path).unwrap().count()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn disk_and_memory_agree(deeds in deeds()) {
        let (mut disk, memory) = (OnDisk::new(crate::home()), Memory::new());
        for deed in deeds {
            match deed {
                Deed::Reopen => disk.reopen(),
                Deed::Compact => disk.disk.as_ref().unwrap().compact().unwrap(),
                Deed::Commit(changes) => {
                    let mut batch = Batch::new();
                    for (table, key, value) in changes {
                        match value {
                            Some((byte, size)) => batch.put(TABLES[table], [key], vec![byte; size]),
                            None => batch.delete(TABLES[table], [key]),
                        };
                    }
                    memory.commit(batch.clone()).unwrap();
                    disk.store().commit(batch).unwrap();
                }
            }
            let rows = content(disk.store());
            prop_assert!(rows == content(&memory), "the rows differ");
            for table in TABLES {
                prop_assert_eq!(disk.store().count(table).unwrap(), memory.count(table).unwrap());
            }
            let large = rows.iter().filter(|(_, _, value)| value.len() > INLINE_MOST - 16).count();
            prop_assert_eq!(body_files(&disk.folder()), large, "a file for each large value and no other");
        }
        prop_assert_eq!(disk.store().check(), []);
    }
}
