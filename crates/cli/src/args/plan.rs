//! Plans.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hedgerow_model::ActionStatus;

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// What a plan is for, its actions by outcome, and how far each partner has come
    #[command(after_help = "\
Examples:
  hedgerow plan show 9c04d2
  hedgerow plan show 9c04d2 --owner me --overdue
  hedgerow plan show 9c04d2 --partner \"Gwynedd Council\" --status todo --json")]
    Show {
        #[command(flatten)]
        plan: PlanArg,
        /// What was deleted too
        #[arg(long)]
        deleted: bool,
        /// Only the actions of this organisation
        #[arg(long, value_name = "NAME")]
        partner: Option<String>,
        /// Only the actions that this person sees to: me, a name or an id
        #[arg(long, value_name = "PERSON")]
        owner: Option<String>,
        /// Only the actions that have come so far: todo, doing, done or stopped
        #[arg(long)]
        status: Option<ActionStatus>,
        /// Only the actions that should have been done before today
        #[arg(long)]
        overdue: bool,
    },
    /// Add an action at the end of a plan
    #[command(after_help = "\
The page has to be a plan: `hedgerow page new NB --title T --template plan` makes one.

Example:
  hedgerow plan add-action 9c04d2 \"Ring the depot\" --owner me --partner \"Gwynedd Council\" --due 2027-03-31")]
    AddAction {
        #[command(flatten)]
        plan: PlanArg,
        /// What is to be done
        #[arg(allow_hyphen_values = true)]
        text: String,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Say something else of an action
    #[command(after_help = "\
What is not named stays as it is. An empty text takes a thing away.

Examples:
  hedgerow plan set 9c04d2 51b3e0 --status done
  hedgerow plan set 9c04d2 51b3e0 --owner \"Bo\" --due \"\"")]
    Set {
        #[command(flatten)]
        plan: PlanArg,
        /// The action's id, or the beginning of it
        action: String,
        /// What is to be done
        #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
        text: Option<String>,
        #[command(flatten)]
        said: SaidArgs,
    },
    /// Put an action or an outcome elsewhere among those of its kind
    #[command(after_help = "\
Examples:
  hedgerow plan move 9c04d2 51b3e0 --first
  hedgerow plan move 9c04d2 51b3e0 --after 77aa01")]
    Move {
        #[command(flatten)]
        plan: PlanArg,
        #[command(flatten)]
        item: ItemArg,
        #[command(flatten)]
        to: PlaceArgs,
    },
    /// Delete an action or an outcome; its words stay
    #[command(after_help = "Example:\n  hedgerow plan delete 9c04d2 51b3e0")]
    Delete {
        #[command(flatten)]
        plan: PlanArg,
        #[command(flatten)]
        item: ItemArg,
    },
    /// Bring a deleted action or outcome back
    #[command(after_help = "\
What was written in it since it was deleted is there too. `plan show PLAN --deleted` names them.

Example:
  hedgerow plan bring-back 9c04d2 51b3e0")]
    BringBack {
        #[command(flatten)]
        plan: PlanArg,
        #[command(flatten)]
        item: ItemArg,
    },
    /// Add an outcome at the end of a plan
    #[command(after_help = "Example:\n  hedgerow plan add-outcome 9c04d2 \"Someone answers at night\"")]
    AddOutcome {
        #[command(flatten)]
        plan: PlanArg,
        /// What is to come of the plan
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Give an outcome another text
    #[command(after_help = "Example:\n  hedgerow plan set-outcome 9c04d2 c3d4e5 \"Someone answers within the hour\"")]
    SetOutcome {
        #[command(flatten)]
        plan: PlanArg,
        /// The outcome's id, or the beginning of it
        outcome: String,
        /// What it says from now on
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Say what a plan is for
    #[command(after_help = "\
What others write in it meanwhile is kept. An empty text takes it away.

Example:
  hedgerow plan why 9c04d2 \"Nobody waits for an answer at night\"")]
    Why {
        #[command(flatten)]
        plan: PlanArg,
        /// What it is for
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Write the due dates to a calendar file
    #[command(after_help = "\
Each action that is due is an event of a whole day. A calendar that takes the file again brings its events up \
to date: what is done says so, and what was stopped or deleted is cancelled. A file that is there is not written over.

Examples:
  hedgerow plan calendar 9c04d2 winter-plan.ics
  hedgerow plan calendar 9c04d2 - | less")]
    Calendar {
        #[command(flatten)]
        plan: PlanArg,
        /// The file to write, or - for standard output
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PlanArg {
    /// The plan's id, or the beginning of it
    #[arg(value_name = "PLAN")]
    pub(crate) plan: String,
}

#[derive(Debug, Args)]
pub(crate) struct ItemArg {
    /// The id of the action or outcome, or the beginning of it
    #[arg(value_name = "ACTION")]
    pub(crate) item: String,
}

/// What is said of an action beside what is to be done.
#[derive(Debug, Args)]
pub(crate) struct SaidArgs {
    /// Who sees to it: me, a member's name, or an id
    #[arg(long, value_name = "PERSON")]
    pub(crate) owner: Option<String>,
    /// The organisation that does it
    #[arg(long, value_name = "NAME")]
    pub(crate) partner: Option<String>,
    /// The day on which it begins, such as 2027-03-01
    #[arg(long, value_name = "DAY")]
    pub(crate) start: Option<String>,
    /// The day by which it is to be done, such as 2027-03-31
    #[arg(long, value_name = "DAY")]
    pub(crate) due: Option<String>,
    /// How far it has come: todo, doing, done or stopped
    #[arg(long)]
    pub(crate) status: Option<ActionStatus>,
    /// The outcome that it serves: its id, or the beginning of it
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) outcome: Option<String>,
    /// What else there is to say about it
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) notes: Option<String>,
}

/// Where to.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct PlaceArgs {
    /// Right before this one
    #[arg(long, value_name = "ACTION")]
    pub(crate) before: Option<String>,
    /// Right after this one
    #[arg(long, value_name = "ACTION")]
    pub(crate) after: Option<String>,
    /// Before all others
    #[arg(long)]
    pub(crate) first: bool,
    /// After all others
    #[arg(long)]
    pub(crate) last: bool,
}
