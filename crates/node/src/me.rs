//! What this device knows of its own person, as rows of the table `me`.

use crate::fault::OpenFault;
use crate::identity::Identity;
use hedgerow_access::{Action, SignedOp, found_person};
use hedgerow_model::Profile;
use hedgerow_store::{Batch, Store, StoreFault, Table};
use hedgerow_sync::Me;
use serde::{Serialize, de::DeserializeOwned};

const ME: Table = Table::named("me");
/// The person's log of devices.
const LOG: &[u8] = b"log";
/// How often the person has said who they are, and what they said last.
const PROFILE: &[u8] = b"profile";
/// What the store lost as a whole.
const LOSSES: &[u8] = b"losses";
const VERSION: u8 = 1;
/// The losses that are remembered; of more than this the first are.
const LOSSES_MOST: usize = 16;

/// Reads who the device's person is; writes it down when this is the first time. Damage is told to `said`.
///
/// The first operation of the person's log is a function of the keys alone, so that a device whose store was lost is
/// still the same person.
///
/// # Errors
/// When the store cannot be read or written.
pub(crate) fn read(store: &dyn Store, identity: &Identity, said: &mut Vec<String>) -> Result<Me, OpenFault> {
    let log = match row::<Vec<SignedOp>>(store, LOG, said)?.filter(|log| !log.is_empty()) {
        Some(log) if is_of(&log, identity) => log,
        // The key box says nothing of itself; a flipped bit in it would make another device of this one.
        Some(_) => {
            let other = "the keys of this device are damaged, or another's: they are not those that its store was written \
                         with; put the file `keys` in its folder back from a backup";
            return Err(OpenFault::Keys(other.to_owned()));
        }
        None => {
            let log = vec![founding(identity)?];
            let mut batch = Batch::new();
            batch.put(ME, LOG, encode(&log));
            store.commit(batch)?;
            log
        }
    };
    let profile = row::<(u64, Profile)>(store, PROFILE, said)?.unwrap_or_default();
    Ok(Me { keys: identity.keys.clone(), recovery: identity.recovery.clone(), log, profile })
}

/// Whether this log names the device and the recovery key that are held.
fn is_of(log: &[SignedOp], identity: &Identity) -> bool {
    let device = identity.keys.device();
    let names_device = log.iter().any(|op| match &op.op().action {
        Action::FoundPerson { device: named, .. } | Action::AddDevice { device: named, .. } => *named == device,
        _ => false,
    });
    let names_recovery = identity.recovery.as_ref().is_none_or(|held| {
        log.iter().any(|op| match &op.op().action {
            Action::FoundPerson { recovery, .. } | Action::ReplaceRecovery { recovery } => *recovery == held.public(),
            _ => false,
        })
    });
    names_device && names_recovery
}

/// The row that says who the person says they are.
pub(crate) fn profile_row(batch: &mut Batch, profile: &(u64, Profile)) {
    batch.put(ME, PROFILE, encode(profile));
}

/// What the store lost as a whole and was not repaired yet, in words; what shows now among it, which is written down.
/// Damage is told to `said`.
///
/// # Errors
/// When the store cannot be read or written.
pub(crate) fn losses(store: &dyn Store, new: Vec<String>, said: &mut Vec<String>) -> Result<Vec<String>, OpenFault> {
    let mut losses = row::<Vec<String>>(store, LOSSES, said)?.unwrap_or_default();
    let fresh: Vec<String> = new.into_iter().filter(|new| !losses.contains(new)).collect();
    if !fresh.is_empty() && losses.len() < LOSSES_MOST {
        losses.extend(fresh);
        losses.truncate(LOSSES_MOST);
        let mut batch = Batch::new();
        batch.put(ME, LOSSES, encode(&losses));
        store.commit(batch)?;
    }
    Ok(losses)
}

/// Writes the rows of this table that do not read again.
pub(crate) fn rewrite(store: &dyn Store, me: &Me, losses: &[String], batch: &mut Batch) {
    let reads = |key| matches!(store.get(ME, key), Ok(Some(_)));
    if !reads(LOG) {
        batch.put(ME, LOG, encode(&me.log));
    }
    if !reads(PROFILE) && me.profile.0 > 0 {
        profile_row(batch, &me.profile);
    }
    if !losses.is_empty() && !reads(LOSSES) {
        batch.put(ME, LOSSES, encode(&losses));
    }
}

/// Drops the losses.
pub(crate) fn no_losses(batch: &mut Batch) {
    batch.delete(ME, LOSSES);
}

