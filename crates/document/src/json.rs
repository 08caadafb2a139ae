//! Blocks as JSON, for programs: `page show --format json`.

use crate::{Block, BlockKind, MarkKind};
use serde::{Deserialize, Serialize};

/// One block: `{"type":"heading","level":2,"parents":[],"text":"Rota","marks":[{"from":0,"to":4,"type":"strong"}]}`.
/// What does not apply to a kind is left out; `parents` and `marks` are always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockJson {
    /// `paragraph`, `heading`, `unordered-list-item`, `ordered-list-item`, `task-list-item`, `blockquote`,
    /// `code-block`, `table`, `attachment`, or a name that this version does not know.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of a heading: 1 to 6.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub level: Option<u8>,
    /// Of an ordered list item: its number, where it does not simply follow.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start: Option<u32>,
    /// Of a task: whether it is done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub checked: Option<bool>,
    /// Of a code block: what it is written in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub language: Option<String>,
    /// Of a file: which, and what it is; its text is what is said of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attachment: Option<AttachmentJson>,
    /// The list items and quotations it lies in, outermost first.
    pub parents: Vec<String>,
    /// Its text; a table's is its Markdown source.
    pub text: String,
    /// The marks on its text.
    pub marks: Vec<MarkJson>,
}

/// A file that stands on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentJson {
    /// Which file: 64 hexadecimal digits.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What kind it is, such as `image/png`.
    pub media_type: String,
    /// How long it is, in bytes, as whoever attached it said.
    pub size: u64,
}

/// One mark: from and to in Unicode scalar values of the block's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkJson {
    /// Where it begins.
    pub from: usize,
    /// Where it ends; the character there is not marked.
    pub to: usize,
    /// `strong`, `em`, `code` or `link`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of a link: its address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub href: Option<String>,
}

/// The blocks of a page as JSON.
#[must_use]
pub fn blocks(blocks: &[Block]) -> Vec<BlockJson> {
    blocks.iter().map(block).collect()
}

fn block(block: &Block) -> BlockJson {
    let mut out = BlockJson {
        kind: block.kind.name().to_owned(),
        level: None,
        start: None,
        checked: None,
        language: None,
        attachment: None,
        parents: block.parents.iter().map(|parent| parent.name().to_owned()).collect(),
        text: block.text.clone(),
        marks: block.marks.iter().map(mark).collect(),
    };
    match &block.kind {
        BlockKind::Heading(level) => out.level = Some(*level),
        BlockKind::Numbered { start } => out.start = *start,
        BlockKind::Task { checked } => out.checked = Some(*checked),
        BlockKind::Code { language } => out.language.clone_from(language),
        BlockKind::Attachment(file) => {
            out.attachment = Some(AttachmentJson {
                id: file.id.to_string(),
                name: file.name.to_string(),
                media_type: file.media_type.to_string(),
                size: file.size,
            });
        }
        _ => {}
    }
    out
}

fn mark(mark: &crate::Mark) -> MarkJson {
    let href = match &mark.kind {
        MarkKind::Link(to) => Some(to.clone()),
        _ => None,
    };
    MarkJson { from: mark.from, to: mark.to, kind: mark.kind.name().to_owned(), href }
}
