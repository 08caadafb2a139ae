//! The app, on a desktop.

// A window of text beside ours is no use to anybody.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() {
    hedgerow_shell::run();
}
