//! `cargo xtask check --android`: whether the compiler takes the app for Android, with every room beneath it. Nothing is
//! linked and nothing is run.

mod compilers;
mod debian;
mod project;

use crate::{command::succeed, steps::Steps};
use compilers::Compilers;
use std::process::ExitCode;

/// Judges the project from which a phone's app is built, gets compilers where there are none, and checks.
pub(crate) fn check() -> ExitCode {
    let mut steps = Steps::default();
    steps.take("Android project", project::check);
    let mut compilers = None;
    steps.take("compilers", || {
        compilers = Some(Compilers::ready()?);
        Ok(())
    });
    if let Some(compilers) = compilers {
        steps.take("types", || succeed(compilers.check(&crate::target()?.join("android"))));
    }
    steps.finish()
}
