//! Coming in by a link: the schedules that broke simpler rules.

use super::*;
use crate::{Link as LinkState, RedemptionState};

fn link_state(desk: &Desk<'_>, link: Link) -> LinkState {
    desk.all.now().invitation(&link.id).unwrap().state
}

#[test]
fn a_link_lets_in_as_many_as_it_says() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    let link = at_ada.invite(Role::Writer, 1).unwrap();
    let redemption = at_ada.host(&bo, link).unwrap();
    assert_eq!((at_ada.role(&bo), at_ada.state(redemption)), (Some(Role::Writer), RedemptionState::Stands));
    assert_eq!(link_state(&at_ada, link), LinkState::UsedUp);
    assert_eq!(at_ada.host(&cy, link), Err(OpRefusal::InvitationUsedUp(link.id)));
    assert_eq!(at_ada.host(&bo, link), Err(OpRefusal::AlreadyAMember { person: bo.id() }));
    let devices = at_ada.all.now().devices();
    assert!(devices.contains(&(bo.keys.device(), bo.keys.hpke_public())));
    told(&at_ada.all);
}

#[test]
fn any_member_hosts_and_no_stranger_does() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Reader).unwrap();
    let link = at_ada.invite(Role::Writer, 2).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.host(&cy, link).unwrap();
    assert_eq!(at_bo.role(&cy), Some(Role::Writer));
    let mut at_di = at_bo.for_person(&di);
    at_di.all.insert(di.genesis.clone()).unwrap();
    assert!(at_di.host(&di, link).is_err());
}

#[test]
fn a_statement_is_for_one_host_one_link_one_secret_and_one_time() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let link = at_ada.invite(Role::Writer, 5).unwrap();
    at_ada.all.insert(cy.genesis.clone()).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let for_ada = at_ada.statement(&cy, link);
    let theft = at_bo.act(Action::Redeem(Box::new(for_ada.clone())));
    assert!(matches!(theft, Err(OpRefusal::Malformed(_))), "{theft:?}");
    let renamed = Redemption { host: bo.keys.device(), ..for_ada.clone() };
    assert_eq!(at_bo.act(Action::Redeem(Box::new(renamed))), Err(OpRefusal::BadRedemption));
    let guessed = at_ada.statement(&cy, Link { seed: [99; 32], ..link });
    assert_eq!(at_ada.act(Action::Redeem(Box::new(guessed))), Err(OpRefusal::BadRedemption));
    at_ada.act(Action::Redeem(Box::new(for_ada.clone()))).unwrap();
    let mut at_cy = at_ada.for_person(&cy);
    at_cy.leave().unwrap();
    at_ada.hear(&at_cy);
    assert_eq!(at_ada.act(Action::Redeem(Box::new(for_ada))), Err(OpRefusal::BadRedemption), "used before");
}

#[test]
fn an_old_statement_brings_nobody_back_who_left_unseen() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let link = at_ada.invite(Role::Writer, 5).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let before = at_bo.heads();
    at_bo.all.insert(cy.genesis.clone()).unwrap();
    let statement = at_bo.statement(&cy, link);
    at_bo.act(Action::Redeem(Box::new(statement.clone()))).unwrap();
    let mut at_cy = at_bo.for_person(&cy);
    at_cy.leave().unwrap();
    let mut pretending = at_bo.as_of(&before);
    pretending.all.insert(cy.genesis.clone()).unwrap();
    for _ in 0..4 {
        pretending.act(Action::Unknown { kind: 0x01ff, body: vec![] }).unwrap(); // so that it lies deeper than the leaving
    }
    pretending.act(Action::Redeem(Box::new(statement))).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy, &mut pretending]);
    assert_eq!(at_ada.role(&cy), None);
}

