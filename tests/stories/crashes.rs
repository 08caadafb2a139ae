//! The real program dies right before each write, sync, rename, removal and making of a file in its folder. What it had
//! answered is there when it starts again, what it had not is there whole or not at all, and it goes on.
//!
//! `HEDGEROW_CRASHES` says how often it dies in each story, or `all`: at every place. `HEDGEROW_SEED` chooses others.

mod deeds;
pub(crate) mod session;

use hedgerow_tests::{
    Device, PATIENCE, agreed,
    crash::{Crash, Fate},
    free_port, until,
};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use session::{Stage, Step};
use std::{
    env,
    io::{BufRead, BufReader},
    process::Stdio,
};

/// What chooses places: another seed chooses others.
fn chance() -> ChaCha8Rng {
    let seed = env::var("HEDGEROW_SEED").map_or(1, |seed| seed.parse().expect("HEDGEROW_SEED is a number"));
    eprintln!("seed {seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

/// The places at which to die, out of `points`: as many as asked for or `usual`, spread by the seed.
fn chosen<P>(points: Vec<P>, usual: usize) -> Vec<P> {
    drawn(points, usual, &mut chance())
}

/// The same, where several choices are made in one story, so that they are not all alike.
fn drawn<P>(mut points: Vec<P>, usual: usize, chance: &mut ChaCha8Rng) -> Vec<P> {
    let wanted = match env::var("HEDGEROW_CRASHES").ok().as_deref() {
        None => usual,
        Some("all") => points.len(),
        Some(number) => number.parse().expect("HEDGEROW_CRASHES is a number, or all"),
    };
    eprintln!("{} places to die at, {} of them tried", points.len(), wanted.min(points.len()));
    for at in (1..points.len()).rev() {
        points.swap(at, (chance.next_u64() % (at as u64 + 1)) as usize);
    }
    points.truncate(wanted);
    points
}

/// Everything reads as it was written, and nobody is told anything.
fn is_sound(device: &Device, case: &str) {
    let answer = device.run(&["verify"]);
    let said = String::from_utf8_lossy(&answer.stdout).into_owned() + &answer.stderr;
    assert_eq!(answer.code, Some(0), "{case}: {said}");
    assert!(answer.stderr.is_empty(), "{case}: {said}");
}

/// Before or after, nothing else; after, if it was answered. Which it is.
fn judge(device: &Device, step: &Step, fate: &Fate, case: &str) -> Stage {
    is_sound(device, case);
    let seen = device.seen();
    let Some(stage) = step.stage_of(&seen) else {
        panic!(
            "{case}: neither as before nor as after.\nbefore {:#?}\nafter {:#?}\nseen {seen:#?}",
            step.before, step.after
        )
    };
    assert!(fate.stdout.is_empty() || stage == Stage::Done, "{case}: it was answered, and is gone: {}", fate.stdout);
    // It goes on.
    device.text(&["capture", "The lights are back on"]);
    is_sound(device, case);
    let thoughts = device.json(&["inbox", "list"]);
    assert!(thoughts.iter().any(|line| line["text"] == "The lights are back on"), "{case}");
    stage
}

#[test]
fn whoever_dies_in_the_middle_of_a_command_finds_it_done_or_not_begun() {
    let crash = Crash::new();
    let steps = session::of_one_day();
    let mut points = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        for settled in [true, false] {
            let trial = step.place(settled);
            let whole = crash.run(&trial, &step.words(), &step.input, 0);
            assert!(whole.succeeded && whole.changes > 10, "{}: {whole:?}", step.name);
            assert_eq!(step.stage_of(&trial.seen()), Some(Stage::Done), "{}: not as the first time", step.name);
            if settled && step.tidies {
                let records = trial.one(&["verify"])["records"].as_u64().expect("a number");
                assert!(records < 90, "{}: no checkpoint was made, {records} records", step.name);
            }
            points.extend((1..=whole.changes).map(|before| (number, settled, before)));
        }
    }
    let (mut died, mut done, all) = (0, 0, points.len());
    for (number, settled, before) in chosen(points, 60) {
        let step = &steps[number];
        let case = format!("{} ({}), before change {before}", step.name, if settled { "settled" } else { "put back" });
        let trial = step.place(settled);
        let fate = crash.run(&trial, &step.words(), &step.input, before);
        // Threads may come to fewer changes than the first time.
        died += usize::from(fate.died);
        done += usize::from(judge(&trial, step, &fate, &case) == Stage::Done);
    }
    eprintln!("of {all} places; died {died} times, {done} of them after it was done");
    assert!(died > 0);
    println!("shows P1: {died} deaths in the middle of a command");
}

#[test]
fn what_a_node_answered_is_there_when_it_dies() {
    let crash = Crash::new();
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let whole = answered_by_a_dying_node(&crash, &ada.copied(), &rota, 0);
    assert_eq!(whole.1, 6, "all is answered while it lives");
    let mut died = 0;
    for before in chosen((1..=whole.0.changes).collect(), 12) {
        let trial = ada.copied();
        let (fate, answered) = answered_by_a_dying_node(&crash, &trial, &rota, before);
        let case = format!("before change {before}");
        is_sound(&trial, &case);
        let pages = trial.json(&["page", "list", &rota]).len() + trial.json(&["inbox", "list"]).len();
        // What was not answered may have been done by the node before it died.
        assert!((answered..=6).contains(&pages), "{case}: {answered} were answered, {pages} are there");
        died += usize::from(fate.died);
    }
    assert!(died > 0);
    println!("shows P1, P14: {died} nodes that died while they answered");
}

/// A node that dies while commands come in; how many were answered.
fn answered_by_a_dying_node(crash: &Crash, device: &Device, rota: &str, before: u64) -> (Fate, usize) {
    let mut command = device.command(&["--json", "serve", "--listen", "/ip4/127.0.0.1/tcp/0", "--no-discovery"]);
    let counted = crash.arm(&mut command, device.folder(), before);
    let mut node = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("hedgerow starts");
    let mut ready = String::new();
    // Nothing comes from a node that died on the way.
    let _ = BufReader::new(node.stdout.as_mut().expect("it was asked for")).read_line(&mut ready);
    let mut answered = 0;
    for round in 0..3 {
        let title = format!("Page {round}");
        let words = [&["page", "new", rota, "--title", &title][..], &["capture", &title]];
        answered += words.iter().filter(|words| device.run(words).code == Some(0)).count();
    }
    if node.try_wait().expect("our own child").is_none() {
        let pid = rustix::process::Pid::from_child(&node);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("our own child can be asked");
    }
    (counted.fate(node), answered)
}

#[test]
fn whoever_dies_while_joining_joins_when_they_try_again() {
    let crash = Crash::new();
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    ada.page(&rota, "Log", &session::long_text(5, 40_000));
    let listen = format!("/ip4/127.0.0.1/tcp/{}", free_port());
    let serve = |device: &Device| device.serve_with(&["--listen", &listen, "--no-discovery"]);
    let node = serve(&ada);
    let link = ada.invite(&rota, "writer");
    node.stop();
    let join = ["join", link.as_str(), "--wait", "60"];
    let trial = |before: u64| {
        let (ada, bo) = (ada.copied(), bo.copied());
        let node = serve(&ada);
        let case = format!("before change {before}");
        let fate = crash.run(&bo, &join, "", before);
        is_sound(&bo, &case);
        // Whether or not he was let in by then: the link is good for him.
        bo.json(&join);
        agreed(&[&ada, &bo], &rota);
        is_sound(&bo, &case);
        node.stop();
        is_sound(&ada, &case);
        fate
    };
    let whole = trial(0);
    assert!(whole.succeeded, "{whole:?}");
    let died = chosen((1..=whole.changes).collect(), 8).into_iter().filter(|before| trial(*before).died).count();
    assert!(died > 0);
}

#[test]
fn whoever_dies_while_things_arrive_has_them_when_they_meet_again() {
    let crash = Crash::new();
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let node = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    node.stop();
    for round in 0..4 {
        ada.append(&page, &format!("Round {round} is done.\n"));
    }
    ada.page(&rota, "Log", &session::long_text(6, 40_000));
    let node = ada.serve(&[]);
    let address = node.address();
    let trial = |before: u64| {
        let bo = bo.copied();
        let words = ["--json", "serve", "--listen", "/ip4/127.0.0.1/tcp/0", "--no-discovery", "--peer", &address];
        let mut command = bo.command(&words);
        let counted = crash.arm(&mut command, bo.folder(), before);
        let mut his = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("hedgerow starts");
        let case = format!("before change {before}");
        let there = ada.canonical(&rota);
        until(&format!("{case}: he dies, or has it all"), PATIENCE, || {
            let ended = his.try_wait().expect("our own child").is_some();
            (ended || bo.run(&["export", "--canonical", &rota]).stdout == there.as_bytes()).then_some(())
        });
        let _ = his.kill();
        let fate = counted.fate(his);
        is_sound(&bo, &case);
        let his = bo.serve(&["--peer", &address]);
        agreed(&[&ada, &bo], &rota);
        his.stop();
        is_sound(&bo, &case);
        fate
    };
    let whole = trial(0);
    for before in chosen((1..=whole.changes).collect(), 8) {
        trial(before);
    }
    node.stop();
}

#[test]
fn the_library_that_kills_sees_every_change_that_the_kernel_sees() {
    let crash = Crash::new();
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let text = session::long_text(9, 40_000);
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("it takes the text");
    let path = file.path().to_str().expect("named in UTF-8");
    let words = ["page", "new", &rota, "--title", "Log", "--file", path];
    let (watched, counted) = crash.watched(&ada);
    let (answer, trace) = watched.traced(&words);
    answer.text();
    let below = |call: &&hedgerow_tests::Call| {
        let quoted = format!("\"{}", ada.folder().display());
        let is_of_a_file = call.path().is_some_and(|path| path.starts_with(&ada.folder().display().to_string()));
        let makes = call.name == "openat" && (call.rest.contains("O_CREAT") || call.rest.contains("O_TRUNC"));
        let names = call.name.starts_with("rename") || call.name == "unlink" || call.name == "mkdir";
        (call.name != "openat" && is_of_a_file) || ((makes || names) && call.rest.contains(&quoted))
    };
    let seen = trace.calls().iter().filter(below).count() as u64;
    assert_eq!(counted.changes(), seen, "{:#?}", trace.calls().iter().filter(below).collect::<Vec<_>>());
}
