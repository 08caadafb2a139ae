//! Debian's packages, unpacked in a folder of this checkout and not installed: the machine stays as it is.

use crate::command::{command, succeed};
use crate::tools;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// How packages are asked for: with what they depend on and this machine lacks, and only downloaded. It takes no lock, since
/// it changes nothing of the system's.
const DOWNLOAD: [&str; 7] =
    ["install", "-q", "-y", "--no-install-recommends", "--reinstall", "--download-only", "-oDebug::NoLocking=1"];

/// The folder.
pub(super) struct Unpacked(PathBuf);

impl Unpacked {
    /// Beside the other tools of this checkout.
    pub(super) fn of_this_checkout() -> Unpacked {
        let top = crate::root();
        // Whole: the compilers are also started by programs that stand elsewhere.
        Unpacked(top.canonicalize().unwrap_or(top).join("target/tools/android"))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.0.join(below)
    }

    /// Where a program of these packages lies.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.path("usr/bin").join(name)
    }

    /// A program, from here or elsewhere, that finds the libraries in this folder.
    pub(super) fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = command(program, arguments);
        self.lend_libraries(&mut command);
        command
    }

    /// Has a command, and all that it starts, find the libraries in this folder.
    pub(super) fn lend_libraries(&self, command: &mut Command) {
        let folder = format!("{}-linux-gnu", std::env::consts::ARCH);
        command.env("LD_LIBRARY_PATH", self.path("usr/lib").join(folder));
    }

    /// Fetches packages with what they depend on, and unpacks them here.
    pub(super) fn add(&self, packages: &[&str]) -> Result<(), String> {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || !tools::has_apt() {
            return Err(format!("{} come from Debian 12 on x86-64, and this is none", packages.join(", ")));
        }
        if tools::is_root() {
            succeed(command("apt-get", &["update", "-q"]))?;
        }
        let archives = self.path("archives");
        // What was fetched is checked by apt against what Debian signed.
        fs::create_dir_all(archives.join("partial"))
            .map_err(|problem| format!("cannot make {}: {problem}", archives.display()))?;
        let mut download = command("apt-get", &DOWNLOAD);
        download.arg(format!("-oDir::Cache::archives={}", archives.display())).args(packages);
        download.env("DEBIAN_FRONTEND", "noninteractive");
        succeed(download)?;
        for package in packages_in(&archives)? {
            let mut unpack = command("dpkg-deb", &["--extract"]);
            unpack.arg(&package).arg(&self.0);
            succeed(unpack)?;
        }
        fs::remove_dir_all(&archives).map_err(|problem| format!("cannot remove {}: {problem}", archives.display()))
    }
}

/// The packages that lie in a folder, by their names: so `rustc-web`, without which nothing is used, comes after all of
/// Rust that it needs, and one that was unpacked by half is unpacked again.
fn packages_in(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|problem| format!("cannot read {}: {problem}", folder.display()))?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut packages: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "deb")).collect();
    packages.sort();
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_and_the_compiler_is_the_last_of_rust() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["rustc-web_1.deb", "rust-web-src_1.deb", "libllvm22_1.deb", "cargo-web_1.deb", "lock"] {
            fs::write(folder.path().join(name), "").expect("it can be written");
        }
        let packages = packages_in(folder.path()).expect("the folder can be read");
        let names: Vec<_> = packages.iter().filter_map(|path| path.file_name()?.to_str()).collect();
        assert_eq!(names, ["cargo-web_1.deb", "libllvm22_1.deb", "rust-web-src_1.deb", "rustc-web_1.deb"]);
    }

    #[test]
    fn a_command_finds_the_libraries_here() {
        let unpacked = Unpacked(PathBuf::from("android"));
        let command = unpacked.command(&unpacked.program("rustc"), &["--version"]);
        let value = command.get_envs().find(|(name, _)| *name == "LD_LIBRARY_PATH").and_then(|(_, value)| value);
        assert!(value.is_some_and(|value| value.to_string_lossy().starts_with("android/usr/lib/")));
        assert_eq!(command.get_program(), "android/usr/bin/rustc");
    }
}
