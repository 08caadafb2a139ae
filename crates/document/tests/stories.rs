//! What people do with a page, and what becomes of it.

mod people;

use hedgerow_document::{
    Block, BlockKind, Document, EditProblem, Mark, MarkKind, PageEdit, canonical, examine, history, page,
};
use hedgerow_document::{Edit, normal};
use people::{ada_and_bo, begin, meet, person, splice, title};

#[test]
fn two_people_type_in_one_line_and_neither_loses_a_letter() {
    let (mut ada, mut bo) = ada_and_bo(&["night cover"]);
    ada.edit(splice(0, 0, "thin "));
    bo.edit(splice(11, 0, " moved"));
    ada.hear(&bo);
    bo.hear(&ada);
    assert_eq!(ada.text(), "thin night cover moved");
    assert_eq!(ada.text(), bo.text());
    assert_eq!(ada.document.heads(), bo.document.heads());
}

#[test]
fn a_change_says_of_itself_what_automerge_says_of_it() {
    let (mut ada, mut bo) = ada_and_bo(&["un", "dau"]);
    ada.edit(splice(2, 0, " tri"));
    bo.edit(PageEdit::Rename(title("Rota llifogydd")));
    ada.hear(&bo);
    ada.edit(splice(0, 3, "x\ny"));
    for facts in ada.document.changes() {
        let raw = ada.document.raw_change(&facts.hash).expect("it is there");
        assert_eq!(examine(&raw).expect("our own change"), facts);
    }
}

#[test]
fn enter_splits_a_block_and_deleting_over_its_edge_joins_two() {
    let mut ada = person(1);
    ada.edit(begin("Page", &[]));
    assert_eq!(ada.text(), "");
    ada.edit(splice(0, 0, "one\ntwo"));
    assert_eq!(ada.lines(), ["one", "two"]);
    ada.edit(splice(3, 1, ", "));
    assert_eq!(ada.lines(), ["one, two"]);
    assert_eq!(page::body_length(&ada.document), 8);
}

#[test]
fn a_position_beyond_the_end_is_refused() {
    let (mut ada, _) = ada_and_bo(&["short"]);
    let by = ada.editing();
    let problem = ada.document.edit(&by, &Edit::Page(splice(4, 2, ""))).expect_err("too far");
    assert_eq!(problem, EditProblem::OutsideText { at: 6, length: 5 });
}

#[test]
fn an_edit_that_changes_nothing_makes_no_change() {
    let (mut ada, _) = ada_and_bo(&["same", "again"]);
    let blocks = ada.page().blocks;
    assert_eq!(ada.edit(PageEdit::Replace(blocks)), None);
    assert_eq!(ada.edit(PageEdit::Rename(title("Flood rota"))), None);
    assert_eq!(ada.edit(splice(1, 0, "")), None);
    assert_eq!(ada.edit(PageEdit::SetDeleted(false)), None);
}

#[test]
fn a_replacement_keeps_what_somebody_else_wrote_meanwhile() {
    let (mut ada, mut bo) = ada_and_bo(&["The rota is thin at night.", "Call the council first."]);
    bo.edit(splice(11, 0, " very"));
    let mut blocks = ada.page().blocks;
    blocks[0].text = "The flood rota is thin at night.".to_owned();
    blocks.push(Block::paragraph("Ask Cy."));
    ada.edit(PageEdit::Replace(blocks));
    meet(&mut [ada.clone(), bo.clone()]);
    ada.hear(&bo);
    assert_eq!(ada.lines(), ["The flood rota is very thin at night.", "Call the council first.", "Ask Cy."]);
}

#[test]
fn two_people_begin_writing_on_an_empty_page_and_have_a_paragraph_each() {
    let (mut ada, mut bo) = ada_and_bo(&[]);
    ada.edit(PageEdit::Append(vec![Block::paragraph("Ada was here")]));
    bo.edit(PageEdit::Append(vec![Block::paragraph("Bo hefyd")]));
    ada.hear(&bo);
    let mut lines = ada.lines();
    lines.sort();
    assert_eq!(lines, ["Ada was here", "Bo hefyd"]);
}

