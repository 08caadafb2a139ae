//! Row 7: what our framing, queues and limits cost over a bare libp2p stream that is kept open.

use crate::Run;
use crate::stage::bare::swarm;
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_model::DeviceId;
use hedgerow_net::{Net, NetConfig, NetEvent, NetEvents, NotSent};
use libp2p::swarm::{Stream, SwarmEvent, dial_opts::DialOpts};
use libp2p::{Multiaddr, PeerId, StreamProtocol};
use std::time::Instant;
use zeroize::Zeroizing;

/// Messages to and fro in one run.
const TALK: usize = 200;
/// Bytes of each.
const WORD: usize = 500;
/// Bytes of a message in bulk.
const PIECE: usize = 1 << 20;
const LISTEN: &str = "/ip4/127.0.0.1/tcp/0";
const PROTOCOL: StreamProtocol = StreamProtocol::new("/bare/1");

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let (runs, pieces) = (run.size(30, 8), run.size(128, 32));
    crate::stage::nodes::run(async {
        let (mut ours, mut bare) = (Ours::connect().await, Bare::connect().await);
        let (mut times, mut bare_times, mut speeds, mut bare_speeds) = (vec![], vec![], vec![], vec![]);
        for turn in 0..runs + 1 {
            let (time, bare_time) = (ours.talk().await, bare.talk().await);
            let (speed, bare_speed) = (ours.carry(pieces).await, bare.carry(pieces).await);
            // The first warms up.
            if turn > 0 {
                times.push(time);
                bare_times.push(bare_time);
                speeds.push(speed);
                bare_speeds.push(bare_speed);
            }
        }
        vec![
            Figure::new(format!("{WORD} bytes there and back"), Unit::Nanoseconds, times)
                .against("bare libp2p stream", bare_times)
                .goal(Goal::AtMost(1.2)),
            Figure::new("in bulk", Unit::BytesPerSecond, speeds)
                .against("bare libp2p stream", bare_speeds)
                .goal(Goal::AtLeast(0.8)),
        ]
    })
}

/// Ada's network room, and a Bo who answers.
struct Ours {
    net: Net,
    events: NetEvents,
    to: DeviceId,
}

async fn start(seed: u8) -> (Net, NetEvents) {
    let config = NetConfig {
        seed: Zeroizing::new([seed; 32]),
        listen: vec![LISTEN.to_owned()],
        peers: Vec::new(),
        discovery: false,
        chance: [seed; 32],
    };
    Net::start(config).await.expect("a free port")
}

impl Ours {
    async fn connect() -> Ours {
        let ((net, mut events), (bo, mut at_bos)) = (start(1).await, start(2).await);
        while bo.addresses().is_empty() {
            at_bos.recv().await.expect("it runs");
        }
        let to = bo.device();
        net.dial(Some(to), &bo.addresses()[0]).expect("an address");
        tokio::spawn(async move {
            while let Some(event) = at_bos.recv().await {
                let NetEvent::Message { from, bytes } = event else { continue };
                // Answers words at once, and the last piece of a bulk, which says so.
                if bytes.len() < PIECE || bytes[0] == 1 {
                    let _ = bo.send(from, bytes[..bytes.len().min(WORD)].to_vec());
                }
            }
        });
        while !matches!(events.recv().await, Some(NetEvent::Connected { .. })) {}
        Ours { net, events, to }
    }

    async fn talk(&mut self) -> f64 {
        let begun = Instant::now();
        for _ in 0..TALK {
            self.net.send(self.to, vec![7; WORD]).expect("room for it");
            self.answer().await;
        }
        begun.elapsed().as_nanos() as f64 / TALK as f64
    }

    async fn carry(&mut self, pieces: usize) -> f64 {
        let begun = Instant::now();
        for piece in 0..pieces {
            let mut bytes = vec![0; PIECE];
            bytes[0] = u8::from(piece + 1 == pieces);
            while let Err(NotSent::Backpressure { .. }) = self.net.send(self.to, bytes.clone()) {
                while !matches!(self.events.recv().await, Some(NetEvent::Drained { .. })) {}
            }
        }
        self.answer().await;
        (pieces * PIECE) as f64 / begun.elapsed().as_secs_f64()
    }

    async fn answer(&mut self) {
        while !matches!(self.events.recv().await.expect("it runs"), NetEvent::Message { .. }) {}
    }
}

/// The same over one stream of bare libp2p, with a length before each message.
struct Bare {
    stream: Stream,
}

impl Bare {
    async fn connect() -> Bare {
        let (mut ada, mut bo) = (swarm([3; 32]), swarm([4; 32]));
        bo.listen_on(LISTEN.parse().expect("an address")).expect("a free port");
        let address: Multiaddr = loop {
            if let Some(SwarmEvent::NewListenAddr { address, .. }) = bo.next().await {
                break address;
            }
        };
        let peer: PeerId = *bo.local_peer_id();
        let mut incoming = bo.behaviour().new_control().accept(PROTOCOL).expect("the only one");
        tokio::spawn(async move { while bo.next().await.is_some() {} });
        tokio::spawn(async move {
            let (_, mut stream) = incoming.next().await.expect("a stream");
            while let Some(bytes) = hear(&mut stream).await {
                if bytes.len() < PIECE || bytes[0] == 1 {
                    say(&mut stream, &bytes[..bytes.len().min(WORD)]).await;
                }
            }
        });
        ada.dial(DialOpts::peer_id(peer).addresses(vec![address]).build()).expect("it dials");
        while !matches!(ada.next().await, Some(SwarmEvent::ConnectionEstablished { .. })) {}
        let mut control = ada.behaviour().new_control();
        tokio::spawn(async move { while ada.next().await.is_some() {} });
        Bare { stream: control.open_stream(peer, PROTOCOL).await.expect("a stream") }
    }

    async fn talk(&mut self) -> f64 {
        let begun = Instant::now();
        for _ in 0..TALK {
            say(&mut self.stream, &[7; WORD]).await;
            hear(&mut self.stream).await.expect("an answer");
        }
        begun.elapsed().as_nanos() as f64 / TALK as f64
    }

    async fn carry(&mut self, pieces: usize) -> f64 {
        let begun = Instant::now();
        for piece in 0..pieces {
            let mut bytes = vec![0; PIECE];
            bytes[0] = u8::from(piece + 1 == pieces);
            say(&mut self.stream, &bytes).await;
        }
        hear(&mut self.stream).await.expect("an answer");
        (pieces * PIECE) as f64 / begun.elapsed().as_secs_f64()
    }
}

async fn say(stream: &mut Stream, bytes: &[u8]) {
    stream.write_all(&(bytes.len() as u32).to_be_bytes()).await.expect("it is read");
    stream.write_all(bytes).await.expect("it is read");
    stream.flush().await.expect("it is read");
}

async fn hear(stream: &mut Stream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).await.ok()?;
    let mut bytes = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}
