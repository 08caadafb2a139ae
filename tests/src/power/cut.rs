//! Where the power is cut, and what a disk makes of it.

use super::log::Log;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::{fmt, ops::Range, str::FromStr};

/// What a disk does with writes between two flushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// Takes them one after the other: a beginning of them survives.
    KeepsOrder,
    /// Takes them as it likes: any of them survive.
    Reorders,
}

/// One power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// So many events of the log had happened.
    pub after: usize,
    /// On this disk.
    pub disk: Disk,
    /// With this luck for what was not flushed.
    pub seed: u64,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let disk = match self.disk {
            Disk::KeepsOrder => "keeps-order",
            Disk::Reorders => "reorders",
        };
        write!(f, "{}:{disk}:{}", self.after, self.seed)
    }
}

impl FromStr for Cut {
    type Err = String;

    fn from_str(raw: &str) -> Result<Cut, String> {
        let wrong = || format!("\"{raw}\" is no cut; write EVENTS:keeps-order:SEED or EVENTS:reorders:SEED");
        let mut parts = raw.split(':');
        let mut part = || parts.next().ok_or_else(wrong);
        let after = part()?.parse().map_err(|_| wrong())?;
        let disk = match part()? {
            "keeps-order" => Disk::KeepsOrder,
            "reorders" => Disk::Reorders,
            _ => return Err(wrong()),
        };
        Ok(Cut { after, disk, seed: part()?.parse().map_err(|_| wrong())? })
    }
}

/// Chooses `count` cuts over the stretches of the log in which something was asked and answered (from the asking to the
/// last word of the answer). Half of them fall right after an answer, the others right before one, around a sync on the
/// way to one, and anywhere. Both kinds of disk have their turn.
pub fn choose(log: &Log, answered: &[Range<usize>], count: usize, seed: u64) -> Vec<Cut> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let begun = answered.iter().map(|stretch| stretch.start).min().unwrap_or_default();
    let mut waiting = Vec::new();
    let mut place = |number: usize, rng: &mut ChaCha8Rng| {
        if waiting.is_empty() {
            waiting = answered.to_vec();
        }
        let stretch: Range<usize> = waiting.swap_remove(below(rng, waiting.len()));
        match number % 7 {
            0 | 2 | 4 | 6 => stretch.end + 1,
            1 => stretch.end,
            3 => around_a_sync(log, stretch, rng),
            _ => begun + below(rng, log.len() - begun),
        }
    };
    (0..count)
        .map(|number| Cut {
            after: place(number, &mut rng),
            // Seven is odd: each kind of place has either disk in turn.
            disk: if number.is_multiple_of(2) { Disk::Reorders } else { Disk::KeepsOrder },
            seed: seed.wrapping_mul(1_000_003).wrapping_add(number as u64),
        })
        .collect()
}

/// Right before or after a flush on the way to an answer, or among the writes before one.
fn around_a_sync(log: &Log, stretch: Range<usize>, rng: &mut ChaCha8Rng) -> usize {
    let flushes = log.flushes(stretch.clone());
    if flushes.is_empty() {
        return stretch.end;
    }
    let which = below(rng, flushes.len());
    let before = which.checked_sub(1).map_or(stretch.start, |previous| flushes[previous] + 1);
    match below(rng, 3) {
        0 => flushes[which],
        1 => flushes[which] + 1,
        _ => before + below(rng, flushes[which] - before + 1),
    }
}

/// A number below `bound`, which is not 0.
pub(super) fn below(rng: &mut ChaCha8Rng, bound: usize) -> usize {
    // Slightly uneven, which does not matter for where to cut.
    usize::try_from(rng.next_u64() % bound as u64).expect("it is below a usize")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::log::Event;

    #[test]
    fn a_cut_is_read_as_it_is_printed() {
        for disk in [Disk::KeepsOrder, Disk::Reorders] {
            let cut = Cut { after: 812, disk, seed: 77 };
            assert_eq!(cut.to_string().parse(), Ok(cut));
        }
        for wrong in ["", "5", "5:reorders", "x:reorders:1", "5:loses:1"] {
            assert!(wrong.parse::<Cut>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn cuts_fall_where_something_may_go_wrong_and_on_both_disks() {
        let mut events = vec![Event::Write { at: 0, bytes: vec![1] }; 100];
        events[30] = Event::Flush;
        let cuts = choose(&Log::of(events), &[10..20, 25..40], 140, 1);
        let share = |wanted: &dyn Fn(&Cut) -> bool| cuts.iter().filter(|cut| wanted(cut)).count();
        assert!(share(&|cut| [21, 41].contains(&cut.after)) >= 80);
        assert!(share(&|cut| [30, 31].contains(&cut.after)) >= 5, "around the flush");
        for disk in [Disk::KeepsOrder, Disk::Reorders] {
            assert!(share(&|cut| cut.disk == disk && [21, 41].contains(&cut.after)) >= 30, "{disk:?} after an answer");
        }
        assert!(cuts.iter().all(|cut| (10..=100).contains(&cut.after)));
    }
}
