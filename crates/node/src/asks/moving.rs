//! A page on its way to another notebook: a moved page, a filed capture.

use crate::answers::Filed;
use crate::asks::pages::only_page;
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use hedgerow_document::PageEdit;
use hedgerow_document::page::Page;
use hedgerow_model::{FieldName, NotebookId, PageId, TemplateKind};
use hedgerow_sync::{Command, Outcome, PageBeginning};

/// The field that says which page a moved one was.
pub(crate) const MOVED_FROM: &str = "moved-from";

impl Node {
    /// Moves a page to another notebook: it is begun there as it reads now, and then deleted here. Its history and its
    /// comments stay behind, with those who hold them; the new page has a field `moved-from` with the old one's id,
    /// and never says which notebook that was, for members there may not know of it. Cut short in between, the page
    /// is in both and nothing is lost.
    ///
    /// # Errors
    /// When page or notebook are not here, are the same, or this person may not write in both.
    pub async fn move_page(&self, page: &str, notebook: &str) -> Result<Filed, NodeFault> {
        let (raw, notebook) = (page.to_owned(), notebook.to_owned());
        let (outcome, (old, to)) = self
            .order(move |mind| {
                let to = mind.notebook_meant(&notebook)?;
                let old = mind.page_meant(&raw)?;
                if old.0 == to {
                    return Err(NodeFault::Refused(format!("page {} is in that notebook already", old.1)));
                }
                may_write(mind, &old.0)?;
                let page = mind.page(old, None)?.page;
                let new = begin_again(page, None, &old.1)?;
                Ok((Command::NewPages(to, vec![new]), move |_: &mut Mind| (old, to)))
            })
            .await?;
        self.delete_there(old).await?;
        self.filed(only_page(outcome)?, to).await
    }

    /// Deletes what now stands elsewhere.
    pub(crate) async fn delete_there(&self, page: (NotebookId, PageId)) -> Result<Outcome, NodeFault> {
        self.command(move |_| Ok(Command::EditPage(page.0, page.1, PageEdit::SetDeleted(true)))).await
    }

    /// Where something has come to.
    pub(crate) async fn filed(&self, id: PageId, notebook: NotebookId) -> Result<Filed, NodeFault> {
        self.ask(move |mind| {
            let title = mind.page((notebook, id), None)?.page.title.as_str().to_owned();
            Ok(Filed { id, notebook, title, notebook_title: mind.title(&notebook) })
        })
        .await
    }
}

/// Asked before a page is begun elsewhere, so that it is not left in both places for want of a right to delete it.
fn may_write(mind: &Mind, notebook: &NotebookId) -> Result<(), NodeFault> {
    match mind.replica.notebook_line(notebook)?.role {
        Some(role) if role.may_write() => Ok(()),
        _ => Err(NodeFault::Refused(format!(
            "moving a page out of \"{}\" takes a writer, for it is deleted there; copy it instead",
            mind.title(notebook)
        ))),
    }
}

/// A page as the beginning of another.
///
/// # Errors
/// Never, as long as [`MOVED_FROM`] is a name for a field.
pub(crate) fn begin_again(
    page: Page,
    template: Option<TemplateKind>,
    was: &PageId,
) -> Result<PageBeginning, NodeFault> {
    let Page { title, template: old, mut fields, blocks, .. } = page;
    let name = FieldName::parse(MOVED_FROM).map_err(|problem| NodeFault::Refused(problem.to_string()))?;
    fields.insert(name, was.to_string());
    Ok(PageBeginning { title, template: template.unwrap_or(old), fields, body: blocks })
}
