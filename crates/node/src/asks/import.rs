//! Files that become pages.

use crate::answers::{FileForm, ImportFile, ImportedFile};
use crate::asks::captures::paragraphs;
use crate::fault::NodeFault;
use crate::node::Node;
use hedgerow_document::Plan;
use hedgerow_document::markdown::{self, MARKDOWN_MOST, MarkdownProblem};
use hedgerow_model::{NotebookId, PageId, TemplateKind, Title};
use hedgerow_sync::{Command, Outcome, PageBeginning};
use std::path::Path;

/// Pages begun together, which the disk saves as one.
const TOGETHER: usize = 64;
/// Bytes of text begun together.
const BYTES: usize = 2 << 20;

/// A file that reads as a page.
struct Ready {
    /// Which of the files it is.
    at: usize,
    size: usize,
    page: PageBeginning,
}

impl Node {
    /// Makes a page from each file. One that cannot become a page is passed over with the reason; each page is whole or
    /// not there. The answer is in the order of the files.
    ///
    /// # Errors
    /// When the notebook is not here, this person may not write there, or the disk refuses. Pages that were durable by
    /// then stay.
    pub async fn import(&self, notebook: &str, files: Vec<ImportFile>) -> Result<Vec<ImportedFile>, NodeFault> {
        let meant = notebook.to_owned();
        let notebook = self.ask(move |mind| mind.notebook_meant(&meant)).await?;
        self.may_write_in(notebook).await?;
        let reading = tokio::task::spawn_blocking(move || read_all(files));
        let (mut outcomes, ready) = reading.await.map_err(|_| NodeFault::Stopped)?;
        for group in groups(ready) {
            self.begin_group(notebook, group, &mut outcomes).await?;
        }
        Ok(outcomes)
    }

