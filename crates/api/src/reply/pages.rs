//! Replies about pages: read, changed, open in an editor, as they were.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::reply::{Aside, PlanAction, PlanOutcome};
use crate::{Base64, When};

replies! {
    /// A page in the list.
    PageLine {
        /// The page.
        id: String,
        /// Its title.
        title: String,
        /// What it was made from.
        template: String,
        /// When it was last changed, on the changer's clock.
        updated: When,
        /// Who wrote on it, the first first.
        authors: Vec<String>,
        /// The same people, by id.
        author_ids: Vec<String>,
        /// How many changes are kept and not on the page: its history lists them.
        #[serde(default, skip_serializing_if = "is_none")]
        aside: u32,
    }

    /// All that stands on a page.
    PageView {
        /// The page.
        id: String,
        /// Its title.
        title: String,
        /// What it was made from.
        template: String,
        /// Whether it is deleted.
        deleted: bool,
        /// Its fields.
        fields: BTreeMap<String, String>,
        /// Its text, block by block.
        blocks: Vec<Block>,
        /// Its outcomes, in order, but for the deleted ones.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        outcomes: Vec<PlanOutcome>,
        /// Its actions, in order, but for the deleted ones.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        actions: Vec<PlanAction>,
        /// What was said about it.
        comments: Vec<Comment>,
        /// The versions it stands at: one, or more where people wrote apart.
        heads: Vec<String>,
        /// The notebook it is in.
        notebook_id: String,
        /// The body text into which `EditPage` counts.
        body: String,
        /// What was kept but could not be shown, in words: a newer Hedgerow wrote it.
        unknown: Vec<String>,
    }

    /// One paragraph, heading, item, quote, table or piece of code.
    Block {
        /// Paragraph, heading, ...: the names of Automerge's rich text.
        #[serde(rename = "type")]
        kind: String,
        /// The kinds of the blocks that it lies in, outermost first.
        parents: Vec<String>,
        /// A heading's level, 1 to 6.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        level: Option<u8>,
        /// The number at which a numbered list begins, where it is not 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        start: Option<u32>,
        /// Whether a task is done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        checked: Option<bool>,
        /// What a piece of code is written in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        language: Option<String>,
        /// The file that it stands for; its text is what is said of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        attachment: Option<Attachment>,
        /// Where its text begins, in Unicode scalar values into the body text.
        from: u64,
        /// Its text.
        text: String,
        /// What is bold, a link ... in it.
        marks: Vec<Mark>,
    }

    /// A file that a page shows.
    Attachment {
        /// Which: 64 hexadecimal digits.
        id: String,
        /// What it is called: a name, never a path.
        name: String,
        /// What kind it is, such as `image/png`, as whoever attached it said.
        media_type: String,
        /// How long it is, in bytes, as whoever attached it said.
        size: u64,
    }

    /// A file that a page shows, and how much of it is on this device.
    AttachmentLine {
        /// Which: 64 hexadecimal digits.
        id: String,
        /// What it is called: a name, never a path.
        name: String,
        /// What kind it is, such as `image/png`, as whoever attached it said.
        media_type: String,
        /// How long it is, in bytes, as whoever attached it said.
        size: u64,
        /// What the page says of it.
        caption: String,
        /// How many bytes of it are on this device.
        here: u64,
        /// Whether all of it is.
        is_whole: bool,
    }

    /// A file that somebody meant.
    FoundAttachment {
        /// Which: 64 hexadecimal digits.
        id: String,
        /// What it is called: a name, never a path.
        name: String,
        /// What kind it is, such as `image/png`, as whoever attached it said.
        media_type: String,
        /// How long it is, in bytes, as whoever attached it said.
        size: u64,
        /// A page that shows it.
        page_id: String,
    }

    /// A file that is being attached.
    Draft {
        /// What it is called until it is whole; it means nothing once the program has ended.
        draft: u64,
        /// How many bytes each of its pieces has, but the last.
        piece: u64,
        /// How many bytes it may have in all.
        most: u64,
    }

    /// A piece of a file.
    FilePiece {
        /// Its bytes; none beyond the end of the file.
        bytes: Base64,
    }

    /// A stretch of text that is bold, emphasised, code or a link.
    Mark {
        /// `strong`, `em`, `code` or `link`.
        #[serde(rename = "type")]
        kind: String,
        /// Where it begins, in Unicode scalar values into the block's text.
        from: u64,
        /// Where it ends: the first that is not in it.
        to: u64,
        /// Where a link leads.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        href: Option<String>,
    }

    /// Something said about a page.
    Comment {
        /// The comment.
        id: String,
        /// Where the text it is about begins, in Unicode scalar values into the body text; none if it is gone.
        from: Option<u64>,
        /// Where that ends.
        to: Option<u64>,
        /// What was said.
        text: String,
        /// Who said it.
        author: String,
        /// Who said it, by id.
        author_id: String,
        /// When, on their clock.
        when: When,
        /// Whether it is settled.
        resolved: bool,
    }

    /// A page's Markdown.
    MarkdownText {
        /// The page.
        id: String,
        /// Its title.
        title: String,
        /// Front matter and body.
        markdown: String,
    }

    /// A page was changed, or already was as asked.
    Changed {
        /// The page.
        id: String,
        /// Its title now.
        title: String,
        /// Whether there was anything to change.
        changed: bool,
        /// The versions it stands at now.
        heads: Vec<String>,
    }

    /// A page opened in an editor.
    OpenedPage {
        /// The page.
        id: String,
        /// The notebook it is in.
        notebook_id: String,
        /// Whether this person may write on it.
        may_write: bool,
        /// The whole document, as Automerge saves it.
        document: Base64,
        /// The line of editing in which the copy writes, and nothing else on this device until it is closed.
        actor: String,
        /// Where the page stands, and what the copy's next change has to say.
        standing: CopyStanding,
    }

    /// Where a page stands for an editor's copy of it.
    CopyStanding {
        /// The changes that nothing builds on yet.
        heads: Vec<String>,
        /// The commit message of the copy's next change; those after it have none. None when there is nothing to say.
        message: Option<String>,
    }

    /// Where somebody is on a page. Each end is an Automerge cursor into the body, at most 128 letters, digits, `@` and `-`.
    Caret {
        /// Where the selection begins.
        anchor: String,
        /// Where it is drawn out to; the same where nothing is selected.
        head: String,
    }

    /// What an editor's copy of a page lacks.
    CopyNews {
        /// Whether this person may write on it.
        may_write: bool,
        /// The whole document, to take the copy's place: when it holds something that the page does not show any more.
        whole: Option<Base64>,
        /// Otherwise raw changes to add, causes before effects.
        changes: Vec<Base64>,
        /// Where the page stands then.
        standing: CopyStanding,
    }

    /// A version of a page.
    VersionLine {
        /// Its id, to be given to `--at` and `restore`.
        version: String,
        /// Who wrote it, if it is known whose device it was written on.
        author: Option<String>,
        /// The device it was written on.
        device: String,
        /// When, on the writer's clock.
        when: When,
        /// What was done, in a few words.
        summary: String,
        /// Who wrote it, by id.
        author_id: Option<String>,
        /// Why it is kept and not on the page, if that is so: `late`, written by somebody who may not write any more and had
        /// not heard so; or `second_version`, from a copy of a device's folder beside which another went on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        aside: Option<Aside>,
    }

    /// What one device wrote on a page, each change on top of the one before.
    LineOfEditing {
        /// What Automerge knows it by: hexadecimal.
        actor: String,
        /// Whose, if it is known whose device it was written on.
        author: Option<String>,
        /// Whose, by id.
        author_id: Option<String>,
        /// The device.
        device: String,
    }
}

fn is_none(count: &u32) -> bool {
    *count == 0
}
