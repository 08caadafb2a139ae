//! Persons with several devices, lost and stolen ones.

use std::collections::BTreeSet;

use super::*;
use crate::PersonLog;

/// A second device of somebody's.
fn second(person: &Person) -> DeviceKeys {
    let seed = person.keys.device().as_bytes().map(|byte| byte ^ 0x55);
    DeviceKeys::from_seed(&seed)
}

fn add(desk: &mut Desk<'_>, device: &DeviceKeys) -> OpId {
    desk.act(adding(device, desk.who)).unwrap()
}

fn revoke(desk: &mut Desk<'_>, device: &DeviceKeys, good: &[OpId]) -> Result<OpId, OpRefusal> {
    let mut good = good.to_vec();
    good.sort_unstable();
    desk.act(Action::RevokeDevice { device: device.device(), good, retained: Retained::new() })
}

#[test]
fn a_second_device_is_a_member_too() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    let phone = second(&ada);
    add(&mut at_ada, &phone);
    at_ada.set(&bo, Role::Writer).unwrap();
    let now = at_ada.all.now();
    assert_eq!(now.person_of(&phone.device()), Some(ada.id()));
    assert_eq!(now.role_of_device(&phone.device()), Some(Role::Admin));
    assert_eq!(now.devices().len(), 3);
    let by_phone = Signer { keys: &phone, person: ada.id() };
    let op = at_ada.all.propose(&by_phone, Action::Retire).unwrap();
    at_ada.all.insert(op).unwrap();
    told(&at_ada.all);
}

/// Between two operations of the notebook more people have added a device than one operation stands on.
#[test]
fn a_new_device_acts_though_many_others_were_added_beside_it() {
    let everybody: Vec<Person> = (0..80).map(Person::new).collect();
    let mut at_first = Desk::found(&everybody[0]);
    for person in &everybody[1..] {
        at_first.set(person, Role::Writer).unwrap();
    }
    let seconds: Vec<DeviceKeys> = everybody.iter().map(second).collect();
    let mut all = at_first.all;
    for (person, device) in everybody.iter().zip(&seconds) {
        let op = all.propose(&person.signer(), adding(device, person)).unwrap();
        all.insert(op).unwrap();
    }
    for (person, device) in everybody.iter().zip(&seconds).skip(1) {
        let by_second = Signer { keys: device, person: person.id() };
        let leaving = all.propose(&by_second, Action::Leave { retained: Retained::new() });
        assert!(leaving.is_ok(), "{leaving:?}");
    }
}

/// A device that is in no notebook adds another; what it made is taken wherever its person is known.
#[test]
fn what_is_made_of_a_log_by_itself_is_taken_in_a_notebook() {
    let [ada, bo] = people();
    let [phone, tablet] = [second(&ada), DeviceKeys::from_seed(&[201; 32])];
    let mut log = PersonLog::gather(ada.id(), [ada.genesis.clone()]).unwrap();
    let added = log.propose(&ada.signer(), adding(&phone, &ada)).unwrap();
    log.insert(added).unwrap();
    let by_phone = Signer { keys: &phone, person: ada.id() };
    let revoke =
        |device: &DeviceKeys, good| Action::RevokeDevice { device: device.device(), good, retained: Retained::new() };
    assert_eq!(log.propose(&by_phone, revoke(&ada.keys, vec![])), Err(OpRefusal::Outranked));
    let added = log.propose(&by_phone, adding(&tablet, &ada)).unwrap();
    log.insert(added).unwrap();
    assert_eq!(log.devices().len(), 3);
    let good = log.last_of(&phone.device());
    let revoked = log.propose_recovery(&ada.recovery, revoke(&phone, good)).unwrap();
    log.insert(revoked.clone()).unwrap();
    assert_eq!(log.insert(bo.genesis.clone()), Err(OpRefusal::OtherLog));
    assert!(log.has(&tablet.device()) && !log.has(&phone.device()), "what the phone had added is vouched for");
    assert_eq!(log.heads(), Pins::new([revoked.id()]));
    let backwards: Vec<SignedOp> = log.ops().cloned().collect::<Vec<_>>().into_iter().rev().collect();
    assert_eq!(PersonLog::gather(ada.id(), backwards).unwrap().devices(), log.devices());
    assert!(PersonLog::gather(bo.id(), log.ops().cloned()).is_none(), "it is not Bo's");
    let mut at_ada = Desk::found(&ada);
    for op in log.ops() {
        at_ada.all.insert(op.clone()).unwrap();
    }
    assert_eq!(at_ada.all.now().devices_of(&ada.id()), log.devices());
    told(&at_ada.all);
}

