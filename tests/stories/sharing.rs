//! Writing together and apart, over loopback.

use hedgerow_tests::{Device, PATIENCE, agreed, free_port, samples, until};
use std::fs;

fn sample(name: &str) -> String {
    fs::read_to_string(samples().join(name)).expect("the sample is there")
}

#[test]
fn whoever_joins_holds_what_the_host_has() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    ada.page(&rota, "Second winter", &sample("flood-rota.md"));
    ada.page(&rota, "Cinio", &sample("cinio-dydd-iau.md"));
    let node = ada.serve(&[]);

    bo.join(&ada.invite(&rota, "writer"));

    assert_eq!(bo.json(&["page", "list", &rota]).len(), 2, "ids are the same on all devices");
    assert_eq!(agreed(&[&ada, &bo], &rota), bo.canonical(&rota));
    let names: Vec<String> = members(&bo, &rota);
    assert_eq!(names, ["Ada", "Bo"]);
    node.stop();
}

#[test]
fn what_two_wrote_apart_is_there_when_they_meet_again() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let node = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    node.stop();

    ada.append(&page, "Ada: the pump shed key is cut.\n");
    ada.text(&["page", "edit", &page, "--at", "0", "--insert", "From Monday "]);
    bo.append(&page, "Bo: ward six can lend two radios.\n");
    bo.text(&["page", "rename", &page, "Night and weekend cover"]);

    let hers = ada.serve(&[]);
    let his = bo.serve_to(&[&hers]);
    let text = agreed(&[&ada, &bo], &rota);
    for written in ["From Monday Gwen has the keys.", "pump shed key", "two radios", "Night and weekend cover"] {
        assert!(text.contains(written), "{written} is missing from {text}");
    }
    hers.stop();
    his.stop();
}

#[test]
fn what_a_notebook_is_for_is_agreed_by_its_members() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.get(&["notebook", "new", "Flood rota", "--challenge", "Who is on call?"], "id");
    let node = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    let his = bo.serve_to(&[&node]);
    bo.text(&[
        "notebook",
        "describe",
        &rota,
        "--ground-rules",
        "What is said here stays here",
        "--review-date",
        "2027-03-31",
    ]);
    for wrong in ["31.3.2027", "2027-02-29", "9999-01-01"] {
        let said = bo.refused(&["notebook", "describe", &rota, "--challenge", "Gone", "--review-date", wrong]);
        assert!(said.contains("day"), "{said}");
    }
    agreed(&[&ada, &bo], &rota);
    let shown = ada.one(&["notebook", "show", &rota]);
    assert_eq!(shown["challenge"], "Who is on call?", "what was not named stays, and a refusal changes nothing");
    assert_eq!(shown["ground_rules"], "What is said here stays here");
    assert_eq!(shown["review_date"], "2027-03-31");
    ada.text(&["notebook", "describe", &rota, "--review-date", ""]);
    assert!(ada.one(&["notebook", "show", &rota])["review_date"].is_null());
    node.stop();
    his.stop();
}

#[test]
fn a_third_carries_between_two_who_never_meet() {
    let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let node = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    cy.join(&ada.invite(&rota, "writer"));
    node.stop();
    cy.append(&page, "Cy: the minibus is free on Sunday.\n");

    // Bo meets Cy, and then Ada; Ada and Cy are never up together.
    let carrier = bo.serve(&[]);
    let met = cy.serve_to(&[&carrier]);
    until("Bo has Cy's line", PATIENCE, || bo.canonical(&rota).contains("minibus").then_some(()));
    met.stop();
    let hers = ada.serve_to(&[&carrier]);
    until("Ada has Cy's line", PATIENCE, || ada.canonical(&rota).contains("minibus").then_some(()));
    agreed(&[&ada, &bo, &cy], &rota);
    hers.stop();
    carrier.stop();
}

#[test]
fn a_node_that_was_away_catches_up_by_itself() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let place = format!("/ip4/127.0.0.1/tcp/{}", free_port());
    let serve_there = || ada.serve_with(&["--listen", &place, "--no-discovery"]);
    let first = serve_there();
    bo.join(&ada.invite(&rota, "writer"));
    let his = bo.serve_to(&[&first]);
    first.kill();

    bo.append(&page, "Written while Ada was away.\n");
    let again = serve_there();

    until("Ada has it", PATIENCE, || ada.canonical(&rota).contains("while Ada was away").then_some(()));
    agreed(&[&ada, &bo], &rota);
    again.stop();
    his.stop();
}

#[test]
fn an_edit_shows_on_the_other_side_while_both_are_there() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let hers = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    let his = bo.serve_to(&[&hers]);

    bo.append(&page, "Bo: I take the 14th.\n");
    until("Ada has Bo's line", PATIENCE, || ada.text(&["page", "show", &page]).contains("14th").then_some(()));
    ada.append(&page, "Ada: thank you.\n");
    until("Bo has Ada's line", PATIENCE, || bo.text(&["page", "show", &page]).contains("thank you").then_some(()));
    let outcome = ada.one(&["sync", "--wait", "60"]);
    assert_eq!(outcome["agreed"], true, "{outcome}");
    hers.stop();
    his.stop();
}

#[test]
fn a_capture_made_offline_is_filed_and_shared() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let thought = ada.get(&["capture", "Lock Lane drain is blocked again", "--at", "53.14,-4.27"], "id");
    assert!(!ada.canonical("--all").contains("drain"), "a capture is private until it is filed");
    assert_eq!(ada.json(&["inbox", "list"]).len(), 1);

    ada.text(&["inbox", "file", &thought, &rota]);

    assert!(ada.json(&["inbox", "list"]).is_empty());
    let node = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "reader"));
    assert!(bo.canonical(&rota).contains("Lock Lane drain is blocked again"));
    node.stop();
}

fn members(device: &Device, notebook: &str) -> Vec<String> {
    let lines = device.json(&["notebook", "members", notebook]);
    let mut names: Vec<String> =
        lines.iter().map(|line| line["name"].as_str().unwrap_or_default().to_owned()).collect();
    names.sort();
    names
}
