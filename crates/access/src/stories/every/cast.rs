//! Who takes part in every small history, and all that they could wish for.

use hedgerow_model::{CircleId, DeviceId, Label};

use super::super::{
    statements::{Answer, Wish, ought_to_be_taken},
    *,
};
use crate::{Signature, found_circle, keys::Context, op::handover_message};

/// Ada, who founds the notebook, Bo, Cy and Di; each with a second device and a second recovery key. Bo has a circle.
pub(super) struct Cast {
    pub(super) people: Vec<Person>,
    second: Vec<DeviceKeys>,
    /// The second devices' consent.
    adding: Vec<Action>,
    other_recovery: Vec<RecoveryKeys>,
    circle: SignedOp,
    /// Of every link.
    link: [u8; 32],
}

/// With what somebody signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    First,
    Second,
    Recovery,
    OtherRecovery,
}

/// Who does something, and with which key.
#[derive(Clone, Copy)]
pub(super) struct Actor {
    pub(super) person: usize,
    pub(super) with: Key,
}

const NAMES: [&str; 4] = ["Ada", "Bo", "Cy", "Di"];

impl std::fmt::Debug for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({:?})", NAMES[self.person], self.with)
    }
}

/// A kind of thing that people of an alphabet do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Set(&'static [Role]),
    Remove,
    Leave,
    Invite(&'static [(Role, u32)]),
    Revoke,
    Redeem,
    /// With a statement that the host has used or will use elsewhere.
    RedeemAgain,
    Settle,
    HandOver,
    Retire,
    AddSecond,
    RevokeDevice,
    ReplaceRecovery,
    SetCircle(&'static [Role]),
    RemoveCircle,
    PutInCircle,
    TakeFromCircle,
}

/// One such thing. People are numbers.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Set(usize, Role),
    Remove(usize),
    Leave,
    Invite(Role, u32),
    Revoke(InvitationId),
    Redeem { link: InvitationId, joiner: usize, again: bool },
    Settle(InvitationId, Vec<OpId>),
    HandOver(usize),
    Retire,
    AddSecond,
    RevokeDevice { which: Key, keeping: bool },
    ReplaceRecovery,
    SetCircle(Role),
    RemoveCircle,
    PutInCircle(usize, bool),
    TakeFromCircle(usize),
}

impl Deed {
    /// Whom it is about.
    pub(super) fn about(&self) -> Option<usize> {
        match self {
            Deed::Set(whom, _)
            | Deed::Remove(whom)
            | Deed::HandOver(whom)
            | Deed::PutInCircle(whom, _)
            | Deed::TakeFromCircle(whom)
            | Deed::Redeem { joiner: whom, .. } => Some(*whom),
            _ => None,
        }
    }
}

/// What a set of histories is made of.
pub(super) struct Alphabet {
    pub(super) name: &'static str,
    /// What everybody knows.
    pub(super) beginning: fn(&Cast) -> Membership,
    pub(super) actors: Vec<Actor>,
    /// Whom things are about.
    pub(super) about: &'static [usize],
    pub(super) kinds: &'static [Kind],
    /// People whom nothing in the beginning tells apart, in each list.
    pub(super) equals: &'static [&'static [usize]],
    /// Whether each device stands on all that it did before in the same log. Who lies about that, or whose folder was
    /// cloned, does not.
    pub(super) honest: bool,
}

impl Cast {
    pub(super) fn new() -> Cast {
        let people: Vec<Person> = people::<4>().into();
        let second: Vec<DeviceKeys> = (0..4).map(|number| DeviceKeys::from_seed(&[number + 101; 32])).collect();
        let adding = second.iter().zip(&people).map(|(device, person)| adding(device, person)).collect();
        let other_recovery = (0..4).map(|number| RecoveryKeys::from_seed(&[number + 51; 32])).collect();
        let (bo, name) = (&people[1], Label::parse("Cohort").unwrap());
        let circle = found_circle(&bo.keys, bo.id(), &Pins::new([bo.genesis.id()]), name, [5; 16]).unwrap();
        Cast { people, second, adding, other_recovery, circle, link: [9; 32] }
    }

