//! From elements of HTML to blocks, by the same steps as from Markdown, so that the one may stand in the other.

use super::html::{self, Element, Piece};
use super::inline;
use super::read::{self, Html, Reading};
use crate::body::{Block, BlockKind, Mark, MarkKind};
use pulldown_cmark::Alignment;

/// Marks that are looked through for the one that a tag closes.
const MARKS_BACK: usize = 16;
/// Items and quotations that are looked through for the one that a tag closes.
const CONTAINERS_BACK: usize = 64;
/// Cells up to which short rows of a table are filled up.
const CELLS_MOST: usize = 100_000;
/// The most columns of a table.
const COLUMNS_MOST: usize = 64;

/// What is open of HTML that is no block yet.
#[derive(Default)]
pub(super) struct Inside {
    /// The lines of a `pre`.
    code: Option<String>,
    table: Option<Rows>,
    /// The words of a `title`.
    title: Option<String>,
    titled: String,
}

#[derive(Default)]
struct Rows {
    rows: Vec<Vec<String>>,
}

/// The title and the blocks of a file of HTML, not yet in normal form.
pub(super) fn blocks(source: &str) -> (String, Vec<Block>) {
    let mut reading = Reading::of("", Html::Marks);
    match html::pieces(source) {
        Some(pieces) => reading.read_pieces(pieces),
        // It is no HTML, then.
        None => return (String::new(), read::blocks(source, Html::Text)),
    }
    reading.end_html();
    let titled = std::mem::take(&mut reading.inside.titled);
    (titled, reading.out)
}

