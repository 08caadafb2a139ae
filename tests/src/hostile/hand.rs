//! Records written by hand: signed with a member's own keys, sealed with the notebook's, and saying anything at all.

use super::chunks::RawChange;
use hedgerow_access::{ChangeBody, DeviceKeys, Epochs, Payload, Pins, Record, Run, StreamName, seal};
use hedgerow_document::{Document, Edit, Editing, LocalChange, PageEdit, examine};
use hedgerow_model::{ActorId, ChangeHash, EpochId, Moment, NotebookId, PageId, RoutingId};
use hedgerow_sync::{Archive, Shelf};
use hedgerow_testkit::Disk;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    panic,
    sync::{Arc, Once},
};

/// A member's keys and what was read with them.
pub struct Hand {
    /// The member's device.
    pub keys: Arc<DeviceKeys>,
    /// Which notebook.
    pub notebook: NotebookId,
    /// How carriers know it.
    pub routing: RoutingId,
    /// The key that others write under.
    pub epoch: EpochId,
    /// What the member knew of the membership when they wrote last.
    pub pins: Pins,
    epochs: Epochs,
    bodies: Vec<ChangeBody>,
    records: Vec<Vec<u8>>,
    rng: ChaCha20Rng,
}

impl Hand {
    /// Reads a member's disk. They must have written something.
    pub(super) fn of(keys: Arc<DeviceKeys>, notebook: NotebookId, disk: &Disk) -> Hand {
        let rows = |shelf| disk.scan(shelf, &[]).expect("a disk in memory can be read");
        let kept = rows(Shelf::Keys).into_iter().find_map(|(_, secrets)| Epochs::restore(&notebook, &secrets));
        let epochs = kept.expect("a member holds keys");
        let records: Vec<Vec<u8>> = rows(Shelf::Record).into_iter().map(|(_, bytes)| bytes).collect();
        let (mut bodies, mut last) = (Vec::new(), None);
        for bytes in &records {
            let record = Record::parse(bytes.clone()).expect("what was saved is whole");
            let Some(key) = epochs.key(&record.epoch()) else { continue };
            let Ok(Payload::Change(body)) = record.open(key) else { continue };
            if body.author() == keys.device() {
                last = Some((record.routing(), record.epoch(), body.pins.clone()));
            }
            bodies.push(body);
        }
        let (routing, epoch, pins) = last.expect("the member has written");
        Hand { keys, notebook, routing, epoch, pins, epochs, bodies, records, rng: ChaCha20Rng::seed_from_u64(1) }
    }

    /// Everything that the member holds, as it came.
    pub fn records(&self) -> &[Vec<u8>] {
        &self.records
    }

    /// Chance.
    pub fn rng(&mut self) -> &mut ChaCha20Rng {
        &mut self.rng
    }

    /// A page as the member has it.
    pub fn document(&self, page: PageId) -> Document {
        let stream = StreamName::Body(page);
        let mut waiting: BTreeMap<ChangeHash, &[u8]> = BTreeMap::new();
        for body in self.bodies.iter().filter(|body| body.stream == stream) {
            waiting.extend(body.changes.first().map(|raw| (body.last_hash, raw.as_slice())));
        }
        let mut document = Document::new();
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|_, raw| document.admit(&[raw]).is_err());
            assert!(waiting.len() < before, "the page is whole");
        }
        document
    }

    /// A line of editing that nobody has seen.
    pub fn new_actor(&mut self) -> ActorId {
        let mut chance = [0; 8];
        self.rng.fill_bytes(&mut chance);
        ActorId::new(self.keys.device(), chance)
    }

    /// The line of editing that the member went on with last.
    pub fn last_actor(&self) -> ActorId {
        let own = self.bodies.iter().filter(|body| body.author() == self.keys.device());
        own.max_by_key(|body| (body.first_seq, body.actor)).expect("the member has written").actor
    }

    /// An honest change of a page.
    pub fn change(&self, document: &Document, actor: ActorId, edit: PageEdit) -> LocalChange {
        let by = Editing { actor, at: Moment::default(), message: Some(self.pins.digest().to_string()) };
        let made = document.clone().edit(&by, &Edit::Page(edit)).expect("it can be made");
        made.expect("it changes something")
    }

    /// A change, signed, and sealed as a record of a page.
    pub fn record(&mut self, page: PageId, raw: &[u8]) -> Vec<u8> {
        let change = RawChange::parse(raw);
        let actor = ActorId::from_slice(&change.actor).expect("the actor of a device");
        let run = Run {
            stream: StreamName::Body(page),
            actor,
            first_seq: change.seq,
            last_hash: hash_of(raw),
            changes: vec![raw.to_vec()],
            pins: self.pins.clone(),
        };
        let body = ChangeBody::sign(&self.keys, &self.notebook, run);
        self.sealed(&StreamName::Body(page), &Payload::Change(body))
    }

    /// Any content, sealed as a record of a stream.
    pub fn sealed(&mut self, stream: &StreamName, payload: &Payload) -> Vec<u8> {
        let (tag, key) = (stream.tag(&self.notebook), self.epochs.key(&self.epoch).expect("it is held"));
        let record = seal(self.routing, tag, &self.epoch, key, payload, &mut self.rng);
        record.expect("it fits into a record").into_bytes()
    }
}

/// What automerge calls a change: the hash of all of it but its first eight bytes.
fn hash_of(raw: &[u8]) -> ChangeHash {
    if let Ok(facts) = examine(raw) {
        return facts.hash;
    }
    ChangeHash::from_bytes(Sha256::digest(&raw[8..]).into())
}

/// Whether a page does not let a change in.
pub fn refuses(page: &Document, raw: &[u8]) -> bool {
    static QUIET: Once = Once::new();
    // Automerge's own panics are caught; what they say would bury everything else.
    QUIET.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !info.location().is_some_and(|at| at.file().contains("automerge") || at.file().contains("hexane")) {
                hook(info);
            }
        }));
    });
    page.clone().admit(&[raw]).is_err()
}

/// A change with something bent in it and its checksum made right again, that says the same of itself.
pub fn bent(raw: &[u8], other: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let (genuine, other) = (RawChange::parse(raw), RawChange::parse(other));
    loop {
        let mut change = RawChange::parse(raw);
        for _ in 0..=rng.next_u32() % 2 {
            change.mutate(rng, &other);
        }
        (change.seq, change.deps, change.message) = (genuine.seq, genuine.deps.clone(), genuine.message.clone());
        let written = change.write();
        if written != raw {
            return written;
        }
    }
}
