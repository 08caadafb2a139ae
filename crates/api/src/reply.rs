//! What a node answers. The field names are a contract: the command line prints these with `--json`.
//!
//! A field named `person`, `author`, `authors` or `by` holds what people call somebody: their name, or their whole id
//! when they gave none. The id stands beside it in a field that ends in `_id`. Ids are whole.

use hedgerow_model::{Level, Role};
use serde::{Deserialize, Serialize};

use crate::When;

macro_rules! replies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    )*};
}

mod pages;
mod plans;

pub use pages::*;
pub use plans::*;

replies! {
    /// Who this device speaks for.
    Identity {
        /// The person.
        person_id: String,
        /// The device.
        device_id: String,
        /// What they are called.
        name: Option<String>,
        /// Where they work.
        organisation: Option<String>,
        /// Council, health, charity ...
        sector: Option<String>,
        /// What they do there.
        job: Option<String>,
        /// Where in the organisation.
        level: Option<Level>,
        /// The places they work for.
        places: Vec<String>,
        /// What guards the key that seals this folder.
        key_kept: KeyKept,
    }

    /// Where a node can be reached.
    Listening {
        /// The device.
        device_id: String,
        /// The same, as libp2p writes it.
        peer_id: String,
        /// Multiaddresses with the peer id at their end.
        addresses: Vec<String>,
    }

    /// Who is connected, what is held, what waits.
    Status {
        /// This device.
        device_id: String,
        /// The devices of people we share with, connected ones first, then by name and id.
        peers: Vec<PeerLine>,
        /// The notebooks, by title and then id; not the private inbox.
        notebooks: Vec<NotebookStatus>,
    }

    /// A device of somebody we share with.
    PeerLine {
        /// Whose it is.
        person: String,
        /// Whose it is, by id.
        person_id: String,
        /// The device.
        device_id: String,
        /// Whether it is connected now.
        connected: bool,
        /// When it was last connected, on our clock; none if never.
        last_seen: Option<When>,
        /// Why the last try to reach it failed, if it did and it is not connected.
        trouble: Option<String>,
    }

    /// How it stands with a notebook.
    NotebookStatus {
        /// The notebook.
        id: String,
        /// Its title.
        title: String,
        /// How many pages it has.
        pages: u64,
        /// How many records are here that cannot be shown yet: what they build on, or their key, has not arrived.
        waiting: u64,
        /// How many records were refused.
        refused: u64,
        /// What the other members' devices have of it.
        holders: Vec<Holder>,
    }

    /// What another member's device has of a notebook, as far as we know.
    Holder {
        /// Whose device.
        person: String,
        /// Whose device, by id.
        person_id: String,
        /// The device.
        device_id: String,
        /// Whether it has everything that we have; also while it is away.
        has_all: bool,
        /// When it was last found, on our clock, that both hold the same; none if never. Without `has_all`, it lacks what
        /// came after.
        agreed: Option<When>,
        /// Whether it is connected now.
        connected: bool,
        /// When it was last connected, on our clock.
        last_seen: Option<When>,
    }

    /// Something was made, or an invitation closed.
    Created {
        /// Its id.
        id: String,
    }

    /// A line in the list of notebooks.
    NotebookLine {
        /// The notebook.
        id: String,
        /// Its title.
        title: String,
        /// The problem it is built round.
        challenge: Option<String>,
        /// This person's role; none when they were removed and still hold a copy.
        role: Option<Role>,
        /// How many pages it has.
        pages: u64,
        /// How many members.
        members: u64,
    }

    /// All about one notebook, except its pages.
    NotebookView {
        /// The notebook.
        id: String,
        /// Its title.
        title: String,
        /// The problem it is built round.
        challenge: Option<String>,
        /// What its members agreed to.
        ground_rules: Option<String>,
        /// When they look again at why they do this: a date.
        review_date: Option<String>,
        /// This person's role; none when they were removed and still hold a copy.
        role: Option<Role>,
        /// Who founded it.
        founder: String,
        /// Who founded it, by id.
        founder_id: String,
        /// How many pages it has.
        pages: u64,
        /// How many members.
        members: u64,
        /// Records that cannot be shown yet.
        waiting: u64,
        /// What was refused, the latest 100.
        refused: Vec<RefusedLine>,
        /// What the other members' devices have of it.
        holders: Vec<Holder>,
    }

    /// Something that was sent and not taken in.
    RefusedLine {
        /// The record's id.
        record: String,
        /// Who wrote it, where that could be told.
        author: Option<String>,
        /// Who wrote it, by id.
        author_id: Option<String>,
        /// The page it was for, where that could be told.
        page: Option<String>,
        /// Why it was refused.
        why: String,
    }

    /// A notebook after it was renamed, left or deleted.
    Renamed {
        /// The notebook.
        id: String,
        /// Its title, the last it had here.
        title: String,
    }

    /// A member.
    MemberLine {
        /// The person.
        person_id: String,
        /// What they are called.
        name: Option<String>,
        /// Where they work.
        organisation: Option<String>,
        /// Their role; none where their joining is in question.
        role: Option<Role>,
        /// How they stand.
        state: MemberState,
        /// Council, health, charity ...
        sector: Option<String>,
        /// What they do.
        job: Option<String>,
        /// Where in the organisation.
        level: Option<Level>,
        /// Whether it is this device's person.
        you: bool,
        /// Why their joining is in question, in words, if it is.
        why: Option<String>,
    }

    /// A person was removed, has another role, or is the founder now.
    MemberChanged {
        /// In which notebook.
        notebook_id: String,
        /// Its title.
        title: String,
        /// Who.
        person_id: String,
        /// What they are called.
        person: String,
        /// The role from now on; none when they were removed.
        role: Option<Role>,
    }

    /// A link was made.
    Invited {
        /// The invitation's id.
        invitation: String,
        /// The link. It is a secret: whoever has it may use it.
        uri: String,
        /// To which notebook.
        notebook_id: String,
        /// Its title.
        title: String,
        /// As what.
        role: Role,
        /// How many people may use it.
        uses: u64,
        /// Until when.
        expires: When,
    }

    /// A link in the list.
    InvitationView {
        /// The invitation's id.
        invitation: String,
        /// As what.
        role: Role,
        /// How many people may use it.
        uses: u64,
        /// How many have.
        used: u64,
        /// Until when.
        expires: When,
        /// Whether it can still be used.
        state: InvitationState,
        /// Who made it.
        by: String,
        /// Who made it, by id.
        by_id: String,
        /// Who used it, in the order in which this device would seat them.
        redemptions: Vec<RedemptionLine>,
    }

    /// Somebody used a link.
    RedemptionLine {
        /// Who.
        person: String,
        /// Who, by id.
        person_id: String,
        /// Whether it stands.
        state: RedemptionState,
        /// Why it does not, in words, if it does not.
        why: Option<String>,
    }

    /// What a link says of itself.
    InvitationPreview {
        /// The invitation's id.
        invitation: String,
        /// To which notebook.
        notebook_id: String,
        /// Its title when the link was made.
        title: String,
        /// As what.
        role: Role,
        /// Who invites, as they called themselves.
        inviter: Option<String>,
        /// Where members may be found.
        addresses: Vec<String>,
    }

    /// This device joined.
    Joined {
        /// The notebook.
        notebook_id: String,
        /// This person's role.
        role: Role,
        /// Its title.
        title: String,
        /// How many pages it has.
        pages: u64,
        /// Short words that both sides see, to compare by voice.
        words: Vec<String>,
        /// Who admitted us; none if they are not known any more.
        host: Option<String>,
        /// Who admitted us, by id.
        host_id: Option<String>,
    }

    /// What an id names.
    Found {
        /// The whole id.
        id: String,
        /// What it is.
        kind: FoundKind,
        /// Its title.
        title: String,
        /// The notebook: itself, or the one the page is in.
        notebook_id: String,
    }

    /// A capture that waits to be filed.
    CaptureLine {
        /// The capture.
        id: String,
        /// What was said.
        text: String,
        /// When, on this device's clock.
        when: When,
        /// Where: degrees north and east.
        at: Option<crate::request::Coordinates>,
    }

    /// A page or capture is in another notebook now.
    Filed {
        /// The page that holds it now.
        id: String,
        /// The notebook that this page is in.
        notebook_id: String,
        /// The page's title.
        title: String,
        /// The notebook's title.
        notebook: String,
    }

    /// What became of each file, in the order given.
    Imported {
        /// One for each.
        files: Vec<ImportedFile>,
    }

    /// What became of a file.
    ImportedFile {
        /// Its path as it was given.
        path: String,
        /// The page made from it.
        id: Option<String>,
        /// Why none was made, if none was.
        why: Option<String>,
    }

    /// A piece of a notebook's canonical form.
    CanonicalPart {
        /// The piece, at most about 4 MiB.
        text: String,
        /// What to ask for next; none after the last piece.
        next: Option<String>,
    }

    /// Whether we and our peers have the same.
    SyncOutcome {
        /// Whether every connected peer has everything we have and the reverse.
        agreed: bool,
        /// What is still waited for; empty when agreed.
        waiting: Vec<WaitingFor>,
        /// The devices that we agree with.
        with: Vec<AgreedWith>,
    }

    /// Something that sync waits for.
    WaitingFor {
        /// Whose device, if it is one's.
        person: Option<String>,
        /// The device.
        device_id: Option<String>,
        /// The notebook's title, if it is about one.
        notebook: Option<String>,
        /// The notebook.
        notebook_id: Option<String>,
        /// What is missing, in words.
        why: String,
    }

    /// A device that has what we have.
    AgreedWith {
        /// Whose.
        person: String,
        /// The device.
        device_id: String,
    }

    /// What a check of every record found.
    Verified {
        /// How many records were checked.
        records: u64,
        /// How many notebooks they belong to.
        notebooks: u64,
        /// What is damaged, and will be told again; empty when all is well.
        damaged: Vec<Damage>,
        /// What was damaged and is not any more.
        repaired: Vec<Damage>,
        /// What could not be had back, told this once.
        lost: Vec<Damage>,
        /// Where records that others sent were refused.
        refused: Vec<SetAside>,
    }

    /// Records that others sent to a notebook, and that were not taken in.
    SetAside {
        /// The notebook.
        notebook_id: String,
        /// Its title.
        notebook: String,
        /// How many are remembered.
        refused: u64,
    }

    /// Something stored here that does not read as it was written.
    Damage {
        /// What, which one, and what is lost or can be done, in one line.
        say: String,
        /// The notebook, if it is known which.
        notebook_id: Option<String>,
        /// The record's id or the file's name.
        what: String,
    }
}

