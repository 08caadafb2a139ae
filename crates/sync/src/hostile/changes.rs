//! Changes that an honest device would not write, or not write there.

use crate::archive::Archive;
use crate::event::Refusal;
use crate::message::Message;
use crate::replica::{Replica, Work};
use crate::rows::Kind;
use crate::stream::Change;
use hedgerow_access::{ChangeBody, Payload, Pins, Record, Run, StreamName};
use hedgerow_document::{Document, Edit, Editing, LocalChange, PageEdit};
use hedgerow_model::{ActorId, EpochId, Moment, NotebookId, RecordId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many records one deceit takes up.
const SOME: usize = 8;

/// Who writes one forged change, and with what knowledge.
struct Hand {
    actor: ActorId,
    pins: Pins,
    /// What the change says of the membership that its author knew.
    says: Option<String>,
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
            let hand = Hand { actor, pins: pins.clone(), says: Some(pins.digest().to_string()) };
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
        let says = Some(pins.digest().to_string());
        let hand = Hand { actor: ActorId::new(us, chance), pins, says };
        let made = written(past, &hand, "long ago ")?;
        let record = self.publish(id, name, &epoch, &hand, made, work)?;
        let peers: Vec<_> = self.sessions.keys().copied().collect();
        for peer in peers {
            self.tell(peer, &Message::Records { records: vec![record.bytes().to_vec()], ends: false });
        }
        Ok(())
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
        let says = Some(pins.digest().to_string());
        let hand = Hand { actor: ActorId::new(us, chance), pins, says };
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
    let by = Editing { actor: hand.actor, at: Moment::default(), message: hand.says.clone() };
    let edit = Edit::Page(PageEdit::Splice { at: 0, delete: 0, insert: text.to_owned() });
    let made = document.edit(&by, &edit).map_err(|problem| Refusal::Edit(problem.to_string()))?;
    made.ok_or_else(super::nothing)
}
