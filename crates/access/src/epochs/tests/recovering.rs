//! People who lose every device and have their recovery phrase; and phrases that others got hold of.

use hedgerow_model::{LogId, Role};

use super::super::{EpochStanding, Epochs, KeyNews};
use super::{Device, draw, people};
use crate::{
    Action, DeviceKeys, HpkePublic, Membership, Payload, Recipient, Record, RecordRefusal, RecoveryKeys,
    RecoveryPublic, Retained, SignedOp, StreamName, device_consent, seal,
};

/// Every operation as a record under the epoch it would have been sealed under: the one to write under.
fn carried(device: &mut Device, already: &mut usize) -> Vec<Record> {
    let epoch = device.writes_under().unwrap();
    let key = device.epochs.key(&epoch).unwrap();
    let stream = StreamName::Membership.tag(&device.membership.notebook());
    let new: Vec<SignedOp> = device.membership.ops().skip(*already).cloned().collect();
    *already += new.len();
    let routing = device.membership.routing();
    let payloads = new.into_iter().map(Payload::Membership);
    payloads.map(|payload| seal(routing, stream, &epoch, key, &payload, &mut device.rng).unwrap()).collect()
}

/// All that a recovery's keys and a notebook's records give: the epochs, then the membership under them.
fn from_records(
    records: &[Record],
    keys: &RecoveryKeys,
    notebook: &hedgerow_model::NotebookId,
) -> (Epochs, Membership) {
    let mut epochs = Epochs::empty();
    for record in records.iter().filter(|record| record.form() == crate::Form::Key) {
        epochs.receive(record, keys, notebook).unwrap();
    }
    let operation = |record: &Record| match record.open(epochs.key(&record.epoch())?) {
        Ok(Payload::Membership(op)) => Some(op),
        _ => None,
    };
    let ops: Vec<SignedOp> = records.iter().filter_map(operation).collect();
    let genesis = ops.iter().find(|op| op.log() == LogId::from(*notebook)).unwrap().clone();
    let before = ops.iter().take_while(|op| op.id() != genesis.id()).cloned().collect();
    let mut membership = Membership::found(genesis, before).unwrap();
    for op in ops {
        membership.insert(op).unwrap();
    }
    (epochs, membership)
}

/// Whose recovery it is, as whoever has only the keys finds out.
fn whose(membership: &Membership, keys: &RecoveryKeys) -> hedgerow_model::PersonId {
    let founds =
        |op: &&SignedOp| matches!(&op.op().action, Action::FoundPerson { recovery, .. } if *recovery == keys.public());
    hedgerow_model::PersonId::from(membership.ops().find(founds).unwrap().log())
}

/// Adds a new device with the recovery keys alone.
fn recover(membership: &mut Membership, keys: &RecoveryKeys, device: &DeviceKeys) {
    let person = whose(membership, keys);
    let consent = device_consent(device, &person);
    let add = Action::AddDevice { device: device.device(), hpke: device.hpke_public(), consent };
    let op = membership.propose_recovery(person, keys, add).unwrap();
    membership.insert(op).unwrap();
}

#[test]
fn ada_loses_her_only_device_and_reads_everything_with_her_phrase_and_the_records() {
    let [mut ada, mut bo] = people(41);
    let (first, _) = ada.rotate();
    let mut already = 0;
    let mut records = carried(&mut ada, &mut already);
    ada.set(&bo, Role::Writer);
    records.extend(carried(&mut ada, &mut already));
    ada.share();
    bo.meet(&ada);
    ada.act(Action::Retire);
    let (second, _) = ada.rotate();
    records.extend(carried(&mut ada, &mut already));
    records.extend(ada.records.iter().cloned());
    // Her device is gone. What she has: the seed that her phrase spells, the notebook's id, and its records.
    let (seed, lost, notebook) = (ada.recovery_seed, ada.keys.device(), ada.membership.notebook());
    drop(ada);
    let phrase = RecoveryKeys::from_seed(&seed);
    let (mut epochs, mut membership) = from_records(&records, &phrase, &notebook);
    assert!([first, second].iter().all(|epoch| epochs.key(epoch).is_some()), "nobody helped");
    let newly = DeviceKeys::from_seed(&[77; 32]);
    recover(&mut membership, &phrase, &newly);
    assert_eq!(membership.now().role_of_device(&newly.device()), Some(Role::Admin));
    assert_eq!(epochs.for_writing(&membership), Some(second), "and writes on");
    // The lost device goes, and what is written from now on is not for whoever found it.
    let good: Vec<_> = membership.heads().ids().to_vec();
    let revoke = Action::RevokeDevice { device: lost, good, retained: Retained::new() };
    let op = membership.propose_recovery(whose(&membership, &phrase), &phrase, revoke).unwrap();
    membership.insert(op).unwrap();
    assert_eq!(epochs.for_writing(&membership), None);
    let third = epochs.rotate(&membership, &newly, &mut bo.rng).unwrap();
    for op in membership.ops() {
        bo.membership.insert(op.clone()).unwrap();
    }
    bo.receive_all(&records);
    bo.receive(&third).unwrap();
    assert_eq!(bo.writes_under(), Some(third.epoch()));
    let mut found = Epochs::empty();
    let finder = RecoveryKeys::from_seed(&seed);
    assert!(matches!(found.receive(&third, &finder, &notebook), Ok(KeyNews::Learned(_))), "the phrase still reads");
}

