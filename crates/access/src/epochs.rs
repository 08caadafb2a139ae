//! What one device knows of a notebook's key epochs.

#[cfg(test)]
mod bare;
#[cfg(feature = "hostile")]
mod hostile;
mod rotate;
mod share;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hedgerow_model::{DeviceId, EpochId, NotebookId, RecordId, mutant};
use zeroize::Zeroizing;

use crate::{
    EpochKey, Form, Membership, Pins, RecipientId, RecipientKeys, Record, RecordRefusal, StreamName,
    epoch::{Core, Held},
    key_record::{Clear, Opened, Says},
};

#[cfg(test)]
pub(crate) use bare::Bare;
pub use rotate::EpochProblem;
pub use share::Owed;
pub use standing::EpochStanding;

/// What a key record brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyNews {
    /// Keys or facts of these epochs are new. Whatever waits for an epoch is worth another try, key records too.
    Learned(Vec<EpochId>),
    /// Nothing new for this device.
    Known,
    /// It opens with nothing this device has: it was sealed to others, or its box is bad. It is worth another try once
    /// the epoch's key is held.
    CannotOpen,
}

/// The epochs of one notebook, as far as one device has their keys.
#[derive(Debug, Default)]
pub struct Epochs {
    held: BTreeMap<EpochId, Held>,
    /// Every core was inside something that its key opened, so all of these are held.
    seen: BTreeMap<EpochId, Seen>,
    /// To whom epochs were sealed on.
    sealed_on: BTreeMap<EpochId, BTreeSet<RecipientId>>,
    /// To whom this device itself sealed epochs on, in boxes that open.
    sealed_here: BTreeSet<(EpochId, RecipientId)>,
    /// Key records none of whose boxes opened, and with whose keys: trying again, box by box, would cost much and bring
    /// nothing.
    tried: BTreeSet<(RecordId, RecipientId)>,
    /// Who says that they cannot open what.
    lacking: BTreeSet<(EpochId, RecipientId)>,
    /// How many epochs each device made, and how often each sealed one on.
    made: BTreeMap<DeviceId, usize>,
    sealed: BTreeMap<DeviceId, usize>,
    /// Grows whenever anything above changes.
    generation: u64,
    /// Answers that never change, and the last choice. A lock and no more than that: nothing here has threads, but whoever
    /// holds a reference may.
    judged: Mutex<Judged>,
}

/// An epoch's core, and where it was read.
#[derive(Debug, Clone)]
struct Seen {
    core: Core,
    /// In the record by its author, all of whose wraps open. What others say of it makes nothing valid.
    announced: bool,
}

#[derive(Debug, Default)]
struct Judged {
    /// Valid or invalid: for ever.
    standing: BTreeMap<EpochId, EpochStanding>,
    /// The epoch to write under, at these heads and this generation.
    choice: Option<(Pins, u64, Option<EpochId>)>,
}

impl Epochs {
    /// The most epochs of one device that are kept; an honest one makes one more than others take away.
    pub const MOST_BY_ONE: usize = 4096;
    /// The most times that one device's sealing on is listened to.
    pub const MOST_SEALED_BY_ONE: usize = 16_384;
    /// The most records that are remembered as not opening.
    const MOST_TRIED: usize = 4096;
    /// The most complaints of keys that do not open.
    const MOST_LACKING: usize = 65_536;

    /// Knows nothing yet.
    #[must_use]
    pub fn empty() -> Epochs {
        Epochs::default()
    }

    /// The key of `epoch`, if it is held.
    #[must_use]
    pub fn key(&self, epoch: &EpochId) -> Option<&EpochKey> {
        self.held.get(epoch).map(|held| &held.key)
    }

