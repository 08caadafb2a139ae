//! Somebody on the network who speaks libp2p, as far as it suits them.

use super::loopback::{DialFrom, connected, dial_quic, socket_of};
use super::runtime;
use crate::Node;
use futures::{AsyncReadExt, AsyncWriteExt};
use hedgerow_model::DeviceId;
use libp2p::core::{
    Endpoint,
    muxing::{StreamMuxerBox, StreamMuxerExt, SubstreamBox},
    transport::{DialOpts, PortUse},
    upgrade::Version,
};
use libp2p::{Multiaddr, PeerId, Transport, identity::Keypair, noise, yamux};
use std::{
    collections::VecDeque,
    future::poll_fn,
    io,
    net::Ipv4Addr,
    str::FromStr,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    sync::{mpsc, oneshot},
    task::AbortHandle,
};

/// The protocol that Hedgerow's messages go by.
pub const PROTOCOL: &str = "/hedgerow/1";
const MULTISTREAM: &str = "/multistream/1.0.0";
const PING: &str = "/ipfs/ping/1.0.0";
/// How long the other side may take to set something up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A key, and the address that it is seen at.
#[derive(Clone)]
pub struct Stranger {
    keys: Keypair,
    from: Ipv4Addr,
}

impl Stranger {
    /// The one with this seed.
    pub fn of(mut seed: [u8; 32], from: Ipv4Addr) -> Stranger {
        let keys = Keypair::ed25519_from_bytes(&mut seed).expect("32 bytes are a seed");
        Stranger { keys, from }
    }

    /// The `nth` whose key is lower than those of all these nodes, so that it is the stranger's part to open the stream.
    /// Every one is at another address.
    pub fn nth(nth: u32, below: &[&Node]) -> Stranger {
        let [_, a, b, c] = (nth + 2).to_be_bytes();
        let from = Ipv4Addr::new(127, a, b, c);
        let keys = (0..).map(|attempt: u32| {
            let mut seed = [7; 32];
            seed[..4].copy_from_slice(&nth.to_be_bytes());
            seed[4..8].copy_from_slice(&attempt.to_be_bytes());
            Stranger::of(seed, from)
        });
        let lower = |stranger: &Stranger| below.iter().all(|node| stranger.device() < node.device());
        keys.into_iter().find(lower).expect("there is no end of keys")
    }

    /// Who the others see.
    pub fn device(&self) -> DeviceId {
        let key = self.keys.public().try_into_ed25519().expect("it was made as one");
        DeviceId::from_bytes(key.to_bytes())
    }

    /// A connection as libp2p makes it, over TCP or QUIC as the address says.
    pub async fn dial(&self, node: &str) -> io::Result<Connection> {
        let address = Multiaddr::from_str(node).map_err(io::Error::other)?;
        let muxer = if socket_of(&address).is_some() {
            self.dial_tcp(address).await?
        } else {
            tokio::time::timeout(PATIENCE, dial_quic(&self.keys, self.from, address)).await??
        };
        Ok(Connection::over(muxer))
    }

    async fn dial_tcp(&self, address: Multiaddr) -> io::Result<StreamMuxerBox> {
        let noise = noise::Config::new(&self.keys).map_err(io::Error::other)?;
        let mut transport = DialFrom(self.from)
            .upgrade(Version::V1)
            .authenticate(noise)
            .multiplex(yamux::Config::default())
            .timeout(PATIENCE);
        let options = DialOpts { role: Endpoint::Dialer, port_use: PortUse::New };
        let dialling = transport.dial(address, options).map_err(|fault| io::Error::other(fault.to_string()))?;
        let (_, muxer): (PeerId, _) = dialling.await.map_err(|fault| io::Error::other(fault.to_string()))?;
        Ok(StreamMuxerBox::new(muxer))
    }

    /// A connection with Hedgerow's stream on it.
    pub async fn talk(&self, node: &str) -> io::Result<Talk> {
        self.dial(node).await?.talk().await
    }
}

impl Node {
    /// The device that it is.
    pub fn device(&self) -> DeviceId {
        let address = self.address();
        let peer = address.rsplit('/').next().and_then(|peer| PeerId::from_str(peer).ok());
        let peer = peer.expect("an address with a peer");
        // A peer id is the key itself behind four bytes that say so.
        DeviceId::from_slice(&peer.as_ref().digest()[4..]).expect("an Ed25519 key")
    }
}

/// A bare connection from one of this machine's addresses; what is said on it is the caller's affair.
pub async fn connect(from: Ipv4Addr, node: &str) -> io::Result<TcpStream> {
    let address = Multiaddr::from_str(node).map_err(io::Error::other)?;
    connected(from, socket_of(&address).expect("an address over TCP")).await
}

/// A line of multistream-select: its length, the text, and the end of the line.
pub fn multistream(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len() + 1).expect("names of protocols are short");
    [&[length], text.as_bytes(), b"\n"].concat()
}

