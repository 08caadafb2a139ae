//! The handle: opening a folder, asking, ordering, closing.

use crate::answers::Notice;
use crate::chance;
use crate::fault::{NodeFault, OpenFault};
use crate::folder::{self, Folder};
use crate::identity::{AskPassphrase, Guards, NewKeys};
use crate::keychain::Keychain;
use crate::mind::Mind;
use crate::request::{Doing, Ended, Look, Request};
use crate::run::Run;
use hedgerow_net::{Net, NetConfig, NetEvents};
use hedgerow_store::{Files, FolderLock, Real};
use hedgerow_sync::{Asked, Command, Outcome};
use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

/// Notices that a slow listener may lag behind.
const NOTICES: usize = 1_024;

/// How to open a folder.
#[derive(Clone)]
pub struct Config {
    /// The device's folder; made if it is not there.
    pub folder: PathBuf,
    /// The network, or `None` to work without.
    pub network: Option<NetworkConfig>,
    /// Asked when a passphrase is needed, or could be used for new keys.
    pub passphrase: AskPassphrase,
    /// Where the keys of this folder may be guarded, beside a passphrase and the folder itself.
    pub keychain: Arc<dyn Keychain>,
    /// Where new keys are kept, if no passphrase is given for them.
    pub new_keys: NewKeys,
    /// What holds the folder, in words for whoever comes second, such as `hedgerow serve`.
    pub who: String,
}

/// How to take part in the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkConfig {
    /// Where to listen, as multiaddresses; every interface and any free port if none is given.
    pub listen: Vec<String>,
    /// Whom to reach whatever happens, as multiaddresses; tried for ever.
    pub peers: Vec<String>,
    /// Whether to find devices on the LAN, and be found.
    pub discovery: bool,
}

impl Default for NetworkConfig {
    fn default() -> NetworkConfig {
        NetworkConfig { listen: Vec::new(), peers: Vec::new(), discovery: true }
    }
}

/// A device at work. Clones are handles to the same one; when the last is dropped it ends at once, as if the power had
/// gone: nothing that was acknowledged is lost, and nobody is told goodbye. [`Node::close`] ends it well.
#[derive(Clone)]
pub struct Node {
    inner: Arc<Inner>,
}

struct Inner {
    requests: mpsc::UnboundedSender<Request>,
    /// The loop has the other end, so that listeners hear when it has ended.
    notices: broadcast::WeakSender<Notice>,
    ended: watch::Receiver<()>,
    /// Numbers the orders.
    asked: AtomicU64,
    folder: PathBuf,
    has_network: bool,
    said: Vec<String>,
}

/// What the loop's thread holds; dropped in this order, so that the folder is free before anybody hears of the end.
struct Holding {
    _lock: FolderLock,
    _ended: watch::Sender<()>,
}

impl Node {
    /// Opens a folder: the lock, the keys, the store, what is in it, the network. Call it in a tokio runtime, whose
    /// threads then carry the network; everything else runs on a thread of its own.
    ///
    /// # Errors
    /// See [`OpenFault`]. Whatever was taken is given back then.
    pub async fn open(config: Config) -> Result<Node, OpenFault> {
        Node::open_with(config, Arc::new(Real)).await
    }

    /// Like [`Node::open`], with the store's file operations of the caller's own: so that a test can make them fail.
    ///
    /// # Errors
    /// As for [`Node::open`].
    pub async fn open_with(config: Config, files: Arc<dyn Files>) -> Result<Node, OpenFault> {
        let Config { folder: path, network, passphrase, keychain, new_keys, who } = config;
        let guards = Guards { passphrase, keychain, new_keys };
        let opening = path.clone();
        let opened = tokio::task::spawn_blocking(move || folder::open(&opening, &who, &guards, files));
        let opened =
            opened.await.map_err(|error| OpenFault::Machine(format!("opening the folder failed: {error}")))??;
        let (net, heard) = match network {
            Some(network) => {
                let (net, heard) = start_network(network, &opened).await?;
                (Some(net), Some(heard))
            }
            None => (None, None),
        };
        start(path, opened, net, heard)
    }

    /// Saves and sends what is under way, tells the peers goodbye, and gives the folder back.
    ///
    /// # Errors
    /// [`NodeFault::Stopped`] when it had ended before.
    pub async fn close(&self) -> Result<(), NodeFault> {
        let (done, closed) = oneshot::channel();
        self.inner.requests.send(Request::Close(done)).map_err(|_| NodeFault::Stopped)?;
        let closed = closed.await.map_err(|_| NodeFault::Stopped);
        self.ended().await;
        closed
    }

