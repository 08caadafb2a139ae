//! Finding what two devices share when their views of membership differ, and looking after members.

use crate::archive::Archive;
use crate::event::Refusal;
use crate::members::SealTo;
use crate::message::Message;
use crate::notebook::Notebook;
use crate::removed::{MOST_TOLD, past_of};
use crate::replica::{Replica, Work};
use hedgerow_access::{Action, Subject};
use hedgerow_model::{DeviceId, Moment, NotebookId, OpId, PersonId, RecordId};
use rand_core::Rng;
use std::collections::BTreeSet;

/// How many notebooks joined last are looked for at everybody.
const RECENT: usize = 64;

/// What tags are sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looking {
    /// All that is shared in our view, and what was joined last.
    ForAll,
    /// What was joined last and is not shared in our view: somebody else may have let the peer in.
    Around,
}

impl Replica {
    /// Tags for the notebooks that may be shared with this peer, hidden among random ones.
    pub(crate) fn tell_tags(&mut self, peer: DeviceId, round: u32, looking: Looking) {
        let ours = self.me.device();
        let Some(session) = self.sessions.get(&peer) else { return };
        let Some(theirs) = session.their_nonce else { return };
        let (from, to) = ((&ours, &session.nonce.clone()), (&peer, &theirs));
        let mut by_age: Vec<(&NotebookId, &Notebook)> =
            self.notebooks.iter().filter(|(_, notebook)| notebook.row.inbox.is_none()).collect();
        by_age.sort_by(|a, b| b.1.row.since.cmp(&a.1.row.since).then(a.0.cmp(b.0)));
        let mut tags: BTreeSet<[u8; 16]> = BTreeSet::new();
        for (place, (_, notebook)) in by_age.into_iter().enumerate() {
            let is_looked_for = match looking {
                Looking::ForAll => place < RECENT || notebook.shares_with(&peer),
                Looking::Around => place < RECENT && !notebook.shares_with(&peer),
            };
            if is_looked_for && tags.len() < Message::MOST_TAGS {
                tags.extend(tag(notebook, from, to));
            }
        }
        let padded = tags.len().next_power_of_two().max(4);
        while tags.len() < padded {
            let mut random = [0; 16];
            self.rng.fill_bytes(&mut random);
            tags.insert(random);
        }
        self.tell(peer, &Message::Tags { round, tags: tags.into_iter().collect() });
    }

    /// The peer's tags: where one is known here and the peer is not a member in our view, it is shown why we are.
    pub(crate) fn hear_tags(&mut self, from: DeviceId, tags: &[[u8; 16]], archive: &dyn Archive) {
        let ours = self.me.device();
        let Some(session) = self.sessions.get(&from) else { return };
        let Some(theirs) = session.their_nonce else { return };
        let (sender, receiver) = ((&from, &theirs), (&ours, &session.nonce));
        let tags: BTreeSet<[u8; 16]> = tags.iter().copied().collect();
        let mut offered: Vec<Vec<u8>> = Vec::new();
        for notebook in self.notebooks.values() {
            let removed = notebook.membership.now().was_member(&from);
            let unknown = !removed && !notebook.shares_with(&from) && notebook.row.inbox.is_none();
            if unknown && notebook.epochs.finds(sender, receiver, &tags) {
                offered.extend(grounds(notebook, archive, &self.me.person()));
            }
        }
        let (nonce, differs) = (session.nonce, session.differs);
        self.send_records(from, offered);
        if differs {
            self.show_own(&from, |notebook| notebook.epochs.finds((&from, &theirs), (&ours, &nonce), &tags));
        }
    }

    pub(crate) fn send_records(&mut self, to: DeviceId, records: Vec<Vec<u8>>) {
        let (mut portion, mut size) = (Vec::new(), 0);
        for bytes in records {
            if size + bytes.len() > 1 << 20 && !portion.is_empty() {
                self.answer_with(to, std::mem::take(&mut portion), false);
                size = 0;
            }
            size += bytes.len();
            portion.push(bytes);
        }
        if !portion.is_empty() {
            self.answer_with(to, portion, false);
        }
    }

