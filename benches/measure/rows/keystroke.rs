//! Row 1: a keystroke on this device, from the call until its bytes wait for the disk and for the peers.

use crate::Run;
use crate::stage::device::Device;
use crate::stage::instructions::{self, counted};
use crate::stage::pages::{ada_and_bo, body_of, grow, keep, kept};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, ReadDoc};
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_document::PageEdit;
use hedgerow_model::{NotebookId, PageId};
use hedgerow_sync::{Command, Event};
use std::path::{Path, PathBuf};

/// Keystrokes counted.
pub(crate) const KEYS: usize = 20;
/// Keystrokes before that: the first one in a page opens it.
const FIRST: usize = 3;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let sizes = [run.size(10_000, 1_000), run.size(100_000, 10_000)];
    let at = |size: &usize| {
        let (kept, bare) = files(run, *size);
        (of_each("keystroke", &kept), of_each("bare-keystroke", &bare))
    };
    let [(small, bare_small), (large, bare_large)] = [at(&sizes[0]), at(&sizes[1])];
    let figure = |size: usize, ours, bare| {
        Figure::new(format!("keystroke in a page of {size} operations"), Unit::Instructions, vec![ours])
            .against("bare automerge: splice and commit", vec![bare])
            .goal(Goal::AtMost(1.3))
    };
    vec![
        figure(sizes[0], small, bare_small),
        figure(sizes[1], large, bare_large),
        Figure::new(format!("keystroke in a page of {} operations", sizes[1]), Unit::Instructions, vec![large])
            .against(format!("in one of {}", sizes[0]), vec![small])
            .goal(Goal::AtMost(1.15)),
    ]
}

fn of_each(scene: &str, file: &Path) -> f64 {
    let seen = file.with_added_extension("callgrind");
    instructions::of(scene, &[file.to_str().expect("a path in UTF-8")], &seen) / KEYS as f64
}

/// A page of so many operations, as Ada's device holds it and bare.
fn files(run: &Run, operations: usize) -> (PathBuf, PathBuf) {
    let (ours, bare) =
        (run.folder.join(format!("page-{operations}.rows")), run.folder.join(format!("page-{operations}.automerge")));
    let grown = grow(operations);
    keep(&ours, grown.ada.held(), grown.notebook, grown.page);
    std::fs::write(&bare, grown.mirror.bare().save()).expect("the folder takes a file");
    (ours, bare)
}

/// The scene: Ada, connected with Bo, types in the middle of the page.
pub(crate) fn play(arguments: &[&str]) {
    let (held, notebook, page) = kept(Path::new(arguments[0]));
    let [ada, bo] = ada_and_bo();
    let mut ada = Device::holding(&ada, held);
    ada.tell(Event::Connected(Device::new(&bo).id()));
    ada.save();
    let middle = ada.body(&notebook, &page).chars().count() / 2;
    type_on(&mut ada, notebook, page, middle);
}

/// Types, and counts all but what the store does.
pub(crate) fn type_on(ada: &mut Device, notebook: NotebookId, page: PageId, from: usize) {
    for key in 0..FIRST + KEYS {
        ada.now = ada.now.plus_millis(150);
        ada.outbox.clear();
        let edit = PageEdit::Splice { at: from + key, delete: 0, insert: "a".to_owned() };
        let command = Command::EditPage(notebook, page, edit);
        if key < FIRST {
            ada.command(command);
            continue;
        }
        let asked = counted(|| ada.ask(command));
        while let Some(saved) = ada.save_some() {
            counted(|| ada.tell(Event::Saved(saved)));
        }
        assert!(ada.answered(asked).is_some(), "the keystroke is durable");
        assert!(!ada.outbox.is_empty(), "and on its way to Bo");
    }
}

/// The scene: the same in a bare document.
pub(crate) fn play_bare(arguments: &[&str]) {
    let saved = std::fs::read(arguments[0]).expect("it was kept");
    let mut bare = Automerge::load(&saved).expect("it was saved");
    let body = body_of(&bare);
    let middle = bare.length(&body) / 2;
    for key in 0..FIRST + KEYS {
        let mut type_one = || {
            let mut tx = bare.transaction();
            tx.splice_text(&body, middle + key, 0, "a").expect("within the text");
            tx.commit_with(CommitOptions::default().with_time(1_790_000_000));
        };
        if key < FIRST { type_one() } else { counted(type_one) }
    }
}
