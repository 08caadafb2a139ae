//! Files on pages: attached, listed, fetched.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use hedgerow_api::Base64;
use hedgerow_api::reply::{Attachment, AttachmentLine, Draft, FoundAttachment};
use hedgerow_api::request::{
    AddPiece, BeginFile, DropFile, FetchAttachment, FindAttachment, FinishFile, PutAttachment, ReadPiece,
};
use serde::Serialize;

use super::notebook::done;
use super::progress;
use crate::door::Doorway;
use crate::file_name::FileNames;
use crate::output::Output;
use crate::problem::{Problem, in_words};
use crate::table::Table;
use crate::words::{self, size};

/// `page attach`
pub(super) async fn attach(
    way: &Doorway,
    page: String,
    path: &Path,
    caption: String,
    out: &mut Output,
) -> Result<(), Problem> {
    let unread = |cause: &str| Problem::said(format!("{} was not attached: {cause}", path.display()));
    let mut file = File::open(path).map_err(|cause| unread(&in_words(&cause)))?;
    let about = file.metadata().map_err(|cause| unread(&in_words(&cause)))?;
    if about.is_dir() {
        return Err(unread("it is a folder; name a file"));
    }
    let draft = way.ask(BeginFile { page: page.clone() }).await?;
    // What cannot fit is not sealed first.
    let whole = match about.len() > draft.most {
        true => Err(unread(&too_long(&draft))),
        false => hand_over(way, &draft, &mut file, &unread).await,
    };
    if let Err(problem) = whole {
        let _ = way.ask(DropFile { draft: draft.draft }).await;
        return Err(problem);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let media_type = mime_guess::from_path(path).first_or_octet_stream().essence_str().to_owned();
    let attachment = way.ask(FinishFile { draft: draft.draft, name, media_type }).await?;
    let changed = way.ask(PutAttachment { page, attachment: attachment.clone(), caption }).await?;
    done(out, &attachment, || {
        let Attachment { name, size: length, id, .. } = &attachment;
        format!("\"{name}\" ({}) is on \"{}\" now: {id}. Saved on this device.", size(*length), changed.title)
    })
}

fn too_long(draft: &Draft) -> String {
    format!("it is longer than {} MiB; share it another way and put a link here", draft.most >> 20)
}

/// Hands over a file to its end, piece by piece.
async fn hand_over(
    way: &Doorway,
    draft: &Draft,
    file: &mut File,
    unread: &impl Fn(&str) -> Problem,
) -> Result<(), Problem> {
    let bar = progress::wait("sealing the file");
    loop {
        let mut bytes = Vec::new();
        file.take(draft.piece).read_to_end(&mut bytes).map_err(|cause| unread(&in_words(&cause)))?;
        let is_last = (bytes.len() as u64) < draft.piece;
        if !bytes.is_empty() {
            way.ask(AddPiece { draft: draft.draft, bytes: Base64(bytes) }).await?;
        }
        if is_last {
            bar.finish_and_clear();
            return Ok(());
        }
    }
}

/// `page attachments`
pub(super) fn list(files: &[AttachmentLine], out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.objects(files);
    }
    if files.is_empty() {
        return out.line("No files on this page. Attach one with `hedgerow page attach PAGE FILE`.");
    }
    let mut table = Table::new(["NAME", "KIND", "SIZE", "HERE", "ID"]);
    for file in files {
        let here = match (file.is_whole, file.here) {
            (true, _) => "all of it".to_owned(),
            (false, 0) => "nothing".to_owned(),
            (false, here) => size(here),
        };
        table.row([file.name.clone(), file.media_type.clone(), size(file.size), here, file.id.clone()]);
    }
    out.line(table.to_string())
}

/// What was written.
#[derive(Debug, Serialize)]
struct Report {
    attachment: String,
    file: String,
    size: u64,
}

/// `page fetch`
pub(super) async fn fetch(
    way: &Doorway,
    meant: FindAttachment,
    to: &Path,
    wait_seconds: u64,
    out: &mut Output,
) -> Result<(), Problem> {
    let found = way.ask(meant).await?;
    let to = (to != Path::new("-")).then(|| place(to, &found));
    if let Some(to) = to.as_ref().filter(|to| to.exists()) {
        return Err(is_there(to));
    }
    let bar = progress::wait("fetching the file");
    let file = FetchAttachment { page: found.page_id.clone(), attachment: found.id.clone(), wait_seconds };
    way.ask(file).await?;
    bar.finish_and_clear();
    match to {
        None => read(way, &found, &mut std::io::stdout().lock()).await.map(drop),
        Some(to) => {
            let length = write(way, &found, &to).await?;
            let report = Report { attachment: found.id.clone(), file: to.display().to_string(), size: length };
            done(out, &report, || format!("\"{}\" ({}) is in {}.", found.name, words::size(length), to.display()))
        }
    }
}

/// Where the file goes: in a folder under its own name, as any system takes it.
fn place(to: &Path, found: &FoundAttachment) -> PathBuf {
    if !to.is_dir() {
        return to.to_owned();
    }
    let (stem, ending) = match found.name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.chars().all(char::is_alphanumeric) => {
            (stem.to_owned(), format!(".{ending}"))
        }
        _ => (found.name.clone(), String::new()),
    };
    to.join(FileNames::default().give(&stem, &ending))
}

fn is_there(to: &Path) -> Problem {
    Problem::said(format!("{} is there already, and was left as it is; name another file", to.display()))
}

/// Writes the whole file or none of it, and over nothing.
async fn write(way: &Doorway, found: &FoundAttachment, to: &Path) -> Result<u64, Problem> {
    let unwritten =
        |cause: std::io::Error| Problem::said(format!("{} was not written: {}", to.display(), in_words(&cause)));
    let mut file = match OpenOptions::new().write(true).create_new(true).open(to) {
        Ok(file) => file,
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => return Err(is_there(to)),
        Err(cause) => return Err(unwritten(cause)),
    };
    let written = match read(way, found, &mut file).await {
        Ok(length) => file.sync_all().map(|()| length).map_err(unwritten),
        Err(problem) => Err(problem),
    };
    if written.is_err() {
        // Begun here a moment ago; half a file is worse than none.
        let _ = std::fs::remove_file(to);
    }
    written
}

async fn read(way: &Doorway, found: &FoundAttachment, to: &mut impl Write) -> Result<u64, Problem> {
    let mut length = 0;
    for piece in 0.. {
        let ask = ReadPiece { page: found.page_id.clone(), attachment: found.id.clone(), piece };
        let bytes = way.ask(ask).await?.bytes.0;
        if bytes.is_empty() {
            break;
        }
        to.write_all(&bytes)
            .map_err(|cause| Problem::said(format!("the file was not written: {}", in_words(&cause))))?;
        length += bytes.len() as u64;
    }
    Ok(length)
}
