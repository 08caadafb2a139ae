//! Bare libp2p, which `net` is measured against.

use libp2p::{Swarm, SwarmBuilder, identity, noise, tcp, yamux};
use std::time::Duration;

/// A swarm over TCP that opens streams and does nothing else; it leaves idle connections alone for as long as a row takes.
pub(crate) fn swarm(seed: [u8; 32]) -> Swarm<libp2p_stream::Behaviour> {
    let keys = identity::Keypair::ed25519_from_bytes(seed).expect("a seed");
    SwarmBuilder::with_existing_identity(keys)
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .expect("noise")
        .with_behaviour(|_| libp2p_stream::Behaviour::new())
        .expect("a behaviour")
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(3_600)))
        .build()
}