#[test]
fn what_is_added_after_strong_text_is_not_strong() {
    let (mut ada, _) = ada_and_bo(&[]);
    let strong = Mark { from: 0, to: 4, kind: MarkKind::Strong };
    ada.edit(PageEdit::Replace(vec![Block { marks: vec![strong.clone()], ..Block::paragraph("loud") }]));
    ada.edit(PageEdit::Append(vec![Block::paragraph("quiet")]));
    let blocks = ada.page().blocks;
    assert_eq!(blocks[0].marks, [strong]);
    assert_eq!(blocks[1].marks, []);
}

#[test]
fn an_earlier_version_comes_back_as_a_new_change() {
    let (mut ada, mut bo) = ada_and_bo(&["as it was"]);
    let before = ada.document.heads();
    ada.edit(splice(0, 9, "spoiled"));
    ada.edit(PageEdit::Rename(title("Wrong")));
    ada.edit(PageEdit::Restore(before.clone()));
    assert_eq!(ada.lines(), ["as it was"]);
    assert_eq!(ada.page().title, title("Flood rota"));
    bo.hear(&ada);
    assert_eq!(bo.page(), ada.page());
    let summaries: Vec<String> = history::versions(&bo.document).into_iter().map(|v| v.summary).collect();
    assert_eq!(
        summaries,
        [
            "began the page, named it Flood rota, typed 9 characters",
            "typed 7 characters, removed 9 characters",
            "renamed to Wrong",
            "restored an earlier version",
        ]
    );
    assert_eq!(ada.edit(PageEdit::Restore(before)), None, "it is already so");
}

#[test]
fn a_checkpoint_brings_everything_back() {
    let (mut ada, mut bo) = ada_and_bo(&["un", "dau"]);
    bo.edit(splice(0, 0, "ŵ "));
    ada.hear(&bo);
    let actors: Vec<_> = ada.document.actors().collect();
    let back = Document::from_checkpoint(&ada.document.checkpoint(), &ada.document.heads(), &actors).expect("ours");
    assert_eq!(page::read(&back), page::read(&ada.document));
    assert_eq!(back.changes(), ada.document.changes());
    let wrong = Document::from_checkpoint(&ada.document.checkpoint(), &bo.document.heads(), &actors[..1]);
    assert!(wrong.is_err());
}

#[test]
fn welsh_and_emoji_count_as_people_count_them() {
    let (mut ada, _) = ada_and_bo(&["Tŷ 🏠 bach"]);
    ada.edit(splice(4, 0, "mawr "));
    assert_eq!(ada.text(), "Tŷ 🏠mawr  bach");
    let canonical = canonical::page(&ada.page(), &[], &|_| String::new());
    assert!(canonical.contains("Tŷ 🏠mawr  bach"));
}

#[test]
fn a_blank_page_has_one_empty_paragraph() {
    let mut ada = person(1);
    ada.edit(begin("Page", &[]));
    assert_eq!(ada.page().blocks, normal(Vec::new()));
    assert_eq!(ada.page().blocks[0].kind, BlockKind::Paragraph);
}

#[test]
fn several_edits_together_are_one_change_or_none() {
    let (mut ada, mut bo) = ada_and_bo(&["night cover"]);
    let field = |name: &str, text: &str| PageEdit::SetField {
        name: hedgerow_model::FieldName::parse(name).expect("a name"),
        text: Some(text.to_owned()),
    };
    let before = ada.document.changes().len();
    ada.edit(PageEdit::Together(vec![
        PageEdit::Replace(vec![Block::paragraph("day cover")]),
        field("place", "Bangor"),
        field("owner", "Bo"),
        PageEdit::Rename(title("Rota")),
    ]));
    assert_eq!(ada.document.changes().len(), before + 1);
    bo.hear(&ada);
    let page = bo.page();
    assert_eq!((page.title.as_str(), page.fields.len(), bo.text().as_str()), ("Rota", 2, "day cover"));

    let by = ada.editing();
    let too_far = PageEdit::Together(vec![field("place", "Conwy"), splice(0, 0, "x")]);
    assert_eq!(ada.document.edit(&by, &Edit::Page(too_far)), Err(EditProblem::NotTogether));
    assert_eq!(ada.page(), page, "none of it was made");
    assert_eq!(ada.edit(PageEdit::Together(vec![field("place", "Bangor"), field("owner", "Bo")])), None);
}
