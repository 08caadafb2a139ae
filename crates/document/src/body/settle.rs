//! Making marks say what they should, by the least change.

use super::block::{Block, Mark, MarkKind};
use super::read::read;
use super::write::{grows, set_mark};
use automerge::transaction::{Transactable, Transaction};
use automerge::{AutomergeError, ObjId};

/// Brings the marks of the blocks from `first` on to those of `targets`. Inserted text may have grown into a mark that
/// ended where it begins, so that what is there has to be read before it is known what to change.
pub(crate) fn settle(
    tx: &mut Transaction<'_>,
    body: &ObjId,
    first: usize,
    targets: &[Block],
) -> Result<(), AutomergeError> {
    let (laid, _) = read(tx, body, None);
    for (laid, target) in laid.iter().skip(first).zip(targets) {
        if laid.block.marks == target.marks {
            continue;
        }
        let length = laid.to - laid.from;
        for name in ["strong", "em", "code", "link"] {
            for (from, to, wanted) in
                differences(&line(&laid.block.marks, name, length), &line(&target.marks, name, length))
            {
                match wanted {
                    Some(kind) => set_mark(tx, body, laid.from, &Mark { from, to, kind })?,
                    None => tx.unmark(body, name, laid.from + from, laid.from + to, grows(name))?,
                }
            }
        }
    }
    Ok(())
}

/// The marks of one name, character by character.
fn line(marks: &[Mark], name: &str, length: usize) -> Vec<Option<MarkKind>> {
    let mut line = vec![None; length];
    for mark in marks.iter().filter(|mark| mark.kind.name() == name) {
        for cell in line.get_mut(mark.from..mark.to.min(length)).into_iter().flatten() {
            *cell = Some(mark.kind.clone());
        }
    }
    line
}

/// The longest ranges that are other than wanted, all of one wanted value.
fn differences(is: &[Option<MarkKind>], wanted: &[Option<MarkKind>]) -> Vec<(usize, usize, Option<MarkKind>)> {
    let mut out: Vec<(usize, usize, Option<MarkKind>)> = Vec::new();
    for (at, (is, wanted)) in is.iter().zip(wanted).enumerate() {
        if is == wanted {
            continue;
        }
        match out.last_mut() {
            Some((_, to, before)) if *to == at && before == wanted => *to = at + 1,
            _ => out.push((at, at + 1, wanted.clone())),
        }
    }
    out
}
