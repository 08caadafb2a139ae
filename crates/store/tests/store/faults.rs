//! Steps that fail: the fault has a name, what was saved stays, and saving goes on when the cause is gone.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, mpsc};

use hedgerow_store::{Batch, Disk, Effort, Files, Real, Step, Store, StoreFault, Table, Unlucky};

use crate::sealer::ToySealer;

const NOTES: Table = Table::named("notes");

fn open(home: &Path, files: &Unlucky) -> Disk {
    let opened = Disk::open_with(&home.join("store"), Arc::new(ToySealer::new(1)), Arc::new(files.clone())).unwrap();
    assert_eq!((opened.damage, opened.set_aside), (vec![], None));
    opened.store
}

fn put(key: &[u8], value: Vec<u8>) -> Batch {
    let mut batch = Batch::new();
    batch.put(NOTES, key, value);
    batch
}

fn body_files(home: &Path) -> usize {
    let folders = std::fs::read_dir(home.join("store/bodies")).unwrap().map(|entry| entry.unwrap().path());
    folders.filter(|path| path.is_dir()).map(|path| std::fs::read_dir(path).unwrap().count()).sum()
}

/// One step fails on the way of a batch that replaces a small and a large row and brings another large one.
fn one_step_fails(step: Step, nth: u64, kind: ErrorKind) -> Option<StoreFault> {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    let store = open(home.path(), &files);
    store.commit(put(b"small", vec![1; 10])).unwrap();
    store.commit(put(b"large", vec![1; 30_000])).unwrap();
    files.fail(step, nth, kind);
    let mut batch = put(b"small", vec![2; 10]);
    batch.append(put(b"large", vec![2; 30_000])).append(put(b"other", vec![2; 40_000]));
    let Err(fault) = store.commit(batch.clone()) else {
        return None;
    };
    let case = format!("{step:?} {nth}");
    assert_eq!(store.get(NOTES, b"small").unwrap().unwrap(), [1; 10], "{case}: as it was");
    assert_eq!(store.get(NOTES, b"large").unwrap().unwrap(), [1; 30_000], "{case}: as it was");
    assert_eq!(store.get(NOTES, b"other").unwrap(), None, "{case}: as it was");

    files.mend();
    store.commit(batch).unwrap();
    let mut store = store;
    for _ in 0..2 {
        assert_eq!(store.get(NOTES, b"small").unwrap().unwrap(), [2; 10], "{case}: saved at last");
        assert_eq!(store.get(NOTES, b"large").unwrap().unwrap(), [2; 30_000], "{case}: saved at last");
        assert_eq!(store.get(NOTES, b"other").unwrap().unwrap(), [2; 40_000], "{case}: saved at last");
        assert_eq!(store.check(), [], "{case}");
        assert_eq!(body_files(home.path()), 2, "{case}: no file is left over");
        drop(store);
        store = open(home.path(), &files);
    }
    Some(fault)
}

#[test]
fn a_step_that_fails_costs_only_its_own_batch() {
    for (step, steps) in [(Step::Write, 3), (Step::Rename, 2), (Step::SyncFolder, 2), (Step::Engine, 1)] {
        for nth in 1..=steps {
            let fault = one_step_fails(step, nth, ErrorKind::StorageFull).unwrap();
            assert!(matches!(fault, StoreFault::Full { .. }), "{step:?} {nth}: {fault}");
        }
    }
    let fault = one_step_fails(Step::Write, 1, ErrorKind::ReadOnlyFilesystem).unwrap();
    assert!(matches!(fault, StoreFault::ReadOnly { .. }), "{fault}");
    let fault = one_step_fails(Step::Rename, 1, ErrorKind::PermissionDenied).unwrap();
    assert!(matches!(fault, StoreFault::Denied { .. }), "{fault}");
    let fault = one_step_fails(Step::SyncFolder, 1, ErrorKind::TimedOut).unwrap();
    assert!(fault.to_string().starts_with("could not save in "), "{fault}");
    assert_eq!(one_step_fails(Step::Write, 9, ErrorKind::StorageFull), None, "that batch takes fewer steps");
}

