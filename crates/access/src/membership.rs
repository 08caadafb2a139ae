//! The membership of one notebook: all operations that bear on it, and what they come to.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hedgerow_model::{CircleId, DeviceId, LogId, NotebookId, OpId, PersonId, Role, RoutingId};

use crate::{
    Action, LogKind, OpRefusal, Pins, SignedOp, View,
    bits::Bits,
    circles,
    dag::{Dag, Facts},
    judge::Case,
    persons::{self, PersonView},
    resolution,
};

/// Whether an operation was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It is taken now.
    New,
    /// It was here already.
    Known,
}

/// All operations that bear on one notebook: its own log's and those of persons and circles. What they come to is the same
/// in whatever order they arrived.
pub struct Membership {
    notebook: NotebookId,
    routing: RoutingId,
    pub(crate) dag: Dag,
    /// The position of the notebook's log.
    pub(crate) log: usize,
    answers: Mutex<Answers>,
}

/// Answers that were worked out already.
#[derive(Clone, Default)]
struct Answers {
    /// Over all that counts; none when it has to be worked out again.
    now: Option<Arc<View>>,
    by_pins: BTreeMap<Pins, (u64, Arc<View>)>,
    asked: u64,
}

impl Answers {
    /// How many answers are remembered, besides the present one.
    const MOST: usize = 256;

    fn recall(&mut self, pins: &Pins) -> Option<Arc<View>> {
        self.asked += 1;
        let (asked, view) = self.by_pins.get_mut(pins)?;
        *asked = self.asked;
        Some(Arc::clone(view))
    }

    fn remember(&mut self, pins: Pins, view: &Arc<View>) {
        if self.by_pins.len() >= Self::MOST {
            let mut ages: Vec<u64> = self.by_pins.values().map(|(asked, _)| *asked).collect();
            ages.sort_unstable();
            let old = ages[ages.len() / 2];
            self.by_pins.retain(|_, (asked, _)| *asked > old);
        }
        self.by_pins.insert(pins, (self.asked, Arc::clone(view)));
    }
}

impl Clone for Membership {
    fn clone(&self) -> Membership {
        Membership {
            notebook: self.notebook,
            routing: self.routing,
            dag: self.dag.clone(),
            log: self.log,
            answers: Mutex::new(self.answers().clone()),
        }
    }
}

impl std::fmt::Debug for Membership {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Membership({:?}, {} operations)", self.notebook, self.dag.len())
    }
}

impl Membership {
    /// The most operations that one notebook's membership holds, persons' and circles' included. The second half of the
    /// room is for admins, so that whoever fills the first can be removed.
    pub const MOST: usize = 16_384;

    /// The most bytes of operations that it holds; the second half is for admins here too.
    pub const MOST_BYTES: usize = 128 << 20;

    /// Begins with a notebook's first operation and, in causal order, the founder's log as far as it stands on it.
    ///
    /// # Errors
    /// When `genesis` begins no notebook, or one of the operations is not taken.
    pub fn found(genesis: SignedOp, founder: Vec<SignedOp>) -> Result<Membership, OpRefusal> {
        let Action::FoundNotebook { routing, .. } = genesis.op().action else {
            return Err(OpRefusal::Malformed("it begins no notebook"));
        };
        let notebook = NotebookId::from(genesis.log());
        let answers = Mutex::new(Answers::default());
        let mut membership = Membership { notebook, routing, dag: Dag::default(), log: usize::MAX, answers };
        for op in founder {
            membership.insert(op)?;
        }
        membership.insert(genesis)?;
        Ok(membership)
    }

    /// The notebook.
    #[must_use]
    pub fn notebook(&self) -> NotebookId {
        self.notebook
    }

    /// By what its records are routed.
    #[must_use]
    pub fn routing(&self) -> RoutingId {
        self.routing
    }

