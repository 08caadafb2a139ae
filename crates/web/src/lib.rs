//! The app's window, served to a browser on this machine, and the door to the node behind it. The README has what crosses.

mod guard;
mod pages;
mod server;
mod talk;

pub use server::WebServer;
pub use talk::{CLOSED_UNKNOWN, PROTOCOL};
