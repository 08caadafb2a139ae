//! What was acknowledged is on the disk.

use hedgerow_tests::{Call, Device, Trace, until};
use std::{fs, path::Path, process::Stdio, time::Duration};

/// What of a change was written before the answer at `told` and not synced by then.
fn loose(trace: &Trace, device: &Device, told: usize) -> Vec<String> {
    let mut loose = trace.written_but_not_synced(device.folder(), told);
    // The lock says who holds the folder; the mark only ever lags, and what is beside it makes one doubt. No change is in them.
    loose.retain(|path| !["/lock", "/mark", "/mark.seen"].iter().any(|name| path.ends_with(name)));
    loose
}

#[test]
fn an_answer_comes_after_the_sync_of_every_file_that_holds_the_change() {
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let changes = [
        &["page", "edit", page.as_str(), "--at", "0", "--insert", "From Monday "][..],
        &["capture", "Lock Lane drain is blocked"],
        &["page", "rename", &page, "Night and weekend cover"],
        &["notebook", "new", "Warm spaces"],
        &["invite", &rota, "--role", "reader"],
    ];
    for words in changes {
        let (answer, trace) = ada.traced(&[&["--json"], words].concat());
        assert_eq!(answer.json().len(), 1, "{words:?}");
        let told = trace.acknowledged().expect("it printed its answer");
        let before = &trace.calls()[..told];
        let ours = |path: &str| Path::new(path).starts_with(ada.folder());
        let synced = before.iter().any(|call| call.name.ends_with("sync") && call.path().is_some_and(ours));
        assert!(synced, "{words:?}: nothing in the folder was synced before the answer");
        let loose = loose(&trace, &ada, told);
        assert!(loose.is_empty(), "{words:?}: written and not synced before the answer: {loose:?}");
    }
    println!("shows P1: {} commands that answered after their sync", changes.len());
}

#[test]
fn a_node_that_goes_on_answers_after_the_sync_too() {
    // A command without a node closes its folder, and with it every file, before it prints; a node leaves them open.
    let ada = Device::of("Ada");
    ada.notebook("Flood rota");
    let (node, watch) = ada.serve_watched();
    ada.json(&["capture", "Lock Lane drain is blocked"]);
    node.kill();
    let trace = watch.of_the_killed();
    let told = trace.answered().expect("it answered");
    let wrote = |call: &Call| call.name == "pwrite64" && call.path().is_some_and(|path| path.ends_with("/db/db"));
    assert!(trace.calls()[..told].iter().any(wrote), "the change was written before the answer");
    let loose = loose(&trace, &ada, told);
    assert!(loose.is_empty(), "written and not synced before the answer: {loose:?}");
}

#[test]
fn nothing_acknowledged_is_lost_when_the_node_is_killed() {
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let (mut acknowledged, mut captures) = (Vec::new(), Vec::new());
    for round in 0..5 {
        let node = ada.serve(&[]);
        for line in 0..4 {
            acknowledged.push(ada.page(&rota, &format!("Round {round} line {line}"), "Said to be saved.\n"));
        }
        // One more is on its way when the blow falls; it may be there or not, whole or not at all.
        let mut command = ada.command(&["page", "new", &rota, "--title", "On its way"]);
        let mut on_its_way = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("hedgerow starts");
        captures.push(ada.get(&["capture", &format!("Drain {round} is blocked")], "id"));
        node.kill();
        until("the command ends", Duration::from_secs(60), || on_its_way.try_wait().expect("our own child"));
        let pages = ada.json(&["page", "list", &rota]);
        let here = |id: &String| pages.iter().any(|page| page["id"] == id.as_str());
        assert!(acknowledged.iter().all(here), "round {round}: something acknowledged is gone");
        let inbox = ada.json(&["inbox", "list"]);
        let kept = |id: &String| inbox.iter().any(|capture| capture["id"] == id.as_str());
        assert!(captures.iter().all(kept), "round {round}: a capture is gone");
        assert!(ada.run(&["verify"]).code == Some(0), "round {round}: {}", ada.run(&["verify"]).stderr);
    }
    println!("shows P1, P14: {} changes acknowledged before kill -9", acknowledged.len() + captures.len());
}

#[test]
fn a_folder_has_one_writer_and_a_killed_one_leaves_no_lock() {
    let ada = Device::of("Ada");
    let node = ada.serve(&[]);
    let said = ada.refused(&["serve", "--no-discovery"]);
    assert!(said.contains(&node.pid().to_string()), "it does not say who holds the folder: {said}");
    node.kill();
    ada.serve(&[]).stop();
}

#[test]
fn a_file_that_was_changed_on_disk_is_named_and_nothing_else_is_lost() {
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let kept = ada.page(&rota, "Kept", "This one is read before and after.\n");
    // Large enough to lie in a file of its own.
    let large = "A long night at Marlford Lock, hour by hour. ".repeat(20_000);
    ada.page(&rota, "Damaged", &large);
    assert_eq!(ada.run(&["verify"]).code, Some(0));

    let mut files = files_below(ada.folder());
    files.sort_by_key(|path| fs::metadata(path).expect("it is there").len());
    let bodies: Vec<_> = files
        .iter()
        .filter(|path| !path.components().any(|part| part.as_os_str() == "db" || part.as_os_str() == "mark"))
        .collect();
    let body = bodies.last().expect("a body of its own");
    let mut bytes = fs::read(body).expect("it can be read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(body, bytes).expect("it can be written");

    let answer = ada.run(&["verify"]);
    assert_eq!(answer.code, Some(1), "{}", answer.stderr);
    assert!(ada.text(&["page", "show", &kept]).contains("before and after"));
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it stays").path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
