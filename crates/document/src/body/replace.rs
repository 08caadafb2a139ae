//! Replacing a body by the least difference, so that what others wrote meanwhile stays.

use super::block::Block;
use super::difference::{Step, align, edits};
use super::read::{Laid, read};
use super::settle::settle;
use super::write::{amend_marker, insert_block, insert_marker};
use automerge::transaction::{Transactable, Transaction};
use automerge::{AutomergeError, ObjId};

/// Makes the body read as `target`, which is in normal form and not empty. Blocks that stay keep their place; in those
/// that change, only the characters and marks that differ are touched.
pub(crate) fn replace(tx: &mut Transaction<'_>, body: &ObjId, target: &[Block]) -> Result<(), AutomergeError> {
    let (laid, _) = read(tx, body, None);
    let old: Vec<&Block> = laid.iter().map(|laid| &laid.block).collect();
    if old.iter().copied().eq(target) {
        return Ok(());
    }
    if is_blank(&laid) {
        return take_place(tx, body, &laid, target);
    }
    let mut at = laid.last().map_or(0, |laid| laid.to);
    for step in align(&old, target).into_iter().rev() {
        match step {
            Step::Keep(from, to) => {
                amend(tx, body, &laid[from], &target[to])?;
                at = laid[from].begin();
            }
            Step::Drop(from) => {
                at = laid[from].begin();
                delete(tx, body, at, laid[from].to - at)?;
            }
            Step::Add(to) => {
                insert_block(tx, body, at, &target[to])?;
            }
        }
    }
    settle(tx, body, 0, target)
}

/// Adds blocks at the end. On a page where nothing was written yet they take the empty paragraph's place.
pub(crate) fn append(tx: &mut Transaction<'_>, body: &ObjId, blocks: &[Block]) -> Result<(), AutomergeError> {
    let (laid, _) = read(tx, body, None);
    if is_blank(&laid) {
        return take_place(tx, body, &laid, blocks);
    }
    insert_all(tx, body, laid.last().map_or(0, |laid| laid.to), blocks)?;
    settle(tx, body, laid.len(), blocks)
}

/// Whether it is one empty paragraph.
fn is_blank(laid: &[Laid]) -> bool {
    matches!(laid, [only] if only.block == Block::paragraph(""))
}

/// Puts blocks where one empty paragraph is. They bring their own markers and the paragraph's goes: two people who
/// begin an empty page at once then have their blocks one after the other, not one inside the other.
fn take_place(tx: &mut Transaction<'_>, body: &ObjId, laid: &[Laid], blocks: &[Block]) -> Result<(), AutomergeError> {
    let Some(blank) = laid.first() else { return Ok(()) };
    insert_all(tx, body, blank.to, blocks)?;
    if let Some(marker) = blank.marker {
        delete(tx, body, marker, 1)?;
    }
    settle(tx, body, 0, blocks)
}

fn insert_all(tx: &mut Transaction<'_>, body: &ObjId, at: usize, blocks: &[Block]) -> Result<(), AutomergeError> {
    for block in blocks.iter().rev() {
        insert_block(tx, body, at, block)?;
    }
    Ok(())
}

/// Brings one block to its target, but for the marks.
fn amend(tx: &mut Transaction<'_>, body: &ObjId, laid: &Laid, target: &Block) -> Result<(), AutomergeError> {
    if laid.block.text != target.text {
        for edit in edits(&laid.block.text, &target.text).into_iter().rev() {
            let delete = isize::try_from(edit.delete).unwrap_or(isize::MAX);
            tx.splice_text(body, laid.from + edit.at, delete, &edit.insert)?;
        }
    }
    if laid.marker.is_some() {
        return amend_marker(tx, body, laid, target);
    }
    // Text before any marker is a paragraph as long as it stands first. It may do neither from now on.
    insert_marker(tx, body, laid.from, target)
}

fn delete(tx: &mut Transaction<'_>, body: &ObjId, at: usize, count: usize) -> Result<(), AutomergeError> {
    tx.splice_text(body, at, isize::try_from(count).unwrap_or(isize::MAX), "")
}
