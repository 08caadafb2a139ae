//! Records on their way: announced, asked for, answered, pushed.

use crate::archive::Archive;
use crate::brevity::Sent;
use crate::event::{Asked, Effect, Outcome, Refusal};
use crate::message::Message;
use crate::notebook::Notebook;
use crate::replica::Replica;
use crate::session::{GATHER, PATIENCE, QUIET, STEP_PATIENCE};
use hedgerow_access::Record;
use hedgerow_model::{DeviceId, Moment, NotebookId, RecordId, mutant};
use std::collections::BTreeSet;

/// The most bytes of records in one message of an answer, so that other messages get through between them.
const PORTION: usize = 1 << 20;
/// The most records of notebooks that are not here, of all peers together, that are remembered.
const STRANGE_IN_ALL: usize = 65_536;
/// The most bytes pushed unasked at once; more is announced.
const PUSHED: usize = 64 << 10;
/// The same for what a comparison found: others may be bringing it to the same peer.
const BROUGHT: usize = 16 << 10;

impl Replica {
    /// The peer says what it has.
    pub(crate) fn hear_have(&mut self, from: DeviceId, ids: Vec<RecordId>) {
        let Some(session) = self.sessions.get_mut(&from) else { return };
        if session.wants_no_more() {
            // What is said now is found by the next comparison; to look it up would be for nothing.
            return session.holds(ids);
        }
        let mut new: Vec<RecordId> = ids.iter().copied().filter(|id| !self.is_known(id)).collect();
        let Some(session) = self.sessions.get_mut(&from) else { return };
        new.retain(|id| !session.strange.contains(id));
        session.holds(ids);
        session.moved |= !new.is_empty();
        session.wants(new);
    }

    /// Asks for the next portion, one unanswered question at a time.
    pub(crate) fn ask_for_more(&mut self, now: Moment, peer: DeviceId) {
        let mut wanted: BTreeSet<RecordId> = match self.sessions.get_mut(&peer) {
            Some(session) if session.asked.is_empty() => std::mem::take(&mut session.wanted),
            _ => return,
        };
        let mut ids: Vec<RecordId> = Vec::new();
        // What came meanwhile from somebody else is passed over when it would be its turn, not each time.
        while ids.len() < Message::MOST_WANT
            && let Some(id) = wanted.pop_first()
        {
            if !self.is_known(&id) {
                ids.push(id);
            }
        }
        let Some(session) = self.sessions.get_mut(&peer) else { return };
        session.wanted = wanted;
        if ids.is_empty() {
            return;
        }
        session.asked = ids.iter().copied().collect();
        session.asked_at = now;
        session.came = 0;
        self.tell(peer, &Message::Want(ids));
    }

    /// The peer asks for records.
    pub(crate) fn hear_want(&mut self, archive: &dyn Archive, from: DeviceId, ids: &[RecordId]) {
        self.give(archive, from, ids, true);
    }

    /// What a comparison found to be here alone: it is sent where it is little, and announced otherwise.
    pub(crate) fn bring_or_announce(&mut self, archive: &dyn Archive, to: DeviceId) {
        let Some(session) = self.sessions.get(&to) else { return };
        let (mut ids, mut size) = (Vec::new(), 0);
        for id in &session.news {
            let Some(placed) = self.may_hold(id).find_map(|notebook| notebook.records.get(id)) else { continue };
            size += placed.length as usize;
            ids.push(*id);
            if size > BROUGHT {
                return self.announce(to);
            }
        }
        if ids.is_empty() {
            return self.announce(to);
        }
        if let Some(session) = self.sessions.get_mut(&to) {
            session.news.clear();
            session.news_due = None;
        }
        self.give(archive, to, &ids, false);
    }

