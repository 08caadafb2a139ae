//! One program at a time in a folder.

use std::io::{BufRead, BufReader};

use hedgerow_store::{FolderLock, LockError};

use crate::kill::{again_as, working_in};

#[test]
fn the_lock_names_its_holder_and_dies_with_it() {
    if let Some(folder) = working_in() {
        let _lock = FolderLock::take(&folder, "hedgerow serve").unwrap();
        println!("\nholding");
        // Ends when it is killed.
        loop {
            std::thread::park();
        }
    }
    let home = crate::home();
    let folder = home.path().join("new/folder");
    let mut child = again_as("lock::the_lock_names_its_holder_and_dies_with_it", &folder).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "holding"));

    let Err(LockError::InUse(in_use)) = FolderLock::take(&folder, "hedgerow page list") else {
        panic!("two hold one folder");
    };
    assert_eq!(in_use.holder, format!("hedgerow serve (process {})", child.id()));
    assert_eq!(
        in_use.to_string(),
        format!("{} is in use by {}; close that first, then try again", folder.display(), in_use.holder)
    );
    child.kill().unwrap();
    child.wait().unwrap();
    FolderLock::take(&folder, "hedgerow page list").unwrap();
}

#[test]
fn the_lock_is_let_go_when_dropped_and_holds_until_then() {
    let home = crate::home();
    let lock = FolderLock::take(home.path(), "one\nof two lines").unwrap();
    let Err(LockError::InUse(in_use)) = FolderLock::take(home.path(), "two") else { panic!("two hold one folder") };
    assert!(in_use.holder.starts_with("one of two lines"), "{in_use}");
    drop(lock);
    FolderLock::take(home.path(), "three").unwrap();
}

#[test]
fn a_folder_that_cannot_be_is_said_so() {
    let home = crate::home();
    std::fs::write(home.path().join("file"), "").unwrap();
    let Err(LockError::Unusable(fault)) = FolderLock::take(&home.path().join("file/below"), "hedgerow") else {
        panic!("there is a file in the way");
    };
    assert!(fault.to_string().contains("file/below"), "{fault}");
}

#[cfg(unix)]
#[test]
fn a_new_folder_is_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = crate::home();
    let folder = home.path().join("a/b");
    let _lock = FolderLock::take(&folder, "hedgerow").unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("lock")), 0o600);
}
