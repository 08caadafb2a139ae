//! The one task that runs the swarm. It decides whom to dial, which connection carries the stream, and what is told;
//! the messages themselves pass it by, in a task for each session.

use futures::StreamExt;
use hedgerow_model::DeviceId;
use libp2p::core::transport::ListenerId;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, Stream};
use libp2p::{Multiaddr, Swarm};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::address::{Place, peer_of};
use crate::book::{Book, Dial, Target};
use crate::event::{Delivery, NetEvent};
use crate::inbox::{Allowance, Pots};
use crate::limits::{GOODBYE, NEWS};
use crate::net::{Command, Shared, with_peer};
use crate::peer::{Peer, Standing};
use crate::session::{self, End, Ended, Handle, Session};
use crate::swarm::Behaviour;

/// See the module.
pub(crate) struct Task {
    pub(crate) device: DeviceId,
    pub(crate) swarm: Swarm<Behaviour>,
    pub(crate) listeners: HashMap<ListenerId, Multiaddr>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) chance: ChaCha8Rng,
    pub(crate) book: Book,
    pub(crate) dials: BTreeMap<ConnectionId, Target>,
    pub(crate) peers: BTreeMap<DeviceId, Peer>,
    pub(crate) begun: Instant,
    /// Whether anything was ever listened on: before that, nothing is dialled.
    pub(crate) listening: bool,
    deliveries: mpsc::Sender<Delivery>,
    /// What waits for room among the deliveries.
    news: VecDeque<NetEvent>,
    sessions: JoinSet<Ended>,
    pots: Arc<Pots>,
    goodbye: CancellationToken,
}

impl Task {
    pub(crate) fn new(
        device: DeviceId,
        swarm: Swarm<Behaviour>,
        listeners: HashMap<ListenerId, Multiaddr>,
        shared: Arc<Shared>,
        deliveries: mpsc::Sender<Delivery>,
        chance: [u8; 32],
    ) -> Self {
        Task {
            device,
            swarm,
            listeners,
            shared,
            chance: ChaCha8Rng::from_seed(chance),
            book: Book::default(),
            dials: BTreeMap::new(),
            peers: BTreeMap::new(),
            begun: Instant::now(),
            listening: false,
            deliveries,
            news: VecDeque::new(),
            sessions: JoinSet::new(),
            pots: Arc::default(),
            goodbye: CancellationToken::new(),
        }
    }

