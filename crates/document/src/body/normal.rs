//! The one normal form of a body. Reading gives it, edits bring what they are given into it, and Markdown carries it
//! there and back.

use super::attachment;
use super::block::{Block, BlockKind, Container, Mark, MarkKind};
use crate::plan;
use std::collections::BTreeMap;
use std::ops::Range;

/// How many list items and quotations a block can lie in; what lies deeper is shown at this depth.
pub const NESTING_MOST: usize = 10;

/// What a code block is said to be written in when it is a table that cannot be written as one.
pub(crate) const BROKEN_TABLE: &str = "table, as it stands";

/// One number past the largest that Markdown can write before a list item.
const START_END: u32 = 1_000_000_000;

/// Brings blocks into normal form:
/// - there is at least one block;
/// - control characters other than `\n` and `\t` read as U+FFFD, one for one;
/// - a heading has level 1 to 6;
/// - parents are only what is open there: the list items and quotations that the block before lies in or begins;
/// - a number of a list item is kept only where it says something;
/// - code that reads like a file or a plan in Markdown says that it is text;
/// - what is said of a file stands on one line;
/// - marks are sorted, merged where they touch, none is empty, and code, tables and files have none;
/// - code marks do not reach over line breaks; links have an address on one line.
#[must_use]
pub fn normal(blocks: Vec<Block>) -> Vec<Block> {
    let mut open: Vec<Container> = Vec::new();
    // At each depth: whether the last sibling was an item of a numbered list.
    let mut numbered: Vec<bool> = Vec::new();
    let mut out: Vec<Block> = blocks.into_iter().map(alone).collect();
    for block in &mut out {
        let fits = block.parents.iter().zip(&open).take_while(|(parent, open)| parent == open).count();
        let most = if block.container().is_some() { NESTING_MOST - 1 } else { NESTING_MOST };
        block.parents.truncate(fits.min(most));
        let depth = block.parents.len();
        numbered.resize(depth + 1, false);
        if let BlockKind::Numbered { start } = &mut block.kind {
            *start = start.filter(|start| *start < START_END && (numbered[depth] || *start != 1));
        }
        numbered[depth] = matches!(block.kind, BlockKind::Numbered { .. });
        open = block.parents.clone();
        open.extend(block.container());
    }
    if out.is_empty() {
        out.push(Block::paragraph(""));
    }
    out
}

/// What of the normal form concerns one block by itself.
fn alone(mut block: Block) -> Block {
    if block.text.contains(is_wrong) {
        block.text = block.text.chars().map(|c| if is_wrong(c) { '\u{fffd}' } else { c }).collect();
    }
    match &mut block.kind {
        BlockKind::Heading(level) => *level = (*level).clamp(1, 6),
        BlockKind::Code { language } => {
            *language = language.take().map(|text| one_line(&text)).filter(|text| !text.is_empty());
            match language.as_deref() {
                Some(BROKEN_TABLE) => block.kind = BlockKind::Table,
                // It would come back from Markdown as the file it tells of.
                Some(attachment::FENCE) if attachment::read(&block.text).is_some() => {
                    *language = Some(attachment::AS_TEXT.to_owned());
                }
                // And so would a plan.
                Some(plan::FENCE) if plan::from_text(&block.text).is_some() => {
                    *language = Some(plan::AS_TEXT.to_owned());
                }
                _ => {}
            }
        }
        _ => {}
    }
    let is_file = matches!(block.kind, BlockKind::Attachment(_));
    if is_file {
        block.text = attachment::one_line(&block.text);
    }
    block.marks =
        if is_file || block.is_literal() { Vec::new() } else { marks(&block.text, std::mem::take(&mut block.marks)) };
    block
}

