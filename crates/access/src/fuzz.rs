//! Doors for the package `fuzz`: bytes of its own choosing where a seal, a signature or a checksum would keep bent ones
//! out. Whoever holds the keys could write the same; no program is built with these.

use rand_core::CryptoRng;

pub use crate::invitation::{link_body, link_of_body};
pub use crate::op::signed_body;
use crate::{
    EpochKey, Form, Record, RecordRefusal,
    key_record::Clear,
    record::{Envelope, HEADER},
};

/// A record in the place of `like`, with this clear part (none but in a key record) and `inside` sealed under `key`.
///
/// # Errors
/// When it is too long for a record.
pub fn seal_inside(
    like: &Record,
    clear: &[u8],
    inside: &[u8],
    key: &EpochKey,
    rng: &mut impl CryptoRng,
) -> Result<Record, RecordRefusal> {
    let envelope =
        Envelope { form: like.form(), routing: like.routing(), stream: like.stream_tag(), epoch: like.epoch() };
    let key = match like.form() {
        Form::Sealed => key.record_key(),
        Form::Key => key.key_record_key(),
    };
    envelope.seal(&key, clear, inside, rng)
}

/// The clear part of a record (none but in a key record), and what is sealed in it.
#[must_use]
pub fn open_inside(record: &Record, key: &EpochKey) -> Option<(Vec<u8>, Vec<u8>)> {
    let (key, end) = match record.form() {
        Form::Sealed => (key.record_key(), HEADER),
        Form::Key => (key.key_record_key(), Clear::read(record)?.end),
    };
    let inside = record.unseal(&key, end).ok()?;
    Some((record.bytes()[HEADER..end].to_vec(), inside.to_vec()))
}
