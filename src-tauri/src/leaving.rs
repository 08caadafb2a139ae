//! Leaving, so that nothing is lost: the window saves what it has, the node saves and sends what is under way, and the
//! folder is given back. Where the window cannot save it stays, and says why; whoever leaves once more means it.

use crate::conversation::{Speaking, Word};
use crate::running::Running;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tauri::{AppHandle, Manager, RunEvent, State, Window, WindowEvent};

/// How long the window may take to save what it has. It has each keystroke saved at once, so this is long.
const PATIENCE: Duration = Duration::from_secs(5);

const STAYING: u8 = 0;
const ASKED: u8 = 1;
const COULD_NOT_SAVE: u8 = 2;

/// Whether the window was asked to save what it has, and what it said.
#[derive(Default)]
pub(crate) struct Leaving(AtomicU8);

/// The person closes the window, which is to leave.
pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        api.prevent_close();
        begin(window.app_handle());
    }
}

/// The system, or a menu, ends the app; our own end has a code.
pub(crate) fn on_event(app: &AppHandle, event: RunEvent) {
    if let RunEvent::ExitRequested { code: None, api, .. } = event {
        api.prevent_exit();
        begin(app);
    }
}

/// Asks the window to save what it has. Where it does not answer, or could not save before, there is nothing to wait for.
pub(crate) fn begin(app: &AppHandle) {
    let before = app.state::<Leaving>().0.swap(ASKED, Ordering::AcqRel);
    let waits = before == STAYING && app.state::<Speaking>().tell(Word::Leaving);
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if waits {
            tokio::time::sleep(PATIENCE).await;
        }
        if app.state::<Leaving>().0.load(Ordering::Acquire) == ASKED {
            end(&app).await;
        }
    });
}

async fn end(app: &AppHandle) {
    app.state::<Speaking>().end().await;
    app.state::<Running>().close().await;
    app.exit(0);
}

/// The window has saved what it had, or says that it cannot.
#[tauri::command]
pub(crate) async fn leave(app: AppHandle, leaving: State<'_, Leaving>, is_saved: bool) -> Result<(), ()> {
    if is_saved {
        end(&app).await;
    } else {
        leaving.0.store(COULD_NOT_SAVE, Ordering::Release);
        crate::show(&app);
    }
    Ok(())
}
