//! A plan, read out of a page's document. Nothing in the document makes it fail.

use super::{Action, Item, Order, Outcome, Plan, WHY};
use crate::Unknown;
use crate::document::{Document, theirs};
use crate::root::Entries;
use automerge::{ObjType, ROOT, ReadDoc, Value};
use hedgerow_model::{ActionId, ActionStatus, ChangeHash, Day, Label, OutcomeId, PersonId, mutant};

/// The plan as it is, what was deleted among it, and what of it this version does not know. Never fails: what is missing
/// or cannot be read is not said.
#[must_use]
pub fn read(document: &Document) -> (Plan, Vec<Unknown>) {
    read_in(&document.inner, None)
}

/// What a plan is for, if it says so.
#[must_use]
pub fn why(document: &Document) -> Option<String> {
    let text = Entries::new(&document.inner, ROOT, None).text(&format!("f/{WHY}"));
    text.filter(|text| !text.is_empty())
}

/// The plan as it was at `heads`. `None` when one of them is not here.
#[must_use]
pub fn at(document: &Document, heads: &[ChangeHash]) -> Option<(Plan, Vec<Unknown>)> {
    if !heads.iter().all(|head| document.has(head)) {
        return None;
    }
    let heads: Vec<automerge::ChangeHash> = heads.iter().map(theirs).collect();
    Some(read_in(&document.inner, Some(&heads)))
}

pub(crate) fn read_in<R: ReadDoc>(doc: &R, heads: Option<&[automerge::ChangeHash]>) -> (Plan, Vec<Unknown>) {
    let root = Entries::new(doc, ROOT, heads);
    let (mut plan, mut unknown) = (Plan::default(), Vec::new());
    for key in root.keys() {
        let Some(item) = item_of(&key) else { continue };
        let Some((Value::Object(ObjType::Map), object)) = root.get(&key) else {
            unknown.push(Unknown::Value(Unknown::shown(&key)));
            continue;
        };
        let entries = Entries::new(doc, object, heads);
        unknown.extend(match item {
            Item::Outcome(id) => outcome(id, entries, &mut plan.outcomes),
            Item::Action(id) => action(id, entries, &mut plan.actions),
        });
    }
    plan.outcomes.sort_by(|a, b| standing((&a.order, a.id), (&b.order, b.id)));
    plan.actions.sort_by(|a, b| standing((&a.order, a.id), (&b.order, b.id)));
    (plan, unknown)
}

/// Those of an item's kind, in the order in which they are shown, without reading what they say.
pub(super) fn in_order<R: ReadDoc>(doc: &R, item: &Item) -> Vec<(Item, Option<Order>)> {
    let root = Entries::new(doc, ROOT, None);
    let mut all: Vec<(Item, Option<Order>)> = Vec::new();
    for key in root.keys() {
        if let Some(other) = item_of(&key).filter(|other| other.is_of_kind(item))
            && let Some((Value::Object(ObjType::Map), map)) = root.get(&key)
        {
            all.push((other, Entries::new(doc, map, None).word("order", Order::parse)));
        }
    }
    all.sort_by(|a, b| standing((&a.1, a.0), (&b.1, b.0)));
    all
}

/// What an entry at the root is a map of, if it belongs to a plan.
pub(crate) fn item_of(key: &str) -> Option<Item> {
    let item = match key.split_once('/')? {
        ("o", id) => Item::Outcome(OutcomeId::parse(id).ok()?),
        ("a", id) => Item::Action(ActionId::parse(id).ok()?),
        _ => return None,
    };
    // An id is read in capitals too; only one way of writing it is a key.
    (item.key() == key).then_some(item)
}

fn outcome<R: ReadDoc>(id: OutcomeId, mut entries: Entries<'_, R>, out: &mut Vec<Outcome>) -> Vec<Unknown> {
    out.push(Outcome {
        id,
        text: entries.text("text").unwrap_or_default(),
        order: entries.word("order", Order::parse),
        deleted: entries.truth("deleted"),
    });
    entries.note_strangers(|key| ["text", "order", "deleted"].contains(&key));
    entries.unknown
}

fn action<R: ReadDoc>(id: ActionId, mut entries: Entries<'_, R>, out: &mut Vec<Action>) -> Vec<Unknown> {
    out.push(Action {
        id,
        text: entries.text("text").unwrap_or_default(),
        notes: entries.text("notes").unwrap_or_default(),
        owner: entries.word("owner", |text| PersonId::parse(text).ok()),
        partner: entries.word("partner", |text| Label::parse(text).ok()),
        start: entries.word("start", |text| Day::parse(text).ok()),
        due: entries.word("due", |text| Day::parse(text).ok()),
        status: entries.word("status", |text| text.parse::<ActionStatus>().ok()).unwrap_or_default(),
        outcome: entries.word("outcome", |text| OutcomeId::parse(text).ok()),
        order: entries.word("order", Order::parse),
        deleted: entries.truth("deleted"),
    });
    const KNOWN: [&str; 10] =
        ["text", "notes", "owner", "partner", "start", "due", "status", "outcome", "order", "deleted"];
    entries.note_strangers(|key| KNOWN.contains(&key));
    entries.unknown
}

/// Those with an order first; those that have the same, or none, by id.
fn standing<I: Ord>(a: (&Option<Order>, I), b: (&Option<Order>, I)) -> std::cmp::Ordering {
    let by_id = if mutant("tie-actions-backwards") { b.1.cmp(&a.1) } else { a.1.cmp(&b.1) };
    a.0.is_none().cmp(&b.0.is_none()).then_with(|| a.0.cmp(b.0)).then(by_id)
}
