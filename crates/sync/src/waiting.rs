//! Bounded pools: what cannot be judged yet, and what was refused.

use hedgerow_access::Record;
use hedgerow_model::{ChangeHash, DeviceId, EpochId, Moment, OpId, PageId, RecordId, StreamTag};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What a record lacks before it can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The key of its epoch.
    Epoch(EpochId),
    /// What it takes to tell whether its epoch is valid.
    Standing(EpochId),
    /// A membership operation.
    Operation(OpId),
    /// A change that it builds on.
    Change(StreamTag, ChangeHash),
}

/// Records of one notebook that lack something. In memory only; a record that is dropped will be offered again by
/// whoever has it.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    records: BTreeMap<RecordId, (Record, Need, DeviceId)>,
    /// Who brought how much of it: ids and bytes.
    by_bringer: BTreeMap<DeviceId, (BTreeSet<RecordId>, usize)>,
    by_need: BTreeMap<Need, BTreeSet<RecordId>>,
    bytes: usize,
}

impl Waiting {
    /// The most records that wait in one notebook.
    pub(crate) const MOST_RECORDS: usize = 4096;
    /// The most bytes that wait in one notebook.
    pub(crate) const MOST_BYTES: usize = 24 << 20;

    /// Keeps a record that `from` brought until `need` is met. Where there is no room, whoever takes up most of it makes
    /// room; a record of theirs is dropped itself.
    pub(crate) fn keep(&mut self, record: Record, need: Need, from: DeviceId) {
        let (id, size) = (record.id(), record.bytes().len());
        if self.records.contains_key(&id) {
            return;
        }
        while self.records.len() >= Self::MOST_RECORDS || self.bytes + size > Self::MOST_BYTES {
            let most = self.by_bringer.iter().max_by_key(|(_, (ids, bytes))| Self::share(ids.len(), *bytes));
            let Some((most, (ids, bytes))) = most else { return };
            let (many, much) = self.by_bringer.get(&from).map_or((0, 0), |(ids, bytes)| (ids.len(), *bytes));
            let fairer = Self::share(many + 1, much + size) < Self::share(ids.len(), *bytes);
            let (true, true, Some(last)) = (fairer, *most != from, ids.last().copied()) else { return };
            self.take_out(&last);
        }
        self.bytes += size;
        let bringer = self.by_bringer.entry(from).or_default();
        bringer.0.insert(id);
        bringer.1 += size;
        self.by_need.entry(need).or_default().insert(id);
        self.records.insert(id, (record, need, from));
    }

    /// How much of the room this takes up, by number or by size, whichever is more.
    fn share(many: usize, bytes: usize) -> usize {
        (many * (Self::MOST_BYTES / Self::MOST_RECORDS)).max(bytes)
    }

    fn take_out(&mut self, id: &RecordId) -> Option<Record> {
        let (record, need, from) = self.records.remove(id)?;
        let size = record.bytes().len();
        self.bytes -= size;
        if let Some(ids) = self.by_need.get_mut(&need) {
            ids.remove(id);
            if ids.is_empty() {
                self.by_need.remove(&need);
            }
        }
        if let Some((ids, bytes)) = self.by_bringer.get_mut(&from) {
            ids.remove(id);
            *bytes -= size;
            if ids.is_empty() {
                self.by_bringer.remove(&from);
            }
        }
        Some(record)
    }

    /// Takes out everything that waited for `need`, in order of id.
    pub(crate) fn met(&mut self, need: &Need) -> Vec<Record> {
        let ids = self.by_need.get(need).cloned().unwrap_or_default();
        ids.iter().filter_map(|id| self.take_out(id)).collect()
    }

    /// The epochs whose standing is waited for.
    pub(crate) fn standings(&self) -> Vec<EpochId> {
        let standing = |need: &Need| if let Need::Standing(epoch) = need { Some(*epoch) } else { None };
        self.by_need.keys().filter_map(standing).collect()
    }

    /// Whether this record waits.
    pub(crate) fn contains(&self, id: &RecordId) -> bool {
        self.records.contains_key(id)
    }

    /// The records that wait.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &RecordId> {
        self.records.keys()
    }

    /// How many records wait.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// What is waited for, and by how many records.
    pub(crate) fn needs(&self) -> impl Iterator<Item = (&Need, usize)> {
        self.by_need.iter().map(|(need, ids)| (need, ids.len()))
    }
}

/// The records of one notebook that another one stands for. Forgetting one is harmless: should it come again it is judged
/// again, and the answer is the same.
#[derive(Debug, Default)]
pub(crate) struct Replaced {
    ids: BTreeSet<RecordId>,
    order: VecDeque<RecordId>,
}

impl Replaced {
    /// The most that are remembered in one notebook.
    pub(crate) const MOST: usize = 16_384;

