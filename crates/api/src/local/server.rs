//! The node's side of the local socket.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_model::mutant;
use tokio::io::{AsyncBufReadExt, AsyncWrite, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::frame::{FrameProblem, MOST_HELLO, MOST_REPLY, MOST_REQUEST, from_json, read_frame, to_json, write_frame};
use super::place::Place;
use super::{Answer, Hello, PROTOCOL, cannot};
use crate::{Code, Door, Fault, Request};

/// How patient the socket is, and with how many.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Connections at once; one more is closed at once.
    connections: usize,
    /// For the hello to arrive.
    hello: Duration,
    /// Between two requests.
    idle: Duration,
    /// For a request to arrive once it began, or a reply to be taken.
    transfer: Duration,
}

const LIMITS: Limits = Limits {
    connections: 64,
    hello: Duration::from_secs(5),
    idle: Duration::from_secs(15 * 60),
    transfer: Duration::from_secs(60),
};

/// A socket that clients can already connect to.
#[derive(Debug)]
pub struct LocalSocket {
    listener: UnixListener,
    place: Place,
    limits: Limits,
    /// Whose it is: nobody else is listened to.
    user: u32,
}

impl LocalSocket {
    /// Makes the socket of `folder`, for this user only. The caller holds the folder's lock, so what an earlier node
    /// left behind is replaced. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn bind(folder: &Path) -> Result<LocalSocket, Fault> {
        let place = Place::to_serve(folder)?;
        let failed =
            |cause: std::io::Error| cannot(format!("could not make the socket {}", place.socket.display()), cause);
        match std::fs::remove_file(&place.unready) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(failed(cause)),
            _ => {}
        }
        // It is closed to others before it has the name that clients look for.
        let listener = UnixListener::bind(&place.unready).map_err(failed)?;
        std::fs::set_permissions(&place.unready, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        std::fs::rename(&place.unready, &place.socket).map_err(failed)?;
        place.point().map_err(failed)?;
        Ok(LocalSocket { listener, place, limits: LIMITS, user: rustix::process::getuid().as_raw() })
    }

    /// Answers requests through `door` until `shutdown`; then the socket is gone. Requests that are being answered
    /// at that moment are dropped.
    pub async fn serve(self, door: Arc<dyn Door>, shutdown: CancellationToken) {
        let room = Arc::new(Semaphore::new(self.limits.connections));
        loop {
            let stream = tokio::select! {
                () = shutdown.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(cause) => {
                        // Out of file handles, most likely: wait for some to come free rather than spin.
                        tracing::warn!(%cause, "the local socket could not take a connection");
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        continue;
                    }
                },
            };
            if !stream.peer_cred().is_ok_and(|peer| peer.uid() == self.user) && !mutant("let-any-user-in") {
                tracing::warn!("another user tried the local socket");
                continue;
            }
            let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
                tracing::warn!("too many connections to the local socket");
                continue;
            };
            let (door, shutdown, limits) = (Arc::clone(&door), shutdown.clone(), self.limits);
            tokio::spawn(async move {
                tokio::select! {
                    () = shutdown.cancelled() => {}
                    () = converse(stream, door, limits) => {}
                }
                drop(place);
            });
        }
        self.place.clear();
    }
}

/// Answers one client until it leaves or errs.
async fn converse(stream: UnixStream, door: Arc<dyn Door>, limits: Limits) {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let greeted = timeout(limits.hello, greet(&mut reader, &mut writer)).await;
    if !matches!(greeted, Ok(true)) {
        return;
    }
    loop {
        // Waiting for a request to begin is one thing, waiting for a begun one to end another.
        match timeout(limits.idle, reader.fill_buf()).await {
            Ok(Ok(begun)) if !begun.is_empty() => {}
            _ => return,
        }
        let Ok(frame) = timeout(limits.transfer, read_frame(&mut reader, MOST_REQUEST)).await else { return };
        let (answer, last) = match frame {
            Ok(bytes) => match from_json::<Request>(&bytes) {
                Ok(request) => match answer_unless_gone(&door, request, &mut reader).await {
                    Some(answer) => (answer, false),
                    None => return,
                },
                Err(problem) => (malformed(&problem), false),
            },
            Err(FrameProblem::TooLong { claimed }) => (too_long(claimed), true),
            Err(FrameProblem::Ended | FrameProblem::Broken) => return,
        };
        let sent = timeout(limits.transfer, send(&mut writer, &answer)).await;
        if last || !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

/// Exchanges hellos. Ours is sent even to those who speak otherwise, so that they can say which version runs here.
async fn greet<R, W>(reader: &mut BufReader<R>, writer: &mut W) -> bool
where
    R: tokio::io::AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let Ok(bytes) = read_frame(reader, MOST_HELLO).await else { return false };
    let Ok(theirs) = from_json::<Hello>(&bytes) else { return false };
    let Ok(ours) = to_json(&Hello::ours()) else { return false };
    write_frame(writer, &ours).await.is_ok() && theirs.hedgerow == PROTOCOL
}

/// The door's answer; `None` when the client has gone meanwhile, so that a long wait does not outlive who waits.
async fn answer_unless_gone<R>(door: &Arc<dyn Door>, request: Request, reader: &mut BufReader<R>) -> Option<Answer>
where
    R: tokio::io::AsyncRead + Unpin,
{
    let mut called = door.call(request);
    let outcome = tokio::select! {
        outcome = &mut called => outcome,
        gone = reader.fill_buf() => match gone {
            // The next request lies ready already; it has its turn after this one.
            Ok(more) if !more.is_empty() => called.await,
            _ => return None,
        },
    };
    Some(match outcome {
        Ok(reply) => Answer::Done(Box::new(reply)),
        Err(fault) => Answer::Fault(fault),
    })
}

async fn send<W: AsyncWrite + Unpin>(writer: &mut W, answer: &Answer) -> std::io::Result<()> {
    let bytes = to_json(answer)?;
    if bytes.len() <= MOST_REPLY {
        return write_frame(writer, &bytes).await;
    }
    let say = format!("the answer has {} bytes, and {MOST_REPLY} is the most; ask for less at once", bytes.len());
    write_frame(writer, &to_json(&Answer::Fault(Fault::failed(say)))?).await
}

fn malformed(problem: &serde_json::Error) -> Answer {
    Answer::Fault(Fault::new(Code::Usage, format!("the node does not understand this request: {problem}")))
}

fn too_long(claimed: usize) -> Answer {
    let say = format!("a request of {claimed} bytes was refused; {MOST_REQUEST} is the most");
    Answer::Fault(Fault::new(Code::Refused, say))
}

#[cfg(test)]
mod tests;
