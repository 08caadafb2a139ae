//! What a set of operations comes to, stratum by stratum: persons, circles, handovers, leavings, conflicts.
//! The last strata, those of links, are in `seats`.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hedgerow_model::{CircleId, PersonId, Role, mutant};

use crate::{
    Action, LogKind, Subject, View,
    bits::Bits,
    circles,
    dag::{Dag, Ground, Node},
    falls::Falls,
    persons::{self, PersonView, most_built_on},
    seats,
    view::{Seat, Struck},
};

/// A set or a removal.
pub(crate) struct Contest {
    pub(crate) about: Subject,
    /// The role it gives; none for a removal.
    pub(crate) asks: Option<Role>,
    /// Whether what its subject did as an admin without knowing of it falls.
    pub(crate) strips: bool,
}

/// What the notebook whose log is `log` comes to in `within`, which is causally closed.
pub(crate) fn resolve(dag: &Dag, log: usize, within: &Bits) -> View {
    let mut view = begin(dag, log, within);
    let ops = dag.ordered(&dag.logs[log].all.and(within));
    let mut falls =
        Falls::new(dag, &ops, |op, ground| acts_as_admin(dag.node(op).action()) && ground.role == Role::Admin);
    fall_with_devices(dag, &ops, &view.persons, &mut falls);
    for (handover, tipped) in hand_over(dag, &ops, within, &mut falls) {
        view.taking.extend(tipped.values().map(|op| dag.node(*op).id));
        view.disputed.insert(handover, tipped.into_keys().collect());
    }
    leave(dag, &ops, within, &mut falls);
    let contests = ops.iter().filter_map(|op| contest(dag, *op)).collect();
    settle_conflicts(dag, within, contests, |op| acts_as_admin(dag.node(op).action()), &mut falls);
    let states = seats::settle(dag, &ops, &falls, &mut view);
    view.fall_in_other_logs(dag);
    for (op, cause) in falls.all() {
        view.fallen.insert(dag.node(op).id, Some(dag.node(cause).id));
        view.taking.insert(dag.node(cause).id);
    }
    for &op in &ops {
        if matches!(dag.node(op).action(), Action::Redeem(_)) {
            seats::admit(dag, op, states.get(&op), &mut view);
        } else if !falls.has(op) {
            view.apply(dag, op);
        } else if let Action::Set { subject, .. } = dag.node(op).action() {
            view.granted.insert(*subject); // they may have been given a key before it fell
        }
    }
    view.take_from_devices_and_circles(dag);
    view
}

/// The answer before the notebook's own operations: its persons and circles.
fn begin(dag: &Dag, log: usize, within: &Bits) -> View {
    let genesis = dag.genesis(log);
    let founder = dag.node(genesis).person();
    let mut view = View::empty(founder, genesis);
    for person in logs_of(dag, LogKind::Person, within) {
        view.bring_person(dag, person, within);
    }
    for circle in logs_of(dag, LogKind::Circle, within) {
        let resolved = circles::resolve(dag, circle, within, &view.persons);
        view.circles.insert(CircleId::from(dag.logs[circle].id), Arc::new(resolved));
    }
    view
}

fn logs_of(dag: &Dag, kind: LogKind, within: &Bits) -> Vec<usize> {
    (0..dag.logs.len()).filter(|log| dag.logs[*log].kind == kind && dag.logs[*log].all.meets(within)).collect()
}

/// Whether only an admin's standing makes it count.
pub(crate) fn acts_as_admin(action: &Action) -> bool {
    matches!(
        action,
        Action::Set { .. }
            | Action::Remove { .. }
            | Action::Invite { .. }
            | Action::Revoke { .. }
            | Action::Settle { .. }
            | Action::Handover { .. }
            | Action::Retire
    )
}

/// What a revoked device did falls, and what a device did whose adding fell.
pub(crate) fn fall_with_devices(
    dag: &Dag,
    ops: &[usize],
    persons: &BTreeMap<PersonId, Arc<PersonView>>,
    falls: &mut Falls,
) {
    for &op in ops {
        let node = dag.node(op);
        let Some(person) = persons.get(&node.person()).filter(|person| !person.is_untroubled()) else { continue };
        if node.action().is_genesis() {
            continue;
        }
        if let Some(cause) = person.fells(op, &node.device(), &node.facts.device_grounds) {
            falls.fall(op, cause);
        }
    }
}

/// Those handovers that stand though there are others beside them, and what tipped the balance, by whose it is.
type Disputed = BTreeMap<usize, BTreeMap<PersonId, usize>>;

