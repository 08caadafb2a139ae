//! The comments on a page, in a document beside it.
//!
//! Each comment is a map at the root, at `c/<id>`, each reply one at `r/<id of the comment>/<id>`: there is no container
//! that two devices could make at once. Who wrote one is not written in it: it is the author of the change that made
//! the map, which nobody can forge.

use crate::Unknown;
use crate::document::{Document, ours};
use crate::root::Entries;
use automerge::{ObjId, ObjType, ROOT, Value};
use hedgerow_model::{ActorId, IdProblem, Moment, PageId};
use std::collections::BTreeMap;

/// A comment or a reply: 16 random bytes, handed in by whoever adds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommentId([u8; 16]);

impl CommentId {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> CommentId {
        CommentId(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads a whole id, 32 hexadecimal digits.
    ///
    /// # Errors
    /// When it has another length or other characters.
    pub fn parse(raw: &str) -> Result<CommentId, IdProblem> {
        PageId::parse(raw).map(|id| CommentId(*id.as_bytes()))
    }
}

impl std::fmt::Display for CommentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&PageId::from_bytes(self.0), f)
    }
}

/// What a comment holds on to in the body of the page: made and found again by [`page::anchor`](crate::page::anchor)
/// and [`page::locate`](crate::page::locate).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// A cursor at its first character.
    pub from: String,
    /// A cursor at its last character.
    pub to: String,
    /// What stood there, or the beginning of it: for people, and for finding the place when the cursors fail.
    pub quote: String,
}

impl Anchor {
    /// The most characters of a quote.
    pub const QUOTE_MOST: usize = 300;

    /// The most bytes of a cursor.
    pub(crate) const CURSOR_MOST: usize = 200;
}

/// One comment with its replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// The line of editing that made it; its device belongs to whoever wrote it.
    pub by: ActorId,
    /// When, by that device's clock.
    pub when: Moment,
    /// What it is about.
    pub anchor: Anchor,
    /// What it says.
    pub text: String,
    /// Whether it is settled.
    pub resolved: bool,
    /// The replies, sorted by id.
    pub replies: Vec<Reply>,
}

/// A reply to a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its id.
    pub id: CommentId,
    /// The line of editing that made it.
    pub by: ActorId,
    /// When, by that device's clock.
    pub when: Moment,
    /// What it says.
    pub text: String,
}

/// An edit of the comments on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentEdit {
    /// A new comment.
    Add {
        /// Its id: random, used once.
        id: CommentId,
        /// What it is about.
        anchor: Anchor,
        /// What it says.
        text: String,
    },
    /// A reply.
    Reply {
        /// The comment it answers.
        to: CommentId,
        /// Its id: random, used once.
        id: CommentId,
        /// What it says.
        text: String,
    },
    /// Settles a comment.
    Resolve(CommentId),
    /// Opens a settled comment again.
    Reopen(CommentId),
    /// Takes a comment away, with its replies.
    Remove(CommentId),
}

/// The longest comment, in Unicode scalar values.
pub const COMMENT_MOST: usize = 20_000;

/// The root key of a comment.
pub(crate) fn comment_key(id: &CommentId) -> String {
    format!("c/{id}")
}

/// The root key of a reply.
pub(crate) fn reply_key(to: &CommentId, id: &CommentId) -> String {
    format!("r/{to}/{id}")
}

/// The comments, sorted by id, and what of the document this version does not know. Never fails. Replies whose comment
/// was taken away are not shown.
#[must_use]
pub fn read(document: &Document) -> (Vec<Comment>, Vec<Unknown>) {
    let mut root = Entries::new(&document.inner, ROOT, None);
    root.note_strangers(|key| key == "hedgerow" || key.starts_with("c/") || key.starts_with("r/"));
    let mut unknown = std::mem::take(&mut root.unknown);
    let mut comments: BTreeMap<CommentId, Comment> = BTreeMap::new();
    let mut replies: Vec<(CommentId, Reply)> = Vec::new();
    for key in root.keys() {
        let Some(Place { object, by, when, of }) = place(document, &root, &key) else {
            if key != "hedgerow" && !unknown.contains(&Unknown::Entry(Unknown::shown(&key))) {
                unknown.push(Unknown::Value(Unknown::shown(&key)));
            }
            continue;
        };
        let mut entry = Entries::new(&document.inner, object, None);
        let text = entry.text("text").unwrap_or_default();
        match of {
            Of::Comment(id) => {
                let quote = entry.text("quote").unwrap_or_default();
                let from = entry.text("from").unwrap_or_default();
                let to = entry.text("to").unwrap_or_default();
                let resolved = entry.truth("resolved");
                entry.note_strangers(|key| ["text", "quote", "from", "to", "resolved"].contains(&key));
                let anchor = Anchor { from, to, quote };
                comments.insert(id, Comment { id, by, when, anchor, text, resolved, replies: Vec::new() });
            }
            Of::Reply(to, id) => {
                entry.note_strangers(|key| key == "text");
                replies.push((to, Reply { id, by, when, text }));
            }
        }
        unknown.append(&mut entry.unknown);
    }
    for (to, reply) in replies {
        if let Some(comment) = comments.get_mut(&to) {
            comment.replies.push(reply);
        }
    }
    (comments.into_values().collect(), unknown)
}

enum Of {
    Comment(CommentId),
    Reply(CommentId, CommentId),
}

struct Place {
    object: ObjId,
    by: ActorId,
    when: Moment,
    of: Of,
}

fn place(document: &Document, root: &Entries<'_, automerge::Automerge>, key: &str) -> Option<Place> {
    let of = match key.split('/').collect::<Vec<_>>()[..] {
        ["c", id] => Of::Comment(CommentId::parse(id).ok()?),
        ["r", to, id] => Of::Reply(CommentId::parse(to).ok()?, CommentId::parse(id).ok()?),
        _ => return None,
    };
    let (Value::Object(ObjType::Map), object) = root.get(key)? else { return None };
    let made = document.inner.hash_for_opid(&object)?;
    let facts = document.facts(&ours(&made))?;
    Some(Place { object, by: facts.actor, when: facts.time, of })
}
