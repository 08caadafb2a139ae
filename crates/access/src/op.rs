//! Signed operations: the entries of persons', circles' and notebooks' logs.

mod action;
mod refusal;

use std::sync::{Arc, OnceLock};

use hedgerow_model::{DeviceId, Label, LogId, NotebookId, OpId, PersonId, RoutingId, mutant};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use action::{Action, LogKind, Subject};
pub use refusal::OpRefusal;

use crate::{
    DeviceKeys, HpkePublic, Pins, RecoveryKeys, RecoveryPublic, Signature, bounded, canonical,
    keys::{Context, verify},
};

/// Who made an operation, and with which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The person; all zeros in the operation that begins a person.
    pub person: PersonId,
    /// The device that signed, or, in a person's log, the recovery key.
    pub device: DeviceId,
}

/// An operation as its author meant it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    /// The log it belongs to; all zeros in the operation that begins one.
    pub log: LogId,
    /// Who made it.
    pub author: Author,
    /// Its number among its author's operations in this log: one more than the greatest that it stands on, from 1.
    pub seq: u64,
    /// The heads of all that its author knew: sorted, at most [`Op::MOST_DEPS`].
    pub deps: Vec<OpId>,
    /// What it does.
    pub action: Action,
}

/// An operation as it is written, before its action is read.
#[derive(Serialize, Deserialize)]
struct Body {
    log: LogId,
    person: PersonId,
    device: DeviceId,
    seq: u64,
    #[serde(deserialize_with = "bounded::list::<_, _, { Op::MOST_DEPS }>")]
    deps: Vec<OpId>,
    kind: u16,
    #[serde(with = "canonical::bytes")]
    action: Vec<u8>,
}

impl Op {
    /// The most operations that one stands on directly.
    pub const MOST_DEPS: usize = 64;

    fn body(&self) -> Vec<u8> {
        canonical::write(&Body {
            log: self.log,
            person: self.author.person,
            device: self.author.device,
            seq: self.seq,
            deps: self.deps.clone(),
            kind: self.action.kind(),
            action: self.action.body(),
        })
    }

    fn read(bytes: &[u8]) -> Result<Op, OpRefusal> {
        let not_written_so = OpRefusal::Malformed("it is not written as Hedgerow writes operations");
        if bytes.first().is_some_and(|version| *version != canonical::VERSION) {
            return Err(OpRefusal::Malformed("a newer Hedgerow wrote it; update to use it"));
        }
        let body: Body = canonical::read(bytes, SignedOp::MOST).ok_or(not_written_so.clone())?;
        let action = Action::read(body.kind, &body.action)?;
        if action.body() != body.action {
            return Err(not_written_so);
        }
        let author = Author { person: body.person, device: body.device };
        let op = Op { log: body.log, author, seq: body.seq, deps: body.deps, action };
        op.check_form()?;
        Ok(op)
    }

    /// What can be said of it without knowing any other operation.
    fn check_form(&self) -> Result<(), OpRefusal> {
        let malformed = |why| Err(OpRefusal::Malformed(why));
        let zero = |bytes: &[u8]| bytes.iter().all(|b| *b == 0);
        if Action::log_kind(self.action.kind()).is_none() {
            return malformed("it belongs to no kind of log that this Hedgerow knows");
        }
        if self.deps.len() > Op::MOST_DEPS || !self.deps.windows(2).all(|two| two[0] < two[1]) {
            return malformed("what it stands on is not in order, or too much");
        }
        let first_of_person = matches!(self.action, Action::FoundPerson { .. });
        if zero(self.author.person.as_bytes()) != first_of_person {
            return malformed("it does not say rightly who made it");
        }
        if self.action.is_genesis() {
            if matches!(self.action, Action::Unknown { .. }) {
                return malformed("it begins a log in a way that this Hedgerow does not know");
            }
            if !zero(self.log.as_bytes()) || self.seq != 1 || self.deps.is_empty() != first_of_person {
                return malformed("it does not begin a log as it should");
            }
        } else if zero(self.log.as_bytes()) || self.seq == 0 || self.deps.is_empty() {
            return malformed("it does not say what it stands on");
        }
        self.check_action()
    }

