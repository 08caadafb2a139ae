//! Stories about people who share a notebook and are not always in touch.

mod circles;
mod devices;
mod digest;
mod every;
mod founders;
mod late;
mod links;
mod random;
mod roles;
mod statements;

use hedgerow_model::{InvitationId, LogId, Moment, OpId, PersonId, Role, RoutingId};

use crate::{
    Action, DeviceKeys, Membership, OpRefusal, Pins, RecoveryKeys, Redemption, RedemptionAsked, Retained, SignedOp,
    Signer, Subject, device_consent, found_notebook, found_person, link_public,
};

/// Somebody with one device.
pub(crate) struct Person {
    pub(crate) keys: DeviceKeys,
    pub(crate) recovery: RecoveryKeys,
    pub(crate) genesis: SignedOp,
}

impl Person {
    pub(crate) fn new(number: u8) -> Person {
        let keys = DeviceKeys::from_seed(&[number; 32]);
        let recovery = RecoveryKeys::from_seed(&[number; 32]);
        let genesis = found_person(&keys, recovery.public(), [number; 16]).unwrap();
        Person { keys, recovery, genesis }
    }

    pub(crate) fn id(&self) -> PersonId {
        PersonId::from(self.genesis.log())
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer { keys: &self.keys, person: self.id() }
    }
}

/// A link as its holder has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    pub(crate) id: InvitationId,
    seed: [u8; 32],
}

/// One device's membership of the notebook, and in whose name it acts.
#[derive(Clone)]
pub(crate) struct Desk<'a> {
    pub(crate) who: &'a Person,
    pub(crate) all: Membership,
}

