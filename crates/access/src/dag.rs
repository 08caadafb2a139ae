//! All operations that are known, by what they stand on.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use hedgerow_model::{DeviceId, LogId, OpId, PersonId, Role};

use crate::{Action, LogKind, OpRefusal, SignedOp, bits::Bits};

/// Somebody's place by seniority: the operation that gave it, or nothing for the most senior place of all.
pub(crate) type Rank = Option<usize>;

/// One step of a path of seniority: the first number, the giver's sequence, the hash.
pub(crate) type StepKey = (u64, u64, OpId);

/// The place that an operation gives: one step below `parent`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) parent: Rank,
    pub(crate) key: StepKey,
    /// How many steps lie above.
    pub(crate) depth: u32,
}

/// A grant on which somebody's role rested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ground {
    /// The operation that gave the role, to the person or to a circle of theirs.
    pub(crate) op: usize,
    /// The operation that put them into that circle.
    pub(crate) via: Option<usize>,
    pub(crate) role: Role,
}

/// What was found out about an operation when it was taken: a function of its causal past alone.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// The author's place.
    pub(crate) rank: Rank,
    /// The place it gives to whom it lets in.
    pub(crate) step: Step,
    /// What the author's role rested on; in a person's log, the adding of the device.
    pub(crate) grounds: Vec<Ground>,
    /// The adding of the author's device; empty in a person's log and for a recovery key.
    pub(crate) device_grounds: Vec<usize>,
    /// For a set that lowers a role: which it was.
    pub(crate) lowers: Option<Role>,
    /// For what only a founder or a recovery key may do, and all else they did: the operation that made them so.
    pub(crate) crown: Option<usize>,
    /// The founding, handover or replacement of a recovery that stood last at its past: what it builds on, and with that on
    /// those before. None in circles, and for what begins a log.
    pub(crate) reign: Option<usize>,
}

/// One operation in its place.
pub(crate) struct Node {
    pub(crate) signed: SignedOp,
    pub(crate) id: OpId,
    /// Which of the logs.
    pub(crate) log: usize,
    /// All that it stands on, itself not included.
    pub(crate) past: Bits,
    /// The longest way down to a first operation.
    pub(crate) depth: u32,
    pub(crate) facts: Facts,
}

impl Node {
    pub(crate) fn action(&self) -> &Action {
        &self.signed.op().action
    }

    pub(crate) fn person(&self) -> PersonId {
        self.signed.op().author.person
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.signed.op().author.device
    }

    pub(crate) fn seq(&self) -> u64 {
        self.signed.op().seq
    }
}

/// One log's operations.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub(crate) id: LogId,
    pub(crate) kind: LogKind,
    pub(crate) all: Bits,
    /// By author: their operations here.
    by: BTreeMap<PersonId, Vec<usize>>,
    /// Whether a notebook operation stands on it; only such logs count.
    pub(crate) linked: bool,
}

/// All operations that are known. Positions are in order of arrival, hence causal; they never decide anything.
#[derive(Clone, Default)]
pub(crate) struct Dag {
    nodes: Vec<Arc<Node>>,
    /// For each: those of the same log that neither stand on it nor it on them.
    concurrent: Vec<Bits>,
    index: BTreeMap<OpId, usize>,
    pub(crate) logs: Vec<Log>,
    log_index: BTreeMap<LogId, usize>,
    /// All of the logs that are linked.
    known: Bits,
    /// Those known that nothing known stands on.
    heads: Bits,
    /// Of all operations together.
    bytes: usize,
}

impl Dag {
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn node(&self, at: usize) -> &Node {
        &self.nodes[at]
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().map(|node| &**node)
    }

    pub(crate) fn find(&self, id: &OpId) -> Option<usize> {
        self.index.get(id).copied()
    }

    pub(crate) fn log(&self, id: &LogId) -> Option<usize> {
        self.log_index.get(id).copied()
    }

    /// The first operation of a log.
    pub(crate) fn genesis(&self, log: usize) -> usize {
        self.logs[log].all.iter().next().unwrap_or_default() // a log begins with its first operation
    }

    pub(crate) fn known(&self) -> &Bits {
        &self.known
    }

    pub(crate) fn heads(&self) -> &Bits {
        &self.heads
    }

    /// `ids` and all that they stand on.
    ///
    /// # Errors
    /// With those that are not here.
    pub(crate) fn closure(&self, ids: &[OpId]) -> Result<Bits, OpRefusal> {
        let mut closure = Bits::default();
        let mut missing = Vec::new();
        for id in ids {
            match self.find(id) {
                Some(at) => {
                    closure.add(&self.nodes[at].past);
                    closure.set(at);
                }
                None => missing.push(*id),
            }
        }
        if missing.is_empty() { Ok(closure) } else { Err(OpRefusal::Missing(missing)) }
    }

    /// In each of the logs that are `wanted`, the operations of a device on which no other of its own stands there. What
    /// begins a log is not among them: it never falls.
    pub(crate) fn last_of(&self, device: &DeviceId, wanted: impl Fn(&Log) -> bool) -> Vec<OpId> {
        let mut last = Vec::new();
        for log in self.logs.iter().filter(|log| wanted(log)) {
            let own: Vec<usize> = log.all.iter().filter(|at| self.node(*at).device() == *device).collect();
            let mut covered = Bits::default();
            own.iter().for_each(|at| covered.add(&self.node(*at).past));
            let heads = own.into_iter().filter(|at| !covered.has(*at) && !self.node(*at).action().is_genesis());
            last.extend(heads.map(|at| self.node(at).id));
        }
        last
    }