#[test]
fn a_file_whose_name_may_be_lost_is_not_saved() {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    let store = open(home.path(), &files);
    // The first makes the name of its folder durable, the second its own.
    files.fail(Step::SyncFolder, 2, ErrorKind::Other);
    let fault = store.commit(put(b"large", vec![1; 30_000])).unwrap_err();
    assert!(fault.to_string().starts_with("could not save in "), "{fault}");
    assert_eq!((store.get(NOTES, b"large").unwrap(), body_files(home.path())), (None, 0));
    files.mend();
    store.commit(put(b"large", vec![2; 30_000])).unwrap();
    assert_eq!(store.get(NOTES, b"large").unwrap().unwrap(), [2; 30_000]);
}

#[test]
fn after_a_sync_that_fails_nothing_more_is_promised() {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    let store = open(home.path(), &files);
    store.commit(put(b"a", vec![1; 10])).unwrap();
    files.fail(Step::Sync, 1, ErrorKind::Other);
    let fault = store.commit(put(b"a", vec![2; 10])).unwrap_err();
    assert!(matches!(fault, StoreFault::Stopped { .. }), "{fault}");
    files.mend();
    let fault = store.commit(put(b"b", vec![3; 10])).unwrap_err();
    assert!(fault.to_string().ends_with("Restart Hedgerow"), "{fault}");
    drop(store);

    let store = open(home.path(), &files);
    let value = store.get(NOTES, b"a").unwrap().unwrap();
    assert!(value == [1; 10] || value == [2; 10], "whole, as before or as after");
    assert_eq!(store.get(NOTES, b"b").unwrap(), None);
    store.commit(put(b"b", vec![3; 10])).unwrap();
    assert_eq!(store.check(), []);
}

#[test]
fn a_file_that_cannot_be_removed_goes_later() {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    let store = open(home.path(), &files);
    store.commit(put(b"large", vec![1; 30_000])).unwrap();
    files.fail(Step::Remove, 1, ErrorKind::PermissionDenied);
    store.commit(put(b"large", vec![2; 10])).unwrap();
    assert_eq!(body_files(home.path()), 1);
    files.mend();
    store.commit(put(b"small", vec![3; 10])).unwrap();
    assert_eq!(body_files(home.path()), 0);
}

#[test]
fn a_nearly_full_disk_is_left_alone() {
    let (home, files) = (crate::home(), Unlucky::new(Real));
    let store = open(home.path(), &files);
    store.commit(put(b"a", vec![1; 10])).unwrap();
    files.leave_room(Some(1 << 20));
    let syncs = files.taken(Step::Sync);
    let fault = store.commit(put(b"a", vec![2; 10])).unwrap_err();
    let folder = home.path().join("store");
    let words = format!("the disk with {} is full; nothing is lost. Free some space, then try again", folder.display());
    assert_eq!(fault.to_string(), words);
    assert_eq!(files.taken(Step::Sync), syncs, "the engine was not touched");
    assert_eq!(store.get(NOTES, b"a").unwrap().unwrap(), [1; 10]);
    files.mend();
    store.commit(put(b"a", vec![2; 10])).unwrap();
}

/// A gate before each sync of the engine's file.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    shut: bool,
    reached: u32,
    passes: u32,
}

impl Gate {
    fn shut(&self) {
        self.state.lock().unwrap().shut = true;
    }

    /// Waits until a sync stands before the gate.
    fn until_reached(&self) {
        let state = self.state.lock().unwrap();
        self.changed.wait_while(state, |state| state.reached == 0).unwrap().reached -= 1;
    }

    fn let_one_through(&self) {
        self.state.lock().unwrap().passes += 1;
        self.changed.notify_all();
    }

    fn pass(&self) {
        let mut state = self.state.lock().unwrap();
        if state.shut {
            state.reached += 1;
            self.changed.notify_all();
            self.changed.wait_while(state, |state| state.passes == 0).unwrap().passes -= 1;
        }
    }
}

