//! A plan: outcomes, and actions that serve them, beside the body of a page.
//!
//! Each is a map at the root of the page's document, at `o/<id>` and `a/<id>`, made by whoever adds it and never taken
//! out: what is deleted says so, and keeps what was written in it. What the plan is for is the field [`WHY`].

mod edit;
mod order;
mod read;
mod text;

pub use edit::{Item, Place, PlanEdit, Said};
pub(crate) use edit::{begin, plan, restore, weight};
pub use order::Order;
pub use read::{at, read, why};
pub(crate) use read::{item_of, read_in};
pub(crate) use text::{AS_TEXT, FENCE, from_text, written};

use hedgerow_model::{ActionId, ActionStatus, Day, Label, OutcomeId, PersonId, TemplateKind};

/// The template of a plan.
pub const TEMPLATE: &str = "plan";

/// The field that says what a plan is for.
pub const WHY: &str = "why";

/// The longest text of an action or outcome, in Unicode scalar values. What two people wrote apart may be longer when it
/// comes together; it is read whole.
pub const TEXT_MOST: usize = 2_000;

/// The longest notes on an action, in Unicode scalar values.
pub const NOTES_MOST: usize = 20_000;

/// What of a plan stands beside the page's body and fields: in the order in which it is shown, what was deleted among it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// What is to come of it.
    pub outcomes: Vec<Outcome>,
    /// What is done for that.
    pub actions: Vec<Action>,
}

/// Something that is to come of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: OutcomeId,
    /// What it says.
    pub text: String,
    /// Where it stands among the outcomes; those without one stand at the end, by id.
    pub order: Option<Order>,
    /// Whether it was deleted. It can be brought back.
    pub deleted: bool,
}

/// Something that somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// What is to be done.
    pub text: String,
    /// What else there is to say about it.
    pub notes: String,
    /// Who sees to it.
    pub owner: Option<PersonId>,
    /// The organisation that does it.
    pub partner: Option<Label>,
    /// The day on which it begins.
    pub start: Option<Day>,
    /// The day by which it is to be done.
    pub due: Option<Day>,
    /// How far it has come.
    pub status: ActionStatus,
    /// The outcome that it serves, which may be deleted or never have been here.
    pub outcome: Option<OutcomeId>,
    /// Where it stands among the actions; those without one stand at the end, by id.
    pub order: Option<Order>,
    /// Whether it was deleted. It can be brought back.
    pub deleted: bool,
}

impl Plan {
    /// Whether nothing is in it, nor ever was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty() && self.actions.is_empty()
    }

    /// All outcomes, then all actions.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        let outcomes = self.outcomes.iter().map(|outcome| Item::Outcome(outcome.id));
        outcomes.chain(self.actions.iter().map(|action| Item::Action(action.id)))
    }

    /// The plan without what was deleted.
    #[must_use]
    pub fn standing(&self) -> Plan {
        Plan {
            outcomes: self.outcomes.iter().filter(|outcome| !outcome.deleted).cloned().collect(),
            actions: self.actions.iter().filter(|action| !action.deleted).cloned().collect(),
        }
    }
}

impl Outcome {
    /// One that nothing is said of yet.
    #[must_use]
    pub fn new(id: OutcomeId) -> Outcome {
        Outcome { id, text: String::new(), order: None, deleted: false }
    }
}

impl Action {
    /// One that nothing is said of yet.
    #[must_use]
    pub fn new(id: ActionId) -> Action {
        Action {
            id,
            text: String::new(),
            notes: String::new(),
            owner: None,
            partner: None,
            start: None,
            due: None,
            status: ActionStatus::Todo,
            outcome: None,
            order: None,
            deleted: false,
        }
    }

    /// All that is said of it.
    #[must_use]
    pub fn said(&self) -> Vec<Said> {
        vec![
            Said::Text(self.text.clone()),
            Said::Notes(self.notes.clone()),
            Said::Owner(self.owner),
            Said::Partner(self.partner.clone()),
            Said::Start(self.start),
            Said::Due(self.due),
            Said::Status(self.status),
            Said::Outcome(self.outcome),
        ]
    }
}

/// Whether a page made from this is a plan.
#[must_use]
pub fn is_plan(template: &TemplateKind) -> bool {
    template.as_str() == TEMPLATE
}
