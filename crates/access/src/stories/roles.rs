//! Roles given and taken by people who were out of touch.

use super::*;

#[test]
fn a_founder_begins_alone_and_is_an_admin() {
    let [ada, bo] = people();
    let desk = Desk::found(&ada);
    assert_eq!(desk.role(&ada), Some(Role::Admin));
    assert_eq!(desk.role(&bo), None);
    assert_eq!(desk.all.now().devices(), [(ada.keys.device(), ada.keys.hpke_public())]);
    assert_eq!(desk.heads().ids().len(), 1);
}

#[test]
fn only_admins_change_roles() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    assert_eq!(at_bo.set(&cy, Role::Reader), Err(OpRefusal::NotAnAdmin { person: bo.id() }));
    let mut at_cy = at_ada.for_person(&cy);
    assert_eq!(at_cy.remove(&bo), Err(OpRefusal::NotADeviceOf { device: cy.keys.device(), person: cy.id() }));
    at_ada.set(&cy, Role::Reader).unwrap();
    let mut at_cy = at_ada.for_person(&cy);
    assert_eq!(at_cy.remove(&bo), Err(OpRefusal::NotAnAdmin { person: cy.id() }));
}

#[test]
fn a_junior_never_removes_a_senior() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.set(&cy, Role::Admin).unwrap();
    let mut at_cy = at_bo.for_person(&cy);
    assert_eq!(at_cy.remove(&bo), Err(OpRefusal::Outranked));
    assert_eq!(at_cy.remove(&ada), Err(OpRefusal::Founder));
    assert_eq!(at_cy.set(&bo, Role::Reader), Err(OpRefusal::Outranked));
    assert_eq!(at_cy.set(&ada, Role::Reader), Err(OpRefusal::Founder));
    assert!(at_bo.remove(&cy).is_ok());
}

#[test]
fn what_a_removed_admin_did_meanwhile_falls() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let added = at_bo.set(&cy, Role::Admin).unwrap();
    let mut at_cy = at_bo.for_person(&cy);
    let further = at_cy.set(&di, Role::Writer).unwrap();
    let removal = at_ada.remove(&bo).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy]);
    assert!(at_ada.fell(added) && at_ada.fell(further), "and what stood on it");
    assert_eq!(at_ada.all.now().fell_to(&further), Some(removal));
    for gone in [&bo, &cy, &di] {
        assert_eq!(at_ada.role(gone), None);
    }
    assert!(at_ada.all.now().taking().contains(&removal));
    assert!(at_ada.all.now().was_member(&cy.keys.device()));
}

#[test]
fn two_admins_who_remove_each_other_are_settled_by_seniority() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    at_ada.set(&cy, Role::Admin).unwrap();
    let (mut at_bo, mut at_cy) = (at_ada.for_person(&bo), at_ada.for_person(&cy));
    assert_eq!(at_cy.remove(&bo), Err(OpRefusal::Outranked), "Bo was there first");
    at_bo.remove(&cy).unwrap();
    at_cy.set(&cy, Role::Writer).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy]);
    assert_eq!((at_ada.role(&bo), at_ada.role(&cy)), (Some(Role::Admin), None));
}

#[test]
fn two_identical_sets_leave_both_admins_standing() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    at_ada.set(&cy, Role::Admin).unwrap();
    let (mut at_bo, mut at_cy) = (at_ada.for_person(&bo), at_ada.for_person(&cy));
    let (one, other) = (at_bo.set(&di, Role::Writer).unwrap(), at_cy.set(&di, Role::Writer).unwrap());
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy]);
    assert!(!at_ada.fell(one) && !at_ada.fell(other));
    at_ada.remove(&cy).unwrap();
    assert_eq!(at_ada.role(&di), Some(Role::Writer));
}

#[test]
fn of_two_sets_the_seniors_holds() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let seniors = at_ada.set(&cy, Role::Reader).unwrap();
    let juniors = at_bo.set(&cy, Role::Writer).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(at_ada.role(&cy), Some(Role::Reader));
    assert!(at_ada.fell(juniors));
    assert!(at_ada.all.now().taking().contains(&seniors), "it made another fall");
}

#[test]
fn backdating_wins_nothing() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let before = at_ada.heads();
    let mut at_bo = at_ada.for_person(&bo);
    at_ada.remove(&bo).unwrap();
    at_bo.hear(&at_ada);
    assert!(at_bo.set(&cy, Role::Writer).is_err(), "Bo knows");
    let mut pretending = at_bo.as_of(&before);
    pretending.set(&cy, Role::Writer).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut pretending]);
    assert_eq!(at_ada.role(&cy), None);
}

#[test]
fn a_grant_by_somebody_who_fell_does_not_prop_up_an_old_one() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    at_ada.set(&cy, Role::Admin).unwrap();
    at_ada.set(&cy, Role::Writer).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.set(&cy, Role::Admin).unwrap();
    let mut at_cy = at_bo.for_person(&cy);
    let by_cy = at_cy.set(&di, Role::Writer).unwrap();
    at_ada.remove(&bo).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy]);
    assert!(at_ada.fell(by_cy));
    assert_eq!((at_ada.role(&cy), at_ada.role(&di)), (Some(Role::Writer), None));
}

