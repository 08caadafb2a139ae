//! The devices of the people we share with: where they were met, and when.

use hedgerow_model::{DeviceId, Moment};
use hedgerow_store::{Batch, Store, StoreFault, Table};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

pub(crate) const PEERS: Table = Table::named("peer");
const VERSION: u8 = 2;
/// Had the notebooks shared at the end as well.
const FIRST: u8 = 1;
/// Addresses kept for one device.
const ADDRESSES: usize = 8;
/// The longest address that is kept, in bytes.
const ADDRESS: usize = 256;

/// What is remembered of one device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Met {
    /// Where it was, the latest first.
    pub(crate) addresses: Vec<String>,
    /// When it was last connected, by our clock.
    pub(crate) last_seen: Option<Moment>,
    /// When both last held the same of everything shared, by our clock.
    pub(crate) agreed: Option<Moment>,
}

/// A row as bytes: a version byte, then postcard.
pub(crate) fn encode(met: &Met) -> postcard::Result<Vec<u8>> {
    postcard::to_extend(met, vec![VERSION])
}

/// A row from bytes; `None` when it is damaged or of another version.
pub(crate) fn decode(row: &[u8]) -> Option<Met> {
    let [VERSION | FIRST, body @ ..] = row else { return None };
    postcard::from_bytes(body).ok()
}

/// The remembered devices. Only contacts are in it: strangers leave nothing behind.
#[derive(Debug, Default)]
pub(crate) struct Book {
    met: BTreeMap<DeviceId, Met>,
    changed: BTreeSet<DeviceId>,
    /// A saving failed; rows are saved anew with the next change.
    unsaved: bool,
    trouble: BTreeMap<DeviceId, String>,
}

impl Book {
    /// Reads what was remembered. A damaged row is a forgotten peer, and told to `said`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn read(store: &dyn Store, said: &mut Vec<String>) -> Result<Book, StoreFault> {
        let mut met = BTreeMap::new();
        let scanned = store.scan(PEERS, &[], &mut |key, value| {
            met.extend(DeviceId::from_slice(key).zip(decode(value)));
            ControlFlow::Continue(())
        });
        match scanned {
            Err(damaged @ StoreFault::Damaged(_)) => said.push(damaged.to_string()),
            other => other?,
        }
        Ok(Book { met, ..Book::default() })
    }

    /// What is remembered of a device.
    pub(crate) fn get(&self, device: &DeviceId) -> Option<&Met> {
        self.met.get(device)
    }

    /// Where a device may be.
    pub(crate) fn addresses(&self, device: &DeviceId) -> &[String] {
        self.met.get(device).map_or(&[], |met| &met.addresses)
    }

    /// Why it could not be reached, if it could not.
    pub(crate) fn trouble(&self, device: &DeviceId) -> Option<&str> {
        self.trouble.get(device).map(String::as_str)
    }

    /// The devices that contacts are; others are forgotten. Gives back who is new and who is gone.
    pub(crate) fn keep(&mut self, contacts: &BTreeSet<DeviceId>) -> (Vec<DeviceId>, Vec<DeviceId>) {
        let gone: Vec<DeviceId> = self.met.keys().filter(|device| !contacts.contains(device)).copied().collect();
        for device in &gone {
            self.met.remove(device);
            self.trouble.remove(device);
            self.changed.insert(*device);
        }
        let new: Vec<DeviceId> = contacts.iter().filter(|device| !self.met.contains_key(device)).copied().collect();
        for device in &new {
            self.met.insert(*device, Met::default());
            self.changed.insert(*device);
        }
        (new, gone)
    }

    /// A contact is connected, and is at `address`.
    pub(crate) fn connected(&mut self, device: &DeviceId, address: &str, now: Moment) {
        self.trouble.remove(device);
        self.change(device, |met| {
            met.last_seen = Some(now);
            met.learn(address)
        });
    }

    /// A contact is gone.
    pub(crate) fn parted(&mut self, device: &DeviceId, now: Moment) {
        self.change(device, |met| {
            met.last_seen = Some(now);
            true
        });
    }

    /// A contact may be at these.
    pub(crate) fn learned(&mut self, device: &DeviceId, addresses: &[String]) {
        self.change(device, |met| {
            // Lest `any` stops at the first that is new.
            addresses.iter().rev().filter(|address| met.learn(address)).count() > 0
        });
    }

    /// A contact could not be reached.
    pub(crate) fn failed(&mut self, device: &DeviceId, why: &str) {
        if self.met.contains_key(device) {
            self.trouble.insert(*device, why.to_owned());
        }
    }

    /// A contact holds what we hold.
    pub(crate) fn agreed(&mut self, device: &DeviceId, now: Moment) {
        self.change(device, |met| {
            met.agreed = Some(now);
            true
        });
    }

    fn change(&mut self, device: &DeviceId, change: impl FnOnce(&mut Met) -> bool) {
        if let Some(met) = self.met.get_mut(device)
            && change(met)
        {
            self.changed.insert(*device);
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
            self.changed.extend(self.met.keys());
        }
        let mut batch = Batch::new();
        for device in std::mem::take(&mut self.changed) {
            match self.met.get(&device).map(encode) {
                Some(Ok(row)) => batch.put(PEERS, *device.as_bytes(), row),
                Some(Err(_)) => continue,
                None => batch.delete(PEERS, *device.as_bytes()),
            };
        }
        (!batch.is_empty()).then_some(batch)
    }
}

