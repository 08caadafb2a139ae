//! Chance, drawn from the operating system in this file alone.

use crate::{NodeFault, OpenFault};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

/// 32 bytes of chance.
///
/// # Errors
/// When the operating system gives none.
pub(crate) fn seed() -> Result<Zeroizing<[u8; 32]>, OpenFault> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|error| {
        OpenFault::Machine(format!("this machine gives no random numbers ({error}), and without them no key is safe"))
    })?;
    Ok(seed)
}

/// The bytes of an id that nobody else draws.
///
/// # Errors
/// As for [`seed`].
pub(crate) fn id() -> Result<[u8; 16], NodeFault> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| {
        NodeFault::Device(format!("this machine gives no random numbers ({error}); try again when it does"))
    })?;
    Ok(id)
}

/// A generator with a fresh seed.
///
/// # Errors
/// As for [`seed`].
pub(crate) fn generator() -> Result<ChaCha20Rng, OpenFault> {
    Ok(ChaCha20Rng::from_seed(*seed()?))
}
