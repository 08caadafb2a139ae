//! The behaviour that says who may connect at all, and how many at once.

use hedgerow_model::DeviceId;
use libp2p::PeerId;
use libp2p::core::transport::PortUse;
use libp2p::core::{Endpoint, Multiaddr};
use libp2p::swarm::behaviour::{ConnectionClosed, ConnectionEstablished, DialFailure, ListenFailure};
use libp2p::swarm::{
    CloseConnection, ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent,
    THandlerOutEvent, ToSwarm, dummy,
};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::convert::Infallible;
use std::net::IpAddr;
use std::task::{Context, Poll};
use std::time::Instant;

use crate::address::{Transport, device_of_peer, ip_of, transport};
use crate::limits::{
    INCOMING, INCOMING_WANTED, MET, PENDING, PENDING_FROM_ONE, PENDING_FROM_ONE_MET, PENDING_SETTLED, PER_DEVICE,
    PER_DEVICE_CLOSING, PLACES_QUIC, STRANGER_STAYS, TOTAL,
};
use crate::threshold::Callers;

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

/// A connection that others begin and that does not stand yet.
struct Arrival {
    address: Multiaddr,
    from: Option<IpAddr>,
    /// Whether a device that somebody asked for was met there.
    met: bool,
    since: Instant,
}

/// A connection that others began, and that stands.
struct Guest {
    peer: PeerId,
    places: usize,
    since: Instant,
    /// Whether it is being closed to make room.
    goes: bool,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Behaviour {
    blocked: BTreeSet<DeviceId>,
    /// `None`: everybody who is not blocked.
    chosen: Option<BTreeSet<DeviceId>>,
    /// Those that somebody asked for. They are let in when strangers have filled their places.
    wanted: BTreeSet<DeviceId>,
    arriving: HashMap<ConnectionId, Arrival>,
    callers: Callers,
    /// Where devices that somebody asked for were met, the latest last.
    met: VecDeque<IpAddr>,
    leaving: HashSet<ConnectionId>,
    incoming: HashMap<ConnectionId, Guest>,
    /// Strangers who make room, until the swarm has been told.
    sent_out: VecDeque<(PeerId, ConnectionId)>,
    /// Every connection that stands. Emptied of a peer with its last one: strangers leave nothing behind.
    standing: HashMap<PeerId, HashSet<ConnectionId>>,
    /// Those that are being closed. Over a dead link that may take minutes, and must not keep their device out.
    closing: HashSet<ConnectionId>,
    total: usize,
}

impl Behaviour {
    /// With all places free, and `callers` to be sent away where they are not.
    pub(crate) fn at(callers: Callers) -> Behaviour {
        Behaviour { callers, ..Behaviour::default() }
    }

    /// Notes that a device that somebody asked for is at `place`.
    pub(crate) fn meet(&mut self, place: &Multiaddr) {
        let Some(from) = ip_of(place).map(network) else { return };
        self.met.retain(|other| *other != from);
        self.met.push_back(from);
        if self.met.len() > MET {
            self.met.pop_front();
        }
    }

    /// Lets somebody begin to set up a connection. Where all places are taken, whoever has had one for long loses it.
    fn let_begin(&mut self, connection: ConnectionId, address: &Multiaddr, now: Instant) -> Result<(), Refusal> {
        let from = ip_of(address).map(network);
        let met = from.is_some_and(|from| self.met.contains(&from));
        let from_one = if met { PENDING_FROM_ONE_MET } else { PENDING_FROM_ONE };
        let crowd = |arrival: &&Arrival| arrival.met == met;
        if self.arriving.values().filter(crowd).filter(|other| other.from == from).count() >= from_one {
            self.make_room(now, |arrival| arrival.from == from)?;
        } else if self.arriving.values().filter(crowd).count() >= PENDING {
            self.make_room(now, |arrival| arrival.met == met)?;
        }
        self.arriving.insert(connection, Arrival { address: address.clone(), from, met, since: now });
        Ok(())
    }

    /// Sends away who has been the longest at it among these, if that is long enough.
    fn make_room(&mut self, now: Instant, among: impl Fn(&Arrival) -> bool) -> Result<(), Refusal> {
        let oldest = self.arriving.iter().filter(|(_, arrival)| among(arrival));
        let oldest = oldest.min_by_key(|(connection, arrival)| (arrival.since, **connection));
        let settled = oldest.filter(|(_, arrival)| now.duration_since(arrival.since) >= PENDING_SETTLED);
        let connection = settled.map(|(connection, _)| *connection).ok_or(Refusal::Full)?;
        if let Some(arrival) = self.arriving.remove(&connection) {
            self.callers.send_away(&arrival.address);
        }
        Ok(())
    }