impl<'a> Desk<'a> {
    /// A new notebook.
    pub(crate) fn found(who: &'a Person) -> Desk<'a> {
        let (routing, known) = (RoutingId::from_bytes([7; 16]), Pins::new([who.genesis.id()]));
        let genesis = found_notebook(&who.keys, who.id(), &known, routing, [1; 16]).unwrap();
        Desk { who, all: Membership::found(genesis, vec![who.genesis.clone()]).unwrap() }
    }

    /// The same notebook at somebody else's device, as it is known here.
    pub(crate) fn for_person(&self, who: &'a Person) -> Desk<'a> {
        Desk { who, all: self.all.clone() }
    }

    /// Makes and takes in an operation.
    pub(crate) fn act(&mut self, action: Action) -> Result<OpId, OpRefusal> {
        let op = self.all.propose(&self.who.signer(), action)?;
        let id = op.id();
        self.all.insert(op)?;
        Ok(id)
    }

    pub(crate) fn set(&mut self, whom: &Person, role: Role) -> Result<OpId, OpRefusal> {
        self.all.insert(whom.genesis.clone())?;
        self.act(Action::Set { subject: Subject::Person(whom.id()), role, retained: Retained::new() })
    }

    pub(crate) fn remove(&mut self, whom: &Person) -> Result<OpId, OpRefusal> {
        self.act(Action::Remove { subject: Subject::Person(whom.id()), retained: Retained::new() })
    }

    pub(crate) fn leave(&mut self) -> Result<OpId, OpRefusal> {
        self.act(Action::Leave { retained: Retained::new() })
    }

    pub(crate) fn invite(&mut self, role: Role, uses: u32) -> Result<Link, OpRefusal> {
        let seed = [self.all.len() as u8; 32];
        let key = link_public(&seed);
        let invite = Action::Invite { key, role, uses, expires: Moment::from_millis(1), label: None };
        Ok(Link { id: InvitationId::from(self.act(invite)?), seed })
    }

    pub(crate) fn revoke(&mut self, link: Link) -> Result<OpId, OpRefusal> {
        self.act(Action::Revoke { invitation: link.id })
    }

    pub(crate) fn settle(&mut self, link: Link, redemptions: &[OpId]) -> Result<OpId, OpRefusal> {
        let mut redemptions = redemptions.to_vec();
        redemptions.sort_unstable();
        self.act(Action::Settle { invitation: link.id, redemptions })
    }

    /// Lets `joiner` in by a link.
    pub(crate) fn host(&mut self, joiner: &Person, link: Link) -> Result<OpId, OpRefusal> {
        self.all.insert(joiner.genesis.clone())?;
        let redemption = self.statement(joiner, link);
        self.act(Action::Redeem(Box::new(redemption)))
    }

    /// What `joiner` signs to come in here.
    pub(crate) fn statement(&self, joiner: &Person, link: Link) -> Redemption {
        let mut joiner_nonce = [0; 32];
        joiner_nonce[..8].copy_from_slice(&(self.all.len() as u64).to_le_bytes());
        let asked = RedemptionAsked {
            invitation: link.id,
            person: joiner.id(),
            joiner_nonce,
            host_nonce: [2; 32],
            host: self.who.keys.device(),
            known: vec![joiner.genesis.id()],
        };
        Redemption::sign(&self.all.notebook(), asked, &joiner.keys, &link.seed)
    }

    /// Hears all that `other` knows.
    pub(crate) fn hear(&mut self, other: &Desk<'_>) {
        for op in other.all.ops() {
            self.all.insert(op.clone()).unwrap();
        }
    }

    /// The same device as it was when it knew no more than `pins`: for backdating.
    pub(crate) fn as_of(&self, pins: &Pins) -> Desk<'a> {
        let mut past: Vec<OpId> = pins.ids().iter().flat_map(|id| self.all.past(id)).collect();
        past.sort_by_key(|id| self.all.past(id).len());
        past.dedup();
        let ops: Vec<SignedOp> = past.iter().filter_map(|id| self.all.op(id)).cloned().collect();
        let genesis = ops.iter().find(|op| op.log() == LogId::from(self.all.notebook()) && op.op().action.is_genesis());
        let founder = ops.iter().filter(|op| op.kind() == crate::LogKind::Person).cloned().collect();
        let mut all = Membership::found(genesis.unwrap().clone(), founder).unwrap();
        for op in ops {
            all.insert(op).unwrap();
        }
        Desk { who: self.who, all }
    }

    pub(crate) fn role(&self, whom: &Person) -> Option<Role> {
        self.all.now().role(&whom.id())
    }

    pub(crate) fn heads(&self) -> Pins {
        self.all.heads()
    }

    pub(crate) fn fell(&self, op: OpId) -> bool {
        self.all.now().fell(&op)
    }

    pub(crate) fn state(&self, redemption: OpId) -> crate::RedemptionState {
        let notices = self.all.now().redemptions();
        notices.into_iter().find(|notice| notice.op == redemption).unwrap().state
    }
}

/// Everybody hears everything; they must then agree, however they came by it.
pub(crate) fn meet(desks: &mut [&mut Desk<'_>]) {
    for at in 0..desks.len() {
        for other in 0..desks.len() {
            if at != other {
                let theirs = desks[other].clone();
                desks[at].hear(&theirs);
            }
        }
    }
    let answers: Vec<String> = desks.iter().map(|desk| told(&desk.all)).collect();
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "they disagree: {answers:#?}");
}

/// Everything that a membership can be asked, and the same asked of one that heard it all at once.
pub(crate) fn told(all: &Membership) -> String {
    let now = all.now();
    let told = tell(&now, all);
    let mut again = all.clone();
    again.forget();
    assert_eq!(told, tell(&again.now(), all), "worked out step by step and at once");
    told
}

fn tell(view: &crate::View, all: &Membership) -> String {
    let ranks: Vec<_> = view
        .seats
        .iter()
        .map(|(subject, seat)| {
            let grounds: std::collections::BTreeSet<_> =
                seat.grounds.iter().map(|ground| all.dag.node(ground.op).id).collect();
            (subject, seat.role, seat.rank.map(|rank| all.dag.node(rank).id), grounds, seat.by_link)
        })
        .collect();
    let strikes: Vec<_> = view
        .strikes
        .iter()
        .map(|(whom, ops)| {
            let ids: std::collections::BTreeSet<_> = ops.iter().map(|op| all.dag.node(*op).id).collect();
            (whom, ids)
        })
        .collect();
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{:?}\n{ranks:?}\n{strikes:?}",
        view.founder(),
        view.members(),
        view.circles(),
        view.recipients(),
        view.invitations(),
        view.redemptions(),
        view.taking(),
        view.fallen.keys(),
    )
}

/// Ada, who founds; Bo, Cy and so on.
pub(crate) fn people<const N: usize>() -> [Person; N] {
    std::array::from_fn(|number| Person::new(number as u8 + 1))
}

/// What a device signs to be added to `person`.
pub(crate) fn adding(device: &DeviceKeys, person: &Person) -> Action {
    let consent = device_consent(device, &person.id());
    Action::AddDevice { device: device.device(), hpke: device.hpke_public(), consent }
}

/// A number that whoever runs the test may set.
#[expect(clippy::disallowed_methods, reason = "how many histories to try is for whoever runs the test to say")]
fn asked_for(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}
