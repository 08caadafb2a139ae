//! A file, sealed in pieces under the key of an epoch, and the manifest that lists them.
//!
//! A file's id is the hash of its manifest, and the manifest has the hash of each sealed piece: whoever knows the id can
//! check every piece as it comes, from whomever, without being able to read it.

use hedgerow_model::{Attachment, AttachmentId, EpochId, PieceId};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{
    epoch::EpochKey,
    vault::{decrypt, encrypt},
};

/// The format that a manifest begins with.
const VERSION: u8 = 1;
/// Version, epoch, salt and length.
const HEADER: usize = 1 + 32 + SALT + 8;
const SALT: usize = 32;
/// The tag of the cipher.
const TAG: usize = 16;

/// The list of a file's pieces, and what it takes to open them but for the key. It tells nothing of the file but its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    epoch: EpochId,
    salt: [u8; SALT],
    size: u64,
    pieces: Vec<PieceId>,
}

impl Manifest {
    /// How much of a file one piece holds, in bytes: all but the last hold just so much. Little enough that what is typed
    /// meanwhile gets past it on a slow line.
    pub const PIECE: usize = 64 << 10;
    /// How long a sealed piece is at most.
    pub const SEALED_MOST: usize = Self::PIECE + TAG;
    /// How many pieces the longest file has.
    #[expect(clippy::cast_possible_truncation, reason = "1,600")]
    pub const PIECES_MOST: usize = (Attachment::MOST as usize).div_ceil(Self::PIECE);
    /// How long a manifest is at most.
    pub const MOST: usize = HEADER + Self::PIECES_MOST * PieceId::SIZE;

    /// The file's id.
    #[must_use]
    pub fn id(&self) -> AttachmentId {
        Self::id_of(&self.encode())
    }

    /// The id of the file of which these bytes are the manifest, of whatever version.
    #[must_use]
    pub fn id_of(bytes: &[u8]) -> AttachmentId {
        let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/attachment");
        hasher.update(bytes);
        AttachmentId::from_bytes(*hasher.finalize().as_bytes())
    }

    /// The epoch whose key opens it.
    #[must_use]
    pub fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// How long the file is, in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its pieces, in order.
    #[must_use]
    pub fn pieces(&self) -> &[PieceId] {
        &self.pieces
    }

    /// As bytes: version (1), epoch (32), salt (32), length of the file (8, little-endian), the hash of each piece (32).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + self.pieces.len() * PieceId::SIZE);
        bytes.push(VERSION);
        bytes.extend_from_slice(self.epoch.as_bytes());
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.size.to_le_bytes());
        for piece in &self.pieces {
            bytes.extend_from_slice(piece.as_bytes());
        }
        bytes
    }

    /// Reads a manifest; `None` when it is of another version, names another number of pieces than its length takes, or is
    /// of a file longer than [`Attachment::MOST`].
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Manifest> {
        let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
        let size = u64::from_le_bytes(*header.last_chunk()?);
        let count = usize::try_from(size.div_ceil(Self::PIECE as u64)).ok()?;
        if header[0] != VERSION || size > Attachment::MOST || rest.len() != count * PieceId::SIZE {
            return None;
        }
        Some(Manifest {
            epoch: EpochId::from_slice(&header[1..33])?,
            salt: header[33..33 + SALT].try_into().ok()?,
            size,
            pieces: rest.chunks_exact(PieceId::SIZE).filter_map(PieceId::from_slice).collect(),
        })
    }

    /// Opens the piece at `index`; `key` is that of [`Manifest::epoch`]. `None` when it is not the piece that is listed there, or does not open to
    /// as many bytes as it must.
    #[must_use]
    pub fn open(&self, key: &EpochKey, index: usize, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if self.pieces.get(index) != Some(&piece_id(sealed)) {
            return None;
        }
        let plain = decrypt(&key.attachment_key(&self.salt), &nonce(index), &[], sealed)?;
        (plain.len() == self.length_of(index)).then(|| Zeroizing::new(plain))
    }

    /// How much of the file the piece at `index` holds, in bytes.
    fn length_of(&self, index: usize) -> usize {
        let before = (index as u64).saturating_mul(Self::PIECE as u64);
        usize::try_from(self.size.saturating_sub(before)).map_or(Self::PIECE, |left| left.min(Self::PIECE))
    }
}

