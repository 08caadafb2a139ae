//! The rules of membership as statements that can be put to any answer: one function for each, named as the rule reads.
//! They are worked out from the operations and their causal past, in the plainest way, and not as the resolver does it.

mod circles;
mod devices;
mod founders;
mod links;
mod losses;
mod removals;
mod roles;
mod taken;

use std::collections::BTreeSet;

use hedgerow_model::{ActorId, ChangeHash, DeviceId, OpId, PersonId};

use crate::{
    Action, Head, LogKind, Membership, Subject, View,
    bits::Bits,
    dag::{Dag, Node, Rank, StepKey},
};

pub(super) use losses::{Loss, losses, recipients};
pub(super) use taken::{Wish, ought_to_be_taken, rightly_taken};

/// Whether a statement holds, and if not, of what.
type Kept = Result<(), String>;

/// What some causally closed operations came to, and the operations.
pub(super) struct Answer<'a> {
    pub(super) all: &'a Membership,
    pub(super) within: &'a Bits,
    pub(super) view: &'a View,
    /// The notebook's operations, the first among them.
    ops: Vec<usize>,
}

/// A rule as a test puts it: its words, and whether they hold.
type Statement = (&'static str, fn(&Answer<'_>) -> Kept);

/// Names every statement of this list by its own words.
macro_rules! statements {
    ($($room:ident: $($name:ident),+;)+) => { &[$($((stringify!($name), $room::$name)),+),+] };
}

/// All that is stated of one answer.
const STATEMENTS: &[Statement] = statements! {
    founders: the_founder_never_falls, there_is_always_an_admin, nobody_is_founder_but_by_handover,
        of_two_handovers_the_one_stands_that_more_built_on, nothing_done_beside_it_touches_the_chain;
    roles: only_whose_grants_stand_changes_anything, a_giver_outranks_whom_they_let_in,
        every_role_rests_on_grants_that_stand, a_role_is_the_greater_of_ones_own_and_ones_circles,
        what_fell_fell_through_something_taking, nobody_is_late_who_knows_everything;
    removals: what_a_removed_admin_did_meanwhile_falls, what_a_leaver_did_meanwhile_falls,
        no_two_that_contradict_each_other_stand_side_by_side, identical_sets_leave_each_other_standing,
        a_junior_makes_nothing_of_a_senior_fall, who_was_taken_out_is_in_only_by_a_later_grant;
    links: a_cut_link_lets_in_only_whom_its_cuts_knew, at_most_as_many_stand_by_a_link_as_it_says,
        who_stands_has_a_seat_or_room, who_does_not_stand_has_nothing_by_it, an_admins_link_waits_for_a_set,
        who_was_decided_on_waits_no_longer;
    devices: a_revoked_device_is_nobodys_and_its_work_falls, what_a_device_did_falls_with_its_adding,
        no_recovery_key_that_was_replaced_did_anything_beside_it;
    circles: a_circles_founder_never_falls, what_a_removed_circle_admin_did_meanwhile_falls,
        who_was_taken_out_of_a_circle_is_in_only_by_a_later_grant, only_a_circles_standing_admins_change_it;
};

impl<'a> Answer<'a> {
    pub(super) fn new(all: &'a Membership, within: &'a Bits, view: &'a View) -> Answer<'a> {
        let ops = all.dag.logs[all.log].all.and(within).iter().collect();
        Answer { all, within, view, ops }
    }

    /// The first statement that does not hold, in words.
    pub(super) fn broken(&self) -> Option<String> {
        let broken = |(rule, holds): &Statement| holds(self).err().map(|what| format!("{rule}: {what}"));
        STATEMENTS.iter().find_map(broken)
    }

    fn dag(&self) -> &Dag {
        &self.all.dag
    }

    fn node(&self, op: usize) -> &Node {
        self.dag().node(op)
    }

    fn action(&self, op: usize) -> &Action {
        self.node(op).action()
    }

    fn fell(&self, op: usize) -> bool {
        self.view.fell(&self.node(op).id)
    }

    fn stands_on(&self, later: usize, earlier: usize) -> bool {
        self.dag().stands_on(later, earlier)
    }

    /// Neither stands on the other.
    fn apart(&self, one: usize, other: usize) -> bool {
        one != other && !self.stands_on(one, other) && !self.stands_on(other, one)
    }

    /// The notebook's operations that are in effect.
    fn standing(&self) -> impl Iterator<Item = usize> + '_ {
        self.ops.iter().copied().filter(|op| !self.fell(*op))
    }

    /// Those of the logs of one kind.
    fn of_kind(&self, kind: LogKind) -> impl Iterator<Item = usize> + '_ {
        self.within.iter().filter(move |op| self.dag().logs[self.node(*op).log].kind == kind)
    }

    /// The path of a place, from its beginning.
    fn path(&self, rank: Rank) -> Vec<StepKey> {
        let mut path = Vec::new();
        let mut at = rank;
        while let Some(op) = at {
            let step = self.node(op).facts.step;
            path.push(step.key);
            at = step.parent;
        }
        path.reverse();
        path
    }

    /// The path of an operation's author.
    fn path_of(&self, op: usize) -> Vec<StepKey> {
        self.path(self.node(op).facts.rank)
    }

    /// An operation as a failing test shows it.
    fn shown(&self, op: usize) -> String {
        let node = self.node(op);
        format!("{op} by {:.6} {:?}", node.person().to_string(), node.action())
    }
}

/// The first change of a device's line.
fn first_of(device: DeviceId) -> Head {
    Head { actor: ActorId::new(device, [0; 8]), seq: 1, hash: ChangeHash::from_bytes([0; 32]) }
}

fn hold(holds: bool, otherwise: impl FnOnce() -> String) -> Kept {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Whom an operation takes out of the notebook: who is removed by name, or leaves.
fn taken_out(node: &Node) -> Option<PersonId> {
    match node.action() {
        Action::Remove { subject: Subject::Person(person), .. } => Some(*person),
        Action::Leave { .. } => Some(node.person()),
        _ => None,
    }
}

/// What an operation asks for one subject: a set its role, a removal none.
fn asked(node: &Node) -> Option<(Subject, Option<hedgerow_model::Role>)> {
    match node.action() {
        Action::Set { subject, role, .. } => Some((*subject, Some(*role))),
        Action::Remove { subject, .. } => Some((*subject, None)),
        _ => None,
    }
}

/// What only an admin does.
fn is_for_admins(action: &Action) -> bool {
    let for_anybody = matches!(action, Action::Redeem(_) | Action::Leave { .. } | Action::Unknown { .. });
    !for_anybody && !action.is_genesis()
}

/// The operations that `ids` name.
fn positions(dag: &Dag, ids: impl IntoIterator<Item = OpId>) -> BTreeSet<usize> {
    ids.into_iter().filter_map(|id| dag.find(&id)).collect()
}
