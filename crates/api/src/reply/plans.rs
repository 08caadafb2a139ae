//! Replies about plans.

use hedgerow_model::ActionStatus;
use serde::{Deserialize, Serialize};

replies! {
    /// A plan, as it stands.
    PlanView {
        /// The page.
        id: String,
        /// The notebook it is in.
        notebook_id: String,
        /// The page's title.
        title: String,
        /// What it is for.
        why: Option<String>,
        /// The day on which it was looked at, where the node is: `2027-03-31`.
        today: String,
        /// What is to come of it, in order.
        outcomes: Vec<PlanOutcome>,
        /// What is done, in order, whichever outcome it serves.
        actions: Vec<PlanAction>,
        /// How far each partner has come, by name; what has no partner last. Deleted actions do not count.
        partners: Vec<PartnerTotals>,
        /// The versions that the page stands at: one, or more where people wrote apart.
        heads: Vec<String>,
        /// What was kept but could not be shown, in words: a newer Hedgerow wrote it.
        unknown: Vec<String>,
    }

    /// Something that is to come of a plan.
    PlanOutcome {
        /// Its id.
        id: String,
        /// What it says.
        text: String,
        /// Whether it was deleted.
        deleted: bool,
    }

    /// Something that somebody does.
    PlanAction {
        /// Its id.
        id: String,
        /// What is to be done.
        text: String,
        /// What else is said about it; may be empty.
        notes: String,
        /// Who sees to it.
        owner: Option<Owner>,
        /// The organisation that does it.
        partner: Option<String>,
        /// The day on which it begins: `2027-03-01`.
        start: Option<String>,
        /// The day by which it is to be done: `2027-03-31`.
        due: Option<String>,
        /// `todo`, `doing`, `done` or `stopped`.
        status: ActionStatus,
        /// The id of the outcome that it serves, which may be deleted.
        outcome: Option<String>,
        /// Whether it should have been done before today and is not.
        overdue: bool,
        /// Whether it was deleted.
        deleted: bool,
    }

    /// Who sees to an action.
    Owner {
        /// The person.
        id: String,
        /// What they are called; their id when they gave no name.
        name: String,
        /// Whether they are no member of the notebook any more.
        left: bool,
    }

    /// How far the actions of one partner have come.
    PartnerTotals {
        /// Which; none for the actions without one.
        partner: Option<String>,
        /// How many nobody has begun.
        todo: u64,
        /// How many somebody is at.
        doing: u64,
        /// How many are done.
        done: u64,
        /// How many were given up.
        stopped: u64,
        /// Of those to do and being done: how many should have been done before today.
        overdue: u64,
        /// Of those to do and being done: how many nobody sees to.
        unowned: u64,
    }
}
