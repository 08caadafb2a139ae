//! Plans.

use hedgerow_api::reply::{Owner, PartnerTotals, PlanAction, PlanView};
use hedgerow_api::request::{
    AddAction, AddOutcome, BringBackToPlan, DeleteFromPlan, MoveInPlan, PlaceInPlan, SetAction, SetOutcome, SetWhy,
    ShowPlan, Whoami,
};
use hedgerow_model::{ActionStatus, IdPrefix};

use super::calendar;
use super::notebook::done;
use super::page::changed;
use crate::args::{PlaceArgs, PlanCommand};
use crate::door::Doorway;
use crate::output::Output;
use crate::problem::Problem;
use crate::table::Table;
use crate::words;

/// `plan ...`
pub(super) async fn run(way: &Doorway, command: PlanCommand, out: &mut Output) -> Result<(), Problem> {
    match command {
        PlanCommand::Show { plan, deleted, partner, owner, status, overdue } => {
            let owner = match owner.as_deref() {
                Some("me") => Some(way.ask(Whoami {}).await?.person_id),
                _ => owner,
            };
            let wanted = Wanted { partner, owner, status, overdue };
            show(way.ask(ShowPlan { page: plan.plan, deleted }).await?, &wanted, out)
        }
        PlanCommand::AddAction { plan, text, said } => {
            let (page, notes, owner, partner) = (plan.plan, said.notes, said.owner, said.partner);
            let (start, due, status, outcome) = (said.start, said.due, said.status, said.outcome);
            let ask = AddAction { page, text, notes, owner, partner, start, due, status, outcome };
            let made = way.ask(ask).await?;
            done(out, &made, || format!("Added the action {}. Saved on this device.", made.id))
        }
        PlanCommand::Set { plan, action, text, said } => {
            let (page, notes, owner, partner) = (plan.plan, said.notes, said.owner, said.partner);
            let (start, due, status, outcome) = (said.start, said.due, said.status, said.outcome);
            let ask = SetAction { page, action, text, notes, owner, partner, start, due, status, outcome };
            changed(&way.ask(ask).await?, out)
        }
        PlanCommand::Move { plan, item, to } => {
            changed(&way.ask(MoveInPlan { page: plan.plan, item: item.item, to: place(to) }).await?, out)
        }
        PlanCommand::Delete { plan, item } => {
            let gone = way.ask(DeleteFromPlan { page: plan.plan, item: item.item.clone() }).await?;
            done(out, &gone, || {
                format!(
                    "Deleted from \"{}\". Saved on this device. `hedgerow plan bring-back {} {}` undoes it.",
                    gone.title, gone.id, item.item
                )
            })
        }
        PlanCommand::BringBack { plan, item } => {
            changed(&way.ask(BringBackToPlan { page: plan.plan, item: item.item }).await?, out)
        }
        PlanCommand::AddOutcome { plan, text } => {
            let made = way.ask(AddOutcome { page: plan.plan, text }).await?;
            done(out, &made, || format!("Added the outcome {}. Saved on this device.", made.id))
        }
        PlanCommand::SetOutcome { plan, outcome, text } => {
            changed(&way.ask(SetOutcome { page: plan.plan, outcome, text }).await?, out)
        }
        PlanCommand::Why { plan, text } => changed(&way.ask(SetWhy { page: plan.plan, text }).await?, out),
        PlanCommand::Calendar { plan, file } => {
            let view = way.ask(ShowPlan { page: plan.plan, deleted: true }).await?;
            calendar::write(&view, &file, out)
        }
    }
}

fn place(to: PlaceArgs) -> PlaceInPlan {
    match to {
        PlaceArgs { before: Some(other), .. } => PlaceInPlan::Before(other),
        PlaceArgs { after: Some(other), .. } => PlaceInPlan::After(other),
        PlaceArgs { first: true, .. } => PlaceInPlan::First,
        PlaceArgs { .. } => PlaceInPlan::Last,
    }
}

/// Which actions are wanted.
#[derive(Debug, Default)]
struct Wanted {
    partner: Option<String>,
    owner: Option<String>,
    status: Option<ActionStatus>,
    overdue: bool,
}

impl Wanted {
    fn is_all(&self) -> bool {
        self.partner.is_none() && self.owner.is_none() && self.status.is_none() && !self.overdue
    }