/// The id of a sealed piece.
#[must_use]
pub fn piece_id(sealed: &[u8]) -> PieceId {
    PieceId::from_bytes(*blake3::hash(sealed).as_bytes())
}

/// The key seals this one file, so its pieces can be counted.
fn nonce(index: usize) -> [u8; 24] {
    let mut nonce = [0; 24];
    nonce[..8].copy_from_slice(&(index as u64).to_le_bytes());
    nonce
}

/// A file that is being sealed, piece by piece.
pub struct FileSealer {
    key: Zeroizing<[u8; 32]>,
    manifest: Manifest,
}

/// Why a piece was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PieceProblem {
    /// It holds nothing, or more than a piece does; or it follows one that was not full, which only the last may be.
    #[error("all pieces of a file but the last are of {} bytes", Manifest::PIECE)]
    WrongLength,
    /// The file is longer than one may be.
    #[error("a file of more than {} MiB cannot be attached; share it another way and put a link here", Attachment::MOST >> 20)]
    TooLong,
}

impl FileSealer {
    /// Begins a file that `key`, the key of `epoch`, will open.
    #[must_use]
    pub fn begin(epoch: EpochId, key: &EpochKey, rng: &mut impl CryptoRng) -> FileSealer {
        let mut salt = [0; SALT];
        rng.fill_bytes(&mut salt);
        FileSealer { key: key.attachment_key(&salt), manifest: Manifest { epoch, salt, size: 0, pieces: Vec::new() } }
    }

    /// Seals the next piece.
    ///
    /// # Errors
    /// When it has another length than it must have. Nothing was taken then.
    pub fn piece(&mut self, plain: &[u8]) -> Result<(PieceId, Vec<u8>), PieceProblem> {
        let size = self.manifest.size + plain.len() as u64;
        let index = self.manifest.pieces.len();
        if size > Attachment::MOST {
            return Err(PieceProblem::TooLong);
        }
        let all_are_full = self.manifest.size == (index as u64) * Manifest::PIECE as u64;
        if !all_are_full || !(1..=Manifest::PIECE).contains(&plain.len()) {
            return Err(PieceProblem::WrongLength);
        }
        let sealed = encrypt(&self.key, &nonce(index), &[], plain);
        let id = piece_id(&sealed);
        self.manifest.size = size;
        self.manifest.pieces.push(id);
        Ok((id, sealed))
    }

    /// The epoch whose key it is sealed under.
    #[must_use]
    pub fn epoch(&self) -> EpochId {
        self.manifest.epoch
    }

    /// The pieces that were sealed so far.
    #[must_use]
    pub fn pieces(&self) -> &[PieceId] {
        &self.manifest.pieces
    }

    /// The file is whole.
    #[must_use]
    pub fn finish(self) -> Manifest {
        self.manifest
    }
}

