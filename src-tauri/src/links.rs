//! `hedgerow://` links, opened in other programs or given at the start, and files with an invitation: they wait until the
//! window is there to hear them.

use crate::conversation::{Speaking, Word};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, Manager, Url};
use tauri_plugin_deep_link::DeepLinkExt;

const SCHEME: &str = "hedgerow://";
/// What the name of a file with an invitation ends with, as the window saves them.
const ENDING: &str = "hedgerow-invitation";
/// The longest such file, in bytes: a link with a message around it.
const LONGEST_FILE: u64 = 64 << 10;
/// What a link in it begins with.
const JOIN: &str = "hedgerow://join/";
/// The longest link, in bytes; no invitation is near it.
const LONGEST: usize = 8 << 10;
/// Links that wait for the window.
const MOST: usize = 16;

/// Links that nobody has heard of yet.
pub(crate) struct Links(Mutex<Vec<String>>);

impl Links {
    /// Those that were given at the start, in `folder`.
    pub(crate) fn from(given: &[String], folder: &Path) -> Links {
        Links(Mutex::new(given.iter().filter_map(|text| link_of(text, folder)).take(MOST).collect()))
    }

    /// Takes those that wait.
    pub(crate) fn waiting(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn is_link(text: &str) -> bool {
    text.len() <= LONGEST && text.starts_with(SCHEME)
}

/// The link that was given: as it is, or in a file that was named, from `folder` on or as an address.
fn link_of(given: &str, folder: &Path) -> Option<String> {
    if is_link(given) {
        return Some(given.to_owned());
    }
    let path = match Url::parse(given) {
        Ok(url) if url.scheme() == "file" => url.to_file_path().ok()?,
        _ => PathBuf::from(given),
    };
    if path.extension()? != ENDING {
        return None;
    }
    let file = File::open(folder.join(path)).ok()?;
    let about = file.metadata().ok()?;
    if !about.is_file() || about.len() > LONGEST_FILE {
        return None;
    }
    let mut text = String::new();
    file.take(LONGEST_FILE).read_to_string(&mut text).ok()?;
    let (_, rest) = text.split_once(JOIN)?;
    let code: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    Some(format!("{JOIN}{code}")).filter(|link| is_link(link))
}

fn open(app: &AppHandle, link: String) {
    if !is_link(&link) || app.state::<Speaking>().tell(Word::Link(link.clone())) {
        return;
    }
    let links = app.state::<Links>();
    let mut waiting = links.0.lock().unwrap_or_else(PoisonError::into_inner);
    if waiting.len() < MOST {
        waiting.push(link);
    }
}

/// Hears of links that other programs open while this one runs.
pub(crate) fn listen(app: &AppHandle) {
    let listening = app.clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            open(&listening, url.to_string());
        }
        crate::show(&listening);
    });
}

/// The app was started again in `folder`, perhaps to open links: that is done in this one.
#[cfg(desktop)]
pub(crate) fn of_second_start(app: &AppHandle, arguments: &[String], folder: &str) {
    for link in arguments.iter().skip(1).filter_map(|given| link_of(given, Path::new(folder))) {
        open(app, link);
    }
    crate::show(app);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_of_ours_wait_and_each_is_heard_once() {
        let long = format!("{SCHEME}join/{}", "a".repeat(LONGEST));
        let given = ["hedgerow://join/abc", "https://example.org", "--data", &long].map(str::to_owned);
        let links = Links::from(&given, Path::new("."));
        assert_eq!(links.waiting(), ["hedgerow://join/abc"]);
        assert!(links.waiting().is_empty());
    }

    #[test]
    fn an_invitation_that_was_saved_as_a_file_is_opened_and_nothing_else_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let saved = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("it can be written");
        saved("Flood rota.hedgerow-invitation", "Come and join us: hedgerow://join/AQ-b_c9.\n");
        saved("empty.hedgerow-invitation", "Come and join us\n");
        saved("notes.txt", "hedgerow://join/AQ\n");
        saved("long.hedgerow-invitation", &format!("{}hedgerow://join/AQ", " ".repeat(65_536)));
        std::fs::create_dir(folder.path().join("folder.hedgerow-invitation")).expect("it can be made");
        let address = Url::from_file_path(folder.path().join("Flood rota.hedgerow-invitation")).expect("a whole path");
        let opened = |given: &str| link_of(given, folder.path());
        for given in ["Flood rota.hedgerow-invitation", address.as_str()] {
            assert_eq!(opened(given).as_deref(), Some("hedgerow://join/AQ-b_c9"), "{given}");
        }
        let others =
            ["empty.hedgerow-invitation", "notes.txt", "long.hedgerow-invitation", "folder.hedgerow-invitation"];
        for given in others.into_iter().chain([
            "none.hedgerow-invitation",
            "--data",
            "https://example.org/a.hedgerow-invitation",
        ]) {
            assert_eq!(opened(given), None, "{given}");
        }
    }
}
