//! The one way in.

use futures::future::BoxFuture;

use crate::{Ask, Code, Fault, Reply, Request};

/// Takes a request to a node and brings its reply back. A request that changes something is answered only once the
/// change is durable on this device.
pub trait Door: Send + Sync {
    /// Asks. Requests may be made at the same time from several tasks; each is answered by itself.
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Fault>>;
}

impl dyn Door + '_ {
    /// Asks, and takes the reply that belongs to this request.
    ///
    /// # Errors
    /// The node's fault, or one that says that the other side answered something else.
    pub async fn ask<A: Ask>(&self, ask: A) -> Result<A::Reply, Fault> {
        let reply = self.call(ask.into_request()).await?;
        A::from_reply(reply).ok_or_else(|| {
            Fault::new(Code::Failed, "the node answered another question; update Hedgerow and try again")
        })
    }
}
