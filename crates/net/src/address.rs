//! Devices and the addresses at which they are reached.

use hedgerow_model::DeviceId;
use libp2p::identity::{PublicKey, ed25519};
use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use std::net::IpAddr;

use crate::NetFault;

/// The peer id of a device: its Ed25519 key, inlined. `None` when the bytes are no point of the curve.
pub(crate) fn peer_of(device: DeviceId) -> Option<PeerId> {
    let key = ed25519::PublicKey::try_from_bytes(device.as_bytes()).ok()?;
    Some(PublicKey::from(key).to_peer_id())
}

/// The device behind a peer id. `None` for keys of another kind, for hashed keys, and for any other spelling of a key.
pub(crate) fn device_of_peer(peer: &PeerId) -> Option<DeviceId> {
    const IDENTITY: u64 = 0;
    let hash = peer.as_ref();
    if hash.code() != IDENTITY {
        return None;
    }
    let key = PublicKey::try_decode_protobuf(hash.digest()).ok()?;
    let device = DeviceId::from_bytes(key.try_into_ed25519().ok()?.to_bytes());
    (peer_of(device)? == *peer).then_some(device)
}

/// The text form of a device's network identity, as it stands after `/p2p/` in an address. Empty for bytes that are
/// no Ed25519 key.
#[must_use]
pub fn peer_id_of(device: DeviceId) -> String {
    peer_of(device).map(|peer| peer.to_string()).unwrap_or_default()
}

/// The device that a network identity names.
///
/// # Errors
/// When it is not one, or its key is of another kind than Ed25519.
pub fn device_of(peer_id: &str) -> Result<DeviceId, NetFault> {
    let wrong = |why: &str| NetFault::Address { address: shown(peer_id), why: why.to_owned() };
    let peer: PeerId = peer_id.trim().parse().map_err(|_| wrong("this is not a peer id"))?;
    device_of_peer(&peer).ok_or_else(|| wrong("its key is not of the kind that Hedgerow devices have (Ed25519)"))
}

/// Whether `address` is one that can be dialled, and the device that it names, if it names one.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_address(address: &str) -> Result<Option<DeviceId>, NetFault> {
    Place::parse(address).map(|place| place.device)
}

/// An address to dial: a transport address, and the device that is expected there, if that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Without `/p2p/`.
    pub(crate) address: Multiaddr,
    pub(crate) device: Option<DeviceId>,
}

impl Place {
    /// Reads something like `/ip4/192.0.2.7/tcp/4001` or `/dns4/example.org/udp/4001/quic-v1/p2p/12D3...`.
    pub(crate) fn parse(raw: &str) -> Result<Place, NetFault> {
        let wrong = |why: &str| NetFault::Address { address: shown(raw), why: why.to_owned() };
        let mut address = read(raw)?;
        let device = match address.iter().last() {
            Some(Protocol::P2p(peer)) => {
                address.pop();
                Some(device_of_peer(&peer).ok_or_else(|| {
                    wrong("the device it names has a key of another kind than Hedgerow devices have (Ed25519)")
                })?)
            }
            _ => None,
        };
        if !can_be_dialled(&address) {
            return Err(wrong(
                "write it as /ip4/192.0.2.7/tcp/4001 or /ip4/192.0.2.7/udp/4001/quic-v1, with the \
                              other device's own address and port",
            ));
        }
        Ok(Place { address, device })
    }
}

/// Reads an address to listen on.
pub(crate) fn to_listen_on(raw: &str) -> Result<Multiaddr, NetFault> {
    let address = read(raw)?;
    if transport(&address).is_none() {
        let why = "write it as /ip4/0.0.0.0/tcp/4001 or /ip4/0.0.0.0/udp/4001/quic-v1".to_owned();
        return Err(NetFault::Address { address: shown(raw), why });
    }
    Ok(address)
}

fn read(raw: &str) -> Result<Multiaddr, NetFault> {
    raw.trim().parse().map_err(|_| NetFault::Address {
        address: shown(raw),
        why: "it is not a multiaddr; write it as /ip4/192.0.2.7/tcp/4001 or /ip4/192.0.2.7/udp/4001/quic-v1".to_owned(),
    })
}

/// How bytes travel to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp(u16),
    Quic(u16),
}

