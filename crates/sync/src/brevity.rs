//! Records as they go to one peer: what most of them begin with is sent once, and then only named.

use hedgerow_access::{Beginning, Record};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// How many beginnings are remembered, in each direction of a session.
const REMEMBERED: usize = 32;

/// A record on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Sent {
    /// All its bytes.
    Whole(#[serde(with = "serde_bytes")] Vec<u8>),
    /// Its beginning by name, as that was sent before, and what follows.
    After([u8; Beginning::NAME], #[serde(with = "serde_bytes")] Vec<u8>),
}

impl Sent {
    /// How many bytes of a record were sent.
    pub(crate) fn length(&self) -> usize {
        match self {
            Sent::Whole(bytes) | Sent::After(_, bytes) => bytes.len(),
        }
    }
}

/// Which of the beginnings that were sent before may be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Those of the session. Should a message be lost, what it first said is not understood when named, and the peers compare.
    OfTheSession,
    /// Those of the same message: it is understood whatever was lost before. So is every answer to somebody who asks.
    OfTheMessage,
}

/// The beginnings that were last sent in one direction of a session. Both sides keep them by the same rule, so what was
/// carried without loss is known to either side or to neither.
#[derive(Debug, Default)]
pub(crate) struct Beginnings {
    /// In the order in which they were last used.
    used: VecDeque<([u8; Beginning::NAME], Beginning)>,
}

impl Beginnings {
    /// As they are to be sent.
    pub(crate) fn shorten(&mut self, records: Vec<Vec<u8>>, naming: Naming) -> Vec<Sent> {
        let mut in_this_message: BTreeSet<[u8; Beginning::NAME]> = BTreeSet::new();
        let mut shorten = |bytes: Vec<u8>| {
            let Some((beginning, rest)) = Record::split(&bytes) else { return Sent::Whole(bytes) };
            let name = beginning.name();
            let may_be_named = in_this_message.contains(&name) || naming == Naming::OfTheSession;
            let is_known = may_be_named && self.of(&name) == Some(&beginning);
            self.used(name, beginning);
            in_this_message.insert(name);
            if is_known { Sent::After(name, rest) } else { Sent::Whole(bytes) }
        };
        records.into_iter().map(&mut shorten).collect()
    }

    /// As they were before they were shortened, byte for byte; without those whose beginning is not known here.
    pub(crate) fn restore(&mut self, sent: Vec<Sent>) -> Vec<Vec<u8>> {
        let restore = |sent: Sent| match sent {
            Sent::Whole(bytes) => {
                if let Some((beginning, _)) = Record::split(&bytes) {
                    self.used(beginning.name(), beginning);
                }
                Some(bytes)
            }
            Sent::After(name, rest) => {
                let beginning = self.of(&name)?.clone();
                let bytes = Record::join(&beginning, &rest)?;
                self.used(name, beginning);
                Some(bytes)
            }
        };
        sent.into_iter().filter_map(restore).collect()
    }

    fn of(&self, name: &[u8; Beginning::NAME]) -> Option<&Beginning> {
        self.used.iter().rev().find(|(known, _)| known == name).map(|(_, beginning)| beginning)
    }

