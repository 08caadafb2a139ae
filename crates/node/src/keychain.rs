//! The operating system's keychain, where the key to a key box can be kept.

#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
mod secret_service;

use keyring_core::{CredentialStore, Entry, Error};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// Under what everything of Hedgerow's is kept there.
const SERVICE: &str = "hedgerow";

/// How long a keychain may take to answer: it may be starting, or asking the person whether we may.
const PATIENCE: Duration = Duration::from_secs(30);

/// A keychain, as far as a device needs one. Its calls block, and come back.
pub trait Keychain: Send + Sync {
    /// What is kept for `account`; `None` if nothing is.
    ///
    /// # Errors
    /// When it cannot be told.
    fn find(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainFault>;

    /// Keeps `secret` for `account`, past the end of the session.
    ///
    /// # Errors
    /// When it is not kept.
    fn keep(&self, account: &str, secret: &[u8]) -> Result<(), KeychainFault>;

    /// Keeps nothing for `account` any more.
    ///
    /// # Errors
    /// When what was kept still may be.
    fn forget(&self, account: &str) -> Result<(), KeychainFault>;
}

/// Why a keychain is of no use now. `Display` gives the end of a sentence that begins with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeychainFault {
    /// None is here, or none for us: a remote login, a service, a machine without a desktop.
    #[error("cannot be reached ({0})")]
    Unreachable(String),
    /// It is here, and locked.
    #[error("is locked")]
    Locked,
    /// It did not answer in time. Perhaps it asks something on a screen.
    #[error("has not answered within {} s", PATIENCE.as_secs())]
    Silent,
    /// It is here and says no.
    #[error("refused ({0})")]
    Refused(String),
}

/// For devices that are to know of no keychain.
#[derive(Debug, Clone, Copy)]
pub struct NoKeychain;

impl Keychain for NoKeychain {
    fn find(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainFault> {
        Err(none_here())
    }

    fn keep(&self, _: &str, _: &[u8]) -> Result<(), KeychainFault> {
        Err(none_here())
    }

    fn forget(&self, _: &str) -> Result<(), KeychainFault> {
        Err(none_here())
    }
}

fn none_here() -> KeychainFault {
    KeychainFault::Unreachable("there is none here".to_owned())
}

/// That of this system and user: the Secret Service where there are desktops of several makers, else the system's own.
#[derive(Debug, Clone, Copy)]
pub struct SystemKeychain;

impl Keychain for SystemKeychain {
    fn find(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainFault> {
        in_time(account, |account| match entry(account)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(refused(&error)),
        })
    }

    fn keep(&self, account: &str, secret: &[u8]) -> Result<(), KeychainFault> {
        let secret = Zeroizing::new(secret.to_vec());
        in_time(account, move |account| entry(account)?.set_secret(&secret).map_err(|error| refused(&error)))
    }

    fn forget(&self, account: &str) -> Result<(), KeychainFault> {
        in_time(account, |account| match entry(account)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(refused(&error)),
        })
    }
}

/// Asks on a thread of its own, which is left behind if no answer comes: nobody can take a question back from a
/// keychain, and a command must end.
fn in_time<T: Send + 'static>(
    account: &str,
    ask: impl FnOnce(&str) -> Result<T, KeychainFault> + Send + 'static,
) -> Result<T, KeychainFault> {
    let account = account.to_owned();
    let (give, answer) = mpsc::channel();
    let asking = move || {
        // Nobody listens any more when it took too long.
        let _ = give.send(ask(&account));
    };
    let begun = thread::Builder::new().name("hedgerow-keychain".to_owned()).spawn(asking);
    begun.map_err(|error| KeychainFault::Unreachable(error.to_string()))?;
    answer.recv_timeout(PATIENCE).unwrap_or(Err(KeychainFault::Silent))
}

/// The place of `account`, in a keychain that can be used without a question to anybody.
fn entry(account: &str) -> Result<Entry, KeychainFault> {
    ready(account)?;
    let unreachable = |error: Error| KeychainFault::Unreachable(in_one_line(&error));
    store()?.build(SERVICE, account, Some(&label())).map_err(unreachable)
}

fn refused(error: &Error) -> KeychainFault {
    KeychainFault::Refused(in_one_line(error))
}

/// What a keychain or a library says, in one line of bounded length.
fn in_one_line(said: &impl std::fmt::Display) -> String {
    said.to_string().split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
fn ready(account: &str) -> Result<(), KeychainFault> {
    secret_service::is_unlocked_for(account)
}

/// The system asks the person by itself, and opens the keychain when they log in.
#[cfg(not(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android")))))]
fn ready(_: &str) -> Result<(), KeychainFault> {
    Ok(())
}

/// What people see in their keychain's own window.
#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
fn label() -> HashMap<&'static str, &'static str> {
    HashMap::from([("label", "Hedgerow: the key to this device's notebooks")])
}

#[cfg(not(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android")))))]
fn label() -> HashMap<&'static str, &'static str> {
    HashMap::new()
}

fn store() -> Result<Arc<CredentialStore>, KeychainFault> {
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new();
    #[cfg(target_os = "windows")]
    let store = windows_native_keyring_store::Store::new();
    #[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
    let store = zbus_secret_service_keyring_store::Store::new();
    #[cfg(all(any(unix, windows), not(any(target_os = "ios", target_os = "android"))))]
    return store
        .map(|store| store as Arc<CredentialStore>)
        .map_err(|error| KeychainFault::Unreachable(in_one_line(&error)));
    #[cfg(not(all(any(unix, windows), not(any(target_os = "ios", target_os = "android")))))]
    return Err(none_here());
}
