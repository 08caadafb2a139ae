//! A page: title, template, fields and body.
//!
//! The document's root holds `hedgerow` = `page/1`, `title`, `template`, `body` (the text object), `deleted`, one entry
//! `f/<name>` for each field, those of a [plan](crate::plan), and `restored` (hexadecimal, for the history). Fields lie at the root so that two devices
//! that set a first field at once never make two containers for them.

use crate::Unknown;
use crate::body::{self, Block};
use crate::document::{Document, caught, theirs};
use crate::plan::{self, Plan, PlanEdit};
use crate::root::Entries;
use automerge::{Cursor, MoveCursor, ObjId, ROOT, ReadDoc};
use hedgerow_model::{ChangeHash, FieldName, TemplateKind, Title};
use std::collections::BTreeMap;

pub use crate::comments::Anchor;

/// What a page holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What it is called.
    pub title: Title,
    /// What it was made from.
    pub template: TemplateKind,
    /// What is known about it, by name.
    pub fields: BTreeMap<FieldName, String>,
    /// Its body, in normal form.
    pub blocks: Vec<Block>,
    /// Its outcomes and actions.
    pub plan: Plan,
    /// Whether it was deleted. It can be brought back.
    pub deleted: bool,
}

/// An edit of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageEdit {
    /// The first edit of all, once, on the device where the page is made.
    Begin {
        /// What it is called.
        title: Title,
        /// What it is made from.
        template: TemplateKind,
        /// Its fields.
        fields: BTreeMap<FieldName, String>,
        /// Its body.
        body: Vec<Block>,
        /// Its outcomes and actions; each is laid out anew.
        plan: Plan,
    },
    /// Another title.
    Rename(Title),
    /// Another template.
    SetTemplate(TemplateKind),
    /// A field's text, or `None` to take the field away. Where several people write in it at once (the `why` of a plan)
    /// by the least difference in words.
    SetField {
        /// Its name.
        name: FieldName,
        /// Its text.
        text: Option<String>,
    },
    /// Deletes and inserts in the body text; positions and counts in Unicode scalar values. A line break splits a
    /// block, but in code and tables; deleting one joins two. Control characters but `\n` and `\t` are left out.
    Splice {
        /// Where.
        at: usize,
        /// How many characters go.
        delete: usize,
        /// What comes.
        insert: String,
    },
    /// Changes the plan.
    Plan(PlanEdit),
    /// Adds blocks at the end; on a page where nothing is written they are all there is.
    Append(Vec<Block>),
    /// Makes the body read as given, by the least difference, so that what others wrote meanwhile stays.
    Replace(Vec<Block>),
    /// Makes the page what it was at these changes, as a new change.
    Restore(Vec<ChangeHash>),
    /// Makes the page what it is at a change that is not part of it, as a new change.
    RestoreFrom {
        /// That change: the history names it.
        version: ChangeHash,
        /// The page there.
        page: Box<Page>,
    },
    /// Deletes it, or brings it back.
    SetDeleted(bool),
    /// Several edits as one change, one after the other, all or none of them. `Begin`, `Splice`, `Restore`,
    /// `RestoreFrom` and this one cannot be among them.
    Together(Vec<PageEdit>),
}

/// The page as it is, and what of it this version does not know. Never fails: what is missing reads as empty, and a
/// page without a title is called "Untitled".
#[must_use]
pub fn read(document: &Document) -> (Page, Vec<Unknown>) {
    read_at(document, None)
}

/// What lists show of a page: all but its fields and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it is called.
    pub title: Title,
    /// What it is made from.
    pub template: TemplateKind,
    /// Whether it is deleted.
    pub deleted: bool,
}

/// What lists show of the page as it is; whatever the length of its body, this costs the same.
#[must_use]
pub fn head(document: &Document) -> Head {
    head_of(&mut Entries::new(&document.inner, ROOT, None))
}

fn head_of<R: automerge::ReadDoc>(root: &mut Entries<'_, R>) -> Head {
    Head {
        title: root.word("title", Title::nearest).unwrap_or_else(untitled),
        template: root.word("template", |text| TemplateKind::parse(text).ok()).unwrap_or_else(TemplateKind::note),
        deleted: root.truth("deleted"),
    }
}

/// The page as it was at `heads`. `None` when one of them is not here.
#[must_use]
pub fn at(document: &Document, heads: &[ChangeHash]) -> Option<(Page, Vec<Unknown>)> {
    if !heads.iter().all(|head| document.has(head)) {
        return None;
    }
    let heads: Vec<automerge::ChangeHash> = heads.iter().map(theirs).collect();
    Some(read_at(document, Some(&heads)))
}

