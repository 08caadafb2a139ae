//! Everything that can be asked of a node.
//!
//! What names something is a string, as a person typed it, and the node resolves it: a notebook, page, version,
//! capture or invitation by its id or a beginning of six or more characters that is unique here; a person, circle or
//! organisation also by a name that is unique here.

use hedgerow_model::{ActionStatus, Level, Role};
use serde::{Deserialize, Serialize};

mod given;

pub use given::{Coordinates, FieldText, FileForm, ImportFile, PlaceInPlan, Repair};

use crate::Base64;
use crate::reply::{
    Attachment, AttachmentLine, CanonicalPart, CaptureLine, Caret, Changed, CopyNews, CopyStanding, Created, Damage,
    Draft, FilePiece, Filed, Found, FoundAttachment, Identity, Imported, InvitationPreview, InvitationView, Invited,
    Joined, LineOfEditing, Listening, MarkdownText, MemberChanged, MemberLine, NotebookLine, NotebookView, OpenedPage,
    PageLine, PageView, PlanView, Renamed, Status, SyncOutcome, Verified, VersionLine,
};

/// One question that can be put to a node, and the type of its answer.
pub trait Ask {
    /// The answer.
    type Reply;
    /// As it is sent.
    fn into_request(self) -> Request;
    /// The answer to this question; `None` if `reply` answers another.
    fn from_reply(reply: Reply) -> Option<Self::Reply>;
}

macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* } -> $reply:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            #[cfg_attr(test, derive(ts_rs::TS))]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

            impl Ask for $name {
                type Reply = $reply;
                fn into_request(self) -> Request {
                    Request::$name(self)
                }
                fn from_reply(reply: Reply) -> Option<$reply> {
                    match reply {
                        Reply::$name(reply) => Some(reply),
                        _ => None,
                    }
                }
            }
        )*

        /// Any question. In JSON the field `request` says which: `{"request":"new_page","notebook":...}`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "request", rename_all = "snake_case")]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub enum Request { $($(#[$doc])* $name($name),)* }

        /// The answer to the question of the same name. In JSON `{"reply":"new_page","body":...}`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "reply", content = "body", rename_all = "snake_case")]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub enum Reply { $($(#[$doc])* $name($reply),)* }

        impl Request {
            /// The name under which it is sent.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Request::$name(_) => stringify!($name),)* }
            }
        }
    };
}

