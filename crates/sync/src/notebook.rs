//! One notebook in memory: its membership, its keys, its set of records, and the streams that are open.

use crate::archive::{Archive, ArchiveFault, Batch, Shelf, key};
use crate::lending::Lending;
use crate::rows::{Kind, NotebookRow, PlacedRow, StreamRow};
use crate::stream::Stream;
use crate::waiting::{Refusals, Refused, Replaced, Waiting};
use hedgerow_access::{DeviceKeys, Epochs, Membership, Payload, PersonLog, Record, SignedOp, SignedProfile};
use hedgerow_model::{DeviceId, Moment, NotebookId, OpId, PersonId, RecordId, RoutingId, StreamTag, mutant};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where a record of the set stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) tag: StreamTag,
    pub(crate) kind: Kind,
    pub(crate) length: u32,
}

/// The set of records as one number: how many, and the sum of their ids modulo 2^256. Equal sums are equal sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sum {
    pub(crate) count: u64,
    pub(crate) sum: [u8; 32],
}

impl Sum {
    pub(crate) fn add(&mut self, id: &RecordId) {
        self.count += 1;
        let mut carry = 0u16;
        for (mine, byte) in self.sum.iter_mut().zip(id.as_bytes()) {
            let total = u16::from(*mine) + u16::from(*byte) + carry;
            *mine = (total & 0xff) as u8;
            carry = total >> 8;
        }
    }

    fn subtract(&mut self, id: &RecordId) {
        self.count -= 1;
        let mut borrow = 0i16;
        for (mine, byte) in self.sum.iter_mut().zip(id.as_bytes()) {
            let total = i16::from(*mine) - i16::from(*byte) - borrow;
            borrow = i16::from(total < 0);
            *mine = (total & 0xff) as u8;
        }
    }
}

/// One notebook.
#[derive(Debug)]
pub(crate) struct Notebook {
    pub(crate) id: NotebookId,
    /// Ours.
    pub(crate) device: DeviceId,
    pub(crate) row: NotebookRow,
    pub(crate) membership: Membership,
    pub(crate) epochs: Epochs,
    pub(crate) profiles: BTreeMap<PersonId, (SignedProfile, RecordId)>,
    /// Durable and admitted.
    pub(crate) records: BTreeMap<RecordId, Placed>,
    pub(crate) sum: Sum,
    /// Admitted, on the way to the disk.
    pub(crate) saving: BTreeMap<RecordId, Placed>,
    /// The record that carries each operation.
    pub(crate) operations: BTreeMap<OpId, RecordId>,
    pub(crate) replaced: Replaced,
    pub(crate) waiting: Waiting,
    pub(crate) refusals: Refusals,
    /// Streams in memory.
    pub(crate) open: BTreeMap<StreamTag, Stream>,
    /// What is known of every stream, in memory or not.
    pub(crate) streams: BTreeMap<StreamTag, StreamRow>,
    /// Copies of pages in editors on this device.
    pub(crate) lending: Lending,
    /// Own records that no other member is known to hold.
    pub(crate) unshared: BTreeSet<RecordId>,
    /// Records of documents, made here since the start, that were neither sent to anybody nor named: nobody else holds
    /// them. What is not in here somebody may hold.
    pub(crate) untold: BTreeSet<RecordId>,
    /// Records that left the set because they could not be read. Their rows are on the disk as they are.
    pub(crate) lost: BTreeMap<RecordId, Placed>,
    /// What was known when members were last looked after.
    pub(crate) looked_after: Option<(hedgerow_access::Pins, u64, BTreeSet<DeviceId>, bool)>,
    /// How many keys the row of keys holds.
    pub(crate) keys_kept: usize,
    /// What was known when it was last looked for records that wait for nothing any more.
    pub(crate) waited_at: Option<(hedgerow_access::Pins, u64)>,
}

impl Notebook {
    /// One that was just founded or joined: no records yet.
    pub(crate) fn new(device: DeviceId, row: NotebookRow, membership: Membership, epochs: Epochs) -> Notebook {
        Notebook {
            id: membership.notebook(),
            device,
            row,
            membership,
            epochs,
            profiles: BTreeMap::new(),
            records: BTreeMap::new(),
            sum: Sum::default(),
            saving: BTreeMap::new(),
            operations: BTreeMap::new(),
            replaced: Replaced::default(),
            waiting: Waiting::default(),
            refusals: Refusals::default(),
            open: BTreeMap::new(),
            streams: BTreeMap::new(),
            lending: Lending::default(),
            unshared: BTreeSet::new(),
            untold: BTreeSet::new(),
            lost: BTreeMap::new(),
            looked_after: None,
            keys_kept: 0,
            waited_at: None,
        }
    }

    pub(crate) fn routing(&self) -> RoutingId {
        self.row.routing
    }