    /// Takes an operation in, in any order that is causal.
    ///
    /// # Errors
    /// [`OpRefusal::Missing`] when it stands on what is not here: keep it and try again. All others are for ever.
    pub fn insert(&mut self, op: SignedOp) -> Result<Inserted, OpRefusal> {
        if self.contains(&op.id()) {
            return Ok(Inserted::Known);
        }
        if op.kind() == LogKind::Notebook && op.log() != LogId::from(self.notebook) {
            return Err(OpRefusal::OtherLog);
        }
        let past = self.dag.closure(&op.op().deps)?;
        let base = self.base(&op, &past)?;
        let by_admin = base.as_deref().and_then(|view| view.role(&op.op().author.person)) == Some(Role::Admin);
        self.check_room(&op, by_admin)?;
        let facts = self.judge(&op, &past, base.as_deref())?;
        let (kind, log) = (op.kind(), op.log());
        let is_first = op.op().action.is_genesis();
        let at = self.dag.add(op, past, facts);
        match kind {
            LogKind::Notebook if is_first => self.log = self.dag.node(at).log,
            LogKind::Notebook => self.follow_notebook(at, base),
            LogKind::Person => self.follow_person(at, &log),
            LogKind::Circle => self.follow_circle(&log),
        }
        Ok(Inserted::New)
    }

    fn check_room(&self, op: &SignedOp, by_admin: bool) -> Result<(), OpRefusal> {
        let share = if by_admin { 1 } else { 2 };
        let bytes = self.dag.bytes().saturating_add(op.bytes().len());
        let fits = self.dag.len() < Self::MOST / share && bytes <= Self::MOST_BYTES / share;
        if fits { Ok(()) } else { Err(OpRefusal::Full) }
    }

    /// Judges `op` on its past; `base` is what that comes to, for an operation of the notebook.
    pub(crate) fn judge(&self, op: &SignedOp, past: &Bits, base: Option<&View>) -> Result<Facts, OpRefusal> {
        let case = Case { dag: &self.dag, past, signed: op };
        case.check_place()?;
        let person = |id: PersonId| {
            let log = self.dag.log(&LogId::from(id)).filter(|log| past.has(self.dag.genesis(*log)))?;
            Some(persons::resolve(&self.dag, log, past))
        };
        let author = op.op().author.person;
        match op.kind() {
            LogKind::Person if op.op().action.is_genesis() => case.judge_person(None),
            LogKind::Person => case.judge_person(person(PersonId::from(op.log())).as_ref()),
            LogKind::Circle => {
                let circle = self.dag.log(&op.log()).map(|log| {
                    let persons = self.persons_in(past);
                    circles::resolve(&self.dag, log, past, &persons)
                });
                case.judge_circle(person(author).as_ref(), circle.as_ref())
            }
            LogKind::Notebook => match base {
                Some(view) => case.judge_notebook(&self.notebook, view),
                None => case.judge_founding(person(author).as_ref()),
            },
        }
    }

    fn persons_in(&self, past: &Bits) -> BTreeMap<PersonId, Arc<PersonView>> {
        let logs = (0..self.dag.logs.len())
            .filter(|log| self.dag.logs[*log].kind == LogKind::Person && self.dag.logs[*log].all.meets(past));
        logs.map(|log| {
            let person = PersonId::from(self.dag.logs[log].id);
            (person, Arc::new(persons::resolve(&self.dag, log, past)))
        })
        .collect()
    }

    /// What `past` comes to, for an operation of the notebook that is not its first.
    pub(crate) fn base(&self, op: &SignedOp, past: &Bits) -> Result<Option<Arc<View>>, OpRefusal> {
        if op.kind() != LogKind::Notebook || op.op().action.is_genesis() {
            return Ok(None);
        }
        if !past.has(self.dag.genesis(self.log)) {
            return Err(OpRefusal::OtherLog);
        }
        let known = self.dag.known();
        if !past.covers(known) {
            return Ok(Some(self.resolved(Pins::new(op.op().deps.iter().copied()), past)));
        }
        let mut now = self.now();
        let newly = past.without(known);
        if newly.iter().next().is_some() {
            let view = Arc::make_mut(&mut now);
            self.bring(view, &newly, past);
        }
        Ok(Some(now))
    }

