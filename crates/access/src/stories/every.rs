//! Every small history there is, none left out: all that a few people could do in a few operations, each standing on any
//! part of what is known, as people out of touch and people who lie about what they know would have it.
//!
//! Histories are grown by one operation at a time. One that was there already must give the same answer as before, which
//! is how every order of arrival comes to be compared; one that is new is asked every statement. People of equal standing
//! are told apart only once something is about them.

mod alphabets;
mod cast;
mod keys;

use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use super::{
    digest::digest,
    statements::{Answer, Loss, losses, recipients},
    *,
};
use crate::{Inserted, RecipientId, View, resolution};
use cast::{Alphabet, Cast, Deed};
use keys::{KeyCount, Keys};

/// One operation that some history holds.
struct Entry {
    op: SignedOp,
    /// What it is called in a story of a history that fails.
    told: String,
    /// Which people it is by or about, a bit each.
    people: u32,
}

/// What is remembered of a history, by the sum of its operations' ids.
struct Known {
    answer: u64,
    /// Devices and recoveries.
    recipients: BTreeSet<RecipientId>,
    pins: Pins,
    /// All that anybody could do next, knowing just this.
    next: Option<Rc<[u32]>>,
}

impl Known {
    fn of(all: &Membership) -> Known {
        let view = all.now();
        Known { answer: digest(&view, &all.dag), recipients: recipients(&view), pins: all.heads(), next: None }
    }
}

/// How many histories there were of one length, how often one was arrived at, and how many wishes were refused.
#[derive(Default, Clone, Copy)]
struct Count {
    histories: usize,
    arrivals: usize,
    refused: usize,
}

/// Operations beyond the beginning, in an order in which they can arrive.
type History = Vec<u32>;

struct Every<'a> {
    cast: &'a Cast,
    alphabet: &'a Alphabet,
    beginning: Membership,
    entries: Vec<Entry>,
    by_id: HashMap<OpId, u32>,
    known: HashMap<u128, Known>,
    refused: usize,
    keys: Keys,
}

/// Looks at every history of up to `most` operations over an alphabet. Says how many there were.
fn look_at_every(cast: &Cast, alphabet: &Alphabet, most: usize) -> Vec<Count> {
    let beginning = (alphabet.beginning)(cast);
    let (entries, by_id, known) = (Vec::new(), HashMap::new(), HashMap::new());
    let keys = Keys::begin(cast, &beginning);
    let mut every = Every { cast, alphabet, beginning, entries, by_id, known, refused: 0, keys };
    every.look_up(&[]);
    let (mut front, mut counts) = (vec![History::new()], Vec::new());
    for _ in 0..most {
        let mut count = Count::default();
        let mut next = Vec::new();
        for history in &front {
            count.arrivals += every.extend(history, &mut next);
        }
        (count.histories, count.refused) = (next.len(), std::mem::take(&mut every.refused));
        front = next;
        counts.push(count);
    }
    // People who lie about what they know have too many histories for that.
    let whole = if alphabet.honest { most } else { most - 1 };
    let orders = every.hear_in_every_order(&History::new(), &every.beginning.clone(), whole);
    every.report(&counts, whole, orders);
    counts
}

impl Every<'_> {
    fn report(&self, counts: &[Count], whole: usize, orders: usize) {
        let (name, most) = (self.alphabet.name, counts.len());
        let all: usize = counts.iter().map(|count| count.histories).sum();
        let by_length: Vec<usize> = counts.iter().map(|count| count.histories).collect();
        let (arrivals, refused) = counts.iter().fold((0, 0), |sum, one| (sum.0 + one.arrivals, sum.1 + one.refused));
        println!(
            "{name}: {all} histories of up to {most} operations {by_length:?}, arrived at {arrivals} times; {refused} wishes refused"
        );
        let KeyCount { outsiders, needed, forked } = self.keys.count;
        println!("  heard in every order up to {whole} operations: {orders} orders");
        println!(
            "  keys: somebody out has some in {outsiders}, a new one is needed in {needed}, after a fork in {forked}"
        );
        println!("shows P2, P4: {all} histories of {name}");
    }
}