    /// Whether a record needs no second look.
    pub(crate) fn has(&self, id: &RecordId) -> bool {
        self.records.contains_key(id)
            || self.saving.contains_key(id)
            || self.replaced.contains(id)
            || self.refusals.contains(id)
    }

    /// Every record that is known here, in whatever state.
    pub(crate) fn known(&self) -> impl Iterator<Item = &RecordId> {
        let admitted = self.records.keys().chain(self.saving.keys()).chain(self.replaced.iter());
        admitted.chain(self.refusals.iter().map(|(id, _)| id)).chain(self.waiting.ids())
    }

    /// Puts an admitted record on its way to the disk.
    pub(crate) fn place(&mut self, batch: &mut Batch, record: &Record, kind: Kind) {
        let id = record.id();
        let length = u32::try_from(record.bytes().len()).unwrap_or(u32::MAX);
        let placed = Placed { tag: record.stream_tag(), kind, length };
        let row = PlacedRow { kind, length };
        batch.put(Shelf::Record, self.record_key(&id), record.bytes().to_vec());
        batch.put(Shelf::Placed, self.placed_key(&placed.tag, &id), row.encode());
        self.saving.insert(id, placed);
    }

    /// A record that was made here is on its way to the disk, and nobody has heard of it.
    pub(crate) fn was_made(&mut self, id: &RecordId) {
        let of_a_document = |placed: &Placed| matches!(placed.kind, Kind::Change | Kind::Checkpoint);
        if self.saving.get(id).is_some_and(of_a_document) {
            self.untold.insert(*id);
        }
    }

    /// Keeps the keys that are held, where there are new ones: what is admitted under a key must be readable for good,
    /// also when the key came with a record that still waits.
    pub(crate) fn keep_keys(&mut self, batch: &mut Batch) {
        let held = self.epochs.held().count();
        if held != self.keys_kept && !mutant("keep-no-keys") {
            batch.put(Shelf::Keys, self.routing().as_bytes().to_vec(), self.epochs.secrets().to_vec());
            self.keys_kept = held;
        }
    }

    /// Keeps operations that no record of the set carries: what is written from now on is pinned to them, also after a
    /// start.
    pub(crate) fn keep_operations(&mut self, batch: &mut Batch, loose: Vec<SignedOp>) {
        let carried = |op: &SignedOp| self.operations.contains_key(&op.id());
        let mut loose: Vec<SignedOp> = loose.into_iter().filter(|op| !carried(op)).collect();
        loose.retain(|op| !self.row.known_apart.iter().any(|known| known.id() == op.id()));
        if loose.is_empty() || mutant("forget-loose-operations") {
            return;
        }
        self.row.known_apart.append(&mut loose);
        batch.put(Shelf::Notebook, self.id.as_bytes().to_vec(), crate::rows::encode(&self.row));
    }

    /// Takes a record out of the set for one that stands for it.
    pub(crate) fn replace(&mut self, batch: &mut Batch, id: &RecordId) {
        let placed = self.records.remove(id).inspect(|_| self.sum.subtract(id)).or_else(|| self.saving.remove(id));
        if let Some(placed) = placed {
            batch.delete(Shelf::Record, self.record_key(id));
            batch.delete(Shelf::Placed, self.placed_key(&placed.tag, id));
        }
        if self.untold.remove(id) {
            // Nobody holds it, so nobody will offer it.
            return;
        }
        if let Some(forgotten) = self.replaced.remember(*id) {
            batch.put(Shelf::Replaced, self.record_key(id), Vec::new());
            if let Some(forgotten) = forgotten {
                batch.delete(Shelf::Replaced, self.record_key(&forgotten));
            }
        }
    }

    /// A record of the set turned out to be unreadable: it leaves the set, so that it is fetched again.
    pub(crate) fn lose(&mut self, id: &RecordId) {
        if let Some(placed) = self.records.remove(id) {
            self.sum.subtract(id);
            self.lost.insert(*id, placed);
        }
    }

    /// Gives a lost record up: it is looked for no longer, though it would be taken if it came.
    pub(crate) fn let_go(&mut self, batch: &mut Batch, id: &RecordId) {
        if let Some(placed) = self.lost.remove(id) {
            batch.delete(Shelf::Record, self.record_key(id));
            batch.delete(Shelf::Placed, self.placed_key(&placed.tag, id));
        }
    }

    /// Remembers why a record was refused.
    pub(crate) fn refuse(&mut self, batch: &mut Batch, id: RecordId, refused: Refused) {
        batch.put(Shelf::Refused, self.record_key(&id), crate::rows::encode(&refused));
        if let Some(forgotten) = self.refusals.remember(id, refused) {
            batch.delete(Shelf::Refused, self.record_key(&forgotten));
        }
    }

