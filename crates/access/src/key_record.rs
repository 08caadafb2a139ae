//! Key records: an epoch's key on its way to the devices and recoveries that are to have it.

use hedgerow_model::{DeviceId, EpochId, NotebookId, RoutingId};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::{
    DeviceKeys, Form, Membership, Recipient, RecipientId, RecipientKeys, Record, RecordRefusal, Signature, StreamName,
    bounded, canonical,
    epoch::{BOX, Core, EpochKey, Held, Wrap, decoy, open_box, seal_box, unwrap, wrap},
    keys::{Context, verify},
    record::{Envelope, HEADER},
};

/// The most boxes in one record: whatever a membership holds, there is a box for each. The operation that begins a person
/// brings two recipients, and none brings more.
pub(crate) const MOST_BOXES: usize = 2 * Membership::MOST;
/// The fewest: how many stand in the smallest group does not show.
const LEAST_BOXES: usize = 4;

const ROTATION: u8 = 1;
const SEALED_ON: u8 = 2;

/// Which of the two kinds of key record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A new epoch, by its author.
    Rotation,
    /// An epoch that is known, for members who lack it.
    SealedOn,
}

/// The sealed part of a rotation.
#[derive(Serialize, Deserialize)]
struct Rotation {
    core: Core,
    signature: Signature,
    #[serde(serialize_with = "canonical::write_byte_strings")]
    #[serde(deserialize_with = "canonical::byte_strings::<{ Core::MOST_PARENTS }, _>")]
    wraps: Vec<Wrap>,
}

/// The sealed part of a record that seals an epoch on.
#[derive(Serialize, Deserialize)]
struct SealedOn {
    core: Core,
    by: DeviceId,
    #[serde(deserialize_with = "bounded::list::<_, _, MOST_BOXES>")]
    recipients: Vec<RecipientId>,
    signature: Signature,
}

/// What stands in clear in a key record.
pub(crate) struct Clear<'a> {
    pub(crate) kind: Kind,
    parents: Vec<EpochId>,
    boxes: &'a [[u8; BOX]],
    /// Where the sealed part begins.
    pub(crate) end: usize,
}

/// What a key record says once it is open.
pub(crate) struct Opened {
    /// The epoch's key.
    pub(crate) held: Held,
    /// The epoch's core, which its id commits to.
    pub(crate) core: Core,
    pub(crate) says: Says,
}

/// What else, by kind.
pub(crate) enum Says {
    /// The keys of the parents, in their order.
    Rotation(Vec<Held>),
    /// Who sealed it on, to whom.
    SealedOn { by: DeviceId, to: Vec<RecipientId> },
}

