//! A whole document in one piece: transport, never authority.
//!
//! Bytes: a version (1), how it is packed (0 plain, 1 deflated), the length of the first change (32 bits, little
//! endian) and that change, the length of the document chunk when unpacked (32 bits) and the chunk, packed.

use crate::ancestry::Ancestry;
use crate::chunk::{Budget, Column, Kind, Reader, chunk_body, count_rows, described_columns, inspect};
use crate::document::{Document, caught, ours};
use crate::{ChangeRefusal, Refused};
use automerge::Automerge;
use flate2::{Compression, write::DeflateEncoder};
use hedgerow_model::{ActorId, ChangeHash, mutant};
use std::io::{Read, Write};

const VERSION: u8 = 1;
const PLAIN: u8 = 0;
const DEFLATED: u8 = 1;

/// The most bytes a document may have when unpacked.
const UNPACKED_MOST: usize = 32 << 20;

/// Up to here any ratio goes: a page of one repeated letter packs extremely well.
const FREE: usize = 1 << 20;

/// Beyond that, how many bytes one packed byte may become.
const RATIO_MOST: usize = 64;

/// The most rows in a column of a document, beyond one for each of its bytes.
const ROWS_MOST: u64 = 1_000_000;

/// The most bytes that the strings of a document may unfold into.
const STRINGS_MOST: u64 = 64 << 20;

impl Document {
    /// The document in one piece, for [`Document::from_checkpoint`].
    #[must_use]
    pub fn checkpoint(&self) -> Vec<u8> {
        let Some(genesis) = self.inner.get_changes_meta(&[]).first().map(|meta| ours(&meta.hash)) else {
            return vec![VERSION, PLAIN];
        };
        packed(&self.raw_change(&genesis).unwrap_or_default(), &self.inner.save_nocompress())
    }

    /// The document that a checkpoint holds, re-derived change by change, never taken as it lies there.
    ///
    /// # Errors
    /// When it is not well formed or too large; when its heads are not exactly `stated_heads`; when a line of editing
    /// in it is not numbered from 1 without a gap, does not name its predecessors, or does not end in exactly the
    /// change that `actors` state; when a change in it would not have been admitted.
    pub fn from_checkpoint(
        bytes: &[u8],
        stated_heads: &[ChangeHash],
        actors: &[(ActorId, u64, ChangeHash)],
    ) -> Result<Document, ChangeRefusal> {
        let document = match unpacked(bytes)? {
            None => Document::new(),
            Some((genesis, plain)) => {
                inspect(genesis)?;
                bounded(&plain)?;
                caught(|| rederived(genesis, &plain)).unwrap_or_else(|| Err(WENT_WRONG.into()))?
            }
        };
        let mut heads = stated_heads.to_vec();
        heads.sort_unstable();
        if document.heads() != heads {
            return Err(Refused::Checkpoint("it does not end in the changes that it states").into());
        }
        let mut stated = actors.to_vec();
        stated.sort_unstable();
        if !document.actors().eq(stated) && !mutant("take-unsigned-checkpoint") {
            return Err(Refused::Checkpoint("its lines of editing do not end in the changes that were signed").into());
        }
        Ok(document)
    }
}

const WENT_WRONG: Refused = Refused::Checkpoint("reading it went wrong");

/// Loads the first change and then the document behind it: automerge then takes the document's changes one by one,
/// instead of trusting the order in which its operations lie.
fn rederived(genesis: &[u8], plain: &[u8]) -> Result<Document, ChangeRefusal> {
    let unreadable = |_| Refused::Checkpoint("it cannot be read");
    let mut joined = genesis.to_vec();
    joined.extend(plain);
    let inner = Automerge::load(&joined).map_err(unreadable)?;
    let mut ancestry = Ancestry::default();
    for change in inner.get_changes(&[]) {
        let examined = inspect(change.raw_bytes())?;
        ancestry.take(&examined).map_err(|why| ChangeRefusal::of(examined.facts.hash, why))?;
    }
    Ok(Document { inner, ancestry, broken: false })
}

