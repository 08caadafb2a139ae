//! Who a person says they are, signed by one of their devices. It carries no authority.

use hedgerow_model::{DeviceId, PersonId, Profile};
use serde::{Deserialize, Serialize};

use crate::{
    RecordRefusal, canonical,
    keys::{Context, DeviceKeys, Signature, verify},
};

/// A signed statement of a person's about themselves. Of several by valid devices of the person, the one with the highest
/// [rank](SignedProfile::rank) stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedProfile {
    /// About whom.
    pub person: PersonId,
    /// Which of their devices says so.
    pub device: DeviceId,
    /// One more than that of the profile it replaces.
    pub counter: u64,
    /// What they say.
    pub profile: Profile,
    /// Of the device.
    pub signature: Signature,
}

impl SignedProfile {
    /// The longest, written, in bytes. Twenty-four labels of 120 characters fit.
    pub const MOST: usize = 16 * 1024;

    /// Signs `profile` as what `person` says of themselves.
    #[must_use]
    pub fn sign(keys: &DeviceKeys, person: PersonId, counter: u64, profile: Profile) -> SignedProfile {
        let device = keys.device();
        let message = message(&device, counter, &profile);
        let signature = keys.sign(Context::Profile, &person.into(), &message);
        SignedProfile { person, device, counter, profile, signature }
    }

    /// Checks bounds and signature. Whether the device is one of the person's, membership knows.
    ///
    /// # Errors
    /// [`RecordRefusal::BadSignature`] when either does not hold.
    pub fn verify(&self) -> Result<(), RecordRefusal> {
        let message = message(&self.device, self.counter, &self.profile);
        let log = self.person.into();
        if self.profile.places.len() <= Profile::MOST_PLACES
            && verify(self.device.as_bytes(), Context::Profile, &log, &message, &self.signature)
        {
            return Ok(());
        }
        Err(RecordRefusal::BadSignature { author: self.device })
    }

    /// What decides between two profiles of one person: the counter, then a hash, so that all choose the same.
    #[must_use]
    pub fn rank(&self) -> (u64, [u8; 32]) {
        (self.counter, *blake3::hash(&message(&self.device, self.counter, &self.profile)).as_bytes())
    }
}

fn message(device: &DeviceId, counter: u64, profile: &Profile) -> Vec<u8> {
    let said = blake3::hash(&canonical::write(profile));
    [device.as_bytes().as_slice(), &counter.to_le_bytes(), said.as_bytes()].concat()
}
