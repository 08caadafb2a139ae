//! Whom to dial, where, and when next. Pure: told the time and handed its chance.

use hedgerow_model::DeviceId;
use libp2p::Multiaddr;
use rand_core::Rng;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::limits::{ADDRESSES, DIALS, FOUND, FOUND_LIFE, RETRY_FIRST, RETRY_LONGEST};

/// Somebody to reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// This device, wherever it is.
    Device(DeviceId),
    /// Whoever is there.
    Place(Multiaddr),
}

/// How an address came to us; the higher, the more we hold on to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    /// Announced on the LAN.
    Found,
    /// We reached the device there.
    Worked,
    /// Told by whoever uses this room.
    Told,
}

struct Entry {
    addresses: Vec<(Multiaddr, Source)>,
    /// Somebody asked for it; it is tried for ever.
    wanted: bool,
    /// Who was there last.
    here: Option<DeviceId>,
    pause: Pause,
    due: Instant,
    /// Dials under way.
    dialling: usize,
    /// Something changed since the last dial began: another may be made beside it.
    changed: bool,
    /// The last failure that was told.
    told: Option<String>,
    /// When it was last reached, or first heard of.
    reached: Instant,
}

/// A pause that doubles from half a second to five, shortened by up to a quarter so that two sides do not keep step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pause(Duration);

impl Default for Pause {
    fn default() -> Self {
        Pause(RETRY_FIRST)
    }
}

impl Pause {
    /// This pause; the next is longer.
    pub(crate) fn next(&mut self, chance: &mut impl Rng) -> Duration {
        let full = self.0;
        self.0 = (full * 2).min(RETRY_LONGEST);
        full - full / 4 * (chance.next_u32() >> 16) / (1 << 16)
    }
}

/// A dial to make.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dial {
    pub(crate) target: Target,
    pub(crate) addresses: Vec<Multiaddr>,
}

/// Everybody whom we may dial.
#[derive(Default)]
pub(crate) struct Book {
    entries: BTreeMap<Target, Entry>,
}

impl Book {
    /// `device` is wanted, and may be at these addresses too; it is tried at once.
    pub(crate) fn want(&mut self, device: DeviceId, addresses: impl IntoIterator<Item = Multiaddr>, now: Instant) {
        let entry = self.entry(Target::Device(device), now);
        entry.wanted = true;
        for address in addresses {
            entry.learn(address, Source::Told);
        }
        entry.hurry(now);
        entry.told = None;
    }

    /// Whoever is at `address` is wanted; tried at once.
    pub(crate) fn want_place(&mut self, address: Multiaddr, now: Instant) {
        let entry = self.entry(Target::Place(address.clone()), now);
        entry.wanted = true;
        entry.learn(address, Source::Told);
        entry.hurry(now);
        entry.told = None;
    }

    /// `device` announced itself at `address`; tried at once. False when there is no room for more of those that
    /// nobody asked for.
    pub(crate) fn found(&mut self, device: DeviceId, address: Multiaddr, now: Instant) -> bool {
        let target = Target::Device(device);
        if !self.entries.contains_key(&target) && self.entries.values().filter(|entry| !entry.wanted).count() >= FOUND {
            return false;
        }
        let entry = self.entry(target, now);
        entry.changed |= !entry.addresses.iter().any(|(known, _)| *known == address);
        entry.learn(address, Source::Found);
        entry.hurry(now);
        true
    }

    /// `device` no longer announces itself at `address`.
    pub(crate) fn faded(&mut self, device: DeviceId, address: &Multiaddr) {
        let target = Target::Device(device);
        if let Some(entry) = self.entries.get_mut(&target) {
            entry.addresses.retain(|(known, source)| known != address || *source != Source::Found);
            if !entry.wanted && entry.addresses.is_empty() {
                self.entries.remove(&target);
            }
        }
    }

    /// `device` is no longer dialled, wherever it was met.
    pub(crate) fn forget(&mut self, device: DeviceId) {
        self.entries.retain(|target, entry| *target != Target::Device(device) && entry.here != Some(device));
    }