    /// Seats, keys that members lack, removals not told of yet: in the notebooks in which something happened, for in the
    /// others there is nothing new to see to. Strangers are passed over: however many there are, they cost nothing here.
    pub(crate) fn look_after_members(&mut self, now: Moment, archive: &dyn Archive) {
        for id in std::mem::take(&mut self.unattended) {
            self.effort.looked_after += 1;
            let mut work = Work::default();
            let Ok(notebook) = self.notebook(&id) else { continue };
            let view = notebook.membership.now();
            let peers: Vec<DeviceId> = self.sessions.keys().filter(|peer| view.has_met(peer)).copied().collect();
            let connected = peers.iter().copied().collect();
            let mark =
                (notebook.membership.heads(), notebook.epochs.generation(), connected, notebook.saving.is_empty());
            if notebook.looked_after == Some(mark.clone()) {
                continue;
            }
            self.carry_own_log(now, &id, &mut work);
            let Ok(notebook) = self.notebook(&id) else { continue };
            let member = self.is_in(notebook);
            self.effort.cared_for += peers.len() as u64;
            if member {
                // A device that may not settle or seal yet does so when it hears more.
                let _ = self.settle_seats(&id, &mut work);
                self.recall_myself(&id);
                let _ = self.introduce_myself(&id, &mut work);
                for peer in &peers {
                    self.note_lacking(&id, peer);
                    let _ = self.seal_on(&id, SealTo::PersonOf(*peer), &mut work);
                }
                if self.goes_first(&id, &peers) {
                    let _ = self.seal_on(&id, SealTo::Recoveries, &mut work);
                }
            }
            for peer in peers.iter().filter(|_| !member) {
                self.give_in_parting(&id, peer, &mut work);
            }
            for peer in &peers {
                self.tell_removed(archive, &id, peer);
            }
            if let Ok(notebook) = self.notebook_mut(&id) {
                notebook.looked_after = Some(mark);
            }
            self.submit(work);
        }
    }

    /// Whether no connected member's device has a lower id: of those in touch one is enough for what any of them could do.
    fn goes_first(&self, id: &NotebookId, peers: &[DeviceId]) -> bool {
        let (us, Ok(notebook)) = (self.me.device(), self.notebook(id)) else { return false };
        let view = notebook.membership.now();
        peers.iter().all(|peer| us < *peer || view.role_of_device(peer).is_none())
    }

    /// Puts my profile where it is missing or old.
    pub(crate) fn introduce_myself(&mut self, id: &NotebookId, work: &mut Work) -> Result<(), Refusal> {
        let notebook = self.notebook(id)?;
        let known = notebook.profiles.get(&self.me.person()).map_or(0, |(signed, _)| signed.counter);
        if known < self.me.profile.0 && notebook.epochs.latest(&notebook.membership).is_some() {
            self.seal_profile(id, work)?;
        }
        Ok(())
    }
}

/// A device and its nonce of this session.
type End<'a> = (&'a DeviceId, &'a [u8; 32]);

/// The tag by which `from` shows `to` that it knows a notebook; none without a key.
fn tag(notebook: &Notebook, from: End<'_>, to: End<'_>) -> Option<[u8; 16]> {
    let epoch = notebook.epochs.latest(&notebook.membership)?;
    Some(notebook.epochs.key(&epoch)?.find_tag(from, to))
}

/// The records of the operations on which a person's own membership stands.
fn grounds(notebook: &Notebook, archive: &dyn Archive, me: &PersonId) -> Vec<Vec<u8>> {
    carried(notebook, archive, &grants_to(notebook, me))
}

/// The operations that gave a person a role.
pub(crate) fn grants_to(notebook: &Notebook, person: &PersonId) -> Vec<OpId> {
    notebook
        .membership
        .ops()
        .filter(|op| match &op.op().action {
            Action::FoundNotebook { founder, .. } => founder == person,
            Action::Set { subject, .. } => *subject == Subject::Person(*person),
            Action::Redeem(redemption) => redemption.person == *person,
            Action::Handover { to, .. } => to == person,
            _ => false,
        })
        .map(hedgerow_access::SignedOp::id)
        .collect()
}

/// The records of these operations and of all that they build on.
pub(crate) fn carried(notebook: &Notebook, archive: &dyn Archive, ops: &[OpId]) -> Vec<Vec<u8>> {
    let records: Vec<RecordId> =
        past_of(notebook, ops).iter().filter_map(|op| notebook.operations.get(op).copied()).collect();
    let skip = records.len().saturating_sub(MOST_TOLD);
    records
        .iter()
        .skip(skip)
        .filter_map(|id| notebook.read(archive, id).ok().flatten())
        .map(|record| record.bytes().to_vec())
        .collect()
}
