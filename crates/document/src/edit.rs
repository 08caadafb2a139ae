//! Our own edits: each becomes one change, or none when it changes nothing.

use crate::body::{self, Block};
use crate::chunk::{CHANGE_MOST, OPS_MOST, inspect};
use crate::comments::{COMMENT_MOST, CommentEdit, CommentId, comment_key, reply_key};
use crate::document::{Document, caught, ours};
use crate::entry::{amend_text, begin_text, put_text, put_truth, typed};
use crate::notebook::{CHALLENGE, GROUND_RULES, NotebookEdit, REVIEW_DATE};
use crate::page::{self, Page, PageEdit, field_key};
use crate::plan::{self, Item, Plan};
use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, Value};
use hedgerow_model::{ActorId, ChangeHash, FieldName, Moment, TemplateKind, Title};
use std::collections::BTreeMap;

/// An edit, by data: what it does can be logged, replayed and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Of a page.
    Page(PageEdit),
    /// Of a notebook's description.
    Notebook(NotebookEdit),
    /// Of the comments on a page.
    Comments(CommentEdit),
}

/// Who edits, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editing {
    /// The line of editing, leased by one replica at a time.
    pub actor: ActorId,
    /// What the clock says; shown, never deciding.
    pub at: Moment,
    /// The commit message: at most 256 bytes.
    pub message: Option<String>,
}

/// A change that an edit made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalChange {
    /// Its name.
    pub hash: ChangeHash,
    /// Its number in its line of editing.
    pub seq: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The changes it was made on top of, sorted.
    pub deps: Vec<ChangeHash>,
}

/// Why an edit was not made. The document is then as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditProblem {
    /// There is no page, notebook or comment here yet.
    #[error("nothing was begun here yet; begin it first")]
    NotBegun,
    /// It was begun before.
    #[error("this was begun already; edit it instead")]
    AlreadyBegun,
    /// A position beyond the end.
    #[error("the text has {length} characters; {at} lies beyond its end")]
    OutsideText {
        /// The position that was asked for.
        at: usize,
        /// The length of the body text.
        length: usize,
    },
    /// More than one change may hold.
    #[error("this is too much at once: at most {bytes} bytes or about {ops} deletions a change; do it in parts")]
    TooMuchAtOnce {
        /// The most bytes.
        bytes: usize,
        /// The most operations that take no bytes of their own.
        ops: u64,
    },
    /// An edit among several that must be made alone.
    #[error("this edit cannot be made together with others; make it by itself")]
    NotTogether,
    /// A version that is not here.
    #[error("there is no version {0} here")]
    UnknownVersion(ChangeHash),
    /// A comment that is not here.
    #[error("there is no comment {0} here")]
    UnknownComment(CommentId),
    /// An outcome or action that is not here.
    #[error("there is no {0} here")]
    UnknownItem(Item),
    /// A text that is too long.
    #[error("the {what} has {length} characters; {most} is the most")]
    TextTooLong {
        /// What kind of text.
        what: &'static str,
        /// How many it has.
        length: usize,
        /// The most allowed.
        most: usize,
    },
    /// A commit message that is too long.
    #[error("the commit message has {length} bytes; 256 is the most")]
    MessageTooLong {
        /// How many it has.
        length: usize,
    },
    /// The document was left half-done by a fault and takes no more edits.
    #[error("this document is closed after a fault; open it again")]
    Broken,
    /// Automerge would not have it.
    #[error("the edit could not be made: {0}")]
    Refused(String),
}

const TOO_MUCH: EditProblem = EditProblem::TooMuchAtOnce { bytes: CHANGE_MOST, ops: OPS_MOST };

/// The longest text one splice may insert, in bytes: with its frame it has to fit into a change.
const INSERT_MOST: usize = 2 << 20;

impl From<AutomergeError> for EditProblem {
    fn from(error: AutomergeError) -> EditProblem {
        EditProblem::Refused(error.to_string())
    }
}

