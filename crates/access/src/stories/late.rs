//! Changes that came too late.

use hedgerow_model::{ActorId, ChangeHash, StreamTag};

use super::*;
use crate::{Head, LateCause};

const PAGE: StreamTag = StreamTag::from_bytes([1; 16]);

fn line(person: &Person) -> ActorId {
    ActorId::new(person.keys.device(), [0; 8])
}

fn change(actor: ActorId, seq: u64) -> Head {
    Head { actor, seq, hash: ChangeHash::from_bytes([0; 32]) }
}

fn up_to(person: &Person, seq: u64) -> Retained {
    let mut retained = Retained::new();
    retained.keep(PAGE, change(line(person), seq));
    retained
}

fn is_late(desk: &Desk<'_>, person: &Person, seq: u64, pins: &Pins, needs: Role) -> Option<LateCause> {
    desk.all.late(&desk.heads(), &PAGE, &change(line(person), seq), pins, needs)
}

#[test]
fn a_removal_keeps_what_it_saw_and_takes_the_rest() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let pins = at_ada.heads();
    assert_eq!(is_late(&at_ada, &bo, 1, &pins, Role::Writer), None);
    let removal = Action::Remove { subject: Subject::Person(bo.id()), retained: up_to(&bo, 3) };
    let removal = at_ada.act(removal).unwrap();
    assert_eq!(is_late(&at_ada, &bo, 3, &pins, Role::Writer), None);
    let cause = Some(LateCause { op: removal, by: ada.id() });
    assert_eq!(is_late(&at_ada, &bo, 4, &pins, Role::Writer), cause, "however it was dated");
    let elsewhere = StreamTag::from_bytes([2; 16]);
    assert_eq!(at_ada.all.late(&at_ada.heads(), &elsewhere, &change(line(&bo), 1), &pins, Role::Writer), cause);
    assert_eq!(
        at_ada.all.late(&pins, &PAGE, &change(line(&bo), 4), &pins, Role::Writer),
        None,
        "not for those who had not heard"
    );
    at_ada.set(&bo, Role::Writer).unwrap();
    assert_eq!(is_late(&at_ada, &bo, 9, &at_ada.heads(), Role::Writer), None, "re-admitted, and knowing of it");
    assert_eq!(is_late(&at_ada, &bo, 4, &pins, Role::Writer), cause, "the old ones stay late");
}

/// Bo's device numbered two changes 3, because it was put back to what it had been, or because it lies.
#[test]
fn a_removal_keeps_the_change_that_it_saw_and_none_beside_it() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let (pins, seen) = (at_ada.heads(), change(line(&bo), 3));
    let removal = Action::Remove { subject: Subject::Person(bo.id()), retained: up_to(&bo, 3) };
    let cause = Some(LateCause { op: at_ada.act(removal).unwrap(), by: ada.id() });
    let late = |head: Head| at_ada.all.late(&at_ada.heads(), &PAGE, &head, &pins, Role::Writer);
    let other = |seq| Head { seq, hash: ChangeHash::from_bytes([7; 32]), ..seen };
    assert_eq!((late(seen), late(other(3))), (None, cause));
    assert_eq!(late(other(2)), None, "what lies under the one that was seen cannot be told here");
    let is_on = |_: &Head| false;
    let told = at_ada.all.late_unless(&at_ada.heads(), &PAGE, &other(2), &pins, Role::Writer, &is_on);
    assert_eq!(told, cause, "but by who has the changes");
}

#[test]
fn a_removal_that_fell_takes_nothing() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    at_ada.set(&cy, Role::Writer).unwrap();
    let pins = at_ada.heads();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.remove(&cy).unwrap();
    assert!(is_late(&at_bo, &cy, 1, &pins, Role::Writer).is_some());
    at_ada.remove(&bo).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(is_late(&at_bo, &cy, 1, &pins, Role::Writer), None);
}

#[test]
fn a_removal_that_counts_after_all_takes_also_from_who_had_seen_it_fall() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    at_ada.set(&cy, Role::Writer).unwrap();
    let (mut at_bo, mut elsewhere) = (at_ada.for_person(&bo), at_ada.clone());
    // Ada lowers Bo, so that Bo's removal of Cy falls, and Cy knows of both.
    at_ada.set(&bo, Role::Writer).unwrap();
    let removal = at_bo.remove(&cy).unwrap();
    at_ada.hear(&at_bo);
    assert_eq!((at_ada.fell(removal), at_ada.role(&cy)), (true, Some(Role::Writer)));
    let pins = at_ada.heads();
    // At another device Ada has heard of the removal alone, and removes Bo: that makes the lowering fall.
    elsewhere.hear(&at_bo);
    elsewhere.remove(&bo).unwrap();
    meet(&mut [&mut at_ada, &mut elsewhere]);
    assert_eq!((at_ada.fell(removal), at_ada.role(&cy)), (false, None));
    let cause = Some(LateCause { op: removal, by: bo.id() });
    assert_eq!(is_late(&at_ada, &cy, 1, &pins, Role::Writer), cause, "or Cy could write at those pins for ever");
}

#[test]
fn a_demotion_takes_what_the_lower_role_does_not_do() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let pins = at_ada.heads();
    at_ada.set(&bo, Role::Writer).unwrap();
    assert_eq!(is_late(&at_ada, &bo, 1, &pins, Role::Writer), None, "writers write");
    at_ada.set(&bo, Role::Commenter).unwrap();
    assert!(is_late(&at_ada, &bo, 1, &pins, Role::Writer).is_some());
    assert_eq!(is_late(&at_ada, &bo, 1, &pins, Role::Commenter), None);
}