impl<'a> Clear<'a> {
    /// Reads the clear part; `None` when it is not in order.
    pub(crate) fn read(record: &'a Record) -> Option<Clear<'a>> {
        let body = record.bytes().get(HEADER..).filter(|_| record.form() == Form::Key)?;
        let (&[kind, low, high], rest) = body.split_first_chunk::<3>()?;
        let kind = match kind {
            ROTATION => Kind::Rotation,
            SEALED_ON => Kind::SealedOn,
            _ => return None,
        };
        let count = usize::from(u16::from_le_bytes([low, high]));
        let parents = rest.get(..count.checked_mul(32)?)?;
        let parents: Vec<EpochId> = parents.as_chunks().0.iter().map(|id| EpochId::from_bytes(*id)).collect();
        let (boxes, rest) = rest.get(count * 32..)?.split_first_chunk::<4>()?;
        let boxes = usize::try_from(u32::from_le_bytes(*boxes)).ok()?;
        if !boxes.is_power_of_two() || !(LEAST_BOXES..=MOST_BOXES).contains(&boxes) || count > Core::MOST_PARENTS {
            return None;
        }
        let end = HEADER + 3 + count * 32 + 4 + boxes * BOX;
        let boxes = rest.get(..boxes * BOX)?.as_chunks().0;
        let ascending = boxes.windows(2).all(|two| two[0] < two[1]) && parents.windows(2).all(|two| two[0] < two[1]);
        ascending.then_some(Clear { kind, parents, boxes, end })
    }

    /// The key in the first box that opens with `keys`.
    pub(crate) fn try_boxes(
        &self,
        notebook: &NotebookId,
        epoch: &EpochId,
        keys: RecipientKeys<'_>,
    ) -> Option<EpochKey> {
        self.boxes.iter().find_map(|sealed| open_box(notebook, epoch, keys, sealed))
    }

    /// Whether `key`, which a box gave, is the one that the epoch's id names, by what it opens.
    pub(crate) fn fits(&self, record: &Record, notebook: &NotebookId, key: &EpochKey) -> bool {
        let Ok(plain) = record.unseal(&key.key_record_key(), self.end) else { return false };
        let core = match self.kind {
            Kind::Rotation => canonical::read(&plain, Record::MOST).map(|inside: Rotation| inside.core),
            Kind::SealedOn => canonical::read(&plain, Record::MOST).map(|inside: SealedOn| inside.core),
        };
        let held = |core: Core| Held { key: key.clone(), core_digest: core.digest() };
        core.is_some_and(|core| held(core).id(notebook) == record.epoch())
    }

    /// Opens the sealed part with the epoch's key and checks all that the record says of itself.
    pub(crate) fn open(&self, record: &Record, notebook: &NotebookId, key: &EpochKey) -> Result<Opened, RecordRefusal> {
        let plain = record.unseal(&key.key_record_key(), self.end)?;
        let clear = blake3::hash(&record.bytes()[HEADER..self.end]);
        let opening = Opening { record, notebook, key, clear: *clear.as_bytes(), parents: &self.parents };
        let malformed = || RecordRefusal::Malformed { record: record.id() };
        match self.kind {
            Kind::Rotation => opening.rotation(canonical::read(&plain, Record::MOST).ok_or_else(malformed)?),
            Kind::SealedOn => opening.sealed_on(canonical::read(&plain, Record::MOST).ok_or_else(malformed)?),
        }
    }
}

/// A key record whose seal is off.
struct Opening<'a> {
    record: &'a Record,
    notebook: &'a NotebookId,
    key: &'a EpochKey,
    /// The hash of the clear part.
    clear: [u8; 32],
    parents: &'a [EpochId],
}

impl Opening<'_> {
    fn rotation(&self, inside: Rotation) -> Result<Opened, RecordRefusal> {
        let Rotation { core, signature, wraps } = inside;
        let author = core.author;
        let bad = |what| RecordRefusal::BadKeyRecord { author, what };
        let held = self.held(&core, author)?;
        let message = rotation_message(&self.record.epoch(), &self.clear, &wraps);
        if !verify(author.as_bytes(), Context::EpochCore, &(*self.notebook).into(), &message, &signature) {
            return Err(RecordRefusal::BadSignature { author });
        }
        if wraps.len() != core.parents.len() {
            return Err(bad("it does not wrap each of its parents once"));
        }
        let opened = core.parents.iter().zip(&wraps).map(|(parent, wrapped)| {
            unwrap(self.notebook, &self.record.epoch(), self.key, parent, wrapped)
                .ok_or_else(|| bad("a wrap in it does not give the key it should"))
        });
        Ok(Opened { says: Says::Rotation(opened.collect::<Result<_, _>>()?), held, core })
    }

    fn sealed_on(&self, inside: SealedOn) -> Result<Opened, RecordRefusal> {
        let SealedOn { core, by, recipients, signature } = inside;
        let held = self.held(&core, by)?;
        let message = sealed_on_message(&self.record.epoch(), &self.clear, &recipients);
        if !verify(by.as_bytes(), Context::EpochSeal, &(*self.notebook).into(), &message, &signature) {
            return Err(RecordRefusal::BadSignature { author: by });
        }
        if !recipients.windows(2).all(|two| two[0] < two[1]) {
            return Err(RecordRefusal::BadKeyRecord { author: by, what: "its recipients are not in order" });
        }
        Ok(Opened { held, core, says: Says::SealedOn { by, to: recipients } })
    }

    /// The key, once key and core are known to be those that the epoch's id names.
    fn held(&self, core: &Core, author: DeviceId) -> Result<Held, RecordRefusal> {
        let bad = |what| Err(RecordRefusal::BadKeyRecord { author, what });
        let held = Held { key: self.key.clone(), core_digest: core.digest() };
        if held.id(self.notebook) != self.record.epoch() {
            return bad("its key is not the one that the epoch's id names");
        }
        if core.parents != self.parents {
            return bad("it shows other parents than it has");
        }
        Ok(held)
    }
}

