//! Lines that the window wants shown outside of it, as this system shows such things.

use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;

/// The longest line, in characters: a notebook's title with a few words around it.
const LONGEST: usize = 300;

/// Shows a line.
///
/// # Errors
/// When the system does not show it.
#[tauri::command]
pub(crate) async fn notify(app: AppHandle, line: String) -> Result<(), String> {
    let line: String = line.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    app.notification().builder().title("Hedgerow").body(line).show().map_err(|problem| problem.to_string())
}