/// Follows the handovers from the first founder, and protects everybody in the chain.
fn hand_over(dag: &Dag, ops: &[usize], within: &Bits, falls: &mut Falls) -> Disputed {
    let mut disputed = Disputed::new();
    let Some(&genesis) = ops.first() else { return disputed };
    let handovers: Vec<usize> =
        ops.iter().copied().filter(|op| matches!(dag.node(*op).action(), Action::Handover { .. })).collect();
    let mut chain = vec![(genesis, dag.node(genesis).person())];
    let mut crown = genesis;
    loop {
        let from_here = |op: &usize| dag.node(*op).facts.crown == Some(crown) && !falls.has(*op);
        let rivals: Vec<usize> = handovers.iter().copied().filter(from_here).collect();
        let Some((next, tipping)) = most_built_on(dag, &rivals, within, Node::person) else { break };
        if rivals.len() > 1 {
            disputed.insert(next, tipping);
        }
        for rival in rivals.into_iter().filter(|rival| *rival != next) {
            falls.fall(rival, next);
        }
        if let Action::Handover { to, .. } = dag.node(next).action() {
            chain.push((next, *to));
        }
        crown = next;
    }
    for &op in ops {
        let false_crown = dag.node(op).facts.crown.filter(|crown| !chain.iter().any(|(place, _)| place == crown));
        if let Some(crown) = false_crown {
            falls.fall(op, falls.cause(crown).unwrap_or(crown));
        }
    }
    for (at, (from, founder)) in chain.iter().enumerate() {
        let until = chain.get(at + 1).map(|(next, _)| *next);
        for &op in ops.iter().filter(|op| takes_from(dag, **op, founder)) {
            let before = dag.stands_on(*from, op);
            let after = until.is_some_and(|next| dag.stands_on(op, next));
            if !before && !after {
                falls.fall(op, *from);
            }
        }
    }
    disputed
}

/// Whether it would leave `person` with anything less than an admin's role.
fn takes_from(dag: &Dag, op: usize, person: &PersonId) -> bool {
    let about = Subject::Person(*person);
    match dag.node(op).action() {
        Action::Set { subject, role, .. } => *subject == about && *role != Role::Admin,
        Action::Remove { subject, .. } => *subject == about,
        Action::Leave { .. } => dag.node(op).person() == *person,
        _ => false,
    }
}

/// What a leaver did without knowing of the leaving falls.
fn leave(dag: &Dag, ops: &[usize], within: &Bits, falls: &mut Falls) {
    let is_leaving = |op: usize| matches!(dag.node(op).action(), Action::Leave { .. });
    for &op in ops.iter().filter(|op| is_leaving(**op)) {
        if falls.has(op) {
            continue;
        }
        let leaver = dag.node(op).person();
        for other in dag.beside(op, within).iter().filter(|other| !is_leaving(*other)) {
            let node = dag.node(other);
            let joins = matches!(node.action(), Action::Redeem(redemption) if redemption.person == leaver);
            if node.person() == leaver || joins {
                falls.fall(other, op);
            }
        }
    }
}

fn contest(dag: &Dag, op: usize) -> Option<(usize, Contest)> {
    let (about, asks) = match dag.node(op).action() {
        Action::Set { subject, role, .. } => (*subject, Some(*role)),
        Action::Remove { subject, .. } => (*subject, None),
        _ => return None,
    };
    let strips = asks.is_none() || dag.node(op).facts.lowers == Some(Role::Admin);
    Some((op, Contest { about, asks, strips }))
}

/// Sets and removals, senior first: what loses to one of them falls.
pub(crate) fn settle_conflicts(
    dag: &Dag,
    within: &Bits,
    contests: Vec<(usize, Contest)>,
    counts_as_admin: impl Fn(usize) -> bool,
    falls: &mut Falls,
) {
    let mut order: Vec<usize> = contests.iter().map(|(op, _)| *op).collect();
    let contests: BTreeMap<usize, Contest> = contests.into_iter().collect();
    order.sort_by(|a, b| {
        let by_rank = dag.compare(dag.node(*a).facts.rank, dag.node(*b).facts.rank);
        let removals_first = contests[a].asks.is_some().cmp(&contests[b].asks.is_some());
        by_rank.then(removals_first).then_with(|| dag.compare_ops(*a, *b))
    });
    for op in order {
        if falls.has(op) {
            continue;
        }
        let (contest, node) = (&contests[&op], dag.node(op));
        for other in dag.beside(op, within).iter() {
            let rival = dag.node(other);
            let is_subject = contest.about == Subject::Person(rival.person()) && rival.person() != node.person();
            let stripped = contest.strips && is_subject && counts_as_admin(other) && !mutant("removed-admin-acts-on");
            let beaten = contests.get(&other).is_some_and(|theirs| {
                contest.about == theirs.about && contest.asks != theirs.asks && {
                    match dag.compare(node.facts.rank, rival.facts.rank) {
                        Ordering::Less => true,
                        // Of one author, a removal is not undone by what they did beside it.
                        Ordering::Equal => theirs.asks.is_some(),
                        Ordering::Greater => false,
                    }
                }
            });
            if stripped || beaten {
                falls.fall(other, op);
            }
        }
    }
}