    fn check_action(&self) -> Result<(), OpRefusal> {
        let fits = match &self.action {
            Action::FoundNotebook { founder, .. } | Action::FoundCircle { founder, .. } => {
                *founder == self.author.person
            }
            Action::FoundPerson { device, .. } => *device == self.author.device,
            Action::Set { subject: Subject::Circle(_), role, .. } => !role.may_administer(),
            Action::Invite { uses, .. } => (1..=Action::MOST_USES).contains(uses),
            Action::Redeem(redemption) => redemption.host == self.author.device,
            Action::Settle { redemptions, .. } => {
                (1..=Action::MOST_SEATED).contains(&redemptions.len())
                    && redemptions.windows(2).all(|two| two[0] < two[1])
            }
            Action::RevokeDevice { good, .. } => {
                good.len() <= Action::MOST_GOOD && good.windows(2).all(|two| two[0] < two[1])
            }
            _ => true,
        };
        if fits { Ok(()) } else { Err(OpRefusal::Malformed("what it asks for is out of bounds")) }
    }
}

/// An operation with its author's signature and its id. Cloning is cheap.
///
/// One that exists has been checked for form and signature; whether its author was allowed to make it is for
/// [`Membership`](crate::Membership) to say.
#[derive(Clone)]
pub struct SignedOp(Arc<Signed>);

struct Signed {
    id: OpId,
    op: Op,
    /// The signature, then the body.
    bytes: Vec<u8>,
    /// For a redemption: whether the joiner's signatures hold, once somebody asked. The link's key follows from the
    /// invitation's id, so the answer is the operation's own.
    joined: OnceLock<bool>,
}

impl SignedOp {
    /// The longest, in bytes.
    pub const MOST: usize = 1 << 20;

    /// Reads an operation and checks its form and signature.
    ///
    /// # Errors
    /// When it is too long, not written in the one way, out of bounds, or not signed by its author.
    pub fn parse(bytes: &[u8]) -> Result<SignedOp, OpRefusal> {
        if bytes.len() > Self::MOST {
            return Err(OpRefusal::TooLong { bytes: bytes.len() });
        }
        let Some((signature, body)) = bytes.split_first_chunk::<64>() else {
            return Err(OpRefusal::Malformed("it is shorter than a signature"));
        };
        let op = Op::read(body)?;
        let (context, id) = named(&op, body);
        let signature = Signature::from_bytes(*signature);
        let signed = verify(op.author.device.as_bytes(), context, &log_of(&op, id), body, &signature);
        if !signed && !mutant("skip-operation-signature") {
            return Err(OpRefusal::BadSignature { op: id });
        }
        Ok(SignedOp(Arc::new(Signed { id, op, bytes: bytes.to_vec(), joined: OnceLock::new() })))
    }

    /// Signs `op` with the author's device.
    ///
    /// # Errors
    /// When it is out of bounds, or the keys are not those of its author.
    pub fn sign(op: Op, keys: &DeviceKeys) -> Result<SignedOp, OpRefusal> {
        SignedOp::signed_by(op, keys.device(), |context, log, body| keys.sign(context, log, body))
    }

    /// Signs an operation of a person's log with their recovery key.
    ///
    /// # Errors
    /// When it is out of bounds, or the key is not the one it names as author.
    pub fn sign_with_recovery(op: Op, keys: &RecoveryKeys) -> Result<SignedOp, OpRefusal> {
        let device = DeviceId::from_bytes(keys.public().signing);
        SignedOp::signed_by(op, device, |context, log, body| keys.sign(context, log, body))
    }

