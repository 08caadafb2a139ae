//! What an altered device does that an honest one does not, for tests. No door is built with it.

mod changes;
mod checkpoints;

use crate::archive::Archive;
use crate::event::{Deceit, Refusal};
use crate::replica::{Replica, Work};
use crate::rows::Kind;
use hedgerow_access::{ChangeBody, Payload, Record, Run, StreamName};
use hedgerow_document::{Edit, Editing, PageEdit};
use hedgerow_model::{DeviceId, EpochId, Moment, NotebookId, RecordId};
use std::collections::BTreeSet;

impl Replica {
    /// Deceives the other members of a notebook; the records go into this device's own set, and to everybody.
    pub(crate) fn deceive(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        deceit: &Deceit,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        match deceit {
            Deceit::Replayed(name) => self.replay(archive, id, name, work),
            Deceit::Elsewhere(name) => self.lay_elsewhere(archive, id, name, work),
            Deceit::Forked(page) => self.fork(archive, id, &StreamName::Body(*page), work),
            Deceit::Unheard(page) => self.speak_of_the_unheard(archive, id, &StreamName::Body(*page), work),
            Deceit::FromThePast(page) => self.write_in_the_past(archive, id, &StreamName::Body(*page), work),
            Deceit::StaleKey(page) => self.write_under_stale_key(archive, id, &StreamName::Body(*page), work),
            Deceit::Checkpoints(name, bytes) => self.forge_checkpoints(archive, id, name, bytes, work),
            Deceit::InvalidEpoch(to) => {
                let keys = self.me.keys.clone();
                let notebook = self.notebooks.get_mut(id).ok_or(Refusal::NoNotebook(*id))?;
                let to: BTreeSet<DeviceId> = to.iter().copied().collect();
                let record = notebook.epochs.forge_invalid(&notebook.membership, &keys, &to, &mut self.rng);
                let record = record.ok_or_else(nothing)?;
                let epoch = record.epoch();
                self.spread(id, &record, Kind::Key, work)?;
                self.carry_under(archive, id, &epoch, work)
            }
            Deceit::NoBox(victim) => {
                let keys = self.me.keys.clone();
                let notebook = self.notebooks.get_mut(id).ok_or(Refusal::NoNotebook(*id))?;
                let (membership, rng) = (&notebook.membership, &mut self.rng);
                let records = [
                    notebook.epochs.forge_without_box(membership, &keys, victim, rng),
                    notebook.epochs.forge_sealed_on(membership, &keys, *victim, rng),
                ];
                for record in records.iter().flatten() {
                    self.spread(id, record, Kind::Key, work)?;
                }
                if records[0].is_some() { Ok(()) } else { Err(nothing()) }
            }
            Deceit::Resealed(name) => self.reseal(archive, id, name, work),
            Deceit::DatedBack { page, stated } => self.date_back(archive, id, &StreamName::Body(*page), *stated, work),
        }
    }

    /// A change on top of all that is shown, signed with the pins of this device's last one.
    fn date_back(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        stated: bool,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let nothing = || Refusal::Key("there is nothing to deceive with".to_owned());
        self.open_stream(archive, id, name)?;
        let (keys, us) = (self.me.keys.clone(), self.me.device());
        let notebook = self.notebook(id)?;
        let epoch = notebook.epochs.latest(&notebook.membership).ok_or_else(nothing)?;
        let stream = notebook.open.get(&name.tag(id)).ok_or_else(nothing)?;
        let own = stream.changes.iter().map(|(_, change)| change).filter(|change| change.actor.device() == us);
        let last = own.max_by_key(|change| change.seq).ok_or_else(nothing)?;
        let (actor, pins) = (last.actor, (*last.pins).clone());
        let said = if stated { pins.digest() } else { notebook.membership.heads().digest() };
        let by = Editing { actor, at: Moment::default(), message: Some(said.to_string()) };
        let edit = PageEdit::Splice { at: 0, delete: 0, insert: "dated back: ".to_owned() };
        let made = stream.document.clone().edit(&by, &Edit::Page(edit));
        let made = made.map_err(|problem| Refusal::Edit(problem.to_string()))?.ok_or_else(nothing)?;
        let run =
            Run { stream: *name, actor, first_seq: made.seq, last_hash: made.hash, changes: vec![made.bytes], pins };
        let body = ChangeBody::sign(&keys, id, run);
        let record = self.seal_under(id, name, &Payload::Change(body), &epoch)?;
        self.spread(id, &record, Kind::Change, work)
    }

