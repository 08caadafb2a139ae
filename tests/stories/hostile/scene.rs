//! Ada and Bo write the flood rota together, and somebody attacks Ada's node.
//!
//! What is measured is what the node under attack spends. A real attacker brings their own machine; ours has to share
//! this one, and so yields to everybody else on it (see [`runtime`]). Ada and Bo write through a standing connection to
//! their nodes, as an app does, so that no programs are started while the clock runs.

use hedgerow_api::{
    Door,
    local::{LocalDoor, connect},
    request::{AppendToPage, ShowPageMarkdown},
};
use hedgerow_tests::{Device, Node, OUR_FAULT, PATIENCE, agreed, hostile::runtime, until};
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Builder;

/// What an attack may cost the node, in bytes.
const MEMORY: u64 = 64 << 20;
/// How many edits are measured before the attack and again after it, and twice as many, at least, beside it.
const EDITS: usize = 20;

/// Two people, their nodes, and the page they write on.
pub(super) struct Scene {
    pub(super) ada: Device,
    pub(super) bo: Device,
    pub(super) ada_node: Node,
    pub(super) bo_node: Node,
    pub(super) notebook: String,
    pub(super) page: String,
    edits: AtomicUsize,
    doors: [LocalDoor; 2],
    waiting: tokio::runtime::Runtime,
}

/// What an attacker is told and tells.
#[derive(Clone, Default)]
pub(super) struct Attack {
    over: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
}

impl Attack {
    /// Whether it has gone on for long enough.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Counts what was done.
    pub(super) fn did(&self, more: usize) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }
}

impl Scene {
    pub(super) fn begin() -> Scene {
        let [ada, bo] = ["Ada", "Bo"].map(Device::of);
        let notebook = ada.notebook("Flood rota");
        let page = ada.page(&notebook, "Night cover", "Gwen has the keys.\n");
        let ada_node = ada.serve(&["--listen", "/ip4/127.0.0.1/udp/0/quic-v1"]);
        let bo_node = bo.serve_to(&[&ada_node]);
        bo.join(&ada.invite(&notebook, "writer"));
        agreed(&[&ada, &bo], &notebook);
        let waiting = Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        let doors = [&ada, &bo].map(|device| {
            let connected = waiting.block_on(connect(device.folder())).expect("the node answers");
            connected.expect("a node runs")
        });
        Scene { ada, bo, ada_node, bo_node, notebook, page, edits: AtomicUsize::new(0), doors, waiting }
    }

    /// Writes a line on one device and waits until the other shows it; how long that took.
    fn edit(&self, from: &dyn Door, to: &dyn Door) -> Duration {
        let line = format!("Line {}.", self.edits.fetch_add(1, Ordering::Relaxed));
        let (page, markdown) = (self.page.clone(), format!("{line}\n"));
        let begun = Instant::now();
        self.waiting.block_on(async {
            from.ask(AppendToPage { page: page.clone(), markdown }).await.expect("both may write");
            loop {
                let show = ShowPageMarkdown { page: page.clone(), at: None };
                if to.ask(show).await.expect("the page is there").markdown.contains(&line) {
                    return begun.elapsed();
                }
                assert!(begun.elapsed() < PATIENCE, "{line:?} does not arrive");
                // time passes: looking must not starve what is looked at
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
    }

    /// How long edits took, from either to the other: `least` of them, and more until it is `enough`.
    fn edits(&self, least: usize, enough: impl Fn() -> bool) -> Vec<Duration> {
        let [ada, bo] = &self.doors;
        let (mut took, begun) = (Vec::new(), Instant::now());
        while took.len() < least || (!enough() && begun.elapsed() < PATIENCE) {
            if took.len() >= least {
                // time passes: an attack that takes long is looked at now and then, or the page would grow without end
                thread::sleep(Duration::from_millis(100));
            }
            took.extend([self.edit(ada, bo), self.edit(bo, ada)]);
        }
        took
    }

    /// Edits go to and fro without the attack and beside it, and all of them arrive; the node lives, takes no more memory
    /// than it may, and the two agree in the end. `least` is what the attacker must have got done for it to be one.
    pub(super) fn bears<F: Future<Output = ()> + Send + 'static>(
        &self,
        what: &str,
        least: usize,
        attack: impl FnOnce(Attack) -> F,
    ) -> usize {
        let mut quiet = self.edits(EDITS, || true);
        let (before, spent, begun) = (self.ada_node.most_memory(), self.ada_node.spent(), Instant::now());
        let told = Attack::default();
        let attacking = runtime().spawn(attack(told.clone()));
        until(&format!("{what} begins"), PATIENCE, || {
            (told.done.load(Ordering::Relaxed) > 0 || attacking.is_finished()).then_some(())
        });
        let beside = self.edits(2 * EDITS, || told.done.load(Ordering::Relaxed) >= least || attacking.is_finished());
        let share = (self.ada_node.spent() - spent).as_secs_f64() / begun.elapsed().as_secs_f64();
        told.over.store(true, Ordering::Relaxed);
        runtime().block_on(attacking).expect("the attacker does not panic");
        let (done, grew) = (told.done.load(Ordering::Relaxed), self.ada_node.most_memory() - before);
        quiet.extend(self.edits(EDITS, || true));
        let (usual, worst_usual) = median_and_worst(quiet);
        let (median, worst) = median_and_worst(beside);
        println!(
            "{what}: {done} times; an edit took {median:.1?} instead of {usual:.1?} (x {:.1}), at worst {worst:.1?} \
             instead of {worst_usual:.1?}; the node took {:.0} % of a core; memory grew by {:.1} MB",
            median.as_secs_f64() / usual.as_secs_f64(),
            100.0 * share,
            grew as f64 / f64::from(1 << 20),
        );
        assert!(done >= least, "{what}: {done} times is no attack, {least} is one");
        assert!(grew <= MEMORY, "{what}: the node took {grew} bytes more than before");
        self.is_well();
        println!("shows P6: {done} times: {what}");
        done
    }

    /// What is done while an attack goes on that has got this much done already.
    pub(super) fn beside<F: Future<Output = ()> + Send + 'static, T>(
        &self,
        done: usize,
        attack: impl FnOnce(Attack) -> F,
        what: impl FnOnce() -> T,
    ) -> T {
        let told = Attack::default();
        let attacking = runtime().spawn(attack(told.clone()));
        until("the attack gets on", PATIENCE, || (told.done.load(Ordering::Relaxed) >= done).then_some(()));
        let outcome = what();
        told.over.store(true, Ordering::Relaxed);
        runtime().block_on(attacking).expect("the attacker does not panic");
        self.is_well();
        outcome
    }

    /// The node answers, has not panicked, and both hold the same.
    pub(super) fn is_well(&self) {
        agreed(&[&self.ada, &self.bo], &self.notebook);
        for node in [&self.ada_node, &self.bo_node] {
            assert!(!node.said().contains(OUR_FAULT), "{}", node.said());
        }
    }

    pub(super) fn end(self) {
        self.ada_node.stop();
        self.bo_node.stop();
    }
}

fn median_and_worst(mut took: Vec<Duration>) -> (Duration, Duration) {
    took.sort();
    (took[took.len() / 2], took[took.len() - 1])
}
