//! One connected peer: comparing, fetching, pushing.

use crate::brevity::{Beginnings, Naming};
use crate::event::Effect;
use crate::finding::Looking;
use crate::message::{Compare, Message};
use crate::presence::Chatter;
use crate::reconcile::Reconciler;
use crate::replica::{Replica, Work};
use hedgerow_model::{DeviceId, EpochId, Moment, NotebookId, RecordId, mutant};
use std::collections::{BTreeMap, BTreeSet};

/// How long an answer may take before it is given up, in milliseconds.
pub(crate) const PATIENCE: u64 = 30_000;
/// How long a step of a comparison may take, in milliseconds: steps are small, and one that was lost must not keep two
/// who are connected apart for long.
pub(crate) const STEP_PATIENCE: u64 = 5_000;
/// How long after a change the peers compare again, in milliseconds.
pub(crate) const QUIET: u64 = 2_000;
/// How long after a round that brought nothing the peers compare again, in milliseconds.
pub(crate) const CALM: u64 = 60_000;
/// How long announcements are gathered, in milliseconds.
pub(crate) const GATHER: u64 = 100;
/// How many ids known to be at a peer are remembered.
const REMEMBERED: usize = 8_192;
/// The most ids that are kept to be fetched from one peer. What does not fit is found by the next comparison.
const MOST_WANTED: usize = 131_072;
/// The same for a peer with whom, in our view, nothing is shared: they may be a member of whom we have not heard, and
/// show us so without being asked.
const MOST_WANTED_UNSHARED: usize = Message::MOST_WANT;

/// What a device shares with a peer in its own view, as it is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SharedSet {
    /// Of the notebooks and of what is in them.
    fingerprint: [u8; 32],
    /// Of the ids of the notebooks alone: where these differ, so do the views of who is a member.
    notebooks: [u8; 32],
}

impl SharedSet {
    fn is_empty(&self) -> bool {
        self.notebooks == hedgerow_access::fingerprint(&[])
    }
}

/// A comparison under way.
pub(crate) struct Round {
    pub(crate) number: u32,
    /// What was ours when it began.
    fingerprint: [u8; 32],
    pub(crate) reconciler: Option<Reconciler>,
    /// Whether the peer has said what is theirs; on the peer's own side it has.
    answered: bool,
    pub(crate) began: Moment,
}

/// What is known of one connected peer.
pub(crate) struct Session {
    /// Whether we begin the rounds.
    pub(crate) leads: bool,
    pub(crate) nonce: [u8; 32],
    pub(crate) their_nonce: Option<[u8; 32]>,
    pub(crate) rounds: u32,
    pub(crate) round: Option<Round>,
    /// When a round should begin, or be asked for.
    pub(crate) round_due: Option<Moment>,
    /// Since when both sides are known to hold the same.
    pub(crate) agreed: Option<Moment>,
    /// What the peer said it has when we last found a difference: once it is ours, both have the same.
    theirs: Option<[u8; 32]>,
    /// Whether anything was shared in our view when we last compared.
    shares: bool,
    /// Whether the two had other views of which notebooks they share when last told.
    pub(crate) differs: bool,
    /// Whether the peer was not yet shown tags of what may be shared though neither knows.
    looks_around: bool,
    /// At the peer, as far as we know.
    at_peer: BTreeSet<RecordId>,
    /// Records that the peer sent of notebooks that are not here: it takes us for a member of something that we forgot or
    /// never heard of. They are not fetched again until a notebook begins here.
    pub(crate) strange: BTreeSet<RecordId>,
    /// Found by comparing to be here only, and how many rounds in a row brought nothing else.
    offered: BTreeSet<RecordId>,
    left_alone: u32,
    /// To be announced.
    pub(crate) news: BTreeSet<RecordId>,
    pub(crate) news_due: Option<Moment>,
    /// To be fetched.
    pub(crate) wanted: BTreeSet<RecordId>,
    /// Asked for and not come yet.
    pub(crate) asked: BTreeSet<RecordId>,
    pub(crate) asked_at: Moment,
    /// How many of those asked for came.
    pub(crate) came: usize,
    /// Whether anything was fetched or announced since the last round.
    pub(crate) moved: bool,
    /// Removals that the peer was told of.
    pub(crate) told: BTreeSet<NotebookId>,
    /// Epochs that the peer says it cannot open, as far as they are known here.
    pub(crate) lacks: BTreeMap<NotebookId, BTreeSet<EpochId>>,
    /// Epochs of which the peer was told that they cannot be opened here, and when it was told last.
    pub(crate) said_lacking: BTreeMap<NotebookId, (BTreeSet<EpochId>, Moment)>,
    /// A joining that we host.
    pub(crate) host: Option<crate::joining::Hosting>,
    /// Whether the peer asked us to host a joining, by a link that is good here.
    pub(crate) may_redeem: bool,
    /// When the peer, which lost notebooks, was shown last what it is in.
    pub(crate) showed: Option<Moment>,
    /// What records to the peer began with, and what those from it did.
    said: Beginnings,
    pub(crate) heard: Beginnings,
    /// How much the peer says of where it is.
    pub(crate) chatter: Chatter,
}

