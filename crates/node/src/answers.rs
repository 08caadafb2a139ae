//! What a node answers, as plain values. Times are of the clock that the field names; ids are whole.

mod notices;
mod pages;
mod plans;

pub use hedgerow_sync::AttachmentLine;
pub use notices::Notice;
pub use pages::{CopyNews, FoundAttachment, OpenedPage, PageText};
pub use plans::{Owner, PartnerTotals, PlanAction, PlanOutcome, PlanView};

use crate::identity::KeyKept;
use hedgerow_model::{
    ActorId, Attachment, ChangeHash, DeviceId, InvitationId, Level, Moment, NotebookId, PageId, PersonId, Profile,
    RecordId, Role,
};
use std::collections::BTreeMap;

/// A person, and what they are called if they have said so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// Their name.
    pub name: Option<String>,
    /// The person.
    pub id: PersonId,
}

impl Who {
    /// Their name, or their whole id when they gave none.
    #[must_use]
    pub fn shown(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.id.to_string())
    }
}

/// Who this device speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The person.
    pub person: PersonId,
    /// The device.
    pub device: DeviceId,
    /// What they say of themselves.
    pub profile: Profile,
    /// What guards the keys.
    pub key_kept: KeyKept,
}

/// What a person wants to say of themselves from now on. `None` leaves a thing as it is; an empty text takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileEdit {
    /// What they are called.
    pub name: Option<String>,
    /// Where they work.
    pub organisation: Option<String>,
    /// Council, health, charity ...
    pub sector: Option<String>,
    /// What they do there.
    pub job: Option<String>,
    /// Where in the organisation.
    pub level: Option<Level>,
    /// The places they work for; in place of all earlier ones.
    pub places: Option<Vec<String>>,
}

/// Where a node can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reachable {
    /// The device.
    pub device: DeviceId,
    /// The same, as libp2p writes it.
    pub peer_id: String,
    /// Multiaddresses with the peer id at their end; none without a network.
    pub addresses: Vec<String>,
}

/// Who is connected, what is held, what waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// This device.
    pub device: DeviceId,
    /// The devices of people we share with, connected ones first, then by name.
    pub peers: Vec<Peer>,
    /// The notebooks by title, without the inbox.
    pub notebooks: Vec<NotebookStatus>,
}

/// A device of somebody we share with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Whose it is.
    pub who: Who,
    /// The device.
    pub device: DeviceId,
    /// Whether it is connected now.
    pub connected: bool,
    /// When it was last connected, by our clock.
    pub last_seen: Option<Moment>,
    /// Why it could not be reached, if it is not connected.
    pub trouble: Option<String>,
}

/// How it stands with a notebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookStatus {
    /// Which.
    pub id: NotebookId,
    /// Its title.
    pub title: String,
    /// How many pages it has.
    pub pages: usize,
    /// How many records wait for something.
    pub waiting: usize,
    /// How many records were refused.
    pub refused: usize,
    /// What other members' devices have of it.
    pub holders: Vec<Holder>,
}

/// What another member's device has of a notebook, as far as we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Whose device.
    pub who: Who,
    /// The device.
    pub device: DeviceId,
    /// Whether it has everything that we have; also while it is away.
    pub has_all: bool,
    /// When both last held the same of it, by our clock: without `has_all`, it lacks what came after.
    pub agreed: Option<Moment>,
    /// Whether it is connected now.
    pub connected: bool,
    /// When it was last connected, by our clock.
    pub last_seen: Option<Moment>,
}

/// A notebook in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookLine {
    /// Which.
    pub id: NotebookId,
    /// Its title.
    pub title: String,
    /// The challenge it is built round.
    pub challenge: Option<String>,
    /// This person's role; none after removal or leaving.
    pub role: Option<Role>,
    /// How many pages it has.
    pub pages: usize,
    /// How many members.
    pub members: usize,
}

/// All about one notebook, except its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookView {
    /// What the list says.
    pub line: NotebookLine,
    /// What its members agreed to.
    pub ground_rules: Option<String>,
    /// When they look again at why they do this.
    pub review_date: Option<String>,
    /// Who founded it, or was handed it.
    pub founder: Who,
    /// How many records wait for something.
    pub waiting: usize,
    /// What was refused, the latest hundred.
    pub refused: Vec<RefusedLine>,
    /// What other members' devices have of it.
    pub holders: Vec<Holder>,
}

/// Something that was sent and not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// The record.
    pub record: RecordId,
    /// Who wrote it, where that could be told.
    pub author: Option<Who>,
    /// The page it was for, where that could be told.
    pub page: Option<PageId>,
    /// Why.
    pub why: String,
}

/// A notebook and what it is called, or was called last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Titled {
    /// Which.
    pub id: NotebookId,
    /// Its title.
    pub title: String,
}

