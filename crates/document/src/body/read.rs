//! From Automerge's spans to blocks, with where each lies.

use super::attachment;
use super::block::{Block, BlockKind, Container, Mark, MarkKind};
use super::normal::normal;
use crate::Unknown;
use automerge::hydrate::{Map, Value};
use automerge::marks::MarkSet;
use automerge::{ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Span};
use hedgerow_model::Attachment;
use std::collections::BTreeSet;

/// A block and where it lies in the text object.
#[derive(Debug, Clone)]
pub(crate) struct Laid {
    pub(crate) block: Block,
    /// The index of its marker; text before any marker has none.
    pub(crate) marker: Option<usize>,
    /// The index of its first character.
    pub(crate) from: usize,
    /// The index behind its last character.
    pub(crate) to: usize,
}

impl Laid {
    /// Where it begins, its marker included.
    pub(crate) fn begin(&self) -> usize {
        self.marker.unwrap_or(self.from)
    }
}

/// The text object that is the body.
pub(crate) fn body_of(doc: &impl ReadDoc, heads: Option<&[ChangeHash]>) -> Option<ObjId> {
    let found = match heads {
        Some(heads) => doc.get_at(ROOT, "body", heads),
        None => doc.get(ROOT, "body"),
    };
    match found.ok().flatten()? {
        (automerge::Value::Object(ObjType::Text), object) => Some(object),
        _ => None,
    }
}

/// The blocks of a body in normal form, and what of it is unknown.
pub(crate) fn read(doc: &impl ReadDoc, body: &ObjId, heads: Option<&[ChangeHash]>) -> (Vec<Laid>, BTreeSet<Unknown>) {
    let spans = match heads {
        Some(heads) => doc.spans_at(body, heads),
        None => doc.spans(body),
    };
    let mut pass = Pass::default();
    for span in spans.into_iter().flatten() {
        match span {
            Span::Block(map) => pass.block(&map),
            Span::Text { text, marks } => pass.text(&text, marks.as_deref()),
        }
    }
    if pass.laid.is_empty() {
        pass.laid.push(Laid { block: Block::paragraph(""), marker: None, from: 0, to: 0 });
    }
    let blocks = normal(pass.laid.iter().map(|laid| laid.block.clone()).collect());
    for (laid, block) in pass.laid.iter_mut().zip(blocks) {
        laid.block = block;
    }
    (pass.laid, pass.unknown)
}

#[derive(Default)]
struct Pass {
    at: usize,
    laid: Vec<Laid>,
    unknown: BTreeSet<Unknown>,
}

impl Pass {
    fn block(&mut self, map: &Map) {
        let block = Block {
            kind: kind(map, &mut self.unknown),
            parents: parents(map, &mut self.unknown),
            text: String::new(),
            marks: Vec::new(),
        };
        let marker = Some(self.at);
        self.at += 1;
        self.laid.push(Laid { block, marker, from: self.at, to: self.at });
    }

    fn text(&mut self, text: &str, marks: Option<&MarkSet>) {
        if self.laid.is_empty() {
            self.laid.push(Laid { block: Block::paragraph(""), marker: None, from: self.at, to: self.at });
        }
        let length = text.chars().count();
        self.at += length;
        let Some(laid) = self.laid.last_mut() else { return };
        let from = laid.to - laid.from;
        laid.to += length;
        laid.block.text.push_str(text);
        for (name, value) in marks.into_iter().flat_map(|marks| marks.iter()) {
            match mark(name, value) {
                Some(Some(kind)) => laid.block.marks.push(Mark { from, to: from + length, kind }),
                Some(None) => {}
                None => {
                    self.unknown.insert(Unknown::Mark(Unknown::shown(name)));
                }
            }
        }
    }
}

/// What a mark says: `Some(None)` that it was taken away, `None` that it is unknown.
fn mark(name: &str, value: &ScalarValue) -> Option<Option<MarkKind>> {
    let kind = match (name, value) {
        (_, ScalarValue::Null) => return Some(None),
        ("strong", ScalarValue::Boolean(on)) => on.then_some(MarkKind::Strong),
        ("em", ScalarValue::Boolean(on)) => on.then_some(MarkKind::Em),
        ("code", ScalarValue::Boolean(on)) => on.then_some(MarkKind::Code),
        ("link", ScalarValue::Str(to)) => Some(MarkKind::Link(to.to_string())),
        _ => return None,
    };
    Some(kind)
}