impl Session {
    fn new(leads: bool, nonce: [u8; 32]) -> Session {
        Session {
            leads,
            nonce,
            their_nonce: None,
            rounds: 0,
            round: None,
            round_due: None,
            agreed: None,
            theirs: None,
            shares: false,
            differs: false,
            looks_around: true,
            at_peer: BTreeSet::new(),
            strange: BTreeSet::new(),
            offered: BTreeSet::new(),
            left_alone: 0,
            news: BTreeSet::new(),
            news_due: None,
            wanted: BTreeSet::new(),
            asked: BTreeSet::new(),
            asked_at: Moment::default(),
            came: 0,
            moved: false,
            told: BTreeSet::new(),
            lacks: BTreeMap::new(),
            said_lacking: BTreeMap::new(),
            host: None,
            may_redeem: false,
            showed: None,
            said: Beginnings::default(),
            heard: Beginnings::default(),
            chatter: Chatter::default(),
        }
    }

    /// Gives up the round in hand: what it compared is not true any more.
    pub(crate) fn forget_round(&mut self, now: Moment) {
        self.round = None;
        self.agreed = None;
        self.compare_by(now);
    }

    /// When time alone changes something here.
    pub(crate) fn next_due(&self) -> Option<Moment> {
        let round = self.round.as_ref().filter(|_| self.leads).map(|round| round.began.plus_millis(STEP_PATIENCE));
        let fetch = (!self.asked.is_empty()).then(|| self.asked_at.plus_millis(PATIENCE));
        let begin = self.round_due.filter(|_| self.may_begin());
        [begin, self.news_due, round, fetch].into_iter().flatten().min()
    }

    /// Whether a round could begin, or be asked for, now.
    pub(crate) fn may_begin(&self) -> bool {
        (self.round.is_none() || !self.leads) && self.asked.is_empty() && self.wanted.is_empty()
    }

    /// A round was begun here that the peer has not answered yet.
    fn is_unanswered(&self) -> bool {
        self.leads && self.round.as_ref().is_some_and(|round| !round.answered)
    }

    /// Nothing is being compared or fetched.
    pub(crate) fn is_idle(&self) -> bool {
        self.round.is_none() && self.wanted.is_empty() && self.asked.is_empty() && self.news.is_empty()
    }

    /// What is compared with the peer.
    fn compares(&mut self, ours: &SharedSet) {
        self.shares = !ours.is_empty();
    }

    /// A notebook began here: what is strange may not be any more, and others may be in it of whom neither knows.
    pub(crate) fn look_around(&mut self, now: Moment) {
        self.strange.clear();
        self.looks_around = true;
        self.compare_by(now);
    }

