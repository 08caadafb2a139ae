//! Connections from any of this machine's own addresses: all of 127.0.0.0/8 is ours, and to a node each of them is
//! somebody else.

use futures::{FutureExt, future::BoxFuture};
use libp2p::core::transport::{DialOpts, ListenerId, TransportError, TransportEvent};
use libp2p::{Multiaddr, Transport, multiaddr::Protocol};
use std::{
    future::Pending,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
};
use tokio::net::{TcpSocket, TcpStream};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

/// Connects from one address of this machine to another.
pub(super) async fn connected(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    socket.connect(to).await
}

/// The IP address and port that a multiaddress begins with.
pub(super) fn socket_of(address: &Multiaddr) -> Option<SocketAddr> {
    let mut parts = address.iter();
    match (parts.next()?, parts.next()?) {
        (Protocol::Ip4(ip), Protocol::Tcp(port)) => Some(SocketAddr::new(IpAddr::V4(ip), port)),
        _ => None,
    }
}

/// A transport that dials from this address.
pub(super) struct DialFrom(pub(super) Ipv4Addr);

impl Transport for DialFrom {
    type Output = Compat<TcpStream>;
    type Error = io::Error;
    type ListenerUpgrade = Pending<io::Result<Self::Output>>;
    type Dial = BoxFuture<'static, io::Result<Self::Output>>;

    fn listen_on(&mut self, _: ListenerId, address: Multiaddr) -> Result<(), TransportError<io::Error>> {
        Err(TransportError::MultiaddrNotSupported(address))
    }

    fn remove_listener(&mut self, _: ListenerId) -> bool {
        false
    }

    fn dial(&mut self, address: Multiaddr, _: DialOpts) -> Result<Self::Dial, TransportError<io::Error>> {
        let (from, to) = (self.0, socket_of(&address));
        let to = to.ok_or(TransportError::MultiaddrNotSupported(address))?;
        Ok(async move { connected(from, to).await.map(TokioAsyncReadCompatExt::compat) }.boxed())
    }

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        Poll::Pending
    }
}