impl Document {
    /// Makes one edit. `None` when it changes nothing.
    ///
    /// # Errors
    /// As [`EditProblem`] says; the document is then as it was.
    pub fn edit(&mut self, by: &Editing, edit: &Edit) -> Result<Option<LocalChange>, EditProblem> {
        if self.broken {
            return Err(EditProblem::Broken);
        }
        if let Some(length) = by.message.as_ref().map(String::len).filter(|length| *length > 256) {
            return Err(EditProblem::MessageTooLong { length });
        }
        match edit {
            Edit::Page(PageEdit::Splice { at, delete, insert }) => self.splice(by, *at, *delete, insert),
            Edit::Page(edit) => self.edit_page(by, edit),
            Edit::Notebook(edit) => self.on_copy(by, |tx| notebook(tx, edit)),
            Edit::Comments(edit) => self.on_copy(by, |tx| comments(tx, edit)),
        }
    }

    /// Typing: straight into the document, for a copy costs more than the edit. All that could go wrong is checked
    /// before.
    fn splice(
        &mut self,
        by: &Editing,
        at: usize,
        delete: usize,
        insert: &str,
    ) -> Result<Option<LocalChange>, EditProblem> {
        let body = page::body_object(self).ok_or(EditProblem::NotBegun)?;
        let (length, marked) = body::length(&self.inner, &body);
        let end = at.saturating_add(delete);
        if end > length {
            return Err(EditProblem::OutsideText { at: end, length });
        }
        // A deletion takes up to a dozen bytes where neighbours were written by many.
        if insert.len().saturating_add(delete.saturating_mul(12)) > INSERT_MOST {
            return Err(TOO_MUCH);
        }
        let insert = typed(insert);
        let lines = insert.bytes().filter(|byte| *byte == b'\n').count();
        if lines > 10_000 {
            return Err(TOO_MUCH);
        }
        let at = at + usize::from(marked);
        let inner = &mut self.inner;
        let made = caught(|| commit(inner, by, |tx| Ok(body::splice(tx, &body, at, delete, &insert)?)));
        match made {
            Some(Ok(change)) if change.as_ref().is_none_or(|change| self.ancestry_takes(change).is_ok()) => Ok(change),
            Some(Err(problem)) => Err(problem),
            _ => {
                self.broken = true;
                Err(EditProblem::Broken)
            }
        }
    }

    fn edit_page(&mut self, by: &Editing, edit: &PageEdit) -> Result<Option<LocalChange>, EditProblem> {
        match edit {
            PageEdit::Together(edits) => together(edits)?,
            edit => bounded(blocks_of(edit), plan_of(edit))?,
        }
        match edit {
            PageEdit::Begin { title, template, fields, body, plan } => {
                let blocks = body::normal(body.clone());
                self.on_copy(by, |tx| {
                    begin_page(tx, title, template, fields, &blocks)?;
                    plan::begin(tx, plan)
                })
            }
            PageEdit::Restore(heads) => {
                let missing = heads.iter().find(|head| !self.has(head)).copied();
                let (page, _) = match (missing, heads.first()) {
                    (Some(missing), _) => return Err(EditProblem::UnknownVersion(missing)),
                    (None, None) => return Err(EditProblem::NotBegun),
                    (None, Some(_)) => page::at(self, heads).ok_or(EditProblem::NotBegun)?,
                };
                let named: Vec<String> = heads.iter().map(ToString::to_string).collect();
                self.on_copy(by, |tx| restore(tx, &page, &named.join(" ")))
            }
            PageEdit::RestoreFrom { version, page } => self.on_copy(by, |tx| restore(tx, page, &version.to_string())),
            edit => self.on_copy(by, |tx| page(tx, edit)),
        }
    }

