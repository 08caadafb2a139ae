//! The behaviour that opens and accepts the kept stream of protocol `/hedgerow/1`, on a connection of our choice.

use libp2p::PeerId;
use libp2p::core::transport::PortUse;
use libp2p::core::upgrade::ReadyUpgrade;
use libp2p::core::{Endpoint, Multiaddr};
use libp2p::swarm::handler::{ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound};
use libp2p::swarm::{
    ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm, NetworkBehaviour,
    NotifyHandler, Stream, StreamProtocol, SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use std::collections::VecDeque;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::limits::STREAM_PAUSE;

/// The name of the protocol, and its version.
pub(crate) const PROTOCOL: StreamProtocol = StreamProtocol::new("/hedgerow/1");

/// A stream of one connection.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) peer: PeerId,
    pub(crate) connection: ConnectionId,
    pub(crate) what: What,
}

/// What happened to it.
#[derive(Debug)]
pub(crate) enum What {
    /// The stream we asked for stands.
    Opened(Stream),
    /// The stream we asked for does not.
    NotOpened,
    /// The other side opened one.
    Offered(Stream),
}

/// Asks a connection for a stream.
#[derive(Debug)]
pub(crate) struct Open;

/// See the module.
#[derive(Default)]
pub(crate) struct Behaviour {
    waiting: VecDeque<ToSwarm<Event, Open>>,
    waker: Option<Waker>,
}

impl Behaviour {
    /// Opens the stream on `connection`; answered by [`What::Opened`] or [`What::NotOpened`], unless it closes.
    pub(crate) fn open(&mut self, peer: PeerId, connection: ConnectionId) {
        let handler = NotifyHandler::One(connection);
        self.waiting.push_back(ToSwarm::NotifyHandler { peer_id: peer, handler, event: Open });
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Event;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(Handler::default())
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(Handler::default())
    }

    fn on_swarm_event(&mut self, _: FromSwarm) {}

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, what: THandlerOutEvent<Self>) {
        self.waiting.push_back(ToSwarm::GenerateEvent(Event { peer, connection, what }));
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        match self.waiting.pop_front() {
            Some(event) => Poll::Ready(event),
            None => {
                self.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// One connection's part: at most one stream being opened, and inbound streams no faster than [`STREAM_PAUSE`].
#[derive(Default)]
pub(crate) struct Handler {
    asked: bool,
    news: VecDeque<What>,
    last_offered: Option<Instant>,
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Open;
    type ToBehaviour = What;
    type InboundProtocol = ReadyUpgrade<StreamProtocol>;
    type OutboundProtocol = ReadyUpgrade<StreamProtocol>;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = ();

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol> {
        SubstreamProtocol::new(ReadyUpgrade::new(PROTOCOL), ())
    }

    fn poll(
        &mut self,
        _: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Self::OutboundProtocol, (), Self::ToBehaviour>> {
        if let Some(what) = self.news.pop_front() {
            return Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(what));
        }
        if std::mem::take(&mut self.asked) {
            let protocol = SubstreamProtocol::new(ReadyUpgrade::new(PROTOCOL), ());
            return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol });
        }
        // Every change of `news` and `asked` comes through the two calls below, after which the swarm polls again.
        Poll::Pending
    }

    fn on_behaviour_event(&mut self, Open: Open) {
        self.asked = true;
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<Self::InboundProtocol, Self::OutboundProtocol>) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol, .. }) => {
                let now = Instant::now();
                if self.last_offered.is_none_or(|last| now.duration_since(last) >= STREAM_PAUSE) {
                    self.last_offered = Some(now);
                    self.news.push_back(What::Offered(protocol));
                }
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol, .. }) => {
                self.news.push_back(What::Opened(protocol));
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError { .. }) => self.news.push_back(What::NotOpened),
            _ => {}
        }
    }
}
