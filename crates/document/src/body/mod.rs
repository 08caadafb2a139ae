//! The body of a page: blocks of marked text, in one Automerge text object.

pub(crate) mod attachment;
mod block;
mod difference;
mod normal;
mod read;
mod replace;
mod settle;
mod splice;
mod write;

pub use block::{Block, BlockKind, Container, Mark, MarkKind};
pub(crate) use difference::edits;
pub(crate) use normal::BROKEN_TABLE;
pub use normal::{NESTING_MOST, normal};
pub(crate) use read::{body_of, length, read, text};
pub(crate) use replace::{append, replace};
pub(crate) use splice::splice;
pub(crate) use write::begin;
