//! Canonical LEB128 numbers, byte strings and the frame of a chunk.

use crate::Refused;
use sha2::{Digest, Sha256};

/// The four bytes every Automerge chunk begins with.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// Reads from the front of a slice; never past its end and never allocating.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Everything that was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Refused> {
        let (first, rest) = self.rest.split_first().ok_or(Refused::Form("it ends too early"))?;
        self.rest = rest;
        Ok(*first)
    }

    /// `count` bytes.
    pub(crate) fn take(&mut self, count: u64) -> Result<&'a [u8], Refused> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Refused::Form("it ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], Refused> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Refused::Form("it ends too early"))?;
        self.rest = rest;
        Ok(*taken)
    }

    /// An unsigned LEB128 number in its shortest form.
    pub(crate) fn unsigned(&mut self) -> Result<u64, Refused> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            if shift == 63 && low > 1 {
                return Err(Refused::Form("a number is too large"));
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                let shortest = byte != 0 || shift == 0;
                return if shortest { Ok(value) } else { Err(Refused::Form("a number is not in its shortest form")) };
            }
        }
        Err(Refused::Form("a number is too large"))
    }

    /// A signed LEB128 number in its shortest form.
    pub(crate) fn signed(&mut self) -> Result<i64, Refused> {
        let mut value = 0i64;
        let mut before = 0u8;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = i64::from(byte & 0x7f);
            if shift == 63 && !matches!(byte, 0 | 0x7f) {
                return Err(Refused::Form("a number is too large"));
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0;
                if negative && shift + 7 < 64 {
                    value |= -1i64 << (shift + 7);
                }
                // A last byte that only repeats the sign of the one before it could have been left out.
                let needless = shift > 0 && ((byte == 0 && before & 0x40 == 0) || (byte == 0x7f && before & 0x40 != 0));
                return if needless { Err(Refused::Form("a number is not in its shortest form")) } else { Ok(value) };
            }
            before = byte;
        }
        Err(Refused::Form("a number is too large"))
    }
}

/// The body of the one chunk of type `kind` that `raw` is, with the SHA-256 that names it; its checksum is verified.
pub(crate) fn chunk_body(raw: &[u8], kind: u8) -> Result<(&[u8], [u8; 32]), Refused> {
    let mut reader = Reader::new(raw);
    if reader.array()? != MAGIC {
        return Err(Refused::Form("it does not begin as one"));
    }
    let checksum: [u8; 4] = reader.array()?;
    let hashed = reader.rest;
    if reader.byte()? != kind {
        return Err(Refused::Form("it is a chunk of another type"));
    }
    let length = reader.unsigned()?;
    let body = reader.take(length)?;
    if !reader.is_done() {
        return Err(Refused::Form("bytes follow its end"));
    }
    let hash: [u8; 32] = Sha256::digest(hashed).into();
    if hash[..4] != checksum {
        return Err(Refused::Form("its checksum does not fit"));
    }
    Ok((body, hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unsigned(bytes: &[u8]) -> Option<u64> {
        let mut reader = Reader::new(bytes);
        reader.unsigned().ok().filter(|_| reader.is_done())
    }

    fn signed(bytes: &[u8]) -> Option<i64> {
        let mut reader = Reader::new(bytes);
        reader.signed().ok().filter(|_| reader.is_done())
    }

    fn write_signed(mut value: i64) -> Vec<u8> {
        let mut out = Vec::new();
        loop {
            let low = u8::try_from(value & 0x7f).unwrap();
            value >>= 7;
            if (value == 0 && low & 0x40 == 0) || (value == -1 && low & 0x40 != 0) {
                out.push(low);
                return out;
            }
            out.push(low | 0x80);
        }
    }

    #[test]
    fn only_the_shortest_form_is_read() {
        assert_eq!(unsigned(&[0]), Some(0));
        assert_eq!(unsigned(&[0xe5, 0x8e, 0x26]), Some(624_485));
        assert_eq!(unsigned(&[0x80, 0]), None);
        assert_eq!(unsigned(&[0xff; 11]), None);
        assert_eq!(unsigned(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]), Some(u64::MAX));
        assert_eq!(unsigned(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]), None);
        assert_eq!(signed(&[0x7f]), Some(-1));
        assert_eq!(signed(&[0xff, 0x7f]), None);
        assert_eq!(signed(&[0x80, 0]), None);
        assert_eq!(signed(&[0xc0, 0]), Some(64));
    }

    proptest! {
        #[test]
        fn a_signed_number_reads_back(value: i64) {
            prop_assert_eq!(signed(&write_signed(value)), Some(value));
        }

        #[test]
        fn what_is_read_is_written_back_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            if let Some(value) = signed(&bytes) {
                prop_assert_eq!(write_signed(value), bytes);
            }
        }
    }
}
