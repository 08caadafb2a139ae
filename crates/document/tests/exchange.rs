//! What the window's editor writes, this room lets in and reads as the editor shows it. `ui/tests/exchange.test.ts` keeps the
//! file: an evening of one person's editing, with what the page read after each thing that was done.

use automerge::Automerge;
use data_encoding::HEXLOWER;
use hedgerow_document::{Document, json, page};
use serde::Deserialize;
use serde_json::Value;

const EVENING: &str = include_str!("../../../ui/tests/fixtures/written-by-the-editor.json");

#[derive(Deserialize)]
struct Evening {
    /// The page as it was opened, in hexadecimal.
    document: String,
    pages: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    /// A change, in hexadecimal.
    change: String,
    /// What the page reads from then on; nothing after all but the last change of several that belong together.
    reads: Vec<Value>,
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    HEXLOWER.decode(hexadecimal.as_bytes()).expect("hexadecimal")
}

#[test]
fn what_the_editor_writes_is_let_in_and_reads_as_it_was_shown() {
    let evening: Evening = serde_json::from_str(EVENING).expect("it is as the editor's test writes it");
    let opened = Automerge::load(&bytes(&evening.document)).expect("a document");
    let begun: Vec<Vec<u8>> = opened.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect();
    let mut document = Document::from_changes(begun.iter().map(Vec::as_slice)).expect("a page as a node begins it");
    let mut read = 0;
    for (at, written) in evening.pages.iter().enumerate() {
        document.admit(&[&bytes(&written.change)]).unwrap_or_else(|refusal| panic!("change {at}: {refusal}"));
        if written.reads.is_empty() {
            continue;
        }
        read += 1;
        let (page, unknown) = page::read(&document);
        assert_eq!(unknown, [], "change {at}");
        let reads = serde_json::to_value(json::blocks(&page.blocks)).expect("blocks have a form in JSON");
        assert_eq!(reads, Value::Array(written.reads.clone()), "change {at}");
    }
    assert!(read >= 60, "only {read} of {} changes say what the page reads", evening.pages.len());
}
