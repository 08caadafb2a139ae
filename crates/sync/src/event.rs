//! What the replica is told, what it answers, and what may be asked of it.

use crate::archive::Batch;
use crate::attaching::Draft;
use crate::notebook::Sum;
use crate::presence::Caret;
#[cfg(feature = "hostile")]
use hedgerow_access::StreamName;
use hedgerow_access::{HpkePublic, InvitationUri, ShortWords, Signature};
use hedgerow_document::{Block, CommentEdit, NotebookEdit, PageEdit, Plan};
use hedgerow_model::{
    AttachmentId, DeviceId, FieldName, InvitationId, Lifetime, Moment, NotebookId, PageId, PersonId, Profile, Role,
    TemplateKind, Title,
};
use std::collections::BTreeMap;

/// Counts batches handed to the disk. Later batches have greater tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ticket(pub u64);

/// Names a command until it is answered; the caller chooses it and does not use it twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked(pub u64);

/// One thing that happened.
#[derive(Debug)]
pub enum Event {
    /// What is on the device may be older than what it has told others: begin anew, so that nothing is numbered twice.
    WentBack,
    /// Somebody on this device asks for something.
    Command(Asked, Command),
    /// Nobody waits for this answer any more.
    GaveUp(Asked),
    /// The batch with this ticket is durable, and all before it.
    Saved(Ticket),
    /// The batch with this ticket, and all after it that were handed over, are not on the disk; all before it were
    /// reported saved.
    NotSaved(Ticket, String),
    /// A peer can be spoken to. Its identity was proven by the transport.
    Connected(DeviceId),
    /// It cannot any more.
    Disconnected(DeviceId),
    /// A peer sent one message.
    Received(DeviceId, Vec<u8>),
    /// Time has gone by: see [`crate::Replica::next_due`].
    Tick,
}

/// What must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Make this durable, then say `Saved`. Batches are committed in order; when one fails all later ones fail.
    Save(Ticket, Batch),
    /// Send one message.
    Send(DeviceId, Vec<u8>),
    /// Answer a command.
    Answer(Asked, Result<Outcome, Refusal>),
    /// This peer broke the protocol: close the connection and leave it alone until then.
    Avoid(DeviceId, Moment, String),
    /// Something that people may want to hear of.
    Notice(Notice),
}

/// Something that happened to what is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A page shows something else.
    PageChanged(NotebookId, PageId),
    /// A notebook's title, members or invitations changed.
    NotebookChanged(NotebookId),
    /// A record was refused, with the reason.
    Refused(NotebookId, String),
    /// Everything shared with this device is the same on both: these notebooks, with what is in each.
    Agreed(DeviceId, Vec<(NotebookId, Sum)>),
    /// A notebook holds the same in other records: what it held, and what it holds now.
    Compacted(NotebookId, Sum, Sum),
    /// More of a file is here, or all of it.
    FileCame(NotebookId, AttachmentId),
    /// Somebody joined by an invitation at this device.
    Admitted(NotebookId, PersonId, ShortWords),
    /// A member says where they are on a page: true now, and kept nowhere.
    Present {
        /// In which notebook.
        notebook: NotebookId,
        /// On which page.
        page: PageId,
        /// On which of their devices.
        device: DeviceId,
        /// Where; nowhere once they have left it.
        caret: Option<Caret>,
    },
}

/// What a new page begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageBeginning {
    /// Its title.
    pub title: Title,
    /// What it is made from.
    pub template: TemplateKind,
    /// Its fields.
    pub fields: BTreeMap<FieldName, String>,
    /// Its body.
    pub body: Vec<Block>,
    /// Its outcomes and actions; each is laid out anew.
    pub plan: Plan,
}

/// One of several changes that a command makes together.
#[derive(Debug, Clone)]
pub enum PageChange {
    /// Begin a page in a notebook.
    Begin(NotebookId, PageBeginning),
    /// Change a page.
    Edit(NotebookId, PageId, PageEdit),
}

