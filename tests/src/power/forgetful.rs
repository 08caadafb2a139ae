//! A program whose syncs do nothing, to see that the cuts would find it out.

use super::apart::run;
use crate::Device;
use std::path::Path;

/// `device`, whose program only seems to sync files with `words` in their paths. The program itself is the same: a
/// library that is loaded before the system's answers instead of it. It is put into `folder`.
pub fn forgetful(device: Device, words: &str, folder: &Path) -> Device {
    let (source, library) = (folder.join("forgetful.c"), folder.join("forgetful.so"));
    std::fs::write(&source, include_str!("forgetful.c")).expect("the folder takes a file");
    let named = |path: &Path| path.to_str().expect("the folders of a rig are named in UTF-8").to_owned();
    let library = named(&library);
    run("cc", "gcc", &["-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", &library, &named(&source), "-ldl"]);
    device.told("LD_PRELOAD", &library).told("FORGETFUL", words)
}
