//! What is said between a window and the node in its process, as texts of JSON: the same over a WebSocket, and between the
//! app's window and its shell.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use serde::{Deserialize, Serialize};

use crate::here::{Here, Next, Notices};
use crate::request::ClosePage;
use crate::{Ask, Code, Door, Fault, Notice, Reply, Request};

/// Requests that are being answered at once; more are heard later.
const AT_ONCE: usize = 32;

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

/// An answer under way: its number, which page it closes, and what comes of it.
type Answering = BoxFuture<'static, (u64, Option<Lent>, Result<Reply, Fault>)>;

/// A page that the window has open, and the line of editing that it was lent.
type Lent = (String, String);

/// One window's conversation with the node.
pub struct Conversation {
    here: Arc<Here>,
    notices: Notices,
    answers: FuturesUnordered<Answering>,
    lent: BTreeSet<Lent>,
    /// Said before anything else.
    at_once: Vec<Said>,
}

impl Conversation {
    /// Begins one: what happens from now on is told.
    #[must_use]
    pub fn with(here: Arc<Here>) -> Conversation {
        let notices = here.notices();
        Conversation { here, notices, answers: FuturesUnordered::new(), lent: BTreeSet::new(), at_once: Vec::new() }
    }

    /// Whether the window may say something now, or should wait until more was answered.
    #[must_use]
    pub fn may_hear(&self) -> bool {
        self.answers.len() < AT_ONCE
    }

    /// Hears what the window says: `{"id":7,"ask":{"request":..}}`. `false` when it has no number to be answered by:
    /// nothing that a window of ours says.
    pub fn hear(&mut self, text: &str) -> bool {
        let Ok(Asked { id, ask }) = serde_json::from_str(text) else { return false };
        match serde_json::from_value::<Request>(ask) {
            Ok(request) => self.answers.push(answering(Arc::clone(&self.here), id, request)),
            Err(problem) => {
                let say = format!("the node does not understand this request: {problem}");
                self.at_once.push(Said::Fault { id, fault: Fault::new(Code::Usage, say) });
            }
        }
        true
    }

    /// The next that the node says, as JSON; none when the node has ended. Nothing is lost where this is given up.
    pub async fn next(&mut self) -> Option<String> {
        let said = match self.at_once.pop() {
            Some(said) => said,
            None => tokio::select! {
                Some((id, closed, outcome)) = self.answers.next() => self.answered(id, closed, outcome),
                next = self.notices.next() => match next {
                    Next::Notice(notice) => Said::Notice { notice },
                    Next::Missed => Said::Missed { missed: true },
                    Next::Ended => return None,
                },
            },
        };
        match serde_json::to_string(&said) {
            Ok(text) => Some(text),
            Err(cause) => {
                tracing::warn!(%cause, "something could not be told to a window");
                Some(r#"{"missed":true}"#.to_owned())
            }
        }
    }

    fn answered(&mut self, id: u64, closed: Option<Lent>, outcome: Result<Reply, Fault>) -> Said {
        let reply = match outcome {
            Ok(reply) => reply,
            Err(fault) => return Said::Fault { id, fault },
        };
        if let Reply::OpenPage(page) = &reply {
            self.lent.insert((page.id.clone(), page.actor.clone()));
        }
        if let Some(closed) = closed {
            self.lent.remove(&closed);
        }
        match serde_json::to_value(&reply) {
            Ok(done) => Said::Done { id, done },
            Err(cause) => {
                Said::Fault { id, fault: Fault::new(Code::Failed, format!("the answer cannot be written: {cause}")) }
            }
        }
    }

    /// The window has left: what it asked is carried out, and the pages that it had open are given back.
    pub async fn end(mut self) {
        while let Some((id, closed, outcome)) = self.answers.next().await {
            self.answered(id, closed, outcome);
        }
        for (page, actor) in self.lent {
            // Whoever closed the node meanwhile has given back everything.
            let _ = self.here.call(ClosePage { page, actor }.into_request()).await;
        }
    }
}

fn answering(here: Arc<Here>, id: u64, request: Request) -> Answering {
    let closed = match &request {
        Request::ClosePage(close) => Some((close.page.clone(), close.actor.clone())),
        _ => None,
    };
    async move {
        let outcome = here.call(request).await;
        (id, closed, outcome)
    }
    .boxed()
}
