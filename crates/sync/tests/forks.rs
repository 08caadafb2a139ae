//! Stories about a device that was put back as it had been and numbered two changes alike: which of the two stands, for
//! whom, and what becomes of the other.

use hedgerow_model::NotebookId;
use hedgerow_testkit::{Network, Shared, Who};

/// Ada's device wrote one change, was put back without being told, and wrote another with the same number. Nobody has
/// met since, but for those who heard one or the other: `first` and `second`.
struct Fork {
    network: Network,
    plan: Shared,
    everybody: Vec<Who>,
}

const FIRST: &str = "keys at the hall";
const SECOND: &str = "boats at the bridge";

fn fork(seed: u64, first: &[usize], second: &[usize]) -> Fork {
    let mut network = Network::new(seed);
    let [ada, bo, cy, di] = network.people(["Ada", "Bo", "Cy", "Di"]);
    let plan = network.share(ada, "Flood rota", [bo, cy, di]);
    network.write(ada, plan.page, "sandbags at the depot").settle();
    let everybody = vec![ada, bo, cy, di];
    let backup = network.disk(ada);
    everybody.iter().for_each(|who| network.disconnect(*who));
    for (heard, words) in [(first, FIRST), (second, SECOND)] {
        heard.iter().for_each(|who| network.join_up(ada, everybody[*who]));
        network.write(ada, plan.page, words).settle();
        network.disconnect(ada);
        network.put_back(ada, backup.clone(), false);
    }
    Fork { network, plan, everybody }
}

impl Fork {
    fn all_meet(&mut self) {
        self.everybody.clone().into_iter().for_each(|who| self.network.reconnect(who));
        self.network.settle();
    }

    /// What everybody has, who all have the same.
    fn text(&mut self) -> String {
        let text = self.network.text(self.everybody[0], self.plan.page);
        for who in self.everybody.clone() {
            assert_eq!(self.network.text(who, self.plan.page), text, "{}", self.network.name(who));
        }
        text
    }

    /// How many changes everybody is told to be kept and not shown.
    fn not_shown(&self) -> u32 {
        let counts = self.everybody.iter().map(|who| not_shown(&self.network, *who, self.plan.notebook));
        let counts: Vec<u32> = counts.collect();
        assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
        counts[0]
    }
}

fn not_shown(network: &Network, who: Who, notebook: NotebookId) -> u32 {
    network.replica(who).pages(&notebook).expect("it is here").iter().map(|page| page.not_shown).sum()
}

#[test]
fn the_version_that_bo_wrote_on_stands_for_everybody_and_the_other_is_counted() {
    for seed in 300..312 {
        let mut fork = fork(seed, &[1], &[2]);
        let bo = fork.everybody[1];
        fork.network.write(bo, fork.plan.page, "and Bo has the spare");
        fork.all_meet();
        let text = fork.text();
        assert!(text.contains(FIRST) && text.contains("the spare") && !text.contains(SECOND), "seed {seed}: {text}");
        assert_eq!(fork.not_shown(), 1, "seed {seed}");
    }
}

#[test]
fn two_outweigh_one_and_what_the_one_wrote_is_counted_with_it() {
    for seed in 320..332 {
        let mut fork = fork(seed, &[1], &[2, 3]);
        let [_, bo, cy, di] = fork.everybody[..] else { panic!("four people") };
        for (who, words) in [(bo, "and Bo has the spare"), (cy, "two of them"), (di, "with oars")] {
            fork.network.write(who, fork.plan.page, words);
        }
        fork.all_meet();
        let text = fork.text();
        for (words, stands) in [(SECOND, true), ("two of them", true), ("with oars", true), (FIRST, false)] {
            assert_eq!(text.contains(words), stands, "seed {seed}: {words} in {text}");
        }
        assert!(!text.contains("the spare"), "seed {seed}: {text}");
        assert_eq!(fork.not_shown(), 2, "seed {seed}: Ada's, and Bo's on top of it");
        assert!(text.contains("sandbags"), "what came before both stays");
    }
}

#[test]
fn where_nobody_wrote_on_either_all_keep_the_same_one_and_ada_goes_on() {
    let mut stood = [0, 0];
    for seed in 340..352 {
        let mut fork = fork(seed, &[1], &[2]);
        fork.all_meet();
        let text = fork.text();
        let (first, second) = (text.contains(FIRST), text.contains(SECOND));
        assert!(first != second, "seed {seed}: one of them: {text}");
        assert_eq!(fork.not_shown(), 1, "seed {seed}");
        stood[usize::from(second)] += 1;
        let ada = fork.everybody[0];
        fork.network.write(ada, fork.plan.page, "soup at six").settle();
        assert!(fork.text().contains("soup at six"), "seed {seed}");
        fork.network.cut_power(ada);
        fork.network.start(ada);
        fork.network.settle();
        assert!(fork.text().contains("soup at six"), "seed {seed}");
        assert_eq!(fork.not_shown(), 1, "seed {seed}: also after a start");
    }
    assert!(stood[0] > 0 && stood[1] > 0, "by hash, not by which came first: {stood:?}");
}

/// Mal has been removed by Ada, who had seen what he wrote: so many changes since the backup that his device is put back to.
/// He writes something else with their numbers; Bo, who has heard of nothing, carries it.
fn a_second_version_of_what_a_removal_kept(seed: u64, changes: &[&str]) {
    let mut network = Network::new(seed);
    let [ada, bo, mal] = network.people(["Ada", "Bo", "Mal"]);
    let plan = network.share(ada, "Flood rota", [bo, mal]);
    network.write(mal, plan.page, "sandbags at the depot").settle();
    let backup = network.disk(mal);
    for words in changes {
        network.write(mal, plan.page, words).settle();
    }
    [ada, bo, mal].into_iter().for_each(|who| network.disconnect(who));
    network.remove(ada, plan.notebook, mal).expect("ada is the founder");
    network.put_back(mal, backup, false);
    network.write(mal, plan.page, SECOND);
    network.join_up(mal, bo);
    network.settle();
    network.disconnect(mal);
    network.join_up(ada, bo);
    network.settle();
    for who in [ada, bo] {
        let (text, name) = (network.text(who, plan.page), network.name(who));
        assert!(changes.iter().all(|words| text.contains(words)), "seed {seed}, {name}: {text}");
        assert!(!text.contains(SECOND), "seed {seed}, {name}: {text}");
    }
}

#[test]
fn what_a_removal_kept_is_not_displaced_by_a_second_version() {
    for seed in 360..372 {
        a_second_version_of_what_a_removal_kept(seed, &[FIRST]);
        a_second_version_of_what_a_removal_kept(seed, &[FIRST, "soup at six", "tea at nine"]);
    }
}
