//! What every decoder must do with any bytes at all.
//!
//! One function a decoder: it takes bytes, judges what came of them, and panics when something does not hold that must.
//! libFuzzer calls them with bytes it makes up (`fuzz_targets`), the test `replay` with all that was kept. The README
//! has the list.

mod device;
mod documents;
mod input;
mod links;
mod membership;
mod pages;
mod panics;
mod people;
mod records;
mod scene;
mod sessions;
mod socket;
mod wire;

use std::sync::{Mutex, PoisonError};

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One at a time: memory is counted for the whole program.
static JUDGING: Mutex<()> = Mutex::new(());

/// The most memory that judging takes, harness and all, besides so many times what came.
const MOST_MEMORY: usize = 96 << 20;
const MOST_MEMORY_A_BYTE: usize = 2048;

/// What became of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They say something, and every promise about it was tried.
    Taken,
    /// They were refused, as they may be.
    Refused,
}

impl Verdict {
    fn of(taken: bool) -> Verdict {
        if taken { Verdict::Taken } else { Verdict::Refused }
    }
}

/// A valid example: its name, and its bytes.
pub type Seed = (&'static str, Vec<u8>);

/// Something that reads bytes from outside.
#[derive(Debug)]
pub struct Decoder {
    /// As its target and its folders are called.
    pub name: &'static str,
    judge: fn(&[u8]) -> Verdict,
    seeds: fn() -> Vec<Seed>,
}

/// Every decoder there is, by name.
pub const DECODERS: &[Decoder] = &[
    Decoder { name: "addresses", judge: wire::addresses, seeds: wire::seeds::addresses },
    Decoder { name: "admission", judge: documents::admission, seeds: documents::seeds::admission },
    Decoder { name: "changes", judge: documents::changes, seeds: documents::seeds::changes },
    Decoder { name: "checkpoints", judge: documents::checkpoints, seeds: documents::seeds::checkpoints },
    Decoder { name: "comparisons", judge: wire::comparisons, seeds: wire::seeds::comparisons },
    Decoder { name: "frames", judge: wire::frames, seeds: wire::seeds::frames },
    Decoder { name: "front_matter", judge: pages::front_matter, seeds: pages::seeds::front_matter },
    Decoder { name: "invitations", judge: links::invitations, seeds: links::seeds::invitations },
    Decoder { name: "joining", judge: links::joining, seeds: links::seeds::joining },
    Decoder { name: "key_box", judge: device::key_box, seeds: device::seeds::key_box },
    Decoder { name: "key_records", judge: records::key_records, seeds: records::seeds::key_records },
    Decoder { name: "manifests", judge: records::manifests, seeds: records::seeds::manifests },
    Decoder { name: "markdown", judge: pages::markdown, seeds: pages::seeds::markdown },
    Decoder { name: "messages", judge: wire::messages, seeds: wire::seeds::messages },
    Decoder { name: "operations", judge: membership::operations, seeds: membership::seeds::operations },
    Decoder { name: "payloads", judge: records::payloads, seeds: records::seeds::payloads },
    Decoder { name: "plain_text", judge: pages::plain_text, seeds: pages::seeds::plain_text },
    Decoder { name: "records", judge: records::records, seeds: records::seeds::records },
    Decoder { name: "requests", judge: socket::requests, seeds: socket::seeds::requests },
    Decoder { name: "rows", judge: device::rows, seeds: device::seeds::rows },
    Decoder { name: "sessions", judge: sessions::sessions, seeds: sessions::seeds::sessions },
    Decoder { name: "store_rows", judge: device::store_rows, seeds: device::seeds::store_rows },
];

impl Decoder {
    /// The decoder of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Decoder> {
        DECODERS.iter().find(|decoder| decoder.name == name)
    }

    /// Gives it these bytes.
    ///
    /// # Panics
    /// When something does not hold that must.
    pub fn judge(&self, bytes: &[u8]) -> Verdict {
        let _alone = JUDGING.lock().unwrap_or_else(PoisonError::into_inner);
        let (verdict, took) = measured(|| (self.judge)(bytes));
        let most = MOST_MEMORY + MOST_MEMORY_A_BYTE * bytes.len();
        assert!(took <= most, "{} bytes took {took} bytes of memory; {most} is the most", bytes.len());
        verdict
    }

    /// Valid examples, the same every time, from what Hedgerow writes today.
    #[must_use]
    pub fn seeds(&self) -> Vec<Seed> {
        (self.seeds)()
    }
}

/// What `work` gives, and the most memory it took on the way, in bytes.
fn measured<R>(work: impl FnOnce() -> R) -> (R, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = work();
    (result, MEMORY.peak_usage().saturating_sub(before))
}

/// Runs one decoder and nothing else, and holds it to memory that the length of what came accounts for.
fn within<R>(fixed: usize, a_byte: usize, bytes: &[u8], decode: impl FnOnce() -> R) -> R {
    // An outer measuring would lose the peak so far: what it bounds is far above.
    let (result, took) = measured(decode);
    let most = fixed + a_byte * bytes.len();
    assert!(took <= most, "reading {} bytes took {took} bytes of memory; {most} is the most", bytes.len());
    result
}

/// Makes ready for judging: panics that Hedgerow catches by design stay silent, any other ends the program.
pub fn begin() {
    panics::hook();
}

/// A target for libFuzzer: the decoder of this name.
#[cfg(feature = "libfuzzer")]
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        ::libfuzzer_sys::fuzz_target!(
            init: { $crate::begin() },
            |bytes: &[u8]| {
                let decoder = $crate::Decoder::named($name).expect("it is in the list");
                decoder.judge(bytes);
            }
        );
    };
}