    /// Waits until the node has ended, however it did, and the folder is free. Keeps no node going.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut ended = self.inner.ended.clone();
        // Nothing is ever sent: the end of the sender is the message.
        async move { while ended.changed().await.is_ok() {} }
    }

    /// What happens from now on, until the node ends. A listener that lags behind by more than 1,024 notices is told
    /// so, and should read again what it shows.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        match self.inner.notices.upgrade() {
            Some(notices) => notices.subscribe(),
            None => broadcast::channel(1).1,
        }
    }

    /// The device's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Whether it takes part in the network.
    #[must_use]
    pub fn has_network(&self) -> bool {
        self.inner.has_network
    }

    /// What was worth telling when the folder was opened, a line each.
    #[must_use]
    pub fn said_on_opening(&self) -> &[String] {
        &self.inner.said
    }

    /// Reads, when it is this question's turn; answered when nothing it rests on can be lost any more. `look` may be
    /// asked again when it turned out that something was.
    pub(crate) async fn ask<R, F>(&self, look: F) -> Result<R, NodeFault>
    where
        F: FnMut(&mut Mind) -> Result<R, NodeFault> + Send + 'static,
        R: Send + 'static,
    {
        let (to, answer) = oneshot::channel();
        let question = Box::new(Look { look, answer: None, to });
        self.inner.requests.send(Request::Ask(question)).map_err(|_| NodeFault::Stopped)?;
        answer.await.map_err(|_| NodeFault::Stopped)?
    }

    /// Does what `prepare` says, and looks back with the closure it gives, in one turn; answered when it is durable.
    pub(crate) async fn order<R, P, A>(&self, prepare: P) -> Ended<R>
    where
        P: FnOnce(&mut Mind) -> Result<(Command, A), NodeFault> + Send + 'static,
        A: FnOnce(&mut Mind) -> R + Send + 'static,
        R: Send + 'static,
    {
        let (_, ended) = self.begin(prepare)?;
        ended.await.map_err(|_| NodeFault::Stopped)?
    }

    /// Like [`Node::order`], without waiting: gives the order's number too.
    pub(crate) fn begin<R, P, A>(&self, prepare: P) -> Result<(Asked, oneshot::Receiver<Ended<R>>), NodeFault>
    where
        P: FnOnce(&mut Mind) -> Result<(Command, A), NodeFault> + Send + 'static,
        A: FnOnce(&mut Mind) -> R + Send + 'static,
        R: Send + 'static,
    {
        let asked = Asked(self.inner.asked.fetch_add(1, Ordering::Relaxed));
        let (to, ended) = oneshot::channel();
        let order = Box::new(Doing { prepare: Some(prepare), after: None::<A>, seen: None, to: Some(to) });
        self.inner.requests.send(Request::Do(asked, order)).map_err(|_| NodeFault::Stopped)?;
        Ok((asked, ended))
    }

    /// An order whose outcome alone matters.
    pub(crate) async fn command<P>(&self, prepare: P) -> Result<Outcome, NodeFault>
    where
        P: FnOnce(&mut Mind) -> Result<Command, NodeFault> + Send + 'static,
    {
        let (outcome, ()) = self.order(|mind| Ok((prepare(mind)?, |_: &mut Mind| ()))).await?;
        Ok(outcome)
    }

    /// Has something done in the loop, without waiting for it.
    pub(crate) fn tell(&self, mut tell: impl FnMut(&mut Mind) + Send + 'static) {
        let (to, _) = oneshot::channel();
        let question = Box::new(Look { look: move |mind: &mut Mind| tell(mind), answer: None, to });
        // Fails only when the loop is gone, and what was to be done with it.
        let _ = self.inner.requests.send(Request::Ask(question));
    }

    /// Nobody waits for this order any more.
    pub(crate) fn give_up(&self, asked: Asked) {
        // Fails only when the loop is gone, and the order with it.
        let _ = self.inner.requests.send(Request::GiveUp(asked));
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("folder", &self.inner.folder).finish_non_exhaustive()
    }
}

async fn start_network(network: NetworkConfig, opened: &Folder) -> Result<(Net, NetEvents), OpenFault> {
    let NetworkConfig { listen, peers, discovery } = network;
    let seed = opened.identity.keys.transport_seed();
    Ok(Net::start(NetConfig { seed, listen, peers, discovery, chance: *chance::seed()? }).await?)
}

/// Starts the loop on a thread of its own, where reading the disk keeps nobody else waiting.
fn start(path: PathBuf, opened: Folder, net: Option<Net>, heard: Option<NetEvents>) -> Result<Node, OpenFault> {
    let Folder { lock, identity, shelves, replica, book, agreed, may_be_behind, said, damage, losses } = opened;
    let (requests, asked) = mpsc::unbounded_channel();
    let (notices, _) = broadcast::channel(NOTICES);
    let heard_by = notices.downgrade();
    let (ended, ends) = watch::channel(());
    let has_network = net.is_some();
    let (number, profile) = replica.me().profile.clone();
    let mind = Mind {
        replica,
        shelves,
        book,
        agreed,
        net,
        kept: identity.kept,
        profile,
        connected: BTreeMap::new(),
        unreached: BTreeMap::new(),
        damage,
        losses,
        said: number,
        notices,
        now: hedgerow_model::Moment::default(),
    };
    let machine = |doing: &str, error: std::io::Error| OpenFault::Machine(format!("could not {doing}: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| machine("start a timer", error))?;
    let holding = Holding { _lock: lock, _ended: ended };
    std::thread::Builder::new()
        .name("hedgerow-node".to_owned())
        .spawn(move || {
            // Dropped last, so that the store is closed before the folder is given back.
            let _holding = holding;
            let mut run = Run::new(mind, asked, heard);
            if may_be_behind {
                run.begin_anew();
            }
            runtime.block_on(run.run());
        })
        .map_err(|error| machine("start a thread", error))?;
    let inner =
        Inner { requests, notices: heard_by, ended: ends, asked: AtomicU64::new(1), folder: path, has_network, said };
    Ok(Node { inner: Arc::new(inner) })
}