    /// Makes an edit on a copy, and looks at what came of it before the copy takes the document's place: what others
    /// would refuse must never become part of our line of editing.
    fn on_copy(
        &mut self,
        by: &Editing,
        edit: impl FnOnce(&mut Transaction<'_>) -> Result<(), EditProblem>,
    ) -> Result<Option<LocalChange>, EditProblem> {
        let fault = || EditProblem::Refused("a fault in automerge; the document is as it was".to_owned());
        let mut next = self.inner.clone();
        let made = caught(|| {
            let change = commit(&mut next, by, edit)?;
            if let Some(change) = &change {
                fits(&next, change)?;
            }
            Ok(change)
        });
        let change = made.unwrap_or_else(|| Err(fault()))?;
        if let Some(change) = &change {
            self.ancestry_takes(change)?;
            self.inner = next;
        }
        Ok(change)
    }

    /// Judges our own change as others will, and takes it down.
    fn ancestry_takes(&mut self, change: &LocalChange) -> Result<(), EditProblem> {
        let examined = inspect(&change.bytes).map_err(|_| TOO_MUCH)?;
        self.ancestry.take(&examined).map_err(|why| EditProblem::Refused(format!("others would refuse it: {why}")))
    }
}

/// Whether others would take the change.
fn fits(document: &Automerge, change: &LocalChange) -> Result<(), EditProblem> {
    let examined = inspect(&change.bytes).map_err(|_| TOO_MUCH)?;
    if examined.has_marks {
        let loaded = Automerge::load(&document.save())?;
        if loaded.get_heads() != document.get_heads() {
            return Err(EditProblem::Refused("it could not be kept".to_owned()));
        }
    }
    Ok(())
}

fn commit(
    document: &mut Automerge,
    by: &Editing,
    edit: impl FnOnce(&mut Transaction<'_>) -> Result<(), EditProblem>,
) -> Result<Option<LocalChange>, EditProblem> {
    document.set_actor(automerge::ActorId::from(by.actor.as_bytes()));
    let options = CommitOptions { message: by.message.clone(), time: Some(by.at.seconds()) };
    let done = document.transact_with(|()| options, edit).map_err(|failure| failure.error)?;
    if done.hash.is_none() {
        return Ok(None);
    }
    let Some(change) = document.get_last_local_change() else { return Ok(None) };
    let mut deps: Vec<ChangeHash> = change.deps().iter().map(ours).collect();
    deps.sort_unstable();
    let bytes = change.raw_bytes().to_vec();
    Ok(Some(LocalChange { hash: ours(&change.hash()), seq: change.seq(), bytes, deps }))
}

/// The blocks that an edit brings.
fn blocks_of(edit: &PageEdit) -> &[Block] {
    match edit {
        PageEdit::Begin { body: blocks, .. } | PageEdit::Append(blocks) | PageEdit::Replace(blocks) => blocks,
        PageEdit::RestoreFrom { page, .. } => &page.blocks,
        _ => &[],
    }
}

/// The plan that an edit brings.
fn plan_of(edit: &PageEdit) -> Option<&Plan> {
    match edit {
        PageEdit::Begin { plan, .. } => Some(plan),
        PageEdit::RestoreFrom { page, .. } => Some(&page.plan),
        _ => None,
    }
}

/// Refuses edits that cannot be one change.
fn together(edits: &[PageEdit]) -> Result<(), EditProblem> {
    for edit in edits {
        match edit {
            PageEdit::Begin { .. }
            | PageEdit::Splice { .. }
            | PageEdit::Restore(_)
            | PageEdit::RestoreFrom { .. }
            | PageEdit::Together(_) => return Err(EditProblem::NotTogether),
            edit => bounded(blocks_of(edit), plan_of(edit))?,
        }
    }
    Ok(())
}

/// Refuses blocks and plans that cannot fit into one change before any work is done on them. A character takes at least a
/// byte; a block takes five operations and some more for its attributes, a mark two, and they take hardly any bytes.
fn bounded(blocks: &[Block], plan: Option<&Plan>) -> Result<(), EditProblem> {
    let (words, said) = plan.map_or((0, 0), plan::weight);
    let bytes: usize = blocks.iter().map(|block| block.text.len()).sum::<usize>() + words;
    let parents: usize = blocks.iter().map(|block| block.parents.len()).sum();
    let marks: usize = blocks.iter().map(|block| block.marks.len()).sum();
    let operations = u64::try_from(blocks.len() * 6 + parents + marks * 2 + said).unwrap_or(u64::MAX);
    if bytes > INSERT_MOST || operations > OPS_MOST { Err(TOO_MUCH) } else { Ok(()) }
}

fn begin_page(
    tx: &mut Transaction<'_>,
    title: &Title,
    template: &TemplateKind,
    fields: &BTreeMap<FieldName, String>,
    blocks: &[Block],
) -> Result<(), EditProblem> {
    if body::body_of(tx, None).is_some() {
        return Err(EditProblem::AlreadyBegun);
    }
    tx.put(ROOT, "hedgerow", "page/1")?;
    put_text(tx, &ROOT, "title", Some(title.as_str()))?;
    put_text(tx, &ROOT, "template", Some(template.as_str()))?;
    for (name, text) in fields.iter().filter(|(name, _)| !is_why(template, name)) {
        put_text(tx, &ROOT, &field_key(name), Some(&typed(text)))?;
    }
    if plan::is_plan(template) {
        let why = fields.iter().find(|(name, _)| name.as_str() == plan::WHY).map(|(_, text)| typed(text));
        begin_text(tx, &ROOT, &format!("f/{}", plan::WHY), &why.unwrap_or_default())?;
    }
    Ok(body::begin(tx, blocks)?)
}

/// Whether it is the field in which several people write at once.
fn is_why(template: &TemplateKind, name: &FieldName) -> bool {
    plan::is_plan(template) && name.as_str() == plan::WHY
}

fn page(tx: &mut Transaction<'_>, edit: &PageEdit) -> Result<(), EditProblem> {
    let body = body::body_of(tx, None).ok_or(EditProblem::NotBegun)?;
    match edit {
        PageEdit::Rename(title) => put_text(tx, &ROOT, "title", Some(title.as_str()))?,
        PageEdit::SetTemplate(template) => put_text(tx, &ROOT, "template", Some(template.as_str()))?,
        PageEdit::SetField { name, text } => {
            amend_text(tx, &ROOT, &field_key(name), text.as_deref().map(typed).as_deref())?
        }
        PageEdit::Plan(edit) => plan::plan(tx, edit)?,
        PageEdit::Append(blocks) if blocks.is_empty() => {}
        PageEdit::Append(blocks) => body::append(tx, &body, &body::normal(blocks.clone()))?,
        PageEdit::Replace(blocks) => body::replace(tx, &body, &body::normal(blocks.clone()))?,
        PageEdit::SetDeleted(deleted) => put_truth(tx, &ROOT, "deleted", *deleted)?,
        PageEdit::Together(edits) => edits.iter().try_for_each(|edit| page(tx, edit))?,
        // The others are dealt with before a transaction is begun.
        PageEdit::Begin { .. } | PageEdit::Splice { .. } | PageEdit::Restore(_) | PageEdit::RestoreFrom { .. } => {}
    }
    Ok(())
}

/// Everything as it was, as a new change. `from` says in the history what was restored.
fn restore(tx: &mut Transaction<'_>, old: &Page, from: &str) -> Result<(), EditProblem> {
    let body = body::body_of(tx, None).ok_or(EditProblem::NotBegun)?;
    put_text(tx, &ROOT, "title", Some(old.title.as_str()))?;
    put_text(tx, &ROOT, "template", Some(old.template.as_str()))?;
    put_truth(tx, &ROOT, "deleted", old.deleted)?;
    let gone: Vec<String> = tx
        .keys(ROOT)
        .filter(|key| key.starts_with("f/") && !old.fields.keys().any(|name| field_key(name) == *key))
        .collect();
    for key in gone {
        amend_text(tx, &ROOT, &key, None)?;
    }
    for (name, text) in &old.fields {
        amend_text(tx, &ROOT, &field_key(name), Some(text))?;
    }
    body::replace(tx, &body, &old.blocks)?;
    plan::restore(tx, &old.plan)?;
    if tx.pending_ops() > 0 {
        put_text(tx, &ROOT, "restored", Some(from))?;
    }
    Ok(())
}

fn notebook(tx: &mut Transaction<'_>, edit: &NotebookEdit) -> Result<(), EditProblem> {
    let begun = tx.get(ROOT, "title")?.is_some();
    match edit {
        NotebookEdit::Begin { .. } if begun => return Err(EditProblem::AlreadyBegun),
        NotebookEdit::Begin { title, challenge } => {
            tx.put(ROOT, "hedgerow", "notebook/1")?;
            put_text(tx, &ROOT, "title", Some(title.as_str()))?;
            put_text(tx, &ROOT, CHALLENGE, challenge.as_deref().map(typed).as_deref())?;
        }
        _ if !begun => return Err(EditProblem::NotBegun),
        NotebookEdit::Rename(title) => put_text(tx, &ROOT, "title", Some(title.as_str()))?,
        NotebookEdit::SetChallenge(text) => put_text(tx, &ROOT, CHALLENGE, text.as_deref().map(typed).as_deref())?,
        NotebookEdit::SetGroundRules(text) => put_text(tx, &ROOT, GROUND_RULES, text.as_deref().map(typed).as_deref())?,
        NotebookEdit::SetReviewDate(text) => put_text(tx, &ROOT, REVIEW_DATE, text.as_deref().map(typed).as_deref())?,
        NotebookEdit::SetDeleted(deleted) => put_truth(tx, &ROOT, "deleted", *deleted)?,
        NotebookEdit::Together(edits) => {
            let alone = |edit: &NotebookEdit| matches!(edit, NotebookEdit::Begin { .. } | NotebookEdit::Together(_));
            if edits.iter().any(alone) {
                return Err(EditProblem::NotTogether);
            }
            edits.iter().try_for_each(|edit| notebook(tx, edit))?;
        }
    }
    Ok(())
}

fn comments(tx: &mut Transaction<'_>, edit: &CommentEdit) -> Result<(), EditProblem> {
    match edit {
        CommentEdit::Add { id, anchor, text } => {
            let comment = new_map(tx, &comment_key(id))?;
            put_text(tx, &comment, "text", Some(&within(text)?))?;
            put_text(tx, &comment, "quote", Some(&typed(&anchor.quote)))?;
            put_text(tx, &comment, "from", Some(&anchor.from))?;
            put_text(tx, &comment, "to", Some(&anchor.to))?;
        }
        CommentEdit::Reply { to, id, text } => {
            comment(tx, to)?;
            let reply = new_map(tx, &reply_key(to, id))?;
            put_text(tx, &reply, "text", Some(&within(text)?))?;
        }
        CommentEdit::Resolve(id) => {
            let comment = comment(tx, id)?;
            put_truth(tx, &comment, "resolved", true)?;
        }
        CommentEdit::Reopen(id) => {
            let comment = comment(tx, id)?;
            put_truth(tx, &comment, "resolved", false)?;
        }
        CommentEdit::Remove(id) => {
            comment(tx, id)?;
            let beginning = format!("r/{id}/");
            let gone: Vec<String> = tx.keys(ROOT).filter(|key| key.starts_with(&beginning)).collect();
            for key in gone {
                tx.delete(ROOT, key)?;
            }
            tx.delete(ROOT, comment_key(id))?;
        }
    }
    Ok(())
}

fn new_map(tx: &mut Transaction<'_>, key: &str) -> Result<ObjId, EditProblem> {
    if tx.get(ROOT, key)?.is_some() {
        return Err(EditProblem::AlreadyBegun);
    }
    Ok(tx.put_object(ROOT, key, ObjType::Map)?)
}

fn comment(tx: &Transaction<'_>, id: &CommentId) -> Result<ObjId, EditProblem> {
    match tx.get(ROOT, comment_key(id))? {
        Some((Value::Object(ObjType::Map), object)) => Ok(object),
        _ => Err(EditProblem::UnknownComment(*id)),
    }
}

fn within(text: &str) -> Result<String, EditProblem> {
    let text = typed(text);
    match text.chars().count() {
        0..=COMMENT_MOST => Ok(text),
        length => Err(EditProblem::TextTooLong { what: "comment", length, most: COMMENT_MOST }),
    }
}
