//! What happens without being asked for, as whoever listens is told.

use crate::answers::{Damage, Who};
use hedgerow_model::{AttachmentId, DeviceId, NotebookId, PageId};
use hedgerow_sync::Caret;

/// Something happened that a person looking on would want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A page shows something else, is new, or is gone.
    PageChanged {
        /// Its notebook.
        notebook: NotebookId,
        /// Which.
        page: PageId,
        /// Whether the change was made on this device.
        here: bool,
    },
    /// A notebook's title, members or invitations changed, or it is new here, or gone.
    NotebookChanged {
        /// Which.
        notebook: NotebookId,
    },
    /// A device is connected.
    PeerConnected {
        /// Which.
        device: DeviceId,
        /// Whose, where that is known.
        who: Option<Who>,
        /// Where it is.
        address: String,
    },
    /// A device is not connected any more.
    PeerDisconnected {
        /// Which.
        device: DeviceId,
        /// Whose, where that is known.
        who: Option<Who>,
    },
    /// All that is shared with a device is the same on both.
    Agreed {
        /// Which.
        device: DeviceId,
        /// Whose, where that is known.
        who: Option<Who>,
        /// What is shared.
        notebooks: Vec<NotebookId>,
    },
    /// Somebody joined by a link, at this device.
    Admitted {
        /// Which notebook.
        notebook: NotebookId,
        /// Who.
        who: Who,
        /// The words to compare with them.
        words: Vec<String>,
    },
    /// A member is on a page, or has left it. True now, and kept nowhere.
    Present {
        /// In which notebook.
        notebook: NotebookId,
        /// Which page.
        page: PageId,
        /// On which of their devices.
        device: DeviceId,
        /// Who, where that is known.
        who: Option<Who>,
        /// Where on it; nowhere once they have left.
        caret: Option<Caret>,
    },
    /// More of a file that is being fetched is here, or all of it.
    FileCame {
        /// In which notebook.
        notebook: NotebookId,
        /// Which file.
        attachment: AttachmentId,
    },
    /// Others can reach this node here.
    Listening {
        /// With the peer id at its end.
        address: String,
    },
    /// Nobody can reach this node there.
    ListenFailed {
        /// As it was asked for.
        address: String,
        /// Why not.
        why: String,
    },
    /// A device could not be reached; it is tried again.
    Unreachable {
        /// Who was expected there, if anybody in particular.
        device: Option<DeviceId>,
        /// Where.
        address: String,
        /// Why not.
        why: String,
    },
    /// Something that others sent was refused.
    Refused {
        /// In which notebook, where that is known.
        notebook: Option<NotebookId>,
        /// Why.
        why: String,
    },
    /// Something kept here is damaged.
    Damaged(Damage),
}
