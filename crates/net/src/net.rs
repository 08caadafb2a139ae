//! The handle by which the rest of Hedgerow uses the network.

use hedgerow_model::DeviceId;
use libp2p::Multiaddr;
use libp2p::identity::Keypair;
use libp2p::multiaddr::Protocol;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use crate::address::{self, Place, peer_of, to_listen_on};
use crate::event::NetEvents;
use crate::limits::MOST;
use crate::outbox::Sessions;
use crate::task::Task;
use crate::traffic::{Ledger, Traffic};
use crate::{listen, swarm};

/// How to take part in the network.
pub struct NetConfig {
    /// The device's Ed25519 seed; its public key is who we are here.
    pub seed: Zeroizing<[u8; 32]>,
    /// Where to listen, as multiaddrs. None given: every interface, TCP and QUIC, any free port.
    pub listen: Vec<String>,
    /// Whom to reach whatever happens, as multiaddrs with or without `/p2p/<peer id>`.
    pub peers: Vec<String>,
    /// Whether to find devices on the LAN, and be found.
    pub discovery: bool,
    /// Seeds the jitter of redials. Never used for keys.
    pub chance: [u8; 32],
}

/// What keeps the network from starting, or an address from being used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetFault {
    /// It is not an address that can be used.
    #[error("cannot use the address \"{address}\": {why}")]
    Address {
        /// As it was given.
        address: String,
        /// What is wrong and what to write instead.
        why: String,
    },
    /// Nothing can listen there.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// As it was given.
        address: String,
        /// What stands in the way and what to do.
        why: String,
    },
    /// The machine refused something that the network cannot do without.
    #[error("the network could not be started: {0}")]
    Setup(String),
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// Too much waits already. [`crate::NetEvent::Drained`] will tell when there is room.
    #[error("{queued} bytes wait to be sent to {to} already; wait until they are through")]
    Backpressure {
        /// For whom.
        to: DeviceId,
        /// Bytes that wait.
        queued: usize,
    },
    /// There is no session with it.
    #[error("{to} is not connected")]
    NotConnected {
        /// Who is not.
        to: DeviceId,
    },
    /// Nobody would read it.
    #[error("a message of {length} bytes is too long; {MOST} is the most")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
}

/// What the handle asks of the task.
pub(crate) enum Command {
    Dial(Place),
    Know(DeviceId, Vec<Multiaddr>),
    Forget(DeviceId),
    Disconnect(DeviceId),
    Block(DeviceId, bool),
    AllowOnly(Option<Vec<DeviceId>>),
    Shutdown(oneshot::Sender<()>),
}

/// What the handle and the task both look at.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) ledger: Ledger,
    pub(crate) listening: Mutex<Vec<Multiaddr>>,
}

/// A running network. Dropping it stops everything at once; [`Net::shutdown`] writes first what is queued.
pub struct Net {
    device: DeviceId,
    commands: mpsc::UnboundedSender<Command>,
    shared: Arc<Shared>,
}

impl Net {
    /// Starts listening and dialling. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When an address cannot be read, a port is in use, or nothing can be listened on.
    // Async although nothing waits today: the place where a relay would be reserved first.
    #[expect(clippy::unused_async, reason = "what starts a network may have to wait for it")]
    pub async fn start(config: NetConfig) -> Result<(Net, NetEvents), NetFault> {
        let listen = config.listen.iter().map(|raw| to_listen_on(raw)).collect::<Result<Vec<_>, _>>()?;
        let peers = config.peers.iter().map(|raw| Place::parse(raw)).collect::<Result<Vec<_>, _>>()?;
        let keys = keys(&config.seed)?;
        let device = address::device_of_peer(&keys.public().to_peer_id())
            .ok_or_else(|| NetFault::Setup("the device's key is not an Ed25519 key".to_owned()))?;
        let mut swarm = swarm::build(&keys, config.discovery)?;
        let listeners = listen::begin(&mut swarm, listen)?;

        let shared = Arc::new(Shared::default());
        let (commands, asked) = mpsc::unbounded_channel();
        let (deliveries, events) = mpsc::channel(1024);
        let task = Task::new(device, swarm, listeners, Arc::clone(&shared), deliveries, config.chance);
        tokio::spawn(task.run(asked));
        let net = Net { device, commands, shared };
        for place in peers {
            net.ask(Command::Dial(place));
        }
        let events = NetEvents::new(events, Arc::clone(&net.shared.sessions));
        Ok((net, events))
    }