fn sum(entries: &[Entry], history: &[u32]) -> u128 {
    history.iter().fold(0, |sum, at| sum.wrapping_add(number(&entries[*at as usize].op.id())))
}

/// Half of an id: hashes do not collide by chance.
fn number(id: &OpId) -> u128 {
    u128::from_le_bytes(id.as_bytes()[..16].try_into().unwrap())
}

impl Every<'_> {
    /// A membership that heard this.
    fn heard(&self, history: &[u32]) -> Membership {
        let mut all = self.beginning.clone();
        for at in history {
            all.insert(self.entries[*at as usize].op.clone()).unwrap();
        }
        all
    }

    /// What is remembered of a history; it is worked out if it was never looked at.
    fn look_up(&mut self, history: &[u32]) -> &Known {
        let key = sum(&self.entries, history);
        let is_new = !self.known.contains_key(&key);
        if is_new {
            let all = self.heard(history);
            self.known.insert(key, Known::of(&all));
        }
        &self.known[&key]
    }

    /// All that anybody could do next who knew just this.
    fn next(&mut self, history: &[u32]) -> Rc<[u32]> {
        let key = sum(&self.entries, history);
        if let Some(next) = self.look_up(history).next.clone() {
            return next;
        }
        let next: Rc<[u32]> = self.wishes(&self.heard(history)).into();
        self.known.get_mut(&key).unwrap().next = Some(Rc::clone(&next));
        next
    }

    /// Everything that anybody of the cast wishes for and is taken. What is refused must be what the rules refuse.
    fn wishes(&mut self, all: &Membership) -> Vec<u32> {
        let mut taken = Vec::new();
        let mut pasts: HashMap<Vec<OpId>, View> = HashMap::new();
        for actor in &self.alphabet.actors {
            for deed in self.cast.deeds(self.alphabet, all, *actor) {
                let Some((op, wish)) = self.cast.draft(all, *actor, &deed) else { continue };
                let past = all.dag.closure(&op.op().deps).unwrap();
                let afresh = || resolution::resolve(&all.dag, all.log, &past);
                let view = pasts.entry(op.op().deps.clone()).or_insert_with(afresh);
                let ought = self.cast.ought(&Answer::new(all, &past, view), *actor, &wish);
                let judged = all.base(&op, &past).and_then(|base| all.judge(&op, &past, base.as_deref()));
                assert_eq!(judged.is_ok(), ought, "{actor:?} {deed:?}: {judged:?}, knowing {all:?}");
                if judged.is_ok() {
                    taken.push(self.enter(op, actor, &deed));
                } else {
                    self.refused += 1;
                }
            }
        }
        taken
    }

    fn enter(&mut self, op: SignedOp, actor: &cast::Actor, deed: &Deed) -> u32 {
        let entries = &mut self.entries;
        *self.by_id.entry(op.id()).or_insert_with(|| {
            let people = 1 << actor.person | deed.about().map_or(0, |whom| 1 << whom);
            entries.push(Entry { op, told: format!("{actor:?} {deed:?}"), people });
            entries.len() as u32 - 1
        })
    }

    /// This history and one operation more, for each that there can be.
    fn followed(&mut self, history: &History) -> Vec<History> {
        let mut next = BTreeSet::new();
        for part in closed_parts(&self.entries, history) {
            next.extend(self.next(&pick(history, part)).iter().copied());
        }
        let new = next.into_iter().filter(|op| !history.contains(op) && self.may_come_of(history, *op));
        let longer = new.map(|op| history.iter().copied().chain([op]).collect());
        longer.filter(|longer: &History| self.tells_equals_apart_in_order(longer)).collect()
    }

    /// What a membership comes to that hears the last operation of a history after all the others.
    fn and_then(&self, all: &Membership, history: &History) -> Membership {
        let mut all = all.clone();
        let last = history.iter().next_back().map(|op| self.entries[*op as usize].op.clone());
        assert_eq!(last.map(|op| all.insert(op)), Some(Ok(Inserted::New)));
        all
    }

    /// Hears every history of up to `most` operations that begins with this one, in every order there is. How many orders.
    fn hear_in_every_order(&mut self, history: &History, all: &Membership, most: usize) -> usize {
        if history.len() == most {
            return 1;
        }
        let mut orders = 1;
        for longer in self.followed(history) {
            let all = self.and_then(all, &longer);
            let same = self.look_up(&longer).answer == digest(&all.now(), &all.dag);
            assert!(same, "it depends on the order of arrival:\n{}", self.story(&longer));
            orders += self.hear_in_every_order(&longer, &all, most);
        }
        orders
    }

    /// Adds to `found` each new history that is this one and one operation more. How often one was arrived at.
    fn extend(&mut self, history: &History, found: &mut Vec<History>) -> usize {
        let all = self.heard(history);
        let mut arrivals = 0;
        for longer in self.followed(history) {
            arrivals += 1;
            let all = self.and_then(&all, &longer);
            let key = sum(&self.entries, &longer);
            if let Some(known) = self.known.get(&key) {
                let same = known.answer == digest(&all.now(), &all.dag);
                assert!(same, "it depends on the order of arrival:\n{}", self.story(&longer));
                continue;
            }
            self.look_at(&longer, &all);
            found.push(longer);
        }
        arrivals
    }

    /// Of people whom nothing tells apart, the later one is not spoken of before the earlier.
    fn tells_equals_apart_in_order(&self, history: &[u32]) -> bool {
        let spoken_of = history.iter().fold(0, |people, at| people | self.entries[*at as usize].people);
        let out_of_order = |equals: &[usize]| {
            equals.windows(2).any(|two| spoken_of >> two[1] & 1 == 1 && spoken_of >> two[0] & 1 == 0)
        };
        !self.alphabet.equals.iter().any(|equals| out_of_order(equals))
    }

    /// Whether nobody is asked to be honest, or whose operation it is knew all that they had done before.
    fn may_come_of(&self, history: &History, op: u32) -> bool {
        if !self.alphabet.honest {
            return true;
        }
        let place = |at: &u32| {
            let op = &self.entries[*at as usize].op;
            (op.op().author.device, op.log())
        };
        let mut own = history.iter().filter(|at| place(at) == place(&op)).peekable();
        own.peek().is_none() || {
            let past = self.past(op);
            own.all(|at| past.contains(at))
        }
    }

    /// What an operation stands on beyond the beginning.
    fn past(&self, at: u32) -> History {
        let (mut past, mut left) = (BTreeSet::new(), vec![at]);
        while let Some(next) = left.pop() {
            let deps = self.entries[next as usize].op.op().deps.iter().filter_map(|dep| self.by_id.get(dep));
            left.extend(deps.copied().filter(|dep| past.insert(*dep)));
        }
        past.into_iter().collect() // each was entered after those that it stands on
    }

    fn story(&self, history: &[u32]) -> String {
        let line = |(at, entry): (usize, &u32)| {
            let deps = &self.entries[*entry as usize].op.op().deps;
            let on: Vec<usize> =
                (0..history.len()).filter(|i| deps.contains(&self.entries[history[*i] as usize].op.id())).collect();
            format!("  {at}: {} on {on:?}", self.entries[*entry as usize].told)
        };
        history.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Asks everything of a history that was never looked at.
    fn look_at(&mut self, history: &History, all: &Membership) {
        let view = all.now();
        let known = Known::of(all);
        let afresh = resolution::resolve(&all.dag, all.log, all.dag.known());
        let same = known.answer == digest(&afresh, &all.dag);
        assert!(same, "worked out step by step and at once:\n{}", self.story(history));
        if let Some(broken) = Answer::new(all, all.dag.known(), &view).broken() {
            panic!("{broken}\n{}", self.story(history));
        }
        if let Err(broken) = self.keys_kept(history, all, &view) {
            panic!("{broken}\n{}", self.story(history));
        }
        self.arrive_otherwise(history, known.answer);
        self.known.insert(sum(&self.entries, history), known);
        self.look_back(history, all, &view);
    }

    /// Hears it in another order, some of it too early and some of it twice.
    fn arrive_otherwise(&self, history: &History, answer: u64) {
        let mut all = self.beginning.clone();
        let mut waiting: Vec<u32> = history.iter().rev().copied().collect();
        while !waiting.is_empty() {
            waiting.retain(|at| match all.insert(self.entries[*at as usize].op.clone()) {
                Ok(_) => false,
                Err(refusal) => {
                    assert!(refusal.waits(), "{refusal}:\n{}", self.story(history));
                    true
                }
            });
            assert_eq!(all.insert(self.entries[history[0] as usize].op.clone()), Ok(Inserted::Known));
        }
        let same = digest(&all.now(), &all.dag) == answer;
        assert!(same, "it depends on the order of arrival:\n{}", self.story(history));
    }

    /// Holds it against every earlier state of knowledge.
    fn look_back(&mut self, history: &History, all: &Membership, view: &View) {
        let here = recipients(view);
        let taking: Vec<bool> =
            history.iter().map(|at| view.taking().contains(&self.entries[*at as usize].op.id())).collect();
        let whole = (1 << history.len()) - 1;
        for part in closed_parts(&self.entries, history) {
            if part == whole {
                continue;
            }
            let earlier = pick(history, part);
            let known = self.look_up(&earlier);
            let (answer, pins, lost) = (known.answer, known.pins.clone(), !known.recipients.is_subset(&here));
            let told = (0..history.len()).any(|at| part >> at & 1 == 0 && taking[at]);
            if lost && !told {
                panic!("access was lost after {part:b} and nothing says so:\n{}", self.story(history));
            }
            let one_less = (whole & !part).count_ones() == 1;
            if one_less || lost {
                self.compare_with_part(history, all, view, &pins, answer);
            }
        }
    }

    /// What a part of it comes to, seen from the whole, is what it comes to alone; and what was lost since is late.
    fn compare_with_part(&self, history: &History, all: &Membership, view: &View, pins: &Pins, answer: u64) {
        let knew = all.dag.closure(pins.ids()).unwrap();
        let then = resolution::resolve(&all.dag, all.log, &knew);
        let same = digest(&then, &all.dag) == answer;
        let known =
            || history.iter().map(|at| u8::from(knew.has(all.dag.find(&self.entries[*at as usize].op.id()).unwrap())));
        assert!(same, "what lies outside shows in it: {:?} of\n{}", known().collect::<Vec<_>>(), self.story(history));
        if let Err(broken) = losses(all, &Loss { knew: &knew, pins, then: &then }, view) {
            panic!("{broken}, after {:?} of\n{}", known().collect::<Vec<_>>(), self.story(history));
        }
    }
}

/// Each part of a history that holds all it stands on, as bits.
fn closed_parts(entries: &[Entry], history: &[u32]) -> Vec<u32> {
    let op = |at: usize| &entries[history[at] as usize].op;
    let below: Vec<u32> = (0..history.len())
        .map(|at| (0..at).filter(|dep| op(at).op().deps.contains(&op(*dep).id())).map(|dep| 1 << dep).sum())
        .collect();
    let closed = |part: &u32| (0..history.len()).all(|at| part >> at & 1 == 0 || below[at] & !part == 0);
    (0..1 << history.len()).filter(closed).collect()
}

fn pick(history: &[u32], part: u32) -> History {
    history.iter().enumerate().filter(|(at, _)| part >> at & 1 == 1).map(|(_, op)| *op).collect()
}
