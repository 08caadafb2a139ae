use hedgerow_model::{ActorId, ChangeHash, EpochId, Label, NotebookId, OpId, PageId, PersonId, Profile, RoutingId};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::{
    ChangeBody, CheckpointBody, Compacted, DeviceKeys, EpochKey, Form, Payload, Pins, Record, RecordRefusal, Run,
    Signature, SignedProfile, StreamName, seal,
};

const NOTEBOOK: NotebookId = NotebookId::from_bytes([1; 32]);
const ELSEWHERE: NotebookId = NotebookId::from_bytes([2; 32]);
const ROUTING: RoutingId = RoutingId::from_bytes([3; 16]);
const EPOCH: EpochId = EpochId::from_bytes([4; 32]);
const PLAN: StreamName = StreamName::Body(PageId::from_bytes([5; 16]));

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(11)
}

fn key() -> EpochKey {
    EpochKey::generate(&mut rng())
}

fn ada() -> DeviceKeys {
    DeviceKeys::from_seed(&[1; 32])
}

fn bo() -> DeviceKeys {
    DeviceKeys::from_seed(&[2; 32])
}

fn pins(n: u8) -> Pins {
    Pins::new([OpId::from_bytes([n; 32])])
}

fn run(keys: &DeviceKeys, first_seq: u64, texts: &[&str]) -> ChangeBody {
    let changes: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    let last_hash = ChangeHash::from_bytes([texts.len() as u8; 32]);
    let actor = ActorId::new(keys.device(), [7; 8]);
    let run = Run { stream: PLAN, actor, first_seq, last_hash, changes, pins: pins(9) };
    ChangeBody::sign(keys, &NOTEBOOK, run)
}

fn sealed(payload: &Payload) -> Record {
    let stream = payload.stream().unwrap_or(PLAN).tag(&NOTEBOOK);
    seal(ROUTING, stream, &EPOCH, &key(), payload, &mut rng()).unwrap()
}

fn checkpoint(by: &DeviceKeys, heads: &[&ChangeBody]) -> CheckpointBody {
    let compacted = Compacted {
        stream: PLAN,
        document: vec![8; 100],
        tips: vec![ChangeHash::from_bytes([2; 32]), ChangeHash::from_bytes([1; 32])],
        heads: heads.iter().map(|body| body.head()).collect(),
        other_pins: vec![pins(3), pins(9), pins(3)],
        replaces: heads.iter().map(|body| sealed(&Payload::Change((*body).clone())).id()).collect(),
        at: pins(9),
    };
    CheckpointBody::sign(by, &NOTEBOOK, compacted)
}

#[test]
fn every_kind_of_payload_comes_out_as_it_went_in() {
    let change = run(&ada(), 1, &["a", "b"]);
    let profile = Profile { name: Some(Label::parse("Bo").unwrap()), ..Profile::default() };
    let payloads = [
        Payload::Checkpoint(checkpoint(&bo(), &[&change])),
        Payload::Change(change),
        Payload::Profile(SignedProfile::sign(&bo(), PersonId::from_bytes([6; 32]), 1, profile)),
        Payload::Unknown { kind: 77 },
    ];
    for payload in payloads {
        let record = sealed(&payload);
        let read = Record::parse(record.bytes().to_vec()).unwrap();
        assert_eq!(read, record);
        assert_eq!((read.form(), read.routing(), read.epoch()), (Form::Sealed, ROUTING, EPOCH));
        assert_eq!(read.admit(&key(), &NOTEBOOK), Ok(payload));
    }
}

#[test]
fn what_a_newer_hedgerow_wrote_is_kept_as_unknown() {
    let newer_body = [&[1, 0, 2][..], b"whatever"].concat();
    assert_eq!(Payload::decode(&newer_body), Some(Payload::Unknown { kind: 1 }), "a newer version of a change");
    assert_eq!(Payload::decode(&[9, 9, 1, 2, 3]), Some(Payload::Unknown { kind: 0x0909 }));
    assert_eq!(Payload::decode(&[1, 0, 1, 2, 3]), None, "ours, and not written as it must be");
    assert_eq!(Payload::decode(&[1]), None);
}

