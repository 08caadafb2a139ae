//! Whether the Secret Service can be used without asking the person anything.
//!
//! The store that we keep keys with unlocks what is locked, and waits for the person without end: where nobody sits
//! before a screen, for ever. So we look first.

use super::{KeychainFault, SERVICE, in_one_line};
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error};
use std::collections::HashMap;

/// The collection that is gone at the end of the session, as the Secret Service's specification names it.
const FLEETING: &str = "/org/freedesktop/secrets/collection/session";

/// Says why not, if what is kept for `account`, or the place where it would be kept, is locked or not there.
pub(super) fn is_unlocked_for(account: &str) -> Result<(), KeychainFault> {
    // Nothing secret passes through this session.
    let service = SecretService::connect(EncryptionType::Plain).map_err(unreachable)?;
    let kept = service.search_items(HashMap::from([("service", SERVICE), ("username", account)]));
    let kept = kept.map_err(unreachable)?;
    if !kept.locked.is_empty() {
        return Err(KeychainFault::Locked);
    }
    if !kept.unlocked.is_empty() {
        return Ok(());
    }
    let missing = |why: &str| KeychainFault::Unreachable(why.to_owned());
    let place = match service.get_default_collection() {
        Ok(place) => place,
        Err(Error::NoResult) => return Err(missing("it has no default collection")),
        Err(error) => return Err(unreachable(error)),
    };
    if place.collection_path.as_str() == FLEETING {
        return Err(missing("what it keeps is gone at the end of the session"));
    }
    match place.is_locked() {
        Ok(true) => Err(KeychainFault::Locked),
        Ok(false) => Ok(()),
        Err(error) => Err(unreachable(error)),
    }
}

fn unreachable(error: Error) -> KeychainFault {
    KeychainFault::Unreachable(match error {
        Error::Zbus(why) => in_one_line(&why),
        Error::ZbusFdo(why) => in_one_line(&why),
        other => in_one_line(&other),
    })
}
