//! Captures: quick notes in the private inbox, waiting to be filed.

use crate::answers::{CaptureLine, Filed};
use crate::asks::moving::{begin_again, gone};
use crate::asks::pages::only_page;
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use crate::references;
use hedgerow_document::markdown::{MARKDOWN_MOST, MarkdownProblem};
use hedgerow_document::page::Page;
use hedgerow_document::{Block, PageEdit, Plan};
use hedgerow_model::{FieldName, NotebookId, PageId, TemplateKind, Title};
use hedgerow_sync::{Command, INBOX_TITLE, Outcome, PageBeginning, PageChange};
use std::collections::BTreeMap;

const TEMPLATE: &str = "capture";
const LATITUDE: &str = "latitude";
const LONGITUDE: &str = "longitude";
/// Characters of the first line that become the title.
const TITLE: usize = 60;

impl Node {
    /// Saves a thought in the private inbox, which begins with the first one.
    ///
    /// # Errors
    /// When there is no text, it is too long, the place is none on earth, or the disk refuses.
    pub async fn capture(&self, text: &str, at: Option<(f64, f64)>) -> Result<PageId, NodeFault> {
        let page = captured(text, at)?;
        let title = Title::parse(INBOX_TITLE).map_err(|problem| NodeFault::Refused(problem.to_string()))?;
        loop {
            let (page, title) = (page.clone(), title.clone());
            // Whether there is one is asked in the turn that begins one: of two first captures only one does.
            let outcome = self
                .command(move |mind| match mind.replica.inbox() {
                    Some(inbox) => Ok(Command::NewPages(inbox, vec![page])),
                    None => Ok(Command::FoundNotebook { title, challenge: None, inbox: true }),
                })
                .await?;
            if !matches!(outcome, Outcome::Notebook(_)) {
                return only_page(outcome);
            }
        }
    }

    /// The captures that wait to be filed, the newest first.
    ///
    /// # Errors
    /// When one cannot be read.
    pub async fn inbox(&self) -> Result<Vec<CaptureLine>, NodeFault> {
        self.ask(|mind| {
            let mut lines = Vec::new();
            for inbox in inboxes(mind) {
                for line in mind.replica.pages(&inbox)? {
                    let view = mind.page((inbox, line.id), None)?;
                    let at = place(&view.page);
                    lines.push(CaptureLine { id: line.id, text: view.body, when: line.updated, at });
                }
            }
            lines.sort_by(|a, b| b.when.cmp(&a.when).then(a.id.cmp(&b.id)));
            Ok(lines)
        })
        .await
    }

    /// Moves a capture into a notebook: as a page of its own, or to the end of one. Both are saved together: it is always
    /// in one of the two places.
    ///
    /// # Errors
    /// When one of them is not here, the page is in another notebook, or this person may not write there.
    pub async fn file_capture(&self, capture: &str, notebook: &str, page: Option<&str>) -> Result<Filed, NodeFault> {
        let (capture, notebook, page) = (capture.to_owned(), notebook.to_owned(), page.map(str::to_owned));
        let (outcome, (to, onto)) = self
            .order(move |mind| {
                let to = mind.notebook_meant(&notebook)?;
                let old = capture_meant(mind, &capture)?;
                let kept = mind.page(old, None)?.page;
                let (there, onto) = match page {
                    Some(page) => {
                        let onto = page_in(mind, &to, &page)?;
                        (PageChange::Edit(to, onto, PageEdit::Append(with_place(kept))), Some(onto))
                    }
                    None => {
                        let new = begin_again(kept, Some(TemplateKind::note()), &old.1)?;
                        (PageChange::Begin(to, new), None)
                    }
                };
                Ok((Command::ChangePages(vec![there, gone(old)]), move |_: &mut Mind| (to, onto)))
            })
            .await?;
        let id = match onto {
            Some(onto) => onto,
            None => only_page(outcome)?,
        };
        self.filed(id, to).await
    }
}

/// All inboxes: there is one, unless the folder of another device was brought in.
fn inboxes(mind: &Mind) -> Vec<NotebookId> {
    mind.replica.notebooks().into_iter().filter(|line| line.inbox).map(|line| line.id).collect()
}

