//! Row 11: opening a folder until the node answers.

use crate::Run;
use crate::stage::folders::{self, config, settle_in};
use crate::stage::nodes::run as carry_out;
use crate::stage::people::Person;
use crate::stage::timing::in_turns;
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_node::Node;
use std::path::Path;
use std::time::Instant;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let count = run.size(10_000, 1_000);
    let full = folders::copy(run, &folders::notebooks(run, count).ada);
    let empty = tempfile::tempdir_in(&run.folder).expect("room for a folder");
    settle_in(empty.path(), &Person::new(run.seed, "Ada"));
    // A copied folder is noticed when it is opened first.
    let _ = (start(full.path()), start(empty.path()));
    let (ours, none) = in_turns(run.size(9, 3), || start(full.path()), || start(empty.path()));
    vec![
        Figure::new(format!("start with {count} notebooks"), Unit::Nanoseconds, ours)
            .against("start with none", none)
            .goal(Goal::AtMost(1.5)),
    ]
}

/// Opens a folder and asks who we are; nanoseconds until the answer.
fn start(folder: &Path) -> f64 {
    carry_out(async {
        let begun = Instant::now();
        let node = Node::open(config(folder)).await.expect("the folder opens");
        node.whoami().await.expect("it answers");
        let time = begun.elapsed().as_nanos() as f64;
        node.close().await.expect("it closes");
        time
    })
}
