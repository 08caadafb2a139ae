//! Removals, leavings, and what stands beside what.

use hedgerow_model::Role;

use super::{Answer, Kept, asked, hold, is_for_admins, taken_out};
use crate::{Action, Subject};

/// What somebody did as an admin without knowing of their removal or demotion falls with them.
pub(super) fn what_a_removed_admin_did_meanwhile_falls(answer: &Answer<'_>) -> Kept {
    for removal in answer.standing() {
        let Some((Subject::Person(person), role)) = asked(answer.node(removal)) else { continue };
        let demotes = answer.node(removal).facts.lowers == Some(Role::Admin);
        if role.is_some() && !demotes || person == answer.node(removal).person() {
            continue;
        }
        for &op in answer.ops.iter().filter(|op| answer.apart(**op, removal)) {
            let as_admin = answer.node(op).person() == person && is_for_admins(answer.action(op));
            let fine = !as_admin || answer.fell(op);
            hold(fine, || format!("{} beside {}", answer.shown(op), answer.shown(removal)))?;
        }
    }
    Ok(())
}

/// Whatever a leaver did concurrently with leaving falls, and so do redemptions of theirs.
pub(super) fn what_a_leaver_did_meanwhile_falls(answer: &Answer<'_>) -> Kept {
    for leaving in answer.standing().filter(|op| matches!(answer.action(*op), Action::Leave { .. })) {
        let leaver = answer.node(leaving).person();
        for &op in answer.ops.iter().filter(|op| answer.apart(**op, leaving)) {
            let theirs = match answer.action(op) {
                Action::Leave { .. } => false,
                Action::Redeem(redemption) if redemption.person == leaver => true,
                _ => answer.node(op).person() == leaver,
            };
            hold(!theirs || answer.fell(op), || answer.shown(op))?;
        }
    }
    Ok(())
}

/// Of concurrent sets and removals about one subject, only such stand as ask for the same.
pub(super) fn no_two_that_contradict_each_other_stand_side_by_side(answer: &Answer<'_>) -> Kept {
    for one in answer.standing() {
        let Some(asks) = asked(answer.node(one)) else { continue };
        for other in answer.standing().filter(|other| *other > one && answer.apart(one, *other)) {
            let same_subject = asked(answer.node(other)).filter(|theirs| theirs.0 == asks.0);
            let fine = same_subject.is_none_or(|theirs| theirs == asks);
            hold(fine, || format!("{} beside {}", answer.shown(one), answer.shown(other)))?;
        }
    }
    Ok(())
}

/// Two identical concurrent sets do not void each other: one falls only with every grant of its author, or as what somebody
/// did who was demoted meanwhile.
pub(super) fn identical_sets_leave_each_other_standing(answer: &Answer<'_>) -> Kept {
    for &op in answer.ops.iter().filter(|op| matches!(answer.action(**op), Action::Set { .. })) {
        let cause = answer.view.fell_to(&answer.node(op).id).and_then(|cause| answer.dag().find(&cause));
        let Some(cause) = cause.filter(|cause| answer.apart(op, *cause)) else { continue };
        let by_the_demoted = asked(answer.node(op)).map(|of| of.0) == Some(Subject::Person(answer.node(op).person()));
        if asked(answer.node(op)) != asked(answer.node(cause)) || by_the_demoted {
            continue;
        }
        let mut grounds = answer.node(op).facts.grounds.iter().filter(|ground| ground.role == Role::Admin);
        let all_fell = grounds.all(|ground| !answer.view.stands(answer.dag(), ground));
        hold(all_fell, || format!("{} fell through its like", answer.shown(op)))?;
    }
    Ok(())
}

/// A set or removal that made another fall outranks it; unless it took from the other's author, to whom it was senior where
/// it was made, or everything that the other rested on fell.
pub(super) fn a_junior_makes_nothing_of_a_senior_fall(answer: &Answer<'_>) -> Kept {
    for &op in answer.ops.iter().filter(|op| asked(answer.node(**op)).is_some()) {
        let cause = answer.view.fell_to(&answer.node(op).id).and_then(|cause| answer.dag().find(&cause));
        let Some(cause) = cause.filter(|cause| asked(answer.node(*cause)).is_some()) else { continue };
        let mut grounds = answer.node(op).facts.grounds.iter().filter(|ground| ground.role == Role::Admin);
        let rested_on_nothing = grounds.all(|ground| !answer.view.stands(answer.dag(), ground));
        let senior = answer.path_of(cause) <= answer.path_of(op);
        let of_its_author = asked(answer.node(cause)).map(|of| of.0) == Some(Subject::Person(answer.node(op).person()));
        let fine = rested_on_nothing || senior || of_its_author;
        hold(fine, || format!("{} felled {}", answer.shown(cause), answer.shown(op)))?;
    }
    Ok(())
}

/// Who was removed by name, or left, has a role only by what was given knowing of it.
pub(super) fn who_was_taken_out_is_in_only_by_a_later_grant(answer: &Answer<'_>) -> Kept {
    for removal in answer.standing() {
        let Some(person) = taken_out(answer.node(removal)) else { continue };
        let own = answer.view.seats.get(&Subject::Person(person));
        if own.is_none() {
            hold(answer.view.role(&person).is_none(), || format!("{person} is in by a circle"))?;
        }
        for ground in own.into_iter().flat_map(|seat| &seat.grounds) {
            let later = answer.stands_on(ground.op, removal);
            hold(later, || format!("{} after {}", answer.shown(ground.op), answer.shown(removal)))?;
        }
    }
    Ok(())
}
