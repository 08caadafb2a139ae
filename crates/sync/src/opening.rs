//! A stream is read from its records, or from a checkpoint and the records after it.

use crate::archive::{Archive, ArchiveFault};
use crate::notebook::Notebook;
use crate::rows::Kind;
use crate::stream::{Change, Stream};
use hedgerow_access::{ChangeBody, CheckpointBody, Membership, Payload, Pins, StreamName};
use hedgerow_document::Document;
use hedgerow_model::{ActorId, ChangeHash, NotebookId, RecordId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The exact pins of every change in a document, found by the digests that the changes' messages commit to.
/// `None` when a digest is not in the table.
pub(crate) fn pins_of(document: &Document, table: &[Pins]) -> Option<BTreeMap<ChangeHash, Arc<Pins>>> {
    let by_digest: BTreeMap<String, Arc<Pins>> =
        table.iter().map(|pins| (pins.digest().to_string(), Arc::new(pins.clone()))).collect();
    let mut last_of: BTreeMap<ActorId, Arc<Pins>> = BTreeMap::new();
    let mut exact = BTreeMap::new();
    for facts in document.changes() {
        let pins = match &facts.message {
            Some(digest) => by_digest.get(digest)?.clone(),
            None => last_of.get(&facts.actor)?.clone(),
        };
        last_of.insert(facts.actor, pins.clone());
        exact.insert(facts.hash, pins);
    }
    Some(exact)
}

/// The changes of a checkpoint's document, with their exact pins, in causal order.
pub(crate) fn changes_of(document: &Document, table: &[Pins]) -> Option<Vec<(ChangeHash, Change)>> {
    let pins = pins_of(document, table)?;
    document
        .changes()
        .into_iter()
        .map(|facts| {
            let pins = pins.get(&facts.hash)?.clone();
            let change = Change { actor: facts.actor, seq: facts.seq, deps: facts.deps, pins, record: None, depth: 0 };
            Some((facts.hash, change))
        })
        .collect()
}

/// The document inside a checkpoint, checked against what its author states.
pub(crate) fn document_of(body: &CheckpointBody) -> Result<Document, String> {
    let actors: Vec<(ActorId, u64, ChangeHash)> =
        body.heads.iter().map(|head| (head.actor, head.seq, head.hash)).collect();
    Document::from_checkpoint(&body.document, &body.tips, &actors).map_err(|refusal| refusal.to_string())
}

/// What a record of a stream holds.
pub(crate) enum Held {
    Changes(RecordId, ChangeBody),
    Checkpoint(RecordId, CheckpointBody),
}

/// A change with its bytes and the record it came in, not yet in its place.
type Loose = (ChangeHash, Change, Vec<u8>, RecordId);

/// Reads a stream. Records that cannot be read, or that lack what they build on, are left out and named.
pub(crate) fn open(
    notebook: &Notebook,
    name: &StreamName,
    archive: &dyn Archive,
) -> Result<(Stream, Vec<RecordId>), ArchiveFault> {
    let tag = name.tag(&notebook.id);
    let mut held = Vec::new();
    let mut misfits = Vec::new();
    for (id, _) in notebook
        .records
        .iter()
        .filter(|(_, placed)| placed.tag == tag && matches!(placed.kind, Kind::Change | Kind::Checkpoint))
    {
        match notebook.read(archive, id)?.and_then(|record| notebook.payload(&record)) {
            Some(Payload::Change(body)) => held.push(Held::Changes(*id, body)),
            Some(Payload::Checkpoint(body)) => held.push(Held::Checkpoint(*id, body)),
            _ => misfits.push(*id),
        }
    }
    let stream = assemble(&notebook.id, name, &notebook.membership, held, &mut misfits);
    Ok((stream, misfits))
}

fn assemble(
    notebook: &NotebookId,
    name: &StreamName,
    membership: &Membership,
    held: Vec<Held>,
    misfits: &mut Vec<RecordId>,
) -> Stream {
    let mut stream = Stream::new(*name, notebook);
    let mut loose: Vec<Loose> = Vec::new();
    let mut checkpoints = Vec::new();
    for record in held {
        match record {
            Held::Changes(id, body) => match loosen(id, &body) {
                Some(changes) => loose.extend(changes),
                None => misfits.push(id),
            },
            Held::Checkpoint(id, body) => match document_of(&body).ok().and_then(|document| {
                let changes = changes_of(&document, &body.pins)?;
                Some((document, changes))
            }) {
                Some((document, changes)) => checkpoints.push((changes.len(), id, document, changes)),
                None => misfits.push(id),
            },
        }
    }
    checkpoints.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, id, document, _) in &checkpoints {
        stream.checkpoints.insert(*id, document.heads().into_iter().collect());
    }
    let mut checkpoints = checkpoints.into_iter();
    if let Some((_, _, document, changes)) = checkpoints.next() {
        stream.begin_with(document, changes);
    }
    for (_, id, document, changes) in checkpoints {
        loose.extend(changes.into_iter().filter_map(|(hash, change)| {
            let raw = document.raw_change(&hash)?;
            Some((hash, change, raw, id))
        }));
    }
    stream.checkpoints.retain(|id, _| !misfits.contains(id));
    take_all(&mut stream, membership, loose, misfits);
    stream
}

/// The changes of a record, without judging them again: they were judged before they were written here.
fn loosen(id: RecordId, body: &ChangeBody) -> Option<Vec<Loose>> {
    let pins = Arc::new(body.pins.clone());
    body.changes
        .iter()
        .map(|raw| {
            let facts = hedgerow_document::examine(raw).ok()?;
            let change = Change {
                actor: facts.actor,
                seq: facts.seq,
                deps: facts.deps,
                pins: pins.clone(),
                record: Some(id),
                depth: 0,
            };
            Some((facts.hash, change, raw.clone(), id))
        })
        .collect()
}

/// Takes changes in whatever order their causes allow.
fn take_all(stream: &mut Stream, membership: &Membership, loose: Vec<Loose>, misfits: &mut Vec<RecordId>) {
    let mut waiting: BTreeMap<ChangeHash, Vec<usize>> = BTreeMap::new();
    let mut lacks: Vec<usize> = Vec::with_capacity(loose.len());
    let mut ready: Vec<usize> = Vec::new();
    for (at, (_, change, ..)) in loose.iter().enumerate() {
        let missing: Vec<ChangeHash> =
            change.deps.iter().copied().filter(|dep| !stream.changes.contains(dep)).collect();
        lacks.push(missing.len());
        if missing.is_empty() {
            ready.push(at);
        }
        for dep in missing {
            waiting.entry(dep).or_default().push(at);
        }
    }
    let mut loose: Vec<Option<_>> = loose.into_iter().map(Some).collect();
    while let Some(at) = ready.pop() {
        let Some((hash, change, raw, _)) = loose.get_mut(at).and_then(Option::take) else { continue };
        for free in waiting.remove(&hash).unwrap_or_default() {
            lacks[free] -= 1;
            if lacks[free] == 0 {
                ready.push(free);
            }
        }
        if !stream.changes.contains(&hash) {
            stream.take(membership, vec![(hash, change, raw)]);
        }
    }
    misfits.extend(loose.into_iter().flatten().map(|(.., id)| id));
    misfits.sort();
    misfits.dedup();
    let refused = stream.settle(membership);
    misfits.extend(refused.into_iter().filter_map(|(_, record, _)| record));
}
