//! The side that lets in.

use hedgerow_model::{DeviceId, LogId, Moment, OpId, mutant};
use rand_core::CryptoRng;

use super::{
    JoinAsk, JoinOffer, JoinRedeem, JoinRefusal, redeemed_before,
    transcript::{self, Who},
};
use crate::{
    DeviceKeys, InvitationState, Link, Membership, Redemption, ShortWords, SignedOp,
    keys::{Context, verify},
};

/// A joining under way, on the host's side. It lives as long as the conversation.
#[derive(Debug)]
pub struct Host {
    ask: JoinAsk,
    nonce: [u8; 32],
    joiner: DeviceId,
    device: DeviceId,
    link_key: [u8; 32],
    before: Option<OpId>,
    /// The hash of all that has been said so far.
    said: [u8; 32],
}

/// A redemption that belongs to this conversation. It is put into the log as `Action::Redeem`, after the joiner's own log.
#[derive(Debug)]
pub struct Redeemed {
    /// The joiner's log, to be inserted first.
    pub log: Vec<SignedOp>,
    /// The statement signed by joiner and link.
    pub redemption: Redemption,
    /// For the two people to compare.
    pub words: ShortWords,
    /// The operation that let this device in before, when it comes back because the welcome was lost or an admin had to
    /// agree first. Then no new one is made.
    pub before: Option<OpId>,
}

/// Whether somebody new may come in by the link.
fn open_to_newcomers(invitation: &InvitationState, now: Moment) -> Result<(), JoinRefusal> {
    match invitation.state {
        Link::Open if invitation.expires <= now && !mutant("host-expired-link") => Err(JoinRefusal::Expired),
        Link::Open => Ok(()),
        Link::UsedUp => Err(JoinRefusal::UsedUp),
        Link::Revoked => Err(JoinRefusal::Revoked),
        Link::Cut => Err(JoinRefusal::Cut),
    }
}

impl Host {
    /// Answers an ask by the device `joiner`, as the transport proved it. `now` is this device's clock, by which the
    /// invitation's expiry is judged here and nowhere else.
    ///
    /// # Errors
    /// Why the joiner is not let in; to be sent to them.
    pub fn answer(
        ask: JoinAsk,
        joiner: DeviceId,
        membership: &Membership,
        keys: &DeviceKeys,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<(Host, JoinOffer), JoinRefusal> {
        let view = membership.now();
        let invitation = view.invitation(&ask.invitation).filter(|_| ask.notebook == membership.notebook());
        let invitation = invitation.ok_or(JoinRefusal::Unknown)?;
        let (log, device) = (LogId::from(ask.notebook), keys.device());
        let asked = transcript::asked(&ask, &joiner, &device);
        // Before anything is said about the link: whoever does not have it learns nothing.
        if !verify(&invitation.key, Context::Joining, &log, &asked, &ask.proof) {
            return Err(JoinRefusal::Unknown);
        }
        if view.role_of_device(&device).is_none() {
            return Err(JoinRefusal::HostNotAMember);
        }
        let before = redeemed_before(&view, membership, &invitation, &joiner);
        if before.is_none() {
            open_to_newcomers(&invitation, now)?;
            if view.role_of_device(&joiner).is_some() {
                return Err(JoinRefusal::AlreadyMember);
            }
        }
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let ops: Vec<SignedOp> = membership.ops().cloned().collect();
        let said = transcript::offered(&asked, &nonce, &ops);
        let signature = keys.sign(Context::Host, &log, &said);
        let host = Host { ask, nonce, joiner, device, link_key: invitation.key, before, said };
        Ok((host, JoinOffer { nonce, ops, signature }))
    }

    /// Checks what the joiner signed. Whether the notebook accepts it, [`Membership::propose`] says.
    ///
    /// # Errors
    /// [`JoinRefusal::Mixed`] when it does not belong to this conversation or is not signed by both keys.
    pub fn redeemed(&self, redeem: JoinRedeem) -> Result<Redeemed, JoinRefusal> {
        let JoinRedeem { opening, log, redemption } = redeem;
        let who = Who { person: redemption.person, device: redemption.device, hpke: redemption.hpke };
        let belongs = redemption.invitation == self.ask.invitation
            && redemption.device == self.joiner
            && redemption.host == self.device
            && redemption.joiner_nonce == self.ask.nonce
            && redemption.host_nonce == self.nonce
            && transcript::commitment(&opening, &who) == self.ask.commitment
            && log.iter().all(|op| op.log() == LogId::from(redemption.person))
            && redemption.known.iter().all(|known| log.iter().any(|op| op.id() == *known));
        if !belongs || !redemption.verify(&self.ask.notebook, &self.link_key) {
            return Err(JoinRefusal::Mixed);
        }
        let words = transcript::words(&self.said, &opening, &who);
        Ok(Redeemed { log, redemption, words, before: self.before })
    }

    /// Of `membership`, the operations that the joiner has not been shown: for the welcome.
    #[must_use]
    pub fn unseen(&self, offer: &JoinOffer, membership: &Membership) -> Vec<SignedOp> {
        let shown: std::collections::BTreeSet<OpId> = offer.ops.iter().map(SignedOp::id).collect();
        membership.ops().filter(|op| !shown.contains(&op.id())).cloned().collect()
    }
}