    /// Notes what is to be fetched, as far as there is room.
    pub(crate) fn wants(&mut self, ids: Vec<RecordId>) {
        let room = self.room();
        self.wanted.extend(ids.into_iter().take(room));
    }

    /// Whether there is no room for more to be fetched.
    pub(crate) fn wants_no_more(&self) -> bool {
        self.room() == 0
    }

    fn room(&self) -> usize {
        let most = if self.shares { MOST_WANTED } else { MOST_WANTED_UNSHARED };
        most.saturating_sub(self.wanted.len())
    }

    /// Remembers that the peer holds these. Of what strangers hold nothing is ever announced to them.
    pub(crate) fn holds(&mut self, ids: impl IntoIterator<Item = RecordId>) {
        for id in ids {
            self.news.remove(&id);
            if self.shares && self.at_peer.len() < REMEMBERED {
                self.at_peer.insert(id);
            }
        }
    }

    /// Whether some of what was offered last had not been offered before.
    fn offers_something_new(&self) -> bool {
        self.left_alone == 0
    }

    /// Whether offering these may bring anything: what the peer has left alone three times over it does not want now.
    fn offers(&mut self, ids: &[RecordId]) -> bool {
        if ids.is_empty() {
            return false;
        }
        let fresh = ids.iter().any(|id| !self.offered.contains(id));
        self.left_alone = if fresh { 0 } else { self.left_alone.saturating_add(1) };
        let room = REMEMBERED.saturating_sub(self.offered.len());
        self.offered.extend(ids.iter().take(room));
        self.left_alone < 3
    }

    /// Remembers records of notebooks that are not here.
    pub(crate) fn is_strange(&mut self, ids: impl IntoIterator<Item = RecordId>) {
        let most = if mutant("fetch-strange-records") { 0 } else { REMEMBERED };
        let room = most.saturating_sub(self.strange.len());
        self.strange.extend(ids.into_iter().take(room));
    }

    pub(crate) fn is_at_peer(&self, id: &RecordId) -> bool {
        self.at_peer.contains(id)
    }

    /// A round should begin no later than `when`.
    pub(crate) fn compare_by(&mut self, when: Moment) {
        self.round_due = Some(self.round_due.map_or(when, |due| due.min(when)));
    }
}

impl Replica {
    pub(crate) fn connected(&mut self, now: Moment, peer: DeviceId) {
        let leads = self.me.device() < peer;
        let mut session = Session::new(leads, self.chance());
        session.round_due = Some(now);
        self.sessions.insert(peer, session);
        let met = self.notebooks.iter().filter(|(_, notebook)| notebook.membership.now().has_met(&peer));
        self.unattended.extend(met.map(|(id, _)| *id));
        self.ask_to_join(peer);
        self.ask_for_lost(peer);
        self.begin_due_rounds(now);
    }

    pub(crate) fn disconnected(&mut self, peer: DeviceId) {
        self.sessions.remove(&peer);
        self.stop_joining_at(peer);
    }

    pub(crate) fn tell(&mut self, peer: DeviceId, message: &Message) {
        self.effects.push(Effect::Send(peer, message.encode()));
    }

    /// Sends records as they are made, which may name what was said before.
    pub(crate) fn push(&mut self, peer: DeviceId, records: Vec<Vec<u8>>) {
        self.tell_records(peer, records, Naming::OfTheSession, false);
    }

    /// Sends records that were asked for, or have to be understood whatever was lost; `ends` says that no more follow.
    pub(crate) fn answer_with(&mut self, peer: DeviceId, records: Vec<Vec<u8>>, ends: bool) {
        self.tell_records(peer, records, Naming::OfTheMessage, ends);
    }

    fn tell_records(&mut self, peer: DeviceId, records: Vec<Vec<u8>>, naming: Naming, ends: bool) {
        let Some(session) = self.sessions.get_mut(&peer) else { return };
        let records = session.said.shorten(records, naming);
        self.tell(peer, &Message::Records { records, ends });
    }

