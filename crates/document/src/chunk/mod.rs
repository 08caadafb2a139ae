//! A raw change chunk, read by a bounded reader of our own before automerge sees a byte of it.

mod columns;
mod examine;
mod reader;

pub(crate) use columns::{Budget, Column, Kind, count_rows, described_columns};
pub use examine::{CHANGE_MOST, ChangeFacts, OPS_MOST, examine};
pub(crate) use examine::{
    DELETE, Examined, INCREMENT, MAKE_LIST, MAKE_MAP, MAKE_TEXT, MARK, Name, Operation, Place, inspect,
};
pub(crate) use reader::{Reader, chunk_body};
