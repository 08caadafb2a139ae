//! Text that comes in: from a file, or from standard input.

use std::io::Read;
use std::path::Path;

use crate::problem::Problem;

/// The most that a page takes in, in bytes.
pub(crate) const MOST: usize = 2 << 20;

/// What is wrong with a text, without saying which; fit to follow "it was skipped: ".
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TextProblem {
    /// It could not be read.
    Unreadable(String),
    /// More than [`MOST`].
    TooLong,
    /// Not UTF-8 from this byte on, counted from 0.
    NotUtf8(usize),
}

impl std::fmt::Display for TextProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TextProblem::Unreadable(cause) => write!(f, "it could not be read: {cause}"),
            TextProblem::TooLong => write!(f, "it has more than {} MiB; split it", MOST >> 20),
            TextProblem::NotUtf8(at) => write!(f, "it is not UTF-8 text: see byte {at}. Save it as UTF-8"),
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
    read.map_err(|problem| Problem::said(format!("{name} was not taken: {problem}, then try again")))
}

/// Reads a file.
pub(crate) fn read_file(path: &Path) -> Result<String, TextProblem> {
    let unreadable = |cause: std::io::Error| TextProblem::Unreadable(cause.to_string());
    // Opening a pipe would wait for somebody to write to it, so look before opening. Named standard streams and pipes
    // made by a shell are what somebody meant to be read.
    let file = std::fs::File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(TextProblem::Unreadable("it is a folder".to_owned()));
    }
    read_text(file)
}

/// Reads text to its end; a byte order mark at its beginning is left out.
fn read_text(from: impl Read) -> Result<String, TextProblem> {
    let mut bytes = Vec::new();
    let limited = &mut from.take(MOST as u64 + 1);
    limited.read_to_end(&mut bytes).map_err(|cause| TextProblem::Unreadable(cause.to_string()))?;
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
        assert!(matches!(read_file(folder.path()), Err(TextProblem::Unreadable(_))));
        assert!(matches!(read_file(&folder.path().join("none")), Err(TextProblem::Unreadable(_))));
    }
}