/// Shows nothing of the key.
impl std::fmt::Debug for FileSealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileSealer({} pieces)", self.manifest.pieces.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    fn sealed(file: &[u8]) -> (EpochKey, Manifest, Vec<Vec<u8>>) {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        let key = EpochKey::generate(&mut rng);
        let mut sealer = FileSealer::begin(EpochId::from_bytes([3; 32]), &key, &mut rng);
        let pieces =
            file.chunks(Manifest::PIECE).map(|plain| sealer.piece(plain).expect("a piece").1).collect::<Vec<_>>();
        (key, sealer.finish(), pieces)
    }

    fn opened(key: &EpochKey, manifest: &Manifest, pieces: &[Vec<u8>]) -> Option<Vec<u8>> {
        let open = |(index, sealed): (usize, &Vec<u8>)| manifest.open(key, index, sealed).map(|plain| plain.to_vec());
        pieces.iter().enumerate().map(open).collect::<Option<Vec<_>>>().map(|parts| parts.concat())
    }

    #[test]
    fn a_file_opens_as_it_was_sealed_whatever_its_length() {
        for length in [0, 1, Manifest::PIECE - 1, Manifest::PIECE, Manifest::PIECE + 1, 3 * Manifest::PIECE] {
            let file: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let (key, manifest, pieces) = sealed(&file);
            assert_eq!(manifest.size(), length as u64);
            assert_eq!(Manifest::decode(&manifest.encode()).as_ref(), Some(&manifest), "of {length}");
            assert_eq!(opened(&key, &manifest, &pieces), Some(file), "of {length}");
        }
    }

    #[test]
    fn what_was_changed_or_changed_places_does_not_open() {
        let (key, manifest, mut pieces) = sealed(&[5; 2 * Manifest::PIECE]);
        pieces.swap(0, 1);
        assert_eq!(opened(&key, &manifest, &pieces), None, "in another order");
        pieces.swap(0, 1);
        pieces[1][9] ^= 1;
        assert_eq!(opened(&key, &manifest, &pieces), None, "with one bit changed");
        let other = EpochKey::generate(&mut ChaCha20Rng::from_seed([8; 32]));
        pieces[1][9] ^= 1;
        assert_eq!(opened(&other, &manifest, &pieces), None, "with another key");
    }

    #[test]
    fn two_files_of_the_same_bytes_look_alike_to_nobody() {
        let mut rng = ChaCha20Rng::from_seed([9; 32]);
        let key = EpochKey::generate(&mut rng);
        let ids = [(); 2].map(|()| {
            let mut sealer = FileSealer::begin(EpochId::from_bytes([3; 32]), &key, &mut rng);
            let (piece, _) = sealer.piece(b"the same").expect("a piece");
            (piece, sealer.finish().id())
        });
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn only_the_last_piece_is_short_and_no_file_is_too_long() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let key = EpochKey::generate(&mut rng);
        let mut sealer = FileSealer::begin(EpochId::from_bytes([3; 32]), &key, &mut rng);
        assert_eq!(sealer.piece(&[]), Err(PieceProblem::WrongLength));
        assert_eq!(sealer.piece(&vec![0; Manifest::PIECE + 1]), Err(PieceProblem::WrongLength));
        for _ in 0..Manifest::PIECES_MOST {
            sealer.piece(&vec![0; Manifest::PIECE]).expect("a piece");
        }
        assert_eq!(sealer.piece(&[1]), Err(PieceProblem::TooLong));
        let manifest = sealer.finish();
        assert_eq!(manifest.encode().len(), Manifest::MOST);
        let mut short = FileSealer::begin(EpochId::from_bytes([3; 32]), &key, &mut rng);
        short.piece(&[1]).expect("a piece");
        assert_eq!(short.piece(&[1]), Err(PieceProblem::WrongLength), "after a short one");
    }

    #[test]
    fn a_manifest_that_contradicts_itself_is_none() {
        let (_, manifest, _) = sealed(&[5; 100]);
        let whole = manifest.encode();
        assert_eq!(Manifest::decode(&whole[..whole.len() - 1]), None, "cut short");
        assert_eq!(Manifest::decode(&[whole.as_slice(), &[0; 32]].concat()), None, "a piece too many");
        let mut newer = whole.clone();
        newer[0] = 2;
        assert_eq!(Manifest::decode(&newer), None, "of a newer version");
        let mut endless = whole;
        endless[65..73].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(Manifest::decode(&endless), None, "of a file without end");
    }
}
