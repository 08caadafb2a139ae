//! What a program was told about the folder that it opens, by its surroundings: which one, where new keys are kept, and a
//! passphrase. The same for every program that opens one.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::here::NewKeys;
use crate::{Code, Fault, in_words};

/// The variable that names the folder.
const FOLDER: &str = "HEDGEROW_DATA";
/// The variable that says where new keys are kept.
const KEYS: &str = "HEDGEROW_KEYS";
/// The variable that says whether devices nearby are looked for.
const DISCOVERY: &str = "HEDGEROW_DISCOVERY";
/// The variable that names a file with a passphrase.
const PASSPHRASE: &str = "HEDGEROW_PASSPHRASE_FILE";
/// The most bytes of a passphrase file.
const MOST: u64 = 4096;

fn fault(say: String) -> Fault {
    Fault::new(Code::Refused, say)
}

/// This device's folder: the one that was named on the command line, or in the environment (an empty name there is none),
/// or else the place where this system keeps such things.
///
/// # Errors
/// When it is a file, or the user has no home folder.
pub fn folder(named: Option<PathBuf>) -> Result<PathBuf, Fault> {
    let from_environment = || std::env::var_os(FOLDER).filter(|dir| !dir.is_empty()).map(PathBuf::from);
    if let Some(named) = named.or_else(from_environment) {
        return match named.is_file() {
            true => Err(fault(format!("{} is a file; name the folder of this device, or none", named.display()))),
            false => Ok(named),
        };
    }
    let usual = directories::ProjectDirs::from("", "", "hedgerow").map(|dirs| dirs.data_dir().to_path_buf());
    usual.ok_or_else(|| fault("this user has no home folder to keep things in; say where with --data DIR".to_owned()))
}

/// Where new keys are kept: as the environment says, or where it is safest.
///
/// # Errors
/// When the environment says something else.
pub fn new_keys() -> Result<NewKeys, Fault> {
    keys_from(std::env::var_os(KEYS).as_deref())
}

fn keys_from(told: Option<&OsStr>) -> Result<NewKeys, Fault> {
    match told.map(OsStr::to_string_lossy).as_deref() {
        None | Some("") => Ok(NewKeys::WhereSafest),
        Some("file") => Ok(NewKeys::File),
        Some("keychain") => Ok(NewKeys::Keychain),
        Some(other) => {
            let other: String = other.chars().take(60).collect();
            Err(fault(format!("{KEYS} is \"{other}\"; set it to keychain or file, or leave it out")))
        }
    }
}

/// Whether devices may be looked for on the local network, and this one be found there: yes, unless the environment says `off`.
///
/// # Errors
/// When the environment says something else.
pub fn discovery() -> Result<bool, Fault> {
    discovery_from(std::env::var_os(DISCOVERY).as_deref())
}

fn discovery_from(told: Option<&OsStr>) -> Result<bool, Fault> {
    match told.map(OsStr::to_string_lossy).as_deref() {
        None | Some("" | "on") => Ok(true),
        Some("off") => Ok(false),
        Some(other) => {
            let other: String = other.chars().take(60).collect();
            Err(fault(format!("{DISCOVERY} is \"{other}\"; set it to on or off, or leave it out")))
        }
    }
}

/// The passphrase in the file that the environment names, if it names one: its first line. Read now rather than when it is
/// asked for, since a file that was named and cannot be read is a mistake to be told.
///
/// # Errors
/// When the file cannot be read, or its first line is empty.
pub fn passphrase() -> Result<Option<Zeroizing<String>>, Fault> {
    passphrase_from(std::env::var_os(PASSPHRASE))
}

fn passphrase_from(named: Option<OsString>) -> Result<Option<Zeroizing<String>>, Fault> {
    named.filter(|file| !file.is_empty()).map(|file| first_line(Path::new(&file))).transpose()
}

fn first_line(file: &Path) -> Result<Zeroizing<String>, Fault> {
    let failed = |why: String| fault(format!("{PASSPHRASE} names {}, which was not read: {why}", file.display()));
    let mut text = Zeroizing::new(String::new());
    let opened = std::fs::File::open(file).map_err(|cause| failed(in_words(&cause)))?;
    opened.take(MOST).read_to_string(&mut text).map_err(|cause| failed(in_words(&cause)))?;
    match text.lines().next().unwrap_or_default() {
        "" => Err(failed("its first line is empty; put the passphrase there".to_owned())),
        line => Ok(Zeroizing::new(line.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_nearby_are_looked_for_unless_told() {
        let said = |told: &str| discovery_from(Some(OsStr::new(told)));
        assert_eq!((discovery_from(None), said("on"), said("off")), (Ok(true), Ok(true), Ok(false)));
        assert!(said("no").is_err_and(|fault| fault.say.contains("HEDGEROW_DISCOVERY is \"no\"")));
    }

    #[test]
    fn a_passphrase_is_the_first_line_of_the_named_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("passphrase");
        std::fs::write(&file, "correct horse \r\nand a remark\n").expect("written");
        let read = passphrase_from(Some(file.clone().into())).expect("readable");
        assert_eq!(read.as_deref().map(String::as_str), Some("correct horse "));
        std::fs::write(&file, "\n").expect("written");
        assert!(passphrase_from(Some(file.into())).is_err(), "an empty one would guard nothing");
        assert!(passphrase_from(Some(folder.path().join("none").into())).is_err());
        assert_eq!(passphrase_from(None).expect("nothing to read"), None);
    }

    #[test]
    fn keychain_file_and_nothing_are_understood_and_nothing_else() {
        let told = |text: &str| keys_from(Some(OsStr::new(text))).ok();
        assert_eq!(
            [told("keychain"), told("file"), told("")],
            [NewKeys::Keychain, NewKeys::File, NewKeys::WhereSafest].map(Some)
        );
        assert_eq!(keys_from(None).ok(), Some(NewKeys::WhereSafest));
        assert_eq!([told("File"), told("keychain "), told("passphrase")], [None; 3]);
    }
}
