//! Both stores are held to the same promises, and to each other.

use std::path::PathBuf;
use std::sync::Arc;

use hedgerow_store::conformance::{self, Subject};
use hedgerow_store::{Disk, Memory, Store};

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

pub(crate) struct OnDisk {
    home: tempfile::TempDir,
    disk: Option<Disk>,
}

impl OnDisk {
    pub(crate) fn new() -> OnDisk {
        let mut subject = OnDisk { home: tempfile::tempdir().unwrap(), disk: None };
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
    conformance::hold(&mut || Box::new(OnDisk::new()));
}
