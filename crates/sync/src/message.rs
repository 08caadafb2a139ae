//! What two peers say to each other, as bytes: `version || kind || postcard body`.

use crate::brevity::Sent;
use crate::presence::{Caret, Place};
use hedgerow_access::Manifest;
use hedgerow_model::{AttachmentId, EpochId, NotebookId, PageId, RecordId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version that every message begins with.
const VERSION: u8 = 1;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    /// Please begin a round.
    Nudge,
    /// The leader compares.
    Hello(Compare),
    /// The follower compares.
    Answer(Compare),
    /// How notebooks are found that only one side believes shared.
    Tags { round: u32, tags: Vec<[u8; 16]> },
    /// One step of range-based reconciliation.
    Reconcile { round: u32, step: Vec<u8> },
    /// Records that are durable at the sender.
    Have(Vec<RecordId>),
    /// Records that the sender would like.
    Want(Vec<RecordId>),
    /// Records; `ends` says that this is the last of the answer to a `Want`.
    Records { records: Vec<Sent>, ends: bool },
    /// Part of a joining conversation, as the access room writes it.
    Join(Vec<u8>),
    /// Epochs of a notebook that the sender met and cannot open.
    Lacking(NotebookId, Vec<EpochId>),
    /// The receiver is out of a notebook: the operations that say so, which speak for themselves.
    Out(NotebookId, Vec<Vec<u8>>),
    /// The sender has lost notebooks, and asks which it is a member of.
    Lost,
    /// The receiver is in a notebook: the operations that say so, which speak for themselves.
    In(NotebookId, Vec<Vec<u8>>),
    /// Where the sender's person is on a page; nowhere once they have left it.
    Present(NotebookId, PageId, Option<Caret>),
    /// The sender would like these pieces of a file; the list of them, when it names none.
    AskFile(NotebookId, AttachmentId, Vec<u32>),
    /// The list of a file's pieces, as the access room writes it.
    FileList(NotebookId, AttachmentId, Vec<u8>),
    /// One piece of a file, sealed.
    Piece(NotebookId, AttachmentId, u32, Vec<u8>),
    /// The sender has no more of a file than it has sent.
    NoFile(NotebookId, AttachmentId),
}

/// The body of `Hello` and `Answer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Compare {
    /// Counted by the leader.
    pub(crate) round: u32,
    /// Fresh for each session.
    pub(crate) nonce: [u8; 32],
    /// Of all that the sender shares with the receiver.
    pub(crate) fingerprint: [u8; 32],
    /// Of the ids alone of the notebooks that the sender shares with the receiver.
    pub(crate) notebooks: [u8; 32],
}

/// Why a message was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MessageFault {
    /// Not our version.
    #[error("it speaks version {0} of the protocol, this is version 1")]
    Version(u8),
    /// A kind that is not known: to be ignored.
    #[error("a message of an unknown kind")]
    UnknownKind,
    /// Bytes that are no message.
    #[error("a message that cannot be read")]
    Malformed,
    /// More than allowed.
    #[error("a message over its limit")]
    OverLimit,
}

impl Message {
    /// The most tags in one message.
    pub(crate) const MOST_TAGS: usize = 4096;
    /// The most bytes of one step of reconciliation.
    pub(crate) const MOST_STEP: usize = 64 << 10;
    /// The most ids in `Have`.
    pub(crate) const MOST_HAVE: usize = 1024;
    /// The most ids in `Want`.
    pub(crate) const MOST_WANT: usize = 256;
    /// The most records in one message.
    pub(crate) const MOST_RECORDS: usize = 16_384;
    /// The most bytes of records in one message, unless it holds a single record.
    pub(crate) const MOST_RECORD_BYTES: usize = 4 << 20;

    /// The most epochs in `Lacking`: each is named by a record that waits, and no more than these wait.
    pub(crate) const MOST_LACKING: usize = crate::waiting::Waiting::MOST_RECORDS;
    /// The most operations in `Out` and in `In`.
    pub(crate) const MOST_OUT: usize = 1024;
    /// The most bytes of `Present`: two ids, and two places with their lengths.
    pub(crate) const MOST_PRESENT: usize = 32 + 16 + 1 + 2 * (2 + Place::MOST);

    /// The most pieces in `AskFile`.
    pub(crate) const MOST_PIECES: usize = 16;
    /// The most bytes that `FileList` and `Piece` have beside what they carry.
    const AROUND_FILE: usize = 32 + 32 + 5 + 3;

