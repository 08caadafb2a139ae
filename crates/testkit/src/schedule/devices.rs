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
    is_revoked: bool,
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
        self.seconds.push(Second { device, of, is_revoked: false });
        if self.network.below(2) == 0 {
            let _ = self.network.command(device, Command::Mend { seek: true });
        }
    }

    /// A second device is revoked by the first one, or resigns.
    pub(super) fn revoke_device(&mut self) {
        let places: Vec<usize> = (0..self.seconds.len()).filter(|at| !self.seconds[*at].is_revoked).collect();
        let Some(at) = self.pick(&places) else { return };
        let Second { device, of, .. } = self.seconds[at];
        let by = if self.network.below(3) == 0 { device } else { of };
        if self.network.is_on(by) && self.revoke(by, device) {
            self.seconds[at].is_revoked = true;
            self.tainted.insert(device);
        }
    }

    pub(super) fn retire(&mut self, who: Who) {
        let _ = self.act(who, None, Command::Retire(self.shared.notebook), Fault::Retirement);
    }
}