    /// Finds places for a stranger. Where all are taken, those who have stood the longest make room, if it was for long:
    /// whoever shares nothing with us by then has no business here.
    fn seat_stranger(&mut self, places: usize, now: Instant) -> Result<(), Refusal> {
        let wanted = |peer: &PeerId| device_of_peer(peer).is_some_and(|device| self.wanted.contains(&device));
        let mut strangers: Vec<(&ConnectionId, &mut Guest)> =
            self.incoming.iter_mut().filter(|(_, guest)| !guest.goes && !wanted(&guest.peer)).collect();
        strangers.sort_by_key(|(connection, guest)| (guest.since, **connection));
        let mut taken: usize = strangers.iter().map(|(_, guest)| guest.places).sum();
        for (connection, guest) in strangers {
            if taken + places <= INCOMING || now.duration_since(guest.since) < STRANGER_STAYS {
                break;
            }
            taken -= guest.places;
            guest.goes = true;
            self.sent_out.push_back((guest.peer, *connection));
        }
        if taken + places > INCOMING { Err(Refusal::Full) } else { Ok(()) }
    }

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

    /// A connection stands; `from` is where it came from, if others began it.
    fn began(&mut self, peer: PeerId, connection: ConnectionId, from: Option<&Multiaddr>, now: Instant) {
        self.arriving.remove(&connection);
        self.leaving.remove(&connection);
        if let Some(from) = from {
            self.incoming.insert(connection, Guest { peer, places: places(from), since: now, goes: false });
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
        if self.incoming.len() >= INCOMING_WANTED || self.total >= TOTAL {
            return Err(ConnectionDenied::new(Refusal::Full));
        }
        self.let_begin(connection, from, Instant::now()).map_err(ConnectionDenied::new)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        from: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.arriving.remove(&connection);
        if self.incoming.len() >= INCOMING_WANTED {
            return Err(ConnectionDenied::new(Refusal::Full));
        }
        self.check(&peer).map_err(ConnectionDenied::new)?;
        if !device_of_peer(&peer).is_some_and(|device| self.wanted.contains(&device)) {
            self.seat_stranger(places(from), Instant::now()).map_err(ConnectionDenied::new)?;
        }
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
                let from = endpoint.is_listener().then(|| endpoint.get_remote_address());
                self.began(peer_id, connection_id, from, Instant::now());
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
        // Somebody is sent out only when somebody else comes, and then the swarm asks again.
        match self.sent_out.pop_front() {
            Some((peer_id, connection)) => {
                Poll::Ready(ToSwarm::CloseConnection { peer_id, connection: CloseConnection::One(connection) })
            }
            None => Poll::Pending,
        }
    }
}

/// How many strangers' places a connection from there takes up.
fn places(from: &Multiaddr) -> usize {
    if matches!(transport(from), Some(Transport::Quic(_))) { PLACES_QUIC } else { 1 }
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
            admission.began(stranger, number(n), Some(&at(n)), Instant::now());
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
            admission.began(bo, number(n), None, Instant::now());
        }
        assert_eq!(admission.check(&bo), Err(Refusal::Enough));
        admission.closing(&bo, number(0));
        assert_eq!(admission.check(&bo), Ok(()));
        for n in PER_DEVICE..PER_DEVICE_CLOSING {
            admission.began(bo, number(n), None, Instant::now());
            admission.closing(&bo, number(n));
        }
        assert_eq!(admission.check(&bo), Err(Refusal::Enough), "dying ones are bounded too");
    }

