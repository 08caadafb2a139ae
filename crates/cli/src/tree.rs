//! Which files an import reads.

use std::path::{Path, PathBuf};

use hedgerow_api::request::FileForm;
use hedgerow_model::mutant;

use crate::problem::{Problem, in_words};

/// How deep folders are followed.
const DEEPEST: usize = 64;

/// A file that an import found: to be read, or left out with a reason.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FoundFile {
    /// Its path, beginning as the person named it.
    pub(crate) path: PathBuf,
    /// How to read it, or why not.
    pub(crate) as_what: Result<FileForm, String>,
}

/// Everything under the named paths, each folder in order of name.
///
/// # Errors
/// When a named path is not there; then nothing was read at all.
pub(crate) fn find_files(named: &[PathBuf]) -> Result<Vec<FoundFile>, Problem> {
    for path in named {
        if let Err(cause) = std::fs::metadata(path) {
            let line = format!("{} was not imported, and nothing else was: {}", path.display(), in_words(&cause));
            return Err(Problem::said(line + "; name only what is there"));
        }
    }
    let mut found = Vec::new();
    for path in named {
        if path.is_dir() {
            let root = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
            walk(path, &root, 0, &mut found);
        } else {
            found.push(FoundFile { path: path.clone(), as_what: form_of(path) });
        }
    }
    Ok(found)
}

fn walk(folder: &Path, root: &Path, depth: usize, found: &mut Vec<FoundFile>) {
    let mut leave =
        |path: &Path, why: &str| found.push(FoundFile { path: path.to_owned(), as_what: Err(why.to_owned()) });
    if depth > DEEPEST {
        return leave(folder, "it lies too deep; name it itself");
    }
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).and_then(Iterator::collect);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(cause) => return leave(folder, &in_words(&cause)),
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let mut leave = |why: &str| found.push(FoundFile { path: path.clone(), as_what: Err(why.to_owned()) });
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            leave("it is hidden; name it itself if it is meant");
            continue;
        }
        match entry.file_type() {
            Err(cause) => leave(&in_words(&cause)),
            Ok(kind) if kind.is_dir() => walk(&path, root, depth + 1, found),
            Ok(kind) if kind.is_symlink() => match std::fs::canonicalize(&path) {
                Ok(target) if target.is_dir() => leave("it is a link to a folder; name that folder itself"),
                Ok(target) if !target.starts_with(root) && !mutant("follow-links-out") => {
                    leave("it is a link that leads out of the folder")
                }
                Ok(target) => found.push(FoundFile { as_what: form_of_regular(&path, &target), path }),
                Err(_) => leave("it is a link that leads nowhere"),
            },
            Ok(_) => found.push(FoundFile { as_what: form_of_regular(&path, &path), path }),
        }
    }
}

/// A pipe or a device in a folder was hardly meant, and might never end.
fn form_of_regular(path: &Path, target: &Path) -> Result<FileForm, String> {
    if !target.is_file() {
        return Err("it is no ordinary file".to_owned());
    }
    form_of(path)
}

fn form_of(path: &Path) -> Result<FileForm, String> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("md" | "markdown") => Ok(FileForm::Markdown),
        Some("html" | "htm") => Ok(FileForm::Html),
        Some("txt") => Ok(FileForm::Plain),
        _ => Err("only files that end in .md, .html or .txt are read".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use expect_test::expect;

    use super::*;

    fn told(folder: &Path, found: &[FoundFile]) -> String {
        let line = |file: &FoundFile| {
            let path = file.path.strip_prefix(folder).expect("inside").display().to_string();
            format!("{path}: {}", file.as_what.as_ref().map_or_else(Clone::clone, |form| format!("{form:?}")))
        };
        found.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_folder_is_read_in_order_and_says_what_it_leaves_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("notes/b")).expect("made");
        for name in [
            "notes/c.md",
            "notes/a.TXT",
            "notes/b/d.markdown",
            "notes/b/e.docx",
            "notes/f.html",
            "notes/.hidden.md",
            "secret.md",
        ] {
            fs::write(at(name), "text").expect("written");
        }
        for (link, target) in [("in.md", "c.md"), ("out.md", "../secret.md"), ("round", "."), ("gone.md", "nowhere.md")]
        {
            std::os::unix::fs::symlink(target, at("notes").join(link)).expect("linked");
        }
        let found = find_files(&[at("notes"), at("secret.md")]).expect("all are there");
        expect![[r#"
            notes/.hidden.md: it is hidden; name it itself if it is meant
            notes/a.TXT: Plain
            notes/b/d.markdown: Markdown
            notes/b/e.docx: only files that end in .md, .html or .txt are read
            notes/c.md: Markdown
            notes/f.html: Html
            notes/gone.md: it is a link that leads nowhere
            notes/in.md: Markdown
            notes/out.md: it is a link that leads out of the folder
            notes/round: it is a link to a folder; name that folder itself
            secret.md: Markdown"#]]
        .assert_eq(&told(folder.path(), &found));
    }

    #[test]
    fn one_missing_path_stops_it_before_it_begins() {
        let folder = tempfile::tempdir().expect("a folder");
        let there = folder.path().join("a.md");
        fs::write(&there, "text").expect("written");
        assert!(find_files(&[there, folder.path().join("b.md")]).is_err());
    }
}
