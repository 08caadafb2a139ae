//! Comments, a notebook's description, the history, the canonical form, and what is kept without being known.

mod people;

use automerge::transaction::Transactable;
use automerge::{Automerge, AutomergeError, ObjType, ROOT, ReadDoc};
use expect_test::expect;
use hedgerow_document::{
    Anchor, Block, BlockKind, CommentEdit, CommentId, Document, Edit, EditProblem, Mark, MarkKind, NotebookEdit,
    PageEdit, Unknown, canonical, comments, history, json, markdown, notebook, page,
};
use hedgerow_model::{ActorId, FieldName, IdPrefix};
use people::{Person, ada_and_bo, begin, person, splice, title};

fn comment(person: &mut Person, on: &mut Document, edit: CommentEdit) -> Result<Vec<u8>, EditProblem> {
    let by = person.editing();
    Ok(on.edit(&by, &Edit::Comments(edit))?.expect("a change").bytes)
}

const FIRST: CommentId = CommentId::from_bytes([0xc1; 16]);
const SECOND: CommentId = CommentId::from_bytes([0xc2; 16]);

fn add(id: CommentId, anchor: Anchor, text: &str) -> CommentEdit {
    CommentEdit::Add { id, anchor, text: text.to_owned() }
}

#[test]
fn two_people_comment_at_once_before_there_is_any_comment() {
    let (mut ada, mut bo) = ada_and_bo(&["Night cover is thin."]);
    let anchor = page::anchor(&ada.document, 6, 11).expect("there is text");
    assert_eq!(anchor.quote, "cover");
    let (mut hers, mut his) = (Document::new(), Document::new());
    let one = comment(&mut ada, &mut hers, add(FIRST, anchor.clone(), "Since when?")).expect("made");
    let two = comment(&mut bo, &mut his, add(SECOND, anchor, "Pa bryd?")).expect("made");
    hers.admit(&[&two]).expect("honest");
    his.admit(&[&one]).expect("honest");
    assert_eq!(comments::read(&hers), comments::read(&his));
    let (all, unknown) = comments::read(&hers);
    assert_eq!(unknown, []);
    let said: Vec<_> = all.iter().map(|comment| (comment.text.as_str(), comment.by)).collect();
    assert_eq!(said, [("Since when?", ada.actor), ("Pa bryd?", bo.actor)], "the change says who wrote it");
}

#[test]
fn a_comment_is_answered_settled_and_taken_away() {
    let (mut ada, mut bo) = ada_and_bo(&["Night cover is thin."]);
    let anchor = page::anchor(&ada.document, 0, 5).expect("there is text");
    let mut document = Document::new();
    comment(&mut ada, &mut document, add(FIRST, anchor, "Whose?")).expect("made");
    let reply = CommentEdit::Reply { to: FIRST, id: SECOND, text: "Ours".to_owned() };
    comment(&mut bo, &mut document, reply).expect("made");
    comment(&mut bo, &mut document, CommentEdit::Resolve(FIRST)).expect("made");
    let (all, _) = comments::read(&document);
    assert_eq!((all.len(), all[0].resolved, all[0].replies[0].text.as_str()), (1, true, "Ours"));
    assert_eq!(all[0].replies[0].by, bo.actor);
    comment(&mut ada, &mut document, CommentEdit::Remove(FIRST)).expect("made");
    assert_eq!(comments::read(&document), (Vec::new(), Vec::new()));
    let gone = comment(&mut ada, &mut document, CommentEdit::Resolve(FIRST)).expect_err("it is gone");
    assert_eq!(gone, EditProblem::UnknownComment(FIRST));
    let summaries: Vec<String> = history::versions(&document).into_iter().map(|version| version.summary).collect();
    assert_eq!(summaries, ["commented", "replied to a comment", "settled or reopened a comment", "removed a comment"]);
}

