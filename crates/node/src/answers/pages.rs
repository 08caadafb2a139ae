//! What a page says, and pages that are open in an editor on this device.

use hedgerow_model::{ActorId, Attachment, NotebookId, PageId};
use hedgerow_sync::{CopyContent, CopyStanding};

/// A page as Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageText {
    /// Which.
    pub id: PageId,
    /// Its title.
    pub title: String,
    /// Front matter and body.
    pub markdown: String,
}

/// A page opened in an editor: a copy of its document, and what is needed to write in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedPage {
    /// The notebook it is in.
    pub notebook: NotebookId,
    /// The page.
    pub id: PageId,
    /// Whether this person may write on it.
    pub may_write: bool,
    /// The whole document, as Automerge saves it.
    pub document: Vec<u8>,
    /// The line of editing that the copy writes in.
    pub actor: ActorId,
    /// Where the page stands, and what the copy's next change has to say.
    pub standing: CopyStanding,
}

/// What an editor's copy of a page lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyNews {
    /// Whether this person may write on it.
    pub may_write: bool,
    /// What is to be put into the copy.
    pub content: CopyContent,
    /// Where the page stands then, and what the copy's next change has to say.
    pub standing: CopyStanding,
}

/// A file that somebody meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAttachment {
    /// A page that shows it.
    pub page: PageId,
    /// Which file.
    pub file: Attachment,
}
