//! One program at a time in a folder.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::StoreFault;
use crate::fault::one_line;
use crate::files::{make_private_folder, private};

/// Holds a folder for this program: until dropped, or until the program ends, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    /// The system lets go of the lock when this handle closes, also after kill -9.
    _file: File,
}

/// Somebody else holds the folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{folder} is in use by {holder}; close that first, then try again")]
pub struct InUse {
    /// The folder.
    pub folder: String,
    /// What holds it: its words for itself and its process number.
    pub holder: String,
}

/// Why a folder could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Somebody else holds it.
    #[error(transparent)]
    InUse(#[from] InUse),
    /// It cannot be made or written.
    #[error(transparent)]
    Unusable(#[from] StoreFault),
}

impl FolderLock {
    /// Takes `folder`, making it (for this user alone) if it is not there. `who` says what this program is, for those
    /// who come second: `hedgerow serve`.
    ///
    /// # Errors
    /// [`LockError::InUse`] names the holder; [`LockError::Unusable`] says why the folder cannot be written.
    pub fn take(folder: &Path, who: &str) -> Result<FolderLock, LockError> {
        let fault = |error: &std::io::Error| StoreFault::from_io("lock the folder", folder, error);
        make_private_folder(folder).map_err(|error| fault(&error))?;
        let path = folder.join("lock");
        // Not truncated on opening: the words in it are the holder's.
        let opened = private().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = opened.map_err(|error| fault(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(folder, &mut file).into()),
            Err(TryLockError::Error(error)) => return Err(fault(&error).into()),
        }
        // The lock holds whether or not its words could be written: a full disk must not keep anybody from reading.
        let _ = file.set_len(0).and_then(|()| {
            file.rewind()?;
            writeln!(file, "{} (process {})", one_line(who), std::process::id())
        });
        Ok(FolderLock { _file: file })
    }
}

fn in_use(folder: &Path, file: &mut File) -> InUse {
    let mut words = Vec::new();
    // Unreadable on Windows while locked, and empty in the moment before the holder has written: then it has no name.
    let _ = file.take(300).read_to_end(&mut words);
    let words = one_line(String::from_utf8_lossy(&words).trim());
    let holder = if words.is_empty() { "another program".to_owned() } else { words };
    InUse { folder: folder.display().to_string(), holder }
}