fn kind(map: &Map, unknown: &mut BTreeSet<Unknown>) -> BlockKind {
    let name = map.get("type").and_then(as_text).unwrap_or_default();
    let attribute = |key: &str| match map.get("attrs") {
        Some(Value::Map(attributes)) => attributes.get(key),
        _ => None,
    };
    match name.as_str() {
        "paragraph" => BlockKind::Paragraph,
        "heading" => {
            let level = attribute("level").and_then(as_number).unwrap_or(1).clamp(1, 6);
            BlockKind::Heading(u8::try_from(level).unwrap_or(1))
        }
        "unordered-list-item" => BlockKind::Bullet,
        "ordered-list-item" => {
            let start = attribute("start").and_then(as_number).and_then(|start| u32::try_from(start).ok());
            BlockKind::Numbered { start }
        }
        "task-list-item" => {
            let checked = matches!(attribute("checked"), Some(Value::Scalar(ScalarValue::Boolean(true))));
            BlockKind::Task { checked }
        }
        "blockquote" => BlockKind::Quote,
        "code-block" => BlockKind::Code { language: attribute("language").and_then(as_text) },
        "table" => BlockKind::Table,
        _ => match attached(&name, map) {
            Some(file) => BlockKind::Attachment(file),
            None => unknown_kind(&name, unknown),
        },
    }
}

/// The file that a block of this kind stands for.
fn attached(name: &str, map: &Map) -> Option<Attachment> {
    match map.get("attrs") {
        Some(Value::Map(attributes)) if name == attachment::NAME => attachment::of(attributes),
        _ => None,
    }
}

fn unknown_kind(name: &str, unknown: &mut BTreeSet<Unknown>) -> BlockKind {
    let shown = Unknown::shown(name);
    unknown.insert(Unknown::Block(shown.clone()));
    BlockKind::Unknown(shown)
}

fn parents(map: &Map, unknown: &mut BTreeSet<Unknown>) -> Vec<Container> {
    let Some(Value::List(list)) = map.get("parents") else { return Vec::new() };
    let mut parents = Vec::new();
    // The normal form keeps no more than these; a list of a million is not read.
    for name in list.iter().take(super::NESTING_MOST).filter_map(|item| as_text(&item.value)) {
        match Container::named(&name) {
            Some(container) => parents.push(container),
            None => {
                unknown.insert(Unknown::Block(Unknown::shown(&name)));
                break;
            }
        }
    }
    parents
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Scalar(ScalarValue::Str(text)) => Some(text.to_string()),
        Value::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

fn as_number(value: &Value) -> Option<i64> {
    match value {
        Value::Scalar(ScalarValue::Int(number)) => Some(*number),
        Value::Scalar(ScalarValue::Uint(number)) => i64::try_from(*number).ok(),
        #[expect(clippy::cast_possible_truncation, reason = "JavaScript has no integers; a cast saturates")]
        Value::Scalar(ScalarValue::F64(number)) => Some(*number as i64),
        _ => None,
    }
}

/// The body as plain text: each block's marker but the first one's reads as `\n`.
pub(crate) fn text(doc: &impl ReadDoc, body: &ObjId, heads: Option<&[ChangeHash]>) -> String {
    let (laid, _) = read(doc, body, heads);
    let mut out = String::new();
    for (index, laid) in laid.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(&laid.block.text);
    }
    out
}

/// How many characters [`text`] has, and whether a marker stands before them. Costs no reading of the text.
pub(crate) fn length(doc: &impl ReadDoc, body: &ObjId) -> (usize, bool) {
    let marked = is_marker(doc, body, 0);
    (doc.length(body) - usize::from(marked), marked)
}

/// Whether a block marker stands at this index.
pub(crate) fn is_marker(doc: &impl ReadDoc, body: &ObjId, index: usize) -> bool {
    matches!(doc.get(body, index), Ok(Some((automerge::Value::Object(_), _))))
}
