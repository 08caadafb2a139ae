//! Named people with fixed keys, and a notebook of theirs: what bent operations and records are tried on.

use std::sync::OnceLock;

use hedgerow_access::{
    Action, DeviceKeys, EpochKey, Epochs, LinkSecret, Membership, Pins, Record, RecoveryKeys, Retained, SignedOp,
    Signer, Subject, found_circle, found_notebook, found_person,
};
use hedgerow_model::{CircleId, InvitationId, Label, Moment, PersonId, Role, RoutingId};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// The same chance every time.
pub(crate) fn chance(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Somebody with one device.
pub(crate) struct Person {
    pub(crate) keys: DeviceKeys,
    pub(crate) recovery: RecoveryKeys,
    pub(crate) genesis: SignedOp,
}

impl Person {
    pub(crate) fn new(number: u8) -> Person {
        let (keys, recovery) = (DeviceKeys::from_seed(&[number; 32]), RecoveryKeys::from_seed(&[number; 32]));
        let genesis = found_person(&keys, recovery.public(), [number; 16]).expect("a person can be founded");
        Person { keys, recovery, genesis }
    }

    pub(crate) fn id(&self) -> PersonId {
        PersonId::from(self.genesis.log())
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer { keys: &self.keys, person: self.id() }
    }
}

/// Ada founded it; Bo is an admin, Cy a writer, Di comments, Eve is nobody yet. Ada's circle reads, with Cy in it, and
/// Bo has issued a link.
pub(crate) struct Notebook {
    pub(crate) ada: Person,
    pub(crate) bo: Person,
    pub(crate) cy: Person,
    pub(crate) di: Person,
    pub(crate) eve: Person,
    /// A second device, nobody's yet.
    pub(crate) tablet: DeviceKeys,
    pub(crate) circle: CircleId,
    pub(crate) link: (InvitationId, LinkSecret),
    pub(crate) membership: Membership,
    /// The key record of the first epoch, sealed to all members.
    pub(crate) rotation: Record,
    /// Its key.
    pub(crate) key: EpochKey,
    /// All keys of it, for `Epochs::restore`.
    pub(crate) secrets: Vec<u8>,
}

impl Notebook {
    /// The one notebook.
    pub(crate) fn get() -> &'static Notebook {
        static NOTEBOOK: OnceLock<Notebook> = OnceLock::new();
        NOTEBOOK.get_or_init(Notebook::new)
    }

    fn new() -> Notebook {
        let [ada, bo, cy, di, eve] = [1, 2, 3, 4, 5].map(Person::new);
        let known = Pins::new([ada.genesis.id()]);
        let founding = found_notebook(&ada.keys, ada.id(), &known, RoutingId::from_bytes([7; 16]), [8; 16]);
        let founding = founding.expect("a notebook can be founded");
        let mut membership = Membership::found(founding, vec![ada.genesis.clone()]).expect("it was founded");
        for person in [&bo, &cy, &di, &eve] {
            membership.insert(person.genesis.clone()).expect("a person is taken");
        }
        for (person, role) in [(&bo, Role::Admin), (&cy, Role::Writer), (&di, Role::Commenter)] {
            let subject = Subject::Person(person.id());
            act(&mut membership, &ada, Action::Set { subject, role, retained: Retained::new() });
        }
        let name = Label::parse("Ward sisters").expect("a name");
        let circle = found_circle(&ada.keys, ada.id(), &known, name, [9; 16]).expect("a circle can be founded");
        membership.insert(circle.clone()).expect("a circle is taken");
        let put = Action::SetCircle { person: cy.id(), admin: false };
        let put = membership.propose_in(&ada.signer(), &circle.log(), put).expect("its founder may");
        membership.insert(put).expect("it was judged");
        let circle = CircleId::from(circle.log());
        let subject = Subject::Circle(circle);
        act(&mut membership, &ada, Action::Set { subject, role: Role::Reader, retained: Retained::new() });
        let secret = LinkSecret::generate(&mut chance(1));
        let expires = Moment::from_millis(1_800_000_000_000);
        let invite = Action::Invite { key: secret.public(), role: Role::Writer, uses: 3, expires, label: None };
        let invite = act(&mut membership, &bo, invite);
        let (epochs, rotation) = Epochs::begin(&membership, &ada.keys, &mut chance(2)).expect("the founder may");
        let key = epochs.key(&rotation.epoch()).expect("she made it").clone();
        let secrets = epochs.secrets().to_vec();
        let (tablet, link) = (DeviceKeys::from_seed(&[6; 32]), (invite.id().into(), secret));
        Notebook { ada, bo, cy, di, eve, tablet, circle, link, membership, rotation, key, secrets }
    }

    /// Everybody.
    pub(crate) fn people(&self) -> [&Person; 5] {
        [&self.ada, &self.bo, &self.cy, &self.di, &self.eve]
    }

    /// What a member knows of its keys.
    pub(crate) fn epochs(&self) -> Epochs {
        let mut epochs = Epochs::restore(&self.membership.notebook(), &self.secrets).expect("our own");
        epochs.receive(&self.rotation, &self.ada.keys, &self.membership.notebook()).expect("a true key record");
        epochs
    }
}

/// Makes an operation and takes it in.
pub(crate) fn act(membership: &mut Membership, who: &Person, action: Action) -> SignedOp {
    let op = membership.propose(&who.signer(), action).expect("they may");
    membership.insert(op.clone()).expect("it was judged");
    op
}
