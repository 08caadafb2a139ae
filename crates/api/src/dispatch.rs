//! Each request, put to the node.

use std::time::Duration;

use hedgerow_model::{ActorId, Attachment, AttachmentId, ChangeHash, FileName, MediaType};
use hedgerow_node::{self as node, Node, Place, ProfileEdit};

use crate::reply::{self, Caret, Created, Draft, FilePiece, Imported};
use crate::request::{DescribeNotebook, FileForm, ImportFile, SetProfile};
use crate::{Base64, Code, Fault, Reply, Request};

/// Asks `node`, and says its answer in the words of this room. A table, one line a request.
///
/// # Errors
/// The node's fault.
pub(crate) async fn dispatch(node: &Node, request: Request) -> Result<Reply, Fault> {
    use Reply as A;
    use Request as Q;
    Ok(match request {
        Q::SetProfile(q) => A::SetProfile(node.set_profile(profile_edit(q)).await?.into()),
        Q::Whoami(_) => A::Whoami(node.whoami().await?.into()),
        Q::WhereToReach(_) => A::WhereToReach(node.where_to_reach().await?.into()),
        Q::GetStatus(_) => A::GetStatus(node.status().await?.into()),

        Q::NewNotebook(q) => A::NewNotebook(made(node.new_notebook(&q.title, q.challenge.as_deref()).await?)),
        Q::ListNotebooks(_) => A::ListNotebooks(all(node.notebooks().await?)),
        Q::ShowNotebook(q) => A::ShowNotebook(node.notebook(&q.notebook).await?.into()),
        Q::RenameNotebook(q) => A::RenameNotebook(node.rename_notebook(&q.notebook, &q.title).await?.into()),
        Q::DescribeNotebook(q) => {
            let DescribeNotebook { notebook, challenge, ground_rules, review_date } = q;
            let what = node::Description { challenge, ground_rules, review_date };
            A::DescribeNotebook(node.describe_notebook(&notebook, what).await?.into())
        }
        Q::ListMembers(q) => A::ListMembers(all(node.members(&q.notebook).await?)),
        Q::RemoveMember(q) => A::RemoveMember(node.remove_member(&q.notebook, &q.person).await?.into()),
        Q::SetRole(q) => A::SetRole(node.set_role(&q.notebook, &q.person, q.role).await?.into()),
        Q::HandOver(q) => A::HandOver(node.hand_over(&q.notebook, &q.person).await?.into()),
        Q::LeaveNotebook(q) => A::LeaveNotebook(node.leave_notebook(&q.notebook).await?.into()),
        Q::DeleteNotebook(q) => A::DeleteNotebook(node.delete_notebook(&q.notebook).await?.into()),

        Q::Invite(q) => A::Invite(node.invite(&q.notebook, q.role, q.uses, q.expires_seconds).await?.into()),
        Q::ListInvitations(q) => A::ListInvitations(all(node.invitations(&q.notebook).await?)),
        Q::RevokeInvitation(q) => A::RevokeInvitation(made(node.revoke_invitation(&q.invitation).await?)),
        Q::ReadInvitation(q) => A::ReadInvitation(Node::read_invitation(&q.uri)?.into()),
        Q::Join(q) => A::Join(node.join(&q.uri, Duration::from_secs(q.wait_seconds)).await?.into()),

        Q::NewPage(q) => {
            A::NewPage(made(node.new_page(&q.notebook, &q.title, q.template.as_deref(), q.markdown.as_deref()).await?))
        }
        Q::ListPages(q) => A::ListPages(all(node.pages(&q.notebook).await?)),
        Q::ListDeletedPages(q) => A::ListDeletedPages(all(node.deleted_pages(&q.notebook).await?)),
        Q::ShowPage(q) => A::ShowPage(node.page(&q.page, q.at.as_deref()).await?.into()),
        Q::ShowPageMarkdown(q) => A::ShowPageMarkdown(node.page_markdown(&q.page, q.at.as_deref()).await?.into()),
        Q::AppendToPage(q) => A::AppendToPage(node.append_to_page(&q.page, &q.markdown).await?.into()),
        Q::EditPage(q) => A::EditPage(node.edit_page(&q.page, q.at, q.delete, &q.insert).await?.into()),
        Q::ReplacePage(q) => A::ReplacePage(node.replace_page(&q.page, &q.markdown).await?.into()),
        Q::PageHistory(q) => A::PageHistory(all(node.page_history(&q.page).await?)),
        Q::PageAuthors(q) => A::PageAuthors(all(node.page_authors(&q.page).await?)),
        Q::RestorePage(q) => A::RestorePage(node.restore_page(&q.page, &q.version).await?.into()),
        Q::RenamePage(q) => A::RenamePage(node.rename_page(&q.page, &q.title).await?.into()),
        Q::MovePage(q) => A::MovePage(node.move_page(&q.page, &q.notebook).await?.into()),
        Q::SetFields(q) => {
            let fields = q.fields.into_iter().map(|set| (set.field, set.text)).collect();
            A::SetFields(node.set_fields(&q.page, fields).await?.into())
        }
        Q::DeletePage(q) => A::DeletePage(node.delete_page(&q.page).await?.into()),
        Q::BringBackPage(q) => A::BringBackPage(node.bring_back_page(&q.page).await?.into()),
        Q::ShowPlan(q) => A::ShowPlan(node.plan(&q.page, q.deleted).await?.into()),
        Q::SetWhy(q) => A::SetWhy(node.set_why(&q.page, &q.text).await?.into()),
        Q::AddOutcome(q) => A::AddOutcome(made(node.add_outcome(&q.page, &q.text).await?)),
        Q::SetOutcome(q) => A::SetOutcome(node.set_outcome(&q.page, &q.outcome, &q.text).await?.into()),
        Q::AddAction(q) => A::AddAction(made(node.add_action(&q.page.clone(), q.into()).await?)),
        Q::SetAction(q) => {
            let (page, action) = (q.page.clone(), q.action.clone());
            A::SetAction(node.set_action(&page, &action, q.into()).await?.into())
        }
        Q::MoveInPlan(q) => A::MoveInPlan(node.move_in_plan(&q.page, &q.item, q.to.into()).await?.into()),
        Q::DeleteFromPlan(q) => A::DeleteFromPlan(node.delete_from_plan(&q.page, &q.item).await?.into()),
        Q::BringBackToPlan(q) => A::BringBackToPlan(node.bring_back_to_plan(&q.page, &q.item).await?.into()),
        Q::BeginFile(q) => A::BeginFile(draft(node.begin_file(&q.page).await?)),
        Q::AddPiece(q) => {
            node.add_piece(node::Draft(q.draft), q.bytes.0).await?;
            A::AddPiece(draft(node::Draft(q.draft)))
        }
        Q::FinishFile(q) => A::FinishFile(node.finish_file(node::Draft(q.draft), &q.name, &q.media_type).await?.into()),
        Q::DropFile(q) => {
            node.drop_file(node::Draft(q.draft)).await?;
            A::DropFile(draft(node::Draft(q.draft)))
        }
        Q::PutAttachment(q) => {
            A::PutAttachment(node.put_attachment(&q.page, attachment(&q.attachment)?, &q.caption).await?.into())
        }
        Q::ListAttachments(q) => A::ListAttachments(all(node.attachments(&q.page).await?)),
        Q::FindAttachment(q) => A::FindAttachment(node.find_attachment(&q.attachment, q.page.as_deref()).await?.into()),
        Q::FetchAttachment(q) => {
            let (id, wait) = (attachment_id(&q.attachment)?, Duration::from_secs(q.wait_seconds));
            A::FetchAttachment(node.fetch_attachment(&q.page, id, wait).await?.into())
        }
        Q::ReadPiece(q) => {
            // What is beyond any file is beyond this one.
            let piece = usize::try_from(q.piece).unwrap_or(usize::MAX);
            let bytes = node.read_piece(&q.page, attachment_id(&q.attachment)?, piece).await?;
            A::ReadPiece(FilePiece { bytes: Base64(bytes) })
        }
        Q::OpenPage(q) => A::OpenPage(node.open_page(&q.page).await?.into()),
        Q::WritePage(q) => {
            let changes = q.changes.into_iter().map(|change| change.0).collect();
            A::WritePage(node.write_page(&q.page, actor(&q.actor)?, changes).await?.into())
        }
        Q::PageNews(q) => {
            let have = q.have.iter().map(|head| version(head)).collect::<Result<_, _>>()?;
            A::PageNews(node.page_news(&q.page, actor(&q.actor)?, have).await?.into())
        }
        Q::BePresent(q) => A::BePresent(made(node.be_present(&q.page, caret(&q.caret)?).await?)),
        Q::ClosePage(q) => A::ClosePage(made(node.close_page(&q.page, actor(&q.actor)?).await?)),
        Q::Find(q) => A::Find(node.find(&q.id).await?.into()),

        Q::Capture(q) => A::Capture(made(node.capture(&q.text, q.at.map(|at| (at.latitude, at.longitude))).await?)),
        Q::ListInbox(_) => A::ListInbox(all(node.inbox().await?)),
        Q::FileCapture(q) => {
            A::FileCapture(node.file_capture(&q.capture, &q.notebook, q.page.as_deref()).await?.into())
        }

        Q::ImportPages(q) => {
            let files = q.files.into_iter().map(file).collect();
            A::ImportPages(Imported { files: all(node.import(&q.notebook, files).await?) })
        }
        Q::Canonical(q) => A::Canonical(node.canonical(&q.notebook, q.from.as_deref()).await?.into()),

        Q::SyncNow(q) => A::SyncNow(node.sync(Duration::from_secs(q.wait_seconds)).await?.into()),
        Q::Verify(q) => A::Verify(match q.repair {
            None => node.verify().await?.into(),
            Some(how) => node.repair(how.peers, Duration::from_secs(how.wait_seconds)).await?.into(),
        }),
        Q::ListDamage(_) => A::ListDamage(all(node.damage().await?)),
    })
}

