//! Handing a notebook over.

use super::*;

fn hand_over(desk: &mut Desk<'_>, to: &Person) -> Result<OpId, OpRefusal> {
    let op = desk.all.propose_handover(&desk.who.signer(), to.id(), &desk.who.recovery)?;
    let id = op.id();
    desk.all.insert(op)?;
    Ok(id)
}

#[test]
fn only_the_founder_hands_over_and_only_with_the_recovery_key() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    assert_eq!(hand_over(&mut at_bo, &bo), Err(OpRefusal::Founder));
    let with_wrong_key = at_ada.all.propose_handover(&ada.signer(), bo.id(), &cy.recovery);
    assert_eq!(with_wrong_key, Err(OpRefusal::NoRecovery));
    assert_eq!(hand_over(&mut at_ada, &cy), Err(OpRefusal::NotAMember { person: cy.id() }));
    hand_over(&mut at_ada, &bo).unwrap();
    assert_eq!(at_ada.all.now().founder(), bo.id());
    assert_eq!(at_ada.role(&ada), Some(Role::Admin), "Ada stays an admin");
    assert_eq!(at_ada.remove(&bo), Err(OpRefusal::Founder));
    at_bo.hear(&at_ada);
    at_bo.remove(&ada).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(at_ada.role(&ada), None);
}

#[test]
fn a_signature_for_one_handover_makes_no_other() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    at_ada.set(&cy, Role::Admin).unwrap();
    let signed = at_ada.all.propose_handover(&ada.signer(), bo.id(), &ada.recovery).unwrap();
    let Action::Handover { recovery, .. } = signed.op().action else { panic!("a handover") };
    let to_cy = at_ada.all.propose(&ada.signer(), Action::Handover { to: cy.id(), recovery });
    assert_eq!(to_cy, Err(OpRefusal::NoRecovery));
    at_ada.act(Action::Retire).unwrap();
    let later = at_ada.all.propose(&ada.signer(), Action::Handover { to: bo.id(), recovery });
    assert_eq!(later, Err(OpRefusal::NoRecovery));
}

#[test]
fn nothing_done_beside_a_handover_touches_the_heir() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&cy, Role::Admin).unwrap();
    at_ada.set(&bo, Role::Admin).unwrap();
    let (mut at_bo, mut at_cy) = (at_ada.for_person(&bo), at_ada.for_person(&cy));
    hand_over(&mut at_ada, &bo).unwrap();
    let removal = at_cy.remove(&bo).unwrap();
    let leaving = at_bo.leave().unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy]);
    assert!(at_ada.fell(removal) && at_ada.fell(leaving));
    assert_eq!((at_ada.all.now().founder(), at_ada.role(&bo)), (bo.id(), Some(Role::Admin)));
}

#[test]
fn of_two_handovers_the_one_stands_that_others_built_on() {
    for order in [false, true] {
        let [ada, bo, cy, di] = people();
        let mut at_ada = Desk::found(&ada);
        for person in [&bo, &cy, &di] {
            at_ada.set(person, Role::Admin).unwrap();
        }
        let before = at_ada.heads();
        let (true_heir, false_heir) = if order { (&bo, &cy) } else { (&cy, &bo) };
        hand_over(&mut at_ada, true_heir).unwrap();
        let mut at_di = at_ada.for_person(&di);
        at_di.act(Action::Retire).unwrap();
        let mut pretending = at_ada.as_of(&before);
        let false_one = hand_over(&mut pretending, false_heir).unwrap();
        meet(&mut [&mut at_ada, &mut at_di, &mut pretending]);
        assert_eq!(at_ada.all.now().founder(), true_heir.id());
        assert!(at_ada.fell(false_one));
    }
}

#[test]
fn a_handover_signed_late_wins_nobody_by_being_heard_of() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    for person in [&bo, &cy, &di] {
        at_ada.set(person, Role::Admin).unwrap();
    }
    let before = at_ada.heads();
    at_ada.act(Action::Retire).unwrap();
    hand_over(&mut at_ada, &bo).unwrap();
    let (mut at_bo, mut at_di) = (at_ada.for_person(&bo), at_ada.for_person(&di));
    at_di.act(Action::Retire).unwrap();
    // Ada, who kept her keys, signs another as if it had been the first. It is heard of everywhere, and all go on.
    let mut pretending = at_ada.as_of(&before);
    let false_one = hand_over(&mut pretending, &cy).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_di, &mut pretending]);
    assert_eq!(at_ada.all.now().founder(), bo.id(), "Di has built on it");
    for desk in [&mut at_bo, &mut at_di] {
        desk.act(Action::Retire).unwrap();
    }
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_di]);
    assert!(at_ada.fell(false_one));
    assert_eq!(at_ada.all.now().founder(), bo.id(), "whoever knows both builds on the one that stands");
}

