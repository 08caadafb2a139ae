//! Why foreign bytes are refused, and what was kept without being understood.

use hedgerow_model::{ActorId, ChangeHash};

/// A change, a batch of changes or a checkpoint that was not let in, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{why}", named(.change.as_ref()))]
pub struct ChangeRefusal {
    /// The change at fault, where one can be named.
    pub change: Option<ChangeHash>,
    /// What is wrong with it.
    pub why: Refused,
}

fn named(change: Option<&ChangeHash>) -> String {
    change.map_or_else(String::new, |hash| format!("change {hash}: "))
}

impl ChangeRefusal {
    /// The changes to wait for, when that is all that is wrong.
    #[must_use]
    pub fn missing(&self) -> Option<&[ChangeHash]> {
        match &self.why {
            Refused::Missing(hashes) => Some(hashes),
            _ => None,
        }
    }

    pub(crate) fn of(change: ChangeHash, why: Refused) -> ChangeRefusal {
        ChangeRefusal { change: Some(change), why }
    }
}

impl From<Refused> for ChangeRefusal {
    fn from(why: Refused) -> ChangeRefusal {
        ChangeRefusal { change: None, why }
    }
}

/// What is wrong with foreign bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// They are not in the one form in which a change is written.
    #[error("it is not a change as Hedgerow writes them ({0}); it was set aside")]
    Form(&'static str),
    /// More bytes than one change may have.
    #[error("it has {size} bytes and {most} is the most; it was set aside")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The most allowed.
        most: usize,
    },
    /// More operations than its size can account for.
    #[error("it would unfold into more than {most} operations; it was set aside")]
    TooManyOps {
        /// The most allowed for its size.
        most: u64,
    },
    /// It builds on changes that are not here yet: wait for them.
    #[error("it waits for {} change(s) that are not here yet", .0.len())]
    Missing(Vec<ChangeHash>),
    /// Its sequence number does not follow its actor's last one.
    #[error("it is number {seq} of its line of editing where number {expected} comes next; it was set aside")]
    NotNext {
        /// The number it has.
        seq: u64,
        /// The number that would be next.
        expected: u64,
    },
    /// Another change with the same actor and sequence number is here already.
    #[error("another change holds its place, number {seq} of its line of editing; it was set aside")]
    Fork {
        /// The number both have.
        seq: u64,
        /// The one that is here.
        here: ChangeHash,
    },
    /// It does not name the change before it in its line of editing.
    #[error("it does not name the change before it in its line of editing; it was set aside")]
    NoPredecessor,
    /// It numbers its operations otherwise than its dependencies call for.
    #[error("it numbers its operations from {start_op} instead of {expected}; it was set aside")]
    StartOp {
        /// The number it begins with.
        start_op: u64,
        /// The number it has to begin with.
        expected: u64,
    },
    /// It speaks of an actor that has no change in the document.
    #[error("it speaks of the actor {0}, who has written nothing here; it was set aside")]
    UnknownActor(ActorId),
    /// It speaks of an operation that is in none of the changes it builds on.
    #[error("it speaks of something that it does not build on; it was set aside")]
    NotBuiltOn,
    /// Applying it to a copy went wrong, or made a document that could not be kept.
    #[error("it would harm the document ({0}); it was set aside")]
    Harmful(&'static str),
    /// A checkpoint is not well formed, or holds other changes than it says.
    #[error("the checkpoint cannot be used ({0}); it was set aside")]
    Checkpoint(&'static str),
}

/// Something in a document that this version does not know. It is kept and not shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Unknown {
    /// An entry at the root of the document.
    #[error("an entry named \"{0}\" that this version of Hedgerow does not know")]
    Entry(String),
    /// An entry whose value is not of the kind expected there.
    #[error("the value of \"{0}\" is not one that this version of Hedgerow can show")]
    Value(String),
    /// A kind of block.
    #[error("a block of the kind \"{0}\", shown as a paragraph")]
    Block(String),
    /// A kind of mark in the text.
    #[error("text marked as \"{0}\", shown without the mark")]
    Mark(String),
}

impl Unknown {
    /// The beginning of `name`, fit to show.
    pub(crate) fn shown(name: &str) -> String {
        name.chars().filter(|c| !c.is_control()).take(60).collect()
    }
}