#[test]
fn a_new_device_without_records_is_given_everything_by_any_member() {
    let [mut ada, mut bo] = people(42);
    ada.set(&bo, Role::Reader);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    let newly = DeviceKeys::from_seed(&[78; 32]);
    let phrase = RecoveryKeys::from_seed(&ada.recovery_seed);
    recover(&mut bo.membership, &phrase, &newly);
    let sealed_on = bo.share();
    assert_eq!(sealed_on.len(), 1);
    let mut epochs = Epochs::empty();
    assert!(matches!(epochs.receive(&sealed_on[0], &newly, &bo.membership.notebook()), Ok(KeyNews::Learned(_))));
    assert!(epochs.key(&first).is_some());
}

#[test]
fn one_record_gives_a_newcomers_device_and_recovery_all_that_was_before() {
    let [mut ada, mut bo] = people(43);
    let (first, _) = ada.rotate();
    ada.act(Action::Retire);
    let (second, record) = ada.rotate();
    ada.set(&bo, Role::Writer);
    assert_eq!(ada.share().len(), 1);
    assert!(ada.epochs.owed(&ada.membership, &ada.keys).is_empty());
    let phrase = RecoveryKeys::from_seed(&bo.recovery_seed);
    bo.meet(&ada);
    let mut by_phrase = Epochs::empty();
    let notebook = ada.membership.notebook();
    for record in &ada.records {
        let _ = by_phrase.receive(record, &phrase, &notebook);
    }
    by_phrase.receive(&record, &phrase, &notebook).unwrap();
    assert!([first, second].iter().all(|epoch| by_phrase.key(epoch).is_some() && bo.reads(epoch)));
}

#[test]
fn a_record_that_the_device_gave_up_is_tried_with_the_phrase() {
    let [mut ada, bo] = people(44);
    let (first, record) = ada.rotate();
    let notebook = ada.membership.notebook();
    let mut epochs = Epochs::empty();
    let newly = DeviceKeys::from_seed(&[79; 32]);
    let (phrase, bos) = (RecoveryKeys::from_seed(&ada.recovery_seed), RecoveryKeys::from_seed(&bo.recovery_seed));
    assert_eq!(epochs.receive(&record, &newly, &notebook), Ok(KeyNews::CannotOpen));
    assert_eq!(epochs.receive(&record, &bos, &notebook), Ok(KeyNews::CannotOpen));
    assert_eq!(epochs.receive(&record, &phrase, &notebook), Ok(KeyNews::Learned(vec![first])));
}

#[test]
fn an_old_phrase_reads_nothing_newer() {
    let [mut ada, mut bo] = people(45);
    ada.set(&bo, Role::Writer);
    let (first, _) = ada.rotate();
    bo.meet(&ada);
    let old = RecoveryKeys::from_seed(&ada.recovery_seed);
    ada.replace_recovery();
    assert_eq!(ada.writes_under(), None, "whoever has the old phrase has the key");
    bo.learn_from(&ada);
    assert_eq!(bo.writes_under(), None, "at whoever hears of it too");
    let (second, _) = ada.rotate();
    assert_eq!(ada.share().len(), 0, "the new one has it from the start, and with it what was before");
    bo.meet(&ada);
    assert_eq!(bo.writes_under(), Some(second));
    ada.act(Action::Retire);
    let (third, _) = ada.rotate();
    let reads = |keys: &RecoveryKeys| {
        let mut epochs = Epochs::empty();
        for record in &ada.records {
            let _ = epochs.receive(record, keys, &ada.membership.notebook());
        }
        [first, second, third].map(|epoch| epochs.key(&epoch).is_some())
    };
    assert_eq!(reads(&old), [true, false, false]);
    assert_eq!(reads(&RecoveryKeys::from_seed(&ada.recovery_seed)), [true, true, true]);
}

#[test]
fn an_unaware_member_gives_an_old_phrase_nothing_of_the_new() {
    let [mut ada, mut bo, cy] = people(46);
    ada.set(&bo, Role::Admin);
    ada.rotate();
    bo.meet(&ada);
    let old = RecoveryKeys::from_seed(&ada.recovery_seed);
    ada.replace_recovery();
    let (second, record) = ada.rotate();
    // Bo holds the new key, not what it pins, and seals on to somebody else whatever he may.
    bo.receive(&record).unwrap();
    assert_eq!(bo.standing(&second), EpochStanding::Waiting);
    bo.set(&cy, Role::Writer);
    bo.share();
    let mut thiefs = Epochs::empty();
    for record in &bo.records {
        let _ = thiefs.receive(record, &old, &bo.membership.notebook());
    }
    assert!(thiefs.key(&second).is_none());
}