    /// Ada's new notebook; everybody's log and the circle's are at hand.
    pub(super) fn founded(&self) -> Desk<'_> {
        let mut desk = Desk::found(&self.people[0]);
        for person in &self.people[1..] {
            desk.all.insert(person.genesis.clone()).unwrap();
        }
        desk.all.insert(self.circle.clone()).unwrap();
        desk
    }

    /// Makes a deed of Ada's part of a beginning, or of somebody else's who has the role for it.
    pub(super) fn begin_with(&self, desk: &mut Desk<'_>, actor: Actor, deed: &Deed) -> OpId {
        let (op, _) = self.draft(&desk.all, actor, deed).unwrap();
        let id = op.id();
        desk.all.insert(op).unwrap();
        id
    }

    pub(super) fn circle(&self) -> CircleId {
        CircleId::from(self.circle.log())
    }

    /// All devices that anybody has.
    pub(super) fn devices(&self) -> impl Iterator<Item = &DeviceKeys> {
        self.people.iter().map(|person| &person.keys).chain(&self.second)
    }

    pub(super) fn keys_of(&self, device: &DeviceId) -> Option<&DeviceKeys> {
        self.devices().find(|keys| keys.device() == *device)
    }

    fn device(&self, actor: Actor) -> DeviceId {
        match actor.with {
            Key::First => self.people[actor.person].keys.device(),
            Key::Second => self.second[actor.person].device(),
            Key::Recovery => DeviceId::from_bytes(self.people[actor.person].recovery.public().signing),
            Key::OtherRecovery => DeviceId::from_bytes(self.other_recovery[actor.person].public().signing),
        }
    }

    /// Everything that `actor` could wish for who knows `all`.
    pub(super) fn deeds(&self, alphabet: &Alphabet, all: &Membership, actor: Actor) -> Vec<Deed> {
        let recovering = matches!(actor.with, Key::Recovery | Key::OtherRecovery);
        let of_own_log = |kind: &&Kind| matches!(kind, Kind::AddSecond | Kind::RevokeDevice | Kind::ReplaceRecovery);
        let kinds = alphabet.kinds.iter().filter(|kind| !recovering || of_own_log(kind));
        kinds.flat_map(|kind| self.of_kind(*kind, alphabet, all)).collect()
    }

    fn of_kind(&self, kind: Kind, alphabet: &Alphabet, all: &Membership) -> Vec<Deed> {
        let about = |deed: &dyn Fn(usize) -> Deed| alphabet.about.iter().map(|whom| deed(*whom)).collect::<Vec<_>>();
        let links = || {
            let invites = all.ops().filter(|op| matches!(op.op().action, Action::Invite { .. }));
            invites.map(|op| InvitationId::from(op.id())).collect::<Vec<_>>()
        };
        match kind {
            Kind::Set(roles) => roles.iter().flat_map(|role| about(&|whom| Deed::Set(whom, *role))).collect(),
            Kind::Remove => about(&Deed::Remove),
            Kind::Leave => vec![Deed::Leave],
            Kind::Invite(kinds) => kinds.iter().map(|(role, uses)| Deed::Invite(*role, *uses)).collect(),
            Kind::Revoke => links().into_iter().map(Deed::Revoke).collect(),
            Kind::Redeem | Kind::RedeemAgain => {
                let again = matches!(kind, Kind::RedeemAgain);
                let of_link = |link| about(&|joiner| Deed::Redeem { link, joiner, again });
                links().into_iter().flat_map(of_link).collect()
            }
            Kind::Settle => {
                let settle = |notice: crate::RedemptionNotice| Deed::Settle(notice.invitation, vec![notice.op]);
                all.now().redemptions().into_iter().map(settle).collect()
            }
            Kind::HandOver => about(&Deed::HandOver),
            Kind::Retire => vec![Deed::Retire],
            Kind::AddSecond => vec![Deed::AddSecond],
            Kind::RevokeDevice => {
                let which = [(Key::First, false), (Key::First, true), (Key::Second, false), (Key::Second, true)];
                which.into_iter().map(|(which, keeping)| Deed::RevokeDevice { which, keeping }).collect()
            }
            Kind::ReplaceRecovery => vec![Deed::ReplaceRecovery],
            Kind::SetCircle(roles) => roles.iter().map(|role| Deed::SetCircle(*role)).collect(),
            Kind::RemoveCircle => vec![Deed::RemoveCircle],
            Kind::PutInCircle => {
                [false, true].into_iter().flat_map(|admin| about(&|whom| Deed::PutInCircle(whom, admin))).collect()
            }
            Kind::TakeFromCircle => about(&Deed::TakeFromCircle),
        }
    }

    /// The operation that does it, knowing `all`, and what it wishes for. None when it has no form at all. Its signature is
    /// left out: there are too many to sign, and no rule here asks for it.
    pub(super) fn draft(&self, all: &Membership, actor: Actor, deed: &Deed) -> Option<(SignedOp, Wish)> {
        let (person, device) = (self.people[actor.person].id(), self.device(actor));
        let notebook = LogId::from(all.notebook());
        let (log, action, wish) = self.asked(all, actor, deed);
        let log = match log {
            Log::Notebook => notebook,
            Log::Own => LogId::from(person),
            Log::Circle => self.circle.log(),
        };
        let mut op = all.draft(&log, person, device, action).ok()?;
        if let Wish::HandOver(heir) = wish {
            let message = handover_message(&op, &heir);
            let recovery = self.recovery_in_place(all, actor.person).sign(Context::Recovery, &notebook, &message);
            op.action = Action::Handover { to: heir, recovery };
        }
        Some((SignedOp::unsigned(op).ok()?, wish))
    }

    fn recovery_in_place(&self, all: &Membership, person: usize) -> &RecoveryKeys {
        let (own, other) = (&self.people[person].recovery, &self.other_recovery[person]);
        let in_place = all.now().persons.get(&self.people[person].id()).and_then(|view| view.recovery);
        if in_place == Some(other.public()) { other } else { own }
    }

    fn asked(&self, all: &Membership, actor: Actor, deed: &Deed) -> (Log, Action, Wish) {
        let (id, retained) = (|whom: &usize| self.people[*whom].id(), Retained::new());
        let circle = Subject::Circle(self.circle());
        let set = |subject, role| {
            (Log::Notebook, Action::Set { subject, role, retained: Retained::new() }, Wish::Set(subject, role))
        };
        match deed {
            Deed::Set(whom, role) => set(Subject::Person(id(whom)), *role),
            Deed::SetCircle(role) => set(circle, *role),
            Deed::Remove(_) | Deed::RemoveCircle => {
                let subject = deed.about().map_or(circle, |whom| Subject::Person(id(&whom)));
                (Log::Notebook, Action::Remove { subject, retained }, Wish::Remove(subject))
            }
            Deed::Leave => (Log::Notebook, Action::Leave { retained }, Wish::Leave),
            Deed::Invite(role, uses) => {
                let (key, expires) = (link_public(&self.link), Moment::from_millis(1));
                (Log::Notebook, Action::Invite { key, role: *role, uses: *uses, expires, label: None }, Wish::Invite)
            }
            Deed::Revoke(link) => (Log::Notebook, Action::Revoke { invitation: *link }, Wish::Revoke),
            Deed::Redeem { link, joiner, again } => {
                let statement = self.statement(all, actor, *link, *joiner, *again);
                let (invitation, person, device) = (*link, statement.person, statement.device);
                let used_before = all.ops().any(|op| {
                    matches!(&op.op().action, Action::Redeem(earlier)
                    if earlier.person == person && earlier.joiner_nonce == statement.joiner_nonce)
                });
                let wish = Wish::Redeem { invitation, person, device, used_before };
                (Log::Notebook, Action::Redeem(Box::new(statement)), wish)
            }
            Deed::Settle(link, named) => {
                let settle = Action::Settle { invitation: *link, redemptions: named.clone() };
                (Log::Notebook, settle, Wish::Settle(*link, named.clone()))
            }
            Deed::HandOver(heir) => {
                let unsigned = Action::Handover { to: id(heir), recovery: Signature::from_bytes([0; 64]) };
                (Log::Notebook, unsigned, Wish::HandOver(id(heir)))
            }
            Deed::Retire => (Log::Notebook, Action::Retire, Wish::Retire),
            Deed::AddSecond => {
                let wish = Wish::AddDevice(self.second[actor.person].device());
                (Log::Own, self.adding[actor.person].clone(), wish)
            }
            Deed::RevokeDevice { which, keeping } => {
                let device = self.device(Actor { with: *which, ..actor });
                let good = if *keeping { heads_of(all, &device) } else { Vec::new() };
                (Log::Own, Action::RevokeDevice { device, good, retained }, Wish::RevokeDevice(device))
            }
            Deed::ReplaceRecovery => {
                let next = match actor.with {
                    Key::OtherRecovery => &self.people[actor.person].recovery,
                    _ => &self.other_recovery[actor.person],
                };
                (Log::Own, Action::ReplaceRecovery { recovery: next.public() }, Wish::ReplaceRecovery)
            }
            Deed::PutInCircle(whom, admin) => {
                let put = Action::SetCircle { person: id(whom), admin: *admin };
                (Log::Circle, put, Wish::SetInCircle(self.circle(), id(whom), *admin))
            }
            Deed::TakeFromCircle(whom) => {
                let take = Action::RemoveFromCircle { person: id(whom), retained };
                (Log::Circle, take, Wish::RemoveFromCircle(self.circle(), id(whom)))
            }
        }
    }

    /// What a joiner signs: once for each state of the host's knowledge, or the same again and again.
    fn statement(&self, all: &Membership, host: Actor, link: InvitationId, joiner: usize, again: bool) -> Redemption {
        let mut joiner_nonce = [0; 32];
        if !again {
            let known = all.dag.known().iter().map(|op| super::number(&all.dag.node(op).id));
            joiner_nonce[..16].copy_from_slice(&known.fold(0, u128::wrapping_add).to_le_bytes());
        }
        let joiner = &self.people[joiner];
        let asked = RedemptionAsked {
            invitation: link,
            person: joiner.id(),
            joiner_nonce,
            host_nonce: [2; 32],
            host: self.device(host),
            known: vec![joiner.genesis.id()],
        };
        Redemption::sign(&all.notebook(), asked, &joiner.keys, &self.link)
    }

    /// Whether the rules would have it taken.
    pub(super) fn ought(&self, answer: &Answer<'_>, actor: Actor, wish: &Wish) -> bool {
        let person = self.people[actor.person].id();
        let key = match actor.with {
            Key::Recovery => Some(&self.people[actor.person].recovery),
            Key::OtherRecovery => Some(&self.other_recovery[actor.person]),
            _ => None,
        };
        let in_place = answer.view.persons.get(&person).and_then(|view| view.recovery);
        let by_recovery = key.is_some_and(|key| in_place == Some(key.public()));
        ought_to_be_taken(answer, person, self.device(actor), by_recovery, wish)
    }
}

/// In which log something is done.
enum Log {
    Notebook,
    Own,
    Circle,
}

/// The latest that a device did, in any log.
fn heads_of(all: &Membership, device: &DeviceId) -> Vec<OpId> {
    let of_device: Vec<&SignedOp> = all.ops().filter(|op| op.op().author.device == *device).collect();
    let below: std::collections::BTreeSet<OpId> =
        of_device.iter().flat_map(|op| all.past(&op.id()).into_iter().filter(|id| *id != op.id())).collect();
    let mut heads: Vec<OpId> = of_device.iter().map(|op| op.id()).filter(|id| !below.contains(id)).collect();
    heads.sort_unstable();
    heads
}
