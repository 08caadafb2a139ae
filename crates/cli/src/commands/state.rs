//! `status`, `sync` and `verify`: how things stand.

use hedgerow_api::reply::{NotebookStatus, PeerLine, SetAside, SyncOutcome, Verified, WaitingFor};
use hedgerow_api::request::{GetStatus, Repair, SyncNow, Verify};

use crate::args::{SyncArgs, VerifyArgs};
use crate::door::Doorway;
use crate::output::Output;
use crate::problem::Problem;
use crate::table::Table;
use crate::words::{self, count};

/// `status`
pub(super) async fn status(way: &Doorway, out: &mut Output) -> Result<(), Problem> {
    let status = way.ask(GetStatus {}).await?;
    if out.json() {
        return out.object(&status);
    }
    out.line(format!("This device: {}", status.device_id))?;
    out.line("")?;
    show_peers(&status.peers, out)?;
    if status.notebooks.is_empty() {
        out.line("")?;
        return out.line("No notebooks yet. Begin one with `hedgerow notebook new TITLE`, or join one by a link.");
    }
    status.notebooks.iter().try_for_each(|notebook| show_notebook(notebook, out))
}

fn show_peers(peers: &[PeerLine], out: &mut Output) -> Result<(), Problem> {
    if peers.is_empty() {
        return out.line("Nobody shares a notebook with you yet.");
    }
    let mut table = Table::new(["PERSON", "STATE", "DEVICE"]);
    for peer in peers {
        let state = match (peer.connected, peer.last_seen) {
            (true, _) => "connected".to_owned(),
            (false, Some(seen)) => format!("last seen {}", words::time(seen, out.now())),
            (false, None) => "not met yet".to_owned(),
        };
        let trouble = peer.trouble.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        table.row([peer.person.clone(), state + &trouble, peer.device_id.clone()]);
    }
    out.line(table.to_string())
}

fn show_notebook(notebook: &NotebookStatus, out: &mut Output) -> Result<(), Problem> {
    out.line("")?;
    out.line(format!("{} ({})  {}", notebook.title, count(notebook.pages, "page", "pages"), notebook.id))?;
    out.line(format!("  {}", words::who_has_it(&notebook.holders, out.now())))?;
    if notebook.waiting > 0 {
        let records = count(notebook.waiting, "record waits", "records wait");
        out.line(format!("  {records} for something that has not arrived yet."))?;
    }
    if notebook.refused > 0 {
        let records = count(notebook.refused, "record was refused", "records were refused");
        out.line(format!("  {records}; `hedgerow notebook show {}` says why.", notebook.id))?;
    }
    Ok(())
}

/// `sync`
pub(super) async fn sync(way: &Doorway, args: SyncArgs, out: &mut Output) -> Result<(), Problem> {
    let waiting = super::progress::wait("Waiting until everyone has everything");
    let outcome = way.ask(SyncNow { wait_seconds: args.wait }).await;
    waiting.finish_and_clear();
    let outcome = outcome?;
    if out.json() {
        out.object(&outcome)?;
    } else if outcome.agreed {
        out.line(format!("{} what you have, and you have what they have.", whom(&outcome)))?;
    } else {
        outcome.waiting.iter().try_for_each(|waiting| out.line(waited_for(waiting)))?;
    }
    if outcome.agreed {
        return Ok(());
    }
    let line =
        format!("not everyone has everything after {} s; nothing is lost. Try again with a longer --wait", args.wait);
    Err(Problem::Partly(line))
}

fn whom(outcome: &SyncOutcome) -> String {
    let mut people: Vec<&str> = outcome.with.iter().map(|with| with.person.as_str()).collect();
    people.dedup();
    match people.as_slice() {
        [] => "Everyone connected has".to_owned(),
        [one] => format!("{one} has"),
        [first @ .., last] => format!("{} and {last} have", first.join(", ")),
    }
}

fn waited_for(waiting: &WaitingFor) -> String {
    let about = [&waiting.person, &waiting.notebook].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    if about.is_empty() { waiting.why.clone() } else { format!("{about}: {}", waiting.why) }
}

fn set_aside(aside: &SetAside) -> String {
    let records = count(aside.refused, "record was refused and is", "records were refused and are");
    let SetAside { notebook, notebook_id, .. } = aside;
    format!("In \"{notebook}\" {records} set aside; `hedgerow notebook show {notebook_id}` says why.")
}

/// `verify`
pub(super) async fn verify(way: &Doorway, args: VerifyArgs, out: &mut Output) -> Result<(), Problem> {
    let repair = args.repair.then_some(Repair { peers: args.peers, wait_seconds: args.wait });
    let waiting = args.repair.then(|| super::progress::wait("Checking, and waiting for others"));
    let verified = way.ask(Verify { repair }).await;
    if let Some(waiting) = waiting {
        waiting.finish_and_clear();
    }
    let verified = verified?;
    if out.json() {
        out.object(&verified)?;
    } else {
        show_verified(&verified, out)?;
    }
    match (verified.damaged.len(), verified.lost.is_empty()) {
        (0, true) => Ok(()),
        (0, false) => {
            let line = "what could not be had back is named above; everything that is here reads as it was written. Members \
                        who were away bring what they have when you meet";
            Err(Problem::Partly(line.to_owned()))
        }
        (damaged, _) => {
            let damaged = count(damaged as u64, "thing is", "things are");
            let advice = if args.repair {
                "nobody who was reached has it; try again when more members are connected"
            } else {
                "copy this folder before you go on, then have it back from whoever holds it: `hedgerow verify --repair`"
            };
            Err(Problem::Partly(format!("{damaged} damaged; {advice}")))
        }
    }
}

fn show_verified(verified: &Verified, out: &mut Output) -> Result<(), Problem> {
    let records = count(verified.records, "record", "records");
    let notebooks = count(verified.notebooks, "notebook", "notebooks");
    out.line(format!("Checked {records} in {notebooks}."))?;
    verified.repaired.iter().try_for_each(|damage| out.line(format!("Repaired: {}", damage.what)))?;
    verified.lost.iter().try_for_each(|damage| out.line(format!("Lost: {}", damage.say)))?;
    if verified.damaged.is_empty() {
        out.line("Everything reads as it was written.")?;
    }
    verified.damaged.iter().try_for_each(|damage| out.line(&damage.say))?;
    verified.refused.iter().try_for_each(|aside| out.line(set_aside(aside)))
}
