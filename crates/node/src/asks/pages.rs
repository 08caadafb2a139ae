//! Pages, begun and changed.

use crate::answers::Changed;
use crate::asks::notebooks::parse_title;
use crate::asks::plans::as_said;
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use hedgerow_document::markdown::{self, MarkdownProblem};
use hedgerow_document::{Block, PageEdit, Plan};
use hedgerow_model::{ChangeHash, FieldName, NameProblem, NotebookId, PageId, TemplateKind};
use hedgerow_sync::{Command, Outcome, PageBeginning, PageHead};
use std::collections::BTreeMap;

impl Node {
    /// Makes a page. Front matter of the Markdown becomes fields; a title or template in it gives way to those named.
    ///
    /// # Errors
    /// When the notebook is not here, the title, template or text will not do, or this person may not write.
    pub async fn new_page(
        &self,
        notebook: &str,
        title: &str,
        template: Option<&str>,
        markdown: Option<&str>,
    ) -> Result<PageId, NodeFault> {
        let (notebook, title) = (notebook.to_owned(), parse_title(title)?);
        let template = template.map(parse_template).transpose()?;
        let Beginning { fields, body, plan, template: found } = match markdown {
            Some(text) => beginning(text, title.as_str())?,
            None => Beginning::default(),
        };
        let template = template.or(found).unwrap_or_else(TemplateKind::note);
        let page = PageBeginning { title, template, fields, body, plan };
        let outcome =
            self.command(move |mind| Ok(Command::NewPages(mind.notebook_meant(&notebook)?, vec![page]))).await?;
        only_page(outcome)
    }

    /// Adds Markdown at the end of a page.
    ///
    /// # Errors
    /// When the page is not here, the text is too long, or this person may not write.
    pub async fn append_to_page(&self, page: &str, markdown: &str) -> Result<Changed, NodeFault> {
        let blocks = markdown::blocks(markdown).map_err(|problem| too_large(&problem))?;
        self.change(page, move |_, _| Ok(PageEdit::Append(blocks))).await
    }

    /// Deletes and inserts text at one place of a page's body text, counted in Unicode scalar values.
    ///
    /// # Errors
    /// When the page is not here, the place lies outside its text, or this person may not write.
    pub async fn edit_page(&self, page: &str, at: u64, delete: u64, insert: &str) -> Result<Changed, NodeFault> {
        let within = |number: u64, what: &str| {
            usize::try_from(number).map_err(|_| NodeFault::Refused(format!("{what} {number} lies outside any text")))
        };
        let (at, delete, insert) = (within(at, "offset")?, within(delete, "length")?, insert.to_owned());
        self.change(page, move |_, _| Ok(PageEdit::Splice { at, delete, insert })).await
    }

    /// Makes a page's body read as this Markdown, by the smallest edit. What `page show` prints goes back the same: a
    /// first heading that is the page's title is its title, fields named in front matter are set, and so are the outcomes
    /// and actions of a plan behind it; others stay. It is one change.
    ///
    /// # Errors
    /// When the page is not here, the text is too long, or this person may not write.
    pub async fn replace_page(&self, page: &str, markdown: &str) -> Result<Changed, NodeFault> {
        let whole = markdown::read(markdown).map_err(|problem| too_large(&problem))?;
        let (body, _) = markdown::body(markdown).map_err(|problem| too_large(&problem))?;
        let has_front_matter = has_front_matter(markdown);
        let (fields, title, without, plan) = (whole.fields, whole.title, whole.blocks, whole.plan);
        let page = page.to_owned();
        self.change_found(
            move |mind| mind.page_meant(&page),
            move |mind, id, now| {
                let is_titled = has_front_matter || title.as_ref() == Some(&now.title);
                let body = PageEdit::Replace(if is_titled { without } else { body });
                let set = fields.into_iter().map(|(name, text)| PageEdit::SetField { name, text: Some(text) });
                let here = mind.replica.plan(&mind.shelves, &id.0, &id.1)?.plan;
                let plan = as_said(&plan, &here).into_iter().map(PageEdit::Plan);
                Ok(PageEdit::Together([body].into_iter().chain(set).chain(plan).collect()))
            },
        )
        .await
    }

    /// Makes a page read as it did at a version, as a new change. A deleted one comes back, if it was not deleted then.
    ///
    /// # Errors
    /// When the page or the version is not here, or this person may not write.
    pub async fn restore_page(&self, page: &str, version: &str) -> Result<Changed, NodeFault> {
        let (page, version) = (page.to_owned(), version.to_owned());
        self.change_found(
            move |mind| mind.any_page_meant(&page),
            move |mind, id, _| Ok(PageEdit::Restore(vec![mind.version_meant(id, &version)?])),
        )
        .await
    }

    /// Gives a page another title.
    ///
    /// # Errors
    /// When the page is not here, the title will not do, or this person may not write.
    pub async fn rename_page(&self, page: &str, title: &str) -> Result<Changed, NodeFault> {
        let title = parse_title(title)?;
        self.change(page, move |_, _| Ok(PageEdit::Rename(title))).await
    }