/// What may be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Begin a notebook.
    FoundNotebook {
        /// Its title.
        title: Title,
        /// The challenge it is built round.
        challenge: Option<String>,
        /// Whether it is the private inbox.
        inbox: bool,
    },
    /// Begin pages: all of them or none.
    NewPages(NotebookId, Vec<PageBeginning>),
    /// Change a page.
    EditPage(NotebookId, PageId, PageEdit),
    /// Begin and change pages, in one notebook or several: all of it or nothing.
    ChangePages(Vec<PageChange>),
    /// Take raw changes that an editor made to the copy of a page that it was lent: all of them or none.
    TakeFromEditor(NotebookId, PageId, Vec<Vec<u8>>),
    /// Tell members who are connected where this person is on a page, or that they have left it.
    BePresent(NotebookId, PageId, Option<Caret>),
    /// Change a page without asking whether one may: an altered device, for tests.
    #[cfg(feature = "hostile")]
    Intrude(NotebookId, PageId, PageEdit),
    /// Deceive the other members: an altered device, for tests.
    #[cfg(feature = "hostile")]
    Deceive(NotebookId, Deceit),
    /// Comment on a page.
    Comment(NotebookId, PageId, CommentEdit),
    /// Change the notebook's own document.
    EditNotebook(NotebookId, NotebookEdit),
    /// Issue an invitation.
    Invite {
        /// To which notebook.
        notebook: NotebookId,
        /// As what.
        role: Role,
        /// For how many persons.
        uses: u32,
        /// How long it is open.
        open: Lifetime,
        /// Where this device can be reached, written into the link.
        addresses: Vec<String>,
    },
    /// Close an invitation.
    Revoke(NotebookId, InvitationId),
    /// Give a person another role.
    SetRole(NotebookId, PersonId, Role),
    /// Remove a person.
    RemoveMember(NotebookId, PersonId),
    /// Hand a founded notebook to another member.
    HandOver(NotebookId, PersonId),
    /// Leave a notebook.
    Leave(NotebookId),
    /// Add a device of this person's, which agreed to it: see [`hedgerow_access::device_consent`]. It begins with this one's
    /// [`crate::Me`], its log as it stands once this is answered, and its own keys. Where this device is none of the
    /// person's itself, and holds their recovery key, that adds it.
    AddDevice {
        /// Which.
        device: DeviceId,
        /// To which keys are sealed for it.
        hpke: HpkePublic,
        /// Its own.
        consent: Signature,
    },
    /// Take a device away from this person: this one itself, one that was added later, or, with the recovery key, any. What
    /// it wrote stays as far as it is here, and no further: whoever has lost one should have met the others first.
    RevokeDevice(DeviceId),
    /// Write under a new key from now on, though nobody is out: the old one may have come into other hands.
    Retire(NotebookId),
    /// Drop a notebook from this device.
    Forget(NotebookId),
    /// Say who I am, in every notebook.
    SetProfile(Box<Profile>),
    /// Accept an invitation.
    Join(Box<InvitationUri>),
    /// Begin a file that is to stand on a page of this notebook.
    BeginFile(NotebookId),
    /// The next piece of it: as much as [`hedgerow_access::Manifest::PIECE`] says, the last one less.
    AddPiece(Draft, Vec<u8>),
    /// It is whole: members can have it from now on, and a page can show it.
    FinishFile(Draft),
    /// Nobody goes on with it.
    DropFile(Draft),
    /// Answer when all of a file is on this device, fetched from members who are connected. It may have so many bytes: what
    /// the page says of it is said by another, who may have put more behind it.
    FetchFile(NotebookId, AttachmentId, u64),
    /// Answer when every connected peer agrees with this device.
    Sync,
    /// Let go of what cannot be read, so that it is fetched again, and write again what can be.
    Mend {
        /// Whether notebooks may be missing: members are asked for them from now on.
        seek: bool,
    },
    /// Give up lost records that something in the set stands for.
    LetGoOfReplaced,
}

