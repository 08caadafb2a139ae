//! The way to the node: the one that runs on the folder, or the folder itself.

use std::path::{Path, PathBuf};

use hedgerow_api::{Ask, Door, local};
use tokio::sync::OnceCell;

use crate::problem::Problem;

/// The way to a folder's node, opened when it is first needed: what a person typed and named is looked at before that.
pub(crate) struct Doorway {
    folder: PathBuf,
    opened: OnceCell<Box<dyn Door>>,
}

impl Doorway {
    /// To the node of `folder`.
    pub(crate) fn to(folder: PathBuf) -> Doorway {
        Doorway { folder, opened: OnceCell::new() }
    }

    /// To a door that is open already.
    #[cfg(test)]
    pub(crate) fn open_at(door: Box<dyn Door>) -> Doorway {
        Doorway { folder: PathBuf::new(), opened: OnceCell::new_with(Some(door)) }
    }

    /// Asks, and opens the door for it if need be.
    pub(crate) async fn ask<A: Ask>(&self, ask: A) -> Result<A::Reply, Problem> {
        let door = self.opened.get_or_try_init(|| door(&self.folder)).await?;
        Ok(door.ask(ask).await?)
    }

    /// Whether it was needed.
    pub(crate) fn is_open(&self) -> bool {
        self.opened.initialized()
    }
}

/// A door to the node of `folder`.
async fn door(folder: &Path) -> Result<Box<dyn Door>, Problem> {
    if let Some(running) = local::connect(folder).await? {
        return Ok(Box::new(running));
    }
    Err(Problem::said(format!("no node runs on {}", folder.display())))
}
