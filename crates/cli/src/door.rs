//! The way to the node: the one that runs on the folder, or one in this process for as long as the command takes.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hedgerow_api::here::{Here, NetworkConfig, Opening};
use hedgerow_api::{Ask, Code, Door, local, told};
use tokio::sync::OnceCell;

use crate::passphrase;
use crate::problem::{Problem, say};

/// How long another command may hold the folder before this one gives up: most take far less, and a node that is just
/// starting soon has its socket.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often it is tried meanwhile.
const AGAIN: Duration = Duration::from_millis(50);

/// What was opened.
enum Opened {
    /// A node in another process, or a pretend one.
    Elsewhere(Box<dyn Door>),
    /// A node in this one.
    Here(Here),
}

/// The way to a folder's node, opened when it is first needed: what a person typed and named is looked at before that.
pub(crate) struct Doorway {
    folder: PathBuf,
    who: String,
    network: Option<NetworkConfig>,
    opened: OnceCell<Opened>,
}

impl Doorway {
    /// To the node of `folder`, for the command called `who`. If that node is not running, the folder is opened here,
    /// with a network if the command needs others.
    pub(crate) fn to(folder: PathBuf, who: &str, needs_others: bool) -> Doorway {
        let network = needs_others.then(NetworkConfig::default);
        Doorway { folder, who: format!("hedgerow {who}"), network, opened: OnceCell::new() }
    }

    /// To a door that is open already.
    #[cfg(test)]
    pub(crate) fn open_at(door: Box<dyn Door>) -> Doorway {
        let opened = OnceCell::new_with(Some(Opened::Elsewhere(door)));
        Doorway { folder: PathBuf::new(), who: String::new(), network: None, opened }
    }

    /// Whose node it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Asks, and opens the door for it if need be.
    pub(crate) async fn ask<A: Ask>(&self, ask: A) -> Result<A::Reply, Problem> {
        let door: &dyn Door = match self.opened.get_or_try_init(|| self.open()).await? {
            Opened::Elsewhere(door) => &**door,
            Opened::Here(here) => here,
        };
        Ok(door.ask(ask).await?)
    }

    /// Whether it was needed.
    pub(crate) fn is_open(&self) -> bool {
        self.opened.initialized()
    }

    /// Gives the folder back, if it was opened here.
    pub(crate) async fn close(&self) -> Result<(), Problem> {
        match self.opened.get() {
            Some(Opened::Here(here)) => Ok(here.close().await?),
            _ => Ok(()),
        }
    }

    async fn open(&self) -> Result<Opened, Problem> {
        let begun = Instant::now();
        loop {
            if let Some(running) = local::connect(&self.folder).await? {
                return Ok(Opened::Elsewhere(Box::new(running)));
            }
            match open_here(&self.folder, &self.who, self.network.clone()).await {
                Err(Problem::Fault(fault)) if fault.code == Code::InUse && begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(AGAIN).await;
                }
                opened => return opened.map(Opened::Here),
            }
        }
    }
}

/// Opens the folder in this process.
pub(crate) async fn open_here(folder: &Path, who: &str, network: Option<NetworkConfig>) -> Result<Here, Problem> {
    let (passphrase, new_keys, may_discover) = (passphrase::asker()?, told::new_keys()?, told::discovery()?);
    let network = network.map(|network| NetworkConfig { discovery: network.discovery && may_discover, ..network });
    let opening = Opening { folder: folder.to_owned(), who: who.to_owned(), network, passphrase, new_keys };
    let here = Here::open(opening).await?;
    here.said_on_opening().iter().for_each(|line| say(line));
    Ok(here)
}
