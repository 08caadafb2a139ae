//! Three organisations write one plan by the command line, one of them cut off for a while.

use hedgerow_tests::{Device, PATIENCE, agreed, until};
use serde_json::Value;
use std::fs;

fn plan(device: &Device, notebook: &str) -> String {
    device.get(&["page", "new", notebook, "--title", "Winter plan", "--template", "plan"], "id")
}

fn shown(device: &Device, plan: &str) -> Value {
    device.one(&["plan", "show", plan])
}

/// One action of it.
fn action(device: &Device, plan: &str, id: &str) -> Value {
    let view = shown(device, plan);
    let actions = view["actions"].as_array().expect("actions are a list");
    actions.iter().find(|action| action["id"] == id).unwrap_or_else(|| panic!("no action {id} in {view}")).clone()
}

#[test]
fn three_organisations_change_one_plan_apart_and_agree_to_the_byte() {
    let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(Device::of);
    let rota = ada.notebook("Flood partnership");
    let plan = plan(&ada, &rota);
    ada.text(&["plan", "why", &plan, "Nobody waits for an answer at night"]);
    let cover = ada.get(&["plan", "add-outcome", &plan, "Someone answers"], "id");
    let ring = ["Ring the depot", "--owner", "me", "--due", "2001-03-31", "--outcome", &cover];
    let ring = ada.get(&[&["plan", "add-action", &plan][..], &ring].concat(), "id");
    let hers = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    cy.join(&ada.invite(&rota, "writer"));
    let his = bo.serve_to(&[&hers]);

    // Cy is cut off: no node of hers runs.
    cy.text(&["plan", "set", &plan, &ring, "--text", "Ring the depot at six", "--partner", "Cyngor Gwynedd"]);
    cy.text(&["plan", "why", &plan, "Nobody waits long for an answer at night"]);
    let beds = cy.get(&["plan", "add-action", &plan, "Find forty beds", "--owner", "me", "--partner", "Llety"], "id");
    bo.text(&["plan", "set", &plan, &ring, "--text", "Ring the new depot", "--status", "doing"]);
    bo.text(&["plan", "why", &plan, "Nobody waits for an answer at night, in any valley"]);
    ada.text(&["plan", "delete", &plan, &ring[..8]]);
    until("Bo hears that it is deleted", PATIENCE, || {
        shown(&bo, &plan)["actions"].as_array().expect("a list").is_empty().then_some(())
    });

    let theirs = cy.serve_to(&[&hers]);
    agreed(&[&ada, &bo, &cy], &rota);
    cy.text(&["plan", "bring-back", &plan, &ring]);
    cy.text(&["plan", "move", &plan, &beds, "--before", &ring]);
    until("Bo has it back, behind the beds", PATIENCE, || {
        let view = shown(&bo, &plan);
        let ids: Vec<&Value> = view["actions"].as_array().expect("a list").iter().map(|action| &action["id"]).collect();
        (ids == [&Value::from(&*beds), &Value::from(&*ring)]).then_some(())
    });
    let text = agreed(&[&ada, &bo, &cy], &rota);
    assert!(text.contains("Ring the new depot at six"), "the words of both: {text}");
    let view = action(&bo, &plan, &ring);
    assert_eq!(view["status"], "doing", "{view}");
    assert_eq!(view["partner"], "Cyngor Gwynedd", "{view}");
    assert_eq!(view["owner"]["name"], "Ada", "{view}");
    assert_eq!(view["overdue"], true, "{view}");
    let why = shown(&ada, &plan)["why"].as_str().expect("a why").to_owned();
    assert!(why.contains("waits long") && why.contains("in any valley"), "{why}");
    for node in [hers, his, theirs] {
        node.stop();
    }
}

