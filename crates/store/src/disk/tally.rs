//! The sealed counts that reveal a missing row: how many rows each table has, a sum over them, how many commits.

use std::collections::BTreeMap;

use crate::Sealer;

const VERSION: u8 = 1;
const TABLES_MOST: usize = 256;

/// One table: how many rows, and the sum of their addresses, which betrays a row that is older than it should be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) rows: u64,
    /// Bytes of keys and rows in the engine.
    pub(super) bytes: u64,
    pub(super) sum: u128,
}

/// All that was saved, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many groups were committed since the store was begun.
    pub(super) commits: u64,
    pub(super) tables: BTreeMap<String, Count>,
}

impl Tally {
    pub(super) fn add(&mut self, sealer: &dyn Sealer, table: &str, raw: &[u8], row: &[u8]) {
        let count = self.tables.entry(table.to_owned()).or_default();
        count.rows += 1;
        count.bytes = count.bytes.saturating_add((raw.len() + row.len()) as u64);
        count.sum = count.sum.wrapping_add(share(sealer, raw, row));
    }

    pub(super) fn take(&mut self, sealer: &dyn Sealer, table: &str, raw: &[u8], row: &[u8]) {
        let count = self.tables.entry(table.to_owned()).or_default();
        // A row that counts do not know of can only come of damage, which `check` tells.
        count.rows = count.rows.saturating_sub(1);
        count.bytes = count.bytes.saturating_sub((raw.len() + row.len()) as u64);
        count.sum = count.sum.wrapping_sub(share(sealer, raw, row));
    }

    /// Bytes of all keys and rows in the engine.
    pub(super) fn live(&self) -> u64 {
        self.tables.values().map(|count| count.bytes).fold(0, u64::saturating_add)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.commits.to_be_bytes());
        bytes.extend((self.tables.len() as u16).to_be_bytes());
        for (name, count) in &self.tables {
            bytes.push(name.len() as u8);
            bytes.extend(name.as_bytes());
            bytes.extend(count.rows.to_be_bytes());
            bytes.extend(count.bytes.to_be_bytes());
            bytes.extend(count.sum.to_be_bytes());
        }
        bytes
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Tally> {
        let (version, rest) = bytes.split_first()?;
        let (commits, rest) = rest.split_first_chunk::<8>()?;
        let (tables, mut rest) = rest.split_first_chunk::<2>()?;
        let mut tally = Tally { commits: u64::from_be_bytes(*commits), tables: BTreeMap::new() };
        let tables = usize::from(u16::from_be_bytes(*tables));
        if *version != VERSION || tables > TABLES_MOST {
            return None;
        }
        for _ in 0..tables {
            let (length, after) = rest.split_first()?;
            let (name, after) = after.split_at_checked(usize::from(*length))?;
            let (rows, after) = after.split_first_chunk::<8>()?;
            let (bytes, after) = after.split_first_chunk::<8>()?;
            let (sum, after) = after.split_first_chunk::<16>()?;
            let count = Count {
                rows: u64::from_be_bytes(*rows),
                bytes: u64::from_be_bytes(*bytes),
                sum: u128::from_be_bytes(*sum),
            };
            tally.tables.insert(std::str::from_utf8(name).ok()?.to_owned(), count);
            rest = after;
        }
        (rest.is_empty() && tally.bytes() == bytes).then_some(tally)
    }
}

fn share(sealer: &dyn Sealer, raw: &[u8], row: &[u8]) -> u128 {
    let address = sealer.address(&[&(raw.len() as u32).to_be_bytes(), raw, row].concat());
    let mut half = [0; 16];
    half.copy_from_slice(&address[..16]);
    u128::from_be_bytes(half)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sealer::ToySealer;

    #[test]
    fn what_is_added_and_taken_leaves_nothing() {
        let sealer = ToySealer::new(1);
        let mut tally = Tally::default();
        tally.add(&sealer, "notes", b"notes\0a", b"one");
        tally.add(&sealer, "notes", b"notes\0b", b"one");
        let both = tally.clone();
        tally.take(&sealer, "notes", b"notes\0a", b"one");
        tally.add(&sealer, "notes", b"notes\0a", b"two");
        assert_eq!(tally.tables["notes"].rows, both.tables["notes"].rows);
        assert_ne!(tally, both, "another row in its place shows");
        tally.take(&sealer, "notes", b"notes\0a", b"two");
        tally.take(&sealer, "notes", b"notes\0b", b"one");
        assert_eq!(tally.tables["notes"], Count::default());
    }

    #[test]
    fn the_bytes_come_back() {
        let mut tally = Tally { commits: 77, tables: BTreeMap::new() };
        for table in ["notes", "plans", "records"] {
            tally.add(&ToySealer::new(1), table, b"key", table.as_bytes());
        }
        assert_eq!(Tally::parse(&tally.bytes()), Some(tally.clone()));
        for length in 0..tally.bytes().len() {
            assert_eq!(Tally::parse(&tally.bytes()[..length]), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(tally) = Tally::parse(&bytes) {
                prop_assert_eq!(tally.bytes(), bytes);
            }
        }
    }
}
