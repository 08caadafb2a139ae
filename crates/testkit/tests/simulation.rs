//! Random stories by seed. `HEDGEROW_SEEDS` says how many (300 unless told); `HEDGEROW_SEED` replays one and prints it.

use hedgerow_testkit::{Fault, run};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

const STEPS: usize = 200;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number, not \"{text}\"")))
}

/// Says how a story that fails is played again.
fn play(seed: u64) -> hedgerow_testkit::Report {
    match std::panic::catch_unwind(|| run(seed, STEPS)) {
        Ok(report) => report,
        Err(why) => {
            eprintln!(
                "replay with: HEDGEROW_SEED={seed} cargo nextest run -p hedgerow-testkit many_stories --no-capture"
            );
            std::panic::resume_unwind(why)
        }
    }
}

#[test]
fn many_stories_end_in_agreement_and_nothing_saved_is_lost() {
    if let Some(seed) = number("HEDGEROW_SEED") {
        let report = play(seed);
        for line in &report.transcript {
            println!("{line}");
        }
        return;
    }
    let seeds = number("HEDGEROW_SEEDS").unwrap_or(300);
    let next = AtomicU64::new(0);
    let fired: Mutex<BTreeMap<Fault, u64>> = Mutex::default();
    let [markers, retained, fallen, kept_from] = [const { AtomicU64::new(0) }; 4];
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        break;
                    }
                    let report = play(seed);
                    for (all, these) in [
                        (&markers, report.markers),
                        (&retained, report.retained),
                        (&fallen, report.fallen),
                        (&kept_from, report.kept_from),
                    ] {
                        all.fetch_add(these as u64, Ordering::Relaxed);
                    }
                    let mut fired = fired.lock().expect("nobody panicked holding it");
                    for (fault, count) in report.faults.counts() {
                        *fired.entry(*fault).or_default() += count;
                    }
                }
            });
        }
    });
    let fired = fired.into_inner().expect("nobody panicked holding it");
    let [markers, retained, fallen, kept_from] = [markers, retained, fallen, kept_from].map(AtomicU64::into_inner);
    println!("{seeds} stories of {STEPS} steps; {markers} markers had to survive and did");
    println!("{retained} of them by people who were removed, demoted or left; {fallen} others came late and fell");
    println!("{kept_from} times somebody who was out did not have what was written by who knew it");
    assert!(
        seeds < 100 || [retained, fallen, kept_from].iter().all(|count| *count > 0),
        "it was never put to the test"
    );
    for fault in Fault::ALL {
        let count = fired.get(&fault).copied().unwrap_or(0);
        println!("{fault:?}: {count}");
        assert!(count > 0 || seeds < 100, "{fault:?} never fired");
    }
    let times = |fault: Fault| fired.get(&fault).copied().unwrap_or(0);
    println!("shows P1: {} crashes", times(Fault::Crash));
    println!("shows P2: {seeds} seeded stories of people apart");
    println!("shows P4: {} removals", times(Fault::Removal));
    println!("shows P5: {} writes without the right to", times(Fault::Intrusion));
    println!("shows P6: {} invalid epochs", times(Fault::InvalidEpoch));
    println!("shows P9: {} partitions", times(Fault::Partition));
    println!("shows P10: {seeds} seeded stories with clocks years apart");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in [3, 4] {
        let (first, second) = (run(seed, STEPS), run(seed, STEPS));
        assert_eq!(first.transcript, second.transcript, "seed {seed}");
    }
}
