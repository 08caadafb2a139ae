//! A record from outside: checked, admitted, kept waiting, or refused with its reason.

use crate::archive::Archive;
use crate::compact::CheckpointVerdict;
use crate::event::Notice;
use crate::notebook::Notebook;
use crate::replica::{Replica, Work, open_stream};
use crate::rows::Kind;
use crate::stream::Judgement;
use crate::waiting::{Need, Refused};
use hedgerow_access::{
    Action, ChangeBody, EpochStanding, Form, Inserted, KeyNews, OpRefusal, Payload, Record, RecordRefusal, SignedOp,
    SignedProfile, StreamName,
};
use hedgerow_model::{DeviceId, EpochId, Moment, NotebookId, OpId, PageId, RecordId, StreamTag, mutant};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What became of one record.
enum Verdict {
    /// Into the set. What else may be judged now is given with it.
    Admit(Kind, Vec<Need>),
    /// Into the set, in place of another that carries the same.
    InPlaceOf(RecordId, Kind),
    /// Nothing new.
    Known,
    /// Nothing new, and another record carries it: remember not to fetch it again.
    Replaced,
    /// Not yet.
    Wait(Need),
    /// Not while the device cannot read what it takes to judge it.
    Unjudged,
    /// Never.
    Refuse(String, Option<DeviceId>),
}

/// What a batch of records did to one notebook.
#[derive(Default)]
struct Arrival {
    admitted: Vec<(Record, Kind)>,
    touched: BTreeSet<StreamTag>,
    /// Those to which a checkpoint came: what it holds may have to go.
    compacted: BTreeSet<StreamTag>,
    membership: bool,
    refused: BTreeMap<RecordId, String>,
    /// Needs that were met by records that were not admitted themselves.
    met: Vec<Need>,
    /// Operations that the membership took from records that are not in the set, or not yet.
    loose: Vec<SignedOp>,
    /// Operations that came under an epoch that is not valid.
    reseal: Vec<SignedOp>,
    /// How many were refused.
    turned_down: usize,
}

impl Replica {
    /// Takes records that a peer sent. Gives back those of notebooks that are not here.
    ///
    /// Judging what has to be refused is work that nobody profits from, and honest members do not pass it on: whoever brings
    /// more of it than a notebook remembers is left alone for a while.
    pub(crate) fn receive(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        from: DeviceId,
        records: Vec<Vec<u8>>,
    ) -> Vec<RecordId> {
        let (mut strange, mut broken) = (Vec::new(), 0);
        let mut by_notebook: BTreeMap<NotebookId, VecDeque<Record>> = BTreeMap::new();
        for bytes in records {
            let record = match Record::parse(bytes) {
                Ok(record) => record,
                // Written by a newer Hedgerow, it may be honest.
                Err(RecordRefusal::TooNew(_) | RecordRefusal::UnknownForm(_)) => continue,
                Err(_) => {
                    broken += 1;
                    continue;
                }
            };
            match self.routes.get(&record.routing()) {
                Some(notebook) => {
                    self.whereabouts.note(&record.id(), &record.routing());
                    self.unattended.insert(*notebook);
                    by_notebook.entry(*notebook).or_default().push_back(record);
                }
                None => strange.push(record.id()),
            }
        }
        self.forbearance.brought(now, from, broken);
        for (id, queue) in by_notebook {
            if self.shares(&id, &from) {
                self.take_in(now, archive, &id, from, queue);
                continue;
            }
            // Membership and keys come from anybody: that is how we hear that they are a member.
            let (of_anybody, of_members): (VecDeque<_>, VecDeque<_>) =
                queue.into_iter().partition(|record| may_come_from_anybody(&id, record));
            self.take_in(now, archive, &id, from, of_anybody);
            if self.shares(&id, &from) {
                self.take_in(now, archive, &id, from, of_members);
            }
        }
        strange
    }

    fn shares(&self, id: &NotebookId, peer: &DeviceId) -> bool {
        self.notebooks.get(id).is_some_and(|notebook| notebook.shares_with(peer))
    }

