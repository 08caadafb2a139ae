//! Which of its own actors a device goes on with.
//!
//! An actor counts its changes, and a number must never be given out twice: two changes with one number are a fork, of
//! which only one can be shown. A device that may be older than what it told others, because its folder was put back
//! from a backup or its disk lost something, cannot know how far it had counted. It then begins a new **line**: four
//! random bytes with which the chance part of all its actors begins. Actors of an earlier line are never gone on with;
//! what they wrote, and what others still hold of theirs, stays what it is.

use crate::archive::{Archive, Batch, Shelf};
use crate::replica::{Replica, Work};
use crate::rows;
use hedgerow_access::StreamName;
use hedgerow_model::{NotebookId, mutant};
use rand_core::Rng;

/// The key of the one row.
const LINE: &[u8] = b"line";

/// The line that this device writes in.
#[derive(Debug, Default)]
pub(crate) struct Line {
    bytes: [u8; 4],
    /// Whether it was handed to the disk.
    pub(crate) is_kept: bool,
}

impl Line {
    /// The line as it is written down, or a new one: where none is, nothing says how far the device had counted.
    pub(crate) fn read(archive: &dyn Archive, rng: &mut impl Rng) -> Line {
        let row = archive.get(Shelf::Own, LINE).ok().flatten();
        match row.and_then(|row| rows::decode(&row)) {
            Some(bytes) => Line { bytes, is_kept: true },
            None => Line::begin(rng),
        }
    }

    /// Has its row written again if that cannot be read any more.
    pub(crate) fn look_again(&mut self, archive: &dyn Archive) {
        self.is_kept &= matches!(archive.get(Shelf::Own, LINE), Ok(Some(_)));
    }

    /// Whether this is the key of its row.
    pub(crate) fn is_at(&self, key: &[u8]) -> bool {
        key == LINE
    }

    fn begin(rng: &mut impl Rng) -> Line {
        let mut bytes = [0; 4];
        rng.fill_bytes(&mut bytes);
        Line { bytes, is_kept: false }
    }

    /// Adds its row to a batch, unless an earlier one has it: with the first change that is written in it at the latest.
    pub(crate) fn keep(&mut self, batch: &mut Batch) {
        if !self.is_kept {
            batch.put(Shelf::Own, LINE.to_vec(), rows::encode(&self.bytes));
            self.is_kept = true;
        }
    }
}

impl Replica {
    /// Begins a new line, handed to the disk before anything else.
    pub(crate) fn went_back(&mut self) {
        let mut work = Work::default();
        if !mutant("go-on-numbering") {
            self.line = Line::begin(&mut self.rng);
        }
        self.line.keep(&mut work.batch);
        self.submit(work);
    }

    /// The line to write a stream in; a new one where part of the stream could not be read.
    pub(crate) fn line_in(&mut self, id: &NotebookId, name: &StreamName) -> [u8; 4] {
        let stream = self.notebooks.get_mut(id).and_then(|notebook| notebook.open.get_mut(&name.tag(id)));
        if stream.is_some_and(|stream| !std::mem::replace(&mut stream.is_whole, true)) {
            self.line = Line::begin(&mut self.rng);
        }
        self.line.bytes
    }
}
