//! Stories about keeping bytes safe.

#![expect(clippy::unwrap_used, reason = "tests: a fault is a failure")]

mod promises;
mod sealer;
