//! Keeping bytes sealed on this device's disk, and the keys to them behind a passphrase or in the system's keychain.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::canonical;

/// What went wrong with the keys of this device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultProblem {
    /// The passphrase is not the one the keys were sealed with, or the file was changed.
    #[error("that passphrase does not open the keys of this device; try it again")]
    WrongPassphrase,
    /// The box asks for a passphrase and none was given.
    #[error("the keys of this device are behind a passphrase; give it to go on")]
    PassphraseNeeded,
    /// The box asks for the key that the system's keychain keeps, and none was given.
    #[error("the keys of this device open with a key that the system's keychain keeps; give it to go on")]
    KeyNeeded,
    /// The key is not the one the keys were sealed with, or the file was changed.
    #[error("what the system's keychain keeps does not open the keys of this device; put both back from one backup")]
    WrongKey,
    /// The bytes are not a key box.
    #[error("the file with this device's keys is damaged; put it back from a backup")]
    Damaged,
    /// The box was written by a newer Hedgerow.
    #[error("the file with this device's keys is of version {0}, which this Hedgerow does not know; update to open it")]
    TooNew(u8),
    /// The costs of Argon2id lie outside what is accepted.
    #[error("the file with this device's keys asks for {0}, which is out of bounds; put it back from a backup")]
    Costs(String),
}

/// Seals values for this device's disk: what follows from 32 random bytes, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct StorageKey {
    seal: [u8; 32],
    nonce: [u8; 32],
    name: [u8; 32],
}

impl StorageKey {
    /// How many bytes a sealed value is longer than the value: the nonce and the tag.
    pub const OVERHEAD: usize = 24 + 16;

    /// A new key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> StorageKey {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        StorageKey::from_bytes(&bytes)
    }

    /// From its 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> StorageKey {
        StorageKey {
            seal: blake3::derive_key("hedgerow/1/storage-seal", bytes),
            nonce: blake3::derive_key("hedgerow/1/storage-nonce", bytes),
            name: blake3::derive_key("hedgerow/1/storage-name", bytes),
        }
    }

    /// Seals `plain` for the place that `context` names: its table, key and version. `fresh` is 32 random bytes, so
    /// that nobody who watches the disk sees a value come back; were they to repeat, nothing else would show.
    #[must_use]
    pub fn seal(&self, context: &[u8], plain: &[u8], fresh: &[u8; 32]) -> Vec<u8> {
        let nonce = self.nonce(context, plain, fresh);
        let mut sealed = Vec::with_capacity(plain.len() + Self::OVERHEAD);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&encrypt(&self.seal, &nonce, context, plain));
        sealed
    }

    /// Opens what was sealed for the place `context`; `None` when the bytes were changed or belong elsewhere.
    #[must_use]
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<24>()?;
        decrypt(&self.seal, nonce, context, sealed)
    }

    /// The address of sealed bytes kept as a file of their own: their hash.
    #[must_use]
    pub fn address(sealed: &[u8]) -> [u8; 32] {
        *blake3::hash(sealed).as_bytes()
    }

    /// The name by which a value is kept where even its key must not be read: 32 bytes that only this key gives.
    #[must_use]
    pub fn name(&self, context: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.name, context).as_bytes()
    }

    /// Drawn from chance and from the value itself, so that no nonce serves two values, whatever the machine's chance does.
    fn nonce(&self, context: &[u8], plain: &[u8], fresh: &[u8; 32]) -> [u8; 24] {
        let mut hasher = blake3::Hasher::new_keyed(&self.nonce);
        hasher.update(fresh).update(&(context.len() as u64).to_le_bytes()).update(context).update(plain);
        let mut nonce = [0; 24];
        hasher.finalize_xof().fill(&mut nonce);
        nonce
    }
}

/// Shows nothing.
impl std::fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StorageKey(..)")
    }
}

/// XChaCha20-Poly1305; the tag stands at the end.
pub(crate) fn encrypt(key: &[u8; 32], nonce: &[u8; 24], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    // It fails only beyond 256 GiB, and nothing we seal comes near.
    XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(*nonce), Payload { msg: plain, aad })
        .expect("shorter than the cipher's bound")
}

