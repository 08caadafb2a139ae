//! Where new keys are kept: as the environment says, or where it is safest.

use std::ffi::OsStr;

use hedgerow_api::here::NewKeys;

use crate::problem::Problem;

/// The variable that says it.
const VARIABLE: &str = "HEDGEROW_KEYS";

/// What this process was told.
pub(crate) fn wanted() -> Result<NewKeys, Problem> {
    read(std::env::var_os(VARIABLE).as_deref())
}

fn read(told: Option<&OsStr>) -> Result<NewKeys, Problem> {
    match told.map(OsStr::to_string_lossy).as_deref() {
        None | Some("") => Ok(NewKeys::WhereSafest),
        Some("file") => Ok(NewKeys::File),
        Some("keychain") => Ok(NewKeys::Keychain),
        Some(other) => {
            let other: String = other.chars().take(60).collect();
            Err(Problem::said(format!("{VARIABLE} is \"{other}\"; set it to keychain or file, or leave it out")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keychain_file_and_nothing_are_understood_and_nothing_else() {
        let told = |text: &str| read(Some(OsStr::new(text))).ok();
        assert_eq!(
            [told("keychain"), told("file"), told("")],
            [NewKeys::Keychain, NewKeys::File, NewKeys::WhereSafest].map(Some)
        );
        assert_eq!(read(None).ok(), Some(NewKeys::WhereSafest));
        assert_eq!([told("File"), told("keychain "), told("passphrase")], [None; 3]);
    }
}
