//! The founder, and who became it.

use std::collections::BTreeSet;

use hedgerow_model::{PersonId, Role};

use super::{Answer, Kept, asked, hold, taken_out};
use crate::{Action, Pins, Subject, dag::Node};

/// The founder never falls.
pub(super) fn the_founder_never_falls(answer: &Answer<'_>) -> Kept {
    let founder = answer.view.founder();
    hold(answer.view.role(&founder) == Some(Role::Admin), || format!("{founder} is no admin"))
}

/// A notebook is never without an admin.
pub(super) fn there_is_always_an_admin(answer: &Answer<'_>) -> Kept {
    let members = answer.view.members();
    hold(members.iter().any(|member| member.role == Role::Admin), || "nobody is one".to_owned())
}

/// The handovers in effect stand on each other, each by whom the one before made founder; without one the founder is who
/// founded.
pub(super) fn nobody_is_founder_but_by_handover(answer: &Answer<'_>) -> Kept {
    let mut handovers: Vec<usize> =
        answer.standing().filter(|op| matches!(answer.action(*op), Action::Handover { .. })).collect();
    handovers.sort_by_key(|op| answer.node(*op).past.iter().count());
    let mut founder = answer.node(answer.ops[0]).person();
    for (at, &op) in handovers.iter().enumerate() {
        let Action::Handover { to, .. } = answer.action(op) else { continue };
        let follows = at == 0 || answer.stands_on(op, handovers[at - 1]);
        hold(follows && answer.node(op).person() == founder, || answer.shown(op))?;
        founder = *to;
    }
    hold(founder == answer.view.founder(), || "the last heir is not the founder".to_owned())
}

/// A handover falls to another beside it only if no more persons have built on it, each by what stood in what they knew.
pub(super) fn of_two_handovers_the_one_stands_that_more_built_on(answer: &Answer<'_>) -> Kept {
    let of_handovers = |op: &usize| matches!(answer.action(*op), Action::Handover { .. });
    for &lost in answer.ops.iter().filter(|op| of_handovers(op)) {
        let cause = answer.view.fell_to(&answer.node(lost).id).and_then(|cause| answer.dag().find(&cause));
        let Some(won) = cause.filter(of_handovers).filter(|won| answer.apart(*won, lost)) else { continue };
        if answer.node(won).facts.crown == answer.node(lost).facts.crown {
            let fine = builders(answer, won) >= builders(answer, lost);
            hold(fine, || format!("{} lost to {}", answer.shown(lost), answer.shown(won)))?;
        }
    }
    Ok(())
}

/// How many others have done something knowing of a handover that stood in what they knew.
fn builders(answer: &Answer<'_>, handover: usize) -> usize {
    let founder = answer.node(handover).person();
    let later = answer.ops.iter().map(|op| answer.node(*op));
    let built = later.filter(|node| {
        let knew = Pins::new(node.signed.op().deps.iter().copied());
        let stood = || answer.all.at(&knew).is_some_and(|view| !view.fell(&answer.node(handover).id));
        node.person() != founder && node.past.has(handover) && stood()
    });
    built.map(Node::person).collect::<BTreeSet<PersonId>>().len()
}

/// A set, removal or leaving of somebody in the chain falls, unless the handover to them stands on it or it stands on the
/// handover from them.
pub(super) fn nothing_done_beside_it_touches_the_chain(answer: &Answer<'_>) -> Kept {
    let handovers: Vec<usize> =
        answer.standing().filter(|op| matches!(answer.action(*op), Action::Handover { .. })).collect();
    let mut chain = vec![(answer.ops[0], answer.node(answer.ops[0]).person())];
    chain.extend(handovers.iter().filter_map(|op| match answer.action(*op) {
        Action::Handover { to, .. } => Some((*op, *to)),
        _ => None,
    }));
    for (from, founder) in chain {
        let until = handovers
            .iter()
            .copied()
            .find(|next| answer.node(*next).facts.crown == Some(from) && answer.node(*next).person() == founder);
        for op in answer.standing() {
            let lowers = matches!(asked(answer.node(op)), Some((Subject::Person(person), role))
                if person == founder && role != Some(Role::Admin));
            if !lowers && taken_out(answer.node(op)) != Some(founder) {
                continue;
            }
            let fine = answer.stands_on(from, op) || until.is_some_and(|next| answer.stands_on(op, next));
            hold(fine, || answer.shown(op))?;
        }
    }
    Ok(())
}
