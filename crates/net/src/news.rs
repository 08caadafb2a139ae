//! What the swarm says, and what follows from it.

use hedgerow_model::DeviceId;
use libp2p::core::ConnectedPoint;
use libp2p::swarm::behaviour::NewListenAddr;
use libp2p::swarm::{ConnectionId, DialError, FromSwarm, NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, PeerId, TransportError, mdns, ping};
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::address::{device_of_peer, found_on_lan, ip_of, plain};
use crate::admission::Refusal;
use crate::book::Target;
use crate::event::NetEvent;
use crate::limits::{CONNECTING, DISCOVERY_ENTRIES};
use crate::listen::{kind_or_text, one_line, why};
use crate::net::with_peer;
use crate::peer::{Link, Peer};
use crate::streams::{self, What};
use crate::swarm::{BehaviourEvent, discover};
use crate::task::Task;

/// A connection on which so many streams in a row were not opened is given up.
const STREAM_FAILURES: u8 = 5;
/// In the beginning our addresses are found one after another, which changes nothing.
const STARTING: Duration = Duration::from_secs(1);
const OURSELVES: &str = "this is the device's own address";

impl Task {
    pub(crate) fn on_swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>, now: Instant) {
        match event {
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_connection(peer_id, connection_id, &endpoint, now);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, .. } => {
                self.on_connection_closed(peer_id, connection_id, now);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, peer_id, error } => {
                self.on_dial_failure(connection_id, peer_id, error, None, now);
            }
            SwarmEvent::NewListenAddr { address, .. } => self.on_address(address, now),
            SwarmEvent::ExpiredListenAddr { address, .. } => self.on_address_gone(&address, now),
            SwarmEvent::ListenerClosed { listener_id, addresses, reason } => {
                self.set_listening(|listening| listening.retain(|address| !addresses.contains(address)));
                if let (Some(address), Err(error)) = (self.listeners.remove(&listener_id), reason) {
                    self.tell(NetEvent::ListenFailed { address: address.to_string(), why: why(&error) });
                }
            }
            SwarmEvent::Behaviour(event) => self.on_behaviour_event(event, now),
            _ => {}
        }
    }

    fn on_behaviour_event(&mut self, event: BehaviourEvent, now: Instant) {
        match event {
            BehaviourEvent::Streams(event) => self.on_stream(event, now),
            BehaviourEvent::Ping(ping::Event { peer, connection, result: Err(_) }) => {
                self.on_silence(peer, connection, now);
            }
            BehaviourEvent::Discovery(mdns::Event::Discovered(found)) => self.on_discovered(found, now),
            BehaviourEvent::Discovery(mdns::Event::Expired(gone)) => {
                for (peer, address) in gone {
                    if let (Some(device), Some(address)) = (device_of_peer(&peer), found_on_lan(&address)) {
                        self.book.faded(device, &address);
                    }
                }
            }
            _ => {}
        }
    }

    fn on_connection(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint, now: Instant) {
        let Some(device) = device_of_peer(&peer) else {
            // Admission refuses such keys; this is the second lock on the same door.
            self.swarm.close_connection(connection);
            return;
        };
        if let Some(target) = self.dials.remove(&connection) {
            self.book.reached(&target, device, Some(plain(endpoint.get_remote_address())), now);
        }
        let state = self.peers.entry(device).or_insert_with(|| Peer::new(now));
        if !state.is_connected() && state.session.is_none() {
            state.open_at = now;
        }
        state.links.insert(connection, Link::new(endpoint, now));
        self.weigh(device);
        let replaced = self.peers.get(&device).map(|peer| peer.replaced_by(connection, now)).unwrap_or_default();
        for older in replaced {
            self.close(device, older, now);
        }
    }

    fn on_connection_closed(&mut self, peer: PeerId, connection: ConnectionId, now: Instant) {
        let Some(device) = device_of_peer(&peer) else { return };
        let removed = self.peers.get_mut(&device).and_then(|peer| peer.links.remove(&connection));
        if removed.is_some_and(|link| !link.closing) {
            self.let_go(device, connection, now);
        }
        self.tidy(device);
    }

    fn on_stream(&mut self, streams::Event { peer, connection, what }: streams::Event, now: Instant) {
        let Some(device) = device_of_peer(&peer) else { return };
        let Some(state) = self.peers.get_mut(&device) else { return };
        match what {
            What::Opened(stream) => {
                if state.opening == Some(connection) {
                    state.opening = None;
                    self.begin(device, connection, stream);
                }
            }
            What::NotOpened => {
                if state.opening == Some(connection) {
                    state.opening = None;
                    state.failures += 1;
                    state.postpone(now, &mut self.chance);
                    if state.failures >= STREAM_FAILURES {
                        state.failures = 0;
                        self.close(device, connection, now);
                    }
                }
            }
            // The lower of the two opens; a stream from the higher one is nothing we know.
            What::Offered(stream) => {
                if device < self.device {
                    self.begin(device, connection, stream);
                }
            }
        }
    }

    /// A ping was not answered. A connection on which messages move is not dead: its pings wait behind them.
    fn on_silence(&mut self, peer: PeerId, connection: ConnectionId, now: Instant) {
        let Some(device) = device_of_peer(&peer) else { return };
        let Some(state) = self.peers.get(&device) else { return };
        let moving = state
            .session
            .as_ref()
            .is_some_and(|standing| standing.connection == connection && standing.handle.life.is_recent());
        if !moving && state.is_live(connection) {
            tracing::debug!(%device, ?connection, "no answer to pings");
            self.close(device, connection, now);
        }
    }

    fn on_address(&mut self, address: Multiaddr, now: Instant) {
        self.listening = true;
        if is_link_local(&address) {
            return; // of no use without naming our own interface, which nobody else can
        }
        let text = with_peer(&address, self.device);
        self.set_listening(|listening| {
            if !listening.contains(&address) {
                listening.push(address);
            }
        });
        self.tell(NetEvent::Listening { address: text });
        // The first ones come all together, and nobody has been dialled yet.
        if now.duration_since(self.begun) >= STARTING {
            self.book.hurry_anew(now);
        }
    }

    /// This machine no longer has an address. Connections from it are dead, though TCP may not notice for minutes.
    fn on_address_gone(&mut self, address: &Multiaddr, now: Instant) {
        self.set_listening(|listening| listening.retain(|known| known != address));
        if let Some(gone) = ip_of(address) {
            let dead: Vec<(DeviceId, ConnectionId)> = self
                .peers
                .iter()
                .flat_map(|(device, peer)| {
                    let on_it = peer.live(|_, link| link.local == Some(gone));
                    on_it.into_iter().map(|connection| (*device, connection))
                })
                .collect();
            for (device, connection) in dead {
                self.close(device, connection, now);
            }
        }
        self.book.hurry(now);
    }

    fn on_discovered(&mut self, found: Vec<(PeerId, Multiaddr)>, now: Instant) {
        let mut news: BTreeMap<DeviceId, Vec<String>> = BTreeMap::new();
        for (peer, address) in found {
            let (Some(device), Some(address)) = (device_of_peer(&peer), found_on_lan(&address)) else { continue };
            if device != self.device && self.book.found(device, address.clone(), now) {
                news.entry(device).or_default().push(with_peer(&address, device));
            }
        }
        for (device, addresses) in news {
            self.tell(NetEvent::Discovered { device, addresses });
        }
        let held = self.swarm.behaviour().discovery.as_ref().map_or(0, |discovery| discovery.discovered_nodes().len());
        if held > DISCOVERY_ENTRIES {
            self.renew_discovery();
        }
    }

    /// Discovery keeps every announcement that it hears for as long as that says. A flood of them is answered by
    /// beginning afresh.
    fn renew_discovery(&mut self) {
        tracing::warn!("too many announcements on the LAN; discovery begins afresh");
        let mut fresh = discover(*self.swarm.local_peer_id(), true);
        let listening: Vec<Multiaddr> = self.swarm.listeners().cloned().collect();
        if let Some(listener_id) = self.listeners.keys().next().copied() {
            for addr in &listening {
                fresh.on_swarm_event(FromSwarm::NewListenAddr(NewListenAddr { listener_id, addr }));
            }
        }
        self.swarm.behaviour_mut().discovery = fresh;
    }

    pub(crate) fn on_dial_failure(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        error: DialError,
        tried: Option<&Multiaddr>,
        now: Instant,
    ) {
        let Some(target) = self.dials.remove(&connection) else { return };
        let device = match &target {
            Target::Device(device) => Some(*device),
            Target::Place(_) => None,
        };
        let tried = match &target {
            Target::Place(address) => Some(address.clone()),
            Target::Device(_) => first_address(&error).or_else(|| tried.cloned()),
        };
        // The swarm strikes out what it listens on itself; a place then has no address left.
        let no_other = matches!(error, DialError::NoAddresses) && matches!(target, Target::Place(_));
        let ourselves = no_other || matches!(error, DialError::LocalPeerId { .. });
        let (why, enough) = if ourselves { (OURSELVES.to_owned(), false) } else { reason(error) };
        if let (true, Some(there)) = (enough, peer.as_ref().and_then(device_of_peer)) {
            // Not a failure: it is connected already.
            self.book.reached(&target, there, tried.map(|address| plain(&address)), now);
            return;
        }
        if self.book.failed(&target, &why, now, &mut self.chance) {
            let address = tried.map(|address| plain(&address).to_string()).unwrap_or_default();
            self.tell(NetEvent::DialFailed { device, address, why });
        }
        if ourselves {
            self.book.strike(&target);
        }
    }
}