    /// As bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Message::Nudge => written(0, &()),
            Message::Hello(body) => written(1, body),
            Message::Answer(body) => written(2, body),
            Message::Tags { round, tags } => written(3, &(round, tags)),
            Message::Reconcile { round, step } => written(4, &(round, step)),
            Message::Have(ids) => written(5, ids),
            Message::Want(ids) => written(6, ids),
            Message::Records { records, ends } => written(7, &(records, ends)),
            Message::Join(bytes) => written(8, bytes),
            Message::Lacking(notebook, epochs) => written(9, &(notebook, epochs)),
            Message::Out(notebook, ops) => written(10, &(notebook, ops)),
            Message::Lost => written(11, &()),
            Message::In(notebook, ops) => written(12, &(notebook, ops)),
            Message::Present(notebook, page, caret) => written(13, &(notebook, page, caret)),
            Message::AskFile(notebook, file, pieces) => written(14, &(notebook, file, pieces)),
            Message::FileList(notebook, file, bytes) => written(15, &(notebook, file, bytes)),
            Message::Piece(notebook, file, index, sealed) => written(16, &(notebook, file, index, sealed)),
            Message::NoFile(notebook, file) => written(17, &(notebook, file)),
        }
    }

    /// Reads one message. How many there are of something is checked before room is made for them.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Message, MessageFault> {
        let [version, kind, body @ ..] = bytes else { return Err(MessageFault::Malformed) };
        if *version != VERSION {
            return Err(MessageFault::Version(*version));
        }
        match kind {
            0 => read::<()>(body).map(|()| Message::Nudge),
            1 => read(body).map(Message::Hello),
            2 => read(body).map(Message::Answer),
            3 => {
                let (_, count): (u32, usize) = stated(body)?;
                within(count, Self::MOST_TAGS)?;
                let (round, tags): (u32, Vec<[u8; 16]>) = read(body)?;
                Ok(Message::Tags { round, tags })
            }
            4 => {
                let (_, length): (u32, usize) = stated(body)?;
                within(length, Self::MOST_STEP)?;
                let (round, step): (u32, Vec<u8>) = read(body)?;
                Ok(Message::Reconcile { round, step })
            }
            5 => {
                within(stated(body)?, Self::MOST_HAVE)?;
                read(body).map(Message::Have)
            }
            6 => {
                within(stated(body)?, Self::MOST_WANT)?;
                read(body).map(Message::Want)
            }
            7 => {
                // A record of no bytes takes two bytes here and thirty-two in memory.
                within(stated(body)?, Self::MOST_RECORDS)?;
                let (records, ends): (Vec<Sent>, bool) = read(body)?;
                let bytes = records.iter().map(Sent::length).sum();
                if records.len() != 1 {
                    within(bytes, Self::MOST_RECORD_BYTES)?;
                }
                Ok(Message::Records { records, ends })
            }
            8 => read(body).map(Message::Join),
            9 => {
                let (_, count): (NotebookId, usize) = stated(body)?;
                within(count, Self::MOST_LACKING)?;
                let (notebook, epochs) = read(body)?;
                Ok(Message::Lacking(notebook, epochs))
            }
            10 => speaking_for_themselves(body).map(|(notebook, ops)| Message::Out(notebook, ops)),
            11 => read::<()>(body).map(|()| Message::Lost),
            12 => speaking_for_themselves(body).map(|(notebook, ops)| Message::In(notebook, ops)),
            13 => {
                within(body.len(), Self::MOST_PRESENT)?;
                let (notebook, page, caret) = read(body)?;
                Ok(Message::Present(notebook, page, caret))
            }
            14 => {
                let (_, _, count): (NotebookId, AttachmentId, usize) = stated(body)?;
                within(count, Self::MOST_PIECES)?;
                let (notebook, file, pieces) = read(body)?;
                Ok(Message::AskFile(notebook, file, pieces))
            }
            15 => {
                within(body.len(), Self::AROUND_FILE + Manifest::MOST)?;
                let (notebook, file, bytes) = read(body)?;
                Ok(Message::FileList(notebook, file, bytes))
            }
            16 => {
                within(body.len(), Self::AROUND_FILE + Manifest::SEALED_MOST)?;
                let (notebook, file, index, sealed) = read(body)?;
                Ok(Message::Piece(notebook, file, index, sealed))
            }
            17 => {
                let (notebook, file) = read(body)?;
                Ok(Message::NoFile(notebook, file))
            }
            _ => Err(MessageFault::UnknownKind),
        }
    }
}

fn within(count: usize, most: usize) -> Result<(), MessageFault> {
    if count > most { Err(MessageFault::OverLimit) } else { Ok(()) }
}

/// The body of `Out` and of `In`.
fn speaking_for_themselves(body: &[u8]) -> Result<(NotebookId, Vec<Vec<u8>>), MessageFault> {
    let (_, count): (NotebookId, usize) = stated(body)?;
    within(count, Message::MOST_OUT)?;
    read(body)
}

fn written<B: Serialize>(kind: u8, body: &B) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "postcard writes any of our plain bodies into a growing vector")]
    postcard::to_extend(body, vec![VERSION, kind]).expect("a body is always writable")
}

/// What a body begins with, such as the number of what follows.
fn stated<B: DeserializeOwned>(body: &[u8]) -> Result<B, MessageFault> {
    postcard::take_from_bytes(body).map(|(value, _)| value).map_err(|_| MessageFault::Malformed)
}

