//! Notebooks, members, links.

use clap::{Args, Subcommand, value_parser};
use hedgerow_model::{Lifetime, Role};

#[derive(Debug, Subcommand)]
pub(crate) enum NotebookCommand {
    /// Begin a notebook
    #[command(after_help = "\
Example:
  hedgerow notebook new \"Flood rota\" --challenge \"Who is on call when the river rises?\"")]
    New {
        /// Its title
        title: String,
        /// The problem it is built round
        #[arg(long, value_name = "TEXT")]
        challenge: Option<String>,
    },
    /// The notebooks you are in
    #[command(after_help = "Example:\n  hedgerow notebook list")]
    List,
    /// All about one notebook
    #[command(after_help = "Example:\n  hedgerow notebook show 3fa9c1")]
    Show(NotebookArg),
    /// Give a notebook another title
    #[command(after_help = "Example:\n  hedgerow notebook rename 3fa9c1 \"Flood rota 2027\"")]
    Rename {
        #[command(flatten)]
        notebook: NotebookArg,
        /// The new title
        title: String,
    },
    /// Say what a notebook is for, and what its members agreed to
    #[command(after_help = "\
What is not named stays as it is. An empty text takes a thing away.

Example:
  hedgerow notebook describe 3fa9c1 --ground-rules \"What is said here stays here\" --review-date 2027-03-31")]
    Describe {
        #[command(flatten)]
        notebook: NotebookArg,
        /// The problem it is built round
        #[arg(long, value_name = "TEXT")]
        challenge: Option<String>,
        /// What its members agreed to
        #[arg(long, value_name = "TEXT")]
        ground_rules: Option<String>,
        /// When to look again at why you do this, such as 2027-03-31
        #[arg(long, value_name = "DAY")]
        review_date: Option<String>,
    },
    /// Who is in it, and as what
    #[command(after_help = "Example:\n  hedgerow notebook members 3fa9c1")]
    Members(NotebookArg),
    /// Remove somebody
    #[command(after_help = "\
What is written afterwards no longer reaches them. The copies they hold remain theirs. Links made \
before no longer let anybody in.

Example:
  hedgerow notebook remove-member 3fa9c1 \"Cy Bevan\"")]
    RemoveMember {
        #[command(flatten)]
        notebook: NotebookArg,
        /// Whom: their id, or their name if it is unique here
        person: String,
    },
    /// Give somebody another role
    #[command(after_help = "Example:\n  hedgerow notebook set-role 3fa9c1 \"Bo Lindqvist\" admin")]
    SetRole {
        #[command(flatten)]
        notebook: NotebookArg,
        /// Whom: their id, or their name if it is unique here
        person: String,
        /// reader, commenter, writer or admin
        role: Role,
    },
    /// Hand a notebook that you founded to another member
    #[command(after_help = "\
They are its founder from then on: an admin whom nobody can remove, whatever their role was. You stay an \
admin, whom they can remove, and may leave. What is written, the other roles and open links stay as they \
are. You cannot take it back; they can hand it on.

Example:
  hedgerow notebook hand-over 3fa9c1 \"Bo Lindqvist\"")]
    HandOver {
        #[command(flatten)]
        notebook: NotebookArg,
        /// To whom: their id, or their name if it is unique here
        person: String,
    },
    /// Leave a notebook and erase it from this device
    #[command(after_help = "\
A founder hands it over first.

Example:
  hedgerow notebook leave 3fa9c1")]
    Leave(NotebookArg),
    /// Erase a notebook from this device
    #[command(after_help = "\
If others are in it, you leave it first; they keep what they hold.

Example:
  hedgerow notebook delete 3fa9c1")]
    Delete(NotebookArg),
}

#[derive(Debug, Args)]
pub(crate) struct NotebookArg {
    /// The notebook's id, or the beginning of it
    #[arg(value_name = "NOTEBOOK")]
    pub(crate) notebook: String,
}

#[derive(Debug, Args)]
pub(crate) struct InviteArgs {
    #[command(flatten)]
    pub(crate) notebook: NotebookArg,
    /// reader, commenter, writer or admin
    #[arg(long)]
    pub(crate) role: Role,
    /// How many people may use the link
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = value_parser!(u64).range(1..=10_000))]
    pub(crate) uses: u64,
    /// For how long: a number and s, m, h or d
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = Lifetime::parse)]
    pub(crate) expires: Lifetime,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InvitationCommand {
    /// The links of a notebook, and who used them
    #[command(after_help = "Example:\n  hedgerow invitation list 3fa9c1")]
    List(NotebookArg),
    /// Close a link
    #[command(after_help = "\
Those who are known here to have joined by it stay in.

Example:
  hedgerow invitation revoke 7be012")]
    Revoke {
        /// The invitation's id, or the beginning of it
        invitation: String,
    },
    /// What a link says of itself, without using it
    #[command(after_help = "Example:\n  hedgerow invitation show \"$LINK\"")]
    Show {
        /// The link
        uri: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct JoinArgs {
    /// The link
    pub(crate) uri: String,
    /// How long to try
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = value_parser!(u64).range(..=604_800))]
    pub(crate) wait: u64,
}
