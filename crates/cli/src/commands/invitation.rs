//! Links, and joining by them.

use hedgerow_api::reply::{InvitationPreview, InvitationState, InvitationView, RedemptionState};
use hedgerow_api::request::{Invite, Join, ListInvitations, ReadInvitation, RevokeInvitation};

use super::notebook::done;
use crate::args::{InvitationCommand, InviteArgs, JoinArgs};
use crate::door::Doorway;
use crate::output::Output;
use crate::problem::Problem;
use crate::table::Table;
use crate::words::{self, count};

/// `invite`
pub(super) async fn invite(way: &Doorway, args: InviteArgs, out: &mut Output) -> Result<(), Problem> {
    let InviteArgs { notebook, role, uses, expires } = args;
    let ask = Invite { notebook: notebook.notebook, role, uses, expires_seconds: expires.seconds() };
    let invited = way.ask(ask).await?;
    if out.json() {
        return out.object(&invited);
    }
    let times = if invited.uses == 1 { "One person".to_owned() } else { format!("{} people", invited.uses) };
    let until = words::time(invited.expires, out.now());
    let role = words::a_role(invited.role);
    out.line(format!("{times} can join \"{}\" as {role} with this link, until {until}:", invited.title))?;
    out.line("")?;
    out.line(&invited.uri)?;
    out.line("")?;
    out.line("Send it as you would send a key: whoever has it may use it.")?;
    out.line(format!("To close it: hedgerow invitation revoke {}", invited.invitation))
}

/// `invitation ...`
pub(super) async fn run(way: &Doorway, command: InvitationCommand, out: &mut Output) -> Result<(), Problem> {
    match command {
        InvitationCommand::List(named) => list(&way.ask(ListInvitations { notebook: named.notebook }).await?, out),
        InvitationCommand::Revoke { invitation } => {
            let closed = way.ask(RevokeInvitation { invitation }).await?;
            done(out, &closed, || {
                "The link is closed. Those who are known here to have joined by it stay in.".to_owned()
            })
        }
        InvitationCommand::Show { uri } => preview(&way.ask(ReadInvitation { uri }).await?, out),
    }
}

/// `join`
pub(super) async fn join(way: &Doorway, args: JoinArgs, out: &mut Output) -> Result<(), Problem> {
    let waiting = super::progress::wait("Looking for somebody who can let you in");
    let joined = way.ask(Join { uri: args.uri, wait_seconds: args.wait }).await;
    waiting.finish_and_clear();
    let joined = joined?;
    if out.json() {
        return out.object(&joined);
    }
    let pages = count(joined.pages, "page", "pages");
    let (title, role) = (&joined.title, words::a_role(joined.role));
    out.line(format!("You joined \"{title}\" as {role}: {}", joined.notebook_id))?;
    let host = joined.host.as_ref().map(|host| format!(" {host} let you in.")).unwrap_or_default();
    out.line(format!("{pages}, saved on this device.{host}"))?;
    if joined.words.is_empty() {
        return Ok(());
    }
    out.line(format!("If you want to be sure, compare these words with theirs: {}", joined.words.join(" ")))
}

fn preview(preview: &InvitationPreview, out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.object(preview);
    }
    let by = preview.inviter.as_deref().unwrap_or("Somebody who gave no name");
    out.line(format!("{by} invites you to \"{}\" as {}.", preview.title, words::a_role(preview.role)))?;
    out.line(format!("Notebook: {}", preview.notebook_id))?;
    preview.addresses.iter().try_for_each(|address| out.line(format!("Found at: {address}")))
}

fn list(invitations: &[InvitationView], out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.objects(invitations);
    }
    if invitations.is_empty() {
        return out.line("No links yet. Make one with `hedgerow invite NOTEBOOK --role writer`.");
    }
    let mut table = Table::new(["ROLE", "USED", "UNTIL", "STATE", "MADE BY", "ID"]);
    for link in invitations {
        let used = format!("{} of {}", link.used, link.uses);
        let until = words::time(link.expires, out.now());
        let (by, id) = (link.by.clone(), link.invitation.clone());
        table.row([link.role.to_string(), used, until, state(link.state).to_owned(), by, id]);
    }
    out.line(table.to_string())?;
    let settled = [RedemptionState::Stands, RedemptionState::Seated, RedemptionState::Decided];
    for use_of in
        invitations.iter().flat_map(|link| &link.redemptions).filter(|use_of| !settled.contains(&use_of.state))
    {
        let why = use_of.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        out.line(format!("{} {}{why}", use_of.person, how(use_of.state)))?;
    }
    Ok(())
}

fn state(state: InvitationState) -> &'static str {
    match state {
        InvitationState::Open => "open",
        InvitationState::UsedUp => "used up",
        InvitationState::Revoked => "closed",
        InvitationState::Cut => "closed by a removal",
        InvitationState::Expired => "over",
    }
}

fn how(state: RedemptionState) -> &'static str {
    match state {
        RedemptionState::Stands | RedemptionState::Seated => "is in",
        RedemptionState::Contested => "is not in: more people than allowed used the link; set a role for whom you mean",
        RedemptionState::Void => "is not in",
        RedemptionState::Decided => "was decided on by an admin, or left",
        RedemptionState::AwaitsAdmin => "waits for an admin to set their role",
    }
}
