//! Files on pages: attached piece by piece, listed, fetched from members, read.

use crate::answers::{AttachmentLine, Changed, FoundAttachment};
use crate::asks::syncing::Waiting;
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use crate::references;
use hedgerow_document::{Block, BlockKind, PageEdit};
use hedgerow_model::{Attachment, AttachmentId, FileName, MediaType, NotebookId, PageId};
use hedgerow_sync::{Command, Draft, Outcome};
use std::time::Duration;
use tokio::time::Instant;

impl Node {
    /// Begins a file that is to stand on a page. Its pieces follow, each of
    /// [`FILE_PIECE`](crate::FILE_PIECE) bytes but the last; it is sealed as it comes.
    ///
    /// # Errors
    /// When the page is not here, this person may not write, or the disk refuses.
    pub async fn begin_file(&self, page: &str) -> Result<Draft, NodeFault> {
        let page = page.to_owned();
        let outcome = self.command(move |mind| Ok(Command::BeginFile(mind.any_page_meant(&page)?.0))).await?;
        match outcome {
            Outcome::Draft(draft) => Ok(draft),
            _ => Err(NodeFault::Stopped),
        }
    }

    /// Takes the next piece of a file. It is durable when this returns.
    ///
    /// # Errors
    /// When the file is not being attached any more, the piece has another length than it must have, the file becomes longer
    /// than [`Attachment::MOST`], or the disk refuses.
    pub async fn add_piece(&self, draft: Draft, piece: Vec<u8>) -> Result<(), NodeFault> {
        self.command(move |_| Ok(Command::AddPiece(draft, piece))).await.map(drop)
    }

    /// The file is whole. What it is called and which kind it is stands on the pages that show it.
    ///
    /// # Errors
    /// When it is not being attached any more, or the disk refuses.
    pub async fn finish_file(&self, draft: Draft, name: &str, media_type: &str) -> Result<Attachment, NodeFault> {
        match self.command(move |_| Ok(Command::FinishFile(draft))).await? {
            Outcome::File(id, size) => {
                let (name, media_type) = (FileName::nearest(name), MediaType::nearest(media_type));
                Ok(Attachment { id, name, media_type, size })
            }
            _ => Err(NodeFault::Stopped),
        }
    }

    /// Nobody goes on with a file.
    ///
    /// # Errors
    /// When it is not being attached any more, or the disk refuses.
    pub async fn drop_file(&self, draft: Draft) -> Result<(), NodeFault> {
        self.command(move |_| Ok(Command::DropFile(draft))).await.map(drop)
    }

    /// Puts a file at the end of a page.
    ///
    /// # Errors
    /// When the page is not here, or this person may not write.
    pub async fn put_attachment(&self, page: &str, file: Attachment, caption: &str) -> Result<Changed, NodeFault> {
        let block = Block { kind: BlockKind::Attachment(file), ..Block::paragraph(caption) };
        self.change(page, move |_, _| Ok(PageEdit::Append(vec![block]))).await
    }

    /// The files that a page shows, in its order, and how much of each is on this device.
    ///
    /// # Errors
    /// When the page is not here or cannot be read.
    pub async fn attachments(&self, page: &str) -> Result<Vec<AttachmentLine>, NodeFault> {
        let page = page.to_owned();
        self.ask(move |mind| {
            let (notebook, id) = mind.any_page_meant(&page)?;
            Ok(mind.replica.attachments(&mind.shelves, &notebook, &id)?)
        })
        .await
    }

    /// The file that somebody means, and a page that shows it. Without a page all pages are looked through, so it takes as
    /// long as reading them.
    ///
    /// # Errors
    /// When no page shows it, or more than one file could be meant.
    pub async fn find_attachment(&self, raw: &str, page: Option<&str>) -> Result<FoundAttachment, NodeFault> {
        let (raw, page) = (raw.to_owned(), page.map(str::to_owned));
        self.ask(move |mind| attachment_meant(mind, &raw, page.as_deref())).await
    }

