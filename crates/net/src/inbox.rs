//! Reading messages: bounded before a byte is kept, and no faster than they are taken.

use futures::{AsyncRead, AsyncReadExt};
use hedgerow_model::mutant;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::limits::{
    LEAST_COUNTED, LONG_UNREAD_OTHERS, LONG_UNREAD_WANTED, MOST, PIECE, SLOWEST, SMALL, SMALL_UNREAD,
    SMALL_UNREAD_OTHERS, UNIT,
};

/// Room for long messages of all sessions together, in two pots, so that strangers cannot use up what friends need.
pub(crate) struct Pots {
    wanted: Arc<Semaphore>,
    others: Arc<Semaphore>,
}

impl Default for Pots {
    fn default() -> Self {
        Pots {
            wanted: Arc::new(Semaphore::new(LONG_UNREAD_WANTED / UNIT)),
            others: Arc::new(Semaphore::new(LONG_UNREAD_OTHERS / UNIT)),
        }
    }
}

/// One session's claim on memory for what it reads.
pub(crate) struct Allowance {
    small: Arc<Semaphore>,
    /// While nobody asked for this device, its small messages need room here too.
    small_of_others: Arc<Semaphore>,
    /// Long messages of this session that are being read or wait to be taken: two.
    turns: Arc<Semaphore>,
    pots: Arc<Pots>,
    /// Whether somebody asked for this device.
    wanted: Arc<AtomicBool>,
}

impl Allowance {
    pub(crate) fn new(pots: Arc<Pots>, wanted: Arc<AtomicBool>) -> Self {
        let small = Arc::new(Semaphore::new(SMALL_UNREAD / UNIT));
        let small_of_others = Arc::new(Semaphore::new(SMALL_UNREAD_OTHERS / UNIT));
        Allowance { small, small_of_others, turns: Arc::new(Semaphore::new(2)), pots, wanted }
    }

    /// Whether somebody asked for its device, now and later.
    pub(crate) fn wanted(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.wanted)
    }

    /// Waits until a message of `length` bytes may be read. Long ones claim their whole length before the first byte,
    /// so that no two wait for each other; nothing is allocated yet. `None` never comes: nobody closes the pots.
    async fn claim(&self, length: usize) -> Option<Vec<OwnedSemaphorePermit>> {
        let units = u32::try_from(length.max(LEAST_COUNTED).div_ceil(UNIT)).ok()?;
        let wanted = self.wanted.load(Ordering::Relaxed);
        if length <= SMALL {
            let mut room = vec![Arc::clone(&self.small).acquire_many_owned(units).await.ok()?];
            if !wanted {
                room.push(Arc::clone(&self.small_of_others).acquire_many_owned(units).await.ok()?);
            }
            return Some(room);
        }
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        let pot = if wanted { &self.pots.wanted } else { &self.pots.others };
        Some(vec![turn, Arc::clone(pot).acquire_many_owned(units).await.ok()?])
    }
}

/// Why reading ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    #[error("the other side closed it between two messages")]
    Cleanly,
    #[error("it broke: {0}")]
    Broken(#[from] std::io::Error),
    #[error("a message of {0} bytes was announced; {MOST} is the most")]
    TooLong(usize),
    #[error("a message did not arrive in its time")]
    TooSlow,
}

/// Reads the next message: four bytes of length, most significant first, then as many bytes. `alive` hears of every
/// piece that arrives. Once begun it must be there within `grace`, and a second more for every 64 KiB.
pub(crate) async fn read_message(
    from: &mut (impl AsyncRead + Unpin),
    allowance: &Allowance,
    grace: Duration,
    alive: impl Fn(),
) -> Result<(Vec<u8>, Vec<OwnedSemaphorePermit>), Ended> {
    let mut head = [0; 4];
    let begun = from.read(&mut head).await?;
    if begun == 0 {
        return Err(Ended::Cleanly);
    }
    alive();
    let by = Instant::now() + grace;
    timeout_at(by, from.read_exact(&mut head[begun..])).await.map_err(|_| Ended::TooSlow)??;
    let length = usize::try_from(u32::from_be_bytes(head)).unwrap_or(usize::MAX);
    if length > MOST && !mutant("read-any-length") {
        assert!(!mutant("panic-over-a-length"), "as a fault of ours would");
        return Err(Ended::TooLong(length));
    }
    let room = allowance.claim(length).await.ok_or(Ended::TooSlow)?;
    let by = Instant::now() + grace + Duration::from_secs((length / SLOWEST) as u64);
    let bytes = timeout_at(by, read_body(from, length, alive)).await.map_err(|_| Ended::TooSlow)??;
    Ok((bytes, room))
}

