//! Names of files made from titles.

use std::collections::BTreeSet;

/// Names given so far in one folder. No two are the same, also where capitals do not count.
#[derive(Debug, Default)]
pub(crate) struct FileNames {
    taken: BTreeSet<String>,
}

/// The most bytes of a name before its ending: every file system takes 255 with it, and a few for a number.
const MOST_BYTES: usize = 200;

/// Names that some systems keep for devices.
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];

impl FileNames {
    /// A name for `title` that was not given before. `ending` is added with its dot.
    pub(crate) fn give(&mut self, title: &str, ending: &str) -> String {
        let stem = safe(title);
        let numbered = (2_u64..).map(|number| format!("{stem} {number}{ending}"));
        let mut names = std::iter::once(format!("{stem}{ending}")).chain(numbered);
        let free = names.find(|name| !self.taken.contains(&name.to_lowercase()));
        let name = free.unwrap_or_default();
        self.taken.insert(name.to_lowercase());
        name
    }
}

/// `title` as a name that any system takes, that stays in its folder and is not hidden.
fn safe(title: &str) -> String {
    let swapped: String = title
        .chars()
        .map(|c| match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            c if c.is_control() || is_invisible(c) => ' ',
            c => c,
        })
        .collect();
    let mut name = String::new();
    for c in swapped.trim_start_matches(['.', ' ', '-']).chars() {
        if name.len() + c.len_utf8() > MOST_BYTES {
            break;
        }
        name.push(c);
    }
    let name = name.trim_end_matches(['.', ' ']);
    let before_dot = name.split('.').next().unwrap_or_default().trim().to_lowercase();
    let port = before_dot.strip_prefix("com").or_else(|| before_dot.strip_prefix("lpt"));
    let is_port = port.is_some_and(|number| number.chars().count() == 1);
    match name {
        "" => "untitled".to_owned(),
        name if is_port || RESERVED.contains(&before_dot.as_str()) => format!("_{name}"),
        name => name.to_owned(),
    }
}

/// Characters that turn the reading direction or cannot be seen: a name must not look like another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_name_that_stays_in_its_folder() {
        for (title, name) in [
            ("Night cover", "Night cover"),
            ("../../etc/passwd", "etc-passwd"),
            ("..", "untitled"),
            (".profile", "profile"),
            ("-rf", "rf"),
            ("C:\\autoexec.bat", "C--autoexec.bat"),
            ("Tŷ Hafan: y cam nesaf?", "Tŷ Hafan- y cam nesaf-"),
            ("nul", "_nul"),
            ("Com1.txt", "_Com1.txt"),
            ("a\u{202e}b", "a b"),
            ("ends. ", "ends"),
        ] {
            assert_eq!(safe(title), name, "{title}");
        }
    }

    #[test]
    fn no_two_files_meet() {
        let mut names = FileNames::default();
        let given: Vec<String> =
            ["Rota", "rota", "ROTA", "Rota 2"].into_iter().map(|title| names.give(title, ".md")).collect();
        assert_eq!(given, ["Rota.md", "rota 2.md", "ROTA 3.md", "Rota 2 2.md"]);
    }

    proptest::proptest! {
        #[test]
        fn any_title_is_one_plain_name(title: String) {
            let name = FileNames::default().give(&title, ".md");
            proptest::prop_assert!(name.len() <= 255 && !name.starts_with('.') && !name.contains(['/', '\\', '\0']));
            let path = std::path::Path::new(&name);
            proptest::prop_assert_eq!(path.file_name(), Some(std::ffi::OsStr::new(&name)));
        }
    }
}
