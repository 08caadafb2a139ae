//! What each change did and what it builds on: enough to judge one by its ancestors alone.
//!
//! A change may speak of what its ancestors made and of nothing else, whatever stands beside it. Nothing about an
//! operation that is here ever changes, so it is looked up among all of them, and then the change that made it has to be
//! an ancestor.

use crate::Refused;
use crate::chunk::{DELETE, Examined, INCREMENT, MAKE_LIST, MAKE_MAP, MAKE_TEXT, MARK, Name, Operation, Place};
use hedgerow_model::{ActorId, ChangeHash, mutant};
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// How deep objects may lie in one another: a block's attributes lie three deep. Automerge walks into them by calling
/// itself, and would run out of stack on a hundred thousand.
const DEPTH_MOST: u8 = 8;

/// All changes of a document, each after those it builds on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ancestry {
    nodes: Vec<Node>,
    /// The changes that each builds on, those of the nodes one after the other.
    deps: Vec<u32>,
    /// What each did, in the same way.
    did: Vec<Did>,
    /// What each was found to build on of other lines of editing, so that nobody has to walk there again.
    heard: Vec<Reach>,
    by_hash: HashMap<ChangeHash, u32>,
    lines: BTreeMap<ActorId, u32>,
    /// The changes of each line of editing, in order; a line is named by its place here.
    of_line: Vec<Vec<u32>>,
}

#[derive(Debug, Clone)]
struct Node {
    hash: ChangeHash,
    actor: ActorId,
    line: u32,
    seq: u32,
    start_op: u32,
    max_op: u32,
    /// How far what is kept for it goes in the lists of all.
    ends: Ends,
}

#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    deps: usize,
    did: usize,
    heard: usize,
}

/// An operation's name: its line of editing and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Id {
    line: u32,
    counter: u32,
}

/// How far a line of editing is known.
#[derive(Debug, Clone, Copy)]
struct Reach {
    line: u32,
    seq: u32,
}

/// Operations that follow one another and did alike.
#[derive(Debug, Clone)]
struct Did {
    first: u32,
    count: u32,
    within: Option<Id>,
    at: At,
    /// What kind of object it made, and how deep that lies.
    made: Option<(Kind, u8)>,
}

/// Where an operation put something.
#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    /// Under a name in a map.
    Name(Arc<[u8]>),
    /// A place of its own in a sequence.
    Inserted,
    /// The beginning or end of a mark, which is a place too; nothing can be put over it.
    Mark,
    /// At the place of this element.
    Element(Id),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Map,
    List,
    Text,
}

/// What has been learned about a change that is being judged.
struct Judged {
    line: u32,
    start_op: u32,
    did: Vec<Did>,
    /// The latest changes of other lines that it speaks of.
    wanted: Vec<Reach>,
}

const NOT_BUILT_ON: Refused = Refused::NotBuiltOn;

impl Ancestry {
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn contains(&self, hash: &ChangeHash) -> bool {
        self.by_hash.contains_key(hash)
    }

    /// The last change of a line of editing.
    pub(crate) fn head(&self, actor: &ActorId) -> Option<(u64, ChangeHash)> {
        let last = *self.changes_of(*self.lines.get(actor)?).last()?;
        self.node(last).map(|node| (u64::from(node.seq), node.hash))
    }

    /// All lines of editing, in order of the actors.
    pub(crate) fn actors(&self) -> impl Iterator<Item = ActorId> {
        self.lines.keys().copied()
    }

    /// Judges a change by itself and its ancestors, and takes it down.
    pub(crate) fn take(&mut self, examined: &Examined<'_>) -> Result<(), Refused> {
        let facts = &examined.facts;
        let missing: Vec<ChangeHash> = facts.deps.iter().filter(|dep| !self.contains(dep)).copied().collect();
        if !missing.is_empty() {
            return Err(Refused::Missing(missing));
        }
        self.follows(facts.seq, &facts.actor, &facts.deps)?;
        let deps: Vec<u32> = facts.deps.iter().filter_map(|dep| self.by_hash.get(dep).copied()).collect();
        let top = deps.iter().filter_map(|dep| self.node(*dep)).map(|node| u64::from(node.max_op)).max();
        let expected = top.unwrap_or(0) + 1;
        if facts.start_op != expected {
            return Err(Refused::StartOp { start_op: facts.start_op, expected });
        }
        if let Some(stranger) = examined.others.iter().find(|actor| !self.lines.contains_key(actor)) {
            return Err(Refused::UnknownActor(*stranger));
        }
        let judged = self.judge(examined)?;
        if judged.wanted.len() != examined.others.len() {
            return Err(Refused::Form("it names an actor of whom it does not speak"));
        }
        let heard = self.heard_of(&deps, judged.wanted.clone())?;
        self.add(examined, &deps, judged, heard);
        Ok(())
    }

