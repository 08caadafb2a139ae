//! Files become pages.

use std::path::Path;

use hedgerow_api::request::{ImportFile, ImportPages};
use serde::Serialize;

use crate::args::ImportArgs;
use crate::door::Doorway;
use crate::output::Output;
use crate::problem::Problem;
use crate::text_file::read_file;
use crate::tree::{FoundFile, find_files};
use crate::words::count;

/// How many files are sent to the node at once, so that progress shows and it can save them together.
const FILES_AT_ONCE: usize = 64;

/// And how many bytes of text.
const BYTES_AT_ONCE: usize = 4 << 20;

/// What became of it all.
#[derive(Debug, Default, Serialize)]
struct Report {
    imported: u64,
    skipped: Vec<Skipped>,
}

#[derive(Debug, Serialize)]
struct Skipped {
    path: String,
    why: String,
}

/// `import`
pub(super) async fn run(way: &Doorway, args: ImportArgs, out: &mut Output) -> Result<(), Problem> {
    let found = find_files(&args.paths)?;
    let progress = super::progress::steps(found.len(), "Importing");
    let mut report = Report::default();
    let mut batch = Batch::default();
    for file in &found {
        progress.inc(1);
        match read(file) {
            Ok(file) => batch.add(file),
            Err(why) => report.skip(&file.path, why),
        }
        if batch.is_full() {
            batch.send(way, &args.notebook, &mut report).await?;
        }
    }
    batch.send(way, &args.notebook, &mut report).await?;
    progress.finish_and_clear();
    tell(&report, out)
}

/// The file's text, or why it is left out.
fn read(file: &FoundFile) -> Result<ImportFile, String> {
    let form = file.as_what.clone()?;
    let text = read_file(&file.path).map_err(|problem| problem.to_string())?;
    Ok(ImportFile { path: file.path.display().to_string(), form, text })
}

/// Files read and not sent yet.
#[derive(Default)]
struct Batch {
    files: Vec<ImportFile>,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, file: ImportFile) {
        self.bytes += file.text.len();
        self.files.push(file);
    }

    fn is_full(&self) -> bool {
        self.files.len() >= FILES_AT_ONCE || self.bytes >= BYTES_AT_ONCE
    }

    async fn send(&mut self, way: &Doorway, notebook: &str, report: &mut Report) -> Result<(), Problem> {
        let Batch { files, .. } = std::mem::take(self);
        if files.is_empty() {
            return Ok(());
        }
        let imported = way.ask(ImportPages { notebook: notebook.to_owned(), files }).await.map_err(|problem| {
            let before = report.imported;
            match problem {
                Problem::Fault(fault) if before > 0 => {
                    let pages = count(before, "page was", "pages were");
                    Problem::Partly(format!("{}; {pages} imported before that and kept", fault.say))
                }
                problem => problem,
            }
        })?;
        for file in imported.files {
            match (file.id, file.why) {
                (Some(_), _) => report.imported += 1,
                (None, why) => report.skip(Path::new(&file.path), why.unwrap_or_default()),
            }
        }
        Ok(())
    }
}

impl Report {
    fn skip(&mut self, path: &Path, why: String) {
        self.skipped.push(Skipped { path: path.display().to_string(), why });
    }
}

fn tell(report: &Report, out: &mut Output) -> Result<(), Problem> {
    match (report.imported, report.skipped.as_slice()) {
        (0, []) => {
            return Err(Problem::said("nothing was imported: no file that ends in .md, .html or .txt was found there"));
        }
        (0, [only]) => return Err(Problem::said(format!("{} was not imported: {}", only.path, only.why))),
        _ => {}
    }
    if out.json() {
        out.object(report)?;
    } else {
        let pages = count(report.imported, "page", "pages");
        out.line(format!("Imported {pages}. Saved on this device."))?;
        for skipped in &report.skipped {
            out.line(format!("Left out {}: {}", skipped.path, skipped.why))?;
        }
    }
    if report.imported > 0 {
        return Ok(());
    }
    let files = report.skipped.len();
    Err(Problem::Partly(format!(
        "nothing was imported: all {files} files were left out, each for a reason named above"
    )))
}
