//! One key epoch: its key, the core that its id commits to, and how the key is handed on in boxes and wraps.

use hedgerow_model::{DeviceId, EpochId, NotebookId};
use hpke::{
    Deserializable as _, Kem as _, OpModeR, OpModeS, Serializable as _, aead::ChaCha20Poly1305, kdf::HkdfSha256,
};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    Pins, Recipient, RecipientId, RecipientKeys, bounded, canonical,
    keys::{Kem, recipient},
    vault::{decrypt, encrypt},
};

/// The key of an epoch: 32 random bytes, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochKey(Zeroizing<[u8; 32]>);

impl EpochKey {
    /// A new key.
    pub(crate) fn generate(rng: &mut impl CryptoRng) -> EpochKey {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        EpochKey(key)
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<EpochKey> {
        bytes.try_into().ok().map(|key| EpochKey(Zeroizing::new(key)))
    }

    /// Its 32 bytes, to be kept sealed on this device.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What payloads are sealed with.
    pub(crate) fn record_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive("hedgerow/1/record", &[])
    }

    /// What the inside of key records is sealed with.
    pub(crate) fn key_record_key(&self) -> Zeroizing<[u8; 32]> {
        self.derive("hedgerow/1/key-record", &[])
    }

    /// What the pieces of one file are sealed with.
    pub(crate) fn attachment_key(&self, salt: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        self.derive("hedgerow/1/attachment-seal", &[salt])
    }

    /// A tag by which `to` finds that `from` shares a notebook with it. It differs in each direction and each meeting,
    /// says nothing to those who do not hold the key, and proves nothing: it finds, it never authorises.
    #[must_use]
    pub fn find_tag(&self, from: (&DeviceId, &[u8; 32]), to: (&DeviceId, &[u8; 32])) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.derive("hedgerow/1/find", &[]));
        hasher.update(from.0.as_bytes()).update(from.1).update(to.0.as_bytes()).update(to.1);
        let mut tag = [0; 16];
        hasher.finalize_xof().fill(&mut tag);
        tag
    }

    fn derive(&self, context: &'static str, more: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        hasher.update(self.0.as_slice());
        for part in more {
            hasher.update(part);
        }
        Zeroizing::new(*hasher.finalize().as_bytes())
    }
}

/// Shows nothing.
impl std::fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EpochKey(..)")
    }
}

/// Who made an epoch, knowing what, after which others, for whom. The epoch's id commits to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Core {
    /// The device that made it.
    pub(crate) author: DeviceId,
    /// What the author knew of membership.
    pub(crate) pins: Pins,
    /// The epochs whose keys it wraps, ascending.
    #[serde(deserialize_with = "bounded::list::<_, _, { Core::MOST_PARENTS }>")]
    pub(crate) parents: Vec<EpochId>,
    /// Stands for those it is sealed to; see [`recipients_hash`].
    pub(crate) recipients: [u8; 32],
    /// The author's own epoch before.
    pub(crate) previous: Option<EpochId>,
}

impl Core {
    /// The most epochs that one wraps.
    pub(crate) const MOST_PARENTS: usize = 1024;

    pub(crate) fn digest(&self) -> [u8; 32] {
        *blake3::hash(&canonical::write(self)).as_bytes()
    }
}

/// Stands for those that an epoch is sealed to: BLAKE3 over the id and the sealing key of each, in order of id.
pub(crate) fn recipients_hash(recipients: &[Recipient]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for Recipient { id, hpke } in recipients {
        hasher.update(id.as_bytes()).update(hpke.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// A key and the hash of its epoch's core: what it takes to check it against the epoch's id.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) key: EpochKey,
    pub(crate) core_digest: [u8; 32],
}

impl Held {
    /// The id of the epoch that this is the key of.
    pub(crate) fn id(&self, notebook: &NotebookId) -> EpochId {
        let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/epoch-id");
        hasher.update(notebook.as_bytes()).update(self.key.0.as_slice()).update(&self.core_digest);
        EpochId::from_bytes(*hasher.finalize().as_bytes())
    }
}

/// Shows nothing of the key.
impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held(..)")
    }
}

/// The length of a wrap and of a box.
pub(crate) const BOX: usize = 80;

/// An older epoch's key under a newer one's.
pub(crate) type Wrap = Vec<u8>;