fn is_link_local(address: &Multiaddr) -> bool {
    matches!(ip_of(address), Some(IpAddr::V6(ip)) if ip.is_unicast_link_local())
}

fn first_address(error: &DialError) -> Option<Multiaddr> {
    match error {
        DialError::Transport(failures) => failures.first().map(|(address, _)| address.clone()),
        DialError::WrongPeerId { address, .. } | DialError::LocalPeerId { address } => Some(address.clone()),
        _ => None,
    }
}

/// Why a dial failed, in words that stay the same from one try to the next; and whether it failed only because there
/// are connections enough.
fn reason(error: DialError) -> (String, bool) {
    let text = match error {
        DialError::Transport(failures) => match failures.first() {
            Some((_, TransportError::Other(error))) => no_answer(error),
            _ => "addresses of this kind cannot be dialled here".to_owned(),
        },
        DialError::WrongPeerId { obtained, .. } => match device_of_peer(&obtained) {
            Some(device) => format!("another device answers there: {device}"),
            None => "something else than a Hedgerow device answers there".to_owned(),
        },
        DialError::LocalPeerId { .. } => OURSELVES.to_owned(),
        DialError::NoAddresses => "no address is known where it could be".to_owned(),
        DialError::Denied { cause } => match cause.downcast::<Refusal>() {
            Ok(Refusal::Enough) => return (Refusal::Enough.to_string(), true),
            Ok(refusal) => refusal.to_string(),
            Err(_) => "there are as many connections as this device allows".to_owned(),
        },
        DialError::DialPeerConditionFalse(_) | DialError::Aborted => "the attempt was given up".to_owned(),
    };
    (text, false)
}

fn no_answer(error: &io::Error) -> String {
    match kind_or_text(error) {
        Some(io::ErrorKind::ConnectionRefused) => {
            "nobody listens there; is Hedgerow running on that device, and is the port right?".to_owned()
        }
        Some(io::ErrorKind::TimedOut) => format!("no answer in {} s; is that device on?", CONNECTING.as_secs()),
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            "there is no way there from this network".to_owned()
        }
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe) => {
            "the other side hung up".to_owned()
        }
        _ => {
            let text = error.to_string();
            if text.to_ascii_lowercase().contains("timeout") || text.to_ascii_lowercase().contains("timed out") {
                format!("no answer in {} s; is that device on?", CONNECTING.as_secs())
            } else {
                one_line(&text)
            }
        }
    }
}
