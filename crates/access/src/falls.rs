//! Operations that fall, and those that fall with them.

use std::collections::BTreeMap;

use crate::dag::{Dag, Ground};

/// Which operations of one log do not count, and through which.
#[derive(Default)]
pub(crate) struct Falls {
    fallen: BTreeMap<usize, usize>,
    /// For a grant: the operations that rest on it.
    resting: BTreeMap<usize, Vec<usize>>,
    /// For an operation: on how many grants it still rests.
    left: BTreeMap<usize, usize>,
}

impl Falls {
    /// Of `ops`; each rests on those of its grounds that `holds` says matter for it, and one without any on nothing.
    pub(crate) fn new(dag: &Dag, ops: &[usize], holds: impl Fn(usize, &Ground) -> bool) -> Falls {
        let mut falls = Falls::default();
        for &op in ops {
            let grounds = dag.node(op).facts.grounds.iter().filter(|ground| holds(op, ground));
            for ground in grounds {
                falls.resting.entry(ground.op).or_default().push(op);
                *falls.left.entry(op).or_default() += 1;
            }
        }
        falls
    }

    pub(crate) fn has(&self, op: usize) -> bool {
        self.fallen.contains_key(&op)
    }

    /// Through which operation it fell.
    pub(crate) fn cause(&self, op: usize) -> Option<usize> {
        self.fallen.get(&op).copied()
    }

    /// All that fell, each with its cause.
    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.fallen.iter().map(|(op, cause)| (*op, *cause))
    }

    /// `op` falls through `cause`, and so does what rested on it alone.
    pub(crate) fn fall(&mut self, op: usize, cause: usize) {
        let mut falling = vec![op];
        while let Some(op) = falling.pop() {
            if self.fallen.contains_key(&op) {
                continue;
            }
            self.fallen.insert(op, cause);
            for rested in self.resting.get(&op).into_iter().flatten() {
                let left = self.left.entry(*rested).or_default();
                *left = left.saturating_sub(1);
                if *left == 0 {
                    falling.push(*rested);
                }
            }
        }
    }
}
