//! Menus and the tray, in the window's words: it says what they are called and how it stands with what was written, and
//! hears what is chosen. So there is one place for words, and one for their translations.

use crate::conversation::{Speaking, Word};
use serde::Deserialize;
use tauri::menu::{IsMenuItem, Menu, MenuBuilder, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Wry};

const TRAY: &str = "tray";

/// What the window calls things.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Words {
    /// The menus, in order.
    menus: Vec<MenuWords>,
    /// What brings the window forward, in the tray.
    open: String,
    /// What leaves, in the tray.
    quit: String,
}

/// One menu.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct MenuWords {
    label: String,
    items: Vec<ItemWords>,
}

/// One line of a menu.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ItemWords {
    /// What the window hears when it is chosen; `cut`, `copy`, `paste` and `select_all` are the system's own.
    id: String,
    label: String,
    /// Keys that choose it, as `CmdOrCtrl+N`.
    keys: Option<String>,
}

/// Shows menus and tray in these words, in place of earlier ones.
///
/// # Errors
/// When the system does not show them.
#[tauri::command]
pub(crate) async fn describe(app: AppHandle, words: Words) -> Result<(), String> {
    show(&app, &words).map_err(|problem| problem.to_string())
}

/// Says in the tray how it stands with what was written.
///
/// # Errors
/// When the system does not show it.
#[tauri::command]
pub(crate) async fn stand(app: AppHandle, standing: String) -> Result<(), String> {
    show_standing(&app, &standing).map_err(|problem| problem.to_string())
}

/// Something was chosen. To leave is the shell's business; the rest the window's.
pub(crate) fn chosen(app: &AppHandle, id: &str) {
    match id {
        "quit" => crate::leaving::begin(app),
        "open" => crate::show(app),
        id => {
            app.state::<Speaking>().tell(Word::Chosen(id.to_owned()));
        }
    }
}

fn show(app: &AppHandle, words: &Words) -> tauri::Result<()> {
    let menu = Menu::new(app)?;
    for words in &words.menus {
        let items = words.items.iter().map(|item| line(app, item)).collect::<tauri::Result<Vec<_>>>()?;
        let items: Vec<&dyn IsMenuItem<Wry>> = items.iter().map(AsRef::as_ref).collect();
        menu.append(&Submenu::with_items(app, &words.label, true, &items)?)?;
    }
    app.set_menu(menu)?;
    show_tray(app, words)
}

fn line(app: &AppHandle, words: &ItemWords) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    let label = Some(words.label.as_str());
    Ok(match words.id.as_str() {
        "cut" => Box::new(PredefinedMenuItem::cut(app, label)?),
        "copy" => Box::new(PredefinedMenuItem::copy(app, label)?),
        "paste" => Box::new(PredefinedMenuItem::paste(app, label)?),
        "select_all" => Box::new(PredefinedMenuItem::select_all(app, label)?),
        id => Box::new(MenuItem::with_id(app, id, &words.label, true, words.keys.as_deref())?),
    })
}

/// A desktop without a place for it shows none.
fn show_tray(app: &AppHandle, words: &Words) -> tauri::Result<()> {
    let menu = MenuBuilder::new(app).text("open", &words.open).text("quit", &words.quit).build()?;
    if let Some(tray) = app.tray_by_id(TRAY) {
        return tray.set_menu(Some(menu));
    }
    let mut tray = TrayIconBuilder::with_id(TRAY).menu(&menu);
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    Ok(())
}

fn show_standing(app: &AppHandle, standing: &str) -> tauri::Result<()> {
    let Some(tray) = app.tray_by_id(TRAY) else { return Ok(()) };
    tray.set_title(Some(standing))?;
    tray.set_tooltip(Some(standing))
}
