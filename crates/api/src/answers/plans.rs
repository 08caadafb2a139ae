//! What a plan says, in the words of this room.

use hedgerow_model::Day;
use hedgerow_node as node;

use super::{all, many, texts};
use crate::reply;
use crate::request::{AddAction, PlaceInPlan, SetAction};

impl From<node::PlanView> for reply::PlanView {
    fn from(answer: node::PlanView) -> reply::PlanView {
        reply::PlanView {
            id: answer.id.to_string(),
            notebook_id: answer.notebook.to_string(),
            title: answer.title,
            why: answer.why,
            today: answer.today.to_string(),
            outcomes: all(answer.outcomes),
            actions: all(answer.actions),
            partners: all(answer.partners),
            heads: texts(answer.heads),
            unknown: answer.unknown,
        }
    }
}

impl From<node::PlanOutcome> for reply::PlanOutcome {
    fn from(answer: node::PlanOutcome) -> reply::PlanOutcome {
        reply::PlanOutcome { id: answer.id.to_string(), text: answer.text, deleted: answer.deleted }
    }
}

impl From<node::PlanAction> for reply::PlanAction {
    fn from(answer: node::PlanAction) -> reply::PlanAction {
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        reply::PlanAction {
            id: answer.id.to_string(),
            text: answer.text,
            notes: answer.notes,
            owner: answer.owner.map(Into::into),
            partner: answer.partner,
            start: day(answer.start),
            due: day(answer.due),
            status: answer.status,
            outcome: answer.outcome.map(|outcome| outcome.to_string()),
            overdue: answer.overdue,
            deleted: answer.deleted,
        }
    }
}

impl From<node::Owner> for reply::Owner {
    fn from(answer: node::Owner) -> reply::Owner {
        reply::Owner { id: answer.who.id.to_string(), name: answer.who.shown(), left: answer.left }
    }
}

impl From<node::PartnerTotals> for reply::PartnerTotals {
    fn from(answer: node::PartnerTotals) -> reply::PartnerTotals {
        reply::PartnerTotals {
            partner: answer.partner,
            todo: many(answer.todo),
            doing: many(answer.doing),
            done: many(answer.done),
            stopped: many(answer.stopped),
            overdue: many(answer.overdue),
            unowned: many(answer.unowned),
        }
    }
}

impl From<AddAction> for node::ActionEdit {
    fn from(ask: AddAction) -> node::ActionEdit {
        let AddAction { page: _, text, notes, owner, partner, start, due, status, outcome } = ask;
        node::ActionEdit { text: Some(text), notes, owner, partner, start, due, status, outcome }
    }
}

impl From<SetAction> for node::ActionEdit {
    fn from(ask: SetAction) -> node::ActionEdit {
        let SetAction { page: _, action: _, text, notes, owner, partner, start, due, status, outcome } = ask;
        node::ActionEdit { text, notes, owner, partner, start, due, status, outcome }
    }
}

impl From<PlaceInPlan> for node::PlaceInPlan {
    fn from(to: PlaceInPlan) -> node::PlaceInPlan {
        match to {
            PlaceInPlan::First => node::PlaceInPlan::First,
            PlaceInPlan::Last => node::PlaceInPlan::Last,
            PlaceInPlan::Before(item) => node::PlaceInPlan::Before(item),
            PlaceInPlan::After(item) => node::PlaceInPlan::After(item),
        }
    }
}
