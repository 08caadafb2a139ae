//! Operations on membership: read, judged, and what they come to.

use hedgerow_access::{Action, DeviceKeys, Membership, RecoveryKeys, SignedOp, fuzz::signed_body};
use hedgerow_model::Role;

use crate::input::Input;
use crate::people::Notebook;
use crate::{Verdict, within};

/// The most operations of one input: each is judged against all before it.
const MOST: usize = 12;

/// Bytes as they come, and bodies of operations, each signed by the author it names and taken in as a peer's would be.
///
/// An operation that is read is written so; whatever is taken, membership comes to the same in another order, and who
/// is an admin then can still act.
pub(crate) fn operations(bytes: &[u8]) -> Verdict {
    if let Ok(op) = within(8 << 10, 64, bytes, || SignedOp::parse(bytes)) {
        assert_eq!(op.bytes(), bytes, "written in another way than it was read");
    }
    let notebook = Notebook::get();
    let mut devices: Vec<&DeviceKeys> = notebook.people().map(|person| &person.keys).to_vec();
    devices.push(&notebook.tablet);
    let recoveries: Vec<&RecoveryKeys> = notebook.people().map(|person| &person.recovery).to_vec();
    let mut membership = notebook.membership.clone();
    let mut taken: Vec<SignedOp> = Vec::new();
    let mut input = Input::new(bytes);
    let (mut count, mut founded) = (0, false);
    while !input.is_empty() && count < MOST {
        count += 1;
        let Some(signed) = signed_body(input.part(), &devices, &recoveries) else { continue };
        // What has the form of an operation and a true signature is read, unless it is too long.
        let op = SignedOp::parse(&signed).expect("its form was checked before it was signed");
        assert_eq!(op.bytes(), signed);
        founded |= founds(&op);
        if membership.insert(op.clone()).is_ok() {
            taken.push(op);
        }
    }
    if taken.is_empty() {
        return Verdict::of(founded);
    }
    the_order_does_not_matter(&membership, &taken);
    goes_on(&membership);
    Verdict::Taken
}

/// Whether it begins a notebook of one of these people; if so, a notebook of its own comes of it.
fn founds(op: &SignedOp) -> bool {
    let Action::FoundNotebook { founder, .. } = &op.op().action else { return false };
    let people = Notebook::get().people();
    let Some(person) = people.iter().find(|person| person.id() == *founder) else { return false };
    let Ok(membership) = Membership::found(op.clone(), vec![person.genesis.clone()]) else { return false };
    assert_eq!(membership.now().founder(), *founder);
    goes_on(&membership);
    true
}

fn the_order_does_not_matter(membership: &Membership, taken: &[SignedOp]) {
    let mut other = Notebook::get().membership.clone();
    let mut left: Vec<&SignedOp> = taken.iter().rev().collect();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|op| other.insert((*op).clone()).is_err());
        assert!(left.len() < before, "taken in one order and refused in another: {left:?}");
    }
    assert_eq!(shown(&other), shown(membership), "it comes to something else in another order");
}

/// All that an answer says.
fn shown(membership: &Membership) -> String {
    let view = membership.now();
    let fell: Vec<bool> = {
        let mut ops: Vec<_> = membership.ops().map(SignedOp::id).collect();
        ops.sort_unstable();
        ops.iter().map(|op| view.fell(op)).collect()
    };
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{fell:?}",
        membership.heads(),
        view.founder(),
        view.members(),
        view.circles(),
        view.devices(),
        view.invitations(),
        view.redemptions(),
        view.taking(),
    )
}

/// Whoever is an admin can still make an operation that is taken.
fn goes_on(membership: &Membership) {
    let view = membership.now();
    let at_heads = membership.at(&membership.heads()).expect("its own heads are known");
    assert_eq!(at_heads.members().len(), view.members().len());
    for person in Notebook::get().people() {
        let holds_device = view.person_of(&person.keys.device()) == Some(person.id());
        if holds_device && view.role_of_device(&person.keys.device()) == Some(Role::Admin) {
            let op = membership.propose(&person.signer(), Action::Retire).expect("an admin may");
            membership.clone().insert(op).expect("it was judged");
        }
    }
}

pub(crate) mod seeds {
    use hedgerow_access::{
        Action, Pins, Redemption, RedemptionAsked, Retained, SignedOp, Subject, device_consent, found_circle,
        found_notebook, found_person,
    };
    use hedgerow_model::{ActorId, ChangeHash, Label, LogId, Moment, Role, RoutingId, StreamTag};

    use crate::Seed;
    use crate::input::write_part;
    use crate::people::{Notebook, Person};

    /// Without the signature.
    fn body(op: &SignedOp) -> &[u8] {
        &op.bytes()[64..]
    }

    fn one(name: &'static str, op: SignedOp) -> Seed {
        several(name, &[op])
    }

    fn several(name: &'static str, ops: &[SignedOp]) -> Seed {
        let mut bytes = Vec::new();
        ops.iter().for_each(|op| write_part(&mut bytes, body(op)));
        (name, bytes)
    }

