//! What is known of one connected device: its connections, and the session on one of them.

use libp2p::swarm::{ConnectionId, Stream};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use libp2p::Multiaddr;
use libp2p::core::ConnectedPoint;

use crate::address::{Transport, ip_of, plain, transport};
use crate::book::Pause;
use crate::limits::SETTLED;
use crate::session::Handle;

/// One connection.
pub(crate) struct Link {
    pub(crate) address: Multiaddr,
    /// Our own address on it, as far as that can be known.
    pub(crate) local: Option<IpAddr>,
    pub(crate) since: Instant,
    /// It is being closed. Over a dead link that may take minutes; nothing is done with it any more.
    pub(crate) closing: bool,
}

impl Link {
    pub(crate) fn new(endpoint: &ConnectedPoint, now: Instant) -> Self {
        let address = plain(endpoint.get_remote_address());
        let told = match endpoint {
            ConnectedPoint::Listener { local_addr, .. } => ip_of(local_addr).filter(|ip| !ip.is_unspecified()),
            ConnectedPoint::Dialer { .. } => None,
        };
        Link { local: told.or_else(|| our_side_of(&address)), address, since: now, closing: false }
    }
}

/// The address that this machine uses towards `remote` now. Asks the routing table; nothing is sent.
fn our_side_of(remote: &Multiaddr) -> Option<IpAddr> {
    let ip = ip_of(remote)?;
    let (Transport::Tcp(port) | Transport::Quic(port)) = transport(remote)?;
    let any: IpAddr = if ip.is_ipv4() { [0, 0, 0, 0].into() } else { [0; 16].into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(SocketAddr::new(ip, port)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// The session that stands.
pub(crate) struct Standing {
    pub(crate) connection: ConnectionId,
    pub(crate) handle: Handle,
    pub(crate) task: tokio::task::Id,
}

/// One device.
pub(crate) struct Peer {
    pub(crate) links: BTreeMap<ConnectionId, Link>,
    pub(crate) session: Option<Standing>,
    /// A newer stream, taken up when the session that stands has ended.
    pub(crate) next: Option<(ConnectionId, Stream)>,
    /// The connection on which a stream is being opened.
    pub(crate) opening: Option<ConnectionId>,
    /// Before this, no stream is opened.
    pub(crate) open_at: Instant,
    /// Streams that were not opened, since the last that was.
    pub(crate) failures: u8,
    pub(crate) wanted: Arc<AtomicBool>,
    pause: Pause,
}

impl Peer {
    pub(crate) fn new(now: Instant) -> Self {
        Peer {
            links: BTreeMap::new(),
            session: None,
            next: None,
            opening: None,
            open_at: now,
            failures: 0,
            wanted: Arc::default(),
            pause: Pause::default(),
        }
    }

    /// Whether it has a connection that is not being closed.
    pub(crate) fn is_connected(&self) -> bool {
        self.links.values().any(|link| !link.closing)
    }

    /// Whether nothing of it is left.
    pub(crate) fn is_gone(&self) -> bool {
        self.links.is_empty() && self.session.is_none() && self.next.is_none()
    }

    /// Whether `connection` stands and is not being closed.
    pub(crate) fn is_live(&self, connection: ConnectionId) -> bool {
        self.links.get(&connection).is_some_and(|link| !link.closing)
    }

    /// The connections that are not being closed and of which `which` holds.
    pub(crate) fn live(&self, which: impl Fn(ConnectionId, &Link) -> bool) -> Vec<ConnectionId> {
        let live = self.links.iter().filter(|(id, link)| !link.closing && which(**id, link));
        live.map(|(id, _)| *id).collect()
    }

    /// The connections that `newest` replaces. Nobody dials a device that it is connected to; so a connection that
    /// comes late means that the other side has lost the older ones, even where we have not noticed.
    pub(crate) fn replaced_by(&self, newest: ConnectionId, now: Instant) -> Vec<ConnectionId> {
        self.live(|id, link| id != newest && now.duration_since(link.since) >= SETTLED)
    }

    /// Where to open a stream now: the newest connection, when no stream stands or is on its way.
    pub(crate) fn wants_stream(&self, now: Instant) -> Option<ConnectionId> {
        if self.open_at > now {
            return None;
        }
        self.lacks_stream()
    }

    /// When to look again, if a stream will be wanted.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.lacks_stream().map(|_| self.open_at)
    }

    fn lacks_stream(&self) -> Option<ConnectionId> {
        if self.session.is_some() || self.next.is_some() || self.opening.is_some() {
            return None;
        }
        let live = self.links.iter().filter(|(_, link)| !link.closing);
        live.max_by_key(|(id, link)| (link.since, **id)).map(|(id, _)| *id)
    }

    /// A stream was not opened, or ended soon: wait before the next.
    pub(crate) fn postpone(&mut self, now: Instant, chance: &mut impl rand_core::Rng) {
        self.open_at = now + self.pause.next(chance);
    }

    /// A session ended. After one that stood a while, or that we ended ourselves, the next may begin at once.
    pub(crate) fn session_ended(
        &mut self,
        stood: Duration,
        by_us: bool,
        now: Instant,
        chance: &mut impl rand_core::Rng,
    ) {
        self.session = None;
        if stood >= SETTLED || by_us {
            self.pause = Pause::default();
            self.open_at = now;
        } else {
            self.postpone(now, chance);
        }
    }
}