    pub(crate) fn received(&mut self, now: Moment, archive: &dyn crate::Archive, from: DeviceId, bytes: &[u8]) {
        if !self.sessions.contains_key(&from) {
            return;
        }
        match Message::decode(bytes) {
            Ok(message) => self.heard(now, archive, from, message),
            Err(crate::message::MessageFault::UnknownKind) => {}
            Err(fault) => self.avoid(now, from, &fault.to_string()),
        }
        self.ask_for_more(now, from);
        self.after_change(now, archive);
    }

    fn heard(&mut self, now: Moment, archive: &dyn crate::Archive, from: DeviceId, message: Message) {
        match message {
            Message::Nudge => {
                // Whoever nudges and has not answered yet had not heard that a round was begun.
                if let Some(session) = self.sessions.get_mut(&from).filter(|session| !session.is_unanswered()) {
                    session.compare_by(now);
                }
            }
            Message::Hello(theirs) => self.answer_hello(now, archive, from, &theirs),
            Message::Answer(theirs) => self.hear_answer(now, archive, from, &theirs),
            Message::Tags { tags, .. } => self.hear_tags(from, &tags, archive),
            Message::Reconcile { round, step } => self.hear_step(now, archive, from, round, &step),
            Message::Have(ids) => self.hear_have(from, ids),
            Message::Want(ids) => self.hear_want(archive, from, &ids),
            Message::Records { records, ends } => self.hear_records(now, archive, from, records, ends),
            Message::Join(bytes) => self.hear_join(now, archive, from, &bytes),
            Message::Out(notebook, ops) => self.hear_out(now, from, &notebook, &ops),
            Message::Lacking(notebook, epochs) => self.hear_lacking(now, archive, from, &notebook, epochs),
            Message::Lost => self.hear_lost(now, from),
            Message::In(notebook, ops) => self.hear_in(now, archive, from, &notebook, &ops),
            Message::Present(notebook, page, caret) => self.hear_present(now, from, notebook, page, caret),
            Message::AskFile(notebook, file, pieces) => self.hear_ask_file(archive, from, (notebook, file), &pieces),
            Message::FileList(notebook, file, bytes) => {
                self.hear_file_list(now, archive, from, (notebook, file), bytes);
            }
            Message::Piece(notebook, file, index, sealed) => {
                self.hear_piece(now, from, (notebook, file), index, sealed);
            }
            Message::NoFile(notebook, file) => self.hear_no_file(from, (notebook, file)),
        }
    }

    /// The peer broke the protocol.
    pub(crate) fn avoid(&mut self, now: Moment, peer: DeviceId, why: &str) {
        self.disconnected(peer);
        self.effects.push(Effect::Avoid(peer, now.plus_millis(CALM), why.to_owned()));
    }

    /// What this device compares with a peer: one number over all that they share, and one over which notebooks it is.
    fn shared_set(&self, peer: &DeviceId) -> SharedSet {
        let (mut parts, mut ids): (Vec<Vec<u8>>, Vec<Vec<u8>>) = (Vec::new(), Vec::new());
        for (id, notebook) in &self.notebooks {
            if notebook.shares_with(peer) {
                ids.push(id.as_bytes().to_vec());
                parts.push(id.as_bytes().to_vec());
                parts.push(notebook.sum.count.to_be_bytes().to_vec());
                parts.push(notebook.sum.sum.to_vec());
            }
        }
        SharedSet { fingerprint: hedgerow_access::fingerprint(&parts), notebooks: hedgerow_access::fingerprint(&ids) }
    }

    /// The sorted ids of all that this device shares with a peer, to be compared: any of them may be named to the peer from
    /// now on.
    fn ids_to_compare(&mut self, peer: &DeviceId) -> BTreeSet<RecordId> {
        let mut ids = BTreeSet::new();
        for notebook in self.notebooks.values_mut().filter(|notebook| notebook.shares_with(peer)) {
            notebook.untold.clear();
            ids.extend(notebook.records.keys());
        }
        ids
    }

