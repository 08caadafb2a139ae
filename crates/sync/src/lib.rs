//! What to send, save, admit and wait for: events in, effects out. See the README for the rules.

mod archive;
mod aside;
mod attaching;
mod attachments;
mod brevity;
mod check;
mod compact;
mod devices;
mod event;
mod fetch;
mod files;
mod finding;
mod forbearance;
mod forks;
#[cfg(feature = "fuzz")]
pub mod fuzz;
#[cfg(feature = "hostile")]
mod hostile;
mod joining;
mod lacking;
mod lending;
mod line;
mod members;
mod mending;
mod message;
mod notebook;
mod opening;
mod plan;
mod presence;
mod receive;
mod reconcile;
mod regain;
mod removed;
mod replica;
mod rows;
mod session;
mod stream;
mod summary;
mod together;
mod view;
mod waiting;
mod whereabouts;
mod write;

pub use archive::{Archive, ArchiveFault, Batch, Row, Shelf};
pub use aside::Aside;
pub use attaching::Draft;
pub use attachments::AttachmentLine;
pub use check::{Checked, Unsound};
#[cfg(feature = "hostile")]
pub use event::Deceit;
pub use event::{Asked, Command, Effect, Event, Notice, Outcome, PageBeginning, PageChange, Refusal, Ticket};
pub use files::CheckedFile;
pub use lending::{CHANGES_MOST, CopyContent, CopyNews, CopyStanding, Lent};
pub use mending::INBOX_TITLE;
pub use notebook::Sum;
pub use plan::PlanView;
pub use presence::{Caret, Place};
pub use replica::{Effort, Me, Replica};
pub use view::{MemberLine, MemberState, NotebookLine, PageHead, PageLine, PageView, PeerLine, VersionLine};
pub use waiting::{Need, Refused};