impl Met {
    /// Puts an address first. Says whether that changed anything.
    fn learn(&mut self, address: &str) -> bool {
        if address.len() > ADDRESS || self.addresses.first().is_some_and(|first| first == address) {
            return false;
        }
        self.addresses.retain(|known| known != address);
        self.addresses.insert(0, address.to_owned());
        self.addresses.truncate(ADDRESSES);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hedgerow_store::Memory;

    const BO: DeviceId = DeviceId::from_bytes([2; 32]);
    const CY: DeviceId = DeviceId::from_bytes([3; 32]);

    fn at(millis: u64) -> Moment {
        Moment::from_millis(millis)
    }

    #[test]
    fn bo_is_remembered_and_a_stranger_is_not() {
        let store = Memory::new();
        let mut book = Book::default();
        assert_eq!(book.keep(&BTreeSet::from([BO])), (vec![BO], vec![]));
        book.connected(&BO, "/ip4/10.0.0.2/tcp/4001", at(5));
        book.connected(&CY, "/ip4/10.0.0.3/tcp/4001", at(5));
        book.learned(&BO, &["/ip4/10.0.0.9/tcp/4001".to_owned()]);
        store.commit(book.batch().expect("something new")).expect("memory does not fail");
        assert_eq!(book.batch(), None, "saved once");

        let read = Book::read(&store, &mut Vec::new()).expect("memory does not fail");
        assert_eq!(read.addresses(&BO), ["/ip4/10.0.0.9/tcp/4001", "/ip4/10.0.0.2/tcp/4001"]);
        assert_eq!(read.get(&BO).and_then(|met| met.last_seen), Some(at(5)));
        assert_eq!(read.get(&CY), None);
    }

    #[test]
    fn who_shares_nothing_any_more_is_forgotten() {
        let store = Memory::new();
        let mut book = Book::default();
        book.keep(&BTreeSet::from([BO, CY]));
        store.commit(book.batch().expect("two")).expect("memory does not fail");
        assert_eq!(book.keep(&BTreeSet::from([CY])), (vec![], vec![BO]));
        store.commit(book.batch().expect("one gone")).expect("memory does not fail");
        let read = Book::read(&store, &mut Vec::new()).expect("memory does not fail");
        assert_eq!((read.get(&BO), read.get(&CY)), (None, Some(&Met::default())));
    }

    #[test]
    fn a_row_of_an_earlier_version_is_read() {
        let store = Memory::new();
        let row = (vec!["/ip4/10.0.0.2/tcp/4001"], Some(at(5)), Some(at(4)), BTreeSet::from([[7_u8; 32]]));
        let mut batch = Batch::new();
        batch.put(PEERS, *BO.as_bytes(), postcard::to_extend(&row, vec![FIRST]).expect("writable"));
        store.commit(batch).expect("memory does not fail");
        let read = Book::read(&store, &mut Vec::new()).expect("memory does not fail");
        let met = read.get(&BO).expect("it is there");
        assert_eq!((met.addresses.len(), met.last_seen, met.agreed), (1, Some(at(5)), Some(at(4))));
    }

    #[test]
    fn only_the_latest_addresses_stay() {
        let mut book = Book::default();
        book.keep(&BTreeSet::from([BO]));
        for port in 0..20 {
            book.connected(&BO, &format!("/ip4/10.0.0.2/tcp/{port}"), at(port));
        }
        assert_eq!(book.addresses(&BO).len(), ADDRESSES);
        assert_eq!(book.addresses(&BO).first().map(String::as_str), Some("/ip4/10.0.0.2/tcp/19"));
    }
}
