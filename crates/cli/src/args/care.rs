//! Files in and out, and looking after what is stored.

use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The notebook's id, or the beginning of it
    pub(crate) notebook: String,
    /// Files that end in .md, .html or .txt, or folders of them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What to export, and the folder to write to
    #[arg(value_name = "NOTEBOOK|PAGE|DIR", num_args = 0..=2)]
    pub(crate) names: Vec<PathBuf>,
    /// Every notebook
    #[arg(long)]
    pub(crate) all: bool,
    /// The form that is the same on any two devices that agree, on standard output
    #[arg(long, conflicts_with = "format")]
    pub(crate) canonical: bool,
    /// How to write the pages: md unless told, or json
    #[arg(long, value_enum, hide_possible_values = true)]
    pub(crate) format: Option<Format>,
}

/// What files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Markdown with front matter
    Md,
    /// One object a file
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    /// How long to wait
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = value_parser!(u64).range(..=604_800))]
    pub(crate) wait: u64,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Fetch what is damaged from members, if none of it can be made again here
    #[arg(long)]
    pub(crate) repair: bool,
    /// A member to reach, beside those that were met before; give it again for each
    #[arg(long = "peer", value_name = "MULTIADDR", requires = "repair")]
    pub(crate) peers: Vec<String>,
    /// How long to wait for others
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "repair",
          value_parser = value_parser!(u64).range(..=604_800))]
    pub(crate) wait: u64,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen; give it again for each. Any free port unless told
    #[arg(long, value_name = "MULTIADDR")]
    pub(crate) listen: Vec<String>,
    /// Somebody to reach; give it again for each. Tried again for ever
    #[arg(long = "peer", value_name = "MULTIADDR")]
    pub(crate) peers: Vec<String>,
    /// Serve the window to a browser on this machine; port 0 is any free one
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) http: Option<String>,
    /// Do not look for devices on the local network, and do not be found there
    #[arg(long)]
    pub(crate) no_discovery: bool,
}
