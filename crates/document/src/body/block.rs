//! A block and the marks on its text.

use hedgerow_model::Attachment;

/// One block of a body: a paragraph, a heading, the first paragraph of a list item or quotation, a piece of code, a
/// table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The list items and quotations it lies in, outermost first.
    pub parents: Vec<Container>,
    /// Its text. A line break within it is `\n`.
    pub text: String,
    /// The marks on its text: in order, not overlapping within one kind.
    pub marks: Vec<Mark>,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// Plain text. One that reads `---` is drawn as a rule.
    Paragraph,
    /// A heading, of level 1 to 6.
    Heading(u8),
    /// An item of a list, with its first paragraph.
    Bullet,
    /// An item of a numbered list, with its first paragraph.
    Numbered {
        /// The number, where it does not simply follow the item before it.
        start: Option<u32>,
    },
    /// Something to do, with its first paragraph.
    Task {
        /// Whether it is done.
        checked: bool,
    },
    /// A quotation, with its first paragraph.
    Quote,
    /// Lines of code.
    Code {
        /// What it is written in, or anything else that its author said about it.
        language: Option<String>,
    },
    /// A table, as its Markdown source.
    Table,
    /// A file; its text is what is said of it, on one line and without marks.
    Attachment(Attachment),
    /// A kind that this version does not know; shown as a paragraph.
    Unknown(String),
}

/// What blocks can lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Container {
    /// An item of a list.
    Bullet,
    /// An item of a numbered list.
    Numbered,
    /// Something to do.
    Task,
    /// A quotation.
    Quote,
}

/// A mark on a range of a block's text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// Where it begins, in Unicode scalar values.
    pub from: usize,
    /// Where it ends, in Unicode scalar values; the character there is not marked.
    pub to: usize,
    /// What it says.
    pub kind: MarkKind,
}

/// What a mark says about text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkKind {
    /// Strong, drawn bold.
    Strong,
    /// Emphasised, drawn in italics.
    Em,
    /// Code.
    Code,
    /// A link to this address.
    Link(String),
}

impl Block {
    /// A paragraph of plain text.
    #[must_use]
    pub fn paragraph(text: impl Into<String>) -> Block {
        Block { kind: BlockKind::Paragraph, parents: Vec::new(), text: text.into(), marks: Vec::new() }
    }

    /// What those that lie in it name among their parents.
    #[must_use]
    pub fn container(&self) -> Option<Container> {
        match self.kind {
            BlockKind::Bullet => Some(Container::Bullet),
            BlockKind::Numbered { .. } => Some(Container::Numbered),
            BlockKind::Task { .. } => Some(Container::Task),
            BlockKind::Quote => Some(Container::Quote),
            _ => None,
        }
    }

    /// Whether its text is taken as it is, with `\n` as any other character and without marks.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        matches!(self.kind, BlockKind::Code { .. } | BlockKind::Table)
    }
}

impl BlockKind {
    /// Its name in the document.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            BlockKind::Paragraph => "paragraph",
            BlockKind::Heading(_) => "heading",
            BlockKind::Bullet => "unordered-list-item",
            BlockKind::Numbered { .. } => "ordered-list-item",
            BlockKind::Task { .. } => "task-list-item",
            BlockKind::Quote => "blockquote",
            BlockKind::Code { .. } => "code-block",
            BlockKind::Table => "table",
            BlockKind::Attachment(_) => super::attachment::NAME,
            BlockKind::Unknown(name) => name,
        }
    }
}

impl Container {
    /// Its name in the document.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Container::Bullet => "unordered-list-item",
            Container::Numbered => "ordered-list-item",
            Container::Task => "task-list-item",
            Container::Quote => "blockquote",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Container> {
        [Container::Bullet, Container::Numbered, Container::Task, Container::Quote]
            .into_iter()
            .find(|container| container.name() == name)
    }
}

impl MarkKind {
    /// Its name in the document.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            MarkKind::Strong => "strong",
            MarkKind::Em => "em",
            MarkKind::Code => "code",
            MarkKind::Link(_) => "link",
        }
    }
}