#[test]
fn a_plan_is_read_by_people_and_goes_where_its_page_goes() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood partnership");
    let plan = plan(&ada, &rota);
    let node = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    agreed(&[&ada, &bo], &rota);
    let ring = ada.get(&["plan", "add-action", &plan, "Ring the depot", "--owner", "Bo", "--due", "2001-03-31"], "id");
    ada.text(&["plan", "add-action", &plan, "Fill the sandbags", "--partner", "Cyngor Gwynedd", "--status", "doing"]);

    let told = ada.text(&["plan", "show", &plan]);
    for words in ["Why: not said yet", "2001-03-31, overdue", "nobody yet", "Cyngor Gwynedd", "WITHOUT OWNER"] {
        assert!(told.contains(words), "{words} is not in {told}");
    }
    let late = ada.text(&["plan", "show", &plan, "--overdue", "--owner", "bo"]);
    assert!(late.contains("Ring the depot") && !late.contains("sandbags"), "{late}");
    ada.text(&["notebook", "remove-member", &rota, "Bo"]);
    assert!(ada.text(&["plan", "show", &plan]).contains("Bo (left)"), "who left is still named");

    let calendar = tempfile::tempdir().expect("a folder");
    let file = calendar.path().join("plan.ics");
    let path = file.to_str().expect("a path");
    ada.text(&["plan", "calendar", &plan, path]);
    // Long lines are folded (RFC 5545, 3.1).
    let events = fs::read_to_string(&file).expect("it was written").replace("\r\n ", "");
    assert!(events.contains(&format!("UID:{ring}.{plan}@hedgerow")) && events.contains("DTSTART;VALUE=DATE:20010331"));
    assert!(ada.refused(&["plan", "calendar", &plan, path]).contains("could not write"), "it is not written over");

    // Exported and imported, and moved to another notebook, it loses nothing.
    let written = ada.text(&["page", "show", &plan]);
    let other = ada.notebook("Archive");
    let source = calendar.path().join("plan.md");
    fs::write(&source, &written).expect("room for a file");
    let copy = ada.get(&["page", "new", &other, "--title", "Copy", "--file", source.to_str().expect("a path")], "id");
    let (first, second) = (shown(&ada, &plan), shown(&ada, &copy));
    assert_eq!(first["actions"].as_array().expect("a list").len(), 2);
    assert_eq!((&first["actions"], &first["why"]), (&second["actions"], &second["why"]));
    let moved = ada.get(&["page", "move", &plan, &other], "id");
    assert_eq!(shown(&ada, &moved)["actions"], first["actions"]);
    let same = ada.run_with(&["page", "replace", &moved], ada.text(&["page", "show", &moved]).as_bytes()).text();
    assert!(same.contains("reads so already"), "{same}");
    node.stop();
}

#[test]
fn what_cannot_be_is_said_in_one_line_and_changes_nothing() {
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood partnership");
    let note = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let said = ada.refused(&["plan", "add-action", &note, "Ring the depot"]);
    assert!(said.contains("is no plan, for its template is note") && said.contains("--template plan"), "{said}");
    let plan = plan(&ada, &rota);
    let ring = ada.get(&["plan", "add-action", &plan, "Ring the depot"], "id");
    let before = ada.canonical(&rota);
    for (words, expected) in [
        (vec!["set", &plan, &ring, "--due", "31.3.2027"], "is not a day"),
        (vec!["set", &plan, &ring, "--due", "2300-01-01"], "between 1900 and 2199"),
        (vec!["set", &plan, &ring, "--owner", "Dai"], "there is no person Dai"),
        (vec!["set", &plan, &ring, "--text", ""], "needs words"),
        (vec!["set", &plan, "abcdef", "--status", "done"], "there is no action abcdef"),
        (vec!["set", &plan, &ring, "--outcome", "abcdef"], "there is no outcome abcdef"),
        (vec!["move", &plan, &ring, "--after", "abcdef"], "there is no action abcdef"),
    ] {
        let said = ada.refused(&[&["plan"][..], &words[..]].concat());
        assert!(said.contains(expected), "{words:?}: {said}");
    }
    assert_eq!(ada.canonical(&rota), before);
}
