//! Real notes, where a folder of them is at hand: `HEDGEROW_CORPUS`. They are read, never copied.
#![expect(clippy::disallowed_methods, reason = "a test that reads a folder; the room itself reads none")]

use hedgerow_document::markdown;
use hedgerow_document::page::{self, Page};
use hedgerow_document::{Document, Edit, Editing, PageEdit, canonical};
use hedgerow_model::{ActorId, Moment, TemplateKind, Title};
use std::path::{Path, PathBuf};

/// The Markdown files under the folder, sorted. `None` when there is no folder to read.
fn corpus() -> Option<Vec<PathBuf>> {
    let Some(folder) = std::env::var_os("HEDGEROW_CORPUS").map(PathBuf::from) else {
        println!("left out: HEDGEROW_CORPUS is not set");
        return None;
    };
    if !folder.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "HEDGEROW_CORPUS is {} and that is no folder", folder.display());
        println!("left out: {} is no folder", folder.display());
        return None;
    }
    let mut files = Vec::new();
    gather(&folder, &mut files);
    files.sort();
    assert!(!files.is_empty(), "there is no .md file under {}", folder.display());
    Some(files)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
}

fn page_of(text: &str) -> Page {
    let read = markdown::read(text).expect("not too large");
    Page {
        title: read.title.unwrap_or_else(|| Title::parse("Untitled").expect("a title")),
        template: read.template.unwrap_or_else(TemplateKind::note),
        fields: read.fields,
        blocks: read.blocks,
        plan: read.plan,
        deleted: false,
    }
}

fn canon(page: &Page) -> String {
    canonical::page(page, &[], &|_| String::new())
}

#[test]
fn every_note_comes_back_as_it_was_read() {
    let Some(files) = corpus() else { return };
    let mut wrong = Vec::new();
    for file in &files {
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        let first = page_of(&text);
        let second = page_of(&markdown::write(&first));
        if canon(&first) != canon(&second) {
            wrong.push(file.display().to_string());
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ: {wrong:#?}", wrong.len(), files.len());
    println!("{} notes", files.len());
}

#[test]
fn a_note_is_the_same_in_a_document() {
    let Some(files) = corpus() else { return };
    for file in files.iter().step_by(60) {
        let Ok(text) = std::fs::read_to_string(file) else { continue };
        let page = page_of(&text);
        let mut document = Document::new();
        let by = Editing { actor: ActorId::from_bytes([1; 40]), at: Moment::default(), message: None };
        let Page { title, template, fields, blocks: body, plan, .. } = page.clone();
        let begin = Edit::Page(PageEdit::Begin { title, template, fields, body: body.clone(), plan });
        document.edit(&by, &begin).expect("it fits");
        let (read, unknown) = page::read(&document);
        assert_eq!((read, unknown), (page, Vec::new()), "{}", file.display());
        let again = document.edit(&by, &Edit::Page(PageEdit::Replace(body))).expect("it fits");
        assert_eq!(again, None, "{}", file.display());
    }
}
