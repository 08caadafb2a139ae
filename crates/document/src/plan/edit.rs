//! Edits of a plan: each thing said by itself, so that two who say different things of one action both have their way.

use super::order::between;
use super::read::{in_order, read_in};
use super::{Action, NOTES_MOST, Order, Outcome, Plan, TEXT_MOST};
use crate::edit::EditProblem;
use crate::entry::{amend_text, begin_text, put_text, put_truth, typed};
use automerge::transaction::{Transactable, Transaction};
use automerge::{AutomergeError, ObjId, ObjType, ROOT, ReadDoc, Value};
use hedgerow_model::{ActionId, ActionStatus, Day, Label, OutcomeId, PersonId, mutant};
use std::collections::{BTreeMap, BTreeSet};

/// An edit of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanEdit {
    /// A new outcome.
    AddOutcome {
        /// Its id: random, used once.
        id: OutcomeId,
        /// What it says, at most [`TEXT_MOST`] characters.
        text: String,
        /// Where it stands.
        at: Place,
    },
    /// Another text for an outcome, by the least difference in words.
    SetOutcome {
        /// Which.
        id: OutcomeId,
        /// What it says, at most [`TEXT_MOST`] characters.
        text: String,
    },
    /// A new action.
    AddAction {
        /// Its id: random, used once.
        id: ActionId,
        /// What is said of it.
        said: Vec<Said>,
        /// Where it stands.
        at: Place,
    },
    /// Says something else of an action; the rest stays as it is.
    SetAction {
        /// Which.
        id: ActionId,
        /// What is said of it.
        said: Vec<Said>,
    },
    /// Another place among those of its kind.
    Move {
        /// What.
        item: Item,
        /// Where to.
        to: Place,
    },
    /// Deletes it. Its words stay, and what somebody writes in them meanwhile.
    Delete(Item),
    /// Brings it back, as it reads by now.
    BringBack(Item),
}

/// One of the things that are said of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// What is to be done, at most [`TEXT_MOST`] characters; by the least difference in words.
    Text(String),
    /// What else there is to say about it, at most [`NOTES_MOST`] characters; by the least difference in words.
    Notes(String),
    /// Who sees to it.
    Owner(Option<PersonId>),
    /// The organisation that does it.
    Partner(Option<Label>),
    /// The day on which it begins.
    Start(Option<Day>),
    /// The day by which it is to be done.
    Due(Option<Day>),
    /// How far it has come.
    Status(ActionStatus),
    /// The outcome that it serves.
    Outcome(Option<OutcomeId>),
}

/// An outcome or an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// An outcome.
    Outcome(OutcomeId),
    /// An action.
    Action(ActionId),
}

/// Where an outcome or action stands among those of its kind, the deleted ones among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before all others.
    First,
    /// After all others.
    Last,
    /// Right before this one.
    Before(Item),
    /// Right after this one.
    After(Item),
}

impl Item {
    /// The name of its entry at the root.
    pub(crate) fn key(&self) -> String {
        match self {
            Item::Outcome(id) => format!("o/{id}"),
            Item::Action(id) => format!("a/{id}"),
        }
    }

    pub(super) fn is_of_kind(&self, other: &Item) -> bool {
        matches!((self, other), (Item::Outcome(_), Item::Outcome(_)) | (Item::Action(_), Item::Action(_)))
    }
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Item::Outcome(id) => write!(f, "outcome {id}"),
            Item::Action(id) => write!(f, "action {id}"),
        }
    }
}

/// How many bytes an edit brings, and about how many operations beside their characters: to refuse what cannot be one
/// change before any work is done on it.
pub(crate) fn weight(plan: &Plan) -> (usize, usize) {
    let outcomes: usize = plan.outcomes.iter().map(|outcome| outcome.text.len()).sum();
    let actions: usize = plan.actions.iter().map(|action| action.text.len() + action.notes.len()).sum();
    (outcomes + actions, 4 * plan.outcomes.len() + 11 * plan.actions.len())
}

/// Makes one edit, on a page that is begun.
pub(crate) fn plan(tx: &mut Transaction<'_>, edit: &PlanEdit) -> Result<(), EditProblem> {
    match edit {
        PlanEdit::AddOutcome { id, text, at } => {
            let item = Item::Outcome(*id);
            let text = within(text, "outcome", TEXT_MOST)?;
            let map = new_item(tx, &item)?;
            begin_text(tx, &map, "text", &text)?;
            place(tx, &item, at)
        }
        PlanEdit::SetOutcome { id, text } => {
            let map = item(tx, &Item::Outcome(*id))?;
            let text = within(text, "outcome", TEXT_MOST)?;
            Ok(amend_text(tx, &map, "text", Some(&text))?)
        }
        PlanEdit::AddAction { id, said, at } => {
            let item = Item::Action(*id);
            let map = new_item(tx, &item)?;
            // Made with the map, and never by two devices at once.
            begin_text(tx, &map, "text", "")?;
            begin_text(tx, &map, "notes", "")?;
            said.iter().try_for_each(|said| say(tx, &map, said))?;
            place(tx, &item, at)
        }
        PlanEdit::SetAction { id, said } => {
            let map = item(tx, &Item::Action(*id))?;
            said.iter().try_for_each(|said| say(tx, &map, said))
        }
        PlanEdit::Move { item: moved, to } => {
            item(tx, moved)?;
            place(tx, moved, to)
        }
        PlanEdit::Delete(gone) if mutant("delete-with-words") => Ok(tx.delete(ROOT, gone.key())?),
        PlanEdit::Delete(gone) => {
            let map = item(tx, gone)?;
            Ok(put_truth(tx, &map, "deleted", true)?)
        }
        PlanEdit::BringBack(back) => {
            let map = item(tx, back)?;
            Ok(put_truth(tx, &map, "deleted", false)?)
        }
    }
}