    /// Takes up what waited for something that came other than in a record: an operation that this device inserted
    /// when it let somebody in, or was shown when it joined.
    pub(crate) fn take_up_waiting(&mut self, now: Moment, archive: &dyn Archive) {
        let us = self.me.device();
        let mut ripe: Vec<(NotebookId, VecDeque<Record>)> = Vec::new();
        for id in &self.unattended {
            let Some(notebook) = self.notebooks.get_mut(id) else { continue };
            let known = (notebook.membership.heads(), notebook.epochs.generation());
            if notebook.waiting.len() == 0 || notebook.waited_at.as_ref() == Some(&known) {
                continue;
            }
            notebook.waited_at = Some(known);
            let met: Vec<Need> =
                notebook.waiting.needs().map(|(need, _)| *need).filter(|n| is_met(notebook, n)).collect();
            let records: VecDeque<Record> = met.iter().flat_map(|need| notebook.waiting.met(need)).collect();
            if !records.is_empty() {
                ripe.push((*id, records));
            }
        }
        for (id, records) in ripe {
            self.take_in(now, archive, &id, us, records);
        }
    }

    /// Judges records of one notebook and keeps what is admitted.
    pub(crate) fn take_in(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        id: &NotebookId,
        from: DeviceId,
        queue: VecDeque<Record>,
    ) {
        let mut work = Work::default();
        let arrival = self.judge_all(now, archive, id, from, queue, &mut work);
        let reseal = arrival.reseal.clone();
        let turned_down = self.keep(now, id, Some(from), arrival, &mut work);
        self.forbearance.brought(now, from, turned_down);
        for op in reseal {
            // A device without a valid key yet leaves it to those who have one.
            let _ = self.seal_operation(id, op, &mut work);
        }
        self.submit(work);
    }

    /// Judges records, and whatever waited for them, until nothing more can be judged.
    fn judge_all(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        id: &NotebookId,
        from: DeviceId,
        mut queue: VecDeque<Record>,
        work: &mut Work,
    ) -> Arrival {
        let mut arrival = Arrival::default();
        let mut taken: BTreeSet<RecordId> = BTreeSet::new();
        let Some(notebook) = self.notebooks.get_mut(id) else { return arrival };
        while let Some(record) = queue.pop_front() {
            let record_id = record.id();
            if notebook.has(&record_id) || !taken.insert(record_id) {
                continue;
            }
            match judge(notebook, archive, &self.me.keys, &record, &mut arrival, &mut self.damage) {
                Verdict::Admit(kind, met) => {
                    arrival.met.extend(met);
                    arrival.admitted.push((record, kind));
                }
                Verdict::InPlaceOf(other, kind) => {
                    arrival.admitted.retain(|(record, _)| record.id() != other);
                    notebook.replace(&mut work.batch, &other);
                    arrival.admitted.push((record, kind));
                }
                Verdict::Known | Verdict::Unjudged => {}
                Verdict::Replaced => notebook.replace(&mut work.batch, &record_id),
                Verdict::Wait(need) => {
                    taken.remove(&record_id);
                    notebook.waiting.keep(record, need, from);
                }
                Verdict::Refuse(reason, author) => {
                    let notice = Notice::Refused(*id, reason.clone());
                    let page = page_in(notebook, &record.stream_tag());
                    notebook.refuse(&mut work.batch, record_id, Refused { reason, author, page, when: now });
                    Replica::notice(work, notice);
                    arrival.turned_down += 1;
                }
            }
            for free in freed(notebook, std::mem::take(&mut arrival.met)) {
                taken.remove(&free.id());
                queue.push_back(free);
            }
        }
        arrival
    }

    /// Brings documents up to date and puts what was admitted on its way to the disk.
    pub(crate) fn keep_own(&mut self, now: Moment, id: &NotebookId, work: &mut Work) {
        let arrival = Arrival { membership: true, ..Arrival::default() };
        self.keep(now, id, None, arrival, work);
    }