#[test]
fn nobody_claims_a_device_that_did_not_agree() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    let Action::AddDevice { device, hpke, consent } = adding(&bo.keys, &bo) else { panic!("an adding") };
    let claim = at_ada.act(Action::AddDevice { device, hpke, consent });
    assert!(matches!(claim, Err(OpRefusal::Malformed(_))), "{claim:?}");
}

#[test]
fn what_a_stolen_device_did_falls_but_for_the_good() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    let phone = second(&ada);
    add(&mut at_ada, &phone);
    let by_phone = Signer { keys: &phone, person: ada.id() };
    at_ada.all.insert(bo.genesis.clone()).unwrap();
    at_ada.all.insert(cy.genesis.clone()).unwrap();
    let set = |whom: &Person| Action::Set {
        subject: Subject::Person(whom.id()),
        role: Role::Admin,
        retained: Retained::new(),
    };
    let good = at_ada.all.propose(&by_phone, set(&bo)).unwrap();
    at_ada.all.insert(good.clone()).unwrap();
    let bad = at_ada.all.propose(&by_phone, set(&cy)).unwrap();
    at_ada.all.insert(bad.clone()).unwrap();
    assert_eq!((at_ada.role(&bo), at_ada.role(&cy)), (Some(Role::Admin), Some(Role::Admin)));
    let revocation = revoke(&mut at_ada, &phone, &[good.id()]).unwrap();
    assert_eq!((at_ada.role(&bo), at_ada.role(&cy)), (Some(Role::Admin), None), "seen or not");
    assert_eq!(at_ada.all.now().fell_to(&bad.id()), Some(revocation));
    assert!(at_ada.all.now().taking().contains(&revocation));
    assert_eq!(at_ada.all.now().person_of(&phone.device()), None);
    assert!(at_ada.all.propose(&by_phone, Action::Retire).is_err());
    assert!(at_ada.act(adding(&phone, &ada)).is_err(), "a revoked device never comes back");
    told(&at_ada.all);
}

#[test]
fn the_recovery_key_outranks_a_stolen_first_device() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let good = at_ada.heads();
    let mut at_thief = at_ada.clone();
    let thiefs = DeviceKeys::from_seed(&[200; 32]);
    add(&mut at_thief, &thiefs);
    let by_thief = Signer { keys: &thiefs, person: ada.id() };
    let removal = Action::Remove { subject: Subject::Person(bo.id()), retained: Retained::new() };
    let removal = at_thief.all.propose(&by_thief, removal).unwrap();
    at_thief.all.insert(removal.clone()).unwrap();
    let newly = second(&ada);
    let recovered = |desk: &mut Desk<'_>, action| {
        let op = desk.all.propose_recovery(ada.id(), &ada.recovery, action).unwrap();
        desk.all.insert(op).unwrap();
    };
    recovered(&mut at_ada, adding(&newly, &ada));
    let good = good.ids().to_vec();
    recovered(&mut at_ada, Action::RevokeDevice { device: ada.keys.device(), good, retained: Retained::new() });
    meet(&mut [&mut at_ada, &mut at_thief]);
    let now = at_ada.all.now();
    assert_eq!(now.devices_of(&ada.id()), [(newly.device(), newly.hpke_public())], "the thief's own device fell too");
    assert!(at_ada.fell(removal.id()));
    assert_eq!(at_ada.role(&bo), Some(Role::Writer));
    assert_eq!(now.founder(), ada.id());
}

