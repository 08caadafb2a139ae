//! `cargo xtask check`: everything that can be judged without running Hedgerow.

use crate::{
    command::{cargo, command, succeed, works},
    steps::{Outcome, Steps},
    tidy, tools, ui,
};
use std::process::ExitCode;

/// Takes every step, also after one has failed, so that one run shows all there is to mend.
pub(crate) fn check() -> ExitCode {
    let mut steps = Steps::default();
    steps.take("house rules", tidy::check);
    steps.take("formatting", || {
        tools::component("fmt", "rustfmt")?;
        succeed(cargo(&["fmt", "--all", "--check"])).map_err(|_| "run `cargo fmt --all`".to_owned())
    });
    if steps.take("tools", || tools::ensure(&tools::DENY)) {
        steps.take("bans, licences, sources", || succeed(deny(&["check", "bans", "licenses", "sources"])));
        steps.take("advisories", advisories);
    }
    steps.take("clippy", || {
        tools::component("clippy", "clippy")?;
        tools::debian_packages(tools::FOR_WINDOW)?;
        succeed(cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--keep-going", "--", "-D", "warnings"]))
    });
    steps.take("window's side", ui::check);
    steps.finish()
}

fn deny(arguments: &[&str]) -> std::process::Command {
    command("cargo-deny", &[&["--locked"], arguments].concat())
}

fn advisories() -> Result<Outcome, String> {
    let mut fetch = deny(&["fetch", "db"]);
    // A silent network is given up on after 20 s; nobody is there to type a password.
    fetch.envs([("GIT_TERMINAL_PROMPT", "0"), ("GIT_HTTP_LOW_SPEED_LIMIT", "1000"), ("GIT_HTTP_LOW_SPEED_TIME", "20")]);
    if !works(fetch) {
        return Ok(Outcome::LeftOut("the advisory database cannot be reached from here".into()));
    }
    succeed(deny(&["check", "--disable-fetch", "advisories"])).map(Into::into)
}
