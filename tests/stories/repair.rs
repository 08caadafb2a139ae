//! What is damaged is had back from whoever holds it, and what nobody holds is said to be lost.

mod files;

use hedgerow_tests::{Answer, Device, Node, PATIENCE, agreed, crash::files_below, until};
use serde_json::Value;
use std::{fs, path::PathBuf, time::Instant};

use crate::crashes::session::long_text;

/// Ada and Bo, who share a notebook with a page that lies in a file of its own; Ada's node runs.
struct Pair {
    ada: Device,
    bo: Device,
    rota: String,
    cover: String,
    log: String,
    node: Node,
}

impl Pair {
    fn new() -> Pair {
        let [ada, bo] = ["Ada", "Bo"].map(Device::of);
        let rota = ada.notebook("Flood rota");
        let cover = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
        let log = ada.page(&rota, "Log of the flood", &long_text(1, 40_000));
        let node = ada.serve(&[]);
        bo.join(&ada.invite(&rota, "writer"));
        bo.append(&cover, "Bo was here.\n");
        let pair = Pair { ada, bo, rota, cover, log, node };
        let his = pair.bo.serve_to(&[&pair.node]);
        agreed(&[&pair.ada, &pair.bo], &pair.rota);
        his.stop();
        pair
    }

    /// Bo has back what can be had from Ada.
    fn repair(&self) -> Answer {
        self.repair_within(60)
    }

    fn repair_within(&self, seconds: u32) -> Answer {
        let wait = seconds.to_string();
        self.bo.run(&["--json", "verify", "--repair", "--peer", &self.node.address(), "--wait", &wait])
    }
}

/// The largest of the files that hold a page each.
fn body(device: &Device) -> PathBuf {
    let folder = device.folder().join("store/bodies");
    let files = files_below(&folder).into_iter().map(|file| folder.join(file));
    files.max_by_key(|file| fs::metadata(file).map_or(0, |data| data.len())).expect("there is one")
}

fn flip_a_bit(file: &PathBuf) {
    let mut bytes = fs::read(file).expect("it can be read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).expect("it can be written");
}

/// Nothing in the store can be read any more.
fn spoil_the_store(device: &Device) {
    for file in ["store/db/db", "store/db/conf"] {
        fs::write(device.folder().join(file), [0x5a; 4_096]).expect("it can be written");
    }
}

fn list<'a>(line: &'a Value, field: &str) -> Vec<&'a str> {
    let entries = line[field].as_array().expect("a list");
    entries.iter().map(|entry| entry["say"].as_str().expect("it says what")).collect()
}

fn outcome(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.stdout).unwrap_or_else(|why| panic!("{why}: {}", answer.stderr))
}

#[test]
fn a_damaged_page_is_had_back_from_a_member() {
    let pair = Pair::new();
    flip_a_bit(&body(&pair.bo));
    let found = pair.bo.run(&["--json", "verify"]);
    assert_eq!(found.code, Some(1));
    assert!(list(&outcome(&found), "damaged").iter().any(|say| say.contains("verify --repair")), "{}", outcome(&found));
    let shown = pair.bo.run(&["page", "show", &pair.log]);
    assert!(!shown.stderr.is_empty(), "a page that cannot be read is not shown without a word");

    let repaired = pair.repair();
    let line = outcome(&repaired);
    assert_eq!(repaired.code, Some(0), "{line} {}", repaired.stderr);
    assert!(list(&line, "damaged").is_empty() && !list(&line, "repaired").is_empty(), "{line}");
    assert!(pair.bo.run(&["verify"]).stderr.is_empty());
    assert_eq!(pair.bo.canonical(&pair.rota), pair.ada.canonical(&pair.rota));
    assert_eq!(pair.bo.text(&["page", "show", &pair.log]), pair.ada.text(&["page", "show", &pair.log]));
    println!("shows P7: 1 damaged page had back");
}

#[test]
fn a_page_that_is_gone_comes_back_while_the_node_runs() {
    let pair = Pair::new();
    let his = pair.bo.serve_to(&[&pair.node]);
    // It stands in the node's memory while it goes from the disk.
    pair.bo.text(&["page", "show", &pair.log]);
    fs::remove_file(body(&pair.bo)).expect("it can go");
    let repaired = pair.bo.run(&["--json", "verify", "--repair", "--wait", "60"]);
    assert_eq!(repaired.code, Some(0), "{} {}", outcome(&repaired), repaired.stderr);
    assert_eq!(agreed(&[&pair.ada, &pair.bo], &pair.rota), pair.ada.canonical(&pair.rota));
    his.stop();
    assert_eq!(pair.bo.run(&["verify"]).code, Some(0));
}