#[test]
fn a_junior_device_revokes_no_senior_one() {
    let [ada] = people();
    let mut at_ada = Desk::found(&ada);
    let phone = second(&ada);
    add(&mut at_ada, &phone);
    let by_phone = Signer { keys: &phone, person: ada.id() };
    let revoke =
        |device: &DeviceKeys| Action::RevokeDevice { device: device.device(), good: vec![], retained: Retained::new() };
    assert_eq!(at_ada.all.propose(&by_phone, revoke(&ada.keys)), Err(OpRefusal::Outranked));
    assert!(at_ada.all.propose(&by_phone, revoke(&phone)).is_ok(), "it may resign");
    let replace = Action::ReplaceRecovery { recovery: RecoveryKeys::from_seed(&[9; 32]).public() };
    assert_eq!(at_ada.all.propose(&ada.signer(), replace), Err(OpRefusal::NoRecovery));
}

#[test]
fn two_devices_that_revoke_each_other_are_settled_by_seniority() {
    let [ada] = people();
    let mut at_ada = Desk::found(&ada);
    let (phone, tablet) = (second(&ada), DeviceKeys::from_seed(&[201; 32]));
    add(&mut at_ada, &phone);
    let by_phone = Signer { keys: &phone, person: ada.id() };
    let mut at_phone = at_ada.clone();
    let op = at_phone.all.propose(&by_phone, adding(&tablet, &ada)).unwrap();
    at_phone.all.insert(op.clone()).unwrap();
    revoke(&mut at_ada, &phone, &[]).unwrap();
    meet(&mut [&mut at_ada, &mut at_phone]);
    assert!(at_ada.fell(op.id()));
    assert_eq!(at_ada.all.now().devices().len(), 1);
}

#[test]
fn a_replaced_recovery_key_does_nothing_more() {
    let [ada] = people();
    let mut at_ada = Desk::found(&ada);
    let before = at_ada.clone();
    let fresh = RecoveryKeys::from_seed(&[44; 32]);
    replace(&mut at_ada, &ada.recovery, &fresh).unwrap();
    let thiefs = DeviceKeys::from_seed(&[202; 32]);
    assert!(at_ada.all.propose_recovery(ada.id(), &ada.recovery, adding(&thiefs, &ada)).is_err());
    let mut pretending = before;
    let backdated = pretending.all.propose_recovery(ada.id(), &ada.recovery, adding(&thiefs, &ada)).unwrap();
    pretending.all.insert(backdated).unwrap();
    meet(&mut [&mut at_ada, &mut pretending]);
    assert_eq!(at_ada.all.now().devices().len(), 1, "what it signed without knowing of its end falls");
    assert!(at_ada.all.propose_recovery(ada.id(), &fresh, adding(&thiefs, &ada)).is_ok());
}

/// Puts `fresh` in place of `old` as the desk's person's recovery.
fn replace(desk: &mut Desk<'_>, old: &RecoveryKeys, fresh: &RecoveryKeys) -> Result<OpId, OpRefusal> {
    let replace = Action::ReplaceRecovery { recovery: fresh.public() };
    let op = desk.all.propose_recovery(desk.who.id(), old, replace)?;
    desk.all.insert(op.clone())?;
    Ok(op.id())
}

fn is_recipient(desk: &Desk<'_>, recovery: &RecoveryKeys) -> bool {
    desk.all.now().recipients().contains(&recovery.public().recipient())
}