    /// Begins, or asks for, the rounds that are due.
    pub(crate) fn begin_due_rounds(&mut self, now: Moment) {
        let due: Vec<DeviceId> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.round_due.is_some_and(|due| due <= now) && session.may_begin())
            .map(|(peer, _)| *peer)
            .collect();
        for peer in due {
            let SharedSet { fingerprint, notebooks } = self.shared_set(&peer);
            let Some(session) = self.sessions.get_mut(&peer) else { continue };
            session.round_due = None;
            session.compares(&SharedSet { fingerprint, notebooks });
            if !session.leads {
                // Asked for again until both are known to agree, so that a lost message is no silence for ever.
                session.round_due = Some(now.plus_millis(CALM));
                self.tell(peer, &Message::Nudge);
                continue;
            }
            session.rounds = session.rounds.wrapping_add(1);
            session.moved = false;
            let number = session.rounds;
            let hello = Compare { round: number, nonce: session.nonce, fingerprint, notebooks };
            self.tell(peer, &Message::Hello(hello));
            let begun = if number == 1 { self.first_step_at_once(&peer) } else { None };
            let (reconciler, step) = begun.unzip();
            if let Some(session) = self.sessions.get_mut(&peer) {
                session.round = Some(Round { number, fingerprint, reconciler, answered: false, began: now });
            }
            if let Some(step) = step {
                self.tell(peer, &Message::Reconcile { round: number, step });
            }
        }
    }

    /// The first step of a comparison, to be sent before anything was answered: who meets again mostly finds that something
    /// changed, and it saves a round trip. Not while something is being saved, for what is compared changes with it; nor
    /// while there is much that nobody was told of, for its names are better kept back (see [`Notebook::untold`]).
    ///
    /// [`Notebook::untold`]: crate::notebook::Notebook
    fn first_step_at_once(&mut self, peer: &DeviceId) -> Option<(Reconciler, Vec<u8>)> {
        let shared = self.notebooks.values().filter(|notebook| notebook.shares_with(peer));
        let untold: usize = shared.map(|notebook| notebook.untold.len()).sum();
        if self.is_saving() || untold > crate::compact::MOST_TAIL {
            return None;
        }
        let ids = self.ids_to_compare(peer);
        let mut reconciler = Reconciler::new(ids.into_iter()).ok()?;
        let step = reconciler.begin().ok()?;
        Some((reconciler, step))
    }

    fn answer_hello(&mut self, now: Moment, archive: &dyn crate::Archive, from: DeviceId, theirs: &Compare) {
        let ours = self.shared_set(&from);
        let SharedSet { fingerprint, notebooks } = ours;
        let ids = (fingerprint != theirs.fingerprint).then(|| self.ids_to_compare(&from));
        let Some(session) = self.sessions.get_mut(&from) else { return };
        if session.leads {
            return self.avoid(now, from, "it began a round that was not its to begin");
        }
        session.compares(&ours);
        session.their_nonce = Some(theirs.nonce);
        session.rounds = theirs.round;
        let nonce = session.nonce;
        let reconciler = ids.map(|ids| Reconciler::new(ids.into_iter()));
        session.round = match reconciler {
            Some(Ok(reconciler)) => {
                let reconciler = Some(reconciler);
                Some(Round { number: theirs.round, fingerprint, reconciler, answered: true, began: now })
            }
            _ => None,
        };
        session.theirs = Some(theirs.fingerprint);
        self.tell(from, &Message::Answer(Compare { round: theirs.round, nonce, fingerprint, notebooks }));
        self.send_tags(from, theirs, &ours);
        if fingerprint == theirs.fingerprint {
            self.agree(now, from);
        } else {
            self.remind_removed(archive, &from);
            self.say_lacking(now, from);
        }
    }

    fn hear_answer(&mut self, now: Moment, archive: &dyn crate::Archive, from: DeviceId, theirs: &Compare) {
        let ours = self.shared_set(&from);
        let fingerprint = ours.fingerprint;
        let ids = self.ids_to_compare(&from);
        let Some(session) = self.sessions.get_mut(&from) else { return };
        session.their_nonce = Some(theirs.nonce);
        if !session.leads || session.round.as_ref().is_none_or(|round| round.number != theirs.round) {
            // What they lacked when the round was begun they have now.
            let is_over = session.leads && session.round.is_none() && session.rounds == theirs.round;
            if is_over && fingerprint == theirs.fingerprint {
                self.agree(now, from);
            }
            return;
        }
        self.send_tags(from, theirs, &ours);
        let Some(session) = self.sessions.get_mut(&from) else { return };
        let Some(round) = session.round.as_mut().filter(|round| round.number == theirs.round && session.leads) else {
            return;
        };
        round.answered = true;
        match (round.fingerprint == theirs.fingerprint, fingerprint == theirs.fingerprint) {
            (true, true) => return self.agree(now, from),
            // Something was saved here meanwhile: to the other side the round is over, and it would answer no step.
            (true, false) => {
                session.round = None;
                return session.compare_by(now.plus_millis(QUIET));
            }
            // What was missing here was saved meanwhile. The other side learns that both agree by being asked again.
            (false, true) => {
                self.agree(now, from);
                if let Some(session) = self.sessions.get_mut(&from) {
                    session.compare_by(now);
                }
                return;
            }
            (false, false) => {}
        }
        session.theirs = Some(theirs.fingerprint);
        let is_begun = round.reconciler.is_some();
        self.remind_removed(archive, &from);
        self.say_lacking(now, from);
        if !is_begun {
            self.begin_comparison(from, theirs.round, ids);
        }
    }

    fn begin_comparison(&mut self, with: DeviceId, number: u32, ids: BTreeSet<RecordId>) {
        let Ok(mut reconciler) = Reconciler::new(ids.into_iter()) else { return };
        let Ok(step) = reconciler.begin() else { return };
        if let Some(round) = self.sessions.get_mut(&with).and_then(|session| session.round.as_mut()) {
            round.reconciler = Some(reconciler);
        }
        self.tell(with, &Message::Reconcile { round: number, step });
    }

    fn hear_step(&mut self, now: Moment, archive: &dyn crate::Archive, from: DeviceId, number: u32, step: &[u8]) {
        let Some(session) = self.sessions.get_mut(&from) else { return };
        let leads = session.leads;
        let Some(round) = session.round.as_mut().filter(|round| round.number == number) else { return };
        round.began = now;
        let Some(reconciler) = &mut round.reconciler else { return };
        if !leads {
            match reconciler.follow(step) {
                Ok(step) => self.tell(from, &Message::Reconcile { round: number, step }),
                Err(nonsense) => self.avoid(now, from, &nonsense.to_string()),
            }
            return;
        }
        match reconciler.lead(step) {
            Ok(found) => self.take_differences(now, archive, from, number, found),
            Err(nonsense) => self.avoid(now, from, &nonsense.to_string()),
        }
    }

    fn take_differences(
        &mut self,
        now: Moment,
        archive: &dyn crate::Archive,
        from: DeviceId,
        number: u32,
        found: crate::reconcile::Step,
    ) {
        let mut need: Vec<RecordId> = found.need.into_iter().filter(|id| !self.is_known(id)).collect();
        let Some(session) = self.sessions.get_mut(&from) else { return };
        need.retain(|id| !session.strange.contains(id));
        session.moved |= session.offers(&found.have) || !need.is_empty();
        session.holds(need.iter().copied());
        session.wants(need);
        for id in found.have {
            session.news.insert(id);
        }
        match found.reply {
            Some(step) => self.tell(from, &Message::Reconcile { round: number, step }),
            None => {
                session.round = None;
                let again = if session.moved { QUIET } else { CALM };
                session.compare_by(now.plus_millis(again));
                if session.offers_something_new() {
                    self.bring_or_announce(archive, from);
                } else {
                    self.announce(from);
                }
            }
        }
    }

    /// Tags, where the peer's view of who is a member may be another than ours.
    fn send_tags(&mut self, to: DeviceId, theirs: &Compare, ours: &SharedSet) {
        let Some(session) = self.sessions.get_mut(&to) else { return };
        let around = std::mem::take(&mut session.looks_around);
        session.differs = ours.notebooks != theirs.notebooks;
        if ours.notebooks != theirs.notebooks {
            self.tell_tags(to, theirs.round, Looking::ForAll);
        } else if around && !mutant("find-only-the-shared") {
            self.tell_tags(to, theirs.round, Looking::Around);
        }
    }

    /// Something was saved: where it was what a peer had and we lacked, both hold the same now, without asking again. The
    /// peer is told.
    pub(crate) fn agree_where_caught_up(&mut self, now: Moment) {
        let is_through = |session: &Session| session.wanted.is_empty() && session.asked.is_empty();
        let behind = self.sessions.iter().filter(|(_, session)| session.theirs.is_some() && is_through(session));
        let behind: Vec<DeviceId> = behind.map(|(peer, _)| *peer).collect();
        for peer in behind {
            let SharedSet { fingerprint, notebooks } = self.shared_set(&peer);
            let Some(session) = self.sessions.get(&peer) else { continue };
            let (round, nonce, leads) = (session.rounds, session.nonce, session.leads);
            if session.theirs != Some(fingerprint) || (leads && session.round.is_some()) {
                continue;
            }
            self.agree(now, peer);
            if !leads {
                self.tell(peer, &Message::Answer(Compare { round, nonce, fingerprint, notebooks }));
            } else if let Some(session) = self.sessions.get_mut(&peer) {
                session.compare_by(now);
            }
        }
    }

    /// Both sides hold the same.
    fn agree(&mut self, now: Moment, peer: DeviceId) {
        let Some(session) = self.sessions.get_mut(&peer) else { return };
        session.round = None;
        session.theirs = None;
        session.agreed = Some(now);
        session.round_due = None;
        session.news.clear();
        session.news_due = None;
        let is_own = self.own.has(&peer);
        let mut held = Vec::new();
        for (id, notebook) in &mut self.notebooks {
            if notebook.shares_with(&peer) {
                // Another device of the same person's may go as this one does.
                if !is_own || mutant("share-with-oneself") {
                    notebook.unshared.clear();
                }
                held.push((*id, notebook.sum));
            }
        }
        let whole: Vec<NotebookId> = held.iter().filter(|(_, sum)| sum.count > 0).map(|(id, _)| *id).collect();
        self.effects.push(Effect::Notice(crate::event::Notice::Agreed(peer, held)));
        let mut work = Work::default();
        self.gave_back(peer, &mut work);
        self.arrived(&whole, &mut work);
        self.submit(work);
        self.joined_if_agreed(now, peer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(many: usize) -> Vec<RecordId> {
        let id = |n: usize| RecordId::from_bytes(hedgerow_access::fingerprint(&[n.to_be_bytes().to_vec()]));
        (0..many).map(id).collect()
    }

    #[test]
    fn what_a_peer_says_that_it_has_is_remembered_within_a_bound() {
        let mut session = Session::new(false, [0; 32]);
        session.holds(ids(1_000));
        session.wants(ids(1_000));
        assert_eq!((session.at_peer.len(), session.wanted.len()), (0, MOST_WANTED_UNSHARED), "of a stranger");
        let mut session = Session::new(false, [0; 32]);
        session.compares(&SharedSet { fingerprint: [1; 32], notebooks: [2; 32] });
        session.holds(ids(REMEMBERED + 1));
        session.wants(ids(MOST_WANTED + 1));
        assert_eq!((session.at_peer.len(), session.wanted.len()), (REMEMBERED, MOST_WANTED), "of a member");
    }
}
