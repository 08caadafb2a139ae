//! A window's conversation with the node over one WebSocket: who may begin it, and whether the window is still there.

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use hedgerow_api::conversation::Conversation;
use hedgerow_api::here::Here;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
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

/// Answers one window until it leaves or errs. Pages that it leaves open are given back.
pub(crate) async fn with(mut socket: WebSocket, here: Arc<Here>, token: &Token) {
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
    let mut conversation = Conversation::with(here);
    converse(&mut socket, &mut conversation).await;
    conversation.end().await;
}

async fn greeted(socket: &mut WebSocket, token: &Token) -> bool {
    let Some(Ok(Message::Text(text))) = socket.recv().await else { return false };
    let Ok(hello) = serde_json::from_str::<Hello>(&text) else { return false };
    if hello.hedgerow != PROTOCOL || !token.is(&hello.token) {
        return false;
    }
    let welcome = Welcome { hedgerow: PROTOCOL, version: env!("CARGO_PKG_VERSION") };
    let Ok(text) = serde_json::to_string(&welcome) else { return false };
    sent(socket, Message::Text(text.into())).await
}

async fn converse(socket: &mut WebSocket, conversation: &mut Conversation) {
    let mut life = interval(LIFE);
    life.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = true;
    loop {
        let may_hear = conversation.may_hear();
        let said = tokio::select! {
            message = socket.recv(), if may_hear => {
                heard = true;
                match message {
                    Some(Ok(Message::Text(text))) if conversation.hear(&text) => continue,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    _ => return,
                }
            }
            said = conversation.next() => match said {
                Some(text) => Message::Text(text.into()),
                None => return,
            },
            _ = life.tick() => match std::mem::take(&mut heard) {
                true => Message::Ping(Vec::new().into()),
                false => return,
            },
        };
        if !sent(socket, said).await {
            return;
        }
    }
}

/// Whether it was taken.
async fn sent(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(TAKEN, socket.send(message)).await, Ok(Ok(())))
}