    /// Queues `bytes` for `to`, whose `Connected` must have been taken from the events. Never waits.
    ///
    /// # Errors
    /// When it is not connected, the message is longer than [`MOST`], or more than 16 MiB wait already.
    pub fn send(&self, to: DeviceId, bytes: Vec<u8>) -> Result<(), NotSent> {
        self.shared.sessions.send(to, bytes)
    }

    /// Reaches for `address` now, and again until it is reached, and whenever it is lost. `device`, or `/p2p/` in the
    /// address, says who must be there.
    ///
    /// # Errors
    /// When the address cannot be read, or names another device than `device`.
    pub fn dial(&self, device: Option<DeviceId>, address: &str) -> Result<(), NetFault> {
        let mut place = Place::parse(address)?;
        if device.is_some() && place.device.is_some() && device != place.device {
            let why = "it names another device than the one that was asked for".to_owned();
            return Err(NetFault::Address { address: address::shown(address), why });
        }
        place.device = place.device.or(device);
        self.ask(Command::Dial(place));
        Ok(())
    }

    /// We want to be connected to `device`: it is dialled at these addresses, where it was met before and where it
    /// announces itself, for ever. Addresses that cannot be used, or name another device, are passed over.
    pub fn know(&self, device: DeviceId, addresses: &[String]) {
        let places = addresses.iter().filter_map(|raw| Place::parse(raw).ok());
        let usable = places.filter(|place| place.device.is_none_or(|named| named == device));
        self.ask(Command::Know(device, usable.map(|place| place.address).collect()));
    }

    /// Dials `device` no more. A standing connection stays.
    pub fn forget(&self, device: DeviceId) {
        self.ask(Command::Forget(device));
    }

    /// Closes all connections with `device`. If it is known it is dialled again after a pause.
    pub fn disconnect(&self, device: DeviceId) {
        self.ask(Command::Disconnect(device));
    }

    /// Closes all connections with `device` and refuses new ones, either way.
    pub fn block(&self, device: DeviceId) {
        self.ask(Command::Block(device, true));
    }

    /// Takes a block back.
    pub fn unblock(&self, device: DeviceId) {
        self.ask(Command::Block(device, false));
    }

    /// Lets only these devices connect, and closes connections with others; `None` lets in everybody not blocked.
    pub fn allow_only(&self, devices: Option<Vec<DeviceId>>) {
        self.ask(Command::AllowOnly(devices));
    }

    /// Where we listen now, on the real addresses of the interfaces, each with `/p2p/` and who we are.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let listening = self.shared.listening.lock().unwrap_or_else(PoisonError::into_inner);
        listening.iter().map(|address| with_peer(address, self.device)).collect()
    }

    /// Who we are, as it stands after `/p2p/`.
    #[must_use]
    pub fn peer_id(&self) -> String {
        address::peer_id_of(self.device)
    }

    /// Who we are.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// What was carried to and from each device since the start; at most 1,024 devices are remembered beside those
    /// that are connected.
    #[must_use]
    pub fn traffic(&self) -> BTreeMap<DeviceId, Traffic> {
        self.shared.ledger.read()
    }

    /// The devices whose `Connected` was taken from the events, and whose `Disconnected` was not.
    #[must_use]
    pub fn connected(&self) -> Vec<DeviceId> {
        self.shared.sessions.devices()
    }

    /// Writes what is queued, for up to a second, tells the others, and stops.
    pub async fn shutdown(self) {
        let (done, stopped) = oneshot::channel();
        self.ask(Command::Shutdown(done));
        // An error means that the task is gone already, which is what we want.
        let _ = stopped.await;
    }

    fn ask(&self, command: Command) {
        // Fails only when the task is gone, and then there is nothing left to ask.
        let _ = self.commands.send(command);
    }
}

impl std::fmt::Debug for Net {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Net").field("device", &self.device).finish_non_exhaustive()
    }
}

fn keys(seed: &Zeroizing<[u8; 32]>) -> Result<Keypair, NetFault> {
    // The constructor wipes what it is given.
    let mut copy = Zeroizing::new(**seed);
    Keypair::ed25519_from_bytes(&mut copy[..]).map_err(|error| NetFault::Setup(error.to_string()))
}

/// An address with who is there.
pub(crate) fn with_peer(address: &Multiaddr, device: DeviceId) -> String {
    match peer_of(device) {
        Some(peer) => address.clone().with(Protocol::P2p(peer)).to_string(),
        None => address.to_string(),
    }
}
