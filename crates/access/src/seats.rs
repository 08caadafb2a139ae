//! Links: what cuts them, which redemptions count, and who has a seat.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_model::{OpId, PersonId, Role, mutant};

use crate::{
    Action, Link, RedemptionState, Subject, View,
    bits::Bits,
    dag::{Dag, Ground},
    falls::Falls,
    view::{LinkView, RedeemedView, Seat},
};

/// Finds the links in force and what became of each redemption, before its host is looked at.
pub(crate) fn settle(dag: &Dag, ops: &[usize], falls: &Falls, view: &mut View) -> BTreeMap<usize, RedeemedView> {
    let standing: Vec<usize> = ops.iter().copied().filter(|op| !falls.has(*op)).collect();
    let closing: Vec<usize> = standing.iter().copied().filter(|op| may_cut(dag, *op)).collect();
    for &op in &standing {
        if let Some(mut link) = LinkView::of(dag, op) {
            link.closed = cuts(dag, &closing, op).next().map(|cut| (how(dag, cut), dag.node(cut).id));
            view.links.insert(dag.node(op).id, link);
        }
    }
    let mut states = BTreeMap::new();
    let mut counted: BTreeMap<OpId, Vec<usize>> = BTreeMap::new();
    for &op in ops {
        let Action::Redeem(redemption) = dag.node(op).action() else { continue };
        let invitation = OpId::from(redemption.invitation);
        let cause = void_by(dag, &closing, falls, op, &invitation);
        let state = if cause.is_some() { RedemptionState::Void } else { RedemptionState::Stands };
        if cause.is_none() {
            counted.entry(invitation).or_default().push(op);
        }
        let cause = cause.map(|cause| dag.node(cause).id);
        states.insert(
            op,
            RedeemedView { decided: false, invitation: redemption.invitation, person: redemption.person, state, cause },
        );
    }
    for (invitation, redemptions) in counted {
        if let Some(link) = view.links.get_mut(&invitation) {
            let settles = settles(dag, &standing, &invitation);
            let contested = seat(dag, link, &redemptions, &settles, &mut states);
            if contested {
                // Whoever lost a role by contesting, or by a seat given to another, must not be given later keys.
                let unseated = |op: &&usize| states[*op].state == RedemptionState::Contested;
                let takers = redemptions.iter().filter(unseated).chain(&settles);
                view.taking.extend(takers.map(|op| dag.node(*op).id));
            }
        }
    }
    states
}

impl LinkView {
    fn of(dag: &Dag, op: usize) -> Option<LinkView> {
        let Action::Invite { key, role, uses, expires, label } = dag.node(op).action() else { return None };
        Some(LinkView {
            op,
            by: dag.node(op).person(),
            role: *role,
            uses: *uses,
            expires: *expires,
            label: label.clone(),
            key: *key,
            closed: None,
            counted: BTreeSet::new(),
            seated: BTreeSet::new(),
        })
    }
}

fn how(dag: &Dag, cut: usize) -> Link {
    if matches!(dag.node(cut).action(), Action::Revoke { .. }) { Link::Revoked } else { Link::Cut }
}

/// Whether it is of a kind that closes links.
fn may_cut(dag: &Dag, op: usize) -> bool {
    let node = dag.node(op);
    let closes = matches!(node.action(), Action::Revoke { .. } | Action::Remove { .. } | Action::Leave { .. });
    closes || node.facts.lowers == Some(Role::Admin)
}

/// Whether `op`, standing, closes the link that `invite` issued.
fn cuts_link(dag: &Dag, op: usize, invite: usize) -> bool {
    let (node, invite_node) = (dag.node(op), dag.node(invite));
    match node.action() {
        Action::Revoke { invitation } => OpId::from(*invitation) == invite_node.id,
        Action::Remove { .. } => !dag.stands_on(invite, op),
        Action::Set { .. } => node.facts.lowers == Some(Role::Admin) && !dag.stands_on(invite, op),
        Action::Leave { .. } => node.person() == invite_node.person() && !dag.stands_on(invite, op),
        _ => false,
    }
}

