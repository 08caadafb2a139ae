//! Files that the window hands over to the person: they go where this device keeps what is downloaded, and the window says
//! where that is.

use crate::conversation::{Speaking, Word};
use std::path::{Path, PathBuf};
use tauri::webview::DownloadEvent;
use tauri::{Manager, Webview};

/// Whether what the window wants to save may be saved, and where; and what came of it.
pub(crate) fn on_download(window: Webview, event: DownloadEvent<'_>) -> bool {
    match event {
        // What the window made itself. Nothing is ever fetched from an address.
        DownloadEvent::Requested { url, destination } => url.scheme() == "blob" && has_a_place(&window, destination),
        DownloadEvent::Finished { path, success, .. } => {
            let saved = path.filter(|_| success).map(|path| Word::Saved(path.display().to_string()));
            window.state::<Speaking>().tell(saved.unwrap_or(Word::NotSaved))
        }
        _ => false,
    }
}

/// Sees to it that the folder is there: the one for downloads, or the person's own where the device names none.
fn has_a_place(window: &Webview, destination: &mut PathBuf) -> bool {
    let paths = window.path();
    if paths.download_dir().is_err()
        && let (Ok(home), Some(name)) = (paths.home_dir(), destination.file_name())
    {
        *destination = unused(&home, Path::new(name));
    }
    destination.parent().is_some_and(|folder| std::fs::create_dir_all(folder).is_ok())
}

/// A path in the folder that nothing has: the name itself, or with a number.
fn unused(folder: &Path, name: &Path) -> PathBuf {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let ending = name.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let numbered = (1..).map(|number| folder.join(format!("{stem} ({number}){ending}")));
    std::iter::once(folder.join(name)).chain(numbered).find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_twice_does_not_take_the_place_of_the_first() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let names = ["Night rota.pdf", "Night rota (1).pdf", "Night rota (2).pdf"];
        for name in names {
            let path = unused(folder.path(), Path::new("Night rota.pdf"));
            assert_eq!(path, folder.path().join(name));
            std::fs::write(path, "")?;
        }
        assert_eq!(unused(folder.path(), Path::new("README")), folder.path().join("README"));
        Ok(())
    }
}
