//! Who this device is: its keys, made silently at first use and kept in the folder.

use crate::chance;
use crate::fault::{OpenFault, PassphraseFault};
use crate::keychain::{Keychain, KeychainFault};
use hedgerow_access::{BoxKey, Costs, DeviceKeys, KeyBox, Opener, RecoveryKeys, Secrets, StorageKey, VaultProblem};
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

/// Where new keys are kept if no passphrase is given to guard them. Keys that are there stay where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NewKeys {
    /// In the system's keychain if it can be used, else in a file.
    #[default]
    WhereSafest,
    /// In the system's keychain, or nowhere.
    Keychain,
    /// In a file that only this user can read.
    File,
}

/// What keys are opened with, and new ones guarded with.
pub(crate) struct Guards {
    pub(crate) passphrase: AskPassphrase,
    pub(crate) keychain: Arc<dyn Keychain>,
    pub(crate) new_keys: NewKeys,
}

#[cfg(test)]
impl Guards {
    /// A file, and nothing else.
    pub(crate) fn none() -> Guards {
        let keychain = Arc::new(crate::keychain::NoKeychain);
        Guards { passphrase: no_passphrase(), keychain, new_keys: NewKeys::File }
    }
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
pub(crate) fn open(folder: &Path, guards: &Guards) -> Result<Identity, OpenFault> {
    let path = folder.join(KEYS);
    match read(&path)? {
        Some(bytes) => unlock(&path, &bytes, guards),
        None if holds_anything(&folder.join(STORE))? => Err(OpenFault::Keys(format!(
            "{} is missing, and without it what is in {} cannot be read; put it back from a backup",
            path.display(),
            folder.display(),
        ))),
        None => make(folder, guards),
    }
}

fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, OpenFault> {
    let fault = |error: &io::Error| OpenFault::from(StoreFault::from_io("read the keys", path, error));
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

fn unlock(path: &Path, bytes: &[u8], guards: &Guards) -> Result<Identity, OpenFault> {
    let named = |problem: VaultProblem| match problem {
        VaultProblem::WrongPassphrase => PassphraseFault::Wrong.into(),
        VaultProblem::PassphraseNeeded => PassphraseFault::Needed.into(),
        VaultProblem::TooNew(_) => OpenFault::TooNew(format!("{}: {problem}", path.display())),
        other => OpenFault::Keys(format!("{}: {other}", path.display())),
    };
    let folder = path.parent().unwrap_or(path).display().to_string();
    let shut = KeyBox::parse(bytes).map_err(named)?;
    let (secrets, kept) = match &shut {
        KeyBox::Plain(secrets) => (Ok(secrets.clone()), KeyKept::KeyFile),
        KeyBox::Passphrase { .. } => {
            let passphrase = (guards.passphrase)(PassphraseFor::Opening { folder }).ok_or(PassphraseFault::Needed)?;
            (shut.open(Opener::Passphrase(&passphrase)), KeyKept::Passphrase)
        }
        KeyBox::Keychain { account, .. } => {
            let key = from_keychain(guards.keychain.as_ref(), &folder, &named_there(account))?;
            (shut.open(Opener::Key(&key)), KeyKept::Keychain)
        }
    };
    Ok(identity(&secrets.map_err(named)?, kept, Vec::new()))
}

/// The key that the keychain keeps for a folder.
///
/// # Errors
/// When there is no such key, or it cannot be told. New keys are never the answer to that.
fn from_keychain(keychain: &dyn Keychain, folder: &str, account: &str) -> Result<BoxKey, OpenFault> {
    let shut = |why: &str| {
        OpenFault::Keys(format!("the keys in {folder} open with one in this system's keychain, which {why}"))
    };
    let found = keychain.find(account).map_err(|fault| match fault {
        KeychainFault::Locked => shut("is locked; unlock it, then try again"),
        KeychainFault::Silent => {
            shut(&format!("{fault}; answer what it may be asking on the screen, or unlock it, then try again"))
        }
        _ => shut(&format!("{fault}; try again in the desktop session of the user whose keychain it is")),
    })?;
    found.and_then(|found| BoxKey::from_bytes(&found)).ok_or_else(|| {
        shut(&format!(
            "does not have it (hedgerow, {account}); open the folder where it was made, or put the keychain back from a backup"
        ))
    })
}

/// Under which name the keychain keeps a key.
fn named_there(account: &[u8; 16]) -> String {
    account.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes keys, and returns when they are durable: nothing is ever sealed with a key that could still be lost.
fn make(folder: &Path, guards: &Guards) -> Result<Identity, OpenFault> {
    let mut rng = chance::generator()?;
    let secrets = Secrets::generate(&mut rng);
    let failed = |error: io::Error| OpenFault::from(StoreFault::from_io("write the keys", folder, &error));
    if let Some(passphrase) = (guards.passphrase)(PassphraseFor::FirstUse) {
        if guards.new_keys == NewKeys::Keychain {
            return Err(PassphraseFault::NotBoth.into());
        }
        let sealed = KeyBox::seal(&secrets, &passphrase, Costs::USUAL, &mut rng);
        let sealed = sealed.map_err(|problem| OpenFault::Keys(problem.to_string()))?;
        write(folder, &sealed.to_bytes()).map_err(failed)?;
        return Ok(identity(&secrets, KeyKept::Passphrase, Vec::new()));
    }
    let mut said = Vec::new();
    if guards.new_keys != NewKeys::File {
        match into_keychain(folder, &secrets, guards.keychain.as_ref(), &mut rng)? {
            Ok(()) => return Ok(identity(&secrets, KeyKept::Keychain, Vec::new())),
            Err(fault) if guards.new_keys == NewKeys::Keychain => return Err(insisted(folder, &fault)),
            // Where there is none, a file is what there is: whoever asks who they are is told so.
            Err(KeychainFault::Unreachable(_)) => {}
            Err(fault) => said.push(format!(
                "this system's keychain {fault}, so the new keys in {} are in a file that only you can read, which does not \
                 stop a thief of the disk",
                folder.display()
            )),
        }
    }
    write(folder, &KeyBox::Plain(secrets.clone()).to_bytes()).map_err(failed)?;
    Ok(identity(&secrets, KeyKept::KeyFile, said))
}

/// Writes the key box under a key that the keychain already keeps.
///
/// # Errors
/// When the box was not written; in the answer, when the keychain is of no use and nothing was begun.
fn into_keychain(
    folder: &Path,
    secrets: &Secrets,
    keychain: &dyn Keychain,
    rng: &mut ChaCha20Rng,
) -> Result<Result<(), KeychainFault>, OpenFault> {
    let (mut account, key) = ([0; 16], BoxKey::generate(rng));
    rng.fill_bytes(&mut account);
    let name = named_there(&account);
    if let Err(fault) = keep(keychain, &name, &key) {
        return Ok(Err(fault));
    }
    let sealed = KeyBox::seal_with_key(secrets, account, &key, rng);
    write(folder, &sealed.to_bytes()).map(Ok).map_err(|error| {
        // A key to nothing does no harm there, should the keychain be gone by now.
        let _ = keychain.forget(&name);
        StoreFault::from_io("write the keys", folder, &error).into()
    })
}

/// Has the keychain keep the key to a box, and sees that it does.
fn keep(keychain: &dyn Keychain, account: &str, key: &BoxKey) -> Result<(), KeychainFault> {
    keychain.keep(account, key.as_bytes())?;
    match keychain.find(account)? {
        Some(kept) if kept[..] == key.as_bytes()[..] => Ok(()),
        _ => Err(KeychainFault::Refused("it did not give back what it was given to keep".to_owned())),
    }
}

fn insisted(folder: &Path, fault: &KeychainFault) -> OpenFault {
    OpenFault::Keys(format!(
        "no keys were made in {}: they are to be in this system's keychain, which {fault}; unlock or start it, or take \
         HEDGEROW_KEYS=keychain away",
        folder.display()
    ))
}

fn identity(secrets: &Secrets, kept: KeyKept, said: Vec<String>) -> Identity {
    Identity {
        keys: Arc::new(DeviceKeys::from_seed(&secrets.device_seed)),
        recovery: secrets.recovery_seed.as_ref().map(|seed| Arc::new(RecoveryKeys::from_seed(seed))),
        storage: StorageKey::from_bytes(&secrets.storage_key),
        kept,
        said,
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

    fn guards(passphrase: &AskPassphrase, keychain: &Arc<Remembering>, new_keys: NewKeys) -> Guards {
        Guards { passphrase: Arc::clone(passphrase), keychain: Arc::clone(keychain) as Arc<dyn Keychain>, new_keys }
    }

    /// The device, what guards its keys; or what was said instead.
    fn opened(folder: &Path, ask: &AskPassphrase) -> Result<(hedgerow_model::DeviceId, KeyKept), OpenFault> {
        let none = Arc::new(Remembering::saying(KeychainFault::Unreachable("there is none here".to_owned())));
        open(folder, &guards(ask, &none, NewKeys::WhereSafest)).map(|identity| (identity.keys.device(), identity.kept))
    }

    /// A keychain that lives as long as a story, and does as it is told.
    #[derive(Default)]
    struct Remembering {
        kept: Mutex<std::collections::BTreeMap<String, Vec<u8>>>,
        fault: Mutex<Option<KeychainFault>>,
        forgetful: bool,
    }

    impl Remembering {
        fn saying(fault: KeychainFault) -> Remembering {
            Remembering { fault: Mutex::new(Some(fault)), ..Remembering::default() }
        }

        fn say(&self, fault: Option<KeychainFault>) {
            *self.fault.lock().expect("nobody panicked") = fault;
        }

        fn answer(
            &self,
        ) -> Result<std::sync::MutexGuard<'_, std::collections::BTreeMap<String, Vec<u8>>>, KeychainFault> {
            match &*self.fault.lock().expect("nobody panicked") {
                Some(fault) => Err(fault.clone()),
                None => Ok(self.kept.lock().expect("nobody panicked")),
            }
        }
    }

    impl Keychain for Remembering {
        fn find(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainFault> {
            Ok(self.answer()?.get(account).cloned().map(Zeroizing::new))
        }

        fn keep(&self, account: &str, secret: &[u8]) -> Result<(), KeychainFault> {
            let mut kept = self.answer()?;
            if !self.forgetful {
                kept.insert(account.to_owned(), secret.to_vec());
            }
            Ok(())
        }

        fn forget(&self, account: &str) -> Result<(), KeychainFault> {
            self.answer()?.remove(account);
            Ok(())
        }
    }

    fn in_keychain(folder: &Path, keychain: &Arc<Remembering>) -> Result<Identity, OpenFault> {
        open(folder, &guards(&never(), keychain, NewKeys::WhereSafest))
    }

    #[test]
    fn cys_keys_open_with_what_her_keychain_keeps() {
        let (folder, keychain) = (tempfile::tempdir().expect("a folder"), Arc::new(Remembering::default()));
        let first = in_keychain(folder.path(), &keychain).expect("made");
        let again = in_keychain(folder.path(), &keychain).expect("opens");
        assert_eq!((first.keys.device(), first.kept), (again.keys.device(), KeyKept::Keychain));
        let box_bytes = fs::read(folder.path().join(KEYS)).expect("there");
        let key = keychain.kept.lock().expect("nobody panicked").values().next().cloned().expect("one");
        let stands_in = |hay: &[u8], needle: &[u8]| hay.windows(needle.len()).any(|window| window == needle);
        assert!(key.len() == 32 && !stands_in(&box_bytes, &key), "the key is not beside the box");
        // A second folder has a place of its own.
        let second = tempfile::tempdir().expect("a folder");
        in_keychain(second.path(), &keychain).expect("made");
        assert_eq!(keychain.kept.lock().expect("nobody panicked").len(), 2);
        in_keychain(folder.path(), &keychain).expect("opens still");
    }

    #[test]
    fn a_keychain_out_of_reach_is_told_and_nothing_is_touched() {
        let (folder, keychain) = (tempfile::tempdir().expect("a folder"), Arc::new(Remembering::default()));
        let first = in_keychain(folder.path(), &keychain).expect("made").keys.device();
        let kept = fs::read(folder.path().join(KEYS)).expect("there");
        let unreachable = KeychainFault::Unreachable("no bus".to_owned());
        for (fault, words) in [
            (unreachable, "cannot be reached (no bus); try again in the desktop session"),
            (KeychainFault::Locked, "is locked; unlock it"),
            (KeychainFault::Silent, "has not answered within 30 s; answer what it may be asking"),
        ] {
            keychain.say(Some(fault));
            let Err(OpenFault::Keys(said)) = in_keychain(folder.path(), &keychain) else { panic!("{words}") };
            assert!(said.contains(words) && said.contains(&folder.path().display().to_string()), "{said}");
        }
        keychain.say(None);
        assert_eq!(in_keychain(folder.path(), &keychain).expect("opens again").keys.device(), first);
        for (left, words) in
            [(Some(vec![7; 31]), "does not have it"), (Some(vec![7; 32]), "does not open"), (None, "does not have it")]
        {
            let mut entries = keychain.kept.lock().expect("nobody panicked");
            match left {
                Some(left) => entries.values_mut().for_each(|entry| entry.clone_from(&left)),
                None => entries.clear(),
            }
            drop(entries);
            let before = keychain.kept.lock().expect("nobody panicked").clone();
            let Err(OpenFault::Keys(said)) = in_keychain(folder.path(), &keychain) else { panic!("{words}") };
            assert!(said.contains(words), "{said}");
            assert_eq!(*keychain.kept.lock().expect("nobody panicked"), before, "nothing new was put there");
        }
        assert_eq!(fs::read(folder.path().join(KEYS)).expect("there"), kept);
    }

    #[test]
    fn new_keys_go_where_they_are_wanted_or_nowhere() {
        let keychain = Arc::new(Remembering::default());
        let make = |ask: &AskPassphrase, keychain: &Arc<Remembering>, new_keys| {
            let folder = tempfile::tempdir().expect("a folder");
            let made = open(folder.path(), &guards(ask, keychain, new_keys)).map(|made| (made.kept, made.said.len()));
            assert_eq!(made.is_ok(), folder.path().join(KEYS).exists(), "keys or none");
            made
        };
        assert_eq!(make(&never(), &keychain, NewKeys::File), Ok((KeyKept::KeyFile, 0)));
        assert_eq!(make(&says("hazel"), &keychain, NewKeys::WhereSafest), Ok((KeyKept::Passphrase, 0)));
        assert_eq!(make(&says("hazel"), &keychain, NewKeys::File), Ok((KeyKept::Passphrase, 0)));
        assert_eq!(make(&says("hazel"), &keychain, NewKeys::Keychain), Err(PassphraseFault::NotBoth.into()));
        assert!(keychain.kept.lock().expect("nobody panicked").is_empty(), "the keychain was left alone");
        assert_eq!(make(&never(), &keychain, NewKeys::Keychain), Ok((KeyKept::Keychain, 0)));

        keychain.say(Some(KeychainFault::Locked));
        assert_eq!(make(&never(), &keychain, NewKeys::WhereSafest), Ok((KeyKept::KeyFile, 1)), "and it says why");
        let Err(OpenFault::Keys(said)) = make(&never(), &keychain, NewKeys::Keychain) else { panic!("not in a file") };
        assert!(said.contains("is locked") && said.contains("HEDGEROW_KEYS"), "{said}");
        let forgetful = Arc::new(Remembering { forgetful: true, ..Remembering::default() });
        assert_eq!(make(&never(), &forgetful, NewKeys::WhereSafest), Ok((KeyKept::KeyFile, 1)), "nothing rests on it");
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
