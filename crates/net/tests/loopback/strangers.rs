//! Others on the network who speak libp2p, and not Hedgerow.

use crate::people::{Person, QUIC, TCP, person, they_meet, they_talk};
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use hedgerow_model::DeviceId;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{Stream, SwarmEvent};
use libp2p::{Multiaddr, StreamProtocol, Swarm, SwarmBuilder, identify, noise, tcp, yamux};
use libp2p_stream as stream;
use std::time::Duration;

const PROTOCOL: StreamProtocol = StreamProtocol::new("/hedgerow/1");
const MOMENT: Duration = Duration::from_millis(50);

/// A stranger's swarm, running in a task of its own, and a way to open streams.
struct Stranger {
    device: DeviceId,
    control: stream::Control,
    peer: libp2p::PeerId,
}

impl Stranger {
    /// Connects with `to`, with a key that is lower than hers, so that it is the stranger's part to open the stream.
    async fn connected_to(to: &Person) -> Stranger {
        let keys = (0..=255)
            .map(|seed: u8| libp2p::identity::Keypair::ed25519_from_bytes([seed; 32]).expect("a seed"))
            .find(|keys| device(keys) < to.device())
            .expect("a lower key");
        let device = device(&keys);
        let mut swarm: Swarm<stream::Behaviour> = SwarmBuilder::with_existing_identity(keys)
            .with_tokio()
            .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
            .expect("noise")
            .with_quic()
            .with_behaviour(|_| stream::Behaviour::new())
            .expect("a behaviour")
            .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(60)))
            .build();
        let address: Multiaddr = to.address().parse().expect("an address");
        let peer = to.net.peer_id().parse().expect("a peer");
        swarm.dial(DialOpts::peer_id(peer).addresses(vec![address]).build()).expect("dials");
        while !matches!(swarm.next().await, Some(SwarmEvent::ConnectionEstablished { .. })) {}
        let control = swarm.behaviour().new_control();
        tokio::spawn(async move { while swarm.next().await.is_some() {} });
        Stranger { device, control, peer }
    }

    async fn stream(&mut self) -> Stream {
        self.control.open_stream(self.peer, PROTOCOL).await.expect("a stream")
    }
}

fn device(keys: &libp2p::identity::Keypair) -> DeviceId {
    DeviceId::from_bytes(keys.public().try_into_ed25519().expect("Ed25519").to_bytes())
}

/// Two friends who are not to be disturbed.
async fn friends(listen: &str) -> (Person, Person) {
    let (mut ada, mut bo) = (person(1, listen).await, person(2, listen).await);
    ada.net.dial(Some(bo.device()), &bo.address()).expect("an address");
    they_meet(&mut ada, &mut bo).await;
    (ada, bo)
}

#[tokio::test]
async fn a_length_over_the_limit_costs_the_stranger_the_connection_and_us_nothing() {
    for listen in [TCP, QUIC] {
        let (mut ada, mut bo) = friends(listen).await;
        let mut mallory = Stranger::connected_to(&ada).await;
        let mut stream = mallory.stream().await;
        stream.write_all(&u32::MAX.to_be_bytes()).await.expect("written");
        stream.flush().await.expect("flushed");
        ada.meets(mallory.device).await;
        ada.loses(mallory.device).await;
        let mut rest = Vec::new();
        let closed = stream.read_to_end(&mut rest).await;
        assert!(closed.is_err() || rest.is_empty(), "the stream is gone");
        they_talk(&mut ada, &mut bo).await;
    }
}

#[tokio::test]
async fn garbage_halves_and_a_crowd_of_streams_do_no_harm() {
    for listen in [TCP, QUIC] {
        let (mut ada, mut bo) = friends(listen).await;
        let mut mallory = Stranger::connected_to(&ada).await;
        let mut kept = Vec::new();
        for round in 0..40_u32 {
            // Beyond so many at once the stranger is made to wait.
            let opening = mallory.control.open_stream(mallory.peer, PROTOCOL);
            let Ok(Ok(mut stream)) = tokio::time::timeout(MOMENT, opening).await else { continue };
            let garbage: Vec<u8> = (0..round * 7).map(|n| (n * 31 + round) as u8).collect();
            let half = [&1000_u32.to_be_bytes()[..], &garbage].concat();
            let _ =
                stream.write_all(if round % 3 == 0 { &garbage } else { &half[..half.len().min(round as usize)] }).await;
            let _ = stream.flush().await;
            match round % 4 {
                0 => drop(stream),
                1 => drop(stream.close().await),
                _ => kept.push(stream),
            }
        }
        they_talk(&mut ada, &mut bo).await;
        assert!(ada.net.connected().contains(&bo.device()));
    }
}

/// What a stranger may learn by asking: that this is Hedgerow, and nothing about the machine.
#[tokio::test]
async fn a_stranger_who_asks_who_we_are_learns_the_protocol_and_no_more() {
    let ada = person(1, TCP).await;
    let keys = libp2p::identity::Keypair::ed25519_from_bytes([9; 32]).expect("a seed");
    let mut swarm = SwarmBuilder::with_existing_identity(keys)
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .expect("noise")
        .with_behaviour(|keys| identify::Behaviour::new(identify::Config::new("/curious".to_owned(), keys.public())))
        .expect("a behaviour")
        .build();
    let hers = ada.address().parse::<Multiaddr>().expect("an address");
    swarm.dial(hers.clone()).expect("dials");
    let told = loop {
        match swarm.select_next_some().await {
            SwarmEvent::Behaviour(identify::Event::Received { info, .. }) => break info,
            // On a busy machine the meeting may end before the answer comes.
            SwarmEvent::ConnectionClosed { .. } | SwarmEvent::OutgoingConnectionError { .. } => {
                swarm.dial(hers.clone()).expect("dials again");
            }
            _ => {}
        }
    };
    assert_eq!((told.agent_version.as_str(), told.protocol_version.as_str()), ("hedgerow", "/hedgerow/1"));
    assert_eq!(told.listen_addrs, [], "not where else we listen");
    assert!(told.protocols.contains(&PROTOCOL));
}

#[tokio::test]
async fn messages_of_a_stranger_arrive_with_the_strangers_name() {
    let mut ada = person(1, TCP).await;
    let mut mallory = Stranger::connected_to(&ada).await;
    let mut stream = mallory.stream().await;
    // In single bytes: how they are cut on the way means nothing.
    for byte in [0, 0, 0, 5, b'h', b'e', b'l', b'l', b'o', 0, 0, 0, 0] {
        stream.write_all(&[byte]).await.expect("written");
        stream.flush().await.expect("flushed");
    }
    ada.meets(mallory.device).await;
    assert_eq!(ada.hears(mallory.device).await, b"hello");
    assert_eq!(ada.hears(mallory.device).await, b"");

    ada.says(mallory.device, b"who are you?");
    let mut heard = [0; 16];
    stream.read_exact(&mut heard).await.expect("an answer");
    assert_eq!(heard[..4], [0, 0, 0, 12]);
    assert_eq!(&heard[4..], b"who are you?");
}