/// What guards the key that seals a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum KeyKept {
    /// The operating system's keychain.
    Keychain,
    /// A passphrase that the person types.
    Passphrase,
    /// A file beside the data that only this user can read: it does not stop a thief of the disk.
    KeyFile,
}

/// How a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum MemberState {
    /// Began the notebook, or took it over.
    Founder,
    /// In.
    Member,
    /// Used a link that too many used at once; an admin picks.
    Contested,
    /// Waits for an admin.
    AwaitsAdmin,
}

/// Why a version of a page is kept and not on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Aside {
    /// Its writer may not write any more, and wrote it without having heard so.
    Late,
    /// Two devices went on from one copy of a folder, and the other's version stands.
    SecondVersion,
}

/// How a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum InvitationState {
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

/// How the use of a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RedemptionState {
    /// In by it.
    Stands,
    /// In by it, and an admin's device confirmed it.
    Seated,
    /// Too many used the link at once; an admin picks.
    Contested,
    /// Undone: the link had been closed, or whoever admitted them fell.
    Void,
    /// Waits for an admin.
    AwaitsAdmin,
    /// Contested, or waited for an admin, until one gave or took their role, or they left.
    Decided,
}

/// What an id can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum FoundKind {
    /// A notebook.
    Notebook,
    /// A page.
    Page,
}
