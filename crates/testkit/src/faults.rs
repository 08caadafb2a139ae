//! What goes wrong, how likely, and how often it did.

use std::collections::BTreeMap;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A message is lost.
    Loss,
    /// A message comes twice.
    Duplication,
    /// A message comes after later ones.
    Reordering,
    /// Two people cannot reach each other for a while.
    Partition,
    /// A device loses its power with writes on their way.
    Crash,
    /// A write on its way when the power went is lost.
    WriteLost,
    /// The disk refuses a write.
    WriteRefused,
    /// A person joins by invitation.
    Join,
    /// A person's role changes.
    RoleChange,
    /// A person is removed.
    Removal,
    /// A person leaves.
    Leaving,
    /// The founder hands the notebook over.
    Handover,
    /// A link is closed.
    Closing,
    /// A key is retired.
    Retirement,
    /// Another device of somebody's is added.
    Device,
    /// A device is revoked.
    Revocation,
    /// Somebody's first device is revoked with their recovery phrase.
    RevocationByPhrase,
    /// Two persons come by a link for one, at members who are out of touch.
    Contest,
    /// Somebody without the right to writes all the same.
    Intrusion,
    /// A dishonest member makes a key that is never valid and gives it to some.
    InvalidEpoch,
    /// A dishonest member makes a key and gives one member a box that does not open.
    NoBox,
    /// A dishonest member seals the changes of a page again and again, and in runs that overlap.
    Resealing,
    /// A dishonest member sends again what was sent.
    Replay,
    /// A dishonest member lays changes where they do not belong.
    Misplacing,
    /// A dishonest member writes two changes with one number.
    Fork,
    /// A dishonest member, or one who was removed, writes as if they had heard of nothing since they first wrote.
    Backdating,
    /// A dishonest member deletes what they say never to have seen.
    Unheard,
    /// A dishonest member writes under a key that others no longer write under.
    StaleKey,
    /// A dishonest member makes checkpoints that do not hold what they say.
    BogusCheckpoint,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 29] = [
        Fault::Loss,
        Fault::Duplication,
        Fault::Reordering,
        Fault::Partition,
        Fault::Crash,
        Fault::WriteLost,
        Fault::WriteRefused,
        Fault::Join,
        Fault::RoleChange,
        Fault::Removal,
        Fault::Leaving,
        Fault::Handover,
        Fault::Closing,
        Fault::Retirement,
        Fault::Device,
        Fault::Revocation,
        Fault::RevocationByPhrase,
        Fault::Contest,
        Fault::Intrusion,
        Fault::InvalidEpoch,
        Fault::NoBox,
        Fault::Resealing,
        Fault::Replay,
        Fault::Misplacing,
        Fault::Fork,
        Fault::Backdating,
        Fault::Unheard,
        Fault::StaleKey,
        Fault::BogusCheckpoint,
    ];
}

/// How likely message faults are, in thousandths, and how often each fault fired.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// A message is lost.
    pub loss: u32,
    /// A message comes twice.
    pub duplication: u32,
    /// A message is overtaken.
    pub reordering: u32,
    /// A write is refused.
    pub refusal: u32,
    fired: BTreeMap<Fault, u64>,
}

impl Faults {
    /// Counts one.
    pub fn fired(&mut self, fault: Fault) {
        *self.fired.entry(fault).or_default() += 1;
    }

    /// How often each fired.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<Fault, u64> {
        &self.fired
    }

    /// No more faults from now on; the counts stay.
    pub fn end(&mut self) {
        (self.loss, self.duplication, self.reordering, self.refusal) = (0, 0, 0, 0);
    }
}
