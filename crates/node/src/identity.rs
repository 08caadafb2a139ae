//! Who this device is: its keys, made silently at first use and kept in the folder.

use crate::chance;
use crate::fault::{OpenFault, PassphraseFault};
use hedgerow_access::{Costs, DeviceKeys, KeyBox, RecoveryKeys, Secrets, StorageKey, VaultProblem};
use hedgerow_store::{Sealer, StoreFault};
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// Gives the passphrase, or `None` when there is none to give. Called only when one could be used; it may wait for a
/// person.
pub type AskPassphrase = Arc<dyn Fn(PassphraseFor) -> Option<Zeroizing<String>> + Send + Sync>;

/// What a passphrase is wanted for. `Display` gives the words for a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PassphraseFor {
    /// New keys are made, and could be put behind one. None is needed: nobody should be interrupted for it.
    FirstUse,
    /// The keys of this folder are behind one.
    Opening {
        /// The folder.
        folder: String,
    },
}

impl std::fmt::Display for PassphraseFor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PassphraseFor::FirstUse => write!(f, "A passphrase for the new keys of this device"),
            PassphraseFor::Opening { folder } => write!(f, "The passphrase for {folder}"),
        }
    }
}

/// For folders without one.
#[must_use]
pub fn no_passphrase() -> AskPassphrase {
    Arc::new(|_| None)
}

/// What guards the keys of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKept {
    /// The operating system's keychain.
    Keychain,
    /// A passphrase.
    Passphrase,
    /// A file that only this user can read: it does not stop whoever takes the disk.
    KeyFile,
}

/// The keys of a folder, opened.
pub(crate) struct Identity {
    pub(crate) keys: Arc<DeviceKeys>,
    pub(crate) recovery: Option<Arc<RecoveryKeys>>,
    pub(crate) storage: StorageKey,
    pub(crate) kept: KeyKept,
    /// Lines worth telling whoever opened the folder.
    pub(crate) said: Vec<String>,
}

/// The file with the keys, and the name it has until it is whole.
const KEYS: &str = "keys";
const UNFINISHED: &str = "keys.new";
/// The store's folder, beside the keys.
pub(crate) const STORE: &str = "store";

/// Opens the keys in `folder`, or makes them if nothing was kept there yet.
///
/// # Errors
/// When they are there and do not open, or are gone while the store is there. Nothing is changed then.
pub(crate) fn open(folder: &Path, ask: &AskPassphrase) -> Result<Identity, OpenFault> {
    let path = folder.join(KEYS);
    match read(&path)? {
        Some(bytes) => unlock(&path, &bytes, ask),
        None if holds_anything(&folder.join(STORE))? => Err(OpenFault::Keys(format!(
            "{} is missing, and without it what is in {} cannot be read; put it back from a backup",
            path.display(),
            folder.display(),
        ))),
        None => make(folder, ask),
    }
}

fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, OpenFault> {
    let fault = |error: &io::Error| OpenFault::Keys(format!("could not read {}: {error}", path.display()));
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(&error)),
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(KeyBox::MOST + 1));
    file.take(KeyBox::MOST as u64 + 1).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
    Ok(Some(bytes))
}

fn holds_anything(store: &Path) -> Result<bool, OpenFault> {
    match fs::read_dir(store) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(StoreFault::from_io("read the folder", store, &error).into()),
    }
}

fn unlock(path: &Path, bytes: &[u8], ask: &AskPassphrase) -> Result<Identity, OpenFault> {
    let named = |problem: VaultProblem| match problem {
        VaultProblem::WrongPassphrase => PassphraseFault::Wrong.into(),
        VaultProblem::PassphraseNeeded => PassphraseFault::Needed.into(),
        VaultProblem::TooNew(_) => OpenFault::TooNew(format!("{}: {problem}", path.display())),
        other => OpenFault::Keys(format!("{}: {other}", path.display())),
    };
    let shut = KeyBox::parse(bytes).map_err(named)?;
    if !shut.needs_passphrase() {
        return Ok(identity(&shut.open(None).map_err(named)?, KeyKept::KeyFile));
    }
    let folder = path.parent().unwrap_or(path).display().to_string();
    let passphrase = ask(PassphraseFor::Opening { folder }).ok_or(PassphraseFault::Needed)?;
    Ok(identity(&shut.open(Some(&passphrase)).map_err(named)?, KeyKept::Passphrase))
}

/// Makes keys, and returns when they are durable: nothing is ever sealed with a key that could still be lost.
fn make(folder: &Path, ask: &AskPassphrase) -> Result<Identity, OpenFault> {
    let mut rng = chance::generator()?;
    let secrets = Secrets::generate(&mut rng);
    let (shut, kept) = match ask(PassphraseFor::FirstUse) {
        Some(passphrase) => {
            let sealed = KeyBox::seal(&secrets, &passphrase, Costs::USUAL, &mut rng);
            (sealed.map_err(|problem| OpenFault::Keys(problem.to_string()))?, KeyKept::Passphrase)
        }
        None => (KeyBox::Plain(secrets.clone()), KeyKept::KeyFile),
    };
    write(folder, &shut.to_bytes()).map_err(|error| StoreFault::from_io("write the keys", folder, &error))?;
    Ok(identity(&secrets, kept))
}