    /// Of the same log, in `within`, and neither standing on the other.
    pub(crate) fn beside(&self, at: usize, within: &Bits) -> Bits {
        self.concurrent[at].and(within)
    }

    pub(crate) fn are_concurrent(&self, a: usize, b: usize) -> bool {
        self.concurrent[a].has(b)
    }

    /// Whether `later` stands on `earlier`.
    pub(crate) fn stands_on(&self, later: usize, earlier: usize) -> bool {
        self.nodes[later].past.has(earlier)
    }

    /// In causal order that is the same for everybody.
    pub(crate) fn ordered(&self, ops: &Bits) -> Vec<usize> {
        let mut order: Vec<usize> = ops.iter().collect();
        order.sort_by_key(|at| (self.nodes[*at].depth, self.nodes[*at].id));
        order
    }

    /// The number that follows all of `person`'s operations of `log` in `past`.
    pub(crate) fn due(&self, log: usize, person: &PersonId, past: &Bits) -> u64 {
        let own = self.logs[log].by.get(person).map(Vec::as_slice).unwrap_or_default();
        let last = own.iter().filter(|at| past.has(**at)).map(|at| self.nodes[*at].seq()).max();
        last.unwrap_or(0).saturating_add(1)
    }

    pub(crate) fn step(&self, parent: Rank, key: StepKey) -> Step {
        let depth = parent.map_or(0, |above| self.nodes[above].facts.step.depth + 1);
        Step { parent, key, depth }
    }

    /// By seniority: less is more senior.
    pub(crate) fn compare(&self, a: Rank, b: Rank) -> Ordering {
        let (Some(mut x), Some(mut y)) = (a, b) else { return a.is_some().cmp(&b.is_some()) };
        if x == y {
            return Ordering::Equal;
        }
        let step = |at: usize| self.nodes[at].facts.step;
        // Up to the same height; a beginning of a path comes before the path.
        let by_length = step(x).depth.cmp(&step(y).depth);
        while step(x).depth > step(y).depth {
            let Some(above) = step(x).parent else { break };
            x = above;
        }
        while step(y).depth > step(x).depth {
            let Some(above) = step(y).parent else { break };
            y = above;
        }
        if x == y {
            return by_length;
        }
        while step(x).parent != step(y).parent {
            let (Some(above_x), Some(above_y)) = (step(x).parent, step(y).parent) else { break };
            (x, y) = (above_x, above_y);
        }
        step(x).key.cmp(&step(y).key)
    }

    /// For sorting what is done by authors: senior first, then by their own count, then by hash.
    pub(crate) fn compare_ops(&self, a: usize, b: usize) -> Ordering {
        let (x, y) = (self.node(a), self.node(b));
        self.compare(x.facts.rank, y.facts.rank).then_with(|| (x.seq(), x.id).cmp(&(y.seq(), y.id)))
    }

    /// Takes in an operation that was judged.
    pub(crate) fn add(&mut self, signed: SignedOp, past: Bits, facts: Facts) -> usize {
        let (at, id, log_id) = (self.nodes.len(), signed.id(), signed.log());
        let log = self.log_index.get(&log_id).copied().unwrap_or_else(|| {
            let kind = signed.kind();
            let linked = kind == LogKind::Notebook;
            self.logs.push(Log { id: log_id, kind, all: Bits::default(), by: BTreeMap::new(), linked });
            self.log_index.insert(log_id, self.logs.len() - 1);
            self.logs.len() - 1
        });
        let beside = self.logs[log].all.without(&past);
        for other in beside.iter() {
            self.concurrent[other].set(at);
        }
        self.concurrent.push(beside);
        let depth = signed.op().deps.iter().filter_map(|dep| self.find(dep)).map(|dep| self.nodes[dep].depth + 1);
        let depth = depth.max().unwrap_or(0);
        let person = signed.op().author.person;
        self.index.insert(id, at);
        self.bytes = self.bytes.saturating_add(signed.bytes().len());
        self.nodes.push(Arc::new(Node { signed, id, log, past, depth, facts }));
        self.logs[log].all.set(at);
        let author = if self.logs[log].kind == LogKind::Person { PersonId::from(log_id) } else { person };
        self.logs[log].by.entry(author).or_default().push(at);
        if self.logs[log].linked {
            self.link_past(at);
            self.know(at);
        }
        at
    }

    /// A log that counts makes all logs count that it stands on.
    fn link_past(&mut self, at: usize) {
        let node = Arc::clone(&self.nodes[at]);
        for log in 0..self.logs.len() {
            if self.logs[log].linked || !self.logs[log].all.meets(&node.past) {
                continue;
            }
            self.logs[log].linked = true;
            for op in self.logs[log].all.clone().iter() {
                // A circle's operations bring their own persons along.
                self.link_past(op);
                self.know(op);
            }
        }
    }

    fn know(&mut self, at: usize) {
        let node = Arc::clone(&self.nodes[at]);
        let covered: Bits = node.signed.op().deps.iter().filter_map(|dep| self.find(dep)).collect();
        self.heads = self.heads.without(&covered);
        self.heads.set(at);
        self.known.set(at);
    }
}
