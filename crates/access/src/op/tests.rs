use hedgerow_model::{ActorId, ChangeHash, InvitationId, Moment, Role, StreamTag};
use proptest::prelude::*;

use super::*;
use crate::{Head, Redemption, RedemptionAsked, Retained};

fn ada() -> DeviceKeys {
    DeviceKeys::from_seed(&[1; 32])
}

fn recovery() -> RecoveryPublic {
    RecoveryKeys::from_seed(&[2; 32]).public()
}

fn person() -> PersonId {
    PersonId::from_bytes([9; 32])
}

fn set(seq: u64) -> Op {
    Op {
        log: LogId::from_bytes([8; 32]),
        author: Author { person: person(), device: ada().device() },
        seq,
        deps: vec![OpId::from_bytes([7; 32])],
        action: Action::Set { subject: Subject::Person(person()), role: Role::Writer, retained: Retained::new() },
    }
}

fn signed(op: Op) -> SignedOp {
    SignedOp::sign(op, &ada()).unwrap()
}

/// The bytes of an operation with another body, signed rightly.
fn forged(body: &[u8]) -> Vec<u8> {
    let id = OpId::from_bytes([0; 32]);
    let signature = ada().sign(Context::NotebookOp, &LogId::from(id), body);
    [signature.as_bytes().as_slice(), body].concat()
}

#[test]
fn an_operation_reads_back_as_it_was_signed() {
    let op = signed(set(3));
    let read = SignedOp::parse(op.bytes()).unwrap();
    assert_eq!((read.op(), read.id(), read.kind()), (op.op(), op.id(), LogKind::Notebook));
    let bytes = postcard::to_allocvec(&op).unwrap();
    assert_eq!(postcard::from_bytes::<SignedOp>(&bytes).unwrap(), op);
}

#[test]
fn a_genesis_is_named_by_itself() {
    let genesis = found_person(&ada(), recovery(), [3; 16]).unwrap();
    assert_eq!(genesis.log(), LogId::from(genesis.id()));
    assert!(SignedOp::parse(genesis.bytes()).is_ok());
    assert_ne!(genesis.id(), found_person(&ada(), recovery(), [4; 16]).unwrap().id());
}

#[test]
fn one_flipped_bit_refuses_it() {
    let bytes = signed(set(3)).bytes().to_vec();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(SignedOp::parse(&changed).is_err(), "byte {at}");
        assert!(SignedOp::parse(&bytes[..at]).is_err(), "cut at {at}");
    }
    assert!(SignedOp::parse(&[bytes.as_slice(), &[0]].concat()).is_err());
}

#[test]
fn somebody_elses_keys_do_not_sign() {
    let bo = DeviceKeys::from_seed(&[2; 32]);
    assert!(matches!(SignedOp::sign(set(1), &bo), Err(OpRefusal::NotYourDevice { .. })));
}

#[test]
fn what_a_newer_hedgerow_does_is_kept() {
    let unknown = Op { action: Action::Unknown { kind: 0x01f0, body: vec![1, 2, 3] }, ..set(1) };
    let op = signed(unknown);
    assert_eq!(SignedOp::parse(op.bytes()).unwrap().op().action, Action::Unknown { kind: 0x01f0, body: vec![1, 2, 3] });
    for kind in [0x0000, 0x0400, 0x01ff & 0xff00 | 0x0400] {
        let no_log = Op { action: Action::Unknown { kind, body: vec![] }, ..set(1) };
        assert!(SignedOp::sign(no_log, &ada()).is_err(), "{kind:x}");
    }
}

#[test]
fn lists_are_bounded_before_room_is_made_for_them() {
    let many: Vec<OpId> = (0..=64u8).map(|n| OpId::from_bytes([n; 32])).collect();
    assert!(SignedOp::sign(Op { deps: many.clone(), ..set(1) }, &ada()).is_err());
    assert!(SignedOp::sign(Op { deps: many[..64].to_vec(), ..set(1) }, &ada()).is_ok());
    let mut huge = set(1).body();
    // The length of the dependencies stands behind version, log, person, device and number.
    huge.truncate(1 + 32 + 32 + 32 + 1);
    huge.extend([0xff, 0xff, 0xff, 0xff, 0x0f]);
    assert!(matches!(SignedOp::parse(&forged(&huge)), Err(OpRefusal::Malformed(_))));
    assert!(matches!(SignedOp::parse(&vec![0; SignedOp::MOST + 1]), Err(OpRefusal::TooLong { .. })));
}

#[test]
fn a_circle_is_never_made_an_admin() {
    let circle = Subject::Circle(hedgerow_model::CircleId::from_bytes([5; 32]));
    let set_admin = Action::Set { subject: circle, role: Role::Admin, retained: Retained::new() };
    assert!(SignedOp::sign(Op { action: set_admin, ..set(1) }, &ada()).is_err());
}

