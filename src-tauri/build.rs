//! What the window may ask of its shell is listed here, so that each is refused unless a capability names it.

/// What the window was built into, which goes into the program.
const WINDOW: &str = "../ui/dist";

fn main() {
    println!("cargo::rerun-if-changed={WINDOW}");
    // Whoever only checks the code has not built the window; a program without it says so.
    if let Err(problem) = std::fs::create_dir_all(WINDOW) {
        println!("cargo::error={WINDOW} cannot be made: {problem}");
    }
    let commands =
        tauri_build::AppManifest::new().commands(&["converse", "say", "describe", "stand", "notify", "leave"]);
    let attributes = tauri_build::Attributes::new().app_manifest(commands);
    if let Err(problem) = tauri_build::try_build(attributes) {
        println!("cargo::error={problem:#}");
    }
}
