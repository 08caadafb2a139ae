//! What was packed is installed on a machine that has nothing, used by a person there, and taken away again.

use super::{Place, VERSION, contents::FILES, root::Root};
use crate::{
    command::{command, printed, succeed},
    steps::Steps,
    ui,
};
use std::{collections::BTreeMap, fs, path::Path};

const SERVICE: &str = "/usr/lib/systemd/user/hedgerow.service";

/// Who uses it.
const PERSON: &str = "gwen";

/// What a desktop has, as far as links and windows need it, and hands and eyes for a window.
const DESKTOP: [&str; 7] = [
    "dbus-daemon",
    "desktop-file-utils",
    "libglib2.0-bin",
    "shared-mime-info",
    "webkit2gtk-driver",
    "xdg-utils",
    "fonts-dejavu-core",
];

/// Where something of a package may stay behind: not in the person's own files, nor in what apt keeps of what it did.
const LOOKED_IN: [&str; 5] = ["etc", "opt", "usr", "var/lib", "run"];

/// Takes the steps of it.
pub(super) fn try_out(steps: &mut Steps, place: &Place) {
    steps.take(".rpm: in an empty root", || in_an_empty_root(place));
    let mut root = None;
    steps.take("a machine with nothing on it", || Root::make(&place.work.join("root")).map(|made| root = Some(made)));
    let Some(root) = root else { return };
    let well = steps.take(".deb: installing", || install(&root, place))
        && steps.take(".deb: what it depends on is enough", || starts(&root))
        && steps.take("a desktop around it", || desktop(&root))
        && steps.take(".deb: a person uses it", || used(&root, place))
        && steps.take(".deb: taking it away", || taken_away(&root));
    if well {
        steps.take("the machine is given back", || root.remove());
    }
}

fn install(root: &Root, place: &Place) -> Result<(), String> {
    let there = root.path("tmp/hedgerow.deb");
    fs::copy(place.deb(), &there).map_err(|problem| format!("{}: {problem}", there.display()))?;
    root.install(&["/tmp/hedgerow.deb"])
}

/// Both start with nothing there but what the package brought along, the tray's library is there, which the app looks for
/// when it runs, and the service can be read.
fn starts(root: &Root) -> Result<(), String> {
    for program in ["hedgerow", "hedgerow-app"] {
        let said = root.said(program, &["--version"])?;
        if said != format!("{program} {VERSION}") {
            return Err(format!("`{program} --version` says \"{said}\""));
        }
    }
    let libraries = root.said("ldconfig", &["-p"])?;
    if !libraries.contains("libayatana-appindicator3.so.1 ") {
        return Err("the tray's library is not there".to_owned());
    }
    // Nobody is logged in there whose services these could be; where they would keep their sockets must still be said.
    root.runs("env", &["XDG_RUNTIME_DIR=/tmp", "systemd-analyze", "--user", "verify", SERVICE])
}

fn desktop(root: &Root) -> Result<(), String> {
    root.install(&DESKTOP)?;
    root.runs("useradd", &["--create-home", "--shell", "/bin/sh", PERSON])
}

fn used(root: &Root, place: &Place) -> Result<(), String> {
    ui::installed_journeys(&root.within(Some(PERSON)), &home(root)?, &place.program("hedgerow"))?;
    let kept = everything(&root.path(&home(root)?))?;
    let notes = kept.keys().any(|path| path.contains("/.local/share/hedgerow/store/"));
    if notes { Ok(()) } else { Err("what the person wrote is nowhere".to_owned()) }
}

fn taken_away(root: &Root) -> Result<(), String> {
    let home = root.path(&home(root)?);
    let before = everything(&home)?;
    let brought = root.said("dpkg", &["--listfiles", "hedgerow"])?;
    if FILES.iter().any(|file| !brought.lines().any(|line| line == file.path)) {
        return Err("the system does not know all files of the package".to_owned());
    }
    root.runs("apt-get", &["purge", "-q", "-y", "hedgerow"])?;
    let left: Vec<&str> = FILES.iter().map(|file| file.path).filter(|path| root.path(path).exists()).collect();
    if !left.is_empty() {
        return Err(format!("{} stayed behind", left.join(", ")));
    }
    let mentions = mentions(root)?;
    if !mentions.is_empty() {
        return Err(format!("something of it stayed behind: {mentions}"));
    }
    if everything(&home)? == before { Ok(()) } else { Err("what the person has is not as it was".to_owned()) }
}

/// What is named after it, or has one of its names written in it. (Hedgerow alone is a word, which dictionaries have.)
fn mentions(root: &Root) -> Result<String, String> {
    let folders = LOOKED_IN.join(" ");
    let look = format!(
        "cd / && find {folders} -iname '*hedgerow*'; \
         grep -rlE 'hedgerow-app|app\\.hedgerow|vnd\\.hedgerow|-handler/hedgerow|Package: hedgerow' {folders} \
         --exclude='*-old' --exclude-dir=lists; true"
    );
    root.said("sh", &["-c", &look])
}

fn home(root: &Root) -> Result<String, String> {
    root.said("sh", &["-c", &format!("echo ~{PERSON}")])
}

/// Every file below a folder, and what is in it.
fn everything(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let unread = |problem: std::io::Error| format!("{}: {problem}", folder.display());
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let kind = fs::symlink_metadata(&path).map_err(unread)?;
        if kind.is_dir() {
            all.extend(everything(&path)?);
        } else if kind.is_file() {
            all.insert(path.display().to_string(), fs::read(&path).map_err(unread)?);
        }
    }
    Ok(all)
}

/// Where nothing is that it depends on, it is only unpacked: what arrives, and that it goes again.
fn in_an_empty_root(place: &Place) -> Result<(), String> {
    let folder = place.work.join("empty");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|problem| format!("{}: {problem}", folder.display()))?;
    let rpm = |arguments: &[&str]| {
        let mut rpm = command("rpm", &["--root"]);
        rpm.arg(&folder).args(arguments);
        rpm
    };
    let mut install = rpm(&["--install", "--nodeps"]);
    install.arg(place.rpm());
    succeed(install)?;
    let missing: Vec<&str> =
        FILES.iter().map(|file| file.path).filter(|path| !folder.join(&path[1..]).is_file()).collect();
    if !missing.is_empty() {
        return Err(format!("{} did not arrive", missing.join(", ")));
    }
    succeed(rpm(&["--verify", "--nodeps", "hedgerow"]))?;
    let said = printed(command(folder.join("usr/bin/hedgerow"), &["--version"]));
    if said.as_deref().ok() != Some(&format!("hedgerow {VERSION}")) {
        return Err(format!("`hedgerow --version` says {said:?}"));
    }
    succeed(rpm(&["--erase", "hedgerow"]))?;
    let left: Vec<&str> = FILES.iter().map(|file| file.path).filter(|path| folder.join(&path[1..]).exists()).collect();
    if !left.is_empty() {
        return Err(format!("{} stayed behind", left.join(", ")));
    }
    fs::remove_dir_all(&folder).map_err(|problem| format!("{}: {problem}", folder.display()))
}
