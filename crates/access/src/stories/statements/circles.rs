//! Circles' own logs.

use hedgerow_model::{PersonId, Role};

use super::{Answer, Kept, hold};
use crate::{Action, LogKind};

impl Answer<'_> {
    fn in_circles(&self) -> impl Iterator<Item = usize> + '_ {
        self.of_kind(LogKind::Circle)
    }

    /// Whom an operation of a circle takes out of it.
    fn taken_from_circle(&self, op: usize) -> Option<PersonId> {
        match self.action(op) {
            Action::RemoveFromCircle { person, .. } => Some(*person),
            _ => None,
        }
    }
}

/// A circle's founder never falls.
pub(super) fn a_circles_founder_never_falls(answer: &Answer<'_>) -> Kept {
    for (id, circle) in &answer.view.circles {
        let founder = circle.members.get(&circle.founder);
        hold(founder.is_some_and(|seat| seat.admin), || format!("the founder of {id}"))?;
    }
    Ok(())
}

/// What a circle's admin did without knowing of their removal or demotion falls, and what a leaver did does too.
pub(super) fn what_a_removed_circle_admin_did_meanwhile_falls(answer: &Answer<'_>) -> Kept {
    for removal in answer.in_circles().filter(|op| !answer.fell(*op)) {
        let demoted = match answer.action(removal) {
            Action::SetCircle { person, .. } if answer.node(removal).facts.lowers.is_some() => Some(*person),
            _ => None,
        };
        let Some(person) = answer.taken_from_circle(removal).or(demoted) else { continue };
        if demoted == Some(answer.node(removal).person()) {
            continue;
        }
        let beside = answer.in_circles().filter(|op| answer.dag().are_concurrent(*op, removal));
        for op in beside.filter(|op| answer.node(*op).person() == person) {
            let leaves = answer.taken_from_circle(op) == Some(person);
            hold(leaves || answer.fell(op), || answer.shown(op))?;
        }
    }
    Ok(())
}

/// Who was taken out of a circle, or went, is in it only by what was done knowing of it.
pub(super) fn who_was_taken_out_of_a_circle_is_in_only_by_a_later_grant(answer: &Answer<'_>) -> Kept {
    for removal in answer.in_circles().filter(|op| !answer.fell(*op)) {
        let Some(person) = answer.taken_from_circle(removal) else { continue };
        let circle = answer.dag().logs[answer.node(removal).log].id.into();
        let seat = answer.view.circles.get(&circle).and_then(|circle| circle.members.get(&person));
        for ground in seat.into_iter().flat_map(|seat| &seat.grounds) {
            hold(answer.stands_on(ground.op, removal), || answer.shown(removal))?;
        }
    }
    Ok(())
}

/// What is in effect in a circle was done by its admins, by grants that stand; but anybody goes.
pub(super) fn only_a_circles_standing_admins_change_it(answer: &Answer<'_>) -> Kept {
    for op in answer.in_circles().filter(|op| !answer.fell(*op)) {
        let goes = answer.taken_from_circle(op) == Some(answer.node(op).person());
        if answer.action(op).is_genesis() || goes || matches!(answer.action(op), Action::Unknown { .. }) {
            continue;
        }
        let mut grounds = answer.node(op).facts.grounds.iter().filter(|ground| ground.role == Role::Admin);
        hold(grounds.any(|ground| !answer.fell(ground.op)), || answer.shown(op))?;
    }
    Ok(())
}