    /// Forgets all but the first `len` changes.
    pub(crate) fn truncate(&mut self, len: usize) {
        while self.nodes.len() > len {
            let Some(node) = self.nodes.pop() else { return };
            self.by_hash.remove(&node.hash);
            if let Some(line) = self.of_line.get_mut(node.line as usize) {
                line.pop();
                if line.is_empty() {
                    // Lines are named in the order in which they began: this is the last one.
                    self.of_line.pop();
                    self.lines.remove(&node.actor);
                }
            }
        }
        let ends = self.nodes.last().map_or_else(Ends::default, |node| node.ends);
        self.deps.truncate(ends.deps);
        self.did.truncate(ends.did);
        self.heard.truncate(ends.heard);
    }

    /// The number comes next in its line of editing, and the one before it is a dependency.
    fn follows(&self, seq: u64, actor: &ActorId, deps: &[ChangeHash]) -> Result<(), Refused> {
        let Some((last, hash)) = self.head(actor) else {
            return if seq == 1 { Ok(()) } else { Err(Refused::NotNext { seq, expected: 1 }) };
        };
        if seq <= last {
            return Err(Refused::Fork { seq, here: self.holder(actor, seq).unwrap_or(hash) });
        }
        if seq != last + 1 {
            return Err(Refused::NotNext { seq, expected: last + 1 });
        }
        if deps.contains(&hash) || mutant("forget-predecessor") { Ok(()) } else { Err(Refused::NoPredecessor) }
    }

    /// The change that holds a place in a line of editing.
    fn holder(&self, actor: &ActorId, seq: u64) -> Option<ChangeHash> {
        let at = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.node(*self.changes_of(*self.lines.get(actor)?).get(at)?).map(|node| node.hash)
    }

    /// Goes through the operations: each does what its kind can to what is there.
    fn judge(&self, examined: &Examined<'_>) -> Result<Judged, Refused> {
        let facts = &examined.facts;
        // The line that the change would begin comes after all others.
        let line = self.lines.get(&facts.actor).copied().unwrap_or_else(|| short(self.of_line.len() as u64));
        let mut judged = Judged { line, start_op: short(facts.start_op), did: Vec::new(), wanted: Vec::new() };
        for op in examined.operations() {
            self.judge_one(&op?, &facts.actor, &mut judged)?;
        }
        Ok(judged)
    }

    fn judge_one(&self, op: &Operation<'_>, own: &ActorId, judged: &mut Judged) -> Result<(), Refused> {
        let within = op.within.map(|name| self.id(&name, op, own, judged)).transpose()?;
        let (kind, depth) = match within {
            None => (Kind::Map, 0),
            Some(object) => self
                .find(object, judged)
                .and_then(|did| did.made)
                .ok_or(Refused::Harmful("it puts something into what is no object"))?,
        };
        fits(op, kind)?;
        let at = match &op.place {
            Place::Name(name) => At::Name(named(name, judged)),
            Place::Head => At::Inserted,
            Place::Element(name) => {
                let element = self.id(name, op, own, judged)?;
                let is_there = self
                    .find(element, judged)
                    .is_some_and(|did| did.within == within && matches!(did.at, At::Inserted | At::Mark));
                if !is_there {
                    return Err(Refused::Harmful("it goes by a place that is not in its object"));
                }
                if op.inserted { At::Inserted } else { At::Element(element) }
            }
        };
        for name in &op.predecessors {
            let id = self.id(name, op, own, judged)?;
            let before = self.find(id, judged);
            let is_there = before.is_some_and(|did| did.within == within && stands_at(id, did, &at));
            if !is_there {
                return Err(Refused::Harmful("it takes the place of what lies elsewhere"));
            }
        }
        let made = made_by(op.action).map(|kind| (kind, depth + 1));
        if depth >= DEPTH_MOST && made.is_some() {
            return Err(Refused::Harmful("it lays objects too deep in one another"));
        }
        if !matches!(op.action, DELETE | INCREMENT) {
            let at = if op.action == MARK { At::Mark } else { at };
            judged.note(Did { first: short(op.counter), count: 1, within, at, made });
        }
        Ok(())
    }

