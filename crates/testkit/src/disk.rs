//! A disk in memory that forgets what was not synced.

use hedgerow_sync::{Archive, ArchiveFault, Batch, Row, Shelf, Ticket};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Rows that are durable, and batches on their way.
#[derive(Debug, Default, Clone)]
pub struct Disk {
    rows: BTreeMap<(Shelf, Vec<u8>), Vec<u8>>,
    /// Those that do not read any more, as the store knows by their seals.
    spoiled: BTreeSet<(Shelf, Vec<u8>)>,
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

    /// The `nth` row of a shelf is there and does not read any more. `false` when there is none.
    pub fn spoil(&mut self, shelf: Shelf, nth: usize) -> bool {
        let row = self.rows.keys().filter(|(of, _)| *of == shelf).nth(nth).cloned();
        row.is_some_and(|row| self.spoiled.insert(row))
    }

    /// Takes the `nth` row of a shelf away. `false` when there is none.
    pub fn lose(&mut self, shelf: Shelf, nth: usize) -> bool {
        let row = self.rows.keys().filter(|(of, _)| *of == shelf).nth(nth).cloned();
        row.is_some_and(|row| self.rows.remove(&row).is_some())
    }

    fn apply(&mut self, batch: Batch) {
        self.synced += 1;
        for (shelf, key, value) in batch.rows {
            self.spoiled.remove(&(shelf, key.clone()));
            match value {
                Some(value) => self.rows.insert((shelf, key), value),
                None => self.rows.remove(&(shelf, key)),
            };
        }
    }
}

impl Archive for Disk {
    fn get(&self, shelf: Shelf, key: &[u8]) -> Result<Option<Vec<u8>>, ArchiveFault> {
        let row = (shelf, key.to_vec());
        if self.spoiled.contains(&row) {
            return Err(ArchiveFault { say: format!("a row of {} is damaged", shelf.name()), is_damage: true });
        }
        Ok(self.rows.get(&row).cloned())
    }

    fn scan(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Row>, ArchiveFault> {
        let keys = self.keys(shelf, prefix)?.into_iter();
        Ok(keys.filter_map(|key| Some((key.clone(), self.get(shelf, &key).ok()??))).collect())
    }

    fn keys(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Vec<u8>>, ArchiveFault> {
        let from = self.rows.range((shelf, prefix.to_vec())..);
        let of_them = from.take_while(|((of, key), _)| *of == shelf && key.starts_with(prefix));
        Ok(of_them.map(|((_, key), _)| key.clone()).collect())
    }
}
