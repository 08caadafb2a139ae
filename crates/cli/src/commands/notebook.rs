//! Notebooks and their members.

use hedgerow_api::reply::{MemberChanged, MemberLine, MemberState, NotebookLine, NotebookView};
use hedgerow_api::request::{
    DeleteNotebook, DescribeNotebook, HandOver, LeaveNotebook, ListMembers, ListNotebooks, NewNotebook, RemoveMember,
    RenameNotebook, SetRole, ShowNotebook,
};

use crate::args::NotebookCommand;
use crate::door::Doorway;
use crate::output::Output;
use crate::problem::Problem;
use crate::table::Table;
use crate::words::{self, count};

/// `notebook ...`
pub(super) async fn run(way: &Doorway, command: NotebookCommand, out: &mut Output) -> Result<(), Problem> {
    match command {
        NotebookCommand::New { title, challenge } => {
            let made = way.ask(NewNotebook { title: title.clone(), challenge }).await?;
            done(out, &made, || format!("Began the notebook \"{}\": {}. Saved on this device.", title.trim(), made.id))
        }
        NotebookCommand::List => list(&way.ask(ListNotebooks {}).await?, out),
        NotebookCommand::Show(named) => show(&way.ask(ShowNotebook { notebook: named.notebook }).await?, out),
        NotebookCommand::Rename { notebook, title } => {
            let renamed = way.ask(RenameNotebook { notebook: notebook.notebook, title }).await?;
            done(out, &renamed, || format!("It is called \"{}\" now. Saved on this device.", renamed.title))
        }
        NotebookCommand::Describe { notebook, challenge, ground_rules, review_date } => {
            let what = DescribeNotebook { notebook: notebook.notebook, challenge, ground_rules, review_date };
            let described = way.ask(what).await?;
            done(out, &described, || format!("\"{}\" says so now. Saved on this device.", described.title))
        }
        NotebookCommand::Members(named) => members(&way.ask(ListMembers { notebook: named.notebook }).await?, out),
        NotebookCommand::RemoveMember { notebook, person } => {
            let removed = way.ask(RemoveMember { notebook: notebook.notebook, person }).await?;
            done(out, &removed, || {
                format!(
                    "Removed {} from \"{}\". What is written from now on no longer reaches them; the copies they hold \
                     remain theirs. Links made before no longer let anybody in.",
                    removed.person, removed.title
                )
            })
        }
        NotebookCommand::SetRole { notebook, person, role } => {
            let set = way.ask(SetRole { notebook: notebook.notebook, person, role }).await?;
            done(out, &set, || {
                format!("{} is {} in \"{}\" now. Saved on this device.", set.person, words::a_role(role), set.title)
            })
        }
        NotebookCommand::HandOver { notebook, person } => {
            let heir = way.ask(HandOver { notebook: notebook.notebook, person }).await?;
            done(out, &heir, || handed_over(&heir))
        }
        NotebookCommand::Leave(named) => {
            let left = way.ask(LeaveNotebook { notebook: named.notebook }).await?;
            done(out, &left, || format!("You left \"{}\". It is erased from this device.", left.title))
        }
        NotebookCommand::Delete(named) => {
            let gone = way.ask(DeleteNotebook { notebook: named.notebook }).await?;
            done(out, &gone, || format!("\"{}\" is erased from this device. Others keep what they hold.", gone.title))
        }
    }
}

/// What changed by it, and what did not.
fn handed_over(heir: &MemberChanged) -> String {
    let MemberChanged { notebook_id, title, person, .. } = heir;
    format!(
        "{person} is the founder of \"{title}\" now, and an admin whom nobody can remove. Saved on this device; the \
         others learn of it when they meet it. You stay an admin, whom {person} can remove; to leave, type \
         `hedgerow notebook leave {notebook_id}`. What is written, the other roles and open links are as they were. \
         You cannot take it back: only {person} can hand it on."
    )
}

/// The reply for programs, or a sentence for people.
pub(super) fn done(
    out: &mut Output,
    reply: &impl serde::Serialize,
    sentence: impl FnOnce() -> String,
) -> Result<(), Problem> {
    if out.json() { out.object(reply) } else { out.line(sentence()) }
}

fn list(notebooks: &[NotebookLine], out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.objects(notebooks);
    }
    if notebooks.is_empty() {
        return out.line("No notebooks yet. Begin one with `hedgerow notebook new TITLE`, or join one by a link.");
    }
    let mut table = Table::new(["TITLE", "YOU ARE", "PAGES", "MEMBERS", "ID"]);
    for notebook in notebooks {
        let (pages, members) = (notebook.pages.to_string(), notebook.members.to_string());
        let you_are = notebook.role.map_or("removed", hedgerow_model::Role::word).to_owned();
        table.row([notebook.title.clone(), you_are, pages, members, notebook.id.clone()]);
    }
    out.line(table.to_string())
}

fn show(notebook: &NotebookView, out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.object(notebook);
    }
    out.line(&notebook.title)?;
    let told = [
        ("Challenge", notebook.challenge.clone()),
        ("Ground rules", notebook.ground_rules.clone()),
        ("Review date", notebook.review_date.clone()),
        ("Founder", Some(notebook.founder.clone())),
        ("You are", Some(notebook.role.map_or("removed", hedgerow_model::Role::word).to_owned())),
        ("Members", Some(notebook.members.to_string())),
        ("Pages", Some(notebook.pages.to_string())),
        ("Id", Some(notebook.id.clone())),
    ];
    for (what, text) in told {
        if let Some(text) = text {
            out.line(format!("{what:<13} {text}"))?;
        }
    }
    out.line("")?;
    if notebook.role.is_none() {
        return out.line("You were removed. What you hold remains yours to read and export; nothing new reaches you.");
    }
    out.line(words::who_has_it(&notebook.holders, out.now()))?;
    if notebook.waiting > 0 {
        let records = count(notebook.waiting, "record waits", "records wait");
        out.line(format!("{records} for something that has not arrived yet."))?;
    }
    if notebook.refused.is_empty() {
        return Ok(());
    }
    let mut table = Table::new(["REFUSED", "WRITTEN BY", "WHY"]);
    for refused in &notebook.refused {
        let author = words::or_dash(refused.author.as_deref());
        table.row([refused.record.clone(), author, refused.why.clone()]);
    }
    out.line("")?;
    out.line(table.to_string())
}

fn members(members: &[MemberLine], out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.objects(members);
    }
    let mut table = Table::new(["NAME", "ORGANISATION", "ROLE", "STATE", "ID"]);
    for member in members {
        let name = words::or_dash(member.name.as_deref()) + if member.you { " (you)" } else { "" };
        let why = member.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let organisation = words::or_dash(member.organisation.as_deref());
        table.row([name, organisation, words::role(member.role), state(member.state) + &why, member.person_id.clone()]);
    }
    out.line(table.to_string())
}

fn state(state: MemberState) -> String {
    match state {
        MemberState::Founder => "founder",
        MemberState::Member => "member",
        MemberState::Contested => "in question",
        MemberState::AwaitsAdmin => "waits for an admin",
    }
    .to_owned()
}
