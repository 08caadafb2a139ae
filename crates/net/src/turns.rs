//! Whose message is read next: everybody has their turn, however much one of them says.

use hedgerow_model::DeviceId;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::event::{Delivery, NetEvent};
use crate::limits::TURNS;

/// What waits to be read, in a line of its own for each device.
#[derive(Default)]
pub(crate) struct Turns {
    lines: BTreeMap<DeviceId, Line>,
    /// Devices that have something to say, by turn: those we want, and all others.
    wanted: VecDeque<DeviceId>,
    others: VecDeque<DeviceId>,
    /// What belongs to no device.
    plain: VecDeque<NetEvent>,
    others_next: bool,
    length: usize,
}

/// Something to be read.
pub(crate) enum Turn {
    /// Of a device that we want, or of none.
    Wanted(Delivery),
    /// Of any other.
    Other(Delivery),
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Delivery>,
    wanted: Arc<AtomicBool>,
}

impl Turns {
    /// Whether more may wait here.
    pub(crate) fn has_room(&self) -> bool {
        self.length < TURNS
    }

    /// Takes something in, behind all else of its device.
    pub(crate) fn put(&mut self, delivery: Delivery) {
        self.length += 1;
        let device = match &delivery {
            Delivery::Plain(event) => return self.plain.push_back(event.clone()),
            Delivery::Begin { device, .. } | Delivery::End { device } => *device,
            Delivery::Message { from, .. } => *from,
        };
        let line = self.lines.entry(device).or_default();
        if let Delivery::Begin { wanted, .. } = &delivery {
            line.wanted = Arc::clone(wanted);
        }
        line.waiting.push_back(delivery);
        if line.waiting.len() == 1 {
            self.queue(device);
        }
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The next: a device that we want and one that we do not take turns, and so do those of either kind.
    pub(crate) fn next(&mut self) -> Option<Turn> {
        let first = if self.others_next && self.plain.is_empty() { self.next_of_others() } else { None };
        first.or_else(|| self.next_of_wanted()).or_else(|| self.next_of_others())
    }

    /// The next that is not of a device which we do not want.
    pub(crate) fn next_of_wanted(&mut self) -> Option<Turn> {
        if let Some(event) = self.plain.pop_front() {
            self.length -= 1;
            return Some(Turn::Wanted(Delivery::Plain(event)));
        }
        let device = self.wanted.pop_front()?;
        self.others_next = true;
        self.next_of(device).map(Turn::Wanted)
    }

    fn next_of_others(&mut self) -> Option<Turn> {
        let device = self.others.pop_front()?;
        self.others_next = false;
        self.next_of(device).map(Turn::Other)
    }

    fn next_of(&mut self, device: DeviceId) -> Option<Delivery> {
        let line = self.lines.get_mut(&device)?;
        let delivery = line.waiting.pop_front()?;
        self.length -= 1;
        let (empty, ended) = (line.waiting.is_empty(), matches!(delivery, Delivery::End { .. }));
        if !empty {
            self.queue(device);
        } else if ended {
            self.lines.remove(&device);
        }
        Some(delivery)
    }

    fn queue(&mut self, device: DeviceId) {
        let wanted = self.lines.get(&device).is_some_and(|line| line.wanted.load(Ordering::Relaxed));
        if wanted { self.wanted.push_back(device) } else { self.others.push_back(device) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(n: u8) -> DeviceId {
        DeviceId::from_bytes([n; 32])
    }

    fn begin(n: u8, wanted: bool) -> Delivery {
        let (outbox, wanted) = (Arc::default(), Arc::new(AtomicBool::new(wanted)));
        Delivery::Begin { device: device(n), address: String::new(), outbox, wanted }
    }

    fn message(n: u8) -> Delivery {
        Delivery::Message { from: device(n), bytes: Vec::new(), room: Vec::new() }
    }

    /// Who has their turn, one after the other; 0 where it is nobody's.
    fn order(turns: &mut Turns) -> Vec<u8> {
        std::iter::from_fn(|| turns.next())
            .map(|(Turn::Wanted(delivery) | Turn::Other(delivery))| match delivery {
                Delivery::Begin { device, .. } | Delivery::End { device } => device.as_bytes()[0],
                Delivery::Message { from, .. } => from.as_bytes()[0],
                Delivery::Plain(_) => 0,
            })
            .collect()
    }

    #[test]
    fn whoever_says_much_waits_for_those_who_say_little() {
        let mut turns = Turns::default();
        turns.put(begin(1, false));
        for _ in 0..4 {
            turns.put(message(1));
        }
        turns.put(begin(2, false));
        turns.put(message(2));
        assert_eq!(order(&mut turns), [1, 2, 1, 2, 1, 1, 1]);
        assert_eq!(turns.length, 0);
    }

    #[test]
    fn friends_do_not_stand_in_line_behind_a_crowd_of_strangers() {
        let mut turns = Turns::default();
        for n in 2..9 {
            turns.put(begin(n, false));
        }
        turns.put(begin(1, true));
        turns.put(message(1));
        turns.put(message(1));
        assert_eq!(order(&mut turns), [1, 2, 1, 3, 1, 4, 5, 6, 7, 8], "and strangers do not starve");
    }

    #[test]
    fn while_strangers_rest_friends_are_read() {
        let mut turns = Turns::default();
        turns.put(begin(2, false));
        turns.put(begin(1, true));
        turns.put(message(1));
        let wanted = std::iter::from_fn(|| turns.next_of_wanted()).count();
        assert_eq!((wanted, turns.is_empty()), (2, false));
        assert_eq!(order(&mut turns), [2]);
    }

    #[test]
    fn a_device_that_is_gone_leaves_no_line_behind() {
        let mut turns = Turns::default();
        turns.put(begin(1, false));
        turns.put(message(1));
        turns.put(Delivery::End { device: device(1) });
        turns.put(begin(1, true));
        assert_eq!(order(&mut turns), [1, 1, 1, 1]);
        turns.put(Delivery::End { device: device(1) });
        assert_eq!(order(&mut turns), [1]);
        assert!(turns.lines.is_empty());
    }
}