    fn retained(person: &Person) -> Retained {
        let mut retained = Retained::new();
        let actor = ActorId::new(person.keys.device(), [1; 8]);
        let head = hedgerow_access::Head { actor, seq: 3, hash: ChangeHash::from_bytes([4; 32]) };
        retained.keep(StreamTag::from_bytes([5; 16]), head);
        retained
    }

    fn redemption(notebook: &Notebook) -> Redemption {
        let asked = RedemptionAsked {
            invitation: notebook.link.0,
            person: notebook.eve.id(),
            joiner_nonce: [1; 32],
            host_nonce: [2; 32],
            host: notebook.bo.keys.device(),
            known: vec![notebook.eve.genesis.id()],
        };
        Redemption::sign(&notebook.membership.notebook(), asked, &notebook.eve.keys, &notebook.link.1.seed())
    }

    /// Every kind of operation.
    pub(crate) fn operations() -> Vec<Seed> {
        let notebook = Notebook::get();
        let mut seeds = of_the_notebook(notebook);
        seeds.extend(of_persons(notebook));
        seeds.extend(of_circles(notebook));
        seeds
    }

    fn of_the_notebook(notebook: &Notebook) -> Vec<Seed> {
        let Notebook { ada, bo, cy, di, .. } = notebook;
        let by = |who: &Person, action| notebook.membership.propose(&who.signer(), action).expect("they may");
        let person = |whom: &Person| Subject::Person(whom.id());
        let known = Pins::new([cy.genesis.id()]);
        let other = found_notebook(&cy.keys, cy.id(), &known, RoutingId::from_bytes([3; 16]), [4; 16]);
        let expires = Moment::from_millis(1_800_000_000_000);
        let invite =
            Action::Invite { key: [7; 32], role: Role::Reader, uses: 2, expires, label: Label::parse("post").ok() };
        let redeem = by(bo, Action::Redeem(Box::new(redemption(notebook))));
        let mut after = notebook.membership.clone();
        after.insert(redeem.clone()).expect("it was judged");
        let settle = Action::Settle { invitation: notebook.link.0, redemptions: vec![redeem.id()] };
        let settle = after.propose(&ada.signer(), settle).expect("an admin may");
        let handover = notebook.membership.propose_handover(&ada.signer(), bo.id(), &ada.recovery);
        let demote = Action::Set { subject: person(cy), role: Role::Reader, retained: retained(cy) };
        let removes = [
            by(ada, Action::Remove { subject: person(bo), retained: retained(bo) }),
            by(bo, Action::Remove { subject: person(cy), retained: Retained::new() }),
            by(bo, Action::Remove { subject: person(di), retained: retained(di) }),
        ];
        let newer = Action::Unknown { kind: 0x017f, body: b"something newer".to_vec() };
        vec![
            one("found-a-notebook", other.expect("anybody may")),
            one("set", by(ada, demote)),
            several("remove", &removes),
            one("leave", by(cy, Action::Leave { retained: retained(cy) })),
            one("invite", by(bo, invite)),
            one("revoke", by(ada, Action::Revoke { invitation: notebook.link.0 })),
            several("redeem-and-settle", &[redeem, settle]),
            one("hand-over", handover.expect("the founder may")),
            one("retire", by(bo, Action::Retire)),
            one("unknown", by(di, newer)),
        ]
    }

    fn of_persons(notebook: &Notebook) -> Vec<Seed> {
        let Notebook { cy, di, tablet, membership, .. } = notebook;
        let person = found_person(tablet, notebook.eve.recovery.public(), [3; 16]);
        let consent = device_consent(tablet, &cy.id());
        let add = Action::AddDevice { device: tablet.device(), hpke: tablet.hpke_public(), consent };
        let add = membership.propose(&cy.signer(), add).expect("a person may");
        let mut after = membership.clone();
        after.insert(add.clone()).expect("it was judged");
        let revoke = Action::RevokeDevice { device: tablet.device(), good: vec![add.id()], retained: retained(cy) };
        let revoke = after.propose(&cy.signer(), revoke).expect("a person may");
        let replace = Action::ReplaceRecovery { recovery: notebook.eve.recovery.public() };
        let replace = membership.propose_recovery(di.id(), &di.recovery, replace).expect("the recovery key may");
        vec![
            one("found-a-person", person.expect("anybody can be founded")),
            several("add-and-revoke-a-device", &[add, revoke]),
            one("replace-the-recovery", replace),
        ]
    }

    fn of_circles(notebook: &Notebook) -> Vec<Seed> {
        let Notebook { ada, cy, di, circle, membership, .. } = notebook;
        let known = Pins::new([di.genesis.id()]);
        let name = Label::parse("Porters").expect("a name");
        let founded = found_circle(&di.keys, di.id(), &known, name, [2; 16]).expect("anybody may");
        let log = LogId::from(*circle);
        let by = |action| membership.propose_in(&ada.signer(), &log, action).expect("its founder may");
        vec![
            one("found-a-circle", founded),
            one("set-in-circle", by(Action::SetCircle { person: di.id(), admin: true })),
            one("remove-from-circle", by(Action::RemoveFromCircle { person: cy.id(), retained: retained(cy) })),
        ]
    }
}