#[test]
fn the_writes_of_a_voided_redemption_do_not_stand() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let link = at_ada.invite(Role::Writer, 1).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.host(&cy, link).unwrap();
    let pins = at_bo.heads();
    assert_eq!(is_late(&at_bo, &cy, 1, &pins, Role::Writer), None);
    let revocation = at_ada.revoke(link).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    let cause = Some(LateCause { op: revocation, by: ada.id() });
    assert_eq!(is_late(&at_ada, &cy, 1, &pins, Role::Writer), cause);
    at_ada.set(&cy, Role::Writer).unwrap();
    assert_eq!(is_late(&at_ada, &cy, 1, &pins, Role::Writer), cause, "a set gives no past");
}

#[test]
fn a_grant_that_fell_takes_its_writes_along() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.set(&cy, Role::Writer).unwrap();
    let pins = at_bo.heads();
    let removal = at_ada.remove(&bo).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(is_late(&at_ada, &cy, 1, &pins, Role::Writer), Some(LateCause { op: removal, by: ada.id() }));
}

#[test]
fn a_leaver_keeps_what_they_said_they_had() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let pins = at_ada.heads();
    let mut at_bo = at_ada.for_person(&bo);
    let leaving = at_bo.act(Action::Leave { retained: up_to(&bo, 5) }).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(is_late(&at_ada, &bo, 5, &pins, Role::Writer), None);
    let cause = Some(LateCause { op: leaving, by: bo.id() });
    assert_eq!(is_late(&at_ada, &bo, 6, &pins, Role::Writer), cause);
}

#[test]
fn a_revoked_devices_writes_are_kept_as_far_as_said() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let phone = DeviceKeys::from_seed(&[123; 32]);
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.act(adding(&phone, &bo)).unwrap();
    let pins = at_bo.heads();
    let actor = ActorId::new(phone.device(), [4; 8]);
    let mut retained = Retained::new();
    retained.keep(PAGE, change(actor, 2));
    let revocation = Action::RevokeDevice { device: phone.device(), good: vec![], retained };
    let revocation = at_bo.act(revocation).unwrap();
    let late = |seq| at_bo.all.late(&at_bo.heads(), &PAGE, &change(actor, seq), &pins, Role::Writer);
    assert_eq!(late(2), None);
    assert_eq!(late(3), Some(LateCause { op: revocation, by: bo.id() }));
    assert_eq!(is_late(&at_bo, &bo, 50, &pins, Role::Writer), None, "Bo's other device goes on");
}

#[test]
fn who_was_in_by_a_circle_is_taken_out_with_it() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    let name = hedgerow_model::Label::parse("Cohort").unwrap();
    let genesis = crate::found_circle(&ada.keys, ada.id(), &Pins::new([ada.genesis.id()]), name, [3; 16]).unwrap();
    let log = genesis.log();
    at_ada.all.insert(genesis).unwrap();
    at_ada.all.insert(bo.genesis.clone()).unwrap();
    let change = |desk: &mut Desk<'_>, action| {
        let op = desk.all.propose_in(&ada.signer(), &log, action).unwrap();
        desk.all.insert(op).unwrap();
    };
    change(&mut at_ada, Action::SetCircle { person: bo.id(), admin: false });
    let subject = Subject::Circle(log.into());
    at_ada.act(Action::Set { subject, role: Role::Writer, retained: Retained::new() }).unwrap();
    let pins = at_ada.heads();
    let mut by_name_too = at_ada.clone();
    by_name_too.set(&bo, Role::Writer).unwrap();
    let pins_by_name = by_name_too.heads();
    for (desk, pins, late) in [(&mut at_ada, pins, true), (&mut by_name_too, pins_by_name, false)] {
        change(desk, Action::RemoveFromCircle { person: bo.id(), retained: up_to(&bo, 2) });
        assert_eq!(is_late(desk, &bo, 2, &pins, Role::Writer), None);
        assert_eq!(is_late(desk, &bo, 3, &pins, Role::Writer).is_some(), late);
    }
}

#[test]
fn who_is_out_by_name_once_more_is_out_of_the_circle_too() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let name = hedgerow_model::Label::parse("Cohort").unwrap();
    let genesis = crate::found_circle(&ada.keys, ada.id(), &Pins::new([ada.genesis.id()]), name, [3; 16]).unwrap();
    let log = genesis.log();
    at_ada.all.insert(genesis).unwrap();
    at_ada.all.insert(cy.genesis.clone()).unwrap();
    let put = at_ada.all.propose_in(&ada.signer(), &log, Action::SetCircle { person: cy.id(), admin: false }).unwrap();
    at_ada.all.insert(put).unwrap();
    let subject = Subject::Circle(log.into());
    at_ada.act(Action::Set { subject, role: Role::Writer, retained: Retained::new() }).unwrap();
    let removal = at_ada.remove(&cy).unwrap();
    // Bo lets Cy in again by name, so that the circle's role counts too; and then that falls with Bo.
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.set(&cy, Role::Reader).unwrap();
    assert_eq!(at_bo.role(&cy), Some(Role::Writer));
    let pins = at_bo.heads();
    at_ada.remove(&bo).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(at_ada.role(&cy), None);
    let cause = Some(LateCause { op: removal, by: ada.id() });
    assert_eq!(is_late(&at_ada, &cy, 1, &pins, Role::Writer), cause);
}
