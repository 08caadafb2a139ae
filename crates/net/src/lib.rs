//! Bytes carried to peers over libp2p.
