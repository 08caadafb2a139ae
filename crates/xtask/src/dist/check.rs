//! Looking into the packages: what they hold, what they depend on, and whether a desktop will understand them.

use super::{
    Place,
    contents::{Held, problems},
};
use crate::command::{command, printed, succeed};
use std::{fs, path::Path, process::Command};

/// What either package must depend on at the least, as each names it.
const NEEDS: [(&str, &str); 4] = [
    ("libc6", "libc.so.6"),
    ("libgtk-3-0", "libgtk-3.so.0"),
    ("libwebkit2gtk-4.1-0", "libwebkit2gtk-4.1.so.0"),
    ("libayatana-appindicator3-1", "libayatana-appindicator3.so.1"),
];

/// Looks into both.
pub(super) fn check(place: &Place) -> Result<(), String> {
    let (deb, rpm) = (place.deb(), place.rpm());
    let mut found = Vec::new();
    found.extend(of("the .deb", problems(&held(with("dpkg-deb", &["--contents"], &deb))?)));
    let list = "[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILESIZES} %{FILENAMES}\n]";
    found.extend(of("the .rpm", problems(&held(with("rpm", &["-qp", "--queryformat", list], &rpm))?)));
    let mut depends = with("dpkg-deb", &["--field"], &deb);
    depends.arg("Depends");
    let missing = missing(&said(depends)?, &NEEDS.map(|(package, _)| package));
    found.extend(of("the .deb", missing));
    let requires = said(with("rpm", &["-qp", "--requires"], &rpm))?;
    found.extend(of("the .rpm", self::missing(&requires, &NEEDS.map(|(_, library)| library))));
    found.extend(of("the .deb", scripts(&said(with("dpkg-deb", &["--info"], &deb))?)));
    let scripts = said(with("rpm", &["-qp", "--scripts"], &rpm))?;
    if !scripts.is_empty() {
        found.push(format!("the .rpm: it runs a script: {scripts}"));
    }
    if !found.is_empty() {
        return Err(found.join("\n"));
    }
    succeed(with("rpm", &["--checksig"], &rpm))?;
    let entry = place.work.join(format!("release/bundle/deb/Hedgerow_{}_amd64/data/usr/share", super::VERSION));
    succeed(with("desktop-file-validate", &[], &entry.join("applications/Hedgerow.desktop")))?;
    let about = entry.join("metainfo/app.hedgerow.Hedgerow.metainfo.xml");
    succeed(with("appstreamcli", &["validate", "--no-net"], &about))
}

/// Writes the packages' sums beside them, and says where they lie.
pub(super) fn sums(place: &Place) -> Result<(), String> {
    let packages = [place.deb(), place.rpm()];
    let names = packages.each_ref().map(|path| path.file_name().unwrap_or_default());
    let mut sum = command("sha256sum", &[]);
    sum.args(names).current_dir(&place.packages);
    let sums = said(sum)? + "\n";
    let written = place.packages.join("SHA256SUMS");
    fs::write(&written, &sums).map_err(|problem| format!("{}: {problem}", written.display()))?;
    for (path, sum) in packages.iter().zip(sums.lines()) {
        let size = fs::metadata(path).map_err(|problem| format!("{}: {problem}", path.display()))?.len();
        let megabytes = size as f64 / 1e6;
        println!("{}\n  {megabytes:.1} MB, SHA-256 {}", path.display(), sum.split(' ').next().unwrap_or_default());
    }
    Ok(())
}

fn with(program: &str, arguments: &[&str], file: &Path) -> Command {
    let mut command = command(program, arguments);
    command.arg(file);
    command
}

fn said(command: Command) -> Result<String, String> {
    let shown = crate::command::shown(&command);
    printed(command).map_err(|problem| format!("`{shown}`: {problem}"))
}

fn held(list: Command) -> Result<Vec<Held>, String> {
    let text = said(list)?;
    let line = |line| Held::parse(line).ok_or_else(|| format!("\"{line}\" is no line of a list of files"));
    text.lines().map(line).collect()
}

fn of(package: &str, problems: Vec<String>) -> Vec<String> {
    problems.into_iter().map(|problem| format!("{package}: {problem}")).collect()
}

/// What a list of dependencies does not name.
fn missing(depends: &str, needs: &[&str]) -> Vec<String> {
    let names = || depends.split([',', '\n']).map(|one| one.trim().split([' ', '(']).next().unwrap_or_default());
    let lacks = needs.iter().filter(|need| names().all(|name| name != **need));
    lacks.map(|need| format!("it does not depend on {need}")).collect()
}

/// A package that runs nothing when it comes or goes cannot harm what is there.
fn scripts(info: &str) -> Vec<String> {
    let names = ["preinst", "postinst", "prerm", "postrm"];
    let has = |name: &&&str| info.split_whitespace().any(|word| word == **name);
    names.iter().filter(has).map(|name| format!("it runs a script, {name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_that_is_not_named_is_missed() {
        let debian = "libc6 (>= 2.34), libgtk-3-0 (>= 3.21.5), libwebkit2gtk-4.1-0";
        assert!(missing(debian, &["libc6", "libgtk-3-0", "libwebkit2gtk-4.1-0"]).is_empty());
        assert_eq!(missing(debian, &["libgtk-3"]), ["it does not depend on libgtk-3"]);
        assert!(missing("libc.so.6(GLIBC_2.34)(64bit)\nrtld(GNU_HASH)", &["libc.so.6"]).is_empty());
    }

    #[test]
    fn a_script_is_found() {
        let info = "     512 bytes,    11 lines      control\n    1021 bytes,     9 lines      md5sums\n";
        assert!(scripts(info).is_empty());
        let more = format!("{info}      80 bytes,     3 lines   *  postinst             #!/bin/sh\n");
        assert_eq!(scripts(&more), ["it runs a script, postinst"]);
    }
}
