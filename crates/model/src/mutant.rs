//! Breaking one thing on purpose, to see that a test notices.

#[cfg(all(mutants, not(debug_assertions)))]
compile_error!("mutants are for tests: a program that people use is built without cfg(mutants)");

/// Whether the thing called `name` is to be broken now.
///
/// Never, and the compiler removes the question, but in the build that `cargo xtask mutants` makes for itself: there
/// the environment names one break, each time the same programs are run. It is asked from every room, so it is here.
#[cfg(not(mutants))]
#[inline(always)]
#[must_use]
pub const fn mutant(_name: &str) -> bool {
    false
}

/// Whether the thing called `name` is to be broken now: the one that HEDGEROW_MUTANT names.
///
/// The environment is read here, in a room that otherwise knows nothing of the machine, because the tests of every room
/// begin on their own and nobody is there to hand a name in. No program that people use has this in it.
#[cfg(mutants)]
#[allow(clippy::disallowed_methods, reason = "see above: only in the build of `cargo xtask mutants`")]
#[must_use]
pub fn mutant(name: &str) -> bool {
    static CHOSEN: std::sync::LazyLock<Option<String>> =
        std::sync::LazyLock::new(|| std::env::var("HEDGEROW_MUTANT").ok());
    CHOSEN.as_deref() == Some(name)
}
