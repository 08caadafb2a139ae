//! Stories of whole nodes: real folders, real connections over loopback.

mod alone;
mod house;
mod mishaps;
mod together;