#[test]
fn a_replaced_recovery_key_is_given_nothing_more() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Reader).unwrap();
    at_ada.all.insert(cy.genesis.clone()).unwrap();
    assert!(is_recipient(&at_ada, &ada.recovery) && is_recipient(&at_ada, &bo.recovery));
    assert!(!is_recipient(&at_ada, &cy.recovery), "Cy is no member");
    let [fresh, of_cy] = [44, 45].map(|seed| RecoveryKeys::from_seed(&[seed; 32]));
    let mut at_cy = at_ada.for_person(&cy);
    let of_no_member = replace(&mut at_cy, &cy.recovery, &of_cy).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let replaced = replace(&mut at_bo, &bo.recovery, &fresh).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy]);
    assert!(!is_recipient(&at_ada, &bo.recovery) && is_recipient(&at_ada, &fresh));
    assert_eq!(
        at_ada.all.now().taking(),
        &BTreeSet::from([replaced]),
        "whoever has the old one is shut out from here on"
    );
    // Once Cy is let in, hers counts too: an epoch that knew Cy and not the replacement was sealed to the old one.
    at_ada.set(&cy, Role::Writer).unwrap();
    assert_eq!(at_ada.all.now().taking(), &BTreeSet::from([replaced, of_no_member]));
    assert!(is_recipient(&at_ada, &of_cy));
    told(&at_ada.all);
}

#[test]
fn a_recovery_is_replaced_by_two_new_keys_or_not_at_all() {
    let [ada] = people();
    let at_ada = Desk::found(&ada);
    let (old, fresh) = (ada.recovery.public(), RecoveryKeys::from_seed(&[44; 32]).public());
    for (signing, hpke) in [(old.signing, fresh.hpke), (fresh.signing, old.hpke), (old.signing, old.hpke)] {
        let replace = Action::ReplaceRecovery { recovery: crate::RecoveryPublic { signing, hpke } };
        let proposed = at_ada.all.propose_recovery(ada.id(), &ada.recovery, replace);
        assert_eq!(proposed, Err(OpRefusal::NothingChanges));
    }
}

#[test]
fn a_founder_hands_over_with_the_recovery_in_place_alone() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let fresh = RecoveryKeys::from_seed(&[44; 32]);
    replace(&mut at_ada, &ada.recovery, &fresh).unwrap();
    let by_old = at_ada.all.propose_handover(&ada.signer(), bo.id(), &ada.recovery);
    assert_eq!(by_old, Err(OpRefusal::NoRecovery));
    let op = at_ada.all.propose_handover(&ada.signer(), bo.id(), &fresh).unwrap();
    at_ada.all.insert(op).unwrap();
    assert_eq!(at_ada.all.now().founder(), bo.id());
}

#[test]
fn a_rival_replacement_that_wins_takes_from_the_one_that_stood() {
    let [ada] = people();
    let mut at_ada = Desk::found(&ada);
    let mut elsewhere = at_ada.clone();
    let [one, two] = [44, 45].map(|seed| RecoveryKeys::from_seed(&[seed; 32]));
    replace(&mut at_ada, &ada.recovery, &one).unwrap();
    replace(&mut elsewhere, &ada.recovery, &two).unwrap();
    let (mut knows_one, mut knows_two) = (at_ada.clone(), elsewhere.clone());
    meet(&mut [&mut at_ada, &mut elsewhere]);
    let before = at_ada.heads();
    let one_stands = is_recipient(&at_ada, &one);
    assert_ne!(one_stands, is_recipient(&at_ada, &two));
    // One of her devices has built on the other, which changes which of the two stands.
    let other = if one_stands { &mut knows_two } else { &mut knows_one };
    let tipped = add(other, &second(&ada));
    meet(&mut [&mut at_ada, other]);
    assert_eq!(is_recipient(&at_ada, &one), !one_stands);
    assert!(!at_ada.all.reaches(&before, &tipped));
    assert!(at_ada.all.now().taking().contains(&tipped), "whoever sealed to the first must hear of it");
}