    fn takes(&self, action: &PlanAction) -> bool {
        let same = |wanted: &str, said: &str| wanted.trim().to_lowercase() == said.to_lowercase();
        let partner = |wanted: &String| action.partner.as_ref().is_some_and(|partner| same(wanted, partner));
        let owner = |wanted: &String| {
            let begins =
                |owner: &Owner| IdPrefix::parse(wanted).is_ok_and(|beginning| owner.id.starts_with(beginning.as_str()));
            action.owner.as_ref().is_some_and(|owner| same(wanted, &owner.name) || begins(owner))
        };
        self.partner.as_ref().is_none_or(partner)
            && self.owner.as_ref().is_none_or(owner)
            && self.status.is_none_or(|status| status == action.status)
            && (!self.overdue || action.overdue)
    }
}

fn show(mut view: PlanView, wanted: &Wanted, out: &mut Output) -> Result<(), Problem> {
    view.actions.retain(|action| wanted.takes(action));
    if out.json() {
        return out.object(&view);
    }
    out.line(format!("{}\nWhy: {}", view.title, view.why.as_deref().unwrap_or("not said yet")))?;
    for outcome in &view.outcomes {
        let serves = |action: &&PlanAction| action.outcome.as_ref() == Some(&outcome.id);
        let actions: Vec<&PlanAction> = view.actions.iter().filter(serves).collect();
        if !actions.is_empty() || wanted.is_all() {
            let deleted = if outcome.deleted { " (deleted)" } else { "" };
            out.line(format!("\n{}{deleted}  {}", one_line(&outcome.text), outcome.id))?;
            group(&actions, "Nothing serves it yet.", out)?;
        }
    }
    let is_shown = |id: &String| view.outcomes.iter().any(|outcome| outcome.id == *id);
    let rest: Vec<&PlanAction> =
        view.actions.iter().filter(|action| !action.outcome.as_ref().is_some_and(is_shown)).collect();
    if !rest.is_empty() && !view.outcomes.is_empty() {
        out.line("\nFor no outcome")?;
    } else if !rest.is_empty() {
        out.line("")?;
    }
    group(&rest, "", out)?;
    if !wanted.is_all() {
        return if view.actions.is_empty() { out.line("\nNo action of this plan is so.") } else { Ok(()) };
    }
    if view.actions.is_empty() {
        return out.line(format!("\nNo actions yet. Add one with `hedgerow plan add-action {} TEXT`.", view.id));
    }
    out.line("")?;
    totals(&view.partners, out)
}

fn group(actions: &[&PlanAction], none: &str, out: &mut Output) -> Result<(), Problem> {
    if actions.is_empty() {
        return if none.is_empty() { Ok(()) } else { out.line(none) };
    }
    let mut table = Table::new(["STATUS", "DUE", "OWNER", "PARTNER", "ACTION", "ID"]);
    for action in actions {
        let gone = if action.deleted { "deleted, " } else { "" };
        let late = if action.overdue { ", overdue" } else { "" };
        let due = action.due.as_ref().map_or_else(|| "-".to_owned(), |due| format!("{due}{late}"));
        let partner = words::or_dash(action.partner.as_deref());
        let status = format!("{gone}{}", action.status);
        table.row([status, due, owner(action), partner, action.text.clone(), action.id.clone()]);
    }
    out.line(table.to_string())
}

fn owner(action: &PlanAction) -> String {
    match &action.owner {
        Some(owner) if owner.left => format!("{} (left)", owner.name),
        Some(owner) => owner.name.clone(),
        None if action.status.is_open() => "nobody yet".to_owned(),
        None => "-".to_owned(),
    }
}

fn totals(partners: &[PartnerTotals], out: &mut Output) -> Result<(), Problem> {
    let mut table = Table::new(["PARTNER", "TO DO", "DOING", "DONE", "STOPPED", "OVERDUE", "WITHOUT OWNER"]);
    for of in partners {
        let numbers = [of.todo, of.doing, of.done, of.stopped, of.overdue, of.unowned].map(|number| number.to_string());
        let [todo, doing, done, stopped, overdue, unowned] = numbers;
        table.row([words::or_dash(of.partner.as_deref()), todo, doing, done, stopped, overdue, unowned]);
    }
    out.line(table.to_string())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
