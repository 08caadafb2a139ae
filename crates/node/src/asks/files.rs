//! Files on pages: checking what is kept of them, and having back what does not read.

use crate::answers::Damage;
use crate::asks::care::REPAIR;
use crate::asks::syncing::Waiting;
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use hedgerow_model::{Attachment, AttachmentId, NotebookId, mutant};
use hedgerow_sync::{CheckedFile, Command, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// What a check of all files found.
#[derive(Debug, Default)]
pub(super) struct CheckedFiles {
    /// Those of which something does not read.
    pub(super) spoiled: Vec<Wanting>,
    /// Those that read, and of which a part is not here.
    pub(super) partial: Vec<Wanting>,
    /// The rows that were named so: their ids, as the store names them.
    pub(super) rows: BTreeSet<String>,
}

/// A file of which something is wanting.
#[derive(Debug, Clone)]
pub(super) struct Wanting {
    pub(super) notebook: NotebookId,
    pub(super) file: AttachmentId,
    /// The same in words, with the pages that show it.
    pub(super) damage: Damage,
}

/// A file, and what was found of it.
type Found = (NotebookId, AttachmentId, CheckedFile);

impl Node {
    /// Reads all that is kept of every file, one file a turn: others wait no longer than that.
    pub(super) async fn check_files(&self) -> Result<CheckedFiles, NodeFault> {
        let mut found: Vec<Found> = Vec::new();
        for (notebook, file) in self.ask(|mind| Ok(mind.replica.files_kept(&mind.shelves)?)).await? {
            let checked = self
                .ask(move |mind| match mind.replica.check_file(&mind.shelves, &notebook, &file) {
                    // It was dropped meanwhile.
                    Err(Refusal::NoNotebook(_)) => Ok(None),
                    checked => Ok(Some(checked?)),
                })
                .await?;
            found.extend(checked.filter(|checked| !checked.is_whole()).map(|checked| (notebook, file, checked)));
        }
        if found.is_empty() || mutant("overlook-spoiled-files") {
            return Ok(CheckedFiles::default());
        }
        self.ask(move |mind| Ok(named(mind, &found))).await
    }

    /// Fetches what is wanting of files from members who are connected. What nobody has is seen at the next check.
    pub(super) async fn fetch_files(&self, files: &[Wanting]) -> Result<(), NodeFault> {
        for (notebook, file) in files.iter().map(|wanting| (wanting.notebook, wanting.file)) {
            let (asked, ended) =
                self.begin(move |_| Ok((Command::FetchFile(notebook, file, Attachment::MOST), |_: &mut Mind| ())))?;
            let waiting = Waiting::of(self, asked);
            let _ = ended.await.map_err(|_| NodeFault::Stopped)?;
            drop(waiting);
        }
        Ok(())
    }
}

fn named(mind: &mut Mind, found: &[Found]) -> CheckedFiles {
    let mut files = CheckedFiles::default();
    let notebooks: BTreeSet<NotebookId> = found.iter().map(|(notebook, ..)| *notebook).collect();
    let shown: BTreeMap<NotebookId, BTreeMap<AttachmentId, Shown>> =
        notebooks.into_iter().map(|notebook| (notebook, shown_in(mind, &notebook))).collect();
    for (notebook, file, checked) in found.iter().map(|(notebook, file, checked)| (*notebook, *file, checked)) {
        let place = shown.get(&notebook).and_then(|files| files.get(&file));
        let subject = format!("in \"{}\" {}", mind.title(&notebook), subject(&file, place));
        let (list, say) = match checked.is_sound() {
            true => (&mut files.partial, format!("{subject} is not whole: {}", missing(checked))),
            false => (&mut files.spoiled, format!("{subject} is damaged: {}; {REPAIR}", spoiled(checked))),
        };
        let damage = Damage { say, notebook: Some(notebook), what: format!("file {file}") };
        list.push(Wanting { notebook, file, damage });
        files.rows.insert(file.to_string());
        files.rows.extend(checked.spoiled.iter().map(ToString::to_string));
    }
    files
}

/// What a file is called, and the pages that show it.
#[derive(Debug)]
struct Shown {
    name: String,
    pages: Vec<String>,
}

/// The files that pages of a notebook show, deleted ones last. A page that cannot be read is told of by itself.
fn shown_in(mind: &mut Mind, notebook: &NotebookId) -> BTreeMap<AttachmentId, Shown> {
    let mut shown: BTreeMap<AttachmentId, Shown> = BTreeMap::new();
    let deleted = mind.replica.deleted_pages(notebook).unwrap_or_default();
    for page in mind.replica.pages(notebook).unwrap_or_default().into_iter().chain(deleted) {
        let title = page.title.to_string();
        for (file, _) in mind.replica.files_on(&mind.shelves, notebook, &page.id).unwrap_or_default() {
            let shown =
                shown.entry(file.id).or_insert_with(|| Shown { name: file.name.to_string(), pages: Vec::new() });
            if !shown.pages.contains(&title) {
                shown.pages.push(title.clone());
            }
        }
    }
    shown
}

fn subject(file: &AttachmentId, shown: Option<&Shown>) -> String {
    match shown.map(|shown| (&shown.name, &shown.pages[..])) {
        None | Some((_, [])) => format!("the file {file}, which no page shows that can be read,"),
        Some((name, [page])) => format!("the file \"{name}\" on the page \"{page}\""),
        Some((name, [page, more @ ..])) => {
            let others = if more.len() == 1 { "one more" } else { "others" };
            format!("the file \"{name}\" on the page \"{page}\" and {others}")
        }
    }
}

fn spoiled(checked: &CheckedFile) -> String {
    match checked.pieces {
        None => "the list of its pieces does not read".to_owned(),
        Some(pieces) => format!(
            "of its {} {} not read",
            counted(pieces, "piece", "pieces"),
            counted(checked.spoiled.len(), "does", "do")
        ),
    }
}

fn missing(checked: &CheckedFile) -> String {
    let pieces = counted(checked.pieces.unwrap_or_default(), "piece", "pieces");
    format!("of its {pieces} {} not here", counted(checked.missing, "is", "are"))
}

fn counted(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
