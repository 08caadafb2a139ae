//! Pages, read.

use crate::answers::{
    Found, FoundId, LineOfEditing, PageBlock, PageComment, PageLine, PageText, PageView, TextMark, Version, Who,
};
use crate::asks::plans::shown_plan;
use crate::clock::today;
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use crate::references;
use hedgerow_document::comments::Comment;
use hedgerow_document::{Block, BlockKind, MarkKind, markdown};
use hedgerow_model::{ActorId, ChangeHash, NotebookId, PageId, PersonId};

impl Node {
    /// The pages of a notebook, the latest updated first.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn pages(&self, notebook: &str) -> Result<Vec<PageLine>, NodeFault> {
        let notebook = notebook.to_owned();
        self.ask(move |mind| {
            let id = mind.notebook_meant(&notebook)?;
            Ok(listed(mind, mind.replica.pages(&id)?))
        })
        .await
    }

    /// The pages of a notebook that were deleted and can be brought back, the latest updated first.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn deleted_pages(&self, notebook: &str) -> Result<Vec<PageLine>, NodeFault> {
        let notebook = notebook.to_owned();
        self.ask(move |mind| {
            let id = mind.notebook_meant(&notebook)?;
            Ok(listed(mind, mind.replica.deleted_pages(&id)?))
        })
        .await
    }

    /// All that stands on a page, now or at a version; also on a deleted one.
    ///
    /// # Errors
    /// When it is not here, has no such version, or cannot be read.
    pub async fn page(&self, page: &str, at: Option<&str>) -> Result<PageView, NodeFault> {
        let (page, at) = (page.to_owned(), at.map(str::to_owned));
        self.ask(move |mind| {
            let (id, mut view) = meant(mind, &page, at.as_deref())?;
            if at.is_some() {
                as_it_was(&mut view);
            }
            Ok(shown(mind, id, view))
        })
        .await
    }

    /// A page as Markdown, now or at a version.
    ///
    /// # Errors
    /// As for [`Node::page`].
    pub async fn page_markdown(&self, page: &str, at: Option<&str>) -> Result<PageText, NodeFault> {
        let (page, at) = (page.to_owned(), at.map(str::to_owned));
        self.ask(move |mind| {
            let (id, view) = meant(mind, &page, at.as_deref())?;
            let title = view.page.title.as_str().to_owned();
            Ok(PageText { id, title, markdown: markdown::write(&view.page) })
        })
        .await
    }

    /// The versions of a page, the newest first, after those that are kept and not on the page.
    ///
    /// # Errors
    /// When it is not here or cannot be read.
    pub async fn page_history(&self, page: &str) -> Result<Vec<Version>, NodeFault> {
        let page = page.to_owned();
        self.ask(move |mind| {
            let (notebook, id) = mind.any_page_meant(&page)?;
            let versions = mind.replica.history(&mind.shelves, &notebook, &id)?;
            Ok(versions
                .into_iter()
                .map(|line| Version {
                    version: line.version,
                    author: line.author.map(|person| mind.who(&person)),
                    device: line.device,
                    when: line.when,
                    summary: line.summary,
                    aside: line.aside,
                })
                .collect())
        })
        .await
    }

    /// Every line of editing that something on a page was written in, and whose it is.
    ///
    /// # Errors
    /// When the page is not here or cannot be read.
    pub async fn page_authors(&self, page: &str) -> Result<Vec<LineOfEditing>, NodeFault> {
        let page = page.to_owned();
        self.ask(move |mind| {
            let (notebook, id) = mind.any_page_meant(&page)?;
            let lines = mind.replica.lines_of_editing(&mind.shelves, &notebook, &id)?;
            let whose = |(actor, person): (ActorId, Option<PersonId>)| LineOfEditing {
                actor,
                author: person.map(|person| mind.who(&person)),
            };
            Ok(lines.into_iter().map(whose).collect())
        })
        .await
    }

    /// What an id names: a notebook or a page.
    ///
    /// # Errors
    /// When it names nothing here, or more than one thing.
    pub async fn find(&self, id: &str) -> Result<Found, NodeFault> {
        let raw = id.to_owned();
        self.ask(move |mind| {
            let prefix = references::prefix("notebook or page", &raw)?;
            let notebooks = mind.shared_notebooks().into_iter().map(|line| line.id);
            let notebooks = notebooks.filter(|id| id.starts_with(&prefix)).map(FoundId::Notebook);
            let pages = mind.replica.find_page(&prefix);
            let mut found: Vec<(FoundId, NotebookId)> = notebooks
                .filter_map(|id| if let FoundId::Notebook(notebook) = id { Some((id, notebook)) } else { None })
                .collect();
            found.extend(pages.into_iter().map(|(notebook, page)| (FoundId::Page(page), notebook)));
            let (id, notebook) = references::only("page", &raw, found, |(id, _)| match id {
                FoundId::Notebook(id) => format!("notebook {id}"),
                FoundId::Page(id) => format!("page {id}"),
            })?;
            let title = match id {
                FoundId::Notebook(notebook) => mind.title(&notebook),
                FoundId::Page(page) => page_title(mind, &notebook, &page),
            };
            Ok(Found { id, title, notebook })
        })
        .await
    }
}

