//! The one way to write a structure as bytes and to read it back: bounded, and only if it was written exactly so.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use crate::bounded;

/// The version that stands before every structure.
pub(crate) const VERSION: u8 = 1;

/// Writes the version, then `value` in postcard.
pub(crate) fn write<T: Serialize>(value: &T) -> Vec<u8> {
    // Our structures hold no maps of unknown length and no serializer of ours fails, so postcard cannot either.
    postcard::to_extend(value, vec![VERSION]).expect("a structure of ours can always be written")
}

/// Reads what [`write()`] wrote: at most `most` bytes, nothing after it, and written in no other way.
pub(crate) fn read<T: Serialize + DeserializeOwned>(bytes: &[u8], most: usize) -> Option<T> {
    if bytes.len() > most {
        return None;
    }
    let (&version, body) = bytes.split_first()?;
    let value = postcard::from_bytes(body).ok()?;
    (version == VERSION && write(&value) == bytes).then_some(value)
}

/// A byte string, read and written whole rather than byte by byte. For `#[serde(with = "canonical::bytes")]`.
pub(crate) mod bytes {
    use super::{Bytes, BytesOf, Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        BytesOf(bytes).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Bytes::deserialize(deserializer).map(|bytes| bytes.0)
    }
}

/// A list of at most `MOST` byte strings. For `deserialize_with`; [`write_byte_strings`] is its other half.
pub(crate) fn byte_strings<'de, const MOST: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Vec<u8>>, D::Error> {
    Ok(bounded::list::<D, Bytes, MOST>(deserializer)?.into_iter().map(|bytes| bytes.0).collect())
}

/// For `serialize_with`, beside [`byte_strings`].
pub(crate) fn write_byte_strings<S: Serializer>(list: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(list.iter().map(|bytes| BytesOf(bytes)))
}

struct BytesOf<'a>(&'a [u8]);

impl Serialize for BytesOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        struct Whole;
        impl serde::de::Visitor<'_> for Whole {
            type Value = Bytes;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a byte string")
            }

            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Shelf {
        #[serde(deserialize_with = "bounded::list::<_, _, 3>")]
        numbers: Vec<u64>,
        #[serde(with = "bytes")]
        note: Vec<u8>,
        #[serde(serialize_with = "write_byte_strings", deserialize_with = "byte_strings::<2, _>")]
        books: Vec<Vec<u8>>,
    }

    fn shelf(numbers: &[u64], books: usize) -> Shelf {
        Shelf { numbers: numbers.to_vec(), note: b"left".to_vec(), books: vec![vec![1, 2]; books] }
    }

    #[test]
    fn what_is_written_reads_back() {
        let written = write(&shelf(&[1, 300], 2));
        assert_eq!(read(&written, 100), Some(shelf(&[1, 300], 2)));
        assert_eq!(read::<Shelf>(&written, written.len() - 1), None, "longer than allowed");
    }

    #[test]
    fn only_one_writing_is_taken() {
        let written = write(&shelf(&[1], 0));
        assert_eq!(written[..3], [VERSION, 1, 1]);
        let mut longer_number = written.clone();
        longer_number.splice(2..3, [0x81, 0x00]);
        assert_eq!(read::<Shelf>(&longer_number, 100), None, "1 written in two bytes");
        let mut more = written.clone();
        more.push(0);
        assert_eq!(read::<Shelf>(&more, 100), None, "something follows");
        for cut in 0..written.len() {
            assert_eq!(read::<Shelf>(&written[..cut], 100), None, "cut at {cut}");
        }
        let mut newer = written;
        newer[0] = 2;
        assert_eq!(read::<Shelf>(&newer, 100), None);
    }

    #[test]
    fn lists_are_bounded() {
        assert_eq!(read::<Shelf>(&write(&shelf(&[1, 2, 3, 4], 0)), 100), None);
        assert_eq!(read::<Shelf>(&write(&shelf(&[], 3)), 100), None);
        let huge = [VERSION, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(read::<Shelf>(&huge, 100), None);
    }
}