fn new_item(tx: &mut Transaction<'_>, item: &Item) -> Result<ObjId, EditProblem> {
    if tx.get(ROOT, item.key())?.is_some() {
        return Err(EditProblem::AlreadyBegun);
    }
    Ok(tx.put_object(ROOT, item.key(), ObjType::Map)?)
}

fn item(tx: &Transaction<'_>, item: &Item) -> Result<ObjId, EditProblem> {
    match tx.get(ROOT, item.key())? {
        Some((Value::Object(ObjType::Map), object)) => Ok(object),
        _ => Err(EditProblem::UnknownItem(*item)),
    }
}

fn within(text: &str, what: &'static str, most: usize) -> Result<String, EditProblem> {
    let text = typed(text);
    match text.chars().count() {
        length if length > most => Err(EditProblem::TextTooLong { what, length, most }),
        _ => Ok(text),
    }
}

fn say(tx: &mut Transaction<'_>, map: &ObjId, said: &Said) -> Result<(), EditProblem> {
    match said {
        Said::Text(text) => {
            let text = within(text, "action", TEXT_MOST)?;
            amend_text(tx, map, "text", Some(&text))?;
        }
        Said::Notes(text) => {
            let text = within(text, "note", NOTES_MOST)?;
            amend_text(tx, map, "notes", Some(&text))?;
        }
        said => put_said(tx, map, said)?,
    }
    Ok(())
}

/// What is a word rather than a text.
fn put_said(tx: &mut Transaction<'_>, map: &ObjId, said: &Said) -> Result<(), AutomergeError> {
    let (key, word) = match said {
        Said::Owner(owner) => ("owner", owner.map(|owner| owner.to_string())),
        Said::Partner(partner) => ("partner", partner.as_ref().map(Label::to_string)),
        Said::Start(day) => ("start", day.map(|day| day.to_string())),
        Said::Due(day) => ("due", day.map(|day| day.to_string())),
        Said::Outcome(outcome) => ("outcome", outcome.map(|outcome| outcome.to_string())),
        // Absent is to do: said only where something else was.
        Said::Status(ActionStatus::Todo) if tx.get(map, "status")?.is_none() => return Ok(()),
        Said::Status(status) => ("status", Some(status.word().to_owned())),
        Said::Text(_) | Said::Notes(_) => return Ok(()),
    };
    put_text(tx, map, key, word.as_deref())
}

/// Gives an item that is here its place; none when it has it already.
fn place(tx: &mut Transaction<'_>, item: &Item, to: &Place) -> Result<(), EditProblem> {
    let mut others = in_order(tx, item);
    let now = others.iter().position(|(other, _)| other == item);
    let has_order = now.is_some_and(|now| others[now].1.is_some());
    others.retain(|(other, _)| other != item);
    let found = |other: &Item| match others.iter().position(|(known, _)| known == other) {
        Some(at) if other.is_of_kind(item) => Ok(at),
        // Beside itself it stands already.
        _ if other == item => Ok(now.unwrap_or(others.len())),
        _ => Err(EditProblem::UnknownItem(*other)),
    };
    let at = match to {
        Place::First => 0,
        Place::Last => others.len(),
        Place::Before(other) => found(other)?,
        Place::After(other) if other == item => found(other)?,
        Place::After(other) => found(other)? + 1,
    };
    if has_order && now == Some(at) {
        return Ok(());
    }
    let mut laid = laid(&others, at, item);
    // Itself first: the history tells of the first.
    laid.sort_by_key(|(moved, _)| moved != item);
    for (moved, order) in laid {
        let map = self::item(tx, &moved)?;
        put_text(tx, &map, "order", Some(order.as_str()))?;
    }
    Ok(())
}

/// The orders that put an item at `at` among the others: its own, and those of as few neighbours as it takes to make room.
fn laid(others: &[(Item, Option<Order>)], at: usize, item: &Item) -> Vec<(Item, Order)> {
    // Whatever has no order stands behind all that have one: so that something can stand behind it, it needs one too.
    let keyed = |end: usize| others[..end].iter().rposition(|(_, order)| order.is_some()).map_or(0, |last| last + 1);
    let mut width = 0;
    loop {
        for (left, right) in [(0, width), (width, 0), (width, width)] {
            let from = keyed(at.saturating_sub(left));
            let to = (at + right).min(others.len());
            let low = from.checked_sub(1).and_then(|low| others[low].1.as_ref());
            let high = others.get(to).and_then(|(_, order)| order.as_ref());
            if let Some(orders) = between(low, high, to - from + 1) {
                let items = others[from..at].iter().map(|(item, _)| *item);
                let after = others[at..to].iter().map(|(item, _)| *item);
                return items.chain([*item]).chain(after).zip(orders).collect();
            }
        }
        if width > others.len() {
            // Between no bounds there is always room.
            return Vec::new();
        }
        width = (2 * width).max(1);
    }
}