/// A device that meets a head of its own that it never wrote: its folder was copied.
#[test]
fn a_cloned_device_goes_on_under_a_new_key_that_the_old_one_signed() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    let by_old = at_ada.set(&bo, Role::Writer).unwrap();
    let mut at_copy = at_ada.clone();
    let (newly, copys) = (second(&ada), DeviceKeys::from_seed(&[203; 32]));
    let added = add(&mut at_ada, &newly);
    let by_newly = Signer { keys: &newly, person: ada.id() };
    at_ada.all.insert(cy.genesis.clone()).unwrap();
    let set = Action::Set { subject: Subject::Person(cy.id()), role: Role::Reader, retained: Retained::new() };
    let set = at_ada.all.propose(&by_newly, set).unwrap();
    at_ada.all.insert(set).unwrap();
    let added_by_copy = add(&mut at_copy, &copys);
    // Both are heard of before the old key ends itself, and it vouches for both.
    meet(&mut [&mut at_ada, &mut at_copy]);
    let old = Signer { keys: &ada.keys, person: ada.id() };
    let mut good = vec![by_old, added, added_by_copy];
    good.sort_unstable();
    let end = Action::RevokeDevice { device: ada.keys.device(), good, retained: Retained::new() };
    let end = at_ada.all.propose(&old, end).unwrap();
    at_ada.all.insert(end.clone()).unwrap();
    meet(&mut [&mut at_ada, &mut at_copy]);
    let now = at_ada.all.now();
    let mut expected = [newly.device(), copys.device()];
    expected.sort_unstable();
    assert_eq!(now.devices_of(&ada.id()).into_iter().map(|(device, _)| device).collect::<Vec<_>>(), expected);
    assert_eq!((at_ada.role(&bo), at_ada.role(&cy)), (Some(Role::Writer), Some(Role::Reader)));
    assert_eq!(now.founder(), ada.id());
    assert!(now.taking().contains(&end.id()), "keys sealed to the old one are used no more");
}

/// The same, too hastily: the old key is ended before the copy's new device was heard of.
#[test]
fn a_copy_whose_new_device_was_left_out_is_added_again() {
    let [ada] = people();
    let mut at_ada = Desk::found(&ada);
    let mut at_copy = at_ada.clone();
    let (newly, copys) = (second(&ada), DeviceKeys::from_seed(&[203; 32]));
    let added = add(&mut at_ada, &newly);
    revoke(&mut at_ada, &ada.keys, &[added]).unwrap();
    add(&mut at_copy, &copys);
    meet(&mut [&mut at_ada, &mut at_copy]);
    assert_eq!(at_ada.all.now().devices_of(&ada.id()).len(), 1);
    let by_newly = Signer { keys: &newly, person: ada.id() };
    let again = at_ada.all.propose(&by_newly, adding(&copys, &ada)).unwrap();
    at_ada.all.insert(again).unwrap();
    assert_eq!(at_ada.all.now().devices_of(&ada.id()).len(), 2);
    told(&at_ada.all);
}

#[test]
fn a_persons_log_that_was_in_trouble_joins_whole() {
    let [ada, bo] = people();
    let mut at_bo = Desk::found(&bo); // another notebook, in which Bo lost a phone
    let phone = second(&bo);
    add(&mut at_bo, &phone);
    revoke(&mut at_bo, &phone, &[]).unwrap();
    let mut at_ada = Desk::found(&ada);
    for op in at_bo.all.person_ops(&bo.id()) {
        at_ada.all.insert(op.clone()).unwrap();
    }
    at_ada.set(&bo, Role::Writer).unwrap();
    assert_eq!(at_ada.all.now().devices_of(&bo.id()), [(bo.keys.device(), bo.keys.hpke_public())]);
    told(&at_ada.all);
    at_ada.remove(&bo).unwrap();
    told(&at_ada.all);
}

