//! A sealer for tests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use hedgerow_store::Sealer;

/// Seals well enough to tell an altered byte, another context or another key; hides nothing from anybody who looks.
pub(crate) struct ToySealer {
    key: u64,
    made: AtomicU64,
}

impl ToySealer {
    pub(crate) fn new(key: u64) -> ToySealer {
        ToySealer { key, made: AtomicU64::new(0) }
    }
}

fn mix(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed ^ 0xcbf2_9ce4_8422_2325, |state, byte| {
        let state = (state ^ u64::from(*byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state ^ (state >> 29)
    })
}

impl Sealer for ToySealer {
    fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let nonce = mix(time, &number.to_be_bytes()).to_be_bytes();
        let cover = mix(self.key, &nonce).to_be_bytes();
        let hidden: Vec<u8> = plain.iter().zip(cover.iter().cycle()).map(|(byte, cover)| byte ^ cover).collect();
        let tag = mix(mix(mix(self.key, context), &nonce), &hidden).to_be_bytes();
        [&nonce[..], &tag, &hidden].concat()
    }

    fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<8>()?;
        let (tag, hidden) = rest.split_first_chunk::<8>()?;
        let cover = mix(self.key, nonce).to_be_bytes();
        let right = mix(mix(mix(self.key, context), nonce), hidden).to_be_bytes() == *tag;
        right.then(|| hidden.iter().zip(cover.iter().cycle()).map(|(byte, cover)| byte ^ cover).collect())
    }

    fn address(&self, sealed: &[u8]) -> [u8; 32] {
        let mut address = [0; 32];
        for (at, part) in address.chunks_mut(8).enumerate() {
            part.copy_from_slice(&mix(at as u64, sealed).to_be_bytes());
        }
        address
    }
}
