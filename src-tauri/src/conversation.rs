//! The window's conversation with the node, over its shell: the same texts as a browser's window says over a WebSocket, and
//! what the shell itself has to say, `{"shell":..}`.

use crate::links::Links;
use crate::running::Running;
use hedgerow_api::Fault;
use hedgerow_api::conversation::Conversation;
use serde::Serialize;
use std::sync::{Mutex, PoisonError};
use tauri::State;
use tauri::ipc::Channel;
use tokio::sync::{mpsc, oneshot};

/// What the window has said and the node has not heard yet.
const UNHEARD: usize = 32;

/// What the shell says to the window.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// Something was chosen in a menu or the tray.
    #[cfg(desktop)]
    Chosen(String),
    /// A `hedgerow://` link was opened.
    Link(String),
    /// A file that the window handed over was saved, there.
    #[cfg(not(target_os = "android"))]
    Saved(String),
    /// It could not be.
    #[cfg(not(target_os = "android"))]
    NotSaved,
    /// The person leaves: what is not saved yet is to be saved, and `leave` to be said.
    Leaving,
}

#[derive(Serialize)]
struct FromShell {
    shell: Word,
}

/// The conversation under way, if there is one.
#[derive(Default)]
pub(crate) struct Speaking(Mutex<Option<Speaker>>);

struct Speaker {
    says: mpsc::Sender<String>,
    hears: Channel<String>,
    over: oneshot::Receiver<()>,
}

impl Speaking {
    /// Says something to the window. `false` when nobody is there to hear it.
    pub(crate) fn tell(&self, word: Word) -> bool {
        let speaker = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(text) = serde_json::to_string(&FromShell { shell: word }) else { return false };
        speaker.as_ref().is_some_and(|speaker| speaker.hears.send(text).is_ok())
    }

    fn says(&self) -> Option<mpsc::Sender<String>> {
        let speaker = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        speaker.as_ref().map(|speaker| speaker.says.clone())
    }

    /// Ends the conversation: what was asked is carried out, and pages are given back.
    pub(crate) async fn end(&self) {
        let speaker = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Speaker { says, over, .. }) = speaker else { return };
        drop(says);
        // It has ended either way.
        let _ = over.await;
    }
}

/// Begins the conversation. A window that was loaded again begins another, and the one before it ends.
///
/// # Errors
/// When the node cannot be opened; the window may try again.
#[tauri::command]
pub(crate) async fn converse(
    running: State<'_, Running>,
    speaking: State<'_, Speaking>,
    links: State<'_, Links>,
    hears: Channel<String>,
) -> Result<(), Fault> {
    speaking.end().await;
    let mut conversation = Conversation::with(running.node().await?);
    let (says, mut said) = mpsc::channel::<String>(UNHEARD);
    let (ended, over) = oneshot::channel();
    let speaker = Speaker { says, hears: hears.clone(), over };
    *speaking.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(speaker);
    tauri::async_runtime::spawn(async move {
        loop {
            let may_hear = conversation.may_hear();
            tokio::select! {
                text = said.recv(), if may_hear => match text {
                    Some(text) if conversation.hear(&text) => {}
                    _ => break,
                },
                text = conversation.next() => {
                    if text.is_none_or(|text| hears.send(text).is_err()) {
                        break;
                    }
                }
            }
        }
        conversation.end().await;
        let _ = ended.send(());
    });
    for link in links.waiting() {
        speaking.tell(Word::Link(link));
    }
    Ok(())
}

/// Says something to the node: `{"id":7,"ask":{"request":..}}`.
///
/// # Errors
/// When no conversation was begun, or it has ended.
#[tauri::command]
pub(crate) async fn say(speaking: State<'_, Speaking>, text: String) -> Result<(), Fault> {
    let ended = || Fault::new(hedgerow_api::Code::Unreachable, "the node has stopped; open Hedgerow again");
    speaking.says().ok_or_else(ended)?.send(text).await.map_err(|_| ended())
}