/// The bytes of a checkpoint. What packs better than others would unpack is left unpacked.
fn packed(genesis: &[u8], plain: &[u8]) -> Vec<u8> {
    let packed = deflated(plain).filter(|packed| plain.len() <= allowed(packed.len()));
    let mut out = vec![VERSION, if packed.is_some() { DEFLATED } else { PLAIN }];
    put_length(&mut out, genesis.len());
    out.extend(genesis);
    put_length(&mut out, plain.len());
    out.extend(packed.as_deref().unwrap_or(plain));
    out
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}

fn deflated(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// How large `packed` bytes may become.
fn allowed(packed: usize) -> usize {
    packed.saturating_mul(RATIO_MOST).clamp(FREE, UNPACKED_MOST)
}

/// The first change, and the document chunk.
type Parts<'a> = (&'a [u8], Vec<u8>);

/// What a checkpoint is made of. `None` for a document without changes.
fn unpacked(bytes: &[u8]) -> Result<Option<Parts<'_>>, Refused> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? != VERSION {
        return Err(Refused::Checkpoint("it is of another version; update Hedgerow to read it"));
    }
    let packing = reader.byte()?;
    if reader.is_done() && packing == PLAIN {
        return Ok(None);
    }
    let genesis = u32::from_le_bytes(reader.array()?);
    let genesis = reader.take(u64::from(genesis))?;
    let size = usize::try_from(u32::from_le_bytes(reader.array()?)).unwrap_or(usize::MAX);
    let packed = reader.rest();
    let most = if packing == PLAIN { UNPACKED_MOST } else { allowed(packed.len()) };
    if size > most {
        return Err(Refused::TooLarge { size, most });
    }
    let plain = match packing {
        PLAIN => packed.to_vec(),
        DEFLATED => inflated(packed, size)?,
        _ => return Err(Refused::Checkpoint("it is packed in an unknown way")),
    };
    if plain.len() != size {
        return Err(Refused::Checkpoint("it does not have the size it states"));
    }
    Ok(Some((genesis, plain)))
}

/// At most one byte more than `size`, whatever the packed bytes say.
fn inflated(packed: &[u8], size: usize) -> Result<Vec<u8>, Refused> {
    let mut plain = Vec::new();
    let mut decoder = flate2::bufread::DeflateDecoder::new(packed);
    let most = u64::try_from(size).unwrap_or(u64::MAX).saturating_add(1);
    decoder.by_ref().take(most).read_to_end(&mut plain).map_err(|_| Refused::Checkpoint("it does not unpack"))?;
    if decoder.into_inner().is_empty() { Ok(plain) } else { Err(Refused::Checkpoint("bytes follow its end")) }
}

/// Reads the document chunk by counting: its columns cannot unfold into more than its size accounts for.
fn bounded(plain: &[u8]) -> Result<(), Refused> {
    let (body, _) = chunk_body(plain, 0)?;
    let mut reader = Reader::new(body);
    for _ in 0..reader.unsigned()? {
        if reader.unsigned()? != 40 {
            return Err(Refused::Checkpoint("an actor does not have 40 bytes"));
        }
        reader.take(40)?;
    }
    let heads = reader.unsigned()?;
    reader.take(heads.saturating_mul(32))?;
    let most = ROWS_MOST + u64::try_from(plain.len()).unwrap_or(u64::MAX);
    let mut budget = Budget { rows: most, strings: STRINGS_MOST, most };
    for column in described_columns(&mut reader)? {
        let Column { spec, data } = column;
        let kind = Kind::of(spec).ok_or(Refused::Checkpoint("a column is deflated"))?;
        count_rows(kind, data, &mut budget)?;
    }
    // What follows says where the heads stand; automerge checks it.
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_pack_we_unpack_however_well_it_packs() {
        let letters = |count: usize| vec![b'a'; count];
        let mixed: Vec<u8> = (0..2_000_000u32).map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
        for plain in [letters(0), letters(5), letters(900_000), letters(5_000_000), mixed] {
            let bytes = packed(b"first", &plain);
            let (genesis, back) = unpacked(&bytes).expect("our own").expect("not empty");
            assert_eq!((genesis, back == plain), (&b"first"[..], true));
        }
        assert!(packed(b"", &letters(900_000)).len() < 10_000);
    }
}
