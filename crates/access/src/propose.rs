//! Making operations: each is judged here as everybody will judge it.

use hedgerow_model::{DeviceId, LogId, OpId, PersonId, mutant};

use crate::{
    Action, Author, DeviceKeys, Membership, Op, OpRefusal, RecoveryKeys, Signature, SignedOp, Subject, keys::Context,
    op::handover_message,
};

/// In whose name an operation is made, and with which keys.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The device's.
    pub keys: &'a DeviceKeys,
    /// The person whose device it is.
    pub person: PersonId,
}

impl Membership {
    /// Makes an operation on all that is known: of the notebook's log, or of the signer's own. It is not taken in yet.
    ///
    /// # Errors
    /// Why nobody would take it.
    pub fn propose(&self, signer: &Signer<'_>, action: Action) -> Result<SignedOp, OpRefusal> {
        let own = matches!(Action::log_kind(action.kind()), Some(crate::LogKind::Person));
        let log = if own { LogId::from(signer.person) } else { LogId::from(self.notebook()) };
        self.propose_in(signer, &log, action)
    }

    /// Makes an operation of the log `log`, such as a circle's. It is not taken in yet.
    ///
    /// # Errors
    /// Why nobody would take it.
    pub fn propose_in(&self, signer: &Signer<'_>, log: &LogId, action: Action) -> Result<SignedOp, OpRefusal> {
        let op = self.draft(log, signer.person, signer.keys.device(), action)?;
        self.judged(SignedOp::sign(op, signer.keys)?)
    }

    /// Makes the founder's handover to `to`, with the founder's recovery key. It is not taken in yet.
    ///
    /// # Errors
    /// Why nobody would take it.
    pub fn propose_handover(
        &self,
        signer: &Signer<'_>,
        to: PersonId,
        recovery: &RecoveryKeys,
    ) -> Result<SignedOp, OpRefusal> {
        let log = LogId::from(self.notebook());
        let unsigned = Action::Handover { to, recovery: Signature::from_bytes([0; 64]) };
        let mut op = self.draft(&log, signer.person, signer.keys.device(), unsigned)?;
        let agreed = recovery.sign(Context::Recovery, &log, &handover_message(&op, &to));
        op.action = Action::Handover { to, recovery: agreed };
        self.judged(SignedOp::sign(op, signer.keys)?)
    }

    /// Makes an operation of `person`'s log with their recovery key. It is not taken in yet.
    ///
    /// # Errors
    /// Why nobody would take it.
    pub fn propose_recovery(
        &self,
        person: PersonId,
        recovery: &RecoveryKeys,
        action: Action,
    ) -> Result<SignedOp, OpRefusal> {
        let key = DeviceId::from_bytes(recovery.public().signing);
        let op = self.draft(&LogId::from(person), person, key, action)?;
        self.judged(SignedOp::sign_with_recovery(op, recovery)?)
    }

    /// The operation as it would stand on all that bears on it.
    pub(crate) fn draft(
        &self,
        log: &LogId,
        person: PersonId,
        device: DeviceId,
        action: Action,
    ) -> Result<Op, OpRefusal> {
        let at = self.dag.log(log).ok_or(OpRefusal::UnknownSubject)?;
        let mut deps: Vec<OpId> = Vec::new();
        if at == self.log {
            for log in bearing(&action) {
                deps.extend(self.log_heads(&log));
            }
            // However many others added devices meanwhile: nobody takes it who does not see that this device is one.
            let heads = self.heads_first();
            deps.extend(
                self.log_heads(&LogId::from(person))
                    .into_iter()
                    .filter(|op| heads.contains(op) && !mutant("stand-on-others-first")),
            );
            deps.extend(heads);
        } else {
            deps.extend(self.log_heads(log));
            if let Action::SetCircle { person: subject, .. } = &action {
                deps.extend(self.log_heads(&LogId::from(*subject)));
            }
            if LogId::from(person) != *log {
                deps.extend(self.log_heads(&LogId::from(person)));
            }
        }
        // Should there be more than fit, what bears on the action and the notebook's own come first.
        let mut seen = std::collections::BTreeSet::new();
        deps.retain(|dep| seen.insert(*dep));
        deps.truncate(Op::MOST_DEPS);
        deps.sort_unstable();
        self.draft_on(deps, log, person, device, action)
    }

    /// The operation as it would stand on `deps`.
    pub(crate) fn draft_on(
        &self,
        deps: Vec<OpId>,
        log: &LogId,
        person: PersonId,
        device: DeviceId,
        action: Action,
    ) -> Result<Op, OpRefusal> {
        let at = self.dag.log(log).ok_or(OpRefusal::UnknownSubject)?;
        let past = self.dag.closure(&deps)?;
        let seq = self.dag.due(at, &person, &past);
        Ok(Op { log: *log, author: Author { person, device }, seq, deps, action })
    }

    /// The heads of one log.
    fn log_heads(&self, log: &LogId) -> Vec<OpId> {
        let Some(log) = self.dag.log(log) else { return Vec::new() };
        let all = &self.dag.logs[log].all;
        let mut covered = crate::bits::Bits::default();
        for op in all.iter() {
            covered.add(&self.dag.node(op).past);
        }
        all.without(&covered).iter().map(|op| self.dag.node(op).id).collect()
    }

    fn judged(&self, op: SignedOp) -> Result<SignedOp, OpRefusal> {
        let past = self.dag.closure(&op.op().deps)?;
        let base = self.base(&op, &past)?;
        self.judge(&op, &past, base.as_deref())?;
        Ok(op)
    }
}

/// The logs that an action needs below it.
fn bearing(action: &Action) -> Vec<LogId> {
    match action {
        Action::Set { subject: Subject::Person(person), .. } | Action::Handover { to: person, .. } => {
            vec![LogId::from(*person)]
        }
        Action::Set { subject: Subject::Circle(circle), .. } => vec![LogId::from(*circle)],
        Action::Redeem(redemption) => vec![LogId::from(redemption.person)],
        _ => Vec::new(),
    }
}
