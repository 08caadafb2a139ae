//! Members and their roles.

use crate::answers::{Member, MemberChanged};
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use hedgerow_model::{NotebookId, PersonId, Role};
use hedgerow_sync::{Command, MemberLine, MemberState};

impl Node {
    /// Everyone with a role in a notebook, the founder first, and those whose joining is in question.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn members(&self, notebook: &str) -> Result<Vec<Member>, NodeFault> {
        let notebook = notebook.to_owned();
        self.ask(move |mind| {
            let id = mind.notebook_meant(&notebook)?;
            let lines = mind.replica.members(&id)?;
            Ok(lines.into_iter().map(|line| member(mind, line)).collect())
        })
        .await
    }

    /// Removes a person and begins a new key, durable together.
    ///
    /// # Errors
    /// When notebook or person are not here, or this person may not.
    pub async fn remove_member(&self, notebook: &str, person: &str) -> Result<MemberChanged, NodeFault> {
        self.change_member(notebook, person, None, Command::RemoveMember).await
    }

    /// Gives a person another role, or a role again.
    ///
    /// # Errors
    /// When notebook or person are not here, or this person may not.
    pub async fn set_role(&self, notebook: &str, person: &str, role: Role) -> Result<MemberChanged, NodeFault> {
        let command = move |notebook, person| Command::SetRole(notebook, person, role);
        self.change_member(notebook, person, Some(role), command).await
    }

    /// Makes another member the founder, who becomes an admin by it; this person stays an admin and may leave from then
    /// on. Only the new founder can undo it.
    ///
    /// # Errors
    /// When notebook or person are not here, this person is not the founder, or they name themselves.
    pub async fn hand_over(&self, notebook: &str, person: &str) -> Result<MemberChanged, NodeFault> {
        let (notebook, person) = (notebook.to_owned(), person.to_owned());
        let (_, changed) = self
            .order(move |mind| {
                let id = mind.notebook_meant(&notebook)?;
                must_have_founded(mind, &id)?;
                let heir = mind.member_meant(&id, &person)?;
                let (who, title) = (mind.who(&heir), mind.title(&id));
                if heir == mind.person() {
                    let already = format!("you are the founder of \"{title}\" already; name another member of it");
                    return Err(NodeFault::Refused(already));
                }
                let changed = MemberChanged { notebook: id, title, who, role: Some(Role::Admin) };
                Ok((Command::HandOver(id, heir), move |_: &mut Mind| changed))
            })
            .await?;
        Ok(changed)
    }

    async fn change_member(
        &self,
        notebook: &str,
        person: &str,
        role: Option<Role>,
        command: impl FnOnce(NotebookId, PersonId) -> Command + Send + 'static,
    ) -> Result<MemberChanged, NodeFault> {
        let (notebook, person) = (notebook.to_owned(), person.to_owned());
        let (_, changed) = self
            .order(move |mind| {
                let id = mind.notebook_meant(&notebook)?;
                let member = mind.member_meant(&id, &person)?;
                let (who, title) = (mind.who(&member), mind.title(&id));
                let changed = MemberChanged { notebook: id, title, who, role };
                Ok((command(id, member), move |_: &mut Mind| changed))
            })
            .await?;
        Ok(changed)
    }
}

/// Says whom to ask, where this person is not the founder.
fn must_have_founded(mind: &Mind, id: &NotebookId) -> Result<(), NodeFault> {
    let founder = founder_of(&mind.replica.members(id)?);
    if founder == Some(mind.person()) {
        return Ok(());
    }
    let title = mind.title(id);
    Err(NodeFault::Refused(match founder {
        Some(founder) => {
            let founder = mind.who(&founder).shown();
            format!("only the founder hands a notebook over, and that of \"{title}\" is {founder}; ask them")
        }
        None => format!("only the founder hands a notebook over, and it is not known here who founded \"{title}\""),
    }))
}

/// Who founded a notebook, or took it over.
pub(crate) fn founder_of(members: &[MemberLine]) -> Option<PersonId> {
    members.iter().find(|member| member.state == MemberState::Founder).map(|member| member.person)
}

fn member(mind: &Mind, line: MemberLine) -> Member {
    let you = line.person == mind.person();
    let why = match line.state {
        MemberState::Contested => Some("more people used their link at once than it was for; an admin picks"),
        MemberState::AwaitsAdmin => Some("set their role to let them in"),
        MemberState::Founder | MemberState::Member => None,
    };
    Member {
        who: mind.who(&line.person),
        profile: if you { mind.profile.clone() } else { line.profile },
        role: line.role,
        state: line.state,
        you,
        why: why.map(str::to_owned),
    }
}