    /// An operation that everybody knows, under an epoch that is not valid.
    fn carry_under(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        epoch: &EpochId,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let notebook = self.notebook(id)?;
        let Some(carrier) = notebook.operations.values().next_back().copied() else { return Ok(()) };
        let Ok(Some(record)) = notebook.read(archive, &carrier) else { return Ok(()) };
        let Some(payload) = notebook.payload(&record) else { return Ok(()) };
        let again = self.seal_under(id, &StreamName::Membership, &payload, epoch)?;
        self.spread(id, &again, Kind::Operation, work)
    }

    /// The changes of a stream once more, each twice over, whoever made them; and its own in runs that overlap.
    fn reseal(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let (tag, notebook) = (name.tag(id), self.notebook(id)?);
        let placed = notebook.records.iter().filter(|(_, placed)| placed.tag == tag && placed.kind == Kind::Change);
        let ids: Vec<RecordId> = placed.map(|(record, _)| *record).take(8).collect();
        let bodies: Vec<(EpochId, ChangeBody)> = ids
            .iter()
            .filter_map(|record| notebook.read(archive, record).ok().flatten())
            .filter_map(|record| match notebook.payload(&record) {
                Some(Payload::Change(body)) => Some((record.epoch(), body)),
                _ => None,
            })
            .collect();
        if bodies.is_empty() {
            return Err(nothing());
        }
        let mut made: Vec<Record> = Vec::new();
        for (epoch, body) in &bodies {
            for _ in 0..2 {
                made.push(self.seal_under(id, name, &Payload::Change(body.clone()), epoch)?);
            }
        }
        made.extend(self.overlapping(id, name, &bodies));
        for record in &made {
            self.spread(id, record, Kind::Change, work)?;
        }
        Ok(())
    }

    /// Runs of several of this device's own changes, of which each holds what another one holds too.
    fn overlapping(&mut self, id: &NotebookId, name: &StreamName, bodies: &[(EpochId, ChangeBody)]) -> Vec<Record> {
        let us = self.me.device();
        let mut own: Vec<&(EpochId, ChangeBody)> =
            bodies.iter().filter(|(_, body)| body.actor.device() == us && body.changes.len() == 1).collect();
        own.sort_by_key(|(_, body)| (body.actor, body.first_seq));
        let follows =
            |a: &ChangeBody, b: &ChangeBody| a.actor == b.actor && a.first_seq + 1 == b.first_seq && a.pins == b.pins;
        let (keys, mut made) = (self.me.keys.clone(), Vec::new());
        for two in own.windows(2).filter(|two| follows(&two[0].1, &two[1].1)) {
            let (epoch, last) = two[1];
            let run = Run {
                stream: *name,
                actor: last.actor,
                first_seq: two[0].1.first_seq,
                last_hash: last.last_hash,
                changes: two.iter().flat_map(|(_, body)| body.changes.clone()).collect(),
                pins: last.pins.clone(),
            };
            let body = ChangeBody::sign(&keys, id, run);
            made.extend(self.seal_under(id, name, &Payload::Change(body), epoch).ok());
        }
        made
    }

    /// Into this device's own set, and to every member.
    fn spread(&mut self, id: &NotebookId, record: &Record, kind: Kind, work: &mut Work) -> Result<(), Refusal> {
        self.notebook_mut(id)?.place(&mut work.batch, record, kind);
        work.made(id, record);
        Ok(())
    }
}

fn nothing() -> Refusal {
    Refusal::Key("there is nothing to deceive with".to_owned())
}
