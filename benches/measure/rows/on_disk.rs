//! Row 9: what a folder takes on the disk.

use crate::Run;
use crate::stage::device::{Device, found};
use crate::stage::folders::{self, config, disk, settle_in};
use crate::stage::pages::{Mirror, RUN, begin, edits};
use crate::stage::people::{Person, chance};
use crate::stage::typing::{in_runs, keystrokes, paragraph};
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_document::{Edit, NotebookEdit, PageEdit, markdown};
use hedgerow_model::{NotebookId, PageId};
use hedgerow_node::Node;
use hedgerow_sync::{Command, Outcome};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// How often each short page is written in.
const EDITS: usize = 5;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let (count, typed) = (run.size(1_000, 100), run.size(50_000, 10_000));
    let short = in_folder(run, |ada| short_pages(run, ada, count));
    let long = in_folder(run, |ada| vec![long_page(ada, typed)]);
    let of = |what: String, taken: Taken| {
        let figure = |what, ours| {
            Figure::new(what, Unit::Bytes, vec![ours]).against("compressed save of every document", vec![taken.bare])
        };
        [
            figure(what, taken.left).goal(Goal::AtMost(2.0)),
            figure("after the store rewrote its file".to_owned(), taken.rewritten),
        ]
    };
    let shorts = format!("{count} notebooks, a page of 130 words in each, written in {EDITS} times");
    [of(shorts, short), of(format!("one page of {typed} keystrokes"), long)].into_iter().flatten().collect()
}

/// Bytes.
struct Taken {
    /// On the disk, as a node leaves it.
    left: f64,
    /// On the disk, when the store has just rewritten its file, as it does when that has grown.
    rewritten: f64,
    /// Of the documents alone.
    bare: f64,
}

/// Does something in a fresh folder on the disk; what that takes.
fn in_folder(run: &Run, work: impl FnOnce(&mut Device) -> Vec<Mirror>) -> Taken {
    let folder = tempfile::tempdir_in(&run.folder).expect("room for a folder");
    let ada = settle_in(folder.path(), &Person::new(run.seed, "Ada"));
    let empty = taken(folder.path());
    let mirrors = {
        let (_lock, disk) = disk(folder.path(), &ada.secrets);
        let mut at_adas = Device::open(&ada, Arc::new(disk));
        let mirrors = work(&mut at_adas);
        at_adas.compact();
        mirrors
    };
    open_and_close(folder.path());
    let left = taken(folder.path()) - empty;
    {
        let (_lock, disk) = disk(folder.path(), &ada.secrets);
        disk.compact().expect("it is rewritten");
    }
    let bare = mirrors.iter().map(|mirror| mirror.saved() as f64).sum();
    Taken { left, rewritten: taken(folder.path()) - empty, bare }
}

/// As the next start and stop of a node leave it.
fn open_and_close(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let node = Node::open(config(folder)).await.expect("the folder opens");
        node.close().await.expect("it closes");
    });
}

fn short_pages(run: &Run, ada: &mut Device, count: usize) -> Vec<Mirror> {
    let mut rng = chance(run.seed, "short pages");
    let mut mirrors = Vec::new();
    for number in 0..count {
        let id = ada.found(&format!("Notebook {number}"));
        let mut own = Mirror::new(ada.id());
        let Command::FoundNotebook { title, challenge, .. } = found(&format!("Notebook {number}")) else {
            unreachable!()
        };
        own.edit(Edit::Notebook(NotebookEdit::Begin { title, challenge }));
        mirrors.push(own);
        let (page, mut mirror) = new_page(ada, id, folders::page(&mut rng));
        for _ in 1..EDITS {
            let more = markdown::blocks(&paragraph(&mut rng, 3)).expect("short enough");
            ada.command(Command::EditPage(id, page, PageEdit::Append(more.clone())));
            mirror.edit(Edit::Page(PageEdit::Append(more)));
        }
        mirrors.push(mirror);
    }
    mirrors
}

fn new_page(ada: &mut Device, id: NotebookId, page: hedgerow_sync::PageBeginning) -> (PageId, Mirror) {
    let mut mirror = Mirror::new(ada.id());
    let hedgerow_sync::PageBeginning { title, template, fields, body, plan } = page.clone();
    mirror.edit(Edit::Page(PageEdit::Begin { title, template, fields, body, plan }));
    match ada.command(Command::NewPages(id, vec![page])) {
        Outcome::Pages(pages) => (pages[0], mirror),
        other => panic!("no page was begun: {other:?}"),
    }
}

/// Typed as it is where nobody watches, with a look for something to compact now and then.
fn long_page(ada: &mut Device, typed: usize) -> Mirror {
    let notebook = ada.found("Flood rota");
    let page = ada.page(notebook, "Night cover");
    let mut mirror = Mirror::new(ada.id());
    mirror.edit(begin());
    for edit in edits(in_runs(&keystrokes(typed), RUN)) {
        ada.command(Command::EditPage(notebook, page, edit.clone()));
        ada.pass(1_500);
        mirror.edit(Edit::Page(edit));
    }
    mirror
}

/// Bytes of all files in a folder, as the file system counts them.
fn taken(folder: &Path) -> f64 {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read"));
    let size = |entry: fs::DirEntry| {
        let about = entry.metadata().expect("it can be read");
        if about.is_dir() { taken(&entry.path()) } else { on_disk(&about) as f64 }
    };
    entries.map(size).sum()
}

#[cfg(unix)]
fn on_disk(about: &fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    about.blocks() * 512
}

#[cfg(not(unix))]
fn on_disk(about: &fs::Metadata) -> u64 {
    about.len()
}