/// Control characters other than line feed and tab.
pub(crate) fn is_wrong(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// Without line breaks and control characters, and trimmed.
fn one_line(text: &str) -> String {
    let line: String =
        text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    line.trim().to_owned()
}

/// An address without what would break a line, and without white space around it.
fn address(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect();
    clean.trim().to_owned()
}

fn marks(text: &str, marks: Vec<Mark>) -> Vec<Mark> {
    if marks.is_empty() {
        return marks;
    }
    let length = text.chars().count();
    let mut lines: BTreeMap<&'static str, Painted> = BTreeMap::new();
    for mark in marks {
        let kind = match mark.kind {
            MarkKind::Link(to) => MarkKind::Link(address(&to)),
            kind => kind,
        };
        if !matches!(&kind, MarkKind::Link(to) if to.is_empty()) {
            lines.entry(kind.name()).or_default().paint(mark.from.min(length)..mark.to.min(length), Some(kind));
        }
    }
    if let Some(code) = lines.get_mut(MarkKind::Code.name()) {
        for (at, _) in text.chars().enumerate().filter(|(_, c)| *c == '\n') {
            code.paint(at..at + 1, None);
        }
    }
    let mut out: Vec<Mark> = lines.into_values().flat_map(Painted::merged).collect();
    out.sort();
    out
}

/// The marks of one kind, not overlapping, by where they begin. What is painted later covers what is there, so that of
/// two links over one character the later one stands; hundreds of thousands of marks within one another cost little.
#[derive(Default)]
struct Painted(BTreeMap<usize, (usize, MarkKind)>);

impl Painted {
    /// Paints a range, or wipes it.
    fn paint(&mut self, range: Range<usize>, kind: Option<MarkKind>) {
        if range.is_empty() {
            return;
        }
        let before = self.0.range(..range.start).next_back().map(|(from, (to, kind))| (*from, *to, kind.clone()));
        if let Some((from, to, old)) = before.filter(|(_, to, _)| *to > range.start) {
            self.0.insert(from, (range.start, old.clone()));
            if to > range.end {
                self.0.insert(range.end, (to, old));
            }
        }
        let within: Vec<usize> = self.0.range(range.clone()).map(|(from, _)| *from).collect();
        for from in within {
            if let Some((to, old)) = self.0.remove(&from)
                && to > range.end
            {
                self.0.insert(range.end, (to, old));
            }
        }
        if let Some(kind) = kind {
            self.0.insert(range.start, (range.end, kind));
        }
    }

    /// In order, those that touch and say the same as one.
    fn merged(self) -> Vec<Mark> {
        let mut out: Vec<Mark> = Vec::new();
        for (from, (to, kind)) in self.0 {
            match out.last_mut() {
                Some(last) if last.to == from && last.kind == kind => last.to = to,
                _ => out.push(Mark { from, to, kind }),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(parents: &[Container], text: &str) -> Block {
        Block { kind: BlockKind::Bullet, parents: parents.to_vec(), ..Block::paragraph(text) }
    }

    #[test]
    fn there_is_always_a_block() {
        assert_eq!(normal(Vec::new()), [Block::paragraph("")]);
    }

    #[test]
    fn a_parent_that_is_not_open_is_dropped() {
        let orphan = item(&[Container::Bullet], "night cover");
        let blocks = normal(vec![orphan.clone(), orphan]);
        assert_eq!(blocks[0].parents, []);
        assert_eq!(blocks[1].parents, [Container::Bullet]);
    }

    #[test]
    fn touching_marks_become_one_and_code_stops_at_a_line_break() {
        let mark = |from, to, kind| Mark { from, to, kind };
        let mut block = Block::paragraph("un\ndau");
        block.marks = vec![
            mark(0, 2, MarkKind::Strong),
            mark(2, 9, MarkKind::Strong),
            mark(1, 5, MarkKind::Code),
            mark(4, 4, MarkKind::Em),
        ];
        let blocks = normal(vec![block]);
        assert_eq!(
            blocks[0].marks,
            [mark(0, 6, MarkKind::Strong), mark(1, 2, MarkKind::Code), mark(3, 5, MarkKind::Code)]
        );
    }

    #[test]
    fn a_number_is_kept_where_it_says_something() {
        let numbered = |start| Block { kind: BlockKind::Numbered { start }, ..Block::paragraph("x") };
        let kinds = |blocks: Vec<Block>| blocks.into_iter().map(|b| b.kind).collect::<Vec<_>>();
        let blocks =
            vec![numbered(Some(1)), numbered(None), numbered(Some(1)), Block::paragraph(""), numbered(Some(3))];
        let expected = [None, None, Some(1), Some(3)].map(|start| BlockKind::Numbered { start });
        let mut got = kinds(normal(blocks));
        got.remove(3);
        assert_eq!(got, expected);
    }
}
