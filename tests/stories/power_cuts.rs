//! What was acknowledged survives a power cut. `HEDGEROW_CUTS` says how many (100 unless told), `HEDGEROW_SEED` chooses
//! others; a cut that failed says how to look at it again.

mod afternoon;
mod desk;
mod found;

use hedgerow_tests::{
    Device,
    power::{Cut, Disk, Recording, Rig, choose, forgetful},
};
use std::{
    env, fs,
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use afternoon::FOLDER;
use desk::{Desk, Page};

/// Writes one small file, and says so; `synced`, or not.
fn write_note(folder: &Path, number: usize, synced: bool) {
    let mut file = fs::File::create(folder.join(format!("note {number}"))).expect("a file can be made");
    file.write_all(format!("This is note {number}.\n").as_bytes()).expect("it can be written");
    if synced {
        file.sync_all().expect("it can be synced");
        fs::File::open(folder).and_then(|folder| folder.sync_all()).expect("its name can be synced");
    }
}

#[test]
fn a_disk_that_loses_its_power_keeps_what_was_synced_and_nothing_else_for_sure() {
    let Some(rig) = Rig::new() else { return };
    let disk = rig.disk();
    let (mut synced, mut loose) = (Vec::new(), Vec::new());
    for number in 0..20 {
        write_note(disk.path(), number, true);
        let place = disk.log().len();
        assert!(disk.log().flushes(0..place).len() > number, "a sync did not reach the disk as a flush");
        synced.push((number, place));
        write_note(disk.path(), 100 + number, false);
        loose.push((100 + number, disk.log().len()));
    }
    let log = disk.end();
    let is_there = |number: usize, after: usize, kind: Disk| {
        let cut = Cut { after, disk: kind, seed: number as u64 };
        let aftermath = rig.after(&log, &cut).unwrap_or_else(|problem| panic!("{cut}: {problem}"));
        let text = fs::read_to_string(aftermath.path().join(format!("note {number}")));
        text.is_ok_and(|text| text == format!("This is note {number}.\n"))
    };
    for kind in [Disk::KeepsOrder, Disk::Reorders] {
        for (number, after) in &synced {
            assert!(is_there(*number, *after, kind), "{kind:?}: note {number} was synced and is gone");
        }
        let kept = loose.iter().filter(|(number, after)| is_there(*number, *after, kind)).count();
        assert!(kept == 0, "{kind:?}: {kept} of {} notes survived although nothing synced them", loose.len());
    }
}

/// The power is cut: everything that had been acknowledged is there, and the program goes on. What is wrong, if not.
///
/// # Errors
/// What the kernel said when it did not mount the disk: that is between ext4 and the rig, and says nothing of Hedgerow.
fn wrong_after(rig: &Rig, recording: &Recording, cut: &Cut) -> Result<Vec<String>, String> {
    let disk = rig.after(&recording.log, cut)?;
    let look = || match found::found(&disk.path().join(FOLDER)) {
        Ok(found) => recording.ledger.contradictions(&found, cut.after),
        Err(problem) => vec![problem],
    };
    Ok(catch_unwind(AssertUnwindSafe(look)).unwrap_or_else(|_| vec!["there was a panic, told above".to_owned()]))
}

/// Makes the cuts, two at a time, and fails with the first that lost something.
fn nothing_is_lost(rig: &Rig, recording: &Recording, cuts: &[Cut]) {
    let next = AtomicUsize::new(0);
    let first_loss = || {
        while let Some(cut) = cuts.get(next.fetch_add(1, Ordering::Relaxed)) {
            let wrong = wrong_after(rig, recording, cut).unwrap_or_else(|problem| vec![problem]);
            if !wrong.is_empty() {
                next.store(cuts.len(), Ordering::Relaxed);
                return Some(again(recording, cut, &wrong));
            }
        }
        None
    };
    let loss = thread::scope(|scope| {
        let beside = scope.spawn(first_loss);
        first_loss().or(beside.join().expect("what panics after a cut is caught there"))
    });
    assert!(loss.is_none(), "{}", loss.unwrap_or_default());
}

/// What to say of a cut that lost something; the recording is kept for it.
fn again(recording: &Recording, cut: &Cut, wrong: &[String]) -> String {
    let file = env::var_os("HEDGEROW_RECORDING").map(PathBuf::from).unwrap_or_else(|| {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("power-cut-{}", process::id()));
        recording.keep(&file);
        file
    });
    format!(
        "after the cut {cut}:\n  {}\nto look at it again:\n  HEDGEROW_RECORDING={} HEDGEROW_CUT={cut} cargo nextest run \
         -p hedgerow-tests power_cuts::nothing_acknowledged",
        wrong.join("\n  "),
        file.display()
    )
}

fn number(name: &str) -> Option<u64> {
    let told = env::var(name).ok()?;
    Some(told.parse().unwrap_or_else(|_| panic!("{name} is \"{told}\", which is no number")))
}

#[test]
fn nothing_acknowledged_is_lost_when_the_power_is_cut() {
    let Some(rig) = Rig::new() else { return };
    if let (Ok(cut), Ok(file)) = (env::var("HEDGEROW_CUT"), env::var("HEDGEROW_RECORDING")) {
        let cut = cut.parse().unwrap_or_else(|problem| panic!("HEDGEROW_CUT: {problem}"));
        return nothing_is_lost(&rig, &Recording::read(Path::new(&file)), &[cut]);
    }
    let recording = afternoon::recorded(&rig);
    let answered = recording.ledger.answered();
    assert!(answered.len() >= 60, "only {} commands were acknowledged", answered.len());
    let count = number("HEDGEROW_CUTS").map_or(100, |cuts| usize::try_from(cuts).expect("a number of cuts"));
    let cuts = choose(&recording.log, &answered, count, number("HEDGEROW_SEED").unwrap_or(1));
    nothing_is_lost(&rig, &recording, &cuts);
    println!("shows P1, P14: {count} power cuts");
}

/// How many of the first few answers do not survive a cut right after them, when syncs of files with `left_out` in their
/// paths do nothing.
fn lost_without(rig: &Rig, left_out: &str) -> usize {
    let disk = rig.disk();
    let ada = Device::at("Ada", &disk.path().join(FOLDER));
    let mut desk = Desk::new(&disk, forgetful(ada, left_out, &rig.folder("forgetful")));
    let rota = afternoon::begin(&mut desk);
    for number in 0..4 {
        desk.page(&rota, &Page::of(&format!("Watch {number}"), &afternoon::long_text(number, 40_000)));
    }
    let ledger = desk.ledger;
    let recording = Recording { log: disk.end(), ledger };
    let lost = |(number, answered): (usize, std::ops::Range<usize>)| {
        let disk = if number.is_multiple_of(2) { Disk::Reorders } else { Disk::KeepsOrder };
        let cut = Cut { after: answered.end + 1, disk, seed: number as u64 };
        let wrong = wrong_after(rig, &recording, &cut).unwrap_or_else(|problem| panic!("{cut}: {problem}"));
        eprintln!("without the sync of \"{left_out}\", cut {cut}: {}", wrong.join("; "));
        !wrong.is_empty()
    };
    recording.ledger.answered().into_iter().enumerate().filter(|cut| lost(cut.clone())).count()
}

#[test]
fn a_sync_that_is_left_out_is_found_in_the_first_few_cuts() {
    let Some(rig) = Rig::new() else { return };
    for file in ["/db/db", "/bodies/", "/keys"] {
        assert!(lost_without(&rig, file) > 0, "without the sync of {file} nothing was lost");
    }
    assert_eq!(lost_without(&rig, "/no such file"), 0, "with all syncs something was lost");
}
