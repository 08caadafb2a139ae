//! Body files: values too large for a row, each a sealed file named by what is in it; and the journal that keeps a
//! crash from leaving files that nobody names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hedgerow_model::mutant;

use super::row::{self, Body, Row, Use};
use crate::fault::hex;
use crate::{Files, KEY_MOST, Sealer};

const JOURNAL_VERSION: u8 = 1;
/// What stands at the end of a name until the file is whole.
const UNFINISHED: &str = ".new";

/// Where the body of that address is: two digits, a slash, the rest.
pub(super) fn path(bodies: &Path, address: &[u8; 32]) -> PathBuf {
    let name = hex(address);
    bodies.join(&name[..2]).join(&name[2..])
}

/// A file that a group of changes brings or drops, and the only row that can name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) raw: Vec<u8>,
    pub(super) address: [u8; 32],
}

/// Writes and removes body files. Only the store's thread has one.
pub(super) struct Bodies {
    folder: PathBuf,
    files: Arc<dyn Files>,
    sealer: Arc<dyn Sealer>,
    /// The first-level folders known to be there, durably.
    made: BTreeSet<PathBuf>,
}

impl Bodies {
    pub(super) fn new(folder: PathBuf, files: Arc<dyn Files>, sealer: Arc<dyn Sealer>) -> Bodies {
        Bodies { folder, files, sealer, made: BTreeSet::new() }
    }

    /// Writes the bodies so that they are there, whole and durable, when this returns.
    pub(super) fn write(&mut self, births: &BTreeMap<[u8; 32], Vec<u8>>) -> io::Result<()> {
        let mut touched = BTreeSet::new();
        for (address, sealed) in births {
            let path = path(&self.folder, address);
            let Some(parent) = path.parent() else { continue };
            if !self.made.contains(parent) {
                self.files.make_folder(parent)?;
                self.files.sync_folder(&self.folder)?;
                self.made.insert(parent.to_owned());
            }
            let unfinished = unfinished(&path);
            self.files.write(&unfinished, sealed)?;
            self.files.rename(&unfinished, &path)?;
            touched.insert(parent.to_owned());
        }
        touched.retain(|_| !mutant("skip-folder-sync"));
        touched.iter().try_for_each(|folder| self.files.sync_folder(folder))
    }

    /// Removes a body, finished or not. One that cannot be removed stays in the journal's care.
    pub(super) fn remove(&self, address: &[u8; 32]) -> io::Result<()> {
        let path = path(&self.folder, address);
        self.files.remove(&unfinished(&path))?;
        self.files.remove(&path)
    }

    /// Notes, durably, which files are about to come and go.
    pub(super) fn note(&self, entries: &[Entry]) -> io::Result<()> {
        let sealed = self.sealer.seal(&row::context(Use::Journal, &[]), &journal_bytes(entries));
        self.files.write(&self.journal(), &sealed)
    }

    /// What was noted last; `None` when it cannot be read.
    pub(super) fn noted(&self) -> Option<Vec<Entry>> {
        let sealed = fs::read(self.journal()).ok()?;
        parse_journal(&self.sealer.open(&row::context(Use::Journal, &[]), &sealed)?)
    }

    fn journal(&self) -> PathBuf {
        self.folder.join("journal")
    }

    /// Every body file there is, finished or not, by address.
    pub(super) fn list(&self) -> io::Result<BTreeSet<[u8; 32]>> {
        let mut found = BTreeSet::new();
        for folder in fs::read_dir(&self.folder)? {
            let folder = folder?;
            let first = folder.file_name();
            let (Some(first), true) = (first.to_str(), folder.file_type()?.is_dir()) else { continue };
            for file in fs::read_dir(folder.path())? {
                let rest = file?.file_name();
                let rest = rest.to_str().unwrap_or_default();
                let name = format!("{first}{}", rest.strip_suffix(UNFINISHED).unwrap_or(rest));
                found.extend(address_of(&name));
            }
        }
        Ok(found)
    }
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(UNFINISHED);
    PathBuf::from(name)
}

/// The address that a name of 64 lower-case hexadecimal digits spells.
fn address_of(name: &str) -> Option<[u8; 32]> {
    let digits = name.as_bytes();
    if digits.len() != 64 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut address = [0; 32];
    for (byte, pair) in address.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(address)
}

/// Whether these row bytes name that body.
pub(super) fn names(row: Option<&[u8]>, address: &[u8; 32]) -> bool {
    row.and_then(Row::body_of).is_some_and(|Body { address: named, .. }| named == *address)
}

pub(super) fn journal_bytes(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = vec![JOURNAL_VERSION];
    for entry in entries {
        bytes.extend((entry.raw.len() as u16).to_be_bytes());
        bytes.extend(&entry.raw);
        bytes.extend(entry.address);
    }
    bytes
}

pub(super) fn parse_journal(bytes: &[u8]) -> Option<Vec<Entry>> {
    let (version, mut rest) = bytes.split_first()?;
    if *version != JOURNAL_VERSION {
        return None;
    }
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length > KEY_MOST + 33 {
            return None;
        }
        let (raw, after) = after.split_at_checked(length)?;
        let (address, after) = after.split_first_chunk::<32>()?;
        entries.push(Entry { raw: raw.to_vec(), address: *address });
        rest = after;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_spells_its_address() {
        let address: [u8; 32] = std::array::from_fn(|at| at as u8 * 7);
        assert_eq!(address_of(&hex(&address)), Some(address));
        assert_eq!(address_of(&hex(&address).to_uppercase()), None);
        assert_eq!(address_of(&hex(&address[..31])), None);
        assert_eq!(path(Path::new("b"), &address), Path::new("b/00").join(&hex(&address)[2..]));
    }

    proptest! {
        #[test]
        fn a_journal_comes_back(keys in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..9)) {
            let entry = |(at, raw): (usize, &Vec<u8>)| Entry { raw: raw.clone(), address: [at as u8; 32] };
            let entries: Vec<Entry> = keys.iter().enumerate().map(entry).collect();
            prop_assert_eq!(parse_journal(&journal_bytes(&entries)), Some(entries));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_journal(&bytes);
        }
    }
}
