//! What waits to be written to one device, bounded by bytes.

use hedgerow_model::DeviceId;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

use crate::NotSent;
use crate::limits::{MOST, OUTBOX, OUTBOX_LOW};

/// One session's queue of messages. Messages count until they are written.
#[derive(Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Somebody was refused and is owed word of room.
    refused: bool,
    /// Nothing more is taken; what waits is still handed out.
    finished: bool,
}

impl Outbox {
    /// Puts `message` at the end.
    pub(crate) fn push(&self, to: DeviceId, message: Vec<u8>) -> Result<(), NotSent> {
        if message.len() > MOST {
            return Err(NotSent::TooLong { length: message.len() });
        }
        let mut state = self.state();
        if state.finished {
            return Err(NotSent::NotConnected { to });
        }
        if state.bytes > 0 && state.bytes + message.len() > OUTBOX {
            state.refused = true;
            return Err(NotSent::Backpressure { to, queued: state.bytes });
        }
        state.bytes += message.len();
        state.waiting.push_back(message);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// The message that is next; waits for one. `None` when it is finished and empty.
    pub(crate) async fn next(&self) -> Option<Vec<u8>> {
        loop {
            {
                let mut state = self.state();
                if let Some(message) = state.waiting.pop_front() {
                    return Some(message);
                }
                if state.finished {
                    return None;
                }
            }
            self.changed.notified().await;
        }
    }

    /// The message that is next, if it is there already and no longer than `room`.
    pub(crate) fn next_within(&self, room: usize) -> Option<Vec<u8>> {
        let mut state = self.state();
        if state.waiting.front()?.len() > room {
            return None;
        }
        state.waiting.pop_front()
    }

    /// Whether nothing waits to be handed out.
    pub(crate) fn is_empty(&self) -> bool {
        self.state().waiting.is_empty()
    }

    /// `length` bytes of messages have been written. True when somebody who was refused should now hear of room.
    pub(crate) fn written(&self, length: usize) -> bool {
        let mut state = self.state();
        state.bytes = state.bytes.saturating_sub(length);
        state.bytes <= OUTBOX_LOW && std::mem::take(&mut state.refused)
    }

    /// Takes nothing more; what waits is still handed out.
    pub(crate) fn finish(&self) {
        self.state().finished = true;
        self.changed.notify_one();
    }

    /// Takes nothing more and lets go of what waits.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.finished = true;
        state.waiting = VecDeque::new();
        drop(state);
        self.changed.notify_one();
    }

    /// A panic between lock and unlock is impossible above; a poisoned lock is taken as it is.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sessions that whoever reads our events knows of.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<DeviceId, Arc<Outbox>>>);

impl Sessions {
    pub(crate) fn begin(&self, device: DeviceId, outbox: Arc<Outbox>) {
        self.lock().insert(device, outbox);
    }

    pub(crate) fn end(&self, device: DeviceId) {
        self.lock().remove(&device);
    }

    pub(crate) fn devices(&self) -> Vec<DeviceId> {
        self.lock().keys().copied().collect()
    }

    pub(crate) fn send(&self, to: DeviceId, message: Vec<u8>) -> Result<(), NotSent> {
        let outbox = self.lock().get(&to).cloned();
        outbox.ok_or(NotSent::NotConnected { to })?.push(to, message)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<DeviceId, Arc<Outbox>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BO: DeviceId = DeviceId::from_bytes([2; 32]);

    #[tokio::test]
    async fn what_waits_for_bo_is_bounded_by_bytes_and_room_is_told_once() {
        let outbox = Outbox::default();
        outbox.push(BO, vec![1; MOST]).expect("room for one of the longest");
        let refused = outbox.push(BO, vec![2; MOST]).expect_err("two of them are more than the bound");
        assert!(matches!(refused, NotSent::Backpressure { queued: MOST, .. }), "{refused}");
        outbox.push(BO, vec![3; 10]).expect("a small one still fits");

        let first = outbox.next().await.expect("the first").len();
        assert!(outbox.push(BO, vec![2; MOST]).is_err(), "what is being written counts until it is written");
        assert!(outbox.written(first), "room is told");
        assert!(!outbox.written(10), "and told once");
    }

    #[tokio::test]
    async fn a_finished_outbox_hands_out_what_waits_and_takes_nothing_more() {
        let outbox = Outbox::default();
        outbox.push(BO, vec![1]).expect("room");
        outbox.finish();
        assert!(matches!(outbox.push(BO, vec![2]), Err(NotSent::NotConnected { .. })));
        assert_eq!((outbox.next().await, outbox.next().await), (Some(vec![1]), None));
    }

    #[test]
    fn a_message_that_nobody_could_read_is_refused_at_once() {
        let refused = Outbox::default().push(BO, vec![0; MOST + 1]).expect_err("too long");
        assert!(matches!(refused, NotSent::TooLong { length } if length == MOST + 1));
    }
}