    /// Sends records of notebooks that the peer is a member of, as far as one answer goes; `ends` says that it was asked.
    fn give(&mut self, archive: &dyn Archive, to: DeviceId, ids: &[RecordId], ends: bool) {
        let mut portion: Vec<Vec<u8>> = Vec::new();
        let (mut size, mut total) = (0, 0);
        let mut unreadable: Vec<(NotebookId, RecordId)> = Vec::new();
        for id in ids {
            if total >= Message::MOST_RECORD_BYTES {
                break;
            }
            let may_have = |n: &Notebook| n.shares_with(&to) || mutant("answer-strangers");
            let holder = self.may_hold(id).find(|n| n.records.contains_key(id) && may_have(n));
            let Some(holder) = holder else { continue };
            let record = match holder.read(archive, id) {
                Ok(Some(record)) => record,
                Err(fault) if !fault.is_damage => continue,
                Ok(None) | Err(_) => {
                    unreadable.push((holder.id, *id));
                    continue;
                }
            };
            let (holder, length) = (holder.id, record.bytes().len());
            if size + length > PORTION && !portion.is_empty() {
                let records = std::mem::take(&mut portion);
                self.answer_with(to, records, false);
                size = 0;
            }
            size += length;
            total += length;
            portion.push(record.bytes().to_vec());
            if let Some(notebook) = self.notebooks.get_mut(&holder) {
                notebook.untold.remove(id);
            }
            if let Some(session) = self.sessions.get_mut(&to) {
                session.holds([*id]);
            }
        }
        if ends || !portion.is_empty() {
            self.answer_with(to, portion, ends);
        }
        for (notebook, id) in unreadable {
            self.damage.push(format!("record {id} of {notebook} cannot be read; it will be fetched again"));
            if let Some(notebook) = self.notebooks.get_mut(&notebook) {
                notebook.lose(&id);
            }
        }
    }

    /// Records came: an answer, or pushed.
    pub(crate) fn hear_records(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        from: DeviceId,
        sent: Vec<Sent>,
        ends: bool,
    ) {
        let Some(session) = self.sessions.get_mut(&from) else { return };
        let count = sent.len();
        let records = session.heard.restore(sent);
        if records.len() < count {
            // It names what a message said that was lost. What is missing is found by comparing, and is understood then.
            session.agreed = None;
            session.compare_by(now.plus_millis(QUIET));
        }
        let ids: Vec<RecordId> = records.iter().map(|bytes| Record::id_of(bytes)).collect();
        session.holds(ids.iter().copied());
        for id in &ids {
            session.wanted.remove(id);
            session.came += usize::from(session.asked.remove(id));
        }
        let mut strange = Vec::new();
        let mut records = records.into_iter();
        loop {
            // No more at once than an answer holds: what has to be refused must not keep everybody waiting.
            let some: Vec<Vec<u8>> = records.by_ref().take(Message::MOST_WANT).collect();
            if some.is_empty() {
                break;
            }
            strange.extend(self.receive(now, archive, from, some));
            if self.forbearance.is_over(&from) {
                return self.avoid(now, from, "it sent too much that has to be refused");
            }
        }
        let room = STRANGE_IN_ALL.saturating_sub(self.sessions.values().map(|session| session.strange.len()).sum());
        let Some(session) = self.sessions.get_mut(&from) else { return };
        session.is_strange(strange.into_iter().take(room));
        if !ends {
            return;
        }
        let left = std::mem::take(&mut session.asked);
        if session.came > 0 {
            session.wanted.extend(left);
        }
        if session.wanted.is_empty() {
            session.compare_by(now.plus_millis(GATHER));
        }
    }

    /// Records that this device made are durable: they go to every connected member at once, or are announced when
    /// there are many.
    pub(crate) fn announce_made(&mut self, now: Moment, made: Vec<(NotebookId, RecordId, Vec<u8>)>) {
        let peers: Vec<DeviceId> = self.sessions.keys().copied().collect();
        for peer in peers {
            let (mut push, mut size) = (Vec::new(), 0);
            let mut ids = Vec::new();
            for (id, record, bytes) in &made {
                let is_saved = |n: &&Notebook| n.records.contains_key(record) || mutant("announce-before-saving");
                let held = self.notebooks.get(id).filter(is_saved);
                if held.is_some_and(|notebook| notebook.shares_with(&peer)) {
                    size += bytes.len();
                    ids.push(*record);
                    push.push(bytes);
                }
            }
            if ids.is_empty() {
                continue;
            }
            // From here on it is not known whether the peer has it: the connection may break at any moment.
            for (id, record, _) in &made {
                if let Some(notebook) = self.notebooks.get_mut(id).filter(|notebook| notebook.shares_with(&peer)) {
                    notebook.untold.remove(record);
                }
            }
            let Some(session) = self.sessions.get_mut(&peer) else { continue };
            session.agreed = None;
            session.compare_by(now.plus_millis(if self.joining.is_empty() { QUIET } else { GATHER }));
            if size <= PUSHED {
                session.holds(ids);
                let records = push.into_iter().cloned().collect();
                self.push(peer, records);
            } else {
                session.news.extend(ids);
                session.news_due = Some(now);
            }
        }
    }

