//! Pretend people, network, clock and disk, for tests. See the README.

mod disk;
mod faults;
mod files;
mod network;
mod schedule;
mod story;

pub use disk::Disk;
pub use faults::{Fault, Faults};
pub use network::{Network, Who};
pub use schedule::{Report, run};
pub use story::{Page, Shared};