    /// The records with these ids are durable now.
    pub(crate) fn saved(&mut self, ids: &[RecordId]) {
        for id in ids {
            if let Some(placed) = self.saving.remove(id)
                && self.records.insert(*id, placed).is_none()
            {
                self.lost.remove(id);
                self.sum.add(id);
            }
        }
    }

    pub(crate) fn record_key(&self, id: &RecordId) -> Vec<u8> {
        key(&[self.row.routing.as_bytes(), id.as_bytes()])
    }

    pub(crate) fn placed_key(&self, tag: &StreamTag, id: &RecordId) -> Vec<u8> {
        key(&[self.row.routing.as_bytes(), tag.as_bytes(), id.as_bytes()])
    }

    pub(crate) fn stream_key(&self, tag: &StreamTag) -> Vec<u8> {
        key(&[self.row.routing.as_bytes(), tag.as_bytes()])
    }

    /// Reads a record of the set.
    pub(crate) fn read(&self, archive: &dyn Archive, id: &RecordId) -> Result<Option<Record>, ArchiveFault> {
        let Some(bytes) = archive.get(Shelf::Record, &self.record_key(id))? else { return Ok(None) };
        Ok(Record::parse(bytes).ok().filter(|record| record.id() == *id))
    }

    /// Opens a record under a key that is held.
    pub(crate) fn payload(&self, record: &Record) -> Option<Payload> {
        record.open(self.epochs.key(&record.epoch())?).ok()
    }

    /// Whether this device may be sent this notebook's records: both it and ours are members.
    pub(crate) fn shares_with(&self, device: &DeviceId) -> bool {
        let view = self.membership.now();
        self.row.inbox.is_none() && view.role_of_device(device).is_some() && view.role_of_device(&self.device).is_some()
    }

    /// The name a person gives themselves here.
    pub(crate) fn profile(&self, person: &PersonId) -> Option<&hedgerow_model::Profile> {
        self.profiles.get(person).map(|(signed, _)| &signed.profile)
    }
}

/// What became of a notebook when it was read.
#[derive(Debug)]
pub(crate) enum Loaded {
    /// It is whole, perhaps without records that could not be read, named in words.
    Notebook(Box<Notebook>, Vec<String>),
    /// Its membership cannot be made out; it stays on the disk as it is.
    Unreadable(String),
}

/// Reads one notebook. Page bodies stay on the disk.
pub(crate) fn load(
    id: NotebookId,
    row: NotebookRow,
    archive: &dyn Archive,
    keys: &DeviceKeys,
) -> Result<Loaded, ArchiveFault> {
    let mut damage = Vec::new();
    let routing = row.routing;
    let mut placed: BTreeMap<RecordId, Placed> = BTreeMap::new();
    for (row_key, value) in archive.scan(Shelf::Placed, routing.as_bytes())? {
        let tag = row_key.get(16..32).and_then(StreamTag::from_slice);
        let record = row_key.get(32..).and_then(RecordId::from_slice);
        match (tag, record, PlacedRow::decode(&value)) {
            (Some(tag), Some(record), Some(row)) => {
                placed.insert(record, Placed { tag, kind: row.kind, length: row.length });
            }
            _ => damage.push("a row that says where a record stands cannot be read".to_owned()),
        }
    }
    let read = |wanted: Kind| -> Vec<Record> {
        let mut found = Vec::new();
        for (id, _) in placed.iter().filter(|(_, placed)| placed.kind == wanted) {
            let at = key(&[routing.as_bytes(), id.as_bytes()]);
            let record = archive.get(Shelf::Record, &at).ok().flatten().and_then(|bytes| Record::parse(bytes).ok());
            found.extend(record.filter(|record| record.id() == *id));
        }
        found
    };
    let keyring = read(Kind::Key);
    let kept = kept_epochs(&id, &routing, archive);
    let keys_kept = kept.held().count();
    let epochs = open_epochs(kept, &keyring, keys, &id);
    let (membership, operations) = match open_membership(&id, &read(Kind::Operation), &row.known_apart, &epochs) {
        Ok(found) => found,
        Err(why) => return Ok(Loaded::Unreadable(why)),
    };
    let mut notebook = Notebook::new(keys.device(), row, membership, epochs);
    notebook.operations = operations;
    notebook.keys_kept = keys_kept;
    for record in read(Kind::Profile) {
        if let Some(Payload::Profile(signed)) = notebook.payload(&record) {
            notebook.profiles.insert(signed.person, (signed, record.id()));
        }
    }
    let in_hand: BTreeSet<RecordId> = keyring
        .iter()
        .map(Record::id)
        .chain(notebook.operations.values().copied())
        .chain(notebook.profiles.values().map(|(_, record)| *record))
        .collect();
    for (id, place) in placed {
        let read_at_once = matches!(place.kind, Kind::Key | Kind::Operation | Kind::Profile);
        if read_at_once && !in_hand.contains(&id) {
            damage.push(format!("record {id} ({}) cannot be read; it will be fetched again", place.kind.word()));
            notebook.lost.insert(id, place);
            continue;
        }
        notebook.sum.add(&id);
        notebook.records.insert(id, place);
    }
    for (row_key, value) in archive.scan(Shelf::Stream, routing.as_bytes())? {
        if let (Some(tag), Some(row)) = (row_key.get(16..).and_then(StreamTag::from_slice), StreamRow::decode(&value)) {
            notebook.streams.insert(tag, row);
        }
    }
    for (row_key, _) in archive.scan(Shelf::Replaced, routing.as_bytes())? {
        if let Some(id) = row_key.get(16..).and_then(RecordId::from_slice) {
            notebook.replaced.remember(id);
        }
    }
    let mut refused: Vec<(Moment, RecordId, Refused)> = Vec::new();
    for (row_key, value) in archive.scan(Shelf::Refused, routing.as_bytes())? {
        if let (Some(id), Some(row)) =
            (row_key.get(16..).and_then(RecordId::from_slice), crate::rows::decode::<Refused>(&value))
        {
            refused.push((row.when, id, row));
        }
    }
    refused.sort_by_key(|(when, id, _)| (*when, *id));
    for (_, id, row) in refused {
        notebook.refusals.remember(id, row);
    }
    Ok(Loaded::Notebook(Box::new(notebook), damage))
}