/// What a page is called when its document says nothing that can be shown.
pub(crate) fn untitled() -> Title {
    #[expect(clippy::expect_used, reason = "a constant that a test parses")]
    Title::parse("Untitled").expect("a title")
}

/// The name of a field's entry.
pub(crate) fn field_key(name: &FieldName) -> String {
    format!("f/{name}")
}

const KNOWN: [&str; 6] = ["hedgerow", "title", "template", "body", "deleted", "restored"];

fn read_at(document: &Document, heads: Option<&[automerge::ChangeHash]>) -> (Page, Vec<Unknown>) {
    let mut root = Entries::new(&document.inner, ROOT, heads);
    root.note_strangers(|key| KNOWN.contains(&key) || field_name(key).is_some() || plan::item_of(key).is_some());
    let mut fields = BTreeMap::new();
    for key in root.keys() {
        if let Some(name) = field_name(&key)
            && let Some(text) = root.text(&key)
            && !(text.is_empty() && root.is_text_object(&key))
        {
            fields.insert(name, text);
        }
    }
    let Head { title, template, deleted } = head_of(&mut root);
    let (plan, strange) = plan::read_in(&document.inner, heads);
    let mut page = Page { title, template, fields, blocks: Vec::new(), plan, deleted };
    let mut unknown = root.unknown;
    unknown.extend(strange);
    match body::body_of(&document.inner, heads) {
        Some(body) => {
            let (laid, strange) = body::read(&document.inner, &body, heads);
            page.blocks = laid.into_iter().map(|laid| laid.block).collect();
            unknown.extend(strange);
        }
        None => page.blocks = body::normal(Vec::new()),
    }
    (page, unknown)
}

/// The name of the field whose entry this is.
pub(crate) fn field_name(key: &str) -> Option<FieldName> {
    key.strip_prefix("f/").and_then(|name| FieldName::parse(name).ok().filter(|parsed| parsed.as_str() == name))
}

/// The body as plain text, into which positions count: blocks are parted by `\n`, an empty page is empty.
#[must_use]
pub fn body_text(document: &Document) -> String {
    body_object(document).map_or_else(String::new, |body| body::text(&document.inner, &body, None))
}

/// How many Unicode scalar values [`body_text`] has.
#[must_use]
pub fn body_length(document: &Document) -> usize {
    body_object(document).map_or(0, |body| body::length(&document.inner, &body).0)
}

pub(crate) fn body_object(document: &Document) -> Option<ObjId> {
    body::body_of(&document.inner, None)
}

/// Something to hold on to the characters from `from` up to `to` of the body text, whatever is written around them.
/// `None` when the range is empty or reaches beyond the text.
#[must_use]
pub fn anchor(document: &Document, from: usize, to: usize) -> Option<Anchor> {
    let body = body_object(document)?;
    let (length, marked) = body::length(&document.inner, &body);
    if from >= to || to > length {
        return None;
    }
    let first = from + usize::from(marked);
    let last = to - 1 + usize::from(marked);
    let from_cursor = document.inner.get_cursor(&body, first, None).ok()?;
    let to_cursor = document.inner.get_cursor_moving(&body, last, None, MoveCursor::Before).ok()?;
    let quote = body_text(document).chars().skip(from).take((to - from).min(Anchor::QUOTE_MOST)).collect();
    Some(Anchor { from: from_cursor.to_string(), to: to_cursor.to_string(), quote })
}

/// Where in the body text an anchor holds now. When all that it held on to is gone, the first place that reads as its
/// quote; `None` when there is none.
#[must_use]
pub fn locate(document: &Document, anchor: &Anchor) -> Option<(usize, usize)> {
    held(document, anchor).or_else(|| {
        let text = body_text(document);
        let at = text.find(anchor.quote.as_str()).filter(|_| !anchor.quote.is_empty())?;
        let from = text[..at].chars().count();
        Some((from, from + anchor.quote.chars().count()))
    })
}

fn held(document: &Document, anchor: &Anchor) -> Option<(usize, usize)> {
    let body = body_object(document)?;
    let (length, marked) = body::length(&document.inner, &body);
    let skipped = usize::from(marked);
    let from = position(document, &body, &anchor.from)?.saturating_sub(skipped);
    let to = (position(document, &body, &anchor.to)? + 1).saturating_sub(skipped);
    (from < to && to <= length).then_some((from, to))
}

/// Where a cursor stands. It comes from another person's document: automerge parses it where a panic is caught.
fn position(document: &Document, body: &ObjId, cursor: &str) -> Option<usize> {
    if cursor.len() > Anchor::CURSOR_MOST || !cursor.is_ascii() {
        return None;
    }
    caught(|| {
        let cursor = Cursor::try_from(cursor).ok()?;
        document.inner.get_cursor_position(body, &cursor, None).ok()
    })?
}