impl View {
    fn empty(founder: PersonId, crown: usize) -> View {
        View {
            founder,
            crown,
            handovers: 0,
            disputed: BTreeMap::new(),
            seats: BTreeMap::new(),
            barred: BTreeSet::new(),
            granted: BTreeSet::new(),
            persons: BTreeMap::new(),
            circles: BTreeMap::new(),
            owners: BTreeMap::new(),
            met: BTreeSet::new(),
            links: BTreeMap::new(),
            redeemed: BTreeMap::new(),
            fallen: BTreeMap::new(),
            taking: BTreeSet::new(),
            strikes: BTreeMap::new(),
        }
    }

    /// Takes a person's log in, or in again.
    pub(crate) fn bring_person(&mut self, dag: &Dag, log: usize, within: &Bits) {
        let person = PersonId::from(dag.logs[log].id);
        let view = persons::resolve(dag, log, within);
        for device in view.devices.keys() {
            self.owners.entry(*device).or_default().insert(person);
        }
        self.met.extend(&view.ever);
        self.persons.insert(person, Arc::new(view));
    }

    /// The effect of one operation that stands, after all before it. Links and redemptions are not its business.
    pub(crate) fn apply(&mut self, dag: &Dag, op: usize) {
        let node = dag.node(op);
        match node.action() {
            Action::FoundNotebook { founder, .. } => {
                let grounds = vec![Ground { op, via: None, role: Role::Admin }];
                let seat = Seat { role: Role::Admin, rank: None, grounds, by_link: false };
                self.seats.insert(Subject::Person(*founder), seat);
                self.granted.insert(Subject::Person(*founder));
            }
            Action::Set { subject, role, .. } => self.set(dag, op, *subject, *role),
            Action::Remove { subject, .. } => self.unseat(dag, op, *subject),
            Action::Leave { .. } => self.unseat(dag, op, Subject::Person(node.person())),
            Action::Handover { to, .. } => self.crown(dag, op, *to),
            _ => {}
        }
        if takes(node.action()) || node.facts.lowers == Some(Role::Admin) {
            self.taking.insert(node.id);
        }
    }

    fn set(&mut self, dag: &Dag, op: usize, subject: Subject, role: Role) {
        let ground = Ground { op, via: None, role };
        self.granted.insert(subject);
        let left_unseen = self.left_unseen(dag, op, &subject);
        if dag.node(op).facts.lowers.is_some() {
            self.strikes.entry(struck(subject)).or_default().push(op);
        }
        if left_unseen {
            return;
        }
        if let Subject::Person(person) = subject {
            self.barred.remove(&person);
            self.decide(dag, op, &person);
        }
        let was = self.seats.get(&subject).map(|seat| seat.role);
        let seat = self.seats.entry(subject).or_insert(Seat { role, rank: Some(op), grounds: vec![], by_link: false });
        if was.is_some_and(|was| was > role) {
            seat.grounds.clear();
        }
        if was.is_some_and(|was| (was == Role::Admin) != (role == Role::Admin)) {
            seat.rank = Some(op);
        }
        seat.grounds.push(ground);
        (seat.role, seat.by_link) = (role, false);
    }

    /// Whether the subject left without the set's knowing: it does not bring them back.
    fn left_unseen(&self, dag: &Dag, op: usize, subject: &Subject) -> bool {
        let strikes = self.strikes.get(&struck(*subject)).into_iter().flatten();
        let leavings = strikes.filter(|strike| matches!(dag.node(**strike).action(), Action::Leave { .. }));
        leavings.into_iter().any(|leaving| !dag.stands_on(op, *leaving))
    }

    fn unseat(&mut self, dag: &Dag, op: usize, subject: Subject) {
        self.seats.remove(&subject);
        if let Subject::Person(person) = subject {
            self.barred.insert(person);
            self.decide(dag, op, &person);
        }
        self.strikes.entry(struck(subject)).or_default().push(op);
    }

    /// Notes of the redemptions on which `op` stands that what they asked for was decided.
    fn decide(&mut self, dag: &Dag, op: usize, person: &PersonId) {
        for (id, redeemed) in self.redeemed.iter_mut().filter(|(_, redeemed)| redeemed.person == *person) {
            redeemed.decided |= dag.find(id).is_some_and(|redemption| dag.stands_on(op, redemption));
        }
    }

