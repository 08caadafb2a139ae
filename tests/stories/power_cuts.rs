//! What was acknowledged survives a power cut.

use hedgerow_tests::power::{Cut, Disk, Rig, choose};
use std::{fs, io::Write, path::Path};

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
        let t = std::time::Instant::now();
        let cut = Cut { after, disk: kind, seed: number as u64 };
        let aftermath = rig.after(&log, &cut).unwrap_or_else(|problem| panic!("{cut}: {problem}"));
        let text = fs::read_to_string(aftermath.path().join(format!("note {number}")));
        eprintln!("{:?}", t.elapsed());
        text.is_ok_and(|text| text == format!("This is note {number}.\n"))
    };
    for kind in [Disk::KeepsOrder, Disk::Reorders] {
        for (number, after) in &synced {
            assert!(is_there(*number, *after, kind), "{kind:?}: note {number} was synced and is gone");
        }
        let kept = loose.iter().filter(|(number, after)| is_there(*number, *after, kind)).count();
        assert!(kept == 0, "{kind:?}: {kept} of {} notes survived although nothing synced them", loose.len());
    }
    eprintln!("log {} events", log.len());
}