    /// It is the last that is forgotten now.
    fn used(&mut self, name: [u8; Beginning::NAME], beginning: Beginning) {
        if let Some(place) = self.used.iter().rposition(|(known, _)| *known == name) {
            self.used.remove(place);
        } else if self.used.len() == REMEMBERED {
            self.used.pop_front();
        }
        self.used.push_back((name, beginning));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A record of this stream, with so many bytes in it.
    fn record(stream: u8, length: u8) -> Vec<u8> {
        let mut bytes = vec![1, 0];
        bytes.extend([stream; 64]);
        bytes.extend([9; 24]);
        bytes.extend(u32::from(length).to_le_bytes());
        bytes.extend(vec![7; usize::from(length)]);
        bytes
    }

    fn lengths(sent: &[Sent]) -> Vec<usize> {
        sent.iter().map(Sent::length).collect()
    }

    #[test]
    fn what_is_said_once_is_named_from_then_on() {
        let (mut adas, mut bos) = (Beginnings::default(), Beginnings::default());
        for (nth, each) in [(0, [104, 40]), (1, [34, 40])] {
            let records = vec![record(1, 10), record(1, 16)];
            let sent = adas.shorten(records.clone(), Naming::OfTheSession);
            assert_eq!(lengths(&sent), each, "message {nth}");
            assert_eq!(bos.restore(sent), records);
        }
    }

    #[test]
    fn an_answer_is_understood_whatever_was_lost_before() {
        let mut adas = Beginnings::default();
        adas.shorten(vec![record(1, 10)], Naming::OfTheSession);
        let records = vec![record(1, 10), record(2, 10), record(1, 10)];
        let answer = adas.shorten(records.clone(), Naming::OfTheMessage);
        assert_eq!(lengths(&answer), [104, 104, 34]);
        assert_eq!(Beginnings::default().restore(answer), records);
    }

    #[test]
    fn what_was_never_said_is_not_made_up() {
        let mut bos = Beginnings::default();
        assert_eq!(bos.restore(vec![Sent::After([1; 4], vec![7; 40])]), Vec::<Vec<u8>>::new());
        let mut adas = Beginnings::default();
        adas.shorten(vec![record(1, 10)], Naming::OfTheSession);
        let mut sent = adas.shorten(vec![record(1, 10)], Naming::OfTheSession);
        sent.push(Sent::Whole(record(2, 3)));
        assert_eq!(bos.restore(sent), [record(2, 3)], "the others come");
        let too_short =
            Beginnings::default().restore(vec![Sent::Whole(record(1, 0)), Sent::After(name(1), vec![7; 23])]);
        assert_eq!(too_short, [record(1, 0)], "what holds no nonce is no record");
    }

    fn name(stream: u8) -> [u8; Beginning::NAME] {
        Record::split(&record(stream, 0)).expect("it is a record").0.name()
    }

    #[test]
    fn no_more_is_remembered_than_has_its_place() {
        let (mut adas, mut bos) = (Beginnings::default(), Beginnings::default());
        for stream in 0..=255 {
            let sent = adas.shorten(vec![record(stream, 1), record(0, 1)], Naming::OfTheSession);
            assert_eq!(lengths(&sent)[1], 25, "what is used stays");
            bos.restore(sent);
        }
        assert_eq!((adas.used.len(), bos.used.len()), (REMEMBERED, REMEMBERED));
        let long_ago = adas.shorten(vec![record(1, 1)], Naming::OfTheSession);
        assert_eq!(lengths(&long_ago), [95], "it is said again");
    }

    proptest! {
        /// Of a few more streams than are remembered, in messages of any size, some lost on their way.
        #[test]
        fn what_comes_is_what_was_sent(
            messages in proptest::collection::vec(
                (proptest::collection::vec((0..40u8, 0..3u8), 0..90), any::<bool>(), proptest::bool::weighted(0.1)),
                1..12,
            ),
        ) {
            let (mut adas, mut bos) = (Beginnings::default(), Beginnings::default());
            let mut lost_one = false;
            for (records, answers, is_lost) in messages {
                let records: Vec<Vec<u8>> = records.into_iter().map(|(stream, length)| record(stream, length)).collect();
                let naming = if answers { Naming::OfTheMessage } else { Naming::OfTheSession };
                let sent = adas.shorten(records.clone(), naming);
                lost_one |= is_lost;
                if is_lost {
                    continue;
                }
                let came = bos.restore(sent);
                if answers || !lost_one {
                    prop_assert_eq!(came, records);
                } else {
                    prop_assert!(came.iter().all(|record| records.contains(record)), "nothing is made up");
                }
            }
        }
    }
}
