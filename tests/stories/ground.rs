//! The ground that the other stories stand on: hosts that hear each other, and samples worth importing.

use hedgerow_tests::{Network, leak_in_bytes, samples, until};
use std::{fs, process::Stdio, time::Duration};

#[test]
fn hosts_hear_each_other_until_the_cable_is_pulled() {
    let Some(network) = Network::of(&["ada", "bo"]) else { return };
    let [ada, bo] = network.hosts();
    let bo_answers = || {
        let mut ping = ada.command("sh");
        // bash's own sockets: a refused connection is an answer too, and needs no program of its own.
        let ask = format!("exec 3<>/dev/tcp/{}/9", bo.address());
        ping.args(["-c", &format!("timeout 1 bash -c '{ask}' 2>&1 || true")]).stdin(Stdio::null());
        String::from_utf8_lossy(&ping.output().expect("sh starts").stdout).contains("refused")
    };
    let soon = |what| until(what, Duration::from_secs(20), || bo_answers().then_some(()));
    soon("at first they hear each other");
    bo.unplug();
    assert!(!bo_answers(), "nothing crosses a pulled cable");
    bo.plug();
    soon("and again when it is back");
    bo.go_silent();
    assert!(!bo_answers(), "nothing crosses a silent one");
    bo.be_heard();
    soon("and again when it speaks");
}

#[test]
fn what_crosses_the_wire_is_captured() {
    let Some(network) = Network::of(&["ada", "bo"]) else { return };
    let [ada, bo] = network.hosts();
    let capture = network.capture();
    let say = format!("timeout 5 bash -c 'exec 3<>/dev/udp/{}/9; echo the night cover moved >&3'", bo.address());
    assert!(ada.command("sh").args(["-c", &say]).stdin(Stdio::null()).status().expect("sh starts").success());
    let wire = capture.bytes();
    assert!(leak_in_bytes(&wire, &["night cover"]).is_some(), "{} bytes were captured without it", wire.len());
}

#[test]
fn the_samples_are_a_dozen_notes_with_front_matter() {
    let mut welsh = 0;
    let mut count = 0;
    for entry in fs::read_dir(samples()).expect("the samples are there") {
        let path = entry.expect("the folder stays").path();
        let text = fs::read_to_string(&path).expect("a sample is UTF-8");
        let (front, body) =
            text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).expect("front matter");
        for field in ["title", "author", "organisation", "place", "date", "themes"] {
            assert!(front.lines().any(|line| line.starts_with(&format!("{field}:"))), "{}: {field}", path.display());
        }
        let words = body.split_whitespace().count();
        assert!((150..=400).contains(&words), "{} has {words} words", path.display());
        welsh += usize::from(body.contains("rydyn ni") || body.contains("wnaethon ni"));
        count += 1;
    }
    assert_eq!((count, welsh), (12, 2));
}
