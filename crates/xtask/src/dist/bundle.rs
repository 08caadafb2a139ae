//! Packing, by Tauri's bundler.

use super::{
    Place,
    contents::{FILES, From},
    needs,
    programs::install,
};
use crate::{
    command::{command, succeed},
    root,
};
use serde_json::{Map, Value, json};
use std::{fs, path::Path};

/// Makes both packages from what lies ready.
pub(super) fn pack(place: &Place) -> Result<(), String> {
    let files = files(place)?;
    let deb = json!({ "depends": needs::for_deb(place)?, "files": files });
    let rpm = json!({ "depends": needs::for_rpm(place)?, "files": files });
    let settings = json!({ "bundle": { "linux": { "deb": deb, "rpm": rpm } } });
    let written = place.work.join("packages.json");
    fs::write(&written, settings.to_string()).map_err(|problem| format!("{}: {problem}", written.display()))?;
    let program = root().join("ui/node_modules/@tauri-apps/cli/tauri.js").display().to_string();
    let mut tauri = command("node", &[&program, "bundle", "--ci", "--bundles", "deb,rpm"]);
    tauri.args(["--config", "linux/packages.json", "--config"]).arg(&written);
    tauri.current_dir(root().join("src-tauri")).env("CARGO_TARGET_DIR", &place.work);
    succeed(tauri)?;
    let bundles = place.work.join("release/bundle");
    let rpm = bundles.join(format!("rpm/Hedgerow-{}-1.x86_64.rpm", super::VERSION));
    fs::copy(&rpm, place.rpm()).map_err(|problem| format!("{}: {problem}", rpm.display()))?;
    deb_again(&bundles.join(format!("deb/Hedgerow_{}_amd64", super::VERSION)), place)
}

/// The files that the bundler does not think of, with the modes that they are to have, whatever they have here.
fn files(place: &Place) -> Result<Map<String, Value>, String> {
    let folder = place.work.join("files");
    let mut files = Map::new();
    for file in FILES {
        let from = match file.from {
            From::Tauri => continue,
            From::Checkout(path) => root().join(path),
            From::Made(path) => place.work.join(path),
        };
        let ready = folder.join(file.path.trim_start_matches('/'));
        install(&from, &ready, if file.mode().contains('x') { "755" } else { "644" })?;
        files.insert(file.path.to_owned(), ready.display().to_string().into());
    }
    Ok(files)
}

/// The bundler leaves what it packed for Debian. Packed again by Debian's own tool it is smaller, and the same to the byte
/// whenever the same is packed.
fn deb_again(left: &Path, place: &Place) -> Result<(), String> {
    let (control, data) = (left.join("control"), left.join("data"));
    let sums = control.join("md5sums");
    let sorted = |text: String| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_by_key(|line| line.split_once("  ").map(|(_, path)| path));
        lines.join("\n") + "\n"
    };
    fs::read_to_string(&sums)
        .and_then(|text| fs::write(&sums, sorted(text)))
        .and_then(|()| fs::rename(&control, data.join("DEBIAN")))
        .map_err(|problem| format!("{}: {problem}", left.display()))?;
    let mut pack = command("dpkg-deb", &["--root-owner-group", "-Zxz", "--build"]);
    pack.arg(&data).arg(place.deb()).env("SOURCE_DATE_EPOCH", &place.moment);
    succeed(pack)
}
