//! Second devices that come and go, and keys that are retired.

use super::Story;
use crate::faults::Fault;
use crate::network::Who;
use hedgerow_sync::Command;

/// The most second devices in one story.
const MOST: usize = 4;

/// A device that somebody added to their first one.
pub(super) struct Second {
    pub(super) device: Who,
    /// Their first one.
    pub(super) of: Who,
    /// Whether it holds the recovery phrase.
    has_phrase: bool,
}

impl Story {
    /// Whose a device is, by their first one.
    pub(super) fn person(&self, device: Who) -> Who {
        self.seconds.iter().find(|second| second.device == device).map_or(device, |second| second.of)
    }

    /// Every device.
    pub(super) fn devices(&self) -> Vec<Who> {
        self.people.iter().copied().chain(self.seconds.iter().map(|second| second.device)).collect()
    }

    /// The device on which the founder acts: the first one, or the one that revoked it.
    pub(super) fn seat(&self) -> Who {
        let is_theirs = |device: &Who| self.person(*device) == self.founder && !self.revoked.contains(device);
        self.devices().into_iter().find(is_theirs).unwrap_or(self.founder)
    }

    /// Somebody adds another device to their first one, which looks for its notebooks everywhere, or waits to be shown them.
    pub(super) fn another_device(&mut self, who: Who) {
        let of = self.person(who);
        if self.seconds.len() >= MOST || !self.network.is_on(of) {
            return;
        }
        let name =
            format!("{}'s {}", self.network.name(of), ["phone", "tablet", "watch", "reader"][self.seconds.len()]);
        let Ok(device) = self.network.another_device(of, &name) else { return };
        self.network.faults.fired(Fault::Device);
        let has_phrase = self.network.below(2) == 0;
        if has_phrase {
            self.network.hold_phrase(device);
            self.network.cut_power(device);
            self.network.start(device);
        }
        self.seconds.push(Second { device, of, has_phrase });
        if self.network.below(2) == 0 {
            let _ = self.network.command(device, Command::Mend { seek: true });
        }
    }

    /// A second device is revoked by the first one, or resigns; or the first one is, by a second one with the phrase. One
    /// stays.
    pub(super) fn revoke_device(&mut self) {
        let places: Vec<usize> =
            (0..self.seconds.len()).filter(|at| !self.revoked.contains(&self.seconds[*at].device)).collect();
        let Some(at) = self.pick(&places) else { return };
        let Second { device, of, has_phrase } = self.seconds[at];
        if self.revoked.contains(&of) {
            return;
        }
        let (by, whom, fault) = match self.network.below(3) {
            0 => (device, device, Fault::Revocation),
            1 if has_phrase => (device, of, Fault::RevocationByPhrase),
            _ => (of, device, Fault::Revocation),
        };
        let knows = self.network.is_on(by) && self.network.knows(by, self.shared.notebook);
        if (knows || by != device) && self.network.is_on(by) && self.revoke(by, whom, fault) {
            self.revoked.insert(whom);
            self.tainted.insert(whom);
        }
    }

    pub(super) fn retire(&mut self, who: Who) {
        let _ = self.act(who, None, Command::Retire(self.shared.notebook), Fault::Retirement);
    }
}
