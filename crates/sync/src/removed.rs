//! Telling the removed that they are out, and those who stay that we left.

use crate::archive::Archive;
use crate::finding::{carried, grants_to};
use crate::message::Message;
use crate::notebook::Notebook;
use crate::replica::{Replica, Work};
use crate::rows::Kind;
use hedgerow_access::{Action, Inserted, Record, RedemptionState, SignedOp, Subject};
use hedgerow_model::{DeviceId, EpochId, InvitationId, Moment, NotebookId, OpId, PersonId, RecordId, mutant};
use std::collections::BTreeSet;

/// The most operations that somebody is told to make sense of a removal.
pub(crate) const MOST_TOLD: usize = Message::MOST_OUT;

impl Replica {
    /// A peer compares differently from us: if it was removed somewhere it may not have heard of it.
    pub(crate) fn remind_removed(&mut self, archive: &dyn Archive, peer: &DeviceId) {
        if let Some(session) = self.sessions.get_mut(peer).filter(|_| !mutant("tell-a-removal-once")) {
            session.told.clear();
        }
        let ids: Vec<NotebookId> = self.notebooks.keys().copied().collect();
        for id in ids {
            self.tell_removed(archive, &id, peer);
        }
    }

    /// Who is out is told so, and who leaves tells those who stay: once a connection, and again when the two compare
    /// otherwise.
    pub(crate) fn tell_removed(&mut self, archive: &dyn Archive, id: &NotebookId, peer: &DeviceId) {
        let us = self.me.device();
        let Some(session) = self.sessions.get_mut(peer) else { return };
        let Some(notebook) = self.notebooks.get(id).filter(|notebook| notebook.saving.is_empty()) else { return };
        let view = notebook.membership.now();
        let gone = |device: &DeviceId| view.role_of_device(device).is_none() && view.was_member(device);
        let out = if gone(peer) {
            *peer
        } else if gone(&us) && view.role_of_device(peer).is_some() {
            us
        } else {
            // Both are in, perhaps again: if one of them goes, that is news.
            if !mutant("tell-a-removal-once") {
                session.told.remove(id);
            }
            return;
        };
        let Some(person) = view.author_of(&out) else { return };
        if !session.told.insert(*id) {
            return;
        }
        let takes =
            |op: &&SignedOp| !view.fell(&op.id()) && takes_from(&op.op().action, &person, &op.op().author.person, &out);
        let mut removals: Vec<OpId> = notebook.membership.ops().filter(takes).map(SignedOp::id).collect();
        let rivals = if mutant("tell-no-rival") { BTreeSet::new() } else { rivals(notebook, &person) };
        if !mutant("tell-no-fall") {
            removals.extend(falls(notebook, (&person, &out), &rivals));
        }
        removals.extend(rivals);
        if out == us {
            let records = parting(notebook, archive, &removals);
            self.send_records(*peer, records);
            return;
        }
        let past = past_of(notebook, &removals);
        let skip = past.len().saturating_sub(MOST_TOLD);
        let ops = past.iter().skip(skip).filter_map(|op| notebook.membership.op(op));
        let ops = ops.map(|op| op.bytes().to_vec()).collect();
        self.tell(*peer, &Message::Out(*id, ops));
    }

    /// A peer says that we are out, by operations that speak for themselves. They are kept with those that the notebook
    /// began with here: the keys they are sealed under may be none that we were ever given.
    pub(crate) fn hear_out(&mut self, now: Moment, from: DeviceId, id: &NotebookId, ops: &[Vec<u8>]) {
        let Some(notebook) = self.notebooks.get_mut(id) else { return };
        if !notebook.membership.now().has_met(&from) {
            return;
        }
        let mut left: Vec<SignedOp> = ops.iter().filter_map(|op| SignedOp::parse(op).ok()).collect();
        let (mut new, mut before) = (Vec::new(), usize::MAX);
        while !left.is_empty() && left.len() < before {
            before = left.len();
            left.retain(|op| match notebook.membership.insert(op.clone()) {
                Ok(Inserted::New) => {
                    new.push(op.clone());
                    false
                }
                Ok(Inserted::Known) => false,
                Err(refusal) => refusal.waits(),
            });
        }
        if new.is_empty() {
            return;
        }
        let mut work = Work::default();
        notebook.keep_operations(&mut work.batch, new);
        self.unattended.insert(*id);
        self.keep_own(now, id, &mut work);
        self.submit(work);
    }
}

