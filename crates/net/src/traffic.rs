//! How much went to and fro, per device.

use hedgerow_model::DeviceId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits::COUNTED;

/// What was carried to and from one device since we started, over all its sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes written, four for the length of each message included, encryption and transport not.
    pub sent_bytes: u64,
    /// Messages written.
    pub sent_messages: u64,
    /// Bytes read, counted the same way.
    pub received_bytes: u64,
    /// Messages read.
    pub received_messages: u64,
}

/// The living counters of one device.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    sent: [AtomicU64; 2],
    received: [AtomicU64; 2],
}

impl Counts {
    pub(crate) fn sent(&self, length: usize) {
        count(&self.sent, length);
    }

    pub(crate) fn received(&self, length: usize) {
        count(&self.received, length);
    }

    fn read(&self) -> Traffic {
        let [sent_bytes, sent_messages] = [0, 1].map(|at| self.sent[at].load(Ordering::Relaxed));
        let [received_bytes, received_messages] = [0, 1].map(|at| self.received[at].load(Ordering::Relaxed));
        Traffic { sent_bytes, sent_messages, received_bytes, received_messages }
    }
}

fn count([bytes, messages]: &[AtomicU64; 2], length: usize) {
    bytes.fetch_add(length as u64 + 4, Ordering::Relaxed);
    messages.fetch_add(1, Ordering::Relaxed);
}

/// All counters.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<BTreeMap<DeviceId, Arc<Counts>>>);

impl Ledger {
    /// The counters of `device`. When too many are remembered, those that are not `in_use` are forgotten.
    pub(crate) fn of(&self, device: DeviceId, in_use: impl Fn() -> BTreeSet<DeviceId>) -> Arc<Counts> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= COUNTED && !all.contains_key(&device) {
            let keep = in_use();
            all.retain(|device, _| keep.contains(device));
        }
        Arc::clone(all.entry(device).or_default())
    }

    /// All of them, read now.
    pub(crate) fn read(&self) -> BTreeMap<DeviceId, Traffic> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(device, counts)| (*device, counts.read())).collect()
    }
}
