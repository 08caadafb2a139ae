//! Mending what is damaged on this device: what does not read leaves the set, so that it is fetched again, and rows that
//! can be made again are.

use crate::archive::{Archive, ArchiveFault, Batch, Shelf};
use crate::event::Refusal;
use crate::files::drop_spoiled_strays;
use crate::notebook::{self, Loaded, Notebook};
use crate::replica::{Replica, Work};
use crate::rows::{Kind, NotebookRow, PlacedRow, encode};
use hedgerow_access::{Action, Payload, Record, StreamName};
use hedgerow_model::{Moment, NotebookId, RecordId, RoutingId, StreamTag};
use std::collections::{BTreeSet, VecDeque};

/// What the private inbox is called. Nobody else ever sees it.
pub const INBOX_TITLE: &str = "Inbox";

impl Replica {
    /// Checks everything; lets go of what does not read, writes rows again, finds the place of records that lost theirs,
    /// and compares anew with everybody.
    pub(crate) fn mend(&mut self, now: Moment, archive: &dyn Archive, work: &mut Work) -> Result<(), Refusal> {
        let fault = |fault: ArchiveFault| Refusal::Device(fault.to_string());
        for unsound in self.check(archive)?.unsound {
            if let (Some(notebook), Some(record)) = (self.notebooks.get_mut(&unsound.notebook), unsound.record) {
                notebook.lose(&record);
            }
        }
        self.line.look_again(archive);
        for key in archive.keys(Shelf::Own, &[]).map_err(fault)? {
            // All but the line and the person's log are empty: the key says it all.
            if archive.get(Shelf::Own, &key).is_err_and(|fault| fault.is_damage) && !self.line.is_at(&key) {
                let row = self.own.row_at(&key).unwrap_or_default();
                work.batch.put(Shelf::Own, key, row);
            }
        }
        let ids: Vec<NotebookId> = self.notebooks.keys().copied().collect();
        // What is being saved may be what was spoiled, fetched again.
        let is_saving = self.is_saving();
        for id in ids {
            let Some(notebook) = self.notebooks.get_mut(&id) else { continue };
            rewrite_rows(notebook, archive, &mut work.batch).map_err(fault)?;
            if !is_saving {
                drop_spoiled_strays(notebook, archive, &mut work.batch).map_err(fault)?;
            }
            let unplaced = without_a_place(notebook, archive).map_err(fault)?;
            if !unplaced.is_empty() {
                let us = self.me.device();
                self.take_in(now, archive, &id, us, unplaced);
            }
        }
        for session in self.sessions.values_mut() {
            session.forget_round(now);
        }
        Ok(())
    }

    /// Gives up lost records that something in the set stands for: what a checkpoint says it replaces, and what people
    /// said of themselves, which they say again.
    pub(crate) fn let_go_of_replaced(&mut self, archive: &dyn Archive, work: &mut Work) {
        for notebook in self.notebooks.values_mut().filter(|notebook| !notebook.lost.is_empty()) {
            let mut gone = replaced_by_checkpoints(notebook, archive);
            let profiles = notebook.lost.iter().filter(|(_, placed)| placed.kind == Kind::Profile);
            gone.extend(profiles.map(|(id, _)| *id));
            for id in gone {
                notebook.let_go(&mut work.batch, &id);
            }
        }
    }

    /// Reads the streams whose row is gone, so that lists show them.
    pub(crate) fn read_streams_without_row(&mut self, archive: &dyn Archive) {
        let mut work = Work::default();
        let mut found: Vec<(NotebookId, StreamName)> = Vec::new();
        for (id, notebook) in &self.notebooks {
            found.extend(streams_without_row(notebook, archive).into_iter().map(|name| (*id, name)));
        }
        for (id, name) in found {
            if self.open_stream(archive, &id, &name).is_ok()
                && let Some(notebook) = self.notebooks.get_mut(&id)
            {
                let tag = name.tag(&id);
                crate::summary::refresh(notebook, &tag, &mut work.batch);
                self.damage.push(format!("the row that lists {} was lost and made again", listed(&name, &id)));
            }
        }
        self.submit(work);
    }

    /// Reads the notebooks whose row is there and cannot be read, by the operations they were begun with.
    pub(crate) fn read_notebooks_without_row(&mut self, archive: &dyn Archive) -> Result<(), ArchiveFault> {
        let mut work = Work::default();
        for key in archive.keys(Shelf::Notebook, &[])? {
            let Some(id) = NotebookId::from_slice(&key) else { continue };
            if self.notebooks.contains_key(&id) {
                continue;
            }
            match self.found_by_operations(&id, archive)? {
                Some(found) => {
                    self.damage.push(format!("the row of notebook {id} was damaged and made again"));
                    work.batch.put(Shelf::Notebook, key, encode(&found.row));
                    self.unreadable.remove(&id);
                    self.routes.insert(found.routing(), id);
                    self.notebooks.insert(id, found);
                }
                None => {
                    let why = "its row is damaged; members can give it back: `hedgerow verify --repair`";
                    self.unreadable.entry(id).or_insert_with(|| why.to_owned());
                }
            }
        }
        self.submit(work);
        Ok(())
    }

