//! Where a passphrase comes from: a file that is named in the environment, or the person. Never an argument.

use std::ffi::OsString;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::sync::Arc;

use hedgerow_api::here::{AskPassphrase, PassphraseFor};
use zeroize::Zeroizing;

use crate::problem::{Problem, in_words};

/// The variable that names the file.
const VARIABLE: &str = "HEDGEROW_PASSPHRASE_FILE";

/// The most bytes of a passphrase file.
const MOST: u64 = 4096;

/// How this process gets a passphrase.
pub(crate) fn asker() -> Result<AskPassphrase, Problem> {
    asker_for(std::env::var_os(VARIABLE))
}

fn asker_for(named: Option<OsString>) -> Result<AskPassphrase, Problem> {
    let Some(file) = named.filter(|file| !file.is_empty()) else { return Ok(Arc::new(prompt)) };
    // Read now rather than when it is asked for: a file that was named and cannot be read is a mistake to be told.
    let from_file = read(&PathBuf::from(file))?;
    Ok(Arc::new(move |_| Some(from_file.clone())))
}

/// The first line of the file.
fn read(file: &PathBuf) -> Result<Zeroizing<String>, Problem> {
    let failed = |why: String| Problem::said(format!("{VARIABLE} names {}, which was not read: {why}", file.display()));
    let mut text = Zeroizing::new(String::new());
    let opened = std::fs::File::open(file).map_err(|cause| failed(in_words(&cause)))?;
    opened.take(MOST).read_to_string(&mut text).map_err(|cause| failed(in_words(&cause)))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(failed("its first line is empty; put the passphrase there".to_owned()));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

/// Asks the person at the terminal, if there is one. Nothing is asked at first use.
fn prompt(what_for: PassphraseFor) -> Option<Zeroizing<String>> {
    if matches!(what_for, PassphraseFor::FirstUse) || !std::io::stderr().is_terminal() {
        return None;
    }
    let typed = rpassword::prompt_password(format!("{what_for}: ")).ok()?;
    Some(Zeroizing::new(typed)).filter(|typed| !typed.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_first_line_of_the_named_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("passphrase");
        std::fs::write(&file, "correct horse \r\nand a remark\n").expect("written");
        let ask = asker_for(Some(file.clone().into())).expect("readable");
        assert_eq!(ask(PassphraseFor::FirstUse).as_deref().map(String::as_str), Some("correct horse "));
        std::fs::write(&file, "\n").expect("written");
        assert!(asker_for(Some(file.into())).is_err(), "an empty one would guard nothing");
        assert!(asker_for(Some(folder.path().join("none").into())).is_err());
    }

    #[test]
    fn nothing_is_asked_at_first_use() {
        let ask = asker_for(None).expect("nothing to read");
        assert!(ask(PassphraseFor::FirstUse).is_none());
    }
}
