//! Reading every piece that is kept of a file, and saying what does not read.

use crate::archive::{Archive, ArchiveFault, Batch, Shelf};
use crate::attaching::{attachment_key, piece_key};
use crate::event::Refusal;
use crate::notebook::Notebook;
use crate::replica::Replica;
use hedgerow_access::{Manifest, piece_id};
use hedgerow_model::{AttachmentId, NotebookId, PieceId, RoutingId, mutant};
use std::collections::BTreeSet;

/// What a check of a file found of it on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// How many pieces it has; none when the list of them does not read.
    pub pieces: Option<usize>,
    /// Those that are kept and are not what was attached.
    pub spoiled: BTreeSet<PieceId>,
    /// How many are not here: they never came, or their rows are gone.
    pub missing: usize,
}

impl CheckedFile {
    /// Whether all that is kept of it reads as it was attached.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.pieces.is_some() && self.spoiled.is_empty()
    }

    /// Whether every piece of it is here, and reads.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_sound() && self.missing == 0
    }
}

impl Replica {
    /// The files of which at least the list of pieces is kept here, whatever pages say of them.
    ///
    /// # Errors
    /// When the device cannot be read at all.
    pub fn files_kept(&self, archive: &dyn Archive) -> Result<Vec<(NotebookId, AttachmentId)>, Refusal> {
        let mut files = Vec::new();
        for (id, notebook) in &self.notebooks {
            let found = listed(archive, &notebook.routing()).map_err(in_words)?;
            files.extend(found.into_iter().map(|file| (*id, file)));
        }
        Ok(files)
    }

    /// Reads all that is kept of a file, and holds each piece against the list.
    ///
    /// # Errors
    /// When the notebook is not here, or the device cannot be read at all.
    pub fn check_file(
        &self,
        archive: &dyn Archive,
        notebook: &NotebookId,
        file: &AttachmentId,
    ) -> Result<CheckedFile, Refusal> {
        let routing = self.notebook(notebook)?.routing();
        let mut checked = CheckedFile { pieces: Some(0), spoiled: BTreeSet::new(), missing: 0 };
        let list = match list_of(archive, &routing, file).map_err(in_words)? {
            List::Spoiled => return Ok(CheckedFile { pieces: None, ..checked }),
            // Its pieces cannot be told from others.
            List::Newer => return Ok(checked),
            List::Here(list) => list,
        };
        checked.pieces = Some(list.pieces().len());
        for piece in list.pieces() {
            match archive.get(Shelf::Piece, &piece_key(&routing, piece)) {
                Ok(Some(sealed)) if piece_id(&sealed) == *piece || mutant("believe-kept-pieces") => {}
                Ok(None) => checked.missing += 1,
                Err(fault) if !fault.is_damage => return Err(in_words(fault)),
                Ok(Some(_)) | Err(_) => {
                    checked.spoiled.insert(*piece);
                }
            }
        }
        Ok(checked)
    }
}

/// What is kept under a file's id.
enum List {
    Here(Manifest),
    /// Whole, and of a form that this Hedgerow cannot read.
    Newer,
    Spoiled,
}

fn list_of(archive: &dyn Archive, routing: &RoutingId, file: &AttachmentId) -> Result<List, ArchiveFault> {
    let bytes = match archive.get(Shelf::Attachment, &attachment_key(routing, file)) {
        Err(fault) if !fault.is_damage => return Err(fault),
        Ok(Some(bytes)) if Manifest::id_of(&bytes) == *file => bytes,
        _ => return Ok(List::Spoiled),
    };
    Ok(Manifest::decode(&bytes).map_or(List::Newer, List::Here))
}

fn listed(archive: &dyn Archive, routing: &RoutingId) -> Result<Vec<AttachmentId>, ArchiveFault> {
    let keys = archive.keys(Shelf::Attachment, routing.as_bytes())?;
    Ok(keys.iter().filter_map(|key| key.get(RoutingId::SIZE..).and_then(AttachmentId::from_slice)).collect())
}

/// Drops spoiled pieces that belong to no file. Those of a file stay, so that it goes on being named until they are fetched
/// again, or for ever.
pub(crate) fn drop_spoiled_strays(
    notebook: &Notebook,
    archive: &dyn Archive,
    batch: &mut Batch,
) -> Result<(), ArchiveFault> {
    let routing = notebook.routing();
    let mut of_files: BTreeSet<Vec<u8>> = archive.keys(Shelf::Draft, routing.as_bytes())?.into_iter().collect();
    for file in listed(archive, &routing)? {
        if let List::Here(list) = list_of(archive, &routing, &file)? {
            of_files.extend(list.pieces().iter().map(|piece| piece_key(&routing, piece)));
        }
    }
    for key in archive.keys(Shelf::Piece, routing.as_bytes())? {
        let is_stray = !of_files.contains(&key) || mutant("drop-spoiled-pieces");
        if is_stray && archive.get(Shelf::Piece, &key).is_err_and(|fault| fault.is_damage) {
            batch.delete(Shelf::Piece, key);
        }
    }
    Ok(())
}

fn in_words(fault: ArchiveFault) -> Refusal {
    Refusal::Device(fault.to_string())
}
