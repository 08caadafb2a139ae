//! The libp2p swarm: transports, behaviours and their limits.

use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::dummy::DummyTransport;
use libp2p::core::transport::{Boxed, OrTransport};
use libp2p::core::upgrade::Version;
use libp2p::identity::Keypair;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::{Config, NetworkBehaviour};
use libp2p::{PeerId, Swarm, Transport, dns, identify, mdns, noise, ping, quic, tcp};
use std::time::Duration;

use crate::limits::{CONNECTING, IDLE, NEGOTIATING, PING, QUIC_CONNECTION, QUIC_STREAM, STREAMS};
use crate::multiplex::Multiplex;
use crate::threshold::{Callers, Threshold};
use crate::{NetFault, admission, streams};

/// What the swarm does. The one that refuses comes first, so that the others never hear of what was refused.
#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    pub(crate) admission: admission::Behaviour,
    pub(crate) streams: streams::Behaviour,
    pub(crate) ping: ping::Behaviour,
    pub(crate) identify: identify::Behaviour,
    pub(crate) discovery: Toggle<mdns::tokio::Behaviour>,
}

/// Builds it; nothing listens or dials yet.
pub(crate) fn build(keys: &Keypair, discovery: bool) -> Result<Swarm<Behaviour>, NetFault> {
    let callers = Callers::default();
    let transport = Threshold::before(transport(keys)?, callers.clone())?.boxed();
    let behaviour = Behaviour {
        admission: admission::Behaviour::at(callers),
        streams: streams::Behaviour::default(),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(PING).with_timeout(PING)),
        identify: identify::Behaviour::new(
            identify::Config::new(streams::PROTOCOL.to_string(), keys.public())
                .with_agent_version("hedgerow".to_owned())
                .with_hide_listen_addrs(true)
                .with_cache_size(0),
        ),
        discovery: discover(keys.public().to_peer_id(), discovery),
    };
    let config = Config::with_tokio_executor()
        .with_idle_connection_timeout(IDLE)
        .with_max_negotiating_inbound_streams(NEGOTIATING);
    Ok(Swarm::new(transport, behaviour, keys.public().to_peer_id(), config))
}

/// Discovery on the LAN, when it is wanted and this machine can do it.
pub(crate) fn discover(ourselves: PeerId, wanted: bool) -> Toggle<mdns::tokio::Behaviour> {
    if !wanted {
        return None.into();
    }
    // Half a minute: an announcement that was lost is made good soon, at 10 packets in five minutes.
    let config = mdns::Config { query_interval: Duration::from_secs(30), ..mdns::Config::default() };
    mdns::tokio::Behaviour::new(config, ourselves)
        .inspect_err(|error| tracing::warn!(%error, "no discovery on the LAN"))
        .ok()
        .into()
}

fn transport(keys: &Keypair) -> Result<Boxed<(PeerId, StreamMuxerBox)>, NetFault> {
    let noise = noise::Config::new(keys).map_err(|error| NetFault::Setup(error.to_string()))?;
    let tcp = tcp::tokio::Transport::new(tcp::Config::default())
        .upgrade(Version::V1Lazy)
        .authenticate(noise)
        .multiplex(Multiplex)
        .timeout(CONNECTING)
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));

    let mut config = quic::Config::new(keys);
    config.handshake_timeout = CONNECTING;
    config.max_stream_data = QUIC_STREAM;
    config.max_connection_data = QUIC_CONNECTION;
    config.max_concurrent_stream_limit = STREAMS as u32;
    let quic = quic::tokio::Transport::new(config).map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)));

    let both = OrTransport::new(quic, tcp).map(|either, _| either.into_inner()).boxed();
    // A machine without a resolver's configuration can still reach addresses that need none.
    let names_resolve = dns::tokio::Transport::system(DummyTransport::<()>::new()).is_ok();
    if names_resolve {
        let with_names = dns::tokio::Transport::system(both).map_err(|error| NetFault::Setup(error.to_string()))?;
        Ok(with_names.boxed())
    } else {
        Ok(both)
    }
}
