//! Doors for the package `fuzz`: the messages between peers and the steps of a comparison, which are private here. No
//! program is built with these.

use crate::message::Message;
use crate::reconcile::Reconciler;
use hedgerow_model::RecordId;

/// The most bytes of one step of a comparison.
pub const MOST_STEP: usize = Message::MOST_STEP;

/// Reads one message, and writes it again.
///
/// # Errors
/// When it is not one.
pub fn message(bytes: &[u8]) -> Result<Vec<u8>, String> {
    Message::decode(bytes).map(|message| message.encode()).map_err(|fault| fault.to_string())
}

/// One side of a comparison of two sets of records.
pub struct Comparison(Reconciler);

/// What the leader learned from a step.
#[derive(Debug)]
pub struct Learned {
    /// What it says next; nothing when the comparison is over.
    pub reply: Option<Vec<u8>>,
    /// What only the leader has.
    pub have: Vec<RecordId>,
    /// What only the follower has.
    pub need: Vec<RecordId>,
}

impl Comparison {
    /// Over these ids, sorted and each once; `None` when they are not.
    pub fn new(ids: impl Iterator<Item = RecordId>) -> Option<Comparison> {
        Reconciler::new(ids).ok().map(Comparison)
    }

    /// The leader's first step.
    pub fn begin(&mut self) -> Option<Vec<u8>> {
        self.0.begin().ok()
    }

    /// The follower's answer.
    pub fn follow(&mut self, step: &[u8]) -> Option<Vec<u8>> {
        self.0.follow(step).ok()
    }

    /// The leader's answer.
    pub fn lead(&mut self, step: &[u8]) -> Option<Learned> {
        let step = self.0.lead(step).ok()?;
        Some(Learned { reply: step.reply, have: step.have, need: step.need })
    }
}
