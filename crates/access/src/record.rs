//! The sealed envelope: the same bytes on disk, on the wire and in a bundle.

use hedgerow_model::{DeviceId, EpochId, NotebookId, PageId, RecordId, RoutingId, StreamTag, mutant};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    epoch::EpochKey,
    payload::Payload,
    vault::{decrypt, encrypt},
};

/// Why a record was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordRefusal {
    /// Longer than [`Record::MOST`].
    #[error("a record of {length} bytes was refused; {most} is the most", most = Record::MOST)]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// Cut short, or followed by something.
    #[error("a record was refused because its length is not what it says; ask for it again")]
    NotWhole,
    /// Of a newer format.
    #[error("a record of format {0} cannot be read by this Hedgerow; update to read it")]
    TooNew(u8),
    /// Of a form that is not known.
    #[error("a record of form {0} cannot be read by this Hedgerow; update to read it")]
    UnknownForm(u8),
    /// The key does not open it, or something in it was changed.
    #[error("record {record} does not open with the key of its epoch; it was changed on its way")]
    DoesNotOpen {
        /// Which.
        record: RecordId,
    },
    /// It opens, and what is inside is not written as it must be.
    #[error("what is inside record {record} is not written as a Hedgerow writes it; it is set aside")]
    Malformed {
        /// Which.
        record: RecordId,
    },
    /// It lies in another stream, or under another notebook, than it says inside.
    #[error("record {record} lies in a stream where it does not belong; it is set aside")]
    WrongStream {
        /// Which.
        record: RecordId,
    },
    /// The signature is not that of the author named.
    #[error("the signature of device {author} does not hold; what it signed is set aside")]
    BadSignature {
        /// Whose signature it should be.
        author: DeviceId,
    },
    /// A checkpoint that contradicts itself.
    #[error("a checkpoint by device {author} is not in order: {what}; it is set aside")]
    BadCheckpoint {
        /// Who made it.
        author: DeviceId,
        /// What is wrong.
        what: &'static str,
    },
    /// A key record whose parts do not belong together.
    #[error("a key record by device {author} is not in order: {what}; it is set aside")]
    BadKeyRecord {
        /// Who made it.
        author: DeviceId,
        /// What is wrong.
        what: &'static str,
    },
    /// One device has made more epochs than are kept.
    #[error("device {author} has made more than {most} key epochs; further ones are set aside")]
    TooManyEpochs {
        /// Who made them.
        author: DeviceId,
        /// The most that are kept.
        most: usize,
    },
}

impl RecordRefusal {
    /// Whose record it was, where that is known.
    #[must_use]
    pub fn author(&self) -> Option<DeviceId> {
        match self {
            RecordRefusal::BadSignature { author }
            | RecordRefusal::BadCheckpoint { author, .. }
            | RecordRefusal::BadKeyRecord { author, .. }
            | RecordRefusal::TooManyEpochs { author, .. } => Some(*author),
            _ => None,
        }
    }
}

/// A stream of records in a notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StreamName {
    /// The notebook's own document: title, challenge, ground rules.
    Notebook,
    /// A page.
    Body(PageId),
    /// The comments on a page.
    Comments(PageId),
    /// Membership operations and profiles.
    Membership,
    /// Key records.
    Keys,
}

impl StreamName {
    /// The tag by which records of this stream are known in clear. All members compute the same one; without the page's
    /// id nobody can tell which streams belong together.
    #[must_use]
    pub fn tag(&self, notebook: &NotebookId) -> StreamTag {
        let (kind, page) = match self {
            StreamName::Notebook => (1, None),
            StreamName::Body(page) => (2, Some(page)),
            StreamName::Comments(page) => (3, Some(page)),
            StreamName::Membership => (4, None),
            StreamName::Keys => (5, None),
        };
        let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/stream");
        hasher.update(notebook.as_bytes()).update(&[kind]);
        if let Some(page) = page {
            hasher.update(page.as_bytes());
        }
        let mut tag = [0; 16];
        hasher.finalize_xof().fill(&mut tag);
        StreamTag::from_bytes(tag)
    }

    /// Whether its records hold changes of a document.
    #[must_use]
    pub fn is_document(&self) -> bool {
        !matches!(self, StreamName::Membership | StreamName::Keys)
    }

    /// The page it belongs to, if it belongs to one.
    #[must_use]
    pub fn page(&self) -> Option<PageId> {
        match self {
            StreamName::Body(page) | StreamName::Comments(page) => Some(*page),
            StreamName::Notebook | StreamName::Membership | StreamName::Keys => None,
        }
    }
}

/// What kind of envelope a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// A payload, sealed.
    Sealed,
    /// An epoch's key, in boxes.
    Key,
}

/// A record: its bytes, known to be whole and in bounds. What is inside is not yet known to be anything.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    bytes: Vec<u8>,
    id: RecordId,
    form: Form,
}

