//! One kept stream to one device, from its first byte to its last.

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, future::poll_fn};
use hedgerow_model::DeviceId;
use libp2p::swarm::{ConnectionId, Stream};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::event::{Delivery, NetEvent};
use crate::inbox::{self, Allowance};
use crate::limits::{GATHER, LIFE, MESSAGE_GRACE, STALL};
use crate::outbox::Outbox;
use crate::traffic::Counts;

/// What a session is made of.
pub(crate) struct Session {
    pub(crate) device: DeviceId,
    pub(crate) address: String,
    pub(crate) connection: ConnectionId,
    pub(crate) stream: Stream,
    pub(crate) handle: Handle,
    pub(crate) allowance: Allowance,
    pub(crate) events: mpsc::Sender<Delivery>,
    pub(crate) counts: Arc<Counts>,
    /// Cancelled when we shut down: nothing that arrives is handed over any more, but what waits is still written.
    pub(crate) goodbye: CancellationToken,
}

/// How the swarm's task reaches a session.
#[derive(Clone, Default)]
pub(crate) struct Handle {
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) stop: CancellationToken,
    pub(crate) life: Arc<Life>,
}

/// When the other side was last heard of.
pub(crate) struct Life {
    begun: Instant,
    last: AtomicU64,
}

impl Default for Life {
    fn default() -> Self {
        Life { begun: Instant::now(), last: AtomicU64::new(0) }
    }
}

impl Life {
    fn touch(&self) {
        let millis = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(millis, Ordering::Relaxed);
    }

    /// Whether bytes came in, or a held-up write went on, in the last ten seconds.
    pub(crate) fn is_recent(&self) -> bool {
        self.begun.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed))) < LIFE
    }

    /// How long it has stood.
    pub(crate) fn age(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// How a session ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum End {
    #[error("{0}")]
    Reading(#[from] inbox::Ended),
    #[error("writing failed: {0}")]
    Writing(std::io::Error),
    #[error("the other side took nothing for {} s", STALL.as_secs())]
    Stalled,
    #[error("it was no longer needed")]
    Stopped,
}

impl End {
    /// Whether the other side broke the rules, so that its connections are not worth keeping.
    pub(crate) fn is_offence(&self) -> bool {
        matches!(self, End::Stalled | End::Reading(inbox::Ended::TooLong(_) | inbox::Ended::TooSlow))
    }
}

/// What is left of a session.
pub(crate) struct Ended {
    pub(crate) connection: ConnectionId,
    pub(crate) end: End,
    pub(crate) stood: Duration,
}

/// Carries messages until the stream ends, one side errs, or it is stopped. Tells of its beginning first and of its
/// end last, so that the two alternate for each device.
pub(crate) async fn run(session: Session) -> Ended {
    let Session { device, address, connection, stream, handle, allowance, events, counts, goodbye } = session;
    let Handle { outbox, stop, life } = handle;
    let begin = Delivery::Begin { device, address, outbox: Arc::clone(&outbox), wanted: allowance.wanted() };
    let told = tokio::select! {
        sent = events.send(begin) => sent.is_ok(),
        () = stop.cancelled() => false,
    };
    let end = if told {
        let (mut incoming, mut outgoing) = stream.split();
        let reading = read(device, &mut incoming, &allowance, &events, &counts, &life, &goodbye);
        let writing = write(device, &mut outgoing, &outbox, &events, &counts, &life);
        let both = async {
            tokio::pin!(reading);
            tokio::select! {
                end = &mut reading => end,
                // All is written and our side is closed; the other side's end tells that it has read all of it.
                done = writing => match done { Ok(()) => reading.await, Err(end) => end },
            }
        };
        tokio::select! {
            end = both => end,
            () = stop.cancelled() => End::Stopped,
        }
    } else {
        End::Stopped
    };
    outbox.close();
    if told {
        let delivery = Delivery::End { device };
        if goodbye.is_cancelled() {
            let _ = events.try_send(delivery);
        } else {
            let _ = events.send(delivery).await;
        }
    }
    Ended { connection, end, stood: life.age() }
}

async fn read(
    from: DeviceId,
    stream: &mut (impl AsyncRead + Unpin),
    allowance: &Allowance,
    events: &mpsc::Sender<Delivery>,
    counts: &Counts,
    life: &Life,
    goodbye: &CancellationToken,
) -> End {
    loop {
        let (bytes, room) = match inbox::read_message(stream, allowance, MESSAGE_GRACE, || life.touch()).await {
            Ok(message) => message,
            Err(ended) => return ended.into(),
        };
        counts.received(bytes.len());
        tokio::select! {
            sent = events.send(Delivery::Message { from, bytes, room }) => if sent.is_err() { return End::Stopped },
            () = goodbye.cancelled() => {}
        }
    }
}

async fn write(
    to: DeviceId,
    stream: &mut (impl AsyncWrite + Unpin),
    outbox: &Outbox,
    events: &mpsc::Sender<Delivery>,
    counts: &Counts,
    life: &Life,
) -> Result<(), End> {
    while let Some(first) = outbox.next().await {
        let mut gathered = Vec::with_capacity(GATHER.min(first.len() + 4));
        let (mut bytes, mut next) = (0, Some(first));
        while let Some(message) = next.take() {
            bytes += message.len();
            counts.sent(message.len());
            gathered.extend_from_slice(&u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
            if message.len() > GATHER {
                write_all(stream, &gathered, life).await?;
                gathered.clear();
                write_all(stream, &message, life).await?;
            } else {
                gathered.extend_from_slice(&message);
                next = outbox.next_within(GATHER.saturating_sub(gathered.len() + 4));
            }
        }
        write_all(stream, &gathered, life).await?;
        if outbox.is_empty() {
            timeout(STALL, stream.flush()).await.map_err(|_| End::Stalled)?.map_err(End::Writing)?;
        }
        if outbox.written(bytes) {
            let _ = events.send(Delivery::Plain(NetEvent::Drained { to })).await;
        }
    }
    stream.close().await.map_err(End::Writing)
}

/// Writes all of `bytes`. A write that was held up and then went on is a sign of life: only an answer from the other
/// side can have made room.
async fn write_all(stream: &mut (impl AsyncWrite + Unpin), mut bytes: &[u8], life: &Life) -> Result<(), End> {
    while !bytes.is_empty() {
        let mut held_up = false;
        let write = poll_fn(|cx| {
            let polled = Pin::new(&mut *stream).poll_write(cx, bytes);
            held_up |= polled.is_pending();
            polled
        });
        let written = timeout(STALL, write).await.map_err(|_| End::Stalled)?.map_err(End::Writing)?;
        if written == 0 {
            return Err(End::Writing(std::io::ErrorKind::WriteZero.into()));
        }
        if held_up {
            life.touch();
        }
        bytes = &bytes[written..];
    }
    Ok(())
}
