//! Where a passphrase comes from: a file that is named in the environment, or the person. Never an argument.

use std::io::IsTerminal;
use std::sync::Arc;

use hedgerow_api::here::{AskPassphrase, PassphraseFor};
use hedgerow_api::told;
use zeroize::Zeroizing;

use crate::problem::Problem;

/// How this process gets a passphrase.
pub(crate) fn asker() -> Result<AskPassphrase, Problem> {
    Ok(match told::passphrase()? {
        Some(from_file) => Arc::new(move |_| Some(from_file.clone())),
        None => Arc::new(prompt),
    })
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
    fn nothing_is_asked_at_first_use() {
        assert!(prompt(PassphraseFor::FirstUse).is_none());
    }
}
