//! Stories about keys, over real membership.

mod dishonest;
mod recovering;
mod schedules;
mod simulation;

use hedgerow_model::{EpochId, OpId, PersonId, Role, RoutingId};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::{EpochStanding, Epochs, KeyNews};
use crate::{
    Action, DeviceKeys, EpochKey, Membership, Pins, Record, RecordRefusal, RecoveryKeys, Retained, SignedOp, Signer,
    Subject,
    epoch::{BOX, Core, Held, recipients_hash, wrap},
    found_notebook, found_person,
    key_record::Making,
};

/// A device, whose it is, and what it knows of one notebook.
struct Device {
    keys: DeviceKeys,
    /// What the person's recovery phrase spells.
    recovery_seed: [u8; 32],
    person: PersonId,
    membership: Membership,
    epochs: Epochs,
    /// All key records it has seen.
    records: Vec<Record>,
    rng: ChaCha20Rng,
}

/// Ada founds a notebook; the others only have devices. All know the same and only Ada has a role. The first epoch is
/// made when [`Device::rotate`] is called.
fn people<const MANY: usize>(seed: u64) -> [Device; MANY] {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let founded: Vec<(DeviceKeys, [u8; 32], SignedOp)> = (0..MANY)
        .map(|_| {
            let (keys, recovery_seed) = (DeviceKeys::from_seed(&draw(&mut rng)), draw(&mut rng));
            let recovery = RecoveryKeys::from_seed(&recovery_seed);
            let genesis = found_person(&keys, recovery.public(), [1; 16]).unwrap();
            (keys, recovery_seed, genesis)
        })
        .collect();
    let (ada, _, of_ada) = &founded[0];
    let known = Pins::new([of_ada.id()]);
    let person = |genesis: &SignedOp| PersonId::from(genesis.log());
    let genesis = found_notebook(ada, person(of_ada), &known, RoutingId::from_bytes([2; 16]), [3; 16]).unwrap();
    let mut membership = Membership::found(genesis, vec![of_ada.clone()]).unwrap();
    for (.., genesis) in &founded {
        membership.insert(genesis.clone()).unwrap();
    }
    let mut at = 0;
    let devices: Vec<Device> = founded
        .into_iter()
        .map(|(keys, recovery_seed, genesis)| {
            at += 1;
            Device {
                keys,
                recovery_seed,
                person: person(&genesis),
                membership: membership.clone(),
                epochs: Epochs::empty(),
                records: Vec::new(),
                rng: ChaCha20Rng::seed_from_u64(seed.wrapping_mul(1000) + at),
            }
        })
        .collect();
    devices.try_into().unwrap_or_else(|_| panic!("as many as asked for"))
}

fn draw(rng: &mut ChaCha20Rng) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes
}

impl Device {
    /// Makes an operation and takes it in.
    fn act(&mut self, action: Action) -> SignedOp {
        let signer = Signer { keys: &self.keys, person: self.person };
        let op = self.membership.propose(&signer, action).unwrap();
        self.membership.insert(op.clone()).unwrap();
        op
    }

    fn set(&mut self, other: &Device, role: Role) -> SignedOp {
        self.act(Action::Set { subject: Subject::Person(other.person), role, retained: Retained::new() })
    }

    fn remove(&mut self, other: &Device) -> SignedOp {
        self.act(Action::Remove { subject: Subject::Person(other.person), retained: Retained::new() })
    }

    fn leave(&mut self) -> SignedOp {
        self.act(Action::Leave { retained: Retained::new() })
    }

    /// The person has a new recovery phrase.
    fn replace_recovery(&mut self) -> OpId {
        let old = RecoveryKeys::from_seed(&self.recovery_seed);
        self.recovery_seed = draw(&mut self.rng);
        let recovery = RecoveryKeys::from_seed(&self.recovery_seed).public();
        let op = self.membership.propose_recovery(self.person, &old, Action::ReplaceRecovery { recovery }).unwrap();
        self.membership.insert(op.clone()).unwrap();
        op.id()
    }

    /// Makes a new epoch; its id and its record, which [`Device::records`] then holds too.
    fn rotate(&mut self) -> (EpochId, Record) {
        let record = self.epochs.rotate(&self.membership, &self.keys, &mut self.rng).unwrap();
        self.records.push(record.clone());
        (record.epoch(), record)
    }

