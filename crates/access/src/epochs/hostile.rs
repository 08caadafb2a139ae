//! Key records by a device that does not keep the rules, for tests. No door is built with it.

use std::collections::BTreeSet;

use hedgerow_model::DeviceId;
use rand_core::CryptoRng;

use super::{EpochStanding, Epochs, Seen, standing::taken_since};
use crate::{
    DeviceKeys, EpochKey, Membership, Recipient, RecipientId, Record,
    epoch::{Core, Held, recipients_hash},
    key_record::Making,
};

/// How often a dishonest device tries for an epoch whose id is the lowest.
const TRIES: usize = 32;

impl Epochs {
    /// The record of an epoch that is never valid, since it is made for nobody; only `to` gets its key.
    pub fn forge_invalid(
        &mut self,
        membership: &Membership,
        keys: &DeviceKeys,
        to: &BTreeSet<DeviceId>,
        rng: &mut impl CryptoRng,
    ) -> Option<Record> {
        let to: BTreeSet<RecipientId> = to.iter().map(|device| RecipientId::from(*device)).collect();
        self.forge(membership, keys, &[], |recipient| to.contains(recipient), rng)
    }

    /// The record of a valid epoch in which `victim` finds no box, with a low id, so that others will write under it.
    /// `None` when this device may make no valid epoch now.
    pub fn forge_without_box(
        &mut self,
        membership: &Membership,
        keys: &DeviceKeys,
        victim: &DeviceId,
        rng: &mut impl CryptoRng,
    ) -> Option<Record> {
        let recipients = membership.now().recipients();
        let victim = RecipientId::from(*victim);
        let record = self.forge(membership, keys, &recipients, |recipient| *recipient != victim, rng)?;
        (self.standing(&record.epoch(), membership) == EpochStanding::Valid).then_some(record)
    }

    /// A record that claims to seal the latest epoch on to `victim`, in a box that they cannot open.
    pub fn forge_sealed_on(
        &self,
        membership: &Membership,
        keys: &DeviceKeys,
        victim: DeviceId,
        rng: &mut impl CryptoRng,
    ) -> Option<Record> {
        let epoch = self.latest(membership)?;
        let (held, seen) = (self.held.get(&epoch)?, self.seen.get(&epoch)?);
        let (notebook, routing) = (membership.notebook(), membership.routing());
        let making = Making { notebook: &notebook, routing, epoch, key: &held.key, core: &seen.core, keys };
        making.sealed_on(&[Recipient { id: victim.into(), hpke: keys.hpke_public() }], rng).ok()
    }

    fn forge(
        &mut self,
        membership: &Membership,
        keys: &DeviceKeys,
        stated: &[Recipient],
        to: impl Fn(&RecipientId) -> bool,
        rng: &mut impl CryptoRng,
    ) -> Option<Record> {
        let (me, notebook, pins) = (keys.device(), membership.notebook(), membership.heads());
        let previous = self.last_of(&me, membership);
        if let Some(before) = previous.and_then(|last| self.seen.get(&last))
            && !taken_since(membership, &membership.now(), &pins, &before.core.pins)
            && !stated.is_empty()
        {
            return None;
        }
        let (parents, wrapped): (Vec<_>, Vec<Held>) = self.tips(membership).into_iter().unzip();
        let core = Core { author: me, pins, parents, recipients: recipients_hash(stated), previous };
        let tried = (0..TRIES).map(|_| Held { key: EpochKey::generate(rng), core_digest: core.digest() });
        let held = tried.min_by_key(|held| held.id(&notebook))?;
        let epoch = held.id(&notebook);
        let boxes: Vec<_> = membership.now().recipients().into_iter().filter(|recipient| to(&recipient.id)).collect();
        let routing = membership.routing();
        let making = Making { notebook: &notebook, routing, epoch, key: &held.key, core: &core, keys };
        let record = making.rotation(&wrapped, &boxes, rng).ok()?;
        self.held.insert(epoch, held);
        self.seen.insert(epoch, Seen { core, announced: true });
        self.generation += 1;
        Some(record)
    }
}
