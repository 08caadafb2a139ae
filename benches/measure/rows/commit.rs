//! Row 8: saving so that a power cut cannot take it.

use crate::Run;
use crate::stage::folders::Sealing;
use crate::stage::people::{Person, chance};
use crate::stage::timing::{in_turns, took};
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_store::{Batch, Disk, Store, Table};
use rand_core::Rng;
use std::fs::File;
use std::io::Write;
use std::sync::{Arc, mpsc};

const ROWS: Table = Table::named("rows");
/// About what a keystroke's record takes.
const SIZE: usize = 400;
/// What gathers while the disk is busy.
const GROUP: usize = 500;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let folder = tempfile::tempdir_in(&run.folder).expect("room for a folder");
    let sealing = Sealing::new(&Person::new(run.seed, "Ada").secrets);
    let disk = Disk::open(&folder.path().join("store"), Arc::new(sealing)).expect("it opens").store;
    let mut bare = File::create(folder.path().join("bare")).expect("room for a file");
    let mut rng = chance(run.seed, "rows");
    let mut next = move || {
        let (mut key, mut value) = ([0; 48], vec![0; SIZE]);
        rng.fill_bytes(&mut key);
        rng.fill_bytes(&mut value);
        (key, value)
    };
    let (alone, bare_alone) = {
        let ((key, value), mut at) = (next(), 0_u64);
        let ours = || {
            at += 1;
            let mut batch = Batch::new();
            batch.put(ROWS, [&at.to_be_bytes()[..], &key[..]].concat(), value.clone());
            took(|| disk.commit(batch).expect("it is saved")).0
        };
        let bytes = [&key[..], &value[..]].concat();
        in_turns(run.size(300, 60), ours, || append(&mut bare, &bytes))
    };
    let before = disk.effort();
    let (grouped, bare_grouped) = {
        let rows: Vec<_> = (0..GROUP).map(|_| next()).collect();
        let bytes: Vec<u8> = rows.iter().flat_map(|(key, value)| [&key[..], &value[..]].concat()).collect();
        let mut round = 0_u64;
        let ours = || {
            round += 1;
            together(
                &disk,
                rows.iter().map(|(key, value)| ([&round.to_be_bytes()[..], &key[..]].concat(), value.clone())),
            )
        };
        in_turns(run.size(30, 8), ours, || append(&mut bare, &bytes))
    };
    let after = disk.effort();
    let (syncs, groups) = (after.syncs - before.syncs, after.groups - before.groups);
    vec![
        Figure::new("one change alone", Unit::Nanoseconds, alone)
            .against("append and fdatasync", bare_alone)
            .goal(Goal::AtMost(1.5)),
        Figure::new(format!("{GROUP} changes that came together"), Unit::Nanoseconds, grouped)
            .against("append and fdatasync", bare_grouped)
            .goal(Goal::AtMost(6.0)),
        Figure::new("syncs for each group", Unit::Count, vec![syncs as f64])
            .against("groups", vec![groups as f64])
            .goal(Goal::AtMost(1.0)),
    ]
}

/// Hands over one batch for each row, and waits until all are durable.
fn together(disk: &Disk, rows: impl Iterator<Item = (Vec<u8>, Vec<u8>)>) -> f64 {
    let batches: Vec<Batch> = rows
        .map(|(key, value)| {
            let mut batch = Batch::new();
            batch.put(ROWS, key, value);
            batch
        })
        .collect();
    let (tell, told) = mpsc::channel();
    let all = || {
        for batch in batches {
            let tell = tell.clone();
            disk.begin(batch, Box::new(move |outcome| drop(tell.send(outcome))));
        }
        for _ in 0..GROUP {
            told.recv().expect("each is told").expect("each is saved");
        }
    };
    took(all).0
}

fn append(file: &mut File, bytes: &[u8]) -> f64 {
    took(|| {
        file.write_all(bytes).expect("room for it");
        file.sync_data().expect("it is synced");
    })
    .0
}