#[test]
fn good_heads_vouch_in_their_own_log_and_so_the_same_in_every_notebook() {
    for keeping_own_log in [false, true] {
        let [ada, bo] = people();
        let mut at_ada = Desk::found(&ada);
        let phone = second(&ada);
        let added = add(&mut at_ada, &phone);
        let set = at_ada.set(&bo, Role::Writer).unwrap(); // it stands on the adding
        let mut good = if keeping_own_log { vec![added, set] } else { vec![set] };
        good.sort_unstable();
        let revoke = Action::RevokeDevice { device: ada.keys.device(), good, retained: Retained::new() };
        let revoke = at_ada.all.propose_recovery(ada.id(), &ada.recovery, revoke).unwrap();
        at_ada.all.insert(revoke).unwrap();
        assert_eq!(at_ada.role(&bo), Some(Role::Writer));
        // Another notebook knows Ada's log and nothing of this one.
        let mut elsewhere = Desk::found(&bo);
        for op in at_ada.all.person_ops(&ada.id()) {
            elsewhere.all.insert(op.clone()).unwrap();
        }
        elsewhere.set(&ada, Role::Writer).unwrap();
        let left: &[_] = if keeping_own_log { &[(phone.device(), phone.hpke_public())] } else { &[] };
        assert_eq!(at_ada.all.now().devices_of(&ada.id()), left);
        assert_eq!(elsewhere.all.now().devices_of(&ada.id()), left);
        let by_phone = Signer { keys: &phone, person: ada.id() };
        let tablet = DeviceKeys::from_seed(&[203; 32]);
        assert_eq!(at_ada.all.propose(&by_phone, adding(&tablet, &ada)).is_ok(), keeping_own_log);
    }
}

#[test]
fn whom_a_good_head_let_in_goes_with_the_link_of_a_device_that_nobody_vouched_for() {
    for keeping_own_log in [false, true] {
        let [ada, bo] = people();
        let mut at_ada = Desk::found(&ada);
        let phone = second(&ada);
        let added = add(&mut at_ada, &phone);
        let (seed, by_phone) = ([9; 32], Signer { keys: &phone, person: ada.id() });
        let link = Action::Invite {
            key: link_public(&seed),
            role: Role::Writer,
            uses: 1,
            expires: Moment::from_millis(1),
            label: None,
        };
        let link = at_ada.all.propose(&by_phone, link).unwrap();
        at_ada.all.insert(link.clone()).unwrap();
        let redemption = at_ada.host(&bo, Link { id: InvitationId::from(link.id()), seed }).unwrap();
        let mut good = if keeping_own_log { vec![added, redemption] } else { vec![redemption] };
        good.sort_unstable();
        let revoke = Action::RevokeDevice { device: ada.keys.device(), good, retained: Retained::new() };
        let revoke = at_ada.all.propose_recovery(ada.id(), &ada.recovery, revoke).unwrap();
        at_ada.all.insert(revoke).unwrap();
        assert_eq!(at_ada.fell(link.id()), !keeping_own_log);
        assert_eq!(at_ada.role(&bo), keeping_own_log.then_some(Role::Writer));
        told(&at_ada.all);
    }
}

#[test]
fn a_good_head_that_is_learned_of_later_is_taking() {
    // What it vouches for had fallen, and takes somebody's access now.
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let phone = second(&ada);
    add(&mut at_ada, &phone);
    let by_phone = Signer { keys: &phone, person: ada.id() };
    let mut at_phone = at_ada.clone();
    let remove = Action::Remove { subject: Subject::Person(bo.id()), retained: Retained::new() };
    let removal = at_phone.all.propose(&by_phone, remove).unwrap();
    at_phone.all.insert(removal.clone()).unwrap();
    let head = at_phone.all.propose(&by_phone, Action::Retire).unwrap();
    at_phone.all.insert(head.clone()).unwrap();
    // Ada's other device vouches for the head; some hear of that and of the removal, and not yet of the head.
    let revocation = revoke(&mut at_phone, &phone, &[head.id()]).unwrap();
    at_ada.all.insert(at_phone.all.op(&revocation).unwrap().clone()).unwrap();
    at_ada.all.insert(removal).unwrap();
    assert_eq!(at_ada.role(&bo), Some(Role::Writer));
    let before = at_ada.heads();
    at_ada.hear(&at_phone);
    assert_eq!(at_ada.role(&bo), None);
    let told_by = |op: &OpId| !at_ada.all.reaches(&before, op);
    assert!(at_ada.all.now().taking().iter().any(told_by), "Bo holds the key that was sealed to those before");
    told(&at_ada.all);
}

