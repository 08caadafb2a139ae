//! Checkpoints that an honest device would not write.

use crate::archive::Archive;
use crate::compact::signed_heads;
use crate::event::Refusal;
use crate::replica::{Replica, Work};
use crate::rows::Kind;
use hedgerow_access::{CheckpointBody, Compacted, Payload, Pins, StreamName};
use hedgerow_model::{ChangeHash, NotebookId};
use std::collections::BTreeSet;

impl Replica {
    /// A checkpoint of half of a stream that says it replaces all of it, one that states another end than it has, and
    /// one that holds `bytes` instead of a document.
    pub(super) fn forge_checkpoints(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        bytes: &[u8],
        work: &mut Work,
    ) -> Result<(), Refusal> {
        self.open_stream(archive, id, name)?;
        let keys = self.me.keys.clone();
        let notebook = self.notebook(id)?;
        let epoch = notebook.epochs.latest(&notebook.membership).ok_or_else(super::nothing)?;
        let tag = name.tag(id);
        let stream = notebook.open.get(&tag).ok_or_else(super::nothing)?;
        let shown: Vec<ChangeHash> = stream.document.changes().into_iter().map(|facts| facts.hash).collect();
        let (Some(middle), true) = (shown.get(shown.len() / 2), shown.len() > 2) else { return Err(super::nothing()) };
        let half = stream.build(&stream.changes.below([*middle])).map_err(|why| Refusal::Edit(why.to_string()))?;
        let pins: BTreeSet<Pins> = stream.changes.iter().map(|(_, change)| (*change.pins).clone()).collect();
        let replaces = notebook.records.iter().filter(|(_, placed)| placed.tag == tag).map(|(id, _)| *id).collect();
        let whole = Compacted {
            stream: *name,
            document: stream.document.checkpoint(),
            tips: stream.document.heads(),
            heads: signed_heads(notebook, stream, archive)?,
            other_pins: pins.into_iter().collect(),
            replaces,
            at: notebook.membership.heads(),
        };
        let mut part = stream.clone();
        part.document = half;
        let part = Compacted {
            document: part.document.checkpoint(),
            tips: part.document.heads(),
            heads: signed_heads(notebook, &part, archive)?,
            ..whole.clone()
        };
        let misstated = Compacted { tips: vec![*middle], ..whole.clone() };
        let hollow = Compacted { document: bytes.to_vec(), ..whole };
        for compacted in [part, misstated, hollow] {
            let body = CheckpointBody::sign(&keys, id, compacted);
            let record = self.seal_under(id, name, &Payload::Checkpoint(body), &epoch)?;
            self.spread(id, &record, Kind::Checkpoint, work)?;
        }
        Ok(())
    }
}
