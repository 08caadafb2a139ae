//! What a plan says.

use crate::answers::Who;
use hedgerow_model::{ActionId, ActionStatus, ChangeHash, Day, NotebookId, OutcomeId, PageId};

/// A plan, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanView {
    /// The page.
    pub id: PageId,
    /// The notebook it is in.
    pub notebook: NotebookId,
    /// The page's title.
    pub title: String,
    /// What it is for.
    pub why: Option<String>,
    /// The day on which it was looked at, where this device is.
    pub today: Day,
    /// What is to come of it, in order.
    pub outcomes: Vec<PlanOutcome>,
    /// What is done, in order.
    pub actions: Vec<PlanAction>,
    /// How far each partner has come, by name; what has no partner last.
    pub partners: Vec<PartnerTotals>,
    /// The versions that the page stands at.
    pub heads: Vec<ChangeHash>,
    /// What was kept and cannot be shown, in words.
    pub unknown: Vec<String>,
}

/// Something that is to come of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOutcome {
    /// Its id.
    pub id: OutcomeId,
    /// What it says.
    pub text: String,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// Something that somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanAction {
    /// Its id.
    pub id: ActionId,
    /// What is to be done.
    pub text: String,
    /// What else is said about it.
    pub notes: String,
    /// Who sees to it.
    pub owner: Option<Owner>,
    /// The organisation that does it.
    pub partner: Option<String>,
    /// The day on which it begins.
    pub start: Option<Day>,
    /// The day by which it is to be done.
    pub due: Option<Day>,
    /// How far it has come.
    pub status: ActionStatus,
    /// The outcome that it serves, deleted or not.
    pub outcome: Option<OutcomeId>,
    /// Whether it should have been done by today and is not.
    pub overdue: bool,
    /// Whether it was deleted.
    pub deleted: bool,
}

/// Who sees to an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub who: Who,
    /// Whether they are no member of the notebook any more, or never were.
    pub left: bool,
}

/// How far the actions of one partner have come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartnerTotals {
    /// Which; none for the actions without one.
    pub partner: Option<String>,
    /// Nobody has begun them.
    pub todo: usize,
    /// Somebody is at them.
    pub doing: usize,
    /// They are done.
    pub done: usize,
    /// They were given up.
    pub stopped: usize,
    /// Of those that are not done or stopped: how many should have been done by today.
    pub overdue: usize,
    /// Of those that are not done or stopped: how many nobody sees to.
    pub unowned: usize,
}
