//! What a command asked of the kernel, as strace tells it.

use crate::{PATIENCE, until};
use std::{ffi::OsString, fs, path::Path};
use tempfile::NamedTempFile;

/// One system call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Its arguments and result, as strace prints them, file descriptors with their paths.
    pub rest: String,
}

/// What a node asks of the kernel, written down while it runs.
pub struct Watch(pub(crate) NamedTempFile);

impl Watch {
    /// All its calls, once it has been killed.
    pub fn of_the_killed(self) -> Trace {
        let whole =
            || fs::read(self.0.path()).ok().filter(|text| String::from_utf8_lossy(text).contains("+++ killed by"));
        until("strace writes down the node's end", PATIENCE, whole);
        Trace::read(self.0.path())
    }
}

/// The calls of all threads, in the order in which they ended.
#[derive(Debug)]
pub struct Trace(Vec<Call>);

impl Trace {
    /// The words that put a command under strace, writing to `file`.
    pub(crate) fn watching(file: &Path) -> Vec<OsString> {
        let calls = "trace=openat,write,pwrite64,writev,pwritev,rename,renameat,renameat2,fsync,fdatasync,sync_file_range,\
            ftruncate,fallocate,unlink,unlinkat,rmdir,mkdir,mkdirat,sendto,sendmsg";
        let mut words: Vec<OsString> = ["strace", "-f", "-y", "-s", "64", "-e", calls, "-o"].map(Into::into).into();
        words.push(file.into());
        words
    }

    pub(crate) fn read(file: &Path) -> Trace {
        let text = fs::read(file).expect("strace wrote its file");
        Trace::parse(&String::from_utf8_lossy(&text))
    }

    /// Reads strace's lines; a call that was interrupted by another's line stands where it was resumed.
    fn parse(text: &str) -> Trace {
        let mut begun: Vec<(String, String)> = Vec::new();
        let mut calls = Vec::new();
        for line in text.lines() {
            let Some((process, line)) = line.split_once(' ') else { continue };
            let line = line.trim_start();
            if let Some(part) = line.strip_suffix(" <unfinished ...>") {
                begun.push((process.to_owned(), part.to_owned()));
            } else if let Some((_, rest)) = line.split_once(" resumed>") {
                let at = begun.iter().position(|(of, _)| of == process);
                let part = at.map(|at| begun.remove(at).1).unwrap_or_default();
                calls.extend(Call::parse(&format!("{part}{rest}")));
            } else {
                calls.extend(Call::parse(line));
            }
        }
        Trace(calls)
    }

    /// Every call.
    pub fn calls(&self) -> &[Call] {
        &self.0
    }

    /// Where the last write to standard output stands.
    pub fn acknowledged(&self) -> Option<usize> {
        self.0.iter().rposition(|call| call.is_write() && call.rest.starts_with("1<"))
    }

    /// Where the last write to a socket stands: a node's answer to whoever asked it.
    pub fn answered(&self) -> Option<usize> {
        let is_socket = |path: &str| path.starts_with("socket:") || path.starts_with("UNIX");
        let sends = |call: &Call| call.is_write() || call.name.starts_with("send");
        self.0.iter().rposition(|call| sends(call) && call.path().is_some_and(is_socket))
    }

    /// Files below `folder` that were written before the call at `before` and not synced between that write and it.
    pub fn written_but_not_synced(&self, folder: &Path, before: usize) -> Vec<String> {
        let mut open: Vec<String> = Vec::new();
        for call in &self.0[..before] {
            let Some(path) = call.path().filter(|path| Path::new(path).starts_with(folder)) else { continue };
            if call.is_write() {
                open.retain(|other| other != path);
                open.push(path.to_owned());
            } else if call.is_sync() {
                open.retain(|other| other != path);
            }
        }
        open
    }
}

impl Call {
    fn parse(line: &str) -> Option<Call> {
        let (name, rest) = line.split_once('(')?;
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        plain.then(|| Call { name: name.to_owned(), rest: rest.to_owned() })
    }

    /// The path of the file descriptor that it is about.
    pub fn path(&self) -> Option<&str> {
        let (descriptor, rest) = self.rest.split_once('<')?;
        let path = rest.split_once('>')?.0;
        descriptor.bytes().all(|b| b.is_ascii_digit()).then_some(path)
    }

    fn is_write(&self) -> bool {
        ["write", "pwrite64", "writev", "pwritev"].contains(&self.name.as_str())
    }

    /// `sync_file_range` does not count: it leaves the disk's own cache and the file's length unwritten.
    fn is_sync(&self) -> bool {
        ["fsync", "fdatasync"].contains(&self.name.as_str()) && self.rest.contains("= 0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
7 openat(AT_FDCWD</tmp>, \"/d/db\", O_RDWR) = 5</d/db>
7 pwrite64(5</d/db>, \"abc\", 3, 0) = 3
8 fdatasync(5</d/db> <unfinished ...>
7 write(6</d/other>, \"x\", 1) = 1
8 <... fdatasync resumed>)         = 0
7 sync_file_range(6</d/other>, 0, 0, 0) = 0
7 write(1</dev/pts/0>, \"saved\\n\", 6)  = 6
7 +++ exited with 0 +++
";

    #[test]
    fn what_was_written_and_not_synced_before_the_answer_is_found() {
        let trace = Trace::parse(TEXT);
        assert_eq!(trace.calls().len(), 6);
        let answer = trace.acknowledged().expect("it printed");
        assert_eq!(trace.written_but_not_synced(Path::new("/d"), answer), ["/d/other"]);
        assert!(trace.written_but_not_synced(Path::new("/e"), answer).is_empty());
    }
}
