//! What an author relied on, and how far a line of editing had come.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use hedgerow_model::{ActorId, ChangeHash, OpId, StreamTag};
use serde::{Deserialize, Serialize};

use crate::bounded;

/// The heads of the membership operations that somebody knew: sorted, none twice, at most [`Pins::MOST`].
///
/// What they knew is the causal closure of these.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "PinList")]
pub struct Pins(Vec<OpId>);

/// Pins as they come off the wire, not yet known to be in order.
#[derive(Deserialize)]
struct PinList(#[serde(deserialize_with = "bounded::list::<_, _, { Pins::MOST }>")] Vec<OpId>);

impl TryFrom<PinList> for Pins {
    type Error = &'static str;
    fn try_from(list: PinList) -> Result<Pins, &'static str> {
        if list.0.windows(2).all(|two| two[0] < two[1]) { Ok(Pins(list.0)) } else { Err("pins are not in order") }
    }
}

impl Pins {
    /// The most operations that pins name.
    pub const MOST: usize = 1024;

    /// Sorts `ids` and drops repeats. Of more than [`Pins::MOST`] the lowest are kept: pins may say less than is known.
    #[must_use]
    pub fn new(ids: impl IntoIterator<Item = OpId>) -> Pins {
        let mut ids: Vec<OpId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        ids.truncate(Self::MOST);
        Pins(ids)
    }

    /// The operations named, lowest first.
    #[must_use]
    pub fn ids(&self) -> &[OpId] {
        &self.0
    }

    /// Whether none is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// 16 bytes that stand for these pins: the first of BLAKE3 (`hedgerow/1/pins`) over the ids, one after the other.
    #[must_use]
    pub fn digest(&self) -> PinsDigest {
        let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/pins");
        for id in &self.0 {
            hasher.update(id.as_bytes());
        }
        let mut digest = [0; 16];
        hasher.finalize_xof().fill(&mut digest);
        PinsDigest(digest)
    }
}

/// Stands for [`Pins`] where they would be too long, as in a change's message: 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PinsDigest([u8; 16]);

impl PinsDigest {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> PinsDigest {
        PinsDigest(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads exactly what `Display` writes; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<PinsDigest> {
        HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(PinsDigest)
    }
}

impl std::fmt::Display for PinsDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl std::fmt::Debug for PinsDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PinsDigest({self})")
    }
}

/// One line of editing up to one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Head {
    /// Whose line.
    pub actor: ActorId,
    /// The change's number in the line, from 1.
    pub seq: u64,
    /// The change.
    pub hash: ChangeHash,
}

/// What a removal, a demotion or a revocation keeps of those it is about: for each stream, how far each of their lines
/// of editing had come. At most [`Retained::MOST`] heads in all, one an actor and stream.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "HeadList", into = "HeadList")]
pub struct Retained(BTreeMap<StreamTag, BTreeMap<ActorId, (u64, ChangeHash)>>);

/// Heads as they stand on the wire: in order of stream, then of actor.
#[derive(Serialize, Deserialize)]
struct HeadList(#[serde(deserialize_with = "bounded::list::<_, _, { Retained::MOST }>")] Vec<(StreamTag, Head)>);

impl TryFrom<HeadList> for Retained {
    type Error = &'static str;
    fn try_from(list: HeadList) -> Result<Retained, &'static str> {
        if !list.0.windows(2).all(|two| (two[0].0, two[0].1.actor) < (two[1].0, two[1].1.actor)) {
            return Err("retained heads are not in order");
        }
        let mut kept = Retained::new();
        for (stream, head) in list.0 {
            kept.keep(stream, head);
        }
        Ok(kept)
    }
}

impl From<Retained> for HeadList {
    fn from(kept: Retained) -> HeadList {
        HeadList(kept.heads().collect())
    }
}

impl Retained {
    /// The most heads that one operation keeps.
    pub const MOST: usize = 8192;

    /// Keeps nothing.
    #[must_use]
    pub fn new() -> Retained {
        Retained::default()
    }

    /// Keeps `head` in `stream`; of two heads of one line the later stays. `false` when there is no room for another line.
    pub fn keep(&mut self, stream: StreamTag, head: Head) -> bool {
        let known = self.seq(&stream, &head.actor);
        if known.is_none() && self.0.values().map(BTreeMap::len).sum::<usize>() >= Self::MOST {
            return false;
        }
        if known.is_none_or(|seq| seq < head.seq) {
            self.0.entry(stream).or_default().insert(head.actor, (head.seq, head.hash));
        }
        true
    }

    /// How far `actor`'s line in `stream` is kept.
    #[must_use]
    pub fn seq(&self, stream: &StreamTag, actor: &ActorId) -> Option<u64> {
        self.head(stream, actor).map(|head| head.seq)
    }

    /// The last change of `actor`'s line in `stream` that is kept.
    #[must_use]
    pub fn head(&self, stream: &StreamTag, actor: &ActorId) -> Option<Head> {
        let (seq, hash) = self.0.get(stream)?.get(actor)?;
        Some(Head { actor: *actor, seq: *seq, hash: *hash })
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything kept, in order of stream and actor.
    pub fn heads(&self) -> impl Iterator<Item = (StreamTag, Head)> + '_ {
        self.0.iter().flat_map(|(stream, lines)| {
            lines.iter().map(|(actor, (seq, hash))| (*stream, Head { actor: *actor, seq: *seq, hash: *hash }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hedgerow_model::DeviceId;

    fn id(n: u8) -> OpId {
        OpId::from_bytes([n; 32])
    }

    #[test]
    fn pins_are_one_thing_however_they_were_gathered() {
        let pins = Pins::new([id(2), id(1), id(2)]);
        assert_eq!(pins, Pins::new([id(1), id(2)]));
        assert_eq!(pins.ids(), [id(1), id(2)]);
        assert_ne!(pins.digest(), Pins::new([id(1)]).digest());
        assert_eq!(PinsDigest::parse(&pins.digest().to_string()), Some(pins.digest()));
        assert_eq!(PinsDigest::parse("AB"), None);
    }

    #[test]
    fn pins_out_of_order_or_too_many_are_not_read() {
        let bytes = |ids: &[OpId]| postcard::to_allocvec(ids).unwrap();
        assert_eq!(postcard::from_bytes(&bytes(&[id(1), id(2)])), Ok(Pins::new([id(1), id(2)])));
        assert!(postcard::from_bytes::<Pins>(&bytes(&[id(2), id(1)])).is_err());
        assert!(postcard::from_bytes::<Pins>(&bytes(&[id(1), id(1)])).is_err());
        assert!(
            postcard::from_bytes::<Pins>(&[0xff, 0xff, 0xff, 0xff, 0x0f]).is_err(),
            "a length of four thousand million"
        );
    }

    #[test]
    fn what_is_retained_is_the_furthest_of_each_line() {
        let actor = ActorId::new(DeviceId::from_bytes([1; 32]), [0; 8]);
        let (stream, hash) = (StreamTag::from_bytes([5; 16]), ChangeHash::from_bytes([9; 32]));
        let mut kept = Retained::new();
        for seq in [3, 7, 5] {
            assert!(kept.keep(stream, Head { actor, seq, hash }));
        }
        assert_eq!(kept.seq(&stream, &actor), Some(7));
        let bytes = postcard::to_allocvec(&kept).unwrap();
        assert_eq!(postcard::from_bytes(&bytes), Ok(kept));
    }
}
