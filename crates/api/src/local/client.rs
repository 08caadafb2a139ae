//! A command's side of the local socket.

use std::path::Path;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::net::UnixStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::frame::{FrameProblem, MOST_HELLO, MOST_REPLY, MOST_REQUEST, from_json, read_frame, to_json, write_frame};
use super::place::Place;
use super::{Answer, Hello, PROTOCOL};
use crate::{Code, Door, Fault, Reply, Request};

/// For a node to greet us.
const HELLO: Duration = Duration::from_secs(10);

/// For a node to answer, besides the time that a request itself asks it to wait.
const ANSWER: Duration = Duration::from_secs(10 * 60);

/// A node that runs in another process of this user on this machine.
#[derive(Debug)]
pub struct LocalDoor {
    /// `None` once it failed: a stream that broke within a frame cannot be read on.
    stream: Mutex<Option<UnixStream>>,
}

/// Connects to the node that runs on `folder`; `None` if none does.
///
/// # Errors
/// When there is one that does not answer, belongs to another user, or speaks another version.
pub async fn connect(folder: &Path) -> Result<Option<LocalDoor>, Fault> {
    let Some(path) = Place::to_connect(folder) else { return Ok(None) };
    let mut stream = match UnixStream::connect(&path).await {
        Ok(stream) => stream,
        // What a killed node left behind, or a path that no node could use.
        Err(cause) if nobody_listens(&cause) => return Ok(None),
        Err(cause) => return Err(unreachable(format!("could not talk to the node on {}: {cause}", folder.display()))),
    };
    let ours = rustix::process::getuid().as_raw();
    if !stream.peer_cred().is_ok_and(|peer| peer.uid() == ours) {
        let say = format!("the socket {} belongs to another user; it was not used", path.display());
        return Err(Fault::refused(say));
    }
    let silent = || unreachable(format!("the node on {} does not answer; stop it, then try again", folder.display()));
    let theirs = timeout(HELLO, greet(&mut stream)).await.map_err(|_| silent())?.ok_or_else(silent)?;
    if theirs.hedgerow != PROTOCOL {
        let version: String = theirs.version.chars().take(40).collect();
        let say = format!(
            "the node on {} is Hedgerow {version} and this is {}; stop it, then try again",
            folder.display(),
            env!("CARGO_PKG_VERSION")
        );
        return Err(Fault::new(Code::Failed, say));
    }
    Ok(Some(LocalDoor { stream: Mutex::new(Some(stream)) }))
}

fn nobody_listens(cause: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, InvalidInput, NotFound};
    matches!(cause.kind(), ConnectionRefused | InvalidInput | NotFound)
}

async fn greet(stream: &mut UnixStream) -> Option<Hello> {
    write_frame(stream, &to_json(&Hello::ours()).ok()?).await.ok()?;
    from_json(&read_frame(stream, MOST_HELLO).await.ok()?).ok()
}

impl LocalDoor {
    async fn exchange(stream: &mut UnixStream, bytes: &[u8]) -> Result<Answer, Fault> {
        write_frame(stream, bytes).await.map_err(|_| gone())?;
        let frame = read_frame(stream, MOST_REPLY).await.map_err(|problem| match problem {
            FrameProblem::TooLong { claimed } => {
                Fault::failed(format!("the node's answer has {claimed} bytes; too many"))
            }
            FrameProblem::Ended | FrameProblem::Broken => gone(),
        })?;
        from_json(&frame).map_err(|_| Fault::failed("the node's answer could not be read; restart it and try again"))
    }
}

impl Door for LocalDoor {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Fault>> {
        async move {
            let bytes =
                to_json(&request).map_err(|problem| Fault::failed(format!("could not send this: {problem}")))?;
            if bytes.len() > MOST_REQUEST {
                let say = format!("this is {} bytes to send at once, and {MOST_REQUEST} is the most", bytes.len());
                return Err(Fault::refused(say));
            }
            let mut held = self.stream.lock().await;
            // Taken out while it is in use: if this call is dropped half-way, nobody reads the rest of its answer.
            let mut stream = held.take().ok_or_else(gone)?;
            let patience = ANSWER.saturating_add(request.waits_for());
            let answer = timeout(patience, LocalDoor::exchange(&mut stream, &bytes)).await;
            match answer.map_err(|_| unreachable("the node did not answer in time; see whether it still runs"))?? {
                Answer::Done(reply) => {
                    *held = Some(stream);
                    Ok(*reply)
                }
                Answer::Fault(fault) => {
                    *held = Some(stream);
                    Err(fault)
                }
            }
        }
        .boxed()
    }
}

impl Request {
    /// How long this request asks the node to wait for others.
    fn waits_for(&self) -> Duration {
        match self {
            Request::Join(join) => Duration::from_secs(join.wait_seconds),
            Request::SyncNow(sync) => Duration::from_secs(sync.wait_seconds),
            _ => Duration::ZERO,
        }
    }
}

fn gone() -> Fault {
    unreachable("the node stopped before it answered; what it had said was done is kept. Try again")
}

fn unreachable(say: impl Into<String>) -> Fault {
    Fault::new(Code::Unreachable, say)
}
