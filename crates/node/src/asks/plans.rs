//! Plans: read, and changed one thing at a time.

use crate::answers::{Changed, Owner, PartnerTotals, PlanAction, PlanOutcome, PlanView};
use crate::chance;
use crate::clock::today;
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use crate::references;
use hedgerow_document::{Action, Item, PageEdit, Place, Plan, PlanEdit, Said, plan};
use hedgerow_model::{
    ActionId, ActionStatus, Day, FieldName, IdPrefix, Label, NotebookId, OutcomeId, PageId, PersonId,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of an action. `None` leaves a thing as it is; an empty text takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActionEdit {
    /// What is to be done.
    pub text: Option<String>,
    /// What else there is to say about it.
    pub notes: Option<String>,
    /// Who sees to it: `me`, an id, the beginning of one, or a member's name.
    pub owner: Option<String>,
    /// The organisation that does it, by name.
    pub partner: Option<String>,
    /// The day on which it begins.
    pub start: Option<String>,
    /// The day by which it is to be done.
    pub due: Option<String>,
    /// How far it has come.
    pub status: Option<ActionStatus>,
    /// The outcome that it serves, by its id or the beginning of it.
    pub outcome: Option<String>,
}

/// Where an outcome or action of a plan goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceInPlan {
    /// Before all others of its kind.
    First,
    /// After all others of its kind.
    Last,
    /// Right before this one, by its id or the beginning of it.
    Before(String),
    /// Right after this one, by its id or the beginning of it.
    After(String),
}

impl Node {
    /// A plan as it stands; with what was deleted, if that is wanted.
    ///
    /// # Errors
    /// When the page is not here, cannot be read, or is no plan.
    pub async fn plan(&self, page: &str, deleted: bool) -> Result<PlanView, NodeFault> {
        let page = page.to_owned();
        self.ask(move |mind| {
            let id = mind.any_page_meant(&page)?;
            let view = plan_of(mind, id)?;
            let today = today(mind.now);
            let shown = if deleted { view.plan.clone() } else { view.plan.standing() };
            let (outcomes, actions) = shown_plan(mind, &id.0, &shown, today);
            Ok(PlanView {
                id: id.1,
                notebook: id.0,
                title: view.title.as_str().to_owned(),
                why: view.why,
                today,
                outcomes,
                partners: totals(&actions),
                actions,
                heads: view.heads,
                unknown: view.unknown.iter().map(ToString::to_string).collect(),
            })
        })
        .await
    }

    /// Says what a plan is for, by the least difference in words; an empty text takes it away.
    ///
    /// # Errors
    /// When the page is not here or is no plan, or this person may not write.
    pub async fn set_why(&self, page: &str, text: &str) -> Result<Changed, NodeFault> {
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        let name = FieldName::parse(plan::WHY).map_err(|problem| NodeFault::Refused(problem.to_string()))?;
        self.change_plan(page, move |_, _, _| Ok(PageEdit::SetField { name, text })).await
    }

    /// Adds an outcome at the end.
    ///
    /// # Errors
    /// When the page is not here or is no plan, the text is empty or too long, or this person may not write.
    pub async fn add_outcome(&self, page: &str, text: &str) -> Result<OutcomeId, NodeFault> {
        let (text, id) = (worded("outcome", text)?, OutcomeId::from_bytes(chance::id()?));
        let edit = PlanEdit::AddOutcome { id, text, at: Place::Last };
        self.change_plan(page, move |_, _, _| Ok(PageEdit::Plan(edit))).await?;
        Ok(id)
    }

    /// Gives an outcome another text, by the least difference in words.
    ///
    /// # Errors
    /// As for [`Node::add_outcome`], and when there is no such outcome.
    pub async fn set_outcome(&self, page: &str, outcome: &str, text: &str) -> Result<Changed, NodeFault> {
        let (text, outcome) = (worded("outcome", text)?, outcome.to_owned());
        self.change_plan(page, move |_, _, plan| {
            Ok(PageEdit::Plan(PlanEdit::SetOutcome { id: outcome_meant(plan, &outcome)?, text }))
        })
        .await
    }