    /// Takes logs of persons and circles into an answer in which they were not.
    fn bring(&self, view: &mut View, newly: &Bits, within: &Bits) {
        let logs = || (0..self.dag.logs.len()).filter(|log| self.dag.logs[*log].all.meets(newly));
        for log in logs().filter(|log| self.dag.logs[*log].kind == LogKind::Person) {
            view.bring_person(&self.dag, log, within);
        }
        for log in logs().filter(|log| self.dag.logs[*log].kind == LogKind::Circle) {
            let circle = circles::resolve(&self.dag, log, within, &view.persons);
            view.circles.insert(CircleId::from(self.dag.logs[log].id), Arc::new(circle));
        }
    }

    /// Works the answer on from the one below an operation, where that is enough: the present one, or, for an operation
    /// that not all stand below, the one that the next on the same branch will ask for.
    fn follow_notebook(&mut self, at: usize, base: Option<Arc<View>>) {
        let node = self.dag.node(at);
        let mut all = node.past.clone();
        all.set(at);
        let is_now = all == *self.dag.known();
        let answers = self.answers.get_mut().unwrap_or_else(PoisonError::into_inner);
        let had = answers.now.take();
        let Some(mut view) = base else { return };
        let logs = |view: &View| (view.persons.len(), view.circles.len());
        let newcomers = had.is_none_or(|had| logs(&had) != logs(&view));
        let troubled_circle = || !view.circles.values().all(|circle| circle.is_untroubled());
        if newcomers && (!view.persons.values().all(|person| person.is_untroubled()) || troubled_circle()) {
            return;
        }
        if Arc::make_mut(&mut view).extend(&self.dag, at) {
            if is_now {
                answers.now = Some(view);
            } else {
                answers.remember(Pins::new([node.id]), &view);
            }
        }
    }

    /// A new device changes nothing else where nothing of its person's was ever in question, or else by being added it may
    /// tip a balance; everything else in a person's log might.
    fn follow_person(&mut self, at: usize, log: &LogId) {
        let person = PersonId::from(*log);
        let Some(log) = self.dag.log(log).filter(|log| self.dag.logs[*log].linked) else { return };
        let known = self.dag.known();
        let on_top = self.dag.logs[log].all.without(&self.dag.node(at).past).iter().eq([at]);
        let adds = matches!(self.dag.node(at).action(), Action::AddDevice { .. });
        let answers = self.answers.get_mut().unwrap_or_else(PoisonError::into_inner);
        match &mut answers.now {
            Some(now) if on_top && adds && now.persons.get(&person).is_some_and(|now| now.is_untroubled()) => {
                Arc::make_mut(now).bring_person(&self.dag, log, known)
            }
            now => *now = None,
        }
    }

    fn follow_circle(&mut self, log: &LogId) {
        if self.dag.log(log).is_some_and(|log| self.dag.logs[log].linked) {
            self.answers.get_mut().unwrap_or_else(PoisonError::into_inner).now = None;
        }
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `within`, the closure of `pins`, comes to.
    fn resolved(&self, pins: Pins, within: &Bits) -> Arc<View> {
        if let Some(view) = self.answers().recall(&pins) {
            return view;
        }
        let view = Arc::new(resolution::resolve(&self.dag, self.log, within));
        self.answers().remember(pins, &view);
        view
    }

    /// Whether the operation is here.
    #[must_use]
    pub fn contains(&self, op: &OpId) -> bool {
        self.dag.find(op).is_some()
    }

    /// One operation.
    #[must_use]
    pub fn op(&self, op: &OpId) -> Option<&SignedOp> {
        self.dag.find(op).map(|at| &self.dag.node(at).signed)
    }

    /// All operations, each after those that it stands on.
    pub fn ops(&self) -> impl Iterator<Item = &SignedOp> {
        self.dag.nodes().map(|node| &node.signed)
    }

    /// How many operations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.dag.len()
    }