    /// Begins pages together; if one of them will not do, one by one, so that the others are not held up by it.
    async fn begin_group(
        &self,
        notebook: NotebookId,
        group: Vec<Ready>,
        outcomes: &mut [ImportedFile],
    ) -> Result<(), NodeFault> {
        let pages: Vec<PageBeginning> = group.iter().map(|ready| ready.page.clone()).collect();
        match self.begin_pages(notebook, pages).await {
            Ok(ids) => {
                for (ready, id) in group.iter().zip(ids) {
                    outcomes[ready.at].outcome = Ok(id);
                }
                return Ok(());
            }
            Err(NodeFault::Refused(why)) if group.len() == 1 => {
                outcomes[group[0].at].outcome = Err(why);
                return Ok(());
            }
            Err(NodeFault::Refused(_)) => {}
            Err(other) => return Err(other),
        }
        for ready in group {
            match self.begin_pages(notebook, vec![ready.page]).await {
                Ok(ids) => {
                    outcomes[ready.at].outcome = ids.first().copied().ok_or_else(|| "it was not begun".to_owned());
                }
                Err(NodeFault::Refused(why)) => outcomes[ready.at].outcome = Err(why),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    /// Asked first, for a refusal that concerns the person rather than a file is not to be said of each file.
    async fn may_write_in(&self, notebook: NotebookId) -> Result<(), NodeFault> {
        self.ask(move |mind| match mind.replica.notebook_line(&notebook)?.role {
            Some(role) if role.may_write() => Ok(()),
            Some(role) => Err(NodeFault::Refused(format!(
                "you are a {role} in this notebook and importing takes a writer; ask an admin for that role"
            ))),
            None => Err(NodeFault::Refused("you are not a member of this notebook any more".to_owned())),
        })
        .await
    }

    async fn begin_pages(&self, notebook: NotebookId, pages: Vec<PageBeginning>) -> Result<Vec<PageId>, NodeFault> {
        match self.command(move |_| Ok(Command::NewPages(notebook, pages))).await? {
            Outcome::Pages(ids) => Ok(ids),
            _ => Err(NodeFault::Stopped),
        }
    }
}

/// What each file would become. Those that cannot become a page say why at once.
fn read_all(files: Vec<ImportFile>) -> (Vec<ImportedFile>, Vec<Ready>) {
    let (mut outcomes, mut ready) = (Vec::new(), Vec::new());
    for (at, file) in files.into_iter().enumerate() {
        let read = read(&file);
        let waiting = "it was not imported: the import stopped before it".to_owned();
        outcomes.push(ImportedFile { path: file.path, outcome: Err(read.as_ref().err().cloned().unwrap_or(waiting)) });
        ready.extend(read.ok().map(|page| Ready { at, size: file.text.len(), page }));
    }
    (outcomes, ready)
}

/// What a file would become.
pub(crate) fn read(file: &ImportFile) -> Result<PageBeginning, String> {
    let stem = Path::new(&file.path).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let untitled = || format!("no title can be made from the name of {}; rename it", file.path);
    match file.form {
        FileForm::Markdown | FileForm::Html => {
            let read = match file.form {
                FileForm::Html => markdown::read_html(&file.text),
                _ => markdown::read_foreign(&file.text),
            };
            let read = read.map_err(|problem| problem.to_string())?;
            let title = read.title.or_else(|| Title::nearest(&stem)).ok_or_else(untitled)?;
            let template = read.template.unwrap_or_else(TemplateKind::note);
            Ok(PageBeginning { title, template, fields: read.fields, body: read.blocks, plan: read.plan })
        }
        FileForm::Plain if file.text.len() > MARKDOWN_MOST => {
            Err(MarkdownProblem::TooLarge { size: file.text.len(), most: MARKDOWN_MOST }.to_string())
        }
        FileForm::Plain => {
            let title = Title::nearest(&stem).ok_or_else(untitled)?;
            let body = paragraphs(&file.text);
            let (template, fields) = (TemplateKind::note(), std::collections::BTreeMap::new());
            Ok(PageBeginning { title, template, fields, body, plan: Plan::default() })
        }
    }
}

/// Pages in groups that are begun together.
fn groups(ready: Vec<Ready>) -> Vec<Vec<Ready>> {
    let mut groups: Vec<Vec<Ready>> = Vec::new();
    let mut size = 0;
    for page in ready {
        size += page.size;
        match groups.last_mut() {
            Some(group) if group.len() < TOGETHER && size <= BYTES => group.push(page),
            _ => {
                size = page.size;
                groups.push(vec![page]);
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> ImportFile {
        ImportFile { path: path.to_owned(), form: FileForm::Markdown, text: text.to_owned() }
    }

    #[test]
    fn a_page_is_called_by_its_front_matter_its_heading_or_its_file() {
        let titled = |text: &str| read(&file("notes/2024 rota.md", text)).expect("fit").title.as_str().to_owned();
        assert_eq!(titled("---\ntitle: Rota\n---\n# Why\n"), "Rota");
        assert_eq!(titled("# Why\n\nText"), "Why");
        assert_eq!(titled("Text"), "2024 rota");
    }

    #[test]
    fn what_is_too_large_is_passed_over_with_the_reason_and_the_others_go_on() {
        let large = "a".repeat(MARKDOWN_MOST + 1);
        let (outcomes, ready) = read_all(vec![file("a.md", "one"), file("b.md", &large), file("c.md", "two")]);
        assert_eq!(ready.iter().map(|ready| ready.at).collect::<Vec<_>>(), [0, 2]);
        assert!(matches!(&outcomes[1].outcome, Err(why) if why.contains("MiB") || why.contains("bytes")));
    }

    #[test]
    fn groups_are_bounded_in_number_and_in_bytes() {
        let page = |at, size| Ready { at, size, page: read(&file("a.md", "one")).expect("fit") };
        let many = groups((0..130).map(|at| page(at, 10)).collect());
        assert_eq!(many.iter().map(Vec::len).collect::<Vec<_>>(), [64, 64, 2]);
        let large = groups((0..3).map(|at| page(at, BYTES)).collect());
        assert_eq!(large.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1]);
    }
}
