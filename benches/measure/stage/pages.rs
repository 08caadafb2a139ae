//! Pages that were typed: on a device, and the same in a bare Automerge document.

use crate::stage::device::{BEGINNING, Device, Held, agree, connect, part};
use crate::stage::people::{Person, join};
use crate::stage::typing::{self, Splice};
use automerge::{Automerge, ObjType, ROOT, ReadDoc, Value};
use hedgerow_document::{Document, Edit, Editing, PageEdit};
use hedgerow_model::{ActorId, DeviceId, Moment, NotebookId, PageId};
use hedgerow_sync::{Command, PageBeginning};
use std::path::Path;

/// The longest run that is typed into one change while a page grows.
pub(crate) const RUN: usize = 40;

/// A document that is edited as a page on a device is, without signatures and seals.
pub(crate) struct Mirror {
    document: Document,
    actor: ActorId,
    at: Moment,
}

impl Mirror {
    /// A document without changes, written by `device`.
    pub(crate) fn new(device: DeviceId) -> Mirror {
        Mirror { document: Document::new(), actor: ActorId::new(device, [7; 8]), at: BEGINNING }
    }

    /// Makes an edit; the bytes of the change.
    pub(crate) fn edit(&mut self, edit: Edit) -> Vec<u8> {
        self.at = self.at.plus_millis(150);
        // Every change on a device that knew something new commits to what it knew; the first always does.
        let message = self.document.is_empty().then(|| "0".repeat(64));
        let by = Editing { actor: self.actor, at: self.at, message };
        self.document.edit(&by, &edit).expect("an edit").expect("it changes something").bytes
    }

    /// The same changes in a bare Automerge document.
    pub(crate) fn bare(&self) -> Automerge {
        let mut bare = Automerge::new();
        bare.apply_changes(self.document.raw_changes_since(&[]).into_iter().map(change)).expect("they apply");
        bare
    }

    /// How many bytes its compressed `save` has.
    pub(crate) fn saved(&self) -> u64 {
        self.bare().save().len() as u64
    }
}

/// A change as Automerge knows it.
pub(crate) fn change(raw: Vec<u8>) -> automerge::Change {
    automerge::Change::from_bytes(raw).expect("a change")
}

/// The text that a page's body is, in a bare document.
pub(crate) fn body_of(bare: &Automerge) -> automerge::ObjId {
    match bare.get(ROOT, "body") {
        Ok(Some((Value::Object(ObjType::Text), body))) => body,
        other => panic!("the page has no body: {other:?}"),
    }
}

/// Puts a page's first edit and what was typed as edits.
pub(crate) fn edits(typed: Vec<Splice>) -> impl Iterator<Item = PageEdit> {
    typed.into_iter().map(|Splice { at, delete, insert }| PageEdit::Splice { at, delete, insert })
}

/// The edit that begins a page.
pub(crate) fn begin() -> Edit {
    let PageBeginning { title, template, fields, body, plan } =
        crate::stage::device::beginning("Night cover", Vec::new());
    Edit::Page(PageEdit::Begin { title, template, fields, body, plan })
}

/// Ada's page, which Bo shares, grown to so many operations; on both devices and bare.
pub(crate) struct Grown {
    pub(crate) ada: Device,
    pub(crate) bo: Device,
    pub(crate) notebook: NotebookId,
    pub(crate) page: PageId,
    pub(crate) mirror: Mirror,
}

/// Ada and Bo of every row.
pub(crate) fn ada_and_bo() -> [Person; 2] {
    ["Ada", "Bo"].map(|name| Person::new(1, name))
}

/// Grows a page by typing `operations` keystrokes, in runs as they come together where nobody watches.
pub(crate) fn grow(operations: usize) -> Grown {
    let [mut ada, mut bo] = ada_and_bo().map(|person| Device::new(&person));
    let notebook = ada.found("Flood rota");
    let page = ada.page(notebook, "Night cover");
    connect(&mut ada, &mut bo);
    join(&mut ada, &mut bo, notebook);
    part(&mut ada, &mut bo);
    let mut mirror = Mirror::new(ada.id());
    mirror.edit(begin());
    for edit in edits(typing::in_runs(&typing::keystrokes(operations), RUN)) {
        ada.now = ada.now.plus_millis(150);
        ada.command(Command::EditPage(notebook, page, edit.clone()));
        mirror.edit(Edit::Page(edit));
    }
    ada.compact();
    connect(&mut ada, &mut bo);
    agree(&mut ada, &mut bo);
    part(&mut ada, &mut bo);
    Grown { ada, bo, notebook, page, mirror }
}

/// What a scene begins with: what a device holds, and which page it is about.
pub(crate) fn keep(path: &Path, held: Held, notebook: NotebookId, page: PageId) {
    let kept = (held, *notebook.as_bytes(), *page.as_bytes());
    std::fs::write(path, postcard::to_stdvec(&kept).expect("plain rows")).expect("the folder takes a file");
}

/// The other half of [`keep`].
pub(crate) fn kept(path: &Path) -> (Held, NotebookId, PageId) {
    let bytes = std::fs::read(path).expect("it was kept");
    let (held, notebook, page) = postcard::from_bytes(&bytes).expect("as it was kept");
    (held, NotebookId::from_bytes(notebook), PageId::from_bytes(page))
}
