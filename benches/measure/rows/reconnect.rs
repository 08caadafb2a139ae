//! Row 6: two devices that share much meet again: what they say to find that nothing changed, or what did.
//!
//! Messages and bytes are those that the network room counts: four bytes for each message's length included, the
//! transport's own not.

use crate::Run;
use crate::stage::folders;
use crate::stage::nodes::{address, agreed, first_page, open, run as carry_out};
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_node::{Node, Traffic};
use hedgerow_testkit::Network;
use std::path::Path;
use std::time::Duration;

/// Longer than either side waits before it compares once more.
const QUIET: Duration = Duration::from_millis(3_500);

/// How long a message takes on the line on which round trips are counted, in milliseconds.
const ONE_WAY: u64 = 500;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let count = run.size(10_000, 1_000);
    let made = folders::notebooks(run, count);
    let [ada, bo] = [&made.ada, &made.bo].map(|folder| folders::copy(run, folder));
    let times = run.size(3, 2);
    let (same, changed) = carry_out(async {
        let ada = open(ada.path(), &[]).await;
        let address = address(&ada).await;
        // The folders are copies, which the devices notice and say once.
        meet(&ada, bo.path(), &address).await;
        let page = first_page(&ada).await;
        let (mut same, mut changed) = (Vec::new(), Vec::new());
        for _ in 0..times {
            same.push(meet(&ada, bo.path(), &address).await);
            ada.edit_page(&page, 0, 0, "a").await.expect("it is saved");
            changed.push(meet(&ada, bo.path(), &address).await);
        }
        ada.close().await.expect("it closes");
        (same, changed)
    });
    let messages = |seen: &[(f64, f64)]| seen.iter().map(|(messages, _)| *messages).collect();
    let bytes = |seen: &[(f64, f64)]| seen.iter().map(|(_, bytes)| *bytes).collect();
    vec![
        Figure::new(format!("messages, {count} notebooks, nothing changed"), Unit::Count, messages(&same))
            .goal(Goal::AtMost(6.0)),
        Figure::new("bytes of these", Unit::Bytes, bytes(&same)).goal(Goal::AtMost(2_048.0)),
        Figure::new(format!("messages, one of {count} notebooks changed"), Unit::Count, messages(&changed)),
        Figure::new("bytes of these", Unit::Bytes, bytes(&changed)).goal(Goal::AtMost(4_096.0)),
        round_trips(run.size(1_000, 200)),
    ]
}

/// How often it goes there and back until both have what one of them changed while they were apart: over a line on which
/// each message takes as long, and everything else next to nothing. So it is counted, not timed.
fn round_trips(count: usize) -> Figure {
    let mut network = Network::new(6);
    let people @ [ada, bo] = network.people(["Ada", "Bo"]);
    let changed = network.share(ada, "Flood rota", [bo]);
    for number in 1..count {
        network.share(ada, &format!("Ward {number}"), [bo]);
    }
    network.settle();
    network.message_takes = Some(ONE_WAY);
    let seen = people.map(|writer| {
        network.disconnect(bo);
        network.write(writer, changed.page, "night cover moved").pass(60_000);
        let before = network.now();
        network.reconnect(bo);
        network.until(|network| {
            let [hers, his] = people.map(|who| network.replica(who).inventory(&changed.notebook));
            hers == his
        });
        let taken = network.now().since(before) as f64 / (2 * ONE_WAY) as f64;
        network.settle();
        // Saving takes a fraction of a round trip, which is none.
        (taken * 2.0).floor() / 2.0
    });
    Figure::new(format!("round trips until both have it, of {count}"), Unit::Count, seen.to_vec())
        .goal(Goal::AtMost(3.0))
}

/// Bo comes, and goes when both have agreed and fallen silent: messages and bytes both ways.
async fn meet(ada: &Node, bo: &Path, address: &str) -> (f64, f64) {
    let before = carried(ada).await;
    let mut at_adas = ada.subscribe();
    let bo = open(bo, &[address]).await;
    agreed(&mut at_adas).await;
    tokio::time::sleep(QUIET).await;
    let after = carried(ada).await;
    bo.close().await.expect("it closes");
    ((after.0 - before.0) as f64, (after.1 - before.1) as f64)
}

async fn carried(node: &Node) -> (u64, u64) {
    let traffic = node.traffic().await.expect("it runs");
    let sum = |of: fn(&Traffic) -> u64| traffic.values().map(of).sum();
    (sum(|t| t.sent_messages + t.received_messages), sum(|t| t.sent_bytes + t.received_bytes))
}
