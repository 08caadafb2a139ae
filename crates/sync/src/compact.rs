//! A checkpoint in place of many records.
//!
//! A checkpoint is transport: everything in it is judged like the records it stands for, by each change's own pins,
//! and only what it really holds is dropped for it.

use crate::archive::{Archive, Batch};
use crate::event::{Notice, Refusal};
use crate::notebook::Notebook;
use crate::opening::{changes_of, document_of};
use crate::replica::{Replica, Work, my_role, open_stream};
use crate::rows::Kind;
use crate::stream::{Judgement, Stream, needed};
use crate::waiting::Need;
use hedgerow_access::{CheckpointBody, Compacted, LiftedHead, Payload, Pins, Record, StreamName};
use hedgerow_model::{ActorId, ChangeHash, DeviceId, Moment, NotebookId, RecordId, StreamTag};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A stream with more records than this is compacted.
pub(crate) const MOST_TAIL: usize = 96;
/// The least time between two looks for something to compact, in milliseconds.
const EVERY: u64 = 20_000;

/// What a checkpoint from outside may be.
pub(crate) enum CheckpointVerdict {
    /// Its changes are in the set, these among them for the first time; what it holds wholly may be dropped.
    Admit(Vec<ChangeHash>),
    /// The same document is here in a checkpoint with a lower id.
    Known,
    /// Not yet.
    Wait(Need),
    /// Not while the device cannot read.
    Unjudged,
    /// Never.
    Refuse(String, Option<DeviceId>),
}

/// Judges a checkpoint whose signatures were checked.
pub(crate) fn judge(
    notebook: &mut Notebook,
    archive: &dyn Archive,
    record: &Record,
    body: &CheckpointBody,
    damage: &mut Vec<String>,
) -> CheckpointVerdict {
    let refuse = |why: &str| CheckpointVerdict::Refuse(why.to_owned(), Some(body.author));
    for pins in body.pins.iter().chain([&body.at]) {
        if let Some(op) = pins.ids().iter().find(|op| !notebook.membership.contains(op)) {
            return CheckpointVerdict::Wait(Need::Operation(*op));
        }
    }
    let role = notebook.membership.at(&body.at).and_then(|view| view.role_of_device(&body.author));
    if role.is_none_or(|role| role < needed(&body.stream)) {
        return refuse("a checkpoint by somebody who may not write here");
    }
    let document = match document_of(body) {
        Ok(document) => document,
        Err(why) => return refuse(&why),
    };
    let Some(changes) = changes_of(&document, &body.pins) else {
        return refuse("a checkpoint whose changes commit to pins that it does not hold");
    };
    let exact: BTreeMap<ChangeHash, &Arc<Pins>> = changes.iter().map(|(hash, change)| (*hash, &change.pins)).collect();
    for head in body.lifted() {
        if exact.get(&head.hash).is_none_or(|pins| ***pins != head.pins) {
            return refuse("a checkpoint whose signed heads are not its changes");
        }
    }
    if open_stream(notebook, archive, &body.stream, damage).is_err() {
        return CheckpointVerdict::Unjudged;
    }
    let tag = record.stream_tag();
    let Some(stream) = notebook.open.get_mut(&tag) else { return CheckpointVerdict::Unjudged };
    let mut new = Vec::new();
    for facts in document.changes() {
        if !stream.changes.contains(&facts.hash) {
            let (Some(pins), Some(raw)) = (exact.get(&facts.hash), document.raw_change(&facts.hash)) else {
                return refuse("a checkpoint that does not hold what it names");
            };
            new.push((facts, (*pins).clone(), raw));
        }
    }
    let first: Vec<ChangeHash> = new.iter().map(|(facts, ..)| facts.hash).collect();
    match stream.judge_all(&notebook.membership, new, None) {
        Judgement::Admit(admitted) => stream.take(&notebook.membership, admitted),
        Judgement::Known => {}
        Judgement::Wait(hash) => return CheckpointVerdict::Wait(Need::Change(tag, hash)),
        Judgement::Refuse(why) => return CheckpointVerdict::Refuse(why, Some(body.author)),
    }
    let heads: BTreeSet<ChangeHash> = document.heads().into_iter().collect();
    if stream.checkpoints.iter().any(|(id, tips)| *id < record.id() && covers(stream, tips, &heads)) {
        return CheckpointVerdict::Known;
    }
    stream.checkpoints.insert(record.id(), heads);
    CheckpointVerdict::Admit(first)
}

/// Whether everything at and below `others` stands at or below `tips`.
fn covers(stream: &Stream, tips: &BTreeSet<ChangeHash>, others: &BTreeSet<ChangeHash>) -> bool {
    others.is_subset(tips) || others.is_subset(&stream.changes.below(tips.iter().copied()))
}

