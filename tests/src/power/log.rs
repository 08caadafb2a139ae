//! Everything that reached a disk, in order.

use serde::{Deserialize, Serialize};
use std::{
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Bytes were handed to the disk. Until the next flush it may keep them, lose them, or keep a part.
    Write {
        /// Where.
        at: u64,
        /// What.
        bytes: Vec<u8>,
    },
    /// Everything written before was asked to be made safe, and was.
    Flush,
    /// A program said something to whoever had asked it.
    Told {
        /// The sheet it was said on.
        sheet: u64,
        /// Its words.
        words: Vec<u8>,
    },
}

/// What a disk was asked, and what programs said meanwhile, in the one order in which it happened. A clone is the same log.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Event>>>);

impl Log {
    /// One that goes on from these.
    pub fn of(events: Vec<Event>) -> Log {
        Log(Arc::new(Mutex::new(events)))
    }

    pub(super) fn push(&self, event: Event) {
        self.events().push(event);
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.events().len()
    }

    /// Whether nothing happened yet.
    pub fn is_empty(&self) -> bool {
        self.events().is_empty()
    }

    /// The events, held still.
    pub fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was said on a sheet, and where in the log its last word stands.
    pub fn told(&self, sheet: u64) -> (Vec<u8>, Option<usize>) {
        let mut said = Vec::new();
        let mut last = None;
        for (place, event) in self.events().iter().enumerate() {
            if let Event::Told { sheet: on, words } = event
                && *on == sheet
            {
                said.extend_from_slice(words);
                last = Some(place);
            }
        }
        (said, last)
    }

    /// Where in `range` a flush stands.
    pub fn flushes(&self, range: Range<usize>) -> Vec<usize> {
        let events = self.events();
        range.filter(|place| events.get(*place) == Some(&Event::Flush)).collect()
    }
}
