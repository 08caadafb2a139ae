//! Lines that the window wants shown outside of it, as this system shows such things.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;
#[cfg(mobile)]
use tauri_plugin_notification::PermissionState;

/// The longest line, in characters: a notebook's title with a few words around it.
const LONGEST: usize = 300;

/// Shows a line.
///
/// # Errors
/// When the system does not show it.
#[tauri::command]
pub(crate) async fn notify(app: AppHandle, line: String) -> Result<(), String> {
    let line: String = line.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    // A phone asks the person, and remembers what they said. Who wants no lines is shown none.
    #[cfg(mobile)]
    if app.notification().request_permission().map_err(|problem| problem.to_string())? != PermissionState::Granted {
        return Ok(());
    }
    app.notification().builder().title("Hedgerow").body(line).show().map_err(|problem| problem.to_string())
}
