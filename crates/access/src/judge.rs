//! Whether one operation is taken: from what it stands on alone, and once.

use hedgerow_model::{DeviceId, InvitationId, LogId, Moment, NotebookId, OpId, PersonId, Role, mutant};

use crate::{
    Action, LogKind, Op, OpRefusal, RecoveryPublic, Redemption, SignedOp, Subject, View,
    bits::Bits,
    circles::CircleView,
    dag::{Dag, Facts, Ground, Rank, Step},
    keys::{Context, verify},
    op::{consents, handover_message},
    persons::PersonView,
};

/// Everything needed to judge: the operation, its past, and all that is known.
pub(crate) struct Case<'a> {
    pub(crate) dag: &'a Dag,
    pub(crate) past: &'a Bits,
    pub(crate) signed: &'a SignedOp,
}

impl Case<'_> {
    fn op(&self) -> &Op {
        self.signed.op()
    }

    fn author(&self) -> PersonId {
        self.op().author.person
    }

    fn device(&self) -> DeviceId {
        self.op().author.device
    }

    /// The position of its log.
    fn log(&self) -> Result<usize, OpRefusal> {
        self.dag.log(&self.signed.log()).ok_or(OpRefusal::OtherLog)
    }

    /// What all operations have in common: the log's beginning below it, only such dependencies as its kind may have, and
    /// the number that is due.
    pub(crate) fn check_place(&self) -> Result<(), OpRefusal> {
        for dep in &self.op().deps {
            let Some(at) = self.dag.find(dep) else { return Err(OpRefusal::Missing(vec![*dep])) };
            let log = &self.dag.logs[self.dag.node(at).log];
            let fits = match self.signed.kind() {
                LogKind::Person => log.id == self.signed.log(),
                LogKind::Circle => log.id == self.signed.log() || log.kind == LogKind::Person,
                LogKind::Notebook => true,
            };
            if !fits {
                return Err(OpRefusal::OtherLog);
            }
        }
        if self.op().action.is_genesis() {
            return Ok(());
        }
        let log = self.log()?;
        if !self.past.has(self.dag.genesis(log)) {
            return Err(OpRefusal::OtherLog);
        }
        let due = self.dag.due(log, &self.author(), self.past);
        let found = self.op().seq;
        if found == due { Ok(()) } else { Err(OpRefusal::OutOfSequence { found, due }) }
    }

    /// The operations that added the author's device.
    fn device_grounds(&self, person: Option<&PersonView>) -> Result<Vec<usize>, OpRefusal> {
        let seat = person.and_then(|person| person.devices.get(&self.device()));
        let refused = OpRefusal::NotADeviceOf { device: self.device(), person: self.author() };
        seat.map(|seat| seat.grounds.clone()).ok_or(refused)
    }

    fn facts(&self, rank: Rank, grounds: Vec<Ground>, device_grounds: Vec<usize>) -> Facts {
        let step = self.dag.step(rank, (1, self.op().seq, self.signed.id()));
        Facts { rank, step, grounds, device_grounds, lowers: None, crown: None, reign: None }
    }

    /// An operation of a person's log; `person` is what the log comes to in its past, none for the first.
    pub(crate) fn judge_person(&self, person: Option<&PersonView>) -> Result<Facts, OpRefusal> {
        let Some(person) = person else {
            return Ok(self.facts(None, Vec::new(), Vec::new()));
        };
        if PersonId::from(self.signed.log()) != self.author() {
            return Err(OpRefusal::OtherLog);
        }
        let seat = person.devices.get(&self.device());
        let by_recovery = person.recovery.is_some_and(|recovery| self.device().as_bytes() == &recovery.signing);
        let mut facts = match seat {
            _ if by_recovery => Facts { crown: Some(person.crown), ..self.facts(None, Vec::new(), Vec::new()) },
            Some(seat) => {
                let ground = |op: &usize| Ground { op: *op, via: None, role: Role::Admin };
                self.facts(seat.rank, seat.grounds.iter().map(ground).collect(), Vec::new())
            }
            None => return Err(OpRefusal::NotADeviceOf { device: self.device(), person: self.author() }),
        };
        match &self.op().action {
            Action::AddDevice { device, .. } if person.devices.contains_key(device) || person.is_revoked(device) => {
                return Err(OpRefusal::NothingChanges);
            }
            Action::AddDevice { device, hpke, consent }
                if !consents(&self.signed.log(), device, hpke, consent) && !mutant("claim-any-device") =>
            {
                return Err(OpRefusal::Malformed("the new device did not agree to it"));
            }
            Action::RevokeDevice { device, .. } => {
                let target = person.devices.get(device).ok_or(OpRefusal::NothingChanges)?;
                let senior = self.dag.compare(facts.rank, target.rank).is_lt();
                if !senior && *device != self.device() {
                    return Err(OpRefusal::Outranked);
                }
            }
            Action::ReplaceRecovery { recovery } => {
                if !by_recovery {
                    return Err(OpRefusal::NoRecovery);
                }
                // One key kept would let whoever has the old one go on acting, or reading.
                let keeps = |old: RecoveryPublic| old.signing == recovery.signing || old.hpke == recovery.hpke;
                if person.recovery.is_some_and(keeps) && !mutant("replace-half-a-recovery") {
                    return Err(OpRefusal::NothingChanges);
                }
            }
            _ => {}
        }
        facts.reign = Some(person.crown);
        // A revoked device is taken back by nobody, so its place is never given again.
        facts.step = self.dag.step(facts.rank, (1, self.op().seq, self.signed.id()));
        Ok(facts)
    }

    /// An operation of a circle's log.
    pub(crate) fn judge_circle(
        &self,
        person: Option<&PersonView>,
        circle: Option<&CircleView>,
    ) -> Result<Facts, OpRefusal> {
        let device_grounds = self.device_grounds(person)?;
        let Some(circle) = circle else {
            return Ok(self.facts(None, Vec::new(), device_grounds));
        };
        let seat = circle.members.get(&self.author()).ok_or(OpRefusal::NotAMember { person: self.author() })?;
        let mut facts = self.facts(seat.rank, seat.grounds.clone(), device_grounds);
        let senior_to = |person: &PersonId| {
            let target = circle.members.get(person);
            target.is_none_or(|target| self.dag.compare(seat.rank, target.rank).is_lt())
        };
        let about = match &self.op().action {
            Action::SetCircle { person, .. } | Action::RemoveFromCircle { person, .. } => *person,
            _ => return Ok(facts),
        };
        let leaves = matches!(self.op().action, Action::RemoveFromCircle { .. }) && about == self.author();
        if about == circle.founder {
            return Err(OpRefusal::Founder);
        }
        if !leaves && !seat.admin {
            return Err(OpRefusal::NotAnAdmin { person: self.author() });
        }
        if !senior_to(&about) && about != self.author() {
            return Err(OpRefusal::Outranked);
        }
        let was = circle.members.get(&about).map(|seat| seat.admin);
        match &self.op().action {
            Action::SetCircle { admin, .. } if was == Some(*admin) => return Err(OpRefusal::NothingChanges),
            Action::SetCircle { admin, .. } => {
                self.check_log(&LogId::from(about))?;
                facts.lowers = (was == Some(true) && !admin).then_some(Role::Admin);
            }
            _ if was.is_none() => return Err(OpRefusal::NothingChanges),
            _ => {}
        }
        Ok(facts)
    }

    /// Whether a person's or circle's log is below it.
    fn check_log(&self, log: &LogId) -> Result<(), OpRefusal> {
        let known = self.dag.log(log).is_some_and(|log| self.past.has(self.dag.genesis(log)));
        if known { Ok(()) } else { Err(OpRefusal::UnknownSubject) }
    }

    /// The first operation of a notebook; `founder` is what their log comes to below it.
    pub(crate) fn judge_founding(&self, founder: Option<&PersonView>) -> Result<Facts, OpRefusal> {
        Ok(self.facts(None, Vec::new(), self.device_grounds(founder)?))
    }

    /// An operation of the notebook's log; `view` is what its past comes to.
    pub(crate) fn judge_notebook(&self, notebook: &NotebookId, view: &View) -> Result<Facts, OpRefusal> {
        let author = self.author();
        let device_grounds = self.device_grounds(view.persons.get(&author).map(|person| &**person))?;
        let role = view.role(&author).ok_or(OpRefusal::NotAMember { person: author })?;
        let is_founder = author == view.founder;
        let seat = view.seats.get(&Subject::Person(author));
        let mut facts = self.facts(seat.and_then(|seat| seat.rank), view.grounds(&author), device_grounds);
        let major = if is_founder { 1 + view.handovers } else { 1 };
        facts.step = self.dag.step(facts.rank, (major, self.op().seq, self.signed.id()));
        facts.crown = is_founder.then_some(view.crown);
        facts.reign = Some(view.crown);
        if crate::resolution::acts_as_admin(&self.op().action) && role != Role::Admin && !mutant("anybody-administers")
        {
            return Err(OpRefusal::NotAnAdmin { person: author });
        }
        match &self.op().action {
            Action::Set { subject, role, .. } => {
                let was = self.check_about(view, &facts, subject)?;
                self.check_log(&log_of(subject))?;
                if was == Some(*role) {
                    return Err(OpRefusal::NothingChanges);
                }
                facts.lowers = was.filter(|was| was > role);
            }
            Action::Remove { subject, .. } => {
                let was = self.check_about(view, &facts, subject)?;
                if *subject == Subject::Person(author) || was.is_none() && !is_about(view, subject) {
                    return Err(OpRefusal::NothingChanges);
                }
            }
            Action::Leave { .. } if is_founder => return Err(OpRefusal::Founder),
            Action::Revoke { invitation } => {
                self.invite(invitation)?;
            }
            Action::Settle { invitation, redemptions } => self.check_settle(invitation, redemptions)?,
            Action::Handover { to, recovery } => {
                self.check_handover(view, to, recovery)?;
                facts.step = self.dag.step(None, (0, view.handovers, self.signed.id()));
            }
            Action::Redeem(redemption) => facts.step = self.judge_redemption(notebook, view, redemption)?,
            _ => {}
        }
        Ok(facts)
    }

    /// Whether the author may change what `subject` has, and what that is.
    fn check_about(&self, view: &View, facts: &Facts, subject: &Subject) -> Result<Option<Role>, OpRefusal> {
        if *subject == Subject::Person(view.founder) && !mutant("founder-falls") {
            return Err(OpRefusal::Founder);
        }
        let Some(seat) = view.seats.get(subject) else { return Ok(None) };
        let senior = self.dag.compare(facts.rank, seat.rank).is_lt();
        if senior || *subject == Subject::Person(self.author()) || mutant("junior-removes-senior") {
            Ok(Some(seat.role))
        } else {
            Err(OpRefusal::Outranked)
        }
    }

    /// The operation that issued `invitation`, if it is below this one.
    fn invite(&self, invitation: &InvitationId) -> Result<usize, OpRefusal> {
        let at = self.dag.find(&OpId::from(*invitation)).filter(|at| self.past.has(*at));
        let invite = at.filter(|at| matches!(self.dag.node(*at).action(), Action::Invite { .. }));
        invite.ok_or(OpRefusal::UnknownInvitation(*invitation))
    }

    fn check_settle(&self, invitation: &InvitationId, redemptions: &[OpId]) -> Result<(), OpRefusal> {
        let invite = self.invite(invitation)?;
        let Action::Invite { uses, .. } = self.dag.node(invite).action() else { return Ok(()) };
        let of_this_link = |id: &OpId| {
            let at = self.dag.find(id).filter(|at| self.past.has(*at));
            at.is_some_and(|at| matches!(self.dag.node(at).action(), Action::Redeem(r) if r.invitation == *invitation))
        };
        if redemptions.len() > *uses as usize || !redemptions.iter().all(of_this_link) {
            return Err(OpRefusal::Malformed("it settles more than came by the link"));
        }
        Ok(())
    }

    fn check_handover(&self, view: &View, to: &PersonId, recovery: &crate::Signature) -> Result<(), OpRefusal> {
        if self.author() != view.founder && !mutant("anybody-hands-over") {
            return Err(OpRefusal::Founder);
        }
        if *to == view.founder {
            return Err(OpRefusal::NothingChanges);
        }
        view.role(to).ok_or(OpRefusal::NotAMember { person: *to })?;
        let key = view.persons.get(&self.author()).and_then(|person| person.recovery).ok_or(OpRefusal::NoRecovery)?;
        let message = handover_message(self.op(), to);
        let agreed = verify(&key.signing, Context::Recovery, &self.signed.log(), &message, recovery);
        if agreed || mutant("hand-over-unsigned") { Ok(()) } else { Err(OpRefusal::NoRecovery) }
    }

    /// The place that the redemption gives, if it is taken.
    fn judge_redemption(&self, notebook: &NotebookId, view: &View, asked: &Redemption) -> Result<Step, OpRefusal> {
        let invite = self.invite(&asked.invitation)?;
        let link = view.links.get(&OpId::from(asked.invitation));
        let closed = OpRefusal::InvitationClosed(asked.invitation);
        let link = link.filter(|link| link.closed.is_none() || mutant("accept-closed-link")).ok_or(closed.clone())?;
        let expired = mutant("expire-in-the-log") && link.expires < Moment::from_millis(1_000);
        if view.role(&link.by) != Some(Role::Admin) || expired {
            return Err(closed);
        }
        if asked.person == self.author() || view.role(&asked.person).is_some() {
            return Err(OpRefusal::AlreadyAMember { person: asked.person });
        }
        let others = link.counted.iter().filter(|person| **person != asked.person).count();
        if others >= link.uses as usize && !mutant("accept-used-up-link") {
            return Err(OpRefusal::InvitationUsedUp(asked.invitation));
        }
        let joiner = view.persons.get(&asked.person).ok_or(OpRefusal::UnknownSubject)?;
        let seat = joiner.devices.get(&asked.device);
        if seat.is_none_or(|seat| seat.hpke != asked.hpke) {
            return Err(OpRefusal::NotADeviceOf { device: asked.device, person: asked.person });
        }
        let knew = |id: &OpId| self.dag.find(id).is_some_and(|at| self.past.has(at));
        let fresh = !view
            .redeemed
            .iter()
            .any(|(op, earlier)| earlier.person == asked.person && self.joiner_nonce(op) == Some(asked.joiner_nonce));
        if !fresh || !asked.known.iter().all(knew) || !self.signed.joins(asked, notebook, &link.key) {
            return Err(OpRefusal::BadRedemption);
        }
        let invited = &self.dag.node(invite).facts;
        let (major, seq, _) = invited.step.key;
        Ok(self.dag.step(invited.rank, (major, seq, self.signed.id())))
    }

    fn joiner_nonce(&self, redemption: &OpId) -> Option<[u8; 32]> {
        match self.dag.node(self.dag.find(redemption)?).action() {
            Action::Redeem(redemption) => Some(redemption.joiner_nonce),
            _ => None,
        }
    }
}

/// Whether there is anything to take from somebody without a role of their own: a circle's, or a redemption in question.
fn is_about(view: &View, subject: &Subject) -> bool {
    match subject {
        Subject::Person(person) => {
            view.role(person).is_some() || view.redeemed.values().any(|redeemed| redeemed.person == *person)
        }
        Subject::Circle(_) => false,
    }
}

fn log_of(subject: &Subject) -> LogId {
    match subject {
        Subject::Person(person) => LogId::from(*person),
        Subject::Circle(circle) => LogId::from(*circle),
    }
}