/// The other half of [`encrypt`]; `None` when anything was changed.
pub(crate) fn decrypt(key: &[u8; 32], nonce: &[u8; 24], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad }).ok()
}

/// The secrets of one device: all it takes to be that device and to read its disk.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Secrets {
    /// The seed of the device's keys.
    pub device_seed: [u8; 32],
    /// The seed of the person's recovery keys, for as long as the device holds it.
    pub recovery_seed: Option<[u8; 32]>,
    /// The key to the device's disk.
    pub storage_key: [u8; 32],
}

impl Secrets {
    /// The longest they are, written.
    const MOST: usize = 128;

    /// New secrets for a new device of a new person.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> Secrets {
        let mut draw = || {
            let mut bytes = [0; 32];
            rng.fill_bytes(&mut bytes);
            bytes
        };
        Secrets { device_seed: draw(), recovery_seed: Some(draw()), storage_key: draw() }
    }
}

/// Shows nothing.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(..)")
    }
}

/// What Argon2id may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Costs {
    /// For people's devices: 64 MiB and three passes, about a quarter of a second.
    pub const USUAL: Costs = Costs { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// The least that is accepted: 8 MiB and one pass.
    pub const LEAST: Costs = Costs { memory_kib: 8 * 1024, passes: 1, lanes: 1 };

    /// Checks that they lie within bounds: 8 MiB to 1 GiB, 1 to 16 passes, 1 to 8 lanes.
    ///
    /// # Errors
    /// When one of them does not.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Costs, VaultProblem> {
        let within = (Self::LEAST.memory_kib..=1024 * 1024).contains(&memory_kib)
            && (1..=16).contains(&passes)
            && (1..=8).contains(&lanes);
        if within {
            return Ok(Costs { memory_kib, passes, lanes });
        }
        Err(VaultProblem::Costs(format!("{memory_kib} KiB of memory, {passes} passes and {lanes} lanes")))
    }

    /// The key that `passphrase` and `salt` give at these costs.
    fn stretch(self, passphrase: &str, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, VaultProblem> {
        let refused = |_| VaultProblem::Costs(format!("{} KiB of memory", self.memory_kib));
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(refused)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
            .map_err(refused)?;
        Ok(key)
    }
}

/// What the system's keychain keeps for a device: the key to its key box. 32 random bytes, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct BoxKey([u8; 32]);

impl BoxKey {
    /// A new key.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> BoxKey {
        let mut key = BoxKey([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// From what the keychain gave; `None` if it is no key.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<BoxKey> {
        bytes.try_into().ok().map(BoxKey)
    }

    /// What the keychain is to keep.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Shows nothing.
impl std::fmt::Debug for BoxKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BoxKey(..)")
    }
}

/// What is at hand to open a key box with.
#[derive(Debug, Clone, Copy)]
pub enum Opener<'a> {
    /// Nothing: enough for a bare box.
    Nothing,
    /// The person's passphrase.
    Passphrase(&'a str),
    /// The key from the system's keychain.
    Key(&'a BoxKey),
}

/// The secrets of a device as they lie on its disk: behind a passphrase, behind a key that the system's keychain keeps,
/// or bare in a file only the user can read.
#[derive(Clone, PartialEq, Eq)]
pub enum KeyBox {
    /// Sealed under a key that is not here.
    Keychain {
        /// Under which name the keychain keeps the key. Random, so that no two boxes share one.
        account: [u8; 16],
        /// Random.
        nonce: [u8; 24],
        /// The sealed secrets.
        sealed: Vec<u8>,
    },
    /// Sealed under Argon2id of a passphrase.
    Passphrase {
        /// What Argon2id cost.
        costs: Costs,
        /// Random.
        salt: [u8; 16],
        /// Random.
        nonce: [u8; 24],
        /// The sealed secrets.
        sealed: Vec<u8>,
    },
    /// Not sealed: whoever reads the file has the keys.
    Plain(Secrets),
}

/// Shows the kind, and nothing of what is inside.
impl std::fmt::Debug for KeyBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            KeyBox::Keychain { .. } => "KeyBox::Keychain(..)",
            KeyBox::Passphrase { .. } => "KeyBox::Passphrase(..)",
            KeyBox::Plain(_) => "KeyBox::Plain(..)",
        })
    }
}

