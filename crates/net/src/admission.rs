//! The behaviour that says who may connect at all, and how many at once.

use hedgerow_model::DeviceId;
use libp2p::PeerId;
use libp2p::core::transport::PortUse;
use libp2p::core::{Endpoint, Multiaddr};
use libp2p::swarm::behaviour::{ConnectionClosed, ConnectionEstablished, DialFailure, ListenFailure};
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
    dummy,
};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::convert::Infallible;
use std::net::IpAddr;
use std::task::{Context, Poll};

use crate::address::{device_of_peer, ip_of};
use crate::limits::{INCOMING, INCOMING_WANTED, PENDING, PENDING_FROM_ONE, PER_DEVICE, PER_DEVICE_CLOSING, TOTAL};

/// Why a connection was not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("its key is not of the kind that Hedgerow devices have")]
    NotADevice,
    #[error("that device is blocked")]
    Blocked,
    #[error("only chosen devices are let in, and it is not one of them")]
    NotChosen,
    #[error("there are {PER_DEVICE} connections with it already")]
    Enough,
    #[error("there are as many connections as this device allows")]
    Full,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Behaviour {
    blocked: BTreeSet<DeviceId>,
    /// `None`: everybody who is not blocked.
    chosen: Option<BTreeSet<DeviceId>>,
    /// Those that somebody asked for. They are let in when strangers have filled their places.
    wanted: BTreeSet<DeviceId>,
    arriving: HashMap<ConnectionId, Option<IpAddr>>,
    leaving: HashSet<ConnectionId>,
    incoming: HashSet<ConnectionId>,
    /// Every connection that stands. Emptied of a peer with its last one: strangers leave nothing behind.
    standing: HashMap<PeerId, HashSet<ConnectionId>>,
    /// Those that are being closed. Over a dead link that may take minutes, and must not keep their device out.
    closing: HashSet<ConnectionId>,
    total: usize,
}

impl Behaviour {
    /// Refuses `device` from now on, or no longer.
    pub(crate) fn set_blocked(&mut self, device: DeviceId, blocked: bool) {
        if blocked {
            self.blocked.insert(device);
        } else {
            self.blocked.remove(&device);
        }
    }

    /// Admits only these from now on; `None` for everybody who is not blocked.
    pub(crate) fn choose(&mut self, chosen: Option<BTreeSet<DeviceId>>) {
        self.chosen = chosen;
    }

    /// Notes that somebody asked for `device`, or does no longer.
    pub(crate) fn set_wanted(&mut self, device: DeviceId, wanted: bool) {
        if wanted {
            self.wanted.insert(device);
        } else {
            self.wanted.remove(&device);
        }
    }

    /// A connection that stands is being closed.
    pub(crate) fn closing(&mut self, peer: &PeerId, connection: ConnectionId) {
        if self.standing.get(peer).is_some_and(|standing| standing.contains(&connection)) {
            self.closing.insert(connection);
        }
    }

    /// Whether connections with `device` are admitted.
    pub(crate) fn admits(&self, device: DeviceId) -> Result<(), Refusal> {
        if self.blocked.contains(&device) {
            return Err(Refusal::Blocked);
        }
        if self.chosen.as_ref().is_some_and(|chosen| !chosen.contains(&device)) {
            return Err(Refusal::NotChosen);
        }
        Ok(())
    }

    fn check(&self, peer: &PeerId) -> Result<(), Refusal> {
        self.admits(device_of_peer(peer).ok_or(Refusal::NotADevice)?)?;
        if self.total >= TOTAL {
            return Err(Refusal::Full);
        }
        let Some(standing) = self.standing.get(peer) else { return Ok(()) };
        let live = standing.difference(&self.closing).count();
        if live >= PER_DEVICE || standing.len() >= PER_DEVICE_CLOSING { Err(Refusal::Enough) } else { Ok(()) }
    }

    fn began(&mut self, peer: PeerId, connection: ConnectionId, incoming: bool) {
        self.arriving.remove(&connection);
        self.leaving.remove(&connection);
        if incoming {
            self.incoming.insert(connection);
        }
        self.standing.entry(peer).or_default().insert(connection);
        self.total += 1;
    }

