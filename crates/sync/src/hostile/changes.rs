//! Changes that an honest device would not write, or not write there.

use crate::archive::Archive;
use crate::event::Refusal;
use crate::replica::{Replica, Work};
use crate::rows::Kind;
use crate::stream::Change;
use hedgerow_access::{ChangeBody, Payload, Pins, Record, Run, StreamName};
use hedgerow_document::{ChangeFacts, Document, Edit, Editing, LocalChange, PageEdit};
use hedgerow_model::{ActorId, EpochId, Moment, NotebookId, RecordId};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many records one deceit takes up.
const SOME: usize = 8;

/// Who writes one forged change, and with what knowledge.
struct Hand {
    actor: ActorId,
    /// Of the membership: what it is signed with, and says.
    pins: Pins,
}

impl Replica {
    /// Records of a stream once more, just as they are.
    pub(super) fn replay(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let some = self.some_of(archive, id, name)?;
        for (record, kind) in &some {
            self.spread(id, record, *kind, work)?;
        }
        if some.is_empty() { Err(super::nothing()) } else { Ok(()) }
    }

    /// Changes where they do not belong: as they are in another stream, said to be of another stream, and signed for
    /// another notebook.
    pub(super) fn lay_elsewhere(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let elsewhere = match name {
            StreamName::Body(page) => StreamName::Comments(*page),
            _ => StreamName::Notebook,
        };
        let another = NotebookId::from_bytes(self.chance());
        let keys = self.me.keys.clone();
        let bodies = self.changes_of_stream(archive, id, name)?;
        for (epoch, body) in &bodies {
            let moved = ChangeBody { stream: elsewhere, ..body.clone() };
            let run = Run {
                stream: *name,
                actor: ActorId::new(keys.device(), self.chance()),
                first_seq: body.first_seq,
                last_hash: body.last_hash,
                changes: body.changes.clone(),
                pins: body.pins.clone(),
            };
            let abroad = ChangeBody::sign(&keys, &another, run);
            for (stream, forged) in [(elsewhere, body.clone()), (elsewhere, moved), (*name, abroad)] {
                let record = self.seal_under(id, &stream, &Payload::Change(forged), epoch)?;
                self.spread(id, &record, Kind::Change, work)?;
            }
        }
        if bodies.is_empty() { Err(super::nothing()) } else { Ok(()) }
    }

    /// Two changes with one number.
    pub(super) fn fork(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        self.open_stream(archive, id, name)?;
        let (us, tag) = (self.me.device(), name.tag(id));
        let notebook = self.notebook(id)?;
        let epoch = notebook.epochs.latest(&notebook.membership).ok_or_else(super::nothing)?;
        let stream = notebook.open.get(&tag).ok_or_else(super::nothing)?;
        let own = stream.document.actors().find(|(actor, ..)| actor.device() == us);
        let (actor, ..) = own.ok_or_else(super::nothing)?;
        let (document, pins) = (stream.document.clone(), notebook.membership.heads());
        for text in ["one way ", "the other way "] {
            let hand = Hand { actor, pins: pins.clone() };
            let made = written(document.clone(), &hand, text)?;
            self.publish(id, name, &epoch, &hand, made, work)?;
        }
        Ok(())
    }

    /// A change on an old state of the page, by somebody who says that they have heard of nothing since.
    pub(super) fn write_in_the_past(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        self.open_stream(archive, id, name)?;
        let (us, chance) = (self.me.device(), self.chance());
        let notebook = self.notebook(id)?;
        let epoch = notebook.epochs.latest(&notebook.membership).ok_or_else(super::nothing)?;
        let stream = notebook.open.get(&name.tag(id)).ok_or_else(super::nothing)?;
        let own = stream.changes.iter().filter(|(_, change)| change.actor.device() == us);
        let (first, then) = own.min_by_key(|(hash, change)| (change.depth, **hash)).ok_or_else(super::nothing)?;
        let pins = (*then.pins).clone();
        let past = stream.build(&stream.changes.below([*first]));
        let past = past.map_err(|refusal| Refusal::Edit(refusal.to_string()))?;
        let hand = Hand { actor: ActorId::new(us, chance), pins };
        let made = written(past, &hand, "long ago ")?;
        let record = self.publish(id, name, &epoch, &hand, made, work)?;
        let peers: Vec<_> = self.sessions.keys().copied().collect();
        for peer in peers {
            self.push(peer, vec![record.bytes().to_vec()]);
        }
        Ok(())
    }