    /// As [`Replica::keep_own`], for what came. Gives back how many of the records were refused.
    fn keep(
        &mut self,
        now: Moment,
        id: &NotebookId,
        from: Option<DeviceId>,
        mut arrival: Arrival,
        work: &mut Work,
    ) -> usize {
        let mut turned_down = arrival.turned_down;
        let from_own = from.is_some_and(|from| self.own.has(&from)) && !mutant("share-with-oneself");
        let Some(notebook) = self.notebooks.get_mut(id) else { return turned_down };
        if arrival.membership {
            for (tag, stream) in &mut notebook.open {
                stream.unsettled = true;
                arrival.touched.insert(*tag);
            }
            Replica::notice(work, Notice::NotebookChanged(*id));
        }
        for tag in &arrival.touched {
            let Some(stream) = notebook.open.get_mut(tag) else { continue };
            let before = stream.document.heads();
            for (_, record, why) in stream.settle(&notebook.membership) {
                if let Some(record) = record {
                    arrival.refused.insert(record, why);
                }
            }
            if stream.document.heads() != before {
                match stream.name {
                    StreamName::Body(page) | StreamName::Comments(page) => {
                        Replica::notice(work, Notice::PageChanged(*id, page));
                    }
                    _ => Replica::notice(work, Notice::NotebookChanged(*id)),
                }
            }
        }
        notebook.keep_keys(&mut work.batch);
        notebook.keep_operations(&mut work.batch, std::mem::take(&mut arrival.loose));
        for (record, kind) in &arrival.admitted {
            if let Some(reason) = arrival.refused.remove(&record.id()) {
                Replica::notice(work, Notice::Refused(*id, reason.clone()));
                turned_down += 1;
                let author = author_of(notebook, record);
                let page = page_in(notebook, &record.stream_tag());
                notebook.refuse(&mut work.batch, record.id(), Refused { reason, author, page, when: now });
                continue;
            }
            notebook.place(&mut work.batch, record, *kind);
            if from_own
                && *kind == Kind::Change
                && author_of(notebook, record).is_some_and(|device| self.own.has(&device))
            {
                notebook.unshared.insert(record.id());
            }
            if let Some(from) = from {
                work.came(id, record.id(), from);
            }
        }
        for tag in &arrival.compacted {
            crate::compact::drop_held(notebook, tag, &mut work.batch);
        }
        for tag in &arrival.touched {
            crate::summary::refresh(notebook, tag, &mut work.batch);
        }
        turned_down
    }
}

/// Whether a record is looked at whoever brings it.
fn may_come_from_anybody(id: &NotebookId, record: &Record) -> bool {
    [StreamName::Membership, StreamName::Keys].iter().any(|stream| stream.tag(id) == record.stream_tag())
}

/// Whether what a record lacked is here. Changes come in records only, which free what waits for them themselves.
fn is_met(notebook: &Notebook, need: &Need) -> bool {
    match need {
        Need::Epoch(epoch) => notebook.epochs.key(epoch).is_some(),
        Need::Standing(epoch) => notebook.epochs.standing(epoch, &notebook.membership) != EpochStanding::Waiting,
        Need::Operation(op) => notebook.membership.contains(op),
        Need::Change(..) => false,
    }
}

/// The records that these needs kept waiting, and those whose epoch can be judged now.
fn freed(notebook: &mut Notebook, met: Vec<Need>) -> Vec<Record> {
    if met.is_empty() {
        return Vec::new();
    }
    let mut free: Vec<Record> = met.iter().flat_map(|need| notebook.waiting.met(need)).collect();
    for epoch in notebook.waiting.standings() {
        if notebook.epochs.standing(&epoch, &notebook.membership) != EpochStanding::Waiting {
            free.extend(notebook.waiting.met(&Need::Standing(epoch)));
        }
    }
    free
}

/// Whose a change is, for naming them.
fn author_of(notebook: &Notebook, record: &Record) -> Option<DeviceId> {
    match notebook.payload(record)? {
        Payload::Change(body) => Some(body.actor.device()),
        Payload::Checkpoint(body) => Some(body.author),
        Payload::Membership(op) => Some(op.op().author.device),
        _ => None,
    }
}

/// The page that a stream known here belongs to.
fn page_in(notebook: &Notebook, stream: &StreamTag) -> Option<PageId> {
    page_of(&notebook.streams.get(stream)?.name)
}

fn judge(
    notebook: &mut Notebook,
    archive: &dyn Archive,
    keys: &hedgerow_access::DeviceKeys,
    record: &Record,
    arrival: &mut Arrival,
    damage: &mut Vec<String>,
) -> Verdict {
    if record.form() == Form::Key {
        return judge_key(notebook, keys, record, arrival);
    }
    let Some(key) = notebook.epochs.key(&record.epoch()) else {
        return Verdict::Wait(Need::Epoch(record.epoch()));
    };
    let standing = notebook.epochs.standing(&record.epoch(), &notebook.membership);
    let payload = match record.admit(key, &notebook.id) {
        Ok(payload) => payload,
        Err(refusal) => return Verdict::Refuse(refusal.to_string(), None),
    };
    if let Payload::Membership(op) = payload {
        return judge_operation(notebook, record, op, arrival);
    }
    match standing {
        EpochStanding::Valid => {}
        EpochStanding::Waiting => return Verdict::Wait(Need::Standing(record.epoch())),
        EpochStanding::Invalid => return never_valid(notebook, &record.epoch()),
    }
    match payload {
        Payload::Membership(_) => Verdict::Known,
        Payload::Profile(profile) => judge_profile(notebook, record, profile, arrival),
        Payload::Change(body) => judge_change(notebook, archive, record, &body, arrival, damage),
        Payload::Checkpoint(body) => {
            arrival.touched.insert(record.stream_tag());
            arrival.compacted.insert(record.stream_tag());
            verdict_of(crate::compact::judge(notebook, archive, record, &body, damage), record.stream_tag())
        }
        Payload::Unknown { .. } => Verdict::Admit(Kind::Unknown, Vec::new()),
    }
}

