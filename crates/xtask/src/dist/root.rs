//! A machine to try things on: a folder with nothing in it but the smallest Debian 12, entered as its root.

use crate::command::{command, printed, succeed};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Debian 12.
const SUITE: &str = "bookworm";

/// Enters `$0` in mounts of its own, which are gone when the program ends, however it ends.
const ENTER: &str = "mount --bind /proc \"$0/proc\" && mount --rbind /dev \"$0/dev\" && exec chroot \"$@\"";

/// The folder.
pub(super) struct Root(PathBuf);

impl Root {
    /// Makes it anew.
    pub(super) fn make(folder: &Path) -> Result<Root, String> {
        remove(folder)?;
        let mut make = command("mmdebstrap", &["--quiet", "--mode=root", "--variant=minbase"]);
        // It is thrown away: there is nothing to keep from a power cut.
        make.arg("--dpkgopt=force-unsafe-io").arg(SUITE).arg(folder);
        succeed(make)?;
        let root = Root(folder.to_owned());
        // Nothing that is installed may start a service: they would be this machine's.
        root.put("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n")?;
        root.runs("chmod", &["755", "/usr/sbin/policy-rc.d"])?;
        root.runs("apt-get", &["update", "-q"])?;
        Ok(root)
    }

    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.0.join(below.trim_start_matches('/'))
    }

    /// Writes a file in it.
    pub(super) fn put(&self, below: &str, text: &str) -> Result<(), String> {
        let path = self.path(below);
        fs::write(&path, text).map_err(|problem| format!("cannot write {}: {problem}", path.display()))
    }

    /// What starts a program in it, as `user` or as root; the program and its arguments follow.
    pub(super) fn within(&self, user: Option<&str>) -> Vec<String> {
        let root = self.0.display().to_string();
        let mut words = ["unshare", "--mount", "sh", "-c", ENTER, &root].map(str::to_owned).to_vec();
        words.extend(user.map(|user| format!("--userspec={user}:{user}")));
        words.push(root);
        words
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let within = self.within(None);
        let rest: Vec<&str> = within[1..].iter().map(String::as_str).chain([program]).collect();
        let mut command = command(&within[0], &[&rest, arguments].concat());
        command.env("LANG", "C.UTF-8").env("DEBIAN_FRONTEND", "noninteractive");
        command
    }

    /// Runs a program in it, with its output in view.
    pub(super) fn runs(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let shown = format!("{program} {}", arguments.join(" "));
        eprintln!("$ (there) {shown}");
        match self.command(program, arguments).status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`{shown}` ended there with {status}")),
            Err(problem) => Err(format!("could not enter {}: {problem}", self.0.display())),
        }
    }

    /// What a program in it prints, if it ends well.
    pub(super) fn said(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        printed(self.command(program, arguments))
            .map_err(|problem| format!("`{program} {}`, there: {problem}", arguments.join(" ")))
    }

    /// Installs Debian packages, or a file that is one.
    pub(super) fn install(&self, packages: &[&str]) -> Result<(), String> {
        let how = ["install", "-q", "-y", "--no-install-recommends"];
        self.runs("apt-get", &[&how[..], packages].concat())
    }

    /// Takes all of it away.
    pub(super) fn remove(self) -> Result<(), String> {
        remove(&self.0)
    }
}

/// Nothing is mounted there for anybody but the programs that ran in it; if something were, it would stay.
fn remove(folder: &Path) -> Result<(), String> {
    let mut remove = command("rm", &["-rf", "--one-file-system"]);
    remove.arg(folder);
    succeed(remove)
}