/// Writes a whole plan onto a page that is being begun, laid out anew.
pub(crate) fn begin(tx: &mut Transaction<'_>, plan: &Plan) -> Result<(), EditProblem> {
    let mut known = BTreeSet::new();
    if !plan.items().all(|item| known.insert(item)) {
        return Err(EditProblem::AlreadyBegun);
    }
    let orders = |count| between(None, None, count).unwrap_or_default();
    for (outcome, order) in plan.outcomes.iter().zip(orders(plan.outcomes.len())) {
        write_outcome(tx, outcome, Some(&order))?;
    }
    for (action, order) in plan.actions.iter().zip(orders(plan.actions.len())) {
        write_action(tx, action, Some(&order))?;
    }
    Ok(())
}

/// Whatever stood under its name, and was no outcome, gives way.
fn write_outcome(tx: &mut Transaction<'_>, outcome: &Outcome, order: Option<&Order>) -> Result<(), EditProblem> {
    let map = tx.put_object(ROOT, Item::Outcome(outcome.id).key(), ObjType::Map)?;
    begin_text(tx, &map, "text", &typed(&outcome.text))?;
    put_text(tx, &map, "order", order.map(Order::as_str))?;
    Ok(put_truth(tx, &map, "deleted", outcome.deleted)?)
}

/// As [`write_outcome`].
fn write_action(tx: &mut Transaction<'_>, action: &Action, order: Option<&Order>) -> Result<(), EditProblem> {
    let map = tx.put_object(ROOT, Item::Action(action.id).key(), ObjType::Map)?;
    begin_text(tx, &map, "text", &typed(&action.text))?;
    begin_text(tx, &map, "notes", &typed(&action.notes))?;
    action.said().iter().try_for_each(|said| put_said(tx, &map, said))?;
    put_text(tx, &map, "order", order.map(Order::as_str))?;
    Ok(put_truth(tx, &map, "deleted", action.deleted)?)
}

/// The plan as it was. What was added since is deleted, and not gone; what this document has never seen is made. Only what
/// reads otherwise by now is said again: what this version cannot read stays.
pub(crate) fn restore(tx: &mut Transaction<'_>, old: &Plan) -> Result<(), EditProblem> {
    let (now, _) = read_in(tx, None);
    let was: BTreeSet<Item> = old.items().collect();
    for later in now.items().filter(|item| !was.contains(item)) {
        plan(tx, &PlanEdit::Delete(later))?;
    }
    let outcomes: BTreeMap<OutcomeId, &Outcome> = now.outcomes.iter().map(|outcome| (outcome.id, outcome)).collect();
    for outcome in &old.outcomes {
        match outcomes.get(&outcome.id) {
            Some(now) => restore_outcome(tx, outcome, now)?,
            None => write_outcome(tx, outcome, outcome.order.as_ref())?,
        }
    }
    let actions: BTreeMap<ActionId, &Action> = now.actions.iter().map(|action| (action.id, action)).collect();
    for action in &old.actions {
        match actions.get(&action.id) {
            Some(now) => restore_action(tx, action, now)?,
            None => write_action(tx, action, action.order.as_ref())?,
        }
    }
    Ok(())
}

fn restore_outcome(tx: &mut Transaction<'_>, old: &Outcome, now: &Outcome) -> Result<(), EditProblem> {
    let map = item(tx, &Item::Outcome(old.id))?;
    if old.text != now.text {
        amend_text(tx, &map, "text", Some(&old.text))?;
    }
    restore_place(tx, &map, (&old.order, old.deleted), (&now.order, now.deleted))
}

fn restore_action(tx: &mut Transaction<'_>, old: &Action, now: &Action) -> Result<(), EditProblem> {
    let map = item(tx, &Item::Action(old.id))?;
    if old.text != now.text {
        amend_text(tx, &map, "text", Some(&old.text))?;
    }
    if old.notes != now.notes {
        amend_text(tx, &map, "notes", Some(&old.notes))?;
    }
    for (old, _) in old.said().iter().zip(now.said()).filter(|(old, now)| *old != now) {
        put_said(tx, &map, old)?;
    }
    restore_place(tx, &map, (&old.order, old.deleted), (&now.order, now.deleted))
}

fn restore_place(
    tx: &mut Transaction<'_>,
    map: &ObjId,
    old: (&Option<Order>, bool),
    now: (&Option<Order>, bool),
) -> Result<(), EditProblem> {
    if old.0 != now.0 {
        put_text(tx, map, "order", old.0.as_ref().map(Order::as_str))?;
    }
    if old.1 != now.1 {
        put_truth(tx, map, "deleted", old.1)?;
    }
    Ok(())
}
