//! Random histories of people who are out of touch, some of them dishonest and backdating. Whatever the order in which
//! operations arrive, all must agree, and the rules must hold in every view that anybody can have.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_model::{CircleId, DeviceId, Label};
use proptest::prelude::*;

use super::*;
use crate::{HpkePublic, Op, Recipient, RecoveryPublic, RedemptionState, Standing, View, found_circle};

const PEOPLE: usize = 8;

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

struct World<'a> {
    people: &'a [Person],
    second: &'a [DeviceKeys],
    desks: Vec<Membership>,
    dishonest: Vec<bool>,
    links: Vec<Link>,
    circles: Vec<LogId>,
    chance: Chance,
    /// What this history is mostly about: anything, links, or devices and circles.
    mostly: u64,
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

impl<'a> World<'a> {
    fn new(people: &'a [Person], second: &'a [DeviceKeys], seed: u64) -> World<'a> {
        let mut first = Desk::found(&people[0]);
        let mut chance = Chance(seed);
        let dishonest = (0..PEOPLE).map(|person| chance.percent(if person == 0 { 20 } else { 35 })).collect();
        let name = Label::parse("Cohort").unwrap();
        let known = Pins::new([people[0].genesis.id()]);
        let circle = found_circle(&people[0].keys, people[0].id(), &known, name, [5; 16]).unwrap();
        let circles = vec![circle.log()];
        for person in people {
            first.all.insert(person.genesis.clone()).unwrap();
        }
        first.all.insert(circle).unwrap();
        for person in &people[1..3 + chance.below(4)] {
            let role = [Role::Admin, Role::Writer, Role::Admin, Role::Admin][chance.below(4)];
            first.set(person, role).unwrap();
        }
        let desks = vec![first.all; PEOPLE];
        World { people, second, desks, dishonest, links: Vec::new(), circles, chance, mostly: seed % 3 }
    }

    /// Makes `action` in the name of `by` at their desk; a dishonest person often pretends to know less.
    fn act(&mut self, by: usize, log: &LogId, action: Action) {
        let desk = &self.desks[by];
        let person = &self.people[by];
        let keys = if self.chance.percent(20) { &self.second[by] } else { &person.keys };
        let signer = Signer { keys, person: person.id() };
        let made = if self.dishonest[by] && self.chance.percent(50) {
            let all: Vec<OpId> = desk.ops().map(SignedOp::id).collect();
            let mut deps: Vec<OpId> = (0..1 + self.chance.below(3)).filter_map(|_| self.chance.pick(&all)).collect();
            deps.sort_unstable();
            deps.dedup();
            desk.draft_on(deps, log, person.id(), keys.device(), action).and_then(|op| SignedOp::sign(op, keys))
        } else if let Action::Handover { to, .. } = action {
            desk.propose_handover(&signer, to, &person.recovery)
        } else {
            desk.propose_in(&signer, log, action)
        };
        if let Ok(op) = made {
            let _ = self.desks[by].insert(op);
        }
    }

    fn hear(&mut self, to: usize, from: usize) {
        let ops: Vec<SignedOp> = if self.chance.percent(60) {
            self.desks[from].ops().cloned().collect()
        } else {
            let all: Vec<OpId> = self.desks[from].ops().map(SignedOp::id).collect();
            let some = self.chance.pick(&all).unwrap();
            self.desks[from].past(&some).iter().filter_map(|id| self.desks[from].op(id)).cloned().collect()
        };
        for op in ops {
            self.desks[to].insert(op).unwrap();
        }
    }

    fn role(&mut self) -> Role {
        Role::ALL[self.chance.below(4)]
    }

    /// Mostly somebody who may do something, by their own view.
    fn somebody(&mut self) -> usize {
        let at_least = [None, Some(Role::Reader), Some(Role::Admin), Some(Role::Admin)][self.chance.below(4)];
        let may = |person: &usize| self.desks[*person].now().role(&self.people[*person].id()) >= at_least;
        let who: Vec<usize> = (0..PEOPLE).filter(may).collect();
        self.chance.pick(&who).unwrap_or_default()
    }

    fn step(&mut self) {
        let by = self.somebody();
        let whom = self.chance.below(PEOPLE);
        let subject = Subject::Person(self.people[whom].id());
        let notebook = LogId::from(self.desks[by].notebook());
        let retained = Retained::new();
        let mut what = self.chance.below(100);
        if self.mostly == 1 && (30..=53).contains(&what) && self.chance.percent(85) {
            what = [0, 55, 65, 70, 80][self.chance.below(5)];
        }
        if self.mostly == 2 && (45..=77).contains(&what) && self.chance.percent(70) {
            what = [0, 90, 95, 98][self.chance.below(4)];
        }
        match what {
            0..=29 => self.hear(by, whom),
            30..=44 => {
                let role = self.role();
                self.act(by, &notebook, Action::Set { subject, role, retained });
            }
            45..=51 => self.act(by, &notebook, Action::Remove { subject, retained }),
            52..=53 => self.act(by, &notebook, Action::Leave { retained }),
            54..=60 => self.invite(by, &notebook),
            61..=74 => self.redeem(&notebook),
            75..=77 => {
                if let Some(link) = self.chance.pick(&self.links) {
                    self.act(by, &notebook, Action::Revoke { invitation: link.id });
                }
            }
            78..=82 => {
                for (invitation, redemptions) in self.desks[by].now().to_settle() {
                    self.act(by, &notebook, Action::Settle { invitation, redemptions });
                }
            }
            83 => self.settle_contested(by, &notebook),
            84..=86 => {
                let to = self.people[whom].id();
                self.act(by, &notebook, Action::Handover { to, recovery: crate::Signature::from_bytes([0; 64]) });
            }
            87 => self.act(by, &notebook, Action::Retire),
            88 => self.nonsense(by),
            89..=92 => self.change_devices(by),
            _ => self.change_circles(by, whom, &notebook),
        }
    }

    fn invite(&mut self, by: usize, notebook: &LogId) {
        let seed = [self.links.len() as u8 + 1; 32];
        let role = if self.chance.percent(85) { Role::Writer } else { Role::Admin };
        let uses = [1, 1, 2, 3][self.chance.below(4)];
        let before: BTreeSet<OpId> = self.desks[by].ops().map(SignedOp::id).collect();
        let expires = Moment::from_millis(0);
        self.act(by, notebook, Action::Invite { key: link_public(&seed), role, uses, expires, label: None });
        if let Some(op) = self.desks[by].ops().find(|op| !before.contains(&op.id())) {
            self.links.push(Link { id: InvitationId::from(op.id()), seed });
        }
    }

    /// Somebody without a role comes in by a link that their host believes open, mostly.
    fn redeem(&mut self, notebook: &LogId) {
        let desks = 0..PEOPLE;
        let hosts: Vec<usize> =
            desks.filter(|by| self.desks[*by].now().role(&self.people[*by].id()).is_some()).collect();
        let Some(by) = self.chance.pick(&hosts) else { return };
        let view = self.desks[by].now();
        let careless = self.chance.percent(10);
        let open =
            |link: &&Link| careless || view.invitation(&link.id).is_some_and(|link| link.state == crate::Link::Open);
        let links: Vec<Link> = self.links.iter().filter(open).copied().collect();
        let outside = |person: &usize| careless || view.role(&self.people[*person].id()).is_none();
        let joiners: Vec<usize> = (0..PEOPLE).filter(outside).collect();
        let (Some(link), Some(whom)) = (self.chance.pick(&links), self.chance.pick(&joiners)) else { return };
        let mut joiner_nonce = [0; 32];
        joiner_nonce[..8].copy_from_slice(&self.chance.next().to_le_bytes());
        let asked = RedemptionAsked {
            invitation: link.id,
            person: self.people[whom].id(),
            joiner_nonce,
            host_nonce: [0; 32],
            host: self.people[by].keys.device(),
            known: vec![self.people[whom].genesis.id()],
        };
        let statement = Redemption::sign(&self.desks[by].notebook(), asked, &self.people[whom].keys, &link.seed);
        self.act(by, notebook, Action::Redeem(Box::new(statement)));
        let host = self.desks[by].clone();
        for op in host.ops() {
            self.desks[whom].insert(op.clone()).unwrap();
        }
    }

    fn settle_contested(&mut self, by: usize, notebook: &LogId) {
        let contested = self.desks[by].now().redemptions();
        let contested: Vec<_> =
            contested.into_iter().filter(|notice| notice.state == RedemptionState::Contested).collect();
        if let Some(notice) = self.chance.pick(&contested) {
            let settle = Action::Settle { invitation: notice.invitation, redemptions: vec![notice.op] };
            self.act(by, notebook, settle);
        }
    }

    /// Operations about things that are not what they are taken for, and of kinds that nobody knows.
    fn nonsense(&mut self, by: usize) {
        let all: Vec<OpId> = self.desks[by].ops().map(SignedOp::id).collect();
        let logs: Vec<LogId> = self.desks[by].ops().map(SignedOp::log).collect();
        let (Some(one), Some(log)) = (self.chance.pick(&all), self.chance.pick(&logs)) else { return };
        let (one_as_log, retained) = (LogId::from(one), Retained::new());
        let action = match self.chance.below(9) {
            0 => Action::Revoke { invitation: InvitationId::from(one) },
            1 => Action::Settle { invitation: InvitationId::from(one), redemptions: vec![one] },
            2 => Action::Set { subject: Subject::Circle(one_as_log.into()), role: Role::Writer, retained },
            3 => Action::Set { subject: Subject::Person(one_as_log.into()), role: Role::Admin, retained },
            4 => Action::ReplaceRecovery {
                recovery: RecoveryPublic { signing: *one.as_bytes(), hpke: HpkePublic::from_bytes(*log.as_bytes()) },
            },
            5 => Action::SetCircle { person: log.into(), admin: true },
            6 => Action::RevokeDevice { device: DeviceId::from_bytes(*one.as_bytes()), good: vec![one], retained },
            kind => Action::Unknown { kind: 0x01ab + 0x0100 * (kind as u16 - 7), body: vec![1] },
        };
        self.act(by, &log, action);
    }

    fn change_devices(&mut self, by: usize) {
        let (person, second) = (&self.people[by], &self.second[by]);
        let log = LogId::from(person.id());
        if self.chance.percent(60) {
            self.act(by, &log, adding(second, person));
            return;
        }
        let own: Vec<OpId> =
            self.desks[by].ops().filter(|op| op.op().author.device == second.device()).map(SignedOp::id).collect();
        let good = self.chance.pick(&own).into_iter().collect();
        let revoke = Action::RevokeDevice { device: second.device(), good, retained: Retained::new() };
        if self.chance.percent(40) {
            let fresh = recoveries(by)[self.chance.below(4)].public();
            self.recover(by, Action::ReplaceRecovery { recovery: fresh });
        } else if self.chance.percent(50) {
            self.act(by, &log, revoke);
        } else {
            self.recover(by, revoke);
        }
    }

    /// Does something with a recovery key that is in place; whoever is dishonest often with what somebody else knows of them.
    fn recover(&mut self, by: usize, action: Action) {
        let pretends = self.dishonest[by] && self.chance.percent(50);
        let at = if pretends { self.chance.below(PEOPLE) } else { by };
        let person = self.people[by].id();
        let in_place = |keys: &RecoveryKeys| self.desks[at].propose_recovery(person, keys, action.clone()).ok();
        if let Some(op) = recoveries(by).iter().find_map(in_place) {
            self.desks[at].insert(op).unwrap();
        }
    }

    fn change_circles(&mut self, by: usize, whom: usize, notebook: &LogId) {
        let (log, person) = (self.circles[0], self.people[whom].id());
        match self.chance.below(4) {
            0 | 1 => {
                let admin = self.chance.percent(30);
                self.act(by, &log, Action::SetCircle { person, admin });
            }
            2 => self.act(by, &log, Action::RemoveFromCircle { person, retained: Retained::new() }),
            3 if self.chance.percent(30) => {
                self.act(
                    by,
                    &log,
                    Action::RemoveFromCircle { person: self.people[by].id(), retained: Retained::new() },
                );
            }
            _ => {
                let subject = Subject::Circle(CircleId::from(log));
                let role = [Role::Reader, Role::Writer][self.chance.below(2)];
                self.act(by, notebook, Action::Set { subject, role, retained: Retained::new() });
            }
        }
    }

    /// Everything that anybody knows.
    fn together(&mut self) -> Membership {
        let mut all = self.desks[0].clone();
        for desk in &self.desks[1..] {
            for op in desk.ops() {
                all.insert(op.clone()).unwrap();
            }
        }
        all
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

/// The recovery keys that a person ever has; the first is in place to begin with, the others are anybody's.
fn recoveries(by: usize) -> [RecoveryKeys; 4] {
    [by as u8 + 1, 121, 122, 123].map(|seed| RecoveryKeys::from_seed(&[seed; 32]))
}

fn some_pins(all: &Membership, chance: &mut Chance) -> Pins {
    let ids: Vec<OpId> = all.ops().map(SignedOp::id).collect();
    let genesis = OpId::from_bytes(*all.notebook().as_bytes());
    Pins::new((0..1 + chance.below(4)).filter_map(|_| chance.pick(&ids)).chain([genesis]))
}

/// The rules, asked of one view and checked against the operations themselves.
fn keeps_the_rules(all: &Membership, pins: &Pins, view: &View) {
    let known: Vec<&SignedOp> = all.ops().filter(|op| all.reaches(pins, &op.id())).collect();
    let in_effect = |op: &&&SignedOp| op.kind() == crate::LogKind::Notebook && !view.fell(&op.id());
    let members = view.members();
    assert_eq!(view.role(&view.founder()), Some(Role::Admin), "the founder never falls");
    assert_eq!(members.iter().filter(|member| member.standing == Standing::Founder).count(), 1);
    let stands_on = |later: OpId, earlier: OpId| later != earlier && all.past(&later).contains(&earlier);
    let mut standing: BTreeMap<InvitationId, BTreeSet<PersonId>> = BTreeMap::new();
    for notice in view.redemptions().iter().filter(|notice| notice.state.stands()) {
        standing.entry(notice.invitation).or_default().insert(notice.person);
        for op in known.iter().filter(in_effect) {
            let cuts = match &op.op().action {
                Action::Revoke { invitation } => *invitation == notice.invitation,
                Action::Remove { .. } => !stands_on(OpId::from(notice.invitation), op.id()),
                _ => false,
            };
            assert!(!cuts || stands_on(op.id(), notice.op), "a redemption stands that a cut did not know");
        }
    }
    for (link, persons) in standing {
        let uses = view.invitation(&link).expect("a standing redemption has its link").uses;
        assert!(persons.len() <= uses as usize, "at most N persons by one link");
    }
    for op in known.iter().filter(in_effect) {
        check_author(all, op.op());
        check_removal(all, &known, view, op);
    }
    for member in &members {
        assert!(!view.grounds(&member.person).is_empty(), "a role rests on something");
        assert!(view.grounds(&member.person).iter().all(|ground| view.stands(&all.dag, ground)));
    }
}

/// Nobody without the role changes anything, and no junior a senior.
fn check_author(all: &Membership, op: &Op) {
    let subject = match &op.action {
        Action::Set { subject, .. } | Action::Remove { subject, .. } => Some(*subject),
        Action::Invite { .. } | Action::Revoke { .. } | Action::Settle { .. } | Action::Retire => None,
        _ => return,
    };
    let then = all.at(&Pins::new(op.deps.iter().copied())).unwrap();
    assert_eq!(then.role(&op.author.person), Some(Role::Admin));
    let Some(subject) = subject else { return };
    assert_ne!(subject, Subject::Person(then.founder()));
    let (author, target) = (Subject::Person(op.author.person), then.seats.get(&subject));
    if let Some(target) = target.filter(|_| subject != author) {
        assert!(all.dag.compare(then.seats[&author].rank, target.rank).is_lt(), "a junior changed a senior");
    }
}

/// What a removed person did as an admin without knowing of it falls.
fn check_removal(all: &Membership, known: &[&SignedOp], view: &View, removal: &SignedOp) {
    let Action::Remove { subject: Subject::Person(removed), .. } = &removal.op().action else { return };
    assert!(view.taking().contains(&removal.id()));
    for op in known.iter().filter(|op| op.op().author.person == *removed && op.log() == removal.log()) {
        let apart = !all.past(&removal.id()).contains(&op.id()) && !all.past(&op.id()).contains(&removal.id());
        let as_admin = matches!(op.op().action, Action::Set { .. } | Action::Remove { .. } | Action::Invite { .. });
        if apart && as_admin {
            assert!(view.fell(&op.id()), "an admin's act beside their removal stands");
        }
    }
}

/// Who has lost access between two views did so by something taking, so that a key they got is used no more.
fn losses_are_taken(all: &Membership, earlier: &Pins, then: &View, now: &View) {
    let have: BTreeSet<Recipient> = now.recipients().into_iter().collect();
    let lost = then.recipients().into_iter().any(|recipient| !have.contains(&recipient));
    let told = now.taking().iter().any(|op| !all.reaches(earlier, op));
    assert!(!lost || told, "somebody lost access and nothing says so");
}

fn one_history(people: &[Person], second: &[DeviceKeys], seed: u64) -> Tally {
    let mut world = World::new(people, second, seed);
    let steps = 40 + world.chance.below(140);
    for _ in 0..steps {
        world.step();
    }
    let all = world.together();
    let told_once = told(&all);
    for _ in 0..2 {
        let other = shuffled(&all, &people[0], &mut world.chance);
        assert_eq!(told(&other), told_once, "the order of arrival shows");
        assert_eq!(other.heads(), all.heads());
    }
    let now = all.now();
    keeps_the_rules(&all, &all.heads(), &now);
    for _ in 0..4 {
        let pins = some_pins(&all, &mut world.chance);
        let view = all.at(&pins).unwrap();
        keeps_the_rules(&all, &pins, &view);
        if all.covers(&all.heads(), &pins) {
            losses_are_taken(&all, &pins, &view, &now);
        }
    }
    let mut happened = Tally::new();
    tally(&all, &mut happened);
    happened
}

fn everybody() -> (Vec<Person>, Vec<DeviceKeys>) {
    let people = (0..PEOPLE as u8).map(|number| Person::new(number + 1)).collect();
    (people, (0..PEOPLE as u8).map(|number| DeviceKeys::from_seed(&[number + 101; 32])).collect())
}

/// A number that whoever runs the test may set.
#[expect(clippy::disallowed_methods, reason = "how many histories to try is for whoever runs the test to say")]
fn asked_for(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn random_histories_agree_and_keep_the_rules() {
    let (people, second) = everybody();
    let (histories, first) = (asked_for("HISTORIES", 60), asked_for("SEED", 1));
    let mut happened = Tally::new();
    for seed in first..first + histories {
        let one = std::panic::catch_unwind(|| one_history(&people, &second, seed));
        let one = one.unwrap_or_else(|_| panic!("history {seed} fails; SEED={seed} HISTORIES=1 replays it"));
        for (what, times) in one {
            *happened.entry(what).or_default() += times;
        }
    }
    println!("{happened:#?}");
    let expected = [
        "0101 fell",
        "0102 fell",
        "0104 fell",
        "0106 fell",
        "0108 taken",
        "0202 taken",
        "0203 taken",
        "0203 fell",
        "0302 taken",
    ];
    let expected = expected.into_iter().chain(["redemption Contested", "redemption Seated", "member by circle alone"]);
    for what in expected.filter(|_| histories >= 60) {
        assert!(happened.contains_key(what), "never in {histories} histories: {what}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn any_history_agrees_and_keeps_the_rules(seed in any::<u64>()) {
        let (people, second) = everybody();
        one_history(&people, &second, seed);
    }
}
