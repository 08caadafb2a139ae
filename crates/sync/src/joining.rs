//! Both sides of an invitation.

use crate::archive::{Archive, ArchiveFault, Shelf, key};
use crate::event::{Asked, Effect, Notice, Outcome, Refusal};
use crate::members::SealTo;
use crate::message::Message;
use crate::notebook::Notebook;
use crate::replica::{Replica, Work, my_role};
use crate::rows::{NotebookRow, encode};
use crate::session::GATHER;
use hedgerow_access::{
    Action, Host, InvitationUri, JoinAnswer, JoinAsk, JoinMessage, JoinOffer, JoinProblem, JoinRedeem, JoinRefusal,
    JoinWelcome, Joiner, Membership, Redeemed, ShortWords, SignedOp,
};
use hedgerow_model::{DeviceId, InvitationId, Moment, NotebookId, Role, mutant};
use std::collections::{BTreeMap, BTreeSet};

/// What the key of a row begins with that says that a notebook was joined and is not here whole yet.
const ARRIVING: &[u8] = b"arriving";

/// A joining on the joiner's side.
pub(crate) struct Joining {
    link: InvitationUri,
    /// Members who were asked and have not offered yet.
    asked: BTreeMap<DeviceId, Joiner>,
    /// Whose offer was taken up.
    chosen: Option<Chosen>,
    /// Whether we are in the log.
    admitted: bool,
    /// What was said last against it.
    refused: Option<String>,
}

struct Chosen {
    host: DeviceId,
    membership: Membership,
    words: ShortWords,
}

impl Joining {
    fn is_by(&self, link: &InvitationUri) -> bool {
        self.link.invitation() == link.invitation()
    }

    pub(crate) fn reached(&self) -> bool {
        self.chosen.is_some() || self.refused.is_some()
    }

    pub(crate) fn is_admitted(&self) -> bool {
        self.admitted
    }

    pub(crate) fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }
}

/// A joining on the host's side.
pub(crate) struct Hosting {
    notebook: NotebookId,
    host: Host,
    offer: JoinOffer,
}

impl Replica {
    pub(crate) fn begin_joining(&mut self, now: Moment, asked: Asked, link: InvitationUri) -> Result<(), Refusal> {
        let notebook = link.notebook();
        let role = self.notebooks.get(&notebook).and_then(|held| my_role(&held.membership, &self.me.device()));
        let is_in = role.is_some();
        if let Some(role) = role.filter(|_| !self.arriving.contains(&notebook)) {
            let mut work = Work::default();
            Replica::answer(&mut work, asked, Outcome::Joined { notebook, role, words: None, host: None });
            self.submit(work);
            return Ok(());
        }
        // A host speaks with a device of one joining at a time. Who opens a link once more begins anew; whoever opened it
        // before is answered with them.
        for earlier in self.joining.values_mut().filter(|earlier| !earlier.admitted && earlier.is_by(&link)) {
            earlier.asked.clear();
            earlier.chosen = None;
        }
        // Who is in, and was interrupted before all had come, waits for the rest of it.
        let joining = Joining { link, asked: BTreeMap::new(), chosen: None, admitted: is_in, refused: None };
        self.joining.insert(asked, joining);
        let peers: Vec<DeviceId> = self.sessions.keys().copied().collect();
        for peer in peers {
            self.ask_to_join(peer);
            if let Some(session) = self.sessions.get_mut(&peer).filter(|_| is_in) {
                session.agreed = None;
                session.compare_by(now);
            }
        }
        if is_in {
            self.begin_due_rounds(now);
        }
        Ok(())
    }

    /// The notebooks that were joined and not yet here whole, as it is written down.
    pub(crate) fn read_arriving(&mut self, archive: &dyn Archive) -> Result<(), ArchiveFault> {
        let keys = archive.keys(Shelf::Own, ARRIVING)?;
        self.arriving = keys.iter().filter_map(|key| NotebookId::from_slice(key.strip_prefix(ARRIVING)?)).collect();
        Ok(())
    }

    /// These notebooks are here as a member has them.
    pub(crate) fn arrived(&mut self, notebooks: &[NotebookId], work: &mut Work) {
        for id in notebooks {
            if self.arriving.remove(id) {
                work.batch.delete(Shelf::Own, key(&[ARRIVING, id.as_bytes()]));
            }
        }
    }

