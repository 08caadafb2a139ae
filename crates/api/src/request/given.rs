//! What is given with a request, where that is more than a text or a number.

use serde::{Deserialize, Serialize};

/// How to have back what is damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Repair {
    /// Addresses of members to reach, beside those that are known.
    pub peers: Vec<String>,
    /// How long to wait for others, in seconds.
    pub wait_seconds: u64,
}

/// A place on the map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Coordinates {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

/// Where an outcome or action of a plan goes, the deleted ones counted: `"first"`, `{"after":"9c04d2"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum PlaceInPlan {
    /// Before all others of its kind.
    First,
    /// After all others of its kind.
    Last,
    /// Right before this one: its id or the beginning of it.
    Before(String),
    /// Right after this one: its id or the beginning of it.
    After(String),
}

/// A field and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FieldText {
    /// The field's name.
    pub field: String,
    /// What it says from now on; an empty text takes the field away.
    pub text: String,
}

/// One file to import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImportFile {
    /// Its path as the person gave it, for reports; the last part without its ending is the title if the text has none.
    pub path: String,
    /// How to read it.
    pub form: FileForm,
    /// Its text, at most 2 MiB.
    pub text: String,
}

/// How a file's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum FileForm {
    /// Markdown, perhaps with front matter, and with HTML in it.
    Markdown,
    /// HTML: its title, and what a page can hold of its body.
    Html,
    /// Plain text: each line stands as it is, an empty line parts paragraphs.
    Plain,
}
