//! Blocks written into the text object.

use super::attachment;
use super::block::{Block, BlockKind, Mark, MarkKind};
use super::read::Laid;
use automerge::hydrate::{List, Map, Value};
use automerge::marks::{ExpandMark, Mark as TheirMark};
use automerge::transaction::{Transactable, Transaction};
use automerge::{AutomergeError, ObjId, ObjType, Prop, ROOT, ReadDoc, ScalarValue};
use std::collections::HashMap;

/// Makes the body. Only the edit that begins a page does so: two made by two devices would hide one of them.
pub(crate) fn begin(tx: &mut Transaction<'_>, blocks: &[Block]) -> Result<(), AutomergeError> {
    let body = tx.put_object(ROOT, "body", ObjType::Text)?;
    // From the last to the first, each at the beginning: with its debug assertions on, automerge looks for every place
    // by walking there, and a long import would take time by the square of its blocks.
    for block in blocks.iter().rev() {
        insert_block(tx, &body, 0, block)?;
    }
    let mut next = 0;
    let starts: Vec<usize> = blocks
        .iter()
        .map(|block| {
            let start = next + 1;
            next = start + block.text.chars().count();
            start
        })
        .collect();
    for (start, block) in starts.into_iter().zip(blocks) {
        for mark in &block.marks {
            set_mark(tx, &body, start, mark)?;
        }
    }
    Ok(())
}

/// Inserts a block without its marks.
pub(crate) fn insert_block(
    tx: &mut Transaction<'_>,
    body: &ObjId,
    at: usize,
    block: &Block,
) -> Result<(), AutomergeError> {
    insert_marker(tx, body, at, block)?;
    if !block.text.is_empty() {
        tx.splice_text(body, at + 1, 0, &block.text)?;
    }
    Ok(())
}

/// Inserts a block's marker alone.
pub(crate) fn insert_marker(
    tx: &mut Transaction<'_>,
    body: &ObjId,
    at: usize,
    block: &Block,
) -> Result<(), AutomergeError> {
    tx.batch_create_object(body, Prop::Seq(at), &marker(block), true)?;
    Ok(())
}

fn marker(block: &Block) -> Value {
    let attributes: HashMap<&str, Value> =
        attributes(&block.kind).into_iter().map(|(key, value)| (key, Value::Scalar(value))).collect();
    let parents: Vec<Value> = block.parents.iter().map(|parent| Value::from(parent.name())).collect();
    Value::Map(Map::from(HashMap::from([
        ("type", Value::from(block.kind.name())),
        ("parents", Value::List(List::from(parents))),
        ("attrs", Value::Map(Map::from(attributes))),
        ("isEmbed", Value::Scalar(ScalarValue::Boolean(false))),
    ])))
}

/// The attributes of kinds that this version knows.
const ATTRIBUTES: [&str; 4] = ["level", "start", "checked", "language"];

fn attributes(kind: &BlockKind) -> Vec<(&'static str, ScalarValue)> {
    match kind {
        BlockKind::Heading(level) => vec![("level", ScalarValue::Int(i64::from(*level)))],
        BlockKind::Numbered { start: Some(start) } => vec![("start", ScalarValue::Int(i64::from(*start)))],
        BlockKind::Task { checked } => vec![("checked", ScalarValue::Boolean(*checked))],
        BlockKind::Code { language: Some(language) } => vec![("language", ScalarValue::from(language.as_str()))],
        BlockKind::Attachment(file) => attachment::attributes(file),
        _ => Vec::new(),
    }
}

/// Makes a marker that is there say what `target` is, entry by entry, so that two people who change different things
/// about a block both keep their change.
pub(crate) fn amend_marker(
    tx: &mut Transaction<'_>,
    body: &ObjId,
    laid: &Laid,
    target: &Block,
) -> Result<(), AutomergeError> {
    let Some(at) = laid.marker else { return Ok(()) };
    let Some((_, marker)) = tx.get(body, at)? else { return Ok(()) };
    if laid.block.kind.name() != target.kind.name() {
        tx.put(&marker, "type", target.kind.name())?;
    }
    if laid.block.kind != target.kind {
        let wanted = attributes(&target.kind);
        let map = match tx.get(&marker, "attrs")? {
            Some((automerge::Value::Object(ObjType::Map), map)) => map,
            _ => tx.put_object(&marker, "attrs", ObjType::Map)?,
        };
        for key in ATTRIBUTES.into_iter().chain(attachment::ATTRIBUTES) {
            match wanted.iter().find(|(name, _)| *name == key) {
                Some((_, value)) => tx.put(&map, key, value.clone())?,
                None if tx.get(&map, key)?.is_some() => tx.delete(&map, key)?,
                None => {}
            }
        }
    }
    if laid.block.parents != target.parents {
        let list = tx.put_object(&marker, "parents", ObjType::List)?;
        for (index, parent) in target.parents.iter().enumerate() {
            tx.insert(&list, index, parent.name())?;
        }
    }
    Ok(())
}

/// Marks text of the block whose first character is at `start`.
pub(crate) fn set_mark(
    tx: &mut Transaction<'_>,
    body: &ObjId,
    start: usize,
    mark: &Mark,
) -> Result<(), AutomergeError> {
    let value = match &mark.kind {
        MarkKind::Link(to) => ScalarValue::from(to.as_str()),
        _ => ScalarValue::Boolean(true),
    };
    let theirs = TheirMark::new(mark.kind.name().to_owned(), value, start + mark.from, start + mark.to);
    tx.mark(body, theirs, grows(mark.kind.name()))
}

/// What is typed at the end of strong or emphasised text is so too; a link or code ends where it ends.
pub(crate) fn grows(name: &str) -> ExpandMark {
    match name {
        "strong" | "em" => ExpandMark::After,
        _ => ExpandMark::None,
    }
}
