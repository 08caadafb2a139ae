//! Large data folders: made through the real rooms, the same from the same seed, and kept for the next run.
//!
//! What people do is carried out by replicas in memory and then poured into real folders, a few thousand rows a batch:
//! a sync for every keystroke of ten thousand notebooks would take hours. The folders are those that a node makes, and
//! nodes open them.

use crate::Run;
use crate::stage::device::{Device, agree, beginning, connect, found, part};
use crate::stage::people::{Person, chance, join, visit};
use crate::stage::typing::paragraph;
use hedgerow_access::{KeyBox, Secrets, StorageKey};
use hedgerow_model::NotebookId;
use hedgerow_node::{Config, NewKeys, NoKeychain, Node, no_passphrase};
use hedgerow_store::{Batch, Disk, FolderLock, Memory, Sealer, Store, Table};
use hedgerow_sync::{Asked, Command, PageBeginning, Shelf};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What makes two folders different: change it with what is made here.
const VERSION: u32 = 1;
/// Rows in one batch.
const ROWS: usize = 2_000;
/// Notebooks that one replica makes.
const CHUNK: usize = 100;

/// Two people's folders.
pub(crate) struct Shared {
    /// Ada's: she founded every notebook and wrote a page in each.
    pub(crate) ada: PathBuf,
    /// Bo's, who is a member of all of them and holds everything.
    pub(crate) bo: PathBuf,
    /// Bo's before he had any page: he joined them all, and nothing else.
    pub(crate) fresh: PathBuf,
}

/// Ada's and Bo's folders with `count` notebooks, a page in each.
pub(crate) fn notebooks(run: &Run, count: usize) -> Shared {
    let top = kept(run, &format!("notebooks-{count}"), |top| make_notebooks(run.seed, count, top));
    Shared { ada: top.join("ada"), bo: top.join("bo"), fresh: top.join("fresh") }
}

/// Ada's folder with one notebook of so many members, and a page in it.
pub(crate) fn members(run: &Run, count: usize) -> PathBuf {
    kept(run, &format!("members-{count}"), |top| make_members(run.seed, count, top)).join("ada")
}

/// A copy of a folder that a row may change; gone when it is dropped.
pub(crate) fn copy(run: &Run, from: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir_in(&run.folder).expect("room for a copy");
    copy_into(from, copy.path());
    copy
}

fn copy_into(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("the folder can be read");
        let there = to.join(entry.file_name());
        if entry.file_type().expect("it has a kind").is_dir() {
            fs::create_dir(&there).expect("room for a copy");
            copy_into(&entry.path(), &there);
        } else {
            fs::copy(entry.path(), &there).expect("room for a copy");
        }
    }
}

/// The folder of that name, made by `make` unless it was kept.
fn kept(run: &Run, name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let folder = run.folder.join("folders").join(format!("{name}-seed-{}-v{VERSION}", run.seed));
    if !folder.exists() {
        let unfinished = folder.with_extension("unfinished");
        // What an earlier run left half made.
        let _ = fs::remove_dir_all(&unfinished);
        fs::create_dir_all(&unfinished).expect("room for a folder");
        eprintln!("making {}", folder.display());
        make(&unfinished);
        fs::rename(&unfinished, &folder).expect("a folder can be renamed");
    }
    folder
}

/// A hundred at a time, by replicas that hold no others: what a replica does while somebody joins grows with what it
/// shares with them.
fn make_notebooks(seed: u64, count: usize, top: &Path) {
    let [ada, bo] = ["Ada", "Bo"].map(|name| settle_in(&top.join(name.to_lowercase()), &Person::new(seed, name)));
    copy_folder(&top.join("bo"), &top.join("fresh"));
    let folders = [("ada", &ada), ("bo", &bo), ("fresh", &bo)].map(|(name, who)| Filling::begin(&top.join(name), who));
    let mut rng = chance(seed, "pages");
    let numbers: Vec<usize> = (0..count).collect();
    for (life, some) in (1..).zip(numbers.chunks(CHUNK)) {
        let [mut at_adas, mut at_bos] =
            [&ada, &bo].map(|person| Device::in_life(person, Arc::new(Memory::new()), life));
        let asked: Vec<Asked> = some.iter().map(|number| at_adas.ask(found(&format!("Notebook {number}")))).collect();
        at_adas.save();
        let ids: Vec<NotebookId> = asked.into_iter().map(|asked| at_adas.notebook(asked)).collect();
        connect(&mut at_adas, &mut at_bos);
        for id in &ids {
            join(&mut at_adas, &mut at_bos, *id);
        }
        agree(&mut at_adas, &mut at_bos);
        part(&mut at_adas, &mut at_bos);
        folders[2].pour(&at_bos);
        for id in &ids {
            at_adas.ask(Command::NewPages(*id, vec![page(&mut rng)]));
        }
        connect(&mut at_adas, &mut at_bos);
        agree(&mut at_adas, &mut at_bos);
        folders[0].pour(&at_adas);
        folders[1].pour(&at_bos);
    }
}

