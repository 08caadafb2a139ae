//! Lists from outside whose length is checked before room is made for them.

use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// Reads a list of at most `MOST` elements; a longer one is refused by its stated length alone.
pub(crate) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_seq(ListOf::<T, MOST>(PhantomData))
}

struct ListOf<T, const MOST: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for ListOf<T, MOST> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a list of at most {MOST}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        if let Some(length) = seq.size_hint().filter(|length| *length > MOST) {
            return Err(Error::invalid_length(length, &self));
        }
        let mut read = Vec::new();
        while let Some(element) = seq.next_element()? {
            if read.len() == MOST {
                return Err(Error::invalid_length(MOST + 1, &self));
            }
            read.push(element);
        }
        Ok(read)
    }
}