    fn signed_by(
        op: Op,
        device: DeviceId,
        sign: impl Fn(Context, &LogId, &[u8]) -> Signature,
    ) -> Result<SignedOp, OpRefusal> {
        op.check_form()?;
        if op.author.device != device {
            return Err(OpRefusal::NotYourDevice { device: op.author.device });
        }
        let body = op.body();
        let (context, id) = named(&op, &body);
        let signature = sign(context, &log_of(&op, id), &body);
        let bytes = [signature.as_bytes().as_slice(), &body].concat();
        if bytes.len() > Self::MOST {
            return Err(OpRefusal::TooLong { bytes: bytes.len() });
        }
        Ok(SignedOp(Arc::new(Signed { id, op, bytes, joined: OnceLock::new() })))
    }

    /// The operation without its signature, for histories of which there are too many to sign: [`SignedOp::parse`] would
    /// not take it.
    #[cfg(test)]
    pub(crate) fn unsigned(op: Op) -> Result<SignedOp, OpRefusal> {
        let device = op.author.device;
        SignedOp::signed_by(op, device, |_, _, _| Signature::from_bytes([0; 64]))
    }

    /// Its bytes: the signature (64), then the body.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// Its id: the hash of its body.
    #[must_use]
    pub fn id(&self) -> OpId {
        self.0.id
    }

    /// What was signed.
    #[must_use]
    pub fn op(&self) -> &Op {
        &self.0.op
    }

    /// Whether the joiner's signatures hold by which `redemption`, which is this operation's, comes in by a link with the
    /// key `link`. They are checked once, however often the operation is judged.
    pub(crate) fn joins(&self, redemption: &crate::Redemption, notebook: &NotebookId, link: &[u8; 32]) -> bool {
        *self.0.joined.get_or_init(|| redemption.verify(notebook, link))
    }

    /// The log it belongs to: the one it begins, if it begins one.
    #[must_use]
    pub fn log(&self) -> LogId {
        log_of(self.op(), self.id())
    }

    /// What kind of log that is.
    #[must_use]
    pub fn kind(&self) -> LogKind {
        kind_of(self.op())
    }
}

/// Two operations are one if their bodies are; a second signature makes no second operation.
impl PartialEq for SignedOp {
    fn eq(&self, other: &SignedOp) -> bool {
        self.id() == other.id()
    }
}
impl Eq for SignedOp {}

impl std::fmt::Debug for SignedOp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedOp").field("id", &self.id()).field("op", self.op()).finish()
    }
}

/// As a byte string.
impl Serialize for SignedOp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        canonical::bytes::serialize(self.bytes(), serializer)
    }
}

impl<'de> Deserialize<'de> for SignedOp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SignedOp, D::Error> {
        let bytes = canonical::bytes::deserialize(deserializer)?;
        SignedOp::parse(&bytes).map_err(serde::de::Error::custom)
    }
}

fn kind_of(op: &Op) -> LogKind {
    // The form was checked; a kind of log that we do not know never comes this far.
    Action::log_kind(op.action.kind()).unwrap_or(LogKind::Notebook)
}

/// For what it is signed, and its id: 32 bytes of BLAKE3 over the body, keyed by that same name.
fn named(op: &Op, body: &[u8]) -> (Context, OpId) {
    let context = match kind_of(op) {
        LogKind::Notebook => Context::NotebookOp,
        LogKind::Person => Context::PersonOp,
        LogKind::Circle => Context::CircleOp,
    };
    (context, OpId::from_bytes(blake3::derive_key(context.name(), body)))
}

fn log_of(op: &Op, id: OpId) -> LogId {
    if op.action.is_genesis() { LogId::from(id) } else { op.log }
}

