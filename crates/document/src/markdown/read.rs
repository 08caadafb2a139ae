//! From CommonMark's events to blocks.

use super::elements::Inside;
use crate::body::attachment;
use crate::body::{Block, BlockKind, Container, Mark, MarkKind, NESTING_MOST};
use crate::plan::{self, Plan};
use hedgerow_model::Title;
use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// A paragraph that is only this, written so, is an empty one.
pub(super) const EMPTY: &str = "&nbsp;";

/// What a paragraph reads that is drawn as a rule.
pub(super) const RULE: &str = "---";

/// What becomes of HTML in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Html {
    /// It stays the text that it is.
    Text,
    /// What it marks is marked on the page.
    Marks,
}

/// The blocks of a body, not yet in normal form.
pub(super) fn blocks(source: &str, html: Html) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let mut reading = Reading::of(source, html);
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        reading.event(event, range);
    }
    reading.finish_text();
    if reading.reads_html {
        reading.end_html();
    }
    reading.out
}

/// Takes the title off the front: a heading of level 1 that fits a title whole.
pub(super) fn take_title(blocks: &mut Vec<Block>) -> Option<Title> {
    let first = blocks.first().filter(|block| block.kind == BlockKind::Heading(1))?;
    let title = Title::parse(&first.text).ok()?;
    blocks.remove(0);
    Some(title)
}

/// Takes the plan off the end: a block of code that reads as one.
pub(super) fn take_plan(blocks: &mut Vec<Block>) -> Option<Plan> {
    let last = blocks.last().filter(|block| block.parents.is_empty())?;
    let BlockKind::Code { language: Some(language) } = &last.kind else { return None };
    let plan = plan::from_text(&last.text).filter(|_| language.trim() == plan::FENCE)?;
    blocks.pop();
    Some(plan)
}

#[derive(Default)]
pub(super) struct Reading<'a> {
    source: &'a str,
    reads_html: bool,
    pub(super) out: Vec<Block>,
    pub(super) lists: Vec<Option<u64>>,
    pub(super) open: Vec<Open>,
    pub(super) text: Option<Text>,
    /// What elements of HTML are open in.
    pub(super) inside: Inside,
    /// Lines taken as they are: of code, HTML or a table.
    literal: Option<Literal>,
    images: Vec<Image>,
    /// How deep in links, and the images in them that still have to be named.
    pub(super) links: usize,
    pub(super) linked_images: Vec<String>,
}

/// A list item or quotation that is open.
pub(super) struct Open {
    pub(super) kind: BlockKind,
    /// Whether its block is there, with its first paragraph or with none.
    made: bool,
    /// Too deep to be shown as one: its blocks lie in the one around it.
    ignored: bool,
    /// Whether HTML opened it: then what Markdown closes around it closes it too.
    pub(super) by_html: bool,
    /// How many lists were open when it was.
    pub(super) lists: usize,
}

enum Literal {
    Code { language: Option<String>, text: String },
    Html(String),
    Table { alignments: Vec<Alignment>, rows: Vec<String> },
}

struct Image {
    from: usize,
    to: String,
}

/// A block whose text is being read.
pub(super) struct Text {
    pub(super) block: Block,
    pub(super) length: usize,
    pub(super) marks: Vec<(MarkKind, usize)>,
    /// Where the text came from, while it came from one place only.
    pieces: Vec<Range<usize>>,
}

impl Text {
    /// A space that something was to follow, and nothing did.
    fn end_without_space(&mut self) {
        let kept = self.block.text.trim_end_matches(' ').len();
        self.length -= self.block.text.len() - kept;
        self.block.text.truncate(kept);
        for mark in &mut self.block.marks {
            mark.to = mark.to.min(self.length);
        }
    }
}

impl<'a> Reading<'a> {
    pub(super) fn of(source: &'a str, html: Html) -> Reading<'a> {
        Reading { source, reads_html: html == Html::Marks, ..Reading::default() }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.literal.is_some() {
            return self.in_literal(event, range);
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.push(&text, range),
            Event::Html(text) | Event::InlineHtml(text) if self.reads_html => self.read_html(&text),
            Event::Html(text) | Event::InlineHtml(text) => self.push(&text, range),
            Event::Code(text) => {
                let from = self.begun().length;
                self.push(&text, range);
                let to = self.begun().length;
                self.begun().block.marks.push(Mark { from, to, kind: MarkKind::Code });
            }
            Event::SoftBreak => self.push(" ", range),
            Event::HardBreak => self.push("\n", range),
            Event::Rule => self.rule(),
            Event::TaskListMarker(checked) => self.task(checked),
            // Not switched on.
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.push(&text, range);
            }
        }
    }

