//! Bytes from a damaged disk: the key box, rows of the store, rows of `sync` and of `node`.

use std::collections::BTreeMap;

use hedgerow_access::{KeyBox, Opener};
use hedgerow_node::fuzz::{agreed_row, log_row, peer_row, profile_row};
use hedgerow_store::{Sealer, fuzz as store};
use hedgerow_sync::{Archive, ArchiveFault, Replica, Row, Shelf};

use crate::input::Input;
use crate::scene::{Scene, Seat};
use crate::{Verdict, within};

/// The file with a device's keys. What is read is written so, shows nothing, and opens with nothing at hand only when
/// it is bare. One that was sealed opens with its own key alone, and as it was.
pub(crate) fn key_box(bytes: &[u8]) -> Verdict {
    let Ok(kept) = within(8 << 10, 8, bytes, || KeyBox::parse(bytes)) else { return Verdict::Refused };
    assert_eq!(kept.to_bytes().as_slice(), bytes, "written in another way than it was read");
    let bare = matches!(kept, KeyBox::Plain(_));
    assert!(bare == kept.open(Opener::Nothing).is_ok());
    assert!(format!("{kept:?}").len() < 30, "it shows what is inside");
    // Opening one behind a passphrase costs 8 MiB and more, as it should; the bounds were checked in reading.
    if let (KeyBox::Keychain { .. }, Ok(opened)) = (&kept, kept.open(Opener::Key(&seeds::box_key()))) {
        assert!(opened == seeds::secrets(), "a sealed box was changed and opens");
    }
    Verdict::Taken
}

/// Seals nothing: a bent byte reaches what lies behind the seal.
struct Bare;

impl Sealer for Bare {
    fn seal(&self, _: &[u8], plain: &[u8]) -> Vec<u8> {
        plain.to_vec()
    }

    fn open(&self, _: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        Some(sealed.to_vec())
    }

    fn address(&self, _: &[u8]) -> [u8; 32] {
        [0; 32]
    }
}

/// A row read and written again.
type Rewrite = fn(&[u8]) -> Option<Vec<u8>>;

/// What the store and the node keep, by its first byte: the store's rows, counts, journal and mark; the node's rows
/// about other devices, its own log, its own profile, what others held. What is read means the same once it is written again; the
/// store's own is written so to the byte.
pub(crate) fn store_rows(bytes: &[u8]) -> Verdict {
    let mut input = Input::new(bytes);
    let which = input.byte();
    let row = input.rest();
    if which == 3 {
        let commits = within(4 << 10, 4, row, || store::mark(&Bare, row));
        return Verdict::of(commits.is_some());
    }
    let (rewrite, exactly): (Rewrite, bool) = match which {
        0 => (store::row, true),
        1 => (store::counts, true),
        2 => (store::journal, true),
        4 => (peer_row, false),
        5 => (log_row, false),
        6 => (profile_row, false),
        7 => (agreed_row, false),
        _ => return Verdict::Refused,
    };
    let Some(written) = within(2 << 20, 64, row, || rewrite(row)) else { return Verdict::Refused };
    if exactly {
        assert_eq!(written, row, "written in another way than it was read");
    }
    assert_eq!(rewrite(&written), Some(written.clone()), "it means something else once written");
    Verdict::Taken
}

/// A disk on which rows of one notebook were replaced.
struct Damaged<'a> {
    disk: &'a dyn Archive,
    rows: BTreeMap<(Shelf, Vec<u8>), Vec<u8>>,
}

