//! How a raw change is written in a record: without what stands in every one, or beside it.
//!
//! A raw change is opaque here but for its frame, which names its actor and begins with its checksum. Both follow from what
//! the record holds anyway, and so does the hash of the change.

use hedgerow_model::{ActorId, ChangeHash};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{bounded, canonical};

/// The four bytes that a raw change begins with.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// The type of what follows: a change, not deflated.
const CHANGE: u8 = 1;
/// The most dependencies of a change whose frame is left out.
const MOST_DEPENDENCIES: usize = 4096;

/// A raw change in a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Written {
    /// As it is: its frame is another than that which follows from the record.
    Whole(#[serde(with = "canonical::bytes")] Vec<u8>),
    /// Without its frame.
    Bare(Bare),
}

impl Written {
    /// How `raw`, a change said to be `actor`'s, is written. There is one way for each.
    pub(crate) fn of(raw: &[u8], actor: &ActorId) -> Written {
        let bare = Bare::within(raw, actor).filter(|bare| bare.framed(actor) == raw);
        bare.map_or_else(|| Written::Whole(raw.to_vec()), Written::Bare)
    }

    /// The raw change.
    pub(crate) fn raw(self, actor: &ActorId) -> Vec<u8> {
        match self {
            Written::Whole(raw) => raw,
            Written::Bare(bare) => bare.framed(actor),
        }
    }
}

/// The hash of a change with its frame: what follows its checksum, hashed. `None` when it is shorter than a checksum.
pub(crate) fn hash_of(raw: &[u8]) -> Option<ChangeHash> {
    raw.get(8..).map(|hashed| ChangeHash::from_bytes(Sha256::digest(hashed).into()))
}

/// A change without its frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bare {
    /// What it builds on.
    #[serde(deserialize_with = "bounded::list::<_, _, MOST_DEPENDENCIES>")]
    dependencies: Vec<ChangeHash>,
    /// What follows the actor.
    #[serde(with = "canonical::bytes")]
    rest: Vec<u8>,
}

impl Bare {
    /// What looks like one in `raw`. Whether it is one is told by putting the frame around it again.
    fn within(raw: &[u8], actor: &ActorId) -> Option<Bare> {
        let (_, contents) = number(raw.strip_prefix(&MAGIC)?.get(4..)?.strip_prefix(&[CHANGE])?)?;
        let (count, mut contents) = number(contents)?;
        if count > MOST_DEPENDENCIES {
            return None;
        }
        let mut dependencies = Vec::new();
        for _ in 0..count {
            let (dependency, after) = contents.split_first_chunk()?;
            dependencies.push(ChangeHash::from_bytes(*dependency));
            contents = after;
        }
        let (_, contents) = number(contents)?;
        let rest = contents.strip_prefix(actor.as_bytes().as_slice())?.to_vec();
        Some(Bare { dependencies, rest })
    }

    /// With its frame: magic, checksum, type, length, dependencies, actor, the rest.
    fn framed(&self, actor: &ActorId) -> Vec<u8> {
        let mut contents = Vec::with_capacity(64 + 32 * self.dependencies.len() + self.rest.len());
        put_number(&mut contents, self.dependencies.len());
        self.dependencies.iter().for_each(|dependency| contents.extend_from_slice(dependency.as_bytes()));
        put_number(&mut contents, actor.as_bytes().len());
        contents.extend_from_slice(actor.as_bytes());
        contents.extend_from_slice(&self.rest);
        let mut raw = Vec::with_capacity(20 + contents.len());
        raw.extend_from_slice(&MAGIC);
        raw.extend_from_slice(&[0; 4]);
        raw.push(CHANGE);
        put_number(&mut raw, contents.len());
        raw.extend_from_slice(&contents);
        let hash: [u8; 32] = Sha256::digest(&raw[8..]).into(); // the magic and the checksum's place are eight bytes
        raw[4..8].copy_from_slice(&hash[..4]);
        raw
    }
}

/// An unsigned LEB128 number, and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value: usize = 0;
    for (place, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f).checked_shl(7 * u32::try_from(place).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[place + 1..]));
        }
    }
    None
}

/// Writes an unsigned LEB128 number in its shortest form.
fn put_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80); // seven bits
        number >>= 7;
    }
    bytes.push(number as u8); // less than 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use hedgerow_model::DeviceId;
    use proptest::prelude::*;

    fn actor() -> ActorId {
        ActorId::new(DeviceId::from_bytes([7; 32]), [8; 8])
    }

    fn change(dependencies: usize, rest: &[u8]) -> Vec<u8> {
        let dependencies = (0..dependencies).map(|nth| ChangeHash::from_bytes([nth as u8; 32])).collect();
        Bare { dependencies, rest: rest.to_vec() }.framed(&actor())
    }

    fn written(raw: &[u8]) -> usize {
        let written = Written::of(raw, &actor());
        let length = canonical::write(&written).len();
        assert_eq!(written.raw(&actor()), raw, "it comes out as it went in");
        length
    }

    #[test]
    fn a_frame_is_left_out_and_put_back() {
        for (dependencies, length) in [(0, 0), (1, 60), (1, 300), (3, 20_000), (200, 5)] {
            let raw = change(dependencies, &vec![9; length]);
            assert!(written(&raw) + 48 <= raw.len(), "{dependencies} dependencies, {length} bytes");
        }
    }

    #[test]
    fn another_frame_is_kept_as_it_is() {
        let raw = change(1, &[9; 60]);
        for at in [0, 3, 4, 7, 8, 9, 10, 43, 44, 83] {
            let mut other = raw.clone();
            other[at] ^= 1;
            assert!(matches!(Written::of(&other, &actor()), Written::Whole(_)), "byte {at}");
            written(&other);
        }
        let mut long_number = raw.clone();
        long_number[9] |= 0x80;
        long_number.insert(10, 0);
        let hash = hash_of(&long_number).expect("it is long enough");
        long_number[4..8].copy_from_slice(&hash.as_bytes()[..4]);
        assert!(matches!(Written::of(&long_number, &actor()), Written::Whole(_)), "a length in two bytes");
        let many = change(MOST_DEPENDENCIES + 1, &[]);
        assert!(matches!(Written::of(&many, &actor()), Written::Whole(_)), "more than are read");
        for end in 0..raw.len() {
            written(&raw[..end]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_come_out_as_they_went_in(
            dependencies in 0..4usize,
            rest in proptest::collection::vec(any::<u8>(), 0..300),
            flipped in proptest::option::of((any::<prop::sample::Index>(), 0..8u8)),
        ) {
            let mut raw = change(dependencies, &rest);
            if let Some((at, bit)) = flipped {
                let at = at.index(raw.len());
                raw[at] ^= 1 << bit;
            }
            written(&raw);
        }
    }
}
