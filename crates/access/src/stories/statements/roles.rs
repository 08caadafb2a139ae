//! Roles, what they rest on, and what falls.

use hedgerow_model::{Role, StreamTag};

use super::{Answer, Kept, hold, is_for_admins, positions};
use crate::{Action, LogKind, Subject};

impl Answer<'_> {
    /// What tells by whom somebody was let in: for who came by a link its issuing, else the gift itself.
    fn giver(&self, gift: usize) -> usize {
        match self.action(gift) {
            Action::Redeem(redemption) => self.dag().find(&redemption.invitation.into()).unwrap_or(gift),
            _ => gift,
        }
    }
}

/// Nobody without the role ever changes anything: what is in effect had an author with the role, and a grant of it that
/// still stands.
pub(super) fn only_whose_grants_stand_changes_anything(answer: &Answer<'_>) -> Kept {
    for op in answer.standing() {
        let node = answer.node(op);
        // A leaving counts also for somebody whose grants fell: who wants to go is gone.
        if node.action().is_genesis() || matches!(node.action(), Action::Leave { .. } | Action::Unknown { .. }) {
            continue;
        }
        let needs = if is_for_admins(node.action()) { Role::Admin } else { Role::Reader };
        let mut grounds = node.facts.grounds.iter().filter(|ground| ground.role >= needs);
        hold(grounds.any(|ground| answer.view.stands(answer.dag(), ground)), || answer.shown(op))?;
    }
    Ok(())
}

/// A giver outranks those they gave to, as long as that gift is what they stand by.
pub(super) fn a_giver_outranks_whom_they_let_in(answer: &Answer<'_>) -> Kept {
    for (subject, seat) in &answer.view.seats {
        let Some(gift) = seat.rank else { continue };
        let giver = answer.path_of(answer.giver(gift));
        let is_handover = matches!(answer.action(gift), Action::Handover { .. });
        let own = *subject == Subject::Person(answer.node(gift).person());
        let theirs = answer.path(seat.rank);
        hold(is_handover || own || giver < theirs, || format!("{subject:?} by {}", answer.shown(gift)))?;
    }
    Ok(())
}

/// Whoever has a role has it by grants that stand.
pub(super) fn every_role_rests_on_grants_that_stand(answer: &Answer<'_>) -> Kept {
    for member in answer.view.members() {
        let grounds = answer.view.grounds(&member.person);
        let most = grounds.iter().map(|ground| ground.role).max();
        hold(most >= Some(member.role), || format!("{member:?} rests on {grounds:?}"))?;
        let all_stand = grounds.iter().all(|ground| answer.view.stands(answer.dag(), ground));
        hold(all_stand, || format!("{member:?} rests on what fell"))?;
    }
    Ok(())
}

/// A role is the greater of one's own and those of one's circles, which are at most a writer's.
pub(super) fn a_role_is_the_greater_of_ones_own_and_ones_circles(answer: &Answer<'_>) -> Kept {
    let view = answer.view;
    for person in view.persons.keys() {
        let own = view.seats.get(&Subject::Person(*person)).map(|seat| seat.role);
        let out = view.barred.contains(person);
        let circles = view.circles().into_iter().filter(|(circle, _)| {
            !out && view.circles.get(circle).is_some_and(|circle| circle.members.contains_key(person))
        });
        let by_circles = circles.map(|(_, role)| role).max();
        hold(by_circles <= Some(Role::Writer), || format!("a circle makes {person} an admin"))?;
        hold(view.role(person) == own.max(by_circles), || format!("{person} has {:?}", view.role(person)))?;
    }
    Ok(())
}

/// What fell did so through an operation that is known; and in this notebook's own and its circles' logs that one is
/// taking.
pub(super) fn what_fell_fell_through_something_taking(answer: &Answer<'_>) -> Kept {
    for (op, cause) in &answer.view.fallen {
        let at = positions(answer.dag(), [*op, cause.unwrap_or(*op)]);
        hold(at.iter().all(|op| answer.within.has(*op)), || format!("{op} fell through what is not known"))?;
        let own = answer.dag().find(op).map(|op| answer.dag().logs[answer.node(op).log].kind);
        let taking = cause.is_some_and(|cause| answer.view.taking().contains(&cause));
        hold(taking || own == Some(LogKind::Person), || format!("{op} fell through {cause:?}"))?;
    }
    Ok(())
}

/// A change made now, knowing everything, by somebody with the role for it is not late.
pub(super) fn nobody_is_late_who_knows_everything(answer: &Answer<'_>) -> Kept {
    if *answer.within != *answer.dag().known() {
        return Ok(());
    }
    let (heads, page) = (answer.all.heads(), StreamTag::from_bytes([1; 16]));
    for (device, _) in answer.view.devices() {
        let Some(role) = answer.view.role_of_device(&device) else { continue };
        let late = answer.all.late(&heads, &page, &super::first_of(device), &heads, role);
        hold(late.is_none(), || format!("{device}: {late:?}"))?;
    }
    Ok(())
}
