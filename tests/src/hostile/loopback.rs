//! Connections from any of this machine's own addresses: all of 127.0.0.0/8 is ours, and to a node each of them is
//! somebody else.

use futures::{FutureExt, future::BoxFuture};
use libp2p::core::{
    Endpoint,
    muxing::StreamMuxerBox,
    transport::{DialOpts, ListenerId, PortUse, TransportError, TransportEvent},
};
use libp2p::{Multiaddr, Transport, identity::Keypair, multiaddr::Protocol, quic};
use std::{
    future::Pending,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
};
use tokio::net::{TcpSocket, TcpStream, UdpSocket};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

/// Connects from one address of this machine to another.
pub(super) async fn connected(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    socket.connect(to).await
}

/// The IP address and TCP port that a multiaddress begins with.
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

/// Connects from one address of this machine over QUIC.
pub(super) async fn dial_quic(keys: &Keypair, from: Ipv4Addr, to: Multiaddr) -> io::Result<StreamMuxerBox> {
    let mut transport = quic::tokio::Transport::new(quic::Config::new(keys));
    // What goes out of the socket that listens comes from where it listens.
    let here = Multiaddr::from(from).with(Protocol::Udp(0)).with(Protocol::QuicV1);
    transport.listen_on(ListenerId::next(), here).map_err(refused)?;
    let options = DialOpts { role: Endpoint::Dialer, port_use: PortUse::Reuse };
    let (_, connection) = transport.dial(to, options).map_err(refused)?.await.map_err(io::Error::other)?;
    Ok(StreamMuxerBox::new(connection))
}

/// The first datagram of a QUIC connection that never gets a second one.
pub async fn first_datagram(config: &quic::Config) -> io::Result<Vec<u8>> {
    let nowhere = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let to = Multiaddr::from(Ipv4Addr::LOCALHOST).with(Protocol::Udp(nowhere.local_addr()?.port()));
    let options = DialOpts { role: Endpoint::Dialer, port_use: PortUse::New };
    let mut transport = quic::tokio::Transport::new(config.clone());
    let dialling = transport.dial(to.with(Protocol::QuicV1), options).map_err(refused)?;
    let mut datagram = vec![0; 2_048];
    tokio::select! {
        _ = dialling => Err(io::Error::other("nobody is there, and it was answered")),
        read = nowhere.recv(&mut datagram) => {
            datagram.truncate(read?);
            Ok(datagram)
        }
    }
}

fn refused(fault: TransportError<quic::Error>) -> io::Error {
    io::Error::other(fault.to_string())
}
