//! What the network tells, and how it is handed over.

use hedgerow_model::DeviceId;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, sleep_until};

use crate::outbox::{Outbox, Sessions};
use crate::pace::Pace;
use crate::turns::{Turn, Turns};

/// One thing that happened. Of each device, [`NetEvent::Connected`] and [`NetEvent::Disconnected`] alternate strictly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NetEvent {
    /// Others can reach us here, for as long as this machine has the address.
    Listening {
        /// With our own `/p2p/` at its end.
        address: String,
    },
    /// Nobody can reach us there any more, or ever.
    ListenFailed {
        /// As it was asked for.
        address: String,
        /// What went wrong, and what to do.
        why: String,
    },
    /// Messages can go to and fro from now on.
    Connected {
        /// The proven key of the other side.
        device: DeviceId,
        /// Where it is.
        address: String,
    },
    /// Messages can no longer; those that were queued are lost.
    Disconnected {
        /// Who is gone.
        device: DeviceId,
    },
    /// A message, whole; only between `Connected` and `Disconnected` of its device.
    Message {
        /// Who sent it.
        from: DeviceId,
        /// At most [`crate::MOST`] of them.
        bytes: Vec<u8>,
    },
    /// A device announced itself on the LAN. It is dialled without being asked.
    Discovered {
        /// Who it says it is; proven only by `Connected`.
        device: DeviceId,
        /// Where.
        addresses: Vec<String>,
    },
    /// A device could not be reached; it is tried again. Told the first time, and when the reason changes.
    DialFailed {
        /// Who was expected there, if anybody in particular.
        device: Option<DeviceId>,
        /// The first address that was tried.
        address: String,
        /// Why not.
        why: String,
    },
    /// There is room again, after a message was refused with [`crate::NotSent::Backpressure`].
    Drained {
        /// For whom.
        to: DeviceId,
    },
}

/// An event on its way, with what is done when it is taken.
pub(crate) enum Delivery {
    /// Nothing more.
    Plain(NetEvent),
    /// From here on `send` reaches this session.
    Begin { device: DeviceId, address: String, outbox: Arc<Outbox>, wanted: Arc<AtomicBool> },
    /// From here on `send` reaches nobody.
    End { device: DeviceId },
    /// The room that the message took is free again.
    Message { from: DeviceId, bytes: Vec<u8>, room: Vec<OwnedSemaphorePermit> },
}

/// The events: those of one device in their order, and the devices by turns; whoever we do not want has a quarter of the
/// reader's time. Taking one gives its memory back to the budget of what may lie unread, and makes [`crate::Net::send`]
/// speak of the same sessions that the reader has heard of.
pub struct NetEvents {
    deliveries: mpsc::Receiver<Delivery>,
    turns: Turns,
    pace: Pace,
    /// Nothing more is delivered: what is left is read without a pause.
    over: bool,
    sessions: Arc<Sessions>,
}

impl NetEvents {
    pub(crate) fn new(deliveries: mpsc::Receiver<Delivery>, sessions: Arc<Sessions>) -> Self {
        NetEvents { deliveries, turns: Turns::default(), pace: Pace::default(), over: false, sessions }
    }

    /// The next event; `None` when the network has been shut down. Nothing is lost when the wait is cancelled.
    pub async fn recv(&mut self) -> Option<NetEvent> {
        loop {
            if let Some(event) = self.try_recv() {
                return Some(event);
            }
            // With nothing that waits, there is nobody to rest.
            let rest = self.pace.rest(Instant::now()).filter(|_| !self.turns.is_empty());
            tokio::select! {
                delivery = self.deliveries.recv(), if self.turns.has_room() => match delivery {
                    Some(delivery) => self.turns.put(delivery),
                    None if self.turns.is_empty() => return None,
                    None => self.over = true,
                },
                () = sleep_until(rest.unwrap_or_else(Instant::now)), if rest.is_some() => {}
                // Full, and the rest has just ended.
                else => {}
            }
        }
    }

    /// The next event, if it is there already.
    pub fn try_recv(&mut self) -> Option<NetEvent> {
        let now = Instant::now();
        self.pace.back(now);
        while self.turns.has_room()
            && let Ok(delivery) = self.deliveries.try_recv()
        {
            self.turns.put(delivery);
        }
        let rests = !self.over && self.pace.rest(now).is_some();
        let delivery = match if rests { self.turns.next_of_wanted() } else { self.turns.next() }? {
            Turn::Wanted(delivery) => delivery,
            Turn::Other(delivery) => {
                self.pace.give(now);
                delivery
            }
        };
        Some(self.take(delivery))
    }

    fn take(&mut self, delivery: Delivery) -> NetEvent {
        match delivery {
            Delivery::Plain(event) => event,
            Delivery::Begin { device, address, outbox, .. } => {
                self.sessions.begin(device, outbox);
                NetEvent::Connected { device, address }
            }
            Delivery::End { device } => {
                self.sessions.end(device);
                NetEvent::Disconnected { device }
            }
            Delivery::Message { from, bytes, room } => {
                drop(room);
                NetEvent::Message { from, bytes }
            }
        }
    }
}

impl std::fmt::Debug for NetEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NetEvents").finish_non_exhaustive()
    }
}
