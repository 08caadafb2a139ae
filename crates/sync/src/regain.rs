//! Notebooks that this device lost with its store: members say which it is in, by operations that speak for themselves.

use crate::archive::{Archive, ArchiveFault, Batch, Shelf, key};
use crate::devices::bare;
use crate::message::Message;
use crate::notebook::membership_of;
use crate::replica::{Replica, Work, my_role};
use crate::session::CALM;
use hedgerow_access::{Action, SignedOp};
use hedgerow_model::{DeviceId, Moment, NotebookId};
use std::collections::BTreeSet;

/// How far ahead is counted by who says who they are while it is not known how often they had.
const AHEAD: u64 = 1_000_000;

/// The key of the row that says that notebooks are looked for; what begins so is followed by an id.
const SEEKS: &[u8] = b"seeks";
/// A device that was asked.
const ASKED: &[u8] = b"asked";
/// A notebook that was dropped since, and is not wanted back.
const DROPPED: &[u8] = b"dropped";

/// The looking for notebooks that were lost.
#[derive(Debug, Default)]
pub(crate) struct Seeking {
    pub(crate) is_on: bool,
    /// Whether that was handed to the disk.
    is_kept: bool,
    asked: BTreeSet<DeviceId>,
    dropped: BTreeSet<NotebookId>,
}

impl Seeking {
    /// Whether this device looks for something, as it is written down. A row that does not read has it ask once more.
    pub(crate) fn read(archive: &dyn Archive) -> Result<Seeking, ArchiveFault> {
        let keys = archive.keys(Shelf::Own, &[])?;
        let is_on = keys.iter().any(|key| key == SEEKS);
        let asked = keys.iter().filter_map(|key| DeviceId::from_slice(key.strip_prefix(ASKED)?)).collect();
        let dropped = keys.iter().filter_map(|key| NotebookId::from_slice(key.strip_prefix(DROPPED)?)).collect();
        Ok(Seeking { is_on, is_kept: is_on, asked, dropped })
    }

    /// Adds its row to a batch, unless an earlier one has it.
    pub(crate) fn keep(&mut self, batch: &mut Batch) {
        if self.is_on && !self.is_kept {
            batch.put(Shelf::Own, SEEKS.to_vec(), Vec::new());
            self.is_kept = true;
        }
    }

    /// After a batch was lost: the row is handed over again.
    pub(crate) fn keep_again(&mut self) {
        self.is_kept = false;
    }
}

impl Replica {
    /// This device lost notebooks, or may have: everybody whom it meets is asked for them, once.
    pub fn seek(&mut self, batch: &mut Batch) {
        let asked = std::mem::take(&mut self.seeking.asked);
        for device in asked {
            batch.delete(Shelf::Own, key(&[ASKED, device.as_bytes()]));
        }
        self.seeking.is_on = true;
        self.seeking.is_kept = false;
        self.seeking.keep(batch);
        let peers: Vec<DeviceId> = self.sessions.keys().copied().collect();
        for peer in peers {
            self.ask_for_lost(peer);
        }
    }

    /// Asks a peer which notebooks we are a member of, if some were lost and it was not asked before.
    pub(crate) fn ask_for_lost(&mut self, peer: DeviceId) {
        if self.seeking.is_on && !self.seeking.asked.contains(&peer) {
            self.tell(peer, &Message::Lost);
        }
    }

    /// A peer holds what we hold: all that it gave back is here.
    pub(crate) fn gave_back(&mut self, peer: DeviceId, work: &mut Work) {
        if self.seeking.is_on && self.seeking.asked.insert(peer) {
            work.batch.put(Shelf::Own, key(&[ASKED, peer.as_bytes()]), Vec::new());
        }
    }

    /// A notebook is dropped: whoever has not heard of it must not give it back.
    pub(crate) fn want_no_more(&mut self, id: &NotebookId, batch: &mut Batch) {
        if self.seeking.dropped.insert(*id) {
            batch.put(Shelf::Own, key(&[DROPPED, id.as_bytes()]), Vec::new());
        }
    }

    /// A peer has lost notebooks: it is shown why it is a member of those that it is in.
    pub(crate) fn hear_lost(&mut self, now: Moment, from: DeviceId) {
        let Some(session) = self.sessions.get_mut(&from) else { return };
        if session.showed.is_some_and(|at| now.since(at) < CALM) {
            return;
        }
        session.showed = Some(now);
        let mut shown = Vec::new();
        for (id, notebook) in self.notebooks.iter().filter(|(_, notebook)| notebook.shares_with(&from)) {
            let Some(person) = notebook.membership.now().person_of(&from) else { continue };
            shown.extend(bare(notebook, &person).map(|ops| Message::In(*id, ops)));
        }
        for message in shown {
            self.tell(from, &message);
        }
    }

