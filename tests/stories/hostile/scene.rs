//! Ada and Bo write the flood rota together, and somebody attacks Ada's node.

use hedgerow_tests::{Device, Node, PATIENCE, agreed, hostile::runtime, until};
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// What an attack may cost the node, in bytes.
const MEMORY: u64 = 64 << 20;
/// How many edits are measured without the attack, and beside it.
const EDITS: usize = 8;

/// Two people, their nodes, and the page they write on.
pub(super) struct Scene {
    pub(super) ada: Device,
    pub(super) bo: Device,
    pub(super) ada_node: Node,
    pub(super) bo_node: Node,
    pub(super) notebook: String,
    pub(super) page: String,
    edits: AtomicUsize,
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
        let ada_node = ada.serve(&[]);
        let bo_node = bo.serve_to(&[&ada_node]);
        bo.join(&ada.invite(&notebook, "writer"));
        agreed(&[&ada, &bo], &notebook);
        Scene { ada, bo, ada_node, bo_node, notebook, page, edits: AtomicUsize::new(0) }
    }

    /// Writes a line on one device and waits until the other shows it; how long that took.
    fn edit(&self, from: &Device, to: &Device) -> Duration {
        let line = format!("Line {} by {}.", self.edits.fetch_add(1, Ordering::Relaxed), from.name());
        let begun = Instant::now();
        from.append(&self.page, &format!("{line}\n"));
        let what = format!("\"{line}\" arrives at {}", to.name());
        until(&what, PATIENCE, || to.text(&["page", "show", &self.page]).contains(&line).then_some(()));
        begun.elapsed()
    }

    /// The median time that an edit takes, from either to the other.
    fn edits(&self) -> Duration {
        let mut took: Vec<Duration> =
            (0..EDITS / 2).flat_map(|_| [self.edit(&self.ada, &self.bo), self.edit(&self.bo, &self.ada)]).collect();
        took.sort();
        took[EDITS / 2]
    }

    /// Edits go to and fro without the attack and beside it, and all of them arrive; the node lives, takes no more memory
    /// than it may, and the two agree in the end. `least` is what the attacker must have got done for it to be one.
    pub(super) fn bears<F: Future<Output = ()> + Send + 'static>(
        &self,
        what: &str,
        least: usize,
        attack: impl FnOnce(Attack) -> F,
    ) -> usize {
        let (quiet, before) = (self.edits(), self.ada_node.most_memory());
        let told = Attack::default();
        let attacking = runtime().spawn(attack(told.clone()));
        until(&format!("{what} begins"), PATIENCE, || {
            (told.done.load(Ordering::Relaxed) > 0 || attacking.is_finished()).then_some(())
        });
        let beside = self.edits();
        until(&format!("{what} gets on"), PATIENCE, || {
            (told.done.load(Ordering::Relaxed) >= least || attacking.is_finished()).then_some(())
        });
        told.over.store(true, Ordering::Relaxed);
        runtime().block_on(attacking).expect("the attacker does not panic");
        let (done, grew) = (told.done.load(Ordering::Relaxed), self.ada_node.most_memory() - before);
        println!(
            "{what}: {done} times; an edit took {beside:?} instead of {quiet:?} (x {:.1}); memory grew by {:.1} MB",
            beside.as_secs_f64() / quiet.as_secs_f64(),
            grew as f64 / f64::from(1 << 20),
        );
        assert!(done >= least, "{what}: {done} times is no attack, {least} is one");
        assert!(grew <= MEMORY, "{what}: the node took {grew} bytes more than before");
        self.is_well();
        println!("shows P6: {done} times: {what}");
        done
    }

    /// The node answers, has not panicked, and both hold the same.
    pub(super) fn is_well(&self) {
        agreed(&[&self.ada, &self.bo], &self.notebook);
        for node in [&self.ada_node, &self.bo_node] {
            assert!(!node.said().contains("panicked"), "a panic:\n{}", node.said());
        }
    }

    pub(super) fn end(self) {
        self.ada_node.stop();
        self.bo_node.stop();
    }
}
