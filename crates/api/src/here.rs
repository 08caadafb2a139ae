//! The node in this process, as a door.

use std::path::PathBuf;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use hedgerow_node::{Config, Node, SystemKeychain};
use tokio::sync::broadcast;

use crate::dispatch::dispatch;
use crate::{Code, Door, Fault, Notice, Reply, Request};

pub use hedgerow_node::{AskPassphrase, NetworkConfig, NewKeys, PassphraseFor};

/// How a folder is to be opened.
pub struct Opening {
    /// Which.
    pub folder: PathBuf,
    /// Who opens it, for whoever finds it in use: the command as typed, such as `hedgerow serve`.
    pub who: String,
    /// Where to listen and whom to find; `None` to stay off the network.
    pub network: Option<NetworkConfig>,
    /// How to get a passphrase, if one is needed.
    pub passphrase: AskPassphrase,
    /// Where new keys are kept, if no passphrase is given for them.
    pub new_keys: NewKeys,
}

/// A node that runs in this process, and only as long as this process.
pub struct Here {
    node: Node,
}

impl Here {
    /// Opens the folder. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When another process holds it ([`Code::InUse`]), or it could not be opened.
    pub async fn open(opening: Opening) -> Result<Here, Fault> {
        let Opening { folder, who, network, passphrase, new_keys } = opening;
        let keychain = Arc::new(SystemKeychain);
        let node = Node::open(Config { folder, network, passphrase, keychain, new_keys, who }).await?;
        Ok(Here { node })
    }

    /// What a person should know about how the folder was opened, line by line.
    #[must_use]
    pub fn said_on_opening(&self) -> &[String] {
        self.node.said_on_opening()
    }

    /// What happens from now on.
    #[must_use]
    pub fn notices(&self) -> Notices {
        Notices { from: self.node.subscribe() }
    }

    /// Ends when the node has, by itself or by [`Here::close`].
    pub fn ended(&self) -> BoxFuture<'static, ()> {
        self.node.ended().boxed()
    }

    /// Saves and sends what is under way, and gives the folder back.
    ///
    /// # Errors
    /// When something could not be saved.
    pub async fn close(&self) -> Result<(), Fault> {
        Ok(self.node.close().await?)
    }
}

impl Door for Here {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Fault>> {
        dispatch(&self.node, request).boxed()
    }
}

/// What happens at a node, one after the other.
pub struct Notices {
    from: broadcast::Receiver<hedgerow_node::Notice>,
}

/// The next of [`Notices`].
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// This happened.
    Notice(Notice),
    /// Too much happened at once to tell each: look at everything again.
    Missed,
    /// The node has ended.
    Ended,
}

impl Notices {
    /// Waits for the next. Nothing is lost when it is dropped while it waits.
    pub async fn next(&mut self) -> Next {
        match self.from.recv().await {
            Ok(notice) => Next::Notice(notice.into()),
            Err(broadcast::error::RecvError::Lagged(_)) => Next::Missed,
            Err(broadcast::error::RecvError::Closed) => Next::Ended,
        }
    }
}

impl From<hedgerow_node::OpenFault> for Fault {
    fn from(fault: hedgerow_node::OpenFault) -> Fault {
        use hedgerow_node::OpenFault;
        let code = match fault {
            OpenFault::InUse { .. } => Code::InUse,
            OpenFault::Passphrase(_) => Code::Refused,
            _ => Code::Failed,
        };
        Fault::new(code, fault.to_string())
    }
}

impl From<hedgerow_node::NodeFault> for Fault {
    fn from(fault: hedgerow_node::NodeFault) -> Fault {
        use hedgerow_node::NodeFault;
        let code = match fault {
            NodeFault::NotFound(_) => Code::NotFound,
            NodeFault::Ambiguous(_) => Code::Ambiguous,
            NodeFault::Refused(_) => Code::Refused,
            NodeFault::Unreachable(_) => Code::Unreachable,
            NodeFault::Waiting(_) => Code::Waiting,
            NodeFault::Usage(_) => Code::Usage,
            NodeFault::Device(_) | NodeFault::Stopped => Code::Failed,
        };
        Fault::new(code, fault.to_string())
    }
}
