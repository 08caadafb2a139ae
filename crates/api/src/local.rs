//! The local socket: how a command talks to a node that already runs on its folder.
//!
//! The README has the bytes. Everything here is for one user of one machine; the network between people is elsewhere.

mod client;
mod frame;
mod place;
mod server;

pub use client::{LocalDoor, connect};
pub use frame::{MOST_REPLY, MOST_REQUEST, PROTOCOL};
pub use server::LocalSocket;

use serde::{Deserialize, Serialize};

use crate::{Code, Fault, Reply};

/// The first frame in each direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Hello {
    /// [`PROTOCOL`] of whoever sends it.
    hedgerow: u32,
    /// The version of Hedgerow that sends it, for messages to people.
    version: String,
}

impl Hello {
    fn ours() -> Hello {
        Hello { hedgerow: PROTOCOL, version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// What stands in a reply frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// Done.
    Done(Box<Reply>),
    /// Not done.
    Fault(Fault),
}

/// Fails with what was tried and what the system said.
fn cannot(what: impl std::fmt::Display, cause: impl std::fmt::Display) -> Fault {
    Fault::new(Code::Failed, format!("{what}: {cause}"))
}