fn retained() -> Retained {
    let mut retained = Retained::new();
    let head = Head { actor: ActorId::new(ada().device(), [1; 8]), seq: 300, hash: ChangeHash::from_bytes([4; 32]) };
    retained.keep(StreamTag::from_bytes([6; 16]), head);
    retained
}

/// One action of every kind.
fn all_kinds() -> Vec<Action> {
    let (id, one) = (OpId::from_bytes([7; 32]), [5; 32]);
    let (log, device, hpke) = (LogId::from(id), ada().device(), ada().hpke_public());
    let signature = Signature::from_bytes([3; 64]);
    let asked = RedemptionAsked {
        invitation: InvitationId::from(id),
        person: person(),
        joiner_nonce: [1; 32],
        host_nonce: [2; 32],
        host: device,
        known: vec![id],
    };
    let redemption = Redemption::sign(&log.into(), asked, &DeviceKeys::from_seed(&[2; 32]), &[8; 32]);
    let name = Label::parse("Flood cohort").unwrap();
    let (expires, salt) = (Moment::from_millis(1_700_000_000_000), [9; 16]);
    let recovery = RecoveryPublic { signing: one, hpke };
    vec![
        Action::FoundNotebook { routing: RoutingId::from_bytes([1; 16]), founder: person(), salt },
        Action::Set { subject: Subject::Person(person()), role: Role::Admin, retained: retained() },
        Action::Remove { subject: Subject::Circle(log.into()), retained: retained() },
        Action::Leave { retained: retained() },
        Action::Invite { key: one, role: Role::Commenter, uses: 300, expires, label: Some(name.clone()) },
        Action::Revoke { invitation: InvitationId::from(id) },
        Action::Redeem(Box::new(redemption)),
        Action::Settle { invitation: InvitationId::from(id), redemptions: vec![id] },
        Action::Handover { to: person(), recovery: signature },
        Action::Retire,
        Action::FoundPerson { recovery, device, hpke, salt },
        Action::AddDevice { device, hpke, consent: signature },
        Action::RevokeDevice { device, good: vec![id], retained: retained() },
        Action::ReplaceRecovery { recovery },
        Action::FoundCircle { founder: person(), name, salt },
        Action::SetCircle { person: person(), admin: true },
        Action::RemoveFromCircle { person: person(), retained: retained() },
    ]
}

/// An operation that does it.
fn doing(action: Action) -> Op {
    let first_of_person = matches!(action, Action::FoundPerson { .. });
    let zeros = [0; 32];
    let mut op = Op { action, ..set(3) };
    if op.action.is_genesis() {
        (op.log, op.seq) = (LogId::from_bytes(zeros), 1);
    }
    if first_of_person {
        (op.author.person, op.deps) = (PersonId::from_bytes(zeros), Vec::new());
    }
    op
}

#[test]
fn the_bytes_of_every_kind_stay_as_they_are() {
    let mut told = String::new();
    for action in all_kinds() {
        let op = signed(doing(action));
        assert_eq!(SignedOp::parse(op.bytes()).unwrap().op(), op.op());
        told += &format!("{:04x} {} bytes {}\n", op.op().action.kind(), op.bytes().len(), &op.id().to_string()[..16]);
    }
    expect_test::expect![[r#"
        0100 262 bytes 8a2807f587559527
        0101 323 bytes 150bd3d84c849841
        0102 322 bytes ba1a8bb5f2782eb0
        0103 289 bytes 9a82955f64aa9301
        0104 253 bytes 51c05f55a2986b65
        0105 230 bytes 51c695b4f02cbefc
        0106 584 bytes cc57fd7be9206626
        0107 263 bytes ba17d6ae65f56537
        0108 294 bytes c2b265e54b1b66b2
        0109 198 bytes 37de863ab6fa4196
        0200 311 bytes 95043869cf550ccd
        0201 327 bytes f9171747431a685d
        0202 355 bytes 9818bca40a620289
        0203 262 bytes 93a21e487a9b0509
        0300 259 bytes 0bc1e2f254ecf7e6
        0301 231 bytes bca0e0be67f04442
        0302 321 bytes fe7bbc261ecd3836
    "#]]
    .assert_eq(&told);
}

proptest! {
    #[test]
    fn no_changed_action_panics_or_reads_twofold(kind in 0usize..17, at in any::<usize>(), to in any::<u8>()) {
        let mut body = doing(all_kinds().swap_remove(kind)).body();
        let at = at % body.len();
        body[at] = to;
        if let Ok(op) = Op::read(&body) {
            prop_assert_eq!(op.body(), body, "one writing of everything");
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = SignedOp::parse(&bytes);
        let _ = Op::read(&bytes);
    }

    #[test]
    fn no_changed_body_panics_or_reads_twofold(at in 0usize..170, to in any::<u8>()) {
        let mut body = set(3).body();
        let at = at % body.len();
        body[at] = to;
        if let Ok(op) = Op::read(&body) {
            prop_assert_eq!(op.body(), body, "one writing of everything");
        }
    }
}
