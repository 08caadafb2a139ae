//! Pages become files.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap::error::ErrorKind;
use hedgerow_api::reply::FoundKind;
use hedgerow_api::request::{Canonical, Find, ListInbox, ListNotebooks, ListPages, ShowPage, ShowPageMarkdown};
use serde::Serialize;

use crate::args::{Cli, ExportArgs, Format};
use crate::door::Doorway;
use crate::file_name::FileNames;
use crate::output::Output;
use crate::problem::{Problem, in_words};
use crate::words::count;

/// What is exported.
#[derive(Debug, PartialEq, Eq)]
enum What {
    All,
    Named(String),
}

/// Where to.
#[derive(Debug, PartialEq, Eq)]
enum Where {
    Output,
    Folder(PathBuf),
}

/// `export`
pub(super) async fn run(way: &Doorway, args: ExportArgs, out: &mut Output) -> Result<(), Problem> {
    let unless_told = if out.json() { Format::Json } else { Format::Md };
    let format = args.format.unwrap_or(unless_told);
    match understand(args)? {
        (what, Where::Output) => canonical(way, what, out).await,
        (what, Where::Folder(folder)) => files(way, what, &folder, format, out).await,
    }
}

fn understand(args: ExportArgs) -> Result<(What, Where), Problem> {
    let ExportArgs { mut names, all, canonical, .. } = args;
    let folder = if canonical { Some(Where::Output) } else { names.pop().map(Where::Folder) };
    let what = if all { Some(What::All) } else { names.pop().map(|name| What::Named(name.display().to_string())) };
    match (what, folder) {
        (Some(what), Some(folder)) if names.is_empty() => Ok((what, folder)),
        _ => {
            let say = if canonical {
                "say which notebook, or --all, and no folder"
            } else if all {
                "with --all, say which folder to write to, and nothing else"
            } else {
                "say which notebook or page, and which folder to write to"
            };
            let mut command = Cli::command();
            let export = command.find_subcommand_mut("export");
            let usage = match export {
                Some(export) => export.error(ErrorKind::WrongNumberOfValues, say),
                None => command.error(ErrorKind::WrongNumberOfValues, say),
            };
            Err(Problem::Usage(usage))
        }
    }
}

async fn canonical(way: &Doorway, what: What, out: &mut Output) -> Result<(), Problem> {
    let notebooks = match what {
        What::Named(notebook) => vec![notebook],
        What::All => {
            let mut ids: Vec<_> = way.ask(ListNotebooks {}).await?.into_iter().map(|notebook| notebook.id).collect();
            ids.sort();
            ids
        }
    };
    for notebook in notebooks {
        let mut from = None;
        loop {
            let part = way.ask(Canonical { notebook: notebook.clone(), from }).await?;
            out.text(&part.text)?;
            match part.next {
                Some(next) => from = Some(next),
                None => break,
            }
        }
    }
    Ok(())
}

/// A page to be written, and where to.
struct Planned {
    id: String,
    to: PathBuf,
}

/// What was written.
#[derive(Debug, Serialize)]
struct Report {
    exported: u64,
    folder: String,
}

async fn files(way: &Doorway, what: What, folder: &Path, format: Format, out: &mut Output) -> Result<(), Problem> {
    let planned = match what {
        What::All => plan_all(way, folder, format).await?,
        What::Named(name) => plan_one(way, name, folder, format).await?,
    };
    // What stands there may be somebody's only copy, so look at all of it before writing any of it.
    for page in &planned {
        if std::fs::symlink_metadata(&page.to).is_ok() {
            let line = format!("{} is there already; nothing was written. Name another folder", page.to.display());
            return Err(Problem::said(line));
        }
    }
    make_folder(folder)?;
    let progress = super::progress::steps(planned.len(), "Exporting");
    for page in &planned {
        let text = match format {
            Format::Md => way.ask(ShowPageMarkdown { page: page.id.clone(), at: None }).await?.markdown,
            Format::Json => as_line(&way.ask(ShowPage { page: page.id.clone(), at: None }).await?)?,
        };
        write_new(&page.to, &text)?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    let report = Report { exported: planned.len() as u64, folder: folder.display().to_string() };
    super::notebook::done(out, &report, || {
        format!("Exported {} to {}.", count(report.exported, "page", "pages"), report.folder)
    })
}

fn as_line(value: &impl Serialize) -> Result<String, Problem> {
    let json =
        serde_json::to_string(value).map_err(|cause| Problem::said(format!("could not write a page: {cause}")))?;
    Ok(json + "\n")
}

async fn plan_one(way: &Doorway, name: String, folder: &Path, format: Format) -> Result<Vec<Planned>, Problem> {
    let found = way.ask(Find { id: name }).await?;
    match found.kind {
        FoundKind::Notebook => plan_pages(way, found.id, folder, format).await,
        FoundKind::Page => {
            let to = folder.join(FileNames::default().give(&found.title, ending(format)));
            Ok(vec![Planned { id: found.id, to }])
        }
    }
}

async fn plan_all(way: &Doorway, folder: &Path, format: Format) -> Result<Vec<Planned>, Problem> {
    let mut names = FileNames::default();
    let mut planned = Vec::new();
    for notebook in way.ask(ListNotebooks {}).await? {
        let within = folder.join(names.give(&notebook.title, ""));
        planned.extend(plan_pages(way, notebook.id, &within, format).await?);
    }
    let inbox = folder.join(names.give("Inbox", ""));
    let mut files = FileNames::default();
    for capture in way.ask(ListInbox {}).await? {
        let first_line: String = capture.text.lines().next().unwrap_or_default().chars().take(60).collect();
        planned.push(Planned { id: capture.id, to: inbox.join(files.give(&first_line, ending(format))) });
    }
    Ok(planned)
}

async fn plan_pages(way: &Doorway, notebook: String, folder: &Path, format: Format) -> Result<Vec<Planned>, Problem> {
    let mut pages = way.ask(ListPages { notebook }).await?;
    // By title and id, so that two pages of one title get the same names in every export.
    pages.sort_by(|a, b| (&a.title, &a.id).cmp(&(&b.title, &b.id)));
    let mut names = FileNames::default();
    let planned =
        pages.into_iter().map(|page| Planned { to: folder.join(names.give(&page.title, ending(format))), id: page.id });
    Ok(planned.collect())
}

fn ending(format: Format) -> &'static str {
    match format {
        Format::Md => ".md",
        Format::Json => ".json",
    }
}

fn make_folder(folder: &Path) -> Result<(), Problem> {
    std::fs::create_dir_all(folder)
        .map_err(|cause| Problem::said(format!("could not make the folder {}: {}", folder.display(), in_words(&cause))))
}

/// Writes a file that was not there before; half a file is taken away again.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Problem> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let failed = |cause: std::io::Error| {
        let line = format!("could not write {}: {}; what was written before is kept", path.display(), in_words(&cause));
        Problem::said(line)
    };
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(|cause| {
        // The failure to be told is the first one.
        let _ = std::fs::remove_file(path);
        failed(cause)
    })
}
