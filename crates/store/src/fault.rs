//! What can go wrong, in words.

use std::io;
use std::path::Path;

/// Why something was not saved or not read. Each is one line that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// No space is left. Nothing is lost; saving works again when there is space.
    #[error("the disk with {folder} is full; nothing is lost. Free some space, then try again")]
    Full {
        /// The store's folder.
        folder: String,
    },
    /// The file system takes no writes.
    #[error("{folder} is on a read-only disk; make it writable, then try again")]
    ReadOnly {
        /// The store's folder.
        folder: String,
    },
    /// This user may not do that there.
    #[error("may not use {folder}; give this user the right to read and write there, then try again")]
    Denied {
        /// The store's folder.
        folder: String,
    },
    /// The system has no more file handles.
    #[error("too many files are open on this device; close some programs, then try again")]
    TooManyFiles,
    /// A row is not as it was written. Others are not concerned.
    #[error("{0}; it can be fetched again from somebody who has it, or from a backup")]
    Damaged(Damage),
    /// A key or a value is over the limit.
    #[error("a {what} for {table} has {size} bytes; at most {most} can be kept")]
    TooBig {
        /// `key` or `value`.
        what: &'static str,
        /// The table's name.
        table: &'static str,
        /// Its bytes.
        size: usize,
        /// The limit.
        most: usize,
    },
    /// The store takes no more writes until Hedgerow is started again.
    #[error("saving has stopped ({why}); what was saved before is safe. Restart Hedgerow")]
    Stopped {
        /// The cause.
        why: String,
    },
    /// Anything else that the system said.
    #[error("could not {doing} in {folder}: {why}. Try again; if it stays, check the disk")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The store's folder.
        folder: String,
        /// What the system said.
        why: String,
    },
}

impl StoreFault {
    /// Puts a system's error into our words. `folder` is where it happened, `doing` what was being done.
    #[must_use]
    pub fn from_io(doing: &'static str, folder: &Path, error: &io::Error) -> StoreFault {
        let where_it_is = folder.display().to_string();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                StoreFault::Full { folder: where_it_is }
            }
            io::ErrorKind::ReadOnlyFilesystem => StoreFault::ReadOnly { folder: where_it_is },
            io::ErrorKind::PermissionDenied => StoreFault::Denied { folder: where_it_is },
            _ if is_out_of_handles(error) => StoreFault::TooManyFiles,
            _ => StoreFault::Io { doing, folder: where_it_is, why: one_line(&error.to_string()) },
        }
    }
}

/// Too many open files has no `ErrorKind`. sled copies errors as their debug text, so the number is sought there too.
pub(crate) fn is_out_of_handles(error: &io::Error) -> bool {
    const MINE: i32 = 24;
    const EVERYBODYS: i32 = 23;
    if cfg!(not(unix)) {
        return false;
    }
    match error.raw_os_error() {
        Some(code) => code == MINE || code == EVERYBODYS,
        None => {
            let text = error.to_string();
            text.contains("code: 24,") || text.contains("code: 23,")
        }
    }
}

/// At most 200 characters, without line breaks.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(200).collect()
}

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The table; empty when it concerns the whole store.
    pub table: String,
    /// The key in hexadecimal; empty when it concerns the whole table.
    pub key: String,
    /// What is wrong.
    pub what: Wrong,
}

/// What is wrong with a row, a table or the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The row is not what was sealed for this table and key.
    Unsealable,
    /// The row's body file is not there.
    FileMissing,
    /// The row's body file is not what was written.
    FileAltered,
    /// It cannot be read at all.
    Unreadable {
        /// What the engine said.
        why: String,
    },
    /// The table has lost rows, or has rows that were deleted.
    CountDiffers {
        /// How many rows the sealed counts state.
        stated: u64,
        /// How many there are.
        found: u64,
    },
    /// The number of rows is right, but some are older than what was written last.
    ContentDiffers,
    /// The sealed counts are missing or unsealable; they were made anew from what is there, so that rows which are
    /// missing can no longer be told from rows that never were.
    CountsLost,
    /// The newest acknowledged commits are gone.
    WentBack {
        /// How many commits there were.
        stated: u64,
        /// How many there are.
        found: u64,
    },
}

impl Damage {
    pub(crate) fn row(table: &str, key: &[u8], what: Wrong) -> Damage {
        Damage { table: table.to_owned(), key: hex(key), what }
    }

    pub(crate) fn table(table: &str, what: Wrong) -> Damage {
        Damage { table: table.to_owned(), key: String::new(), what }
    }

    pub(crate) fn store(what: Wrong) -> Damage {
        Damage { table: String::new(), key: String::new(), what }
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.table[..], &self.key[..]) {
            ("", "") => write!(f, "the store ")?,
            (table, "") => write!(f, "table {table} ")?,
            (table, key) => write!(f, "row {} of {table} ", key.get(..40).unwrap_or(key))?,
        }
        match &self.what {
            Wrong::Unsealable => write!(f, "is damaged"),
            Wrong::FileMissing => write!(f, "has lost its file"),
            Wrong::FileAltered => write!(f, "has a damaged file"),
            Wrong::Unreadable { why } => write!(f, "cannot be read ({why})"),
            Wrong::CountDiffers { stated, found } => write!(f, "should have {stated} rows and has {found}"),
            Wrong::ContentDiffers => write!(f, "has rows that are older than what was saved last"),
            Wrong::CountsLost => write!(f, "has lost its counts"),
            Wrong::WentBack { stated, found } => write!(f, "has lost what was saved last ({found} of {stated} saves)"),
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
