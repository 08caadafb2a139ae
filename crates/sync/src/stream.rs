//! The changes of one document: which are known, which are shown, and the document they make.

use crate::forks;
use hedgerow_access::{ChangeBody, Head, Membership, Pins, StreamName};
use hedgerow_document::{ChangeFacts, ChangeRefusal, Document};
use hedgerow_model::{ActorId, ChangeHash, DeviceId, NotebookId, RecordId, Role, StreamTag, mutant};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

/// One admitted change: what is needed to judge those that build on it.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) actor: ActorId,
    pub(crate) seq: u64,
    pub(crate) deps: Vec<ChangeHash>,
    pub(crate) pins: Arc<Pins>,
    /// The record it came in; `None` for those that stand in a checkpoint only.
    pub(crate) record: Option<RecordId>,
    /// One more than the deepest dependency: an order that keeps causes before effects.
    pub(crate) depth: u64,
}

impl Change {
    /// The end of its line, as far as this change.
    fn head(&self, hash: &ChangeHash) -> Head {
        Head { actor: self.actor, seq: self.seq, hash: *hash }
    }
}

/// All admitted changes of a stream, shown or not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    known: BTreeMap<ChangeHash, Change>,
    slots: BTreeMap<(ActorId, u64), Vec<ChangeHash>>,
}

impl Changes {
    pub(crate) fn get(&self, hash: &ChangeHash) -> Option<&Change> {
        self.known.get(hash)
    }

    pub(crate) fn contains(&self, hash: &ChangeHash) -> bool {
        self.known.contains_key(hash)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ChangeHash, &Change)> {
        self.known.iter()
    }

    /// Adds one whose dependencies are known. Says whether it makes a fork.
    pub(crate) fn add(&mut self, hash: ChangeHash, mut change: Change) -> bool {
        change.depth =
            1 + change.deps.iter().filter_map(|dep| self.known.get(dep)).map(|dep| dep.depth).max().unwrap_or(0);
        let slot = self.slots.entry((change.actor, change.seq)).or_default();
        if !slot.contains(&hash) {
            slot.push(hash);
            slot.sort();
        }
        let fork = slot.len() > 1;
        self.known.insert(hash, change);
        fork
    }

    /// Takes one out again that nothing builds on.
    pub(crate) fn remove(&mut self, hash: &ChangeHash) {
        if let Some(change) = self.known.remove(hash)
            && let Some(slot) = self.slots.get_mut(&(change.actor, change.seq))
        {
            slot.retain(|other| other != hash);
        }
    }

    /// Another record carries this change now.
    pub(crate) fn carried_by(&mut self, hash: &ChangeHash, record: RecordId) {
        if let Some(change) = self.known.get_mut(hash) {
            change.record = Some(record);
        }
    }

    /// This change needs no record of its own any more.
    pub(crate) fn stands_in_checkpoint(&mut self, hash: &ChangeHash) {
        if let Some(change) = self.known.get_mut(hash) {
            change.record = None;
        }
    }

    /// The actor's last known changes: more than one after a fork.
    pub(crate) fn last_of(&self, actor: &ActorId) -> Option<(u64, &[ChangeHash])> {
        self.slots
            .range((*actor, 0)..=(*actor, u64::MAX))
            .rev()
            .find(|(_, hashes)| !hashes.is_empty())
            .map(|((_, seq), hashes)| (*seq, hashes.as_slice()))
    }

    /// Whether a change lies on the line that ends in `last`, which is not before it. As long as no other has its number
    /// nothing else can; and what lies under a change that is not here is not known yet.
    fn is_on_line(&self, head: &Head, last: &Head) -> bool {
        if last.seq == head.seq {
            return last.hash == head.hash;
        }
        let numbered = self.slots.get(&(head.actor, head.seq)).map_or(&[][..], Vec::as_slice);
        if numbered.iter().all(|hash| *hash == head.hash) {
            return true;
        }
        let mut at = last.hash;
        while let Some(change) = self.known.get(&at).filter(|change| change.seq > head.seq) {
            let is_before = |dep: &&ChangeHash| {
                let before = self.known.get(*dep);
                before.is_some_and(|before| before.actor == change.actor && before.seq + 1 == change.seq)
            };
            let Some(before) = change.deps.iter().find(is_before) else { return false };
            at = *before;
        }
        at == head.hash || !self.known.contains_key(&at)
    }

