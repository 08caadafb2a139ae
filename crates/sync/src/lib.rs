//! What to send, save, admit and wait for: events in, effects out. See the README for the rules.

mod archive;
mod compact;
mod event;
mod fetch;
mod finding;
mod forks;
#[cfg(feature = "hostile")]
mod hostile;
mod joining;
mod lacking;
mod members;
mod message;
mod notebook;
mod opening;
mod receive;
mod reconcile;
mod removed;
mod replica;
mod rows;
mod session;
mod stream;
mod summary;
mod view;
mod waiting;
mod write;

pub use archive::{Archive, ArchiveFault, Batch, Row, Shelf};
#[cfg(feature = "hostile")]
pub use event::Deceit;
pub use event::{Asked, Command, Effect, Event, Notice, Outcome, PageBeginning, Refusal, Ticket};
pub use replica::{Me, Replica};
pub use view::{MemberLine, MemberState, NotebookLine, PageLine, PageView, PeerLine, VersionLine};
pub use waiting::{Need, Refused};
