//! What the replica reads with: its shelves are tables of the store.

use hedgerow_store::{Batch, Store, StoreFault, Table};
use hedgerow_sync::{Archive, ArchiveFault, Row, Shelf};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The store, as the replica sees it.
pub(crate) struct Shelves {
    store: Arc<dyn Store>,
    /// Damaged rows that a scan passed over, in words; taken out by whoever tells people.
    met: Mutex<Vec<String>>,
}

impl Shelves {
    pub(crate) fn new(store: Arc<dyn Store>) -> Shelves {
        Shelves { store, met: Mutex::default() }
    }

    /// The store itself.
    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Damage met since this was last asked.
    pub(crate) fn damage(&self) -> Vec<String> {
        std::mem::take(&mut *self.met())
    }

    /// Nothing panics while it is held; a poisoned list is taken as it is.
    fn met(&self) -> MutexGuard<'_, Vec<String>> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Archive for Shelves {
    fn get(&self, shelf: Shelf, key: &[u8]) -> Result<Option<Vec<u8>>, ArchiveFault> {
        self.store.get(table(shelf), key).map_err(fault)
    }

    fn scan(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Row>, ArchiveFault> {
        let mut rows = Vec::new();
        let scanned = self.store.scan(table(shelf), prefix, &mut |key, value| {
            rows.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        });
        match scanned {
            Ok(()) => Ok(rows),
            // One damaged row must not close the notebook, let alone the folder.
            Err(damaged @ StoreFault::Damaged(_)) => {
                self.met().push(damaged.to_string());
                Ok(rows)
            }
            Err(other) => Err(fault(other)),
        }
    }

    fn keys(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Vec<u8>>, ArchiveFault> {
        self.store.keys(table(shelf), prefix).map_err(fault)
    }
}

fn fault(fault: StoreFault) -> ArchiveFault {
    ArchiveFault { say: fault.to_string(), is_damage: matches!(fault, StoreFault::Damaged(_)) }
}

/// The table in which a shelf's rows lie. Names are part of the format on disk.
const fn table(shelf: Shelf) -> Table {
    match shelf {
        Shelf::Notebook => Table::named("notebook"),
        Shelf::Record => Table::named("record"),
        Shelf::Placed => Table::named("placed"),
        Shelf::Stream => Table::named("stream"),
        Shelf::Keys => Table::named("keys"),
        Shelf::Replaced => Table::named("replaced"),
        Shelf::Refused => Table::named("refused"),
        Shelf::Attachment => Table::named("attachment"),
        Shelf::Piece => Table::named("piece"),
        Shelf::Draft => Table::named("draft"),
        Shelf::Own => Table::named("own"),
    }
}

/// Adds to `batch` that damaged rows of these tables are dropped: what is in them is only ever a help.
pub(crate) fn drop_damaged(store: &dyn Store, tables: &[Table], batch: &mut Batch) -> Result<(), StoreFault> {
    for table in tables {
        for key in store.keys(*table, b"")? {
            if matches!(store.get(*table, &key), Err(StoreFault::Damaged(_))) {
                batch.delete(*table, key);
            }
        }
    }
    Ok(())
}

/// A batch of the replica's as one of the store's.
pub(crate) fn to_store(batch: hedgerow_sync::Batch) -> Batch {
    let mut rows = Batch::new();
    for (shelf, key, value) in batch.rows {
        match value {
            Some(value) => rows.put(table(shelf), key, value),
            None => rows.delete(table(shelf), key),
        };
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use hedgerow_store::Memory;

    #[test]
    fn every_shelf_lies_in_the_table_of_its_name() {
        for shelf in Shelf::ALL {
            assert_eq!(table(shelf).name(), shelf.name());
        }
    }

    #[test]
    fn what_a_batch_says_is_what_is_read() {
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        let shelves = Shelves::new(store.clone());
        let mut batch = hedgerow_sync::Batch::default();
        batch.put(Shelf::Record, b"ab1".to_vec(), b"one".to_vec());
        batch.put(Shelf::Record, b"ab2".to_vec(), b"two".to_vec());
        batch.put(Shelf::Placed, b"ab3".to_vec(), b"elsewhere".to_vec());
        batch.delete(Shelf::Record, b"ab1".to_vec());
        store.commit(to_store(batch)).expect("memory does not fail");

        assert_eq!(shelves.get(Shelf::Record, b"ab1"), Ok(None));
        assert_eq!(shelves.scan(Shelf::Record, b"ab"), Ok(vec![(b"ab2".to_vec(), b"two".to_vec())]));
    }
}
