//! Pages.

use std::path::{Path, PathBuf};

use hedgerow_api::reply::{Aside, Changed, PageLine, VersionLine};
use hedgerow_api::request::{
    AppendToPage, BringBackPage, DeletePage, EditPage, FieldText, FindAttachment, ListAttachments, ListDeletedPages,
    ListPages, MovePage, NewPage, PageHistory, RenamePage, ReplacePage, RestorePage, SetFields, ShowPage,
    ShowPageMarkdown,
};

use super::attachment;
use super::notebook::done;
use crate::args::{PageCommand, ShowFormat};
use crate::door::Doorway;
use crate::output::Output;
use crate::problem::Problem;
use crate::table::Table;
use crate::text_file::read_file_or_stdin;
use crate::words;

/// `page ...`
pub(super) async fn run(way: &Doorway, command: PageCommand, out: &mut Output) -> Result<(), Problem> {
    match command {
        PageCommand::New { notebook, title, template, file } => {
            let markdown = file.map(|file| read_file_or_stdin(&file)).transpose()?;
            let made = way.ask(NewPage { notebook, title: title.clone(), template, markdown }).await?;
            done(out, &made, || format!("Made the page \"{}\": {}. Saved on this device.", title.trim(), made.id))
        }
        PageCommand::List { notebook, deleted: false } => {
            let none = "No pages yet. Make one with `hedgerow page new NOTEBOOK --title TITLE`.";
            list(&way.ask(ListPages { notebook }).await?, none, out)
        }
        PageCommand::List { notebook, deleted: true } => {
            list(&way.ask(ListDeletedPages { notebook }).await?, "No page of this notebook is deleted.", out)
        }
        PageCommand::Show { page, format, at } => show(way, page.page, format, at, out).await,
        PageCommand::Append { page, text } => {
            let markdown = text_from(text.file)?;
            changed(&way.ask(AppendToPage { page: page.page, markdown }).await?, out)
        }
        PageCommand::Edit { page, at, delete, insert } => {
            changed(&way.ask(EditPage { page: page.page, at, delete, insert }).await?, out)
        }
        PageCommand::Replace { page, text } => {
            let markdown = text_from(text.file)?;
            changed(&way.ask(ReplacePage { page: page.page, markdown }).await?, out)
        }
        PageCommand::History(page) => history(&way.ask(PageHistory { page: page.page }).await?, out),
        PageCommand::Restore { page, version } => {
            changed(&way.ask(RestorePage { page: page.page, version }).await?, out)
        }
        PageCommand::Rename { page, title } => changed(&way.ask(RenamePage { page: page.page, title }).await?, out),
        PageCommand::Move { page, notebook } => {
            let moved = way.ask(MovePage { page: page.page, notebook }).await?;
            done(out, &moved, || {
                format!("\"{}\" is in \"{}\" now: {}. Saved on this device.", moved.title, moved.notebook, moved.id)
            })
        }
        PageCommand::Set { page, field, text, also } => {
            let also = also.chunks_exact(2).map(|set| FieldText { field: set[0].clone(), text: set[1].clone() });
            let fields = [FieldText { field, text }].into_iter().chain(also).collect();
            changed(&way.ask(SetFields { page: page.page, fields }).await?, out)
        }
        PageCommand::Attach { page, file, caption } => attachment::attach(way, page.page, &file, caption, out).await,
        PageCommand::Attachments(page) => attachment::list(&way.ask(ListAttachments { page: page.page }).await?, out),
        PageCommand::Fetch { attachment, file, page, wait } => {
            attachment::fetch(way, FindAttachment { attachment, page }, &file, wait, out).await
        }
        PageCommand::Delete(page) => {
            let gone = way.ask(DeletePage { page: page.page }).await?;
            done(out, &gone, || {
                format!(
                    "\"{}\" is deleted. Saved on this device. `hedgerow page bring-back {}` undoes it.",
                    gone.title, gone.id
                )
            })
        }
        PageCommand::BringBack(page) => {
            let back = way.ask(BringBackPage { page: page.page }).await?;
            done(out, &back, || format!("\"{}\" is back. Saved on this device.", back.title))
        }
    }
}

fn text_from(file: Option<PathBuf>) -> Result<String, Problem> {
    read_file_or_stdin(file.as_deref().unwrap_or(Path::new("-")))
}

pub(super) fn changed(changed: &Changed, out: &mut Output) -> Result<(), Problem> {
    done(out, changed, || {
        if changed.changed {
            format!("\"{}\": saved on this device.", changed.title)
        } else {
            format!("\"{}\" reads so already; nothing was changed.", changed.title)
        }
    })
}

async fn show(
    way: &Doorway,
    page: String,
    format: Option<ShowFormat>,
    at: Option<String>,
    out: &mut Output,
) -> Result<(), Problem> {
    let unless_told = if out.json() { ShowFormat::Json } else { ShowFormat::Md };
    match format.unwrap_or(unless_told) {
        ShowFormat::Json => {
            let view = way.ask(ShowPage { page, at }).await?;
            out.object(&view)
        }
        ShowFormat::Md => {
            let text = way.ask(ShowPageMarkdown { page, at }).await?;
            out.text(&text.markdown)
        }
    }
}

fn list(pages: &[PageLine], none: &str, out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.objects(pages);
    }
    if pages.is_empty() {
        return out.line(none);
    }
    let mut table = Table::new(["UPDATED", "TITLE", "TEMPLATE", "WRITTEN BY", "ID"]);
    for page in pages {
        let updated = words::time(page.updated, out.now());
        let authors = page.authors.join(", ");
        table.row([updated, page.title.clone(), page.template.clone(), authors, page.id.clone()]);
    }
    out.line(table.to_string())
}

fn history(versions: &[VersionLine], out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.objects(versions);
    }
    let (now, who) = (out.now(), |version: &VersionLine| words::or_dash(version.author.as_deref()));
    let mut table = Table::new(["WHEN", "WHO", "WHAT", "VERSION", "DEVICE"]);
    let mut aside = Table::new(["WHEN", "WHO", "WHAT", "VERSION", "WHY"]);
    for version in versions {
        let (when, what) = (words::time(version.when, now), version.summary.clone());
        let row = |last: String| [when, who(version), what, version.version.clone(), last];
        match version.aside {
            None => table.row(row(version.device.clone())),
            Some(why) => aside.row(row(why_aside(why).to_owned())),
        }
    }
    out.line(table.to_string())?;
    if versions.iter().all(|version| version.aside.is_none()) {
        return Ok(());
    }
    out.line(format!("\nKept, and not on the page:\n{aside}"))?;
    out.line("Read one with \"page show PAGE --at VERSION\"; \"page restore\" puts it on the page.")
}

fn why_aside(why: Aside) -> &'static str {
    match why {
        Aside::Late => "came after its writer was out",
        Aside::SecondVersion => "written beside what is on the page, on a copy of a folder",
    }
}
