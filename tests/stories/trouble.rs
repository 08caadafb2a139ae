//! What people and other programs get wrong: one line that says what, which one and what to do; nothing half-done.

use hedgerow_tests::{Device, SmallDisk, free_port};
use std::{fs, net::TcpListener};

#[test]
fn what_is_not_there_or_not_clear_is_said() {
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let before = ada.canonical("--all");
    for (words, expected) in [
        (&["page", "show", "0123456789abcdef"][..], "0123456789abcdef"),
        (&["page", "show", "zz"], "zz"),
        (&["page", "list", "ffffff"], "ffffff"),
        (&["notebook", "show", "abc"], "abc"),
        (&["join", "hedgerow:nonsense"], ""),
        (&["join", ""], ""),
        (&["import", &rota, "no-such-file.md"], "no-such-file.md"),
        (&["page", "new", &rota, "--title", "T", "--file", "no-such-file.md"], "no-such-file.md"),
        (&["inbox", "file", "ffffff", &rota], "ffffff"),
        (&["invitation", "revoke", "ffffff"], "ffffff"),
        (&["notebook", "remove-member", &rota, "Nobody"], "Nobody"),
        (&["notebook", "new", ""], ""),
        (&["notebook", "new", "two\nlines"], ""),
    ] {
        let said = ada.refused(words);
        assert!(said.contains(expected), "{words:?} does not say which: {said}");
    }
    let long = "a".repeat(10_000);
    let said = ada.refused(&["notebook", "new", &long]);
    assert!(said.len() < 400, "a long title is not repeated: {said}");
    assert_eq!(ada.canonical("--all"), before, "nothing was done");
}

#[test]
fn wrong_usage_is_told_apart_from_refusal() {
    let ada = Device::new("Ada");
    for words in [&["page"][..], &["no-such-command"], &["notebook", "new"], &["invite", "abc", "--role", "king"]] {
        assert_eq!(ada.run(words).code, Some(2), "{words:?}");
    }
    assert_eq!(fs::read_dir(ada.folder()).expect("the folder is there").count(), 0, "nothing was begun");
}

#[test]
fn files_that_are_no_notes_are_skipped_by_name() {
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("a file");
    put("good.md", "---\ntitle: Cinio dydd Iau\nplace: Cwm Hafod\n---\nBara, llaeth ac wyau.\n".as_bytes());
    put("latin.md", b"caf\xe9 and \xff\xfe");
    put("huge.md", &vec![b'a'; 3 << 20]);
    put("photo.jpg", b"\xff\xd8\xff");
    let outcome = ada.one(&["import", &rota, &folder.path().display().to_string()]);
    assert_eq!(outcome["imported"], 1, "{outcome}");
    let skipped = outcome["skipped"].as_array().expect("skipped is a list");
    for name in ["latin.md", "huge.md"] {
        let of = |line: &&serde_json::Value| line["path"].as_str().is_some_and(|path| path.ends_with(name));
        let line = skipped.iter().find(of).unwrap_or_else(|| panic!("{name} is not named: {outcome}"));
        assert!(line["why"].as_str().is_some_and(|why| !why.is_empty()), "{line}");
    }
    assert!(ada.canonical(&rota).contains("Cwm Hafod"), "front matter becomes fields");
    let empty = tempfile::tempdir().expect("a temporary folder");
    let said = ada.refused(&["import", &rota, &empty.path().display().to_string()]);
    assert!(said.contains("nothing was imported"), "{said}");
}

#[test]
fn a_page_of_a_hundred_megabytes_is_refused() {
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let input = "All night the river rose.\n".repeat(100 * (1 << 20) / 26);
    let answer = ada.run_with(&["page", "new", &rota, "--title", "Long", "--file", "-"], input.as_bytes());
    answer.refused();
    assert!(ada.json(&["page", "list", &rota]).is_empty());
    println!("shows P6: 1 page of 100 MB");
}

#[test]
fn a_port_in_use_is_named() {
    let ada = Device::of("Ada");
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let port = taken.local_addr().expect("it has one").port();
    let said = ada.refused(&["serve", "--listen", &format!("/ip4/127.0.0.1/tcp/{port}"), "--no-discovery"]);
    assert!(said.contains(&port.to_string()), "{said}");
}

#[test]
fn a_host_that_is_away_is_said_to_be() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let node = ada.serve(&[]);
    let link = ada.invite(&rota, "writer");
    node.stop();
    bo.refused(&["join", &link, "--wait", "3"]);
    assert!(bo.json(&["notebook", "list"]).is_empty(), "nothing is half-joined");
    let nobody = format!("/ip4/127.0.0.1/tcp/{}", free_port());
    let trying = bo.serve(&["--peer", &nobody]);
    bo.refused(&["sync", "--wait", "2"]);
    trying.stop();
}

#[test]
fn a_folder_that_is_none_is_said() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("notes.txt");
    fs::write(&file, "not a folder").expect("a file");
    let said = Device::at("Ada", &file).refused(&["whoami"]);
    assert!(said.contains("notes.txt"), "{said}");
    assert_eq!(fs::read(&file).expect("it is still there"), b"not a folder");
}

#[test]
fn a_disk_that_cannot_be_written_is_said_and_what_was_there_can_be_read_again() {
    let Some(disk) = SmallDisk::of_mebibytes(64) else { return };
    let folder = disk.folder("ada");
    let ada = Device::at("Ada", &folder);
    ada.text(&["init", "--name", "Ada"]);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    disk.make_read_only();
    let said = ada.refused(&["capture", "Lock Lane drain is blocked"]);
    assert!(said.contains(&folder.display().to_string()), "it does not say which folder: {said}");
    disk.make_writable();
    assert!(ada.text(&["page", "show", &page]).contains("Gwen has the keys."));
    assert!(ada.json(&["inbox", "list"]).is_empty(), "what was refused is not half there");
    println!("shows P11: 1 read-only disk");
}

#[test]
fn a_full_disk_refuses_and_keeps_what_it_had() {
    let Some(disk) = SmallDisk::of_mebibytes(14) else { return };
    let ada = Device::at("Ada", &disk.folder("ada"));
    ada.text(&["init", "--name", "Ada"]);
    let rota = ada.notebook("Flood rota");
    let large = "All night the river rose. ".repeat(30_000);
    let mut kept = Vec::new();
    let refused = loop {
        let words = ["--json", "page", "new", &rota, "--title", "Log", "--file", "-"];
        let answer = ada.run_with(&words, large.as_bytes());
        if answer.code != Some(0) {
            break answer.refused();
        }
        kept.push(answer.json()[0]["id"].as_str().expect("an id is text").to_owned());
        assert!(kept.len() < 1_000, "14 MiB are never full");
    };
    assert!(refused.to_lowercase().contains("full") || refused.to_lowercase().contains("space"), "{refused}");
    for id in &kept {
        assert!(ada.text(&["page", "show", id]).contains("All night the river rose."), "{id}");
    }
    assert_eq!(ada.json(&["page", "list", &rota]).len(), kept.len(), "what was refused is not half there");
    println!("shows P11: {} pages kept on a full disk", kept.len());
}
