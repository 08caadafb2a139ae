//! A founder hands a notebook over, and goes.

use hedgerow_tests::{Device, PATIENCE, agreed, until};

/// Names of the members and how they stand, the founder first.
fn members(device: &Device, notebook: &str) -> Vec<(String, String, String)> {
    let text = |line: &serde_json::Value, field: &str| line[field].as_str().unwrap_or_default().to_owned();
    let lines = device.json(&["notebook", "members", notebook]);
    lines.iter().map(|line| (text(line, "name"), text(line, "role"), text(line, "state"))).collect()
}

/// The commands that somebody is told to type, without the program's name.
fn told_to_type(said: &str) -> Vec<Vec<String>> {
    let quoted = said.split('`').skip(1).step_by(2);
    let commands = quoted.filter_map(|typed| typed.strip_prefix("hedgerow "));
    commands.map(|typed| typed.split(' ').map(str::to_owned).collect()).collect()
}

fn person(device: &Device) -> String {
    device.get(&["whoami"], "person_id")
}

#[test]
fn ada_hands_over_to_bo_and_leaves_and_cy_who_was_away_agrees() {
    let [ada, bo, cy, dee] = ["Ada", "Bo", "Cy", "Dee"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let hers = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    cy.join(&ada.invite(&rota, "writer"));
    let his = bo.serve_to(&[&hers]);
    agreed(&[&ada, &bo, &cy], &rota);

    // Cy is away from here on, and writes meanwhile.
    cy.append(&page, "Cy: the minibus is free on Sunday.\n");
    let heir = ada.one(&["notebook", "hand-over", &rota, "bo"]);
    assert_eq!((heir["person_id"].as_str(), heir["role"].as_str()), (Some(&*person(&bo)), Some("admin")), "{heir}");
    assert_eq!(heir["notebook_id"].as_str(), Some(&*rota), "{heir}");
    until("Bo hears that it is his", PATIENCE, || {
        (members(&bo, &rota)[0] == ("Bo".into(), "admin".into(), "founder".into())).then_some(())
    });
    assert_eq!(members(&bo, &rota)[1], ("Ada".into(), "admin".into(), "member".into()), "she stays an admin");
    let left = ada.text(&["notebook", "leave", &rota]);
    assert!(left.contains("You left \"Flood rota\""), "{left}");
    until("Bo hears that she left", PATIENCE, || (members(&bo, &rota).len() == 2).then_some(()));
    assert!(ada.json(&["notebook", "list"]).is_empty());
    hers.stop();

    // A leaving asks for a new key, and whoever writes next makes it.
    bo.append(&page, "Bo: I look after this from now on.\n");
    dee.join(&bo.invite(&rota, "reader"));
    let [theirs, dees] = [&cy, &dee].map(|device| device.serve_to(&[&his]));
    let text = agreed(&[&bo, &cy, &dee], &rota);
    for written in ["Gwen has the keys", "minibus is free", "from now on"] {
        assert!(text.contains(written), "what was written before and meanwhile stays: {text}");
    }
    let names: Vec<String> = members(&cy, &rota).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["Bo", "Cy", "Dee"], "the founder first");

    bo.text(&["notebook", "remove-member", &rota, "Cy"]);
    bo.append(&page, "Bo: night cover moved to the depot.\n");
    until("Cy hears of the removal", PATIENCE, || {
        (cy.run(&["page", "rename", &page, "Mine"]).code == Some(1)).then_some(())
    });
    assert!(!cy.text(&["page", "show", &page]).contains("depot"));
    for node in [his, theirs, dees] {
        node.stop();
    }
}

#[test]
fn a_founder_who_would_leave_is_told_what_to_type_and_it_works() {
    let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let alone = ada.refused(&["notebook", "leave", &rota]);
    assert_eq!(told_to_type(&alone), [["notebook", "delete", &rota]], "{alone}");

    let hers = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "reader"));
    cy.join(&ada.invite(&rota, "writer"));
    for way_out in ["leave", "delete"] {
        let said = ada.refused(&["notebook", way_out, &rota]);
        assert!(said.contains("founded \"Flood rota\"") && said.contains("hands it to Cy"), "{said}");
        let typed = told_to_type(&said);
        assert_eq!(typed[0], ["notebook", "hand-over", &rota, &person(&cy)], "who may do most of the others: {said}");
        assert_eq!(typed[1], ["notebook", "members", &rota], "{said}");
    }
    let typed = told_to_type(&ada.refused(&["notebook", "leave", &rota])).swap_remove(0);
    let told = ada.text(&typed.iter().map(String::as_str).collect::<Vec<_>>());
    for truth in ["Cy is the founder", "You stay an admin", "cannot take it back"] {
        assert!(told.contains(truth), "{truth}: {told}");
    }
    assert_eq!(told_to_type(&told), [["notebook", "leave", &rota]], "{told}");
    ada.text(&["notebook", "leave", &rota]);
    hers.stop();
}

#[test]
fn only_the_founder_hands_over_and_only_to_another_member() {
    let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let hers = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    ada.text(&["notebook", "set-role", &rota, "Bo", "admin"]);
    cy.join(&ada.invite(&rota, "reader"));
    let his = bo.serve_to(&[&hers]);
    let before = agreed(&[&ada, &bo], &rota);

    for heir in ["Bo", "Cy", "Ada"] {
        let said = bo.refused(&["notebook", "hand-over", &rota, heir]);
        assert!(said.contains("only the founder") && said.contains("is Ada"), "says whom to ask: {said}");
    }
    let stranger = ada.refused(&["notebook", "hand-over", &rota, "Dee"]);
    assert!(stranger.contains("Dee") && stranger.contains("notebook members"), "{stranger}");
    let herself = ada.refused(&["notebook", "hand-over", &rota, "Ada"]);
    assert!(herself.contains("founder of \"Flood rota\" already"), "{herself}");
    assert!(ada.refused(&["notebook", "hand-over", "000000", "Bo"]).contains("000000"));
    assert_eq!(agreed(&[&ada, &bo], &rota), before, "nothing was done");

    ada.text(&["notebook", "hand-over", &rota, "Bo"]);
    let again = ada.refused(&["notebook", "hand-over", &rota, "Cy"]);
    assert!(again.contains("is Bo"), "it cannot be taken back: {again}");
    until("Bo hears of it", PATIENCE, || (members(&bo, &rota)[0].0 == "Bo").then_some(()));
    assert!(ada.refused(&["notebook", "remove-member", &rota, "Bo"]).contains("founder"));
    bo.text(&["notebook", "hand-over", &rota, "Ada"]);
    until("Ada has it again", PATIENCE, || (members(&ada, &rota)[0].0 == "Ada").then_some(()));
    agreed(&[&ada, &bo], &rota);
    hers.stop();
    his.stop();
}
