//! A disk in memory that forgets what was not synced.

use hedgerow_sync::{Archive, ArchiveFault, Batch, Row, Shelf, Ticket};
use std::collections::{BTreeMap, VecDeque};

/// Rows that are durable, and batches on their way.
#[derive(Debug, Default, Clone)]
pub struct Disk {
    rows: BTreeMap<(Shelf, Vec<u8>), Vec<u8>>,
    pending: VecDeque<(Ticket, Batch)>,
    /// How many batches were made durable.
    pub synced: u64,
}

impl Disk {
    /// Takes a batch; it is not durable yet.
    pub fn begin(&mut self, ticket: Ticket, batch: Batch) {
        self.pending.push_back((ticket, batch));
    }

    /// Makes everything up to `ticket` durable.
    pub fn sync(&mut self, ticket: Ticket) {
        while self.pending.front().is_some_and(|(first, _)| *first <= ticket) {
            if let Some((_, batch)) = self.pending.pop_front() {
                self.apply(batch);
            }
        }
    }

    /// Refuses `ticket` and all after it.
    pub fn refuse(&mut self, ticket: Ticket) {
        self.pending.retain(|(begun, _)| *begun < ticket);
    }

    /// The power goes: of what was on its way the first `kept` batches happen to be durable. Gives back how many were
    /// lost.
    pub fn cut_power(&mut self, kept: usize) -> usize {
        for _ in 0..kept {
            if let Some((_, batch)) = self.pending.pop_front() {
                self.apply(batch);
            }
        }
        let lost = self.pending.len();
        self.pending.clear();
        lost
    }

    /// How many batches are on their way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.pending.len()
    }

    /// How many rows a shelf has.
    #[must_use]
    pub fn count(&self, shelf: Shelf) -> usize {
        self.rows.keys().filter(|(of, _)| *of == shelf).count()
    }

    /// Spoils the value of the `nth` row of a shelf. `false` when there is none.
    pub fn damage(&mut self, shelf: Shelf, nth: usize) -> bool {
        let row = self.rows.iter_mut().filter(|((of, _), _)| *of == shelf).nth(nth);
        match row.and_then(|(_, value)| value.last_mut()) {
            Some(byte) => {
                *byte ^= 1;
                true
            }
            None => false,
        }
    }

    /// Takes the `nth` row of a shelf away. `false` when there is none.
    pub fn lose(&mut self, shelf: Shelf, nth: usize) -> bool {
        let row = self.rows.keys().filter(|(of, _)| *of == shelf).nth(nth).cloned();
        row.is_some_and(|row| self.rows.remove(&row).is_some())
    }

    fn apply(&mut self, batch: Batch) {
        self.synced += 1;
        for (shelf, key, value) in batch.rows {
            match value {
                Some(value) => self.rows.insert((shelf, key), value),
                None => self.rows.remove(&(shelf, key)),
            };
        }
    }
}

impl Archive for Disk {
    fn get(&self, shelf: Shelf, key: &[u8]) -> Result<Option<Vec<u8>>, ArchiveFault> {
        Ok(self.rows.get(&(shelf, key.to_vec())).cloned())
    }

    fn scan(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Row>, ArchiveFault> {
        let from = self.rows.range((shelf, prefix.to_vec())..);
        Ok(from
            .take_while(|((of, key), _)| *of == shelf && key.starts_with(prefix))
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }

    fn keys(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Vec<u8>>, ArchiveFault> {
        Ok(self.scan(shelf, prefix)?.into_iter().map(|(key, _)| key).collect())
    }
}
