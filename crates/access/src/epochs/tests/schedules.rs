//! Honest people, out of touch with each other.

use hedgerow_model::Role;

use super::super::{EpochProblem, EpochStanding, Epochs, KeyNews};
use super::people;
use crate::{Action, RecordRefusal, StreamName};

#[test]
fn a_founder_writes_at_once_and_a_member_reads_all_of_it() {
    let [mut ada, mut bo] = people(1);
    let (first, record) = ada.rotate();
    assert_eq!(ada.writes_under(), Some(first));
    assert_eq!(ada.epochs.may_rotate(&ada.membership, &ada.keys), Err(EpochProblem::NotNeeded));
    ada.set(&bo, Role::Writer);
    assert_eq!(ada.writes_under(), Some(first), "to let somebody in takes nothing away");
    bo.learn_from(&ada);
    assert_eq!(bo.receive(&record), Ok(KeyNews::CannotOpen));
    let sealed_on = ada.share();
    assert_eq!(sealed_on.len(), 1);
    assert_eq!(bo.receive(&sealed_on[0]), Ok(KeyNews::Learned(vec![first])));
    assert_eq!(bo.standing(&first), EpochStanding::Waiting, "its author's own record has not been read");
    assert_eq!(bo.receive(&record), Ok(KeyNews::Learned(vec![first])));
    assert_eq!(bo.receive(&record), Ok(KeyNews::Known));
    assert_eq!(bo.writes_under(), Some(first));
    assert_eq!((ada.share().len(), bo.share().len()), (0, 0), "nobody lacks anything");
}

