//! Bodies, titles and fields at random, with a liking for what goes wrong.
#![allow(dead_code, reason = "every test file uses some of it")]

use hedgerow_document::{Block, BlockKind, Container, Mark, MarkKind};
use hedgerow_model::{Attachment, AttachmentId, FieldName, FileName, MediaType, Title};
use proptest::collection::vec;
use proptest::prelude::*;

/// Pieces of text that mean something to Markdown, to a parser of text, or to nobody.
const PIECES: &[&str] = &[
    "a",
    "b",
    "ŵ",
    "tŷ",
    "Llanfair",
    " ",
    "  ",
    "\n",
    "\t",
    "\u{a0}",
    "\u{2003}",
    "🏠",
    "👩‍👩‍👧",
    "é",
    "e\u{301}",
    "*",
    "**",
    "_",
    "__",
    "`",
    "``",
    "```",
    "~~~",
    "#",
    "# ",
    "-",
    "- ",
    "---",
    "+ ",
    ">",
    "> ",
    "1. ",
    "12) ",
    "0.",
    "[",
    "]",
    "[x] ",
    "(",
    ")",
    "](u)",
    "![",
    "!",
    "<",
    "</b>",
    "<!--",
    "&",
    "&amp;",
    "&#32;",
    "&nbsp;",
    "\\",
    "\\\\",
    "|",
    "| --- |",
    ":--",
    "=",
    "===",
    "http://a.uk/b_c?d=e&f",
    ".",
    ",",
    "\"",
    "'",
    "\u{fffc}",
    "\u{feff}",
    "\u{2028}",
    "\u{200b}",
    "$",
    "^",
    "…",
    "–",
    "€",
    "\u{7}",
];

pub(crate) fn any_text() -> impl Strategy<Value = String> {
    vec(proptest::sample::select(PIECES), 0..8).prop_map(|pieces| pieces.concat())
}

fn any_kind() -> impl Strategy<Value = BlockKind> {
    let language = proptest::option::of(prop_oneof![Just("rust".to_owned()), any_text()]);
    prop_oneof![
        4 => Just(BlockKind::Paragraph),
        1 => (0u8..8).prop_map(BlockKind::Heading),
        3 => Just(BlockKind::Bullet),
        2 => proptest::option::of(prop_oneof![0u32..4, Just(999_999_999), Just(u32::MAX)])
            .prop_map(|start| BlockKind::Numbered { start }),
        2 => any::<bool>().prop_map(|checked| BlockKind::Task { checked }),
        2 => Just(BlockKind::Quote),
        1 => language.prop_map(|language| BlockKind::Code { language }),
        1 => Just(BlockKind::Table),
        2 => any_file().prop_map(BlockKind::Attachment),
    ]
}

fn any_file() -> impl Strategy<Value = Attachment> {
    (any::<[u8; 32]>(), any_text(), any_text(), 0..=Attachment::MOST).prop_map(|(id, name, kind, size)| Attachment {
        id: AttachmentId::from_bytes(id),
        name: FileName::nearest(&name),
        media_type: MediaType::nearest(&kind),
        size,
    })
}

fn any_container() -> impl Strategy<Value = Container> {
    prop_oneof![Just(Container::Bullet), Just(Container::Numbered), Just(Container::Task), Just(Container::Quote)]
}

pub(crate) fn any_mark() -> impl Strategy<Value = Mark> {
    let kind = prop_oneof![
        3 => Just(MarkKind::Strong),
        3 => Just(MarkKind::Em),
        2 => Just(MarkKind::Code),
        2 => prop_oneof![Just("http://a.uk/?b=c&d=(e)".to_owned()), Just("#x".to_owned()), any_text()].prop_map(MarkKind::Link),
    ];
    (0usize..12, 0usize..8, kind).prop_map(|(from, length, kind)| Mark { from, to: from + length, kind })
}

pub(crate) fn any_block() -> impl Strategy<Value = Block> {
    let table = prop_oneof![Just("| a | b |\n| --- | --: |\n| c | d |".to_owned()), any_text()];
    (any_kind(), vec(any_container(), 0..4), any_text(), vec(any_mark(), 0..4), table).prop_map(
        |(kind, parents, text, marks, table)| {
            let text = if kind == BlockKind::Table { table } else { text };
            Block { kind, parents, text, marks }
        },
    )
}

/// Blocks whose parents often are what is open there.
pub(crate) fn any_body() -> impl Strategy<Value = Vec<Block>> {
    vec((any_block(), 0usize..4, any::<bool>()), 0..7).prop_map(|drawn| {
        let mut open: Vec<Container> = Vec::new();
        let mut out = Vec::new();
        for (mut block, depth, fitting) in drawn {
            if fitting {
                block.parents = open.iter().copied().take(depth).collect();
            }
            open = block.parents.clone();
            open.extend(block.container());
            out.push(block);
        }
        out
    })
}

pub(crate) fn any_title() -> impl Strategy<Value = Title> {
    (any_text(), any_text()).prop_map(|(a, b)| Title::nearest(&format!("{a}x{b}")).expect("something is left"))
}

pub(crate) fn any_field() -> impl Strategy<Value = (FieldName, String)> {
    let name = (any_text(), prop_oneof![Just("title"), Just("template"), Just("tŷ"), Just("x"), Just("front matter")])
        .prop_map(|(odd, plain)| FieldName::parse(&odd).unwrap_or_else(|_| FieldName::parse(plain).expect("a name")));
    let clean = |text: String| text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect::<String>();
    (name, prop_oneof![any_text(), "[a-zŵ0-9:#,. -]{0,12}", "[a \n|>-]{0,12}"].prop_map(clean))
}
