//! The node behind the window, and the local socket by which commands on this device reach it.

use crate::arguments::Told;
use hedgerow_api::here::{Here, NetworkConfig, Opening};
#[cfg(desktop)]
use hedgerow_api::local::LocalSocket;
use hedgerow_api::{Fault, told};
use std::sync::Arc;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

/// The node, opened when the window first asks for it.
pub(crate) struct Running {
    told: Told,
    node: OnceCell<Arc<Here>>,
    stop: CancellationToken,
}

impl Running {
    pub(crate) fn told(told: Told) -> Running {
        Running { told, node: OnceCell::new(), stop: CancellationToken::new() }
    }

    /// The node; opened now if it is not, or could not be before.
    ///
    /// # Errors
    /// When another program has the folder, or it cannot be opened.
    pub(crate) async fn node(&self) -> Result<Arc<Here>, Fault> {
        self.node.get_or_try_init(|| self.open()).await.cloned()
    }

    async fn open(&self) -> Result<Arc<Here>, Fault> {
        let Told { data, listen, peers, no_discovery, .. } = self.told.clone();
        let folder = told::folder(data)?;
        let network = NetworkConfig { listen, peers, discovery: !no_discovery && told::discovery()? };
        let passphrase = told::passphrase()?;
        let here = Arc::new(
            Here::open(Opening {
                folder: folder.clone(),
                who: "Hedgerow's window".to_owned(),
                network: Some(network),
                passphrase: Arc::new(move |_| passphrase.clone()),
                new_keys: told::new_keys()?,
            })
            .await?,
        );
        // On a phone no other program may look into our folder, and there are no commands.
        #[cfg(desktop)]
        self.listen_for_commands(&folder, &here);
        Ok(here)
    }

    /// Without it commands on this device say that the folder is in use; the window does not need it.
    #[cfg(desktop)]
    fn listen_for_commands(&self, folder: &std::path::Path, here: &Arc<Here>) {
        let door: Arc<dyn hedgerow_api::Door> = Arc::clone(here) as _;
        match LocalSocket::bind(folder) {
            Ok(socket) => drop(tauri::async_runtime::spawn(socket.serve(door, self.stop.clone()))),
            Err(fault) => tracing::warn!(say = fault.say, "commands cannot reach this window's node"),
        }
    }

    /// Saves and sends what is under way, and gives the folder back.
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        if let Some(here) = self.node.get()
            && let Err(fault) = here.close().await
        {
            eprintln!("hedgerow-app: {}", fault.say);
        }
    }
}
