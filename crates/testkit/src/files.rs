//! Files on pages, as people attach, fetch and open them.

use crate::{Network, Page, Who};
use hedgerow_access::Manifest;
use hedgerow_document::{Block, BlockKind, PageEdit};
use hedgerow_model::{Attachment, AttachmentId, FileName, MediaType, NotebookId};
use hedgerow_sync::{Command, Draft, Outcome, Refusal, Shelf};

impl Network {
    /// Attaches a file at the end of a page.
    ///
    /// # Panics
    /// When the device refuses.
    pub fn attach(&mut self, who: Who, page: Page, name: &str, file: &[u8]) -> Attachment {
        let draft = self.begin_file(who, page.notebook).expect("they may write");
        for piece in file.chunks(Manifest::PIECE) {
            self.command(who, Command::AddPiece(draft, piece.to_vec())).expect("a piece");
        }
        let Ok(Outcome::File(id, size)) = self.command(who, Command::FinishFile(draft)) else {
            panic!("the file is whole");
        };
        let (name, media_type) = (FileName::nearest(name), MediaType::nearest("image/jpeg"));
        let file = Attachment { id, name, media_type, size };
        let block = Block { kind: BlockKind::Attachment(file.clone()), ..Block::paragraph("The ford") };
        self.edit(who, page, PageEdit::Append(vec![block])).expect("they may write");
        file
    }

    /// Begins a file that is to stand in a notebook.
    ///
    /// # Errors
    /// What the device says.
    ///
    /// # Panics
    /// When it answers something else.
    pub fn begin_file(&mut self, who: Who, notebook: NotebookId) -> Result<Draft, Refusal> {
        match self.command(who, Command::BeginFile(notebook))? {
            Outcome::Draft(draft) => Ok(draft),
            other => panic!("{other:?}"),
        }
    }

    /// Fetches what is missing of a file.
    ///
    /// # Errors
    /// What the device says.
    pub fn fetch(&mut self, who: Who, page: Page, file: AttachmentId) -> Result<Outcome, Refusal> {
        self.command(who, Command::FetchFile(page.notebook, file, Attachment::MOST))
    }

    /// A whole file, as it is read on somebody's device.
    ///
    /// # Errors
    /// What the device says.
    pub fn open_file(&mut self, who: Who, page: Page, file: AttachmentId) -> Result<Vec<u8>, Refusal> {
        self.look(who, |replica, disk| {
            let mut whole = Vec::new();
            for index in 0.. {
                let piece = replica.read_piece(disk, &page.notebook, &file, index)?;
                if piece.is_empty() {
                    break;
                }
                whole.extend(piece);
            }
            Ok(whole)
        })
    }

    /// How many pieces of files lie on somebody's disk.
    #[must_use]
    pub fn pieces(&self, who: Who) -> usize {
        self.disk(who).count(Shelf::Piece)
    }
}
