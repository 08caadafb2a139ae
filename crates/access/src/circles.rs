//! What a circle's log comes to: which persons are in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hedgerow_model::{PersonId, Role};

use crate::{
    Action, Subject,
    bits::Bits,
    dag::{Dag, Ground, Rank},
    falls::Falls,
    persons::PersonView,
    resolution::{Contest, fall_with_devices, settle_conflicts},
};

/// A circle's persons, as one set of operations has it.
#[derive(Debug, Clone)]
pub(crate) struct CircleView {
    pub(crate) founder: PersonId,
    pub(crate) members: BTreeMap<PersonId, CircleSeat>,
    ever: BTreeSet<PersonId>,
    /// Operations of this log that fell, with what they fell through.
    pub(crate) fallen: BTreeMap<usize, usize>,
    /// Removals in effect.
    pub(crate) removals: Vec<(PersonId, usize)>,
}

/// One person's place in a circle.
#[derive(Debug, Clone)]
pub(crate) struct CircleSeat {
    pub(crate) admin: bool,
    pub(crate) rank: Rank,
    pub(crate) grounds: Vec<Ground>,
}

impl CircleView {
    /// Everybody in it.
    pub(crate) fn persons(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.members.keys().copied()
    }

    /// Whether nothing in it ever fell and nobody was taken out.
    pub(crate) fn is_untroubled(&self) -> bool {
        self.fallen.is_empty() && self.removals.is_empty()
    }

    /// Whether the person is in it or was.
    pub(crate) fn ever(&self, person: &PersonId) -> bool {
        self.ever.contains(person)
    }
}

/// A circle knows two roles.
fn as_role(admin: bool) -> Role {
    if admin { Role::Admin } else { Role::Writer }
}

/// Whether somebody takes themselves out.
fn is_leaving(dag: &Dag, op: usize) -> bool {
    matches!(dag.node(op).action(), Action::RemoveFromCircle { person, .. } if *person == dag.node(op).person())
}

/// What the circle's log `log` comes to, as far as it lies in `within`.
pub(crate) fn resolve(
    dag: &Dag,
    log: usize,
    within: &Bits,
    persons: &BTreeMap<PersonId, Arc<PersonView>>,
) -> CircleView {
    let ops = dag.ordered(&dag.logs[log].all.and(within));
    let mut falls = Falls::new(dag, &ops, |op, ground| !is_leaving(dag, op) && ground.role == Role::Admin);
    fall_with_devices(dag, &ops, persons, &mut falls);
    for &op in ops.iter().filter(|op| is_leaving(dag, **op)) {
        for other in dag.beside(op, within).iter() {
            if !falls.has(op) && dag.node(other).person() == dag.node(op).person() && !is_leaving(dag, other) {
                falls.fall(other, op);
            }
        }
    }
    let contests = ops.iter().filter(|op| !is_leaving(dag, **op)).filter_map(|op| contest(dag, *op)).collect();
    settle_conflicts(dag, within, contests, |op| !is_leaving(dag, op), &mut falls);
    seat(dag, &ops, &falls)
}

fn contest(dag: &Dag, op: usize) -> Option<(usize, Contest)> {
    let (person, asks) = match dag.node(op).action() {
        Action::SetCircle { person, admin } => (*person, Some(as_role(*admin))),
        Action::RemoveFromCircle { person, .. } => (*person, None),
        _ => return None,
    };
    let strips = asks.is_none() || dag.node(op).facts.lowers == Some(Role::Admin);
    Some((op, Contest { about: Subject::Person(person), asks, strips }))
}

fn seat(dag: &Dag, ops: &[usize], falls: &Falls) -> CircleView {
    let founder = ops.first().map_or(PersonId::from_bytes([0; 32]), |genesis| dag.node(*genesis).person());
    let mut view = CircleView {
        founder,
        members: BTreeMap::new(),
        ever: BTreeSet::from([founder]),
        fallen: falls.all().collect(),
        removals: Vec::new(),
    };
    for &op in ops {
        let node = dag.node(op);
        if falls.has(op) {
            continue;
        }
        match node.action() {
            Action::FoundCircle { .. } => {
                let grounds = vec![Ground { op, via: None, role: Role::Admin }];
                view.members.insert(founder, CircleSeat { admin: true, rank: None, grounds });
            }
            Action::SetCircle { person, admin } if *person != founder => {
                view.ever.insert(*person);
                let left = |(who, by): &(PersonId, usize)| who == person && is_leaving(dag, *by);
                if view.removals.iter().any(|removal| left(removal) && !dag.stands_on(op, removal.1)) {
                    continue; // they left without its knowing
                }
                let ground = Ground { op, via: None, role: as_role(*admin) };
                let was = view.members.get(person).map(|seat| seat.admin);
                let new_place = CircleSeat { admin: *admin, rank: Some(op), grounds: Vec::new() };
                let seat = view.members.entry(*person).or_insert(new_place);
                if was == Some(true) && !admin {
                    seat.grounds.clear();
                }
                if was != Some(*admin) {
                    (seat.admin, seat.rank) = (*admin, Some(op));
                }
                seat.grounds.push(ground);
            }
            Action::RemoveFromCircle { person, .. } if *person != founder => {
                view.members.remove(person);
                view.removals.push((*person, op));
            }
            _ => {}
        }
    }
    view
}
