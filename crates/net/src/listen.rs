//! Listening, and saying plainly what stands in the way.

use libp2p::core::transport::ListenerId;
use libp2p::{Multiaddr, Swarm, TransportError};
use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::NetFault;
use crate::address::{Transport, ip_of, transport};
use crate::swarm::Behaviour;

/// Tried when no address is given. Not every machine has IPv6.
const EVERYWHERE: [(&str, bool); 4] = [
    ("/ip4/0.0.0.0/tcp/0", true),
    ("/ip4/0.0.0.0/udp/0/quic-v1", true),
    ("/ip6/::/tcp/0", false),
    ("/ip6/::/udp/0/quic-v1", false),
];

/// Begins to listen on `addresses`, all of them, or everywhere when none is given.
pub(crate) fn begin(
    swarm: &mut Swarm<Behaviour>,
    addresses: Vec<Multiaddr>,
) -> Result<HashMap<ListenerId, Multiaddr>, NetFault> {
    let mut listeners = HashMap::new();
    if addresses.is_empty() {
        for (text, needed) in EVERYWHERE {
            let address: Multiaddr = text.parse().map_err(|_| fault_at(text, "it is not an address".to_owned()))?;
            match swarm.listen_on(address.clone()) {
                Ok(id) => {
                    listeners.insert(id, address);
                }
                Err(error) if needed => return Err(fault_at(text, why(&error))),
                Err(error) => tracing::debug!(text, %error, "not listening"),
            }
        }
        return Ok(listeners);
    }
    for address in &addresses {
        look(address).map_err(|error| fault_at(&address.to_string(), why(&error)))?;
    }
    for address in addresses {
        let id = swarm.listen_on(address.clone()).map_err(|error| match error {
            TransportError::Other(error) => fault_at(&address.to_string(), why(&error)),
            TransportError::MultiaddrNotSupported(_) => {
                fault_at(&address.to_string(), "give an IP address of this machine, not a name".to_owned())
            }
        })?;
        listeners.insert(id, address);
    }
    Ok(listeners)
}

/// libp2p shares a TCP port with any other process of the same user that shares it too, another Hedgerow for one, and
/// each then gets some of the callers. So look first whether the port is free.
fn look(address: &Multiaddr) -> io::Result<()> {
    if let (Some(ip), Some(Transport::Tcp(port @ 1..))) = (ip_of(address), transport(address)) {
        TcpListener::bind(SocketAddr::new(ip, port))?;
    }
    Ok(())
}

fn fault_at(address: &str, why: String) -> NetFault {
    NetFault::Listen { address: address.to_owned(), why }
}

/// What stands in the way of listening, and what to do.
pub(crate) fn why(error: &(dyn Error + 'static)) -> String {
    match kind_or_text(error) {
        Some(io::ErrorKind::AddrInUse) => {
            "another program uses this port; choose another one, or 0 for any that is free".to_owned()
        }
        Some(io::ErrorKind::AddrNotAvailable) => {
            "this machine has no such address; use 0.0.0.0 for all that it has".to_owned()
        }
        Some(io::ErrorKind::PermissionDenied) => "this user may not use the port; choose one above 1023".to_owned(),
        _ => one_line(&error.to_string()),
    }
}

/// The kind of the innermost IO error that says more than "other".
fn kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    let mut next = Some(error);
    let mut found = None;
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            if io.kind() != io::ErrorKind::Other {
                found = Some(io.kind());
            }
            if let Some(inner) = io.get_ref()
                && let Some(deeper) = kind(inner)
            {
                return Some(deeper);
            }
        }
        next = error.source();
    }
    found
}

/// The same, also where a transport hid the error and left only its text.
pub(crate) fn kind_or_text(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    kind(error).or_else(|| {
        let text = error.to_string();
        let (_, number) = text.split_once("(os error ")?;
        let number = number.split(')').next()?.parse().ok()?;
        Some(io::Error::from_raw_os_error(number).kind())
    })
}

/// At most 200 characters, on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}
