//! Epochs that one of two peers cannot open: it says so, and the other seals them on.
//!
//! Whoever makes an epoch, or seals it on, can give a member a box that does not open. Everybody else believes that the
//! member has the key, until the member says otherwise.

use crate::archive::Archive;
use crate::message::Message;
use crate::notebook::Notebook;
use crate::removed::is_left_to;
use crate::replica::{Replica, Work};
use crate::session::CALM;
use crate::waiting::Need;
use hedgerow_model::{DeviceId, EpochId, Moment, NotebookId, mutant};
use std::collections::BTreeSet;

impl Replica {
    /// Tells a peer with whom a comparison came out unequal which epochs cannot be opened here: once a connection, again
    /// when there are others, and again after a while, since the message may have been lost. Also somebody who is out as
    /// far as is known here says so: what lets them in again may lie under such an epoch.
    pub(crate) fn say_lacking(&mut self, now: Moment, peer: DeviceId) {
        let Some(session) = self.sessions.get_mut(&peer) else { return };
        let mut told = Vec::new();
        let is_member = |notebook: &Notebook| notebook.membership.now().role_of_device(&peer).is_some();
        for (id, notebook) in self.notebooks.iter().filter(|(_, notebook)| is_member(notebook)) {
            let epoch = |need: &Need| if let Need::Epoch(epoch) = need { Some(*epoch) } else { None };
            let lacked: BTreeSet<EpochId> = notebook.waiting.needs().filter_map(|(need, _)| epoch(need)).collect();
            let said = session.said_lacking.get(id);
            if lacked.is_empty() || said.is_some_and(|(said, at)| lacked.is_subset(said) && now.since(*at) < CALM) {
                continue;
            }
            told.push(Message::Lacking(*id, lacked.iter().copied().collect()));
            session.said_lacking.insert(*id, (lacked, now));
        }
        for message in told {
            self.tell(peer, &message);
        }
    }

    /// A peer lacks these epochs. Those that are not known to be valid yet are remembered until they are. Who left listens
    /// to those who stay, too: under such an epoch their leaving may lie.
    pub(crate) fn hear_lacking(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        from: DeviceId,
        id: &NotebookId,
        mut epochs: Vec<EpochId>,
    ) {
        let listens = |notebook: &&mut Notebook| notebook.shares_with(&from) || is_left_to(notebook, &from);
        let Some(notebook) = self.notebooks.get_mut(id).filter(listens) else { return };
        let Some(session) = self.sessions.get_mut(&from) else { return };
        epochs.retain(|epoch| notebook.epochs.key(epoch).is_some());
        session.lacks.insert(*id, epochs.into_iter().collect());
        notebook.looked_after = None;
        self.unattended.insert(*id);
        self.look_after_members(now, archive);
    }

    /// Takes up what a peer said that it lacks, as far as it is valid: nothing else is ever sealed on.
    pub(crate) fn note_lacking(&mut self, id: &NotebookId, peer: &DeviceId) {
        let Some(lacks) = self.sessions.get_mut(peer).and_then(|session| session.lacks.get_mut(id)) else { return };
        let Some(notebook) = self.notebooks.get_mut(id) else { return };
        lacks.retain(|epoch| {
            let valid = notebook.epochs.is_valid(epoch, &notebook.membership);
            if valid {
                notebook.epochs.note_lacking(*peer, *epoch);
            }
            !valid
        });
    }

    /// Who left gives a peer who stays the keys that it says it cannot open: nobody else may hold them. Then it is told of
    /// the leaving again, with these.
    pub(crate) fn give_in_parting(&mut self, id: &NotebookId, peer: &DeviceId, work: &mut Work) {
        let Some(notebook) = self.notebooks.get(id) else { return };
        if !is_left_to(notebook, peer) || mutant("leave-a-bad-box-behind") {
            return;
        }
        self.note_lacking(id, peer);
        let Some(notebook) = self.notebooks.get(id) else { return };
        let mut owed = notebook.epochs.complained_of(&notebook.membership);
        owed.retain(|owed| owed.to.id == (*peer).into());
        let given = self.seal_owed(id, &owed, work);
        if given.is_ok_and(|given| !given.is_empty())
            && let Some(session) = self.sessions.get_mut(peer)
        {
            session.told.remove(id);
        }
    }
}
