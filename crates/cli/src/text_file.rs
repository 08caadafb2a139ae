//! Text that comes in: from a file, or from standard input.

use std::io::Read;
use std::path::Path;

use crate::problem::{Problem, in_words};

/// The most that a page takes in, in bytes.
pub(crate) const MOST: usize = 2 << 20;

/// What is wrong with a text, without saying which; fit to follow "it was skipped: ".
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TextProblem {
    /// It could not be read.
    Unreadable(String),
    /// A folder.
    Folder,
    /// More than [`MOST`].
    TooLong,
    /// Not UTF-8 from this byte on, counted from 0.
    NotUtf8(usize),
}

impl std::fmt::Display for TextProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TextProblem::Unreadable(cause) => f.write_str(cause),
            TextProblem::Folder => write!(f, "it is a folder; name a file"),
            TextProblem::TooLong => write!(f, "it has more than {} MiB; split it and try again", MOST >> 20),
            TextProblem::NotUtf8(at) => write!(f, "byte {at} is not UTF-8 text; save it as UTF-8 and try again"),
        }
    }
}

/// Reads the file, or standard input for `-`.
pub(crate) fn read_file_or_stdin(path: &Path) -> Result<String, Problem> {
    let (name, read) = if path == Path::new("-") {
        ("standard input".to_owned(), read_text(std::io::stdin().lock()))
    } else {
        (path.display().to_string(), read_file(path))
    };
    read.map_err(|problem| Problem::said(format!("{name} was not read: {problem}")))
}

/// Reads a file.
pub(crate) fn read_file(path: &Path) -> Result<String, TextProblem> {
    let unreadable = |cause: std::io::Error| TextProblem::Unreadable(in_words(&cause));
    // A pipe or a device that was named is meant to be read: a shell makes such names.
    let file = std::fs::File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(TextProblem::Folder);
    }
    read_text(file)
}

/// Reads text to its end; a byte order mark at its beginning is left out.
fn read_text(from: impl Read) -> Result<String, TextProblem> {
    let mut bytes = Vec::new();
    let limited = &mut from.take(MOST as u64 + 1);
    limited.read_to_end(&mut bytes).map_err(|cause| TextProblem::Unreadable(in_words(&cause)))?;
    if bytes.len() > MOST {
        return Err(TextProblem::TooLong);
    }
    let text = String::from_utf8(bytes).map_err(|wrong| TextProblem::NotUtf8(wrong.utf8_error().valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf8_and_bounded() {
        assert_eq!(read_text("\u{feff}tŷ".as_bytes()), Ok("tŷ".to_owned()));
        assert_eq!(read_text(&b"caf\xe9 au lait"[..]), Err(TextProblem::NotUtf8(3)));
        assert_eq!(read_text(std::io::repeat(b'a')), Err(TextProblem::TooLong), "a source without end");
        assert_eq!(read_text(std::io::repeat(b'a').take(MOST as u64)).map(|text| text.len()), Ok(MOST));
    }

    #[test]
    fn a_folder_is_no_text() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read_file(folder.path()), Err(TextProblem::Folder));
        assert!(matches!(read_file(&folder.path().join("none")), Err(TextProblem::Unreadable(_))));
    }
}