fn read<B: DeserializeOwned>(body: &[u8]) -> Result<B, MessageFault> {
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        _ => Err(MessageFault::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_message_reads_back() {
        let compare = Compare { round: 3, nonce: [1; 32], fingerprint: [2; 32], notebooks: [3; 32] };
        let id = RecordId::from_bytes([7; 32]);
        let place = |cursor: &str| Place::new(cursor).expect("a place");
        let caret = Caret { anchor: place("s"), head: place(&"9".repeat(Place::MOST)) };
        let (notebook, page) = (NotebookId::from_bytes([3; 32]), PageId::from_bytes([4; 16]));
        let file = AttachmentId::from_bytes([5; 32]);
        for message in [
            Message::Nudge,
            Message::Hello(compare.clone()),
            Message::Answer(compare),
            Message::Tags { round: 1, tags: vec![[9; 16]; 4] },
            Message::Reconcile { round: 1, step: vec![1, 2, 3] },
            Message::Have(vec![id]),
            Message::Want(vec![id, id]),
            Message::Records { records: vec![Sent::Whole(vec![1]), Sent::After([3; 4], vec![])], ends: true },
            Message::Join(vec![4, 5]),
            Message::Lacking(NotebookId::from_bytes([3; 32]), vec![EpochId::from_bytes([5; 32])]),
            Message::Out(NotebookId::from_bytes([3; 32]), vec![vec![1, 2], vec![]]),
            Message::Lost,
            Message::In(NotebookId::from_bytes([3; 32]), vec![vec![1, 2], vec![]]),
            Message::Present(notebook, page, None),
            Message::Present(notebook, page, Some(caret)),
            Message::AskFile(notebook, file, vec![0, 7, 1_599]),
            Message::FileList(notebook, file, vec![1; Manifest::MOST]),
            Message::Piece(notebook, file, u32::MAX, vec![1; Manifest::SEALED_MOST]),
            Message::NoFile(notebook, file),
        ] {
            assert_eq!(Message::decode(&message.encode()), Ok(message));
        }
    }

    #[test]
    fn records_are_written_as_lists_of_bytes() {
        let records = vec![Sent::Whole(vec![7; 300]), Sent::Whole(vec![]), Sent::After([9; 4], vec![1, 200])];
        let mut message = vec![VERSION, 7, 3, 0, 0xac, 0x02];
        message.extend([7; 300]);
        message.extend([0, 0, 1, 9, 9, 9, 9, 2, 1, 200, 1]);
        assert_eq!(Message::Records { records, ends: true }.encode(), message);
    }

    #[test]
    fn what_is_said_to_come_and_does_not_come_is_over_its_limit() {
        let (many, notebook) = (1_000_000_000_usize, NotebookId::from_bytes([3; 32]));
        let numbered = [3, 4].map(|kind| written(kind, &(0_u32, many)));
        let plain = [5, 6, 7].map(|kind| written(kind, &many));
        let of_a_notebook = [9, 10, 12].map(|kind| written(kind, &(notebook, many)));
        for message in numbered.iter().chain(&plain).chain(&of_a_notebook) {
            assert_eq!(Message::decode(message), Err(MessageFault::OverLimit), "kind {}", message[1]);
        }
    }

    #[test]
    fn a_place_that_can_be_none_is_no_message() {
        let at = (NotebookId::from_bytes([3; 32]), PageId::from_bytes([4; 16]));
        let said = |anchor: &str| written(13, &(at.0, at.1, Some((anchor, "e"))));
        assert!(Message::decode(&said("12@aa")).is_ok());
        assert_eq!(Message::decode(&said("12 @aa")), Err(MessageFault::Malformed));
        assert_eq!(Message::decode(&said(&"1".repeat(Message::MOST_PRESENT))), Err(MessageFault::OverLimit));
    }

    #[test]
    fn what_is_over_its_limit_is_refused() {
        let many = vec![RecordId::from_bytes([0; 32]); Message::MOST_WANT + 1];
        assert_eq!(Message::decode(&Message::Want(many).encode()), Err(MessageFault::OverLimit));
        let many = vec![EpochId::from_bytes([0; 32]); Message::MOST_LACKING + 1];
        let many = Message::Lacking(NotebookId::from_bytes([3; 32]), many);
        assert_eq!(Message::decode(&many.encode()), Err(MessageFault::OverLimit));
        let empty = vec![Sent::Whole(Vec::new()); Message::MOST_RECORDS + 1];
        let records = Message::Records { records: empty, ends: true };
        assert_eq!(Message::decode(&records.encode()), Err(MessageFault::OverLimit));
        let ops = Message::Out(NotebookId::from_bytes([3; 32]), vec![Vec::new(); Message::MOST_OUT + 1]);
        assert_eq!(Message::decode(&ops.encode()), Err(MessageFault::OverLimit));
        assert_eq!(Message::decode(&[1, 200]), Err(MessageFault::UnknownKind));
        assert_eq!(Message::decode(&[2, 0]), Err(MessageFault::Version(2)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut bytes = bytes;
            if let Some(first) = bytes.first_mut() {
                *first = 1;
            }
            if let Ok(message) = Message::decode(&bytes) {
                prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
            }
        }
    }
}