#[test]
fn a_removal_closes_every_link_not_issued_after_it() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    at_ada.set(&cy, Role::Writer).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let link = at_bo.invite(Role::Writer, 3).unwrap();
    let redemption = at_bo.host(&di, link).unwrap();
    // Ada knows of neither link nor redemption, and removes somebody else.
    let removal = at_ada.remove(&cy).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!((at_ada.state(redemption), at_ada.role(&di)), (RedemptionState::Void, None));
    assert_eq!(at_ada.all.now().fell_to(&redemption), Some(removal));
    assert_eq!(link_state(&at_ada, link), LinkState::Cut);
    assert_eq!(at_bo.host(&di, link), Err(OpRefusal::InvitationClosed(link.id)));
    at_bo.set(&di, Role::Writer).unwrap();
    assert_eq!(at_bo.role(&di), Some(Role::Writer), "a void person returns by name");
    let fresh = at_bo.invite(Role::Reader, 1).unwrap();
    assert!(at_bo.host(&cy, fresh).is_ok(), "a link issued after the removal is open");
}

#[test]
fn a_removed_person_does_not_come_back_by_an_old_link() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let link = at_ada.invite(Role::Writer, 10).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let redemption = at_ada.host(&cy, link).unwrap();
    at_ada.remove(&cy).unwrap();
    assert_eq!(at_ada.host(&cy, link), Err(OpRefusal::InvitationClosed(link.id)));
    let at_unaware = at_bo.host(&cy, link).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!((at_ada.state(at_unaware), at_ada.role(&cy)), (RedemptionState::Void, None));
    assert_eq!(at_ada.state(redemption), RedemptionState::Stands, "it stood, and was then ended by name");
}

#[test]
fn a_revocation_keeps_what_it_knew_and_nothing_else() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let link = at_ada.invite(Role::Writer, 5).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let known = at_ada.host(&cy, link).unwrap();
    at_ada.revoke(link).unwrap();
    let unknown = at_bo.host(&di, link).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!((at_ada.state(known), at_ada.role(&cy)), (RedemptionState::Stands, Some(Role::Writer)));
    assert_eq!((at_ada.state(unknown), at_ada.role(&di)), (RedemptionState::Void, None));
    assert_eq!(link_state(&at_ada, link), LinkState::Revoked);
}

#[test]
fn a_juniors_revocation_voids_what_an_unaware_senior_has_not_set() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let link = at_ada.invite(Role::Writer, 1).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.revoke(link).unwrap();
    let redemption = at_ada.host(&cy, link).unwrap();
    at_ada.settle(link, &[redemption]).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(at_ada.state(redemption), RedemptionState::Void, "a settle never cures a cut");
    at_ada.set(&cy, Role::Writer).unwrap();
    assert_eq!(at_ada.role(&cy), Some(Role::Writer), "only a set by name does");
}

#[test]
fn a_link_reopens_at_nobody_when_its_revoker_was_demoted_meanwhile() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    let link = at_ada.invite(Role::Writer, 1).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let revocation = at_bo.revoke(link).unwrap();
    at_ada.set(&bo, Role::Writer).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert!(at_ada.fell(revocation));
    assert_eq!(link_state(&at_ada, link), LinkState::Cut, "the demotion closed it, though the revocation fell");
    assert_eq!(at_bo.host(&cy, link), Err(OpRefusal::InvitationClosed(link.id)));
}

#[test]
fn nobody_is_contested_with_themselves() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let link = at_ada.invite(Role::Writer, 1).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.act(Action::Unknown { kind: 0x01ff, body: vec![] }).unwrap();
    let (one, other) = (at_ada.host(&cy, link).unwrap(), at_bo.host(&cy, link).unwrap());
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!((at_ada.state(one), at_ada.state(other)), (RedemptionState::Stands, RedemptionState::Stands));
    assert_eq!(at_ada.role(&cy), Some(Role::Writer));
    assert_eq!(at_ada.all.now().invitation(&link.id).unwrap().used, 1);
}

