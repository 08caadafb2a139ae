//! A store that forgets when it is dropped.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{Batch, Damage, Done, Store, StoreFault, Table, Visit};

type Rows = BTreeMap<(&'static str, Vec<u8>), Arc<Vec<u8>>>;

/// Rows in memory, for tests and simulations. A clone shares the rows: what one saves the other reads.
#[derive(Clone, Default)]
pub struct Memory {
    rows: Arc<Mutex<Rows>>,
}

impl Memory {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Memory {
        Memory::default()
    }

    /// A store of its own with the same rows.
    #[must_use]
    pub fn copy(&self) -> Memory {
        Memory { rows: Arc::new(Mutex::new(self.rows().clone())) }
    }

    /// A batch is applied whole before the lock is let go, so a panic elsewhere leaves the rows as they should be.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn matching(&self, table: Table, prefix: &[u8]) -> Vec<(Vec<u8>, Arc<Vec<u8>>)> {
        let from = (table.name(), prefix.to_vec());
        self.rows()
            .range((Bound::Included(from), Bound::Unbounded))
            .take_while(|((name, key), _)| *name == table.name() && key.starts_with(prefix))
            .map(|((_, key), value)| (key.clone(), Arc::clone(value)))
            .collect()
    }
}

impl Store for Memory {
    fn begin(&self, batch: Batch, done: Done) {
        done(self.commit(batch));
    }

    fn commit(&self, batch: Batch) -> Result<(), StoreFault> {
        batch.within_limits()?;
        let mut rows = self.rows();
        for change in batch.changes {
            let row = (change.table.name(), change.key);
            match change.value {
                Some(value) => rows.insert(row, Arc::new(value)),
                None => rows.remove(&row),
            };
        }
        Ok(())
    }

    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(self.rows().get(&(table.name(), key.to_vec())).map(|value| value.to_vec()))
    }

    fn scan(&self, table: Table, prefix: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreFault> {
        for (key, value) in self.matching(table, prefix) {
            if visit(&key, &value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn keys(&self, table: Table, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreFault> {
        Ok(self.matching(table, prefix).into_iter().map(|(key, _)| key).collect())
    }

    fn count(&self, table: Table) -> Result<u64, StoreFault> {
        Ok(self.matching(table, &[]).len() as u64)
    }

    fn check(&self) -> Vec<Damage> {
        Vec::new()
    }
}