/// What records of one stream under one epoch begin with: version, form, routing id, stream tag, epoch. Only nonce and
/// length follow in the clear header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning([u8; BEGINNING]);

impl Beginning {
    /// How long its name is, in bytes.
    pub const NAME: usize = 4;

    /// A short name for it. Two beginnings may have the same: it is to be looked up where it was said.
    #[must_use]
    pub fn name(&self) -> [u8; Self::NAME] {
        let mut name = [0; Self::NAME];
        blake3::Hasher::new_derive_key("hedgerow/1/beginning").update(&self.0).finalize_xof().fill(&mut name);
        name
    }
}

const VERSION: u8 = 1;
/// Where the nonce begins.
const BEGINNING: usize = 66;
/// Where the length stands, and the nonce ends.
const LENGTH: usize = 90;
/// How long the clear header is.
pub(crate) const HEADER: usize = 94;
/// A multiple of this is the length of what is sealed.
const PADDING: usize = 16;
/// The tag of the cipher.
const TAG: usize = 16;

impl Record {
    /// The longest a record is, in bytes: 8 MiB.
    pub const MOST: usize = 8 << 20;

    /// Takes the bytes of one whole record. Nothing is decrypted.
    ///
    /// # Errors
    /// When they are too many, not exactly one record, or of a version or form that is not known.
    pub fn parse(bytes: Vec<u8>) -> Result<Record, RecordRefusal> {
        if bytes.len() > Self::MOST {
            return Err(RecordRefusal::TooLong { length: bytes.len() });
        }
        match bytes.first() {
            Some(&VERSION) => {}
            Some(&version) => return Err(RecordRefusal::TooNew(version)),
            None => return Err(RecordRefusal::NotWhole),
        }
        let Some(header) = bytes.first_chunk::<HEADER>() else { return Err(RecordRefusal::NotWhole) };
        let form = match header[1] {
            0 => Form::Sealed,
            1 => Form::Key,
            other => return Err(RecordRefusal::UnknownForm(other)),
        };
        let stated = u32::from_le_bytes([header[90], header[91], header[92], header[93]]);
        if usize::try_from(stated) != Ok(bytes.len() - HEADER) {
            return Err(RecordRefusal::NotWhole);
        }
        let id = Self::id_of(&bytes);
        Ok(Record { bytes, id, form })
    }

    /// Takes the bytes of a record apart: its beginning, and the rest without the length, which follows from the rest.
    /// [`Record::join`] makes the same bytes of them. `None` when they are no whole record.
    #[must_use]
    pub fn split(bytes: &[u8]) -> Option<(Beginning, Vec<u8>)> {
        let (beginning, _) = bytes.split_first_chunk()?;
        let (nonce, body) = (bytes.get(BEGINNING..LENGTH)?, bytes.get(HEADER..)?);
        let stated = u32::try_from(body.len()).ok()?.to_le_bytes();
        (bytes.get(LENGTH..HEADER)? == stated).then(|| (Beginning(*beginning), [nonce, body].concat()))
    }

    /// The bytes of a record that were taken apart; `None` when the rest is too short or too long to be one.
    #[must_use]
    pub fn join(beginning: &Beginning, rest: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = rest.split_at_checked(LENGTH - BEGINNING)?;
        let length = u32::try_from(body.len()).ok().filter(|_| HEADER + body.len() <= Self::MOST)?;
        Some([&beginning.0, nonce, &length.to_le_bytes(), body].concat())
    }

