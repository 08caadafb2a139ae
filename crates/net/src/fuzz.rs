//! A door for the package `fuzz`: the reading of messages off a stream, which is private here. No program is built
//! with it.

use futures::AsyncRead;

use crate::inbox::{self, Allowance};
use crate::limits::MESSAGE_GRACE;

/// How a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Between two messages.
    Cleanly,
    /// Within a message.
    Broken,
    /// With a message that was announced as longer than any may be.
    TooLong(usize),
    /// With a message that did not come in its time.
    TooSlow,
}

/// Reads every message of a stranger's stream, inside a runtime that has a clock.
pub async fn read_all(from: &mut (impl AsyncRead + Unpin)) -> (Vec<Vec<u8>>, End) {
    let allowance = Allowance::new(Default::default(), Default::default());
    let mut messages = Vec::new();
    loop {
        match inbox::read_message(from, &allowance, MESSAGE_GRACE, || ()).await {
            Ok((message, _)) => messages.push(message),
            Err(inbox::Ended::Cleanly) => return (messages, End::Cleanly),
            Err(inbox::Ended::Broken(_)) => return (messages, End::Broken),
            Err(inbox::Ended::TooLong(length)) => return (messages, End::TooLong(length)),
            Err(inbox::Ended::TooSlow) => return (messages, End::TooSlow),
        }
    }
}
