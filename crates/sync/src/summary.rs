//! What lists show of a page, kept beside it so that they load no document.

use crate::archive::{Batch, Shelf};
use crate::notebook::Notebook;
use crate::rows::{StreamRow, Summary};
use crate::stream::Stream;
use hedgerow_access::StreamName;
use hedgerow_model::{Moment, PersonId, StreamTag};
use std::collections::BTreeSet;

/// Works out the summary of a stream that is in memory, and writes it when it changed.
pub(crate) fn refresh(notebook: &mut Notebook, tag: &StreamTag, batch: &mut Batch) {
    let Some(stream) = notebook.open.get(tag) else { return };
    let row = StreamRow { name: stream.name, summary: summary(notebook, stream) };
    if notebook.streams.get(tag) != Some(&row) {
        batch.put(Shelf::Stream, notebook.stream_key(tag), row.encode());
        notebook.streams.insert(*tag, row);
    }
}

/// As [`refresh`], after this device typed in a page: nothing that lists show of it can differ then but when it was last
/// changed and by whom.
pub(crate) fn refresh_after_typing(notebook: &mut Notebook, tag: &StreamTag, batch: &mut Batch) {
    let author = notebook.membership.now().person_of(&notebook.device);
    let (Some(stream), Some(row)) = (notebook.open.get(tag), notebook.streams.get(tag)) else { return };
    let updated = last_changed(stream);
    if row.summary.updated == updated && author.is_none_or(|author| row.summary.authors.contains(&author)) {
        return;
    }
    let mut row = row.clone();
    row.summary.updated = updated;
    row.summary.authors.extend(author);
    batch.put(Shelf::Stream, notebook.stream_key(tag), row.encode());
    notebook.streams.insert(*tag, row);
}

fn summary(notebook: &Notebook, stream: &Stream) -> Summary {
    let (updated, authors) = activity(notebook, stream);
    let not_shown = u32::try_from(stream.not_shown()).unwrap_or(u32::MAX);
    let mut summary = Summary { updated, authors, not_shown, ..Summary::default() };
    if stream.document.is_empty() {
        return summary;
    }
    match stream.name {
        StreamName::Body(_) => {
            let head = hedgerow_document::page::head(&stream.document);
            summary.title = Some(head.title);
            summary.template = Some(head.template);
            summary.deleted = head.deleted;
        }
        StreamName::Notebook => {
            let (own, _) = hedgerow_document::notebook::read(&stream.document);
            summary.title = Some(own.title);
            summary.deleted = own.deleted;
        }
        _ => {}
    }
    summary
}

/// When somebody last changed what is shown, by their clock, and everybody who did.
fn activity(notebook: &Notebook, stream: &Stream) -> (Moment, BTreeSet<PersonId>) {
    let view = notebook.membership.now();
    let authors = stream.document.actors().filter_map(|(actor, ..)| view.author_of(&actor.device())).collect();
    (last_changed(stream), authors)
}

fn last_changed(stream: &Stream) -> Moment {
    let heads = stream.document.heads();
    let times = heads.iter().filter_map(|head| stream.document.facts(head)).map(|facts| facts.time);
    times.max().unwrap_or_default()
}