async fn read_line(stream: &mut SubstreamBox) -> io::Result<String> {
    let mut length = [0];
    stream.read_exact(&mut length).await?;
    let mut line = vec![0; usize::from(length[0])];
    stream.read_exact(&mut line).await?;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// A connection whose streams are opened by hand.
pub struct Connection {
    asked: mpsc::UnboundedSender<oneshot::Sender<SubstreamBox>>,
    driven: AbortHandle,
}

impl Connection {
    fn over(muxer: StreamMuxerBox) -> Connection {
        let (asked, asks) = mpsc::unbounded_channel();
        let driven = runtime().spawn(drive(muxer, asks)).abort_handle();
        Connection { asked, driven }
    }

    /// A stream on which nothing was said yet, not even which protocol it is for.
    pub async fn bare_stream(&self) -> io::Result<SubstreamBox> {
        let (give, take) = oneshot::channel();
        self.asked.send(give).map_err(|_| closed())?;
        take.await.map_err(|_| closed())
    }

    /// A stream of this protocol.
    pub async fn stream(&self, protocol: &str) -> io::Result<SubstreamBox> {
        let agreeing = async {
            let mut stream = self.bare_stream().await?;
            stream.write_all(&[multistream(MULTISTREAM), multistream(protocol)].concat()).await?;
            stream.flush().await?;
            for expected in [MULTISTREAM, protocol] {
                let line = read_line(&mut stream).await?;
                if line != expected {
                    return Err(io::Error::other(format!("the other side says {line:?}")));
                }
            }
            Ok(stream)
        };
        tokio::time::timeout(PATIENCE, agreeing).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    /// Hedgerow's stream on it.
    pub async fn talk(self) -> io::Result<Talk> {
        let stream = self.stream(PROTOCOL).await?;
        Ok(Talk::over(self, stream))
    }

    /// Whether the other side has closed it.
    pub fn is_closed(&self) -> bool {
        self.asked.is_closed()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driven.abort();
    }
}

fn closed() -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, "the connection was closed")
}

/// Keeps a connection going: opens what is asked for, and answers pings, without which the other side would leave.
async fn drive(mut muxer: StreamMuxerBox, mut asks: mpsc::UnboundedReceiver<oneshot::Sender<SubstreamBox>>) {
    let mut waiting = VecDeque::new();
    poll_fn(|cx| {
        while let Poll::Ready(asked) = asks.poll_recv(cx) {
            match asked {
                Some(asked) => waiting.push_back(asked),
                None => return Poll::Ready(()),
            }
        }
        match turn(&mut muxer, &mut waiting, cx) {
            Ok(()) => Poll::Pending,
            Err(_) => Poll::Ready(()),
        }
    })
    .await;
}

fn turn(
    muxer: &mut StreamMuxerBox,
    waiting: &mut VecDeque<oneshot::Sender<SubstreamBox>>,
    cx: &mut Context<'_>,
) -> io::Result<()> {
    loop {
        if let Poll::Ready(event) = muxer.poll_unpin(cx) {
            event?;
            continue;
        }
        if let Poll::Ready(stream) = muxer.poll_inbound_unpin(cx) {
            runtime().spawn(answer(stream?));
            continue;
        }
        if !waiting.is_empty()
            && let Poll::Ready(stream) = muxer.poll_outbound_unpin(cx)
        {
            let stream = stream?;
            if let Some(asked) = waiting.pop_front() {
                // Whoever asked may have given up.
                let _ = asked.send(stream);
            }
            continue;
        }
        return Ok(());
    }
}

/// Answers pings on a stream that the other side opened, and knows nothing else.
async fn answer(mut stream: SubstreamBox) -> io::Result<()> {
    loop {
        let line = read_line(&mut stream).await?;
        let known = line == MULTISTREAM || line == PING;
        stream.write_all(&multistream(if known { &line } else { "na" })).await?;
        stream.flush().await?;
        if line == PING {
            break;
        }
    }
    let mut ping = [0; 32];
    loop {
        stream.read_exact(&mut ping).await?;
        stream.write_all(&ping).await?;
        stream.flush().await?;
    }
}

/// Hedgerow's stream with a node: whole messages come in by themselves, and anything goes out.
pub struct Talk {
    /// What it goes over.
    pub connection: Connection,
    out: futures::io::WriteHalf<SubstreamBox>,
    heard: mpsc::UnboundedReceiver<Vec<u8>>,
}

impl Talk {
    fn over(connection: Connection, stream: SubstreamBox) -> Talk {
        let (read, out) = stream.split();
        let (told, heard) = mpsc::unbounded_channel();
        runtime().spawn(listen(read, told));
        Talk { connection, out, heard }
    }

    /// Sends one message, as a frame.
    pub async fn say(&mut self, message: &[u8]) -> io::Result<()> {
        let length = u32::try_from(message.len()).expect("messages are short");
        self.write(&[&length.to_be_bytes(), message].concat()).await
    }

    /// Sends bytes, framed or not.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes).await?;
        self.out.flush().await
    }

    /// The next message; `None` when the other side has ended it.
    pub async fn hear(&mut self) -> Option<Vec<u8>> {
        self.heard.recv().await
    }

    /// Waits until the other side has ended it.
    pub async fn until_ended(&mut self) {
        while self.heard.recv().await.is_some() {}
    }
}

async fn listen(mut read: futures::io::ReadHalf<SubstreamBox>, told: mpsc::UnboundedSender<Vec<u8>>) -> io::Result<()> {
    loop {
        let mut length = [0; 4];
        read.read_exact(&mut length).await?;
        let mut message = vec![0; u32::from_be_bytes(length) as usize];
        read.read_exact(&mut message).await?;
        if told.send(message).is_err() {
            return Ok(());
        }
    }
}
