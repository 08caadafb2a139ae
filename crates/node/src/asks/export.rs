//! The canonical form of a notebook, in pieces.

use crate::answers::CanonicalPart;
use crate::fault::NodeFault;
use crate::node::Node;
use hedgerow_model::PageId;

/// A piece ends with the page that brings it to this many bytes.
const PIECE: usize = 512 << 10;
/// And after this many pages: between pieces the node turns to others.
const PAGES: usize = 64;

impl Node {
    /// The next piece of a notebook's canonical form; pages come in order of their ids. `from` is the `next` of the
    /// piece before. Joined, the pieces are the same on every device that agrees.
    ///
    /// # Errors
    /// When the notebook is not here, `from` is not what an earlier piece gave, or a page cannot be read.
    pub async fn canonical(&self, notebook: &str, from: Option<&str>) -> Result<CanonicalPart, NodeFault> {
        let notebook = notebook.to_owned();
        let wrong = |_| NodeFault::Usage("`from` is not the `next` of an earlier piece".to_owned());
        let from = from.map(PageId::parse).transpose().map_err(wrong)?;
        self.ask(move |mind| {
            let id = mind.notebook_meant(&notebook)?;
            let mut text = match from {
                None => mind.replica.canonical_head(&mind.shelves, &id)?,
                Some(_) => String::new(),
            };
            let pages = mind.replica.canonical_pages(&id)?;
            let ahead = pages.into_iter().filter(|page| from.is_none_or(|from| *page >= from));
            for (count, page) in ahead.enumerate() {
                if count == PAGES || text.len() >= PIECE {
                    return Ok(CanonicalPart { text, next: Some(page.to_string()) });
                }
                text.push_str(&mind.replica.canonical_page(&mind.shelves, &id, &page)?);
            }
            Ok(CanonicalPart { text, next: None })
        })
        .await
    }
}
