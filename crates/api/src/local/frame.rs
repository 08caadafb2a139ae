//! Frames: a length of four bytes, most significant first, then so many bytes of JSON.

use serde::{Serialize, de::DeserializeOwned};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The version of what is said on the socket. Both sides must have the same; it is raised when a request or a reply
/// changes so that an older side would misread it.
pub const PROTOCOL: u32 = 1;

/// The largest request, in bytes: room for 8 MiB of text however JSON writes it.
pub const MOST_REQUEST: usize = 16 << 20;

/// The largest reply, in bytes.
pub const MOST_REPLY: usize = 64 << 20;

/// The largest hello, in bytes.
pub(super) const MOST_HELLO: usize = 1 << 10;

/// How much is asked of the system at once, so that a length that is only claimed costs no memory.
const STEP: usize = 64 << 10;

/// Why no frame could be read.
#[derive(Debug)]
pub(super) enum FrameProblem {
    /// The other side ended where a frame would begin.
    Ended,
    /// The frame claims more bytes than allowed.
    TooLong { claimed: usize },
    /// The other side ended within the frame, or the socket failed.
    Broken,
}

/// Reads the bytes of one frame of at most `most` bytes.
pub(super) async fn read_frame<R: AsyncRead + Unpin>(from: &mut R, most: usize) -> Result<Vec<u8>, FrameProblem> {
    let mut length = [0; 4];
    if from.read(&mut length[..1]).await.map_err(|_| FrameProblem::Broken)? == 0 {
        return Err(FrameProblem::Ended);
    }
    from.read_exact(&mut length[1..]).await.map_err(|_| FrameProblem::Broken)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > most {
        return Err(FrameProblem::TooLong { claimed: length });
    }
    let mut bytes = Vec::with_capacity(length.min(STEP));
    while bytes.len() < length {
        let begun = bytes.len();
        bytes.resize(length.min(begun + STEP), 0);
        from.read_exact(&mut bytes[begun..]).await.map_err(|_| FrameProblem::Broken)?;
    }
    Ok(bytes)
}

/// Writes `bytes` as one frame.
pub(super) async fn write_frame<W: AsyncWrite + Unpin>(to: &mut W, bytes: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| std::io::Error::other("a frame of 4 GiB"))?;
    to.write_all(&length.to_be_bytes()).await?;
    to.write_all(bytes).await?;
    to.flush().await
}

/// As JSON. Our own types always can be written; what could not is a fault of ours and says so.
pub(super) fn to_json(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(value)
}

/// From JSON.
pub(super) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(bytes: Vec<u8>) {
            let mut wire = Vec::new();
            block_on(write_frame(&mut wire, &bytes)).expect("memory takes it");
            let back = block_on(read_frame(&mut wire.as_slice(), bytes.len())).expect("whole");
            proptest::prop_assert_eq!(back, bytes);
        }

        #[test]
        fn no_bytes_at_all_hurt(bytes: Vec<u8>) {
            let _ = block_on(read_frame(&mut bytes.as_slice(), 64));
        }
    }

    #[test]
    fn a_claimed_length_is_not_believed() {
        let far_too_long = u32::MAX.to_be_bytes();
        let problem = block_on(read_frame(&mut far_too_long.as_slice(), MOST_REQUEST)).expect_err("too long");
        assert!(matches!(problem, FrameProblem::TooLong { claimed: 0xffff_ffff }));
        let cut_short = [0, 0, 0, 9, b'x'];
        let problem = block_on(read_frame(&mut cut_short.as_slice(), 64)).expect_err("cut short");
        assert!(matches!(problem, FrameProblem::Broken));
        let problem = block_on(read_frame(&mut [].as_slice(), 64)).expect_err("nothing");
        assert!(matches!(problem, FrameProblem::Ended));
    }
}