#[test]
fn nothing_but_the_header_shows() {
    let record = sealed(&Payload::Change(run(&ada(), 1, &["a secret of the council's, long enough to be seen"])));
    let shows = |what: &[u8]| record.bytes().windows(what.len()).any(|window| window == what);
    assert!(!shows(b"council"));
    assert!(!shows(&ada().device().as_bytes()[..8]), "not even who wrote it");
    let longer = sealed(&Payload::Change(run(&ada(), 1, &["a secret of the council's, long enough to be seen!"])));
    assert_eq!((record.bytes().len() - 94 - 16) % 16, 0);
    assert_eq!(longer.bytes().len(), record.bytes().len(), "a letter more is within the padding");
}

#[test]
fn another_epochs_key_opens_nothing() {
    let record = sealed(&Payload::Change(run(&ada(), 1, &["a"])));
    let other = EpochKey::generate(&mut ChaCha20Rng::seed_from_u64(99));
    assert_eq!(record.open(&other), Err(RecordRefusal::DoesNotOpen { record: record.id() }));
}

#[test]
fn a_record_moved_to_another_stream_or_notebook_is_refused() {
    let payload = Payload::Change(run(&ada(), 1, &["a"]));
    let comments = StreamName::Comments(PageId::from_bytes([5; 16])).tag(&NOTEBOOK);
    let moved = seal(ROUTING, comments, &EPOCH, &key(), &payload, &mut rng()).unwrap();
    assert_eq!(moved.admit(&key(), &NOTEBOOK), Err(RecordRefusal::WrongStream { record: moved.id() }));
    // With the stream's tag of the other notebook, the signature tells.
    let carried = seal(ROUTING, PLAN.tag(&ELSEWHERE), &EPOCH, &key(), &payload, &mut rng()).unwrap();
    let refused = Err(RecordRefusal::BadSignature { author: ada().device() });
    assert_eq!(carried.admit(&key(), &ELSEWHERE), refused);
}

#[test]
fn a_stream_that_holds_no_document_takes_no_changes() {
    let mut body = run(&ada(), 1, &["a"]);
    body.stream = StreamName::Membership;
    let Run { stream, actor, first_seq, last_hash, changes, pins } = Run {
        stream: body.stream,
        actor: body.actor,
        first_seq: 1,
        last_hash: body.last_hash,
        changes: body.changes,
        pins: body.pins,
    };
    let body = ChangeBody::sign(&ada(), &NOTEBOOK, Run { stream, actor, first_seq, last_hash, changes, pins });
    assert!(body.verify(&NOTEBOOK).is_err());
}

#[test]
fn bo_cannot_sign_for_ada_nor_change_what_she_signed() {
    let honest = run(&ada(), 3, &["a", "b"]);
    assert_eq!(honest.verify(&NOTEBOOK), Ok(()));
    assert_eq!((honest.last_seq(), honest.author()), (4, ada().device()));
    let bends: [fn(&mut ChangeBody); 8] = [
        |body| body.stream = StreamName::Notebook,
        |body| body.actor = ActorId::new(bo().device(), [7; 8]),
        |body| body.first_seq = 2,
        |body| body.first_seq = u64::MAX,
        |body| body.last_hash = ChangeHash::from_bytes([0; 32]),
        |body| body.changes[1].push(1),
        |body| body.changes.clear(),
        |body| body.pins = pins(8),
    ];
    for (at, bend) in bends.into_iter().enumerate() {
        let mut bent = honest.clone();
        bend(&mut bent);
        assert!(bent.verify(&NOTEBOOK).is_err(), "bend {at}");
    }
    let mut forged = honest.clone();
    forged.signature = bo().sign(crate::keys::Context::Head, &NOTEBOOK.into(), b"anything");
    assert!(forged.verify(&NOTEBOOK).is_err());
    let empty = run(&ada(), 1, &[]);
    assert!(empty.verify(&NOTEBOOK).is_err(), "signed, and still not a run");
    let first = run(&ada(), 0, &["a"]);
    assert!(first.verify(&NOTEBOOK).is_err(), "lines are numbered from 1");
}

