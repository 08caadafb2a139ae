//! A disk in user space that logs what it is asked: one large file, and sheets for what programs say.
//!
//! Nothing is cached above it, so that each write and each flush of whoever uses the file arrives here when it is made.

use super::log::{Event, Log};
use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo,
    LockOwner, MountOption, OpenFlags, ReplyAttr, ReplyData, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyWrite, Request,
    Session, TimeOrNow, WriteFlags,
};
use std::{
    ffi::OsStr,
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The name of the large file.
pub(super) const DISK: &str = "disk";
/// What the names of sheets begin with; a number follows.
pub(super) const SHEET: &str = "sheet-";

const ROOT_NUMBER: u64 = 1;
const DISK_NUMBER: u64 = 2;
const FIRST_SHEET: u64 = 1000;
/// Nothing here changes its name or size, so the kernel may remember both.
const REMEMBER: Duration = Duration::from_secs(3600);

struct LoggedFile {
    log: Log,
    content: File,
    size: u64,
}

/// Mounts at `at` a disk of `size` bytes that keeps its content in `content`.
pub(super) fn mount(at: &Path, content: File, size: u64, log: Log) -> io::Result<BackgroundSession> {
    content.set_len(size)?;
    let mut config = Config::default();
    config.mount_options = vec![MountOption::FSName("hedgerow-power".to_owned()), MountOption::NoAtime];
    Session::new(LoggedFile { log, content, size }, at, &config)?.spawn()
}

impl LoggedFile {
    fn attributes(&self, number: u64) -> Option<FileAttr> {
        let (kind, perm, size) = match number {
            ROOT_NUMBER => (FileType::Directory, 0o700, 0),
            DISK_NUMBER => (FileType::RegularFile, 0o600, self.size),
            FIRST_SHEET.. => (FileType::RegularFile, 0o600, 0),
            _ => return None,
        };
        Some(FileAttr {
            ino: INodeNo(number),
            size,
            blocks: size / 512,
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind,
            perm,
            nlink: 1,
            uid: 0,
            gid: 0,
            rdev: 0,
            blksize: 4096,
            flags: 0,
        })
    }

    fn number(name: &str) -> Option<u64> {
        match name.strip_prefix(SHEET) {
            Some(sheet) => sheet.parse::<u64>().ok()?.checked_add(FIRST_SHEET),
            None => (name == DISK).then_some(DISK_NUMBER),
        }
    }

    fn read(&self, offset: u64, size: u32) -> io::Result<Vec<u8>> {
        let left = self.size.saturating_sub(offset);
        let length = usize::try_from(left.min(size.into())).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        self.content.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        if offset.saturating_add(bytes.len() as u64) > self.size {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.content.write_all_at(bytes, offset)?;
        self.log.push(Event::Write { at: offset, bytes: bytes.to_vec() });
        Ok(())
    }
}

impl Filesystem for LoggedFile {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let number = name.to_str().and_then(Self::number).filter(|_| parent == INodeNo::ROOT);
        match number.and_then(|number| self.attributes(number)) {
            Some(attributes) => reply.entry(&REMEMBER, &attributes, Generation(0)),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn getattr(&self, _: &Request, number: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.attributes(number.0) {
            Some(attributes) => reply.attr(&REMEMBER, &attributes),
            None => reply.error(Errno::ENOENT),
        }
    }

    fn setattr(
        &self,
        request: &Request,
        number: INodeNo,
        _: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        handle: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<fuser::BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        match size {
            Some(size) if self.attributes(number.0).is_none_or(|now| now.size != size) => reply.error(Errno::EPERM),
            _ => self.getattr(request, number, handle, reply),
        }
    }

    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO | FopenFlags::FOPEN_PARALLEL_DIRECT_WRITES);
    }

    fn read(
        &self,
        _: &Request,
        number: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        if number.0 != DISK_NUMBER {
            return reply.data(&[]);
        }
        match self.read(offset, size) {
            Ok(bytes) => reply.data(&bytes),
            Err(problem) => reply.error(problem.into()),
        }
    }

    fn write(
        &self,
        _: &Request,
        number: INodeNo,
        _: FileHandle,
        offset: u64,
        bytes: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        if let Some(sheet) = number.0.checked_sub(FIRST_SHEET) {
            self.log.push(Event::Told { sheet, words: bytes.to_vec() });
            return reply.written(length);
        }
        match self.write(offset, bytes) {
            Ok(()) => reply.written(length),
            Err(problem) => reply.error(problem.into()),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        // That a file was closed makes nothing safe.
        reply.ok();
    }

    fn fsync(&self, _: &Request, number: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        if number.0 == DISK_NUMBER {
            self.log.push(Event::Flush);
        }
        reply.ok();
    }
}
