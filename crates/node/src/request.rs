//! What the handle puts to the loop: questions, and orders that change something.

use crate::fault::NodeFault;
use crate::mind::Mind;
use hedgerow_sync::{Asked, Command, Outcome};
use tokio::sync::oneshot;

/// One thing asked of the loop.
pub(crate) enum Request {
    /// Something to read.
    Ask(Box<dyn Question>),
    /// Something to do.
    Do(Asked, Box<dyn Order>),
    /// Nobody waits for this order any more.
    GiveUp(Asked),
    /// Save, say goodbye, and end.
    Close(oneshot::Sender<()>),
}

/// Something to read. The answer is kept back until everything it could rest on is durable, and is read anew when that
/// turned out not to be so.
pub(crate) trait Question: Send {
    /// Reads, and keeps the answer.
    fn ask(&mut self, mind: &mut Mind);
    /// Gives the answer to whoever asked.
    fn tell(self: Box<Self>);
}

/// A question that a closure answers.
pub(crate) struct Look<F, R> {
    pub(crate) look: F,
    pub(crate) answer: Option<R>,
    pub(crate) to: oneshot::Sender<R>,
}

impl<F, R> Question for Look<F, R>
where
    F: FnMut(&mut Mind) -> R + Send,
    R: Send,
{
    fn ask(&mut self, mind: &mut Mind) {
        self.answer = Some((self.look)(mind));
    }

    fn tell(self: Box<Self>) {
        if let Some(answer) = self.answer {
            // Nobody waits any more when this fails.
            let _ = self.to.send(answer);
        }
    }
}

/// Something to do: prepared, commanded and looked back on in one turn of the loop, answered when it is durable.
pub(crate) trait Order: Send {
    /// What to command; `None` when it has said why not.
    fn prepare(&mut self, mind: &mut Mind) -> Option<Command>;
    /// Looks at what the command made of things.
    fn after(&mut self, mind: &mut Mind);
    /// Gives the answer to whoever asked.
    fn answer(self: Box<Self>, outcome: Result<Outcome, NodeFault>);
}

/// How an order of closures ends: with the command's outcome and what was seen right after it.
pub(crate) type Ended<R> = Result<(Outcome, R), NodeFault>;

/// An order made of closures: one that gives the command, and one that looks back.
pub(crate) struct Doing<P, A, R> {
    pub(crate) prepare: Option<P>,
    pub(crate) after: Option<A>,
    pub(crate) seen: Option<R>,
    pub(crate) to: Option<oneshot::Sender<Ended<R>>>,
}

impl<P, A, R> Doing<P, A, R> {
    fn send(&mut self, ended: Ended<R>) {
        if let Some(to) = self.to.take() {
            // Nobody waits any more when this fails.
            let _ = to.send(ended);
        }
    }
}

impl<P, A, R> Order for Doing<P, A, R>
where
    P: FnOnce(&mut Mind) -> Result<(Command, A), NodeFault> + Send,
    A: FnOnce(&mut Mind) -> R + Send,
    R: Send,
{
    fn prepare(&mut self, mind: &mut Mind) -> Option<Command> {
        match (self.prepare.take()?)(mind) {
            Ok((command, after)) => {
                self.after = Some(after);
                Some(command)
            }
            Err(fault) => {
                self.send(Err(fault));
                None
            }
        }
    }

    fn after(&mut self, mind: &mut Mind) {
        self.seen = self.after.take().map(|after| after(mind));
    }

    fn answer(mut self: Box<Self>, outcome: Result<Outcome, NodeFault>) {
        let ended = match (outcome, self.seen.take()) {
            (Ok(outcome), Some(seen)) => Ok((outcome, seen)),
            (Ok(_), None) => Err(NodeFault::Stopped),
            (Err(fault), _) => Err(fault),
        };
        self.send(ended);
    }
}
