//! Stories about people who meet, and find what they share and what is different in it.

use hedgerow_model::Role;
use hedgerow_sync::Command;
use hedgerow_testkit::Network;

#[test]
fn two_who_joined_at_the_same_host_find_each_other() {
    let mut network = Network::new(9);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", []);
    network.cut_off(bo, cy);
    let (for_bo, for_cy) = (
        network.invite(ada, plan.notebook, Role::Writer).expect("ada invites"),
        network.invite(ada, plan.notebook, Role::Writer).expect("ada invites"),
    );
    network.accept(bo, &for_bo).expect("bo joins");
    network.disconnect(bo);
    network.accept(cy, &for_cy).expect("cy joins");
    network.settle();
    network.disconnect(ada);
    network.join_up(bo, cy);
    network.write(bo, plan.page, "hello from bo").settle();
    assert!(network.text(cy, plan.page).contains("hello from bo"));
}

/// Bo was let in by Ada, and Cy by Di, who is out of touch with her. Then the two newcomers meet, alone.
#[test]
fn two_who_never_heard_of_each_other_find_what_they_share() {
    let mut network = Network::new(35);
    let [ada, di, bo, cy] = network.people(["Ada", "Di", "Bo", "Cy"]);
    let rota = network.share(ada, "Flood rota", [di]);
    let of_di = network.id(di);
    network.command(ada, Command::SetRole(rota.notebook, of_di, Role::Admin)).expect("ada is the founder");
    network.settle();
    for who in [ada, di, bo, cy] {
        network.disconnect(who);
    }
    network.join_up(ada, bo);
    network.bring_in(ada, rota.notebook, bo, Role::Writer).expect("bo joins");
    network.join_up(di, cy);
    network.bring_in(di, rota.notebook, cy, Role::Writer).expect("cy joins");
    network.write(bo, rota.page, "from the ward");
    network.write(cy, rota.page, "from the charity");
    for who in [ada, di] {
        network.disconnect(who);
    }
    assert_eq!(network.role(bo, rota.notebook, cy), None, "bo has not heard of cy");
    assert_eq!(network.role(cy, rota.notebook, bo), None, "nor cy of bo");
    network.join_up(bo, cy);
    network.settle();
    assert_eq!(network.role(bo, rota.notebook, cy), Some(Role::Writer));
    assert_eq!(network.text(bo, rota.page), network.text(cy, rota.page));
    assert_eq!(network.canonical(bo, rota.notebook), network.canonical(cy, rota.notebook));
}

#[test]
fn one_notebook_changed_among_hundreds_is_found_in_few_words() {
    let mut network = Network::new(36);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    for number in 0..200 {
        network.share(ada, &format!("Ward {number}"), [bo]);
    }
    network.settle();
    network.disconnect(bo);
    let before = network.sent;
    network.reconnect(bo);
    network.settle();
    let (messages, bytes) = (network.sent.0 - before.0, network.sent.1 - before.1);
    assert!(messages <= 6 && bytes <= 768, "nothing changed: {messages} messages, {bytes} bytes");
    network.disconnect(bo);
    network.write(ada, rota.page, "night cover moved");
    let before = network.sent;
    network.reconnect(bo);
    network.settle();
    assert_eq!(network.text(bo, rota.page), "night cover moved");
    let (messages, bytes) = (network.sent.0 - before.0, network.sent.1 - before.1);
    assert!(messages <= 12 && bytes <= 2_560, "one changed: {messages} messages, {bytes} bytes");
}

/// What takes time over a long line is going there and back.
#[test]
fn what_changed_while_they_were_apart_takes_three_round_trips() {
    let mut network = Network::new(37);
    let people @ [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    for number in 0..200 {
        network.share(ada, &format!("Ward {number}"), [bo]);
    }
    network.settle();
    network.message_takes = Some(250);
    for writer in people {
        network.disconnect(bo);
        network.write(writer, rota.page, "night cover moved").pass(30_000);
        let before = network.now();
        let trips = |network: &Network| network.now().since(before) as f64 / 500.0;
        network.reconnect(bo);
        network.until(|network| {
            let [hers, his] = people.map(|who| network.replica(who).inventory(&rota.notebook));
            hers == his
        });
        assert!(trips(&network) < 3.2, "written by {}: {} round trips", network.name(writer), trips(&network));
        let knows = |network: &Network, who| network.replica(who).peers().iter().all(|peer| peer.agreed.is_some());
        network.until(|network| people.iter().all(|who| knows(network, *who)));
        assert!(trips(&network) < 3.7, "written by {}: known after {}", network.name(writer), trips(&network));
    }
}