#[test]
fn two_by_a_single_use_link_wait_until_an_admin_picks() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let link = at_ada.invite(Role::Writer, 1).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let (one, other) = (at_ada.host(&cy, link).unwrap(), at_bo.host(&di, link).unwrap());
    meet(&mut [&mut at_ada, &mut at_bo]);
    let contested = RedemptionState::Contested;
    assert_eq!((at_ada.state(one), at_ada.state(other)), (contested, contested));
    assert_eq!((at_ada.role(&cy), at_ada.role(&di)), (None, None));
    assert!(at_ada.all.now().taking().contains(&one), "whoever lost a role must not get later keys");
    assert!(at_ada.all.now().to_settle().is_empty(), "an admin's device does not pick");
    at_ada.settle(link, &[other]).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!((at_ada.state(one), at_ada.state(other)), (contested, RedemptionState::Seated));
    assert_eq!((at_bo.role(&cy), at_bo.role(&di)), (None, Some(Role::Writer)));
}

#[test]
fn who_came_first_at_one_host_is_not_in_question_and_seats_are_no_more_than_uses() {
    let [ada, bo, cy, di, eve] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let link = at_ada.invite(Role::Writer, 2).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let (first, second) = (at_ada.host(&cy, link).unwrap(), at_ada.host(&di, link).unwrap());
    let elsewhere = at_bo.host(&eve, link).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    let contested = RedemptionState::Contested;
    assert_eq!(at_ada.state(first), RedemptionState::Stands, "only Eve counts against Cy");
    assert_eq!((at_ada.state(second), at_ada.state(elsewhere)), (contested, contested));
    at_ada.settle(link, &[second, elsewhere]).unwrap();
    let seated = RedemptionState::Seated;
    assert_eq!((at_ada.state(second), at_ada.state(elsewhere)), (seated, seated));
    assert_eq!((at_ada.state(first), at_ada.role(&cy)), (contested, None), "an admin gave both seats away");
    told(&at_ada.all);
}

#[test]
fn a_latecomer_does_not_put_the_settled_in_question() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let link = at_ada.invite(Role::Writer, 1).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let first = at_ada.host(&cy, link).unwrap();
    assert_eq!(at_ada.all.now().to_settle(), [(link.id, vec![first])]);
    at_ada.settle(link, &[first]).unwrap();
    assert!(at_ada.all.now().to_settle().is_empty());
    let latecomer = at_bo.host(&di, link).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!(at_ada.state(first), RedemptionState::Seated);
    assert_eq!((at_ada.state(latecomer), at_ada.role(&di)), (RedemptionState::Contested, None));
    assert_eq!(at_ada.role(&cy), Some(Role::Writer));
}

#[test]
fn a_seat_is_a_persons_also_where_what_was_settled_fell() {
    let [ada, bo, cy] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Reader).unwrap();
    let link = at_ada.invite(Role::Writer, 1).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let mut elsewhere = at_bo.clone();
    elsewhere.leave().unwrap();
    let voided = at_bo.host(&cy, link).unwrap();
    at_ada.hear(&at_bo);
    at_ada.settle(link, &[voided]).unwrap();
    at_ada.hear(&elsewhere);
    assert_eq!((at_ada.state(voided), at_ada.role(&cy)), (RedemptionState::Void, None));
    let again = at_ada.host(&cy, link).unwrap();
    assert_eq!((at_ada.state(again), at_ada.role(&cy)), (RedemptionState::Seated, Some(Role::Writer)));
    told(&at_ada.all);
}