fn founding(identity: &Identity) -> Result<SignedOp, OpenFault> {
    let Some(recovery) = &identity.recovery else {
        let gone = "this device's own person is not written down in its store any more, and it does not hold the \
                    recovery key; put the folder back from a backup";
        return Err(OpenFault::Keys(gone.to_owned()));
    };
    let name = identity.storage.name(b"hedgerow/1/person");
    let mut salt = [0; 16];
    salt.copy_from_slice(&name[..16]);
    found_person(&identity.keys, recovery.public(), salt).map_err(|refusal| OpenFault::Keys(refusal.to_string()))
}

fn row<R: DeserializeOwned>(store: &dyn Store, key: &[u8], said: &mut Vec<String>) -> Result<Option<R>, OpenFault> {
    let bytes = match store.get(ME, key) {
        Ok(bytes) => bytes,
        Err(damaged @ StoreFault::Damaged(_)) => {
            said.push(damaged.to_string());
            None
        }
        Err(fault) => return Err(fault.into()),
    };
    Ok(bytes.and_then(|bytes| decode(&bytes)))
}

fn decode<R: DeserializeOwned>(row: &[u8]) -> Option<R> {
    let [VERSION, body @ ..] = row else { return None };
    postcard::from_bytes(body).ok()
}

/// A row of this table, `log` or `profile` by its key, read and written again.
#[cfg(feature = "fuzz")]
pub(crate) fn rewritten(key: &[u8], row: &[u8]) -> Option<Vec<u8>> {
    if key == LOG {
        return decode::<Vec<SignedOp>>(row).map(|log| encode(&log));
    }
    decode::<(u64, Profile)>(row).map(|profile| encode(&profile))
}

fn encode<R: Serialize>(row: &R) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "postcard writes any of our plain rows into a growing vector")]
    postcard::to_extend(row, vec![VERSION]).expect("a row is always writable")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{self, Guards};
    use hedgerow_access::{KeyBox, RecoveryKeys};
    use hedgerow_model::Label;
    use hedgerow_store::Memory;

    fn person(store: &Memory, identity: &Identity) -> Me {
        read(store, identity, &mut Vec::new()).expect("memory does not fail")
    }

    #[test]
    fn ada_stays_ada_when_her_store_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let ada = identity::open(folder.path(), &Guards::none()).expect("made");
        let first = person(&Memory::new(), &ada).person();
        assert_eq!(person(&Memory::new(), &ada).person(), first);
    }

    #[test]
    fn whoever_has_the_recovery_seed_has_the_keys_that_her_first_operation_names() {
        let folder = tempfile::tempdir().expect("a folder");
        let ada = identity::open(folder.path(), &Guards::none()).expect("made");
        let me = person(&Memory::new(), &ada);
        let kept = std::fs::read(folder.path().join("keys")).expect("the key box");
        let secrets =
            KeyBox::parse(&kept).and_then(|kept| kept.open(hedgerow_access::Opener::Nothing)).expect("no passphrase");
        let phrase = RecoveryKeys::from_seed(&secrets.recovery_seed.expect("held until it is written down"));
        let Action::FoundPerson { recovery, .. } = me.log[0].op().action else { panic!("it begins a person") };
        assert_eq!(recovery, phrase.public(), "signing key and sealing key");
    }

    #[test]
    fn keys_with_a_flipped_bit_are_nobody_elses() {
        let folder = tempfile::tempdir().expect("a folder");
        let ada = identity::open(folder.path(), &Guards::none()).expect("made");
        let store = Memory::new();
        let me = person(&store, &ada);
        let path = folder.path().join("keys");
        let kept = std::fs::read(&path).expect("the key box");
        let mut told = 0;
        for at in 0..kept.len() {
            let mut hurt = kept.clone();
            hurt[at] ^= 1;
            std::fs::write(&path, hurt).expect("hurt");
            let Ok(opened) = identity::open(folder.path(), &Guards::none()) else { continue };
            match read(&store, &opened, &mut Vec::new()) {
                // The storage key: the store's own affair.
                Ok(same) => assert_eq!((same.device(), same.person()), (me.device(), me.person()), "byte {at}"),
                Err(OpenFault::Keys(said)) => {
                    assert!(said.contains("backup"), "{said}");
                    told += 1;
                }
                Err(other) => panic!("byte {at}: {other}"),
            }
        }
        assert!(told >= 64, "each byte of both seeds: {told}");
    }

    #[test]
    fn what_she_said_of_herself_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let ada = identity::open(folder.path(), &Guards::none()).expect("made");
        let store = Memory::new();
        assert_eq!(person(&store, &ada).profile, (0, Profile::default()));
        let said = (3, Profile { name: Label::parse("Ada").ok(), ..Profile::default() });
        let mut batch = Batch::new();
        profile_row(&mut batch, &said);
        store.commit(batch).expect("memory does not fail");
        assert_eq!(person(&store, &ada).profile, said);
    }
}