    /// The notebook with this id, from its records alone.
    fn found_by_operations(&self, id: &NotebookId, archive: &dyn Archive) -> Result<Option<Notebook>, ArchiveFault> {
        let keys = archive.keys(Shelf::Keys, &[])?;
        let routings: BTreeSet<RoutingId> = keys.iter().filter_map(|key| RoutingId::from_slice(key)).collect();
        for routing in routings.into_iter().filter(|routing| !self.routes.contains_key(routing)) {
            let row = NotebookRow { routing, inbox: None, since: Moment::default(), known_apart: Vec::new() };
            if let Loaded::Notebook(found, _) = notebook::load(*id, row, archive, &self.me.keys)?
                && found.membership.routing() == routing
            {
                let mut found = *found;
                found.row.inbox = is_inbox(&found).then(Moment::default);
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

fn listed(name: &StreamName, notebook: &NotebookId) -> String {
    match name {
        StreamName::Body(page) => format!("page {page}"),
        StreamName::Comments(page) => format!("the comments of page {page}"),
        _ => format!("what notebook {notebook} is called"),
    }
}

/// Whether it can only be the inbox: alone, never opened to anybody, and called so.
fn is_inbox(notebook: &Notebook) -> bool {
    let title =
        notebook.streams.get(&StreamName::Notebook.tag(&notebook.id)).and_then(|row| row.summary.title.as_ref());
    let never_opened = notebook.membership.ops().all(|op| !matches!(op.op().action, Action::Invite { .. }));
    never_opened
        && notebook.membership.now().members().len() == 1
        && title.is_some_and(|title| title.to_string() == INBOX_TITLE)
}

/// Writes again the rows of a notebook that do not read and stand in memory; drops those that only spare a second look.
fn rewrite_rows(notebook: &mut Notebook, archive: &dyn Archive, batch: &mut Batch) -> Result<(), ArchiveFault> {
    let reads = |shelf, key: &[u8]| match archive.get(shelf, key) {
        Ok(row) => row.is_some(),
        Err(fault) => !fault.is_damage,
    };
    let id = notebook.id.as_bytes().to_vec();
    if !reads(Shelf::Notebook, &id) {
        batch.put(Shelf::Notebook, id, encode(&notebook.row));
    }
    for (record, placed) in &notebook.records {
        let key = notebook.placed_key(&placed.tag, record);
        if !reads(Shelf::Placed, &key) {
            batch.put(Shelf::Placed, key, PlacedRow { kind: placed.kind, length: placed.length }.encode());
        }
    }
    for (tag, row) in &notebook.streams {
        let key = notebook.stream_key(tag);
        if !reads(Shelf::Stream, &key) {
            batch.put(Shelf::Stream, key, row.encode());
        }
    }
    if !reads(Shelf::Keys, notebook.routing().as_bytes()) {
        notebook.keys_kept = 0;
    }
    notebook.keep_keys(batch);
    drop_spoiled(&[Shelf::Replaced, Shelf::Refused], notebook, archive, batch)
}

fn drop_spoiled(
    shelves: &[Shelf],
    notebook: &Notebook,
    archive: &dyn Archive,
    batch: &mut Batch,
) -> Result<(), ArchiveFault> {
    for shelf in shelves {
        for key in archive.keys(*shelf, notebook.routing().as_bytes())? {
            if archive.get(*shelf, &key).is_err_and(|fault| fault.is_damage) {
                batch.delete(*shelf, key);
            }
        }
    }
    Ok(())
}

/// Records that are on the disk, whole, and of which nothing says that they are in the set.
fn without_a_place(notebook: &Notebook, archive: &dyn Archive) -> Result<VecDeque<Record>, ArchiveFault> {
    let mut found = VecDeque::new();
    for key in archive.keys(Shelf::Record, notebook.routing().as_bytes())? {
        let Some(id) = key.get(16..).and_then(RecordId::from_slice) else { continue };
        if notebook.has(&id) || notebook.lost.contains_key(&id) || notebook.waiting.contains(&id) {
            continue;
        }
        // What does not read is told by whoever checks the store.
        found.extend(notebook.read(archive, &id).ok().flatten());
    }
    Ok(found)
}

fn replaced_by_checkpoints(notebook: &Notebook, archive: &dyn Archive) -> BTreeSet<RecordId> {
    let tags: BTreeSet<StreamTag> = notebook.lost.values().map(|placed| placed.tag).collect();
    let mut replaced = BTreeSet::new();
    for (id, _) in notebook.records.iter().filter(|(_, p)| p.kind == Kind::Checkpoint && tags.contains(&p.tag)) {
        let record = notebook.read(archive, id).ok().flatten();
        if let Some(Payload::Checkpoint(body)) = record.and_then(|record| notebook.payload(&record)) {
            replaced.extend(body.replaces);
        }
    }
    replaced
}

/// The streams that records of the set belong to and no row names.
fn streams_without_row(notebook: &Notebook, archive: &dyn Archive) -> BTreeSet<StreamName> {
    let mut names: BTreeSet<StreamName> = BTreeSet::new();
    let mut named: BTreeSet<StreamTag> = BTreeSet::new();
    for (id, placed) in &notebook.records {
        let is_of_one = matches!(placed.kind, Kind::Change | Kind::Checkpoint);
        if !is_of_one || notebook.streams.contains_key(&placed.tag) || named.contains(&placed.tag) {
            continue;
        }
        let record = notebook.read(archive, id).ok().flatten();
        let name = match record.and_then(|record| notebook.payload(&record)) {
            Some(Payload::Change(body)) => body.stream,
            Some(Payload::Checkpoint(body)) => body.stream,
            _ => continue,
        };
        if name.tag(&notebook.id) == placed.tag {
            named.insert(placed.tag);
            names.insert(name);
        }
    }
    names
}