    /// Asks a connected peer to host every joining that has no host yet: of those by one link the last.
    pub(crate) fn ask_to_join(&mut self, peer: DeviceId) {
        let person = self.me.person();
        let keys = self.me.keys.clone();
        let mut asks = Vec::new();
        let open = self.joining.iter().filter(|(_, joining)| !joining.admitted);
        let last: BTreeMap<InvitationId, Asked> =
            open.map(|(asked, joining)| (joining.link.invitation(), *asked)).collect();
        for (asked, joining) in &mut self.joining {
            let speaks = mutant("join-twice-at-once") || last.get(&joining.link.invitation()) == Some(asked);
            if speaks && !joining.admitted && joining.chosen.is_none() && !joining.asked.contains_key(&peer) {
                let (joiner, ask) = Joiner::ask(joining.link.clone(), &keys, person, peer, &mut self.rng);
                joining.asked.insert(peer, joiner);
                asks.push(ask);
            }
        }
        for ask in asks {
            self.tell_join(peer, &JoinMessage::Ask(ask));
        }
    }

    /// After one that spoke for others is over, they speak for themselves.
    pub(crate) fn ask_everybody_to_join(&mut self) {
        let peers: Vec<DeviceId> = self.sessions.keys().copied().collect();
        for peer in peers {
            self.ask_to_join(peer);
        }
    }

    pub(crate) fn stop_joining_at(&mut self, peer: DeviceId) {
        for joining in self.joining.values_mut() {
            joining.asked.remove(&peer);
            if !joining.admitted && joining.chosen.as_ref().is_some_and(|chosen| chosen.host == peer) {
                joining.chosen = None;
            }
        }
    }

    fn tell_join(&mut self, peer: DeviceId, message: &JoinMessage) {
        self.tell(peer, &Message::Join(message.to_bytes()));
    }

    pub(crate) fn hear_join(&mut self, now: Moment, archive: &dyn Archive, from: DeviceId, bytes: &[u8]) {
        let message = match JoinAsk::parse(bytes) {
            Some(ask) => Some(JoinMessage::Ask(ask)),
            // The others hold as many signatures to check as the sender likes: only who is expected to send one is read.
            None if self.is_expected(&from) => JoinMessage::parse(bytes),
            None => return,
        };
        match message {
            None => self.avoid(now, from, "a joining message that cannot be read"),
            Some(JoinMessage::Ask(ask)) => self.host_ask(now, from, ask),
            Some(JoinMessage::Offer(offer)) => self.take_offer(from, &offer),
            Some(JoinMessage::Redeem(redeem)) => self.host_redeem(now, from, *redeem),
            Some(JoinMessage::Answer(JoinAnswer::Welcome(welcome))) => self.welcomed(now, archive, from, welcome),
            Some(JoinMessage::Answer(JoinAnswer::Refused(refusal))) => self.turned_away(from, &refusal),
        }
    }

    /// Whether a joining is under way with this device, on either side of it. A host goes on reading what it was sent by
    /// whoever it made an offer to: who asks twice in a row is told that only the last counts.
    fn is_expected(&self, from: &DeviceId) -> bool {
        self.sessions.get(from).is_some_and(|session| session.may_redeem)
            || self.joining.values().any(|joining| {
                joining.asked.contains_key(from) || joining.chosen.as_ref().is_some_and(|chosen| chosen.host == *from)
            })
    }

    fn refuse_joining(&mut self, to: DeviceId, refusal: JoinRefusal) {
        self.tell_join(to, &JoinMessage::Answer(JoinAnswer::Refused(refusal)));
    }

    fn host_ask(&mut self, now: Moment, from: DeviceId, ask: JoinAsk) {
        let id = ask.notebook;
        let Some(notebook) = self.notebooks.get(&id).filter(|notebook| notebook.row.inbox.is_none()) else {
            return self.refuse_joining(from, JoinRefusal::Unknown);
        };
        match Host::answer(ask, from, &notebook.membership, &self.me.keys, now, &mut self.rng) {
            Ok((host, offer)) => {
                let message = JoinMessage::Offer(offer.clone());
                if let Some(session) = self.sessions.get_mut(&from) {
                    session.host = Some(Hosting { notebook: id, host, offer });
                    session.may_redeem = true;
                }
                self.tell_join(from, &message);
            }
            Err(refusal) => self.refuse_joining(from, refusal),
        }
    }