/// A member, or somebody whose joining is in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub who: Who,
    /// What they say of themselves.
    pub profile: Profile,
    /// Their role; none while in question.
    pub role: Option<Role>,
    /// How they stand.
    pub state: MemberState,
    /// Whether it is this device's person.
    pub you: bool,
    /// Why their joining is in question, if it is.
    pub why: Option<String>,
}

pub use hedgerow_sync::MemberState;

/// A member has another role, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberChanged {
    /// In which notebook.
    pub notebook: NotebookId,
    /// Its title.
    pub title: String,
    /// Who.
    pub who: Who,
    /// Their role; none after removal.
    pub role: Option<Role>,
}

/// A link was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Invited {
    /// Its id.
    pub invitation: InvitationId,
    /// The link: a secret, for whoever has it may use it.
    pub uri: String,
    /// To which notebook.
    pub notebook: NotebookId,
    /// Its title.
    pub title: String,
    /// As what.
    pub role: Role,
    /// For how many people.
    pub uses: u64,
    /// Until when, by our clock.
    pub expires: Moment,
}

/// Without the link.
impl std::fmt::Debug for Invited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invited")
            .field("invitation", &self.invitation)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// A link in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationLine {
    /// Its id.
    pub invitation: InvitationId,
    /// As what.
    pub role: Role,
    /// For how many people.
    pub uses: u64,
    /// How many have used it.
    pub used: u64,
    /// Until when.
    pub expires: Moment,
    /// Whether it can still be used.
    pub state: LinkState,
    /// Who made it.
    pub by: Who,
    /// Who used it.
    pub redemptions: Vec<RedemptionLine>,
}

/// How a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// It can be used.
    Open,
    /// As many as may have used it.
    UsedUp,
    /// An admin closed it.
    Revoked,
    /// A removal, or its maker's leaving, closed it.
    Cut,
    /// Its time is over.
    Expired,
}

/// Somebody used a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedemptionLine {
    /// Who.
    pub who: Who,
    /// How that stands.
    pub state: RedemptionState,
    /// Why it does not stand, if it does not.
    pub why: Option<String>,
}

/// How the use of a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedemptionState {
    /// In by it.
    Stands,
    /// In by it, and an admin's device confirmed it.
    Seated,
    /// Too many used the link at once; an admin picks.
    Contested,
    /// Undone.
    Void,
    /// Waits for an admin.
    AwaitsAdmin,
    /// Contested, or waited for an admin, until one gave or took their role, or they left.
    Decided,
}

/// What a link says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationPreview {
    /// Its id.
    pub invitation: InvitationId,
    /// To which notebook.
    pub notebook: NotebookId,
    /// Its title when the link was made, perhaps shortened.
    pub title: String,
    /// As what.
    pub role: Role,
    /// Who invites, as they called themselves.
    pub inviter: Option<String>,
    /// Where members may be found.
    pub addresses: Vec<String>,
}

/// This device joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Which notebook.
    pub notebook: NotebookId,
    /// As what.
    pub role: Role,
    /// Its title.
    pub title: String,
    /// How many pages it has.
    pub pages: usize,
    /// Short words that both sides see, to compare by voice.
    pub words: Vec<String>,
    /// Who admitted us, where that is known.
    pub host: Option<Who>,
}

/// A page in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLine {
    /// Which.
    pub id: PageId,
    /// Its title.
    pub title: String,
    /// What it was made from.
    pub template: String,
    /// When it was last changed, by that author's clock.
    pub updated: Moment,
    /// Who wrote what it shows.
    pub authors: Vec<Who>,
    /// How many changes are kept and not on the page.
    pub aside: u32,
}

/// All that stands on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageView {
    /// Which.
    pub id: PageId,
    /// The notebook it is in.
    pub notebook: NotebookId,
    /// Its title.
    pub title: String,
    /// What it was made from.
    pub template: String,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Its fields.
    pub fields: BTreeMap<String, String>,
    /// Its text, block by block.
    pub blocks: Vec<PageBlock>,
    /// Its outcomes, in order.
    pub outcomes: Vec<PlanOutcome>,
    /// Its actions, in order.
    pub actions: Vec<PlanAction>,
    /// What was said about it.
    pub comments: Vec<PageComment>,
    /// The versions it stands at.
    pub heads: Vec<ChangeHash>,
    /// The text that offsets count into.
    pub body: String,
    /// What was kept and cannot be shown, in words.
    pub unknown: Vec<String>,
}

/// One paragraph, heading, item, quote, table or piece of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageBlock {
    /// Its kind, by Automerge's name for it.
    pub kind: String,
    /// What it lies in, outermost first.
    pub parents: Vec<String>,
    /// A heading's level.
    pub level: Option<u8>,
    /// The number at which a numbered list begins, where it is not 1.
    pub start: Option<u32>,
    /// Whether a task is done.
    pub checked: Option<bool>,
    /// What a piece of code is written in.
    pub language: Option<String>,
    /// The file that it stands for.
    pub attachment: Option<Attachment>,
    /// Where its text begins in the body text, in Unicode scalar values.
    pub from: usize,
    /// Its text.
    pub text: String,
    /// What is marked in it.
    pub marks: Vec<TextMark>,
}