    /// The actors from `from` to `to` that wrote something, in order. Looks at one change of each, however many there are.
    fn actors_between(&self, from: ActorId, to: ActorId) -> Vec<ActorId> {
        let mut actors = Vec::new();
        let mut next = Bound::Included((from, 0));
        while let Some(((actor, _), _)) = self.slots.range((next, Bound::Included((to, u64::MAX)))).next() {
            actors.push(*actor);
            next = Bound::Excluded((*actor, u64::MAX));
        }
        actors
    }

    /// Each set of two or more changes with one actor and sequence number.
    pub(crate) fn forks(&self) -> impl Iterator<Item = &[ChangeHash]> {
        self.slots.values().filter(|slot| slot.len() > 1).map(Vec::as_slice)
    }

    /// This change and all that is built on it.
    pub(crate) fn above(&self, from: &ChangeHash) -> BTreeSet<ChangeHash> {
        let mut above = BTreeSet::from([*from]);
        let mut ordered: Vec<_> = self.known.iter().collect();
        ordered.sort_by_key(|(hash, change)| (change.depth, **hash));
        for (hash, change) in ordered {
            if change.deps.iter().any(|dep| above.contains(dep)) {
                above.insert(*hash);
            }
        }
        above
    }

    /// These changes and all that they are built on.
    pub(crate) fn below(&self, from: impl IntoIterator<Item = ChangeHash>) -> BTreeSet<ChangeHash> {
        let mut below = BTreeSet::new();
        let mut todo: Vec<ChangeHash> = from.into_iter().collect();
        while let Some(hash) = todo.pop() {
            if below.insert(hash)
                && let Some(change) = self.known.get(&hash)
            {
                todo.extend(change.deps.iter().copied());
            }
        }
        below
    }

    /// `hashes` with causes before effects.
    pub(crate) fn in_order(&self, hashes: &BTreeSet<ChangeHash>) -> Vec<ChangeHash> {
        let mut ordered: Vec<ChangeHash> = hashes.iter().copied().filter(|hash| self.contains(hash)).collect();
        ordered.sort_by_key(|hash| (self.known.get(hash).map_or(0, |change| change.depth), *hash));
        ordered
    }
}

/// What a change may be.
#[derive(Debug)]
pub(crate) enum Judgement {
    /// Allowed: the changes, in order, with their bytes.
    Admit(Vec<(ChangeHash, Change, Vec<u8>)>),
    /// All of it is known already.
    Known,
    /// It builds on a change that is not here yet.
    Wait(ChangeHash),
    /// Never, in words that can be shown.
    Refuse(String),
}

/// One stream in memory.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    pub(crate) name: StreamName,
    pub(crate) tag: StreamTag,
    pub(crate) changes: Changes,
    /// Made of the shown changes.
    pub(crate) document: Document,
    /// The bytes of changes that are admitted and not shown.
    aside: BTreeMap<ChangeHash, Vec<u8>>,
    /// Which of those the document room has not seen on top of their ancestors.
    unchecked: BTreeSet<ChangeHash>,
    /// Shown, and not in the document yet.
    fresh: Vec<(ChangeHash, Vec<u8>)>,
    /// Whether `shown` has to be worked out again.
    pub(crate) unsettled: bool,
    forked: bool,
    /// The checkpoints of the set, and the heads of their documents.
    pub(crate) checkpoints: BTreeMap<RecordId, BTreeSet<ChangeHash>>,
    /// Whether all that should be here could be read. If not, what is missing may be our own last change.
    pub(crate) is_whole: bool,
}

/// The role that changing this stream takes.
pub(crate) fn needed(name: &StreamName) -> Role {
    match name {
        StreamName::Comments(_) => Role::Commenter,
        StreamName::Notebook | StreamName::Body(_) => Role::Writer,
        StreamName::Membership | StreamName::Keys => Role::Admin,
    }
}

impl Stream {
    /// An empty one.
    pub(crate) fn new(name: StreamName, notebook: &NotebookId) -> Stream {
        Stream {
            tag: name.tag(notebook),
            name,
            changes: Changes::default(),
            document: Document::new(),
            aside: BTreeMap::new(),
            unchecked: BTreeSet::new(),
            fresh: Vec::new(),
            unsettled: false,
            forked: false,
            checkpoints: BTreeMap::new(),
            is_whole: true,
        }
    }

