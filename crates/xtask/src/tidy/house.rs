//! The checkout as the rules see it: paths and their text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};
use toml::Table;

/// Every file of text that people write here, by its path from the top, with `/` between folders.
#[derive(Default)]
pub(super) struct House {
    files: BTreeMap<String, String>,
}

/// Folders that tools write.
const NOT_OURS: [&str; 5] = ["target", ".git", "node_modules", "paraglide", "project.inlang"];
/// Kinds of file that people write.
const OURS: [&str; 5] = ["rs", "toml", "md", "sh", "lock"];

impl House {
    /// Reads the checkout whose top folder is `top`.
    pub(super) fn read(top: &Path) -> io::Result<House> {
        let mut house = House::default();
        house.read_folder(top, "")?;
        Ok(house)
    }

    fn read_folder(&mut self, folder: &Path, path: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
                self.read_folder(&entry.path(), &below)?;
            } else if kind.is_file()
                && (OURS.iter().any(|end| name.ends_with(&format!(".{end}"))) || below == ".ci/run")
            {
                self.files.insert(below, String::from_utf8_lossy(&fs::read(entry.path())?).into_owned());
            }
        }
        Ok(())
    }

    /// A pretend house, to show that a rule can be broken.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> House {
        House { files: files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect() }
    }

    /// What stands in the file at `path`.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Every file: its path and its text.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The Rust files.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| path.ends_with(".rs"))
    }

    /// The folders under `crates`.
    pub(super) fn rooms(&self) -> BTreeSet<&str> {
        let below = self.files.keys().filter_map(|path| path.strip_prefix("crates/"));
        below.filter_map(|path| path.split_once('/')).map(|(room, _)| room).collect()
    }

    /// The Cargo.toml of each room, and of the package of tests: the folder's name and what stands in it.
    pub(super) fn manifests(&self) -> impl Iterator<Item = (&str, Table)> {
        self.files().filter_map(|(path, text)| {
            let folder = path.strip_suffix("/Cargo.toml")?;
            let name = folder.strip_prefix("crates/").unwrap_or(folder);
            let table = (!name.contains('/')).then(|| text.parse().ok())??;
            Some((name, table))
        })
    }
}
