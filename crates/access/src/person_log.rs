//! A person's log of devices by itself, in no notebook: what a device keeps of its own person.

use std::collections::BTreeSet;

use hedgerow_model::{DeviceId, LogId, OpId, PersonId};

use crate::{
    Action, HpkePublic, Inserted, LogKind, Membership, Op, OpRefusal, Pins, RecoveryKeys, SignedOp, Signer,
    bits::Bits,
    dag::Dag,
    judge::Case,
    op::Author,
    persons::{self, PersonView},
};

/// The operations of one person's log. A log comes to the same wherever it is known: what is made here is taken in every
/// notebook that knows what it stands on.
pub struct PersonLog {
    person: PersonId,
    dag: Dag,
    /// What it comes to.
    now: PersonView,
}

impl PersonLog {
    /// The log that a heap of operations makes of `person`; what does not fit is left out. `None` when the first is missing.
    #[must_use]
    pub fn gather(person: PersonId, ops: impl IntoIterator<Item = SignedOp>) -> Option<PersonLog> {
        let mut left: Vec<SignedOp> = ops.into_iter().filter(|op| op.log() == LogId::from(person)).collect();
        let first = left.iter().find(|op| op.op().action.is_genesis())?.clone();
        let mut log = PersonLog { person, dag: Dag::default(), now: PersonView::default() };
        log.take(first).ok()?;
        let mut before = usize::MAX;
        while left.len() < before {
            before = left.len();
            left.retain(|op| log.take(op.clone()).is_err_and(|refusal| refusal.waits()));
        }
        log.resolve();
        Some(log)
    }

    /// Takes an operation in, in any order that is causal.
    ///
    /// # Errors
    /// As for [`Membership::insert`].
    pub fn insert(&mut self, op: SignedOp) -> Result<Inserted, OpRefusal> {
        let inserted = self.take(op)?;
        self.resolve();
        Ok(inserted)
    }

    fn take(&mut self, op: SignedOp) -> Result<Inserted, OpRefusal> {
        if op.kind() != LogKind::Person || op.log() != LogId::from(self.person) {
            return Err(OpRefusal::OtherLog);
        }
        if self.dag.find(&op.id()).is_some() {
            return Ok(Inserted::Known);
        }
        if self.dag.len() >= Membership::MOST || self.dag.bytes() + op.bytes().len() > Membership::MOST_BYTES {
            return Err(OpRefusal::Full);
        }
        let past = self.dag.closure(&op.op().deps)?;
        let case = Case { dag: &self.dag, past: &past, signed: &op };
        case.check_place()?;
        let facts = case.judge_person(self.at(&past).as_ref())?;
        self.dag.add(op, past, facts);
        Ok(Inserted::New)
    }

    fn resolve(&mut self) {
        if let Some(log) = self.dag.log(&LogId::from(self.person)) {
            self.now = persons::resolve(&self.dag, log, &self.dag.logs[log].all);
        }
    }

    fn at(&self, past: &Bits) -> Option<PersonView> {
        let log = self.dag.log(&LogId::from(self.person)).filter(|log| past.has(self.dag.genesis(*log)))?;
        Some(persons::resolve(&self.dag, log, past))
    }

    /// Whether the operation is here.
    #[must_use]
    pub fn contains(&self, op: &OpId) -> bool {
        self.dag.find(op).is_some()
    }

    /// All operations, each after those that it stands on.
    pub fn ops(&self) -> impl Iterator<Item = &SignedOp> {
        self.dag.nodes().map(|node| &node.signed)
    }

    /// Those that no other stands on.
    #[must_use]
    pub fn heads(&self) -> Pins {
        let covered: BTreeSet<OpId> = self.ops().flat_map(|op| op.op().deps.iter().copied()).collect();
        Pins::new(self.ops().map(SignedOp::id).filter(|id| !covered.contains(id)))
    }

    /// The last operations of a device here: those of its own that no other of its own stands on.
    #[must_use]
    pub fn last_of(&self, device: &DeviceId) -> Vec<OpId> {
        self.dag.last_of(device, |_| true)
    }

    /// The person's devices, each with the key to seal to, in order of id.
    #[must_use]
    pub fn devices(&self) -> Vec<(DeviceId, HpkePublic)> {
        self.now.devices.iter().map(|(device, seat)| (*device, seat.hpke)).collect()
    }

    /// Whether the device is the person's now.
    #[must_use]
    pub fn has(&self, device: &DeviceId) -> bool {
        self.now.devices.contains_key(device)
    }

    /// Makes an operation on all that is known here. It is not taken in yet.
    ///
    /// # Errors
    /// Why nobody would take it.
    pub fn propose(&self, signer: &Signer<'_>, action: Action) -> Result<SignedOp, OpRefusal> {
        self.judged(SignedOp::sign(self.draft(signer.keys.device(), action), signer.keys)?)
    }

    /// The same with the person's recovery key.
    ///
    /// # Errors
    /// Why nobody would take it.
    pub fn propose_recovery(&self, recovery: &RecoveryKeys, action: Action) -> Result<SignedOp, OpRefusal> {
        let key = DeviceId::from_bytes(recovery.public().signing);
        self.judged(SignedOp::sign_with_recovery(self.draft(key, action), recovery)?)
    }

    fn draft(&self, device: DeviceId, action: Action) -> Op {
        let log = LogId::from(self.person);
        let deps: Vec<OpId> = self.heads().ids().iter().copied().take(Op::MOST_DEPS).collect();
        let past = self.dag.closure(&deps).unwrap_or_default(); // they are heads of what is here
        let seq = self.dag.log(&log).map_or(1, |at| self.dag.due(at, &self.person, &past));
        Op { log, author: Author { person: self.person, device }, seq, deps, action }
    }

    fn judged(&self, op: SignedOp) -> Result<SignedOp, OpRefusal> {
        let past = self.dag.closure(&op.op().deps)?;
        let case = Case { dag: &self.dag, past: &past, signed: &op };
        case.check_place()?;
        case.judge_person(self.at(&past).as_ref())?;
        Ok(op)
    }
}
