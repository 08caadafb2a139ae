//! Pages and captures.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use hedgerow_api::request::Coordinates;

#[derive(Debug, Subcommand)]
pub(crate) enum PageCommand {
    /// Make a page
    #[command(after_help = "\
Without --file the page is empty and nothing is read.

Examples:
  hedgerow page new 3fa9c1 --title \"Night cover\"
  hedgerow page new 3fa9c1 --title \"What we tried\" --template reflection --file notes.md")]
    New {
        /// The notebook's id, or the beginning of it
        notebook: String,
        /// Its title
        #[arg(long)]
        title: String,
        /// What it is made from: note unless told
        #[arg(long, value_name = "KIND")]
        template: Option<String>,
        /// Markdown to begin with; - reads standard input
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// The pages of a notebook
    #[command(after_help = "Examples:\n  hedgerow page list 3fa9c1\n  hedgerow page list 3fa9c1 --deleted")]
    List {
        /// The notebook's id, or the beginning of it
        notebook: String,
        /// Those that were deleted and can be brought back, in place of the others
        #[arg(long)]
        deleted: bool,
    },
    /// A page, as Markdown unless told
    #[command(after_help = "\
Examples:
  hedgerow page show 9c04d2
  hedgerow page show 9c04d2 --format json
  hedgerow page show 9c04d2 --at 51b3e0")]
    Show {
        #[command(flatten)]
        page: PageArg,
        /// md, or json for one object
        #[arg(long, value_enum, hide_possible_values = true)]
        format: Option<ShowFormat>,
        /// As it stood then: a version from `page history`
        #[arg(long, value_name = "VERSION")]
        at: Option<String>,
    },
    /// Add Markdown at the end
    #[command(after_help = "\
Example:
  echo \"- ring the depot\" | hedgerow page append 9c04d2")]
    Append {
        #[command(flatten)]
        page: PageArg,
        #[command(flatten)]
        text: TextArg,
    },
    /// Delete and insert text at one place
    #[command(after_help = "\
Places are counted in characters (Unicode scalar values) into the body text, from 0; `page show \
--format json` has that text as `body`. Each paragraph, heading or item after the first begins with \
one character, a line break.

Example:
  hedgerow page edit 9c04d2 --at 12 --delete 5 --insert \"Tuesday\"")]
    Edit {
        #[command(flatten)]
        page: PageArg,
        /// Where
        #[arg(long, value_name = "OFFSET")]
        at: u64,
        /// How many characters to delete from there
        #[arg(long, value_name = "N", default_value_t = 0)]
        delete: u64,
        /// What to insert there
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        insert: String,
    },
    /// Make the body read as this Markdown, keeping what others write meanwhile
    #[command(after_help = "Example:\n  hedgerow page replace 9c04d2 --file night-cover.md")]
    Replace {
        #[command(flatten)]
        page: PageArg,
        #[command(flatten)]
        text: TextArg,
    },
    /// Who wrote what, when, on which device
    #[command(after_help = "Example:\n  hedgerow page history 9c04d2")]
    History(PageArg),
    /// Make a page read as it did before, as a new change
    #[command(after_help = "Example:\n  hedgerow page restore 9c04d2 51b3e0")]
    Restore {
        #[command(flatten)]
        page: PageArg,
        /// A version from `page history`
        version: String,
    },
    /// Give a page another title
    #[command(after_help = "Example:\n  hedgerow page rename 9c04d2 \"Night and weekend cover\"")]
    Rename {
        #[command(flatten)]
        page: PageArg,
        /// The new title
        title: String,
    },
    /// Move a page to another notebook
    #[command(after_help = "\
It is made there as it reads now, and deleted where it was.

Example:
  hedgerow page move 9c04d2 a07f11")]
    Move {
        #[command(flatten)]
        page: PageArg,
        /// The other notebook's id, or the beginning of it
        notebook: String,
    },
    /// Set fields of a page
    #[command(after_help = "\
An empty text takes a field away. Several fields are set together or not at all.

