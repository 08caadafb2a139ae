//! Peers who mean harm, for a real node to bear: strangers who speak the transport's own handshakes and beyond them
//! bytes as they please, and members whose devices were altered.

mod altered;
#[allow(dead_code, reason = "what the document room's own tests do with a change, of which a part is wanted here")]
#[path = "../../../crates/document/tests/chunks/mod.rs"]
mod chunks;
mod hand;
mod loopback;
mod stranger;
mod wire;

pub use altered::Altered;
pub use hand::{Hand, bent, refuses};
pub use loopback::first_datagram;
pub use stranger::{Connection, PROTOCOL, Stranger, Talk, connect, multistream};
pub use wire::Say;

use std::sync::LazyLock;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().on_thread_start(yield_to_others);
    builder.build().expect("a runtime can be made")
});

/// A real attacker brings their own machine. Ours has to share this one, and what it takes of it is not what the node
/// under attack spends: so it has what others leave.
fn yield_to_others() {
    // Elsewhere a thread has no priority of its own.
    #[cfg(target_os = "linux")]
    rustix::process::nice(10).expect("anybody may be nice");
}

/// What those who attack run on.
pub fn runtime() -> &'static Runtime {
    &RUNTIME
}
