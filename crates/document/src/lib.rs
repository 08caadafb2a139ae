//! A page as an Automerge document: typed reads, edits, versions, canonical form, Markdown.
//!
//! This is the only room that names automerge. Everything that others handed us (changes, checkpoints, Markdown) is
//! checked by [`examine`], [`Document::admit`] and [`Document::from_checkpoint`] before automerge is trusted with it;
//! the README says why each check is there.

mod admission;
mod ancestry;
mod body;
pub mod canonical;
mod checkpoint;
mod chunk;
pub mod comments;
mod document;
mod edit;
mod entry;
pub mod history;
pub mod json;
pub mod markdown;
pub mod notebook;
pub mod page;
pub mod plan;
mod refusal;
mod root;

pub use body::{Block, BlockKind, Container, Mark, MarkKind, NESTING_MOST, normal};
pub use chunk::{CHANGE_MOST, ChangeFacts, OPS_MOST, examine};
pub use comments::{Anchor, CommentEdit, CommentId};
pub use document::Document;
pub use edit::{Edit, EditProblem, Editing, LocalChange};
pub use notebook::NotebookEdit;
pub use page::PageEdit;
pub use plan::{Action, Item, Outcome, Place, Plan, PlanEdit, Said};
pub use refusal::{ChangeRefusal, Refused, Unknown};
