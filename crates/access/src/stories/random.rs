//! Random histories of people who are out of touch, some of them dishonest and backdating. Whatever the order in which
//! operations arrive, all must agree, and every statement must hold in every view that anybody can have.

mod world;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    digest::digest,
    statements::{Answer, Loss, losses, rightly_taken},
    *,
};
use crate::resolution;
use world::{Everybody, World};

/// Chance that a seed replays.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn percent(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.below(from.len())])
    }
}

/// How often each thing happened, over many histories.
type Tally = BTreeMap<String, usize>;

/// Counts what came of it all.
fn tally(all: &Membership, tally: &mut Tally) {
    let now = all.now();
    let mut count = |what: String| *tally.entry(what).or_default() += 1;
    for op in all.ops() {
        let kind = op.op().action.kind();
        count(format!("{kind:04x} taken"));
        if now.fell(&op.id()) {
            count(format!("{kind:04x} fell"));
        }
    }
    for notice in now.redemptions() {
        count(format!("redemption {:?}", notice.state));
    }
    for link in now.invitations() {
        count(format!("link {:?}", link.state));
    }
    if now.members().iter().any(|member| !now.seats.contains_key(&Subject::Person(member.person))) {
        count("member by circle alone".to_owned());
    }
}

/// The same operations, arriving in another causal order.
fn shuffled(all: &Membership, founder: &Person, chance: &mut Chance) -> Membership {
    let genesis = all.op(&OpId::from_bytes(*all.notebook().as_bytes())).unwrap().clone();
    let mut other = Membership::found(genesis, vec![founder.genesis.clone()]).unwrap();
    let mut left: Vec<SignedOp> = all.ops().filter(|op| !other.contains(&op.id())).cloned().collect();
    while !left.is_empty() {
        let at = chance.below(left.len());
        match other.insert(left[at].clone()) {
            Ok(_) => {
                left.swap_remove(at);
                if chance.percent(20) {
                    let _ = other.now();
                }
            }
            Err(OpRefusal::Missing(_)) => {}
            Err(refusal) => panic!("taken once, refused now: {refusal} {:?}", left[at]),
        }
    }
    other
}

fn some_pins(all: &Membership, chance: &mut Chance) -> Pins {
    let ids: Vec<OpId> = all.ops().map(SignedOp::id).collect();
    let genesis = OpId::from_bytes(*all.notebook().as_bytes());
    Pins::new((0..1 + chance.below(4)).filter_map(|_| chance.pick(&ids)).chain([genesis]))
}

/// How long a history is, and in how many orders it is delivered.
struct Kind {
    shortest: usize,
    longest: usize,
    orders: usize,
}

/// A few dozen operations, in many orders: what a small group does in a bad month.
const SHORT: Kind = Kind { shortest: 8, longest: 40, orders: 10 };
/// More than anybody could follow, in few orders.
const LONG: Kind = Kind { shortest: 40, longest: 120, orders: 2 };

fn one_history(everybody: &Everybody, seed: u64, kind: &Kind) -> Tally {
    let mut world = World::new(everybody, seed);
    let length = kind.shortest + world.chance.below(kind.longest - kind.shortest + 1);
    let all = world.goes_on_for(length);
    let (told_once, one) = (told(&all), digest(&all.now(), &all.dag));
    for _ in 0..kind.orders {
        let other = shuffled(&all, &everybody.people[0], &mut world.chance);
        assert_eq!(told(&other), told_once, "the order of arrival shows");
        assert_eq!(digest(&other.now(), &other.dag), one, "the order of arrival shows");
        assert_eq!(other.heads(), all.heads());
    }
    for op in all.ops() {
        assert!(rightly_taken(&all, op), "{op:?}");
    }
    keeps_the_rules(&all, &all.heads());
    for _ in 0..4 {
        let pins = some_pins(&all, &mut world.chance);
        keeps_the_rules(&all, &pins);
    }
    let mut happened = Tally::new();
    tally(&all, &mut happened);
    happened
}

/// Every statement, put to what those came to who knew `pins`; and to what was lost from there to now.
fn keeps_the_rules(all: &Membership, pins: &Pins) {
    let within = all.dag.closure(pins.ids()).unwrap();
    let view = all.at(pins).unwrap();
    let broken = Answer::new(all, &within, &view).broken();
    assert_eq!(broken, None, "at {pins:?}");
    let afresh = resolution::resolve(&all.dag, all.log, &within);
    assert_eq!(digest(&view, &all.dag), digest(&afresh, &all.dag), "worked out step by step and at once");
    if all.covers(&all.heads(), pins) {
        let earlier = Loss { knew: &within, pins, then: &view };
        assert_eq!(losses(all, &earlier, &all.now()), Ok(()), "from {pins:?}");
    }
}

/// Looks at as many histories as whoever runs the test asks for. What came of them.
fn many(kind: &Kind, otherwise: u64) -> (u64, Tally) {
    let everybody = Everybody::new();
    let (histories, first) = (asked_for("HISTORIES", otherwise), asked_for("SEED", 1));
    let mut happened = Tally::new();
    for seed in first..first + histories {
        let one = std::panic::catch_unwind(|| one_history(&everybody, seed, kind));
        let one = one.unwrap_or_else(|_| panic!("history {seed} fails; SEED={seed} HISTORIES=1 replays it"));
        for (what, times) in one {
            *happened.entry(what).or_default() += times;
        }
    }
    println!("{happened:#?}");
    (histories, happened)
}

#[test]
fn short_histories_agree_in_ten_orders_and_keep_the_rules() {
    let (histories, happened) = many(&SHORT, 200);
    for what in ["0108 fell", "0203 taken", "0202 taken", "0302 taken", "redemption Contested"] {
        assert!(histories < 200 || happened.contains_key(what), "never in {histories} histories: {what}");
    }
}

#[test]
fn random_histories_agree_and_keep_the_rules() {
    let (histories, happened) = many(&LONG, 60);
    let expected = ["0101 fell", "0102 fell", "0104 fell", "0106 fell", "0108 fell", "0202 taken", "0203 fell"];
    let by_state = ["0302 taken", "redemption Contested", "redemption Seated", "member by circle alone"];
    for what in expected.into_iter().chain(by_state).filter(|_| histories >= 60) {
        assert!(happened.contains_key(what), "never in {histories} histories: {what}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn any_history_agrees_and_keeps_the_rules(seed in any::<u64>()) {
        one_history(&Everybody::new(), seed, &SHORT);
        one_history(&Everybody::new(), seed, &LONG);
    }
}
