//! What can be asked of a node, by subject. Each is a method of the handle.

mod attachments;
mod captures;
mod care;
mod editor;
mod export;
mod files;
pub(crate) mod import;
mod invitations;
mod joining;
mod members;
mod moving;
pub(crate) mod notebooks;
mod pages;
mod people;
pub(crate) mod plans;
mod show;
mod syncing;

pub(crate) use care::{REPAIR, loss};