    /// Whether somebody asked for `device`.
    pub(crate) fn wants(&self, device: DeviceId) -> bool {
        self.entries.get(&Target::Device(device)).is_some_and(|entry| entry.wanted)
            || self.entries.values().any(|entry| entry.wanted && entry.here == Some(device))
    }

    /// What to dial now. Those that `connected` says are reached are passed over.
    pub(crate) fn due(&mut self, now: Instant, connected: impl Fn(DeviceId) -> bool) -> Vec<Dial> {
        self.entries.retain(|target, entry| {
            let kept = entry.wanted || entry.dialling > 0 || now.duration_since(entry.reached) < FOUND_LIFE;
            kept || matches!(target, Target::Device(device) if connected(*device))
        });
        let free = DIALS.saturating_sub(self.under_way());
        let mut ripe: Vec<(Instant, Target)> = self
            .entries
            .iter()
            .filter(|(target, entry)| entry.due <= now && entry.is_open(target, &connected))
            .map(|(target, entry)| (entry.due, target.clone()))
            .collect();
        ripe.sort();
        let mut dials = Vec::new();
        for (_, target) in ripe.into_iter().take(free) {
            let Some(entry) = self.entries.get_mut(&target) else { continue };
            entry.dialling += 1;
            entry.changed = false;
            let addresses = entry.addresses.iter().map(|(address, _)| address.clone()).collect();
            dials.push(Dial { target, addresses });
        }
        dials
    }

    /// When something will be due next; `None` when nothing waits for its time, or too much is under way.
    pub(crate) fn next_due(&self, connected: impl Fn(DeviceId) -> bool) -> Option<Instant> {
        if self.under_way() >= DIALS {
            return None;
        }
        let open = self.entries.iter().filter(|(target, entry)| entry.is_open(target, &connected));
        open.map(|(_, entry)| entry.due).min()
    }

    /// A dial succeeded: `device` is there.
    pub(crate) fn reached(&mut self, target: &Target, device: DeviceId, address: Option<Multiaddr>, now: Instant) {
        if let Some(entry) = self.entries.get_mut(target) {
            entry.dialling = entry.dialling.saturating_sub(1);
            entry.here = Some(device);
            entry.pause = Pause::default();
            entry.told = None;
            entry.reached = now;
            if let (Target::Device(_), Some(address)) = (target, address) {
                entry.learn(address, Source::Worked);
            }
        }
    }

    /// A dial failed; it is tried again after a pause. True when this is worth telling.
    pub(crate) fn failed(&mut self, target: &Target, why: &str, now: Instant, chance: &mut impl Rng) -> bool {
        let Some(entry) = self.entries.get_mut(target) else { return false };
        entry.dialling = entry.dialling.saturating_sub(1);
        if entry.dialling > 0 {
            return false; // the other one will tell
        }
        entry.due = now + entry.pause.next(chance);
        let news = entry.told.as_deref() != Some(why);
        entry.told = Some(why.to_owned());
        news && entry.wanted
    }

    /// What was dialled turned out to be this device itself: there is no point in trying again.
    pub(crate) fn strike(&mut self, target: &Target) {
        self.entries.remove(target);
    }

    /// `device` is connected no more: tried again after the first pause.
    pub(crate) fn lost(&mut self, device: DeviceId, now: Instant, chance: &mut impl Rng) {
        for (target, entry) in &mut self.entries {
            if *target == Target::Device(device) || entry.here == Some(device) {
                entry.pause = Pause::default();
                entry.due = now + entry.pause.next(chance);
                entry.reached = now;
            }
        }
    }

    /// Everybody is worth another try at once.
    pub(crate) fn hurry(&mut self, now: Instant) {
        for entry in self.entries.values_mut() {
            entry.hurry(now);
        }
    }