fn cuts<'a>(dag: &'a Dag, closing: &'a [usize], invite: usize) -> impl Iterator<Item = usize> + 'a {
    closing.iter().copied().filter(move |op| cuts_link(dag, *op, invite) && !mutant("ignore-cuts"))
}

/// Through what a redemption does not count.
fn void_by(dag: &Dag, closing: &[usize], falls: &Falls, op: usize, invitation: &OpId) -> Option<usize> {
    if let Some(cause) = falls.cause(op) {
        return Some(cause);
    }
    let invite = dag.find(invitation)?; // it was in its past
    falls.cause(invite).or_else(|| cuts(dag, closing, invite).find(|cut| !dag.stands_on(*cut, op)))
}

fn settles(dag: &Dag, standing: &[usize], link: &OpId) -> Vec<usize> {
    let is_of = |op: &usize| match dag.node(*op).action() {
        Action::Settle { invitation, .. } => OpId::from(*invitation) == *link,
        _ => false,
    };
    let mut settles: Vec<usize> = standing.iter().copied().filter(is_of).collect();
    settles.sort_by(|a, b| dag.compare_ops(*a, *b));
    settles
}

/// Decides who of those that count has come in. Whether anybody is contested.
fn seat(
    dag: &Dag,
    link: &mut LinkView,
    redemptions: &[usize],
    settles: &[usize],
    states: &mut BTreeMap<usize, RedeemedView>,
) -> bool {
    let mut by_person: BTreeMap<PersonId, Bits> = BTreeMap::new();
    for &op in redemptions {
        by_person.entry(states[&op].person).or_default().set(op);
    }
    link.counted = by_person.keys().copied().collect();
    let uses = link.uses as usize;
    for &settle in settles {
        let Action::Settle { redemptions, .. } = dag.node(settle).action() else { continue };
        let named = redemptions.iter().filter_map(|id| Some(states.get(&dag.find(id)?)?.person));
        for person in named.filter(|person| by_person.contains_key(person)) {
            if link.seated.len() < uses {
                link.seated.insert(person);
            }
        }
    }
    let room_for_all = by_person.len() <= uses;
    let mut contested = false;
    for &op in redemptions {
        let Some(person) = states.get(&op).map(|redeemed| redeemed.person) else { continue };
        let state = if link.seated.contains(&person) {
            RedemptionState::Seated
        } else if room_for_all || against(dag, link, &by_person, &person) < uses || mutant("let-contested-in") {
            RedemptionState::Stands
        } else {
            contested = true;
            RedemptionState::Contested
        };
        if let Some(redeemed) = states.get_mut(&op) {
            redeemed.state = state;
        }
    }
    contested
}

/// How many others are seated or count against `person`, as far as the link's uses: all but those of whom each redemption
/// stands on one of theirs.
fn against(dag: &Dag, link: &LinkView, by_person: &BTreeMap<PersonId, Bits>, person: &PersonId) -> usize {
    let own = &by_person[person];
    let counts = |other: &PersonId, theirs: &Bits| {
        link.seated.contains(other) || theirs.iter().any(|op| !dag.node(op).past.meets(own))
    };
    let others = by_person.iter().filter(|(other, theirs)| *other != person && counts(other, theirs));
    others.take(link.uses as usize).count()
}

/// Lets somebody in whose redemption stands, if their host stands too, and notes what became of it.
pub(crate) fn admit(dag: &Dag, op: usize, redeemed: Option<&RedeemedView>, view: &mut View) {
    let Some(mut redeemed) = redeemed.cloned() else { return };
    let node = dag.node(op);
    view.granted.insert(Subject::Person(redeemed.person));
    if redeemed.state.stands() {
        let role = view.links.get(&OpId::from(redeemed.invitation)).map(|link| link.role);
        if !node.facts.grounds.iter().any(|ground| view.stands(dag, ground)) {
            redeemed.state = RedemptionState::HostFell;
            redeemed.cause = node.facts.grounds.first().and_then(|ground| {
                let grant = dag.node(ground.op).id;
                view.fell_to(&grant).or(Some(grant))
            });
        } else if role == Some(Role::Admin) {
            redeemed.state = RedemptionState::AwaitsAdmin;
        } else if let Some(role) = role {
            view.let_in(op, redeemed.person, role);
        }
    }
    view.redeemed.insert(node.id, redeemed);
}