/// The epochs whose keys were kept, as far as they can be read.
pub(crate) fn kept_epochs(id: &NotebookId, routing: &RoutingId, archive: &dyn Archive) -> Epochs {
    let kept = archive.get(Shelf::Keys, routing.as_bytes()).ok().flatten();
    kept.and_then(|secrets| Epochs::restore(id, &secrets)).unwrap_or_else(Epochs::empty)
}

/// All epochs whose keys were kept or can be had from these records, in whatever order they come.
fn open_epochs(mut epochs: Epochs, records: &[Record], keys: &DeviceKeys, notebook: &NotebookId) -> Epochs {
    let mut before = usize::MAX;
    let mut left: Vec<&Record> = records.iter().collect();
    while !left.is_empty() && left.len() < before {
        before = left.len();
        left.retain(|record| {
            !matches!(
                epochs.receive(record, keys, notebook),
                Ok(hedgerow_access::KeyNews::Learned(_) | hedgerow_access::KeyNews::Known)
            )
        });
    }
    epochs
}

/// The membership that these records make, and which record carries which operation.
fn open_membership(
    id: &NotebookId,
    records: &[Record],
    known_apart: &[SignedOp],
    epochs: &Epochs,
) -> Result<(Membership, BTreeMap<OpId, RecordId>), String> {
    let mut carried = BTreeMap::new();
    let mut ops: Vec<SignedOp> = known_apart.to_vec();
    for record in records {
        let Some(key) = epochs.key(&record.epoch()) else { continue };
        if let Ok(Payload::Membership(op)) = record.open(key) {
            carried.insert(op.id(), record.id());
            ops.push(op);
        }
    }
    let membership = membership_of(id, ops)?;
    carried.retain(|op, _| membership.contains(op));
    Ok((membership, carried))
}

/// The membership that a heap of operations makes; those that do not fit are left out.
pub(crate) fn membership_of(id: &NotebookId, ops: Vec<SignedOp>) -> Result<Membership, String> {
    let genesis = ops.iter().find(|op| op.id().as_bytes() == id.as_bytes()).cloned();
    let genesis = genesis.ok_or("the operation that founded it is missing")?;
    let founder: Vec<SignedOp> = match &genesis.op().action {
        hedgerow_access::Action::FoundNotebook { founder, .. } => {
            let log = hedgerow_model::LogId::from(*founder);
            let lying: Vec<SignedOp> = ops.iter().filter(|op| op.log() == log).cloned().collect();
            // Records lie in the order of their ids, which says nothing of what stands on what.
            match PersonLog::gather(*founder, lying.clone()) {
                Some(log) if !mutant("take-a-log-as-it-lies") => log.ops().cloned().collect(),
                _ => lying,
            }
        }
        _ => return Err("the operation it is named after founds no notebook".to_owned()),
    };
    let mut membership = Membership::found(genesis, founder).map_err(|refusal| refusal.to_string())?;
    let mut left = ops;
    let mut before = usize::MAX;
    while !left.is_empty() && left.len() < before {
        before = left.len();
        left.retain(|op| membership.insert(op.clone()).is_err_and(|refusal| refusal.waits()));
    }
    Ok(membership)
}