    /// The epochs whose keys are held, lowest id first.
    pub fn held(&self) -> impl Iterator<Item = EpochId> + '_ {
        self.held.keys().copied()
    }

    /// Grows whenever anything is learned, made or owed: while it stands still, every answer stays what it was.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The device that made `epoch`, once its key is held.
    #[must_use]
    pub fn author(&self, epoch: &EpochId) -> Option<DeviceId> {
        self.seen.get(epoch).map(|seen| seen.core.author)
    }

    /// Takes a key record of `notebook`. `keys` are those of this device, or of the recovery of its person: whoever has
    /// the recovery's seed opens what was sealed to it, with no device of theirs left.
    ///
    /// # Errors
    /// When the record is not in order, for anybody who holds the key. The author is named where that is known.
    pub fn receive<'k>(
        &mut self,
        record: &Record,
        keys: impl Into<RecipientKeys<'k>>,
        notebook: &NotebookId,
    ) -> Result<KeyNews, RecordRefusal> {
        let keys = keys.into();
        if record.form() != Form::Key || record.stream_tag() != StreamName::Keys.tag(notebook) {
            return Err(RecordRefusal::WrongStream { record: record.id() });
        }
        let clear = Clear::read(record).ok_or(RecordRefusal::Malformed { record: record.id() })?;
        let epoch = record.epoch();
        let key = match self.key(&epoch) {
            Some(key) => key.clone(),
            None if self.tried.contains(&(record.id(), keys.id)) => return Ok(KeyNews::CannotOpen),
            None => match clear.try_boxes(notebook, &epoch, keys) {
                // A bad box says nothing about the record: others may hold the true key, and take it.
                Some(key) if clear.fits(record, notebook, &key) => key,
                _ => return Ok(self.gave_up(record.id(), keys.id)),
            },
        };
        self.learn(epoch, clear.open(record, notebook, &key)?, keys.id)
    }

    fn gave_up(&mut self, record: RecordId, keys: RecipientId) -> KeyNews {
        if self.tried.len() >= Self::MOST_TRIED {
            self.tried.clear();
        }
        self.tried.insert((record, keys));
        KeyNews::CannotOpen
    }

    fn learn(&mut self, epoch: EpochId, opened: Opened, me: RecipientId) -> Result<KeyNews, RecordRefusal> {
        let Opened { held, core, says } = opened;
        self.count(&epoch, &core, &says)?;
        let mut news = BTreeSet::new();
        let mut changed = self.hold(epoch, held, &mut news);
        let seen = self.seen.entry(epoch).or_insert_with(|| {
            news.insert(epoch);
            Seen { core, announced: false }
        });
        match says {
            Says::Rotation(parents) => {
                if !std::mem::replace(&mut seen.announced, true) {
                    news.insert(epoch);
                }
                let ids = seen.core.parents.clone();
                for (parent, held) in ids.into_iter().zip(parents) {
                    changed |= self.hold(parent, held, &mut news);
                }
            }
            Says::SealedOn { by, to } => {
                let by_us = RecipientId::from(by) == me;
                for recipient in to {
                    if by_us {
                        self.sealed_here.insert((epoch, recipient));
                    }
                    changed |= self.lacking.remove(&(epoch, recipient));
                    changed |= self.sealed_on.entry(epoch).or_default().insert(recipient);
                }
            }
        }
        if changed || !news.is_empty() {
            self.generation += 1;
        }
        Ok(if news.is_empty() { KeyNews::Known } else { KeyNews::Learned(news.into_iter().collect()) })
    }

    /// Holds a dishonest member's flood within bounds.
    fn count(&mut self, epoch: &EpochId, core: &Core, says: &Says) -> Result<(), RecordRefusal> {
        let bounded = |count: &mut usize, author: DeviceId, most: usize| {
            if *count >= most {
                return Err(RecordRefusal::TooManyEpochs { author, most });
            }
            *count += 1;
            Ok(())
        };
        match says {
            Says::SealedOn { by, to } => {
                let known = self.sealed_on.get(epoch);
                if to.iter().all(|recipient| known.is_some_and(|known| known.contains(recipient))) {
                    return Ok(());
                }
                bounded(self.sealed.entry(*by).or_default(), *by, Self::MOST_SEALED_BY_ONE)
            }
            Says::Rotation(_) if self.seen.get(epoch).is_some_and(|seen| seen.announced) => Ok(()),
            Says::Rotation(_) => bounded(self.made.entry(core.author).or_default(), core.author, Self::MOST_BY_ONE),
        }
    }

    /// Keeps a key; whether it is new.
    fn hold(&mut self, epoch: EpochId, held: Held, news: &mut BTreeSet<EpochId>) -> bool {
        let new = !self.held.contains_key(&epoch);
        if new {
            self.held.insert(epoch, held);
            news.insert(epoch);
        }
        new
    }

    /// Who gave the device or recovery of `keys` a box of `record` that does not open, though it was to have one: the
    /// record's author. Known only once the epoch's key has come another way and the author's pins are known.
    #[must_use]
    pub fn bad_box<'k>(
        &self,
        record: &Record,
        keys: impl Into<RecipientKeys<'k>>,
        membership: &Membership,
    ) -> Option<DeviceId> {
        let (epoch, notebook, keys) = (record.epoch(), membership.notebook(), keys.into());
        let key = self.key(&epoch)?;
        let clear = Clear::read(record)?;
        let Opened { core, says, .. } = clear.open(record, &notebook, key).ok()?;
        let (author, for_me) = match says {
            Says::SealedOn { by, to } => (by, to.contains(&keys.id)),
            Says::Rotation(_) => {
                let recipients = membership.at(&core.pins)?.recipients();
                (core.author, recipients.iter().any(|recipient| recipient.id == keys.id))
            }
        };
        (for_me && clear.try_boxes(&notebook, &epoch, keys).as_ref() != Some(key)).then_some(author)
    }

    /// `who`, a device or a recovery, cannot open `epoch`: whatever others sealed to it counts for nothing, and it is owed.
    /// Where this device itself has sealed the epoch to it in a good box there is nothing left to owe: somebody who
    /// complains without reason gets one record for it from everybody, and no second one.
    pub fn note_lacking(&mut self, who: impl Into<RecipientId>, epoch: EpochId) {
        let who = who.into();
        if self.seen.contains_key(&epoch)
            && (!self.sealed_here.contains(&(epoch, who)) || mutant("seal-on-for-each-complaint"))
            && self.lacking.len() < Self::MOST_LACKING
            && self.lacking.insert((epoch, who))
        {
            self.generation += 1;
        }
    }

    /// All keys held and what is known of their epochs for good, to be kept sealed on this device. It spares trying every
    /// box again when Hedgerow starts; the key records themselves are received again.
    #[must_use]
    pub fn secrets(&self) -> Zeroizing<Vec<u8>> {
        let judged = self.judged();
        let mut bytes = Zeroizing::new(Vec::with_capacity(1 + self.held.len() * SECRET));
        bytes.push(SECRETS_VERSION);
        for (epoch, held) in &self.held {
            bytes.extend_from_slice(held.key.as_bytes());
            bytes.extend_from_slice(&held.core_digest);
            bytes.push(match judged.standing.get(epoch) {
                Some(EpochStanding::Valid) => 1,
                Some(EpochStanding::Invalid) => 2,
                Some(EpochStanding::Waiting) | None => 0,
            });
        }
        bytes
    }

    /// Takes up what [`Epochs::secrets`] gave; `None` for anything else.
    #[must_use]
    pub fn restore(notebook: &NotebookId, secrets: &[u8]) -> Option<Epochs> {
        let (&version, rest) = secrets.split_first()?;
        let (each, left) = rest.as_chunks::<SECRET>();
        if version != SECRETS_VERSION || !left.is_empty() {
            return None;
        }
        let mut epochs = Epochs::empty();
        let mut standing = BTreeMap::new();
        for secret in each {
            let core_digest = *secret[32..].first_chunk()?;
            let held = Held { key: EpochKey::from_slice(&secret[..32])?, core_digest };
            let epoch = held.id(notebook);
            match secret[64] {
                0 => None,
                1 => standing.insert(epoch, EpochStanding::Valid),
                2 => standing.insert(epoch, EpochStanding::Invalid),
                _ => return None,
            };
            epochs.held.insert(epoch, held);
        }
        epochs.judged = Mutex::new(Judged { standing, choice: None });
        Some(epochs)
    }

    fn judged(&self) -> MutexGuard<'_, Judged> {
        // What is inside is never left half written, so a panic elsewhere does no harm to it.
        self.judged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const SECRETS_VERSION: u8 = 1;
/// A key, the hash of its core, the standing.
const SECRET: usize = 65;