impl View {
    fn let_in(&mut self, op: usize, person: PersonId, role: Role) {
        let ground = Ground { op, via: None, role };
        let newcomer = Seat { role, rank: Some(op), grounds: Vec::new(), by_link: true };
        let seat = self.seats.entry(Subject::Person(person)).or_insert(newcomer);
        if seat.by_link {
            seat.role = seat.role.max(role);
        }
        if role <= seat.role {
            seat.grounds.push(ground);
        }
        self.barred.remove(&person);
    }

    /// Takes in one operation that stands on all that this answer is of, without beginning again; `false` when that is
    /// not enough.
    pub(crate) fn extend(&mut self, dag: &Dag, op: usize) -> bool {
        let node = dag.node(op);
        let seats_change = matches!(
            node.action(),
            Action::Set { .. } | Action::Remove { .. } | Action::Leave { .. } | Action::Redeem(_)
        );
        if seats_change && self.has_own_takings() {
            return false;
        }
        self.tip(dag, op);
        match node.action() {
            Action::Handover { .. } => return false,
            Action::Redeem(redemption) => return self.redeem(dag, op, redemption.person),
            Action::Settle { invitation, redemptions } => return self.settled(&OpId::from(*invitation), redemptions),
            _ => {}
        }
        self.apply(dag, op);
        for link in self.links.values_mut() {
            if link.closed.is_none() && cuts_link(dag, op, link.op) {
                link.closed = Some((how(dag, op), node.id));
            }
        }
        if let Some(link) = LinkView::of(dag, op) {
            self.links.insert(node.id, link);
        }
        true
    }

    /// Whoever builds for the first time on a handover that was in question tips the balance, by whatever they do: one that
    /// knows everything builds on those that stand.
    fn tip(&mut self, dag: &Dag, op: usize) {
        let node = dag.node(op);
        for (&handover, builders) in &mut self.disputed {
            if node.person() != dag.node(handover).person() && builders.insert(node.person()) {
                self.taking.insert(node.id);
            }
        }
    }

    /// Whether there are operations of persons' or circles' logs that take from whoever has a role.
    fn has_own_takings(&self) -> bool {
        let in_persons = self.persons.values().any(|person| !person.is_untroubled());
        in_persons || self.circles.values().any(|circle| !circle.is_untroubled())
    }

    fn redeem(&mut self, dag: &Dag, op: usize, person: PersonId) -> bool {
        let Action::Redeem(redemption) = dag.node(op).action() else { return false };
        // A settle may have named an earlier redemption of theirs that did not count: then they have a seat from now on.
        let again = |earlier: &RedeemedView| earlier.invitation == redemption.invitation && earlier.person == person;
        if self.redeemed.values().any(again) {
            return false;
        }
        let Some(link) = self.links.get_mut(&OpId::from(redemption.invitation)) else { return false };
        link.counted.insert(person);
        if link.counted.len() > link.uses as usize {
            return false;
        }
        let seated = link.seated.contains(&person);
        let state = if seated { RedemptionState::Seated } else { RedemptionState::Stands };
        let redeemed = RedeemedView { invitation: redemption.invitation, person, state, cause: None, decided: false };
        admit(dag, op, Some(&redeemed), self);
        true
    }

    fn settled(&mut self, invitation: &OpId, named: &[OpId]) -> bool {
        let Some(link) = self.links.get_mut(invitation) else { return false };
        if link.counted.len() > link.uses as usize {
            return false;
        }
        for id in named {
            let Some(person) = self.redeemed.get(id).map(|redeemed| redeemed.person) else { return false };
            if !link.counted.contains(&person) {
                continue;
            }
            link.seated.insert(person);
        }
        let seats = link.seated.clone();
        for redeemed in self.redeemed.values_mut() {
            let here = OpId::from(redeemed.invitation) == *invitation && seats.contains(&redeemed.person);
            if here && redeemed.state == RedemptionState::Stands {
                redeemed.state = RedemptionState::Seated;
            }
        }
        true
    }
}
