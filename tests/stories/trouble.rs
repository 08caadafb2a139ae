//! What people and other programs get wrong: one line that says what, which one and what to do; nothing half-done.

use hedgerow_tests::{Device, OUR_FAULT, SmallDisk, free_port, until};
use std::{fs, io::Write, net::TcpListener, process::Stdio, time::Duration};

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

#[test]
fn few_file_handles_are_said_and_nothing_is_lost() {
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let (mut kept, mut refused) = (Vec::new(), 0);
    // With fewer than these the system cannot even load the program.
    for most in 4..=30_u32 {
        let title = format!("With {most}");
        let answer = ada.run_with_handles(most, &["page", "new", &rota, "--title", &title]);
        if answer.code == Some(0) {
            kept.push(title);
        } else {
            let said = answer.refused();
            assert!(said.contains("too many") && !said.contains(OUR_FAULT), "{most} handles: {said}");
            refused += 1;
        }
    }
    assert!(refused > 0 && !kept.is_empty(), "{refused} were refused, {} were not", kept.len());
    let pages = ada.json(&["page", "list", &rota]);
    let titles: Vec<&str> = pages.iter().filter_map(|page| page["title"].as_str()).collect();
    assert_eq!(titles.len(), kept.len(), "what was refused is not half there");
    assert!(kept.iter().all(|title| titles.contains(&title.as_str())));
    assert_eq!(ada.run(&["verify"]).code, Some(0));
    println!("shows P11: {refused} commands with too few file handles");
}

#[test]
fn a_node_with_few_file_handles_refuses_some_and_goes_on() {
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    // Enough to start with a little to spare, and too few for everybody who asks at once.
    let node = until("a node starts", Duration::from_secs(60), {
        let (ada, mut most) = (&ada, 18);
        move || {
            most += 2;
            ada.serve_with_handles(most)
        }
    });
    let title = |number: usize| format!("At once {number}");
    let asked: Vec<_> = (0..24)
        .map(|number| {
            let mut command = ada.command(&["page", "new", &rota, "--title", &title(number), "--file", "-"]);
            let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
            child.expect("hedgerow starts")
        })
        .collect();
    // All of them hold their connection until they are given what they wait for.
    let mut saved = Vec::new();
    for (number, mut child) in asked.into_iter().enumerate() {
        child.stdin.take().expect("it was asked for").write_all(long(number).as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains(OUR_FAULT), "{said}");
        match output.status.code() {
            Some(0) => saved.push(title(number)),
            Some(1) => assert_eq!(said.lines().count(), 1, "{said}"),
            other => panic!("{other:?}: {said}"),
        }
    }
    let pages = ada.json(&["page", "list", &rota]);
    let titles: Vec<&str> = pages.iter().filter_map(|page| page["title"].as_str()).collect();
    assert!(!saved.is_empty() && saved.iter().all(|title| titles.contains(&title.as_str())), "{titles:?}");
    node.stop();
    assert_eq!(ada.run(&["verify"]).code, Some(0));
}

/// Large enough for a file of its own.
fn long(number: usize) -> String {
    format!("Hour {number}: the river rose. ").repeat(3_000)
}

#[test]
fn a_node_on_a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::of_mebibytes(24) else { return };
    let ada = Device::at("Ada", &disk.folder("ada"));
    ada.text(&["init", "--name", "Ada"]);
    let rota = ada.notebook("Flood rota");
    let kept = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let node = ada.serve(&[]);
    let filler = disk.folder("film.mkv");
    let mut size = 24;
    // Others take what room there is.
    while fs::write(&filler, vec![7; size << 20]).is_err() {
        size -= 1;
    }
    let said = ada.refused(&["page", "append", &kept, "--file", "/etc/hostname"]);
    assert!(said.contains("full"), "{said}");
    assert!(ada.text(&["page", "show", &kept]).contains("Gwen has the keys."), "reading goes on");
    fs::remove_file(&filler).expect("it can go");
    ada.append(&kept, "The depot opens at six.\n");
    node.stop();
    let text = ada.text(&["page", "show", &kept]);
    assert!(text.contains("Gwen has the keys.") && text.contains("The depot opens at six."), "{text}");
    assert_eq!(ada.run(&["verify"]).code, Some(0));
}
