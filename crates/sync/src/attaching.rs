//! A file that is being attached: sealed piece by piece, as it is handed over, and listed when it is whole.

use crate::archive::{Archive, Batch, Shelf, key};
use crate::event::Refusal;
use crate::replica::{Replica, Work};
use hedgerow_access::{FileSealer, Manifest, StreamName};
use hedgerow_model::{AttachmentId, NotebookId, PageId, PieceId, RoutingId, mutant};
use std::collections::{BTreeMap, VecDeque};

/// Names a file that is being attached, until it is whole. It means nothing once the program has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Draft(pub u64);

/// The most files that are being attached at once. Whoever begins another ends the oldest: its window may be long closed.
const MOST_DRAFTS: usize = 32;

/// The most pieces that go with another batch: it must stay small enough for the store, and for a disk that is nearly full.
const MOST_LEFT: usize = 256;

/// The files that are being attached.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    /// Those that were begun, the oldest first.
    order: VecDeque<Draft>,
    open: BTreeMap<Draft, Begun>,
    /// The rows of pieces that belong to no file any more.
    left: Vec<Vec<u8>>,
}

#[derive(Debug)]
struct Begun {
    notebook: NotebookId,
    routing: RoutingId,
    sealer: FileSealer,
}

impl Replica {
    /// Begins a file that is to stand in a notebook. It takes the right to write there, and the key to write under.
    pub(crate) fn begin_file(&mut self, notebook: &NotebookId, work: &mut Work) -> Result<Draft, Refusal> {
        let any_page = StreamName::Body(PageId::from_bytes([0; 16]));
        self.may_change_now(notebook, &any_page)?;
        let epoch = self.epoch_to_write(notebook, work)?;
        let held = self.notebooks.get(notebook).ok_or(Refusal::NoNotebook(*notebook))?;
        let no_key = || Refusal::Key("the key of this notebook has not arrived yet".to_owned());
        let sealer = FileSealer::begin(epoch, held.epochs.key(&epoch).ok_or_else(no_key)?, &mut self.rng);
        let begun = Begun { notebook: *notebook, routing: held.routing(), sealer };
        self.drafts.order.retain(|draft| self.drafts.open.contains_key(draft));
        if self.drafts.open.len() >= MOST_DRAFTS
            && let Some(oldest) = self.drafts.order.pop_front().and_then(|oldest| self.drafts.open.remove(&oldest))
        {
            oldest.drop_pieces(&mut work.batch);
        }
        // Drawn, so that whoever was attaching something when the program ended does not go on in another's file. JavaScript
        // counts no further than 53 bits.
        let draft = Draft(u64::from_le_bytes(self.chance()) >> 11);
        self.drafts.order.push_back(draft);
        self.drafts.open.insert(draft, begun);
        Ok(draft)
    }

    /// Takes the next piece of a file.
    pub(crate) fn add_piece(&mut self, draft: Draft, plain: &[u8], work: &mut Work) -> Result<(), Refusal> {
        let begun = self.drafts.open.get_mut(&draft).ok_or(Refusal::NoDraft)?;
        let (piece, sealed) = begun.sealer.piece(plain).map_err(|problem| Refusal::Attachment(problem.to_string()))?;
        work.batch.put(Shelf::Piece, piece_key(&begun.routing, &piece), sealed);
        work.batch.put(Shelf::Draft, piece_key(&begun.routing, &piece), Vec::new());
        Ok(())
    }

    /// The file is whole: from now on members can have it.
    pub(crate) fn finish_file(&mut self, draft: Draft, work: &mut Work) -> Result<Manifest, Refusal> {
        let begun = self.drafts.open.remove(&draft).ok_or(Refusal::NoDraft)?;
        let notebook = self.notebooks.get(&begun.notebook);
        let epoch = notebook.and_then(|notebook| notebook.epochs.for_writing(&notebook.membership));
        if epoch != Some(begun.sealer.epoch()) && !mutant("finish-under-any-key") {
            // Sealed under a key that somebody may have who was removed meanwhile.
            self.drafts.left.extend(begun.rows());
            let why = "the keys of this notebook changed while the file was being attached; attach it again";
            return Err(Refusal::Attachment(why.to_owned()));
        }
        let manifest = begun.sealer.finish();
        for piece in manifest.pieces() {
            work.batch.delete(Shelf::Draft, piece_key(&begun.routing, piece));
        }
        work.batch.put(Shelf::Attachment, attachment_key(&begun.routing, &manifest.id()), manifest.encode());
        Ok(manifest)
    }

    /// Nobody goes on with the file.
    pub(crate) fn drop_file(&mut self, draft: Draft, work: &mut Work) -> Result<(), Refusal> {
        let begun = self.drafts.open.remove(&draft).ok_or(Refusal::NoDraft)?;
        begun.drop_pieces(&mut work.batch);
        Ok(())
    }

    /// Nothing is attached in a notebook that is dropped from this device.
    pub(crate) fn give_up_drafts_in(&mut self, notebook: &NotebookId) {
        let of_it: Vec<Begun> =
            self.drafts.open.extract_if(.., |_, begun| begun.notebook == *notebook).map(|(_, begun)| begun).collect();
        self.drafts.left.extend(of_it.iter().flat_map(Begun::rows));
    }

    /// Gives up all files that are being attached: the program has just started, or the disk refused. What is left of them
    /// goes with the next batch that is saved; one of its own would be refused by the same disk, without end.
    pub(crate) fn give_up_drafts(&mut self, archive: &dyn Archive) {
        self.drafts.open.clear();
        self.drafts.left = archive.keys(Shelf::Draft, &[]).unwrap_or_default();
    }
}

impl Drafts {
    /// Takes away what belongs to no file any more.
    pub(crate) fn clear(&mut self, batch: &mut Batch) {
        for row in self.left.drain(..self.left.len().min(MOST_LEFT)) {
            batch.delete(Shelf::Piece, row.clone());
            batch.delete(Shelf::Draft, row);
        }
    }
}

impl Begun {
    fn rows(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        self.sealer.pieces().iter().map(|piece| piece_key(&self.routing, piece))
    }

    fn drop_pieces(&self, batch: &mut Batch) {
        for row in self.rows() {
            batch.delete(Shelf::Piece, row.clone());
            batch.delete(Shelf::Draft, row);
        }
    }
}

/// The row of a piece.
pub(crate) fn piece_key(routing: &RoutingId, piece: &PieceId) -> Vec<u8> {
    key(&[routing.as_bytes(), piece.as_bytes()])
}

/// The row of a manifest.
pub(crate) fn attachment_key(routing: &RoutingId, id: &AttachmentId) -> Vec<u8> {
    key(&[routing.as_bytes(), id.as_bytes()])
}
