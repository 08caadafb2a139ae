//! Where the socket is.
//!
//! `socket` in the data folder, unless that path is too long for a socket's address. Then it stands under a short path
//! that is only this user's, and the data folder says where in the file `socket-path`.

use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::cannot;
use crate::Fault;

/// The longest path that every Unix takes in a socket's address (104 bytes on macOS, one of them the ending zero).
const LONGEST: usize = 103;

/// The socket's name in the data folder.
const SOCKET: &str = "socket";

/// Added to the name while a new socket is made ready.
const UNREADY: &str = ".new";

/// Tells where a socket that could not stand in the folder is.
const POINTER: &str = "socket-path";

/// The longest name of a socket that stands elsewhere: the device and inode of the data folder.
const LONGEST_NAME: usize = 16 + 1 + 16;

/// The most of a pointer that is read.
const MOST_POINTER: u64 = 4096;

/// The socket of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Where clients connect.
    pub(super) socket: PathBuf,
    /// Where it is bound before it is moved there.
    pub(super) unready: PathBuf,
    /// The file that says so, if it stands elsewhere.
    pub(super) pointer: Option<PathBuf>,
}

impl Place {
    /// Where the folder's socket is to be made.
    ///
    /// # Errors
    /// When no short folder of our own could be made for it.
    pub(super) fn to_serve(folder: &Path) -> Result<Place, Fault> {
        let whole =
            fs::canonicalize(folder).map_err(|cause| cannot(format!("could not open {}", folder.display()), cause))?;
        let near = Place::at(whole.join(SOCKET), None);
        if near.unready.as_os_str().len() <= LONGEST {
            return Ok(near);
        }
        let found =
            fs::metadata(&whole).map_err(|cause| cannot(format!("could not look at {}", folder.display()), cause))?;
        let short = private_folder()?.join(format!("{:x}-{:x}", found.dev(), found.ino()));
        Ok(Place::at(short, Some(whole.join(POINTER))))
    }

    fn at(socket: PathBuf, pointer: Option<PathBuf>) -> Place {
        let mut unready = socket.clone().into_os_string();
        unready.push(UNREADY);
        Place { socket, unready: unready.into(), pointer }
    }

    /// Where a running node of the folder would have its socket; `None` if no node ever made one.
    pub(super) fn to_connect(folder: &Path) -> Option<PathBuf> {
        let near = folder.join(SOCKET);
        if fs::symlink_metadata(&near).is_ok() {
            // A relative path may be short where the whole one is too long, and the other way round.
            let whole = fs::canonicalize(&near).unwrap_or_else(|_| near.clone());
            return Some(if whole.as_os_str().len() <= LONGEST { whole } else { near });
        }
        let pointer = folder.join(POINTER);
        if fs::metadata(&pointer).ok()?.len() > MOST_POINTER {
            return None;
        }
        let path = PathBuf::from(std::ffi::OsString::from_vec(fs::read(pointer).ok()?));
        path.is_absolute().then_some(path)
    }

    /// Says in the data folder where the socket is, if it is not there, and takes back what was true before the folder
    /// was moved.
    pub(super) fn point(&self) -> std::io::Result<()> {
        let outdated = match &self.pointer {
            Some(pointer) => {
                fs::write(pointer, self.socket.as_os_str().as_bytes())?;
                pointer.with_file_name(SOCKET)
            }
            None => self.socket.with_file_name(POINTER),
        };
        match fs::remove_file(outdated) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(cause),
            _ => Ok(()),
        }
    }

    /// Takes the socket and the word of it away.
    pub(super) fn clear(&self) {
        // What is not there need not be taken away; what cannot be taken away is replaced by the next node.
        let _ = fs::remove_file(&self.socket);
        if let Some(pointer) = &self.pointer {
            let _ = fs::remove_file(pointer);
        }
    }
}

/// A folder with a short path that only this user can enter.
fn private_folder() -> Result<PathBuf, Fault> {
    let user = rustix::process::getuid().as_raw();
    let runtime =
        std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute() && path.is_dir());
    let near = runtime
        .map(|path| path.join("hedgerow"))
        .filter(|path| path.as_os_str().len() + 1 + LONGEST_NAME + UNREADY.len() <= LONGEST);
    let folder = near.unwrap_or_else(|| PathBuf::from(format!("/tmp/hedgerow-{user}")));
    match fs::DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => {}
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(cause) => return Err(cannot(format!("could not make {} for the local socket", folder.display()), cause)),
    }
    let found = fs::symlink_metadata(&folder)
        .map_err(|cause| cannot(format!("could not look at {}", folder.display()), cause))?;
    // Somebody else may have made it first, in a folder that everybody may write to.
    if !found.is_dir() || found.uid() != user {
        let say = format!(
            "{} is not this user's folder; remove it, or use a data folder with a shorter path",
            folder.display()
        );
        return Err(Fault::refused(say));
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))
        .map_err(|cause| cannot(format!("could not close {} to others", folder.display()), cause))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_folder_has_its_socket_in_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::to_serve(folder.path()).expect("a place");
        assert_eq!(place.socket, fs::canonicalize(folder.path()).expect("it exists").join("socket"));
        assert_eq!(place.pointer, None);
        assert_eq!(Place::to_connect(folder.path()), None, "no node ever made one");
    }

    #[test]
    fn a_long_path_has_a_short_one_that_the_folder_tells() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("a".repeat(90)).join("b".repeat(90));
        fs::create_dir_all(&deep).expect("deep");
        let place = Place::to_serve(&deep).expect("a place");
        assert!(place.unready.as_os_str().len() <= LONGEST, "{}", place.unready.display());
        place.point().expect("told");
        assert_eq!(Place::to_connect(&deep), Some(place.socket.clone()));
        let other = deep.join("c");
        fs::create_dir_all(&other).expect("deeper");
        assert_ne!(Place::to_serve(&other).expect("another").socket, place.socket, "each folder has its own");
        place.clear();
        assert_eq!(Place::to_connect(&deep), None);
    }

    #[test]
    fn a_folder_that_was_moved_has_one_socket() {
        let folder = tempfile::tempdir().expect("a folder");
        let (short, long) = (folder.path().join("a"), folder.path().join("b".repeat(200)));
        fs::create_dir(&short).expect("made");
        fs::write(short.join(SOCKET), "").expect("left behind");
        fs::rename(&short, &long).expect("moved");
        let place = Place::to_serve(&long).expect("a place");
        place.point().expect("told");
        assert_eq!(Place::to_connect(&long), Some(place.socket));
        fs::rename(&long, &short).expect("moved back");
        let place = Place::to_serve(&short).expect("a place");
        place.point().expect("told");
        assert_eq!(Place::to_connect(&short), None, "nothing is there yet, and nothing points elsewhere");
    }
}
