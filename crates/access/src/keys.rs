//! The keys of a device and of a person's recovery, and the one way to sign and to check.

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use serde::{Deserialize, Serialize, ser::SerializeTuple};
use zeroize::Zeroizing;

use hedgerow_model::{DeviceId, LogId};

/// X25519 with HKDF-SHA256: how epoch keys are sealed to devices and recoveries.
pub(crate) type Kem = hpke::kem::X25519HkdfSha256;

type OpeningKey = <Kem as hpke::Kem>::PrivateKey;

/// What a signature is for. The name stands in the signed bytes, so that a signature made for one thing never passes
/// for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// The last change of a run of changes: a head of one line of editing.
    Head,
    /// A checkpoint as a whole.
    Checkpoint,
    /// An operation in a person's log.
    PersonOp,
    /// An operation in a circle's log.
    CircleOp,
    /// An operation in a notebook's log.
    NotebookOp,
    /// A founder's consent, by the recovery key, to a handover.
    Recovery,
    /// A new device's consent to belong to a person.
    DeviceLink,
    /// What a joiner signs with the key from the link and with the device key.
    Redeem,
    /// What the host shows a joiner.
    Host,
    /// That a joiner has a link, bound to both devices.
    Joining,
    /// What a person says about themselves.
    Profile,
    /// The core of a key epoch.
    EpochCore,
    /// The sealing of an old epoch to a member who lacked it.
    EpochSeal,
}

impl Context {
    /// The name, with the prefix all contexts share.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Context::Head => "hedgerow/1/head",
            Context::Checkpoint => "hedgerow/1/checkpoint",
            Context::PersonOp => "hedgerow/1/person-op",
            Context::CircleOp => "hedgerow/1/circle-op",
            Context::NotebookOp => "hedgerow/1/notebook-op",
            Context::Recovery => "hedgerow/1/recovery",
            Context::DeviceLink => "hedgerow/1/device-link",
            Context::Redeem => "hedgerow/1/redeem",
            Context::Host => "hedgerow/1/host",
            Context::Joining => "hedgerow/1/joining",
            Context::Profile => "hedgerow/1/profile",
            Context::EpochCore => "hedgerow/1/epoch-id",
            Context::EpochSeal => "hedgerow/1/epoch-seal",
        }
    }
}

/// The bytes that are signed: one byte with the length of the context's name, the name, the 32 bytes of the log's id,
/// the message.
fn signed_bytes(context: Context, log: &LogId, message: &[u8]) -> Vec<u8> {
    let name = context.name().as_bytes();
    let mut bytes = Vec::with_capacity(1 + name.len() + LogId::SIZE + message.len());
    bytes.push(name.len() as u8); // every name is shorter than 32 bytes
    bytes.extend_from_slice(name);
    bytes.extend_from_slice(log.as_bytes());
    bytes.extend_from_slice(message);
    bytes
}

/// Signs with a bare key, such as the one derived from a link's secret.
pub(crate) fn sign_as(key: &SigningKey, context: Context, log: &LogId, message: &[u8]) -> Signature {
    Signature(key.sign(&signed_bytes(context, log, message)).to_bytes())
}

/// Whether `signature` is that of `key` (an Ed25519 public key) over `message` in `context` and `log`.
///
/// Always strict: keys of small order and encodings that are not canonical never pass.
pub(crate) fn verify(key: &[u8; 32], context: Context, log: &LogId, message: &[u8], signature: &Signature) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    key.verify_strict(&signed_bytes(context, log, message), &signature).is_ok()
}

macro_rules! plain_bytes {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $size]);

        impl $name {
            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                $name(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), data_encoding::HEXLOWER.encode(&self.0[..4]))
            }
        }

        /// As exactly its bytes, without a length.
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut tuple = serializer.serialize_tuple($size)?;
                for byte in &self.0 {
                    tuple.serialize_element(byte)?;
                }
                tuple.end()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_tuple($size, Exactly::<$size>).map($name)
            }
        }
    };
}

plain_bytes!(
    /// An Ed25519 signature: 64 bytes.
    Signature, 64
);
plain_bytes!(
    /// The X25519 public key to which epoch keys are sealed for a device or a recovery: 32 bytes.
    HpkePublic, 32
);
plain_bytes!(
    /// Whom an epoch is sealed to: the id of a device, or of a recovery; see [`RecoveryPublic::recipient`].
    RecipientId, 32
);