    fn host_redeem(&mut self, now: Moment, from: DeviceId, redeem: JoinRedeem) {
        let Some(hosting) = self.sessions.get_mut(&from).and_then(|session| session.host.take()) else {
            return self.refuse_joining(from, JoinRefusal::Mixed);
        };
        let redeemed = match hosting.host.redeemed(redeem) {
            Ok(redeemed) => redeemed,
            Err(refusal) => return self.refuse_joining(from, refusal),
        };
        let mut work = Work::default();
        if let Err(why) = self.admit_joiner(now, from, &hosting, redeemed, &mut work) {
            self.refuse_joining(from, JoinRefusal::not_accepted(&why.to_string()));
        }
        self.submit(work);
    }

    /// Puts the joiner into the log and welcomes them once that is durable.
    fn admit_joiner(
        &mut self,
        now: Moment,
        from: DeviceId,
        hosting: &Hosting,
        redeemed: Redeemed,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let id = hosting.notebook;
        let person = redeemed.redemption.person;
        let redemption = match redeemed.before {
            Some(before) => before,
            None => {
                for op in redeemed.log {
                    self.insert_and_seal(&id, op, None, work)?;
                }
                let op = self.propose(&id, Action::Redeem(Box::new(redeemed.redemption)))?;
                let op_id = op.id();
                self.insert_and_seal(&id, op, None, work)?;
                op_id
            }
        };
        // A device that may not seal keys on leaves it to those who may; the joiner waits for them.
        let records = self.seal_on(&id, SealTo::PersonOf(from), work).unwrap_or_default();
        let ops = hosting.host.unseen(&hosting.offer, &self.notebook(&id)?.membership);
        let welcome = JoinWelcome { redemption, ops, records };
        let message = Message::Join(JoinMessage::Answer(JoinAnswer::Welcome(welcome)).to_bytes());
        work.then.push(Effect::Send(from, message.encode()));
        Replica::notice(work, Notice::Admitted(id, person, redeemed.words));
        self.keep_own(now, &id, work);
        Ok(())
    }

    /// Whether what I say of myself is in a notebook's set, or there is nothing to say.
    fn is_introduced(&self, notebook: &Notebook) -> bool {
        let said = notebook.profiles.get(&self.me.person());
        self.me.profile.0 == 0
            || said.is_some_and(|(signed, record)| {
                signed.counter >= self.me.profile.0 && notebook.records.contains_key(record)
            })
    }

    fn take_offer(&mut self, from: DeviceId, offer: &JoinOffer) {
        let keys = self.me.keys.clone();
        let log = self.me.log.clone();
        let mut redeem = None;
        for joining in self.joining.values_mut() {
            let Some(joiner) = joining.asked.remove(&from) else { continue };
            if joining.chosen.is_some() {
                continue;
            }
            match joiner.offered(offer, &keys, log.clone()) {
                Ok(offered) => {
                    joining.chosen = Some(Chosen { host: from, membership: offered.membership, words: offered.words });
                    redeem = Some(offered.redeem);
                    break;
                }
                // It answers what was asked before the link was opened once more: the answer to that is on its way.
                Err(JoinProblem::Mixed) => {
                    joining.asked.insert(from, joiner);
                }
                Err(problem) => joining.refused = Some(problem.to_string()),
            }
        }
        if let Some(redeem) = redeem {
            self.tell_join(from, &JoinMessage::Redeem(Box::new(redeem)));
        }
    }

    /// A host said no. Some reasons are this host's alone; others hold wherever one asks.
    fn turned_away(&mut self, from: DeviceId, refusal: &JoinRefusal) {
        let final_everywhere =
            !matches!(refusal, JoinRefusal::Unknown | JoinRefusal::HostNotAMember | JoinRefusal::Mixed);
        let mut answered = Vec::new();
        for (asked, joining) in &mut self.joining {
            let chosen = joining.chosen.as_ref().is_some_and(|chosen| chosen.host == from);
            if joining.asked.remove(&from).is_none() && !chosen || joining.admitted {
                continue;
            }
            if chosen {
                joining.chosen = None;
            } else if joining.chosen.is_some() {
                continue;
            }
            joining.refused = Some(refusal.to_string());
            if final_everywhere && joining.asked.is_empty() {
                answered.push(*asked);
            }
        }
        for asked in &answered {
            self.joining.remove(asked);
            self.effects.push(Effect::Answer(*asked, Err(Refusal::Joining(refusal.to_string()))));
        }
        if !answered.is_empty() {
            self.ask_everybody_to_join();
        }
    }