#[test]
fn whom_a_void_person_let_in_falls_with_them() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Writer).unwrap();
    let (single, many) = (at_ada.invite(Role::Writer, 1).unwrap(), at_ada.invite(Role::Writer, 9).unwrap());
    let mut at_bo = at_ada.for_person(&bo);
    let voided = at_bo.host(&cy, single).unwrap();
    let mut at_cy = at_bo.for_person(&cy);
    let hosted = at_cy.host(&di, many).unwrap();
    at_ada.revoke(single).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_cy]);
    assert_eq!((at_ada.state(voided), at_ada.state(hosted)), (RedemptionState::Void, RedemptionState::HostFell));
    assert_eq!(at_ada.role(&di), None);
    at_ada.set(&di, Role::Writer).unwrap();
    assert_eq!((at_ada.role(&cy), at_ada.role(&di)), (None, Some(Role::Writer)), "they return one by one");
}

#[test]
fn a_link_as_admin_waits_for_a_set() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    let link = at_ada.invite(Role::Admin, 1).unwrap();
    let redemption = at_ada.host(&bo, link).unwrap();
    assert_eq!((at_ada.state(redemption), at_ada.role(&bo)), (RedemptionState::AwaitsAdmin, None));
    assert_eq!(at_ada.all.now().undecided().len(), 1);
    at_ada.set(&bo, Role::Admin).unwrap();
    assert_eq!(at_ada.role(&bo), Some(Role::Admin));
    assert!(at_ada.all.now().undecided().is_empty());
    told(&at_ada.all);
}

#[test]
fn who_was_let_in_as_admin_and_left_waits_for_nobody_and_may_ask_again() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    let link = at_ada.invite(Role::Admin, 2).unwrap();
    at_ada.host(&bo, link).unwrap();
    at_ada.set(&bo, Role::Admin).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    at_bo.leave().unwrap();
    meet(&mut [&mut at_ada, &mut at_bo]);
    assert_eq!((at_ada.role(&bo), at_ada.all.now().undecided()), (None, vec![]));
    at_ada.host(&bo, link).unwrap();
    assert_eq!(at_ada.all.now().undecided().len(), 1, "he came back by the same link");
    at_ada.set(&bo, Role::Reader).unwrap();
    assert_eq!(
        (at_ada.role(&bo), at_ada.all.now().undecided()),
        (Some(Role::Reader), vec![]),
        "an admin decides as what"
    );
    told(&at_ada.all);
}

#[test]
fn an_expired_link_is_the_hosts_affair_and_voids_no_honest_join() {
    let [ada, bo] = people();
    let mut at_ada = Desk::found(&ada);
    let link = at_ada.invite(Role::Writer, 1).unwrap(); // it expires a millisecond after 1970
    at_ada.host(&bo, link).unwrap();
    assert_eq!(at_ada.role(&bo), Some(Role::Writer));
    assert_eq!(at_ada.all.now().invitation(&link.id).unwrap().expires, Moment::from_millis(1));
}

#[test]
fn the_links_of_somebody_who_left_or_fell_are_closed() {
    let [ada, bo, cy, di] = people();
    let mut at_ada = Desk::found(&ada);
    at_ada.set(&bo, Role::Admin).unwrap();
    at_ada.set(&di, Role::Writer).unwrap();
    let mut at_bo = at_ada.for_person(&bo);
    let link = at_bo.invite(Role::Writer, 5).unwrap();
    let mut at_di = at_bo.for_person(&di);
    at_bo.leave().unwrap();
    let redemption = at_di.host(&cy, link).unwrap();
    meet(&mut [&mut at_ada, &mut at_bo, &mut at_di]);
    assert_eq!(at_ada.state(redemption), RedemptionState::Void);
    assert_eq!(link_state(&at_ada, link), LinkState::Cut);
}

#[test]
fn many_come_by_one_link_without_delay() {
    let people: Vec<Person> = (0..120u8).map(Person::new).collect();
    let mut at_ada = Desk::found(&people[0]);
    let link = at_ada.invite(Role::Writer, 500).unwrap();
    for joiner in &people[1..] {
        let redemption = at_ada.host(joiner, link).unwrap();
        at_ada.settle(link, &[redemption]).unwrap();
    }
    assert_eq!(at_ada.all.now().members().len(), 120);
    told(&at_ada.all);
}