/// How an altered device deceives others, for tests.
#[cfg(feature = "hostile")]
#[derive(Debug, Clone)]
pub enum Deceit {
    /// Records of this stream, sent again as they are.
    Replayed(StreamName),
    /// Changes of this stream in a stream where they do not belong, and one that was signed for another notebook.
    Elsewhere(StreamName),
    /// Two changes of this page that both follow the same one of this device's own.
    Forked(PageId),
    /// A change of this page on what this device had seen when it first wrote there, and with what it knew then of the
    /// membership; to everybody, whether or not they are members with it still.
    FromThePast(PageId),
    /// A change of this page under the oldest key that is held.
    StaleKey(PageId),
    /// A checkpoint of part of this stream, which says that it replaces all of it; one that states another end than it
    /// has; and one that holds these bytes instead of a document.
    Checkpoints(StreamName, Vec<u8>),
    /// An epoch that is never valid, with boxes for these devices only, and an operation sealed under it.
    InvalidEpoch(Vec<DeviceId>),
    /// A valid epoch in which this device finds no box, and one sealed on to it in a box that does not open.
    NoBox(DeviceId),
    /// The changes of this stream sealed again and again, and in runs that overlap.
    Resealed(StreamName),
    /// A change of this page that deletes its first character, and says that its author has seen nothing since they wrote
    /// last.
    Unheard(PageId),
    /// A change of this page, signed as by somebody who knows no more of the membership than when they wrote last.
    DatedBack {
        /// The page.
        page: PageId,
        /// Whether the change itself says so too.
        stated: bool,
    },
}

/// A command's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done and durable.
    Done,
    /// A notebook was founded.
    Notebook(NotebookId),
    /// Pages were begun, in the order asked.
    Pages(Vec<PageId>),
    /// An invitation was issued: its id and its link.
    Invited(InvitationId, String),
    /// A notebook was joined.
    Joined {
        /// Which.
        notebook: NotebookId,
        /// As what.
        role: Role,
        /// The words to compare with whoever admitted us; none when we were in already.
        words: Option<ShortWords>,
        /// Whose device admitted us; none when we were in already.
        host: Option<DeviceId>,
    },
    /// A file was begun.
    Draft(Draft),
    /// A file is whole: its id, and its length in bytes.
    File(AttachmentId, u64),
    /// Every connected peer agrees; these were.
    Agreed(Vec<DeviceId>),
}

/// Why a command was not done. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such notebook here.
    #[error("there is no notebook {0} on this device")]
    NoNotebook(NotebookId),
    /// No such page here.
    #[error("there is no page {0} on this device")]
    NoPage(PageId),
    /// The person is not a member.
    #[error("{0} is not a member of this notebook")]
    NoMember(PersonId),
    /// The role does not allow it.
    #[error("you are a {has} in this notebook and {what} takes a {needs}; ask an admin for that role")]
    NeedsRole {
        /// What was asked for.
        what: &'static str,
        /// The role held.
        has: Role,
        /// The role needed.
        needs: Role,
    },
    /// Not a member, or no longer.
    #[error("you are not a member of this notebook any more; what you hold remains yours to read and export")]
    NotAMember,
    /// The membership rules say no.
    #[error("{0}")]
    Membership(String),
    /// The document room says no.
    #[error("{0}")]
    Edit(String),
    /// No key to write under and none may be made.
    #[error("{0}")]
    Key(String),
    /// The device could not read or write.
    #[error("{0}")]
    Device(String),
    /// Whoever admits said no.
    #[error("{0}")]
    Joining(String),
    /// A file that is being attached, of a window or a program that has ended.
    #[error("this file is not being attached any more; begin again")]
    NoDraft,
    /// Some of a file is not on this device.
    #[error("not all of this file is on this device; fetch it first")]
    NotHere,
    /// Nobody who is connected has what is missing of a file.
    #[error("nobody who has this file can be reached now; try again when a member who has it is connected")]
    NobodyHas,
    /// A file cannot be attached, fetched or opened.
    #[error("{0}")]
    Attachment(String),
}
