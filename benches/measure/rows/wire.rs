//! Row 4: what a keystroke weighs on the wire, with everything around it: signature, seal, framing, multiplexing, and the
//! transport's encryption. Two nodes talk through a wire that counts.

use crate::Run;
use crate::stage::folders;
use crate::stage::nodes::{address, agreed, first_page, heard, open, run as carry_out};
use crate::stage::typing::keystrokes;
use crate::stage::wire::Wire;
use futures::future::try_join_all;
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_node::{Node, Notice};
use std::path::Path;
use std::time::Duration;

/// Longer than the nodes wait after a change before they compare.
const QUIET: Duration = Duration::from_millis(3_500);

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let made = folders::notebooks(run, 1);
    let [ada, bo] = [&made.ada, &made.bo].map(|folder| folders::copy(run, folder));
    let (keys, backlog) = (run.size(12, 4), run.size(2_000, 500));
    carry_out(async {
        let (arrived, whole) = isolated(ada.path(), bo.path(), keys).await;
        let each = caught_up(ada.path(), bo.path(), backlog).await;
        vec![
            Figure::new("a keystroke alone, until it is shown", Unit::Bytes, arrived).goal(Goal::AtMost(400.0)),
            Figure::new("the same, with the comparison after it", Unit::Bytes, whole),
            Figure::new(format!("each of {backlog} keystrokes made apart"), Unit::Bytes, vec![each])
                .goal(Goal::AtMost(20.0)),
        ]
    })
}

/// Bytes both ways for keystrokes far from each other: until Bo's page shows it, and until both know that they agree.
async fn isolated(ada: &Path, bo: &Path, keys: usize) -> (Vec<f64>, Vec<f64>) {
    let ada = open(ada, &[]).await;
    let mut at_adas = ada.subscribe();
    let wire = Wire::to(&address(&ada).await).await;
    let bo = open(bo, &[&wire.address]).await;
    agreed(&mut at_adas).await;
    let page = first_page(&ada).await;
    let (mut arrived, mut whole) = (Vec::new(), Vec::new());
    for key in 0..keys {
        // The nodes greet, compare and fall silent.
        tokio::time::sleep(QUIET).await;
        let (mut at_adas, mut at_bos) = (ada.subscribe(), bo.subscribe());
        let before = wire.bytes();
        ada.edit_page(&page, key as u64, 0, "a").await.expect("it is saved");
        heard(&mut at_bos, "the keystroke", |notice| matches!(notice, Notice::PageChanged { .. })).await;
        arrived.push((wire.bytes() - before) as f64);
        agreed(&mut at_adas).await;
        agreed(&mut at_bos).await;
        whole.push((wire.bytes() - before) as f64);
    }
    close(ada, bo).await;
    (arrived, whole)
}

/// Bytes both ways for each of many keystrokes that Ada made while Bo was away, until both hold the same.
async fn caught_up(ada: &Path, bo: &Path, count: usize) -> f64 {
    let ada = open(ada, &[]).await;
    let page = first_page(&ada).await;
    let typed = keystrokes(count);
    for some in typed.chunks(100) {
        let edits = some.iter().map(|key| ada.edit_page(&page, key.at as u64, key.delete as u64, &key.insert));
        try_join_all(edits).await.expect("they are saved");
    }
    let mut at_adas = ada.subscribe();
    let wire = Wire::to(&address(&ada).await).await;
    let bo = open(bo, &[&wire.address]).await;
    agreed(&mut at_adas).await;
    let bytes = wire.bytes() as f64 / count as f64;
    let (hers, his) = (ada.page(&page, None).await, bo.page(&page, None).await);
    assert_eq!(hers.expect("it is there").body, his.expect("it is there").body, "both show the same");
    close(ada, bo).await;
    bytes
}

async fn close(ada: Node, bo: Node) {
    bo.close().await.expect("it closes");
    ada.close().await.expect("it closes");
}
