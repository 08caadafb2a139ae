//! Whether two answers are the same.

use std::{
    collections::{BTreeSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use hedgerow_model::OpId;

use crate::{View, dag::Dag};

/// One number for all that an answer holds, whatever the order in which it came about.
pub(super) fn digest(view: &View, dag: &Dag) -> u64 {
    let mut hasher = DefaultHasher::new();
    let id = |op: &usize| dag.node(*op).id;
    let ids = |ops: &mut dyn Iterator<Item = usize>| ops.map(|op| dag.node(op).id).collect::<BTreeSet<OpId>>();
    (view.founder, id(&view.crown), view.handovers, &view.barred, &view.granted).hash(&mut hasher);
    for (subject, seat) in &view.seats {
        let grounds = ids(&mut seat.grounds.iter().map(|ground| ground.op));
        (subject, seat.role as u8, seat.rank.as_ref().map(id), grounds, seat.by_link).hash(&mut hasher);
    }
    for (person, theirs) in &view.persons {
        (person, theirs.recovery.map(|recovery| recovery.signing), id(&theirs.crown), &theirs.ever).hash(&mut hasher);
        for (device, seat) in &theirs.devices {
            (device, seat.rank.as_ref().map(id), ids(&mut seat.grounds.iter().copied())).hash(&mut hasher);
        }
        ids(&mut theirs.revocations().map(|(_, op)| op)).hash(&mut hasher);
    }
    for (circle, view) in &view.circles {
        circle.hash(&mut hasher);
        for (person, seat) in &view.members {
            let grounds = ids(&mut seat.grounds.iter().map(|ground| ground.op));
            (person, seat.admin, seat.rank.as_ref().map(id), grounds).hash(&mut hasher);
        }
        ids(&mut view.removals.iter().map(|(_, op)| *op)).hash(&mut hasher);
    }
    for (link, state) in &view.links {
        let closed = state.closed.map(|(how, by)| (how as u8, by));
        (link, closed, &state.counted, &state.seated).hash(&mut hasher);
    }
    for (op, redeemed) in &view.redeemed {
        (op, redeemed.person, redeemed.state as u8, redeemed.cause).hash(&mut hasher);
    }
    (&view.fallen, &view.taking).hash(&mut hasher);
    for (whom, ops) in &view.strikes {
        (format!("{whom:?}"), ids(&mut ops.iter().copied())).hash(&mut hasher);
    }
    hasher.finish()
}
