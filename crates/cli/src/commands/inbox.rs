//! Thoughts caught on the way, and where they go.

use hedgerow_api::reply::CaptureLine;
use hedgerow_api::request::{Capture, FileCapture, ListInbox};

use super::notebook::done;
use crate::args::{CaptureArgs, InboxCommand};
use crate::door::Doorway;
use crate::output::Output;
use crate::problem::Problem;
use crate::table::Table;
use crate::words;

/// `capture`
pub(super) async fn capture(way: &Doorway, args: CaptureArgs, out: &mut Output) -> Result<(), Problem> {
    let saved = way.ask(Capture { text: args.text, at: args.at }).await?;
    done(out, &saved, || format!("Saved on this device, in your inbox: {}", saved.id))
}

/// `inbox ...`
pub(super) async fn run(way: &Doorway, command: InboxCommand, out: &mut Output) -> Result<(), Problem> {
    match command {
        InboxCommand::List => list(&way.ask(ListInbox {}).await?, out),
        InboxCommand::File { capture, notebook, page } => {
            let filed = way.ask(FileCapture { capture, notebook, page }).await?;
            done(out, &filed, || {
                format!("It is in \"{}\" now, on the page \"{}\": {}", filed.notebook, filed.title, filed.id)
            })
        }
    }
}

fn list(captures: &[CaptureLine], out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.objects(captures);
    }
    if captures.is_empty() {
        return out.line("Your inbox is empty. Save a thought with `hedgerow capture TEXT`.");
    }
    let mut table = Table::new(["WHEN", "WHERE", "ID", "WHAT"]);
    for capture in captures {
        let when = words::time(capture.when, out.now());
        let place = capture.at.map_or_else(|| "-".to_owned(), |at| format!("{}, {}", at.latitude, at.longitude));
        table.row([when, place, capture.id.clone(), capture.text.clone()]);
    }
    out.line(table.to_string())
}
