//! Whole nodes, over loopback.

use crate::stage::folders::config;
use hedgerow_node::{Config, NetworkConfig, Node, Notice};
use std::future::Future;
use std::path::Path;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(900);

/// Carries out what waits for nodes.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(work)
}

/// A node that listens on loopback by TCP, and stays in touch with `peers`.
pub(crate) async fn open(folder: &Path, peers: &[&str]) -> Node {
    let network = NetworkConfig {
        listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
        peers: peers.iter().map(ToString::to_string).collect(),
        discovery: false,
    };
    Node::open(Config { network: Some(network), ..config(folder) }).await.expect("the folder opens")
}

/// Where a node listens.
pub(crate) async fn address(node: &Node) -> String {
    let mut notices = node.subscribe();
    loop {
        if let Some(address) = node.where_to_reach().await.expect("it runs").addresses.first() {
            return address.clone();
        }
        let _ = notices.recv().await;
    }
}

/// Waits for a notice that `wanted` picks.
pub(crate) async fn heard(notices: &mut Receiver<Notice>, what: &str, wanted: impl Fn(&Notice) -> bool) {
    let waiting = async {
        loop {
            match notices.recv().await {
                Ok(notice) if wanted(&notice) => return,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => panic!("the node ended before {what}"),
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

/// Waits until a node has agreed with a peer on everything that both hold.
pub(crate) async fn agreed(notices: &mut Receiver<Notice>) {
    heard(notices, "agreement", |notice| matches!(notice, Notice::Agreed { notebooks, .. } if !notebooks.is_empty()))
        .await;
}

/// The first page of the first notebook that a node holds.
pub(crate) async fn first_page(node: &Node) -> String {
    let notebook = node.notebooks().await.expect("it runs")[0].id.to_string();
    node.pages(&notebook).await.expect("it is there")[0].id.to_string()
}