impl Reading<'_> {
    /// Reads a piece of HTML; one that HTML does not know stays the text that it is.
    pub(super) fn read_html(&mut self, source: &str) {
        match html::pieces(source) {
            Some(pieces) => self.read_pieces(pieces),
            None if source.trim().is_empty() => {}
            None => self.push(source.trim_end_matches('\n'), 0..0),
        }
    }

    fn read_pieces(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.read_words(&text),
                Piece::Open(element) => self.open_element(element),
                Piece::Close(element) => self.close_element(&element),
            }
        }
    }

    /// All of it has been read: what was never closed ends here.
    pub(super) fn end_html(&mut self) {
        self.end_code();
        self.end_table();
        while !self.open.is_empty() {
            self.close_container();
        }
        self.finish_text();
    }

    /// Words, with one space wherever there is any, unless lines are kept.
    fn read_words(&mut self, words: &str) {
        let inside = &mut self.inside;
        if let Some(kept) = inside.title.as_mut().or(inside.code.as_mut()) {
            return kept.push_str(words);
        }
        let spaced = |ends: bool, words: &str| {
            let one = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let before = if words.starts_with(char::is_whitespace) && !ends { " " } else { "" };
            let after = if words.ends_with(char::is_whitespace) && !one.is_empty() { " " } else { "" };
            format!("{before}{one}{after}")
        };
        if let Some(cell) = inside.table.as_mut().and_then(Rows::cell) {
            return cell.push_str(&spaced(cell.is_empty() || cell.ends_with(' '), words));
        }
        let text = self.text.as_ref().map(|text| &text.block.text);
        let words = spaced(text.is_none_or(|text| text.is_empty() || text.ends_with([' ', '\n'])), words);
        if !words.trim().is_empty() || (text.is_some() && !words.is_empty()) {
            self.push(&words, 0..0);
        }
    }

    fn open_element(&mut self, element: Element) {
        if self.inside.code.is_some() {
            return;
        }
        if self.inside.table.is_some() {
            return self.open_in_table(element);
        }
        match element {
            Element::Paragraph => self.finish_text(),
            Element::Heading(level) => {
                self.leaf();
                self.begin(BlockKind::Heading(level));
            }
            Element::List(first) => {
                self.finish_text();
                self.lists.push(first);
            }
            Element::Item => {
                self.close_to(|kind| matches!(kind, BlockKind::Bullet | BlockKind::Numbered { .. }), true);
                self.item();
                self.by_html();
            }
            Element::Quote => {
                self.container(BlockKind::Quote);
                self.by_html();
            }
            Element::Code => {
                self.leaf();
                self.inside.code = Some(String::new());
            }
            Element::Table => {
                self.leaf();
                self.inside.table = Some(Rows::default());
            }
            Element::Title => self.inside.title = Some(String::new()),
            Element::Strong => self.open_mark(MarkKind::Strong),
            Element::Em => self.open_mark(MarkKind::Em),
            Element::Words => self.open_mark(MarkKind::Code),
            Element::Link(Some(to)) => {
                self.links += 1;
                self.open_mark(MarkKind::Link(to));
            }
            Element::Image { from, said } => self.image(from, &said),
            Element::Break => self.break_line(),
            Element::Rule => self.rule(),
            Element::Row | Element::Cell | Element::Link(None) => {}
        }
    }

    fn close_element(&mut self, element: &Element) {
        if self.inside.code.is_some() && *element != Element::Code {
            return;
        }
        match element {
            Element::Paragraph | Element::Heading(_) if self.inside.table.is_none() => self.finish_text(),
            Element::List(_) => self.close_list(),
            Element::Item => {
                self.close_to(|kind| matches!(kind, BlockKind::Bullet | BlockKind::Numbered { .. }), true);
            }
            Element::Quote => self.close_to(|kind| *kind == BlockKind::Quote, false),
            Element::Code => self.end_code(),
            Element::Table => self.end_table(),
            Element::Title => self.inside.titled = self.inside.title.take().unwrap_or_default(),
            Element::Strong => self.close_words(|kind| *kind == MarkKind::Strong),
            Element::Em => self.close_words(|kind| *kind == MarkKind::Em),
            Element::Words => self.close_words(|kind| *kind == MarkKind::Code),
            Element::Link(_) if self.links > 0 => {
                self.close_words(|kind| matches!(kind, MarkKind::Link(_)));
                self.links -= 1;
                if self.links == 0 {
                    self.name_images();
                }
            }
            _ => {}
        }
    }

    /// What was just opened was opened by HTML.
    fn by_html(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.by_html = true;
        }
    }

    /// Closes what HTML opened, up to the innermost of a kind; nothing where there is none, and for an item none but of the
    /// innermost list.
    fn close_to(&mut self, is_meant: impl Fn(&BlockKind) -> bool, of_this_list: bool) {
        let mut opened = self.open.iter().rev().take(CONTAINERS_BACK).take_while(|open| open.by_html);
        let Some(deep) = opened.position(|open| is_meant(&open.kind)) else { return };
        let at = self.open.len() - 1 - deep;
        if of_this_list && self.open[at].lists < self.lists.len() {
            return;
        }
        while self.open.len() > at {
            self.close_container();
        }
    }

    /// A list ends, with its last item.
    fn close_list(&mut self) {
        self.close_to(|kind| matches!(kind, BlockKind::Bullet | BlockKind::Numbered { .. }), true);
        if self.lists.len() > self.open.last().map_or(0, |open| open.lists) {
            self.finish_text();
            self.lists.pop();
        }
    }

    /// Ends a mark within a line, if it is open.
    fn close_words(&mut self, is_meant: impl Fn(&MarkKind) -> bool) {
        let Some(text) = &mut self.text else { return };
        let back = text.marks.iter().rev().take(MARKS_BACK).position(|(kind, _)| is_meant(kind));
        if let Some(back) = back {
            let (kind, from) = text.marks.remove(text.marks.len() - 1 - back);
            text.block.marks.push(Mark { from, to: text.length, kind });
        }
    }

    fn image(&mut self, from: String, said: &str) {
        let before = self.begun().length;
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        self.push(&said, 0..0);
        self.describe_image(before, from);
    }

    fn break_line(&mut self) {
        let is_heading = self.text.as_ref().is_some_and(|text| matches!(text.block.kind, BlockKind::Heading(_)));
        self.push(if is_heading { " " } else { "\n" }, 0..0);
    }

    fn end_code(&mut self) {
        let Some(code) = self.inside.code.take() else { return };
        let parents = self.parents();
        let text = code.strip_prefix('\n').unwrap_or(&code).trim_end_matches('\n').to_owned();
        self.out.push(Block { kind: BlockKind::Code { language: None }, parents, text, marks: Vec::new() });
    }

    /// In a table there are rows and cells, and what can be said on one line.
    fn open_in_table(&mut self, element: Element) {
        let Some(table) = &mut self.inside.table else { return };
        match element {
            Element::Row => table.rows.push(Vec::new()),
            Element::Cell => table.begin_cell(),
            Element::Image { said, .. } => self.read_words(&said),
            Element::Break | Element::Paragraph => self.read_words(" "),
            _ => {}
        }
    }

    fn end_table(&mut self) {
        let Some(Rows { rows }) = self.inside.table.take() else { return };
        let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| !row.is_empty()).collect();
        let Some(columns) = rows.iter().map(Vec::len).max() else { return };
        let fills = rows.len() * columns <= CELLS_MOST;
        let cell = |text: &str| format!(" {} |", inline::plain(text.trim()).replace('|', "\\|"));
        let line = |row: &Vec<String>| {
            let filling = if fills { columns - row.len() } else { 0 };
            let filled = row.iter().map(String::as_str).chain(std::iter::repeat_n("", filling));
            format!("|{}", filled.map(cell).collect::<String>())
        };
        let lines: Vec<String> = rows.iter().map(line).collect();
        let text = read::table(&vec![Alignment::None; columns], &lines);
        let parents = self.parents();
        self.out.push(Block { kind: BlockKind::Table, parents, text, marks: Vec::new() });
    }
}

impl Rows {
    fn begin_cell(&mut self) {
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        if let Some(row) = self.rows.last_mut()
            && row.len() < COLUMNS_MOST
        {
            row.push(String::new());
        }
    }

    fn cell(&mut self) -> Option<&mut String> {
        self.rows.last_mut()?.last_mut()
    }
}
