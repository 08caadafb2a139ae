//! What a replica can say of a plan, without reading the rest of its page.

use crate::archive::Archive;
use crate::event::Refusal;
use crate::replica::Replica;
use hedgerow_document::{Plan, Unknown, page, plan};
use hedgerow_model::{ChangeHash, NotebookId, PageId, TemplateKind, Title};

/// The plan on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanView {
    /// The page's title.
    pub title: Title,
    /// What the page was made from: a plan, or something else on which actions stand.
    pub template: TemplateKind,
    /// What it is for.
    pub why: Option<String>,
    /// Outcomes and actions, the deleted ones among them.
    pub plan: Plan,
    /// What of it this version cannot show.
    pub unknown: Vec<Unknown>,
    /// The changes that nothing builds on yet.
    pub heads: Vec<ChangeHash>,
}

impl Replica {
    /// The plan on a page as it is now, deleted or not.
    ///
    /// # Errors
    /// When the page is not here, or the device cannot be read.
    pub fn plan(&mut self, archive: &dyn Archive, id: &NotebookId, page: &PageId) -> Result<PlanView, Refusal> {
        let document = self.body(archive, id, page)?;
        let page::Head { title, template, .. } = page::head(document);
        let (plan, unknown) = plan::read(document);
        Ok(PlanView { title, template, why: plan::why(document), plan, unknown, heads: document.heads() })
    }
}