const VERSION: u8 = 1;
const PLAIN: u8 = 0;
const PASSPHRASE: u8 = 1;
const KEYCHAIN: u8 = 2;

impl KeyBox {
    /// The longest a box is, in bytes.
    pub const MOST: usize = 512;

    /// Seals `secrets` behind `passphrase`.
    ///
    /// # Errors
    /// When the machine cannot give Argon2id the memory.
    pub fn seal(
        secrets: &Secrets,
        passphrase: &str,
        costs: Costs,
        rng: &mut impl CryptoRng,
    ) -> Result<KeyBox, VaultProblem> {
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut nonce);
        let key = costs.stretch(passphrase, &salt)?;
        let plain = Zeroizing::new(canonical::write(secrets));
        let sealed = encrypt(&key, &nonce, &head(costs, &salt, &nonce), &plain);
        Ok(KeyBox::Passphrase { costs, salt, nonce, sealed })
    }

    /// Seals `secrets` under a key that the system's keychain keeps for `account`. Both are new for each box.
    #[must_use]
    pub fn seal_with_key(secrets: &Secrets, account: [u8; 16], key: &BoxKey, rng: &mut impl CryptoRng) -> KeyBox {
        let mut nonce = [0; 24];
        rng.fill_bytes(&mut nonce);
        let plain = Zeroizing::new(canonical::write(secrets));
        let sealed = encrypt(&key.0, &nonce, &keychain_head(&account, &nonce), &plain);
        KeyBox::Keychain { account, nonce, sealed }
    }

    /// Opens the box.
    ///
    /// # Errors
    /// When what opens it is missing or wrong, or the box was changed.
    pub fn open(&self, with: Opener<'_>) -> Result<Secrets, VaultProblem> {
        let plain = match self {
            KeyBox::Plain(secrets) => return Ok(secrets.clone()),
            KeyBox::Passphrase { costs, salt, nonce, sealed } => {
                let Opener::Passphrase(passphrase) = with else { return Err(VaultProblem::PassphraseNeeded) };
                let key = costs.stretch(passphrase, salt)?;
                decrypt(&key, nonce, &head(*costs, salt, nonce), sealed).ok_or(VaultProblem::WrongPassphrase)?
            }
            KeyBox::Keychain { account, nonce, sealed } => {
                let Opener::Key(key) = with else { return Err(VaultProblem::KeyNeeded) };
                decrypt(&key.0, nonce, &keychain_head(account, nonce), sealed).ok_or(VaultProblem::WrongKey)?
            }
        };
        canonical::read(&Zeroizing::new(plain), Secrets::MOST).ok_or(VaultProblem::Damaged)
    }

    /// The bytes of the file.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self {
            KeyBox::Plain(secrets) => {
                let secrets = Zeroizing::new(canonical::write(secrets));
                [&[VERSION, PLAIN], secrets.as_slice()].concat()
            }
            KeyBox::Passphrase { costs, salt, nonce, sealed } => {
                let mut bytes = head(*costs, salt, nonce);
                bytes.extend_from_slice(sealed);
                bytes
            }
            KeyBox::Keychain { account, nonce, sealed } => {
                let mut bytes = keychain_head(account, nonce);
                bytes.extend_from_slice(sealed);
                bytes
            }
        })
    }

    /// Reads the bytes of the file.
    ///
    /// # Errors
    /// When they are no key box, a newer one, or ask Argon2id for costs out of bounds.
    pub fn parse(bytes: &[u8]) -> Result<KeyBox, VaultProblem> {
        let (&[version, kind], rest) = bytes.split_first_chunk::<2>().ok_or(VaultProblem::Damaged)?;
        if version != VERSION {
            return Err(VaultProblem::TooNew(version));
        }
        if bytes.len() > Self::MOST {
            return Err(VaultProblem::Damaged);
        }
        match kind {
            PLAIN => canonical::read(rest, Secrets::MOST).map(KeyBox::Plain).ok_or(VaultProblem::Damaged),
            PASSPHRASE => parse_passphrase(rest),
            KEYCHAIN => parse_keychain(rest),
            _ => Err(VaultProblem::Damaged),
        }
    }
}

