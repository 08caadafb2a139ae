//! Hosts on one network, which find each other without being told where.

use hedgerow_tests::{Device, Network, PATIENCE, agreed, let_pass, until};
use std::time::Duration;

const EVERYWHERE: [&str; 2] = ["--listen", "/ip4/0.0.0.0/tcp/0"];

#[test]
fn two_hosts_find_each_other_and_heal_after_a_minute_apart() {
    let Some(network) = Network::of(&["ada", "bo"]) else { return };
    let [hers, his] = network.hosts();
    let [ada, bo] = [Device::on(&hers, "ada"), Device::on(&his, "bo")];
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let first = ada.serve_with(&EVERYWHERE);
    bo.join(&ada.invite(&rota, "writer"));
    // A new start, and so new ports: what the link said of addresses is of no more use.
    first.stop();
    let [first, second] = [ada.serve_with(&EVERYWHERE), bo.serve_with(&EVERYWHERE)];
    ada.append(&page, "Ada: written before they met again.\n");
    until("Bo has it", PATIENCE, || bo.canonical(&rota).contains("before they met again").then_some(()));

    his.unplug();
    ada.append(&page, "Ada: written while the cable was out.\n");
    bo.append(&page, "Bo: written on the other side of it.\n");
    let_pass(Duration::from_secs(60), "the link stays down for a minute");
    assert!(!bo.canonical(&rota).contains("while the cable was out"));
    his.plug();

    until("they heal by themselves", Duration::from_secs(30), || {
        let text = bo.canonical(&rota);
        (text.contains("while the cable was out") && ada.canonical(&rota) == text).then_some(())
    });
    let text = agreed(&[&ada, &bo], &rota);
    assert!(text.contains("on the other side of it"));
    first.stop();
    second.stop();
    println!("shows P9: 1 link down for a minute");
}

#[test]
fn silence_without_a_sign_is_noticed_and_heals() {
    let Some(network) = Network::of(&["ada", "bo"]) else { return };
    let [hers, his] = network.hosts();
    let [ada, bo] = [Device::on(&hers, "ada"), Device::on(&his, "bo")];
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let first = ada.serve_with(&EVERYWHERE);
    bo.join(&ada.invite(&rota, "writer"));
    let second = bo.serve_with(&EVERYWHERE);
    agreed(&[&ada, &bo], &rota);

    his.go_silent();
    ada.append(&page, "Ada: said into silence.\n");
    until("Ada sees that Bo is gone", PATIENCE, || {
        let status = ada.one(&["status"]);
        let peers = status["peers"].as_array().expect("peers are a list");
        peers.iter().all(|peer| peer["connected"] == false).then_some(())
    });
    his.be_heard();
    until("Bo has it", PATIENCE, || bo.canonical(&rota).contains("said into silence").then_some(()));
    first.stop();
    second.stop();
    println!("shows P9: 1 link gone silent");
}