    /// A peer says that we are in a notebook. It begins here again if that is so and was our own doing.
    pub(crate) fn hear_in(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        from: DeviceId,
        id: &NotebookId,
        ops: &[Vec<u8>],
    ) {
        let seeking = &self.seeking;
        let sought = seeking.is_on && !seeking.asked.contains(&from);
        let by_own = self.own.has(&from);
        if seeking.dropped.contains(id) || self.notebooks.contains_key(id) || !(sought || by_own) {
            return;
        }
        let ops: Vec<SignedOp> = ops.iter().filter_map(|op| SignedOp::parse(op).ok()).collect();
        let Ok(membership) = membership_of(id, ops.clone()) else { return };
        let own_doing = membership.ops().any(|op| match &op.op().action {
            Action::FoundNotebook { founder, .. } => *founder == self.me.person(),
            Action::Redeem(redemption) => redemption.person == self.me.person(),
            _ => false,
        });
        if !(own_doing || by_own) || my_role(&membership, &self.me.device()).is_none() {
            return;
        }
        self.unreadable.remove(id);
        self.begin_joined(now, archive, membership, ops);
        if let Some(session) = self.sessions.get_mut(&from) {
            session.forget_round(now);
        }
    }

    /// What I said of myself, where a notebook knows it better than this device does any more.
    pub(crate) fn recall_myself(&mut self, id: &NotebookId) {
        let said = self.notebooks.get(id).and_then(|notebook| notebook.profiles.get(&self.me.person()));
        if let Some((signed, _)) = said
            && signed.counter > self.me.profile.0
        {
            self.me.profile = (signed.counter, signed.profile.clone());
        }
    }

    /// The number under which I say who I am next.
    pub(crate) fn next_saying(&self) -> u64 {
        // Another device of the person's, and be it a stolen one, may have counted as far as one can.
        self.me.profile.0.saturating_add(if self.seeking.is_on { AHEAD } else { 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Row;
    use crate::event::{Asked, Command, Event};
    use crate::finding::grants_to;
    use crate::removed::past_of;
    use crate::replica::Me;
    use hedgerow_access::{DeviceKeys, RecoveryKeys, Retained, Subject, found_person};
    use hedgerow_model::{Profile, Role, Title};
    use std::sync::Arc;

    struct Empty;

    impl Archive for Empty {
        fn get(&self, _: Shelf, _: &[u8]) -> Result<Option<Vec<u8>>, ArchiveFault> {
            Ok(None)
        }
        fn scan(&self, _: Shelf, _: &[u8]) -> Result<Vec<Row>, ArchiveFault> {
            Ok(Vec::new())
        }
        fn keys(&self, _: Shelf, _: &[u8]) -> Result<Vec<Vec<u8>>, ArchiveFault> {
            Ok(Vec::new())
        }
    }

    /// A device with nothing in it; the same person for the same number.
    fn device(number: u8) -> Replica {
        let (keys, recovery) = (DeviceKeys::from_seed(&[number; 32]), RecoveryKeys::from_seed(&[number + 100; 32]));
        let log = vec![found_person(&keys, recovery.public(), [number; 16]).expect("a person can be founded")];
        let (keys, recovery) = (Arc::new(keys), Some(Arc::new(recovery)));
        let me = Me { keys, recovery, log, profile: (0, Profile::default()) };
        Replica::open(me, [number; 32], &Empty).expect("nothing can be read")
    }

    fn seeking(number: u8, at: DeviceId) -> Replica {
        let mut replica = device(number);
        replica.seek(&mut Batch::default());
        replica.handle(Moment::default(), &Empty, Event::Connected(at));
        replica
    }

    #[test]
    fn nobody_is_put_into_a_notebook_that_they_never_entered() {
        let (mut ada, bo) = (device(1), device(2));
        let title = Title::parse("Flood rota").expect("a title");
        let found = Command::FoundNotebook { title, challenge: None, inbox: false };
        ada.handle(Moment::default(), &Empty, Event::Command(Asked(1), found));
        let id = *ada.notebooks.keys().next().expect("it was founded");
        let (signer_keys, person) = (ada.me.keys.clone(), ada.me.person());
        let signer = hedgerow_access::Signer { keys: &signer_keys, person };
        let notebook = ada.notebooks.get_mut(&id).expect("it was founded");
        for op in &bo.me.log {
            notebook.membership.insert(op.clone()).expect("it stands for itself");
        }
        let subject = Subject::Person(bo.me.person());
        let unasked = Action::Set { subject, role: Role::Writer, retained: Retained::new() };
        let unasked = notebook.membership.propose(&signer, unasked).expect("an admin may");
        notebook.membership.insert(unasked).expect("an admin may");
        assert!(notebook.shares_with(&bo.me.device()), "Bo is a member, and never knew");

        let shown = |of: &Replica| {
            let past = past_of(&ada.notebooks[&id], &grants_to(&ada.notebooks[&id], &of.me.person()));
            let ops = past.iter().filter_map(|op| ada.notebooks[&id].membership.op(op));
            ops.map(|op| op.bytes().to_vec()).collect::<Vec<_>>()
        };
        let mut lost_it_all = seeking(2, ada.me.device());
        let ops = shown(&bo);
        assert!(!ops.is_empty());
        lost_it_all.hear_in(Moment::default(), &Empty, ada.me.device(), &id, &ops);
        assert!(lost_it_all.notebooks.is_empty());
        // Whoever began it has it back from anybody.
        let mut founder = seeking(1, bo.me.device());
        founder.hear_in(Moment::default(), &Empty, bo.me.device(), &id, &shown(&ada));
        assert!(founder.notebooks.contains_key(&id));
        // But not who seeks nothing.
        let mut content = device(1);
        content.hear_in(Moment::default(), &Empty, bo.me.device(), &id, &shown(&ada));
        assert!(content.notebooks.is_empty());
    }
}