    /// Runs until the handle is dropped or asks for the end.
    pub(crate) async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        loop {
            let now = Instant::now();
            self.dial_what_is_due(now);
            self.open_what_is_due(now);
            let pause = self.next_due().map(|due| due.saturating_duration_since(now));
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_swarm_event(event, Instant::now()),
                Some(ended) = self.sessions.join_next_with_id() => {
                    let (task, ended) = match ended {
                        Ok((task, ended)) => (task, Some(ended)),
                        Err(error) => (error.id(), None),
                    };
                    self.on_session_end(task, ended, Instant::now());
                }
                Ok(room) = self.deliveries.clone().reserve_owned(), if !self.news.is_empty() => {
                    if let Some(event) = self.news.pop_front() {
                        room.send(Delivery::Plain(event));
                    }
                }
                command = commands.recv() => match command {
                    Some(Command::Shutdown(done)) => {
                        self.say_goodbye().await;
                        drop(self);
                        // Nobody waits any more: then nobody needs to hear.
                        let _ = done.send(());
                        return;
                    }
                    Some(command) => self.obey(command, Instant::now()),
                    None => return,
                },
                () = tokio::time::sleep(pause.unwrap_or(Duration::MAX)), if pause.is_some() => {}
            }
        }
    }

    fn obey(&mut self, command: Command, now: Instant) {
        match command {
            Command::Dial(Place { address, device: Some(device) }) => self.want(device, vec![address], now),
            Command::Dial(Place { address, device: None }) => self.book.want_place(address, now),
            Command::Know(device, addresses) => self.want(device, addresses, now),
            Command::Forget(device) => {
                self.book.forget(device);
                self.weigh(device);
            }
            Command::Disconnect(device) => self.close_all(device, now),
            Command::Block(device, blocked) => {
                self.swarm.behaviour_mut().admission.set_blocked(device, blocked);
                self.turn_out(now);
            }
            Command::AllowOnly(devices) => {
                self.swarm.behaviour_mut().admission.choose(devices.map(|list| list.into_iter().collect()));
                self.turn_out(now);
            }
            Command::Shutdown(_) => {} // taken by `run`
        }
    }

    fn want(&mut self, device: DeviceId, addresses: Vec<Multiaddr>, now: Instant) {
        if device != self.device {
            self.book.want(device, addresses, now);
            self.weigh(device);
        }
    }

    /// Notes whether `device` is wanted, for the pot from which its long messages take their room, and for admission.
    pub(crate) fn weigh(&mut self, device: DeviceId) {
        let wanted = self.book.wants(device);
        self.swarm.behaviour_mut().admission.set_wanted(device, wanted);
        if let Some(peer) = self.peers.get(&device) {
            peer.wanted.store(wanted, Ordering::Relaxed);
            for link in peer.links.values().filter(|_| wanted) {
                self.swarm.behaviour_mut().admission.meet(&link.address);
            }
        }
    }

    /// Closes connections with those who are no longer admitted.
    fn turn_out(&mut self, now: Instant) {
        let admission = &self.swarm.behaviour().admission;
        let out: Vec<DeviceId> =
            self.peers.keys().copied().filter(|device| admission.admits(*device).is_err()).collect();
        for device in out {
            self.close_all(device, now);
        }
        self.book.hurry(now);
    }

    fn dial_what_is_due(&mut self, now: Instant) {
        if !self.listening {
            return;
        }
        let (peers, admission) = (&self.peers, &self.swarm.behaviour().admission);
        let left_alone =
            |device| peers.get(&device).is_some_and(Peer::is_connected) || admission.admits(device).is_err();
        for Dial { target, addresses } in self.book.due(now, left_alone) {
            let options = match &target {
                Target::Device(device) => peer_of(*device).map(|peer| {
                    let to_it = DialOpts::peer_id(peer).addresses(addresses.clone());
                    to_it.condition(PeerCondition::Always).allocate_new_port().build()
                }),
                Target::Place(address) => {
                    Some(DialOpts::unknown_peer_id().address(address.clone()).allocate_new_port().build())
                }
            };
            let Some(options) = options else {
                self.book.strike(&target); // its bytes are no key: nobody can ever answer to them
                continue;
            };
            self.dials.insert(options.connection_id(), target);
            let connection = options.connection_id();
            if let Err(error) = self.swarm.dial(options) {
                self.on_dial_failure(connection, None, error, addresses.first(), now);
            }
        }
    }

    /// Asks for a stream wherever one is missing. The lower of two devices opens it.
    fn open_what_is_due(&mut self, now: Instant) {
        for (device, peer) in self.peers.range_mut(self.device..) {
            if let (Some(connection), Some(id)) = (peer.wants_stream(now), peer_of(*device)) {
                peer.opening = Some(connection);
                self.swarm.behaviour_mut().streams.open(id, connection);
            }
        }
    }

    fn next_due(&self) -> Option<Instant> {
        let admission = &self.swarm.behaviour().admission;
        let left_alone = |device: DeviceId| {
            self.peers.get(&device).is_some_and(Peer::is_connected) || admission.admits(device).is_err()
        };
        let dial = self.listening.then(|| self.book.next_due(left_alone)).flatten();
        let open = self.peers.range(self.device..).filter_map(|(_, peer)| peer.next_due()).min();
        [dial, open].into_iter().flatten().min()
    }

    /// A stream stands. If there is a session already, it ends first: the other side knows best which stream it uses.
    pub(crate) fn begin(&mut self, device: DeviceId, connection: ConnectionId, stream: Stream) {
        let Some(peer) = self.peers.get_mut(&device) else { return };
        let Some(link) = peer.links.get(&connection).filter(|link| !link.closing) else { return };
        if let Some(standing) = &peer.session {
            standing.handle.stop.cancel();
            peer.next = Some((connection, stream));
            return;
        }
        let handle = Handle::default();
        let (peers, shared) = (&peer.wanted, &self.shared);
        let counts = shared.ledger.of(device, || shared.sessions.devices().into_iter().collect());
        let session = Session {
            device,
            address: with_peer(&link.address, device),
            connection,
            stream,
            handle: handle.clone(),
            allowance: Allowance::new(Arc::clone(&self.pots), Arc::clone(peers)),
            events: self.deliveries.clone(),
            counts,
            goodbye: self.goodbye.clone(),
        };
        let task = self.sessions.spawn(session::run(session)).id();
        peer.session = Some(Standing { connection, handle, task });
        peer.failures = 0;
    }

    fn on_session_end(&mut self, task: tokio::task::Id, ended: Option<Ended>, now: Instant) {
        let its = |peer: &Peer| peer.session.as_ref().is_some_and(|standing| standing.task == task);
        let Some((device, peer)) = self.peers.iter_mut().find(|(_, peer)| its(peer)) else { return };
        let device = *device;
        let (stood, by_us, offence) = match &ended {
            Some(Ended { end, stood, .. }) => (*stood, matches!(end, End::Stopped), end.is_offence()),
            None => (Duration::ZERO, false, true), // it panicked
        };
        if let Some(Ended { end, connection, .. }) = &ended {
            tracing::debug!(%device, ?connection, %end, "session ended");
        }
        peer.session_ended(stood, by_us, now, &mut self.chance);
        if let Some((connection, stream)) = peer.next.take() {
            self.begin(device, connection, stream);
        }
        if offence {
            self.close_all(device, now);
        }
        self.tidy(device);
    }

    /// Closes every connection with `device`.
    pub(crate) fn close_all(&mut self, device: DeviceId, now: Instant) {
        let Some(peer) = self.peers.get(&device) else { return };
        for connection in peer.live(|_, _| true) {
            self.close(device, connection, now);
        }
    }

    /// Closes one connection and has nothing to do with it any more.
    pub(crate) fn close(&mut self, device: DeviceId, connection: ConnectionId, now: Instant) {
        if let Some(link) = self.peers.get_mut(&device).and_then(|peer| peer.links.get_mut(&connection)) {
            link.closing = true;
        }
        if let Some(peer) = peer_of(device) {
            self.swarm.behaviour_mut().admission.closing(&peer, connection);
        }
        self.swarm.close_connection(connection);
        self.let_go(device, connection, now);
    }

    /// A connection is closed, or as good as closed: its session ends, and its device may have to be dialled again.
    pub(crate) fn let_go(&mut self, device: DeviceId, connection: ConnectionId, now: Instant) {
        let Some(peer) = self.peers.get_mut(&device) else { return };
        if peer.opening == Some(connection) {
            peer.opening = None;
        }
        if peer.next.as_ref().is_some_and(|(on, _)| *on == connection) {
            peer.next = None;
        }
        if let Some(standing) = peer.session.as_ref().filter(|standing| standing.connection == connection) {
            standing.handle.stop.cancel();
        }
        if !peer.is_connected() {
            self.book.lost(device, now, &mut self.chance);
        }
    }

    /// Forgets a device of which nothing is left.
    pub(crate) fn tidy(&mut self, device: DeviceId) {
        if self.peers.get(&device).is_some_and(Peer::is_gone) {
            self.peers.remove(&device);
        }
    }

    /// Tells something as soon as there is room. What nobody takes in time, and matters least, is dropped.
    pub(crate) fn tell(&mut self, event: NetEvent) {
        if self.news.len() >= NEWS
            && let Some(at) = self
                .news
                .iter()
                .position(|event| matches!(event, NetEvent::Discovered { .. } | NetEvent::DialFailed { .. }))
        {
            self.news.remove(at);
        }
        self.news.push_back(event);
    }

    /// Writes what is queued, and closes, for up to a second.
    async fn say_goodbye(&mut self) {
        let end = tokio::time::sleep(GOODBYE);
        tokio::pin!(end);
        self.goodbye.cancel();
        for standing in self.peers.values().filter_map(|peer| peer.session.as_ref()) {
            standing.handle.outbox.finish();
        }
        while !self.sessions.is_empty() {
            tokio::select! {
                _ = self.swarm.select_next_some() => {}
                _ = self.sessions.join_next() => {}
                () = &mut end => return,
            }
        }
        let connected: Vec<_> = self.swarm.connected_peers().copied().collect();
        for peer in connected {
            // An error says that it is gone already.
            let _ = self.swarm.disconnect_peer_id(peer);
        }
        while self.swarm.connected_peers().next().is_some() {
            tokio::select! {
                _ = self.swarm.select_next_some() => {}
                () = &mut end => return,
            }
        }
    }

    /// Where we listen, as the handle sees it.
    pub(crate) fn set_listening(&self, change: impl FnOnce(&mut Vec<Multiaddr>)) {
        change(&mut self.shared.listening.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
