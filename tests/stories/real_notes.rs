//! A corpus of real notes, where there is one.

use hedgerow_tests::{Device, PATIENCE, agreed, corpus, until};
use serde_json::Value;

#[test]
fn five_hundred_posts_are_shared_and_twenty_are_edited_apart() {
    let Some(posts) = corpus("notes-18f") else { return };
    let count = std::fs::read_dir(&posts).expect("the corpus can be read").count();
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let notebook = ada.notebook("Posts");
    let outcome = ada.one(&["import", &notebook, &posts.display().to_string()]);
    assert_eq!(outcome["imported"], count, "{outcome}");

    let node = ada.serve(&[]);
    bo.one(&["join", &ada.invite(&notebook, "writer"), "--wait", "300"]);
    assert_eq!(ids(&bo.json(&["page", "list", &notebook])).len(), count);
    assert_eq!(ada.canonical(&notebook), bo.canonical(&notebook));
    node.stop();

    // Both write on the same twenty; Bo's node is killed in the middle of it.
    let mut pages = ids(&ada.json(&["page", "list", &notebook]));
    pages.sort();
    let his = bo.serve(&[]);
    for page in &pages[..10] {
        bo.append(page, "Bo: seen on the ward.\n");
    }
    his.kill();
    for page in &pages[10..20] {
        bo.append(page, "Bo: seen on the ward.\n");
    }
    for page in &pages[..20] {
        ada.append(page, "Ada: seen at the depot.\n");
        ada.text(&["page", "edit", page, "--at", "0", "--insert", "Read first. "]);
    }
    let hers = ada.serve(&[]);
    let his = bo.serve_to(&[&hers]);
    until("they have each other's lines", PATIENCE, || {
        let text = ada.canonical(&notebook);
        (text.matches("seen on the ward").count() == 20).then_some(())
    });
    let text = agreed(&[&ada, &bo], &notebook);
    assert_eq!(text.matches("seen at the depot").count(), 20);
    hers.stop();
    his.stop();
    println!("shows P2: {count} real notes on two devices");
}

fn ids(pages: &[Value]) -> Vec<String> {
    pages.iter().map(|page| page["id"].as_str().expect("an id is text").to_owned()).collect()
}