    /// *ok(d)* for each change of a record whose signature was checked and whose pins are known.
    pub(crate) fn judge(&self, membership: &Membership, body: &ChangeBody, record: RecordId) -> Judgement {
        let pins = Arc::new(body.pins.clone());
        let mut new = Vec::new();
        for (at, raw) in body.changes.iter().enumerate() {
            let facts = match hedgerow_document::examine(raw) {
                Ok(facts) => facts,
                Err(refusal) => return Judgement::Refuse(refusal.to_string()),
            };
            if facts.actor != body.actor || facts.seq != body.first_seq + at as u64 {
                return Judgement::Refuse("its changes are not the ones that were signed".to_owned());
            }
            if at + 1 == body.changes.len() && facts.hash != body.last_hash {
                return Judgement::Refuse("its last change is not the one that was signed".to_owned());
            }
            if !self.changes.contains(&facts.hash) {
                new.push((facts, pins.clone(), raw.clone()));
            }
        }
        self.judge_all(membership, new, Some(record))
    }

    /// *ok(d)* for changes with their exact pins, causes before effects.
    pub(crate) fn judge_all(
        &self,
        membership: &Membership,
        new: Vec<(ChangeFacts, Arc<Pins>, Vec<u8>)>,
        record: Option<RecordId>,
    ) -> Judgement {
        let mut before: BTreeMap<ChangeHash, Change> = BTreeMap::new();
        let mut admitted: Vec<(ChangeHash, Change, Vec<u8>)> = Vec::with_capacity(new.len());
        for (facts, pins, raw) in new {
            if let Err(stop) = self.judge_one(membership, &facts, &pins, &before) {
                return stop;
            }
            let change = Change { actor: facts.actor, seq: facts.seq, deps: facts.deps, pins, record, depth: 0 };
            before.insert(facts.hash, change.clone());
            admitted.push((facts.hash, change, raw));
        }
        if admitted.is_empty() { Judgement::Known } else { Judgement::Admit(admitted) }
    }

    /// The rules for one change, given those before it.
    fn judge_one(
        &self,
        membership: &Membership,
        facts: &ChangeFacts,
        pins: &Arc<Pins>,
        before: &BTreeMap<ChangeHash, Change>,
    ) -> Result<(), Judgement> {
        let refuse = |why: &str| Err(Judgement::Refuse(why.to_owned()));
        let needs = needed(&self.name);
        let today = mutant("judge-by-todays-role").then(|| membership.now());
        let Some(view) = today.or_else(|| membership.at(pins)) else { return refuse("its pins are not known") };
        match view.role_of_device(&facts.actor.device()) {
            None => return refuse("its author was not a member when writing it"),
            Some(role) if role < needs && !mutant("skip-role-check") => {
                let why = format!("its author was a {role} when writing it; this takes a {needs}");
                return Err(Judgement::Refuse(why));
            }
            Some(_) => {}
        }
        let mut predecessor = None;
        for dep in &facts.deps {
            let Some(change) = self.changes.get(dep).or_else(|| before.get(dep)) else {
                return Err(Judgement::Wait(*dep));
            };
            if change.actor == facts.actor && change.seq + 1 == facts.seq {
                predecessor = Some(change);
            }
            if change.pins == *pins {
                continue;
            }
            if !membership.covers(pins, &change.pins) && !mutant("skip-pins") {
                return refuse("it builds on a change whose author knew more of the membership");
            }
            if membership.late(pins, &self.tag, &change.head(dep), &change.pins, needs).is_some() {
                return refuse("it builds on a change that its author knew to be undone by a removal");
            }
        }
        if facts.seq > 1 && predecessor.is_none() {
            return refuse("it does not name its author's previous change");
        }
        let digest = pins.digest();
        let stated = match (&facts.message, predecessor) {
            (Some(message), _) => *message == digest.to_string(),
            (None, Some(predecessor)) => predecessor.pins.digest() == digest,
            (None, None) => false,
        };
        if !stated && !mutant("skip-pins-digest") {
            return refuse("it does not commit to the membership that its author knew");
        }
        Ok(())
    }

    /// Takes judged changes into the set; they are shown at the next `settle`.
    pub(crate) fn take(&mut self, membership: &Membership, admitted: Vec<(ChangeHash, Change, Vec<u8>)>) {
        for (hash, change, raw) in admitted {
            let whole = change.deps.iter().all(|dep| self.is_shown(dep));
            let late = self.is_late(membership, &hash, &change);
            self.forked |= self.changes.add(hash, change);
            if self.forked || self.unsettled || !whole || late {
                self.unsettled = true;
                self.unchecked.insert(hash);
                self.aside.insert(hash, raw);
            } else {
                self.fresh.push((hash, raw));
            }
        }
    }

