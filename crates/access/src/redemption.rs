//! The joiner's half of coming in by a link.

use ed25519_dalek::SigningKey;
use hedgerow_model::{DeviceId, InvitationId, LogId, NotebookId, OpId, PersonId};
use serde::{Deserialize, Serialize};

use crate::{
    DeviceKeys, HpkePublic, Op, Signature, bounded,
    keys::{Context, sign_as, verify},
};

/// What a joiner asks for and with whom, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedemptionAsked {
    /// By which link.
    pub invitation: InvitationId,
    /// The joiner.
    pub person: PersonId,
    /// Drawn by the joiner for this one conversation.
    pub joiner_nonce: [u8; 32],
    /// Drawn by the host for this one conversation.
    pub host_nonce: [u8; 32],
    /// The host's device, as the transport proved it.
    pub host: DeviceId,
    /// The heads of the joiner's own log: sorted, at most [`Op::MOST_DEPS`].
    pub known: Vec<OpId>,
}

/// A joiner's statement, signed with their device and with the key derived from the link's secret. It is bound to one host
/// and one conversation, so that nobody else can use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// By which link.
    pub invitation: InvitationId,
    /// The joiner.
    pub person: PersonId,
    /// The joiner's device.
    pub device: DeviceId,
    /// To which epoch keys are sealed for it.
    pub hpke: HpkePublic,
    /// Drawn by the joiner.
    pub joiner_nonce: [u8; 32],
    /// Drawn by the host.
    pub host_nonce: [u8; 32],
    /// The host's device.
    pub host: DeviceId,
    /// The heads of the joiner's own log.
    #[serde(deserialize_with = "bounded::list::<_, _, { Op::MOST_DEPS }>")]
    pub known: Vec<OpId>,
    /// By the joiner's device.
    pub device_signature: Signature,
    /// By the link's key.
    pub link_signature: Signature,
}

impl Redemption {
    /// Signs a statement; `link_seed` is the Ed25519 seed derived from the link's secret.
    #[must_use]
    pub fn sign(
        notebook: &NotebookId,
        asked: RedemptionAsked,
        device: &DeviceKeys,
        link_seed: &[u8; 32],
    ) -> Redemption {
        let RedemptionAsked { invitation, person, joiner_nonce, host_nonce, host, known } = asked;
        let unsigned = Signature::from_bytes([0; 64]);
        let mut redemption = Redemption {
            invitation,
            person,
            device: device.device(),
            hpke: device.hpke_public(),
            joiner_nonce,
            host_nonce,
            host,
            known,
            device_signature: unsigned,
            link_signature: unsigned,
        };
        let (log, statement) = (LogId::from(*notebook), redemption.statement());
        redemption.device_signature = device.sign(Context::Redeem, &log, &statement);
        redemption.link_signature = sign_as(&SigningKey::from_bytes(link_seed), Context::Redeem, &log, &statement);
        redemption
    }

    /// The bytes that both keys sign: invitation, person, device, sealing key, joiner's nonce, host's nonce, host's device
    /// (32 each), the number of known heads (4, little-endian), the heads (32 each).
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(7 * 32 + 4 + 32 * self.known.len());
        for part in [
            self.invitation.as_bytes(),
            self.person.as_bytes(),
            self.device.as_bytes(),
            self.hpke.as_bytes(),
            &self.joiner_nonce,
            &self.host_nonce,
            self.host.as_bytes(),
        ] {
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(&(self.known.len() as u32).to_le_bytes()); // at most 64
        for head in &self.known {
            bytes.extend_from_slice(head.as_bytes());
        }
        bytes
    }

    /// Whether both signatures hold; `link_key` is the key that the invitation holds.
    #[must_use]
    pub fn verify(&self, notebook: &NotebookId, link_key: &[u8; 32]) -> bool {
        let (log, statement) = (LogId::from(*notebook), self.statement());
        verify(self.device.as_bytes(), Context::Redeem, &log, &statement, &self.device_signature)
            && verify(link_key, Context::Redeem, &log, &statement, &self.link_signature)
    }
}

/// The public key of a link, which its invitation holds, from the seed derived from the link's secret.
#[must_use]
pub fn link_public(link_seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(link_seed).verifying_key().to_bytes()
}