    /// An operation that another speaks of: one before it in the same change, or one that is here, in which case the
    /// change that made it is wanted among the ancestors.
    fn id(&self, name: &Name, op: &Operation<'_>, own: &ActorId, judged: &mut Judged) -> Result<Id, Refused> {
        let (counter, actor) = name;
        let counter = if *counter < op.counter { short(*counter) } else { return Err(NOT_BUILT_ON) };
        if actor == own {
            return Ok(Id { line: judged.line, counter });
        }
        let line = *self.lines.get(actor).ok_or(Refused::UnknownActor(*actor))?;
        let node = self.made(Id { line, counter }).ok_or(NOT_BUILT_ON)?;
        match judged.wanted.iter_mut().find(|reach| reach.line == line) {
            Some(reach) => reach.seq = reach.seq.max(node.seq),
            None => judged.wanted.push(Reach { line, seq: node.seq }),
        }
        Ok(Id { line, counter })
    }

    /// The change that an operation belongs to.
    fn made(&self, id: Id) -> Option<&Node> {
        let line = self.changes_of(id.line);
        let after = line.partition_point(|at| self.node(*at).is_some_and(|node| node.start_op <= id.counter));
        let node = self.node(*line.get(after.checked_sub(1)?)?)?;
        (id.counter <= node.max_op).then_some(node)
    }

    fn find<'a>(&'a self, id: Id, judged: &'a Judged) -> Option<&'a Did> {
        let did = if id.line == judged.line && id.counter >= judged.start_op {
            judged.did.as_slice()
        } else {
            let node = self.made(id)?;
            let at = *self.by_hash.get(&node.hash)?;
            self.did.get(self.before(at).did..node.ends.did)?
        };
        let after = did.partition_point(|did| did.first <= id.counter);
        did.get(after.checked_sub(1)?).filter(|did| id.counter - did.first < did.count)
    }

    /// Finds what is wanted among what the changes `deps` are, and build on, with how far it goes there. Walks back no
    /// further than to the earliest that is wanted, and stops where somebody has been before.
    fn heard_of(&self, deps: &[u32], mut wanted: Vec<Reach>) -> Result<Vec<Reach>, Refused> {
        let mut found = Vec::with_capacity(wanted.len());
        if mutant("take-what-stands-beside") {
            return Ok(found);
        }
        // Changes come after those they build on: the latest goes first, and none comes up again.
        let mut todo: BinaryHeap<u32> = deps.iter().copied().collect();
        let mut last = None;
        while !wanted.is_empty() {
            let Some(at) = todo.pop() else { return Err(NOT_BUILT_ON) };
            if last.replace(at) == Some(at) {
                continue;
            }
            let Some(node) = self.node(at) else { return Err(NOT_BUILT_ON) };
            let itself = Reach { line: node.line, seq: node.seq };
            let heard = self.heard.get(self.range(at, |ends| ends.heard)).unwrap_or_default();
            for reach in heard.iter().chain([&itself]) {
                if let Some(nth) = wanted.iter().position(|want| want.line == reach.line && want.seq <= reach.seq) {
                    wanted.swap_remove(nth);
                    found.push(*reach);
                }
            }
            if wanted.iter().any(|want| self.place_of(*want).is_none_or(|place| place > at)) {
                return Err(NOT_BUILT_ON);
            }
            todo.extend(self.deps.get(self.range(at, |ends| ends.deps)).unwrap_or_default());
        }
        Ok(found)
    }

