//! `hedgerow demo`: the first thing that anybody runs.

use hedgerow_tests::Device;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::Stdio,
    time::Instant,
};

#[test]
fn the_demonstration_tells_its_story_and_every_outcome_held() {
    let ada = Device::new("nobody");
    let begun = Instant::now();
    let told = ada.text(&["demo"]);
    eprintln!("{told}\n({:.1} s)", begun.elapsed().as_secs_f64());
    assert!(told.lines().count() > 10, "a story has more than ten lines: {told}");
    assert!(told.lines().all(|line| line.chars().count() <= 120), "lines that fit a terminal: {told}");
}

#[test]
fn three_windows_stay_open_side_by_side_until_they_are_closed() {
    let nobody = Device::new("nobody");
    let mut command = nobody.command(&["--json", "demo", "--keep-open"]);
    let mut demo = command.stdout(Stdio::piped()).spawn().expect("hedgerow starts");
    let lines = BufReader::new(demo.stdout.take().expect("it was asked for")).lines();
    // Kept until the end: a demonstration that nobody listens to any more stops.
    let mut told = lines.map(|line| serde_json::from_str::<Value>(&line.expect("text")).expect("an object"));
    let windows: Vec<Value> = told.by_ref().filter(|line| line["http"].is_string()).take(3).collect();
    let names: Vec<&str> = windows.iter().filter_map(|window| window["person"].as_str()).collect();
    assert_eq!(names, ["Ada", "Bo", "Cy"]);
    for window in &windows {
        let address = window["http"].as_str().expect("text");
        let host = address.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("an address");
        let mut stream = TcpStream::connect(host).expect("it serves");
        write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("it hears");
        let mut page = String::new();
        stream.read_to_string(&mut page).expect("it answers");
        assert!(page.contains("<title>Hedgerow</title>"), "{page}");
    }
    let pid = Pid::from_raw(i32::try_from(demo.id()).expect("a process")).expect("a process");
    kill_process(pid, Signal::INT).expect("it is told to stop");
    assert!(demo.wait().expect("it ends").success());
    drop(told);
    let host = windows[0]["http"].as_str().and_then(|address| address.split('/').nth(2)).expect("an address");
    assert!(TcpStream::connect(host).is_err(), "nothing goes on");
}
