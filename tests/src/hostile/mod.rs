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
pub use stranger::{Connection, PROTOCOL, Stranger, Talk, connect, multistream};
pub use wire::Say;

use std::sync::LazyLock;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    // A thread of its own each, and no more: those who are attacked need the machine too.
    Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime can be made")
});

/// What strangers run on.
pub fn runtime() -> &'static Runtime {
    &RUNTIME
}
