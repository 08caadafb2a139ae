//! Pictures of every screen and state of the window.

use crate::{tools, ui};
use std::process::ExitCode;

/// Draws them, or those that the words are about, and says where they lie. It fails where something is wrong with one.
pub(crate) fn screenshots(words: &[&str]) -> ExitCode {
    let drawn = tools::debian_packages(tools::FOR_BROWSER).and_then(|_| ui::look(words));
    println!("the pictures lie in {}", ui::pictures().display());
    match drawn {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