fn capture_meant(mind: &Mind, raw: &str) -> Result<(NotebookId, PageId), NodeFault> {
    let prefix = references::prefix("capture", raw)?;
    let inboxes = inboxes(mind);
    let mut found = mind.replica.find_page(&prefix);
    found.retain(|(notebook, _)| inboxes.contains(notebook));
    references::only("capture", raw, found, |(_, page)| page.to_string())
}

/// A page of this notebook.
fn page_in(mind: &Mind, notebook: &NotebookId, raw: &str) -> Result<PageId, NodeFault> {
    let (there, page) = mind.page_meant(raw)?;
    if there != *notebook {
        let (page_notebook, asked) = (mind.title(&there), mind.title(notebook));
        return Err(NodeFault::NotFound(format!("page {page} is in \"{page_notebook}\", not in \"{asked}\"")));
    }
    Ok(page)
}

fn captured(text: &str, at: Option<(f64, f64)>) -> Result<PageBeginning, NodeFault> {
    if text.len() > MARKDOWN_MOST {
        let problem = MarkdownProblem::TooLarge { size: text.len(), most: MARKDOWN_MOST };
        return Err(NodeFault::Refused(problem.to_string()));
    }
    let body = paragraphs(text);
    let first = body.first().map(|block| block.text.chars().take(TITLE).collect::<String>());
    let Some(title) = first.and_then(|line| Title::nearest(&line)) else {
        return Err(NodeFault::Refused("there is nothing to capture; give it a few words".to_owned()));
    };
    let template = TemplateKind::parse(TEMPLATE).map_err(|problem| NodeFault::Refused(problem.to_string()))?;
    Ok(PageBeginning { title, template, fields: coordinates(at)?, body, plan: Plan::default() })
}

/// Each line that holds something, as a paragraph.
pub(crate) fn paragraphs(text: &str) -> Vec<Block> {
    text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).map(Block::paragraph).collect()
}

fn coordinates(at: Option<(f64, f64)>) -> Result<BTreeMap<FieldName, String>, NodeFault> {
    let mut fields = BTreeMap::new();
    let Some((latitude, longitude)) = at else { return Ok(fields) };
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        let wrong =
            format!("{latitude},{longitude} is no place: latitudes go from -90 to 90, longitudes from -180 to 180");
        return Err(NodeFault::Refused(wrong));
    }
    for (name, degrees) in [(LATITUDE, latitude), (LONGITUDE, longitude)] {
        let name = FieldName::parse(name).map_err(|problem| NodeFault::Refused(problem.to_string()))?;
        fields.insert(name, degrees.to_string());
    }
    Ok(fields)
}

/// What a capture adds to a page: its text, and where it was made, for which the page has no fields.
fn with_place(capture: Page) -> Vec<Block> {
    let place = place(&capture);
    let mut blocks = capture.blocks;
    blocks.extend(place.map(|(latitude, longitude)| Block::paragraph(format!("({latitude}, {longitude})"))));
    blocks
}

/// Where a capture was made, if it says so.
fn place(page: &Page) -> Option<(f64, f64)> {
    let degrees = |wanted: &str| {
        let (_, text) = page.fields.iter().find(|(name, _)| name.as_str() == wanted)?;
        text.parse::<f64>().ok().filter(|degrees| degrees.is_finite())
    };
    Some((degrees(LATITUDE)?, degrees(LONGITUDE)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_title_and_every_line_a_paragraph() {
        let page = captured("Lift broken again\n\nask estates, # not a heading", Some((53.2, -4.1))).expect("fit");
        assert_eq!(page.title.as_str(), "Lift broken again");
        let texts: Vec<&str> = page.body.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(texts, ["Lift broken again", "ask estates, # not a heading"]);
        let fields: Vec<(&str, &str)> = page.fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(fields, [("latitude", "53.2"), ("longitude", "-4.1")]);
    }

    #[test]
    fn nothing_and_nowhere_are_refused() {
        assert!(matches!(captured(" \n ", None), Err(NodeFault::Refused(_))));
        assert!(matches!(captured("here", Some((91.0, 0.0))), Err(NodeFault::Refused(_))));
        assert!(matches!(captured("here", Some((f64::NAN, 0.0))), Err(NodeFault::Refused(_))));
    }
}