/// All that stands before the sealed secrets; it is their associated data.
fn head(costs: Costs, salt: &[u8; 16], nonce: &[u8; 24]) -> Vec<u8> {
    let mut bytes = vec![VERSION, PASSPHRASE];
    for cost in [costs.memory_kib, costs.passes, costs.lanes] {
        bytes.extend_from_slice(&cost.to_le_bytes());
    }
    bytes.extend_from_slice(salt);
    bytes.extend_from_slice(nonce);
    bytes
}

/// The same, of a box whose key is in the keychain.
fn keychain_head(account: &[u8; 16], nonce: &[u8; 24]) -> Vec<u8> {
    [&[VERSION, KEYCHAIN], account.as_slice(), nonce].concat()
}

fn parse_keychain(rest: &[u8]) -> Result<KeyBox, VaultProblem> {
    let mut rest = rest;
    let (account, nonce) = (take(&mut rest)?, take(&mut rest)?);
    Ok(KeyBox::Keychain { account, nonce, sealed: rest.to_vec() })
}

fn parse_passphrase(rest: &[u8]) -> Result<KeyBox, VaultProblem> {
    let mut rest = rest;
    let memory_kib = u32::from_le_bytes(take(&mut rest)?);
    let passes = u32::from_le_bytes(take(&mut rest)?);
    let lanes = u32::from_le_bytes(take(&mut rest)?);
    let costs = Costs::new(memory_kib, passes, lanes)?;
    let (salt, nonce) = (take(&mut rest)?, take(&mut rest)?);
    Ok(KeyBox::Passphrase { costs, salt, nonce, sealed: rest.to_vec() })
}