/// A key record is of the set while its epoch is valid. Its key serves for reading from the moment that it opens.
fn judge_key(
    notebook: &mut Notebook,
    keys: &hedgerow_access::DeviceKeys,
    record: &Record,
    arrival: &mut Arrival,
) -> Verdict {
    let epoch = record.epoch();
    match notebook.epochs.receive(record, keys, &notebook.id) {
        Ok(KeyNews::Learned(epochs)) => arrival.met.extend(epochs.into_iter().map(Need::Epoch)),
        Ok(KeyNews::Known) => {}
        Ok(KeyNews::CannotOpen) => return Verdict::Wait(Need::Epoch(epoch)),
        Err(refusal) => return Verdict::Refuse(refusal.to_string(), refusal.author()),
    }
    match notebook.epochs.standing(&epoch, &notebook.membership) {
        _ if mutant("admit-any-key") => Verdict::Admit(Kind::Key, Vec::new()),
        EpochStanding::Valid => Verdict::Admit(Kind::Key, Vec::new()),
        EpochStanding::Waiting => Verdict::Wait(Need::Standing(epoch)),
        EpochStanding::Invalid => never_valid(notebook, &epoch),
    }
}

/// The refusal of what lies under an epoch that breaks a rule, in the name of whoever made it.
fn never_valid(notebook: &Notebook, epoch: &EpochId) -> Verdict {
    Verdict::Refuse("it is sealed under a key that was never valid".to_owned(), notebook.epochs.author(epoch))
}

fn judge_operation(notebook: &mut Notebook, record: &Record, op: SignedOp, arrival: &mut Arrival) -> Verdict {
    let (id, author) = (op.id(), op.op().author.device);
    match notebook.membership.insert(op.clone()) {
        Ok(Inserted::New) => arrival.membership = true,
        Ok(Inserted::Known) => {}
        Err(OpRefusal::Missing(missing)) => {
            return match missing.first() {
                Some(first) => Verdict::Wait(Need::Operation(*first)),
                None => Verdict::Refuse("it lacks what it builds on".to_owned(), Some(author)),
            };
        }
        Err(refusal) => return Verdict::Refuse(refusal.to_string(), Some(author)),
    }
    match notebook.epochs.standing(&record.epoch(), &notebook.membership) {
        EpochStanding::Valid => {}
        EpochStanding::Waiting => {
            arrival.met.push(Need::Operation(id));
            arrival.loose.push(op);
            return Verdict::Wait(Need::Standing(record.epoch()));
        }
        EpochStanding::Invalid => {
            arrival.met.push(Need::Operation(id));
            arrival.loose.push(op.clone());
            arrival.reseal.push(op);
            return never_valid(notebook, &record.epoch());
        }
    }
    match notebook.operations.get(&id).copied() {
        None => {
            notebook.operations.insert(id, record.id());
            Verdict::Admit(Kind::Operation, vec![Need::Operation(id)])
        }
        Some(carrier) => same_content(carrier, record.id(), Kind::Operation, || {
            notebook.operations.insert(id, record.id());
        }),
    }
}

/// One content under two record ids: the lower id stays, on every device. A record that left the set because it could
/// not be read comes back as itself.
fn same_content(held: RecordId, came: RecordId, kind: Kind, adopt: impl FnOnce()) -> Verdict {
    match came.cmp(&held) {
        Ordering::Less if !mutant("keep-what-came-first") => {
            adopt();
            Verdict::InPlaceOf(held, kind)
        }
        Ordering::Equal => Verdict::Admit(kind, Vec::new()),
        Ordering::Less | Ordering::Greater => Verdict::Replaced,
    }
}

