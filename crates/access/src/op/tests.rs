use hedgerow_model::Role;
use proptest::prelude::*;

use super::*;
use crate::Retained;

fn ada() -> DeviceKeys {
    DeviceKeys::from_seed(&[1; 32])
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
    let genesis = found_person(&ada(), [2; 32], [3; 16]).unwrap();
    assert_eq!(genesis.log(), LogId::from(genesis.id()));
    assert!(SignedOp::parse(genesis.bytes()).is_ok());
    assert_ne!(genesis.id(), found_person(&ada(), [2; 32], [4; 16]).unwrap().id());
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

proptest! {
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
