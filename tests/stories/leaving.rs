//! People who go of their own will, and what those who stay see of it.

use hedgerow_tests::{Device, PATIENCE, agreed, until};

/// The people in a notebook as a device lists them, each with how they stand.
fn members(device: &Device, notebook: &str) -> Vec<(String, String)> {
    let lines = device.json(&["notebook", "members", notebook]);
    let text = |line: &serde_json::Value, field: &str| line[field].as_str().unwrap_or_default().to_owned();
    lines.iter().map(|line| (text(line, "name"), text(line, "state"))).collect()
}

fn alone() -> Vec<(String, String)> {
    vec![("Ada".to_owned(), "founder".to_owned())]
}

#[test]
fn bo_waits_to_be_an_admin_is_one_and_is_heard_when_he_leaves() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let hers = ada.serve(&[]);

    let link = ada.invite(&rota, "admin");
    until("Bo is told that he waits for an admin", PATIENCE, || {
        bo.refused(&["join", &link, "--wait", "3"]).contains("was taken").then_some(())
    });
    until("Ada sees who waits", PATIENCE, || {
        members(&ada, &rota).iter().any(|(_, state)| state == "awaits_admin").then_some(())
    });
    let bo_id = bo.get(&["whoami"], "person_id");
    // His device is off when she confirms him.
    ada.text(&["notebook", "set-role", &rota, &bo_id, "admin"]);

    let his = bo.serve_to(&[&hers]);
    until("Bo is in", PATIENCE, || (bo.run(&["page", "show", &page]).code == Some(0)).then_some(()));
    agreed(&[&ada, &bo], &rota);
    assert_eq!(members(&ada, &rota).len(), 2);
    bo.text(&["notebook", "leave", &rota]);

    until("Ada hears that he left, and nobody waits for her", PATIENCE, || {
        (members(&ada, &rota) == alone()).then_some(())
    });
    hers.stop();
    his.stop();
}

#[test]
fn whoever_comes_after_a_leaving_has_everything_at_once() {
    let [ada, bo, dee] = ["Ada", "Bo", "Dee"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let hers = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    bo.append(&page, "Bo: ward six can lend two radios.\n");
    let his = bo.serve_to(&[&hers]);
    agreed(&[&ada, &bo], &rota);
    bo.text(&["notebook", "leave", &rota]);
    until("Ada hears that he left", PATIENCE, || (members(&ada, &rota) == alone()).then_some(()));

    // Nobody has written since, so nothing is sealed under the key that followed the leaving.
    dee.join(&ada.invite(&rota, "writer"));
    assert!(dee.canonical(&rota).contains("two radios"), "what Bo wrote while he was in stays");
    dee.append(&page, "Dee: I take the radios over.\n");
    let theirs = dee.serve_to(&[&hers]);
    assert!(agreed(&[&ada, &dee], &rota).contains("take the radios over"));
    for node in [hers, his, theirs] {
        node.stop();
    }
}
