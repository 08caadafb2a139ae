//! Links, and who came by them.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_model::{OpId, PersonId, Role};

use super::{Answer, Kept, hold};
use crate::{Action, RedemptionState, Subject};

impl Answer<'_> {
    /// Whether `op`, if in effect, cuts the link that `invite` issued.
    fn cuts(&self, op: usize, invite: usize) -> bool {
        let unseen = !self.stands_on(invite, op);
        match self.action(op) {
            Action::Revoke { invitation } => OpId::from(*invitation) == self.node(invite).id,
            Action::Remove { .. } => unseen,
            Action::Set { .. } => unseen && self.node(op).facts.lowers == Some(Role::Admin),
            Action::Leave { .. } => unseen && self.node(op).person() == self.node(invite).person(),
            _ => false,
        }
    }

    /// The redemptions of each link.
    fn redemptions(&self) -> BTreeMap<usize, Vec<(usize, PersonId, RedemptionState)>> {
        let mut links: BTreeMap<usize, Vec<_>> = BTreeMap::new();
        for notice in self.view.redemptions() {
            let at = |id| self.dag().find(&id);
            if let (Some(op), Some(invite)) = (at(notice.op), at(OpId::from(notice.invitation))) {
                links.entry(invite).or_default().push((op, notice.person, notice.state));
            }
        }
        links
    }

    fn uses(&self, invite: usize) -> usize {
        match self.action(invite) {
            Action::Invite { uses, .. } => *uses as usize,
            _ => 0,
        }
    }
}

/// A redemption of a cut link counts only if each cut has it in its past; and nothing counts by a link that fell.
pub(super) fn a_cut_link_lets_in_only_whom_its_cuts_knew(answer: &Answer<'_>) -> Kept {
    for (invite, redemptions) in answer.redemptions() {
        for (op, _, state) in redemptions {
            let unseen_cut = answer.standing().find(|cut| answer.cuts(*cut, invite) && !answer.stands_on(*cut, op));
            let fell = answer.view.fallen.contains_key(&answer.node(op).id) || answer.fell(invite);
            let is_void = state == RedemptionState::Void;
            let fine = is_void == (fell || unseen_cut.is_some());
            hold(fine, || format!("{} is {state:?} beside {unseen_cut:?}", answer.shown(op)))?;
        }
    }
    Ok(())
}

/// At most N persons stand by a link with N uses.
pub(super) fn at_most_as_many_stand_by_a_link_as_it_says(answer: &Answer<'_>) -> Kept {
    for (invite, redemptions) in answer.redemptions() {
        let standing: BTreeSet<PersonId> =
            redemptions.iter().filter(|(_, _, state)| state.stands()).map(|(_, person, _)| *person).collect();
        hold(standing.len() <= answer.uses(invite), || format!("{standing:?} by {}", answer.shown(invite)))?;
    }
    Ok(())
}

/// A person whose redemption counts stands if seated, or if fewer than N others are seated or count against them; else they
/// are contested. Another counts against them unless each redemption of the other stands on one of theirs.
pub(super) fn who_stands_has_a_seat_or_room(answer: &Answer<'_>) -> Kept {
    for (invite, redemptions) in answer.redemptions() {
        let counted: Vec<_> = redemptions.iter().filter(|(_, _, state)| *state != RedemptionState::Void).collect();
        let of = |person: PersonId| counted.iter().filter(move |one| one.1 == person).map(|one| one.0);
        let seated = seated(answer, invite, &counted.iter().map(|one| one.1).collect());
        let persons: BTreeSet<PersonId> = counted.iter().map(|one| one.1).collect();
        for &&(op, person, state) in &counted {
            let against = |other: &&PersonId| {
                let after = of(**other).all(|theirs| of(person).any(|own| answer.stands_on(theirs, own)));
                **other != person && (seated.contains(other) || !after)
            };
            let room = persons.iter().filter(against).count() < answer.uses(invite);
            let ought = match (seated.contains(&person), room) {
                (true, _) => RedemptionState::Seated,
                (false, true) => RedemptionState::Stands,
                (false, false) => RedemptionState::Contested,
            };
            let depends = matches!(state, RedemptionState::HostFell | RedemptionState::AwaitsAdmin);
            let fine = state == ought || depends && ought != RedemptionState::Contested;
            hold(fine, || format!("{} is {state:?}, not {ought:?}", answer.shown(op)))?;
        }
    }
    Ok(())
}