fn make_members(seed: u64, count: usize, top: &Path) {
    let ada = settle_in(&top.join("ada"), &Person::new(seed, "Ada"));
    let mut at_adas = Device::new(&ada);
    let notebook = at_adas.found("County falls group");
    at_adas.page(notebook, "Night cover");
    for number in 1..count {
        let guest = Person::new(seed, &format!("Member {number}"));
        visit(&mut at_adas, &mut Device::new(&guest), notebook);
    }
    Filling::begin(&top.join("ada"), &ada).pour(&at_adas);
}

/// A page of some hundred words.
pub(crate) fn page(rng: &mut ChaCha20Rng) -> PageBeginning {
    let text: Vec<String> = (0..4).map(|_| paragraph(rng, 30)).collect();
    let blocks = hedgerow_document::markdown::blocks(&text.join("\n\n")).expect("short enough");
    beginning(&paragraph(rng, 4), blocks)
}

/// Lets a node make the folder for this person's keys; the person as the folder knows them.
pub(crate) fn settle_in(folder: &Path, person: &Person) -> Person {
    fs::create_dir_all(folder).expect("room for a folder");
    fs::write(folder.join("keys"), KeyBox::Plain(person.secrets.clone()).to_bytes()).expect("room for the keys");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let node = Node::open(config(folder)).await.expect("the folder opens");
        let named = hedgerow_node::ProfileEdit { name: Some(person.name.clone()), ..Default::default() };
        node.set_profile(named).await.expect("a name");
        node.close().await.expect("it closes");
    });
    known(folder, person.clone())
}

/// A person as their folder knows them.
pub(crate) fn known(folder: &Path, person: Person) -> Person {
    let (_lock, disk) = disk(folder, &person.secrets);
    let me = Table::named("me");
    let row = |key: &[u8]| disk.get(me, key).expect("it can be read").expect("the node wrote it")[1..].to_vec();
    let log = postcard::from_bytes(&row(b"log")).expect("the person's log");
    let profile = postcard::from_bytes(&row(b"profile")).expect("the person's profile");
    person.known_as(log, profile)
}

/// A folder's device in memory.
pub(crate) fn in_memory(folder: &Path, person: Person) -> (Person, Device) {
    let person = known(folder, person);
    let (_lock, disk) = disk(folder, &person.secrets);
    let held = Device::open(&person, Arc::new(disk)).held();
    let device = Device::holding(&person, held);
    (person, device)
}

/// How a node opens a folder here: without a network, a passphrase or a keychain.
pub(crate) fn config(folder: &Path) -> Config {
    Config {
        folder: folder.to_owned(),
        network: None,
        passphrase: no_passphrase(),
        keychain: Arc::new(NoKeychain),
        new_keys: NewKeys::default(),
        who: "a measurement".to_owned(),
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("room for a copy");
    copy_into(from, to);
}

/// A folder that is being filled.
struct Filling {
    _lock: FolderLock,
    disk: Disk,
}

impl Filling {
    fn begin(folder: &Path, person: &Person) -> Filling {
        let (lock, disk) = disk(folder, &person.secrets);
        Filling { _lock: lock, disk }
    }

    /// Writes what a device in memory holds.
    fn pour(&self, device: &Device) {
        let mut batch = Batch::new();
        for (shelf, key, value) in device.held() {
            batch.put(Table::named(Shelf::ALL[usize::from(shelf)].name()), key, value);
            if batch.len() == ROWS {
                self.disk.commit(std::mem::take(&mut batch)).expect("the disk takes it");
            }
        }
        self.disk.commit(batch).expect("the disk takes it");
    }
}

/// The store of a folder, as a node opens it.
pub(crate) fn disk(folder: &Path, secrets: &Secrets) -> (FolderLock, Disk) {
    let lock = FolderLock::take(folder, "a measurement").expect("nobody else uses it");
    let opened = Disk::open(&folder.join("store"), Arc::new(Sealing::new(secrets))).expect("the store opens");
    (lock, opened.store)
}

/// Seals as a node does.
pub(crate) struct Sealing {
    key: StorageKey,
    chance: Mutex<ChaCha20Rng>,
}

impl Sealing {
    /// With the key among these secrets.
    pub(crate) fn new(secrets: &Secrets) -> Sealing {
        let chance = Mutex::new(ChaCha20Rng::from_seed(secrets.storage_key));
        Sealing { key: StorageKey::from_bytes(&secrets.storage_key), chance }
    }
}

impl Sealer for Sealing {
    fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut fresh = [0; 32];
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut fresh);
        self.key.seal(context, plain, &fresh)
    }

    fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        self.key.open(context, sealed)
    }

    fn address(&self, sealed: &[u8]) -> [u8; 32] {
        StorageKey::address(sealed)
    }
}
