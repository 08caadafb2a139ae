//! Epochs without their records, for tests that look at more of them than could be sealed: everything is decided as it is
//! with records, and no box is made.

use hedgerow_model::{DeviceId, EpochId};

use super::{EpochProblem, Epochs, rotate::Plan};
use crate::{
    DeviceKeys, EpochKey, Membership, Pins, RecipientId,
    epoch::{Core, Held, recipients_hash},
};

/// What the records of one epoch say, and to whom its author sealed it.
#[derive(Debug, Clone)]
pub(crate) struct Bare {
    pub(crate) id: EpochId,
    pub(crate) to: Vec<RecipientId>,
    core: Core,
    held: Held,
}

impl Bare {
    fn of(membership: &Membership, core: Core, to: Vec<RecipientId>, key: &[u8; 32]) -> Bare {
        let key = EpochKey::from_slice(key).unwrap();
        let held = Held { key, core_digest: core.digest() };
        Bare { id: held.id(&membership.notebook()), to, core, held }
    }

    /// One that `author` makes for all members, keeping no rule: before any other, and whether or not they may write.
    pub(crate) fn forged(membership: &Membership, author: DeviceId, key: &[u8; 32]) -> Bare {
        let to = membership.now().recipients();
        let recipients = recipients_hash(&to);
        let core = Core { author, pins: membership.heads(), parents: Vec::new(), recipients, previous: None };
        Bare::of(membership, core, to.into_iter().map(|to| to.id).collect(), key)
    }

    pub(crate) fn author(&self) -> DeviceId {
        self.core.author
    }

    pub(crate) fn pins(&self) -> &Pins {
        &self.core.pins
    }

    /// Those that it wraps.
    pub(crate) fn parents(&self) -> &[EpochId] {
        &self.core.parents
    }

    /// Its author's epoch before it.
    pub(crate) fn previous(&self) -> Option<EpochId> {
        self.core.previous
    }
}

impl Epochs {
    /// Makes and takes up a new epoch, as [`Epochs::rotate`] does.
    pub(crate) fn make_bare(
        &mut self,
        membership: &Membership,
        keys: &DeviceKeys,
        key: &[u8; 32],
    ) -> Result<Bare, EpochProblem> {
        let Plan { core, to, .. } = self.plan(membership, &keys.device())?;
        let bare = Bare::of(membership, core, to.into_iter().map(|to| to.id).collect(), key);
        self.take_bare(&bare);
        Ok(bare)
    }

    /// Takes an epoch up whose key came somehow.
    pub(crate) fn take_bare(&mut self, bare: &Bare) {
        self.take_up(bare.id, bare.core.clone(), bare.held.clone());
    }

    /// Hears that somebody sealed an epoch on.
    pub(crate) fn hear_sealed_on(&mut self, epoch: EpochId, to: RecipientId) {
        self.sealed_on.entry(epoch).or_default().insert(to);
        self.generation += 1;
    }
}
