//! Nothing stands in clear: not in a folder, not on the wire, not at a stranger's.

use hedgerow_tests::{Device, Network, agreed, leak_in_bytes, leak_in_folder, samples};
use std::fs;

/// Titles, names and sentences of the samples, and the names that people gave themselves.
const WORDS: [&str; 11] = [
    "Flood rota",
    "second winter",
    "Ruth Adeyemi",
    "Wenbridge and Marl Council",
    "Marlford, lower town",
    "The sandbags were at Lock Lane by 05:30",
    "Nid salwch aeth â hi'n ôl",
    "Menter Tŷ'r Hafod",
    "Ada Pritchard",
    "Bo Lindqvist",
    "lock lane drain is blocked",
];

#[test]
fn folders_and_wire_show_no_title_name_or_sentence() {
    let Some(network) = Network::of(&["ada", "bo"]) else { return };
    let [hers, his] = network.hosts();
    let [ada, bo] = [Device::on(&hers, "ada"), Device::on(&his, "bo")];
    ada.text(&["init", "--name", "Ada Pritchard", "--organisation", "Wenbridge and Marl Council"]);
    bo.text(&["init", "--name", "Bo Lindqvist"]);
    let rota = ada.notebook("Flood rota");
    let capture = network.capture();
    let everywhere = ["--listen", "/ip4/0.0.0.0/tcp/0", "--listen", "/ip4/0.0.0.0/udp/0/quic-v1"];
    let node = ada.serve_with(&everywhere);
    ada.text(&["import", &rota, &samples().display().to_string()]);
    ada.text(&["capture", "Lock Lane drain is blocked"]);
    bo.join(&ada.invite(&rota, "writer"));
    let other = bo.serve_with(&everywhere);
    let page = bo.page(&rota, "Cinio", &fs::read_to_string(samples().join("cinio-dydd-iau.md")).expect("a sample"));
    bo.append(&page, "The sandbags were at Lock Lane by 05:30.\n");
    let text = agreed(&[&ada, &bo], &rota);
    assert!(leak_in_bytes(text.as_bytes(), &WORDS).is_some(), "the search finds them where they do stand");

    let wire = capture.bytes();
    assert!(wire.len() > 50_000, "only {} bytes were captured", wire.len());
    assert_eq!(leak_in_bytes(&wire, &WORDS), None, "on the wire");
    for device in [&ada, &bo] {
        assert_eq!(leak_in_folder(device.folder(), &WORDS), None, "in {}'s folder while it runs", device.name());
    }
    for said in [node.said(), other.said()] {
        assert_eq!(leak_in_bytes(said.as_bytes(), &WORDS), None, "in what a node says");
    }
    node.stop();
    other.stop();
    for device in [&ada, &bo] {
        assert_eq!(leak_in_folder(device.folder(), &WORDS), None, "in {}'s folder afterwards", device.name());
    }
    println!("shows P3: {} words looked for on the wire and in two folders", WORDS.len());
}
