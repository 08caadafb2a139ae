//! How rows, keys and contexts are written.

use hedgerow_model::mutant;

use super::FORMAT;
use crate::{Sealer, Table, VALUE_MOST};

/// Where the counts are kept: no table's name begins so.
pub(super) const COUNTS_KEY: &[u8] = b"\x01counts";

/// A sealed file may be longer than the value in it by this much.
const OVERHEAD_MOST: u64 = 256;

const INLINE: u8 = 0;
const BODY: u8 = 1;

/// The engine's key of a row: the table's name, a zero byte, the key.
pub(super) fn raw_key(table: &str, key: &[u8]) -> Vec<u8> {
    [table.as_bytes(), b"\0", key].concat()
}

/// The engine's prefix of a table's rows whose keys begin with `prefix`.
pub(super) fn raw_prefix(table: Table, prefix: &[u8]) -> Vec<u8> {
    raw_key(table.name(), prefix)
}

/// Table and key of an engine's key, if it is a row's.
pub(super) fn parts(raw: &[u8]) -> Option<(&str, &[u8])> {
    let zero = raw.iter().position(|byte| *byte == 0)?;
    let table = std::str::from_utf8(&raw[..zero]).ok()?;
    let well_named =
        !table.is_empty() && table.len() <= 32 && table.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    well_named.then_some((table, &raw[zero + 1..]))
}

/// What a sealed thing is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Use {
    Row,
    Reference,
    Body,
    Counts,
    Mark,
    Seen,
    Journal,
}

/// The context something is sealed with. `raw` is the row's engine key, or empty for what belongs to no row.
pub(super) fn context(what: Use, raw: &[u8]) -> Vec<u8> {
    let word = match what {
        Use::Row => "row",
        Use::Reference => "reference",
        Use::Body => "body",
        Use::Counts => "counts",
        Use::Mark => "mark",
        Use::Seen => "seen",
        Use::Journal => "journal",
    };
    let raw = if mutant("seal-for-any-row") { &[] } else { raw };
    [format!("hedgerow store {FORMAT} {word}\0").as_bytes(), raw].concat()
}

/// The name of a body file, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) address: [u8; 32],
    pub(super) length: u64,
}

impl Body {
    pub(super) fn bytes(&self) -> [u8; 40] {
        let mut bytes = [0; 40];
        bytes[..32].copy_from_slice(&self.address);
        bytes[32..].copy_from_slice(&self.length.to_be_bytes());
        bytes
    }
}

/// What the engine holds for a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row<'a> {
    Inline(&'a [u8]),
    /// The reference stands in clear, so that the file can be let go without opening the row, and sealed as a proof.
    Body(Body, &'a [u8]),
}

impl<'a> Row<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Row<'a>> {
        match bytes.split_first()? {
            (&INLINE, sealed) => Some(Row::Inline(sealed)),
            (&BODY, rest) => {
                let (address, rest) = rest.split_first_chunk::<32>()?;
                let (length, proof) = rest.split_first_chunk::<8>()?;
                let body = Body { address: *address, length: u64::from_be_bytes(*length) };
                (body.length <= VALUE_MOST as u64 + OVERHEAD_MOST).then_some(Row::Body(body, proof))
            }
            _ => None,
        }
    }

    /// The body file of these row bytes, if they name one.
    pub(super) fn body_of(bytes: &[u8]) -> Option<Body> {
        match Row::parse(bytes)? {
            Row::Inline(_) => None,
            Row::Body(body, _) => Some(body),
        }
    }
}

/// A value made ready: the row for the engine, and the sealed body if the value is too large for a row.
pub(super) struct Sealed {
    pub(super) row: Vec<u8>,
    pub(super) body: Option<(Body, Vec<u8>)>,
}

pub(super) fn seal(sealer: &dyn Sealer, raw: &[u8], value: &[u8], inline_most: usize) -> Sealed {
    if value.len() < inline_most {
        let sealed = sealer.seal(&context(Use::Row, raw), value);
        if sealed.len() <= inline_most {
            return Sealed { row: [&[INLINE], &sealed[..]].concat(), body: None };
        }
    }
    let sealed = sealer.seal(&context(Use::Body, raw), value);
    let body = Body { address: sealer.address(&sealed), length: sealed.len() as u64 };
    let proof = sealer.seal(&context(Use::Reference, raw), &body.bytes());
    Sealed { row: [&[BODY], &body.bytes()[..], &proof].concat(), body: Some((body, sealed)) }
}

/// Whether the clear reference is the one that was sealed.
pub(super) fn proves(sealer: &dyn Sealer, raw: &[u8], body: &Body, proof: &[u8]) -> bool {
    sealer.open(&context(Use::Reference, raw), proof).is_some_and(|proven| proven == body.bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_come_apart_as_they_were_put_together() {
        let raw = raw_key("notes", b"a\0b");
        assert_eq!(parts(&raw), Some(("notes", &b"a\0b"[..])));
        assert_eq!(parts(COUNTS_KEY), None);
        assert_eq!(parts(b"\0a"), None);
        assert_eq!(parts(b"Notes\0a"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_row_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            if let Some(Row::Body(body, _)) = Row::parse(&bytes) {
                prop_assert!(body.length <= VALUE_MOST as u64 + OVERHEAD_MOST);
            }
            let _ = parts(&bytes);
        }
    }
}
