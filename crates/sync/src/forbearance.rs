//! How much is borne of a peer that brings what has to be refused.

use crate::session::CALM;
use crate::waiting::Refusals;
use hedgerow_model::{DeviceId, Moment};
use std::collections::BTreeMap;

/// What each peer brought lately. It outlives their sessions, so that nobody begins anew by connecting again.
#[derive(Debug, Default)]
pub(crate) struct Forbearance(BTreeMap<DeviceId, (Moment, usize)>);

impl Forbearance {
    /// The most refused records that one peer may bring within a minute: half of what a notebook remembers.
    const MOST: usize = Refusals::MOST / 2;
    /// The most peers that are remembered.
    const PEERS: usize = 4_096;

    /// A peer brought some.
    pub(crate) fn brought(&mut self, now: Moment, peer: DeviceId, refused: usize) {
        if refused == 0 {
            return;
        }
        self.0.retain(|_, (since, _)| now.since(*since) < CALM);
        if self.0.len() < Self::PEERS || self.0.contains_key(&peer) {
            self.0.entry(peer).or_insert((now, 0)).1 += refused;
        }
    }

    /// Whether a peer brought too many.
    pub(crate) fn is_over(&self, peer: &DeviceId) -> bool {
        self.0.get(peer).is_some_and(|(_, refused)| *refused > Self::MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_later_a_peer_is_borne_with_again() {
        let (bo, begun) = (DeviceId::from_bytes([2; 32]), Moment::from_millis(1_000));
        let mut forbearance = Forbearance::default();
        forbearance.brought(begun, bo, Forbearance::MOST);
        assert!(!forbearance.is_over(&bo), "that much may happen");
        forbearance.brought(begun.plus_millis(CALM - 1), bo, 1);
        assert!(forbearance.is_over(&bo));
        forbearance.brought(begun.plus_millis(CALM), bo, 1);
        assert!(!forbearance.is_over(&bo));
    }

    #[test]
    fn a_crowd_of_peers_is_remembered_within_a_bound() {
        let mut forbearance = Forbearance::default();
        for n in 0..=Forbearance::PEERS {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            forbearance.brought(Moment::default(), DeviceId::from_bytes(bytes), 1);
        }
        assert_eq!(forbearance.0.len(), Forbearance::PEERS);
    }
}
