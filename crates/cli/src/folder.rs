//! Which folder is this device's.

use std::path::PathBuf;

use crate::args::Everywhere;
use crate::problem::Problem;

/// The folder that was named, or else the place where this system keeps such things.
pub(crate) fn data_folder(everywhere: &Everywhere) -> Result<PathBuf, Problem> {
    if let Some(named) = everywhere.named_folder() {
        if named.is_file() {
            return Err(Problem::said(format!(
                "{} is a file; name the folder of this device, or none",
                named.display()
            )));
        }
        return Ok(named);
    }
    let conventional = directories::ProjectDirs::from("", "", "hedgerow").map(|dirs| dirs.data_dir().to_path_buf());
    conventional
        .ok_or_else(|| Problem::said("this user has no home folder to keep things in; say where with --data DIR"))
}
