//! What peers say to each other, written down from the README of the room `sync`, not by its code.

use hedgerow_model::{EpochId, NotebookId, RecordId};
use serde::Serialize;

const VERSION: u8 = 1;

/// One message, before it is bytes.
pub enum Say<'a> {
    /// Please compare.
    Nudge,
    /// We hold this.
    Hello {
        /// Which round.
        round: u32,
        /// The session's number.
        nonce: [u8; 32],
        /// Of what we say we hold.
        fingerprint: [u8; 32],
        /// Of the notebooks that we say are shared.
        notebooks: [u8; 32],
    },
    /// These notebooks may be shared.
    Tags(u32, &'a [[u8; 16]]),
    /// A step of a comparison.
    Reconcile(u32, &'a [u8]),
    /// These can be had here.
    Have(&'a [RecordId]),
    /// These are wanted.
    Want(&'a [RecordId]),
    /// Here they are.
    Records(&'a [Vec<u8>]),
    /// Part of a joining.
    Join(&'a [u8]),
    /// These keys are missing.
    Lacking(NotebookId, &'a [EpochId]),
    /// You are out.
    Out(NotebookId, &'a [Vec<u8>]),
    /// I am on this page, at this cursor.
    Present(NotebookId, [u8; 16], &'a str),
    /// These pieces of this file are wanted; its list, if none are named.
    AskFile(NotebookId, [u8; 32], &'a [u32]),
    /// The list of a file's pieces.
    FileList(NotebookId, [u8; 32], &'a [u8]),
    /// A piece of a file.
    Piece(NotebookId, [u8; 32], u32, &'a [u8]),
    /// There is no more of this file.
    NoFile(NotebookId, [u8; 32]),
}

impl Say<'_> {
    /// As bytes.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Say::Nudge => written(0, &()),
            Say::Hello { round, nonce, fingerprint, notebooks } => written(1, &(round, nonce, fingerprint, notebooks)),
            Say::Tags(round, tags) => written(3, &(round, tags)),
            Say::Reconcile(round, step) => written(4, &(round, step)),
            Say::Have(ids) => written(5, ids),
            Say::Want(ids) => written(6, ids),
            Say::Records(records) => {
                // Each whole: none names what an earlier one began with.
                let whole: Vec<(u8, &Vec<u8>)> = records.iter().map(|record| (0, record)).collect();
                written(7, &(whole, false))
            }
            Say::Join(bytes) => written(8, bytes),
            Say::Lacking(notebook, epochs) => written(9, &(notebook, epochs)),
            Say::Out(notebook, operations) => written(10, &(notebook, operations)),
            Say::Present(notebook, page, at) => written(13, &(notebook, page, Some((at, at)))),
            Say::AskFile(notebook, file, pieces) => written(14, &(notebook, file, pieces)),
            Say::FileList(notebook, file, bytes) => written(15, &(notebook, file, bytes)),
            Say::Piece(notebook, file, number, bytes) => written(16, &(notebook, file, number, bytes)),
            Say::NoFile(notebook, file) => written(17, &(notebook, file)),
        }
    }
}

fn written(kind: u8, body: &impl Serialize) -> Vec<u8> {
    postcard::to_extend(body, vec![VERSION, kind]).expect("plain values can be written")
}
