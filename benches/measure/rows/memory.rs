//! Row 12: what ten thousand notebooks take in memory. Each node is a process of its own, so that nothing else is in it.

use crate::Run;
use crate::stage::folders::{self, config, settle_in};
use crate::stage::instructions::SCENE;
use crate::stage::nodes::run as carry_out;
use crate::stage::people::Person;
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_node::Node;
use std::path::Path;
use std::process::Command;

/// Pages that are open.
const OPEN: usize = 20;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let count = run.size(10_000, 1_000);
    let full = folders::copy(run, &folders::notebooks(run, count).ada);
    let empty = tempfile::tempdir_in(&run.folder).expect("room for a folder");
    settle_in(empty.path(), &Person::new(run.seed, "Ada"));
    let more = (0..run.size(3, 1)).map(|_| resident_of(full.path()) - resident_of(empty.path())).collect();
    vec![
        Figure::new(
            format!("memory for {count} notebooks, {OPEN} pages open, beyond an empty node's"),
            Unit::Bytes,
            more,
        )
        .goal(Goal::AtMost(40e6)),
    ]
}

/// Bytes that a node on this folder has resident.
fn resident_of(folder: &Path) -> f64 {
    let program = std::env::current_exe().expect("a program knows where it lies");
    let node = Command::new(program).args([SCENE, "resident"]).arg(folder).output().expect("it starts");
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    String::from_utf8_lossy(&node.stdout).trim().parse().expect("it says a number")
}

/// The scene: opens the folder and the pages, and says what it has resident.
pub(crate) fn play(arguments: &[&str]) {
    carry_out(async {
        let node = Node::open(config(Path::new(arguments[0]))).await.expect("the folder opens");
        for notebook in node.notebooks().await.expect("it runs").iter().take(OPEN) {
            for page in node.pages(&notebook.id.to_string()).await.expect("it is there") {
                node.page(&page.id.to_string(), None).await.expect("it opens");
            }
        }
        println!("{}", resident("self"));
        node.close().await.expect("it closes");
    });
}

/// Bytes that a process has resident, by its id.
pub(crate) fn resident(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}
