//! Members who do not keep the rules.

use hedgerow_model::Role;
use proptest::prelude::*;

use super::super::{EpochStanding, KeyNews};
use super::{BOX, Core, Held, heads_without, people, recipients_hash, wrap};
use crate::{Action, EpochKey, Form, Record, RecordRefusal, StreamName, record::Envelope};

#[test]
fn garbage_boxes_at_the_lowest_id_cost_a_complaint_and_no_more() {
    let [mut ada, mut bo, mut cy] = people(21);
    ada.set(&bo, Role::Writer);
    ada.set(&cy, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    cy.meet(&ada);
    ada.act(Action::Retire);
    bo.learn_from(&ada);
    cy.learn_from(&ada);
    // Bo tries until his epoch has the lowest id of all, and seals it to everybody but Cy.
    let heads = bo.membership.heads();
    let forged = loop {
        let forged = bo.forge(heads.clone(), &[first], None);
        if forged.id.as_bytes()[0] < 8 {
            break forged;
        }
    };
    let record = bo.publish(&forged, &[&ada, &bo]);
    assert_eq!(cy.receive(&record), Ok(KeyNews::CannotOpen));
    assert_eq!(cy.writes_under(), None);
    // Cy is not stuck, and Ada hears that Cy has no key.
    let (of_cy, _) = cy.rotate();
    assert_eq!(cy.writes_under(), Some(of_cy));
    ada.receive(&record).unwrap();
    assert_eq!(ada.writes_under(), Some(forged.id));
    ada.share();
    assert!(ada.epochs.owed(&ada.membership, &ada.keys).is_empty(), "Bo's word is taken, until");
    ada.epochs.note_lacking(cy.keys.device(), forged.id);
    assert_eq!(ada.share().len(), 1);
    cy.meet(&ada);
    assert!(cy.reads(&forged.id));
    assert_eq!(cy.epochs.bad_box(&record, &cy.keys, &cy.membership), Some(bo.keys.device()), "and Bo is named");
    assert_eq!(ada.epochs.bad_box(&record, &ada.keys, &ada.membership), None);
    ada.meet(&cy);
    assert_eq!(ada.writes_under(), cy.writes_under());
}

#[test]
fn a_box_with_a_false_key_is_no_more_than_no_box() {
    let [mut ada, mut bo] = people(22);
    ada.set(&bo, Role::Writer);
    let forged = ada.forge(ada.membership.heads(), &[], None);
    // The record is sound; the box for Bo holds another key.
    let sound = ada.publish(&forged, &[&ada]);
    let mut false_key = ada.forge(ada.membership.heads(), &[], None);
    false_key.id = forged.id;
    let other = ada.publish(&false_key, &[&bo]);
    assert_eq!(bo.receive(&other), Ok(KeyNews::CannotOpen), "it fits no id");
    assert_eq!(bo.receive(&sound), Ok(KeyNews::CannotOpen));
    ada.receive(&sound).unwrap();
    assert_eq!(ada.receive(&other), Err(RecordRefusal::DoesNotOpen { record: other.id() }));
}

#[test]
fn a_wrap_of_another_key_is_refused_and_its_author_named() {
    let [mut ada, mut bo] = people(23);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    ada.act(Action::Retire);
    let forged = ada.forge(ada.membership.heads(), &[first], Some(first));
    let other = Held { key: EpochKey::generate(&mut ada.rng), core_digest: [0; 32] };
    let to = [bo.keys.recipient()];
    let record = ada.making(&forged, |making, rng| making.rotation(&[other], &to, rng).unwrap());
    bo.learn_from(&ada);
    let refused = bo.receive(&record);
    assert!(matches!(refused, Err(RecordRefusal::BadKeyRecord { author, .. }) if author == ada.keys.device()));
    assert!(!bo.reads(&forged.id));
}

#[test]
fn the_same_id_never_stands_for_two_cores() {
    // An old key republished under new pins.
    let [mut ada, mut bo] = people(24);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    ada.act(Action::Retire);
    bo.learn_from(&ada);
    let mut forged = bo.forge(bo.membership.heads(), &[], None);
    forged.held.key = bo.epochs.key(&first).unwrap().clone();
    forged.id = first;
    let record = bo.publish(&forged, &[&ada, &bo]);
    let refused = Err(RecordRefusal::BadKeyRecord {
        author: bo.keys.device(),
        what: "its key is not the one that the epoch's id names",
    });
    assert_eq!(ada.receive(&record), refused);
    assert_eq!(ada.writes_under(), None);
}

#[test]
fn nobody_publishes_an_epoch_in_anothers_name() {
    let [mut ada, mut bo, mut cy] = people(25);
    ada.set(&bo, Role::Writer);
    ada.set(&cy, Role::Writer);
    let (first, honest) = ada.rotate();
    bo.meet(&ada);
    // Bo holds the key and core, and publishes them again with boxes that Cy cannot open.
    let (core, held) = (bo.epochs.seen[&first].core.clone(), bo.epochs.held[&first].clone());
    let forged = super::Forged { core, held, id: first };
    let record = bo.publish(&forged, &[&bo]);
    cy.learn_from(&ada);
    cy.receive(&honest).unwrap();
    assert_eq!(cy.receive(&record), Err(RecordRefusal::BadSignature { author: ada.keys.device() }));
}

#[test]
fn an_invalid_epoch_makes_invalid_what_wraps_it() {
    let [mut ada, mut mal, mut bo, mut dee] = people(26);
    ada.set(&mal, Role::Reader);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    mal.meet(&ada);
    bo.meet(&ada);
    let by_a_reader = mal.forge(mal.membership.heads(), &[first], None);
    let middle = mal.publish(&by_a_reader, &[&ada, &bo, &mal]);
    bo.receive(&middle).unwrap();
    let over_it = bo.forge(bo.membership.heads(), &[by_a_reader.id], None);
    let top = bo.publish(&over_it, &[&ada, &bo, &mal]);
    ada.receive_all(&[top, middle]);
    assert!(ada.reads(&over_it.id), "it can be read with");
    assert_eq!(ada.standing(&by_a_reader.id), EpochStanding::Invalid);
    assert_eq!(ada.standing(&over_it.id), EpochStanding::Invalid);
    assert_eq!(ada.writes_under(), Some(first));
    // Nobody honest seals it on.
    ada.set(&dee, Role::Writer);
    dee.learn_from(&ada);
    ada.share();
    dee.meet(&ada);
    assert!(dee.reads(&first) && !dee.reads(&by_a_reader.id) && !dee.reads(&over_it.id));
    // Nor wraps it.
    ada.act(Action::Retire);
    let (next, _) = ada.rotate();
    assert_eq!(ada.epochs.seen[&next].core.parents, [first]);
}

#[test]
fn an_invalid_sibling_is_no_fork() {
    let [mut ada, mut bo] = people(27);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    let retired = ada.act(Action::Retire);
    bo.learn_from(&ada);
    let good = bo.forge(bo.membership.heads(), &[first], None);
    // The sibling's pins do not hold its parent's: they lie before Bo was let in by the time of the first epoch.
    let mut early = heads_without(&bo, &[retired.id()]);
    let mut sibling = bo.forge(early.clone(), &[good.id], None);
    early = bo.membership.heads();
    assert_ne!(sibling.core.pins, early);
    let one = bo.publish(&good, &[&ada, &bo]);
    bo.receive(&one).unwrap();
    sibling.core.parents = vec![good.id];
    let two = bo.publish(&sibling, &[&ada, &bo]);
    ada.receive_all(&[one, two]);
    assert_eq!(ada.standing(&sibling.id), EpochStanding::Invalid);
    assert_eq!(ada.writes_under(), Some(good.id));
}

#[test]
fn a_second_epoch_without_cause_or_out_of_its_chain_is_invalid() {
    let [mut ada, mut bo] = people(28);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    let before = ada.membership.heads();
    let without_cause = ada.forge(before.clone(), &[first], Some(first));
    ada.act(Action::Retire);
    let not_above = ada.forge(ada.membership.heads(), &[], Some(first));
    bo.learn_from(&ada);
    let of_another = bo.forge(bo.membership.heads(), &[first], Some(first));
    for forged in [without_cause, not_above, of_another] {
        let record = match forged.core.author == ada.keys.device() {
            true => ada.publish(&forged, &[&ada, &bo]),
            false => bo.publish(&forged, &[&ada, &bo]),
        };
        ada.receive(&record).unwrap();
        assert_eq!(ada.standing(&forged.id), EpochStanding::Invalid);
    }
}

#[test]
fn an_epoch_sealed_to_others_than_its_pins_say_is_invalid() {
    let [mut ada, mut bo, cy] = people(29);
    ada.set(&bo, Role::Writer);
    let pins = ada.membership.heads();
    let outsider = [cy.keys.recipient()];
    let core = Core {
        author: ada.keys.device(),
        pins,
        parents: Vec::new(),
        recipients: recipients_hash(&outsider),
        previous: None,
    };
    let held = Held { key: EpochKey::generate(&mut ada.rng), core_digest: core.digest() };
    let id = held.id(&ada.membership.notebook());
    let record = ada.publish(&super::Forged { core, held, id }, &[&ada, &bo, &cy]);
    bo.learn_from(&ada);
    bo.receive(&record).unwrap();
    assert_eq!(bo.standing(&id), EpochStanding::Invalid);
}

#[test]
fn the_removed_cannot_date_an_epoch_back_into_use() {
    let [mut ada, mut bo, mut mal] = people(30);
    ada.set(&bo, Role::Writer);
    ada.set(&mal, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    mal.meet(&ada);
    ada.remove(&mal);
    let (second, _) = ada.rotate();
    bo.meet(&ada);
    let backdated = mal.forge(mal.membership.heads(), &[first], None);
    let record = mal.publish(&backdated, &[&ada, &bo, &mal]);
    bo.receive(&record).unwrap();
    assert_eq!(bo.standing(&backdated.id), EpochStanding::Valid, "records under it are judged on authority alone");
    assert_eq!(bo.writes_under(), Some(second), "and nobody who knows writes under it");
}

#[test]
fn one_person_who_takes_without_end_waits_for_an_admin() {
    let [mut ada, mut bo] = people(31);
    ada.set(&bo, Role::Writer);
    ada.rotate();
    bo.meet(&ada);
    // Bo adds devices of his own and revokes them again, a hundred times over.
    let mut last = None;
    for at in 0..70u8 {
        let spare = crate::DeviceKeys::from_seed(&[at + 100; 32]);
        let consent = crate::device_consent(&spare, &bo.person);
        bo.act(Action::AddDevice { device: spare.device(), hpke: spare.hpke_public(), consent });
        let revoke =
            Action::RevokeDevice { device: spare.device(), good: Vec::new(), retained: crate::Retained::new() };
        bo.act(revoke);
        ada.learn_from(&bo);
        if ada.writes_under().is_none() {
            last = Some((at, ada.rotate().0));
        }
    }
    let (at, epoch) = last.unwrap();
    assert_eq!(at, 63, "sixty-four made a new epoch each");
    assert_eq!(ada.writes_under(), Some(epoch));
    ada.act(Action::Retire);
    assert_eq!(ada.writes_under(), None, "an admin's operation lets the rest count");
    let (next, _) = ada.rotate();
    assert_eq!(ada.writes_under(), Some(next));
}

#[test]
fn a_flood_of_epochs_is_bounded_and_its_author_named() {
    let [mut ada, mut bo] = people(32);
    ada.set(&bo, Role::Writer);
    ada.rotate();
    bo.meet(&ada);
    *ada.epochs.made.entry(bo.keys.device()).or_default() = super::Epochs::MOST_BY_ONE;
    let forged = bo.forge(bo.membership.heads(), &[], None);
    let record = bo.publish(&forged, &[&ada, &bo]);
    let refused = RecordRefusal::TooManyEpochs { author: bo.keys.device(), most: super::Epochs::MOST_BY_ONE };
    assert_eq!(ada.receive(&record), Err(refused));
    assert!(!ada.reads(&forged.id));
}

#[test]
fn every_cut_and_every_flipped_bit_of_a_key_record_is_refused() {
    let [mut ada, mut bo] = people(33);
    ada.set(&bo, Role::Writer);
    ada.rotate();
    ada.act(Action::Retire);
    let (_, record) = ada.rotate();
    let notebook = ada.membership.notebook();
    for bit in 0..record.bytes().len() * 8 {
        let mut bent = record.bytes().to_vec();
        bent[bit / 8] ^= 1 << (bit % 8);
        let Ok(bent) = Record::parse(bent) else { continue };
        assert!(
            !matches!(ada.epochs.receive(&bent, &ada.keys, &notebook), Ok(KeyNews::Learned(_) | KeyNews::Known)),
            "bit {bit}"
        );
        if bit % 16 == 0 {
            assert!(!matches!(bo.epochs.receive(&bent, &bo.keys, &notebook), Ok(KeyNews::Learned(_) | KeyNews::Known)));
        }
    }
    for cut in 0..record.bytes().len() {
        let mut short = record.bytes()[..cut].to_vec();
        if let Some(length) = cut.checked_sub(94) {
            short[90..94].copy_from_slice(&(length as u32).to_le_bytes());
        }
        let Ok(short) = Record::parse(short) else { continue };
        assert!(ada.epochs.receive(&short, &ada.keys, &notebook).is_err(), "cut at {cut}");
    }
}

#[test]
fn what_a_sealer_says_counts_for_its_own_words_alone() {
    let [mut ada, mut bo, mut cy] = people(34);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    ada.set(&cy, Role::Writer);
    bo.meet(&ada);
    // Bo says that he sealed the epoch on to Cy, and gives a box that nobody opens.
    let seen = bo.epochs.seen[&first].core.clone();
    let held = bo.epochs.held[&first].clone();
    let forged = super::Forged { core: seen, held, id: first };
    let hollow = crate::Recipient { hpke: crate::HpkePublic::from_bytes([0; 32]), ..cy.keys.recipient() };
    let mut to = [hollow, crate::RecoveryKeys::from_seed(&cy.recovery_seed).public().recipient()];
    to.sort_unstable();
    let record = bo.making(&forged, |making, rng| making.sealed_on(&to, rng).unwrap());
    ada.receive(&record).unwrap();
    assert!(ada.share().is_empty());
    cy.learn_from(&ada);
    assert_eq!(cy.receive(&record), Ok(KeyNews::CannotOpen));
    ada.epochs.note_lacking(cy.keys.device(), first);
    ada.share();
    cy.meet(&ada);
    assert!(cy.reads(&first));
    assert_eq!(cy.epochs.bad_box(&record, &cy.keys, &cy.membership), Some(bo.keys.device()));
}

proptest! {
    #[test]
    fn a_key_records_body_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..700), kind in 1u8..=2) {
        let [mut ada] = people(35);
        let (epoch, _) = ada.rotate();
        let notebook = ada.membership.notebook();
        // Sealed with the true key: what a dishonest member could write.
        let key = ada.epochs.key(&epoch).unwrap().key_record_key();
        let mut clear = vec![kind, 0, 0, 4, 0, 0, 0];
        (0..4).for_each(|at| clear.extend_from_slice(&[at; BOX]));
        let stream = StreamName::Keys.tag(&notebook);
        let envelope = Envelope { form: Form::Key, routing: ada.membership.routing(), stream, epoch };
        let record = envelope.seal(&key, &clear, &[&[1], body.as_slice()].concat(), &mut ada.rng).unwrap();
        prop_assert!(ada.receive(&record).is_err());
    }
}

#[test]
fn a_wrap_for_one_parent_is_none_for_another() {
    let [mut ada] = people(36);
    let (first, _) = ada.rotate();
    let notebook = ada.membership.notebook();
    let held = ada.epochs.held[&first].clone();
    let (one, two) = (hedgerow_model::EpochId::from_bytes([1; 32]), hedgerow_model::EpochId::from_bytes([2; 32]));
    let key = EpochKey::generate(&mut ada.rng);
    assert_ne!(wrap(&notebook, &one, &key, &first, &held), wrap(&notebook, &two, &key, &first, &held));
}