/// Memory grows with what has arrived, not with what was announced.
async fn read_body(
    from: &mut (impl AsyncRead + Unpin),
    length: usize,
    alive: impl Fn(),
) -> Result<Vec<u8>, std::io::Error> {
    let mut bytes = Vec::new();
    while bytes.len() < length {
        let have = bytes.len();
        if have == bytes.capacity() {
            bytes.reserve_exact(PIECE.max(have).min(length - have));
        }
        let end = length.min(bytes.capacity()).min(have + PIECE);
        bytes.resize(end, 0);
        let read = from.read(&mut bytes[have..]).await?;
        bytes.truncate(have + read);
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        alive();
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// Short, so that the tests that outlast it are.
    const GRACE: Duration = Duration::from_millis(20);

    fn stranger() -> Allowance {
        Allowance::new(Arc::default(), Arc::default())
    }

    fn framed(body: &[u8]) -> Vec<u8> {
        let mut frame = u32::try_from(body.len()).expect("short").to_be_bytes().to_vec();
        frame.extend_from_slice(body);
        frame
    }

    #[tokio::test]
    async fn messages_read_back_one_by_one_and_the_end_is_clean() {
        let long = vec![7; 200_000];
        let wire = [framed(b"hello"), framed(b""), framed(&long)].concat();
        let (mut from, allowance) = (wire.as_slice(), stranger());
        for expected in [b"hello".as_slice(), b"", &long] {
            let (bytes, _) = read_message(&mut from, &allowance, GRACE, || ()).await.expect("a message");
            assert_eq!(bytes, expected);
        }
        assert!(matches!(read_message(&mut from, &allowance, GRACE, || ()).await, Err(Ended::Cleanly)));
    }

    #[tokio::test]
    async fn a_length_over_the_limit_is_refused_before_anything_is_read() {
        for length in [MOST as u32 + 1, u32::MAX] {
            let wire = [&length.to_be_bytes()[..], &[0; 64]].concat();
            let mut from = wire.as_slice();
            assert!(matches!(read_message(&mut from, &stranger(), GRACE, || ()).await, Err(Ended::TooLong(_))));
            assert_eq!(from.len(), 64, "not a byte of it was taken");
        }
    }

    /// Gives what it has and then says nothing more.
    struct Silent<'a>(&'a [u8]);

    impl AsyncRead for Silent<'_> {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut [u8]) -> Poll<std::io::Result<usize>> {
            if self.0.is_empty() {
                return Poll::Pending;
            }
            let count = buf.len().min(self.0.len());
            buf[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Poll::Ready(Ok(count))
        }
    }

    #[tokio::test]
    async fn half_a_message_is_waited_for_only_so_long() {
        let wire = [&60_000_u32.to_be_bytes()[..], &[0; 1000]].concat();
        for cut in [1, 3, 4, 1004] {
            let ended = read_message(&mut Silent(&wire[..cut]), &stranger(), GRACE, || ()).await;
            assert!(matches!(ended, Err(Ended::TooSlow)), "cut after {cut}");
        }
        let (mut nothing, allowance) = (Silent(&[]), stranger());
        let idle = read_message(&mut nothing, &allowance, GRACE, || ());
        assert!(tokio::time::timeout(GRACE * 3, idle).await.is_err(), "between messages there is no hurry");
    }

    #[tokio::test]
    async fn a_broken_message_is_told_from_a_clean_end() {
        let wire = framed(b"hello");
        for cut in 1..wire.len() {
            let ended = read_message(&mut &wire[..cut], &stranger(), GRACE, || ()).await;
            assert!(matches!(ended, Err(Ended::Broken(_))), "cut after {cut}");
        }
    }

    #[tokio::test]
    async fn a_flood_stops_when_nobody_takes_it() {
        let friend = Allowance::new(Arc::default(), Arc::new(AtomicBool::new(true)));
        for (allowance, most) in [(friend, 2), (stranger(), 1)] {
            let wire: Vec<u8> = std::iter::repeat_n(framed(&[1; SMALL]), 5).flatten().collect();
            let mut from = wire.as_slice();
            let mut read = Vec::new();
            for _ in 0..most {
                read.push(read_message(&mut from, &allowance, GRACE, || ()).await.expect("fits"));
            }
            assert!(read_message(&mut from, &allowance, GRACE, || ()).now_or_never().is_none());
            read.pop();
            assert!(allowance.claim(SMALL).await.is_some(), "taking one makes room for one");
        }
    }

    #[tokio::test]
    async fn strangers_cannot_use_up_what_friends_need() {
        let pots = Arc::new(Pots::default());
        let strangers: Vec<Allowance> = (0..3).map(|_| Allowance::new(pots.clone(), Arc::default())).collect();
        let _one = strangers[0].claim(MOST).await.expect("room");
        let _two = strangers[1].claim(MOST).await.expect("room");
        assert!(strangers[2].claim(MOST).now_or_never().is_none(), "their pot is empty");
        let friend = Allowance::new(pots, Arc::new(AtomicBool::new(true)));
        assert!(friend.claim(MOST).await.is_some(), "ours is not");
    }
}