    fn crown(&mut self, dag: &Dag, op: usize, to: PersonId) {
        if let Some(former) = self.seats.get_mut(&Subject::Person(self.founder)) {
            former.rank = Some(op);
        }
        let heir = Seat { role: Role::Admin, rank: None, grounds: Vec::new(), by_link: false };
        let seat = self.seats.entry(Subject::Person(to)).or_insert(heir);
        (seat.role, seat.rank, seat.by_link) = (Role::Admin, None, false);
        seat.grounds.push(Ground { op, via: None, role: Role::Admin });
        self.barred.remove(&to);
        self.decide(dag, op, &to);
        (self.founder, self.crown) = (to, op);
        self.handovers += 1;
    }

    /// What persons' and circles' own logs take away, as far as it concerns this notebook.
    pub(crate) fn take_from_devices_and_circles(&mut self, dag: &Dag) {
        for (person, view) in &self.persons {
            // To learn of a good head brings back what it stands on, and that may take something.
            self.taking.extend(view.vouching.iter().map(|op| dag.node(*op).id));
            for (device, op) in view.revocations() {
                self.strikes.entry(Struck::Device(device)).or_default().push(op);
                if self.role(person).is_some() {
                    self.taking.insert(dag.node(op).id);
                }
            }
            if self.role(person).is_some() {
                self.taking.extend(view.replaced.iter().map(|op| dag.node(*op).id));
            }
            // What makes a revocation fall brings back what that had felled: the person's own leaving, it may be.
            if self.was_granted(person) {
                let felled = view.fallen.values().chain(&view.tipping);
                self.taking.extend(felled.map(|op| dag.node(*op).id));
            }
        }
        for (circle, view) in &self.circles {
            for (person, op) in &view.removals {
                self.strikes.entry(Struck::FromCircle(*circle, *person)).or_default().push(*op);
                if self.seats.contains_key(&Subject::Circle(*circle)) {
                    self.taking.insert(dag.node(*op).id);
                }
            }
        }
    }

    /// What fell in the logs of persons and circles. It is known before anybody is let in here: a host may have their role
    /// by a circle alone.
    fn fall_in_other_logs(&mut self, dag: &Dag) {
        for (op, cause) in self.persons.values().flat_map(|view| &view.fallen) {
            self.fallen.insert(dag.node(*op).id, Some(dag.node(*cause).id));
        }
        for (op, cause) in self.circles.values().flat_map(|view| &view.fallen) {
            self.fallen.insert(dag.node(*op).id, Some(dag.node(*cause).id));
            self.taking.insert(dag.node(*cause).id);
        }
    }

    /// What a person's role rests on by their circles.
    pub(crate) fn circle_grounds(&self, person: &PersonId) -> impl Iterator<Item = Ground> + '_ {
        let person = *person;
        let barred = self.barred.contains(&person);
        // In order persons come before circles, and may be a thousand.
        let from = Subject::Circle(CircleId::from_bytes([0; 32]));
        let seats =
            self.seats.range(from..).filter(move |_| !barred).filter_map(move |(subject, seat)| match subject {
                Subject::Circle(circle) => Some((seat, self.circles.get(circle)?.members.get(&person)?)),
                Subject::Person(_) => None,
            });
        seats.flat_map(|(seat, member)| {
            seat.grounds
                .iter()
                .flat_map(move |ground| member.grounds.iter().map(move |via| Ground { via: Some(via.op), ..*ground }))
        })
    }

    /// All that a person's role rests on.
    pub(crate) fn grounds(&self, person: &PersonId) -> Vec<Ground> {
        let own = self.seats.get(&Subject::Person(*person)).map(|seat| seat.grounds.clone());
        own.into_iter().flatten().chain(self.circle_grounds(person)).collect()
    }

    /// Whether a grant still stands here.
    pub(crate) fn stands(&self, dag: &Dag, ground: &Ground) -> bool {
        let stands = |op: usize| !self.fell(&dag.node(op).id);
        stands(ground.op) && ground.via.is_none_or(stands)
    }
}

fn struck(subject: Subject) -> Struck {
    match subject {
        Subject::Person(person) => Struck::Person(person),
        Subject::Circle(circle) => Struck::Circle(circle),
    }
}

/// Whether it takes something away whoever it is about.
fn takes(action: &Action) -> bool {
    let removes = matches!(action, Action::Remove { .. }) && !mutant("keep-key-after-removal");
    removes || matches!(action, Action::Leave { .. } | Action::Revoke { .. } | Action::Retire)
}