/// A body as anybody might have written it, signed with whichever of these keys is its author's; `None` when its form is
/// not that of an operation, or none is.
#[cfg(feature = "fuzz")]
#[must_use]
pub fn signed_body(body: &[u8], devices: &[&DeviceKeys], recoveries: &[&RecoveryKeys]) -> Option<Vec<u8>> {
    let op = Op::read(body).ok()?;
    let (context, id) = named(&op, body);
    let (author, log) = (op.author.device, log_of(&op, id));
    let device = devices.iter().find(|keys| keys.device() == author).map(|keys| keys.sign(context, &log, body));
    let recovery = || {
        let keys = recoveries.iter().find(|keys| keys.public().signing == *author.as_bytes());
        keys.map(|keys| keys.sign(context, &log, body))
    };
    let signature = device.or_else(recovery)?;
    Some([signature.as_bytes().as_slice(), body].concat())
}

/// Begins a person whose first device is `device`. The person's id is the operation's.
///
/// # Errors
/// None in practice: all that it holds is in bounds.
pub fn found_person(device: &DeviceKeys, recovery: RecoveryPublic, salt: [u8; 16]) -> Result<SignedOp, OpRefusal> {
    let (id, hpke): (DeviceId, HpkePublic) = (device.device(), device.hpke_public());
    let op = Op {
        log: LogId::from_bytes([0; 32]),
        author: Author { person: PersonId::from_bytes([0; 32]), device: id },
        seq: 1,
        deps: Vec::new(),
        action: Action::FoundPerson { recovery, device: id, hpke, salt },
    };
    SignedOp::sign(op, device)
}

/// Begins a notebook of `founder`, whose log has the heads `known`.
///
/// # Errors
/// When `known` is empty or more than [`Op::MOST_DEPS`].
pub fn found_notebook(
    device: &DeviceKeys,
    founder: PersonId,
    known: &Pins,
    routing: RoutingId,
    salt: [u8; 16],
) -> Result<SignedOp, OpRefusal> {
    let op = Op {
        log: LogId::from_bytes([0; 32]),
        author: Author { person: founder, device: device.device() },
        seq: 1,
        deps: known.ids().to_vec(),
        action: Action::FoundNotebook { routing, founder, salt },
    };
    SignedOp::sign(op, device)
}

/// Begins a circle of `founder`, whose log has the heads `known`.
///
/// # Errors
/// When `known` is empty or more than [`Op::MOST_DEPS`].
pub fn found_circle(
    device: &DeviceKeys,
    founder: PersonId,
    known: &Pins,
    name: Label,
    salt: [u8; 16],
) -> Result<SignedOp, OpRefusal> {
    let op = Op {
        log: LogId::from_bytes([0; 32]),
        author: Author { person: founder, device: device.device() },
        seq: 1,
        deps: known.ids().to_vec(),
        action: Action::FoundCircle { founder, name, salt },
    };
    SignedOp::sign(op, device)
}

/// A new device's consent to belong to `person`, for [`Action::AddDevice`].
#[must_use]
pub fn device_consent(device: &DeviceKeys, person: &PersonId) -> Signature {
    let message = consent_message(&device.device(), &device.hpke_public());
    device.sign(Context::DeviceLink, &LogId::from(*person), &message)
}

pub(crate) fn consents(person: &LogId, device: &DeviceId, hpke: &HpkePublic, consent: &Signature) -> bool {
    verify(device.as_bytes(), Context::DeviceLink, person, &consent_message(device, hpke), consent)
}

fn consent_message(device: &DeviceId, hpke: &HpkePublic) -> Vec<u8> {
    [device.as_bytes().as_slice(), hpke.as_bytes()].concat()
}

/// What the recovery key signs for a handover: the heir, then all that makes this operation this one.
pub(crate) fn handover_message(op: &Op, to: &PersonId) -> Vec<u8> {
    let mut message = to.as_bytes().to_vec();
    message.extend_from_slice(op.author.person.as_bytes());
    message.extend_from_slice(op.author.device.as_bytes());
    message.extend_from_slice(&op.seq.to_le_bytes());
    for dep in &op.deps {
        message.extend_from_slice(dep.as_bytes());
    }
    message
}

#[cfg(test)]
mod tests;
