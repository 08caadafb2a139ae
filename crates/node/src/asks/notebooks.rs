//! Notebooks: begun, listed, renamed, left, erased.

use super::members::founder_of;
use crate::answers::{Holder, NotebookLine, NotebookView, RefusedLine, Titled, Who};
use crate::fault::NodeFault;
use crate::mind::{Mind, titled};
use crate::node::Node;
use hedgerow_document::NotebookEdit;
use hedgerow_model::{Day, NotebookId, Title, TitleProblem};
use hedgerow_sync::{Command, Outcome};
use std::cmp::Reverse;

/// Refused records that a view shows.
const REFUSED: usize = 100;
/// The longest challenge, in characters.
const CHALLENGE: usize = 2_000;
/// The longest ground rules, in characters.
const GROUND_RULES: usize = 20_000;

/// What is to be said of a notebook from now on. `None` leaves a thing as it is; an empty text takes it away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// The problem it is built round.
    pub challenge: Option<String>,
    /// What its members agreed to.
    pub ground_rules: Option<String>,
    /// When they look again at why they do this: a day.
    pub review_date: Option<String>,
}

impl Description {
    fn edit(self) -> Result<NotebookEdit, NodeFault> {
        let challenge = self.challenge.map(|text| said("challenge", &text, CHALLENGE)).transpose()?;
        let ground_rules =
            self.ground_rules.map(|text| said("text of the ground rules", &text, GROUND_RULES)).transpose()?;
        let review_date = self.review_date.map(|raw| day(&raw)).transpose()?;
        let edits = [
            challenge.map(NotebookEdit::SetChallenge),
            ground_rules.map(NotebookEdit::SetGroundRules),
            review_date.map(NotebookEdit::SetReviewDate),
        ];
        Ok(NotebookEdit::Together(edits.into_iter().flatten().collect()))
    }
}

/// A text as it is kept: nothing, where nothing is said.
fn said(what: &str, text: &str, most: usize) -> Result<Option<String>, NodeFault> {
    match text.trim() {
        "" => Ok(None),
        text if text.chars().count() <= most => Ok(Some(text.to_owned())),
        text => {
            let length = text.chars().count();
            Err(NodeFault::Refused(format!("the {what} has {length} characters; {most} is the most")))
        }
    }
}

fn day(raw: &str) -> Result<Option<String>, NodeFault> {
    match raw.trim() {
        "" => Ok(None),
        raw => match Day::parse(raw) {
            Ok(day) => Ok(Some(day.to_string())),
            Err(problem) => Err(NodeFault::Refused(problem.to_string())),
        },
    }
}

impl Node {
    /// Begins a notebook with this person as its founder.
    ///
    /// # Errors
    /// When the title or the challenge will not do, or the disk refuses.
    pub async fn new_notebook(&self, title: &str, challenge: Option<&str>) -> Result<NotebookId, NodeFault> {
        let title = parse_title(title)?;
        let challenge = challenge.map(|text| said("challenge", text, CHALLENGE)).transpose()?.flatten();
        let command = Command::FoundNotebook { title, challenge, inbox: false };
        match self.command(move |_| Ok(command)).await? {
            Outcome::Notebook(id) => Ok(id),
            _ => Err(NodeFault::Stopped),
        }
    }

    /// The notebooks held here, by title; not the inbox.
    ///
    /// # Errors
    /// When the device cannot be read.
    pub async fn notebooks(&self) -> Result<Vec<NotebookLine>, NodeFault> {
        self.ask(|mind| {
            let lines = mind.shared_notebooks();
            lines.iter().map(|line| Ok(view_line(mind, line)?.0)).collect()
        })
        .await
    }

    /// All about one notebook, except its pages.
    ///
    /// # Errors
    /// When it is not here or cannot be read.
    pub async fn notebook(&self, notebook: &str) -> Result<NotebookView, NodeFault> {
        let notebook = notebook.to_owned();
        self.ask(move |mind| {
            let id = mind.notebook_meant(&notebook)?;
            let held = mind.replica.notebook_line(&id)?;
            let (line, own) = view_line(mind, &held)?;
            Ok(NotebookView {
                line,
                ground_rules: own.ground_rules,
                review_date: own.review_date,
                founder: founder(mind, &id)?,
                waiting: mind.waiting(&id),
                refused: refused(mind, &id)?,
                holders: mind.holders(&id),
            })
        })
        .await
    }

    /// Gives a notebook another title.
    ///
    /// # Errors
    /// When it is not here, the title will not do, or this person may not.
    pub async fn rename_notebook(&self, notebook: &str, title: &str) -> Result<Titled, NodeFault> {
        let (notebook, title) = (notebook.to_owned(), parse_title(title)?);
        let (_, titled) = self
            .order(move |mind| {
                let id = mind.notebook_meant(&notebook)?;
                let said = Titled { id, title: title.as_str().to_owned() };
                Ok((Command::EditNotebook(id, NotebookEdit::Rename(title)), move |_: &mut Mind| said))
            })
            .await?;
        Ok(titled)
    }