#[test]
fn a_head_holds_again_inside_a_checkpoint_and_in_the_next() {
    let (of_ada, of_bo) = (run(&ada(), 1, &["a", "b"]), run(&bo(), 1, &["c"]));
    let later = run(&ada(), 3, &["d", "e", "f"]);
    let made = checkpoint(&bo(), &[&later, &of_bo, &of_ada]);
    assert_eq!(made.verify(&NOTEBOOK), Ok(()));
    assert_eq!(made.heads.len(), 2, "one an actor");
    assert_eq!(made.pins, [pins(3), pins(9)]);
    let lifted: Vec<_> = made.lifted().collect();
    assert!(lifted.contains(&later.head()) && lifted.contains(&of_bo.head()));
    assert!(lifted.iter().all(|head| head.holds(&NOTEBOOK, &PLAN)));
    assert!(!lifted[0].holds(&NOTEBOOK, &StreamName::Notebook));
    let again = Compacted {
        stream: PLAN,
        document: Vec::new(),
        tips: Vec::new(),
        heads: lifted,
        other_pins: made.pins.clone(),
        replaces: Vec::new(),
        at: pins(9),
    };
    assert_eq!(CheckpointBody::sign(&ada(), &NOTEBOOK, again).verify(&NOTEBOOK), Ok(()));
}

#[test]
fn a_bent_checkpoint_is_refused() {
    let (of_ada, of_bo) = (run(&ada(), 1, &["a", "b"]), run(&bo(), 1, &["c"]));
    let honest = checkpoint(&bo(), &[&of_ada, &of_bo]);
    let bends: [fn(&mut CheckpointBody); 13] = [
        |body| body.stream = StreamName::Notebook,
        |body| body.document[0] ^= 1,
        |body| body.tips.reverse(),
        |body| body.tips.truncate(1),
        |body| body.heads.reverse(),
        |body| body.heads.truncate(1),
        |body| body.heads[0].seq += 1,
        |body| body.heads[0].pins = 0,
        |body| body.heads[0].signature = Signature::from_bytes([0; 64]),
        |body| body.pins.truncate(1),
        |body| body.replaces.reverse(),
        |body| body.author = ada().device(),
        |body| body.at = pins(1),
    ];
    for (at, bend) in bends.into_iter().enumerate() {
        let mut bent = honest.clone();
        bend(&mut bent);
        assert!(bent.verify(&NOTEBOOK).is_err(), "bend {at}");
    }
}

#[test]
fn a_checkpoint_by_its_maker_cannot_make_up_a_head_of_another() {
    let mut made_up = run(&ada(), 1, &["a"]).head();
    made_up.seq = 9;
    let compacted = Compacted {
        stream: PLAN,
        document: Vec::new(),
        tips: Vec::new(),
        heads: vec![made_up],
        other_pins: Vec::new(),
        replaces: Vec::new(),
        at: pins(9),
    };
    let made = CheckpointBody::sign(&bo(), &NOTEBOOK, compacted);
    assert_eq!(made.verify(&NOTEBOOK), Err(RecordRefusal::BadSignature { author: ada().device() }));
}

#[test]
fn a_profile_is_its_persons_own() {
    let person = PersonId::from_bytes([6; 32]);
    let profile = Profile { name: Some(Label::parse("Bo").unwrap()), ..Profile::default() };
    let signed = SignedProfile::sign(&bo(), person, 4, profile);
    assert_eq!(signed.verify(), Ok(()));
    let mut other = signed.clone();
    other.person = PersonId::from_bytes([7; 32]);
    assert!(other.verify().is_err());
    let mut older = signed.clone();
    older.counter = 5;
    assert!(older.verify().is_err());
    let many = Profile { places: vec![Label::parse("Gwynedd").unwrap(); 21], ..Profile::default() };
    assert!(SignedProfile::sign(&bo(), person, 5, many).verify().is_err());
    assert!(SignedProfile::sign(&bo(), person, 5, Profile::default()).rank() > signed.rank());
}