    pub(super) fn rule(&mut self) {
        self.leaf();
        let parents = self.parents();
        self.out.push(Block { parents, ..Block::paragraph(RULE) });
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.leaf();
                self.begin(BlockKind::Heading(level as u8));
            }
            Tag::BlockQuote(_) => self.container(BlockKind::Quote),
            Tag::List(first) => {
                self.finish_text();
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::CodeBlock(kind) => {
                self.leaf();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => Some(info.to_string()),
                    CodeBlockKind::Indented => None,
                };
                self.literal = Some(Literal::Code { language, text: String::new() });
            }
            Tag::HtmlBlock => {
                self.finish_text();
                self.literal = Some(Literal::Html(String::new()));
            }
            Tag::Table(alignments) => {
                self.leaf();
                self.literal = Some(Literal::Table { alignments, rows: Vec::new() });
            }
            Tag::Paragraph => self.finish_text(),
            Tag::Emphasis => self.open_mark(MarkKind::Em),
            Tag::Strong => self.open_mark(MarkKind::Strong),
            Tag::Link { link_type, dest_url, .. } => {
                let mail = if link_type == LinkType::Email { "mailto:" } else { "" };
                self.links += 1;
                self.open_mark(MarkKind::Link(format!("{mail}{dest_url}")));
            }
            Tag::Image { dest_url, .. } => {
                let from = self.begun().length;
                self.images.push(Image { from, to: dest_url.to_string() });
            }
            _ => {}
        }
    }

    pub(super) fn item(&mut self) {
        let kind = match self.lists.last_mut() {
            Some(Some(number)) => {
                // Only the first item's number counts; 0 is as good a start as any.
                let start = u32::try_from(*number).ok();
                *number = u64::MAX;
                BlockKind::Numbered { start }
            }
            _ => BlockKind::Bullet,
        };
        self.container(kind);
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) => self.finish_text(),
            TagEnd::BlockQuote(_) | TagEnd::Item => {
                while self.open.last().is_some_and(|open| open.by_html) {
                    self.close_container();
                }
                self.close_container();
            }
            TagEnd::List(_) => {
                self.finish_text();
                self.lists.pop();
            }
            TagEnd::Emphasis | TagEnd::Strong => self.close_mark(),
            TagEnd::Link => {
                self.close_mark();
                self.links = self.links.saturating_sub(1);
                if self.links == 0 {
                    self.name_images();
                }
            }
            TagEnd::Image => self.end_image(),
            _ => {}
        }
    }

    fn in_literal(&mut self, event: Event<'_>, range: Range<usize>) {
        let source = self.source;
        let Some(literal) = &mut self.literal else { return };
        match (literal, event) {
            (Literal::Code { text, .. }, Event::Text(piece)) => text.push_str(&piece),
            (Literal::Html(text), Event::Html(piece) | Event::Text(piece) | Event::InlineHtml(piece)) => {
                text.push_str(&piece);
            }
            (Literal::Html(text), Event::SoftBreak | Event::HardBreak) => text.push('\n'),
            (Literal::Table { rows, .. }, Event::Start(Tag::TableHead | Tag::TableRow)) => {
                rows.push(row(source.get(range).unwrap_or_default()));
            }
            (_, Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Table)) => self.end_literal(),
            _ => {}
        }
    }

    fn end_literal(&mut self) {
        match self.literal.take() {
            Some(Literal::Code { language, text }) => {
                let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
                let parents = self.parents();
                let file = language.as_deref().filter(|language| language.trim() == attachment::FENCE);
                let (kind, text) = match file.and_then(|_| attachment::read(&text)) {
                    Some((file, said)) => (BlockKind::Attachment(file), said),
                    None => (BlockKind::Code { language }, text),
                };
                self.out.push(Block { kind, parents, text, marks: Vec::new() });
            }
            Some(Literal::Html(text)) if self.reads_html => self.read_html(&text),
            Some(Literal::Html(text)) if !text.trim().is_empty() => {
                // As it stands, in a paragraph: nothing here is ever drawn as HTML.
                self.begin_paragraph();
                let text = text.trim_end_matches('\n').to_owned();
                self.push(&text, 0..0);
                self.finish_text();
            }
            Some(Literal::Table { alignments, rows }) => {
                let parents = self.parents();
                let text = table(&alignments, &rows);
                self.out.push(Block { kind: BlockKind::Table, parents, text, marks: Vec::new() });
            }
            _ => {}
        }
    }

    pub(super) fn container(&mut self, kind: BlockKind) {
        self.leaf();
        let ignored = self.open.len() >= NESTING_MOST;
        self.open.push(Open { kind, made: ignored, ignored, by_html: false, lists: self.lists.len() });
    }

    /// The innermost item or quotation ends, with the lists in it.
    pub(super) fn close_container(&mut self) {
        self.finish_text();
        self.make_open();
        if let Some(open) = self.open.pop() {
            self.lists.truncate(open.lists);
        }
    }

    /// Something that is not a first paragraph comes: what is open gets its block without one.
    pub(super) fn leaf(&mut self) {
        self.finish_text();
        self.make_open();
    }

    fn make_open(&mut self) {
        // What lies deeper is ignored, and a hundred thousand may be open.
        for index in 0..self.open.len().min(NESTING_MOST) {
            if !self.open[index].made {
                self.open[index].made = true;
                let block = self.opened(index);
                self.out.push(block);
            }
        }
    }

    /// The block of what is open at `index`, without text.
    fn opened(&self, index: usize) -> Block {
        let parents = containers(&self.open[..index]);
        Block { kind: self.open[index].kind.clone(), parents, text: String::new(), marks: Vec::new() }
    }

    pub(super) fn parents(&self) -> Vec<Container> {
        containers(&self.open)
    }

    fn task(&mut self, checked: bool) {
        self.begun();
        if let Some(open) = self.open.last_mut()
            && let Some(text) = &mut self.text
            && text.block.kind == open.kind
            && !open.ignored
        {
            open.kind = BlockKind::Task { checked };
            text.block.kind = open.kind.clone();
        }
    }

    pub(super) fn begin(&mut self, kind: BlockKind) {
        let block = Block { kind, parents: self.parents(), text: String::new(), marks: Vec::new() };
        self.text = Some(Text { block, length: 0, marks: Vec::new(), pieces: Vec::new() });
    }

    /// A paragraph: the first one of what was just opened, or one of its own.
    fn begin_paragraph(&mut self) {
        match self.open.len().checked_sub(1).filter(|last| !self.open[*last].made) {
            Some(last) => {
                self.open[last].made = true;
                let block = self.opened(last);
                self.text = Some(Text { block, length: 0, marks: Vec::new(), pieces: Vec::new() });
            }
            None => self.begin(BlockKind::Paragraph),
        }
    }

    /// The block whose text is being read; a paragraph begins where none is.
    pub(super) fn begun(&mut self) -> &mut Text {
        if self.text.is_none() {
            self.begin_paragraph();
        }
        #[expect(clippy::expect_used, reason = "begin_paragraph has just put it there")]
        self.text.as_mut().expect("a text")
    }

    pub(super) fn push(&mut self, piece: &str, range: Range<usize>) {
        let text = self.begun();
        text.block.text.push_str(piece);
        text.length += piece.chars().count();
        if text.pieces.len() < 2 {
            text.pieces.push(range);
        }
    }

    pub(super) fn finish_text(&mut self) {
        let Some(mut text) = self.text.take() else { return };
        if let [only] = &text.pieces[..]
            && self.source.get(only.clone()) == Some(EMPTY)
        {
            text.block.text.clear();
            text.block.marks.clear();
        }
        if self.reads_html {
            text.end_without_space();
        }
        self.out.push(text.block);
    }

    pub(super) fn open_mark(&mut self, kind: MarkKind) {
        let text = self.begun();
        let from = text.length;
        text.marks.push((kind, from));
    }

    fn close_mark(&mut self) {
        let text = self.begun();
        if let Some((kind, from)) = text.marks.pop() {
            text.block.marks.push(Mark { from, to: text.length, kind });
        }
    }

    /// An image becomes a link with the text that describes it.
    fn end_image(&mut self) {
        if let Some(Image { from, to }) = self.images.pop() {
            self.describe_image(from, to);
        }
    }

    /// What has been said since `from` describes an image.
    pub(super) fn describe_image(&mut self, from: usize, to: String) {
        if self.begun().length == from {
            self.push(&to, 0..0);
        }
        if self.links > 0 {
            self.linked_images.push(to);
            return;
        }
        let length = self.begun().length;
        self.begun().block.marks.push(Mark { from, to: length, kind: MarkKind::Link(to) });
    }

    /// Images within a link are named behind it, so that neither address is lost.
    pub(super) fn name_images(&mut self) {
        for to in std::mem::take(&mut self.linked_images) {
            self.push(" ", 0..0);
            let from = self.begun().length;
            self.push("image", 0..0);
            let length = self.begun().length;
            self.begun().block.marks.push(Mark { from, to: length, kind: MarkKind::Link(to) });
        }
    }
}

fn containers(open: &[Open]) -> Vec<Container> {
    let shown = open.iter().take(NESTING_MOST);
    shown.filter_map(|open| Block { kind: open.kind.clone(), ..Block::paragraph("") }.container()).collect()
}

/// A row of a table as it stands, but for a bar at its beginning.
fn row(source: &str) -> String {
    let row = source.trim();
    if row.starts_with('|') { row.to_owned() } else { format!("| {row}") }
}

/// A table's source, with the line under its head written in one way.
pub(super) fn table(alignments: &[Alignment], rows: &[String]) -> String {
    let rule: String = alignments
        .iter()
        .map(|alignment| match alignment {
            Alignment::None => " --- |",
            Alignment::Left => " :-- |",
            Alignment::Center => " :-: |",
            Alignment::Right => " --: |",
        })
        .collect();
    let mut lines: Vec<String> = rows.to_vec();
    lines.insert(1.min(lines.len()), format!("|{rule}"));
    lines.join("\n")
}
