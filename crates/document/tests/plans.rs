//! What people do with a plan, together and apart, and what becomes of it.

mod bodies;
mod people;
mod plans_at_random;

use automerge::transaction::Transactable;
use automerge::{Automerge, ObjType, ROOT, ReadDoc};
use hedgerow_document::plan::{NOTES_MOST, TEMPLATE, TEXT_MOST, WHY};
use hedgerow_document::{
    Action, Block, Document, Edit, EditProblem, Item, Outcome, PageEdit, Place, Plan, PlanEdit, Said, Unknown,
    canonical, history, markdown, normal, page, plan,
};
use hedgerow_model::{ActionId, ActionStatus, ActorId, Day, FieldName, Label, OutcomeId, PersonId, TemplateKind};
use people::{Person, begin, meet, person, splice, title};
use std::collections::BTreeMap;

const RING: ActionId = ActionId::from_bytes([0xa1; 16]);
const SAND: ActionId = ActionId::from_bytes([0xa2; 16]);
const KEYS: ActionId = ActionId::from_bytes([0xa3; 16]);
const COVER: OutcomeId = OutcomeId::from_bytes([0x01; 16]);

fn begin_plan(why: &str) -> PageEdit {
    PageEdit::Begin {
        title: title("Winter plan"),
        template: TemplateKind::parse(TEMPLATE).expect("a template"),
        fields: BTreeMap::from([(why_field(), why.to_owned())]),
        body: Vec::new(),
        plan: Plan::default(),
    }
}

fn why_field() -> FieldName {
    FieldName::parse(WHY).expect("a name")
}

fn set_why(text: &str) -> PageEdit {
    PageEdit::SetField { name: why_field(), text: Some(text.to_owned()) }
}

fn add(id: ActionId, text: &str) -> PageEdit {
    add_at(id, text, Place::Last)
}

fn add_at(id: ActionId, text: &str, at: Place) -> PageEdit {
    PageEdit::Plan(PlanEdit::AddAction { id, said: vec![Said::Text(text.to_owned())], at })
}

fn set(id: ActionId, said: Said) -> PageEdit {
    PageEdit::Plan(PlanEdit::SetAction { id, said: vec![said] })
}

fn text(text: &str) -> Said {
    Said::Text(text.to_owned())
}

