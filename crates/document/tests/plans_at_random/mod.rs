//! Plans that several people change at random, and hostile ones.

use super::*;
use crate::bodies::any_text;
use proptest::prelude::*;

fn any_id() -> impl Strategy<Value = ActionId> {
    (0u8..6).prop_map(|nth| ActionId::from_bytes([nth; 16]))
}

fn any_line() -> impl Strategy<Value = String> {
    let clean = |text: String| text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect::<String>();
    prop_oneof![any_text(), "[a |\n]{0,12}", Just("status done".to_owned()), Just("\n\nid x".to_owned())]
        .prop_map(clean)
}

fn any_day() -> impl Strategy<Value = Option<Day>> {
    proptest::option::of((1900u16..2200, 1u8..13, 1u8..29).prop_map(|(y, m, d)| day(&format!("{y}-{m:02}-{d:02}"))))
}

fn any_said() -> impl Strategy<Value = Said> {
    let partner = proptest::option::of(
        any_text()
            .prop_map(|text| Label::parse(&text).unwrap_or_else(|_| Label::parse("Bwrdd Iechyd").expect("a label"))),
    );
    prop_oneof![
        any_line().prop_map(Said::Text),
        any_line().prop_map(Said::Notes),
        proptest::option::of((0u8..4).prop_map(|nth| PersonId::from_bytes([nth; 32]))).prop_map(Said::Owner),
        partner.prop_map(Said::Partner),
        any_day().prop_map(Said::Start),
        any_day().prop_map(Said::Due),
        (0usize..4).prop_map(|nth| Said::Status(ActionStatus::ALL[nth])),
        proptest::option::of((0u8..4).prop_map(|nth| OutcomeId::from_bytes([nth; 16]))).prop_map(Said::Outcome),
    ]
}

fn any_place() -> impl Strategy<Value = Place> {
    prop_oneof![
        Just(Place::First),
        Just(Place::Last),
        any_id().prop_map(|id| Place::Before(Item::Action(id))),
        any_id().prop_map(|id| Place::After(Item::Action(id))),
    ]
}

fn any_edit() -> impl Strategy<Value = PageEdit> {
    let outcome = || (0u8..4).prop_map(|nth| OutcomeId::from_bytes([nth; 16]));
    prop_oneof![
        3 => (any_said(), any_place()).prop_map(|(said, at)| {
            PageEdit::Plan(PlanEdit::AddAction { id: RING, said: vec![said], at })
        }),
        5 => (any_id(), proptest::collection::vec(any_said(), 1..4))
            .prop_map(|(id, said)| PageEdit::Plan(PlanEdit::SetAction { id, said })),
        3 => (any_id(), any_place()).prop_map(|(id, to)| order(id, to)),
        1 => any_id().prop_map(|id| PageEdit::Plan(PlanEdit::Delete(Item::Action(id)))),
        1 => any_id().prop_map(|id| PageEdit::Plan(PlanEdit::BringBack(Item::Action(id)))),
        1 => (outcome(), any_line()).prop_map(|(id, text)| PageEdit::Plan(PlanEdit::SetOutcome { id, text })),
        1 => (outcome(), any_line()).prop_map(|(id, text)| {
            PageEdit::Plan(PlanEdit::AddOutcome { id, text, at: Place::Last })
        }),
        1 => any_line().prop_map(|text| set_why(&text)),
    ]
}

