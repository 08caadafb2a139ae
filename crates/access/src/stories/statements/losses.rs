//! What is lost between two answers, of which one knows more.

use std::collections::BTreeSet;

use hedgerow_model::{DeviceId, OpId, Role, StreamTag};

use super::Kept;
use crate::{Membership, Pins, RecipientId, View, bits::Bits};

/// An earlier answer of the same notebook, and what it knew.
pub(in crate::stories) struct Loss<'a> {
    pub(in crate::stories) knew: &'a Bits,
    pub(in crate::stories) pins: &'a Pins,
    pub(in crate::stories) then: &'a View,
}

/// What holds between an earlier answer and a later one.
pub(in crate::stories) fn losses(all: &Membership, earlier: &Loss<'_>, now: &View) -> Kept {
    let lost: Vec<RecipientId> = recipients(earlier.then).difference(&recipients(now)).copied().collect();
    lost_by_something_taking(all, earlier, now, &lost)?;
    let devices = |view: &View| view.devices().into_iter().map(|(device, _)| device).collect::<BTreeSet<DeviceId>>();
    let lost: Vec<DeviceId> = devices(earlier.then).difference(&devices(now)).copied().collect();
    writes_of_the_lost_are_late(all, earlier, &lost)
}

/// To whom epochs are sealed in a view: members' devices, and their recoveries in place.
pub(in crate::stories) fn recipients(view: &View) -> BTreeSet<RecipientId> {
    view.recipients().into_iter().map(|recipient| recipient.id).collect()
}

/// Whoever, device or recovery, lost access between two views lost it by a taking operation that the earlier view lacks.
fn lost_by_something_taking(all: &Membership, earlier: &Loss<'_>, now: &View, lost: &[RecipientId]) -> Kept {
    let unknown = |op: &OpId| all.dag.find(op).is_none_or(|op| !earlier.knew.has(op));
    let told = lost.is_empty() || now.taking().iter().any(unknown);
    super::hold(told, || format!("lost_by_something_taking: {lost:?} lost access and nothing says so"))
}

/// What somebody wrote whose every right to it is gone is late, unless it was kept by name.
fn writes_of_the_lost_are_late(all: &Membership, earlier: &Loss<'_>, lost: &[DeviceId]) -> Kept {
    let (heads, page) = (all.heads(), StreamTag::from_bytes([1; 16]));
    for device in lost {
        let late = all.late(&heads, &page, &super::first_of(*device), earlier.pins, Role::Reader);
        super::hold(late.is_some(), || {
            let person = earlier.then.person_of(device);
            let grounds = person.map(|person| earlier.then.grounds(&person));
            format!("writes_of_the_lost_are_late: {device} of {person:?}, who had {grounds:?}, is not late")
        })?;
    }
    Ok(())
}
