//! What can be typed.

mod care;
mod notebook;
mod page;
mod person;
mod plan;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use care::{ExportArgs, Format, ImportArgs, ServeArgs, SyncArgs, VerifyArgs};
pub(crate) use notebook::{InvitationCommand, InviteArgs, JoinArgs, NotebookCommand};
pub(crate) use page::{CaptureArgs, InboxCommand, PageCommand, ShowFormat};
pub(crate) use person::{ProfileArgs, ProfileCommand};
pub(crate) use plan::{PlaceArgs, PlanCommand};

/// Notebooks that live on your own device and meet others' without a server.
#[derive(Debug, Parser)]
#[command(
    name = "hedgerow",
    version,
    disable_help_subcommand = true,
    after_help = "\
A first try:
  hedgerow init --name \"Ada Pritchard\"
  hedgerow notebook new \"Flood rota\"
  hedgerow page new 3fa9c1 --title \"Night cover\" --file notes.md

An id may be shortened to any beginning of six or more characters that is unique here.
Every command has --help with an example."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) everywhere: Everywhere,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What may stand before or after any command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Everywhere {
    /// This device's folder, if not HEDGEROW_DATA or the usual place
    #[arg(long, global = true, value_name = "DIR", help_heading = "For every command")]
    pub(crate) data: Option<PathBuf>,
    /// Print one JSON object a line, for programs
    #[arg(long, global = true, help_heading = "For every command")]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin on this device, and say who you are if you like
    #[command(after_help = "\
Nothing is asked for: `hedgerow init` alone will do, and so does any other command.

The keys that are made then are kept in this system's keychain or, where none can be used, in a file that only \
you can read. HEDGEROW_KEYS=keychain or HEDGEROW_KEYS=file settles which; HEDGEROW_PASSPHRASE_FILE names a \
file whose first line guards them instead. `hedgerow whoami` says how they are kept.

Example:
  hedgerow init --name \"Ada Pritchard\" --organisation \"Gwynedd Council\" --sector council --level strategic")]
    Init(ProfileArgs),
    /// Who this device speaks for
    #[command(after_help = "\
It also says how this device's key is kept; `hedgerow init --help` has the choices.

Example:
  hedgerow whoami --json")]
    Whoami,
    /// Say who you are
    #[command(subcommand, after_help = "Example:\n  hedgerow profile set --job \"Head of service\"")]
    Profile(ProfileCommand),
    /// Who is connected, who has what, what waits
    #[command(after_help = "Example:\n  hedgerow status")]
    Status,
    /// Notebooks and their members
    #[command(subcommand, after_help = "Example:\n  hedgerow notebook new \"Flood rota\"")]
    Notebook(NotebookCommand),
    /// Make a link by which people join a notebook
    #[command(after_help = "\
The link is a key: send it as you would send one. Whoever has it may use it.

Example:
  hedgerow invite 3fa9c1 --role writer --uses 3 --expires 2d")]
    Invite(InviteArgs),
    /// The links of a notebook
    #[command(subcommand, after_help = "Example:\n  hedgerow invitation list 3fa9c1")]
    Invitation(InvitationCommand),
    /// Join a notebook by a link
    #[command(after_help = "\
It is done when this device holds the notebook as the member who let you in had it.

Example:
  hedgerow join \"$LINK\" --wait 60")]
    Join(JoinArgs),
    /// Pages
    #[command(subcommand, after_help = "Example:\n  hedgerow page new 3fa9c1 --title \"Night cover\" --file notes.md")]
    Page(PageCommand),
    /// Plans: outcomes, and who does what by when
    #[command(
        subcommand,
        after_help = "\
Example:
  hedgerow page new 3fa9c1 --title \"Winter plan\" --template plan
  hedgerow plan add-action 9c04d2 \"Ring the depot\" --due 2027-03-31"
    )]
    Plan(PlanCommand),
    /// Save a thought in the private inbox
    #[command(after_help = "\
Example:
  hedgerow capture \"Ask the night team about the keys\" --at 53.14,-4.27")]
    Capture(CaptureArgs),
    /// Thoughts that wait to be filed
    #[command(subcommand, after_help = "Example:\n  hedgerow inbox list")]
    Inbox(InboxCommand),
    /// Make pages from Markdown and text files
    #[command(after_help = "\
Folders are read with all that is in them. Front matter becomes fields.

Example:
  hedgerow import 3fa9c1 ~/notes minutes.md")]
    Import(ImportArgs),
    /// Write pages to files, or the canonical form to the terminal
    #[command(
        after_help = "\
Nothing that is there already is overwritten. The canonical form is the same on any two devices \
that agree.

Examples:
  hedgerow export 3fa9c1 ~/flood-rota
  hedgerow export --all ~/everything --format json
  hedgerow export --canonical 3fa9c1 | sha256sum",
        override_usage = "\
hedgerow export <NOTEBOOK|PAGE> <DIR> [--format md|json]
       hedgerow export --all <DIR> [--format md|json]
       hedgerow export --canonical <NOTEBOOK|--all>"
    )]
    Export(ExportArgs),
    /// Run until stopped, and meet others
    #[command(after_help = "\
While it runs, other commands on this folder talk to it.

Examples:
  hedgerow serve
  hedgerow serve --listen /ip4/0.0.0.0/tcp/4100 --peer /dns4/notes.example.org/tcp/4100")]
    Serve(ServeArgs),
    /// Wait until everyone connected has what we have, and the reverse
    #[command(after_help = "Example:\n  hedgerow sync --wait 60")]
    Sync(SyncArgs),
    /// Check everything that is stored here
    #[command(after_help = "\
With --repair it fetches again from members what is damaged or missing, and says what nobody had. \
Nothing is deleted for being damaged.

Examples:
  hedgerow verify
  hedgerow verify --repair --wait 120")]
    Verify(VerifyArgs),
    /// See three people's story, on this machine alone
    #[command(after_help = "\
It makes three folders of its own, takes under half a minute, and leaves nothing behind.

Examples:
  hedgerow demo
  hedgerow demo --keep-open")]
    Demo {
        /// Then leave each person's window running, to be opened side by side in a browser, until Ctrl-C
        #[arg(long)]
        keep_open: bool,
    },
}

impl Command {
    /// What it is called.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Command::Init(_) => "init",
            Command::Whoami => "whoami",
            Command::Profile(_) => "profile",
            Command::Status => "status",
            Command::Notebook(_) => "notebook",
            Command::Invite(_) => "invite",
            Command::Invitation(_) => "invitation",
            Command::Join(_) => "join",
            Command::Page(_) => "page",
            Command::Plan(_) => "plan",
            Command::Capture(_) => "capture",
            Command::Inbox(_) => "inbox",
            Command::Import(_) => "import",
            Command::Export(_) => "export",
            Command::Serve(_) => "serve",
            Command::Sync(_) => "sync",
            Command::Verify(_) => "verify",
            Command::Demo { .. } => "demo",
        }
    }

    /// Whether it is about other devices, and so needs the network.
    pub(crate) fn needs_others(&self) -> bool {
        match self {
            Command::Join(_) | Command::Sync(_) => true,
            Command::Verify(args) => args.repair,
            Command::Page(PageCommand::Fetch { .. }) => true,
            _ => false,
        }
    }
}
