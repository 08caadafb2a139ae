//! What the packages hold: every file, where it comes from, and its mode.

/// A file of a package.
pub(super) struct File {
    pub(super) path: &'static str,
    pub(super) from: From,
}

/// Where a file of a package comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// Tauri's bundler puts it there by itself.
    Tauri,
    /// From the checkout, as it is there.
    Checkout(&'static str),
    /// Made by an earlier step, in the folder of work.
    Made(&'static str),
}

const fn file(path: &'static str, from: From) -> File {
    File { path, from }
}

/// Every file of either package.
pub(super) const FILES: &[File] = &[
    file("/usr/bin/hedgerow", From::Made("release/hedgerow")),
    file("/usr/bin/hedgerow-app", From::Tauri),
    file("/usr/lib/systemd/user/hedgerow.service", From::Checkout("src-tauri/linux/hedgerow.service")),
    file("/usr/share/applications/Hedgerow.desktop", From::Tauri),
    file("/usr/share/doc/hedgerow/LICENSE-APACHE", From::Checkout("LICENSE-APACHE")),
    file("/usr/share/doc/hedgerow/LICENSE-MIT", From::Checkout("LICENSE-MIT")),
    file("/usr/share/doc/hedgerow/THIRD-PARTY.gz", From::Made("THIRD-PARTY.gz")),
    file("/usr/share/doc/hedgerow/copyright", From::Checkout("src-tauri/linux/copyright")),
    file("/usr/share/icons/hicolor/128x128/apps/hedgerow-app.png", From::Tauri),
    file("/usr/share/icons/hicolor/16x16/apps/hedgerow-app.png", From::Tauri),
    file("/usr/share/icons/hicolor/24x24/apps/hedgerow-app.png", From::Tauri),
    file("/usr/share/icons/hicolor/256x256/apps/hedgerow-app.png", From::Tauri),
    file("/usr/share/icons/hicolor/32x32/apps/hedgerow-app.png", From::Tauri),
    file("/usr/share/icons/hicolor/48x48/apps/hedgerow-app.png", From::Tauri),
    file("/usr/share/icons/hicolor/512x512/apps/hedgerow-app.png", From::Tauri),
    file("/usr/share/icons/hicolor/64x64/apps/hedgerow-app.png", From::Tauri),
    file("/usr/share/icons/hicolor/scalable/apps/hedgerow-app.svg", From::Checkout("ui/public/icon.svg")),
    file(
        "/usr/share/metainfo/app.hedgerow.Hedgerow.metainfo.xml",
        From::Checkout("src-tauri/linux/app.hedgerow.Hedgerow.metainfo.xml"),
    ),
    file("/usr/share/mime/packages/hedgerow.xml", From::Checkout("src-tauri/linux/hedgerow-mime.xml")),
];

impl File {
    /// What is run may be run by all, and everything may be read by all.
    pub(super) fn mode(&self) -> &'static str {
        if self.path.starts_with("/usr/bin/") { "-rwxr-xr-x" } else { "-rw-r--r--" }
    }
}

/// Something that a package holds, as its own tool lists it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held {
    mode: String,
    owner: String,
    size: u64,
    path: String,
}

impl Held {
    /// Reads `-rw-r--r-- root/root 873 /usr/..`, or the same with a date before the path.
    pub(super) fn parse(line: &str) -> Option<Held> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [mode, owner, size, .., path] = words[..] else { return None };
        let path = format!("/{}", path.trim_start_matches('.').trim_matches('/'));
        Some(Held { mode: mode.to_owned(), owner: owner.to_owned(), size: size.parse().ok()?, path })
    }
}

/// What is wrong with what a package holds.
pub(super) fn problems(held: &[Held]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in FILES {
        match held.iter().find(|one| one.path == file.path) {
            None => problems.push(format!("{} is missing", file.path)),
            Some(one) if one.size == 0 => problems.push(format!("{} is empty", file.path)),
            Some(one) if one.mode != file.mode() => {
                problems.push(format!("{} is {}, and should be {}", file.path, one.mode, file.mode()));
            }
            Some(_) => {}
        }
    }
    for one in held {
        let is_folder = one.mode.starts_with('d');
        if is_folder && one.mode != "drwxr-xr-x" {
            problems.push(format!("{} is {}, and should be drwxr-xr-x", one.path, one.mode));
        }
        if one.owner != "root/root" {
            problems.push(format!("{} is {}'s, and should be root's", one.path, one.owner));
        }
        if !is_folder && FILES.iter().all(|file| file.path != one.path) {
            problems.push(format!("{} is there, and nobody asked for it", one.path));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Vec<Held> {
        let line = |file: &File| Held::parse(&format!("{} root/root 9 {}", file.mode(), file.path));
        FILES.iter().filter_map(line).collect()
    }

    #[test]
    fn both_lists_are_read() {
        let deb = Held::parse("-rw-r--r-- root/root       873 2026-11-28 18:41 ./usr/share/a.png");
        assert_eq!(deb, Held::parse("-rw-r--r-- root/root 873 /usr/share/a.png"));
        assert!(deb.is_some_and(|held| held.path == "/usr/share/a.png" && held.size == 873));
        assert_eq!(Held::parse("dpkg-deb: error"), None);
    }

    #[test]
    fn a_package_with_all_of_it_and_nothing_else_is_well() {
        assert_eq!(whole().len(), FILES.len());
        assert!(problems(&whole()).is_empty());
    }

    #[test]
    fn what_is_missing_empty_or_too_much_is_named() {
        let mut held = whole();
        held[0].size = 0;
        held[1].mode = "-rwxrwxrwx".to_owned();
        held[2].path = "/usr/lib/systemd/user/other.service".to_owned();
        held[3].owner = "gwen/gwen".to_owned();
        let problems = problems(&held).join("\n");
        for word in ["hedgerow is empty", "-rwxrwxrwx", "hedgerow.service is missing", "other.service", "gwen"] {
            assert!(problems.contains(word), "{word}: {problems}");
        }
        assert_eq!(problems.lines().count(), 5);
    }
}
