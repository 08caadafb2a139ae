//! Making a new epoch.

use std::collections::BTreeSet;

use hedgerow_model::{DeviceId, EpochId, Role};
use rand_core::CryptoRng;

use super::{EpochStanding, Epochs, Seen, standing::taken_since};
use crate::{
    DeviceKeys, EpochKey, Membership, Recipient, Record, RecordRefusal,
    epoch::{Core, Held, recipients_hash},
    key_record::{MOST_BOXES, Making},
};

/// Why this device makes or passes on no key now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EpochProblem {
    /// Its person may not write.
    #[error("only writers and admins make a new key for a notebook; ask one of them to open it")]
    NotAWriter,
    /// Its person is no member.
    #[error("this device is not a member's device, so it passes no keys on")]
    NotAMember,
    /// There is an epoch to write under.
    #[error("the notebook's key is still good; to force a new one, an admin retires it")]
    NotNeeded,
    /// It has made an epoch since anything was last taken away.
    #[error(
        "this device has made its key for this notebook already; another writer's device makes the next, or an admin retires the old ones"
    )]
    NothingTaken,
    /// Operations that its own last epoch relies on are not here.
    #[error(
        "this device does not yet know again what its last key for this notebook relied on; connect to another member first"
    )]
    AwaitsMembership,
    /// More devices and recoveries than a key record has room for.
    #[error("the members of this notebook have {count} devices and recoveries; {most} is the most", most = MOST_BOXES)]
    TooManyRecipients {
        /// How many.
        count: usize,
    },
    /// It does not fit into a record.
    #[error(transparent)]
    TooLong(#[from] RecordRefusal),
}

/// All that a new epoch is made from but its key.
pub(super) struct Plan {
    pub(super) core: Core,
    /// The keys of the core's parents, in their order.
    parents: Vec<Held>,
    pub(super) to: Vec<Recipient>,
}

impl Epochs {
    /// The first epoch of a notebook, made by its founder's device together with it, and its key record.
    ///
    /// # Errors
    /// When the device may not write there.
    pub fn begin(
        membership: &Membership,
        keys: &DeviceKeys,
        rng: &mut impl CryptoRng,
    ) -> Result<(Epochs, Record), EpochProblem> {
        let mut epochs = Epochs::empty();
        let record = epochs.rotate(membership, keys, rng)?;
        Ok((epochs, record))
    }

    /// Whether this device may make a new epoch now.
    ///
    /// # Errors
    /// Why not.
    pub fn may_rotate(&self, membership: &Membership, keys: &DeviceKeys) -> Result<(), EpochProblem> {
        self.plan(membership, &keys.device()).map(drop)
    }

    /// Makes a new epoch over everything known, seals it to all members' devices and recoveries, and takes it up. The key
    /// record is to be saved before anything is sealed under it.
    ///
    /// # Errors
    /// When the device may not, or need not.
    pub fn rotate(
        &mut self,
        membership: &Membership,
        keys: &DeviceKeys,
        rng: &mut impl CryptoRng,
    ) -> Result<Record, EpochProblem> {
        let Plan { core, parents, to } = self.plan(membership, &keys.device())?;
        let held = Held { key: EpochKey::generate(rng), core_digest: core.digest() };
        let notebook = membership.notebook();
        let epoch = held.id(&notebook);
        let making =
            Making { notebook: &notebook, routing: membership.routing(), epoch, key: &held.key, core: &core, keys };
        let record = making.rotation(&parents, &to, rng)?;
        self.take_up(epoch, core, held);
        Ok(record)
    }

    /// Holds an epoch and its author's word for it.
    pub(super) fn take_up(&mut self, epoch: EpochId, core: Core, held: Held) {
        *self.made.entry(core.author).or_default() += 1;
        self.held.insert(epoch, held);
        self.seen.insert(epoch, Seen { core, announced: true });
        self.generation += 1;
    }

    pub(super) fn plan(&self, membership: &Membership, me: &DeviceId) -> Result<Plan, EpochProblem> {
        let (view, pins) = (membership.now(), membership.heads());
        if !view.role_of_device(me).is_some_and(Role::may_write) {
            return Err(EpochProblem::NotAWriter);
        }
        if self.for_writing(membership).is_some() {
            return Err(EpochProblem::NotNeeded);
        }
        let mut mine = self.seen.iter().filter(|(_, seen)| seen.core.author == *me);
        if mine.any(|(epoch, _)| self.standing(epoch, membership) == EpochStanding::Waiting) {
            return Err(EpochProblem::AwaitsMembership);
        }
        let previous = self.last_of(me, membership);
        if let Some(before) = previous.and_then(|last| self.seen.get(&last))
            && !taken_since(membership, &view, &pins, &before.core.pins)
        {
            return Err(EpochProblem::NothingTaken);
        }
        let to = view.recipients();
        if to.len() > MOST_BOXES {
            return Err(EpochProblem::TooManyRecipients { count: to.len() });
        }
        let (parents, keys) = self.tips(membership).into_iter().take(Core::MOST_PARENTS).unzip();
        let recipients = recipients_hash(&to);
        Ok(Plan { core: Core { author: *me, pins, parents, recipients, previous }, parents: keys, to })
    }

    /// The valid epochs that no other valid one wraps, with their keys, lowest id first.
    pub(super) fn tips(&self, membership: &Membership) -> Vec<(EpochId, Held)> {
        let valid = self.valid(membership);
        let wrapped: BTreeSet<EpochId> = valid.values().flat_map(|seen| seen.core.parents.iter().copied()).collect();
        let tips = valid.keys().filter(|epoch| !wrapped.contains(*epoch));
        tips.filter_map(|epoch| Some((*epoch, self.held.get(epoch)?.clone()))).collect()
    }

    /// The end of this device's own chain of epochs: the one with the most own ones before it, ties by lowest id.
    pub(super) fn last_of(&self, me: &DeviceId, membership: &Membership) -> Option<EpochId> {
        let valid = self.valid(membership);
        let before = |epoch: &EpochId| {
            let step = |at: &EpochId| valid.get(at).and_then(|seen| seen.core.previous);
            std::iter::successors(Some(*epoch), step).count()
        };
        let mine = valid.iter().filter(|(_, seen)| seen.core.author == *me);
        mine.map(|(epoch, _)| (before(epoch), std::cmp::Reverse(*epoch))).max().map(|(_, epoch)| epoch.0)
    }
}
