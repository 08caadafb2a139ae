//! What a measurement comes to: figures against goals, as a table for people, JSON for programs, and plots.
//!
//! The measuring itself is the bench target, in `measure/`; the README says what each row means.

mod figure;
mod plot;
mod report;

pub use figure::{Baseline, Figure, Goal, Unit};
pub use report::{Machine, Report};
