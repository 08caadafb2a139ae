//! A log and its ledger, kept in a file so that one cut can be looked at again.

use super::{
    ledger::Ledger,
    log::{Event, Log},
};
use serde::{Deserialize, Serialize};
use std::{fs, path::Path};

/// What was done on a disk, once.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// All that happened.
    pub log: Log,
    /// All that was acknowledged.
    pub ledger: Ledger,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    events: Vec<Event>,
    ledger: Ledger,
}

impl Recording {
    /// Writes it to a file.
    pub fn keep(&self, file: &Path) {
        let kept = Kept { events: self.log.events().clone(), ledger: self.ledger.clone() };
        let bytes = postcard::to_stdvec(&kept).expect("a recording can be written down");
        fs::create_dir_all(file.parent().unwrap_or(file)).expect("the folder for recordings can be made");
        fs::write(file, bytes).expect("a recording can be kept");
    }

    /// Reads it from a file.
    pub fn read(file: &Path) -> Recording {
        let bytes = fs::read(file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let kept: Kept = postcard::from_bytes(&bytes).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        Recording { log: Log::of(kept.events), ledger: kept.ledger }
    }
}
