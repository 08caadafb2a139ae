//! Somebody's device in a folder of its own, for stories.

use hedgerow_node::{
    Config, NetworkConfig, NewKeys, NoKeychain, Node, NodeFault, OpenFault, ProfileEdit, no_passphrase,
};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// How long a story waits for what must happen: far longer than it takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A folder, and how to open it.
pub(crate) struct House {
    folder: TempDir,
}

impl House {
    pub(crate) fn new() -> House {
        House { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            folder: self.path().to_owned(),
            network: None,
            passphrase: no_passphrase(),
            keychain: Arc::new(NoKeychain),
            new_keys: NewKeys::default(),
            who: "a story".to_owned(),
        }
    }

    /// Opened without a network.
    pub(crate) async fn alone(&self) -> Node {
        Node::open(self.config()).await.expect("the folder opens")
    }

    /// Opened on loopback.
    pub(crate) async fn online(&self) -> Node {
        Node::open(Config { network: Some(loopback()), ..self.config() }).await.expect("the folder opens")
    }

    /// Opened on loopback, as a person of this name.
    pub(crate) async fn of(&self, name: &str) -> Node {
        let node = self.online().await;
        call(&node, name).await;
        node
    }

    pub(crate) async fn refused(&self) -> OpenFault {
        Node::open(self.config()).await.expect_err("the folder stays shut")
    }
}

pub(crate) async fn call(node: &Node, name: &str) {
    let edit = ProfileEdit { name: Some(name.to_owned()), ..ProfileEdit::default() };
    node.set_profile(edit).await.expect("a name");
}

pub(crate) fn loopback() -> NetworkConfig {
    NetworkConfig { listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()], peers: Vec::new(), discovery: false }
}

/// Tries again with every notice, until there is an answer.
pub(crate) async fn until<T, F, A>(what: &str, node: &Node, mut ask: A) -> T
where
    A: FnMut() -> F,
    F: Future<Output = Option<T>>,
{
    let mut notices = node.subscribe();
    let trying = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            let _ = notices.recv().await;
        }
    };
    tokio::time::timeout(PATIENCE, trying).await.unwrap_or_else(|_| panic!("{what} did not happen"))
}

/// The whole canonical form of a notebook.
pub(crate) async fn canonical(node: &Node, notebook: &str) -> Result<String, NodeFault> {
    let (mut whole, mut from) = (String::new(), None);
    loop {
        let part = node.canonical(notebook, from.as_deref()).await?;
        whole.push_str(&part.text);
        match part.next {
            Some(next) => from = Some(next),
            None => return Ok(whole),
        }
    }
}

/// The body text of a page.
pub(crate) async fn text(node: &Node, page: &str) -> String {
    node.page(page, None).await.map(|view| view.body).unwrap_or_default()
}
