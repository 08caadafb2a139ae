//! The device's keys in the system's keychain, with a real one.

use hedgerow_tests::{Device, Keychain, leak_in_bytes};
use std::{fs, path::Path};

/// Everything that lies in a folder, by name.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut all: Vec<_> = entries
        .flat_map(|path| match path.is_dir() {
            true => contents(&path),
            false => vec![(path.display().to_string(), fs::read(&path).expect("a file"))],
        })
        .collect();
    all.sort();
    all
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let there = to.join(path.file_name().expect("a name"));
        if path.is_dir() { copy(&path, &there) } else { fs::copy(&path, &there).map(drop).expect("copied") }
    }
}

fn me(device: &Device) -> (String, String) {
    (device.get(&["whoami"], "device_id"), device.get(&["whoami"], "key_kept"))
}

#[test]
fn adas_first_note_and_her_next_are_kept_with_the_keychain() {
    let keychain = Keychain::unlocked();
    let ada = Device::new("Ada").with(&keychain);
    let first = ada.run(&["capture", "Lock Lane drain is blocked"]);
    assert!(first.text().contains("Saved") && first.stderr.is_empty(), "nothing is asked or said: {}", first.stderr);
    let (device, kept) = me(&ada);
    assert_eq!(kept, "keychain");
    assert!(ada.text(&["whoami"]).contains("in this system's keychain"));

    // Each command is a process of its own; here is one that stays.
    let node = ada.serve(&[]);
    ada.text(&["capture", "Gwen has the keys"]);
    node.stop();
    assert_eq!(ada.json(&["inbox", "list"]).len(), 2);
    assert_eq!(me(&ada).0, device);

    let keys = fs::read(ada.folder().join("keys")).expect("the key box");
    assert_eq!(keys[..2], [1, 2], "version 1, keychain");
    for (name, bytes) in contents(ada.folder()) {
        for word in ["Lock Lane drain", "Gwen has the keys"] {
            assert_eq!(leak_in_bytes(&bytes, &[word]), None, "{name}");
        }
    }
}

#[test]
fn two_folders_share_a_keychain_and_nothing_else() {
    let keychain = Keychain::unlocked();
    let [ada, bo] = ["Ada", "Bo"].map(|name| Device::new(name).with(&keychain));
    let (hers, his) = (me(&ada), me(&bo));
    assert_ne!(hers.0, his.0);
    assert_eq!((me(&ada), me(&bo)), (hers, his));
}

#[test]
fn a_folder_copied_to_where_its_keychain_is_not_stays_shut() {
    let (keychain, others) = (Keychain::unlocked(), Keychain::unlocked());
    let ada = Device::new("Ada").with(&keychain);
    ada.text(&["capture", "Lock Lane drain is blocked"]);
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let copied = elsewhere.path().join("copied");
    copy(ada.folder(), &copied);
    let before = contents(&copied);
    let thief = Device::at("Thief", &copied).with(&others);
    let nobody = Device::at("Thief", &copied);
    for (thief, why) in [(&thief, "does not have it"), (&nobody, "cannot be reached")] {
        for words in [&["inbox", "list"][..], &["capture", "mine"], &["whoami"]] {
            let said = thief.refused(words);
            assert!(said.contains(why) && said.contains(&copied.display().to_string()), "{said}");
        }
    }
    let now: Vec<_> = contents(&copied).into_iter().filter(|(name, _)| !name.ends_with("lock")).collect();
    let before: Vec<_> = before.into_iter().filter(|(name, _)| !name.ends_with("lock")).collect();
    assert_eq!(now.len(), before.len(), "nothing was made anew");
    assert!(now == before, "nothing was touched");
    assert_eq!(ada.json(&["inbox", "list"]).len(), 1);
}

#[test]
fn a_keychain_that_is_away_or_locked_is_said_so_and_opens_when_it_is_back() {
    let mut keychain = Keychain::unlocked();
    let ada = Device::new("Ada").with(&keychain);
    ada.text(&["capture", "Lock Lane drain is blocked"]);
    let device = me(&ada).0;

    keychain.go();
    let said = ada.refused(&["inbox", "list"]);
    let folder = ada.folder().display().to_string();
    assert!(said.contains("cannot be reached") && said.contains(&folder), "{said}");
    keychain.come_back_locked();
    let said = ada.refused(&["inbox", "list"]);
    assert!(said.contains("is locked") && said.contains("unlock it") && said.contains(&folder), "{said}");

    keychain.come_back();
    assert_eq!(ada.json(&["inbox", "list"]).len(), 1);
    assert_eq!(me(&ada).0, device);
}

#[test]
fn where_no_keychain_can_be_used_new_keys_are_in_a_file_unless_that_is_not_wanted() {
    let mut keychain = Keychain::unlocked();
    let bare = || Device::new("Ada").with(&keychain);
    let passphrase = keychain.folder().join("passphrase");
    fs::write(&passphrase, "bramble\n").expect("written");
    let passphrase = passphrase.display().to_string();
    assert_eq!(me(&bare().told("HEDGEROW_KEYS", "file")).1, "key_file");
    assert_eq!(me(&bare().told("HEDGEROW_PASSPHRASE_FILE", &passphrase)).1, "passphrase");
    let both = bare().told("HEDGEROW_PASSPHRASE_FILE", &passphrase).told("HEDGEROW_KEYS", "keychain");
    assert!(both.refused(&["whoami"]).contains("HEDGEROW_PASSPHRASE_FILE"));
    assert!(bare().told("HEDGEROW_KEYS", "cellar").refused(&["whoami"]).contains("\"cellar\""));

    keychain.go();
    let bare = || Device::new("Ada").with(&keychain);
    let ada = bare();
    assert_eq!(me(&ada).1, "key_file");
    assert!(ada.text(&["whoami"]).contains("does not stop a thief"));
    let insists = bare().told("HEDGEROW_KEYS", "keychain");
    let said = insists.refused(&["capture", "Gwen has the keys"]);
    assert!(said.contains("cannot be reached") && said.contains("HEDGEROW_KEYS"), "{said}");
    assert!(!insists.folder().join("keys").exists(), "no keys were made");

    keychain.come_back_locked();
    let cy = Device::new("Cy").with(&keychain);
    let first = cy.run(&["whoami"]);
    assert!(first.text().contains("in a file") && first.stderr.contains("is locked"), "{}", first.stderr);
    assert!(cy.run(&["whoami"]).stderr.is_empty(), "it is said once");
    keychain.come_back();
    assert_eq!((me(&cy).1, me(&ada).1), ("key_file".to_owned(), "key_file".to_owned()), "what was begun so stays so");
    assert_eq!(me(&insists).1, "keychain");
}
