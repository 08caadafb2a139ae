//! A page that Ada, Bo and Cy wrote on, and what Bo does to it next.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hedgerow_document::{
    Block, BlockKind, CommentEdit, CommentId, Document, Edit, Editing, Mark, MarkKind, NotebookEdit, PageEdit, Place,
    Plan, PlanEdit, Said, page,
};
use hedgerow_model::{ActionId, ActionStatus, ActorId, DeviceId, FieldName, Moment, TemplateKind, Title};

use crate::Seed;

pub(crate) fn editing(number: u8) -> Editing {
    let actor = ActorId::new(DeviceId::from_bytes([number; 32]), [number; 8]);
    Editing { actor, at: Moment::from_millis(1_700_000_000_000), message: None }
}

fn title(text: &str) -> Title {
    Title::parse(text).expect("a title")
}

fn splice(at: usize, delete: usize, insert: &str) -> PageEdit {
    PageEdit::Splice { at, delete, insert: insert.to_owned() }
}

/// Edits as the person of this number; the change.
pub(crate) fn edit(document: &mut Document, number: u8, edit: PageEdit) -> Vec<u8> {
    let made = document.edit(&editing(number), &Edit::Page(edit)).expect("an edit that can be made");
    made.map(|change| change.bytes).unwrap_or_default()
}

fn begin(by: &Editing, document: &mut Document) {
    let fields = BTreeMap::from([(FieldName::parse("place").expect("a name"), "Llanelli".to_owned())]);
    let body = vec![
        Block::paragraph("hello brave world"),
        Block { kind: BlockKind::Bullet, ..Block::paragraph("un dau tri") },
        Block { kind: BlockKind::Code { language: None }, ..Block::paragraph("a\nb") },
    ];
    let plan = Plan::default();
    let begin = PageEdit::Begin { title: title("Flood rota"), template: TemplateKind::note(), fields, body, plan };
    document.edit(by, &Edit::Page(begin)).expect("an edit that can be made");
}

/// As Ada began it.
pub(crate) fn begun() -> Document {
    let mut document = Document::new();
    begin(&editing(1), &mut document);
    document
}

/// What one device alone wrote.
pub(crate) fn by(device: DeviceId) -> Document {
    let by = Editing { actor: ActorId::new(device, [7; 8]), ..editing(1) };
    let mut document = Document::new();
    begin(&by, &mut document);
    document.edit(&by, &Edit::Page(splice(5, 0, ", my"))).expect("an edit that can be made");
    document
}

/// The page: Ada began it, Cy wrote while Ada did, and then Bo.
pub(crate) fn page() -> &'static Document {
    static PAGE: OnceLock<Document> = OnceLock::new();
    PAGE.get_or_init(|| {
        let mut ada = begun();
        let mut cy = ada.clone();
        let concurrent = edit(&mut cy, 3, splice(5, 1, " concurrent "));
        edit(&mut ada, 1, splice(0, 2, "zz"));
        ada.admit(&[&concurrent]).expect("an honest change");
        edit(&mut ada, 2, PageEdit::Rename(title("Rota")));
        let marked = marked(&ada);
        edit(&mut ada, 2, marked);
        ada
    })
}

fn marked(document: &Document) -> PageEdit {
    let mut blocks = page::read(document).0.blocks;
    blocks[0].marks.push(Mark { from: 2, to: 6, kind: MarkKind::Strong });
    blocks[0].marks.push(Mark { from: 4, to: 8, kind: MarkKind::Link("http://a.uk".to_owned()) });
    PageEdit::Replace(blocks)
}

/// An action, right before all others.
pub(crate) fn added(id: ActionId) -> PageEdit {
    let said = vec![Said::Text("Ring the depot".to_owned()), Said::Status(ActionStatus::Doing)];
    PageEdit::Plan(PlanEdit::AddAction { id, said, at: Place::First })
}

/// A change of each kind that Bo makes on the page, or somebody new.
pub(crate) fn next() -> Vec<Seed> {
    let mut unmarked = page::read(page()).0.blocks;
    unmarked[0].marks.clear();
    let name = FieldName::parse("who").expect("a name");
    let edits = [
        ("type", 2, splice(4, 0, "abc")),
        ("type-over", 2, splice(4, 3, "Q")),
        ("break", 2, splice(6, 0, "\n")),
        ("delete", 2, splice(3, 20, "")),
        ("unmark", 2, PageEdit::Replace(unmarked)),
        ("discard", 2, PageEdit::SetDeleted(true)),
        ("field", 2, PageEdit::SetField { name, text: Some("Bo".to_owned()) }),
        ("append", 2, PageEdit::Append(vec![Block::paragraph("pedwar"), Block::paragraph("pump")])),
        ("restore", 2, PageEdit::Restore(begun().heads())),
        ("somebody-new", 4, splice(0, 0, "new ")),
        ("action", 2, added(ActionId::from_bytes([0xa1; 16]))),
    ];
    edits.map(|(name, number, made)| (name, edit(&mut page().clone(), number, made))).to_vec()
}

/// Comments on it.
pub(crate) fn commented() -> Document {
    let anchor = page::anchor(page(), 2, 6).expect("there is text");
    let (first, reply) = (CommentId::from_bytes([1; 16]), CommentId::from_bytes([2; 16]));
    let mut document = Document::new();
    for edit in [
        CommentEdit::Add { id: first, anchor, text: "Who covers nights?".to_owned() },
        CommentEdit::Reply { to: first, id: reply, text: "Cy does".to_owned() },
        CommentEdit::Resolve(first),
    ] {
        document.edit(&editing(2), &Edit::Comments(edit)).expect("an edit that can be made");
    }
    document
}

/// A notebook's description.
pub(crate) fn notebook() -> Document {
    let mut document = Document::new();
    let begin = NotebookEdit::Begin { title: title("Floods"), challenge: Some("Nobody sleeps".to_owned()) };
    for edit in [begin, NotebookEdit::SetGroundRules(Some("Ask first".to_owned()))] {
        document.edit(&editing(1), &Edit::Notebook(edit)).expect("an edit that can be made");
    }
    document
}