requests! {
    // ---- who we are

    /// Says more, or something else, about this device's person. `None` leaves a thing as it is; an empty text takes
    /// it away. Keys are made silently the first time a folder is opened, so this is also what "first run" does.
    SetProfile {
        /// What they are called.
        name: Option<String>,
        /// Where they work.
        organisation: Option<String>,
        /// Council, health, charity ...: free text.
        sector: Option<String>,
        /// What they do there.
        job: Option<String>,
        /// Where in the organisation.
        level: Option<Level>,
        /// The places they work for; replaces all earlier ones.
        places: Option<Vec<String>>,
    } -> Identity;

    /// Who this device speaks for.
    Whoami {} -> Identity;

    /// Where this node can be reached. Empty when it runs without a network.
    WhereToReach {} -> Listening;

    /// Who is connected, what is held, what waits.
    GetStatus {} -> Status;

    // ---- notebooks

    /// Begins a notebook with this person as its founder.
    NewNotebook {
        /// Its title.
        title: String,
        /// The problem it is built round.
        challenge: Option<String>,
    } -> Created;

    /// The notebooks that this person is a member of, by title and then id; not the private inbox.
    ListNotebooks {} -> Vec<NotebookLine>;

    /// All about one notebook, except its pages.
    ShowNotebook {
        /// Which.
        notebook: String,
    } -> NotebookView;

    /// Gives a notebook another title.
    RenameNotebook {
        /// Which.
        notebook: String,
        /// The new title.
        title: String,
    } -> Renamed;

    /// Says something else of a notebook, all of it as one change. `None` leaves a thing as it is; an empty text takes it
    /// away.
    DescribeNotebook {
        /// Which.
        notebook: String,
        /// The problem it is built round, at most 2,000 characters.
        challenge: Option<String>,
        /// What its members agreed to, at most 20,000 characters.
        ground_rules: Option<String>,
        /// When they look again at why they do this: a day, as in `2027-03-31`.
        review_date: Option<String>,
    } -> Renamed;

    /// Everyone with a role in it, and those whose joining is in question, the founder first, then by name and id.
    ListMembers {
        /// Which notebook.
        notebook: String,
    } -> Vec<MemberLine>;

    /// Removes a person and begins a new key, together.
    RemoveMember {
        /// From which notebook.
        notebook: String,
        /// Whom: id, beginning of an id, or name.
        person: String,
    } -> MemberChanged;

    /// Gives a person another role, or a role again.
    SetRole {
        /// In which notebook.
        notebook: String,
        /// Whom: id, beginning of an id, or name.
        person: String,
        /// The role they have from now on.
        role: Role,
    } -> MemberChanged;

    /// Makes another member the founder, who becomes an admin by it. This person stays an admin. It cannot be taken back.
    HandOver {
        /// Which notebook.
        notebook: String,
        /// To whom: id, beginning of an id, or name.
        person: String,
    } -> MemberChanged;

    /// Leaves a notebook; what this device holds of it is erased here. A founder hands it over first.
    LeaveNotebook {
        /// Which.
        notebook: String,
    } -> Renamed;

    /// Erases a notebook from this device. If others are members it is left first.
    DeleteNotebook {
        /// Which.
        notebook: String,
    } -> Renamed;

    // ---- invitations

    /// Makes a link that lets people join.
    Invite {
        /// To which notebook.
        notebook: String,
        /// As what.
        role: Role,
        /// How many people may use it, at least 1.
        uses: u64,
        /// For how long, in seconds.
        expires_seconds: u64,
    } -> Invited;

    /// The links of a notebook, newest first.
    ListInvitations {
        /// Which notebook.
        notebook: String,
    } -> Vec<InvitationView>;

    /// Closes a link.
    RevokeInvitation {
        /// The invitation's id or the beginning of it.
        invitation: String,
    } -> Created;

    /// What a link says of itself, without using it.
    ReadInvitation {
        /// The link.
        uri: String,
    } -> InvitationPreview;

    /// Joins by a link; answered when this device holds the notebook as the admitting member had it.
    Join {
        /// The link.
        uri: String,
        /// How long to try, in seconds; then the fault is `waiting` or `unreachable`.
        wait_seconds: u64,
    } -> Joined;

    // ---- pages

    /// Makes a page.
    NewPage {
        /// In which notebook.
        notebook: String,
        /// Its title.
        title: String,
        /// What it is made from, such as `note` (unless told) or `plan`.
        template: Option<String>,
        /// Its text, if it is not to be empty: Markdown, at most 2 MiB. Front matter becomes fields; a title or
        /// template in it gives way to those above.
        markdown: Option<String>,
    } -> Created;

    /// The pages of a notebook, the latest updated first, ties by id.
    ListPages {
        /// Which notebook.
        notebook: String,
    } -> Vec<PageLine>;

    /// The pages of a notebook that were deleted and can be brought back, the latest updated first, ties by id.
    ListDeletedPages {
        /// Which notebook.
        notebook: String,
    } -> Vec<PageLine>;

    /// All that stands on a page; also on a deleted one.
    ShowPage {
        /// Which.
        page: String,
        /// As it stood at this version; now, if none is named.
        at: Option<String>,
    } -> PageView;

    /// The page as Markdown, with its title, template and fields as front matter.
    ShowPageMarkdown {
        /// Which.
        page: String,
        /// As it stood at this version; now, if none is named.
        at: Option<String>,
    } -> MarkdownText;

    /// Adds Markdown at the end.
    AppendToPage {
        /// Which.
        page: String,
        /// What to add, at most 2 MiB.
        markdown: String,
    } -> Changed;

    /// Deletes and inserts text at one place.
    EditPage {
        /// Which.
        page: String,
        /// Where, in Unicode scalar values into the body text.
        at: u64,
        /// How many to delete from there.
        delete: u64,
        /// What to insert there.
        insert: String,
    } -> Changed;

    /// Makes the body read as this Markdown, by the smallest edit, keeping what others write meanwhile.
    ReplacePage {
        /// Which.
        page: String,
        /// The whole body, at most 2 MiB. Fields named in front matter are set; others stay.
        markdown: String,
    } -> Changed;

    /// The versions of a page, the newest first, after those that are kept and not on the page.
    PageHistory {
        /// Which.
        page: String,
    } -> Vec<VersionLine>;

    /// Every line of editing that something on the page was written in, and whose it is: what Automerge knows an author by.
    PageAuthors {
        /// Which page.
        page: String,
    } -> Vec<LineOfEditing>;

    /// Makes the page read as it did at a version, as a new change. A deleted one comes back, if it was not deleted then.
    RestorePage {
        /// Which.
        page: String,
        /// The version's id or the beginning of it.
        version: String,
    } -> Changed;

    /// Gives a page another title.
    RenamePage {
        /// Which.
        page: String,
        /// The new title.
        title: String,
    } -> Changed;

    /// Moves a page to another notebook: it is made there as it reads now, and deleted here.
    MovePage {
        /// Which.
        page: String,
        /// Where to.
        notebook: String,
    } -> Filed;

    /// Sets fields of a page in one change: all of them or none.
    SetFields {
        /// Which page.
        page: String,
        /// The fields.
        fields: Vec<FieldText>,
    } -> Changed;

    /// Deletes a page. Its history remains with those who hold it.
    DeletePage {
        /// Which.
        page: String,
    } -> Changed;

    /// Brings a deleted page back, with what was written on it since.
    BringBackPage {
        /// Which.
        page: String,
    } -> Changed;

    // ---- plans

    /// A plan: what it is for, outcomes, actions, and how far each partner has come.
    ShowPlan {
        /// Which page.
        page: String,
        /// Whether to show what was deleted too.
        deleted: bool,
    } -> PlanView;

    /// Says what a plan is for, by the smallest edit, keeping what others write meanwhile.
    SetWhy {
        /// Which page.
        page: String,
        /// What it is for; an empty text takes it away.
        text: String,
    } -> Changed;

    /// Adds an outcome at the end.
    AddOutcome {
        /// To which page.
        page: String,
        /// What is to come of the plan, at most 2,000 characters.
        text: String,
    } -> Created;

    /// Gives an outcome another text, by the smallest edit.
    SetOutcome {
        /// On which page.
        page: String,
        /// The outcome's id or the beginning of it.
        outcome: String,
        /// What it says, at most 2,000 characters.
        text: String,
    } -> Changed;

    /// Adds an action at the end.
    AddAction {
        /// To which page.
        page: String,
        /// What is to be done, at most 2,000 characters.
        text: String,
        /// What else there is to say about it, at most 20,000 characters.
        notes: Option<String>,
        /// Who sees to it: `me`, an id, the beginning of one, or a member's name.
        owner: Option<String>,
        /// The organisation that does it, by name.
        partner: Option<String>,
        /// The day on which it begins, as in `2027-03-01`.
        start: Option<String>,
        /// The day by which it is to be done, as in `2027-03-31`.
        due: Option<String>,
        /// How far it has come; `todo` unless told.
        status: Option<ActionStatus>,
        /// The outcome that it serves: its id or the beginning of it.
        outcome: Option<String>,
    } -> Created;

    /// Says something else of an action, all of it as one change. `None` leaves a thing as it is; an empty text takes it
    /// away. Texts are changed by the smallest edit.
    SetAction {
        /// On which page.
        page: String,
        /// The action's id or the beginning of it.
        action: String,
        /// What is to be done; it cannot be taken away.
        text: Option<String>,
        /// What else there is to say about it.
        notes: Option<String>,
        /// Who sees to it: `me`, an id, the beginning of one, or a member's name.
        owner: Option<String>,
        /// The organisation that does it, by name.
        partner: Option<String>,
        /// The day on which it begins.
        start: Option<String>,
        /// The day by which it is to be done.
        due: Option<String>,
        /// How far it has come.
        status: Option<ActionStatus>,
        /// The outcome that it serves: its id or the beginning of it.
        outcome: Option<String>,
    } -> Changed;

    /// Gives an outcome or action another place among those of its kind.
    MoveInPlan {
        /// On which page.
        page: String,
        /// The id of the outcome or action, or the beginning of it.
        item: String,
        /// Where to.
        to: PlaceInPlan,
    } -> Changed;

    /// Deletes an outcome or action. Its words stay, and it can be brought back.
    DeleteFromPlan {
        /// On which page.
        page: String,
        /// The id of the outcome or action, or the beginning of it.
        item: String,
    } -> Changed;

    /// Brings a deleted outcome or action back, with what was written in it since.
    BringBackToPlan {
        /// On which page.
        page: String,
        /// The id of the outcome or action, or the beginning of it.
        item: String,
    } -> Changed;

    // ---- files on pages

    /// Begins a file that is to stand on a page. Its pieces follow with `add_piece`, then `finish_file`, and then a page
    /// can show it.
    BeginFile {
        /// On which page.
        page: String,
    } -> Draft;

    /// Hands over the next piece of a file. It is durable when this is answered.
    AddPiece {
        /// Of which file.
        draft: u64,
        /// The bytes: as many as `begin_file` said, or fewer if it is the last.
        bytes: Base64,
    } -> Draft;

    /// The file is whole.
    FinishFile {
        /// Which file.
        draft: u64,
        /// What it is called; of a path the last part.
        name: String,
        /// What kind it is, such as `image/png`.
        media_type: String,
    } -> Attachment;

    /// Nobody goes on with a file.
    DropFile {
        /// Which file.
        draft: u64,
    } -> Draft;

    /// Puts a file at the end of a page. An editor writes the block itself, in its copy.
    PutAttachment {
        /// On which page.
        page: String,
        /// The file, as `finish_file` answered.
        attachment: Attachment,
        /// What is said of it.
        caption: String,
    } -> Changed;

    /// The files that a page shows, in its order, and how much of each is on this device.
    ListAttachments {
        /// Which page.
        page: String,
    } -> Vec<AttachmentLine>;

    /// Which file is meant by an id or the beginning of one, and a page that shows it.
    FindAttachment {
        /// The id or the beginning of it.
        attachment: String,
        /// The page that shows it; without one all pages are looked through.
        page: Option<String>,
    } -> FoundAttachment;

    /// Has all of a file on this device in the end, from members who have it. `file_came` tells how it goes on.
    FetchAttachment {
        /// A page that shows it.
        page: String,
        /// The file's whole id.
        attachment: String,
        /// How long members who are being dialled may take to arrive.
        wait_seconds: u64,
    } -> AttachmentLine;

    /// One piece of a file.
    ReadPiece {
        /// A page that shows it.
        page: String,
        /// The file's whole id.
        attachment: String,
        /// Which piece, counted from 0.
        piece: u64,
    } -> FilePiece;

    // ---- pages open in an editor, which has a copy of the document

    /// Lends a copy of a page to an editor: the whole Automerge document, and a line of editing to write in. What the
    /// editor changes it hands over with `write_page`; what others change it asks for with `page_news`, when it hears
    /// that the page has changed.
    OpenPage {
        /// Which.
        page: String,
    } -> OpenedPage;

    /// Takes changes that an editor made to its copy: all of them or none. Those that came before are passed over, so it
    /// may be asked again when no answer came.
    WritePage {
        /// Which page.
        page: String,
        /// The line of editing that was lent.
        actor: String,
        /// Raw Automerge changes in the order in which they were made, at most 256.
        changes: Vec<Base64>,
    } -> CopyStanding;

    /// What an editor's copy lacks.
    PageNews {
        /// Of which page.
        page: String,
        /// The line of editing that was lent.
        actor: String,
        /// The changes that nothing builds on in the copy, without those that were not handed over yet.
        have: Vec<String>,
    } -> CopyNews;

    /// Tells the members who are connected where this person is on a page; it is kept by nobody. To be said when it
    /// changes, at most some times a second, and again every ten seconds; who has said nothing for thirty is gone.
    BePresent {
        /// On which page.
        page: String,
        /// Where.
        caret: Caret,
    } -> Created;

    /// The editor is done with its copy, and the person has left the page.
    ClosePage {
        /// Of which page.
        page: String,
        /// The line of editing that was lent.
        actor: String,
    } -> Created;

    /// What an id names: a notebook or a page.
    Find {
        /// The id or the beginning of it.
        id: String,
    } -> Found;

    // ---- captures

    /// Saves a thought in the private inbox.
    Capture {
        /// The thought.
        text: String,
        /// Where it was had.
        at: Option<Coordinates>,
    } -> Created;

    /// The captures not filed yet, the newest first.
    ListInbox {} -> Vec<CaptureLine>;

    /// Moves a capture into a notebook: as a page of its own, or to the end of `page`.
    FileCapture {
        /// Which capture.
        capture: String,
        /// Into which notebook.
        notebook: String,
        /// At the end of this page of it, rather than as a page of its own.
        page: Option<String>,
    } -> Filed;

    // ---- files in and out

    /// Makes a page from each file. A file that cannot become a page is skipped with a reason and the others go on;
    /// each page is whole or not there.
    ImportPages {
        /// Into which notebook.
        notebook: String,
        /// The files, at most 8 MiB of text together.
        files: Vec<ImportFile>,
    } -> Imported;

    /// The next piece of a notebook's canonical form. Pieces joined in order are the whole; pages come in order of id.
    Canonical {
        /// Which notebook.
        notebook: String,
        /// The `next` of the piece before; none for the first piece.
        from: Option<String>,
    } -> CanonicalPart;

    // ---- care

    /// Answered when every connected peer has everything we have and the reverse, or when the time is over.
    SyncNow {
        /// How long to wait, in seconds.
        wait_seconds: u64,
    } -> SyncOutcome;

    /// Checks every record.
    Verify {
        /// Whether to have back what is damaged, and how; none only to look.
        repair: Option<Repair>,
    } -> Verified;

    /// The damage met since the folder was opened.
    ListDamage {} -> Vec<Damage>;
}