fn take<const SIZE: usize>(rest: &mut &[u8]) -> Result<[u8; SIZE], VaultProblem> {
    let (taken, left) = rest.split_first_chunk::<SIZE>().ok_or(VaultProblem::Damaged)?;
    *rest = left;
    Ok(*taken)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(1)
    }

    #[test]
    fn a_value_opens_at_its_own_place_alone() {
        let key = StorageKey::generate(&mut rng());
        let sealed = key.seal(b"pages/1", b"flood rota", &[0; 32]);
        assert_eq!(sealed.len(), 10 + StorageKey::OVERHEAD);
        assert_eq!(key.open(b"pages/1", &sealed).as_deref(), Some(b"flood rota".as_slice()));
        assert_eq!(key.open(b"pages/2", &sealed), None, "somebody swapped two rows");
        assert_eq!(StorageKey::from_bytes(&[9; 32]).open(b"pages/1", &sealed), None, "another device's key");
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert_eq!(key.open(b"pages/1", &bent), None, "byte {at}");
            assert_eq!(key.open(b"pages/1", &sealed[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn two_values_never_share_a_nonce() {
        let key = StorageKey::from_bytes(&[1; 32]);
        let values: [(&[u8], &[u8], u8); 5] =
            [(b"a", b"bc", 0), (b"ab", b"c", 0), (b"a", b"bd", 0), (b"a", b"", 0), (b"a", b"bc", 1)];
        let nonces = values.map(|(context, plain, fresh)| key.seal(context, plain, &[fresh; 32])[..24].to_vec());
        assert_eq!(nonces.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
        assert_ne!(key.name(b"a"), StorageKey::from_bytes(&[2; 32]).name(b"a"));
    }

    #[test]
    fn ada_opens_her_keys_with_her_passphrase_and_nobody_with_another() {
        let secrets = Secrets::generate(&mut rng());
        let kept = KeyBox::seal(&secrets, "pobl y ffin", Costs::LEAST, &mut rng()).expect("8 MiB");
        let read = KeyBox::parse(&kept.to_bytes()).expect("just written");
        assert_eq!(read, kept);
        assert_eq!(read.open(Opener::Passphrase("pobl y ffin")), Ok(secrets));
        assert_eq!(read.open(Opener::Passphrase("pobl y ffîn")), Err(VaultProblem::WrongPassphrase));
        assert_eq!(read.open(Opener::Nothing), Err(VaultProblem::PassphraseNeeded));
    }

    #[test]
    fn bo_opens_his_keys_with_what_his_keychain_keeps_and_nothing_else() {
        let mut rng = rng();
        let secrets = Secrets::generate(&mut rng);
        let [key, others_key] = [BoxKey::generate(&mut rng), BoxKey::generate(&mut rng)];
        let kept = KeyBox::seal_with_key(&secrets, [7; 16], &key, &mut rng);
        let read = KeyBox::parse(&kept.to_bytes()).expect("just written");
        assert_eq!(read, kept);
        let from_keychain = BoxKey::from_bytes(key.as_bytes()).expect("32 bytes");
        assert_eq!(read.open(Opener::Key(&from_keychain)), Ok(secrets));
        assert_eq!(read.open(Opener::Key(&others_key)), Err(VaultProblem::WrongKey));
        assert_eq!(read.open(Opener::Passphrase("x")), Err(VaultProblem::KeyNeeded));
        assert_eq!(BoxKey::from_bytes(&key.as_bytes()[..31]), None);
        assert_eq!(format!("{kept:?} {key:?}"), "KeyBox::Keychain(..) BoxKey(..)");
        let bytes = kept.to_bytes();
        for at in 0..bytes.len() {
            let mut bent = bytes.to_vec();
            bent[at] ^= 0x80;
            for changed in [&bent, &bytes[..at]] {
                let opened = KeyBox::parse(changed).and_then(|changed| changed.open(Opener::Key(&key)));
                assert!(opened.is_err(), "byte {at}");
            }
        }
    }

    #[test]
    fn a_bent_key_box_never_opens() {
        let secrets = Secrets::generate(&mut rng());
        let kept = KeyBox::seal(&secrets, "x", Costs::LEAST, &mut rng()).expect("8 MiB").to_bytes();
        for at in (0..kept.len()).filter(|at| at % 7 == 0 || *at < 14) {
            let mut bent = kept.to_vec();
            bent[at] ^= 0x80;
            let opened = KeyBox::parse(&bent).and_then(|bent| bent.open(Opener::Passphrase("x")));
            assert!(opened.is_err(), "byte {at}");
        }
    }

    #[test]
    fn costs_out_of_bounds_are_refused_before_they_are_paid() {
        let mut bytes = KeyBox::seal(&Secrets::generate(&mut rng()), "x", Costs::LEAST, &mut rng())
            .expect("8 MiB")
            .to_bytes()
            .to_vec();
        bytes[2..6].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(KeyBox::parse(&bytes), Err(VaultProblem::Costs(_))));
    }

    #[test]
    fn a_plain_box_reads_back_and_shows_nothing() {
        let secrets = Secrets::generate(&mut rng());
        let kept = KeyBox::Plain(secrets.clone());
        let bytes = kept.to_bytes();
        assert_eq!(KeyBox::parse(&bytes).and_then(|kept| kept.open(Opener::Nothing)), Ok(secrets.clone()));
        assert_eq!(format!("{kept:?} {secrets:?}"), "KeyBox::Plain(..) Secrets(..)");
        for cut in 0..bytes.len() {
            assert_eq!(KeyBox::parse(&bytes[..cut]), Err(VaultProblem::Damaged), "cut at {cut}");
        }
        assert_eq!(KeyBox::parse(&[7, 0]), Err(VaultProblem::TooNew(7)));
    }
}
