//! The app: its window, menus and tray on this device, and the node behind them. What is shown is in `ui`; here is what a
//! browser cannot do.

mod arguments;
mod conversation;
mod leaving;
mod links;
#[cfg(desktop)]
mod menus;
mod notifying;
mod running;
// Android's web view asks nobody where to put a file: it hands over none.
#[cfg(not(target_os = "android"))]
mod saving;

use tauri::Manager;

/// Runs the app until it is left.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    let told = arguments::Told::of_this_process();
    let links = links::Links::from(&told.links, std::path::Path::new("."));
    let builder = tauri::Builder::default();
    #[cfg(desktop)]
    let builder = builder
        // Before all others: a second start ends in it.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            links::of_second_start(app, &arguments, &folder)
        }))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .on_menu_event(|app, event| menus::chosen(app, event.id().as_ref()));
    let app = builder
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_notification::init())
        .manage(conversation::Speaking::default())
        .manage(links)
        .manage(leaving::Leaving::default())
        .invoke_handler(tauri::generate_handler![
            conversation::converse,
            conversation::say,
            // A phone shows neither menus nor a tray.
            #[cfg(desktop)]
            menus::describe,
            #[cfg(desktop)]
            menus::stand,
            notifying::notify,
            leaving::leave
        ])
        .setup(|app| {
            #[cfg(mobile)]
            let told = told.in_the_place_of(app.handle())?;
            app.manage(running::Running::told(told));
            links::listen(app.handle());
            open_window(app)
        })
        .on_window_event(leaving::on_window_event)
        .build(tauri::generate_context!());
    match app {
        Ok(app) if app.asset_resolver().get("shell.html".into()).is_some() => app.run(leaving::on_event),
        Ok(_) => fail("this program was built without the window; build it with `cargo xtask run`, which builds both"),
        Err(problem) => fail(&format!("the window could not be opened: {problem}")),
    }
}

/// Opens the window as the program's configuration describes it.
fn open_window(app: &tauri::App) -> Result<(), Box<dyn std::error::Error>> {
    for described in &app.config().app.windows {
        let window = tauri::WebviewWindowBuilder::from_config(app, described)?;
        #[cfg(not(target_os = "android"))]
        let window = window.on_download(saving::on_download);
        window.build()?;
    }
    Ok(())
}

fn fail(why: &str) -> ! {
    eprintln!("hedgerow-app: {why}");
    std::process::exit(1);
}

/// Brings the window before the person's eyes.
fn show(app: &tauri::AppHandle) {
    if let Some(window) = app.get_webview_window("window") {
        let shown = window.show();
        #[cfg(desktop)]
        let shown = shown.and_then(|()| window.unminimize());
        // A window that cannot be brought forward is no reason to stop.
        let _ = shown.and_then(|()| window.set_focus());
    }
}