    /// We have a new address: everybody is worth another try at once, also where a dial over the old ones is still
    /// waiting for its answer.
    pub(crate) fn hurry_anew(&mut self, now: Instant) {
        for entry in self.entries.values_mut() {
            entry.hurry(now);
            entry.changed = true;
        }
    }

    fn under_way(&self) -> usize {
        self.entries.values().map(|entry| entry.dialling).sum()
    }

    fn entry(&mut self, target: Target, now: Instant) -> &mut Entry {
        self.entries.entry(target).or_insert_with(|| Entry {
            addresses: Vec::new(),
            wanted: false,
            here: None,
            pause: Pause::default(),
            due: now,
            dialling: 0,
            changed: false,
            told: None,
            reached: now,
        })
    }
}

impl Entry {
    fn hurry(&mut self, now: Instant) {
        self.pause = Pause::default();
        self.due = now;
    }

    /// Whether it could be dialled, once it is due.
    fn is_open(&self, target: &Target, connected: &impl Fn(DeviceId) -> bool) -> bool {
        let there = match target {
            Target::Device(device) => Some(*device),
            Target::Place(_) => self.here,
        };
        let free = self.dialling == 0 || (self.changed && self.dialling == 1);
        free && !self.addresses.is_empty() && !there.is_some_and(connected)
    }