/// Drops the records of a stream that its checkpoints hold wholly, and checkpoints that another one holds wholly.
///
/// A change that comes later stands in none of them: whoever admits a checkpoint admits all of its changes.
pub(crate) fn drop_held(notebook: &mut Notebook, tag: &StreamTag, batch: &mut Batch) {
    let Some(stream) = notebook.open.get_mut(tag) else { return };
    if stream.checkpoints.is_empty() {
        return;
    }
    let mut lesser: BTreeSet<RecordId> = BTreeSet::new();
    for (id, tips) in &stream.checkpoints {
        let outdone = stream.checkpoints.iter().any(|(other, others)| {
            other != id && covers(stream, others, tips) && (other < id || !covers(stream, tips, others))
        });
        if outdone {
            lesser.insert(*id);
        }
    }
    for id in &lesser {
        stream.checkpoints.remove(id);
    }
    let tips: Vec<ChangeHash> = stream.checkpoints.values().flatten().copied().collect();
    let held = stream.changes.below(tips);
    let mut whole: BTreeMap<RecordId, bool> = BTreeMap::new();
    for (hash, change) in stream.changes.iter() {
        if let Some(record) = change.record {
            *whole.entry(record).or_insert(true) &= held.contains(hash);
        }
    }
    let dropped: BTreeSet<RecordId> = whole.into_iter().filter(|(_, whole)| *whole).map(|(id, _)| id).collect();
    for hash in held {
        if stream.changes.get(&hash).and_then(|change| change.record).is_some_and(|record| dropped.contains(&record)) {
            stream.changes.stands_in_checkpoint(&hash);
        }
    }
    for id in dropped.iter().chain(&lesser) {
        notebook.replace(batch, id);
    }
}

impl Replica {
    /// Compacts one stream with too long a tail, now and then.
    pub(crate) fn tidy(&mut self, now: Moment, archive: &dyn Archive) {
        if self.is_saving() || self.tidied.is_some_and(|last| now.since(last) < EVERY) {
            return;
        }
        self.tidied = Some(now);
        let device = self.me.device();
        let long: Option<(NotebookId, StreamName)> = self.notebooks.iter().find_map(|(id, notebook)| {
            let role = my_role(&notebook.membership, &device)?;
            let (_, stream) = notebook.open.iter().find(|(tag, stream)| {
                role >= needed(&stream.name) && !stream.unsettled && stream.not_shown() == 0 && {
                    let tail = notebook.records.values().filter(|p| p.tag == **tag && p.kind == Kind::Change);
                    tail.count() > MOST_TAIL
                }
            })?;
            Some((*id, stream.name))
        });
        if let Some((id, name)) = long {
            let mut work = Work::default();
            if self.compact(archive, &id, &name, &mut work).is_ok() {
                self.submit(work);
            }
        }
    }

    /// Writes a checkpoint of what is shown and drops what it stands for.
    pub(crate) fn compact(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let keys = self.me.keys.clone();
        self.open_stream(archive, id, name)?;
        let notebook = self.notebook(id)?;
        let tag = name.tag(id);
        let Some(stream) = notebook.open.get(&tag) else { return Ok(()) };
        let heads = signed_heads(notebook, stream, archive)?;
        let other_pins: BTreeSet<Pins> = stream.changes.iter().map(|(_, change)| (*change.pins).clone()).collect();
        // Whoever holds a record that it stands for finds it named. What nobody else ever heard of is deleted here with it.
        let told = notebook.records.iter().filter(|(id, placed)| placed.tag == tag && !notebook.untold.contains(*id));
        let replaces = told.map(|(id, _)| *id).collect();
        let tips = stream.document.heads();
        let compacted = Compacted {
            stream: *name,
            document: stream.document.checkpoint(),
            tips: tips.clone(),
            heads,
            other_pins: other_pins.into_iter().collect(),
            replaces,
            at: notebook.membership.heads(),
        };
        let body = CheckpointBody::sign(&keys, id, compacted);
        let record = self.seal_here(id, name, &Payload::Checkpoint(body), work)?;
        let notebook = self.notebook_mut(id)?;
        let before = notebook.sum;
        notebook.place(&mut work.batch, &record, Kind::Checkpoint);
        work.made(id, &record);
        if let Some(stream) = notebook.open.get_mut(&tag) {
            stream.checkpoints.insert(record.id(), tips.into_iter().collect());
        }
        drop_held(notebook, &tag, &mut work.batch);
        let mut after = notebook.sum;
        after.add(&record.id());
        Replica::notice(work, Notice::Compacted(*id, before, after));
        Ok(())
    }
}

/// The latest signed head of every actor, from the record or the checkpoint that carries its last change.
pub(crate) fn signed_heads(
    notebook: &Notebook,
    stream: &Stream,
    archive: &dyn Archive,
) -> Result<Vec<LiftedHead>, Refusal> {
    let fault = |fault: crate::ArchiveFault| Refusal::Device(fault.to_string());
    let mut from_checkpoints: BTreeMap<(ActorId, u64), LiftedHead> = BTreeMap::new();
    for id in stream.checkpoints.keys() {
        let record = notebook.read(archive, id).map_err(fault)?;
        if let Some(Payload::Checkpoint(body)) = record.and_then(|record| notebook.payload(&record)) {
            from_checkpoints.extend(body.lifted().map(|head| ((head.actor, head.seq), head)));
        }
    }
    let mut heads = Vec::new();
    for (actor, seq, hash) in stream.document.actors() {
        let carrier = stream.changes.get(&hash).and_then(|change| change.record);
        let record = match carrier {
            Some(id) => notebook.read(archive, &id).map_err(fault)?,
            None => None,
        };
        let head = match record.and_then(|record| notebook.payload(&record)) {
            Some(Payload::Change(body)) if body.last_hash == hash => Some(body.head()),
            _ => from_checkpoints.remove(&(actor, seq)),
        };
        let unsigned =
            || Refusal::Device(format!("the signature of change {hash} cannot be read; sync, then try again"));
        heads.push(head.ok_or_else(unsigned)?);
    }
    Ok(heads)
}
