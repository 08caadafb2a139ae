//! One splice of the body text, as a person types it.

use super::block::{Block, BlockKind};
use super::read::{is_marker, read};
use super::write::insert_marker;
use automerge::transaction::{Transactable, Transaction};
use automerge::{AutomergeError, ObjId, ReadDoc};

/// How many characters are looked back over for a block's marker before the whole body is read instead.
const LOOK_BACK: usize = 2_000;

/// Deletes and inserts at `at`, an index into the text object. A line break splits the block there; in code and in
/// tables it is a character like any other. Reads nothing of the body unless there is a line break to insert.
pub(crate) fn splice(
    tx: &mut Transaction<'_>,
    body: &ObjId,
    at: usize,
    delete: usize,
    insert: &str,
) -> Result<(), AutomergeError> {
    let delete = isize::try_from(delete).unwrap_or(isize::MAX);
    if !insert.contains('\n') {
        return tx.splice_text(body, at, delete, insert);
    }
    let around = block_at(tx, body, at);
    if around.is_literal() {
        return tx.splice_text(body, at, delete, insert);
    }
    if delete > 0 {
        tx.splice_text(body, at, delete, "")?;
    }
    let next = following(&around);
    let mut at = at;
    for (index, line) in insert.split('\n').enumerate() {
        if index > 0 {
            insert_marker(tx, body, at, &next)?;
            at += 1;
        }
        if !line.is_empty() {
            tx.splice_text(body, at, 0, line)?;
            at += line.chars().count();
        }
    }
    Ok(())
}

/// What a line break begins: another block of the same kind, but a paragraph after a heading or a
/// file, and a task not yet done.
fn following(block: &Block) -> Block {
    let kind = match &block.kind {
        BlockKind::Heading(_) | BlockKind::Attachment(_) | BlockKind::Unknown(_) => BlockKind::Paragraph,
        BlockKind::Numbered { .. } => BlockKind::Numbered { start: None },
        BlockKind::Task { .. } => BlockKind::Task { checked: false },
        kind => kind.clone(),
    };
    Block { kind, parents: block.parents.clone(), text: String::new(), marks: Vec::new() }
}

/// The block in which the index lies, without its text.
fn block_at(tx: &Transaction<'_>, body: &ObjId, at: usize) -> Block {
    let nearest = (at.saturating_sub(LOOK_BACK)..at).rev().find(|index| is_marker(tx, body, *index));
    if nearest.is_some_and(|index| is_plain(tx, body, index)) {
        return Block::paragraph("");
    }
    let (laid, _) = read(tx, body, None);
    laid.into_iter()
        .rfind(|laid| laid.begin() < at || laid.begin() == 0)
        .map_or_else(|| Block::paragraph(""), |laid| Block { text: String::new(), marks: Vec::new(), ..laid.block })
}

/// Whether the marker is that of a paragraph that lies in nothing: then there is no need to read the body.
fn is_plain(tx: &Transaction<'_>, body: &ObjId, index: usize) -> bool {
    let Ok(Some((_, marker))) = tx.get(body, index) else { return false };
    let paragraph = matches!(tx.get(&marker, "type"), Ok(Some((value, _))) if value.as_str() == Some("paragraph"));
    let parents = match tx.get(&marker, "parents") {
        Ok(Some((_, parents))) => tx.length(&parents),
        _ => 0,
    };
    paragraph && parents == 0
}