struct Gated(Arc<Gate>);

impl Files for Gated {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Real.write(path, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Real.rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        Real.sync_folder(folder)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.0.pass();
        Real.sync(file)
    }

    fn before_engine(&self) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        Real.remove(path)
    }

    fn read(&self, path: &Path, length: u64) -> io::Result<Vec<u8>> {
        Real.read(path, length)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        Real.make_folder(folder)
    }

    fn room(&self, folder: &Path) -> io::Result<u64> {
        Real.room(folder)
    }
}

fn open_gated(home: &Path) -> (Disk, Unlucky, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let files = Unlucky::new(Gated(Arc::clone(&gate)));
    let store = open(home, &files);
    gate.shut();
    (store, files, gate)
}

#[test]
fn those_who_wait_share_one_sync() {
    let home = crate::home();
    let (store, files, gate) = open_gated(home.path());
    let before = store.effort();
    let (tell, told) = mpsc::channel();
    let begin = |key: u8| {
        let tell = tell.clone();
        store.begin(put(&[key], vec![key; 50]), Box::new(move |outcome| tell.send((key, outcome)).unwrap()));
    };
    begin(0);
    gate.until_reached();
    // The first is being synced: ten more wait.
    (1..=10).for_each(begin);
    assert!(told.try_recv().is_err(), "nobody is told before the sync");
    let syncs = files.taken(Step::Sync);
    gate.let_one_through();
    assert_eq!(told.recv().unwrap(), (0, Ok(())));
    gate.until_reached();
    assert!(told.try_recv().is_err(), "nobody is told before the sync");
    gate.let_one_through();
    let told: Vec<_> = told.iter().take(10).collect();
    assert_eq!(told, (1..=10).map(|key| (key, Ok(()))).collect::<Vec<_>>(), "in the order begun");
    assert_eq!(files.taken(Step::Sync) - syncs, 1, "one sync for the ten");
    let after = store.effort();
    let done = Effort {
        commits: after.commits - before.commits,
        groups: after.groups - before.groups,
        syncs: after.syncs - before.syncs,
    };
    assert_eq!(done, Effort { commits: 11, groups: 2, syncs: 2 });
}

#[test]
fn one_batch_too_large_for_the_disk_does_not_hold_up_the_small_ones() {
    let home = crate::home();
    let (store, files, gate) = open_gated(home.path());
    let (tell, told) = mpsc::channel();
    let begin = |key: u8, length: usize| {
        let tell = tell.clone();
        store.begin(put(&[key], vec![key; length]), Box::new(move |outcome| tell.send((key, outcome)).unwrap()));
    };
    begin(0, 10);
    gate.until_reached();
    begin(1, 10);
    begin(2, 5 << 20);
    begin(3, 10);
    files.leave_room(Some(10 << 20));
    (0..3).for_each(|_| gate.let_one_through());
    let told: Vec<_> = told.iter().take(4).map(|(key, outcome)| (key, outcome.is_ok())).collect();
    assert_eq!(told, [(0, true), (1, true), (2, false), (3, true)]);
}

#[test]
fn a_listener_may_panic_or_hold_the_last_handle() {
    let home = crate::home();
    let store = Arc::new(open(home.path(), &Unlucky::new(Real)));
    store.begin(put(b"a", vec![1]), Box::new(|_| panic!("a listener of ours")));
    store.commit(put(b"b", vec![2])).unwrap();
    let (tell, told) = mpsc::channel();
    let last = Arc::clone(&store);
    store.begin(
        put(b"c", vec![3]),
        Box::new(move |outcome| {
            drop(last);
            tell.send(outcome).unwrap();
        }),
    );
    drop(store);
    assert_eq!(told.recv().unwrap(), Ok(()));
    let store = open(home.path(), &Unlucky::new(Real));
    assert_eq!(store.count(NOTES).unwrap(), 3);
}