    /// A deletion of the page's first character that says to build on nothing since this device's last change.
    pub(super) fn speak_of_the_unheard(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        self.open_stream(archive, id, name)?;
        let us = self.me.device();
        let notebook = self.notebook(id)?;
        let epoch = notebook.epochs.latest(&notebook.membership).ok_or_else(super::nothing)?;
        let stream = notebook.open.get(&name.tag(id)).ok_or_else(super::nothing)?;
        let mut document = stream.document.clone();
        let own = document.changes().into_iter().rfind(|facts| facts.actor.device() == us);
        let last = own.ok_or_else(super::nothing)?;
        let pins = notebook.membership.heads();
        let hand = Hand { actor: last.actor, pins };
        let made = spliced(&mut document, &hand, 1, "")?;
        let bytes = built_on(&made.bytes, &last).ok_or_else(super::nothing)?;
        let hash = hedgerow_document::examine(&bytes).map_err(|refusal| Refusal::Edit(refusal.to_string()))?.hash;
        let seen = stream.build(&stream.changes.below([last.hash]));
        if seen.is_ok_and(|mut seen| seen.admit(&[&bytes]).is_ok()) {
            // They had seen it.
            return Err(super::nothing());
        }
        let made = LocalChange { hash, seq: made.seq, bytes, deps: vec![last.hash] };
        self.publish(id, name, &epoch, &hand, made, work).map(|_| ())
    }

    /// A change under a key that others no longer write under.
    pub(super) fn write_under_stale_key(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        self.open_stream(archive, id, name)?;
        let (us, chance, tag) = (self.me.device(), self.chance(), name.tag(id));
        let notebook = self.notebook(id)?;
        let present = notebook.epochs.for_writing(&notebook.membership);
        let used: BTreeSet<EpochId> =
            self.some_of(archive, id, name)?.iter().map(|(record, _)| record.epoch()).collect();
        let notebook = self.notebook(id)?;
        let stale = used.into_iter().find(|epoch| Some(*epoch) != present && notebook.epochs.key(epoch).is_some());
        let epoch = stale.ok_or_else(super::nothing)?;
        let document = notebook.open.get(&tag).ok_or_else(super::nothing)?.document.clone();
        let pins = notebook.membership.heads();
        let hand = Hand { actor: ActorId::new(us, chance), pins };
        let made = written(document, &hand, "under an old key ")?;
        self.publish(id, name, &epoch, &hand, made, work).map(|_| ())
    }

    /// Signs and seals one change, takes it into this device's own set, and gives it to everybody.
    fn publish(
        &mut self,
        id: &NotebookId,
        name: &StreamName,
        epoch: &EpochId,
        hand: &Hand,
        made: LocalChange,
        work: &mut Work,
    ) -> Result<Record, Refusal> {
        let keys = self.me.keys.clone();
        let LocalChange { hash, seq, bytes, deps } = made;
        let run = Run {
            stream: *name,
            actor: hand.actor,
            first_seq: seq,
            last_hash: hash,
            changes: vec![bytes.clone()],
            pins: hand.pins.clone(),
        };
        let body = ChangeBody::sign(&keys, id, run);
        let record = self.seal_under(id, name, &Payload::Change(body), epoch)?;
        self.spread(id, &record, Kind::Change, work)?;
        let pins = Arc::new(hand.pins.clone());
        let change = Change { actor: hand.actor, seq, deps, pins, record: Some(record.id()), depth: 0 };
        let notebook = self.notebook_mut(id)?;
        if let Some(stream) = notebook.open.get_mut(&name.tag(id)) {
            stream.take(&notebook.membership, vec![(hash, change, bytes)]);
            stream.settle(&notebook.membership);
        }
        Ok(record)
    }

