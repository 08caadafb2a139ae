//! The founder, and who became it.

use hedgerow_model::Role;

use super::{Answer, Kept, asked, hold, taken_out};
use crate::{Action, Subject};

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