/// Whether this device's person has left, and the peer's has not.
pub(crate) fn is_left_to(notebook: &Notebook, peer: &DeviceId) -> bool {
    let (view, us) = (notebook.membership.now(), notebook.device);
    let Some(person) = view.author_of(&us).filter(|_| view.role_of_device(&us).is_none()) else { return false };
    let leaves = |op: &&SignedOp| matches!(op.op().action, Action::Leave { .. }) && op.op().author.person == person;
    view.role_of_device(peer).is_some() && notebook.membership.ops().filter(leaves).any(|op| !view.fell(&op.id()))
}

/// What a leaver tells those who stay: the keys that it lies under, which nobody may have had from them yet, and those that
/// these grew from, which may have come from somebody who is gone as well; what they wrote and nobody is known to hold, while
/// it is still taken from them; and these operations, with all that they build on.
fn parting(notebook: &Notebook, archive: &dyn Archive, ops: &[OpId]) -> Vec<Vec<u8>> {
    let told = carried(notebook, archive, ops);
    if mutant("leave-without-a-word") {
        return told;
    }
    let read = |id: &RecordId| notebook.read(archive, id).ok().flatten();
    let is_change = |id: &&RecordId| notebook.records.get(*id).is_some_and(|placed| placed.kind == Kind::Change);
    let unsaid: Vec<Record> = notebook.unshared.iter().filter(is_change).filter_map(read).collect();
    let mut epochs: BTreeSet<EpochId> = unsaid.iter().map(Record::epoch).collect();
    epochs.extend(told.iter().filter_map(|bytes| Some(Record::parse(bytes.clone()).ok()?.epoch())));
    if !mutant("leave-without-the-keys-before") {
        epochs = notebook.epochs.lineage(epochs).collect();
    }
    let keys = notebook.records.iter().filter(|(_, placed)| placed.kind == Kind::Key);
    let keys = keys.filter_map(|(id, _)| read(id)).filter(|record| epochs.contains(&record.epoch()));
    keys.chain(unsaid).map(Record::into_bytes).chain(told).collect()
}

/// Through what those operations fell that gave a person a role, seated one of those who came by their link, or made the device
/// one of theirs: somebody whom whoever let them in had not heard was removed, or a device was revoked.
fn falls(notebook: &Notebook, (person, device): (&PersonId, &DeviceId), rivals: &BTreeSet<OpId>) -> BTreeSet<OpId> {
    let view = notebook.membership.now();
    let (mut through, mut fallen) = (BTreeSet::new(), grants_to(notebook, person));
    if !mutant("tell-no-fallen-seat") {
        fallen.extend(rivals);
    }
    if !mutant("tell-no-fallen-device") {
        let adds =
            |op: &&SignedOp| matches!(&op.op().action, Action::AddDevice { device: added, .. } if added == device);
        fallen.extend(notebook.membership.ops().filter(adds).map(SignedOp::id));
    }
    while let Some(op) = fallen.pop() {
        if let Some(cause) = view.fell_to(&op)
            && through.insert(cause)
        {
            fallen.push(cause);
        }
    }
    through
}

/// By what a person's place is in question: the others who came by their link, and whom an admin seated instead of them.
fn rivals(notebook: &Notebook, person: &PersonId) -> BTreeSet<OpId> {
    let redemptions = notebook.membership.now().redemptions();
    let contested = redemptions.iter().filter(|notice| notice.state == RedemptionState::Contested);
    let links: BTreeSet<InvitationId> =
        contested.filter(|notice| notice.person == *person).map(|notice| notice.invitation).collect();
    if links.is_empty() {
        return BTreeSet::new();
    }
    let is_of_them = |op: &&SignedOp| match &op.op().action {
        Action::Redeem(redemption) => links.contains(&redemption.invitation),
        Action::Settle { invitation, .. } => links.contains(invitation),
        _ => false,
    };
    notebook.membership.ops().filter(is_of_them).map(SignedOp::id).collect()
}

/// Whether an operation takes this person's, or their device's, membership away.
fn takes_from(action: &Action, person: &PersonId, author: &PersonId, device: &DeviceId) -> bool {
    match action {
        Action::Remove { subject, .. } => *subject == Subject::Person(*person),
        Action::Leave { .. } => author == person,
        Action::RevokeDevice { device: revoked, .. } => revoked == device,
        Action::Revoke { .. } => true,
        _ => false,
    }
}

/// These operations and all that they build on.
pub(crate) fn past_of(notebook: &Notebook, ops: &[OpId]) -> Vec<OpId> {
    let mut seen: BTreeSet<OpId> = BTreeSet::new();
    let all = ops.iter().flat_map(|op| notebook.membership.past(op));
    all.filter(|op| seen.insert(*op)).collect()
}