#[test]
fn an_epoch_that_leaves_a_recovery_out_is_invalid() {
    let [mut ada, mut bo] = people(47);
    ada.set(&bo, Role::Writer);
    let mut forged = ada.forge(ada.membership.heads(), &[], None);
    let devices = [ada.keys.recipient(), bo.keys.recipient()];
    let mut sorted = devices;
    sorted.sort_unstable();
    forged.core.recipients = super::recipients_hash(&sorted);
    forged.held.core_digest = forged.core.digest();
    forged.id = forged.held.id(&ada.membership.notebook());
    let record = ada.publish(&forged, &[&ada, &bo]);
    bo.learn_from(&ada);
    bo.receive(&record).unwrap();
    assert_eq!(bo.standing(&forged.id), EpochStanding::Invalid);
}

#[test]
fn a_recovery_that_got_a_bad_box_is_given_another_once_its_seed_is_tried() {
    let [mut ada, mut bo] = people(48);
    ada.set(&bo, Role::Writer);
    ada.rotate();
    bo.meet(&ada);
    ada.act(Action::Retire);
    bo.learn_from(&ada);
    // Bo's epoch says that it is for everybody, and has boxes for the devices alone.
    let forged = bo.forge(bo.membership.heads(), &[], None);
    let record = bo.publish(&forged, &[&ada, &bo]);
    ada.receive(&record).unwrap();
    assert_eq!(ada.standing(&forged.id), EpochStanding::Valid);
    assert!(ada.epochs.owed(&ada.membership, &ada.keys).is_empty());
    let phrase = RecoveryKeys::from_seed(&ada.recovery_seed);
    assert_eq!(ada.epochs.bad_box(&record, &phrase, &ada.membership), Some(bo.keys.device()));
    ada.epochs.note_lacking(phrase.public().recipient().id, forged.id);
    let sealed_on = ada.share();
    let mut epochs = Epochs::empty();
    let opened = epochs.receive(&sealed_on[0], &phrase, &ada.membership.notebook());
    assert_eq!(opened, Ok(KeyNews::Learned(vec![forged.id])));
}

/// Mal, whose recovery is whatever Mal says.
fn mal_with(recovery: RecoveryPublic, ada: &mut Device) -> hedgerow_model::PersonId {
    let mal = DeviceKeys::from_seed(&draw(&mut ada.rng));
    let genesis = crate::found_person(&mal, recovery, [9; 16]).unwrap();
    let person = hedgerow_model::PersonId::from(genesis.log());
    ada.membership.insert(genesis).unwrap();
    let set = Action::Set { subject: crate::Subject::Person(person), role: Role::Writer, retained: Retained::new() };
    ada.act(set);
    person
}

#[test]
fn nobody_takes_anothers_box_by_naming_their_keys() {
    let [mut ada, bo] = people(49);
    let phrase = RecoveryKeys::from_seed(&ada.recovery_seed);
    let of_ada = phrase.public();
    let false_key = HpkePublic::from_bytes([7; 32]);
    mal_with(RecoveryPublic { hpke: false_key, ..of_ada }, &mut ada);
    mal_with(RecoveryPublic { signing: *ada.keys.device().as_bytes(), hpke: false_key }, &mut ada);
    mal_with(RecoveryPublic { signing: *bo.keys.device().as_bytes(), hpke: of_ada.hpke }, &mut ada);
    mal_with(of_ada, &mut ada);
    mal_with(RecoveryPublic { signing: [0; 32], hpke: HpkePublic::from_bytes([0; 32]) }, &mut ada);
    let recipients = ada.membership.now().recipients();
    assert_eq!(recipients.len(), 6 + 5, "a device each; Ada's recovery, which two name, once");
    let (first, record) = ada.rotate();
    let again: Vec<Recipient> = recipients.iter().copied().filter(|one| one.id == of_ada.recipient().id).collect();
    assert_eq!(again, [of_ada.recipient()]);
    let mut epochs = Epochs::empty();
    let opened = epochs.receive(&record, &phrase, &ada.membership.notebook());
    assert_eq!(opened, Ok(KeyNews::Learned(vec![first])));
    let mut at_her_device = Epochs::empty();
    assert!(at_her_device.receive(&record, &ada.keys, &ada.membership.notebook()).is_ok());
    assert!(at_her_device.key(&first).is_some());
}

#[test]
fn whoever_borrowed_anothers_recovery_takes_nothing_along_when_removed() {
    let [mut ada, bo] = people(50);
    ada.set(&bo, Role::Writer);
    let phrase = RecoveryKeys::from_seed(&bo.recovery_seed);
    let mal = mal_with(phrase.public(), &mut ada);
    ada.rotate();
    ada.act(Action::Remove { subject: crate::Subject::Person(mal), retained: Retained::new() });
    let (second, record) = ada.rotate();
    let mut epochs = Epochs::empty();
    let opened: Result<KeyNews, RecordRefusal> = epochs.receive(&record, &phrase, &ada.membership.notebook());
    assert!(opened.is_ok() && epochs.key(&second).is_some(), "Bo is still a member");
}
