//! The one loop that joins sync, store, net, the clock and chance.
//!
//! [`Node::open`] takes a folder; the handle it gives asks and orders, in words that the doors above turn into requests
//! and replies. What happens inside is in this room's README.

mod agreed;
mod answers;
mod archive;
mod asks;
mod chance;
mod clock;
mod fault;
mod folder;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod identity;
mod keychain;
mod me;
mod mind;
mod node;
mod peers;
mod references;
mod request;
mod run;
mod saving;

pub use answers::{
    Aside, AttachmentLine, CanonicalPart, CaptureLine, Changed, CopyNews, Damage, FileForm, Filed, Found,
    FoundAttachment, FoundId, Holder, Identity, ImportFile, ImportedFile, InvitationLine, InvitationPreview, Invited,
    Joined, LineOfEditing, LinkState, Member, MemberChanged, MemberState, NotebookLine, NotebookStatus, NotebookView,
    Notice, OpenedPage, Owner, PageBlock, PageComment, PageLine, PageText, PageView, PartnerTotals, Peer, PlanAction,
    PlanOutcome, PlanView, ProfileEdit, Reachable, RedemptionLine, RedemptionState, RefusedLine, SetAside, Status,
    SyncOutcome, TextMark, Titled, Verified, Version, WaitingFor, Who,
};
pub use asks::notebooks::Description;
pub use asks::plans::{ActionEdit, PlaceInPlan};
pub use fault::{NodeFault, OpenFault, PassphraseFault};
pub use hedgerow_net::Traffic;
pub use hedgerow_sync::{CHANGES_MOST, Caret, CopyContent, CopyStanding, Draft, Place};

/// How much of a file one piece holds, in bytes: all but the last hold just so much.
pub const FILE_PIECE: usize = hedgerow_access::Manifest::PIECE;
pub use identity::{AskPassphrase, KeyKept, NewKeys, PassphraseFor, no_passphrase};
pub use keychain::{Keychain, KeychainFault, NoKeychain, SystemKeychain};
pub use node::{Config, NetworkConfig, Node};
