//! The key box: damaged anywhere it opens nothing, and that is said; nothing is made in its place.

use super::{WAYS, hurt};
use hedgerow_tests::{Device, crash::files_below};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use std::fs;

#[test]
fn a_key_box_that_is_damaged_is_named_and_nothing_is_made_in_its_place() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    let phrase = desk.path().join("phrase");
    fs::write(&phrase, "a hedge of hawthorn and hazel\n").expect("a temporary folder takes a file");
    let mut tried = 0;
    for guarded in [false, true] {
        let told = |device: Device| if guarded { device.told("HEDGEROW_PASSPHRASE_FILE", &phrase) } else { device };
        let ada = told(Device::new("Ada"));
        ada.text(&["init", "--name", "Ada"]);
        let rota = ada.notebook("Flood rota");
        ada.page(&rota, "Night cover", "Gwen has the keys.\n");
        let canonical = ada.canonical(&rota);
        let mut chance = ChaCha8Rng::seed_from_u64(u64::from(guarded));
        for way in WAYS.iter().cycle().take(WAYS.len() * usize::try_from(super::rounds()).expect("few rounds")) {
            let trial = told(ada.copied());
            let keys = trial.folder().join("keys");
            let case = format!("guarded: {guarded}, {}", hurt(&keys, way, &mut chance));
            let (damaged, files) = (fs::read(&keys).ok(), files_below(trial.folder()));
            let said = trial.refused(&["page", "list", &rota]);
            assert!(said.contains("key"), "{case}: {said}");
            trial.refused(&["verify", "--repair", "--wait", "1"]);
            assert_eq!(
                (fs::read(&keys).ok(), files_below(trial.folder())),
                (damaged, files),
                "{case}: it stays as it is"
            );
            fs::copy(ada.folder().join("keys"), &keys).expect("there is a backup");
            assert_eq!(trial.canonical(&rota), canonical, "{case}: with the box from a backup");
            tried += 1;
        }
    }
    println!("shows P7: {tried} damaged key boxes");
}
