//! Stories about devices that talk over real sockets on loopback. They wait for events, never for time.

mod limits;
mod meeting;
mod people;
mod strangers;
