//! An admin begins a new key though nobody is out.

use hedgerow_model::Role;
use hedgerow_sync::{Command, Refusal};
use hedgerow_testkit::Network;

#[test]
fn after_a_key_was_retired_nobody_writes_under_it() {
    let mut network = Network::new(41);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    network.write(bo, plan.page, "the depot opens at six").settle();
    let before = network.written_under(ada, plan.notebook);
    network.command(ada, Command::Retire(plan.notebook)).expect("ada is an admin");
    network.settle();
    let retired = network.written_under(ada, plan.notebook);
    network.write(bo, plan.page, "and closes at nine").settle();
    network.write(ada, plan.page, "at ten").settle();
    let after = network.written_under(ada, plan.notebook);
    assert!(before.len() == 1 && retired == before && after.len() == 2, "{before:?}, {retired:?}, {after:?}");
    assert_eq!(network.text(bo, plan.page), "the depot opens at six\nand closes at nine\nat ten");
    // As often as she likes.
    network.command(ada, Command::Retire(plan.notebook)).expect("ada is an admin");
    network.settle();
    network.write(bo, plan.page, "today").settle();
    assert_eq!(network.text(ada, plan.page), network.text(bo, plan.page));
    assert_eq!(network.written_under(bo, plan.notebook).len(), 3);
    assert_eq!(network.unread_with_phrase(bo, plan.notebook, ada), 0);
}

#[test]
fn two_admins_who_retire_apart_go_on_together() {
    let mut network = Network::new(42);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", [bo, cy]);
    let of_bo = network.id(bo);
    network.command(ada, Command::SetRole(plan.notebook, of_bo, Role::Admin)).expect("ada is the founder");
    network.settle();
    for who in [ada, bo] {
        network.disconnect(who);
        network.command(who, Command::Retire(plan.notebook)).expect("both are admins");
        network.write(who, plan.page, "under a key of my own");
    }
    for who in [ada, bo] {
        network.reconnect(who);
    }
    network.settle();
    network.write(cy, plan.page, "under one for all").settle();
    for who in [ada, bo, cy] {
        assert_eq!(network.text(who, plan.page).matches("under").count(), 3, "{}", network.name(who));
        assert_eq!(network.unread_with_phrase(who, plan.notebook, cy), 0, "{}", network.name(who));
    }
}

#[test]
fn only_an_admin_retires_a_key() {
    let mut network = Network::new(43);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    let refused = network.command(bo, Command::Retire(plan.notebook));
    assert!(matches!(refused, Err(Refusal::NeedsRole { needs: Role::Admin, .. })), "{refused:?}");
}