impl From<DeviceId> for RecipientId {
    fn from(device: DeviceId) -> RecipientId {
        RecipientId(*device.as_bytes())
    }
}

/// One to whom epochs are sealed: a member's device or recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient {
    /// Which.
    pub id: RecipientId,
    /// Its sealing key.
    pub hpke: HpkePublic,
}

/// The public keys of a person's recovery, as their log names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecoveryPublic {
    /// Ed25519: by it the recovery acts in the person's log.
    pub signing: [u8; 32],
    /// To which epoch keys are sealed for it.
    pub hpke: HpkePublic,
}

impl RecoveryPublic {
    /// The recovery as one to whom epochs are sealed. Its id is a hash of both keys: anybody may name any key as theirs, and
    /// so nobody can put another sealing key beside somebody's id.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/recovery-id");
        hasher.update(&self.signing).update(&self.hpke.0);
        Recipient { id: RecipientId(*hasher.finalize().as_bytes()), hpke: self.hpke }
    }
}

/// Reads exactly `SIZE` bytes.
struct Exactly<const SIZE: usize>;

impl<'de, const SIZE: usize> serde::de::Visitor<'de> for Exactly<SIZE> {
    type Value = [u8; SIZE];

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{SIZE} bytes")
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<[u8; SIZE], A::Error> {
        let mut bytes = [0; SIZE];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = seq.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(at, &self))?;
        }
        Ok(bytes)
    }
}

/// A signing key and a key for opening boxes, derived separately from one 32-byte seed.
struct KeyPair {
    signing: SigningKey,
    opening: OpeningKey,
    public: HpkePublic,
}

impl KeyPair {
    fn derive(sign: &'static str, open: &'static str, seed: &[u8; 32]) -> KeyPair {
        let signing = SigningKey::from_bytes(&Zeroizing::new(blake3::derive_key(sign, seed)));
        let (opening, public) = Kem::derive_keypair(Zeroizing::new(blake3::derive_key(open, seed)).as_slice());
        let mut bytes = [0; 32];
        public.write_exact(&mut bytes);
        KeyPair { signing, opening, public: HpkePublic(bytes) }
    }

    fn verifying(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    fn sign(&self, context: Context, log: &LogId, message: &[u8]) -> Signature {
        sign_as(&self.signing, context, log, message)
    }
}

/// Reads a public key for sealing; `None` for one that no honest device has.
pub(crate) fn recipient(public: &HpkePublic) -> Option<<Kem as hpke::Kem>::PublicKey> {
    <Kem as hpke::Kem>::PublicKey::from_bytes(&public.0).ok()
}

/// The secret keys of one device. They are wiped from memory when dropped, and never printed.
pub struct DeviceKeys(KeyPair);

impl DeviceKeys {
    /// Derives them from the device's seed: 32 random bytes, kept sealed on its disk.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> DeviceKeys {
        DeviceKeys(KeyPair::derive("hedgerow/1/device-signing", "hedgerow/1/device-hpke", seed))
    }

    /// The device's id: its Ed25519 public key.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        DeviceId::from_bytes(self.0.verifying())
    }

    /// The key to which epoch keys are sealed for this device.
    #[must_use]
    pub fn hpke_public(&self) -> HpkePublic {
        self.0.public
    }

    /// The seed of the Ed25519 key, which the transport shares: the device's id is its identity in the network.
    #[must_use]
    pub fn transport_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.signing.to_bytes())
    }

    pub(crate) fn sign(&self, context: Context, log: &LogId, message: &[u8]) -> Signature {
        self.0.sign(context, log, message)
    }

    /// The device as one to whom epochs are sealed.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient { id: self.device().into(), hpke: self.hpke_public() }
    }
}

/// Shows the device, never a secret.
impl std::fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DeviceKeys({:?})", self.device())
    }
}

/// The secret keys of a person's recovery, senior to all their devices. Wiped when dropped, and never printed.
pub struct RecoveryKeys(KeyPair);

impl RecoveryKeys {
    /// Derives them from the recovery seed: 32 random bytes, which the recovery phrase spells out.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> RecoveryKeys {
        RecoveryKeys(KeyPair::derive("hedgerow/1/recovery-signing", "hedgerow/1/recovery-hpke", seed))
    }

    /// The public keys, as the person's log names them.
    #[must_use]
    pub fn public(&self) -> RecoveryPublic {
        RecoveryPublic { signing: self.0.verifying(), hpke: self.0.public }
    }

    pub(crate) fn sign(&self, context: Context, log: &LogId, message: &[u8]) -> Signature {
        self.0.sign(context, log, message)
    }
}