fn listed(mind: &Mind, lines: Vec<hedgerow_sync::PageLine>) -> Vec<PageLine> {
    let line = |line: hedgerow_sync::PageLine| PageLine {
        id: line.id,
        title: line.title.as_str().to_owned(),
        template: line.template.as_str().to_owned(),
        updated: line.updated,
        authors: line.authors.iter().map(|author| mind.who(author)).collect(),
        aside: line.not_shown,
    };
    lines.into_iter().map(line).collect()
}

/// What a page is called in lists.
fn page_title(mind: &Mind, notebook: &NotebookId, page: &PageId) -> String {
    let lines = mind.replica.pages(notebook).unwrap_or_default();
    lines.into_iter().find(|line| line.id == *page).map_or_else(String::new, |line| line.title.as_str().to_owned())
}

fn meant(mind: &mut Mind, page: &str, at: Option<&str>) -> Result<(PageId, hedgerow_sync::PageView), NodeFault> {
    let page = mind.any_page_meant(page)?;
    let at: Option<ChangeHash> = at.map(|version| mind.version_meant(page, version)).transpose()?;
    Ok((page.1, mind.page(page, at)?))
}

/// The body text of the version shown, rather than of now; comments have no place in it.
fn as_it_was(view: &mut hedgerow_sync::PageView) {
    let texts: Vec<&str> = view.page.blocks.iter().map(|block| block.text.as_str()).collect();
    view.body = texts.join("\n");
    for (_, place) in &mut view.comments {
        *place = None;
    }
}

fn shown(mind: &Mind, id: PageId, view: hedgerow_sync::PageView) -> PageView {
    let comments = view.comments.iter().map(|(comment, place)| said(mind, comment, *place)).collect();
    let (outcomes, actions) = shown_plan(mind, &view.notebook, &view.page.plan.standing(), today(mind.now));
    PageView {
        id,
        notebook: view.notebook,
        title: view.page.title.as_str().to_owned(),
        template: view.page.template.as_str().to_owned(),
        deleted: view.page.deleted,
        fields: view.page.fields.iter().map(|(name, text)| (name.as_str().to_owned(), text.clone())).collect(),
        blocks: blocks(&view.page.blocks),
        outcomes,
        actions,
        comments,
        heads: view.heads,
        body: view.body,
        unknown: view.unknown.iter().map(ToString::to_string).collect(),
    }
}

fn said(mind: &Mind, comment: &Comment, place: Option<(usize, usize)>) -> PageComment {
    PageComment {
        id: comment.id.to_string(),
        place,
        text: comment.text.clone(),
        author: author(mind, &comment.by),
        when: comment.when,
        resolved: comment.resolved,
    }
}

/// Who wrote on this line of editing. Of a device nobody knows, its id stands in for the person's.
fn author(mind: &Mind, actor: &ActorId) -> Who {
    let device = actor.device();
    mind.who_of(&device).unwrap_or_else(|| Who { name: None, id: PersonId::from_bytes(*device.as_bytes()) })
}

/// Blocks with where each begins in the body text: a block's marker counts as one character, the first's not at all.
fn blocks(blocks: &[Block]) -> Vec<PageBlock> {
    let mut from = 0;
    let mut shown = Vec::with_capacity(blocks.len());
    for block in blocks {
        shown.push(one_block(block, from));
        from += block.text.chars().count() + 1;
    }
    shown
}

fn one_block(block: &Block, from: usize) -> PageBlock {
    let (mut level, mut start, mut checked, mut language, mut attachment) = (None, None, None, None, None);
    match &block.kind {
        BlockKind::Heading(found) => level = Some(*found),
        BlockKind::Numbered { start: found } => start = *found,
        BlockKind::Task { checked: found } => checked = Some(*found),
        BlockKind::Code { language: found } => language.clone_from(found),
        BlockKind::Attachment(file) => attachment = Some(file.clone()),
        _ => {}
    }
    let marks = block.marks.iter().map(|mark| TextMark {
        kind: mark.kind.name().to_owned(),
        from: mark.from,
        to: mark.to,
        href: if let MarkKind::Link(to) = &mark.kind { Some(to.clone()) } else { None },
    });
    PageBlock {
        kind: block.kind.name().to_owned(),
        parents: block.parents.iter().map(|parent| parent.name().to_owned()).collect(),
        level,
        start,
        checked,
        language,
        attachment,
        from,
        text: block.text.clone(),
        marks: marks.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_say_where_they_begin_in_characters() {
        let body = markdown::blocks("# Tŷ\n\nOne **two**\n\n- [x] three\n").expect("small");
        let shown = blocks(&body);
        let places: Vec<(usize, &str)> = shown.iter().map(|block| (block.from, block.text.as_str())).collect();
        assert_eq!(places, [(0, "Tŷ"), (3, "One two"), (11, "three")]);
        assert_eq!((shown[0].level, shown[2].checked), (Some(1), Some(true)));
        assert_eq!((shown[1].marks[0].from, shown[1].marks[0].to), (4, 7));
    }
}