    /// The id of the record that these bytes are: their hash.
    #[must_use]
    pub fn id_of(bytes: &[u8]) -> RecordId {
        RecordId::from_bytes(*blake3::hash(bytes).as_bytes())
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// Its form.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// The notebook's routing id.
    #[must_use]
    pub fn routing(&self) -> RoutingId {
        RoutingId::from_bytes(self.field(2))
    }

    /// The tag of the stream it lies in.
    #[must_use]
    pub fn stream_tag(&self) -> StreamTag {
        StreamTag::from_bytes(self.field(18))
    }

    /// The epoch it is sealed under.
    #[must_use]
    pub fn epoch(&self) -> EpochId {
        EpochId::from_bytes(self.field(34))
    }

    /// All its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All its bytes, without a copy.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Opens a sealed record and reads the payload. Neither stream nor signature is looked at: [`Record::admit`] does.
    ///
    /// # Errors
    /// When it is a key record, the key does not open it, or the payload is not written as it must be.
    pub fn open(&self, key: &EpochKey) -> Result<Payload, RecordRefusal> {
        if self.form != Form::Sealed {
            return Err(RecordRefusal::DoesNotOpen { record: self.id });
        }
        let plain = self.unseal(&key.record_key(), HEADER)?;
        Payload::decode(&plain).ok_or(RecordRefusal::Malformed { record: self.id })
    }

    /// Opens a sealed record, and checks that it lies in the stream of `notebook` where it belongs and that its author's
    /// signatures hold. An operation's own signature is checked by [`Membership::insert`](crate::Membership::insert).
    ///
    /// # Errors
    /// When any of it does not hold.
    pub fn admit(&self, key: &EpochKey, notebook: &NotebookId) -> Result<Payload, RecordRefusal> {
        let payload = self.open(key)?;
        if payload.stream().is_some_and(|stream| stream.tag(notebook) != self.stream_tag()) {
            return Err(RecordRefusal::WrongStream { record: self.id });
        }
        payload.verify(notebook)?;
        Ok(payload)
    }

    /// Opens what follows the first `clear` bytes, which are the associated data, and takes the padding off.
    pub(crate) fn unseal(&self, key: &[u8; 32], clear: usize) -> Result<Zeroizing<Vec<u8>>, RecordRefusal> {
        let record = self.id;
        let (aad, sealed) = self.bytes.split_at_checked(clear).ok_or(RecordRefusal::DoesNotOpen { record })?;
        let aad = if mutant("leave-header-unsealed") { &[] } else { aad };
        let plain = decrypt(key, &self.field(66), aad, sealed).ok_or(RecordRefusal::DoesNotOpen { record })?;
        unpad(plain).ok_or(RecordRefusal::Malformed { record })
    }

    /// `SIZE` bytes of the header, from `at`.
    fn field<const SIZE: usize>(&self, at: usize) -> [u8; SIZE] {
        let mut field = [0; SIZE];
        field.copy_from_slice(&self.bytes[at..at + SIZE]); // every record holds a whole header
        field
    }
}

/// Shows the id, the form and the length.
impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({:?}, {:?}, {} bytes)", self.id, self.form, self.bytes.len())
    }
}

/// Seals `payload` under `key`, the key of `epoch`.
///
/// # Errors
/// [`RecordRefusal::TooLong`] when it does not fit into a record; nothing else.
pub fn seal(
    routing: RoutingId,
    stream: StreamTag,
    epoch: &EpochId,
    key: &EpochKey,
    payload: &Payload,
    rng: &mut impl CryptoRng,
) -> Result<Record, RecordRefusal> {
    let envelope = Envelope { form: Form::Sealed, routing, stream, epoch: *epoch };
    envelope.seal(&key.record_key(), &[], &Zeroizing::new(payload.encode()), rng)
}

/// Where a record goes: the clear header but for nonce and length.
pub(crate) struct Envelope {
    pub(crate) form: Form,
    pub(crate) routing: RoutingId,
    pub(crate) stream: StreamTag,
    pub(crate) epoch: EpochId,
}

impl Envelope {
    /// Header, then `clear`, then `plain` padded and sealed under `key`.
    pub(crate) fn seal(
        &self,
        key: &[u8; 32],
        clear: &[u8],
        plain: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Record, RecordRefusal> {
        let padded = pad(plain);
        let length = clear.len() + padded.len() + TAG;
        let total = HEADER + length;
        let Some(length) = u32::try_from(length).ok().filter(|_| total <= Record::MOST) else {
            return Err(RecordRefusal::TooLong { length: total });
        };
        let mut nonce = [0; 24];
        rng.fill_bytes(&mut nonce);
        let mut bytes = Vec::with_capacity(total);
        bytes.extend_from_slice(&[VERSION, if self.form == Form::Sealed { 0 } else { 1 }]);
        bytes.extend_from_slice(self.routing.as_bytes());
        bytes.extend_from_slice(self.stream.as_bytes());
        bytes.extend_from_slice(self.epoch.as_bytes());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(clear);
        let aad = if mutant("leave-header-unsealed") { &[] } else { bytes.as_slice() };
        let sealed = encrypt(key, &nonce, aad, &padded);
        bytes.extend_from_slice(&sealed);
        Ok(Record { id: Record::id_of(&bytes), bytes, form: self.form })
    }
}

/// Length, content, zeros up to a multiple of 16.
fn pad(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let whole = (4 + plain.len()).next_multiple_of(PADDING);
    let mut padded = Zeroizing::new(Vec::with_capacity(whole));
    // What is too long for the length is refused before it is sealed: no record is longer than 8 MiB.
    padded.extend_from_slice(&u32::try_from(plain.len()).unwrap_or(u32::MAX).to_le_bytes());
    padded.extend_from_slice(plain);
    padded.resize(whole, 0);
    padded
}

/// Takes the padding off; `None` when it is not exactly what [`pad`] puts there.
fn unpad(mut padded: Vec<u8>) -> Option<Zeroizing<Vec<u8>>> {
    let length = usize::try_from(u32::from_le_bytes(*padded.first_chunk::<4>()?)).ok()?;
    let end = length.checked_add(4)?;
    if end.next_multiple_of(PADDING) != padded.len() || padded.get(end..)?.iter().any(|zero| *zero != 0) {
        return None;
    }
    padded.truncate(end);
    padded.drain(..4);
    Some(Zeroizing::new(padded))
}

#[cfg(test)]
mod tests;
