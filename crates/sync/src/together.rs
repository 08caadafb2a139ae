//! Several changes of pages as one batch: all of them, or none.

use crate::archive::Archive;
use crate::event::{PageBeginning, PageChange, Refusal};
use crate::replica::{Replica, Work};
use crate::rows::StreamRow;
use crate::stream::Stream;
use hedgerow_access::StreamName;
use hedgerow_document::{Edit, PageEdit};
use hedgerow_model::{Moment, NotebookId, PageId, StreamTag};

/// A page as it was before a command changed it; nothing where the command begins it.
struct Before {
    notebook: NotebookId,
    tag: StreamTag,
    was: Option<(Box<Stream>, StreamRow)>,
}

impl Replica {
    /// Makes the changes one after the other. When one is refused those before it are taken back: nothing of them has
    /// gone to the disk yet. Gives back the pages that were begun, in order.
    pub(crate) fn change_pages(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        changes: Vec<PageChange>,
        work: &mut Work,
    ) -> Result<Vec<PageId>, Refusal> {
        self.ready_for(&changes)?;
        let (mut begun, mut before) = (Vec::new(), Vec::new());
        let count = changes.len();
        for (place, change) in changes.into_iter().enumerate() {
            let (notebook, page, edit) = match change {
                PageChange::Edit(notebook, page, edit) => (notebook, page, edit),
                PageChange::Begin(notebook, PageBeginning { title, template, fields, body, plan }) => {
                    let page = PageId::from_bytes(self.chance());
                    begun.push(page);
                    (notebook, page, PageEdit::Begin { title, template, fields, body, plan })
                }
            };
            let name = StreamName::Body(page);
            let made = match self.before(archive, &notebook, &name, &edit, place + 1 < count) {
                Ok(was) => {
                    before.extend(was);
                    self.make_change(now, archive, &notebook, &name, &Edit::Page(edit), work)
                }
                Err(refusal) => Err(refusal),
            };
            if let Err(refusal) = made {
                self.take_back(before, work);
                return Err(refusal);
            }
        }
        Ok(begun)
    }

    /// Whether all of it may be done, as far as that can be told before; and the keys to do it under. A key that has to
    /// be made is saved first, on its own: it stays good whatever becomes of the changes.
    fn ready_for(&mut self, changes: &[PageChange]) -> Result<(), Refusal> {
        for change in changes {
            match change {
                PageChange::Begin(notebook, _) => {
                    self.may_change_now(notebook, &StreamName::Body(PageId::from_bytes([0; 16])))?;
                }
                PageChange::Edit(notebook, page, _) => {
                    self.known_page(notebook, page)?;
                    self.may_change_now(notebook, &StreamName::Body(*page))?;
                }
            }
        }
        for change in changes {
            let (PageChange::Begin(notebook, _) | PageChange::Edit(notebook, ..)) = change;
            let mut key = Work::default();
            self.epoch_to_write(notebook, &mut key)?;
            self.submit(key);
        }
        Ok(())
    }

    /// What is needed to take an edit back. A copy of a page costs as much as reading it, so none is made for the last
    /// edit, which leaves the page alone when it is refused.
    fn before(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        edit: &PageEdit,
        is_followed: bool,
    ) -> Result<Option<Before>, Refusal> {
        let tag = name.tag(id);
        if matches!(edit, PageEdit::Begin { .. }) {
            return Ok(Some(Before { notebook: *id, tag, was: None }));
        }
        if !is_followed {
            return Ok(None);
        }
        let stream = Box::new(self.open_stream(archive, id, name)?.clone());
        let row = self.notebook(id)?.streams.get(&tag).cloned();
        Ok(row.map(|row| Before { notebook: *id, tag, was: Some((stream, row)) }))
    }

    /// Takes back changes that were never handed to the disk.
    fn take_back(&mut self, before: Vec<Before>, work: &Work) {
        for (notebook, record) in work.records() {
            if let Some(notebook) = self.notebooks.get_mut(notebook) {
                notebook.saving.remove(record);
                notebook.unshared.remove(record);
            }
        }
        for Before { notebook, tag, was } in before.into_iter().rev() {
            let Some(notebook) = self.notebooks.get_mut(&notebook) else { continue };
            match was {
                Some((stream, row)) => {
                    notebook.open.insert(tag, *stream);
                    notebook.streams.insert(tag, row);
                }
                None => {
                    notebook.open.remove(&tag);
                    notebook.streams.remove(&tag);
                }
            }
        }
    }
}