#[test]
fn a_member_who_is_asked_for_what_is_damaged_has_it_back_from_the_next_who_comes() {
    let pair = Pair::new();
    let cy = Device::of("Cy");
    let link = pair.ada.invite(&pair.rota, "writer");
    cy.join(&link);
    let his = pair.bo.serve_to(&[&pair.node]);
    agreed(&[&pair.ada, &pair.bo, &cy], &pair.rota);
    his.stop();
    flip_a_bit(&body(&pair.ada));
    // Cy lost his copy too, and Ada's cannot be read: Bo's is sound.
    flip_a_bit(&body(&cy));
    let first = cy.run(&["--json", "verify", "--repair", "--peer", &pair.node.address(), "--wait", "8"]);
    assert_eq!(first.code, Some(1), "nobody who was reached has it: {}", outcome(&first));
    assert!(!list(&outcome(&first), "damaged").is_empty());
    let his = pair.bo.serve_to(&[&pair.node]);
    let mended = pair.ada.run(&["--json", "verify", "--repair", "--wait", "60"]);
    assert_eq!(mended.code, Some(0), "{} {}", outcome(&mended), mended.stderr);
    let second = cy.run(&["--json", "verify", "--repair", "--peer", &pair.node.address(), "--wait", "60"]);
    assert_eq!(second.code, Some(0), "{} {}", outcome(&second), second.stderr);
    agreed(&[&pair.ada, &pair.bo, &cy], &pair.rota);
    his.stop();
}

#[test]
fn what_was_never_sent_and_is_damaged_is_said_to_be_nowhere_and_the_rest_goes_on() {
    let pair = Pair::new();
    let before = files_below(&pair.bo.folder().join("store/bodies"));
    pair.bo.page(&pair.rota, "Unsent", &long_text(7, 40_000));
    let mut bodies = files_below(&pair.bo.folder().join("store/bodies"));
    bodies.retain(|file| !before.contains(file));
    flip_a_bit(&pair.bo.folder().join("store/bodies").join(&bodies[0]));
    let repaired = pair.repair();
    let line = outcome(&repaired);
    assert_eq!(repaired.code, Some(1), "{line}");
    assert!(!list(&line, "damaged").is_empty() && list(&line, "repaired").is_empty(), "{line}");
    assert!(repaired.stderr.contains("nobody who was reached has it"), "{}", repaired.stderr);
    // It goes on being told, and everything else goes on.
    assert_eq!(pair.bo.run(&["verify"]).code, Some(1));
    pair.bo.append(&pair.cover, "And on.\n");
    let his = pair.bo.serve_to(&[&pair.node]);
    until("Ada reads on", PATIENCE, || pair.ada.text(&["page", "show", &pair.cover]).contains("And on.").then_some(()));
    his.stop();
}

#[test]
fn a_store_that_cannot_be_opened_is_put_aside_and_had_back_from_members() {
    let pair = Pair::new();
    let private = pair.bo.notebook("Only mine");
    pair.bo.text(&["capture", "Only here"]);
    let me = pair.bo.one(&["whoami"]);
    let bodies = files_below(&pair.bo.folder().join("store/bodies"));
    spoil_the_store(&pair.bo);

    for round in 0..2 {
        let told = pair.bo.run(&["page", "list", &pair.rota]);
        assert_eq!(told.code, Some(1), "round {round}");
        assert!(told.stderr.contains("store.damaged-1"), "round {round}: it says where it is: {}", told.stderr);
        assert!(told.stderr.contains("verify --repair"), "round {round}: and what to do: {}", told.stderr);
    }
    let aside = pair.bo.folder().join("store.damaged-1");
    assert_eq!(files_below(&aside.join("bodies")), bodies, "nothing is deleted");
    assert!(aside.join("db/db").exists());
    assert_eq!(pair.bo.run(&["verify"]).code, Some(1), "it is told until it was repaired");

    let repaired = pair.repair();
    let line = outcome(&repaired);
    assert_eq!(repaired.code, Some(1), "something is lost, and that is said: {line}");
    assert!(list(&line, "damaged").is_empty(), "{line}");
    let lost = list(&line, "lost").join("\n");
    assert!(lost.contains("store.damaged-1") && lost.contains("Ada"), "{lost}");
    assert_eq!(pair.bo.canonical(&pair.rota), pair.ada.canonical(&pair.rota));
    assert_eq!(pair.bo.one(&["whoami"]), me, "he is who he was, name and all");
    let notebooks = pair.bo.json(&["notebook", "list"]);
    assert_eq!(notebooks.len(), 1, "{private} was nowhere else: {notebooks:?}");

    let sound = pair.bo.run(&["verify"]);
    assert_eq!((sound.code, sound.stderr.as_str()), (Some(0), ""), "it was told");
    // He writes on, and is taken for nobody who numbers his changes twice.
    pair.bo.append(&pair.cover, "Bo is back.\n");
    pair.bo.text(&["profile", "set", "--job", "Night manager"]);
    let his = pair.bo.serve_to(&[&pair.node]);
    until("Ada reads it", PATIENCE, || {
        let text = pair.ada.text(&["page", "show", &pair.cover]);
        (text.contains("Bo was here.") && text.contains("Bo is back.")).then_some(())
    });
    agreed(&[&pair.ada, &pair.bo], &pair.rota);
    his.stop();
    assert_eq!(pair.ada.run(&["verify"]).code, Some(0));
}