/// The transport of `<host>/tcp/<port>` and `<host>/udp/<port>/quic-v1`; `None` for everything else.
pub(crate) fn transport(address: &Multiaddr) -> Option<Transport> {
    use Protocol::{Dns, Dns4, Dns6, Ip4, Ip6, QuicV1, Tcp, Udp};
    let mut parts = address.iter();
    if !matches!(parts.next()?, Ip4(_) | Ip6(_) | Dns(_) | Dns4(_) | Dns6(_)) {
        return None;
    }
    match (parts.next()?, parts.next(), parts.next()) {
        (Tcp(port), None, None) => Some(Transport::Tcp(port)),
        (Udp(port), Some(QuicV1), None) => Some(Transport::Quic(port)),
        _ => None,
    }
}

fn can_be_dialled(address: &Multiaddr) -> bool {
    let named = matches!(transport(address), Some(Transport::Tcp(1..) | Transport::Quic(1..)));
    named && ip_of(address).is_none_or(|ip| !ip.is_unspecified() && !ip.is_multicast())
}

/// The IP address it begins with, if it begins with one.
pub(crate) fn ip_of(address: &Multiaddr) -> Option<IpAddr> {
    match address.iter().next()? {
        Protocol::Ip4(ip) => Some(IpAddr::V4(ip)),
        Protocol::Ip6(ip) => Some(IpAddr::V6(ip)),
        _ => None,
    }
}

/// An address without `/p2p/` at its end.
pub(crate) fn plain(address: &Multiaddr) -> Multiaddr {
    let mut plain = address.clone();
    if matches!(plain.iter().last(), Some(Protocol::P2p(_))) {
        plain.pop();
    }
    plain
}

/// What discovery says is dialled only when it is the plain address of another machine: a hostile announcement must
/// not make us call names, or services on this machine.
pub(crate) fn found_on_lan(address: &Multiaddr) -> Option<Multiaddr> {
    let plain = plain(address);
    let ip = ip_of(&plain)?;
    (can_be_dialled(&plain) && !ip.is_loopback()).then_some(plain)
}

/// At most 120 characters of what somebody typed, for an error message.
pub(crate) fn shown(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use libp2p::identity::Keypair;

    fn ada() -> (PeerId, DeviceId) {
        let mut seed = [7; 32];
        let keys = Keypair::ed25519_from_bytes(&mut seed).expect("any 32 bytes are a seed");
        let bytes = keys.public().try_into_ed25519().expect("it is one").to_bytes();
        (keys.public().to_peer_id(), DeviceId::from_bytes(bytes))
    }

    #[test]
    fn a_device_and_its_peer_id_are_one() {
        let (peer, device) = ada();
        assert_eq!(peer_of(device), Some(peer));
        assert_eq!(device_of_peer(&peer), Some(device));
        assert_eq!(device_of(&peer_id_of(device)).expect("round trip"), device);
    }

    #[test]
    fn keys_of_other_kinds_are_not_devices() {
        assert_eq!(device_of_peer(&PeerId::random()), None, "32 arbitrary bytes");
        assert!(device_of("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N").is_err(), "a hashed RSA key");
        assert!(device_of("not a peer").is_err());
    }

    #[test]
    fn an_address_may_name_its_device_or_not() {
        let (peer, device) = ada();
        for plain in ["/ip4/192.0.2.7/tcp/4001", "/ip6/2001:db8::1/udp/4001/quic-v1", "/dns4/example.org/tcp/1"] {
            assert_eq!(check_address(plain).expect(plain), None);
            let place = Place::parse(&format!("{plain}/p2p/{peer}")).expect("with its device");
            assert_eq!((place.address.to_string().as_str(), place.device), (plain, Some(device)));
        }
    }

    #[test]
    fn what_cannot_be_dialled_is_refused_with_a_reason() {
        for wrong in [
            "",
            "192.0.2.7:4001",
            "/ip4/192.0.2.7",
            "/ip4/0.0.0.0/tcp/4001",
            "/ip4/192.0.2.7/tcp/0",
            "/ip4/192.0.2.7/udp/4001",
            "/ip4/192.0.2.7/tcp/4001/ws",
            "/unix/tmp",
            "/ip4/224.0.0.1/tcp/9",
            "/ip4/192.0.2.7/tcp/4001/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
        ] {
            let fault = check_address(wrong).expect_err(wrong).to_string();
            assert!(!fault.contains('\n') && fault.contains(wrong), "one line that names it: {fault}");
        }
    }

    #[test]
    fn discovery_cannot_send_us_to_names_or_to_ourselves() {
        let found = |text: &str| found_on_lan(&text.parse().expect("an address"));
        assert!(found("/ip4/192.168.1.7/tcp/4001").is_some());
        assert!(found("/ip4/127.0.0.1/tcp/4001").is_none());
        assert!(found("/dns4/example.org/tcp/4001").is_none());
    }
}
