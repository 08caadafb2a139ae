//! A notebook's description: title, challenge, ground rules, review date.
//!
//! The document's root holds `hedgerow` = `notebook/1`, `title`, `challenge`, `ground rules`, `review date` and
//! `deleted`. Pages are not listed here: each has a document of its own.

use crate::Unknown;
use crate::document::Document;
use crate::page::untitled;
use crate::root::Entries;
use automerge::ROOT;
use hedgerow_model::Title;

/// What a notebook says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notebook {
    /// What it is called.
    pub title: Title,
    /// What it is built round.
    pub challenge: Option<String>,
    /// What its members have agreed on.
    pub ground_rules: Option<String>,
    /// When it is looked at again, as people wrote it.
    pub review_date: Option<String>,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// An edit of a notebook's description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotebookEdit {
    /// The first edit of all, on the device where the notebook is made.
    Begin {
        /// What it is called.
        title: Title,
        /// What it is built round.
        challenge: Option<String>,
    },
    /// Another title.
    Rename(Title),
    /// Another challenge, or none.
    SetChallenge(Option<String>),
    /// Other ground rules, or none.
    SetGroundRules(Option<String>),
    /// Another review date, or none.
    SetReviewDate(Option<String>),
    /// Deletes it, or brings it back.
    SetDeleted(bool),
    /// Several of the above as one change; none of them a beginning, nor itself of several.
    Together(Vec<NotebookEdit>),
}

pub(crate) const CHALLENGE: &str = "challenge";
pub(crate) const GROUND_RULES: &str = "ground rules";
pub(crate) const REVIEW_DATE: &str = "review date";

const KNOWN: [&str; 6] = ["hedgerow", "title", CHALLENGE, GROUND_RULES, REVIEW_DATE, "deleted"];

/// The description as it is, and what of it this version does not know. Never fails: a notebook without a title is
/// called "Untitled".
#[must_use]
pub fn read(document: &Document) -> (Notebook, Vec<Unknown>) {
    let mut root = Entries::new(&document.inner, ROOT, None);
    root.note_strangers(|key| KNOWN.contains(&key));
    let notebook = Notebook {
        title: root.word("title", Title::nearest).unwrap_or_else(untitled),
        challenge: root.text(CHALLENGE),
        ground_rules: root.text(GROUND_RULES),
        review_date: root.text(REVIEW_DATE),
        deleted: root.truth("deleted"),
    };
    (notebook, root.unknown)
}