    /// Adds an action at the end.
    ///
    /// # Errors
    /// When the page is not here or is no plan, something that is said of the action will not do, or this person may not
    /// write.
    pub async fn add_action(&self, page: &str, mut edit: ActionEdit) -> Result<ActionId, NodeFault> {
        let id = ActionId::from_bytes(chance::id()?);
        edit.text.get_or_insert_default();
        self.change_plan(page, move |mind, (notebook, _), plan| {
            let said = said(mind, &notebook, plan, &edit)?;
            Ok(PageEdit::Plan(PlanEdit::AddAction { id, said, at: Place::Last }))
        })
        .await?;
        Ok(id)
    }

    /// Says something else of an action, all of it as one change.
    ///
    /// # Errors
    /// As for [`Node::add_action`], and when there is no such action.
    pub async fn set_action(&self, page: &str, action: &str, edit: ActionEdit) -> Result<Changed, NodeFault> {
        let action = action.to_owned();
        self.change_plan(page, move |mind, (notebook, _), plan| {
            let id = action_meant(plan, &action)?;
            Ok(PageEdit::Plan(PlanEdit::SetAction { id, said: said(mind, &notebook, plan, &edit)? }))
        })
        .await
    }

    /// Gives an outcome or action another place among those of its kind.
    ///
    /// # Errors
    /// When there is no such thing on the page, or this person may not write.
    pub async fn move_in_plan(&self, page: &str, item: &str, to: PlaceInPlan) -> Result<Changed, NodeFault> {
        let item = item.to_owned();
        self.change_plan(page, move |_, _, plan| {
            let item = item_meant(plan, &item)?;
            let to = match to {
                PlaceInPlan::First => Place::First,
                PlaceInPlan::Last => Place::Last,
                PlaceInPlan::Before(other) => Place::Before(beside(plan, &item, &other)?),
                PlaceInPlan::After(other) => Place::After(beside(plan, &item, &other)?),
            };
            Ok(PageEdit::Plan(PlanEdit::Move { item, to }))
        })
        .await
    }

    /// Deletes an outcome or action. Its words stay, and it can be brought back.
    ///
    /// # Errors
    /// As for [`Node::move_in_plan`].
    pub async fn delete_from_plan(&self, page: &str, item: &str) -> Result<Changed, NodeFault> {
        let item = item.to_owned();
        self.change_plan(page, move |_, _, plan| Ok(PageEdit::Plan(PlanEdit::Delete(item_meant(plan, &item)?)))).await
    }

    /// Brings an outcome or action back, with what was written in it since.
    ///
    /// # Errors
    /// As for [`Node::move_in_plan`].
    pub async fn bring_back_to_plan(&self, page: &str, item: &str) -> Result<Changed, NodeFault> {
        let item = item.to_owned();
        self.change_plan(page, move |_, _, plan| Ok(PageEdit::Plan(PlanEdit::BringBack(item_meant(plan, &item)?))))
            .await
    }

    async fn change_plan<E>(&self, page: &str, edit: E) -> Result<Changed, NodeFault>
    where
        E: FnOnce(&mut Mind, (NotebookId, PageId), &Plan) -> Result<PageEdit, NodeFault> + Send + 'static,
    {
        let page = page.to_owned();
        self.change_found(
            move |mind| mind.page_meant(&page),
            move |mind, id, _| {
                let plan = plan_of(mind, id)?.plan;
                edit(mind, id, &plan)
            },
        )
        .await
    }
}

/// The plan on a page.
///
/// # Errors
/// When it cannot be read, or the page is something else and nothing of a plan is on it.
fn plan_of(mind: &mut Mind, id: (NotebookId, PageId)) -> Result<hedgerow_sync::PlanView, NodeFault> {
    let view = mind.replica.plan(&mind.shelves, &id.0, &id.1)?;
    if plan::is_plan(&view.template) || !view.plan.is_empty() {
        return Ok(view);
    }
    Err(NodeFault::Refused(format!(
        "\"{}\" is no plan, for its template is {}; make a plan with `hedgerow page new {} --title TITLE --template plan`",
        view.title, view.template, id.0
    )))
}