    /// Some of the changes and checkpoints of a stream.
    fn some_of(
        &self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
    ) -> Result<Vec<(Record, Kind)>, Refusal> {
        let (tag, notebook) = (name.tag(id), self.notebook(id)?);
        let placed = notebook.records.iter().filter(|(_, placed)| placed.tag == tag);
        let ids: Vec<(RecordId, Kind)> = placed.map(|(record, placed)| (*record, placed.kind)).take(SOME).collect();
        let read = |(id, kind)| Some((notebook.read(archive, &id).ok().flatten()?, kind));
        Ok(ids.into_iter().filter_map(read).collect())
    }

    /// What some of the changes of a stream say, and under which key.
    fn changes_of_stream(
        &self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
    ) -> Result<Vec<(EpochId, ChangeBody)>, Refusal> {
        let (some, notebook) = (self.some_of(archive, id, name)?, self.notebook(id)?);
        let read = |(record, _): (Record, Kind)| match notebook.payload(&record) {
            Some(Payload::Change(body)) => Some((record.epoch(), body)),
            _ => None,
        };
        Ok(some.into_iter().filter_map(read).collect())
    }
}

/// Writes a word at the beginning of a page.
fn written(mut document: Document, hand: &Hand, text: &str) -> Result<LocalChange, Refusal> {
    spliced(&mut document, hand, 0, text)
}

/// Deletes and writes at the beginning of a page.
fn spliced(document: &mut Document, hand: &Hand, delete: usize, text: &str) -> Result<LocalChange, Refusal> {
    let by = Editing { actor: hand.actor, at: Moment::default(), message: Some(hand.pins.digest().to_string()) };
    let edit = Edit::Page(PageEdit::Splice { at: 0, delete, insert: text.to_owned() });
    let made = document.edit(&by, &edit).map_err(|problem| Refusal::Edit(problem.to_string()))?;
    made.ok_or_else(super::nothing)
}

/// A change that says to build on nothing but the one before it in its line of editing. All else stays as it is.
fn built_on(raw: &[u8], before: &ChangeFacts) -> Option<Vec<u8>> {
    const HEAD: usize = 9;
    const ACTOR: usize = 1 + 40;
    let (_, mut rest) = unsigned(raw.get(HEAD..)?)?;
    let (deps, after) = unsigned(rest)?;
    rest = after.get(usize::try_from(deps).ok()? * 32..)?;
    let (actor, after) = rest.split_at_checked(ACTOR)?;
    let (_, after) = unsigned(after)?;
    let (_, after) = unsigned(after)?;
    let mut body = vec![1];
    body.extend(before.hash.as_bytes());
    body.extend(actor);
    put_unsigned(&mut body, before.seq + 1);
    put_unsigned(&mut body, before.start_op + before.ops);
    body.extend(after);
    let mut hashed = vec![1];
    put_unsigned(&mut hashed, u64::try_from(body.len()).ok()?);
    hashed.extend(body);
    let checksum = Sha256::digest(&hashed);
    Some([raw.get(..4)?, checksum.get(..4)?, &hashed].concat())
}

/// A number of seven bits a byte, the lowest first, and what follows it.
fn unsigned(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let length = bytes.iter().position(|byte| byte & 0x80 == 0)? + 1;
    let (number, rest) = bytes.split_at_checked(length)?;
    Some((number.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f)), rest))
}

fn put_unsigned(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(0x80 | (number & 0x7f) as u8);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}