fn judge_profile(notebook: &mut Notebook, record: &Record, profile: SignedProfile, arrival: &mut Arrival) -> Verdict {
    let (person, device) = (profile.person, profile.device);
    let log = notebook.membership.person_ops(&person);
    if log.is_empty() {
        return Verdict::Wait(Need::Operation(OpId::from_bytes(*person.as_bytes())));
    }
    let theirs = |op: &&SignedOp| match &op.op().action {
        Action::FoundPerson { device: first, .. } => *first == device,
        Action::AddDevice { device: added, .. } => *added == device,
        _ => false,
    };
    if !log.iter().any(theirs) {
        // Their log may go on; whoever has the profile will offer it again.
        return Verdict::Unjudged;
    }
    arrival.membership = true;
    match notebook.profiles.get(&person) {
        Some((held, _)) if held.rank() > profile.rank() => Verdict::Replaced,
        Some((held, carrier)) if held.rank() == profile.rank() => {
            let carrier = *carrier;
            same_content(carrier, record.id(), Kind::Profile, || {
                notebook.profiles.insert(person, (profile, record.id()));
            })
        }
        Some((_, carrier)) => {
            let carrier = *carrier;
            notebook.profiles.insert(person, (profile, record.id()));
            Verdict::InPlaceOf(carrier, Kind::Profile)
        }
        None => {
            notebook.profiles.insert(person, (profile, record.id()));
            Verdict::Admit(Kind::Profile, Vec::new())
        }
    }
}

fn judge_change(
    notebook: &mut Notebook,
    archive: &dyn Archive,
    record: &Record,
    body: &ChangeBody,
    arrival: &mut Arrival,
    damage: &mut Vec<String>,
) -> Verdict {
    let author = Some(body.actor.device());
    if matches!(body.stream, StreamName::Membership | StreamName::Keys) {
        return Verdict::Refuse("a document cannot stand in that stream".to_owned(), author);
    }
    if body.changes.len() != 1 {
        return Verdict::Refuse("a record carries one change".to_owned(), author);
    }
    if !notebook.membership.knows(&body.pins) {
        let unknown = body.pins.ids().iter().find(|op| !notebook.membership.contains(op));
        return match unknown {
            Some(op) => Verdict::Wait(Need::Operation(*op)),
            None => Verdict::Refuse("its pins cannot be known".to_owned(), author),
        };
    }
    if open_stream(notebook, archive, &body.stream, damage).is_err() {
        return Verdict::Unjudged;
    }
    let tag = record.stream_tag();
    let Some(stream) = notebook.open.get_mut(&tag) else { return Verdict::Unjudged };
    match stream.judge(&notebook.membership, body, record.id()) {
        Judgement::Admit(changes) => {
            let met = changes.iter().map(|(hash, ..)| Need::Change(tag, *hash)).collect();
            stream.take(&notebook.membership, changes);
            arrival.touched.insert(tag);
            Verdict::Admit(Kind::Change, met)
        }
        Judgement::Known => match stream.changes.get(&body.last_hash).and_then(|change| change.record) {
            Some(held) => {
                let hashes: Vec<_> =
                    body.changes.iter().filter_map(|raw| hedgerow_document::examine(raw).ok()).collect();
                same_content(held, record.id(), Kind::Change, || {
                    for facts in hashes {
                        stream.changes.carried_by(&facts.hash, record.id());
                    }
                })
            }
            None => Verdict::Replaced,
        },
        Judgement::Wait(hash) => Verdict::Wait(Need::Change(tag, hash)),
        Judgement::Refuse(reason) => Verdict::Refuse(reason, author),
    }
}

/// What a checkpoint's verdict means among all others.
fn verdict_of(verdict: CheckpointVerdict, tag: StreamTag) -> Verdict {
    match verdict {
        CheckpointVerdict::Admit(first) => {
            Verdict::Admit(Kind::Checkpoint, first.into_iter().map(|hash| Need::Change(tag, hash)).collect())
        }
        CheckpointVerdict::Known => Verdict::Replaced,
        CheckpointVerdict::Wait(need) => Verdict::Wait(need),
        CheckpointVerdict::Unjudged => Verdict::Unjudged,
        CheckpointVerdict::Refuse(reason, author) => Verdict::Refuse(reason, author),
    }
}

/// The page that a stream belongs to.
pub(crate) fn page_of(name: &StreamName) -> Option<PageId> {
    match name {
        StreamName::Body(page) | StreamName::Comments(page) => Some(*page),
        _ => None,
    }
}
