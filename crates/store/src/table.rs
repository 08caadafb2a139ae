//! Tables, and batches of changes to them.

use crate::StoreFault;

/// The longest key, in bytes.
pub const KEY_MOST: usize = 1024;

/// The longest value, in bytes (64 MiB).
pub const VALUE_MOST: usize = 64 << 20;

/// The name of a table: 1 to 32 of `a-z`, `0-9` and `-`.
///
/// Rooms above name theirs once: `const RECORDS: Table = Table::named("records");`. Names and keys stand in clear on
/// the disk, values never do: a key is made of ids and numbers, never of a title, a name or content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(&'static str);

impl Table {
    /// The table of that name.
    ///
    /// # Panics
    /// When the name is not 1 to 32 of `a-z`, `0-9` and `-`: in a `const`, where names belong, that does not compile.
    #[must_use]
    pub const fn named(name: &'static str) -> Table {
        let letters = name.as_bytes();
        assert!(!letters.is_empty() && letters.len() <= 32, "a table's name has 1 to 32 letters");
        let mut at = 0;
        while at < letters.len() {
            assert!(matches!(letters[at], b'a'..=b'z' | b'0'..=b'9' | b'-'), "a table's name is of a-z, 0-9 and -");
            at += 1;
        }
        Table(name)
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.0
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) table: Table,
    pub(crate) key: Vec<u8>,
    /// What to keep; `None` deletes.
    pub(crate) value: Option<Vec<u8>>,
}

/// Changes that are saved together: all of them, durably, or none. Of two changes to one row the later wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub(crate) changes: Vec<Change>,
}

impl Batch {
    /// No changes yet.
    #[must_use]
    pub fn new() -> Batch {
        Batch::default()
    }

    /// Keeps `value` (at most [`VALUE_MOST`] bytes) at `key` (at most [`KEY_MOST`] bytes) in `table`.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> &mut Batch {
        self.changes.push(Change { table, key: key.into(), value: Some(value.into()) });
        self
    }

    /// Deletes the row at `key` in `table`; no row there is no error.
    pub fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) -> &mut Batch {
        self.changes.push(Change { table, key: key.into(), value: None });
        self
    }

    /// Adds the changes of `later` after these.
    pub fn append(&mut self, mut later: Batch) -> &mut Batch {
        self.changes.append(&mut later.changes);
        self
    }

    /// Whether there is nothing to save.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Each change in the order made: table, key, and the value to keep, or `None` to delete.
    pub fn changes(&self) -> impl Iterator<Item = (Table, &[u8], Option<&[u8]>)> {
        self.changes.iter().map(|change| (change.table, &change.key[..], change.value.as_deref()))
    }

    /// Bytes of keys and values together.
    pub(crate) fn bytes(&self) -> usize {
        self.changes.iter().map(|change| change.key.len() + change.value.as_ref().map_or(0, Vec::len)).sum()
    }

    /// Refuses keys and values that are over the limits. Every store asks this before anything else.
    ///
    /// # Errors
    /// [`StoreFault::TooBig`] for the first that is.
    pub fn within_limits(&self) -> Result<(), StoreFault> {
        for change in &self.changes {
            let table = change.table.name();
            if change.key.len() > KEY_MOST {
                return Err(StoreFault::TooBig { what: "key", table, size: change.key.len(), most: KEY_MOST });
            }
            let size = change.value.as_ref().map_or(0, Vec::len);
            if size > VALUE_MOST {
                return Err(StoreFault::TooBig { what: "value", table, size, most: VALUE_MOST });
            }
        }
        Ok(())
    }
}