    /// Seals on whatever it owes.
    fn share(&mut self) -> Vec<Record> {
        let owed = self.epochs.owed(&self.membership, &self.keys);
        let records = self.epochs.seal_on(&owed, &self.membership, &self.keys, &mut self.rng).unwrap();
        self.records.extend(records.iter().cloned());
        records
    }

    /// Takes in operations, in an order in which they can be.
    fn learn(&mut self, ops: &[&SignedOp]) {
        for op in ops {
            self.membership.insert((*op).clone()).unwrap();
        }
    }

    /// Takes all operations of another device.
    fn learn_from(&mut self, other: &Device) {
        for op in other.membership.ops() {
            self.membership.insert(op.clone()).unwrap();
        }
    }

    fn receive(&mut self, record: &Record) -> Result<KeyNews, RecordRefusal> {
        if !self.records.contains(record) {
            self.records.push(record.clone());
        }
        self.epochs.receive(record, &self.keys, &self.membership.notebook())
    }

    /// Takes key records again and again, until none brings anything new: what a pool of waiting records comes to.
    fn receive_all(&mut self, records: &[Record]) {
        loop {
            let learned = |news: Result<KeyNews, RecordRefusal>| matches!(news, Ok(KeyNews::Learned(_)));
            let news = records.iter().filter(|record| learned(self.receive(record))).count();
            if news == 0 {
                return;
            }
        }
    }

    /// Takes everything that another device has.
    fn meet(&mut self, other: &Device) {
        self.learn_from(other);
        let mut records = self.records.clone();
        records.extend(other.records.iter().filter(|record| !self.records.contains(record)).cloned());
        self.receive_all(&records);
    }

    fn writes_under(&self) -> Option<EpochId> {
        self.epochs.for_writing(&self.membership)
    }

    fn standing(&self, epoch: &EpochId) -> EpochStanding {
        self.epochs.standing(epoch, &self.membership)
    }

    fn reads(&self, epoch: &EpochId) -> bool {
        self.epochs.key(epoch).is_some()
    }
}

/// An epoch made by whoever does not keep the rules.
struct Forged {
    core: Core,
    held: Held,
    id: EpochId,
}

impl Device {
    /// Any core at all, with a fresh key.
    fn forge(&mut self, pins: Pins, parents: &[EpochId], previous: Option<EpochId>) -> Forged {
        let recipients = self.membership.at(&pins).unwrap().recipients();
        let mut parents = parents.to_vec();
        parents.sort_unstable();
        let recipients = recipients_hash(&recipients);
        let core = Core { author: self.keys.device(), pins, parents, recipients, previous };
        let held = Held { key: EpochKey::generate(&mut self.rng), core_digest: core.digest() };
        let id = held.id(&self.membership.notebook());
        Forged { core, held, id }
    }

    /// The record of a forged epoch, sealed to `to`.
    fn publish(&self, forged: &Forged, to: &[&Device]) -> Record {
        let parents: Vec<Held> =
            forged.core.parents.iter().map(|parent| self.epochs.held.get(parent).unwrap().clone()).collect();
        let to: Vec<_> = to.iter().map(|device| device.keys.recipient()).collect();
        self.making(forged, |making, rng| making.rotation(&parents, &to, rng).unwrap())
    }

    fn making<T>(&self, forged: &Forged, make: impl FnOnce(Making<'_>, &mut ChaCha20Rng) -> T) -> T {
        let making = Making {
            notebook: &self.membership.notebook(),
            routing: self.membership.routing(),
            epoch: forged.id,
            key: &forged.held.key,
            core: &forged.core,
            keys: &self.keys,
        };
        // One for each epoch, so that this needs no more of the device than to be looked at.
        make(making, &mut ChaCha20Rng::from_seed(*forged.id.as_bytes()))
    }
}

fn heads_without(device: &Device, ops: &[OpId]) -> Pins {
    let known: Vec<OpId> = device.membership.ops().map(SignedOp::id).filter(|id| !ops.contains(id)).collect();
    let below: Vec<OpId> =
        known.iter().flat_map(|id| device.membership.past(id).into_iter().filter(move |p| p != id)).collect();
    Pins::new(known.into_iter().filter(|id| !below.contains(id)))
}