Examples:
  hedgerow page set 9c04d2 place \"Bangor\"
  hedgerow page set 9c04d2 place \"Bangor\" --also owner \"Ada\"")]
    Set {
        #[command(flatten)]
        page: PageArg,
        /// The field
        field: String,
        /// What it says from now on
        #[arg(allow_hyphen_values = true)]
        text: String,
        /// Another field and what it says; may be given again
        #[arg(long, num_args = 2, value_names = ["FIELD", "TEXT"], allow_hyphen_values = true)]
        also: Vec<String>,
    },
    /// Attach a file, at the end of a page
    #[command(after_help = "\
It may be up to 100 MiB. It lies sealed beside the page; members fetch it when they want it.

Examples:
  hedgerow page attach 9c04d2 ford.jpg
  hedgerow page attach 9c04d2 rota.pdf --caption \"The rota for December\"")]
    Attach {
        #[command(flatten)]
        page: PageArg,
        /// The file
        file: PathBuf,
        /// What is said of it on the page
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        caption: String,
    },
    /// The files on a page, and how much of each is on this device
    #[command(after_help = "Example:\n  hedgerow page attachments 9c04d2")]
    Attachments(PageArg),
    /// Fetch a file from members who have it, and write it to this computer
    #[command(after_help = "\
In a folder it is written under its own name. What is there is not written over.

Examples:
  hedgerow page fetch 61e07b ford.jpg
  hedgerow page fetch 61e07b Downloads --page 9c04d2")]
    Fetch {
        /// The file's id from `page attachments`, or the beginning of it
        attachment: String,
        /// Where to write it: a file, a folder, or - for standard output
        file: PathBuf,
        /// The page that shows it; without one all pages are looked through
        #[arg(long)]
        page: Option<String>,
        /// How long members may take to be reached
        #[arg(long, value_name = "SECONDS", default_value_t = 30)]
        wait: u64,
    },
    /// Delete a page
    #[command(after_help = "Example:\n  hedgerow page delete 9c04d2")]
    Delete(PageArg),
    /// Bring a deleted page back
    #[command(after_help = "\
What was written on it since it was deleted is there too. `page list NB --deleted` names them.

Example:
  hedgerow page bring-back 9c04d2")]
    BringBack(PageArg),
}

#[derive(Debug, Args)]
pub(crate) struct PageArg {
    /// The page's id, or the beginning of it
    pub(crate) page: String,
}

#[derive(Debug, Args)]
pub(crate) struct TextArg {
    /// The Markdown; standard input unless told, and with -
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// How a page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    /// Markdown with front matter
    Md,
    /// One object
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct CaptureArgs {
    /// The thought
    pub(crate) text: String,
    /// Where you had it: degrees north and degrees east
    #[arg(long, value_name = "LAT,LON", value_parser = coordinates, allow_hyphen_values = true)]
    pub(crate) at: Option<Coordinates>,
}

/// Reads `53.14,-4.27`.
fn coordinates(raw: &str) -> Result<Coordinates, String> {
    let wrong = || "write degrees north, a comma, and degrees east, such as 53.14,-4.27".to_owned();
    let (latitude, longitude) = raw.split_once(',').ok_or_else(wrong)?;
    let latitude: f64 = latitude.trim().parse().map_err(|_| wrong())?;
    let longitude: f64 = longitude.trim().parse().map_err(|_| wrong())?;
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        return Err("degrees north go from -90 to 90, degrees east from -180 to 180".to_owned());
    }
    Ok(Coordinates { latitude, longitude })
}

#[derive(Debug, Subcommand)]
pub(crate) enum InboxCommand {
    /// What waits to be filed
    #[command(after_help = "Example:\n  hedgerow inbox list")]
    List,
    /// Move a thought into a notebook
    #[command(after_help = "\
It becomes a page of its own, or the end of another with --page.

Example:
  hedgerow inbox file 0d41aa 3fa9c1 --page 9c04d2")]
    File {
        /// The capture's id, or the beginning of it
        capture: String,
        /// The notebook's id, or the beginning of it
        notebook: String,
        /// Put it at the end of this page
        #[arg(long)]
        page: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_two_numbers_on_the_map() {
        assert_eq!(coordinates("53.14,-4.27"), Ok(Coordinates { latitude: 53.14, longitude: -4.27 }));
        for wrong in ["", "53", "53;4", "91,0", "0,181", "NaN,0", "0,inf", "a,b", "1,2,3"] {
            assert!(coordinates(wrong).is_err(), "{wrong}");
        }
    }
}