#[test]
fn what_tips_the_balance_between_two_handovers_is_taking() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    for person in [&bo, &cy, &di] {
        at_ada.set(person, Role::Admin).unwrap();
    }
    let mut at_other_device = at_ada.clone();
    let handovers = [hand_over(&mut at_ada, &bo).unwrap(), hand_over(&mut at_other_device, &cy).unwrap()];
    let (desks, heirs) = ([at_ada.clone(), at_other_device.clone()], [&bo, &cy]);
    meet(&mut [&mut at_ada, &mut at_other_device]);
    let loser = usize::from(at_ada.fell(handovers[1]));
    assert!(at_ada.fell(handovers[loser]));
    let before = at_ada.heads();
    let mut at_di = desks[loser].for_person(&di);
    let tipping = at_di.act(Action::Unknown { kind: 0x01ff, body: vec![] }).unwrap();
    meet(&mut [&mut at_ada, &mut at_di]);
    assert_eq!(at_ada.all.now().founder(), heirs[loser].id());
    assert!(at_ada.all.now().taking().contains(&tipping) && !at_ada.all.reaches(&before, &tipping));
}

#[test]
fn an_heir_in_question_who_does_anything_tips_the_balance_however_it_is_heard() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    for person in [&bo, &cy] {
        at_ada.set(person, Role::Admin).unwrap();
    }
    let mut at_other_device = at_ada.clone();
    hand_over(&mut at_ada, &bo).unwrap();
    hand_over(&mut at_other_device, &cy).unwrap();
    meet(&mut [&mut at_ada, &mut at_other_device]);
    let heir = [&bo, &cy].into_iter().find(|heir| at_ada.all.now().founder() == heir.id()).unwrap();
    let mut at_heir = at_ada.for_person(heir);
    let first = at_heir.set(&di, Role::Writer).unwrap();
    let second = at_heir.act(Action::Unknown { kind: 0x01ff, body: vec![] }).unwrap();
    told(&at_heir.all);
    let now = at_heir.all.now();
    assert!(now.taking().contains(&first), "a new member is nothing taken; to stand by one of two heirs is");
    assert!(!now.taking().contains(&second), "and that is done once");
}

#[test]
fn what_a_false_heir_did_to_the_founder_falls() {
    // A stolen device of Ada's hands over, with the recovery key that lay on it.
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let good = at_ada.heads();
    let mut at_thief = at_ada.clone();
    let handover = hand_over(&mut at_thief, &bo).unwrap();
    let mut at_bo = at_thief.for_person(&bo);
    let removal = at_bo.remove(&ada).unwrap();
    let newly = DeviceKeys::from_seed(&[77; 32]);
    let add = at_ada.all.propose_recovery(ada.id(), &ada.recovery, adding(&newly, &ada)).unwrap();
    at_ada.all.insert(add).unwrap();
    let revoke =
        Action::RevokeDevice { device: ada.keys.device(), good: good.ids().to_vec(), retained: Retained::new() };
    let revoke = at_ada.all.propose_recovery(ada.id(), &ada.recovery, revoke).unwrap();
    at_ada.all.insert(revoke).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_thief]);
    assert!(at_ada.fell(handover) && at_ada.fell(removal));
    assert_eq!((at_ada.all.now().founder(), at_ada.role(&ada)), (ada.id(), Some(Role::Admin)));
    assert_eq!(at_ada.role(&bo), Some(Role::Admin), "what the thief had no part in stands");
}

#[test]
fn a_notebook_goes_round_and_comes_back() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    hand_over(&mut at_ada, &bo).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    hand_over(&mut at_bo, &ada).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(at_ada.all.now().founder(), ada.id());
    assert!(at_ada.remove(&bo).is_ok());
    assert_eq!(at_ada.leave(), Err(OpRefusal::Founder));
}

#[test]
fn nobody_takes_the_founders_role_and_not_even_the_founder() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    assert_eq!(at_bo.remove(&ada), Err(OpRefusal::Founder));
    assert_eq!(
        at_ada.set(&ada, Role::Reader),
        Err(OpRefusal::Founder),
        "else a notebook could be left without an admin"
    );
    assert_eq!(at_ada.leave(), Err(OpRefusal::Founder));
    assert_eq!(at_ada.role(&ada), Some(Role::Admin));
}