    /// Never: a notebook has its first operation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.dag.len() == 0
    }

    /// The heads of all that counts: the notebook's log, and the persons and circles that it stands on. Should there be
    /// more than pins hold, the notebook's own come first.
    #[must_use]
    pub fn heads(&self) -> Pins {
        Pins::new(self.heads_first().into_iter().take(Pins::MOST))
    }

    /// The heads, the notebook's own first, then by id.
    pub(crate) fn heads_first(&self) -> Vec<OpId> {
        let mut heads: Vec<(bool, OpId)> = self
            .dag
            .heads()
            .iter()
            .map(|at| {
                let node = self.dag.node(at);
                (node.log != self.log, node.id)
            })
            .collect();
        heads.sort_unstable();
        heads.into_iter().map(|(_, id)| id).collect()
    }

    /// Whether all of `pins` are here.
    #[must_use]
    pub fn knows(&self, pins: &Pins) -> bool {
        pins.ids().iter().all(|id| self.contains(id))
    }

    /// Whether who knew `a` knew all of `b`. `false` when either is not known here.
    #[must_use]
    pub fn covers(&self, a: &Pins, b: &Pins) -> bool {
        match (self.dag.closure(a.ids()), self.dag.closure(b.ids())) {
            (Ok(a), Ok(b)) => a.covers(&b),
            _ => false,
        }
    }

    /// Whether who knew `pins` knew `op`.
    #[must_use]
    pub fn reaches(&self, pins: &Pins, op: &OpId) -> bool {
        let Some(op) = self.dag.find(op) else { return false };
        self.dag.closure(pins.ids()).is_ok_and(|closure| closure.has(op))
    }

    /// `op` and all that it stands on, each after those that it stands on itself.
    #[must_use]
    pub fn past(&self, op: &OpId) -> Vec<OpId> {
        let closure = self.dag.closure(&[*op]).unwrap_or_default();
        closure.iter().map(|at| self.dag.node(at).id).collect()
    }

    /// The last operations of a device in the notebook's log and in those of circles: what a revocation names to keep what
    /// the device did there.
    #[must_use]
    pub fn last_of(&self, device: &DeviceId) -> Vec<OpId> {
        self.dag.last_of(device, |log| log.kind != LogKind::Person)
    }

    /// A person's own log, in causal order: what a joiner brings, and what a device is told of its person.
    #[must_use]
    pub fn person_ops(&self, person: &PersonId) -> Vec<&SignedOp> {
        let log = self.dag.log(&LogId::from(*person));
        let all = log.map(|log| self.dag.logs[log].all.iter()).into_iter().flatten();
        all.map(|at| &self.dag.node(at).signed).collect()
    }

    /// What everything known comes to.
    #[must_use]
    pub fn now(&self) -> Arc<View> {
        if let Some(now) = &self.answers().now {
            return Arc::clone(now);
        }
        let view = Arc::new(resolution::resolve(&self.dag, self.log, self.dag.known()));
        self.answers().now = Some(Arc::clone(&view));
        view
    }

    /// What those came to who knew `pins`; `None` when not all of them are here, or the notebook is not among them.
    #[must_use]
    pub fn at(&self, pins: &Pins) -> Option<Arc<View>> {
        let closure = self.dag.closure(pins.ids()).ok()?;
        if !closure.has(self.dag.genesis(self.log)) {
            return None;
        }
        if closure == *self.dag.known() {
            return Some(self.now());
        }
        Some(self.resolved(pins.clone(), &closure))
    }

    /// Forgets every answer, so that the next is worked out from the beginning.
    #[cfg(test)]
    pub(crate) fn forget(&mut self) {
        self.answers = Mutex::default();
    }
}