#[test]
fn a_comment_holds_on_to_its_words() {
    let (mut ada, _) = ada_and_bo(&["Tŷ 🏠: night cover is thin."]);
    let anchor = page::anchor(&ada.document, 6, 17).expect("there is text");
    assert_eq!(anchor.quote, "night cover");
    ada.edit(splice(0, 0, "un dau "));
    assert_eq!(page::locate(&ada.document, &anchor), Some((13, 24)));
    ada.edit(splice(19, 0, "very "));
    assert_eq!(page::locate(&ada.document, &anchor), Some((13, 29)), "what is written within belongs to it");
    ada.edit(splice(0, page::body_length(&ada.document), "all gone, but night cover again"));
    assert_eq!(page::locate(&ada.document, &anchor), Some((14, 25)), "by its quote");
    for odd in ["", "s", "e", "-", "@", "99@00", "-5@zz", "ŵ", "1@"] {
        let odd = Anchor { from: odd.to_owned(), to: odd.to_owned(), quote: String::new() };
        assert_eq!(page::locate(&ada.document, &odd).filter(|(from, to)| from >= to), None);
    }
    assert_eq!(page::anchor(&ada.document, 3, 3), None);
    assert_eq!(page::anchor(&ada.document, 0, 999), None);
}

#[test]
fn a_notebook_says_what_it_is_for() {
    let mut ada = person(1);
    let mut document = Document::new();
    let mut edit = |edit: NotebookEdit| {
        let by = ada.editing();
        document.edit(&by, &Edit::Notebook(edit)).map(|change| change.is_some())
    };
    assert_eq!(edit(NotebookEdit::Rename(title("Too soon"))), Err(EditProblem::NotBegun));
    let challenge = Some("Who answers at night?".to_owned());
    assert_eq!(edit(NotebookEdit::Begin { title: title("Floods"), challenge: challenge.clone() }), Ok(true));
    assert_eq!(edit(NotebookEdit::Begin { title: title("Floods"), challenge }), Err(EditProblem::AlreadyBegun));
    assert_eq!(edit(NotebookEdit::SetGroundRules(Some("What is said here stays here.".to_owned()))), Ok(true));
    assert_eq!(edit(NotebookEdit::SetReviewDate(Some("2026-05-01".to_owned()))), Ok(true));
    assert_eq!(edit(NotebookEdit::SetReviewDate(Some("2026-05-01".to_owned()))), Ok(false));
    assert_eq!(edit(NotebookEdit::SetChallenge(None)), Ok(true));
    let (read, unknown) = notebook::read(&document);
    assert_eq!(unknown, []);
    expect![[r#"
        notebook "1"
        title "Floods"
        ground rules "What is said here stays here."
        review date "2026-05-01"
    "#]]
    .assert_eq(&canonical::notebook(&read));
}

#[test]
fn the_canonical_form_is_what_members_see_and_nothing_else() {
    let (mut ada, _) = ada_and_bo(&["Galwch \"nawr\""]);
    ada.edit(PageEdit::SetField { name: FieldName::parse("tŷ").expect("a name"), text: Some("a\nb".to_owned()) });
    let mut blocks = ada.page().blocks;
    blocks[0].marks.push(Mark { from: 0, to: 6, kind: MarkKind::Link("tel:101".to_owned()) });
    blocks.push(Block { kind: BlockKind::Heading(2), ..Block::paragraph("Pwy") });
    ada.edit(PageEdit::Replace(blocks));
    let anchor = page::anchor(&ada.document, 0, 6).expect("there is text");
    let mut on = Document::new();
    comment(&mut ada, &mut on, add(FIRST, anchor, "Pryd?")).expect("made");
    let listed: Vec<_> = comments::read(&on)
        .0
        .into_iter()
        .map(|comment| {
            let at = page::locate(&ada.document, &comment.anchor);
            (comment, at)
        })
        .collect();
    let text = canonical::page(&ada.page(), &listed, &|_| "ada".to_owned());
    expect![[r#"
        page "1"
        title "Flood rota"
        template "note"
        field "tŷ" "a\nb"
        block {"type":"paragraph","parents":[],"text":"Galwch \"nawr\"","marks":[{"from":0,"to":6,"type":"link","href":"tel:101"}]}
        block {"type":"heading","level":2,"parents":[],"text":"Pwy","marks":[]}
        comment "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1" "ada" "open" "Galwch" "Pryd?"
        at 0 6
    "#]]
    .assert_eq(&text);
    let read: Vec<json::BlockJson> =
        serde_json::from_str(&serde_json::to_string(&json::blocks(&ada.page().blocks)).expect("JSON")).expect("JSON");
    assert_eq!(read, json::blocks(&ada.page().blocks));
}

#[test]
fn a_run_of_typing_is_one_version_and_is_found_by_its_beginning() {
    let (mut ada, mut bo) = ada_and_bo(&["a"]);
    for letter in ["b", "c", "d"] {
        ada.edit(splice(0, 0, letter));
    }
    bo.hear(&ada);
    bo.edit(splice(0, 1, ""));
    bo.now += 3_600_000;
    bo.edit(splice(0, 0, "x\ny"));
    bo.edit(PageEdit::SetField { name: FieldName::parse("area").expect("a name"), text: Some("Môn".to_owned()) });
    bo.edit(PageEdit::SetDeleted(true));
    let versions = history::versions(&bo.document);
    let told: Vec<(ActorId, usize, &str)> =
        versions.iter().map(|version| (version.actor, version.changes, version.summary.as_str())).collect();
    assert_eq!(
        told,
        [
            (ada.actor, 1, "began the page, named it Flood rota, typed 1 character"),
            (ada.actor, 3, "typed 3 characters"),
            (bo.actor, 1, "removed 1 character"),
            (bo.actor, 1, "typed 2 characters, began 1 block"),
            (bo.actor, 1, "set area"),
            (bo.actor, 1, "deleted it"),
        ]
    );
    let (then, _) = page::at(&bo.document, &[versions[1].hash]).expect("it is here");
    assert_eq!(then.blocks[0].text, "dcba");
    let prefix = IdPrefix::parse(&versions[1].hash.to_string()[..8]).expect("a beginning");
    assert_eq!(history::find(&bo.document, &prefix), [versions[1].hash]);
    assert_eq!(page::at(&ada.document, &[versions[3].hash]), None, "Ada does not have it");
}

#[test]
fn a_clock_that_is_ten_years_behind_changes_no_order() {
    let (mut ada, mut bo) = ada_and_bo(&["night cover"]);
    bo.now -= 10 * 365 * 86_400_000;
    bo.edit(splice(0, 0, "From Monday: "));
    ada.hear(&bo);
    ada.edit(splice(0, 0, "Agreed. "));
    assert_eq!(ada.text(), "Agreed. From Monday: night cover");
    let versions = history::versions(&ada.document);
    let by: Vec<ActorId> = versions.iter().map(|version| version.actor).collect();
    assert_eq!(by, [ada.actor, bo.actor, ada.actor], "each after what it was written on");
    assert!(versions[1].when < versions[0].when, "what a clock said is shown as it was said");
}

/// A change by somebody with a newer Hedgerow.
fn from_the_future(
    document: &Document,
    change: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), AutomergeError>,
) -> Vec<u8> {
    let mut theirs = Automerge::new().with_actor(automerge::ActorId::from([7u8; 40]));
    let raws = document.raw_changes_since(&[]);
    theirs.apply_changes(raws.into_iter().map(|raw| automerge::Change::from_bytes(raw).expect("ours"))).expect("ours");
    let done = theirs.transact(change).expect("made");
    let hash = done.hash.expect("a change");
    theirs.get_change_by_hash(&hash).expect("it is there").raw_bytes().to_vec()
}

#[test]
fn what_a_newer_hedgerow_wrote_is_kept_and_reported() {
    let (mut ada, _) = ada_and_bo(&["one", "two"]);
    let raw = from_the_future(&ada.document, |tx| {
        let (_, body) = tx.get(ROOT, "body")?.expect("a body");
        tx.put(ROOT, "mood", "hopeful")?;
        tx.put(ROOT, "deleted", "perhaps")?;
        let (_, marker) = tx.get(&body, 0)?.expect("a marker");
        tx.put(&marker, "type", "diagram")?;
        let mark = automerge::marks::Mark::new("wavy".to_owned(), true, 1, 3);
        tx.mark(&body, mark, automerge::marks::ExpandMark::None)
    });
    ada.document.admit(&[&raw]).expect("well formed");
    let (read, unknown) = page::read(&ada.document);
    assert_eq!(read.blocks[0].kind, BlockKind::Unknown("diagram".to_owned()));
    assert_eq!(read.blocks[1].text, "two");
    let expected = [
        Unknown::Entry("mood".to_owned()),
        Unknown::Value("deleted".to_owned()),
        Unknown::Block("diagram".to_owned()),
        Unknown::Mark("wavy".to_owned()),
    ];
    assert_eq!(unknown, expected);
    let mut blocks = read.blocks;
    blocks[1].text.push('!');
    ada.edit(PageEdit::Replace(blocks));
    let (read, unknown) = page::read(&ada.document);
    assert_eq!((read.blocks[0].kind.name(), unknown.len()), ("diagram", 4), "an edit beside it keeps it");
}

#[test]
fn a_document_of_anything_at_all_reads_as_something() {
    let raw = from_the_future(&Document::new(), |tx| {
        tx.put(ROOT, "title", 5)?;
        tx.put(ROOT, "body", "not a text object")?;
        tx.put(ROOT, "f/", "no name")?;
        tx.put_object(ROOT, "f/list", ObjType::List)?;
        tx.put(ROOT, "c/zz", true)?;
        Ok(())
    });
    let document = Document::from_changes([raw.as_slice()]).expect("well formed");
    let (page, unknown) = page::read(&document);
    assert_eq!(page.title.as_str(), "Untitled");
    assert_eq!(unknown.len(), 4, "{unknown:?}");
    assert_eq!(comments::read(&document).0, []);
    assert_eq!(notebook::read(&document).0.title.as_str(), "Untitled");
    let mut ada = person(1);
    ada.document = document;
    let by = ada.editing();
    let problem = ada.document.edit(&by, &Edit::Page(splice(0, 0, "x"))).expect_err("there is no body");
    assert_eq!(problem, EditProblem::NotBegun);
}

#[test]
fn text_before_any_block_is_a_paragraph_and_can_be_edited() {
    let raw = from_the_future(&Document::new(), |tx| {
        let body = tx.put_object(ROOT, "body", ObjType::Text)?;
        tx.splice_text(&body, 0, 0, "bare")
    });
    let mut ada = person(1);
    ada.document = Document::from_changes([raw.as_slice()]).expect("well formed");
    assert_eq!(ada.text(), "bare");
    ada.edit(splice(4, 0, "\nfoot"));
    assert_eq!(ada.lines(), ["bare", "foot"]);
    ada.edit(PageEdit::Replace(vec![Block { kind: BlockKind::Quote, ..Block::paragraph("bare") }]));
    assert_eq!(ada.page().blocks, [Block { kind: BlockKind::Quote, ..Block::paragraph("bare") }]);
}

#[test]
fn a_page_is_begun_once() {
    let (mut ada, _) = ada_and_bo(&["x"]);
    let by = ada.editing();
    let again = ada.document.edit(&by, &Edit::Page(begin("Other", &[]))).expect_err("it is begun");
    assert_eq!(again, EditProblem::AlreadyBegun);
}

/// Somebody pasted what an exported page says of a file, as code.
#[test]
fn code_that_reads_like_a_file_stays_code_at_its_place() {
    let (mut ada, _) = ada_and_bo(&["Gwen has the keys"]);
    let said = format!("ford.jpg\nimage/jpeg\n1200 bytes\n{}\nThe ford", "ab".repeat(32));
    let code = Block { kind: BlockKind::Code { language: Some("attachment".to_owned()) }, ..Block::paragraph(&said) };
    let blocks = [vec![code], ada.page().blocks].concat();
    ada.edit(PageEdit::Replace(blocks));
    let text = page::body_text(&ada.document);
    assert_eq!(text.chars().count(), page::body_length(&ada.document), "every character is counted once");
    let at = text.find("Gwen").expect("it is there");
    ada.edit(PageEdit::Splice { at, delete: 4, insert: "Rhys".to_owned() });
    assert_eq!(page::body_text(&ada.document), format!("{said}\nRhys has the keys"));
    let back = markdown::read(&markdown::write(&ada.page())).expect("it is small").blocks;
    assert_eq!(back, ada.page().blocks, "it comes back from Markdown as code");
    let file = markdown::blocks(&format!("```attachment\n{said}\n```\n")).expect("it is small");
    assert!(matches!(&file[0].kind, BlockKind::Attachment(file) if file.size == 1_200), "a file is read from the same");
    assert_eq!(file[0].text, "The ford");
}
