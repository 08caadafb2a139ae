//! An afternoon of Ada's, on a disk that logs: what there is to do in Hedgerow, about sixty commands, each acknowledged.

use super::desk::{Desk, Page, id};
use hedgerow_tests::{
    Device,
    power::{Recording, Rig},
};
use std::fs;

/// Where Ada's folder is on the disk.
pub(super) const FOLDER: &str = "hedgerow";

/// Works through the afternoon.
pub(super) fn recorded(rig: &Rig) -> Recording {
    let disk = rig.disk();
    let mut desk = Desk::new(&disk, Device::at("Ada", &disk.path().join(FOLDER)));
    let rota = begin(&mut desk);
    write(&mut desk, &rota);
    import(&mut desk, &rota, rig);
    think(&mut desk, &rota);
    beside_a_node(&mut desk, &rota);
    share(&mut desk, &rota);
    let ledger = desk.ledger;
    Recording { log: disk.end(), ledger }
}

/// The first minutes; the notebook of the rest.
pub(super) fn begin(desk: &mut Desk) -> String {
    let told = desk.tell(&["init", "--name", "Ada"]);
    desk.ledger.note("her name", Some("Ada"), &told.stretch);
    desk.person = desk.ada.get(&["whoami"], "person_id");
    desk.notebook("Flood rota")
}

/// Pages, and every way to change one.
fn write(desk: &mut Desk, rota: &str) {
    let mut cover = Page::of("Night cover", "Gwen has the keys.\nThe depot opens at six.");
    let night = desk.page(rota, &cover);
    for round in 0..5 {
        desk.append(&night, &mut cover, &format!("Round {round}: the gate at Lock Lane holds — “so far”."));
    }
    for word in ["From Monday ", "Überall: "] {
        cover.body.insert_str(0, word);
        desk.change(&night, &cover, &["page", "edit", &night, "--at", "0", "--insert", word], None);
    }
    cover.title = "Night and weekend cover".to_owned();
    desk.change(&night, &cover, &["page", "rename", &night, &cover.title], None);
    cover.fields.insert("place".to_owned(), "Marlford".to_owned());
    desk.change(&night, &cover, &["page", "set", &night, "place", "Marlford"], None);
    cover.body = "All of it is new.\nAnd short.".to_owned();
    desk.change(&night, &cover, &["page", "replace", &night], Some(&cover.markdown()));

    // Large enough for files of their own.
    for (number, title) in ["Log of the flood", "Log of the year"].into_iter().enumerate() {
        let mut long = Page::of(title, &long_text(number as u64, 60_000));
        let page = desk.page(rota, &long);
        desk.append(&page, &mut long, &long_text(7 + number as u64, 30_000));
    }

    let gone = desk.page(rota, &Page::of("A mistake", "This should not be here."));
    let told = desk.tell(&["page", "delete", &gone]);
    desk.note_page(&gone, None, &told.stretch);

    let spaces = desk.notebook("Warm spaces");
    let title = "Warm spaces in winter";
    let told = desk.tell(&["notebook", "rename", &spaces, title]);
    desk.ledger.note(&format!("notebook {spaces}"), Some(title), &told.stretch);
    let mut hall = Page::of("Chapel hall", "Open from six.");
    let moved = desk.page(rota, &hall);
    let told = desk.tell(&["page", "move", &moved, &spaces]);
    desk.note_page(&moved, None, &told.stretch);
    hall.fields.insert("moved-from".to_owned(), moved);
    desk.note_page(&id(&told.answer, "id"), Some(&hall), &told.stretch);
}

/// Text that does not shrink when it is packed.
pub(super) fn long_text(seed: u64, length: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let letter = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + u8::try_from(state % 26).expect("it is below 26"))
    };
    (0..length).map(letter).collect()
}

/// A folder of files becomes pages.
fn import(desk: &mut Desk, rota: &str, rig: &Rig) {
    for round in 0..2 {
        let folder = rig.folder("notes");
        let pages: Vec<Page> = (0..20)
            .map(|number| {
                Page::of(&format!("Visit {round}-{number}"), &format!("Seen on visit {number}.\nAll well in {round}."))
            })
            .collect();
        for page in &pages {
            let text = format!("# {}\n\n{}", page.title, page.markdown());
            fs::write(folder.join(format!("{}.md", page.title)), text).expect("a note can be written");
        }
        let told = desk.tell(&["import", rota, folder.to_str().expect("named in UTF-8")]);
        assert_eq!(told.answer["imported"], 20, "{}", told.answer);
        let listed = desk.ada.json(&["page", "list", rota]);
        for page in &pages {
            let line = listed.iter().find(|line| line["title"] == page.title.as_str()).expect("it was imported");
            desk.note_page(&id(line, "id"), Some(page), &told.stretch);
        }
    }
}