    /// Adds an address; when there are too many, the oldest of the least worth goes.
    fn learn(&mut self, address: Multiaddr, source: Source) {
        let before = self.addresses.iter().position(|(known, _)| *known == address);
        let source = before.map_or(source, |at| self.addresses.remove(at).1.max(source));
        self.addresses.push((address, source));
        if self.addresses.len() > ADDRESSES
            && let Some(least) = (0..self.addresses.len()).min_by_key(|at| (self.addresses[*at].1, *at))
        {
            self.addresses.remove(least);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng;

    const BO: DeviceId = DeviceId::from_bytes([2; 32]);

    fn at(port: u16) -> Multiaddr {
        format!("/ip4/192.0.2.7/tcp/{port}").parse().expect("an address")
    }

    fn chance() -> ChaCha8Rng {
        ChaCha8Rng::from_seed([1; 32])
    }

    fn nobody(_: DeviceId) -> bool {
        false
    }

    #[test]
    fn bo_is_tried_for_ever_at_pauses_from_half_a_second_to_five() {
        let (mut book, mut chance, start) = (Book::default(), chance(), Instant::now());
        book.want(BO, [at(1)], start);
        let (mut now, mut pauses) = (start, Vec::new());
        for _ in 0..500 {
            assert_eq!(book.due(now, nobody).len(), 1, "due at its time");
            assert!(book.due(now, nobody).is_empty(), "one dial at a time");
            book.failed(&Target::Device(BO), "no answer", now, &mut chance);
            let next = book.next_due(nobody).expect("always another try");
            pauses.push((next - now).as_secs_f64());
            now = next;
        }
        assert!((0.375..=0.5).contains(&pauses[0]), "{}", pauses[0]);
        assert!((0.75..=1.0).contains(&pauses[1]), "{}", pauses[1]);
        assert!(pauses[4..].iter().all(|pause| (3.75..=5.0).contains(pause)), "{pauses:?}");
        assert!(pauses[4..].iter().any(|pause| *pause != pauses[4]), "with jitter");
    }

    #[test]
    fn a_failure_is_told_once_until_its_reason_changes() {
        let (mut book, mut chance, now) = (Book::default(), chance(), Instant::now());
        book.want(BO, [at(1)], now);
        let mut fail = |book: &mut Book, why| book.failed(&Target::Device(BO), why, now, &mut chance);
        assert!(fail(&mut book, "no answer"));
        assert!(!fail(&mut book, "no answer"));
        assert!(fail(&mut book, "refused"));
        book.want(BO, [at(1)], now);
        assert!(fail(&mut book, "refused"), "whoever asks again is told again");
    }

    #[test]
    fn when_our_addresses_change_everybody_is_tried_at_once() {
        let (mut book, mut chance, start) = (Book::default(), chance(), Instant::now());
        book.want(BO, [at(1)], start);
        for _ in 0..10 {
            book.due(start, nobody);
            book.failed(&Target::Device(BO), "no answer", start, &mut chance);
        }
        assert!(book.due(start, nobody).is_empty());
        book.hurry(start);
        assert_eq!(book.due(start, nobody).len(), 1);
        book.hurry(start);
        assert!(book.due(start, nobody).is_empty());
        book.hurry_anew(start);
        assert_eq!(book.due(start, nobody).len(), 1, "also beside one that waits for its answer");
        book.hurry_anew(start);
        assert!(book.due(start, nobody).is_empty(), "but no more than that");
        assert!(!book.failed(&Target::Device(BO), "other", start, &mut chance), "the first to fail says nothing");
        assert!(book.failed(&Target::Device(BO), "other", start, &mut chance));
    }

    #[test]
    fn a_connected_device_is_left_alone_and_tried_again_when_lost() {
        let (mut book, mut chance, start) = (Book::default(), chance(), Instant::now());
        book.want_place(at(1), start);
        assert_eq!(book.due(start, nobody), [Dial { target: Target::Place(at(1)), addresses: vec![at(1)] }]);
        book.reached(&Target::Place(at(1)), BO, Some(at(1)), start);
        assert!(book.wants(BO), "whoever is at a place we want is wanted");
        let hour = start + Duration::from_secs(3600);
        assert!(book.due(hour, |device| device == BO).is_empty());
        book.lost(BO, hour, &mut chance);
        assert!(book.due(hour, nobody).is_empty(), "not in the same instant");
        assert_eq!(book.due(hour + RETRY_FIRST, nobody).len(), 1);
    }

    #[test]
    fn a_flood_of_announcements_is_bounded_and_fades() {
        let (mut book, start) = (Book::default(), Instant::now());
        let device = |n: usize| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
            DeviceId::from_bytes(bytes)
        };
        let kept = (0..10_000).filter(|n| book.found(device(*n), at(1), start)).count();
        assert_eq!(kept, FOUND);
        assert_eq!(book.due(start, nobody).len(), DIALS, "not all at once");
        book.want(BO, [], start);
        assert!(book.found(BO, at(9), start), "who is wanted is found in any crowd");
        for n in 0..10_000 {
            book.faded(device(n), &at(1));
        }
        assert_eq!(book.entries.len(), 1);
        for port in 0..100 {
            book.found(BO, at(port), start);
        }
        assert_eq!(book.entries[&Target::Device(BO)].addresses.len(), ADDRESSES);
    }

    #[test]
    fn what_was_told_and_what_worked_outlives_what_was_announced() {
        let (mut book, start) = (Book::default(), Instant::now());
        book.want(BO, [at(1)], start);
        book.reached(&Target::Device(BO), BO, Some(at(2)), start);
        for port in 10..100 {
            book.found(BO, at(port), start);
        }
        let addresses = &book.entries[&Target::Device(BO)].addresses;
        assert!([at(1), at(2)].iter().all(|kept| addresses.iter().any(|(address, _)| address == kept)));
    }

    #[test]
    fn those_nobody_asked_for_are_forgotten_after_an_hour_without_them() {
        let (mut book, start) = (Book::default(), Instant::now());
        book.found(BO, at(1), start);
        book.due(start, nobody);
        book.reached(&Target::Device(BO), BO, Some(at(1)), start);
        let later = start + FOUND_LIFE;
        book.due(later, |device| device == BO);
        assert_eq!(book.entries.len(), 1, "kept while connected");
        book.lost(BO, later, &mut chance());
        assert_eq!(book.due(later + RETRY_LONGEST, nobody).len(), 1);
        book.failed(&Target::Device(BO), "no answer", later, &mut chance());
        book.due(later + FOUND_LIFE, nobody);
        assert!(book.entries.is_empty());
    }
}
