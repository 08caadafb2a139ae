//! The behaviour that says which devices may connect at all.

use hedgerow_model::DeviceId;
use libp2p::PeerId;
use libp2p::core::transport::PortUse;
use libp2p::core::{Endpoint, Multiaddr};
use libp2p::swarm::behaviour::{ConnectionClosed, ConnectionEstablished};
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
    dummy,
};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::convert::Infallible;
use std::task::{Context, Poll};

use crate::address::device_of_peer;
use crate::limits::PER_DEVICE;

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
}

/// See the module.
#[derive(Default)]
pub(crate) struct Behaviour {
    blocked: BTreeSet<DeviceId>,
    /// `None`: everybody who is not blocked.
    chosen: Option<BTreeSet<DeviceId>>,
    /// Connections that stand and are not being closed. One that is closing may wait for a dead link for minutes; it
    /// must not keep its device out.
    live: HashMap<PeerId, HashSet<ConnectionId>>,
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

    /// A connection is being closed and counts no longer.
    pub(crate) fn closing(&mut self, peer: &PeerId, connection: ConnectionId) {
        if let Some(live) = self.live.get_mut(peer) {
            live.remove(&connection);
            if live.is_empty() {
                self.live.remove(peer);
            }
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
        match self.live.get(peer) {
            Some(live) if live.len() >= PER_DEVICE => Err(Refusal::Enough),
            _ => Ok(()),
        }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.check(&peer).map_err(ConnectionDenied::new)?;
        Ok(dummy::ConnectionHandler)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: Option<PeerId>,
        _: &[Multiaddr],
        _: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        if let Some(peer) = peer {
            self.check(&peer).map_err(ConnectionDenied::new)?;
        }
        Ok(Vec::new())
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.check(&peer).map_err(ConnectionDenied::new)?;
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm) {
        match event {
            FromSwarm::ConnectionEstablished(ConnectionEstablished { peer_id, connection_id, .. }) => {
                self.live.entry(peer_id).or_default().insert(connection_id);
            }
            FromSwarm::ConnectionClosed(ConnectionClosed { peer_id, connection_id, .. }) => {
                self.closing(&peer_id, connection_id);
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
