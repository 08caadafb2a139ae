//! The side that comes in.

use ed25519_dalek::SigningKey;
use hedgerow_model::{DeviceId, NotebookId, OpId, PersonId};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{
    JoinAsk, JoinOffer, JoinProblem, JoinRedeem, JoinRefusal, redeemed_before,
    transcript::{self, Who},
};
use crate::{
    Action, DeviceKeys, InvitationUri, Link, Membership, Redemption, RedemptionAsked, ShortWords, Signature, SignedOp,
    keys::{Context, sign_as, verify},
};

/// A joining under way, on the joiner's side. It lives as long as the conversation.
#[derive(Debug)]
pub struct Joiner {
    link: InvitationUri,
    person: PersonId,
    host: DeviceId,
    opening: Zeroizing<[u8; 32]>,
    ask: JoinAsk,
}

/// What came of a host's offer, once it has been checked: enough to ask the person whether they want in.
#[derive(Debug)]
pub struct Offered {
    /// The notebook's membership, as the host knows it.
    pub membership: Membership,
    /// What is sent if the person says yes.
    pub redeem: JoinRedeem,
    /// For the two people to compare.
    pub words: ShortWords,
}

impl Joiner {
    /// Begins a joining by `link` with the member's device `host`, for the person whose device has `keys`.
    #[must_use]
    pub fn ask(
        link: InvitationUri,
        keys: &DeviceKeys,
        person: PersonId,
        host: DeviceId,
        rng: &mut impl CryptoRng,
    ) -> (Joiner, JoinAsk) {
        let (mut nonce, mut opening) = ([0; 32], Zeroizing::new([0; 32]));
        rng.fill_bytes(&mut nonce);
        rng.fill_bytes(opening.as_mut_slice());
        let commitment = transcript::commitment(&opening, &who(person, keys));
        let unsigned = Signature::from_bytes([0; 64]);
        let (notebook, invitation) = (link.notebook(), link.invitation());
        let mut ask = JoinAsk { notebook, invitation, nonce, commitment, proof: unsigned };
        let asked = transcript::asked(&ask, &keys.device(), &host);
        ask.proof = sign_as(&SigningKey::from_bytes(&link.secret().seed()), Context::Joining, &notebook.into(), &asked);
        (Joiner { link, person, host, opening, ask: ask.clone() }, ask)
    }

    /// Checks a host's offer and signs the redemption. `log` is the joiner's own log of devices.
    ///
    /// # Errors
    /// When the offer does not belong to the link and this conversation, or the link has been closed.
    pub fn offered(&self, offer: &JoinOffer, keys: &DeviceKeys, log: Vec<SignedOp>) -> Result<Offered, JoinProblem> {
        let notebook = self.link.notebook();
        let asked = transcript::asked(&self.ask, &keys.device(), &self.host);
        let shown = transcript::offered(&asked, &offer.nonce, &offer.ops);
        if !verify(self.host.as_bytes(), Context::Host, &notebook.into(), &shown, &offer.signature) {
            return Err(JoinProblem::Mixed);
        }
        let membership = gathered(&notebook, &offer.ops).ok_or(JoinProblem::NotThatNotebook)?;
        self.check_invitation(&membership, &keys.device())?;
        let asked = RedemptionAsked {
            invitation: self.link.invitation(),
            person: self.person,
            joiner_nonce: self.ask.nonce,
            host_nonce: offer.nonce,
            host: self.host,
            known: heads(&log),
        };
        let redemption = Redemption::sign(&notebook, asked, keys, &self.link.secret().seed());
        let words = transcript::words(&shown, &self.opening, &who(self.person, keys));
        Ok(Offered { membership, redeem: JoinRedeem { opening: *self.opening, log, redemption }, words })
    }

    /// That the invitation is there and is the one the link speaks of, that the host is a member, and that the link is
    /// open or has let this device in before.
    fn check_invitation(&self, membership: &Membership, me: &DeviceId) -> Result<(), JoinProblem> {
        let issued = membership.op(&self.link.invitation().into()).ok_or(JoinProblem::NotThatInvitation)?;
        let fits = match &issued.op().action {
            Action::Invite { key, role, .. } => *key == self.link.secret().public() && *role == self.link.role(),
            _ => false,
        };
        if !fits {
            return Err(JoinProblem::NotThatInvitation);
        }
        let view = membership.now();
        if view.role_of_device(&self.host).is_none() {
            return Err(JoinProblem::HostNotAMember);
        }
        let invitation = view.invitation(&self.link.invitation()).ok_or(JoinProblem::NotThatInvitation)?;
        if redeemed_before(&view, membership, &invitation, me).is_some() {
            return Ok(());
        }
        match invitation.state {
            Link::Open => Ok(()),
            Link::UsedUp => Err(JoinRefusal::UsedUp.into()),
            Link::Revoked => Err(JoinRefusal::Revoked.into()),
            Link::Cut => Err(JoinRefusal::Cut.into()),
        }
    }
}

fn who(person: PersonId, keys: &DeviceKeys) -> Who {
    Who { person, device: keys.device(), hpke: keys.hpke_public() }
}

/// The membership that `ops` make, if they make that of `notebook` and nothing is missing.
fn gathered(notebook: &NotebookId, ops: &[SignedOp]) -> Option<Membership> {
    let genesis = ops.iter().find(|op| NotebookId::from(op.log()) == *notebook && op.log() == op.id().into())?;
    let Action::FoundNotebook { founder, .. } = &genesis.op().action else { return None };
    let founders = ops.iter().filter(|op| PersonId::from(op.log()) == *founder).cloned().collect();
    let mut membership = Membership::found(genesis.clone(), founders).ok()?;
    for op in ops {
        membership.insert(op.clone()).ok()?;
    }
    Some(membership)
}

/// The operations of `log` that none of the others depends on, ascending.
fn heads(log: &[SignedOp]) -> Vec<OpId> {
    let mut heads: Vec<OpId> =
        log.iter().map(SignedOp::id).filter(|id| !log.iter().any(|op| op.op().deps.contains(id))).collect();
    heads.sort_unstable();
    heads
}
