//! A file that stands on a page: what it is called, what kind it is, how long.

use crate::AttachmentId;
use serde::{Deserialize, Serialize};

/// What a page says of a file that is attached to it. The file itself lies beside the page, sealed, and is fetched when it
/// is wanted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Attachment {
    /// Which file it is: two that are the same stand for one file.
    pub id: AttachmentId,
    /// What it is called.
    pub name: FileName,
    /// What kind it is, as whoever attached it said.
    pub media_type: MediaType,
    /// How long it is, in bytes, as whoever attached it said.
    pub size: u64,
}

impl Attachment {
    /// The longest file that can be attached, in bytes: 100 MiB.
    pub const MOST: u64 = 100 << 20;
}

/// The name of a file, without a folder: 1 to 200 characters on one line, without control characters, characters that turn
/// the direction of text, `/` and `\\`; neither `.` nor `..`. It is a name to be shown and offered, never a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// The longest name, in Unicode scalar values.
    pub const MOST: usize = 200;

    /// The nearest name to what a file is called: its last part, with what must not stand in a name as `_`, and cut in the
    /// middle, so that it keeps its ending. `file` when nothing is left.
    #[must_use]
    pub fn nearest(raw: &str) -> FileName {
        let last = raw.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
        let clean: String = last.trim().chars().map(|c| if is_wrong(c) { '_' } else { c }).collect();
        let length = clean.chars().count();
        let cut: String = match length > Self::MOST {
            false => clean,
            true => {
                let tail = Self::MOST / 4;
                clean.chars().take(Self::MOST - tail).chain(clean.chars().skip(length - tail)).collect()
            }
        };
        match cut.trim() {
            "" | "." | ".." => FileName("file".to_owned()),
            name => FileName(name.to_owned()),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, line separators, those that part folders, and those that turn text round: `photo\u{202e}gpj.exe` is
/// shown as a picture.
fn is_wrong(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl TryFrom<String> for FileName {
    type Error = String;
    fn try_from(raw: String) -> Result<FileName, String> {
        let name = FileName::nearest(&raw);
        if name.0 == raw { Ok(name) } else { Err(format!("\"{}\" cannot be the name of a file", name.0)) }
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> String {
        name.0
    }
}

impl std::fmt::Display for FileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of file it is, such as `image/png` (RFC 6838): a type and a subtype in lower case, without parameters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaType(String);

impl MediaType {
    /// The longest part of one, in bytes.
    const PART_MOST: usize = 127;

    /// The kind that these words name, without parameters; `application/octet-stream`, some bytes, when they name none.
    #[must_use]
    pub fn nearest(raw: &str) -> MediaType {
        let essence = raw.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_part = |part: &str| {
            (1..=Self::PART_MOST).contains(&part.len())
                && part.starts_with(|c: char| c.is_ascii_alphanumeric())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        match essence.split_once('/') {
            Some((kind, subtype)) if is_part(kind) && is_part(subtype) => MediaType(essence),
            _ => MediaType("application/octet-stream".to_owned()),
        }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MediaType {
    type Error = String;
    fn try_from(raw: String) -> Result<MediaType, String> {
        let kind = MediaType::nearest(&raw);
        if kind.0 == raw { Ok(kind) } else { Err("that is not the name of a kind of file".to_owned()) }
    }
}

impl From<MediaType> for String {
    fn from(kind: MediaType) -> String {
        kind.0
    }
}

impl std::fmt::Display for MediaType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_last_part_of_a_path_and_never_a_path() {
        for (raw, name) in [
            ("flood map.png", "flood map.png"),
            ("Pictures/2026/rhyd.jpg", "rhyd.jpg"),
            ("C:\\Users\\Ada\\rota.xlsx", "rota.xlsx"),
            ("../../etc/passwd", "passwd"),
            ("..", "file"),
            ("", "file"),
            ("  /  ", "file"),
            ("a\nb\u{202e}gpj.exe", "a_b_gpj.exe"),
            ("Tŷ Mawr – llifogydd.pdf", "Tŷ Mawr – llifogydd.pdf"),
        ] {
            assert_eq!(FileName::nearest(raw).as_str(), name, "of {raw:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = FileName::nearest(&format!("{}.docx", "m".repeat(500)));
        assert_eq!(name.as_str().chars().count(), FileName::MOST);
        assert!(name.as_str().ends_with(".docx"));
        assert_eq!(FileName::try_from(String::from(name.clone())), Ok(name), "it is a name itself");
    }

    #[test]
    fn a_kind_is_two_words_in_lower_case_or_some_bytes() {
        let bytes = "application/octet-stream";
        for (raw, kind) in [
            ("image/png", "image/png"),
            ("IMAGE/SVG+XML", "image/svg+xml"),
            ("text/plain; charset=utf-8", "text/plain"),
            ("image", bytes),
            ("image/", bytes),
            ("image/png/x", bytes),
            ("image/p\u{1f600}", bytes),
            ("", bytes),
        ] {
            assert_eq!(MediaType::nearest(raw).as_str(), kind, "of {raw:?}");
        }
    }
}
