//! What the devices of others held of our notebooks when we last compared.

use hedgerow_model::{DeviceId, NotebookId};
use hedgerow_store::{Batch, Store, StoreFault, Table};
use hedgerow_sync::Sum;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

pub(crate) const AGREED: Table = Table::named("agreed");
const VERSION: u8 = 1;

/// A row as bytes: a version byte, then postcard.
pub(crate) fn encode(sum: &Sum) -> postcard::Result<Vec<u8>> {
    postcard::to_extend(sum, vec![VERSION])
}

/// A row from bytes; `None` when it is damaged or of another version.
pub(crate) fn decode(row: &[u8]) -> Option<Sum> {
    let [VERSION, body @ ..] = row else { return None };
    postcard::from_bytes(body).ok()
}

/// For each device and notebook the sum that both had. When that was stands in the peer's row: comparing compares all.
#[derive(Debug, Default)]
pub(crate) struct Agreed {
    sums: BTreeMap<DeviceId, BTreeMap<NotebookId, Sum>>,
    changed: BTreeSet<(DeviceId, NotebookId)>,
    /// A saving failed; rows are saved anew with the next change.
    unsaved: bool,
}

impl Agreed {
    /// Reads what was noted. A damaged row is as if never agreed, and told to `said`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn read(store: &dyn Store, said: &mut Vec<String>) -> Result<Agreed, StoreFault> {
        let mut agreed = Agreed::default();
        let scanned = store.scan(AGREED, &[], &mut |key, value| {
            if let (Some((device, notebook)), Some(sum)) = (key.split_at_checked(32), decode(value))
                && let (Some(device), Some(notebook)) = (DeviceId::from_slice(device), NotebookId::from_slice(notebook))
            {
                agreed.sums.entry(device).or_default().insert(notebook, sum);
            }
            ControlFlow::Continue(())
        });
        match scanned {
            Err(damaged @ StoreFault::Damaged(_)) => said.push(damaged.to_string()),
            other => other?,
        }
        Ok(agreed)
    }

    /// What a device held of a notebook, if the two ever agreed on it.
    pub(crate) fn get(&self, device: &DeviceId, notebook: &NotebookId) -> Option<Sum> {
        self.sums.get(device)?.get(notebook).copied()
    }

    /// A device holds what we hold: of these, and shares no others.
    pub(crate) fn note(&mut self, device: &DeviceId, held: &[(NotebookId, Sum)]) {
        let sums = self.sums.entry(*device).or_default();
        for (notebook, sum) in held {
            if sums.insert(*notebook, *sum) != Some(*sum) {
                self.changed.insert((*device, *notebook));
            }
        }
        if sums.len() > held.len() {
            let held: BTreeSet<&NotebookId> = held.iter().map(|(notebook, _)| notebook).collect();
            let others: Vec<NotebookId> = sums.keys().filter(|notebook| !held.contains(notebook)).copied().collect();
            for notebook in others {
                sums.remove(&notebook);
                self.changed.insert((*device, notebook));
            }
        }
    }

    /// A notebook holds the same in other records now.
    pub(crate) fn compacted(&mut self, notebook: &NotebookId, before: &Sum, after: &Sum) {
        for (device, sums) in &mut self.sums {
            if let Some(sum) = sums.get_mut(notebook).filter(|sum| *sum == before) {
                *sum = *after;
                self.changed.insert((*device, *notebook));
            }
        }
    }

    /// Only these are contacts; what others held is forgotten.
    pub(crate) fn keep(&mut self, contacts: &BTreeSet<DeviceId>) {
        let gone: Vec<DeviceId> = self.sums.keys().filter(|device| !contacts.contains(device)).copied().collect();
        for device in gone {
            let sums = self.sums.remove(&device).unwrap_or_default();
            self.changed.extend(sums.into_keys().map(|notebook| (device, notebook)));
        }
    }

    /// What was to be saved was not: all of it is, next time.
    pub(crate) fn save_again(&mut self) {
        self.unsaved = true;
    }

    /// What has to be saved since this was last asked, if anything.
    pub(crate) fn batch(&mut self) -> Option<Batch> {
        if self.changed.is_empty() {
            return None;
        }
        if std::mem::take(&mut self.unsaved) {
            let all = self.sums.iter().flat_map(|(device, sums)| sums.keys().map(|notebook| (*device, *notebook)));
            self.changed.extend(all);
        }
        let mut batch = Batch::new();
        for (device, notebook) in std::mem::take(&mut self.changed) {
            let key = [device.as_bytes().as_slice(), notebook.as_bytes()].concat();
            match self.get(&device, &notebook).map(|sum| encode(&sum)) {
                Some(Ok(row)) => batch.put(AGREED, key, row),
                Some(Err(_)) => continue,
                None => batch.delete(AGREED, key),
            };
        }
        (!batch.is_empty()).then_some(batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hedgerow_store::Memory;

    const BO: DeviceId = DeviceId::from_bytes([2; 32]);
    const CY: DeviceId = DeviceId::from_bytes([3; 32]);
    const ROTA: NotebookId = NotebookId::from_bytes([4; 32]);
    const PLAN: NotebookId = NotebookId::from_bytes([5; 32]);

    /// The sum of some records, as a row has it.
    fn sum(records: u8) -> Sum {
        let row = postcard::to_allocvec(&(u64::from(records), [records; 32])).expect("writable");
        postcard::from_bytes(&row).expect("readable")
    }

    fn again(store: &Memory) -> Agreed {
        Agreed::read(store, &mut Vec::new()).expect("memory does not fail")
    }

    #[test]
    fn what_bo_had_is_known_after_a_restart_and_only_what_changed_is_written() {
        let store = Memory::new();
        let mut agreed = Agreed::default();
        agreed.note(&BO, &[(ROTA, sum(1)), (PLAN, sum(1))]);
        store.commit(agreed.batch().expect("two rows")).expect("memory does not fail");
        agreed.note(&BO, &[(ROTA, sum(2)), (PLAN, sum(1))]);
        let batch = agreed.batch().expect("one row");
        assert_eq!(batch.len(), 1);
        store.commit(batch).expect("memory does not fail");
        agreed.note(&BO, &[(ROTA, sum(2)), (PLAN, sum(1))]);
        assert_eq!(agreed.batch(), None);
        assert_eq!((again(&store).get(&BO, &ROTA), again(&store).get(&CY, &ROTA)), (Some(sum(2)), None));

        agreed.note(&BO, &[(ROTA, sum(2))]);
        store.commit(agreed.batch().expect("a row gone")).expect("memory does not fail");
        assert_eq!((again(&store).get(&BO, &ROTA), again(&store).get(&BO, &PLAN)), (Some(sum(2)), None));
        agreed.keep(&BTreeSet::from([CY]));
        store.commit(agreed.batch().expect("the other gone")).expect("memory does not fail");
        assert_eq!(again(&store).get(&BO, &ROTA), None);
    }

    #[test]
    fn compacting_takes_nothing_from_those_who_had_all() {
        let mut agreed = Agreed::default();
        agreed.note(&BO, &[(ROTA, sum(2))]);
        agreed.note(&CY, &[(ROTA, sum(1))]);
        agreed.compacted(&ROTA, &sum(2), &sum(9));
        assert_eq!((agreed.get(&BO, &ROTA), agreed.get(&CY, &ROTA)), (Some(sum(9)), Some(sum(1))));
    }

    #[test]
    fn what_was_not_saved_is_saved_with_the_next_change() {
        let mut agreed = Agreed::default();
        agreed.note(&BO, &[(ROTA, sum(1))]);
        drop(agreed.batch());
        agreed.save_again();
        assert_eq!(agreed.batch(), None, "not by itself: the disk may be full");
        agreed.note(&BO, &[(ROTA, sum(1)), (PLAN, sum(1))]);
        assert_eq!(agreed.batch().map(|batch| batch.len()), Some(2));
    }
}