/// Shows the public key, never a secret.
impl std::fmt::Debug for RecoveryKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecoveryKeys({})", data_encoding::HEXLOWER.encode(&self.public().signing[..4]))
    }
}

/// What opens boxes sealed to one recipient: the keys of a device, or those of a recovery.
#[derive(Clone, Copy)]
pub struct RecipientKeys<'a> {
    pub(crate) id: RecipientId,
    pub(crate) opening: &'a OpeningKey,
}

impl<'a> From<&'a DeviceKeys> for RecipientKeys<'a> {
    fn from(keys: &'a DeviceKeys) -> RecipientKeys<'a> {
        RecipientKeys { id: keys.device().into(), opening: &keys.0.opening }
    }
}

impl<'a> From<&'a RecoveryKeys> for RecipientKeys<'a> {
    fn from(keys: &'a RecoveryKeys) -> RecipientKeys<'a> {
        RecipientKeys { id: keys.public().recipient().id, opening: &keys.0.opening }
    }
}

/// Shows whose, never a secret.
impl std::fmt::Debug for RecipientKeys<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecipientKeys({:?})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: LogId = LogId::from_bytes([3; 32]);

    #[test]
    fn a_signature_holds_for_one_context_log_message_and_key() {
        let (ada, bo) = (DeviceKeys::from_seed(&[1; 32]), DeviceKeys::from_seed(&[2; 32]));
        let signature = ada.sign(Context::Head, &LOG, b"flood rota");
        let passes = |keys: &DeviceKeys, context, log: LogId, message: &[u8]| {
            verify(keys.device().as_bytes(), context, &log, message, &signature)
        };
        assert!(passes(&ada, Context::Head, LOG, b"flood rota"));
        assert!(!passes(&bo, Context::Head, LOG, b"flood rota"));
        assert!(!passes(&ada, Context::Redeem, LOG, b"flood rota"));
        assert!(!passes(&ada, Context::Head, LogId::from_bytes([4; 32]), b"flood rota"));
        assert!(!passes(&ada, Context::Head, LOG, b"flood rot"));
    }

    #[test]
    fn a_key_of_small_order_signs_nothing() {
        let mut identity = [0; 32];
        identity[0] = 1;
        let signature = Signature::from_bytes([0; 64]);
        assert!(!verify(&identity, Context::Head, &LOG, b"anything", &signature));
        assert!(!verify(&[0; 32], Context::Head, &LOG, b"anything", &signature));
    }

    #[test]
    fn every_key_is_its_own_though_the_seed_is_one() {
        let (device, recovery) = (DeviceKeys::from_seed(&[7; 32]), RecoveryKeys::from_seed(&[7; 32]));
        let id = *device.device().as_bytes();
        let public = recovery.public();
        let publics = [id, device.hpke_public().0, public.signing, public.hpke.0, public.recipient().id.0];
        let distinct: std::collections::BTreeSet<_> = publics.iter().collect();
        assert_eq!(distinct.len(), 5);
        let transport = SigningKey::from_bytes(&device.transport_seed());
        assert_eq!(transport.verifying_key().to_bytes(), *device.device().as_bytes());
        assert_ne!(*device.transport_seed(), [7; 32]);
    }

    #[test]
    fn a_recovery_goes_by_both_its_keys() {
        let (ada, bo) = (RecoveryKeys::from_seed(&[1; 32]).public(), RecoveryKeys::from_seed(&[2; 32]).public());
        let ids: std::collections::BTreeSet<RecipientId> =
            [ada, bo, RecoveryPublic { hpke: bo.hpke, ..ada }, RecoveryPublic { signing: bo.signing, ..ada }]
                .map(|public| public.recipient().id)
                .into();
        assert_eq!(ids.len(), 4, "nobody puts another sealing key beside hers");
        expect_test::expect!["RecipientId(f5398deb)"].assert_eq(&format!("{:?}", ada.recipient().id));
    }

    #[test]
    fn printing_keys_shows_no_secret() {
        let keys = DeviceKeys::from_seed(&[7; 32]);
        let shown = format!("{keys:?}");
        assert!(!shown.contains(&data_encoding::HEXLOWER.encode(&*keys.transport_seed())[..8]));
    }
}
