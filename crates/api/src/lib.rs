//! Every request, reply, notice and fault, once.
//!
//! A *door* is whatever takes requests to a node: the command line in its own process, the same command line through
//! the local socket, later the web page and the app's window. A door adds no ability; what can be asked is the list in
//! [`request`], and nothing else crosses.

mod answers;
mod base64;
pub mod conversation;
mod dispatch;
mod door;
mod fault;
pub mod here;
pub mod local;
mod notice;
pub mod reply;
pub mod request;
pub mod told;
#[cfg(test)]
mod typescript;
mod when;

pub use base64::Base64;
pub use door::Door;
pub use fault::{Code, Fault, in_words};
pub use notice::Notice;
pub use request::{Ask, Reply, Request};
pub use when::When;