#[test]
fn a_store_comes_back_by_itself_while_nodes_meet() {
    let pair = Pair::new();
    spoil_the_store(&pair.bo);
    let his = pair.bo.serve_to(&[&pair.node]);
    until("it is all back", PATIENCE, || {
        (pair.bo.run(&["export", "--canonical", &pair.rota]).stdout == pair.ada.canonical(&pair.rota).as_bytes())
            .then_some(())
    });
    assert!(his.said().contains("store.damaged-1"), "{}", his.said());
    his.stop();
}

#[test]
fn nobody_is_given_back_what_they_were_removed_from_or_left() {
    let pair = Pair::new();
    let left = pair.ada.notebook("Left");
    let link = pair.ada.invite(&left, "writer");
    pair.bo.join(&link);
    let his = pair.bo.serve_to(&[&pair.node]);
    pair.bo.text(&["notebook", "leave", &left]);
    until("Ada knows that he left", PATIENCE, || {
        (pair.ada.json(&["notebook", "members", &left]).len() == 1).then_some(())
    });
    his.stop();
    pair.ada.text(&["notebook", "remove-member", &pair.rota, "Bo"]);
    spoil_the_store(&pair.bo);
    pair.bo.run(&["status"]);
    // There is nobody who shares something with him: that stays so, however long he waits.
    let line = outcome(&pair.repair_within(5));
    assert!(pair.bo.json(&["notebook", "list"]).is_empty(), "{line}");
}

#[test]
fn a_stranger_who_has_nothing_is_no_proof_that_nobody_has_it() {
    let Pair { ada, bo, rota, node, .. } = Pair::new();
    node.stop();
    let cy = Device::of("Cy");
    let stranger = cy.serve(&[]);
    let his = bo.serve_to(&[&stranger]);
    let said = bo.run(&["sync", "--wait", "2"]).refused();
    assert!(said.contains("nobody was reached") && said.contains("Ada"), "{said}");
    his.stop();
    spoil_the_store(&bo);
    let to_cy = ["--json", "verify", "--repair", "--peer", &stranger.address()];
    let alone = bo.run(&[&to_cy[..], &["--wait", "2"]].concat());
    let line = outcome(&alone);
    assert_eq!(alone.code, Some(1), "{line}");
    assert!(list(&line, "lost").is_empty() && !list(&line, "damaged").is_empty(), "{line}");
    // And whoever has it is waited for beside the stranger.
    let node = ada.serve(&[]);
    bo.run(&[&to_cy[..], &["--peer", &node.address(), "--wait", "60"]].concat());
    assert_eq!(bo.canonical(&rota), ada.canonical(&rota));
    node.stop();
    stranger.stop();
}

#[test]
fn strangers_who_agree_on_nothing_are_waited_past_no_longer_than_was_said() {
    let Pair { ada, bo, node, .. } = Pair::new();
    node.stop();
    drop(ada);
    spoil_the_store(&bo);
    let strangers = ["Cy", "Dee", "Gwen"].map(Device::of);
    let nodes: Vec<Node> = strangers.iter().map(|stranger| stranger.serve(&[])).collect();
    let addresses: Vec<String> = nodes.iter().map(Node::address).collect();
    let peers: Vec<&str> = addresses.iter().flat_map(|address| ["--peer", address]).collect();
    for round in 0..3 {
        let begun = Instant::now();
        let alone = bo.run(&[&["--json", "verify", "--repair", "--wait", "2"][..], &peers].concat());
        let line = outcome(&alone);
        assert_eq!(alone.code, Some(1), "round {round}: {line}");
        assert!(list(&line, "lost").is_empty() && !list(&line, "damaged").is_empty(), "round {round}: {line}");
        assert!(begun.elapsed() < PATIENCE, "round {round}: it took {:?}", begun.elapsed());
    }
}

#[test]
fn where_nobody_is_reached_it_stays_told() {
    let pair = Pair::new();
    spoil_the_store(&pair.bo);
    for _ in 0..2 {
        let alone = pair.bo.run(&["--json", "verify", "--repair", "--wait", "1"]);
        assert_eq!(alone.code, Some(1));
        let line = outcome(&alone);
        assert!(list(&line, "damaged").iter().any(|say| say.contains("store.damaged-1")), "{line}");
        assert!(list(&line, "lost").is_empty(), "{line}");
    }
}