    fn add(&mut self, examined: &Examined<'_>, deps: &[u32], judged: Judged, heard: Vec<Reach>) {
        let (facts, at) = (&examined.facts, short(self.nodes.len() as u64));
        if judged.line as usize == self.of_line.len() {
            self.lines.insert(facts.actor, judged.line);
            self.of_line.push(Vec::new());
        }
        if let Some(line) = self.of_line.get_mut(judged.line as usize) {
            line.push(at);
        }
        self.deps.extend(deps);
        self.did.extend(judged.did);
        self.heard.extend(heard);
        self.by_hash.insert(facts.hash, at);
        self.nodes.push(Node {
            hash: facts.hash,
            actor: facts.actor,
            line: judged.line,
            seq: short(facts.seq),
            start_op: judged.start_op,
            max_op: short(facts.max_op()),
            ends: Ends { deps: self.deps.len(), did: self.did.len(), heard: self.heard.len() },
        });
    }

    fn node(&self, at: u32) -> Option<&Node> {
        self.nodes.get(at as usize)
    }

    fn changes_of(&self, line: u32) -> &[u32] {
        self.of_line.get(line as usize).map_or(&[], Vec::as_slice)
    }

    fn place_of(&self, reach: Reach) -> Option<u32> {
        self.changes_of(reach.line).get((reach.seq as usize).checked_sub(1)?).copied()
    }

    /// Where what is kept for a change begins in the lists of all.
    fn before(&self, at: u32) -> Ends {
        at.checked_sub(1).and_then(|before| self.node(before)).map_or_else(Ends::default, |node| node.ends)
    }

    fn range(&self, at: u32, end: impl Fn(Ends) -> usize) -> Range<usize> {
        let from = end(self.before(at));
        from..self.node(at).map_or(from, |node| end(node.ends))
    }
}

impl Judged {
    /// Takes down what an operation did, together with the one before it where both did alike.
    fn note(&mut self, did: Did) {
        if let Some(last) = self.did.last_mut()
            && last.first + last.count == did.first
            && last.made.is_none()
            && did.made.is_none()
            && last.within == did.within
            && last.at == did.at
            && matches!(did.at, At::Inserted | At::Mark)
        {
            last.count += 1;
        } else {
            self.did.push(did);
        }
    }
}

/// A name, kept once where it comes several times in a row.
fn named(name: &[u8], judged: &Judged) -> Arc<[u8]> {
    match judged.did.last().map(|did| &did.at) {
        Some(At::Name(last)) if **last == *name => last.clone(),
        _ => name.into(),
    }
}

/// Whether `id`, which did this, is a value at the place `at`.
fn stands_at(id: Id, did: &Did, at: &At) -> bool {
    match (&did.at, at) {
        (At::Name(name), At::Name(other)) => name == other,
        (At::Inserted, At::Element(element)) => id == *element,
        (At::Element(one), At::Element(other)) => one == other,
        _ => false,
    }
}

/// Maps have names and sequences places; a text holds characters and maps (blocks), marks lie in text.
fn fits(op: &Operation<'_>, kind: Kind) -> Result<(), Refused> {
    let by_name = matches!(op.place, Place::Name(_));
    if by_name != (kind == Kind::Map) {
        return Err(Refused::Harmful("it goes by a name where there are none, or by a place where there are names"));
    }
    if op.action == MARK && kind != Kind::Text {
        return Err(Refused::Harmful("it marks something that is not text"));
    }
    if kind == Kind::Text && !op.is_like_text() {
        return Err(Refused::Harmful("it puts something else than characters and blocks into text"));
    }
    if op.inserted && (by_name || !op.predecessors.is_empty()) {
        return Err(Refused::Form("it inserts where something is"));
    }
    // Only what is new under a name takes the place of nothing.
    let replaces = matches!(op.action, DELETE | INCREMENT) || !(by_name || op.inserted);
    if replaces && op.predecessors.is_empty() {
        return Err(Refused::Form("it changes what is not there"));
    }
    Ok(())
}

fn made_by(action: u64) -> Option<Kind> {
    match action {
        MAKE_MAP => Some(Kind::Map),
        MAKE_LIST => Some(Kind::List),
        MAKE_TEXT => Some(Kind::Text),
        _ => None,
    }
}

/// Numbers of operations fit: the reader of changes saw to it. There is no room in memory for more changes than that.
fn short(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
