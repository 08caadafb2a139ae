//! HTML as a row of pieces: tags that mark something, and text. There is no tree, so that nothing in it can be too deep; what
//! is only layout is passed over with its tags, and what is no text to be read with all that is in it.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use std::cell::RefCell;

/// What stands in HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Open(Element),
    Close(Element),
    Text(String),
}

/// An element that means something for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Element {
    /// Begins and ends a paragraph: `p`, `div`, `figure`, ...
    Paragraph,
    /// `h1` to `h6`.
    Heading(u8),
    /// `ul`, or `ol` with the number that it begins with.
    List(Option<u64>),
    Item,
    Quote,
    /// `pre`.
    Code,
    Strong,
    Em,
    /// `code` and its kin, within a line.
    Words,
    /// `a`, with where it leads; none for one that leads nowhere, and for its end.
    Link(Option<String>),
    /// `img`, with where it lies and what is said of it.
    Image {
        from: String,
        said: String,
    },
    /// `br`.
    Break,
    /// `hr`.
    Rule,
    Table,
    Row,
    Cell,
    /// `title`, of a whole file.
    Title,
}

/// Elements whose content is not read.
const UNREAD: [&str; 12] = [
    "audio", "canvas", "iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template", "video",
];

/// Elements that begin and end paragraphs.
const PARAGRAPHS: [&str; 27] = [
    "address",
    "article",
    "aside",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hgroup",
    "legend",
    "main",
    "nav",
    "p",
    "search",
    "section",
    "summary",
    "textarea",
    "html",
];

/// Elements that only lay out, or that a page has no word for.
const PASSED_OVER: [&str; 44] = [
    "abbr", "acronym", "area", "base", "bdi", "bdo", "big", "button", "col", "colgroup", "data", "datalist", "del",
    "embed", "font", "head", "input", "ins", "label", "link", "map", "mark", "menu", "meta", "meter", "optgroup",
    "option", "output", "param", "picture", "progress", "q", "rp", "rt", "ruby", "s", "small", "source", "span",
    "strike", "sub", "sup", "time", "track",
];

/// Some more of them.
const PASSED_OVER_TOO: [&str; 6] = ["tbody", "tfoot", "thead", "u", "var", "wbr"];

/// The pieces of some HTML; none where it has a tag that HTML does not know, or half of something that is not read: then it
/// is a text with signs in it.
pub(super) fn pieces(source: &str) -> Option<Vec<Piece>> {
    let tokenizer = Tokenizer::new(Sink::default(), Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(source));
    // Nothing makes it stop before the end.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let read = tokenizer.sink.0.into_inner();
    (!read.is_strange && read.unread.is_none()).then_some(read.pieces)
}

#[derive(Default)]
struct Read {
    pieces: Vec<Piece>,
    /// What is open and not read, by its name, and how often within itself.
    unread: Option<(String, usize)>,
    is_strange: bool,
}

#[derive(Default)]
struct Sink(RefCell<Read>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut read = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if read.unread.is_none() => read.text(&text),
            Token::TagToken(tag) => {
                read.tag(&tag);
                return how_to_go_on(&tag);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// In some elements nothing is a tag but their own end.
fn how_to_go_on(tag: &Tag) -> TokenSinkResult<()> {
    match (tag.kind, &*tag.name) {
        (TagKind::StartTag, "script") => TokenSinkResult::RawData(RawKind::ScriptData),
        (TagKind::StartTag, "style" | "iframe" | "noscript") => TokenSinkResult::RawData(RawKind::Rawtext),
        (TagKind::StartTag, "title" | "textarea") => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

impl Read {
    fn text(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    fn tag(&mut self, tag: &Tag) {
        let name = &*tag.name;
        if let Some((unread, times)) = &mut self.unread {
            if name == unread.as_str() {
                match tag.kind {
                    TagKind::StartTag => *times += 1,
                    TagKind::EndTag => *times -= 1,
                }
                if *times == 0 {
                    self.unread = None;
                }
            }
            return;
        }
        if UNREAD.contains(&name) {
            match tag.kind {
                TagKind::StartTag if tag.self_closing => {}
                TagKind::StartTag => self.unread = Some((name.to_owned(), 1)),
                TagKind::EndTag => self.is_strange = true,
            }
        } else if let Some(element) = element(tag) {
            self.pieces.push(match tag.kind {
                TagKind::StartTag => Piece::Open(element),
                TagKind::EndTag => Piece::Close(element),
            });
        } else if !PASSED_OVER.contains(&name) && !PASSED_OVER_TOO.contains(&name) {
            self.is_strange = true;
        }
    }
}

fn element(tag: &Tag) -> Option<Element> {
    let says = |name: &str| tag.attrs.iter().find(|said| &*said.name.local == name).map(|said| said.value.to_string());
    Some(match &*tag.name {
        "h1" => Element::Heading(1),
        "h2" => Element::Heading(2),
        "h3" => Element::Heading(3),
        "h4" => Element::Heading(4),
        "h5" => Element::Heading(5),
        "h6" => Element::Heading(6),
        "ul" => Element::List(None),
        "ol" => Element::List(Some(says("start").and_then(|start| start.parse().ok()).unwrap_or(1))),
        "li" => Element::Item,
        "blockquote" => Element::Quote,
        "pre" => Element::Code,
        "b" | "strong" => Element::Strong,
        "i" | "em" | "cite" | "dfn" => Element::Em,
        "code" | "kbd" | "samp" | "tt" => Element::Words,
        "a" => Element::Link(says("href").filter(|to| !to.trim().is_empty())),
        "img" => Element::Image { from: says("src").unwrap_or_default(), said: says("alt").unwrap_or_default() },
        "br" => Element::Break,
        "hr" => Element::Rule,
        "table" => Element::Table,
        "tr" => Element::Row,
        "td" | "th" => Element::Cell,
        "title" => Element::Title,
        name if PARAGRAPHS.contains(&name) => Element::Paragraph,
        _ => return None,
    })
}