fn rotation_message(epoch: &EpochId, clear: &[u8; 32], wraps: &[Wrap]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    for wrap in wraps {
        hasher.update(wrap);
    }
    [epoch.as_bytes().as_slice(), clear, hasher.finalize().as_bytes()].concat()
}

fn sealed_on_message(epoch: &EpochId, clear: &[u8; 32], recipients: &[RecipientId]) -> Vec<u8> {
    let recipients = blake3::hash(&canonical::write(&recipients));
    [epoch.as_bytes().as_slice(), clear, recipients.as_bytes()].concat()
}

/// What every key record of one epoch in one notebook has in common.
pub(crate) struct Making<'a> {
    pub(crate) notebook: &'a NotebookId,
    pub(crate) routing: RoutingId,
    pub(crate) epoch: EpochId,
    pub(crate) key: &'a EpochKey,
    pub(crate) core: &'a Core,
    pub(crate) keys: &'a DeviceKeys,
}

impl Making<'_> {
    /// The record of a new epoch, sealed to `to`; `parents` are the keys of the core's parents, in their order.
    pub(crate) fn rotation(
        &self,
        parents: &[Held],
        to: &[Recipient],
        rng: &mut impl CryptoRng,
    ) -> Result<Record, RecordRefusal> {
        let pairs = self.core.parents.iter().zip(parents);
        let wraps: Vec<Wrap> =
            pairs.map(|(parent, held)| wrap(self.notebook, &self.epoch, self.key, parent, held)).collect();
        let clear = self.clear(ROTATION, to, rng);
        let message = rotation_message(&self.epoch, blake3::hash(&clear).as_bytes(), &wraps);
        let signature = self.keys.sign(Context::EpochCore, &(*self.notebook).into(), &message);
        let inside = Rotation { core: self.core.clone(), signature, wraps };
        self.seal(&clear, &canonical::write(&inside), rng)
    }

    /// A record that seals the epoch on to `to`, ascending.
    pub(crate) fn sealed_on(&self, to: &[Recipient], rng: &mut impl CryptoRng) -> Result<Record, RecordRefusal> {
        let recipients: Vec<RecipientId> = to.iter().map(|recipient| recipient.id).collect();
        let clear = self.clear(SEALED_ON, to, rng);
        let message = sealed_on_message(&self.epoch, blake3::hash(&clear).as_bytes(), &recipients);
        let signature = self.keys.sign(Context::EpochSeal, &(*self.notebook).into(), &message);
        let inside = SealedOn { core: self.core.clone(), by: self.keys.device(), recipients, signature };
        self.seal(&clear, &canonical::write(&inside), rng)
    }

    fn clear(&self, kind: u8, to: &[Recipient], rng: &mut impl CryptoRng) -> Vec<u8> {
        let mut boxes: Vec<[u8; BOX]> =
            to.iter().map(|to| seal_box(self.notebook, &self.epoch, self.key, to, rng)).collect();
        let padded = boxes.len().next_power_of_two().max(LEAST_BOXES);
        boxes.resize_with(padded, || decoy(rng));
        // In order of their random bytes: whose is whose does not show.
        boxes.sort_unstable();
        let mut clear = vec![kind];
        clear.extend_from_slice(&(self.core.parents.len() as u16).to_le_bytes()); // at most 1,024
        self.core.parents.iter().for_each(|parent| clear.extend_from_slice(parent.as_bytes()));
        clear.extend_from_slice(&(boxes.len() as u32).to_le_bytes()); // at most 32,768
        boxes.iter().for_each(|sealed| clear.extend_from_slice(sealed));
        clear
    }

    fn seal(&self, clear: &[u8], inside: &[u8], rng: &mut impl CryptoRng) -> Result<Record, RecordRefusal> {
        let stream = StreamName::Keys.tag(self.notebook);
        let envelope = Envelope { form: Form::Key, routing: self.routing, stream, epoch: self.epoch };
        envelope.seal(&self.key.key_record_key(), clear, inside, rng)
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;
    use crate::{Pins, epoch::recipients_hash};

    const NOTEBOOK: NotebookId = NotebookId::from_bytes([1; 32]);

    /// Makes a record as Ada, and opens it with its key.
    fn opened(
        parents: Vec<EpochId>,
        make: impl FnOnce(&Making<'_>, &mut ChaCha20Rng) -> Record,
    ) -> Result<Opened, RecordRefusal> {
        let (ada, mut rng) = (DeviceKeys::from_seed(&[1; 32]), ChaCha20Rng::seed_from_u64(1));
        let core = Core {
            author: ada.device(),
            pins: Pins::new([]),
            parents,
            recipients: recipients_hash(&[]),
            previous: None,
        };
        let held = Held { key: EpochKey::generate(&mut rng), core_digest: core.digest() };
        let making = Making {
            notebook: &NOTEBOOK,
            routing: RoutingId::from_bytes([2; 16]),
            epoch: held.id(&NOTEBOOK),
            key: &held.key,
            core: &core,
            keys: &ada,
        };
        let record = make(&making, &mut rng);
        Clear::read(&record).unwrap().open(&record, &NOTEBOOK, &held.key)
    }

    #[test]
    fn nobody_seals_on_in_anothers_name() {
        let bo = DeviceKeys::from_seed(&[2; 32]).device();
        let forge = |making: &Making<'_>, by, recipients: Vec<RecipientId>, rng: &mut ChaCha20Rng| {
            let clear = making.clear(SEALED_ON, &[], rng);
            let message = sealed_on_message(&making.epoch, blake3::hash(&clear).as_bytes(), &recipients);
            let signature = making.keys.sign(Context::EpochSeal, &NOTEBOOK.into(), &message);
            let inside = SealedOn { core: making.core.clone(), by, recipients, signature };
            making.seal(&clear, &canonical::write(&inside), rng).unwrap()
        };
        let ada = DeviceKeys::from_seed(&[1; 32]).device();
        assert!(opened(vec![], |making, rng| forge(making, ada, vec![bo.into()], rng)).is_ok());
        let refused = opened(vec![], |making, rng| forge(making, bo, vec![bo.into()], rng)).err();
        assert_eq!(refused, Some(RecordRefusal::BadSignature { author: bo }));
        let twice = opened(vec![], |making, rng| forge(making, ada, vec![bo.into(), bo.into()], rng)).err();
        assert!(matches!(twice, Some(RecordRefusal::BadKeyRecord { .. })));
    }

    #[test]
    fn a_record_shows_the_parents_that_it_has() {
        let parent = Held { key: EpochKey::generate(&mut ChaCha20Rng::seed_from_u64(3)), core_digest: [0; 32] };
        let other = EpochId::from_bytes([9; 32]);
        let made = |shown: Vec<EpochId>| {
            opened(vec![parent.id(&NOTEBOOK)], |making, rng| {
                let core = Core { parents: shown, ..making.core.clone() };
                let clear = Making { core: &core, ..*making }.clear(ROTATION, &[], rng);
                let wraps = vec![wrap(&NOTEBOOK, &making.epoch, making.key, &parent.id(&NOTEBOOK), &parent)];
                let message = rotation_message(&making.epoch, blake3::hash(&clear).as_bytes(), &wraps);
                let signature = making.keys.sign(Context::EpochCore, &NOTEBOOK.into(), &message);
                let inside = Rotation { core: making.core.clone(), signature, wraps };
                making.seal(&clear, &canonical::write(&inside), rng).unwrap()
            })
        };
        assert!(made(vec![parent.id(&NOTEBOOK)]).is_ok());
        assert!(matches!(made(vec![other]).err(), Some(RecordRefusal::BadKeyRecord { .. })));
        assert!(matches!(made(vec![]).err(), Some(RecordRefusal::BadKeyRecord { .. })));
    }

    #[test]
    fn an_epoch_that_wraps_fewer_than_its_parents_is_refused() {
        let parent = EpochId::from_bytes([9; 32]);
        let made = opened(vec![parent], |making, rng| making.rotation(&[], &[], rng).unwrap());
        assert!(matches!(made.err(), Some(RecordRefusal::BadKeyRecord { .. })));
    }
}
