//! What a node says without being asked.

use serde::{Deserialize, Serialize};

use crate::reply::{Caret, Damage};

/// Something happened that a person looking on would want to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Notice {
    /// A page's title, fields or text are different now, or it is new or gone.
    PageChanged {
        /// The notebook it is in.
        notebook_id: String,
        /// The page.
        page_id: String,
        /// Whether the change was made on this device.
        here: bool,
    },
    /// A notebook's title, challenge, members or roles are different now, or it is new here or gone.
    NotebookChanged {
        /// The notebook.
        notebook_id: String,
    },
    /// A device that shares a notebook with us is connected.
    PeerConnected {
        /// The device.
        device_id: String,
        /// Whose it is, if known: their name, or their id when they gave none.
        person: Option<String>,
        /// Where it was reached.
        address: String,
    },
    /// A device is no longer connected.
    PeerDisconnected {
        /// The device.
        device_id: String,
        /// Whose it is, if known.
        person: Option<String>,
    },
    /// A device and we hold the same.
    Agreed {
        /// The other device.
        device_id: String,
        /// Whose it is, if known.
        person: Option<String>,
        /// Of these notebooks.
        notebook_ids: Vec<String>,
    },
    /// This device let somebody into a notebook, by a link.
    Admitted {
        /// The notebook.
        notebook_id: String,
        /// Whom.
        person: String,
        /// Whom, by id.
        person_id: String,
        /// Short words that both sides see, to compare by voice.
        words: Vec<String>,
    },
    /// A member is on a page, or has left it. True now, and kept nowhere: who has said nothing for thirty seconds is gone.
    Present {
        /// The notebook it is in.
        notebook_id: String,
        /// The page.
        page_id: String,
        /// On which of their devices.
        device_id: String,
        /// Who, if known: their name, or their id when they gave none.
        person: Option<String>,
        /// Who, by id, if known.
        person_id: Option<String>,
        /// Where on it; nowhere once they have left.
        caret: Option<Caret>,
    },
    /// More of a file that is being fetched is on this device, or all of it.
    FileCame {
        /// The notebook it is in.
        notebook_id: String,
        /// The file.
        attachment_id: String,
    },
    /// This node can be reached here.
    Listening {
        /// A multiaddress, with the peer id at its end.
        address: String,
    },
    /// This node could not listen here.
    ListenFailed {
        /// The multiaddress that was asked for.
        address: String,
        /// Why not, and what to do.
        why: String,
    },
    /// A peer that was named could not be reached; it is tried again by itself.
    Unreachable {
        /// The device, if it is known which.
        device_id: Option<String>,
        /// The multiaddress.
        address: String,
        /// Why not.
        why: String,
    },
    /// Something that others sent was refused.
    Refused {
        /// The notebook, if it is known which.
        notebook_id: Option<String>,
        /// Why.
        why: String,
    },
    /// Something stored here is damaged.
    Damaged(Damage),
}
