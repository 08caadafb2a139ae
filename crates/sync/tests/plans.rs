//! Three organisations write one plan.

use hedgerow_document::{Item, PageEdit, Place, Plan, PlanEdit, Said, plan};
use hedgerow_model::{ActionId, ActionStatus, Day, FieldName, Label, Role, TemplateKind, Title};
use hedgerow_sync::{Command, Outcome, PageBeginning};
use hedgerow_testkit::{Network, Page, Who};
use std::collections::BTreeMap;

const RING: ActionId = ActionId::from_bytes([1; 16]);
const SAND: ActionId = ActionId::from_bytes([2; 16]);
const BEDS: ActionId = ActionId::from_bytes([3; 16]);

fn begin_plan(network: &mut Network, who: Who, at: Page) -> Page {
    let why = FieldName::parse(plan::WHY).expect("a name");
    let beginning = PageBeginning {
        title: Title::parse("Winter plan").expect("a title"),
        template: TemplateKind::parse(plan::TEMPLATE).expect("a template"),
        fields: BTreeMap::from([(why, "Nobody waits for an answer at night".to_owned())]),
        body: Vec::new(),
        plan: Plan::default(),
    };
    match network.command(who, Command::NewPages(at.notebook, vec![beginning])) {
        Ok(Outcome::Pages(pages)) => Page { notebook: at.notebook, id: pages[0] },
        other => panic!("the plan was not begun: {other:?}"),
    }
}

fn change(network: &mut Network, who: Who, page: Page, edit: PlanEdit) {
    network.edit(who, page, PageEdit::Plan(edit)).expect("they may write");
}

fn add(network: &mut Network, who: Who, page: Page, id: ActionId, text: &str) {
    change(network, who, page, PlanEdit::AddAction { id, said: vec![Said::Text(text.to_owned())], at: Place::Last });
}

fn set(network: &mut Network, who: Who, page: Page, said: Said) {
    change(network, who, page, PlanEdit::SetAction { id: RING, said: vec![said] });
}

/// Ada of the council, Bo of the health board and Cy of the charity; Bo and Cy are out of touch for a while.
#[test]
fn three_organisations_edit_one_plan_apart_and_meet() {
    let mut network = Network::new(31);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let shared = network.share(ada, "Flood partnership", [bo, cy]);
    let plan = begin_plan(&mut network, ada, shared.page);
    add(&mut network, ada, plan, RING, "Ring the depot");
    network.settle();
    network.disconnect(bo);
    network.disconnect(cy);

    set(&mut network, ada, plan, Said::Status(ActionStatus::Doing));
    add(&mut network, ada, plan, SAND, "Fill the sandbags");
    let of_bo = network.id(bo);
    set(&mut network, bo, plan, Said::Owner(Some(of_bo)));
    set(&mut network, bo, plan, Said::Text("Ring the new depot".to_owned()));
    set(&mut network, cy, plan, Said::Text("Ring the depot at six".to_owned()));
    set(&mut network, cy, plan, Said::Due(Day::parse("2027-03-31").ok()));
    set(&mut network, cy, plan, Said::Partner(Label::parse("Cyngor Gwynedd").ok()));
    add(&mut network, cy, plan, BEDS, "Find forty beds");
    change(&mut network, bo, plan, PlanEdit::Delete(Item::Action(RING)));
    network.pass(60_000);

    network.reconnect(bo);
    network.reconnect(cy);
    network.settle();
    let canonical = network.canonical(ada, plan.notebook);
    assert_eq!(network.canonical(bo, plan.notebook), canonical);
    assert_eq!(network.canonical(cy, plan.notebook), canonical);
    change(&mut network, cy, plan, PlanEdit::BringBack(Item::Action(RING)));
    network.settle();
    let ring = network.plan(ada, plan).actions.into_iter().find(|action| action.id == RING).expect("it is never gone");
    assert_eq!(ring.text, "Ring the new depot at six", "words of both");
    assert_eq!((ring.status, ring.owner, ring.deleted), (ActionStatus::Doing, Some(of_bo), false));
    assert_eq!(ring.due, Day::parse("2027-03-31").ok());
    let texts: Vec<String> = network.plan(bo, plan).actions.into_iter().map(|action| action.text).collect();
    assert!(
        texts.contains(&"Fill the sandbags".to_owned()) && texts.contains(&"Find forty beds".to_owned()),
        "{texts:?}"
    );
}

#[test]
fn a_reader_changes_no_plan_and_what_is_said_after_a_removal_falls() {
    let mut network = Network::new(32);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let shared = network.share(ada, "Flood partnership", [bo, cy]);
    let plan = begin_plan(&mut network, ada, shared.page);
    add(&mut network, ada, plan, RING, "Ring the depot");
    network.settle();
    let of_bo = network.id(bo);
    network.command(ada, Command::SetRole(plan.notebook, of_bo, Role::Reader)).expect("ada is the founder");
    network.settle();
    let edit = PlanEdit::SetAction { id: RING, said: vec![Said::Status(ActionStatus::Done)] };
    let refused = network.edit(bo, plan, PageEdit::Plan(edit)).expect_err("bo may only read");
    assert!(refused.to_string().contains("takes a writer"), "{refused}");
    network.disconnect(cy);
    network.remove(ada, plan.notebook, cy).expect("ada is the founder");
    set(&mut network, cy, plan, Said::Text("Ring nobody".to_owned()));
    network.settle();
    network.reconnect(cy);
    network.pass(60_000);
    assert_eq!(network.plan(ada, plan).actions[0].text, "Ring the depot");
}
