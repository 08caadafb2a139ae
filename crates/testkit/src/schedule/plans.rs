//! Somebody changes a plan: any page may have one.

use super::Story;
use crate::network::Who;
use hedgerow_document::{Item, PageEdit, Place, Plan, PlanEdit, Said};
use hedgerow_model::{ActionId, ActionStatus, Day};

impl Story {
    /// Somebody adds an action, says something else of one, moves, deletes it or brings it back. Words carry a marker.
    pub(super) fn plan(&mut self, who: Who, number: usize) {
        let pages = self.pages.clone();
        let Some(page) = self.pick(&pages) else { return };
        let text = format!("«{}{number}»", self.network.name(who));
        let (before, knew, plan) = (self.network.words(who, page), self.knows(who), self.network.plan(who, page));
        let (edit, is_marked) = self.draw(&plan, number, &text);
        if self.changed(who, page, PageEdit::Plan(edit), &before) && is_marked {
            self.wrote(who, page, text, knew);
        }
    }

    /// An edit, and whether it brings the marker.
    fn draw(&mut self, plan: &Plan, number: usize, marker: &str) -> (PlanEdit, bool) {
        let ids: Vec<ActionId> = plan.actions.iter().map(|action| action.id).collect();
        let drawn = self.network.below(8);
        let (Some(id), Some(other)) = (self.pick(&ids), self.pick(&ids)) else { return (added(number, marker), true) };
        let Some(action) = plan.actions.iter().find(|action| action.id == id) else {
            return (added(number, marker), true);
        };
        let (item, beside) = (Item::Action(id), Item::Action(other));
        let set = |said: Said| PlanEdit::SetAction { id, said: vec![said] };
        match drawn {
            0 | 1 => (added(number, marker), true),
            2 => (set(Said::Text(format!("{} {marker}", action.text))), true),
            3 => (set(Said::Notes(format!("{} {marker}", action.notes))), true),
            4 => (PlanEdit::Move { item, to: Place::Before(beside) }, false),
            5 => (PlanEdit::Move { item, to: Place::After(beside) }, false),
            6 if action.deleted => (PlanEdit::BringBack(item), false),
            6 => (PlanEdit::Delete(item), false),
            _ if action.status == ActionStatus::Todo => (set(Said::Status(ActionStatus::Done)), false),
            _ => (set(Said::Due(Day::parse("2027-03-31").ok())), false),
        }
    }
}

fn added(number: usize, marker: &str) -> PlanEdit {
    // Nobody else does anything in this step.
    let id = ActionId::from_bytes((number as u128).to_be_bytes());
    PlanEdit::AddAction { id, said: vec![Said::Text(marker.to_owned())], at: Place::First }
}
