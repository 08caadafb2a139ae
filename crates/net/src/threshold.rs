//! Where connections that others begin are set up: on a thread of its own. To prove who somebody is takes more work than
//! anything else that a stranger may ask for, and those who are in must not wait behind a crowd that comes.

use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::{Boxed, DialOpts, ListenerId, TransportError, TransportEvent};
use libp2p::{Multiaddr, PeerId, Transport};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::NetFault;

type Made = (PeerId, StreamMuxerBox);
type SettingUp = Pin<Box<dyn Future<Output = io::Result<Made>> + Send>>;
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A transport whose incoming connections are set up elsewhere, one step of each by turns.
pub(crate) struct Threshold {
    within: Boxed<Made>,
    work: mpsc::UnboundedSender<Work>,
    callers: Callers,
}

impl Threshold {
    /// Before `within`. Its thread ends when it is dropped.
    pub(crate) fn before(within: Boxed<Made>, callers: Callers) -> Result<Threshold, NetFault> {
        let (work, mut given) = mpsc::unbounded_channel::<Work>();
        let setup = |error: io::Error| NetFault::Setup(error.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(setup)?;
        let carry_out = async move {
            while let Some(work) = given.recv().await {
                tokio::spawn(work);
            }
        };
        let thread = std::thread::Builder::new().name("hedgerow-door".to_owned());
        thread.spawn(move || runtime.block_on(carry_out)).map_err(setup)?;
        Ok(Threshold { within, work, callers })
    }
}

/// Hands the work over once it is asked for: until then the connection may still be refused.
async fn set_up(up: SettingUp, work: mpsc::UnboundedSender<Work>, place: Place) -> io::Result<Made> {
    let (mut done, made) = oneshot::channel();
    let sent_away = place.sent_away.clone();
    let handed_over = work.send(Box::pin(async move {
        let outcome = tokio::select! {
            outcome = up => outcome,
            () = sent_away.cancelled() => Err(io::Error::other("it took long, and others came")),
            // Whoever asked for it has given up.
            () = done.closed() => return,
        };
        let _ = done.send(outcome);
    }));
    let stopped = || io::Error::other("the network has stopped");
    handed_over.map_err(|_| stopped())?;
    made.await.map_err(|_| stopped())?
}

impl Transport for Threshold {
    type Output = Made;
    type Error = io::Error;
    type ListenerUpgrade = SettingUp;
    type Dial = <Boxed<Made> as Transport>::Dial;

    fn listen_on(&mut self, id: ListenerId, address: Multiaddr) -> Result<(), TransportError<io::Error>> {
        self.within.listen_on(id, address)
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        self.within.remove_listener(id)
    }

    fn dial(&mut self, address: Multiaddr, options: DialOpts) -> Result<Self::Dial, TransportError<io::Error>> {
        self.within.dial(address, options)
    }

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<TransportEvent<Self::ListenerUpgrade, Self::Error>> {
        let event = match Pin::new(&mut self.within).poll(cx) {
            Poll::Ready(event) => event,
            Poll::Pending => return Poll::Pending,
        };
        let TransportEvent::Incoming { listener_id, upgrade, local_addr, send_back_addr } = event else {
            return Poll::Ready(event);
        };
        let place = self.callers.comes(&send_back_addr);
        let upgrade: SettingUp = Box::pin(set_up(upgrade, self.work.clone(), place));
        Poll::Ready(TransportEvent::Incoming { listener_id, upgrade, local_addr, send_back_addr })
    }
}

/// Those whose connections are being set up, by where they are seen. (Over QUIC there may be several from one port.)
#[derive(Clone, Default)]
pub(crate) struct Callers(Arc<Mutex<HashMap<Multiaddr, VecDeque<CancellationToken>>>>);

/// One of them, for as long as it lasts.
struct Place {
    callers: Callers,
    from: Multiaddr,
    sent_away: CancellationToken,
}

impl Callers {
    fn comes(&self, from: &Multiaddr) -> Place {
        let place = Place { callers: self.clone(), from: from.clone(), sent_away: CancellationToken::new() };
        self.lock().entry(from.clone()).or_default().push_back(place.sent_away.clone());
        place
    }

    /// Ends the setting up of the first connection from there that is not at its end already.
    pub(crate) fn send_away(&self, from: &Multiaddr) {
        let callers = self.lock();
        let first = callers.get(from).and_then(|all| all.iter().find(|caller| !caller.is_cancelled()));
        if let Some(first) = first {
            first.cancel();
        }
    }

    /// Nothing panics while it is held; a poisoned lock is taken as it is.
    fn lock(&self) -> MutexGuard<'_, HashMap<Multiaddr, VecDeque<CancellationToken>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut callers = self.callers.lock();
        // Marked by cancelling it, so that it is found among others from the same place.
        self.sent_away.cancel();
        if let Some(all) = callers.get_mut(&self.from) {
            all.retain(|caller| !caller.is_cancelled());
            if all.is_empty() {
                callers.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_sent_away_is_the_first_from_there_and_nobody_is_remembered() {
        let (callers, from) = (Callers::default(), "/ip4/192.0.2.7/udp/4001/quic-v1".parse().expect("an address"));
        let (first, second) = (callers.comes(&from), callers.comes(&from));
        callers.send_away(&from);
        assert_eq!((first.sent_away.is_cancelled(), second.sent_away.is_cancelled()), (true, false));
        callers.send_away(&from);
        assert!(second.sent_away.is_cancelled());
        drop((first, second));
        assert!(callers.lock().is_empty());
        callers.send_away(&from);
    }
}
