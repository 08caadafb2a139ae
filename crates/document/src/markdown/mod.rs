//! Markdown in and out: CommonMark with tables and tasks, front matter for what is not the body, and a plan behind it.
//!
//! [`write`] followed by [`read`] gives the same title, template, fields and body, and of the plan what was not deleted;
//! the README has the rules.

mod elements;
mod front_matter;
mod html;
mod inline;
mod read;
mod templates;
mod write;

use crate::Block;
use crate::page::Page;
use crate::plan::{self, Plan};
use hedgerow_model::{FieldName, TemplateKind, Title};
use read::Html;
use std::collections::BTreeMap;

/// The most bytes of Markdown that are read: 2 MiB.
pub const MARKDOWN_MOST: usize = 2 << 20;

/// What a Markdown file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The title, from the front matter or the first heading.
    pub title: Option<Title>,
    /// The template, from the front matter.
    pub template: Option<TemplateKind>,
    /// The rest of the front matter.
    pub fields: BTreeMap<FieldName, String>,
    /// The body, in normal form.
    pub blocks: Vec<Block>,
    /// The plan at the end.
    pub plan: Plan,
}

/// Why Markdown was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkdownProblem {
    /// More bytes than [`MARKDOWN_MOST`].
    #[error("the text has {size} bytes and {most} is the most; split it into several pages")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The most allowed.
        most: usize,
    },
}

/// Reads a whole Markdown file: front matter, title and body.
///
/// # Errors
/// When it is larger than [`MARKDOWN_MOST`]. Any other text is read as something.
pub fn read(text: &str) -> Result<Imported, MarkdownProblem> {
    read_with(text, Html::Text)
}

/// Reads a Markdown file that comes from elsewhere, as [`read`] does: what HTML in it marks is marked on the page, and what it
/// only lays out is not. A tag that HTML does not know stays text. Where there is front matter, what a site generator would fill
/// in is filled in.
///
/// # Errors
/// When it is larger than [`MARKDOWN_MOST`].
pub fn read_foreign(text: &str) -> Result<Imported, MarkdownProblem> {
    read_with(text, Html::Marks)
}

/// Reads a file of HTML: its title, and what a page can hold of its body.
///
/// # Errors
/// When it is larger than [`MARKDOWN_MOST`]. Any other text is read as something.
pub fn read_html(text: &str) -> Result<Imported, MarkdownProblem> {
    let text = cleaned(text)?;
    let (titled, mut blocks) = elements::blocks(&text);
    let title = read::take_title(&mut blocks).or_else(|| Title::nearest(&titled));
    let (template, fields, plan) = (None, BTreeMap::new(), Plan::default());
    Ok(Imported { title, template, fields, blocks: crate::normal(blocks), plan })
}

fn read_with(text: &str, html: Html) -> Result<Imported, MarkdownProblem> {
    let text = cleaned(text)?;
    let (front, body) = front_matter::read(&text);
    // A generator fills in those files alone that have front matter.
    let fills_in = matches!(html, Html::Marks) && body.len() < text.len();
    let body = if fills_in { templates::filled_in(body) } else { body.into() };
    let mut blocks = read::blocks(&body, html);
    let title = front.title.or_else(|| read::take_title(&mut blocks));
    let plan = read::take_plan(&mut blocks).unwrap_or_default();
    let (template, mut fields) = (front.template, front.fields);
    if template.as_ref().is_some_and(plan::is_plan) {
        // It is there to be written in, in every plan.
        fields.retain(|name, text| name.as_str() != plan::WHY || !text.is_empty());
    }
    Ok(Imported { title, template, fields, blocks: crate::normal(blocks), plan })
}

/// Reads Markdown that is a body, or part of one: no front matter, and a first heading stays a heading.
///
/// # Errors
/// When it is larger than [`MARKDOWN_MOST`].
pub fn blocks(text: &str) -> Result<Vec<Block>, MarkdownProblem> {
    Ok(crate::normal(read::blocks(&cleaned(text)?, Html::Text)))
}

/// Reads Markdown that is a whole body, as [`blocks`] does, and the plan behind it.
///
/// # Errors
/// When it is larger than [`MARKDOWN_MOST`].
pub fn body(text: &str) -> Result<(Vec<Block>, Plan), MarkdownProblem> {
    let mut blocks = read::blocks(&cleaned(text)?, Html::Text);
    let plan = read::take_plan(&mut blocks).unwrap_or_default();
    Ok((crate::normal(blocks), plan))
}

/// The page as Markdown. Where it has fields, or another template than `note`, they stand in front matter with the
/// title; otherwise the title is the first heading. Its outcomes and actions are a block of code behind the body.
#[must_use]
pub fn write(page: &Page) -> String {
    let mut out = String::new();
    let plain = page.fields.is_empty() && page.template == TemplateKind::note();
    if plain {
        out.push_str("# ");
        out.push_str(&inline::plain(page.title.as_str()));
        out.push('\n');
    } else {
        front_matter::write(page, &mut out);
    }
    let blocks = crate::normal(page.blocks.clone());
    if blocks != [Block::paragraph("")] {
        out.push('\n');
        write::blocks(&blocks, &mut out);
    }
    let plan = plan::written(&page.plan);
    if !plan.is_empty() {
        out.push('\n');
        out.push_str(&write::code(plan::FENCE, &plan));
        out.push('\n');
    }
    out
}

/// One kind of line break, no control characters but tabs, no byte order mark.
fn cleaned(text: &str) -> Result<String, MarkdownProblem> {
    if text.len() > MARKDOWN_MOST {
        return Err(MarkdownProblem::TooLarge { size: text.len(), most: MARKDOWN_MOST });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    Ok(text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect())
}