    /// A change that this device just made, already in the document.
    pub(crate) fn made(&mut self, hash: ChangeHash, change: Change) {
        self.forked |= self.changes.add(hash, change);
    }

    fn is_shown(&self, hash: &ChangeHash) -> bool {
        self.document.has(hash) || self.fresh.iter().any(|(fresh, _)| fresh == hash)
    }

    pub(crate) fn is_late(&self, membership: &Membership, hash: &ChangeHash, change: &Change) -> bool {
        let (needs, head) = (needed(&self.name), change.head(hash));
        let is_on = |kept: &Head| self.changes.is_on_line(&head, kept);
        membership.late_unless(&membership.heads(), &self.tag, &head, &change.pins, needs, &is_on).is_some()
    }

    /// Brings the document up to what is shown. Gives back changes that the document room would not take, with the
    /// reason; they have left the set, and so has what was built on them.
    pub(crate) fn settle(&mut self, membership: &Membership) -> Vec<(ChangeHash, Option<RecordId>, String)> {
        let mut refused = Vec::new();
        let fresh = std::mem::take(&mut self.fresh);
        if self.unsettled {
            self.unchecked.extend(fresh.iter().map(|(hash, _)| *hash));
            self.aside.extend(fresh);
            if !self.check_together() {
                self.check_apart(&mut refused);
            }
            self.reshow(membership, &mut refused);
            self.unsettled = false;
        } else if !fresh.is_empty() {
            self.extend(fresh, &mut refused);
        }
        refused
    }

    /// Adds to the document what is new and shown: all at once, and one by one when that fails, to find the culprit.
    fn extend(&mut self, fresh: Vec<(ChangeHash, Vec<u8>)>, refused: &mut Vec<(ChangeHash, Option<RecordId>, String)>) {
        let batch: Vec<&[u8]> = fresh.iter().map(|(_, raw)| raw.as_slice()).collect();
        if self.document.admit(&batch).is_ok() {
            return;
        }
        for (hash, raw) in &fresh {
            let gone = |refused: &[(ChangeHash, _, _)], dep: &ChangeHash| refused.iter().any(|(hash, ..)| hash == dep);
            let headless = self.changes.get(hash).is_none_or(|change| change.deps.iter().any(|dep| gone(refused, dep)));
            let outcome = if headless {
                Err("it builds on a change that was refused".to_owned())
            } else {
                self.document.admit(&[raw.as_slice()]).map_err(|refusal: ChangeRefusal| refusal.to_string())
            };
            if let Err(why) = outcome {
                refused.push((*hash, self.changes.get(hash).and_then(|change| change.record), why));
            }
        }
        for (hash, ..) in refused.iter() {
            self.changes.remove(hash);
        }
    }

    /// Tries all unchecked changes at once on top of everything else, so that what is hidden today was checked like
    /// what is shown. Forks cannot stand in one document; then, and when something is wrong, the answer is no.
    fn check_together(&mut self) -> bool {
        if self.unchecked.is_empty() {
            return true;
        }
        if self.forked {
            return false;
        }
        let checked =
            self.changes.iter().map(|(hash, _)| *hash).filter(|hash| !self.unchecked.contains(hash)).collect();
        let batch = self.changes.in_order(&self.unchecked);
        let batch: Vec<&[u8]> = batch.iter().filter_map(|hash| self.aside.get(hash).map(Vec::as_slice)).collect();
        let fine = self.build(&checked).is_ok_and(|mut scratch| scratch.admit(&batch).is_ok());
        if fine {
            self.unchecked.clear();
        }
        fine
    }

    /// Tries each unchecked change on top of its own ancestors.
    fn check_apart(&mut self, refused: &mut Vec<(ChangeHash, Option<RecordId>, String)>) {
        for hash in self.changes.in_order(&std::mem::take(&mut self.unchecked)) {
            let Some(change) = self.changes.get(&hash) else { continue };
            let mut ancestors = self.changes.below([hash]);
            ancestors.remove(&hash);
            let outcome = if ancestors.iter().any(|hash| !self.changes.contains(hash)) {
                Err("it builds on a change that was refused".to_owned())
            } else {
                self.build(&ancestors)
                    .and_then(|mut scratch| scratch.admit(&[self.aside.get(&hash).map_or(&[][..], Vec::as_slice)]))
                    .map_err(|refusal| refusal.to_string())
            };
            if let Err(why) = outcome {
                refused.push((hash, change.record, why));
                self.changes.remove(&hash);
                self.aside.remove(&hash);
            }
        }
    }