/// What is shown of outcomes and actions; `today` says which are overdue.
pub(super) fn shown_plan(
    mind: &Mind,
    notebook: &NotebookId,
    plan: &Plan,
    today: Day,
) -> (Vec<PlanOutcome>, Vec<PlanAction>) {
    let members: BTreeSet<PersonId> =
        mind.replica.members(notebook).unwrap_or_default().into_iter().map(|member| member.person).collect();
    let owner = |owner: PersonId| Owner { who: mind.who(&owner), left: !members.contains(&owner) };
    let outcomes = plan.outcomes.iter().map(|outcome| PlanOutcome {
        id: outcome.id,
        text: outcome.text.clone(),
        deleted: outcome.deleted,
    });
    let actions = plan.actions.iter().map(|action| PlanAction {
        id: action.id,
        text: action.text.clone(),
        notes: action.notes.clone(),
        owner: action.owner.map(owner),
        partner: action.partner.as_ref().map(Label::to_string),
        start: action.start,
        due: action.due,
        status: action.status,
        outcome: action.outcome,
        overdue: is_overdue(action, today),
        deleted: action.deleted,
    });
    (outcomes.collect(), actions.collect())
}

/// What was due on a day is late from the next one on.
fn is_overdue(action: &Action, today: Day) -> bool {
    action.status.is_open() && action.due.is_some_and(|due| due < today)
}

/// How far each partner has come with what is not deleted.
fn totals(actions: &[PlanAction]) -> Vec<PartnerTotals> {
    let mut all: BTreeMap<(bool, Option<String>), PartnerTotals> = BTreeMap::new();
    for action in actions.iter().filter(|action| !action.deleted) {
        let key = (action.partner.is_none(), action.partner.clone());
        let totals = all.entry(key).or_default();
        totals.partner.clone_from(&action.partner);
        *match action.status {
            ActionStatus::Todo => &mut totals.todo,
            ActionStatus::Doing => &mut totals.doing,
            ActionStatus::Done => &mut totals.done,
            ActionStatus::Stopped => &mut totals.stopped,
        } += 1;
        totals.overdue += usize::from(action.overdue);
        totals.unowned += usize::from(action.status.is_open() && action.owner.is_none());
    }
    all.into_values().collect()
}

/// What an edit says, in order.
fn said(mind: &Mind, notebook: &NotebookId, plan: &Plan, edit: &ActionEdit) -> Result<Vec<Said>, NodeFault> {
    let mut said = Vec::new();
    if let Some(text) = &edit.text {
        said.push(Said::Text(worded("action", text)?));
    }
    said.extend(edit.notes.clone().map(Said::Notes));
    if let Some(owner) = &edit.owner {
        said.push(Said::Owner(given(owner, |owner| owner_meant(mind, notebook, owner))?));
    }
    if let Some(partner) = &edit.partner {
        let parse = |raw: &str| Label::parse(raw).map_err(|problem| refused("partner", &problem));
        said.push(Said::Partner(given(partner, parse)?));
    }
    let day = |raw: &str| Day::parse(raw.trim()).map_err(|problem| NodeFault::Refused(problem.to_string()));
    if let Some(start) = &edit.start {
        said.push(Said::Start(given(start, day)?));
    }
    if let Some(due) = &edit.due {
        said.push(Said::Due(given(due, day)?));
    }
    said.extend(edit.status.map(Said::Status));
    if let Some(outcome) = &edit.outcome {
        said.push(Said::Outcome(given(outcome, |raw| outcome_meant(plan, raw))?));
    }
    Ok(said)
}

/// What makes a plan say of each outcome and action what `said` says of it. Those that it does not name stay, and so does
/// what it says already, however long two people made it.
pub(super) fn as_said(said: &Plan, here: &Plan) -> Vec<PlanEdit> {
    let outcomes = said.outcomes.iter().filter_map(|outcome| {
        let (id, text) = (outcome.id, outcome.text.clone());
        match here.outcomes.iter().find(|known| known.id == id) {
            Some(known) => (known.text != text).then_some(PlanEdit::SetOutcome { id, text }),
            None => Some(PlanEdit::AddOutcome { id, text, at: Place::Last }),
        }
    });
    let actions = said.actions.iter().map(|action| {
        let (id, mut said) = (action.id, action.said());
        match here.actions.iter().find(|known| known.id == id) {
            Some(known) => {
                let already = known.said();
                said.retain(|said| !already.contains(said));
                PlanEdit::SetAction { id, said }
            }
            None => PlanEdit::AddAction { id, said, at: Place::Last },
        }
    });
    outcomes.chain(actions).collect()
}

/// What a text names; nothing for an empty one.
fn given<T>(raw: &str, read: impl FnOnce(&str) -> Result<T, NodeFault>) -> Result<Option<T>, NodeFault> {
    if raw.trim().is_empty() { Ok(None) } else { read(raw).map(Some) }
}

