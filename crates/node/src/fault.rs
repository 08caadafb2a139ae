//! What is said when something could not be done. Each is one line: what, which one, what to do now.

use hedgerow_net::NetFault;
use hedgerow_store::{LockError, OpenError, StoreFault};
use hedgerow_sync::Refusal;

/// Why a folder was not opened. Nothing in it was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenFault {
    /// Another program holds it.
    #[error("{folder} is in use by {holder}; close that first, then try again")]
    InUse {
        /// The folder.
        folder: String,
        /// What holds it, in its own words, with its process number.
        holder: String,
    },
    /// The keys stay shut.
    #[error(transparent)]
    Passphrase(#[from] PassphraseFault),
    /// The keys are missing, damaged or out of reach.
    #[error("{0}")]
    Keys(String),
    /// The disk: full, read-only, not ours, damaged.
    #[error("{0}")]
    Store(String),
    /// A newer Hedgerow wrote it.
    #[error("{0}")]
    TooNew(String),
    /// An address that cannot be used, or a port that is taken.
    #[error("{0}")]
    Network(String),
    /// The machine refused a thread, a timer, or chance.
    #[error("{0}")]
    Machine(String),
}

/// Why the keys stay shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseFault {
    /// Another passphrase was given.
    #[error("that passphrase does not open the keys of this device; try it again")]
    Wrong,
    /// None was given.
    #[error(
        "the keys of this device are behind a passphrase; give it to go on, or name a file that holds it in HEDGEROW_PASSPHRASE_FILE"
    )]
    Needed,
    /// New keys were to be in the system's keychain, and a passphrase was given to guard them.
    #[error(
        "no keys were made: HEDGEROW_KEYS=keychain and HEDGEROW_PASSPHRASE_FILE each ask for another guard; take one of them away"
    )]
    NotBoth,
}

impl From<LockError> for OpenFault {
    fn from(error: LockError) -> OpenFault {
        match error {
            LockError::InUse(by) => OpenFault::InUse { folder: by.folder, holder: by.holder },
            LockError::Unusable(fault) => fault.into(),
        }
    }
}

impl From<StoreFault> for OpenFault {
    fn from(fault: StoreFault) -> OpenFault {
        OpenFault::Store(fault.to_string())
    }
}

impl From<OpenError> for OpenFault {
    fn from(error: OpenError) -> OpenFault {
        let words = error.to_string();
        match error {
            OpenError::TooNew { .. } => OpenFault::TooNew(words),
            OpenError::WrongKey { .. } => OpenFault::Keys(words),
            OpenError::Fault(_) => OpenFault::Store(words),
        }
    }
}

impl From<NetFault> for OpenFault {
    fn from(fault: NetFault) -> OpenFault {
        OpenFault::Network(fault.to_string())
    }
}

/// Why a request was not done. Unless it says otherwise nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NodeFault {
    /// No such notebook, page, person, version, capture or invitation here.
    #[error("{0}")]
    NotFound(String),
    /// More than one thing answers to what was given.
    #[error("{0}")]
    Ambiguous(String),
    /// Not allowed, or out of bounds.
    #[error("{0}")]
    Refused(String),
    /// Nobody could be reached.
    #[error("{0}")]
    Unreachable(String),
    /// Not complete within the time given; it may still complete.
    #[error("{0}")]
    Waiting(String),
    /// The request itself was malformed.
    #[error("{0}")]
    Usage(String),
    /// The disk would not read or write.
    #[error("{0}")]
    Device(String),
    /// The node has ended.
    #[error("this node has stopped; start Hedgerow again")]
    Stopped,
}

impl From<Refusal> for NodeFault {
    fn from(refusal: Refusal) -> NodeFault {
        let words = refusal.to_string();
        match refusal {
            Refusal::NoNotebook(_) | Refusal::NoPage(_) | Refusal::NoMember(_) => NodeFault::NotFound(words),
            Refusal::NobodyHas => NodeFault::Unreachable(words),
            Refusal::Device(_) => NodeFault::Device(words),
            _ => NodeFault::Refused(words),
        }
    }
}