    /// Sets fields of a page in one change; an empty text takes a field away.
    ///
    /// # Errors
    /// When the page is not here, a name will not do, or this person may not write.
    pub async fn set_fields(&self, page: &str, fields: Vec<(String, String)>) -> Result<Changed, NodeFault> {
        let mut edits = Vec::with_capacity(fields.len());
        for (name, text) in fields {
            let name = FieldName::parse(&name).map_err(|problem| unfit(&problem))?;
            edits.push(PageEdit::SetField { name, text: Some(text).filter(|text| !text.is_empty()) });
        }
        self.change(page, move |_, _| Ok(PageEdit::Together(edits))).await
    }

    /// Deletes a page. Its history remains with those who hold it.
    ///
    /// # Errors
    /// When the page is not here, or this person may not write.
    pub async fn delete_page(&self, page: &str) -> Result<Changed, NodeFault> {
        self.change(page, |_, _| Ok(PageEdit::SetDeleted(true))).await
    }

    /// Brings a deleted page back, with what was written on it since. One that is not deleted stays as it is.
    ///
    /// # Errors
    /// When the page is not here, or this person may not write.
    pub async fn bring_back_page(&self, page: &str) -> Result<Changed, NodeFault> {
        let page = page.to_owned();
        self.change_found(move |mind| mind.any_page_meant(&page), |_, _, _| Ok(PageEdit::SetDeleted(false))).await
    }

    /// Changes the page that somebody means.
    pub(super) async fn change<E>(&self, page: &str, edit: E) -> Result<Changed, NodeFault>
    where
        E: FnOnce((NotebookId, PageId), &PageHead) -> Result<PageEdit, NodeFault> + Send + 'static,
    {
        let page = page.to_owned();
        self.change_found(move |mind| mind.page_meant(&page), |_, id, now| edit(id, now)).await
    }

    /// Changes a page, and says what came of it.
    pub(crate) async fn change_found<F, E>(&self, find: F, edit: E) -> Result<Changed, NodeFault>
    where
        F: FnOnce(&mut Mind) -> Result<(NotebookId, PageId), NodeFault> + Send + 'static,
        E: FnOnce(&mut Mind, (NotebookId, PageId), &PageHead) -> Result<PageEdit, NodeFault> + Send + 'static,
    {
        let (_, changed) = self
            .order(move |mind| {
                let id = find(mind)?;
                let before = mind.page_head(id)?;
                let edit = edit(mind, id, &before)?;
                let after = move |mind: &mut Mind| changed(mind, id, &before.heads);
                Ok((Command::EditPage(id.0, id.1, edit), after))
            })
            .await?;
        changed
    }
}

/// What a page is like right after a change, compared with where it stood.
fn changed(mind: &mut Mind, id: (NotebookId, PageId), before: &[ChangeHash]) -> Result<Changed, NodeFault> {
    let now = mind.page_head(id)?;
    let title = now.title.as_str().to_owned();
    Ok(Changed { id: id.1, title, changed: now.heads != before, heads: now.heads })
}

/// What stands in the Markdown that a page begins with.
#[derive(Default)]
struct Beginning {
    fields: BTreeMap<FieldName, String>,
    body: Vec<Block>,
    plan: Plan,
    template: Option<TemplateKind>,
}

/// Reads the Markdown that a page called `title` begins with. A first heading that only repeats the title is left out
/// of the body; any other stays.
fn beginning(text: &str, title: &str) -> Result<Beginning, NodeFault> {
    let whole = markdown::read(text).map_err(|problem| too_large(&problem))?;
    let repeats = whole.title.as_ref().is_none_or(|found| found.as_str() == title);
    let body = match repeats || has_front_matter(text) {
        true => whole.blocks,
        false => markdown::body(text).map_err(|problem| too_large(&problem))?.0,
    };
    Ok(Beginning { fields: whole.fields, body, plan: whole.plan, template: whole.template })
}

fn has_front_matter(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').starts_with("---")
}

fn parse_template(raw: &str) -> Result<TemplateKind, NodeFault> {
    TemplateKind::parse(raw).map_err(|problem| unfit(&problem))
}

fn unfit(problem: &NameProblem) -> NodeFault {
    NodeFault::Refused(problem.to_string())
}

/// The text has too many bytes.
pub(crate) fn too_large(problem: &MarkdownProblem) -> NodeFault {
    NodeFault::Refused(problem.to_string())
}

/// The one page of an outcome.
///
/// # Errors
/// When there is none, which only a fault of ours could bring about.
pub(crate) fn only_page(outcome: Outcome) -> Result<PageId, NodeFault> {
    match outcome {
        Outcome::Pages(pages) => pages.first().copied().ok_or(NodeFault::Stopped),
        _ => Err(NodeFault::Stopped),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(markdown: &str, title: &str) -> Vec<String> {
        let read = beginning(markdown, title).expect("small");
        read.body.into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn a_heading_that_repeats_the_title_is_not_said_twice() {
        assert_eq!(texts("# Rota\n\nWho comes", "Rota"), ["Who comes"]);
        assert_eq!(texts("# Why\n\nWho comes", "Rota"), ["Why", "Who comes"]);
        assert_eq!(texts("---\ntitle: Old\n---\n\nWho comes", "Rota"), ["Who comes"]);
    }
}