    /// Records that came from a peer are durable: the others are told that they can be had here.
    pub(crate) fn announce_came(&mut self, now: Moment, came: &[(NotebookId, RecordId, DeviceId)]) {
        let peers: Vec<DeviceId> = self.sessions.keys().copied().collect();
        for peer in peers {
            let mut news: Vec<RecordId> = Vec::new();
            let mut touched = false;
            for (id, record, from) in came {
                let held = self.notebooks.get(id).filter(|notebook| notebook.records.contains_key(record));
                if held.is_some_and(|notebook| notebook.shares_with(&peer)) {
                    touched = true;
                    if *from != peer {
                        news.push(*record);
                    }
                }
            }
            let Some(session) = self.sessions.get_mut(&peer) else { continue };
            if touched {
                session.agreed = None;
                session.compare_by(now.plus_millis(QUIET));
            }
            news.retain(|id| !session.is_at_peer(id));
            if !news.is_empty() {
                session.news.extend(news);
                session.news_due.get_or_insert(now.plus_millis(GATHER));
            }
        }
    }

    /// Tells a peer what can be had here.
    pub(crate) fn announce(&mut self, peer: DeviceId) {
        let Some(session) = self.sessions.get_mut(&peer) else { return };
        session.news_due = None;
        let news: Vec<RecordId> = std::mem::take(&mut session.news).into_iter().collect();
        for ids in news.chunks(Message::MOST_HAVE) {
            self.tell(peer, &Message::Have(ids.to_vec()));
        }
    }

    /// What is due by time alone.
    pub(crate) fn tick(&mut self, now: Moment, archive: &dyn Archive) {
        let peers: Vec<DeviceId> = self.sessions.keys().copied().collect();
        for peer in peers {
            let Some(session) = self.sessions.get_mut(&peer) else { continue };
            let slow = |round: &crate::session::Round| now.since(round.began) >= STEP_PATIENCE;
            if session.leads && session.round.as_ref().is_some_and(slow) {
                session.round = None;
                session.compare_by(now);
            }
            if !session.asked.is_empty() && now.since(session.asked_at) >= PATIENCE {
                session.asked.clear();
                session.wanted.clear();
                session.compare_by(now);
            }
            if session.news_due.is_some_and(|due| due <= now) {
                self.announce(peer);
            }
            self.ask_for_more(now, peer);
        }
        self.after_change(now, archive);
    }

    /// What follows from any change: keys for those who lack them, seats, removals told, rounds begun, waiting answered.
    pub(crate) fn after_change(&mut self, now: Moment, archive: &dyn Archive) {
        self.take_up_waiting(now, archive);
        self.look_after_members(now, archive);
        self.begin_due_rounds(now);
        self.fetch_from_others(now);
        self.answer_sync();
        self.survey_if_overgrown();
        self.tidy(now, archive);
    }

    /// Begins to wait until every connected peer agrees.
    pub(crate) fn begin_sync(&mut self, now: Moment, asked: Asked) -> Result<(), Refusal> {
        for session in self.sessions.values_mut() {
            session.agreed = None;
            session.compare_by(now);
        }
        self.syncing.insert(asked);
        self.begin_due_rounds(now);
        Ok(())
    }

    fn answer_sync(&mut self) {
        if self.syncing.is_empty() || self.sessions.is_empty() || self.is_saving() {
            return;
        }
        if self.sessions.values().all(|session| session.agreed.is_some() && session.is_idle()) {
            let peers: Vec<DeviceId> = self.sessions.keys().copied().collect();
            for asked in std::mem::take(&mut self.syncing) {
                self.effects.push(Effect::Answer(asked, Ok(Outcome::Agreed(peers.clone()))));
            }
        }
    }
}
