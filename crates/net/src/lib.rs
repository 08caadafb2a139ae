//! Bytes carried to peers over libp2p.
//!
//! A [`Net`] listens, finds and dials other devices, and keeps one framed stream with each of those it is connected
//! to. Messages go in by [`Net::send`]; what happens comes out of [`NetEvents`]. What the messages mean is nobody's
//! business here. The README has the bytes, the limits and the reasons.

mod address;
mod admission;
mod book;
mod event;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod inbox;
mod limits;
mod listen;
mod multiplex;
mod net;
mod news;
mod outbox;
mod pace;
mod peer;
mod session;
mod streams;
mod swarm;
mod task;
mod threshold;
mod traffic;
mod turns;

pub use address::{check_address, device_of, peer_id_of};
pub use event::{NetEvent, NetEvents};
pub use limits::MOST;
pub use net::{Net, NetConfig, NetFault, NotSent};
pub use traffic::Traffic;
