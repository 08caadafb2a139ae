//! What the stories in `stories/` are told with: devices that are folders, nodes that are processes, hosts that are
//! network namespaces, and a search for what must not stand in clear.
//!
//! Everything here panics with a sentence when something is not as the story needs it: it is only ever used in tests.

mod binary;
mod corpus;
#[cfg(target_os = "linux")]
pub mod crash;
mod device;
mod disk;
pub mod hostile;
mod hosts;
mod keychain;
mod leaks;
mod meeting;
mod node;
#[cfg(target_os = "linux")]
pub mod power;
mod root;
mod seen;
mod trace;
mod wait;

/// What a program says where the fault is its own: a panic that nobody expected.
pub const OUR_FAULT: &str = "a fault in Hedgerow itself";

pub use binary::{binary, samples};
pub use corpus::{corpus, unpacked};
pub use device::{Answer, Device};
pub use disk::SmallDisk;
pub use hosts::{Capture, Host, Network};
pub use keychain::Keychain;
pub use leaks::{leak_in_bytes, leak_in_folder};
pub use meeting::{PATIENCE, agreed, free_port};
pub use node::Node;
pub use trace::{Call, Trace, Watch};
pub use wait::{let_pass, until};
