//! People with keys that follow from a seed, and how they come into each other's notebooks.

use crate::stage::device::{Device, connect, part, talk};
use hedgerow_access::{DeviceKeys, InvitationUri, RecoveryKeys, Secrets, SignedOp, found_person};
use hedgerow_model::{Label, Lifetime, NotebookId, Profile, Role};
use hedgerow_sync::{Command, Me, Outcome};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::sync::Arc;

/// A person with one device. The same name and seed are the same person.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) secrets: Secrets,
    log: Vec<SignedOp>,
    profile: (u64, Profile),
}

/// What follows from a seed and a word, as chance.
pub(crate) fn chance(seed: u64, word: &str) -> ChaCha20Rng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    for (at, byte) in word.bytes().enumerate() {
        bytes[8 + at % 24] = bytes[8 + at % 24].wrapping_mul(31).wrapping_add(byte);
    }
    ChaCha20Rng::from_seed(bytes)
}

impl Person {
    /// Somebody called `name`.
    pub(crate) fn new(seed: u64, name: &str) -> Person {
        let mut rng = chance(seed, name);
        let secrets = Secrets::generate(&mut rng);
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let (keys, recovery) = (device_keys(&secrets), recovery_keys(&secrets));
        let log = vec![found_person(&keys, recovery.public(), salt).expect("a person can be founded")];
        let profile = Profile { name: Label::parse(name).ok(), ..Profile::default() };
        Person { name: name.to_owned(), secrets, log, profile: (1, profile) }
    }

    /// The same person as a folder on disk knows them.
    pub(crate) fn known_as(mut self, log: Vec<SignedOp>, profile: (u64, Profile)) -> Person {
        (self.log, self.profile) = (log, profile);
        self
    }

    /// What a replica is opened with.
    pub(crate) fn me(&self) -> Me {
        Me {
            keys: Arc::new(device_keys(&self.secrets)),
            recovery: Some(Arc::new(recovery_keys(&self.secrets))),
            log: self.log.clone(),
            profile: self.profile.clone(),
        }
    }

    /// The seed of a replica's chance: each `life` of the device has another.
    pub(crate) fn chance(&self, life: u64) -> [u8; 32] {
        let mut seed = [0; 32];
        let mut rng = ChaCha20Rng::from_seed(self.secrets.storage_key);
        rng.set_stream(life);
        rng.fill_bytes(&mut seed);
        seed
    }
}

fn device_keys(secrets: &Secrets) -> DeviceKeys {
    DeviceKeys::from_seed(&secrets.device_seed)
}

fn recovery_keys(secrets: &Secrets) -> RecoveryKeys {
    RecoveryKeys::from_seed(&secrets.recovery_seed.expect("a new person has it"))
}

/// An invitation for one, as the link.
pub(crate) fn invite(host: &mut Device, notebook: NotebookId) -> String {
    let invite = Command::Invite { notebook, role: Role::Writer, uses: 1, open: Lifetime::WEEK, addresses: Vec::new() };
    match host.command(invite) {
        Outcome::Invited(_, link) => link,
        other => panic!("no invitation: {other:?}"),
    }
}

/// `guest`, who is connected with `host`, joins a notebook of theirs.
pub(crate) fn join(host: &mut Device, guest: &mut Device, notebook: NotebookId) {
    let link = invite(host, notebook);
    let uri = InvitationUri::parse(&link).expect("a whole link");
    let asked = guest.ask(Command::Join(Box::new(uri)));
    talk(host, guest, |_, guest| guest.answered(asked).is_some());
}

/// `guest` comes, joins, and goes.
pub(crate) fn visit(host: &mut Device, guest: &mut Device, notebook: NotebookId) {
    connect(host, guest);
    join(host, guest, notebook);
    part(host, guest);
}
