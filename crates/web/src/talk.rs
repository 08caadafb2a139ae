//! What is said between a window and the node, over one WebSocket.

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use hedgerow_api::here::{Here, Next};
use hedgerow_api::request::ClosePage;
use hedgerow_api::{Ask, Code, Door, Fault, Notice, Reply, Request};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::guard::Token;

/// The version of the conversation.
pub const PROTOCOL: u32 = 1;
/// Why a window is left: it does not know the token, or speaks another version.
pub const CLOSED_UNKNOWN: u16 = 4401;

/// For the hello to come.
const HELLO: Duration = Duration::from_secs(5);
/// For what is said to be taken.
const TAKEN: Duration = Duration::from_secs(60);
/// Between two signs of life; a window that gives none meanwhile is gone.
const LIFE: Duration = Duration::from_secs(30);
/// Requests that are being answered at once; more are read later.
const AT_ONCE: usize = 32;

#[derive(Deserialize)]
struct Hello {
    hedgerow: u32,
    token: String,
}

#[derive(Serialize)]
struct Welcome {
    hedgerow: u32,
    version: &'static str,
}

/// A request, and the number by which its answer is known.
#[derive(Deserialize)]
struct Asked {
    id: u64,
    ask: serde_json::Value,
}

/// What the node says.
#[derive(Serialize)]
#[serde(untagged)]
enum Said {
    Done { id: u64, done: serde_json::Value },
    Fault { id: u64, fault: Fault },
    Notice { notice: Notice },
    Missed { missed: bool },
}

/// Answers one window until it leaves or errs. Pages that it leaves open are given back.
pub(crate) async fn with(mut socket: WebSocket, here: &Here, token: &Token) {
    match timeout(HELLO, greeted(&mut socket, token)).await {
        Ok(true) => {}
        Ok(false) => {
            let why =
                CloseFrame { code: CLOSED_UNKNOWN, reason: Utf8Bytes::from_static("the token is not known here") };
            let _ = timeout(HELLO, socket.send(Message::Close(Some(why)))).await;
            return;
        }
        Err(_) => return,
    }
    let mut open = Lent::default();
    converse(&mut socket, here, &mut open).await;
    for (page, actor) in open.pages {
        // Whoever closed the node meanwhile has given back everything.
        let _ = here.call(ClosePage { page, actor }.into_request()).await;
    }
}

async fn greeted(socket: &mut WebSocket, token: &Token) -> bool {
    let Some(Ok(Message::Text(text))) = socket.recv().await else { return false };
    let Ok(hello) = serde_json::from_str::<Hello>(&text) else { return false };
    let welcome = Welcome { hedgerow: PROTOCOL, version: env!("CARGO_PKG_VERSION") };
    hello.hedgerow == PROTOCOL && token.is(&hello.token) && send(socket, &welcome).await
}

/// Pages that a window has open, and the lines of editing that it was lent.
#[derive(Default)]
struct Lent {
    pages: BTreeSet<(String, String)>,
}

impl Lent {
    fn note(&mut self, reply: &Reply, closed: Option<(String, String)>) {
        if let Reply::OpenPage(page) = reply {
            self.pages.insert((page.id.clone(), page.actor.clone()));
        }
        if let Some(closed) = closed {
            self.pages.remove(&closed);
        }
    }
}

/// An answer under way: its number, which page it closes, and what comes of it.
type Answering<'a> = BoxFuture<'a, (u64, Option<(String, String)>, Result<Reply, Fault>)>;

async fn converse(socket: &mut WebSocket, here: &Here, open: &mut Lent) {
    let mut notices = here.notices();
    let mut answers: FuturesUnordered<Answering<'_>> = FuturesUnordered::new();
    let mut life = interval(LIFE);
    life.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = true;
    loop {
        let said = tokio::select! {
            message = socket.recv(), if answers.len() < AT_ONCE => {
                heard = true;
                match message {
                    Some(Ok(Message::Text(text))) => match asked(&text) {
                        Ok((id, request)) => {
                            answers.push(answering(here, id, request));
                            continue;
                        }
                        Err(Some(fault)) => *fault,
                        Err(None) => return,
                    },
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    _ => return,
                }
            }
            Some((id, closed, outcome)) = answers.next() => match outcome {
                Ok(reply) => {
                    open.note(&reply, closed);
                    done(id, reply)
                }
                Err(fault) => Said::Fault { id, fault },
            },
            next = notices.next() => match next {
                Next::Notice(notice) => Said::Notice { notice },
                Next::Missed => Said::Missed { missed: true },
                Next::Ended => return,
            },
            _ = life.tick() => {
                if !std::mem::take(&mut heard) || !sent(socket, Message::Ping(Vec::new().into())).await {
                    return;
                }
                continue;
            }
        };
        if !send(socket, &said).await {
            return;
        }
    }
}

/// The request in a message; what to say where it is none, or nothing where the message has no number.
fn asked(text: &str) -> Result<(u64, Request), Option<Box<Said>>> {
    let Asked { id, ask } = serde_json::from_str(text).map_err(|_| None)?;
    let request = serde_json::from_value(ask).map_err(|problem| {
        let say = format!("the node does not understand this request: {problem}");
        Some(Box::new(Said::Fault { id, fault: Fault::new(Code::Usage, say) }))
    })?;
    Ok((id, request))
}

/// A reply, as it is said.
fn done(id: u64, reply: Reply) -> Said {
    match serde_json::to_value(&reply) {
        Ok(done) => Said::Done { id, done },
        Err(cause) => {
            Said::Fault { id, fault: Fault::new(Code::Failed, format!("the answer cannot be written: {cause}")) }
        }
    }
}

fn answering(here: &Here, id: u64, request: Request) -> Answering<'_> {
    let closed = match &request {
        Request::ClosePage(close) => Some((close.page.clone(), close.actor.clone())),
        _ => None,
    };
    let called = here.call(request);
    async move { (id, closed, called.await) }.boxed()
}

/// Whether it was taken.
async fn send<S: Serialize>(socket: &mut WebSocket, said: &S) -> bool {
    match serde_json::to_string(said) {
        Ok(text) => sent(socket, Message::Text(text.into())).await,
        Err(cause) => {
            tracing::warn!(%cause, "an answer to a window could not be written");
            false
        }
    }
}

async fn sent(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(TAKEN, socket.send(message)).await, Ok(Ok(())))
}