/// A stretch of a block's text that is bold, emphasised, code or a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextMark {
    /// `strong`, `em`, `code` or `link`.
    pub kind: String,
    /// Where it begins, in Unicode scalar values of the block's text.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// Where a link leads.
    pub href: Option<String>,
}

/// Something said about a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageComment {
    /// The comment.
    pub id: String,
    /// Where the text it is about stands now, in Unicode scalar values of the body text; none if it is gone.
    pub place: Option<(usize, usize)>,
    /// What was said.
    pub text: String,
    /// Who said it.
    pub author: Who,
    /// When, by their clock.
    pub when: Moment,
    /// Whether it is settled.
    pub resolved: bool,
}

/// A page was changed, or already was as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which.
    pub id: PageId,
    /// Its title now.
    pub title: String,
    /// Whether there was anything to change.
    pub changed: bool,
    /// The versions it stands at.
    pub heads: Vec<ChangeHash>,
}

/// One version of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The change that ends it.
    pub version: ChangeHash,
    /// Whose; none when no membership known here says.
    pub author: Option<Who>,
    /// On which device.
    pub device: DeviceId,
    /// When, by the author's clock.
    pub when: Moment,
    /// What was done, in words.
    pub summary: String,
    /// Why it is kept and not on the page, if that is so.
    pub aside: Option<Aside>,
}

pub use hedgerow_sync::Aside;

/// A line of editing: what one device wrote on a page, each change on top of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineOfEditing {
    /// What Automerge knows it by.
    pub actor: ActorId,
    /// Whose; none when no membership known here says.
    pub author: Option<Who>,
}

/// A page or capture is in another notebook now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The page that holds it now.
    pub id: PageId,
    /// The notebook that page is in.
    pub notebook: NotebookId,
    /// The page's title.
    pub title: String,
    /// The notebook's title.
    pub notebook_title: String,
}

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundId {
    /// A notebook.
    Notebook(NotebookId),
    /// A page.
    Page(PageId),
}

/// What an id names, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub id: FoundId,
    /// Its title.
    pub title: String,
    /// The notebook: itself, or the one the page is in.
    pub notebook: NotebookId,
}

/// A capture that waits to be filed.
#[derive(Debug, Clone, PartialEq)]
pub struct CaptureLine {
    /// Which.
    pub id: PageId,
    /// What was said.
    pub text: String,
    /// When, by this device's clock.
    pub when: Moment,
    /// Where: degrees north and east.
    pub at: Option<(f64, f64)>,
}

/// A file to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// Its path, for reports; its last part is the title of a page whose text has none.
    pub path: String,
    /// How to read it.
    pub form: FileForm,
    /// Its text.
    pub text: String,
}

/// How a file's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// Markdown, perhaps with front matter.
    Markdown,
    /// HTML, of which what a page can hold is kept.
    Html,
    /// Each line that holds something is a paragraph.
    Plain,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedFile {
    /// Its path, as given.
    pub path: String,
    /// The page, or why there is none.
    pub outcome: Result<PageId, String>,
}

/// A piece of a notebook's canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanonicalPart {
    /// The piece.
    pub text: String,
    /// What to ask for next; none after the last.
    pub next: Option<String>,
}

/// Whether we and our peers hold the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncOutcome {
    /// Whether every connected peer has everything we have and the reverse.
    pub agreed: bool,
    /// What is waited for.
    pub waiting: Vec<WaitingFor>,
    /// Whom we agree with.
    pub with: Vec<(Who, DeviceId)>,
}

/// Something that sync waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingFor {
    /// Whose device.
    pub who: Option<Who>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The notebook it is about, and its title.
    pub notebook: Option<(NotebookId, String)>,
    /// What is missing, in words.
    pub why: String,
}

/// What a check of every record found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many records were checked.
    pub records: usize,
    /// Of how many notebooks.
    pub notebooks: usize,
    /// What is damaged, and will be told again.
    pub damaged: Vec<Damage>,
    /// What was damaged and is not any more.
    pub repaired: Vec<Damage>,
    /// What could not be had back, told this once.
    pub lost: Vec<Damage>,
    /// Where records that others sent were refused.
    pub refused: Vec<SetAside>,
}

/// Records that others sent to a notebook, and that were not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The notebook, and its title.
    pub notebook: (NotebookId, String),
    /// How many are remembered.
    pub refused: usize,
}

/// Something kept here that does not read as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What, which one, and what can be done, in one line.
    pub say: String,
    /// The notebook, where that is known.
    pub notebook: Option<NotebookId>,
    /// Which row, record or file.
    pub what: String,
}
