//! Names for things: fixed-size byte strings, printed as lower-case hexadecimal.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize, ser::SerializeTuple};

/// What can be wrong with a written id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdProblem {
    /// Something other than 0-9 and a-f stands in it.
    #[error("\"{0}\" is not an id: ids are written with the digits 0-9 and the letters a-f")]
    NotHex(String),
    /// Shorter than [`IdPrefix::LEAST`] or longer than an id.
    #[error("\"{text}\" is not an id: give 6 to {most} characters of it")]
    WrongLength {
        /// What was given.
        text: String,
        /// The length of a whole id, in characters.
        most: usize,
    },
}

/// The beginning of an id, as people type it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPrefix(String);

impl IdPrefix {
    /// The fewest characters of an id that are accepted.
    pub const LEAST: usize = 6;

    /// Reads `raw`, 6 to 64 hexadecimal digits, in either case.
    ///
    /// # Errors
    /// When it is shorter, longer, or holds anything else.
    pub fn parse(raw: &str) -> Result<Self, IdProblem> {
        let text = raw.trim().to_ascii_lowercase();
        if !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Err(IdProblem::NotHex(shown(raw)));
        }
        if !(Self::LEAST..=64).contains(&text.len()) {
            return Err(IdProblem::WrongLength { text: shown(raw), most: 64 });
        }
        Ok(IdPrefix(text))
    }

    /// The digits, lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// At most 40 characters of what somebody typed, for an error message.
fn shown(raw: &str) -> String {
    raw.chars().filter(|c| !c.is_control()).take(40).collect()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $size:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $size]);

        impl $name {
            /// How many bytes it has.
            pub const SIZE: usize = $size;

            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                $name(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }

            /// From a slice of exactly [`Self::SIZE`] bytes; `None` for any other length.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map($name)
            }

            /// Reads a whole id, as `Display` writes it.
            ///
            /// # Errors
            /// When it has another length or other characters.
            pub fn parse(raw: &str) -> Result<Self, IdProblem> {
                let text = raw.trim().to_ascii_lowercase();
                let wrong = || IdProblem::WrongLength { text: shown(raw), most: $size * 2 };
                if text.len() != $size * 2 {
                    return Err(wrong());
                }
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| IdProblem::NotHex(shown(raw)))?;
                Self::from_slice(&bytes).ok_or_else(wrong)
            }

            /// Whether it is written with this beginning.
            #[must_use]
            pub fn starts_with(&self, prefix: &IdPrefix) -> bool {
                HEXLOWER.encode(&self.0).starts_with(prefix.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), HEXLOWER.encode(&self.0[..4]))
            }
        }

        /// As exactly its bytes, without a length.
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut tuple = serializer.serialize_tuple($size)?;
                for byte in &self.0 {
                    tuple.serialize_element(byte)?;
                }
                tuple.end()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_tuple($size, Bytes::<$size>).map($name)
            }
        }
    )*};
}

/// Reads exactly `SIZE` bytes.
struct Bytes<const SIZE: usize>;

impl<'de, const SIZE: usize> serde::de::Visitor<'de> for Bytes<SIZE> {
    type Value = [u8; SIZE];

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{SIZE} bytes")
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<[u8; SIZE], A::Error> {
        let mut bytes = [0; SIZE];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = seq.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(at, &self))?;
        }
        Ok(bytes)
    }
}

ids! {
    /// A person: the hash of the first operation of their log of devices.
    PersonId, 32;
    /// A device: its Ed25519 public key, which is also its identity in the network.
    DeviceId, 32;
    /// A notebook: the hash of the first operation of its membership log.
    NotebookId, 32;
    /// A circle: the hash of the first operation of its log.
    CircleId, 32;
    /// Any membership log, by the hash of its first operation.
    LogId, 32;
    /// One operation in a membership log: the hash of its body.
    OpId, 32;
    /// One record: the hash of its sealed bytes.
    RecordId, 32;
    /// A key epoch of a notebook: a commitment to the key and to who made it for whom.
    EpochId, 32;
    /// An invitation: the id of the operation that issued it.
    InvitationId, 32;
    /// A page: random.
    PageId, 16;
    /// An outcome of a plan: random.
    OutcomeId, 16;
    /// An action of a plan: random.
    ActionId, 16;
    /// One change of a document: its Automerge hash (SHA-256).
    ChangeHash, 32;
    /// One line of editing on one device: the device's id, then 8 random bytes, so that ownership is a comparison of
    /// beginnings.
    ActorId, 40;
    /// The random name by which a notebook's records are routed; it says nothing about the notebook.
    RoutingId, 16;
    /// The name of one stream of records within a notebook; it says nothing about the page.
    StreamTag, 16;
    /// A file that was attached: the hash of the list of its sealed pieces.
    AttachmentId, 32;
    /// One sealed piece of such a file: the hash of its bytes.
    PieceId, 32;
}

impl ActorId {
    /// The line of editing that `device` calls `suffix`.
    #[must_use]
    pub fn new(device: DeviceId, suffix: [u8; 8]) -> ActorId {
        let mut bytes = [0; 40];
        bytes[..32].copy_from_slice(&device.0);
        bytes[32..].copy_from_slice(&suffix);
        ActorId(bytes)
    }

    /// Whose it is.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        let mut device = [0; 32];
        device.copy_from_slice(&self.0[..32]);
        DeviceId(device)
    }

    /// The first half of what its device calls it: the line that the device was writing in.
    #[must_use]
    pub fn line(&self) -> [u8; 4] {
        [self.0[32], self.0[33], self.0[34], self.0[35]]
    }
}

impl From<NotebookId> for LogId {
    fn from(id: NotebookId) -> LogId {
        LogId(id.0)
    }
}
impl From<PersonId> for LogId {
    fn from(id: PersonId) -> LogId {
        LogId(id.0)
    }
}
impl From<CircleId> for LogId {
    fn from(id: CircleId) -> LogId {
        LogId(id.0)
    }
}
impl From<LogId> for PersonId {
    fn from(id: LogId) -> PersonId {
        PersonId(id.0)
    }
}
impl From<LogId> for NotebookId {
    fn from(id: LogId) -> NotebookId {
        NotebookId(id.0)
    }
}
impl From<LogId> for CircleId {
    fn from(id: LogId) -> CircleId {
        CircleId(id.0)
    }
}
/// A log is named by its first operation.
impl From<OpId> for LogId {
    fn from(id: OpId) -> LogId {
        LogId(id.0)
    }
}
impl From<OpId> for InvitationId {
    fn from(id: OpId) -> InvitationId {
        InvitationId(id.0)
    }
}
impl From<InvitationId> for OpId {
    fn from(id: InvitationId) -> OpId {
        OpId(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_printed() {
        let id = PageId::from_bytes([0xab; 16]);
        assert_eq!(PageId::parse(&id.to_string()), Ok(id));
        assert!(PageId::parse("abcd").is_err());
        assert!(PageId::parse(&"z".repeat(32)).is_err());
    }

    #[test]
    fn six_characters_find_it_and_five_do_not() {
        let id = PageId::from_bytes([0xab; 16]);
        assert!(id.starts_with(&IdPrefix::parse("ABABAB").expect("six digits")));
        assert!(!id.starts_with(&IdPrefix::parse("ababac").expect("six digits")));
        assert!(IdPrefix::parse("ababa").is_err());
        assert!(IdPrefix::parse("ababag").is_err());
    }
}
