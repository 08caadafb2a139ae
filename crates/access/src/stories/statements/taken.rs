//! Whether an operation ought to be taken: the rules for it, put to the answer of its causal past.

use hedgerow_model::{CircleId, DeviceId, InvitationId, OpId, PersonId, Role};

use super::Answer;
use crate::{Action, Link, Membership, Pins, SignedOp, Subject, dag::StepKey};

/// What somebody wants done, with one of their devices or with their recovery key.
#[derive(Clone)]
pub(in crate::stories) enum Wish {
    Set(Subject, Role),
    Remove(Subject),
    Leave,
    Invite,
    Revoke,
    Redeem { invitation: InvitationId, person: PersonId, device: DeviceId, used_before: bool },
    Settle(InvitationId, Vec<OpId>),
    HandOver(PersonId),
    Retire,
    AddDevice(DeviceId),
    RevokeDevice(DeviceId),
    ReplaceRecovery,
    SetInCircle(CircleId, PersonId, bool),
    RemoveFromCircle(CircleId, PersonId),
}

/// Whether what `person` wishes for with `device` is to be taken, if what they know comes to `answer`. `recovery` says that
/// it is signed by the recovery key in place instead.
pub(in crate::stories) fn ought_to_be_taken(
    answer: &Answer<'_>,
    person: PersonId,
    device: DeviceId,
    recovery: bool,
    wish: &Wish,
) -> bool {
    let own = |device: &DeviceId| answer.view.devices_of(&person).iter().any(|(theirs, _)| theirs == device);
    if !own(&device) && !recovery {
        return false;
    }
    let view = answer.view;
    let (role, is_founder) = (view.role(&person), view.founder() == person);
    let is_admin = role == Some(Role::Admin);
    match wish {
        Wish::Set(subject, asked) => {
            let was = view.seats.get(subject).map(|seat| seat.role);
            is_admin && may_be_changed(answer, person, subject) && was != Some(*asked)
        }
        Wish::Remove(subject) => {
            let something = match subject {
                Subject::Person(whom) => {
                    view.role(whom).is_some() || view.redemptions().iter().any(|notice| notice.person == *whom)
                }
                Subject::Circle(_) => view.seats.contains_key(subject),
            };
            is_admin && *subject != Subject::Person(person) && may_be_changed(answer, person, subject) && something
        }
        Wish::Leave => role.is_some() && !is_founder,
        Wish::Invite | Wish::Retire => is_admin,
        Wish::Revoke => is_admin,
        Wish::Redeem { invitation, person: joiner, device, used_before } => {
            let link = view.invitation(invitation);
            let open = link.as_ref().is_some_and(|link| {
                let ended = matches!(link.state, Link::Revoked | Link::Cut);
                !ended && view.role(&link.by) == Some(Role::Admin)
            });
            let others = view
                .links
                .get(&OpId::from(*invitation))
                .map_or(0, |link| link.counted.iter().filter(|counted| *counted != joiner).count());
            let room = link.is_some_and(|link| others < link.uses as usize);
            let theirs = view.devices_of(joiner).iter().any(|(own, _)| own == device);
            let outside = *joiner != person && view.role(joiner).is_none();
            role.is_some() && open && room && outside && theirs && !used_before
        }
        Wish::Settle(invitation, named) => {
            let notices = view.redemptions();
            let of_this = |op: &OpId| notices.iter().any(|notice| notice.op == *op && notice.invitation == *invitation);
            is_admin && named.iter().all(of_this)
        }
        Wish::HandOver(heir) => is_founder && *heir != person && view.role(heir).is_some(),
        Wish::AddDevice(new) => {
            let ever = view.persons.get(&person).is_some_and(|view| view.is_revoked(new));
            !own(new) && !ever
        }
        Wish::RevokeDevice(which) => {
            let senior = || place_of_device(answer, person, &device) < place_of_device(answer, person, which);
            own(which) && (recovery || *which == device || senior())
        }
        Wish::ReplaceRecovery => recovery,
        Wish::SetInCircle(circle, whom, admin) => {
            let Some(circle) = view.circles.get(circle) else { return false };
            let was = circle.members.get(whom).map(|seat| seat.admin);
            let is_admin = circle.members.get(&person).is_some_and(|seat| seat.admin);
            is_admin && senior_in_circle(answer, circle, person, *whom) && was != Some(*admin)
        }
        Wish::RemoveFromCircle(circle, whom) => {
            let Some(circle) = view.circles.get(circle) else { return false };
            let is_admin = circle.members.get(&person).is_some_and(|seat| seat.admin);
            let goes = *whom == person && *whom != circle.founder;
            circle.members.contains_key(whom) && (goes || is_admin && senior_in_circle(answer, circle, person, *whom))
        }
    }
}

/// Oneself, somebody without a role, or somebody junior; never the founder.
fn may_be_changed(answer: &Answer<'_>, person: PersonId, subject: &Subject) -> bool {
    if *subject == Subject::Person(answer.view.founder()) {
        return false;
    }
    let place = |subject: &Subject| answer.view.seats.get(subject).map(|seat| answer.path(seat.rank));
    let own = Subject::Person(person);
    *subject == own || place(subject).is_none_or(|theirs| place(&own).is_some_and(|own| own < theirs))
}

fn place_of_device(answer: &Answer<'_>, person: PersonId, device: &DeviceId) -> Option<Vec<StepKey>> {
    let seat = answer.view.persons.get(&person)?.devices.get(device)?;
    Some(answer.path(seat.rank))
}

fn senior_in_circle(answer: &Answer<'_>, circle: &crate::circles::CircleView, by: PersonId, whom: PersonId) -> bool {
    let place = |person: &PersonId| circle.members.get(person).map(|seat| answer.path(seat.rank));
    whom != circle.founder
        && (whom == by || place(&whom).is_none_or(|theirs| place(&by).is_some_and(|own| own < theirs)))
}

/// Whether an operation of the notebook's log that was taken ought to have been.
pub(in crate::stories) fn rightly_taken(all: &Membership, op: &SignedOp) -> bool {
    let deps = Pins::new(op.op().deps.iter().copied());
    let Some(wish) = wish_of(all, op) else { return true };
    let (Some(view), Ok(within)) = (all.at(&deps), all.dag.closure(deps.ids())) else { return false };
    let author = op.op().author;
    ought_to_be_taken(&Answer::new(all, &within, &view), author.person, author.device, false, &wish)
}

fn wish_of(all: &Membership, op: &SignedOp) -> Option<Wish> {
    let wish = match &op.op().action {
        Action::Set { subject, role, .. } => Wish::Set(*subject, *role),
        Action::Remove { subject, .. } => Wish::Remove(*subject),
        Action::Leave { .. } => Wish::Leave,
        Action::Invite { .. } => Wish::Invite,
        Action::Revoke { .. } => Wish::Revoke,
        Action::Redeem(asked) => {
            let before = all.past(&op.id()).into_iter().filter(|id| *id != op.id()).filter_map(|id| all.op(&id));
            let used = |earlier: &SignedOp| {
                matches!(&earlier.op().action, Action::Redeem(earlier)
                if earlier.person == asked.person && earlier.joiner_nonce == asked.joiner_nonce)
            };
            let used_before = before.into_iter().any(used);
            Wish::Redeem { invitation: asked.invitation, person: asked.person, device: asked.device, used_before }
        }
        Action::Settle { invitation, redemptions } => Wish::Settle(*invitation, redemptions.clone()),
        Action::Handover { to, .. } => Wish::HandOver(*to),
        Action::Retire => Wish::Retire,
        _ => return None,
    };
    Some(wish)
}