#[test]
fn what_an_old_recovery_key_tried_plays_no_part_once_its_person_is_gone() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let mut pretending = at_ada.clone();
    let replace = Action::ReplaceRecovery { recovery: RecoveryKeys::from_seed(&[45; 32]).public() };
    let replace = at_ada.all.propose_recovery(bo.id(), &bo.recovery, replace).unwrap();
    at_ada.all.insert(replace).unwrap();
    let phone = second(&bo);
    let backdated = pretending.all.propose_recovery(bo.id(), &bo.recovery, adding(&phone, &bo)).unwrap();
    pretending.all.insert(backdated).unwrap();
    meet(&mut [&mut at_ada, &mut pretending]);
    at_ada.remove(&bo).unwrap();
    told(&at_ada.all); // worked out step by step and at once
}

#[test]
fn what_brings_a_leaving_back_makes_a_new_key_needed() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let before = at_ada.heads();
    let mut at_bo = at_ada.for_person(&bo);
    let leaving = at_bo.leave().unwrap();
    // His device revokes itself and vouches for nothing, so the leaving falls; nobody but his recovery is left to seal to.
    let mut at_thief = at_bo.as_of(&before);
    let revoke = |good| Action::RevokeDevice { device: bo.keys.device(), good, retained: Retained::new() };
    let log = LogId::from(bo.id());
    let by_itself = at_thief.all.propose_in(&bo.signer(), &log, revoke(Vec::new())).unwrap();
    at_thief.all.insert(by_itself).unwrap();
    at_ada.hear(&at_bo);
    at_ada.hear(&at_thief);
    let knew = at_ada.heads();
    assert!(at_ada.fell(leaving) && at_ada.role(&bo).is_some());
    let by_phrase = at_bo.all.propose_recovery(bo.id(), &bo.recovery, revoke(vec![leaving])).unwrap();
    let id = by_phrase.id();
    at_ada.all.insert(by_phrase).unwrap();
    told(&at_ada.all);
    assert_eq!(at_ada.role(&bo), None, "he had left");
    assert!(at_ada.all.now().taking().contains(&id) && !at_ada.all.reaches(&knew, &id));
}

#[test]
fn adding_a_device_may_tip_the_balance_between_two_new_phrases_however_it_is_heard() {
    let [ada] = people();
    let mut at_ada = Desk::found(&ada);
    let mut at_thief = at_ada.clone();
    for (desk, number) in [(&mut at_ada, 61), (&mut at_thief, 62)] {
        let recovery = RecoveryKeys::from_seed(&[number; 32]).public();
        let replace = Action::ReplaceRecovery { recovery };
        let op = desk.all.propose_recovery(ada.id(), &ada.recovery, replace).unwrap();
        desk.all.insert(op).unwrap();
    }
    meet(&mut [&mut at_ada, &mut at_thief]);
    let second = DeviceKeys::from_seed(&[63; 32]);
    let log = LogId::from(ada.id());
    let add = at_ada.all.propose_in(&ada.signer(), &log, adding(&second, &ada)).unwrap();
    at_ada.all.insert(add.clone()).unwrap();
    told(&at_ada.all);
    assert!(at_ada.all.now().taking().contains(&add.id()));
}