#[test]
fn whoever_is_removed_cannot_read_the_next_epoch() {
    let [mut ada, mut bo, mut cy] = people(2);
    ada.set(&bo, Role::Writer);
    ada.set(&cy, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    cy.meet(&ada);
    ada.remove(&cy);
    assert_eq!(ada.writes_under(), None);
    let (second, record) = ada.rotate();
    assert_eq!(ada.writes_under(), Some(second));
    cy.meet(&ada);
    assert_eq!(cy.epochs.receive(&record, &cy.keys, &cy.membership.notebook()), Ok(KeyNews::CannotOpen));
    assert!(cy.reads(&first) && !cy.reads(&second));
    assert!(cy.epochs.owed(&cy.membership, &cy.keys).is_empty(), "and passes nothing on any more");
    bo.meet(&ada);
    assert_eq!(bo.writes_under(), Some(second));
}

#[test]
fn a_newcomer_reads_what_was_written_before_they_came() {
    let [mut ada, bo, mut cy] = people(3);
    ada.set(&bo, Role::Writer);
    let mut epochs = vec![ada.rotate().0];
    for _ in 0..3 {
        ada.act(Action::Retire);
        epochs.push(ada.rotate().0);
    }
    ada.set(&cy, Role::Reader);
    ada.share();
    cy.meet(&ada);
    assert!(epochs.iter().all(|epoch| cy.reads(epoch)));
    assert_eq!(cy.writes_under(), epochs.last().copied());
    assert_eq!(ada.records.len(), 5, "one box was enough: wraps gave the rest");
    let rotate = cy.epochs.rotate(&cy.membership, &cy.keys, &mut cy.rng);
    assert_eq!(rotate.err(), Some(EpochProblem::NotAWriter));
}

#[test]
fn a_reader_may_let_a_newcomer_read() {
    let [mut ada, mut bo, mut cy] = people(4);
    ada.set(&bo, Role::Reader);
    let (first, _) = ada.rotate();
    ada.set(&cy, Role::Writer);
    bo.meet(&ada);
    bo.share();
    cy.meet(&bo);
    assert_eq!(cy.writes_under(), Some(first));
}

#[test]
fn an_epoch_is_only_read_with_until_what_it_pins_has_come() {
    // An epoch sealed to Dee by somebody who had the epoch before the removal that it pins.
    let [mut ada, mut cy, mut dee] = people(5);
    ada.set(&cy, Role::Writer);
    ada.set(&dee, Role::Writer);
    let (first, _) = ada.rotate();
    cy.meet(&ada);
    dee.meet(&ada);
    let removal = ada.remove(&dee);
    let (second, record) = ada.rotate();
    assert!(matches!(cy.receive(&record), Ok(KeyNews::Learned(_))));
    assert!(cy.reads(&second));
    assert_eq!(cy.standing(&second), EpochStanding::Waiting);
    assert_eq!(cy.writes_under(), Some(first));
    assert!(cy.share().is_empty(), "Dee must not be given what pins her removal");
    cy.learn(&[&removal]);
    assert_eq!(cy.writes_under(), Some(second));
}

#[test]
fn an_unaware_rotation_does_not_wrap_what_aware_ones_write_under() {
    let [mut ada, mut cy, mut dee, mut eli] = people(6);
    for other in [&cy, &dee, &eli] {
        ada.set(other, Role::Admin);
    }
    let (first, _) = ada.rotate();
    for other in [&mut cy, &mut dee, &mut eli] {
        other.meet(&ada);
    }
    ada.remove(&dee);
    let (second, record) = ada.rotate();
    // Cy has the key of Ada's epoch, not the removal it pins, and removes somebody else.
    cy.receive(&record).unwrap();
    cy.remove(&eli);
    let (third, _) = cy.rotate();
    dee.meet(&cy);
    assert!(dee.reads(&third) && dee.reads(&first));
    assert!(!dee.reads(&second), "what Ada writes stays hers to give");
    // Once they meet, neither epoch is clean, and one more brings all together.
    cy.meet(&ada);
    ada.meet(&cy);
    assert_eq!((ada.writes_under(), cy.writes_under()), (None, None));
    let (fourth, _) = ada.rotate();
    cy.meet(&ada);
    assert_eq!(cy.writes_under(), Some(fourth));
    assert!(cy.reads(&second) && cy.reads(&third));
}

#[test]
fn somebody_who_came_and_went_unseen_between_two_epochs_makes_a_new_one_needed() {
    let [mut ada, mut bo, mut dee] = people(7);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    ada.set(&dee, Role::Writer);
    ada.share();
    dee.meet(&ada);
    assert!(dee.reads(&first));
    ada.remove(&dee);
    // Nothing in Bo's records says that Dee ever had the key: it was sealed on to her elsewhere.
    bo.learn_from(&ada);
    assert_eq!(bo.writes_under(), None);
    let (second, _) = bo.rotate();
    dee.meet(&bo);
    assert!(!dee.reads(&second));
}

#[test]
fn a_grant_that_falls_without_a_removal_makes_a_new_epoch_needed() {
    // Bo adds Dee while Ada, who is senior, takes Bo's being an admin away: Dee's grant falls, and nobody removed her.
    let [mut ada, mut bo, mut cy, mut dee] = people(8);
    ada.set(&bo, Role::Admin);
    ada.set(&cy, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    cy.meet(&ada);
    bo.set(&dee, Role::Writer);
    bo.share();
    dee.meet(&bo);
    assert!(dee.reads(&first));
    ada.set(&bo, Role::Writer);
    cy.meet(&ada);
    cy.meet(&bo);
    assert_eq!(cy.membership.now().role(&dee.person), None);
    assert_eq!(cy.writes_under(), None);
    let (second, _) = cy.rotate();
    dee.meet(&cy);
    assert!(!dee.reads(&second));
}

#[test]
fn a_clean_epoch_is_written_under_though_others_hold_a_newer() {
    let [mut ada, mut bo, mut cy] = people(9);
    ada.set(&bo, Role::Writer);
    ada.rotate();
    bo.meet(&ada);
    ada.act(Action::Retire);
    let (second, _) = ada.rotate();
    // Bo has heard of the retirement too and not of Ada's epoch, and makes one over what he holds.
    bo.learn_from(&ada);
    let (other, _) = bo.rotate();
    ada.set(&cy, Role::Writer);
    let sealed_on = ada.share();
    cy.learn_from(&ada);
    cy.receive_all(&[ada.records.clone(), sealed_on].concat());
    bo.learn_from(&ada);
    let of_bo = bo.records.clone();
    of_bo.iter().for_each(|record| drop(cy.receive(record)));
    assert!(cy.reads(&second) && !cy.reads(&other), "the other tip is held by others");
    assert_eq!(cy.writes_under(), Some(second), "and Cy is not stuck");
    // When all have both, all choose one.
    ada.meet(&bo);
    ada.share();
    bo.meet(&ada);
    cy.meet(&bo);
    let chosen = Some(second.min(other));
    assert_eq!([ada.writes_under(), bo.writes_under(), cy.writes_under()], [chosen; 3]);
}

#[test]
fn a_device_that_has_made_its_epoch_makes_no_second_for_the_same_cause() {
    let [mut ada, mut bo] = people(10);
    ada.set(&bo, Role::Writer);
    ada.rotate();
    bo.meet(&ada);
    // A cloned folder: two epochs by one device, neither knowing the other.
    ada.act(Action::Retire);
    let mut clone = super::people::<1>(10);
    clone[0].meet(&ada);
    let (one, _) = ada.rotate();
    let (two, _) = clone[0].rotate();
    ada.meet(&clone[0]);
    assert_eq!((ada.standing(&one), ada.standing(&two)), (EpochStanding::Valid, EpochStanding::Valid));
    assert_eq!(ada.writes_under(), None, "of two with one predecessor neither is used");
    assert_eq!(ada.epochs.may_rotate(&ada.membership, &ada.keys), Err(EpochProblem::NothingTaken));
    // Another's device goes on, and keeps both readable.
    bo.meet(&ada);
    let (third, _) = bo.rotate();
    ada.meet(&bo);
    assert_eq!(ada.writes_under(), Some(third));
    assert!(bo.reads(&one) && bo.reads(&two));
    // So does a retirement by an admin.
    ada.act(Action::Retire);
    assert!(ada.epochs.may_rotate(&ada.membership, &ada.keys).is_ok());
}

#[test]
fn a_member_who_was_sealed_no_key_is_not_stuck() {
    // Cy was let in while nobody was there to seal anything on: no key, and nothing taken that would call for a new one.
    let [mut ada, mut bo, mut cy] = people(18);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    ada.set(&cy, Role::Writer);
    cy.learn_from(&ada);
    assert_eq!(cy.writes_under(), None);
    let (own, record) = cy.rotate();
    assert_eq!(cy.writes_under(), Some(own), "a device's first epoch is free");
    assert!(!cy.reads(&first));
    // The others hold both, and when they have met all write under one.
    bo.learn_from(&cy);
    bo.receive(&record).unwrap();
    assert_eq!(bo.writes_under(), Some(first.min(own)));
    bo.share();
    cy.meet(&bo);
    ada.meet(&cy);
    assert!(cy.reads(&first) && ada.reads(&own));
    assert_eq!([ada.writes_under(), cy.writes_under()], [bo.writes_under(); 2]);
}

#[test]
fn whoever_comes_back_takes_up_their_own_chain() {
    let [mut ada, mut bo] = people(11);
    ada.set(&bo, Role::Writer);
    ada.rotate();
    bo.meet(&ada);
    ada.act(Action::Retire);
    bo.learn_from(&ada);
    bo.rotate();
    ada.meet(&bo);
    ada.remove(&bo);
    let (without, _) = ada.rotate();
    ada.set(&bo, Role::Writer);
    bo.meet(&ada);
    assert!(!bo.reads(&without));
    ada.share();
    bo.meet(&ada);
    assert_eq!(bo.writes_under(), Some(without));
    ada.act(Action::Retire);
    bo.meet(&ada);
    let (again, _) = bo.rotate();
    ada.meet(&bo);
    assert_eq!(ada.writes_under(), Some(again));
}

#[test]
fn two_who_rotate_at_once_end_with_one() {
    let [mut ada, mut bo, mut cy] = people(12);
    ada.set(&bo, Role::Writer);
    ada.set(&cy, Role::Writer);
    ada.rotate();
    bo.meet(&ada);
    cy.meet(&ada);
    cy.leave();
    ada.meet(&cy);
    bo.meet(&cy);
    let (of_ada, _) = ada.rotate();
    let (of_bo, _) = bo.rotate();
    ada.meet(&bo);
    bo.meet(&ada);
    assert_eq!(ada.writes_under(), Some(of_ada.min(of_bo)));
    assert_eq!(bo.writes_under(), ada.writes_under());
}

#[test]
fn a_key_record_of_another_notebook_or_stream_is_refused() {
    let [mut ada] = people(13);
    let [mut elsewhere, _] = people(14);
    let (_, record) = ada.rotate();
    assert_eq!(elsewhere.receive(&record), Err(RecordRefusal::WrongStream { record: record.id() }));
    let tag = StreamName::Membership.tag(&ada.membership.notebook());
    let mut moved = record.bytes().to_vec();
    moved[18..34].copy_from_slice(tag.as_bytes());
    let moved = crate::Record::parse(moved).unwrap();
    assert_eq!(ada.receive(&moved), Err(RecordRefusal::WrongStream { record: moved.id() }));
}

#[test]
fn keys_are_taken_up_again_after_a_restart() {
    let [mut ada, mut bo] = people(15);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    ada.act(Action::Retire);
    let (second, _) = ada.rotate();
    bo.meet(&ada);
    assert_eq!(bo.writes_under(), Some(second));
    let notebook = bo.membership.notebook();
    let secrets = bo.epochs.secrets();
    bo.epochs = Epochs::restore(&notebook, &secrets).unwrap();
    assert!(bo.reads(&first) && bo.reads(&second));
    assert_eq!(bo.writes_under(), None, "the records are yet to be read");
    let records = bo.records.clone();
    bo.receive_all(&records);
    assert_eq!(bo.writes_under(), Some(second));
    assert!(Epochs::restore(&notebook, &secrets[..secrets.len() - 1]).is_none());
    assert!(Epochs::restore(&notebook, &[]).is_none());
}

#[test]
fn members_are_told_apart_by_nothing_in_a_key_record() {
    let [mut ada, bo, cy, dee, eli] = people(16);
    let (_, alone) = ada.rotate();
    for other in [&bo, &cy, &dee] {
        ada.set(other, Role::Reader);
    }
    ada.act(Action::Retire);
    let (_, four) = ada.rotate();
    ada.set(&eli, Role::Reader);
    ada.act(Action::Retire);
    let (_, five) = ada.rotate();
    // After the header: kind, parents, then the number of boxes.
    let boxes = |record: &crate::Record, parents: usize| record.bytes()[94 + 3 + 32 * parents];
    // Everybody has a device and a recovery.
    assert_eq!([boxes(&alone, 0), boxes(&four, 1), boxes(&five, 1)], [4, 8, 16]);
    for device in [&ada, &bo, &eli] {
        let id = device.keys.device();
        assert!(!five.bytes().windows(8).any(|window| window == &id.as_bytes()[..8]));
    }
}

#[test]
fn two_with_different_latest_epochs_find_each_other() {
    let [mut ada, mut bo] = people(17);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    ada.act(Action::Retire);
    assert_eq!(ada.epochs.latest(&ada.membership), Some(first), "not to be written under, and good to carry");
    let (second, _) = ada.rotate();
    assert_eq!(ada.epochs.latest(&ada.membership), Some(second));
    let (of_ada, of_bo) = (ada.keys.device(), bo.keys.device());
    let (from, to) = ((&of_bo, &[1; 32]), (&of_ada, &[2; 32]));
    let shown = [bo.epochs.key(&first).unwrap().find_tag(from, to)].into();
    assert!(ada.epochs.finds(from, to, &shown));
    assert!(!ada.epochs.finds(to, from, &shown), "no answer is made by sending it back");
}

#[test]
fn what_was_owed_to_somebody_removed_since_is_not_sealed_to_them() {
    let [mut ada, bo] = people(18);
    ada.rotate();
    ada.set(&bo, Role::Reader);
    let owed = ada.epochs.owed(&ada.membership, &ada.keys);
    assert!(owed.iter().any(|owed| owed.to.id == bo.keys.device().into()), "it is owed to Bo now");
    ada.remove(&bo);
    assert_eq!(ada.epochs.seal_on(&owed, &ada.membership, &ada.keys, &mut ada.rng), Ok(Vec::new()));
}
