//! What is on a disk after a power cut.

use super::{
    cut::{Cut, Disk, below},
    log::Event,
};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use std::{cmp::Ordering, fs::File, io, iter, ops::Range, os::unix::fs::FileExt};

/// Writes into the empty file `image` what survives of `events`: everything up to the last flush before the cut, and of
/// the rest what the disk and the cut's seed leave.
pub(super) fn write(image: &File, size: u64, events: &[Event], cut: &Cut) -> io::Result<()> {
    image.set_len(size)?;
    let happened = &events[..cut.after.min(events.len())];
    let safe = happened.iter().rposition(|event| *event == Event::Flush).unwrap_or_default();
    let put = |at: u64, bytes: &[u8]| image.write_all_at(bytes, at);
    for (at, bytes) in writes(&happened[..safe]) {
        put(at, bytes)?;
    }
    let loose: Vec<_> = writes(&happened[safe..]).collect();
    for ((at, bytes), kept) in loose.iter().zip(survivors(&loose, cut)) {
        for part in kept {
            put(at + part.start as u64, &bytes[part])?;
        }
    }
    Ok(())
}

fn writes(events: &[Event]) -> impl Iterator<Item = (u64, &[u8])> {
    events.iter().filter_map(|event| match event {
        Event::Write { at, bytes } => Some((*at, bytes.as_slice())),
        _ => None,
    })
}

/// The parts that survive of each write that was not flushed.
fn survivors(loose: &[(u64, &[u8])], cut: &Cut) -> Vec<Vec<Range<usize>>> {
    let mut rng = ChaCha8Rng::seed_from_u64(cut.seed);
    // A disk never tears its sectors; these are the two sizes there are.
    let sector = [512, 4096][below(&mut rng, 2)];
    match cut.disk {
        Disk::KeepsOrder => {
            let whole = below(&mut rng, loose.len() + 1);
            let kept = |(number, (_, bytes)): (usize, &(u64, &[u8]))| match number.cmp(&whole) {
                Ordering::Less => beginning(bytes.len()),
                // The one that was on its way has a part.
                Ordering::Equal => beginning(below(&mut rng, bytes.len() / sector + 1) * sector),
                Ordering::Greater => Vec::new(),
            };
            loose.iter().enumerate().map(kept).collect()
        }
        Disk::Reorders => {
            // Some cuts take nearly everything, some nearly nothing.
            let eighths = [0, 2, 4, 6][below(&mut rng, 4)];
            let kept = |(_, bytes): &(u64, &[u8])| match below(&mut rng, 8) {
                luck if luck < eighths => beginning(bytes.len()),
                7 => sectors(bytes.len(), sector).filter(|_| below(&mut rng, 2) == 0).collect(),
                _ => Vec::new(),
            };
            loose.iter().map(kept).collect()
        }
    }
}

fn beginning(length: usize) -> Vec<Range<usize>> {
    iter::once(0..length).collect()
}

fn sectors(length: usize, sector: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(sector).map(move |begin| begin..(begin + sector).min(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const SIZE: u64 = 64 * 1024;

    /// Four pages that are flushed, then eight that are not.
    fn events() -> Vec<Event> {
        let page = |number: u8| Event::Write { at: u64::from(number) * 4096, bytes: vec![number + 1; 4096] };
        let mut events: Vec<Event> = (0..4).map(page).collect();
        events.push(Event::Flush);
        events.extend((4..12).map(page));
        events
    }

    fn after(cut: Cut) -> Vec<u8> {
        let image = tempfile::tempfile().expect("a temporary file");
        write(&image, SIZE, &events(), &cut).expect("it can be written");
        let mut bytes = vec![0; SIZE as usize];
        image.read_exact_at(&mut bytes, 0).expect("it can be read");
        bytes
    }

    /// For each page: all there, a part, or nothing.
    fn pages(bytes: &[u8]) -> Vec<char> {
        let page = |bytes: &[u8]| match bytes.iter().filter(|byte| **byte != 0).count() {
            0 => '-',
            4096 => 'x',
            _ => '/',
        };
        bytes.chunks(4096).take(12).map(page).collect()
    }

    #[test]
    fn what_was_flushed_survives_any_cut_after_it() {
        for seed in 0..50 {
            for disk in [Disk::KeepsOrder, Disk::Reorders] {
                for cut in 5..=13 {
                    let pages = pages(&after(Cut { after: cut, disk, seed }));
                    assert_eq!(pages[..4], ['x'; 4], "{disk:?} {seed}");
                    assert_eq!(pages[cut - 1..], vec!['-'; 13 - cut], "what came after the cut is there");
                }
            }
        }
    }

    #[test]
    fn one_disk_keeps_a_beginning_and_the_other_any_part() {
        let all = |disk| -> BTreeSet<String> {
            (0..300).map(|seed| pages(&after(Cut { after: 13, disk, seed }))[4..].iter().collect()).collect()
        };
        let ordered = all(Disk::KeepsOrder);
        assert!(
            ordered.iter().all(|pages| pages.trim_start_matches('x').trim_start_matches('/').chars().all(|c| c == '-'))
        );
        assert!(ordered.contains("--------") && ordered.contains("xxxxxxxx"), "{ordered:?}");
        assert!(ordered.iter().any(|pages| pages.contains('/')), "no write was torn: {ordered:?}");
        let reordered = all(Disk::Reorders);
        assert!(reordered.iter().any(|pages| pages.contains("-x")), "nothing was reordered: {reordered:?}");
        assert!(reordered.iter().any(|pages| pages.contains('/')), "no write was torn: {reordered:?}");
        assert!(reordered.contains("--------"), "{reordered:?}");
    }
}
