//! What the app is told when it is started.

use clap::Parser;
use std::path::PathBuf;

/// Hedgerow's window on this device.
#[derive(Debug, Clone, Parser)]
#[command(name = "hedgerow-app", version)]
pub(crate) struct Told {
    /// This device's folder, if not HEDGEROW_DATA or the usual place
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Where to listen; give it again for each. Any free port unless told
    #[arg(long, value_name = "MULTIADDR")]
    pub(crate) listen: Vec<String>,
    /// Somebody to reach; give it again for each. Tried again for ever
    #[arg(long = "peer", value_name = "MULTIADDR")]
    pub(crate) peers: Vec<String>,
    /// Do not look for devices on the local network, and do not be found there
    #[arg(long)]
    pub(crate) no_discovery: bool,
    /// hedgerow:// links to open, or files that were saved with an invitation
    #[arg(value_name = "LINK")]
    pub(crate) links: Vec<String>,
}

impl Told {
    /// By the command line; by nobody on a phone.
    pub(crate) fn of_this_process() -> Told {
        if cfg!(desktop) { Told::parse() } else { Told::parse_from(["hedgerow-app"]) }
    }

    /// On a phone, where nobody has a home folder: what was told, and a folder in the place that the system gives this app.
    ///
    /// # Errors
    /// When the system does not say where that is.
    #[cfg(mobile)]
    pub(crate) fn in_the_place_of(self, app: &tauri::AppHandle) -> tauri::Result<Told> {
        use tauri::Manager;
        Ok(Told { data: Some(app.path().app_data_dir()?.join("hedgerow")), ..self })
    }
}
