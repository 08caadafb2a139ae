//! All that members see of a document, as one deterministic text: two devices that agree print the same bytes.
//!
//! Nothing in it speaks of actors, hashes, clocks or the device. The README gives the format.

use crate::comments::Comment;
use crate::json;
use crate::notebook::Notebook;
use crate::page::Page;
use crate::plan::Plan;
use hedgerow_model::{ActorId, Label, mutant};
use serde::Serialize;

/// A page with its comments, each with where it lies now ([`page::locate`](crate::page::locate)). `said_by` names who
/// an actor belongs to in a way that is the same on every device: the person's id.
#[must_use]
pub fn page(
    page: &Page,
    comments: &[(Comment, Option<(usize, usize)>)],
    said_by: &dyn Fn(&ActorId) -> String,
) -> String {
    let mut out = Lines::default();
    out.line("page", &["1"]);
    out.line("title", &[page.title.as_str()]);
    out.line("template", &[page.template.as_str()]);
    if page.deleted {
        out.line::<&str>("deleted", &[]);
    }
    for (name, text) in page.fields.iter().filter(|_| !mutant("leave-fields-out")) {
        out.line("field", &[name.as_str(), text]);
    }
    for block in json::blocks(&page.blocks) {
        out.line("block", &[block]);
    }
    plan(&page.plan, &mut out);
    let mut comments: Vec<&(Comment, Option<(usize, usize)>)> = comments.iter().collect();
    comments.sort_by_key(|(comment, _)| comment.id);
    for (comment, at) in comments {
        let resolved = if comment.resolved { "resolved" } else { "open" };
        let by = said_by(&comment.by);
        out.line("comment", &[comment.id.to_string().as_str(), &by, resolved, &comment.anchor.quote, &comment.text]);
        if let Some((from, to)) = at {
            out.line("at", &[*from, *to]);
        }
        for reply in &comment.replies {
            out.line("reply", &[reply.id.to_string().as_str(), &said_by(&reply.by), &reply.text]);
        }
    }
    out.0
}

/// Outcomes and actions as they stand in order, the deleted ones among them, each with what is said of it.
fn plan(plan: &Plan, out: &mut Lines) {
    for outcome in &plan.outcomes {
        out.line("outcome", &[outcome.id.to_string(), standing(outcome.deleted).to_owned(), outcome.text.clone()]);
    }
    for action in &plan.actions {
        let status = action.status.word();
        out.line("action", &[action.id.to_string().as_str(), standing(action.deleted), status, &action.text]);
        let said = [
            ("owner", action.owner.map(|owner| owner.to_string())),
            ("partner", action.partner.as_ref().map(Label::to_string)),
            ("start", action.start.map(|day| day.to_string())),
            ("due", action.due.map(|day| day.to_string())),
            ("serves", action.outcome.map(|outcome| outcome.to_string())),
            ("notes", Some(action.notes.clone()).filter(|notes| !notes.is_empty())),
        ];
        for (word, text) in said {
            if let Some(text) = text {
                out.line(word, &[text]);
            }
        }
    }
}

fn standing(deleted: bool) -> &'static str {
    if deleted { "deleted" } else { "stands" }
}

/// A notebook's description.
#[must_use]
pub fn notebook(notebook: &Notebook) -> String {
    let mut out = Lines::default();
    out.line("notebook", &["1"]);
    out.line("title", &[notebook.title.as_str()]);
    if notebook.deleted {
        out.line::<&str>("deleted", &[]);
    }
    let optional = [
        ("challenge", &notebook.challenge),
        ("ground rules", &notebook.ground_rules),
        ("review date", &notebook.review_date),
    ];
    for (name, text) in optional {
        if let Some(text) = text {
            out.line(name, &[text]);
        }
    }
    out.0
}

/// Lines of a word and JSON values.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line<T: Serialize>(&mut self, word: &str, values: &[T]) {
        self.0.push_str(word);
        for value in values {
            self.0.push(' ');
            // Text and numbers always have a form in JSON.
            self.0.push_str(&serde_json::to_string(value).unwrap_or_default());
        }
        self.0.push('\n');
    }
}
