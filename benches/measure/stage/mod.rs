//! What the rows are played on.

pub(crate) mod bare;
pub(crate) mod device;
pub(crate) mod folders;
pub(crate) mod instructions;
pub(crate) mod nodes;
pub(crate) mod pages;
pub(crate) mod people;
pub(crate) mod timing;
pub(crate) mod typing;
pub(crate) mod wire;
