//! A page on its way to another notebook: a moved page, a filed capture.

use crate::answers::Filed;
use crate::asks::pages::only_page;
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use hedgerow_document::page::Page;
use hedgerow_document::{BlockKind, PageEdit};
use hedgerow_model::{FieldName, NotebookId, PageId, TemplateKind};
use hedgerow_sync::{Command, PageBeginning, PageChange};

/// The field that says which page a moved one was.
pub(crate) const MOVED_FROM: &str = "moved-from";

impl Node {
    /// Moves a page to another notebook: it is begun there as it reads now, and then deleted here. Its history and its
    /// comments stay behind, with those who hold them; the new page has a field `moved-from` with the old one's id,
    /// and never says which notebook that was, for members there may not know of it. Both are saved together: the page is
    /// always in one of the two.
    ///
    /// # Errors
    /// When page or notebook are not here, are the same, the page has files, or this person may not write in both.
    pub async fn move_page(&self, page: &str, notebook: &str) -> Result<Filed, NodeFault> {
        let (raw, notebook) = (page.to_owned(), notebook.to_owned());
        let (outcome, to) = self
            .order(move |mind| {
                let to = mind.notebook_meant(&notebook)?;
                let old = mind.page_meant(&raw)?;
                if old.0 == to {
                    return Err(NodeFault::Refused(format!("page {} is in that notebook already", old.1)));
                }
                may_write(mind, &old.0)?;
                let page = mind.page(old, None)?.page;
                let new = begin_again(page, None, &old.1)?;
                Ok((Command::ChangePages(vec![PageChange::Begin(to, new), gone(old)]), move |_: &mut Mind| to))
            })
            .await?;
        self.filed(only_page(outcome)?, to).await
    }

    /// Where something has come to.
    pub(crate) async fn filed(&self, id: PageId, notebook: NotebookId) -> Result<Filed, NodeFault> {
        self.ask(move |mind| {
            let title = mind.page_head((notebook, id))?.title.as_str().to_owned();
            Ok(Filed { id, notebook, title, notebook_title: mind.title(&notebook) })
        })
        .await
    }
}

/// Deletes what now stands elsewhere.
pub(crate) fn gone(page: (NotebookId, PageId)) -> PageChange {
    PageChange::Edit(page.0, page.1, PageEdit::SetDeleted(true))
}

/// Files are sealed for the members of the notebook they were attached in; those of another could not open them.
pub(crate) fn stays_with_its_files(page: &Page) -> Result<(), NodeFault> {
    match page.blocks.iter().any(|block| matches!(block.kind, BlockKind::Attachment(_))) {
        false => Ok(()),
        true => Err(NodeFault::Refused(
            "this page has files, which stay in their notebook; save them, take them off the page, and attach them again there"
                .to_owned(),
        )),
    }
}

/// Asked first, for the refusal of a writer would not say what deleting has to do with moving.
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
/// When it has files.
pub(crate) fn begin_again(
    page: Page,
    template: Option<TemplateKind>,
    was: &PageId,
) -> Result<PageBeginning, NodeFault> {
    stays_with_its_files(&page)?;
    let Page { title, template: old, mut fields, blocks, plan, .. } = page;
    let name = FieldName::parse(MOVED_FROM).map_err(|problem| NodeFault::Refused(problem.to_string()))?;
    fields.insert(name, was.to_string());
    Ok(PageBeginning { title, template: template.unwrap_or(old), fields, body: blocks, plan })
}
