//! A plan as lines that people read and that read back the same: a fenced block of Markdown.
//!
//! Each outcome and action is some lines that begin with a word, an empty line before the next; a text goes on in lines
//! that begin with `|`. What was deleted is left out, and so is where each stands: they stand in order.

use super::{Action, Item, Outcome, Plan};
use hedgerow_model::{ActionId, Day, Label, OutcomeId, PersonId};
use std::collections::BTreeSet;

/// What a fenced block that is a plan is said to be written in.
pub(crate) const FENCE: &str = "plan";

/// What code is said to be written in that reads like such a block and is none.
pub(crate) const AS_TEXT: &str = "plan, as text";

/// The plan as lines; nothing when nothing in it stands.
pub(crate) fn written(plan: &Plan) -> String {
    let mut out = String::new();
    for outcome in plan.outcomes.iter().filter(|outcome| !outcome.deleted) {
        entry(&mut out, "outcome", &outcome.text, &[("id", Some(outcome.id.to_string()))]);
    }
    for action in plan.actions.iter().filter(|action| !action.deleted) {
        let words = [
            ("status", Some(action.status.word().to_owned())),
            ("owner", action.owner.map(|owner| owner.to_string())),
            ("partner", action.partner.as_ref().map(Label::to_string)),
            ("start", action.start.map(|day| day.to_string())),
            ("due", action.due.map(|day| day.to_string())),
            ("serves", action.outcome.map(|outcome| outcome.to_string())),
            ("notes", Some(action.notes.clone()).filter(|notes| !notes.is_empty())),
            ("id", Some(action.id.to_string())),
        ];
        entry(&mut out, "action", &action.text, &words);
    }
    out
}

fn entry(out: &mut String, what: &str, text: &str, words: &[(&str, Option<String>)]) {
    if !out.is_empty() {
        out.push_str("\n\n");
    }
    say(out, what, text);
    for (word, value) in words {
        if let Some(value) = value {
            out.push('\n');
            say(out, word, value);
        }
    }
}

fn say(out: &mut String, word: &str, text: &str) {
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        out.push_str(if at > 0 { "|" } else { word });
        if !line.is_empty() {
            out.push(' ');
            out.push_str(line);
        }
    }
}

/// Reads [`written`]; `None` when it is anything else.
pub(crate) fn from_text(text: &str) -> Option<Plan> {
    let (mut plan, mut known) = (Plan::default(), BTreeSet::new());
    let lines: Vec<&str> = text.split('\n').collect();
    for entry in lines.split(|line| line.is_empty()).filter(|entry| !entry.is_empty()) {
        let mut said = said(entry)?;
        let (what, text) = said.remove(0);
        let item = match what {
            "outcome" => outcome(text, &said, &mut plan)?,
            "action" => action(text, &said, &mut plan)?,
            _ => return None,
        };
        known.insert(item).then_some(())?;
    }
    (!plan.is_empty()).then_some(plan)
}

/// The words of an entry, each once, with what they say.
fn said<'a>(lines: &[&'a str]) -> Option<Vec<(&'a str, String)>> {
    let mut said: Vec<(&str, String)> = Vec::new();
    for line in lines {
        let (word, text) = line.split_once(' ').unwrap_or((line, ""));
        if word == "|" {
            let (_, before) = said.last_mut()?;
            before.push('\n');
            before.push_str(text);
        } else if said.iter().all(|(known, _)| *known != word) {
            said.push((word, text.to_owned()));
        } else {
            return None;
        }
    }
    Some(said)
}

fn outcome(text: String, said: &[(&str, String)], plan: &mut Plan) -> Option<Item> {
    let [("id", id)] = said else { return None };
    let id = OutcomeId::parse(id).ok()?;
    plan.outcomes.push(Outcome { text, ..Outcome::new(id) });
    Some(Item::Outcome(id))
}

fn action(text: String, said: &[(&str, String)], plan: &mut Plan) -> Option<Item> {
    let (_, id) = said.iter().find(|(word, _)| *word == "id")?;
    let id = ActionId::parse(id).ok()?;
    let mut action = Action { text, ..Action::new(id) };
    for (word, value) in said {
        match *word {
            "id" => {}
            "status" => action.status = value.parse().ok()?,
            "owner" => action.owner = Some(PersonId::parse(value).ok()?),
            "partner" => action.partner = Some(Label::parse(value).ok()?),
            "start" => action.start = Some(Day::parse(value).ok()?),
            "due" => action.due = Some(Day::parse(value).ok()?),
            "serves" => action.outcome = Some(OutcomeId::parse(value).ok()?),
            "notes" => action.notes.clone_from(value),
            _ => return None,
        }
    }
    plan.actions.push(action);
    Some(Item::Action(id))
}
