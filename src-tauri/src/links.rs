//! `hedgerow://` links, opened in other programs or given at the start: they wait until the window is there to hear them.

use crate::conversation::{Speaking, Word};
use std::sync::{Mutex, PoisonError};
use tauri::{AppHandle, Manager};
use tauri_plugin_deep_link::DeepLinkExt;

const SCHEME: &str = "hedgerow://";
/// The longest link, in bytes; no invitation is near it.
const LONGEST: usize = 8 << 10;
/// Links that wait for the window.
const MOST: usize = 16;

/// Links that nobody has heard of yet.
pub(crate) struct Links(Mutex<Vec<String>>);

impl Links {
    /// Those that were given at the start.
    pub(crate) fn from(given: Vec<String>) -> Links {
        Links(Mutex::new(given.into_iter().filter(|text| is_link(text)).take(MOST).collect()))
    }

    /// Takes those that wait.
    pub(crate) fn waiting(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn is_link(text: &str) -> bool {
    text.len() <= LONGEST && text.starts_with(SCHEME)
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

/// The app was started again, perhaps to open links: that is done in this one.
#[cfg(desktop)]
pub(crate) fn of_second_start(app: &AppHandle, arguments: &[String]) {
    for link in arguments.iter().skip(1).filter(|text| is_link(text)) {
        open(app, link.clone());
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
        let links = Links::from(given.to_vec());
        assert_eq!(links.waiting(), ["hedgerow://join/abc"]);
        assert!(links.waiting().is_empty());
    }
}