fn order(id: ActionId, to: Place) -> PageEdit {
    PageEdit::Plan(PlanEdit::Move { item: Item::Action(id), to })
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Ada began a plan with two actions; Bo has it too.
fn ada_and_bo() -> (Person, Person) {
    let (mut ada, mut bo) = (person(1), person(2));
    ada.edit(begin_plan("Nobody waits for an answer at night"));
    ada.edit(add(RING, "Ring the depot"));
    ada.edit(add(SAND, "Fill the sandbags"));
    bo.hear(&ada);
    (ada, bo)
}

fn read(person: &Person) -> Plan {
    let (read, unknown) = plan::read(&person.document);
    assert_eq!(unknown, [], "nothing here is from the future");
    read
}

fn action(person: &Person, id: ActionId) -> Action {
    read(person).actions.into_iter().find(|action| action.id == id).expect("it is never taken out")
}

fn texts(person: &Person) -> Vec<String> {
    read(person).standing().actions.into_iter().map(|action| action.text).collect()
}

fn why(person: &Person) -> Option<String> {
    person.page().fields.get(&why_field()).cloned()
}

fn canon(person: &Person) -> String {
    canonical::page(&person.page(), &[], &ActorId::to_string)
}

fn problem(person: &mut Person, edit: PageEdit) -> EditProblem {
    let by = person.editing();
    person.document.edit(&by, &Edit::Page(edit)).expect_err("it is refused")
}

/// Both hear each other and then agree.
fn agree(ada: &mut Person, bo: &mut Person) {
    ada.hear(bo);
    bo.hear(ada);
    assert_eq!(canon(ada), canon(bo));
}

#[test]
fn two_who_say_different_things_of_one_action_both_have_their_way() {
    let (mut ada, mut bo) = ada_and_bo();
    ada.edit(set(RING, Said::Status(ActionStatus::Done)));
    ada.edit(set(RING, Said::Owner(Some(PersonId::from_bytes([7; 32])))));
    bo.edit(set(RING, Said::Due(Some(day("2027-03-31")))));
    bo.edit(set(RING, Said::Partner(Label::parse("Cyngor Gwynedd").ok())));
    agree(&mut ada, &mut bo);
    let ring = action(&ada, RING);
    assert_eq!((ring.status, ring.owner), (ActionStatus::Done, Some(PersonId::from_bytes([7; 32]))));
    assert_eq!(
        (ring.due, ring.partner.map(String::from)),
        (Some(day("2027-03-31")), Some("Cyngor Gwynedd".to_owned()))
    );
}

#[test]
fn two_who_write_in_one_text_at_once_both_keep_their_words() {
    let (mut ada, mut bo) = ada_and_bo();
    ada.edit(set(RING, text("Ring the depot at six")));
    bo.edit(set(RING, text("Ring the new depot")));
    ada.edit(set(RING, Said::Notes("Gwen has the number".to_owned())));
    bo.edit(set(RING, Said::Notes("Ask for Rhys".to_owned())));
    ada.edit(set_why("Nobody waits for an answer at night, in any valley"));
    bo.edit(set_why("Nobody waits long for an answer at night"));
    agree(&mut ada, &mut bo);
    assert_eq!(action(&ada, RING).text, "Ring the new depot at six");
    let notes = action(&ada, RING).notes;
    assert!(notes.contains("Gwen has the number") && notes.contains("Ask for Rhys"), "{notes}");
    assert_eq!(why(&ada).as_deref(), Some("Nobody waits long for an answer at night, in any valley"));
}

#[test]
fn two_who_add_an_action_in_one_place_at_once_have_both() {
    let (mut ada, mut bo) = ada_and_bo();
    let cut = ActionId::from_bytes([0xa9; 16]);
    ada.edit(add_at(cut, "Cut the hedge", Place::After(Item::Action(RING))));
    bo.edit(add_at(KEYS, "Find the keys", Place::Before(Item::Action(SAND))));
    agree(&mut ada, &mut bo);
    assert_eq!(texts(&ada), ["Ring the depot", "Find the keys", "Cut the hedge", "Fill the sandbags"], "ties by id");
    let between = ActionId::from_bytes([0xaa; 16]);
    ada.edit(add_at(between, "Oil the hinges", Place::After(Item::Action(KEYS))));
    agree(&mut ada, &mut bo);
    assert_eq!(texts(&bo)[1..4], ["Find the keys", "Oil the hinges", "Cut the hedge"], "there is room between a tie");
}

#[test]
fn an_action_that_is_moved_and_changed_at_once_is_both() {
    let (mut ada, mut bo) = ada_and_bo();
    ada.edit(order(SAND, Place::First));
    bo.edit(set(SAND, text("Fill two hundred sandbags")));
    agree(&mut ada, &mut bo);
    assert_eq!(texts(&ada), ["Fill two hundred sandbags", "Ring the depot"]);
    assert_eq!(ada.edit(order(SAND, Place::First)), None, "it is there already");
    assert_eq!(ada.edit(order(SAND, Place::Before(Item::Action(RING)))), None, "and there");
    assert_eq!(ada.edit(order(SAND, Place::After(Item::Action(SAND)))), None, "and beside itself");
    ada.edit(order(SAND, Place::Last));
    assert_eq!(texts(&ada), ["Ring the depot", "Fill two hundred sandbags"]);
}

#[test]
fn what_is_deleted_keeps_its_words_and_those_written_meanwhile() {
    let (mut ada, mut bo) = ada_and_bo();
    ada.edit(PageEdit::Plan(PlanEdit::Delete(Item::Action(RING))));
    bo.edit(set(RING, text("Ring the depot before noon")));
    bo.edit(set(RING, Said::Status(ActionStatus::Doing)));
    agree(&mut ada, &mut bo);
    assert_eq!(texts(&bo), ["Fill the sandbags"]);
    assert!(action(&bo, RING).deleted);
    bo.edit(PageEdit::Plan(PlanEdit::BringBack(Item::Action(RING))));
    agree(&mut ada, &mut bo);
    assert_eq!(texts(&ada), ["Ring the depot before noon", "Fill the sandbags"]);
    assert_eq!(action(&ada, RING).status, ActionStatus::Doing);
}

#[test]
fn what_changes_nothing_is_no_change() {
    let (mut ada, _) = ada_and_bo();
    for edit in [
        set(RING, text("Ring the depot")),
        set(RING, Said::Notes(String::new())),
        set(RING, Said::Owner(None)),
        set(RING, Said::Status(ActionStatus::Todo)),
        set_why("Nobody waits for an answer at night"),
        PageEdit::Plan(PlanEdit::BringBack(Item::Action(RING))),
        PageEdit::Together(vec![set(RING, Said::Due(None)), order(RING, Place::First)]),
    ] {
        assert_eq!(ada.edit(edit.clone()), None, "{edit:?}");
    }
}

#[test]
fn what_cannot_be_is_refused_in_words_and_leaves_the_plan_as_it_was() {
    let (mut ada, _) = ada_and_bo();
    let before = canon(&ada);
    let long = problem(&mut ada, set(RING, text(&"ŵ".repeat(TEXT_MOST + 1))));
    assert_eq!(long.to_string(), "the action has 2001 characters; 2000 is the most");
    let long = problem(&mut ada, set(RING, Said::Notes("n".repeat(NOTES_MOST + 1))));
    assert_eq!(long.to_string(), "the note has 20001 characters; 20000 is the most");
    let unknown = problem(&mut ada, set(KEYS, text("Find the keys")));
    assert_eq!(unknown, EditProblem::UnknownItem(Item::Action(KEYS)));
    assert_eq!(unknown.to_string(), format!("there is no action {KEYS} here"));
    assert_eq!(problem(&mut ada, add(RING, "Ring again")), EditProblem::AlreadyBegun);
    let beside_nothing = add_at(KEYS, "Find the keys", Place::After(Item::Outcome(COVER)));
    assert_eq!(problem(&mut ada, beside_nothing), EditProblem::UnknownItem(Item::Outcome(COVER)));
    let together = PageEdit::Together(vec![add(KEYS, "Find the keys"), set(COVER_AS_ACTION, text("No such"))]);
    assert!(matches!(problem(&mut ada, together), EditProblem::UnknownItem(_)));
    assert_eq!(canon(&ada), before, "none of it was made");
    assert_eq!(problem(&mut person(9), add(RING, "Ring")), EditProblem::NotBegun);
}

const COVER_AS_ACTION: ActionId = ActionId::from_bytes([0x01; 16]);

#[test]
fn a_hundred_actions_put_in_one_place_keep_short_orders() {
    let (mut ada, mut bo) = ada_and_bo();
    let mut expected = vec!["Ring the depot".to_owned()];
    for nth in 0..=255u8 {
        let mut id = [0xb0; 16];
        id[15] = nth;
        let step = format!("Step {nth}");
        ada.edit(add_at(ActionId::from_bytes(id), &step, Place::After(Item::Action(RING))));
        expected.insert(1, step);
    }
    for nth in 0..255u8 {
        let mut id = [0xb0; 16];
        id[15] = nth;
        ada.edit(order(ActionId::from_bytes(id), Place::Before(Item::Action(RING))));
        let at = expected.iter().position(|text| *text == format!("Step {nth}")).expect("it is there");
        let moved = expected.remove(at);
        let ring = expected.iter().position(|text| text == "Ring the depot").expect("it is there");
        expected.insert(ring, moved);
        if nth % 50 == 0 {
            assert_eq!(texts(&ada)[..expected.len()], expected[..]);
        }
    }
    agree(&mut ada, &mut bo);
    assert_eq!(texts(&bo)[..expected.len()], expected[..]);
    assert!(
        read(&bo).actions.iter().all(|action| action.order.as_ref().is_some_and(|order| order.as_str().len() <= 64))
    );
}

#[test]
fn an_outcome_is_served_moved_and_told_of_in_the_canonical_form() {
    let (mut ada, mut bo) = ada_and_bo();
    let other = OutcomeId::from_bytes([0x02; 16]);
    let added = |id, text: &str, at| PageEdit::Plan(PlanEdit::AddOutcome { id, text: text.to_owned(), at });
    ada.edit(added(other, "The road is open", Place::Last));
    ada.edit(added(COVER, "Someone answers", Place::First));
    ada.edit(set(RING, Said::Outcome(Some(COVER))));
    ada.edit(PageEdit::Plan(PlanEdit::SetOutcome { id: COVER, text: "Someone answers at night".to_owned() }));
    ada.edit(set(RING, Said::Notes("Two\nlines".to_owned())));
    ada.edit(PageEdit::Plan(PlanEdit::Delete(Item::Action(SAND))));
    agree(&mut ada, &mut bo);
    expect_test::expect![[r#"
        page "1"
        title "Winter plan"
        template "plan"
        field "why" "Nobody waits for an answer at night"
        block {"type":"paragraph","parents":[],"text":"","marks":[]}
        outcome "01010101010101010101010101010101" "stands" "Someone answers at night"
        outcome "02020202020202020202020202020202" "stands" "The road is open"
        action "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1" "stands" "todo" "Ring the depot"
        serves "01010101010101010101010101010101"
        notes "Two\nlines"
        action "a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2" "deleted" "todo" "Fill the sandbags"
    "#]]
    .assert_eq(&canon(&bo));
    bo.edit(PageEdit::Plan(PlanEdit::Move { item: Item::Outcome(COVER), to: Place::After(Item::Outcome(other)) }));
    let outcomes: Vec<OutcomeId> = read(&bo).outcomes.into_iter().map(|outcome| outcome.id).collect();
    assert_eq!(outcomes, [other, COVER]);
}

#[test]
fn an_earlier_plan_comes_back_and_what_came_later_is_deleted_and_not_gone() {
    let (mut ada, mut bo) = ada_and_bo();
    let (before, was) = (ada.document.heads(), texts(&ada));
    ada.edit(set(RING, text("Ring nobody")));
    ada.edit(set(RING, Said::Status(ActionStatus::Stopped)));
    ada.edit(order(SAND, Place::First));
    ada.edit(set_why(""));
    ada.edit(add(KEYS, "Find the keys"));
    assert_eq!(why(&ada), None, "a why that says nothing is not said");
    bo.edit(set(RING, Said::Notes("Rhys knows".to_owned())));
    ada.edit(PageEdit::Restore(before.clone()));
    agree(&mut ada, &mut bo);
    assert_eq!(texts(&bo), was);
    assert_eq!(action(&bo, RING).status, ActionStatus::Todo);
    assert_eq!(action(&bo, RING).notes, "Rhys knows", "nobody had read that");
    assert_eq!(why(&bo).as_deref(), Some("Nobody waits for an answer at night"));
    assert_eq!(action(&bo, KEYS).text, "Find the keys");
    bo.edit(PageEdit::Plan(PlanEdit::BringBack(Item::Action(KEYS))));
    assert_eq!(texts(&bo).last().map(String::as_str), Some("Find the keys"));
    let then = plan::at(&bo.document, &before).expect("it is here").0;
    assert_eq!(then.actions.iter().map(|action| action.text.clone()).collect::<Vec<_>>(), was);
}

#[test]
fn a_plan_that_this_document_never_saw_is_made_from_the_page() {
    let (mut ada, mut bo) = ada_and_bo();
    let mut elsewhere = bo.clone();
    elsewhere.edit(add(KEYS, "Find the keys"));
    elsewhere.edit(set(KEYS, Said::Due(Some(day("2027-01-15")))));
    let version = elsewhere.document.heads()[0];
    let page = Box::new(elsewhere.page());
    ada.edit(PageEdit::RestoreFrom { version, page });
    agree(&mut ada, &mut bo);
    assert_eq!(texts(&bo), ["Ring the depot", "Fill the sandbags", "Find the keys"]);
    assert_eq!(action(&bo, KEYS).due, Some(day("2027-01-15")));
}

#[test]
fn the_history_says_in_plain_words_what_was_done_to_a_plan() {
    let (mut ada, mut bo) = ada_and_bo();
    ada.edit(set(RING, Said::Status(ActionStatus::Done)));
    ada.edit(set(RING, Said::Owner(Some(PersonId::from_bytes([7; 32])))));
    ada.edit(set(RING, Said::Owner(None)));
    ada.edit(set(RING, text("Ring the depot at six")));
    ada.edit(set(RING, text("Ring the depot at six sharp")));
    ada.edit(set(RING, Said::Notes("Ask for Rhys".to_owned())));
    ada.edit(order(RING, Place::Last));
    ada.edit(PageEdit::Plan(PlanEdit::Delete(Item::Action(SAND))));
    ada.edit(PageEdit::Plan(PlanEdit::BringBack(Item::Action(SAND))));
    ada.edit(PageEdit::Plan(PlanEdit::AddOutcome { id: COVER, text: "Someone answers".to_owned(), at: Place::Last }));
    ada.edit(set(RING, Said::Outcome(Some(COVER))));
    ada.edit(set(RING, Said::Due(Some(day("2027-03-31")))));
    ada.edit(set_why("Nobody waits for an answer"));
    bo.hear(&ada);
    let said: Vec<String> = history::versions(&bo.document).into_iter().map(|version| version.summary).collect();
    assert_eq!(
        said,
        [
            "began the page, named it Winter plan, wrote in why",
            "added the action Ring the depot",
            "added the action Fill the sandbags",
            "set Ring the depot to done",
            "gave Ring the depot an owner",
            "took the owner off Ring the depot",
            "changed the words of Ring the depot at six sharp, wrote notes on Ring the depot at six sharp",
            "moved Ring the depot at six sharp",
            "deleted Fill the sandbags",
            "brought back Fill the sandbags",
            "added the outcome Someone answers",
            "said which outcome Ring the depot at six sharp serves",
            "made Ring the depot at six sharp due on 2027-03-31",
            "wrote in why",
        ]
    );
}

#[test]
fn a_page_with_a_plan_goes_out_as_markdown_and_comes_back() {
    let (mut ada, _) = ada_and_bo();
    ada.edit(PageEdit::Plan(PlanEdit::AddOutcome { id: COVER, text: "Someone answers".to_owned(), at: Place::Last }));
    ada.edit(set(RING, Said::Outcome(Some(COVER))));
    ada.edit(set(RING, Said::Partner(Label::parse("Cyngor Gwynedd").ok())));
    ada.edit(set(RING, Said::Due(Some(day("2027-03-31")))));
    ada.edit(set(RING, Said::Notes("Ask for Rhys,\nor for Gwen".to_owned())));
    ada.edit(splice(0, 0, "What we know by now"));
    let written = markdown::write(&ada.page());
    expect_test::expect![[r#"
        ---
        title: Winter plan
        template: plan
        why: Nobody waits for an answer at night
        ---

        What we know by now

        ```plan
        outcome Someone answers
        id 01010101010101010101010101010101

        action Ring the depot
        status todo
        partner Cyngor Gwynedd
        due 2027-03-31
        serves 01010101010101010101010101010101
        notes Ask for Rhys,
        | or for Gwen
        id a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1

        action Fill the sandbags
        status todo
        id a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2
        ```
    "#]]
    .assert_eq(&written);
    let back = markdown::read(&written).expect("it is small");
    let mut cy = person(3);
    cy.edit(PageEdit::Begin {
        title: back.title.expect("a title"),
        template: back.template.expect("a template"),
        fields: back.fields,
        body: back.blocks,
        plan: back.plan,
    });
    assert_eq!(canon(&cy), canon(&ada));
}

#[test]
fn code_that_reads_like_a_plan_stays_code() {
    let mut ada = person(1);
    ada.edit(begin("Notes", &[]));
    let lines = format!("action Ring the depot\nid {RING}");
    let code = |language: &str| Block {
        kind: hedgerow_document::BlockKind::Code { language: Some(language.to_owned()) },
        ..Block::paragraph(&lines)
    };
    ada.edit(PageEdit::Replace(vec![code("plan")]));
    assert_eq!(ada.page().blocks, [code("plan, as text")]);
    let back = markdown::read(&markdown::write(&ada.page())).expect("it is small");
    assert_eq!((back.blocks, back.plan), (vec![code("plan, as text")], Plan::default()));
    for odd in ["action a", "action a\nid zz", "action a\nid a1\nmood good", "| a", "outcome x\nstatus todo"] {
        let read = markdown::read(&format!("# T\n\n```plan\n{odd}\n```\n")).expect("it is small");
        assert_eq!(
            (read.plan, read.blocks[0].text.as_str()),
            (Plan::default(), odd),
            "what is no plan is kept as code"
        );
    }
}

/// A change by somebody whose Hedgerow is newer, or who means harm.
fn by_a_stranger(document: &Document, change: impl FnOnce(&mut automerge::transaction::Transaction<'_>)) -> Vec<u8> {
    let mut theirs = Automerge::new().with_actor(automerge::ActorId::from([7u8; 40]));
    let raws = document.raw_changes_since(&[]);
    theirs.apply_changes(raws.into_iter().map(|raw| automerge::Change::from_bytes(raw).expect("ours"))).expect("ours");
    let done = theirs.transact::<_, _, automerge::AutomergeError>(|tx| {
        change(tx);
        Ok(())
    });
    let hash = done.expect("made").hash.expect("a change");
    theirs.get_change_by_hash(&hash).expect("it is there").raw_bytes().to_vec()
}

#[test]
fn what_cannot_be_read_is_reported_kept_and_hides_nothing() {
    let (mut ada, _) = ada_and_bo();
    let raw = by_a_stranger(&ada.document, |tx| {
        let (_, ring) = tx.get(ROOT, format!("a/{RING}")).expect("read").expect("there");
        tx.put(&ring, "status", "frozen").expect("put");
        tx.put(&ring, "due", "soon").expect("put");
        tx.put(&ring, "owner", 5).expect("put");
        tx.put(&ring, "order", "not-an-order").expect("put");
        tx.put(&ring, "mood", "hopeful").expect("put");
        tx.put(ROOT, format!("a/{KEYS}"), "no map").expect("put");
        tx.put_object(ROOT, "a/zz", ObjType::Map).expect("put");
        tx.put_object(ROOT, format!("o/{COVER}"), ObjType::List).expect("put");
    });
    ada.document.admit(&[&raw]).expect("well formed");
    let (plan, unknown) = plan::read(&ada.document);
    assert_eq!(unknown.len(), 7, "{unknown:?}");
    assert!(page::read(&ada.document).1.contains(&Unknown::Entry("a/zz".to_owned())));
    let shown: Vec<&str> = plan.actions.iter().map(|action| action.text.as_str()).collect();
    assert_eq!(shown, ["Fill the sandbags", "Ring the depot"], "without an order it stands at the end");
    assert_eq!((plan.actions[1].status, plan.actions[1].due), (ActionStatus::Todo, None));
    let before = ada.document.heads();
    ada.edit(set(RING, text("Ring the depot twice")));
    ada.edit(PageEdit::Restore(before));
    let unknown = plan::read(&ada.document).1;
    assert_eq!(unknown.len(), 7, "what a newer Hedgerow wrote is still there: {unknown:?}");
    ada.edit(order(RING, Place::First));
    assert_eq!(read_texts(&ada), ["Ring the depot", "Fill the sandbags"], "it can be put in order again");
}

fn read_texts(person: &Person) -> Vec<String> {
    plan::read(&person.document).0.actions.into_iter().map(|action| action.text).collect()
}

#[test]
fn a_plan_on_which_orders_are_missing_can_be_put_in_order() {
    let mut ada = person(1);
    ada.edit(begin_plan(""));
    let ids: Vec<ActionId> = (1..=4).map(|nth| ActionId::from_bytes([nth; 16])).collect();
    let raw = by_a_stranger(&ada.document, |tx| {
        for (nth, id) in ids.iter().enumerate() {
            let map = tx.put_object(ROOT, format!("a/{id}"), ObjType::Map).expect("put");
            tx.put(&map, "text", format!("step {nth}")).expect("put");
        }
    });
    ada.document.admit(&[&raw]).expect("well formed");
    assert_eq!(texts(&ada), ["step 0", "step 1", "step 2", "step 3"], "by id");
    ada.edit(order(ids[3], Place::After(Item::Action(ids[0]))));
    assert_eq!(texts(&ada), ["step 0", "step 3", "step 1", "step 2"]);
    ada.edit(set(ids[1], text("step one")));
    ada.edit(order(ids[0], Place::Last));
    assert_eq!(texts(&ada), ["step 3", "step one", "step 2", "step 0"]);
}