    /// Has all of a file on this device in the end, from members who have it. Peers that are still being dialled have up to
    /// `wait` to arrive; then it takes as long as it goes on.
    ///
    /// # Errors
    /// When the page is not here, or nobody who can be reached has the file.
    pub async fn fetch_attachment(
        &self,
        page: &str,
        id: AttachmentId,
        wait: Duration,
    ) -> Result<AttachmentLine, NodeFault> {
        let line = self.attachment_line(page, id).await?;
        if !line.is_whole && self.has_network() {
            self.gather(Instant::now() + wait).await?;
        }
        let fetched = self.fetch_now(page, &line.file).await;
        if fetched.is_err() && line.is_whole && self.has_network() {
            // Something of it was spoiled on this disk: that is seen when it is looked at.
            self.gather(Instant::now() + wait).await?;
            self.fetch_now(page, &line.file).await?;
        } else {
            fetched?;
        }
        self.attachment_line(page, id).await
    }

    async fn fetch_now(&self, page: &str, file: &Attachment) -> Result<(), NodeFault> {
        let (page, id, size) = (page.to_owned(), file.id, file.size);
        let (asked, ended) = self.begin(move |mind| {
            let (notebook, _) = mind.any_page_meant(&page)?;
            Ok((Command::FetchFile(notebook, id, size), |_: &mut Mind| ()))
        })?;
        let waiting = Waiting::of(self, asked);
        ended.await.map_err(|_| NodeFault::Stopped)??;
        drop(waiting);
        Ok(())
    }

    async fn attachment_line(&self, page: &str, id: AttachmentId) -> Result<AttachmentLine, NodeFault> {
        let lines = self.attachments(page).await?;
        let gone = || NodeFault::NotFound(format!("this page does not show the file {id}"));
        // Where a page shows it twice and says two lengths, the greater one is as true as the other.
        let of_it = lines.into_iter().filter(|line| line.file.id == id);
        of_it.max_by_key(|line| line.file.size).ok_or_else(gone)
    }

    /// One piece of a file that a page shows; nothing beyond its end.
    ///
    /// # Errors
    /// When the page is not here, or the piece is not, or it does not open.
    pub async fn read_piece(&self, page: &str, id: AttachmentId, index: usize) -> Result<Vec<u8>, NodeFault> {
        let page = page.to_owned();
        self.ask(move |mind| {
            let (notebook, _) = mind.any_page_meant(&page)?;
            Ok(mind.replica.read_piece(&mind.shelves, &notebook, &id, index)?)
        })
        .await
    }
}

fn attachment_meant(mind: &mut Mind, raw: &str, page: Option<&str>) -> Result<FoundAttachment, NodeFault> {
    let prefix = references::prefix("attachment", raw)?;
    let pages: Vec<(NotebookId, PageId)> = match page {
        Some(page) => vec![mind.any_page_meant(page)?],
        None => every_page(mind),
    };
    let mut found: Vec<FoundAttachment> = Vec::new();
    for (notebook, page) in pages {
        // What cannot be read is no reason not to look further.
        let files = mind.replica.files_on(&mind.shelves, &notebook, &page).unwrap_or_default();
        for (file, _) in files.into_iter().filter(|(file, _)| file.id.starts_with(&prefix)) {
            if found.iter().all(|other| other.file.id != file.id) {
                found.push(FoundAttachment { page, file });
            }
        }
    }
    references::only("attachment", raw, found, |found| found.file.id.to_string())
}

fn every_page(mind: &Mind) -> Vec<(NotebookId, PageId)> {
    let notebooks = mind.replica.notebooks().into_iter().map(|line| line.id);
    let of =
        |notebook| mind.replica.pages(&notebook).unwrap_or_default().into_iter().map(move |page| (notebook, page.id));
    notebooks.flat_map(of).collect()
}
