//! Raw Automerge changes and checkpoints: the bounded reader, the admission on top of it, and what is let in.

mod chunk;
pub(crate) mod scene;

use hedgerow_document::{Block, Document, Edit, PageEdit, canonical, comments, examine, history, notebook, page};

use crate::input::Input;
use crate::{Verdict, within};

/// The body of a change, in a chunk with a true checksum, on top of a page that three people wrote on.
pub(crate) fn changes(bytes: &[u8]) -> Verdict {
    // Bare bytes have no true checksum but by design of whoever sent them.
    let _ = within(4 << 10, 64, bytes, || examine(bytes));
    try_on_page(&chunk::chunk(1, bytes))
}

/// A change put together from parts, so that a bent byte stays in its part: see [`chunk::Parts`].
pub(crate) fn admission(bytes: &[u8]) -> Verdict {
    try_on_page(&chunk::Parts::read(&mut Input::new(bytes)).put_together(scene::page()))
}

fn try_on_page(raw: &[u8]) -> Verdict {
    let before = scene::page();
    let facts = within(64 << 10, 128, raw, || examine(raw));
    let mut after = before.clone();
    let admitted = within(16 << 20, 2048, raw, || after.admit(&[raw]));
    match (facts, admitted) {
        (facts, Err(refusal)) => {
            assert_eq!(after.heads(), before.heads(), "what is refused leaves nothing behind");
            assert!(!refusal.to_string().contains('\n'));
            if let (Ok(facts), Some(named)) = (facts, refusal.change) {
                assert_eq!(named, facts.hash);
            }
            Verdict::Refused
        }
        (Err(refusal), Ok(())) => panic!("admitted without being examined: {refusal}"),
        (Ok(facts), Ok(())) => {
            assert!(after.has(&facts.hash));
            let known = after.facts(&facts.hash).expect("it is there");
            assert_eq!(known, facts, "automerge understands it otherwise than the reader");
            assert_eq!(after.raw_change(&facts.hash).as_deref(), Some(raw));
            does_no_harm(before, &after, raw);
            Verdict::Taken
        }
    }
}

/// What was let in can be kept, loaded, rebuilt, read as anything, merged in another order, and edited further.
fn does_no_harm(before: &Document, after: &Document, raw: &[u8]) {
    keeps_and_rebuilds(after);
    reads_as_anything(after);
    let (mut one, mut two) = (after.clone(), before.clone());
    let mut cy = before.clone();
    let change = scene::edit(&mut cy, 9, PageEdit::Splice { at: 2, delete: 3, insert: "meanwhile".to_owned() });
    one.admit(&[&change]).expect("an honest change after it");
    two.admit(&[&change]).expect("an honest change before it");
    two.admit(&[raw]).expect("it, after an honest change");
    assert_eq!(written(&one), written(&two), "the order matters");
    let mut next = after.clone();
    scene::edit(&mut next, 8, PageEdit::Append(vec![Block::paragraph("tail")]));
    let length = page::body_length(&next);
    scene::edit(&mut next, 8, PageEdit::Splice { at: length / 2, delete: 0, insert: "t\n".to_owned() });
    // Unless it says something of that action itself.
    let action = scene::added(hedgerow_model::ActionId::from_bytes([0xfe; 16]));
    if next.edit(&scene::editing(8), &Edit::Page(action)).is_ok() {
        let (plan, _) = hedgerow_document::plan::read(&next);
        assert!(plan.actions.iter().any(|action| action.text == "Ring the depot"), "an action is hidden");
    }
    keeps_and_rebuilds(&next);
}

fn keeps_and_rebuilds(document: &Document) {
    let actors: Vec<_> = document.actors().collect();
    let loaded = Document::from_checkpoint(&document.checkpoint(), &document.heads(), &actors).expect("it can be kept");
    assert_eq!(written(&loaded), written(document), "kept as something else");
    let raws = document.raw_changes_since(&[]);
    let rebuilt = Document::from_changes(raws.iter().map(Vec::as_slice)).expect("it can be rebuilt");
    assert_eq!(written(&rebuilt), written(document), "rebuilt as something else");
    assert_eq!(rebuilt.heads(), document.heads());
}

/// Whatever a document holds, it reads as each kind of thing.
fn reads_as_anything(document: &Document) {
    let (page, _) = page::read(document);
    assert_eq!(page.blocks, hedgerow_document::normal(page.blocks.clone()), "read in another form than the normal one");
    assert_eq!(page::body_text(document).chars().count(), page::body_length(document));
    let _ = history::versions(document);
    let _ = comments::read(document);
    let (description, _) = notebook::read(document);
    let _ = canonical::notebook(&description);
}

fn written(document: &Document) -> String {
    canonical::page(&page::read(document).0, &[], &|_| String::new())
}

/// A whole document in one piece, with what its maker states of it: as it came, and with true checksums.
///
/// What is let in is what was stated, and can be used like any document.
pub(crate) fn checkpoints(bytes: &[u8]) -> Verdict {
    let mut input = Input::new(bytes);
    let stated = chunk::Stated::read(&mut input);
    let came = input.rest();
    let mended = chunk::with_true_checksums(came);
    let mut verdict = Verdict::Refused;
    for checkpoint in [came, mended.as_deref().unwrap_or_default()] {
        let read = || Document::from_checkpoint(checkpoint, &stated.heads, &stated.actors);
        let Ok(document) = within(48 << 20, 2048, checkpoint, read) else { continue };
        let mut heads = stated.heads.clone();
        heads.sort_unstable();
        assert_eq!(document.heads(), heads, "it ends in other changes than stated");
        assert_eq!(document.actors().count(), stated.actors.len());
        for raw in document.raw_changes_since(&[]) {
            examine(&raw).expect("each of its changes would have been admitted");
        }
        keeps_and_rebuilds(&document);
        reads_as_anything(&document);
        if !document.is_empty() {
            let mut next = document.clone();
            let by = scene::editing(8);
            if next.edit(&by, &Edit::Page(PageEdit::Append(vec![Block::paragraph("tail")]))).is_ok() {
                keeps_and_rebuilds(&next);
            }
        }
        verdict = Verdict::Taken;
    }
    verdict
}

pub(crate) mod seeds {
    use hedgerow_document::Document;

    use super::{chunk, scene};
    use crate::Seed;

    /// A change of each kind that Bo makes next.
    pub(crate) fn changes() -> Vec<Seed> {
        scene::next().into_iter().map(|(name, raw)| (name, chunk::body(&raw).to_vec())).collect()
    }

    /// The same, taken apart.
    pub(crate) fn admission() -> Vec<Seed> {
        let parts = |raw: &[u8]| chunk::Parts::of(scene::page(), raw).write();
        scene::next().into_iter().map(|(name, raw)| (name, parts(&raw))).collect()
    }

    /// Whole documents.
    pub(crate) fn checkpoints() -> Vec<Seed> {
        let whole = |document: &Document| {
            let mut bytes = chunk::Stated::of(document).write();
            bytes.extend(chunk::unpacked(&document.checkpoint()));
            bytes
        };
        let mut packed = chunk::Stated::of(scene::page()).write();
        packed.extend(scene::page().checkpoint());
        vec![
            ("packed", packed),
            ("empty", whole(&Document::new())),
            ("page", whole(scene::page())),
            ("begun", whole(&scene::begun())),
            ("comments", whole(&scene::commented())),
            ("notebook", whole(&scene::notebook())),
        ]
    }
}