    /// Remembers one. `None` when it was remembered already; else the id that was forgotten for it, if one was.
    pub(crate) fn remember(&mut self, id: RecordId) -> Option<Option<RecordId>> {
        if !self.ids.insert(id) {
            return None;
        }
        self.order.push_back(id);
        let forgotten = if self.ids.len() > Self::MOST { self.order.pop_front() } else { None };
        if let Some(oldest) = &forgotten {
            self.ids.remove(oldest);
        }
        Some(forgotten)
    }

    /// Whether another record is known to stand for this one.
    pub(crate) fn contains(&self, id: &RecordId) -> bool {
        self.ids.contains(id)
    }

    /// All that are remembered.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &RecordId> {
        self.ids.iter()
    }
}

/// Why a record was refused, and whose it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// In words that can be shown.
    pub reason: String,
    /// The author, where the record got far enough to tell.
    pub author: Option<DeviceId>,
    /// The page that it was for, where that page is known here.
    pub page: Option<PageId>,
    /// When this device refused it.
    pub when: Moment,
}

/// The records of one notebook that were refused, oldest forgotten first.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    by_id: BTreeMap<RecordId, Refused>,
    order: VecDeque<RecordId>,
}

impl Refusals {
    /// The most that are remembered in one notebook.
    pub(crate) const MOST: usize = 512;

    /// Remembers one; gives back the id that was forgotten for it.
    pub(crate) fn remember(&mut self, id: RecordId, refused: Refused) -> Option<RecordId> {
        if self.by_id.insert(id, refused).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() <= Self::MOST {
            return None;
        }
        let oldest = self.order.pop_front()?;
        self.by_id.remove(&oldest);
        Some(oldest)
    }

    /// Whether this record was refused.
    pub(crate) fn contains(&self, id: &RecordId) -> bool {
        self.by_id.contains_key(id)
    }

    /// All that are remembered.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&RecordId, &Refused)> {
        self.by_id.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_is_remembered_within_a_bound() {
        let id = |n: usize| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
            RecordId::from_bytes(bytes)
        };
        let mut replaced = Replaced::default();
        for n in 0..Replaced::MOST {
            assert_eq!(replaced.remember(id(n)), Some(None));
        }
        assert_eq!(replaced.remember(id(0)), None, "it is remembered");
        assert_eq!(replaced.remember(id(Replaced::MOST)), Some(Some(id(0))), "the oldest goes");
        assert!(!replaced.contains(&id(0)) && replaced.contains(&id(1)));
        assert_eq!(replaced.iter().count(), Replaced::MOST);
    }

    const MAL: DeviceId = DeviceId::from_bytes([6; 32]);
    const BO: DeviceId = DeviceId::from_bytes([2; 32]);

    /// A whole record of so many bytes, of which nothing is known but that it lacks its key.
    fn record(n: usize, length: usize) -> (Record, Need) {
        let mut bytes = vec![0; 94 + length];
        bytes[0] = 1;
        bytes[2..10].copy_from_slice(&n.to_be_bytes());
        bytes[90..94].copy_from_slice(&u32::try_from(length).expect("short").to_le_bytes());
        let record = Record::parse(bytes).expect("a whole record");
        let need = Need::Epoch(record.epoch());
        (record, need)
    }

    #[test]
    fn whoever_fills_the_room_makes_room_for_others() {
        for (many, length) in [(Waiting::MOST_RECORDS, 16), (100, 1 << 20)] {
            let mut waiting = Waiting::default();
            let mut keep = |n, from| {
                let (record, need) = record(n, length);
                let id = record.id();
                waiting.keep(record, need, from);
                let room = waiting.len() <= Waiting::MOST_RECORDS && waiting.bytes <= Waiting::MOST_BYTES;
                assert!(room, "within the bound");
                waiting.contains(&id)
            };
            let mals = (0..many + 1).filter(|n| keep(*n, MAL)).count();
            assert!(mals <= many && mals > 20, "{mals}");
            let bos = (many + 1..many + 11).filter(|n| keep(*n, BO)).count();
            assert_eq!(bos, 10, "there is room for Bo, who brings little");
            assert!(!keep(many + 20, MAL), "and none for Mal");
        }
    }

    #[test]
    fn what_was_waited_for_takes_all_that_waited_out() {
        let mut waiting = Waiting::default();
        for n in 0..10 {
            let (record, need) = record(n, 16);
            waiting.keep(record, need, if n % 2 == 0 { MAL } else { BO });
        }
        assert_eq!(waiting.met(&record(0, 16).1).len(), 10);
        assert_eq!((waiting.len(), waiting.bytes), (0, 0));
        assert!(waiting.by_need.is_empty() && waiting.by_bringer.is_empty());
    }
}
