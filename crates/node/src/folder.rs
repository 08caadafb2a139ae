//! Opening a folder, step by step; each step needs the one before it.

use crate::agreed::Agreed;
use crate::answers::Damage;
use crate::archive::{Shelves, to_store};
use crate::asks::REPAIR;
use crate::fault::OpenFault;
use crate::identity::{self, Guards, Identity, STORE, StorageSealer};
use crate::peers::Book;
use crate::{chance, me};
use hedgerow_store::{Disk, Files, FolderLock, Opened, Store, Wrong};
use hedgerow_sync::Replica;
use std::path::Path;
use std::sync::Arc;

/// An opened folder.
pub(crate) struct Folder {
    pub(crate) lock: FolderLock,
    pub(crate) identity: Identity,
    pub(crate) shelves: Shelves,
    pub(crate) replica: Replica,
    pub(crate) book: Book,
    pub(crate) agreed: Agreed,
    /// Whether it may be older than what this device has told others.
    pub(crate) may_be_behind: bool,
    /// Lines worth telling whoever opened it.
    pub(crate) said: Vec<String>,
    pub(crate) damage: Vec<Damage>,
    /// What the store lost as a whole, in words; part of the damage.
    pub(crate) losses: Vec<String>,
}

/// Takes the folder, opens the keys, the store and what is in it. Blocks, and may wait for a person to type, or a while
/// for the keychain.
///
/// # Errors
/// See [`OpenFault`]. Nothing is changed then.
pub(crate) fn open(path: &Path, who: &str, guards: &Guards, files: Arc<dyn Files>) -> Result<Folder, OpenFault> {
    let lock = FolderLock::take(path, who)?;
    let identity = identity::open(path, guards)?;
    let sealer = Arc::new(StorageSealer::new(identity.storage.clone())?);
    let opened = Disk::open_with(&path.join(STORE), sealer, files)?;
    let (said, mut damage) = (identity.said.clone(), Vec::new());
    let lost = report(&opened, &mut damage);

    let store: Arc<dyn Store> = Arc::new(opened.store);
    let mut met = Vec::new();
    let me = me::read(store.as_ref(), &identity, &mut met)?;
    let book = Book::read(store.as_ref(), &mut met)?;
    let agreed = Agreed::read(store.as_ref(), &mut met)?;
    let seeks = !lost.is_empty();
    let losses = me::losses(store.as_ref(), lost, &mut met)?;
    damage.extend(losses.iter().map(|loss| crate::asks::loss(loss)));
    let shelves = Shelves::new(Arc::clone(&store));
    let fault = |fault: hedgerow_sync::ArchiveFault| OpenFault::Store(fault.to_string());
    let mut replica = Replica::open(me, *chance::seed()?, &shelves).map_err(fault)?;
    if seeks {
        let mut rows = hedgerow_sync::Batch::default();
        replica.seek(&mut rows);
        store.commit(to_store(rows))?;
    }
    met.extend(shelves.damage());
    // A row that cannot be read may be the last thing that was written.
    let may_be_behind = opened.may_be_behind || !met.is_empty() || replica.has_damage();
    damage.extend(met.into_iter().map(|say| Damage { what: say.clone(), say, notebook: None }));
    Ok(Folder { lock, identity, shelves, replica, book, agreed, may_be_behind, said, damage, losses })
}

/// What opening the store found out of order. What concerns all of it is given back: it shows this once only.
fn report(opened: &Opened, damage: &mut Vec<Damage>) -> Vec<String> {
    let mut lost = Vec::new();
    if let Some(aside) = &opened.set_aside {
        lost.push(format!("the store could not be read and was put aside as {}; a new one was begun", aside.display()));
    }
    for found in &opened.damage {
        let what = match (found.table.as_str(), found.key.as_str()) {
            (table, "") => table.to_owned(),
            (table, key) => format!("{table} {key}"),
        };
        match found.what {
            Wrong::WentBack { .. } | Wrong::CountsLost => lost.push(found.to_string()),
            _ => damage.push(Damage { say: format!("{found}; {REPAIR}"), notebook: None, what }),
        }
    }
    lost
}