#[test]
fn whatever_a_leaver_did_meanwhile_falls() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    assert_eq!(at_ada.leave(), Err(OpRefusal::Founder));
    at_ada.set(&bo, Role::Admin).unwrap();
    let before = at_ada.heads();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.leave().unwrap();
    let mut other_device = at_bo.as_of(&before);
    let added = other_device.set(&cy, Role::Writer).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut other_device]);
    assert!(at_ada.fell(added));
    assert_eq!((at_ada.role(&bo), at_ada.role(&cy)), (None, None));
}

#[test]
fn who_left_is_not_brought_back_by_somebody_who_had_not_heard() {
    for depth in 0..3 {
        let [ada, bo, cy] = people();
        let mut at_ada = Desk::found(&ada);
        at_ada.set(&bo, Role::Admin).unwrap();
        at_ada.set(&cy, Role::Reader).unwrap();
        let mut at_cy = at_ada.for_person(&cy);
        let mut at_bo = at_ada.for_person(&bo);
        for _ in 0..depth {
            at_bo.act(Action::Retire).unwrap();
        }
        at_bo.set(&cy, Role::Writer).unwrap();
        at_cy.act(Action::Unknown { kind: 0x01ff, body: vec![] }).unwrap();
        at_cy.leave().unwrap();
        meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy]);
        assert_eq!(at_ada.role(&cy), None);
        at_bo.set(&cy, Role::Reader).unwrap();
        assert_eq!(at_bo.role(&cy), Some(Role::Reader), "asked back by somebody who knows");
    }
}

#[test]
fn numbers_follow_and_strangers_logs_play_no_part() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    let heads = at_ada.heads();
    at_ada.all.insert(cy.genesis.clone()).unwrap();
    assert_eq!(at_ada.heads(), heads, "nobody gave Cy anything");
    at_ada.set(&bo, Role::Writer).unwrap();
    assert!(!at_ada.all.reaches(&at_ada.heads(), &cy.genesis.id()));
    let mut op = at_ada.all.propose(&ada.signer(), Action::Retire).unwrap().op().clone();
    op.seq += 1;
    let skipping = SignedOp::sign(op, &ada.keys).unwrap();
    assert_eq!(at_ada.all.insert(skipping), Err(OpRefusal::OutOfSequence { found: 4, due: 3 }));
}

#[test]
fn what_a_newer_hedgerow_does_is_kept_without_effect() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Reader).unwrap();
    let before = at_ada.all.now().members();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.act(Action::Unknown { kind: 0x01ee, body: vec![1; 100] }).unwrap();
    at_ada.set(&bo, Role::Writer).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(at_ada.all.now().members().len(), before.len());
    assert_eq!(at_bo.role(&bo), Some(Role::Writer));
}

#[test]
fn an_operation_waits_for_what_it_stands_on() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    let early = at_ada.clone();
    at_ada.set(&bo, Role::Writer).unwrap();
    let later = at_ada.set(&cy, Role::Writer).unwrap();
    let mut at_bo = early;
    let op = at_ada.all.op(&later).unwrap().clone();
    let Err(OpRefusal::Missing(missing)) = at_bo.all.insert(op.clone()) else { panic!("it cannot be judged yet") };
    assert!(missing.contains(&cy.genesis.id()));
    at_bo.hear(&at_ada);
    assert_eq!(at_bo.all.insert(op), Ok(crate::Inserted::Known));
}

#[test]
fn a_thousand_operations_in_a_row_take_no_time_to_speak_of() {
    let people: Vec<Person> = (0..200u8).map(Person::new).collect();
    let mut at_ada = Desk::found(&people[0]);
    for person in &people[1..] {
        at_ada.set(person, Role::Reader).unwrap();
        for role in [Role::Commenter, Role::Writer, Role::Admin] {
            at_ada.act(Action::Set { subject: Subject::Person(person.id()), role, retained: Retained::new() }).unwrap();
        }
    }
    assert_eq!(at_ada.all.now().members().len(), 200);
    assert!(at_ada.all.len() > 900);
}

#[test]
fn a_thousand_operations_of_people_out_of_touch_are_heard_in_good_time() {
    let people: Vec<Person> = (0..10u8).map(Person::new).collect();
    let mut at_ada = Desk::found(&people[0]);
    for person in &people[1..] {
        at_ada.set(person, Role::Admin).unwrap();
    }
    for round in 0..110 {
        let before = at_ada.clone();
        for person in &people[1..] {
            let mut desk = before.for_person(person);
            let action = match round % 3 {
                0 => Action::Retire,
                1 => Action::Invite {
                    key: [1; 32],
                    role: Role::Reader,
                    uses: 1,
                    expires: Moment::from_millis(0),
                    label: None,
                },
                _ => Action::Unknown { kind: 0x01ff, body: vec![] },
            };
            let id = desk.act(action).unwrap();
            at_ada.all.insert(desk.all.op(&id).unwrap().clone()).unwrap();
        }
    }
    assert!(at_ada.all.len() > 1000);
    let ops: Vec<SignedOp> = at_ada.all.ops().cloned().collect();
    let mut late_joiner = Desk::found(&people[0]);
    for op in ops {
        late_joiner.all.insert(op).unwrap();
    }
    assert_eq!(late_joiner.all.now().members(), at_ada.all.now().members());
}