fn actor(raw: &str) -> Result<ActorId, Fault> {
    ActorId::parse(raw).map_err(|problem| Fault::new(Code::Usage, problem.to_string()))
}

fn caret(raw: &Caret) -> Result<node::Caret, Fault> {
    let place = |raw: &str| {
        Place::new(raw).ok_or_else(|| {
            Fault::new(Code::Usage, "a caret's ends are Automerge cursors: letters, digits, `@` and `-`, at most 128")
        })
    };
    Ok(node::Caret { anchor: place(&raw.anchor)?, head: place(&raw.head)? })
}

fn draft(draft: node::Draft) -> Draft {
    Draft { draft: draft.0, piece: node::FILE_PIECE as u64, most: Attachment::MOST }
}

fn attachment_id(raw: &str) -> Result<AttachmentId, Fault> {
    AttachmentId::parse(raw).map_err(|problem| Fault::new(Code::Usage, problem.to_string()))
}

fn attachment(said: &reply::Attachment) -> Result<Attachment, Fault> {
    Ok(Attachment {
        id: attachment_id(&said.id)?,
        name: FileName::nearest(&said.name),
        media_type: MediaType::nearest(&said.media_type),
        size: said.size.min(Attachment::MOST),
    })
}

fn version(raw: &str) -> Result<ChangeHash, Fault> {
    ChangeHash::parse(raw).map_err(|problem| Fault::new(Code::Usage, problem.to_string()))
}

fn all<A, B: From<A>>(answers: Vec<A>) -> Vec<B> {
    answers.into_iter().map(B::from).collect()
}

fn made(id: impl std::fmt::Display) -> Created {
    Created { id: id.to_string() }
}

fn profile_edit(ask: SetProfile) -> ProfileEdit {
    let SetProfile { name, organisation, sector, job, level, places } = ask;
    ProfileEdit { name, organisation, sector, job, level, places }
}

fn file(file: ImportFile) -> hedgerow_node::ImportFile {
    let form = match file.form {
        FileForm::Markdown => hedgerow_node::FileForm::Markdown,
        FileForm::Html => hedgerow_node::FileForm::Html,
        FileForm::Plain => hedgerow_node::FileForm::Plain,
    };
    hedgerow_node::ImportFile { path: file.path, form, text: file.text }
}