#[test]
fn streams_of_a_page_have_nothing_in_common_in_clear() {
    let page = PageId::from_bytes([5; 16]);
    let streams = [
        StreamName::Notebook,
        StreamName::Body(page),
        StreamName::Comments(page),
        StreamName::Membership,
        StreamName::Keys,
        StreamName::Body(PageId::from_bytes([6; 16])),
    ];
    let tags: std::collections::BTreeSet<_> =
        streams.iter().flat_map(|stream| [stream.tag(&NOTEBOOK), stream.tag(&ELSEWHERE)]).collect();
    assert_eq!(tags.len(), 12);
}

#[test]
fn lengths_that_lie_make_no_room() {
    let mut bytes = vec![0; 94];
    (bytes[0], bytes[90], bytes[91], bytes[92], bytes[93]) = (1, 0xff, 0xff, 0xff, 0xff);
    assert_eq!(Record::parse(bytes.clone()), Err(RecordRefusal::NotWhole));
    (bytes[0], bytes[1]) = (1, 7);
    assert_eq!(Record::parse(bytes.clone()), Err(RecordRefusal::UnknownForm(7)));
    bytes[0] = 2;
    assert_eq!(Record::parse(bytes), Err(RecordRefusal::TooNew(2)));
    assert!(matches!(Record::parse(vec![1; Record::MOST + 1]), Err(RecordRefusal::TooLong { .. })));
    let empty_header = { [vec![1, 0], vec![0; 92]].concat() };
    let hollow = Record::parse(empty_header).unwrap();
    assert!(hollow.open(&key()).is_err());
    let too_much = Payload::Change(run(&ada(), 1, &[&"x".repeat(Record::MOST)]));
    let refused = seal(ROUTING, PLAN.tag(&NOTEBOOK), &EPOCH, &key(), &too_much, &mut rng());
    assert!(matches!(refused, Err(RecordRefusal::TooLong { .. })));
}

#[test]
fn every_cut_and_every_flipped_bit_is_refused() {
    let record = sealed(&Payload::Change(run(&ada(), 1, &["a"])));
    for cut in 0..record.bytes().len() {
        assert!(Record::parse(record.bytes()[..cut].to_vec()).is_err(), "cut at {cut}");
    }
    for bit in 0..record.bytes().len() * 8 {
        let mut bent = record.bytes().to_vec();
        bent[bit / 8] ^= 1 << (bit % 8);
        let admitted = Record::parse(bent).and_then(|bent| bent.admit(&key(), &NOTEBOOK));
        assert!(admitted.is_err(), "bit {bit}");
    }
    println!("shows P7: {} bits of a record flipped", record.bytes().len() * 8);
}

proptest! {
    #[test]
    fn whatever_is_sealed_by_a_member_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        // A dishonest member holds the key: what is inside is no more to be trusted than what is outside.
        let _ = Payload::decode(&bytes);
        for kind in 1..=4 {
            let inside = [&[kind, 0, 1], bytes.as_slice()].concat();
            if let Some(payload) = Payload::decode(&inside) {
                prop_assert_eq!(payload.encode(), inside, "one writing of everything");
            }
        }
    }

    #[test]
    fn bent_insides_are_read_or_refused(at in 0usize..600, to in any::<u8>(), cut in 0usize..600) {
        let body = checkpoint(&bo(), &[&run(&ada(), 1, &["a", "b"]), &run(&bo(), 1, &["c"])]);
        let mut inside = Payload::Checkpoint(body).encode();
        let at = at % inside.len();
        inside[at] = to;
        if let Some(payload) = Payload::decode(&inside) {
            let _ = payload.verify(&NOTEBOOK);
        }
        inside.truncate(cut);
        let _ = Payload::decode(&inside);
    }

    #[test]
    fn any_bytes_are_a_record_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut() {
            *first = 1;
        }
        if let Ok(record) = Record::parse(bytes) {
            prop_assert!(record.open(&key()).is_err());
        }
    }
}
