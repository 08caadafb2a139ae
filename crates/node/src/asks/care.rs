//! Checking that what is kept reads as it was written.

use crate::answers::{Damage, Verified};
use crate::fault::NodeFault;
use crate::node::Node;

impl Node {
    /// Reads and checks every record and every row. Others wait meanwhile.
    ///
    /// # Errors
    /// When the device cannot be read at all.
    pub async fn verify(&self) -> Result<Verified, NodeFault> {
        let (mut verified, store) = self
            .ask(|mind| {
                let (records, found) = mind.replica.verify(&mind.shelves)?;
                let damaged = found.into_iter().map(|(notebook, say)| {
                    let titled = mind.title(&notebook);
                    let say = format!("in \"{titled}\" {say}; a member who has it can bring it back");
                    Damage { what: say.clone(), say, notebook: Some(notebook) }
                });
                let damaged = damaged.collect();
                let notebooks = mind.replica.notebooks().len() + mind.replica.unreadable().len();
                Ok((Verified { records, notebooks, damaged }, mind.shelves.store().clone()))
            })
            .await?;
        let checked = tokio::task::spawn_blocking(move || store.check()).await.map_err(|_| NodeFault::Stopped)?;
        for found in checked {
            let what = [found.table.as_str(), found.key.as_str()].join(" ").trim().to_owned();
            verified.damaged.push(Damage { say: found.to_string(), notebook: None, what });
        }
        Ok(verified)
    }

    /// The damage met since the folder was opened.
    ///
    /// # Errors
    /// When the node has ended.
    pub async fn damage(&self) -> Result<Vec<Damage>, NodeFault> {
        self.ask(|mind| Ok(mind.damage.clone())).await
    }
}
