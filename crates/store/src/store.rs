//! What every store does.

use std::ops::ControlFlow;

use crate::{Batch, Damage, StoreFault, Table};

/// Told once whether a batch is durable. Runs on the store's own thread: it should only pass the word on.
pub type Done = Box<dyn FnOnce(Result<(), StoreFault>) + Send>;

/// Shown a row, key and value; says whether to go on.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// Tables of keys and values. Object safe; shared between threads.
pub trait Store: Send + Sync {
    /// Begins to save a batch and returns at once. Batches are saved in the order begun; `done` is told when this one
    /// is durable whole, or why it is not.
    fn begin(&self, batch: Batch, done: Done);

    /// Saves a batch: durable, and whole, when it returns.
    ///
    /// # Errors
    /// A [`StoreFault`] promises nothing: the batch is there whole or not at all, and which of the two shows when the
    /// store is read again. What was saved before stays.
    fn commit(&self, batch: Batch) -> Result<(), StoreFault> {
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        self.begin(
            batch,
            Box::new(move |outcome| {
                // Nobody listens any more only when the thread that asked is gone.
                let _ = tell.send(outcome);
            }),
        );
        told.recv().unwrap_or_else(|_| Err(StoreFault::Stopped { why: "its thread ended".into() }))
    }

    /// The value at `key`, if there is a row.
    ///
    /// # Errors
    /// [`StoreFault::Damaged`] when this row can no longer be read as it was written; other faults as they come.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault>;

    /// Shows `visit` every row whose key begins with `prefix`, in ascending order of keys, until it breaks.
    ///
    /// Each row is whole, as some batch left it; of rows that are changed meanwhile some may be seen as before and some
    /// as after. `visit` may use the store.
    ///
    /// # Errors
    /// A damaged row does not hide the others: the scan goes on, and ends with [`StoreFault::Damaged`] for the first.
    fn scan(&self, table: Table, prefix: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreFault>;

    /// The keys that begin with `prefix`, ascending. No value is opened.
    ///
    /// # Errors
    /// When they cannot be read.
    fn keys(&self, table: Table, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreFault>;

    /// How many rows a table has.
    ///
    /// # Errors
    /// When it cannot be known.
    fn count(&self, table: Table) -> Result<u64, StoreFault>;

    /// Walks and opens everything; returns all that is wrong. Commits wait meanwhile.
    fn check(&self) -> Vec<Damage>;

    /// Takes what is there for all there should be: after damage was told, and what was lost has been fetched again.
    /// Until then a lost row is told at every check.
    ///
    /// # Errors
    /// When the new counts could not be saved.
    fn recount(&self) -> Result<(), StoreFault> {
        Ok(())
    }
}

/// Seals what goes onto the disk, and opens it again. Handed in: this room names no cryptography.
pub trait Sealer: Send + Sync {
    /// Seals `plain` so that it opens only with the same key and the same `context`. Each sealing of the same bytes
    /// differs. The result is at most 256 bytes longer than `plain`.
    fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8>;

    /// Opens what [`Sealer::seal`] made; `None` when it was altered, or sealed with another key or context.
    fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>>;

    /// A name for sealed bytes that no other bytes have: a cryptographic hash.
    fn address(&self, sealed: &[u8]) -> [u8; 32];
}
