//! `cargo xtask dist`: the packages by which people install Hedgerow, and whether they do what they should.

mod bundle;
mod check;
mod contents;
mod needs;
mod notices;
mod programs;
mod root;
mod trial;

use crate::{
    command::{command, printed},
    steps::{Outcome, Steps},
    tools, ui,
};
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What is packed has the version of the workspace, as we do.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What was asked for on the command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted<'a> {
    /// A folder with both programs in it, which are packed as they are there; else they are built.
    programs: Option<&'a str>,
    /// Also installs what was made, uses it, and takes it away again.
    try_out: bool,
}

impl<'a> Wanted<'a> {
    /// Reads `[--programs FOLDER] [--try]`.
    pub(crate) fn parse(arguments: &[&'a str]) -> Result<Self, String> {
        match arguments {
            [] => Ok(Wanted::default()),
            ["--try", rest @ ..] => Ok(Wanted { try_out: true, ..Wanted::parse(rest)? }),
            ["--programs", folder, rest @ ..] if !folder.starts_with('-') => {
                Ok(Wanted { programs: Some(folder), ..Wanted::parse(rest)? })
            }
            ["--programs", ..] => Err("--programs wants the folder that hedgerow and hedgerow-app lie in".to_owned()),
            [other, ..] => Err(format!("\"{other}\" is not understood here")),
        }
    }
}

/// Where the packages are made, and what of the machine must not show in them.
pub(crate) struct Place {
    /// What is made for people lies here.
    packages: PathBuf,
    /// What it is made from lies here.
    work: PathBuf,
    /// When the last commit was made, in seconds: the newest that a file in a package is said to be.
    moment: String,
}

impl Place {
    fn here() -> Result<Place, String> {
        let packages = crate::target()?.join("dist");
        let given = env::var("SOURCE_DATE_EPOCH").ok();
        let last_commit = || printed(command("git", &["log", "-1", "--format=%ct"]));
        let moment = given.map_or_else(last_commit, Ok).map_err(|problem| {
            format!("git cannot say when the last commit was made ({problem}); set SOURCE_DATE_EPOCH to a moment")
        })?;
        Ok(Place { work: packages.join("work"), packages, moment })
    }

    /// The package for Debian and what descends from it.
    fn deb(&self) -> PathBuf {
        self.packages.join(format!("hedgerow_{VERSION}_amd64.deb"))
    }

    /// The package for Fedora, openSUSE and the like.
    fn rpm(&self) -> PathBuf {
        self.packages.join(format!("hedgerow-{VERSION}-1.x86_64.rpm"))
    }

    /// A program that is packed.
    fn program(&self, name: &str) -> PathBuf {
        self.work.join("release").join(name)
    }
}

/// Builds both programs, packs them, and looks into the packages; with `--try` also installs and uses them.
pub(crate) fn dist(wanted: &Wanted) -> ExitCode {
    let mut steps = Steps::default();
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        steps.take::<()>("packages", || Err("they are made on Linux on x86-64, for the same".to_owned()));
        return steps.finish();
    }
    let mut place = None;
    let found = steps.take("moment of the last commit", || Place::here().map(|here| place = Some(here)));
    let Some(place) = place.filter(|_| found) else { return steps.finish() };
    let made = steps.take("Debian packages", || debian_packages(wanted))
        && ready_programs(&mut steps, wanted, &place)
        && steps.take("licences of others", || notices::write(&place))
        && steps.take("packing", || bundle::pack(&place))
        && steps.take("what is in the packages", || check::check(&place))
        && steps.take("sums", || check::sums(&place));
    if made && wanted.try_out {
        trial::try_out(&mut steps, &place);
    }
    steps.finish()
}

fn ready_programs(steps: &mut Steps, wanted: &Wanted, place: &Place) -> bool {
    match wanted.programs {
        Some(folder) => {
            steps.take("npm's packages", ui::packages)
                && steps.take("programs", || programs::ready(Path::new(folder), place))
        }
        None => {
            steps.take("window", ui::build)
                && steps.take("build", programs::build)
                && steps.take("programs", || programs::ready(&crate::target()?.join("release"), place))
        }
    }
}

fn debian_packages(wanted: &Wanted) -> Result<Outcome, String> {
    let mut needed = tools::FOR_DIST.to_vec();
    if wanted.programs.is_none() {
        needed.extend(tools::FOR_WINDOW);
    }
    if wanted.try_out {
        needed.extend(tools::FOR_DIST_TRIAL);
    }
    tools::debian_packages(&needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_a_trial_are_asked_for_in_any_order() {
        assert_eq!(Wanted::parse(&[]), Ok(Wanted::default()));
        let both = Wanted { programs: Some("built"), try_out: true };
        assert_eq!(Wanted::parse(&["--programs", "built", "--try"]).as_ref(), Ok(&both));
        assert_eq!(Wanted::parse(&["--try", "--programs", "built"]).as_ref(), Ok(&both));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(Wanted::parse(&["--programs"]).is_err_and(|problem| problem.contains("folder")));
        assert!(Wanted::parse(&["--programs", "--try"]).is_err_and(|problem| problem.contains("folder")));
        assert!(Wanted::parse(&["--install"]).is_err_and(|problem| problem.contains("--install")));
    }
}