/// Wraps the key of `parent` under `key`, the key of `epoch`.
pub(crate) fn wrap(notebook: &NotebookId, epoch: &EpochId, key: &EpochKey, parent: &EpochId, held: &Held) -> Wrap {
    let plain = Zeroizing::new([held.key.0.as_slice(), &held.core_digest].concat());
    // The nonce may be zero: this key is derived for this one wrap and seals nothing else.
    encrypt(&wrap_key(notebook, epoch, key, parent), &[0; 24], &[], &plain)
}

/// Opens a wrap; `None` when it does not give the key of `parent`.
pub(crate) fn unwrap(
    notebook: &NotebookId,
    epoch: &EpochId,
    key: &EpochKey,
    parent: &EpochId,
    wrap: &[u8],
) -> Option<Held> {
    let plain = Zeroizing::new(decrypt(&wrap_key(notebook, epoch, key, parent), &[0; 24], &[], wrap)?);
    let (key, core_digest) = plain.split_at_checked(32)?;
    let held = Held { key: EpochKey::from_slice(key)?, core_digest: core_digest.try_into().ok()? };
    (held.id(notebook) == *parent).then_some(held)
}

fn wrap_key(notebook: &NotebookId, epoch: &EpochId, key: &EpochKey, parent: &EpochId) -> Zeroizing<[u8; 32]> {
    key.derive("hedgerow/1/epoch-wrap", &[notebook.as_bytes(), epoch.as_bytes(), parent.as_bytes()])
}

/// Seals the key of `epoch` to one device or recovery. One whose sealing key is no key at all gets a box that nobody opens:
/// it must not keep the others from theirs.
pub(crate) fn seal_box(
    notebook: &NotebookId,
    epoch: &EpochId,
    key: &EpochKey,
    to: &Recipient,
    rng: &mut impl CryptoRng,
) -> [u8; BOX] {
    let info = info(notebook, epoch, &to.id);
    let sealed = recipient(&to.hpke).and_then(|public| {
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeS::Base,
            &public,
            &info,
            key.0.as_slice(),
            &[],
            rng,
        )
        .ok()
    });
    match sealed {
        Some((enc, ciphertext)) => boxed(&enc.to_bytes(), &ciphertext),
        None => decoy(rng),
    }
}

/// A box that nobody opens and that nobody can tell from one that somebody does.
pub(crate) fn decoy(rng: &mut impl CryptoRng) -> [u8; BOX] {
    // Not 32 random bytes: half of those are no public key, and so would give themselves away.
    let (_, public) = Kem::gen_keypair_with_rng(rng);
    let mut ciphertext = [0; 48];
    rng.fill_bytes(&mut ciphertext);
    boxed(&public.to_bytes(), &ciphertext)
}

fn boxed(enc: &[u8], ciphertext: &[u8]) -> [u8; BOX] {
    let mut bytes = [0; BOX];
    bytes[..32].copy_from_slice(enc);
    bytes[32..].copy_from_slice(ciphertext);
    bytes
}

/// Opens a box sealed to the device or recovery of `keys`; `None` when it was sealed to another, or to nobody.
pub(crate) fn open_box(
    notebook: &NotebookId,
    epoch: &EpochId,
    keys: RecipientKeys<'_>,
    sealed: &[u8; BOX],
) -> Option<EpochKey> {
    let (enc, ciphertext) = sealed.split_at(32);
    let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(enc).ok()?;
    let info = info(notebook, epoch, &keys.id);
    let plain = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeR::Base,
        keys.opening,
        &enc,
        &info,
        ciphertext,
        &[],
    );
    EpochKey::from_slice(&Zeroizing::new(plain.ok()?))
}

