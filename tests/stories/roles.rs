//! Who may do what, seen from the command line.

use hedgerow_tests::{Device, PATIENCE, agreed, until};

#[test]
fn readers_and_commenters_are_told_why_they_cannot_write() {
    let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let node = ada.serve(&[]);
    let mut refused = 0;
    for (device, role) in [(&bo, "reader"), (&cy, "commenter")] {
        device.join(&ada.invite(&rota, role));
        let before = device.canonical(&rota);
        for words in [
            &["page", "edit", page.as_str(), "--at", "0", "--insert", "x"][..],
            &["page", "rename", &page, "Mine"],
            &["page", "delete", &page],
            &["page", "set", &page, "place", "Marlford"],
            &["page", "new", &rota, "--title", "Mine"],
            &["notebook", "rename", &rota, "Mine"],
            &["invite", &rota, "--role", "reader"],
            &["notebook", "remove-member", &rota, "Ada"],
        ] {
            let why = device.refused(words);
            assert!(why.contains(role), "{} {words:?}: does not say that they are a {role}: {why}", device.name());
            refused += 1;
        }
        assert_eq!(device.canonical(&rota), before, "nothing was done");
    }
    node.stop();
    println!("shows P5: {refused} commands refused");
}

#[test]
fn a_writer_cannot_admit_or_remove() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let node = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    for words in [
        &["invite", rota.as_str(), "--role", "writer"][..],
        &["notebook", "remove-member", &rota, "Ada"],
        &["notebook", "set-role", &rota, "Bo", "admin"],
    ] {
        assert!(bo.refused(words).contains("admin"), "{words:?}");
    }
    node.stop();
}

#[test]
fn someone_removed_hears_nothing_new_and_their_earlier_work_stays() {
    let [ada, bo, cy, dee] = ["Ada", "Bo", "Cy", "Dee"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let hers = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    cy.join(&ada.invite(&rota, "writer"));
    cy.append(&page, "Cy: the chapel hall is open from six.\n");
    let his = bo.serve_to(&[&hers]);
    let theirs = cy.serve_to(&[&hers, &his]);
    agreed(&[&ada, &bo, &cy], &rota);

    ada.text(&["notebook", "remove-member", &rota, "Cy"]);
    ada.append(&page, "Ada: night cover moved to the depot.\n");
    until("Bo has it", PATIENCE, || bo.canonical(&rota).contains("moved to the depot").then_some(()));
    // Cy is connected to both all the while, and is told of the removal and of nothing after it.
    until("Cy hears of the removal", PATIENCE, || {
        let asked = ["page", "edit", &page, "--at", "0", "--insert", "Cy again "];
        (cy.run(&asked).code == Some(1)).then_some(())
    });
    assert!(!cy.text(&["page", "show", &page]).contains("moved to the depot"));

    dee.join(&ada.invite(&rota, "reader"));
    assert!(dee.canonical(&rota).contains("chapel hall"), "who comes later has what Cy wrote while a member");
    let text = agreed(&[&ada, &bo, &dee], &rota);
    assert!(!text.contains("Cy again"), "{text}");
    for node in [hers, his, theirs] {
        node.stop();
    }
    println!("shows P4: 1 removal while connected");
}

#[test]
fn what_someone_writes_not_knowing_they_were_removed_is_refused_everywhere() {
    let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let node = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    cy.join(&ada.invite(&rota, "writer"));
    node.stop();
    ada.text(&["notebook", "remove-member", &rota, &cy.get(&["whoami"], "person_id")]);
    cy.append(&page, "Cy: written in a basement.\n");

    let hers = ada.serve(&[]);
    let his = bo.serve_to(&[&hers]);
    agreed(&[&ada, &bo], &rota);
    let theirs = cy.serve_to(&[&hers, &his]);
    until("Cy hears of the removal", PATIENCE, || {
        (cy.run(&["page", "rename", &page, "Still here"]).code == Some(1)).then_some(())
    });
    ada.append(&page, "Ada: after.\n");
    let text = agreed(&[&ada, &bo], &rota);
    assert!(!text.contains("basement"), "{text}");
    for node in [hers, his, theirs] {
        node.stop();
    }
    println!("shows P4, P5: 1 late write of somebody removed");
}

#[test]
fn a_link_that_is_spent_revoked_or_mistyped_lets_nobody_in() {
    let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let node = ada.serve(&[]);
    let spent = ada.invite(&rota, "reader");
    bo.join(&spent);
    cy.refused(&["join", &spent, "--wait", "10"]);
    let invited = ada.one(&["invite", &rota, "--role", "reader"]);
    let (id, link) = (invited["invitation"].as_str().expect("an id"), invited["uri"].as_str().expect("a link"));
    ada.text(&["invitation", "revoke", id]);
    cy.refused(&["join", link, "--wait", "10"]);
    for at in (0..link.chars().count()).step_by(7) {
        let other = |c: char| if c == 'a' { 'b' } else { 'a' };
        let wrong: String = link.chars().enumerate().map(|(i, c)| if i == at { other(c) } else { c }).collect();
        cy.refused(&["join", &wrong, "--wait", "1"]);
    }
    assert!(cy.json(&["notebook", "list"]).is_empty());
    node.stop();
}