impl Archive for Damaged<'_> {
    fn get(&self, shelf: Shelf, key: &[u8]) -> Result<Option<Vec<u8>>, ArchiveFault> {
        match self.rows.get(&(shelf, key.to_vec())) {
            Some(row) => Ok(Some(row.clone())),
            None => self.disk.get(shelf, key),
        }
    }

    fn scan(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Row>, ArchiveFault> {
        let mut rows = self.disk.scan(shelf, prefix)?;
        for (key, value) in &mut rows {
            if let Some(row) = self.rows.get(&(shelf, key.clone())) {
                value.clone_from(row);
            }
        }
        Ok(rows)
    }

    fn keys(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Vec<u8>>, ArchiveFault> {
        self.disk.keys(shelf, prefix)
    }
}

/// Rows of one notebook, each by shelf and number, with other values. The folder opens, everything can be asked for,
/// and the other notebook is as it was and can be written in.
pub(crate) fn rows(bytes: &[u8]) -> Verdict {
    let scene = Scene::get();
    let mut damaged = Damaged { disk: &scene.ada.disk, rows: BTreeMap::new() };
    let mut input = Input::new(bytes);
    while !input.is_empty() {
        let shelf = Shelf::ALL[usize::from(input.byte()) % Shelf::ALL.len()];
        let (number, value) = (usize::from(input.byte()), input.part());
        let keys = scene.rows_of_rota(shelf);
        if let Some(key) = keys.get(number % keys.len().max(1)) {
            damaged.rows.insert((shelf, key.clone()), value.to_vec());
        }
    }
    let mut replica = Replica::open(scene.ada.me(), [1; 32], &damaged).expect("a damaged row closes no folder");
    ask_for_everything(&mut replica, &damaged);
    let whole = replica.pages(&scene.rota).is_ok_and(|pages| !pages.is_empty());
    assert_eq!(canonical(&mut replica, &damaged, scene), scene.garden_text, "the other notebook is another one");
    let mut seat = Seat::with(replica, scene.ada.disk.clone());
    seat.write_in_the_garden();
    Verdict::of(whole)
}

fn canonical(replica: &mut Replica, archive: &dyn Archive, scene: &Scene) -> String {
    scene.canonical(replica, archive, &scene.garden)
}

/// Whatever a door can ask.
fn ask_for_everything(replica: &mut Replica, archive: &dyn Archive) {
    for line in replica.notebooks() {
        let _ = (replica.members(&line.id), replica.refused(&line.id), replica.waits(&line.id));
        let _ = (replica.invitations(&line.id), replica.inventory(&line.id));
        let _ = replica.canonical_head(archive, &line.id);
        for page in replica.canonical_pages(&line.id).unwrap_or_default() {
            let _ = replica.canonical_page(archive, &line.id, &page);
        }
        let _ = replica.pages(&line.id);
    }
    let _ = (replica.contacts(), replica.unreadable().len(), replica.damage());
    let _ = replica.check(archive);
}

pub(crate) mod seeds {
    use hedgerow_access::{BoxKey, Costs, KeyBox, Secrets, StorageKey};
    use hedgerow_model::{Label, Moment, Profile};
    use hedgerow_sync::{Archive, Shelf};

    use crate::Seed;
    use crate::input::write_part;
    use crate::people::{Notebook, chance};
    use crate::scene::Scene;

    /// What is in all of them.
    pub(super) fn secrets() -> Secrets {
        Secrets::generate(&mut chance(21))
    }

    /// What a keychain would keep.
    pub(super) fn box_key() -> BoxKey {
        BoxKey::generate(&mut chance(23))
    }

    /// Behind a passphrase, behind a keychain, and bare.
    pub(crate) fn key_box() -> Vec<Seed> {
        let secrets = secrets();
        let later = Secrets { recovery_seed: None, ..secrets.clone() };
        let shut = KeyBox::seal(&secrets, "pobl y ffin", Costs::LEAST, &mut chance(22)).expect("8 MiB");
        let kept = KeyBox::seal_with_key(&secrets, [7; 16], &box_key(), &mut chance(24));
        vec![
            ("passphrase", shut.to_bytes().to_vec()),
            ("keychain", kept.to_bytes().to_vec()),
            ("bare", KeyBox::Plain(secrets).to_bytes().to_vec()),
            ("bare-later", KeyBox::Plain(later).to_bytes().to_vec()),
        ]
    }

    /// One of each, written as the READMEs say.
    pub(crate) fn store_rows() -> Vec<Seed> {
        let sealed = StorageKey::from_bytes(&[1; 32]).seal(b"row", b"words", &[2; 32]);
        let address = StorageKey::address(&sealed);
        let inline = [&[0, 0], sealed.as_slice()].concat();
        let body = [&[0, 1], &address[..], &77_u64.to_be_bytes(), &sealed].concat();
        let count = [3_u64.to_be_bytes(), 900_u64.to_be_bytes()].concat();
        let counts = [&[1, 1], &9_u64.to_be_bytes()[..], &[0, 1, 5], b"notes", &count, &[6; 16]].concat();
        let journal = [&[2, 1, 0, 7], &b"notes\0a"[..], &address].concat();
        let mut mark = [&[3, 0, 8], &9_u64.to_be_bytes()[..]].concat();
        mark.resize(1 + 1024, 0);
        let (address, seen) = ("/ip4/192.0.2.7/tcp/4001", Some(Moment::from_millis(1_790_000_000_000)));
        let profile = Profile { name: Label::parse("Ada").ok(), ..Profile::default() };
        vec![
            ("inline", inline),
            ("body", body),
            ("counts", counts),
            ("journal", journal),
            ("mark", mark),
            ("peer", of_node(4, &([address].as_slice(), seen, None::<Moment>))),
            ("log", of_node(5, &[&Notebook::get().ada.genesis].as_slice())),
            ("profile", of_node(6, &(2_u64, profile))),
            ("agreed", of_node(7, &(3_u64, [4_u8; 32]))),
        ]
    }

    /// A row of `node`'s: a version, then postcard.
    fn of_node(which: u8, row: &impl serde::Serialize) -> Vec<u8> {
        postcard::to_extend(row, vec![which, 1]).expect("it goes into memory")
    }

    /// Each row of Ada's disk, as it is.
    pub(crate) fn rows() -> Vec<Seed> {
        let scene = Scene::get();
        let mut all = Vec::new();
        for (at, shelf) in Shelf::ALL.into_iter().enumerate() {
            for (number, key) in scene.rows_of_rota(shelf).iter().enumerate() {
                let value = scene.ada.disk.get(shelf, key).expect("memory").expect("it is there");
                let mut bytes = vec![at as u8, number as u8];
                write_part(&mut bytes, &value);
                all.push((shelf, bytes));
            }
        }
        // One of each shelf by itself, and all together.
        let together: Vec<u8> = all.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        let mut seeds: Vec<Seed> = vec![("together", together)];
        for shelf in Shelf::ALL {
            seeds.extend(all.iter().find(|(of, _)| *of == shelf).map(|(of, bytes)| (of.name(), bytes.clone())));
        }
        seeds
    }
}