/// Seats fill by settles in effect, senior first, with persons whose redemption counts.
fn seated(answer: &Answer<'_>, invite: usize, counted: &BTreeSet<PersonId>) -> BTreeSet<PersonId> {
    let mut settles: Vec<(usize, &[OpId])> = Vec::new();
    for op in answer.standing() {
        if let Action::Settle { invitation, redemptions } = answer.action(op)
            && OpId::from(*invitation) == answer.node(invite).id
        {
            settles.push((op, redemptions));
        }
    }
    settles.sort_by_key(|(op, _)| (answer.path_of(*op), answer.node(*op).seq(), answer.node(*op).id));
    let mut seated = BTreeSet::new();
    for named in settles.iter().flat_map(|(_, named)| named.iter()) {
        let person =
            answer.view.redemptions().into_iter().find(|notice| notice.op == *named).map(|notice| notice.person);
        if let Some(person) = person.filter(|person| counted.contains(person) && seated.len() < answer.uses(invite)) {
            seated.insert(person);
        }
    }
    seated
}

/// Contested persons, void ones and those whose host fell have no role by that redemption, and can do nothing by it.
pub(super) fn who_does_not_stand_has_nothing_by_it(answer: &Answer<'_>) -> Kept {
    let grounds = answer.view.seats.values().flat_map(|seat| &seat.grounds);
    let used: BTreeSet<usize> = grounds.map(|ground| ground.op).collect();
    for (op, person, state) in answer.redemptions().into_values().flatten() {
        let fine = state.stands() || !used.contains(&op);
        hold(fine, || format!("{} is {state:?} and gives a role", answer.shown(op)))?;
        let by_this_alone = |op: &usize, via: usize| {
            let node = answer.node(*op);
            node.person() == person && node.facts.grounds.iter().all(|ground| ground.op == via)
        };
        let acting = answer.standing().find(|later| {
            let silent = matches!(answer.action(*later), Action::Leave { .. } | Action::Unknown { .. });
            !silent && !answer.action(*later).is_genesis() && by_this_alone(later, op)
        });
        hold(state.stands() || acting.is_none(), || format!("{acting:?} rests on {}", answer.shown(op)))?;
    }
    Ok(())
}

/// Whoever awaits an admin or is contested does so until something in effect that knows of it gives or takes their role.
pub(super) fn who_was_decided_on_waits_no_longer(answer: &Answer<'_>) -> Kept {
    let decides = |op: usize, person: PersonId| match answer.action(op) {
        Action::Set { subject, .. } | Action::Remove { subject, .. } => *subject == Subject::Person(person),
        Action::Handover { to, .. } => *to == person,
        Action::Leave { .. } => answer.node(op).person() == person,
        _ => false,
    };
    for (op, person, state) in answer.redemptions().into_values().flatten() {
        let decided = answer.standing().any(|later| answer.stands_on(later, op) && decides(later, person));
        let asks = matches!(state, RedemptionState::AwaitsAdmin | RedemptionState::Contested);
        let waits = answer.view.undecided().iter().any(|notice| notice.op == answer.node(op).id);
        hold(waits == (asks && !decided), || format!("{} is {state:?} and waits: {waits}", answer.shown(op)))?;
    }
    Ok(())
}

/// A redemption gives nobody an admin's role.
pub(super) fn an_admins_link_waits_for_a_set(answer: &Answer<'_>) -> Kept {
    for (subject, seat) in &answer.view.seats {
        let by_link = |op: usize| matches!(answer.action(op), Action::Redeem(_));
        let only_links = seat.grounds.iter().all(|ground| by_link(ground.op));
        let fine = !(only_links && seat.role == Role::Admin);
        hold(fine, || format!("{subject:?} is an admin by a link"))?;
        hold(!only_links || matches!(subject, Subject::Person(_)), || "a circle came by a link".to_owned())?;
    }
    Ok(())
}