fn refused(what: &str, problem: &dyn std::fmt::Display) -> NodeFault {
    NodeFault::Refused(format!("that is no {what}: {problem}"))
}

fn worded(what: &str, text: &str) -> Result<String, NodeFault> {
    match text.trim().is_empty() {
        false => Ok(text.to_owned()),
        true => Err(NodeFault::Refused(format!("an {what} needs words; give it some, or delete it"))),
    }
}

fn owner_meant(mind: &Mind, notebook: &NotebookId, raw: &str) -> Result<PersonId, NodeFault> {
    match raw.trim() {
        "me" => Ok(mind.person()),
        raw => mind.member_meant(notebook, raw),
    }
}

fn item_meant(plan: &Plan, raw: &str) -> Result<Item, NodeFault> {
    let prefix = references::prefix("action or outcome", raw)?;
    let found = plan.items().filter(|item| begins(item, &prefix)).collect();
    references::only("action or outcome", raw, found, ToString::to_string)
}

/// Another one of the same kind.
fn beside(plan: &Plan, item: &Item, raw: &str) -> Result<Item, NodeFault> {
    match item {
        Item::Outcome(_) => outcome_meant(plan, raw).map(Item::Outcome),
        Item::Action(_) => action_meant(plan, raw).map(Item::Action),
    }
}

fn begins(item: &Item, prefix: &IdPrefix) -> bool {
    match item {
        Item::Outcome(id) => id.starts_with(prefix),
        Item::Action(id) => id.starts_with(prefix),
    }
}

fn action_meant(plan: &Plan, raw: &str) -> Result<ActionId, NodeFault> {
    let prefix = references::prefix("action", raw)?;
    let found = plan.actions.iter().map(|action| action.id).filter(|id| id.starts_with(&prefix)).collect();
    references::only("action", raw, found, ToString::to_string)
}

fn outcome_meant(plan: &Plan, raw: &str) -> Result<OutcomeId, NodeFault> {
    let prefix = references::prefix("outcome", raw)?;
    let found = plan.outcomes.iter().map(|outcome| outcome.id).filter(|id| id.starts_with(&prefix)).collect();
    references::only("outcome", raw, found, ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(partner: Option<&str>, status: ActionStatus, due: Option<&str>, owned: bool) -> PlanAction {
        let who = crate::answers::Who { name: Some("Ada".to_owned()), id: PersonId::from_bytes([1; 32]) };
        let due = due.map(|day| Day::parse(day).expect("a day"));
        let mut said = Action::new(ActionId::from_bytes([1; 16]));
        (said.status, said.due) = (status, due);
        PlanAction {
            id: said.id,
            text: "Ring the depot".to_owned(),
            notes: String::new(),
            owner: owned.then_some(Owner { who, left: false }),
            partner: partner.map(str::to_owned),
            start: None,
            due,
            status,
            outcome: None,
            overdue: is_overdue(&said, Day::parse("2027-03-31").expect("a day")),
            deleted: false,
        }
    }

    #[test]
    fn what_is_due_today_is_not_late_and_what_is_done_never_is() {
        use ActionStatus::{Doing, Done, Stopped, Todo};
        let late = |status, due| action(None, status, Some(due), true).overdue;
        assert!(!late(Todo, "2027-03-31") && late(Todo, "2027-03-30") && late(Doing, "1999-01-01"));
        assert!(!late(Done, "2027-03-30") && !late(Stopped, "2027-03-30"));
    }

    #[test]
    fn totals_are_told_for_each_partner_and_the_rest_last() {
        use ActionStatus::{Doing, Done, Todo};
        let mut gone = action(Some("Police"), Todo, None, true);
        gone.deleted = true;
        let actions = [
            action(None, Todo, Some("2027-01-01"), false),
            action(Some("Health board"), Done, None, false),
            action(Some("Health board"), Doing, Some("2027-01-01"), false),
            action(Some("Council"), Todo, None, true),
            gone,
        ];
        let told: Vec<(Option<String>, [usize; 6])> = totals(&actions)
            .into_iter()
            .map(|t| (t.partner, [t.todo, t.doing, t.done, t.stopped, t.overdue, t.unowned]))
            .collect();
        let expected = [
            (Some("Council".to_owned()), [1, 0, 0, 0, 0, 0]),
            (Some("Health board".to_owned()), [0, 1, 1, 0, 1, 1]),
            (None, [1, 0, 0, 0, 1, 1]),
        ];
        assert_eq!(told, expected);
    }
}