    /// We are in the log: the notebook begins here, and its records are fetched like any others.
    fn welcomed(&mut self, now: Moment, archive: &dyn Archive, from: DeviceId, welcome: JoinWelcome) {
        let Some((asked, joining)) = self.joining.iter_mut().find(|(_, joining)| {
            !joining.admitted && joining.chosen.as_ref().is_some_and(|chosen| chosen.host == from)
        }) else {
            return;
        };
        let asked = *asked;
        let Some(chosen) = &joining.chosen else { return };
        let mut ops: Vec<SignedOp> = chosen.membership.ops().cloned().collect();
        ops.extend(welcome.ops);
        let id = joining.link.notebook();
        match crate::notebook::membership_of(&id, ops.clone()) {
            Ok(membership) if membership.contains(&welcome.redemption) => {
                joining.admitted = true;
                self.joining
                    .values_mut()
                    .filter(|other| other.link.notebook() == id)
                    .for_each(|other| other.admitted = true);
                self.begin_joined(now, archive, membership, ops);
            }
            Ok(_) | Err(_) => {
                let refusal = Refusal::Joining("whoever admitted us did not show that we are in; try again".to_owned());
                self.joining.remove(&asked);
                self.effects.push(Effect::Answer(asked, Err(refusal)));
                return;
            }
        }
        self.receive(now, archive, from, welcome.records);
        if let Some(session) = self.sessions.get_mut(&from) {
            session.agreed = None;
            session.compare_by(now);
        }
    }

    pub(crate) fn begin_joined(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        membership: Membership,
        ops: Vec<SignedOp>,
    ) {
        let (id, routing) = (membership.notebook(), membership.routing());
        let mut work = Work::default();
        let mut row = NotebookRow { routing, inbox: None, since: now, known_apart: ops.clone() };
        if let Some(held) = self.notebooks.get(&id) {
            let shown: BTreeSet<_> = ops.iter().map(SignedOp::id).collect();
            row.known_apart.extend(held.row.known_apart.iter().filter(|op| !shown.contains(&op.id())).cloned());
        }
        work.batch.put(Shelf::Notebook, id.as_bytes().to_vec(), encode(&row));
        if self.arriving.insert(id) {
            work.batch.put(Shelf::Own, key(&[ARRIVING, id.as_bytes()]), Vec::new());
        }
        match self.notebooks.get_mut(&id) {
            Some(held) => {
                // A member once: what is here stays, and the log goes on.
                for op in ops {
                    let _ = held.membership.insert(op);
                }
                held.row = row;
            }
            None => {
                // None, but where a notebook that could not be read begins again.
                let epochs = crate::notebook::kept_epochs(&id, &routing, archive);
                self.notebooks.insert(id, Notebook::new(self.me.device(), row, membership, epochs));
                self.routes.insert(routing, id);
                self.sessions.values_mut().for_each(|session| session.look_around(now));
            }
        }
        self.unattended.insert(id);
        self.keep_own(now, &id, &mut work);
        self.submit(work);
    }

    /// Answers the joinings that are complete: this device and the host agree, and the host knows who we are.
    pub(crate) fn joined_if_agreed(&mut self, now: Moment, peer: DeviceId) {
        let mut joined: Vec<(Asked, NotebookId, Role, Option<ShortWords>)> = Vec::new();
        let mut unknown: Vec<NotebookId> = Vec::new();
        for (asked, joining) in &self.joining {
            if !joining.admitted || joining.chosen.as_ref().is_some_and(|chosen| chosen.host != peer) {
                continue;
            }
            let id = joining.link.notebook();
            if self.arriving.contains(&id) {
                continue;
            }
            let Some(notebook) = self.notebooks.get(&id).filter(|notebook| notebook.sum.count > 0) else { continue };
            if !self.is_introduced(notebook) {
                unknown.push(id);
            } else if let Some(role) = my_role(&notebook.membership, &self.me.device()) {
                joined.push((*asked, id, role, joining.chosen.as_ref().map(|chosen| chosen.words)));
            }
        }
        for id in unknown {
            let mut work = Work::default();
            // Without a key to write under yet, it is said when there is one.
            let _ = self.introduce_myself(&id, &mut work);
            self.submit(work);
            if let Some(session) = self.sessions.get_mut(&peer) {
                session.compare_by(now.plus_millis(GATHER));
            }
        }
        for (asked, notebook, role, words) in joined {
            self.joining.remove(&asked);
            let mut work = Work::default();
            let outcome = Outcome::Joined { notebook, role, words, host: Some(peer) };
            Replica::answer(&mut work, asked, outcome);
            self.submit(work);
        }
    }
}