/// Thoughts, and where they go.
fn think(desk: &mut Desk, rota: &str) {
    let captures: Vec<String> = (0..5).map(|number| desk.capture(&format!("Drain {number} is blocked"))).collect();
    let told = desk.tell(&["inbox", "file", &captures[0], rota]);
    let mut page = Page::of("Drain 0 is blocked", "Drain 0 is blocked");
    page.fields.insert("moved-from".to_owned(), captures[0].clone());
    desk.ledger.note(&format!("capture {}", captures[0]), None, &told.stretch);
    desk.note_page(&id(&told.answer, "id"), Some(&page), &told.stretch);
    let (closed, _) = desk.invite(rota, "reader");
    let told = desk.tell(&["invitation", "revoke", &closed]);
    desk.ledger.note(&format!("invitation {closed}"), Some("revoked"), &told.stretch);
}

/// Commands that a running node carries out, one by one and several at once; then the node is killed.
fn beside_a_node(desk: &mut Desk, rota: &str) {
    let node = desk.ada.serve(&[]);
    let mut page = Page::of("Sandbags", "Two hundred at the depot.");
    let bags = desk.page(rota, &page);
    for round in 0..6 {
        desk.append(&bags, &mut page, &format!("Lorry {round} took twenty."));
    }
    for round in 0..3 {
        let pages: Vec<Page> = (0..4)
            .map(|number| Page::of(&format!("At once {round}-{number}"), &long_text(100 + number, 2_000)))
            .collect();
        let asked: Vec<_> = pages
            .iter()
            .map(|page| {
                let words = ["page", "new", rota, "--title", &page.title, "--file", "-"];
                desk.ask(&desk.ada, &words, Some(&page.markdown()))
            })
            .collect();
        for (page, asked) in pages.iter().zip(asked) {
            let told = desk.heard(asked);
            desk.note_page(&id(&told.answer, "id"), Some(page), &told.stretch);
        }
        desk.capture(&format!("Ring the depot, {round}"));
    }
    node.kill();
}

/// Bo comes, writes, and goes. What he is told of Ada's notebook must be on Ada's disk by then.
fn share(desk: &mut Desk, rota: &str) {
    let mut page = Page::of("Pumps", "Two at the lock.");
    let pumps = desk.page(rota, &page);
    let node = desk.ada.serve(&[]);
    let bo = Device::of("Bo");
    let his_id = bo.get(&["whoami"], "person_id");
    let (member, name) = (format!("member {his_id} of {rota}"), format!("name of {his_id} in {rota}"));
    let (invitation, link) = desk.invite(rota, "writer");
    let asked = desk.ask(&bo, &["join", &link, "--wait", "60"], None);
    let joined = desk.heard(asked);
    desk.ledger.note(&member, Some("writer"), &joined.stretch);
    desk.ledger.note(&format!("invitation {invitation}"), Some("used_up"), &joined.stretch);

    page.body.push_str("\nBo: one more came.");
    bo.append(&pumps, "Bo: one more came.\n");
    let asked = desk.ask(&bo, &["sync", "--wait", "60"], None);
    let told = desk.heard(asked);
    assert_eq!(told.answer["agreed"], true, "{}", told.answer);
    desk.note_page(&pumps, Some(&page), &told.stretch);
    // Who he is came some time after he did, and was not acknowledged before this.
    desk.ledger.note(&name, Some("Bo"), &(joined.stretch.start..told.stretch.end));

    let told = desk.tell(&["notebook", "set-role", rota, "Bo", "admin"]);
    desk.ledger.note(&member, Some("admin"), &told.stretch);
    let told = desk.tell(&["notebook", "remove-member", rota, "Bo"]);
    desk.ledger.note(&member, None, &told.stretch);
    desk.ledger.note(&name, None, &told.stretch);
    // A removal closes every link that was made before it.
    desk.ledger.note(&format!("invitation {invitation}"), Some("cut"), &told.stretch);
    desk.append(&pumps, &mut page, "Ada: after Bo.");
    node.stop();
    desk.append(&pumps, &mut page, "Ada: the last of the day.");
}