    fn ended(&mut self, peer: PeerId, connection: ConnectionId) {
        self.incoming.remove(&connection);
        self.closing.remove(&connection);
        if let Some(standing) = self.standing.get_mut(&peer) {
            self.total -= usize::from(standing.remove(&connection));
            if standing.is_empty() {
                self.standing.remove(&peer);
            }
        }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        _: &Multiaddr,
        from: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        let from = ip_of(from).map(network);
        let alike = self.arriving.values().filter(|other| **other == from).count();
        let crowded = self.arriving.len() >= PENDING || alike >= PENDING_FROM_ONE;
        if crowded || self.incoming.len() >= INCOMING_WANTED || self.total >= TOTAL {
            return Err(ConnectionDenied::new(Refusal::Full));
        }
        self.arriving.insert(connection, from);
        Ok(())
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.arriving.remove(&connection);
        let wanted = device_of_peer(&peer).is_some_and(|device| self.wanted.contains(&device));
        if self.incoming.len() >= if wanted { INCOMING_WANTED } else { INCOMING } {
            return Err(ConnectionDenied::new(Refusal::Full));
        }
        self.check(&peer).map_err(ConnectionDenied::new)?;
        Ok(dummy::ConnectionHandler)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        _: &[Multiaddr],
        _: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        if self.leaving.len() >= PENDING {
            return Err(ConnectionDenied::new(Refusal::Full));
        }
        if let Some(peer) = peer {
            self.check(&peer).map_err(ConnectionDenied::new)?;
        }
        self.leaving.insert(connection);
        Ok(Vec::new())
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.leaving.remove(&connection);
        self.check(&peer).map_err(ConnectionDenied::new)?;
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match event {
            FromSwarm::ConnectionEstablished(ConnectionEstablished { peer_id, connection_id, endpoint, .. }) => {
                self.began(peer_id, connection_id, endpoint.is_listener());
            }
            FromSwarm::ConnectionClosed(ConnectionClosed { peer_id, connection_id, .. }) => {
                self.ended(peer_id, connection_id);
            }
            FromSwarm::ListenFailure(ListenFailure { connection_id, .. }) => {
                self.arriving.remove(&connection_id);
            }
            FromSwarm::DialFailure(DialFailure { connection_id, .. }) => {
                self.leaving.remove(&connection_id);
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}

/// An IPv4 address, or the network of an IPv6 address: whoever has one address of a /64 has them all.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::peer_of;
    use libp2p::identity::Keypair;

    fn person(seed: u64) -> (DeviceId, PeerId) {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        let keys = Keypair::ed25519_from_bytes(bytes).expect("a seed").public();
        let device = DeviceId::from_bytes(keys.try_into_ed25519().expect("Ed25519").to_bytes());
        (device, peer_of(device).expect("a key"))
    }

    fn number(n: usize) -> ConnectionId {
        ConnectionId::new_unchecked(n)
    }

    #[test]
    fn strangers_leave_nothing_behind() {
        let mut admission = Behaviour::default();
        for n in 0..200 {
            let (_, stranger) = person(n as u64);
            admission.began(stranger, number(n), true);
            admission.closing(&stranger, number(n));
            admission.ended(stranger, number(n));
            admission.closing(&stranger, number(n));
        }
        assert!(admission.standing.is_empty() && admission.incoming.is_empty() && admission.closing.is_empty());
        assert_eq!(admission.total, 0);
    }

    #[test]
    fn a_device_has_four_connections_and_those_that_are_dying_do_not_count() {
        let (mut admission, (_, bo)) = (Behaviour::default(), person(2));
        for n in 0..PER_DEVICE {
            assert_eq!(admission.check(&bo), Ok(()));
            admission.began(bo, number(n), false);
        }
        assert_eq!(admission.check(&bo), Err(Refusal::Enough));
        admission.closing(&bo, number(0));
        assert_eq!(admission.check(&bo), Ok(()));
        for n in PER_DEVICE..PER_DEVICE_CLOSING {
            admission.began(bo, number(n), false);
            admission.closing(&bo, number(n));
        }
        assert_eq!(admission.check(&bo), Err(Refusal::Enough), "dying ones are bounded too");
    }

    #[test]
    fn a_crowd_from_outside_leaves_room_to_dial() {
        let mut admission = Behaviour::default();
        let at = |text: &str| text.parse::<Multiaddr>().expect("an address");
        let (here, there) = (at("/ip4/192.0.2.7/tcp/1"), at("/ip6/2001:db8::7/tcp/1"));
        for n in 0..PENDING_FROM_ONE {
            assert!(admission.handle_pending_inbound_connection(number(n), &here, &there).is_ok());
        }
        let same_network = at("/ip6/2001:db8::8/tcp/1");
        assert!(admission.handle_pending_inbound_connection(number(5000), &here, &same_network).is_err());
        assert!(admission.handle_pending_inbound_connection(number(5001), &here, &here).is_ok());

        let ((_, cy), (bo, friend)) = (person(3), person(2));
        let (_, stranger) = person(9);
        for n in 0..INCOMING {
            admission.began(stranger, number(n), true);
        }
        admission.set_wanted(bo, true);
        assert!(admission.handle_established_inbound_connection(number(6000), cy, &here, &here).is_err());
        assert!(admission.handle_established_inbound_connection(number(6001), friend, &here, &here).is_ok());
        for n in INCOMING..INCOMING_WANTED {
            admission.began(friend, number(n), true);
        }
        assert!(admission.handle_established_inbound_connection(number(6002), person(4).1, &here, &here).is_err());
        assert_eq!(admission.check(&cy), Ok(()), "anybody can still be dialled");
    }

    #[test]
    fn blocked_and_unchosen_devices_stay_out() {
        let (mut admission, (bo, peer)) = (Behaviour::default(), person(2));
        admission.set_blocked(bo, true);
        assert_eq!(admission.check(&peer), Err(Refusal::Blocked));
        admission.set_blocked(bo, false);
        admission.choose(Some(BTreeSet::from([person(3).0])));
        assert_eq!(admission.check(&peer), Err(Refusal::NotChosen));
        admission.choose(None);
        assert_eq!(admission.check(&peer), Ok(()));
        assert_eq!(admission.check(&PeerId::random()), Err(Refusal::NotADevice));
    }
}