    /// Says something else of a notebook, all of it as one change. `None` leaves a thing as it is; an empty text takes it
    /// away.
    ///
    /// # Errors
    /// When it is not here, something is too long, the review date is no day, or this person may not.
    pub async fn describe_notebook(&self, notebook: &str, what: Description) -> Result<Titled, NodeFault> {
        let (notebook, edit) = (notebook.to_owned(), what.edit()?);
        let (_, titled) = self
            .order(move |mind| {
                let id = mind.notebook_meant(&notebook)?;
                let said = Titled { id, title: mind.title(&id) };
                Ok((Command::EditNotebook(id, edit), move |_: &mut Mind| said))
            })
            .await?;
        Ok(titled)
    }

    /// Leaves a notebook and erases it here. Members who are connected hear of it before it is erased; others find out
    /// from them. Where nobody is connected the notebook stays, left, so that somebody can still be told: erase it with
    /// [`Node::delete_notebook`].
    ///
    /// # Errors
    /// When it is not here, or this person may not leave it: a founder hands it over first, with [`Node::hand_over`].
    pub async fn leave_notebook(&self, notebook: &str) -> Result<Titled, NodeFault> {
        let left = self.leave(notebook).await?;
        let id = left.id;
        let told = self.ask(move |mind| Ok(tells_somebody(&mind.holders(&id)))).await?;
        if told {
            self.command(move |_| Ok(Command::Forget(id))).await?;
        }
        Ok(left)
    }

    async fn leave(&self, notebook: &str) -> Result<Titled, NodeFault> {
        let notebook = notebook.to_owned();
        let (_, left) = self
            .order(move |mind| {
                let id = mind.notebook_meant(&notebook)?;
                must_not_be_the_founder(mind, &id)?;
                let left = Titled { id, title: mind.title(&id) };
                Ok((Command::Leave(id), move |_: &mut Mind| left))
            })
            .await?;
        Ok(left)
    }

    /// Erases a notebook from this device. If others are members it is left first.
    ///
    /// # Errors
    /// When it is not here, or this person may not leave it.
    pub async fn delete_notebook(&self, notebook: &str) -> Result<Titled, NodeFault> {
        let meant = notebook.to_owned();
        let (named, must_leave) = self
            .ask(move |mind| {
                let id = mind.notebook_meant(&meant)?;
                let line = mind.replica.notebook_line(&id)?;
                Ok((Titled { id, title: mind.title(&id) }, line.role.is_some() && line.members > 1))
            })
            .await?;
        if must_leave {
            self.leave(notebook).await?;
        }
        let id = named.id;
        self.command(move |_| Ok(Command::Forget(id))).await?;
        Ok(named)
    }
}

/// A founder stays until they have handed the notebook over. The words are such that they can be typed as they stand:
/// with ids, since what others call themselves has no place in a line that somebody pastes into a shell.
fn must_not_be_the_founder(mind: &Mind, id: &NotebookId) -> Result<(), NodeFault> {
    let members = mind.replica.members(id)?;
    if founder_of(&members) != Some(mind.person()) {
        return Ok(());
    }
    let title = mind.title(id);
    let others = members.iter().filter(|member| member.person != mind.person() && member.role.is_some());
    let Some(heir) = others.max_by_key(|member| (member.role, Reverse(member.person))) else {
        return Err(NodeFault::Refused(format!(
            "nobody else is in \"{title}\", which you founded; `hedgerow notebook delete {id}` erases it"
        )));
    };
    let (who, heir) = (mind.who(&heir.person).shown(), heir.person);
    Err(NodeFault::Refused(format!(
        "you founded \"{title}\" and leave it when somebody else has it: `hedgerow notebook hand-over {id} {heir}` \
         hands it to {who}, `hedgerow notebook members {id}` shows who else is in it"
    )))
}

fn tells_somebody(holders: &[Holder]) -> bool {
    holders.iter().any(|holder| holder.connected)
}

/// A title, or why it will not do.
///
/// # Errors
/// When it will not do.
pub(crate) fn parse_title(raw: &str) -> Result<Title, NodeFault> {
    Title::parse(raw).map_err(|problem: TitleProblem| NodeFault::Refused(problem.to_string()))
}

/// A line of the list, and the notebook's own document, which it is made from.
fn view_line(
    mind: &mut Mind,
    line: &hedgerow_sync::NotebookLine,
) -> Result<(NotebookLine, hedgerow_document::notebook::Notebook), NodeFault> {
    let own = mind.replica.notebook_document(&mind.shelves, &line.id)?;
    let shown = NotebookLine {
        id: line.id,
        title: titled(line.title.as_ref()),
        challenge: own.challenge.clone(),
        role: line.role,
        pages: line.pages,
        members: line.members,
    };
    Ok((shown, own))
}

fn founder(mind: &Mind, id: &NotebookId) -> Result<Who, NodeFault> {
    let founder = founder_of(&mind.replica.members(id)?);
    // A notebook whose founder handed nothing over and left has none; its id stands in for theirs.
    Ok(founder.map_or_else(|| Who { name: None, id: mind.person() }, |founder| mind.who(&founder)))
}

fn refused(mind: &Mind, id: &NotebookId) -> Result<Vec<RefusedLine>, NodeFault> {
    let refused = mind.replica.refused(id)?;
    let line = |(record, refused): (hedgerow_model::RecordId, hedgerow_sync::Refused)| RefusedLine {
        record,
        author: refused.author.and_then(|device| mind.who_of(&device)),
        page: refused.page,
        why: refused.reason,
    };
    Ok(refused.into_iter().take(REFUSED).map(line).collect())
}
