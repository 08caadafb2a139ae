//! `init` and `profile set`.

use clap::{Args, Subcommand};
use hedgerow_model::Level;

/// Who somebody is; all of it optional. An empty text takes a thing away.
#[derive(Debug, Clone, Args)]
pub(crate) struct ProfileArgs {
    /// What you are called
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Where you work
    #[arg(long)]
    pub(crate) organisation: Option<String>,
    /// Council, health, police, charity ...: your own word
    #[arg(long)]
    pub(crate) sector: Option<String>,
    /// What you do there
    #[arg(long)]
    pub(crate) job: Option<String>,
    /// front-line, operational, strategic, political or community
    #[arg(long)]
    pub(crate) level: Option<Level>,
    /// A place you work for; give it again for each
    #[arg(long = "place", value_name = "PLACE")]
    pub(crate) places: Option<Vec<String>>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Say something more, or something else, about yourself
    #[command(after_help = "\
An empty text takes a thing away: --job \"\".

Example:
  hedgerow profile set --job \"Head of service\" --place Arfon --place Meirionnydd")]
    Set(ProfileArgs),
}