fn identity(secrets: &Secrets, kept: KeyKept) -> Identity {
    Identity {
        keys: Arc::new(DeviceKeys::from_seed(&secrets.device_seed)),
        recovery: secrets.recovery_seed.as_ref().map(|seed| Arc::new(RecoveryKeys::from_seed(seed))),
        storage: StorageKey::from_bytes(&secrets.storage_key),
        kept,
        said: Vec::new(),
    }
}

/// Writes the file whole: under another name first, synced, then named, then the folder synced.
fn write(folder: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(UNFINISHED);
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(KEYS))?;
    sync_folder(folder)
}

#[cfg(unix)]
fn private(path: &PathBuf) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems sync a rename by themselves, or not at all.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The store's sealer: the device's storage key, and chance for each sealing.
pub(crate) struct StorageSealer {
    key: StorageKey,
    chance: Mutex<ChaCha20Rng>,
}

impl StorageSealer {
    /// Seals with `key`.
    ///
    /// # Errors
    /// When the machine gives no chance.
    pub(crate) fn new(key: StorageKey) -> Result<StorageSealer, OpenFault> {
        Ok(StorageSealer { key, chance: Mutex::new(chance::generator()?) })
    }
}

impl Sealer for StorageSealer {
    fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut fresh = [0; 32];
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut fresh);
        self.key.seal(context, plain, &fresh)
    }

    fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        self.key.open(context, sealed)
    }

    fn address(&self, sealed: &[u8]) -> [u8; 32] {
        StorageKey::address(sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(passphrase: &'static str) -> AskPassphrase {
        Arc::new(move |_| Some(Zeroizing::new(passphrase.to_owned())))
    }

    fn never() -> AskPassphrase {
        Arc::new(|why| match why {
            PassphraseFor::FirstUse => None,
            PassphraseFor::Opening { folder } => panic!("{folder} is not behind a passphrase"),
        })
    }

    /// The device, what guards its keys; or what was said instead.
    fn opened(folder: &Path, ask: &AskPassphrase) -> Result<(hedgerow_model::DeviceId, KeyKept), OpenFault> {
        open(folder, ask).map(|identity| (identity.keys.device(), identity.kept))
    }

    #[test]
    fn ada_is_asked_nothing_and_is_the_same_device_tomorrow() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = opened(folder.path(), &never());
        assert!(matches!(first, Ok((_, KeyKept::KeyFile))));
        assert_eq!(opened(folder.path(), &never()), first);
        assert!(!folder.path().join(UNFINISHED).exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_file_with_the_keys() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        opened(folder.path(), &never()).expect("made");
        let mode = fs::metadata(folder.path().join(KEYS)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn bo_needs_the_passphrase_that_was_given_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = opened(folder.path(), &says("hazel"));
        assert!(matches!(first, Ok((_, KeyKept::Passphrase))));
        assert_eq!(opened(folder.path(), &says("hazel")), first);
        assert_eq!(opened(folder.path(), &says("bramble")), Err(PassphraseFault::Wrong.into()));
        assert_eq!(opened(folder.path(), &no_passphrase()), Err(PassphraseFault::Needed.into()));
    }

    #[test]
    fn keys_that_are_gone_or_damaged_are_named_and_never_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        opened(folder.path(), &never()).expect("made");
        let path = folder.path().join(KEYS);

        let whole = fs::read(&path).expect("there");
        fs::write(&path, &whole[..whole.len() - 1]).expect("cut");
        let Err(OpenFault::Keys(words)) = opened(folder.path(), &never()) else { panic!("half a key is no key") };
        assert!(words.contains("damaged") && words.contains(KEYS), "{words}");

        fs::remove_file(&path).expect("gone");
        fs::create_dir_all(folder.path().join(STORE)).expect("a store");
        fs::write(folder.path().join(STORE).join("format"), b"1").expect("with something in it");
        let Err(OpenFault::Keys(words)) = opened(folder.path(), &never()) else { panic!("no new keys here") };
        assert!(words.contains("missing"), "{words}");
        assert!(!path.exists());
    }

    #[test]
    fn a_file_of_a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(KEYS);
        fs::write(&path, [9, 0, 1, 2]).expect("written by a later Hedgerow");
        assert!(matches!(opened(folder.path(), &never()), Err(OpenFault::TooNew(_))));
        assert_eq!(fs::read(&path).expect("there"), [9, 0, 1, 2]);
    }

    #[test]
    fn what_one_key_sealed_opens_in_its_own_place_only() {
        let sealer = StorageSealer::new(StorageKey::from_bytes(&[7; 32])).expect("chance");
        let sealed = sealer.seal(b"here", b"rota");
        assert_ne!(sealed, sealer.seal(b"here", b"rota"), "no two sealings look alike");
        assert_eq!(sealer.open(b"here", &sealed), Some(b"rota".to_vec()));
        assert_eq!(sealer.open(b"there", &sealed), None);
    }
}