fn info(notebook: &NotebookId, epoch: &EpochId, recipient: &RecipientId) -> Vec<u8> {
    let name = b"hedgerow/1/epoch-seal";
    [&[name.len() as u8], name.as_slice(), notebook.as_bytes(), epoch.as_bytes(), recipient.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;
    use crate::{DeviceKeys, HpkePublic, RecoveryKeys, RecoveryPublic};

    const NOTEBOOK: NotebookId = NotebookId::from_bytes([1; 32]);
    const EPOCH: EpochId = EpochId::from_bytes([2; 32]);

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(7)
    }

    #[test]
    fn a_box_opens_for_its_recipient_in_its_notebook_and_epoch_alone() {
        let (ada, bo) = (DeviceKeys::from_seed(&[1; 32]), DeviceKeys::from_seed(&[2; 32]));
        let key = EpochKey::generate(&mut rng());
        let sealed = seal_box(&NOTEBOOK, &EPOCH, &key, &ada.recipient(), &mut rng());
        let (ada, bo) = (RecipientKeys::from(&ada), RecipientKeys::from(&bo));
        assert_eq!(open_box(&NOTEBOOK, &EPOCH, ada, &sealed), Some(key));
        assert_eq!(open_box(&NOTEBOOK, &EPOCH, bo, &sealed), None);
        assert_eq!(open_box(&NotebookId::from_bytes([9; 32]), &EPOCH, ada, &sealed), None);
        assert_eq!(open_box(&NOTEBOOK, &EpochId::from_bytes([9; 32]), ada, &sealed), None);
        assert_eq!(open_box(&NOTEBOOK, &EPOCH, ada, &decoy(&mut rng())), None);
        for at in 0..BOX {
            let mut bent = sealed;
            bent[at] ^= 1;
            assert_eq!(open_box(&NOTEBOOK, &EPOCH, ada, &bent), None, "byte {at}");
        }
    }

    #[test]
    fn a_recovery_opens_its_box_and_no_devices() {
        // One seed for both, and a person who names their device's sealing key for their recovery: still two recipients.
        let (device, recovery) = (DeviceKeys::from_seed(&[1; 32]), RecoveryKeys::from_seed(&[1; 32]));
        let key = EpochKey::generate(&mut rng());
        let opens = |keys: RecipientKeys<'_>, to: Recipient| {
            open_box(&NOTEBOOK, &EPOCH, keys, &seal_box(&NOTEBOOK, &EPOCH, &key, &to, &mut rng())).is_some()
        };
        assert!(opens((&recovery).into(), recovery.public().recipient()));
        assert!(!opens((&recovery).into(), device.recipient()));
        assert!(!opens((&device).into(), recovery.public().recipient()));
        let of_device = RecoveryPublic { hpke: device.hpke_public(), ..recovery.public() };
        assert!(!opens((&device).into(), of_device.recipient()));
        assert!(!opens((&recovery).into(), of_device.recipient()));
    }

    #[test]
    fn a_member_without_a_real_key_keeps_nobody_out() {
        let key = EpochKey::generate(&mut rng());
        let nobody = Recipient { id: RecipientId::from_bytes([0; 32]), hpke: HpkePublic::from_bytes([0; 32]) };
        assert_eq!(seal_box(&NOTEBOOK, &EPOCH, &key, &nobody, &mut rng()).len(), BOX);
    }

    #[test]
    fn a_wrap_gives_the_parents_key_or_nothing() {
        let mut rng = rng();
        let key = EpochKey::generate(&mut rng);
        let held = Held { key: EpochKey::generate(&mut rng), core_digest: [3; 32] };
        let parent = held.id(&NOTEBOOK);
        let wrapped = wrap(&NOTEBOOK, &EPOCH, &key, &parent, &held);
        assert_eq!(wrapped.len(), BOX);
        assert!(unwrap(&NOTEBOOK, &EPOCH, &key, &parent, &wrapped) == Some(held.clone()));
        assert!(unwrap(&NOTEBOOK, &EPOCH, &held.key, &parent, &wrapped).is_none());
        let other = Held { key: EpochKey::generate(&mut rng), core_digest: [3; 32] };
        let false_wrap = wrap(&NOTEBOOK, &EPOCH, &key, &parent, &other);
        assert!(unwrap(&NOTEBOOK, &EPOCH, &key, &parent, &false_wrap).is_none(), "another key than the id names");
    }

    #[test]
    fn a_find_tag_differs_by_direction_and_meeting() {
        let key = EpochKey::generate(&mut rng());
        let (ada, bo) = (DeviceId::from_bytes([1; 32]), DeviceId::from_bytes([2; 32]));
        let tag = key.find_tag((&ada, &[1; 32]), (&bo, &[2; 32]));
        assert_eq!(tag, key.find_tag((&ada, &[1; 32]), (&bo, &[2; 32])));
        assert_ne!(tag, key.find_tag((&bo, &[2; 32]), (&ada, &[1; 32])));
        assert_ne!(tag, key.find_tag((&ada, &[3; 32]), (&bo, &[2; 32])));
    }
}