    #[test]
    fn a_crowd_from_outside_leaves_room_to_dial() {
        let mut admission = Behaviour::default();
        let address = |text: &str| text.parse::<Multiaddr>().expect("an address");
        let (here, there) = (address("/ip4/192.0.2.7/tcp/1"), address("/ip6/2001:db8::7/tcp/1"));
        for n in 0..PENDING_FROM_ONE {
            assert!(admission.handle_pending_inbound_connection(number(n), &here, &there).is_ok());
        }
        let same_network = address("/ip6/2001:db8::8/tcp/1");
        assert!(admission.handle_pending_inbound_connection(number(5000), &here, &same_network).is_err());
        assert!(admission.handle_pending_inbound_connection(number(5001), &here, &here).is_ok());

        let ((_, cy), (bo, friend)) = (person(3), person(2));
        let (_, stranger) = person(9);
        for n in 0..INCOMING {
            admission.began(stranger, number(n), Some(&at(n)), Instant::now());
        }
        admission.set_wanted(bo, true);
        assert!(admission.handle_established_inbound_connection(number(6000), cy, &here, &here).is_err());
        assert!(admission.handle_established_inbound_connection(number(6001), friend, &here, &here).is_ok());
        for n in INCOMING..INCOMING_WANTED {
            admission.began(friend, number(n), Some(&here), Instant::now());
        }
        assert!(admission.handle_established_inbound_connection(number(6002), person(4).1, &here, &here).is_err());
        assert_eq!(admission.check(&cy), Ok(()), "anybody can still be dialled");
    }

    fn at(n: usize) -> Multiaddr {
        format!("/ip4/10.0.{}.{}/tcp/1", n / 250, n % 250 + 1).parse().expect("an address")
    }

    #[test]
    fn whoever_only_begins_makes_room_for_who_comes_after() {
        let (mut admission, begun) = (Behaviour::default(), Instant::now());
        let later = begun + PENDING_SETTLED;
        for n in 0..PENDING {
            assert_eq!(admission.let_begin(number(n), &at(n), begun), Ok(()));
        }
        assert_eq!(admission.let_begin(number(900), &at(900), begun), Err(Refusal::Full), "they have only just come");
        assert_eq!(admission.let_begin(number(901), &at(901), later), Ok(()));
        assert_eq!(admission.arriving.len(), PENDING, "one had to go");
        assert!(!admission.arriving.contains_key(&number(0)) && admission.arriving.contains_key(&number(901)));

        let mut admission = Behaviour::default();
        let place = at(7);
        admission.let_begin(number(500), &at(8), begun).expect("there is room");
        for n in 0..PENDING_FROM_ONE {
            assert_eq!(admission.let_begin(number(n), &place, begun), Ok(()));
        }
        assert_eq!(admission.let_begin(number(901), &place, begun), Err(Refusal::Full));
        assert_eq!(admission.let_begin(number(902), &place, later), Ok(()));
        assert!(admission.arriving.contains_key(&number(500)), "one from the same place goes");
        assert_eq!(admission.arriving.len(), PENDING_FROM_ONE + 1);
    }

    #[test]
    fn strangers_who_have_stood_for_long_make_room_and_friends_never_do() {
        let (mut admission, begun) = (Behaviour::default(), Instant::now());
        let (bo, friend) = person(1_000);
        admission.set_wanted(bo, true);
        admission.began(friend, number(9_000), Some(&at(1)), begun);
        for n in 0..INCOMING {
            assert_eq!(admission.seat_stranger(1, begun), Ok(()), "friends take no stranger's place");
            admission.began(person(n as u64).1, number(n), Some(&at(n)), begun);
        }
        assert_eq!(admission.seat_stranger(1, begun), Err(Refusal::Full));
        assert!(admission.sent_out.is_empty());
        let later = begun + STRANGER_STAYS;
        let quic: Multiaddr = "/ip4/192.0.2.7/udp/1/quic-v1".parse().expect("an address");
        assert_eq!(admission.seat_stranger(places(&quic), later), Ok(()));
        let out: Vec<ConnectionId> = admission.sent_out.iter().map(|(_, connection)| *connection).collect();
        assert_eq!(out, (0..PLACES_QUIC).map(number).collect::<Vec<_>>(), "one over QUIC takes up more");
    }

    #[test]
    fn an_office_where_a_friend_was_met_has_places_of_its_own() {
        let (mut admission, now) = (Behaviour::default(), Instant::now());
        for n in 0..PENDING {
            assert_eq!(admission.let_begin(number(n), &at(n), now), Ok(()));
        }
        let office = at(1_000);
        assert_eq!(admission.let_begin(number(900), &office, now), Err(Refusal::Full));
        admission.meet(&office);
        for n in 0..PENDING_FROM_ONE_MET {
            assert_eq!(admission.let_begin(number(1_000 + n), &office, now), Ok(()), "all of them come at once");
        }
        for n in 0..2 * MET {
            admission.meet(&at(n));
        }
        assert_eq!(admission.met.len(), MET);
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