/// An id that nobody else draws: who adds it and when.
fn with_id_of(edit: PageEdit, who: usize, nth: usize) -> PageEdit {
    match edit {
        PageEdit::Plan(PlanEdit::AddAction { said, at, .. }) => {
            let mut id = [u8::try_from(who).expect("few"); 16];
            id[15] = u8::try_from(nth % 251).expect("small");
            PageEdit::Plan(PlanEdit::AddAction { id: ActionId::from_bytes(id), said, at })
        }
        edit => edit,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn three_who_edit_one_plan_apart_agree_in_whatever_order_they_meet(
        steps in proptest::collection::vec((0usize..3, proptest::option::weighted(0.3, 0usize..3), any_edit()), 1..30),
        order in any::<prop::sample::Index>(),
    ) {
        let mut people = vec![person(1), person(2), person(3)];
        people[0].edit(begin_plan("Nobody waits"));
        for nth in 0..6u8 {
            people[0].edit(add(ActionId::from_bytes([nth; 16]), &format!("step {nth}")));
        }
        for other in 1..3 {
            let ada = people[0].clone();
            people[other].hear(&ada);
        }
        for (nth, (who, meets, edit)) in steps.into_iter().enumerate() {
            let by = people[who].editing();
            // Some name what is not there: those are refused and change nothing.
            let before = canon(&people[who]);
            if people[who].document.edit(&by, &Edit::Page(with_id_of(edit, who + 10, nth))).is_err() {
                prop_assert_eq!(canon(&people[who]), before);
            }
            if let Some(other) = meets.filter(|other| *other != who) {
                let heard = people[who].clone();
                people[other].hear(&heard);
            }
        }
        people.rotate_left(order.index(3));
        meet(&mut people);
        let agreed = canon(&people[0]);
        for other in &people[1..] {
            prop_assert_eq!(canon(other), agreed.clone());
        }
        let document = &people[0].document;
        let actors: Vec<_> = document.actors().collect();
        let back = Document::from_checkpoint(&document.checkpoint(), &document.heads(), &actors).expect("our own");
        prop_assert_eq!(plan::read(&back), plan::read(document));
        for action in read(&people[0]).actions {
            prop_assert!(action.order.is_some_and(|order| order.as_str().len() <= plan::Order::MOST));
        }
    }

    #[test]
    fn a_move_puts_it_where_it_was_asked_for(count in 1u8..12, moves in proptest::collection::vec((0u8..12, 0u8..12, any::<bool>()), 1..30)) {
        let mut ada = person(1);
        ada.edit(begin_plan(""));
        let id = |nth: u8| ActionId::from_bytes([nth % count; 16]);
        let mut expected: Vec<ActionId> = (0..count).map(id).collect();
        for id in &expected {
            ada.edit(add(*id, "a step"));
        }
        for (what, beside, after) in moves {
            let (what, beside) = (id(what), id(beside));
            ada.edit(order(what, if after { Place::After(Item::Action(beside)) } else { Place::Before(Item::Action(beside)) }));
            if what != beside {
                expected.retain(|id| *id != what);
                let at = expected.iter().position(|id| *id == beside).expect("it is there") + usize::from(after);
                expected.insert(at, what);
            }
            let now: Vec<ActionId> = read(&ada).actions.iter().map(|action| action.id).collect();
            prop_assert_eq!(&now, &expected);
        }
    }

    #[test]
    fn any_plan_goes_out_as_markdown_and_comes_back(
        outcomes in proptest::collection::vec(any_line(), 0..3),
        actions in proptest::collection::vec(proptest::collection::vec(any_said(), 0..9), 0..4),
        body in bodies::any_body(),
    ) {
        let mut ada = person(1);
        ada.edit(begin_plan("x"));
        ada.edit(PageEdit::Replace(body));
        for (nth, text) in (0u8..).zip(outcomes) {
            let id = OutcomeId::from_bytes([nth; 16]);
            ada.edit(PageEdit::Plan(PlanEdit::AddOutcome { id, text, at: Place::Last }));
        }
        for (nth, said) in (0u8..).zip(actions) {
            let id = ActionId::from_bytes([nth; 16]);
            ada.edit(PageEdit::Plan(PlanEdit::AddAction { id, said, at: Place::Last }));
        }
        let page = ada.page();
        let written = markdown::write(&page);
        let back = markdown::read(&written).expect("not too large");
        let unordered = |plan: &Plan| Plan {
            outcomes: plan.outcomes.iter().map(|outcome| Outcome { order: None, ..outcome.clone() }).collect(),
            actions: plan.actions.iter().map(|action| Action { order: None, ..action.clone() }).collect(),
        };
        prop_assert_eq!(&back.plan, &unordered(&page.plan), "\n{}", written);
        prop_assert_eq!(back.blocks, normal(page.blocks));
    }

    #[test]
    fn whatever_stands_where_a_plan_is_read_hides_nothing_and_never_panics(
        wrong in proptest::collection::vec((0usize..12, 0u8..8, any_text()), 1..20),
    ) {
        let (mut ada, _) = ada_and_bo();
        let raw = by_a_stranger(&ada.document, |tx| {
            let strange = tx.put_object(ROOT, format!("a/{KEYS}"), ObjType::Map).expect("put");
            tx.put(&strange, "text", "still here").expect("put");
            for (key, kind, text) in &wrong {
                let keys = ["text", "notes", "owner", "partner", "start", "due", "status", "outcome", "order", "deleted"];
                let (map, key) = match keys.get(*key) {
                    // Its words stay: nobody put anything else there.
                    Some(&"text") => (strange.clone(), "notes".to_owned()),
                    Some(key) => (strange.clone(), (*key).to_owned()),
                    None if *key == 10 => (ROOT, format!("a/{text}")),
                    None => (ROOT, format!("o/{text}")),
                };
                match kind {
                    0 => tx.put(&map, key, i64::MIN),
                    1 => tx.put(&map, key, f64::NAN),
                    2 => tx.put(&map, key, true),
                    3 => tx.put(&map, key, text.as_bytes().to_vec()),
                    4 => tx.put_object(&map, key, ObjType::List).map(|_| ()),
                    5 => tx.put_object(&map, key, ObjType::Map).map(|_| ()),
                    6 => tx.put_object(&map, key, ObjType::Text).and_then(|made| tx.splice_text(&made, 0, 0, text)),
                    _ => tx.put(&map, key, text.as_str()),
                }
                .expect("put");
            }
        });
        prop_assume!(ada.document.admit(&[&raw]).is_ok());
        let texts = read_texts(&ada);
        for shown in ["Ring the depot", "Fill the sandbags", "still here"] {
            prop_assert!(texts.iter().any(|text| text == shown), "{:?}", texts);
        }
        let heads = ada.document.heads();
        ada.edit(order(KEYS, Place::First));
        ada.edit(set(KEYS, text("changed")));
        ada.edit(add(ActionId::from_bytes([0xee; 16]), "one more"));
        ada.edit(PageEdit::Restore(heads));
        prop_assert!(read_texts(&ada).iter().any(|text| text == "still here"));
        prop_assert!(!history::versions(&ada.document).is_empty());
        prop_assert!(markdown::read(&markdown::write(&ada.page())).is_ok());
    }
}
