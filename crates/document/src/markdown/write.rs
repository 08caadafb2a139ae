//! From blocks to CommonMark.

use super::inline;
use super::read::{EMPTY, Html, RULE, blocks as read_blocks};
use crate::body::attachment;
use crate::body::{BROKEN_TABLE, Block, BlockKind, Container};

/// Writes blocks that are in normal form.
pub(super) fn blocks(blocks: &[Block], out: &mut String) {
    let mut writing = Writing { out, open: Vec::new(), siblings: Vec::new() };
    for (index, block) in blocks.iter().enumerate() {
        if index > 0 {
            writing.part(&blocks[index - 1], block);
        }
        writing.block(block);
    }
}

struct Writing<'a> {
    out: &'a mut String,
    /// What each line within the open list items and quotations begins with.
    open: Vec<String>,
    /// At each depth: what the last block there was.
    siblings: Vec<Sibling>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sibling {
    Other,
    /// An item of a list with bullets.
    Bulleted,
    /// An item of a numbered list: its number, and what follows a number there.
    Numbered(u32, char),
}

impl Writing<'_> {
    /// Ends the block before: with an empty line, or with nothing between two items of one list.
    fn part(&mut self, before: &Block, block: &Block) {
        if self.is_tight(before, block) {
            return;
        }
        let within = self.open.get(..block.parents.len()).unwrap_or_default().concat();
        self.out.push_str(within.trim_end());
        self.out.push('\n');
    }

    fn is_tight(&self, before: &Block, block: &Block) -> bool {
        let is_item = |block: &Block| matches!(block.container(), Some(kind) if kind != Container::Quote);
        if !is_item(before) || !is_item(block) || before.text.is_empty() || block.text.is_empty() {
            return false;
        }
        let depth = block.parents.len();
        let numbered = matches!(block.kind, BlockKind::Numbered { .. });
        match self.siblings.get(depth) {
            // The first item of a list within an item: one with numbers only breaks into text when it starts at 1.
            _ if depth > before.parents.len() => !numbered || block.kind == BlockKind::Numbered { start: None },
            Some(Sibling::Bulleted) => !numbered,
            Some(Sibling::Numbered(..)) => block.kind == BlockKind::Numbered { start: None },
            _ => false,
        }
    }

    fn block(&mut self, block: &Block) {
        let depth = block.parents.len();
        self.open.truncate(depth);
        self.siblings.truncate(depth + 1);
        self.siblings.resize(depth + 1, Sibling::Other);
        let around = self.open.concat();
        let text = match &block.kind {
            BlockKind::Code { language } => code(language.as_deref().unwrap_or_default(), &block.text),
            BlockKind::Table if is_table(block) => block.text.clone(),
            BlockKind::Table => code(BROKEN_TABLE, &block.text),
            BlockKind::Attachment(file) => code(attachment::FENCE, &attachment::written(file, &block.text)),
            BlockKind::Heading(level) => {
                let text = inline::heading(block);
                format!("{} {text}", "#".repeat(usize::from(*level))).trim_end().to_owned()
            }
            BlockKind::Paragraph if block.text == RULE && block.marks.is_empty() => "***".to_owned(),
            _ if block.text.is_empty() => EMPTY.to_owned(),
            _ => inline::paragraph(block),
        };
        let (marker, inner) = self.marker(block, depth);
        self.out.push_str(&around);
        self.out.push_str(&marker);
        if !inner.is_empty() {
            self.open.push(inner);
        }
        let within = self.open.concat();
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.out.push('\n');
                self.out.push_str(if line.is_empty() { within.trim_end() } else { &within });
            }
            self.out.push_str(line);
        }
        self.out.push('\n');
    }

    /// What begins a list item or quotation, and what its further lines begin with.
    fn marker(&mut self, block: &Block, depth: usize) -> (String, String) {
        let before = std::mem::replace(&mut self.siblings[depth], Sibling::Other);
        match &block.kind {
            BlockKind::Quote => ("> ".to_owned(), "> ".to_owned()),
            BlockKind::Bullet => {
                self.siblings[depth] = Sibling::Bulleted;
                ("- ".to_owned(), "  ".to_owned())
            }
            BlockKind::Task { checked } => {
                self.siblings[depth] = Sibling::Bulleted;
                let marker = if *checked { "- [x] " } else { "- [ ] " };
                (marker.to_owned(), "  ".to_owned())
            }
            BlockKind::Numbered { start } => {
                let (number, end) = match (before, start) {
                    (Sibling::Numbered(last, end), None) => ((last + 1).min(999_999_999), end),
                    // Another list right behind one: told apart by what follows the number.
                    (Sibling::Numbered(_, '.'), Some(start)) => (*start, ')'),
                    (_, start) => (start.unwrap_or(1), '.'),
                };
                self.siblings[depth] = Sibling::Numbered(number, end);
                let marker = format!("{number}{end} ");
                let inner = " ".repeat(marker.len());
                (marker, inner)
            }
            _ => (String::new(), String::new()),
        }
    }
}

/// Whether the text of a table reads back as that table and nothing else.
fn is_table(block: &Block) -> bool {
    match &read_blocks(&block.text, Html::Text)[..] {
        [only] => only.kind == BlockKind::Table && only.text == block.text,
        _ => false,
    }
}

/// A fenced code block. The fence is longer than any run of backticks within.
pub(super) fn code(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let language = inline::info(language);
    match text {
        "" => format!("{fence}{language}\n{fence}"),
        _ => format!("{fence}{language}\n{text}\n{fence}"),
    }
}
