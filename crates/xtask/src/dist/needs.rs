//! What the packages depend on, as Debian's and rpm's own tools read it from the programs.

use super::{Place, programs::PROGRAMS};
use crate::command::{command, printed};
use std::{collections::BTreeSet, fs};

/// The app looks for the tray's library when it runs, so no tool can read that from the program.
const TRAY: (&str, &str) = ("libayatana-appindicator3-1", "libayatana-appindicator3.so.1()(64bit)");

/// As Debian names packages.
pub(super) fn for_deb(place: &Place) -> Result<Vec<String>, String> {
    // It wants to be called where a package is made from source.
    let folder = place.work.join("needs");
    let control = folder.join("debian/control");
    fs::create_dir_all(folder.join("debian"))
        .and_then(|()| fs::write(&control, "Source: hedgerow\n\nPackage: hedgerow\nArchitecture: any\n"))
        .map_err(|problem| format!("cannot write {}: {problem}", control.display()))?;
    let mut read = command("dpkg-shlibdeps", &["-O"]);
    read.current_dir(&folder).args(PROGRAMS.map(|name| place.program(name)));
    let read = printed(read).map_err(|problem| format!("dpkg-shlibdeps: {problem}"))?;
    let mut needs = packages(&read).ok_or_else(|| format!("dpkg-shlibdeps printed \"{read}\""))?;
    needs.push(TRAY.0.to_owned());
    Ok(needs)
}

/// As rpm names libraries, which all that use rpm have in common.
pub(super) fn for_rpm(place: &Place) -> Result<Vec<String>, String> {
    let mut read = command("/usr/lib/rpm/elfdeps", &["--requires"]);
    read.args(PROGRAMS.map(|name| place.program(name)));
    let read = printed(read).map_err(|problem| format!("elfdeps: {problem}"))?;
    let needs: BTreeSet<&str> = read.lines().chain([TRAY.1]).collect();
    Ok(needs.into_iter().map(str::to_owned).collect())
}

/// What stands behind `shlibs:Depends=`.
fn packages(printed: &str) -> Option<Vec<String>> {
    let list = printed.trim().strip_prefix("shlibs:Depends=")?;
    Some(list.split(", ").map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_debian_s_tool_prints_is_read() {
        let read = packages("shlibs:Depends=libc6 (>= 2.34), libgtk-3-0 (>= 3.21.5)\n");
        assert_eq!(read, Some(vec!["libc6 (>= 2.34)".to_owned(), "libgtk-3-0 (>= 3.21.5)".to_owned()]));
        assert_eq!(packages("dpkg-shlibdeps: error"), None);
    }
}