    /// *shown(S, M)*, and the document made of it.
    fn reshow(&mut self, membership: &Membership, refused: &mut Vec<(ChangeHash, Option<RecordId>, String)>) {
        let shown = self.shown(membership);
        let grown = self.changes.iter().all(|(hash, _)| !self.document.has(hash) || shown.contains(hash));
        if grown {
            let new: BTreeSet<ChangeHash> = shown.iter().copied().filter(|hash| !self.document.has(hash)).collect();
            let fresh: Vec<_> = self
                .changes
                .in_order(&new)
                .into_iter()
                .filter_map(|hash| self.aside.remove(&hash).map(|raw| (hash, raw)))
                .collect();
            return self.extend(fresh, refused);
        }
        if let Ok(document) = self.build(&shown) {
            for (hash, _) in self.changes.iter() {
                if !shown.contains(hash)
                    && let Some(raw) = self.document.raw_change(hash)
                {
                    self.aside.insert(*hash, raw);
                }
            }
            self.aside.retain(|hash, _| !shown.contains(hash));
            self.document = document;
        }
    }

    /// The changes to show: all that are neither late nor hidden, and their ancestors.
    fn shown(&self, membership: &Membership) -> BTreeSet<ChangeHash> {
        let late: BTreeSet<ChangeHash> = self
            .changes
            .iter()
            .filter(|(hash, change)| self.is_late(membership, hash, change))
            .map(|(hash, _)| *hash)
            .collect();
        let view = membership.now();
        let hidden = forks::hidden(
            &self.changes,
            |hash, _| !late.contains(hash),
            |change| view.author_of(&change.actor.device()),
        );
        let standing = self.changes.iter().map(|(hash, _)| *hash);
        self.changes.below(standing.filter(|hash| !late.contains(hash) && !hidden.contains(hash)))
    }

    /// A document of exactly these changes.
    pub(crate) fn build(&self, hashes: &BTreeSet<ChangeHash>) -> Result<Document, ChangeRefusal> {
        let raws: Vec<Vec<u8>> = self
            .changes
            .in_order(hashes)
            .into_iter()
            .filter_map(|hash| self.aside.get(&hash).cloned().or_else(|| self.document.raw_change(&hash)))
            .collect();
        Document::from_changes(raws.iter().map(Vec::as_slice))
    }

    /// How many changes are admitted and not shown.
    pub(crate) fn not_shown(&self) -> usize {
        self.aside.len()
    }

    /// Whether a change is admitted and not shown.
    pub(crate) fn is_aside(&self, hash: &ChangeHash) -> bool {
        self.aside.contains_key(hash)
    }

    /// The actor to go on with on `device`: of those of its `line` that are `free`, the longest whose last change is the
    /// only one with its number, is shown, and is not late. A change must not build directly on one that its author knows to be
    /// undone, even where somebody else's work still carries it; then, and at first, it is a new one that ends with
    /// `chance`.
    pub(crate) fn actor_of(
        &self,
        membership: &Membership,
        device: &DeviceId,
        line: [u8; 4],
        chance: [u8; 4],
        free: impl Fn(&ActorId) -> bool,
    ) -> ActorId {
        let of_line = |end: [u8; 4]| {
            let [[a, b, c, d], [e, f, g, h]] = [line, end];
            ActorId::new(*device, [a, b, c, d, e, f, g, h])
        };
        let (from, to) = (of_line([0; 4]), of_line([0xff; 4]));
        let actors = self.changes.actors_between(from, to);
        let usable = |actor: &ActorId| {
            if !free(actor) {
                return None;
            }
            let (seq, [hash]) = self.changes.last_of(actor)? else { return None };
            let change = self.changes.get(hash)?;
            let shown = self.document.actor_head(actor) == Some((seq, *hash));
            (shown && !self.is_late(membership, hash, change)).then_some((seq, *actor))
        };
        let longest = actors.iter().filter_map(usable).max();
        longest.map_or_else(|| of_line(chance), |(_, actor)| actor)
    }

    /// Begins from a checkpoint that this device checked when it came.
    pub(crate) fn begin_with(&mut self, document: Document, changes: Vec<(ChangeHash, Change)>) {
        self.document = document;
        self.unsettled = true;
        for (hash, change) in changes {
            self.forked |= self.changes.add(hash, change);
        }
    }
}
