//! Pages that are open in an editor on this device, which has a copy of the document.
//!
//! One that was deleted meanwhile goes on being lent, and takes what is written: nobody's words are lost because somebody
//! else was done with the page. The document says itself that it is deleted.

use crate::answers::{CopyNews, OpenedPage};
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use hedgerow_model::{ActorId, ChangeHash, NotebookId, PageId, Role};
use hedgerow_sync::{Caret, Command, CopyStanding};

impl Node {
    /// Lends a copy of a page to an editor, until [`Node::close_page`].
    ///
    /// # Errors
    /// When the page is not here or cannot be read.
    pub async fn open_page(&self, page: &str) -> Result<OpenedPage, NodeFault> {
        let page = page.to_owned();
        self.ask(move |mind| {
            let (notebook, id) = mind.any_page_meant(&page)?;
            let lent = mind.replica.lend(&mind.shelves, &notebook, &id)?;
            Ok(OpenedPage {
                notebook,
                id,
                may_write: may_write(mind, &notebook)?,
                document: lent.document,
                actor: lent.actor,
                standing: lent.standing,
            })
        })
        .await
    }

    /// Takes changes that an editor made to its copy: all of them or none. Changes that came before are passed over.
    ///
    /// # Errors
    /// When the page is not here, this person may not write, or the changes do not fit to the page: then the copy is of
    /// no more use, and the page is to be opened again.
    pub async fn write_page(
        &self,
        page: &str,
        actor: ActorId,
        changes: Vec<Vec<u8>>,
    ) -> Result<CopyStanding, NodeFault> {
        let page = page.to_owned();
        let (_, standing) = self
            .order(move |mind| {
                let (notebook, id) = mind.any_page_meant(&page)?;
                let after = move |mind: &mut Mind| standing(mind, (notebook, id), &actor);
                Ok((Command::TakeFromEditor(notebook, id, changes), after))
            })
            .await?;
        standing
    }

    /// What an editor's copy lacks that has all that `have` are, or build on.
    ///
    /// # Errors
    /// When the page is not here any more or cannot be read.
    pub async fn page_news(&self, page: &str, actor: ActorId, have: Vec<ChangeHash>) -> Result<CopyNews, NodeFault> {
        let page = page.to_owned();
        self.ask(move |mind| {
            let (notebook, id) = mind.any_page_meant(&page)?;
            let news = mind.replica.copy_news(&mind.shelves, &notebook, &id, &actor, &have)?;
            Ok(CopyNews { may_write: may_write(mind, &notebook)?, content: news.content, standing: news.standing })
        })
        .await
    }

    /// Tells the members who are connected where this person is on a page; it is kept by nobody. An editor says it when it
    /// changes, at most some times a second, and again every ten seconds; who has said nothing for thirty is gone.
    ///
    /// # Errors
    /// When `page` names none.
    pub async fn be_present(&self, page: &str, caret: Caret) -> Result<PageId, NodeFault> {
        self.present_at(page, Some(caret), |_, _| ()).await
    }

    /// An editor is done with its copy, and the person has left the page.
    ///
    /// # Errors
    /// When `page` names none.
    pub async fn close_page(&self, page: &str, actor: ActorId) -> Result<PageId, NodeFault> {
        self.present_at(page, None, move |mind, (notebook, id)| mind.replica.give_back(&notebook, &id, &actor)).await
    }

    async fn present_at(
        &self,
        page: &str,
        caret: Option<Caret>,
        before: impl FnOnce(&mut Mind, (NotebookId, PageId)) + Send + 'static,
    ) -> Result<PageId, NodeFault> {
        let page = page.to_owned();
        let (_, id) = self
            .order(move |mind| {
                let (notebook, id) = mind.any_page_meant(&page)?;
                before(mind, (notebook, id));
                Ok((Command::BePresent(notebook, id, caret), move |_: &mut Mind| id))
            })
            .await?;
        Ok(id)
    }
}

fn standing(
    mind: &mut Mind,
    (notebook, page): (NotebookId, PageId),
    actor: &ActorId,
) -> Result<CopyStanding, NodeFault> {
    Ok(mind.replica.copy_standing(&mind.shelves, &notebook, &page, actor)?)
}

fn may_write(mind: &Mind, notebook: &NotebookId) -> Result<bool, NodeFault> {
    Ok(mind.replica.notebook_line(notebook)?.role.is_some_and(|role| role >= Role::Writer))
}
