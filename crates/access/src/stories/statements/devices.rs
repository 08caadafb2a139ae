//! Persons' devices and recovery keys.

use hedgerow_model::DeviceId;

use super::{Answer, Kept, hold, positions};
use crate::{Action, LogKind, bits::Bits};

/// What a revoked device did falls, seen or not, but for what its good heads stand on in their own logs; and it is nobody's
/// any more.
pub(super) fn a_revoked_device_is_nobodys_and_its_work_falls(answer: &Answer<'_>) -> Kept {
    for revocation in answer.of_kind(LogKind::Person).filter(|op| !answer.fell(*op)) {
        let Action::RevokeDevice { device, good, .. } = answer.action(revocation) else { continue };
        let person = answer.node(revocation).person();
        let still_theirs = answer.view.devices_of(&person).iter().any(|(theirs, _)| theirs == device);
        hold(!still_theirs, || format!("{device} is still a device of {person}"))?;
        let mut vouched = Bits::default();
        for head in positions(answer.dag(), good.iter().copied()).into_iter().filter(|op| answer.within.has(*op)) {
            let node = answer.node(head);
            vouched.add(&node.past.and(&answer.dag().logs[node.log].all));
            vouched.set(head);
        }
        for op in answer.within.iter().filter(|op| *op != revocation) {
            let node = answer.node(op);
            let theirs = node.device() == *device && node.person() == person && !node.action().is_genesis();
            let through_it = answer.view.fell_to(&node.id) == Some(answer.node(revocation).id);
            let with_others = || rests_on_nothing(answer, op) || its_link_fell(answer, op);
            let fine = if vouched.has(op) { !through_it || with_others() } else { answer.fell(op) };
            hold(!theirs || fine, || format!("{} by {device}", answer.shown(op)))?;
        }
    }
    Ok(())
}

/// Whether all grants and addings below an operation fell.
fn rests_on_nothing(answer: &Answer<'_>, op: usize) -> bool {
    let facts = &answer.node(op).facts;
    let grounds = facts.grounds.iter().all(|ground| !answer.view.stands(answer.dag(), ground));
    let added = facts.device_grounds.iter().all(|op| answer.fell(*op));
    grounds || added && !facts.device_grounds.is_empty()
}

/// Whether it let somebody in by a link that fell: another device of the same person may have made it, and that one's
/// adding is vouched for in the person's log alone.
fn its_link_fell(answer: &Answer<'_>, op: usize) -> bool {
    let Action::Redeem(redemption) = answer.action(op) else { return false };
    answer.dag().find(&redemption.invitation.into()).is_some_and(|invite| answer.fell(invite))
}

/// What a device did falls if every adding of it that it rested on fell, and no other makes it somebody's.
pub(super) fn what_a_device_did_falls_with_its_adding(answer: &Answer<'_>) -> Kept {
    let adds = |op: usize| match answer.action(op) {
        Action::AddDevice { device, .. } | Action::FoundPerson { device, .. } => Some(*device),
        _ => None,
    };
    for (person, view) in &answer.view.persons {
        for device in view.devices.keys() {
            let standing = |op: usize| {
                adds(op) == Some(*device)
                    && !answer.fell(op)
                    && answer.dag().logs[answer.node(op).log].id == (*person).into()
            };
            let added = answer.of_kind(LogKind::Person).any(standing);
            hold(added, || format!("{device} of {person} was added by nothing that stands"))?;
        }
    }
    for op in answer.within.iter().filter(|op| !answer.fell(*op)) {
        let node = answer.node(op);
        let mut grounds = node.facts.device_grounds.iter();
        let fine =
            node.facts.device_grounds.is_empty() || node.action().is_genesis() || grounds.any(|op| !answer.fell(*op));
        hold(fine, || format!("{} by a device whose adding fell", answer.shown(op)))?;
    }
    Ok(())
}

/// What an old recovery key signed without knowing that it was replaced falls.
pub(super) fn no_recovery_key_that_was_replaced_did_anything_beside_it(answer: &Answer<'_>) -> Kept {
    let by_recovery = |op: usize, key: &DeviceId| answer.node(op).device() == *key;
    let standing = || answer.of_kind(LogKind::Person).filter(|op| !answer.fell(*op));
    for replacement in standing().filter(|op| matches!(answer.action(*op), Action::ReplaceRecovery { .. })) {
        let node = answer.node(replacement);
        for op in standing().filter(|op| answer.apart(*op, replacement) && answer.node(*op).log == node.log) {
            hold(!by_recovery(op, &node.device()), || answer.shown(op))?;
        }
    }
    Ok(())
}
