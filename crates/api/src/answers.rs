//! The node's answers in the words of this room: ids in full, people by what they are called.

mod plans;

use hedgerow_model::{Attachment, Moment};
use hedgerow_node as node;
use hedgerow_node::Who;

use crate::request::Coordinates;
use crate::{Base64, Notice, When, reply};

/// As many, where a width of 64 bits is promised.
fn many(number: usize) -> u64 {
    number as u64
}

fn when(moment: Option<Moment>) -> Option<When> {
    moment.map(When)
}

fn texts(ids: Vec<impl std::fmt::Display>) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn all<A, B: From<A>>(answers: Vec<A>) -> Vec<B> {
    answers.into_iter().map(B::from).collect()
}

fn shown(who: Option<Who>) -> (Option<String>, Option<String>) {
    who.map(|who| (who.shown(), who.id.to_string())).unzip()
}

macro_rules! same_words {
    ($($from:ty => $to:ty { $($word:ident),* })*) => {$(
        impl From<$from> for $to {
            fn from(word: $from) -> $to {
                match word { $(<$from>::$word => <$to>::$word),* }
            }
        }
    )*};
}

same_words! {
    node::KeyKept => reply::KeyKept { Keychain, Passphrase, KeyFile }
    node::Aside => reply::Aside { Late, SecondVersion }
    node::MemberState => reply::MemberState { Founder, Member, Contested, AwaitsAdmin }
    node::LinkState => reply::InvitationState { Open, UsedUp, Revoked, Cut, Expired }
    node::RedemptionState => reply::RedemptionState { Stands, Seated, Contested, Void, AwaitsAdmin, Decided }
}

impl From<node::Identity> for reply::Identity {
    fn from(answer: node::Identity) -> reply::Identity {
        let profile = answer.profile;
        reply::Identity {
            person_id: answer.person.to_string(),
            device_id: answer.device.to_string(),
            name: profile.name.map(String::from),
            organisation: profile.organisation.map(String::from),
            sector: profile.sector.map(String::from),
            job: profile.job.map(String::from),
            level: profile.level,
            places: all(profile.places),
            key_kept: answer.key_kept.into(),
        }
    }
}

impl From<node::Reachable> for reply::Listening {
    fn from(answer: node::Reachable) -> reply::Listening {
        let device_id = answer.device.to_string();
        reply::Listening { device_id, peer_id: answer.peer_id, addresses: answer.addresses }
    }
}

impl From<node::Status> for reply::Status {
    fn from(answer: node::Status) -> reply::Status {
        let device_id = answer.device.to_string();
        reply::Status { device_id, peers: all(answer.peers), notebooks: all(answer.notebooks) }
    }
}

impl From<node::Peer> for reply::PeerLine {
    fn from(answer: node::Peer) -> reply::PeerLine {
        reply::PeerLine {
            person: answer.who.shown(),
            person_id: answer.who.id.to_string(),
            device_id: answer.device.to_string(),
            connected: answer.connected,
            last_seen: when(answer.last_seen),
            trouble: answer.trouble,
        }
    }
}

impl From<node::NotebookStatus> for reply::NotebookStatus {
    fn from(answer: node::NotebookStatus) -> reply::NotebookStatus {
        reply::NotebookStatus {
            id: answer.id.to_string(),
            title: answer.title,
            pages: many(answer.pages),
            waiting: many(answer.waiting),
            refused: many(answer.refused),
            holders: all(answer.holders),
        }
    }
}

impl From<node::Holder> for reply::Holder {
    fn from(answer: node::Holder) -> reply::Holder {
        reply::Holder {
            person: answer.who.shown(),
            person_id: answer.who.id.to_string(),
            device_id: answer.device.to_string(),
            has_all: answer.has_all,
            agreed: when(answer.agreed),
            connected: answer.connected,
            last_seen: when(answer.last_seen),
        }
    }
}

impl From<node::NotebookLine> for reply::NotebookLine {
    fn from(answer: node::NotebookLine) -> reply::NotebookLine {
        reply::NotebookLine {
            id: answer.id.to_string(),
            title: answer.title,
            challenge: answer.challenge,
            role: answer.role,
            pages: many(answer.pages),
            members: many(answer.members),
        }
    }
}

impl From<node::NotebookView> for reply::NotebookView {
    fn from(answer: node::NotebookView) -> reply::NotebookView {
        let line = answer.line;
        reply::NotebookView {
            id: line.id.to_string(),
            title: line.title,
            challenge: line.challenge,
            ground_rules: answer.ground_rules,
            review_date: answer.review_date,
            role: line.role,
            founder: answer.founder.shown(),
            founder_id: answer.founder.id.to_string(),
            pages: many(line.pages),
            members: many(line.members),
            waiting: many(answer.waiting),
            refused: all(answer.refused),
            holders: all(answer.holders),
        }
    }
}

impl From<node::RefusedLine> for reply::RefusedLine {
    fn from(answer: node::RefusedLine) -> reply::RefusedLine {
        let (author, author_id) = shown(answer.author);
        let page = answer.page.map(|page| page.to_string());
        reply::RefusedLine { record: answer.record.to_string(), author, author_id, page, why: answer.why }
    }
}

impl From<node::Titled> for reply::Renamed {
    fn from(answer: node::Titled) -> reply::Renamed {
        reply::Renamed { id: answer.id.to_string(), title: answer.title }
    }
}

impl From<node::Member> for reply::MemberLine {
    fn from(answer: node::Member) -> reply::MemberLine {
        let profile = answer.profile;
        reply::MemberLine {
            person_id: answer.who.id.to_string(),
            name: answer.who.name,
            organisation: profile.organisation.map(String::from),
            role: answer.role,
            state: answer.state.into(),
            sector: profile.sector.map(String::from),
            job: profile.job.map(String::from),
            level: profile.level,
            you: answer.you,
            why: answer.why,
        }
    }
}

impl From<node::MemberChanged> for reply::MemberChanged {
    fn from(answer: node::MemberChanged) -> reply::MemberChanged {
        reply::MemberChanged {
            notebook_id: answer.notebook.to_string(),
            title: answer.title,
            person_id: answer.who.id.to_string(),
            person: answer.who.shown(),
            role: answer.role,
        }
    }
}

impl From<node::Invited> for reply::Invited {
    fn from(answer: node::Invited) -> reply::Invited {
        reply::Invited {
            invitation: answer.invitation.to_string(),
            uri: answer.uri,
            notebook_id: answer.notebook.to_string(),
            title: answer.title,
            role: answer.role,
            uses: answer.uses,
            expires: When(answer.expires),
        }
    }
}

impl From<node::InvitationLine> for reply::InvitationView {
    fn from(answer: node::InvitationLine) -> reply::InvitationView {
        reply::InvitationView {
            invitation: answer.invitation.to_string(),
            role: answer.role,
            uses: answer.uses,
            used: answer.used,
            expires: When(answer.expires),
            state: answer.state.into(),
            by: answer.by.shown(),
            by_id: answer.by.id.to_string(),
            redemptions: all(answer.redemptions),
        }
    }
}

impl From<node::RedemptionLine> for reply::RedemptionLine {
    fn from(answer: node::RedemptionLine) -> reply::RedemptionLine {
        let (person, person_id) = (answer.who.shown(), answer.who.id.to_string());
        reply::RedemptionLine { person, person_id, state: answer.state.into(), why: answer.why }
    }
}

impl From<node::InvitationPreview> for reply::InvitationPreview {
    fn from(answer: node::InvitationPreview) -> reply::InvitationPreview {
        reply::InvitationPreview {
            invitation: answer.invitation.to_string(),
            notebook_id: answer.notebook.to_string(),
            title: answer.title,
            role: answer.role,
            inviter: answer.inviter,
            addresses: answer.addresses,
        }
    }
}

impl From<node::Joined> for reply::Joined {
    fn from(answer: node::Joined) -> reply::Joined {
        let (host, host_id) = shown(answer.host);
        reply::Joined {
            notebook_id: answer.notebook.to_string(),
            role: answer.role,
            title: answer.title,
            pages: many(answer.pages),
            words: answer.words,
            host,
            host_id,
        }
    }
}

impl From<node::PageLine> for reply::PageLine {
    fn from(answer: node::PageLine) -> reply::PageLine {
        reply::PageLine {
            id: answer.id.to_string(),
            title: answer.title,
            template: answer.template,
            updated: When(answer.updated),
            authors: answer.authors.iter().map(Who::shown).collect(),
            author_ids: answer.authors.iter().map(|who| who.id.to_string()).collect(),
            aside: answer.aside,
        }
    }
}

impl From<node::PageView> for reply::PageView {
    fn from(answer: node::PageView) -> reply::PageView {
        reply::PageView {
            id: answer.id.to_string(),
            title: answer.title,
            template: answer.template,
            deleted: answer.deleted,
            fields: answer.fields,
            blocks: all(answer.blocks),
            outcomes: all(answer.outcomes),
            actions: all(answer.actions),
            comments: all(answer.comments),
            heads: texts(answer.heads),
            notebook_id: answer.notebook.to_string(),
            body: answer.body,
            unknown: answer.unknown,
        }
    }
}

impl From<node::PageBlock> for reply::Block {
    fn from(answer: node::PageBlock) -> reply::Block {
        reply::Block {
            kind: answer.kind,
            parents: answer.parents,
            level: answer.level,
            start: answer.start,
            checked: answer.checked,
            language: answer.language,
            attachment: answer.attachment.map(Into::into),
            from: many(answer.from),
            text: answer.text,
            marks: all(answer.marks),
        }
    }
}

impl From<Attachment> for reply::Attachment {
    fn from(answer: Attachment) -> reply::Attachment {
        reply::Attachment {
            id: answer.id.to_string(),
            name: answer.name.to_string(),
            media_type: answer.media_type.to_string(),
            size: answer.size,
        }
    }
}

impl From<node::AttachmentLine> for reply::AttachmentLine {
    fn from(answer: node::AttachmentLine) -> reply::AttachmentLine {
        let reply::Attachment { id, name, media_type, size } = answer.file.into();
        let (caption, here, is_whole) = (answer.caption, answer.here, answer.is_whole);
        reply::AttachmentLine { id, name, media_type, size, caption, here, is_whole }
    }
}

impl From<node::FoundAttachment> for reply::FoundAttachment {
    fn from(answer: node::FoundAttachment) -> reply::FoundAttachment {
        let reply::Attachment { id, name, media_type, size } = answer.file.into();
        reply::FoundAttachment { id, name, media_type, size, page_id: answer.page.to_string() }
    }
}

impl From<node::TextMark> for reply::Mark {
    fn from(answer: node::TextMark) -> reply::Mark {
        reply::Mark { kind: answer.kind, from: many(answer.from), to: many(answer.to), href: answer.href }
    }
}

impl From<node::PageComment> for reply::Comment {
    fn from(answer: node::PageComment) -> reply::Comment {
        let (from, to) = answer.place.map(|(from, to)| (many(from), many(to))).unzip();
        reply::Comment {
            id: answer.id,
            from,
            to,
            text: answer.text,
            author: answer.author.shown(),
            author_id: answer.author.id.to_string(),
            when: When(answer.when),
            resolved: answer.resolved,
        }
    }
}

impl From<node::PageText> for reply::MarkdownText {
    fn from(answer: node::PageText) -> reply::MarkdownText {
        reply::MarkdownText { id: answer.id.to_string(), title: answer.title, markdown: answer.markdown }
    }
}

impl From<node::Changed> for reply::Changed {
    fn from(answer: node::Changed) -> reply::Changed {
        let (id, heads) = (answer.id.to_string(), texts(answer.heads));
        reply::Changed { id, title: answer.title, changed: answer.changed, heads }
    }
}

impl From<node::OpenedPage> for reply::OpenedPage {
    fn from(answer: node::OpenedPage) -> reply::OpenedPage {
        reply::OpenedPage {
            id: answer.id.to_string(),
            notebook_id: answer.notebook.to_string(),
            may_write: answer.may_write,
            document: Base64(answer.document),
            actor: answer.actor.to_string(),
            standing: answer.standing.into(),
        }
    }
}

impl From<node::CopyStanding> for reply::CopyStanding {
    fn from(answer: node::CopyStanding) -> reply::CopyStanding {
        reply::CopyStanding { heads: texts(answer.heads), message: answer.message }
    }
}

impl From<node::Caret> for reply::Caret {
    fn from(caret: node::Caret) -> reply::Caret {
        let text = |place: &node::Place| place.as_str().to_owned();
        reply::Caret { anchor: text(&caret.anchor), head: text(&caret.head) }
    }
}

impl From<node::CopyNews> for reply::CopyNews {
    fn from(answer: node::CopyNews) -> reply::CopyNews {
        let (whole, changes) = match answer.content {
            node::CopyContent::Whole(document) => (Some(Base64(document)), Vec::new()),
            node::CopyContent::Changes(changes) => (None, changes.into_iter().map(Base64).collect()),
        };
        reply::CopyNews { may_write: answer.may_write, whole, changes, standing: answer.standing.into() }
    }
}

impl From<node::LineOfEditing> for reply::LineOfEditing {
    fn from(answer: node::LineOfEditing) -> reply::LineOfEditing {
        let (author, author_id) = shown(answer.author);
        let device = answer.actor.device().to_string();
        reply::LineOfEditing { actor: answer.actor.to_string(), author, author_id, device }
    }
}

impl From<node::Version> for reply::VersionLine {
    fn from(answer: node::Version) -> reply::VersionLine {
        let (author, author_id) = shown(answer.author);
        reply::VersionLine {
            version: answer.version.to_string(),
            author,
            device: answer.device.to_string(),
            when: When(answer.when),
            summary: answer.summary,
            author_id,
            aside: answer.aside.map(Into::into),
        }
    }
}

impl From<node::Filed> for reply::Filed {
    fn from(answer: node::Filed) -> reply::Filed {
        reply::Filed {
            id: answer.id.to_string(),
            notebook_id: answer.notebook.to_string(),
            title: answer.title,
            notebook: answer.notebook_title,
        }
    }
}

impl From<node::Found> for reply::Found {
    fn from(answer: node::Found) -> reply::Found {
        let (kind, id) = match answer.id {
            node::FoundId::Notebook(id) => (reply::FoundKind::Notebook, id.to_string()),
            node::FoundId::Page(id) => (reply::FoundKind::Page, id.to_string()),
        };
        reply::Found { id, kind, title: answer.title, notebook_id: answer.notebook.to_string() }
    }
}

impl From<node::CaptureLine> for reply::CaptureLine {
    fn from(answer: node::CaptureLine) -> reply::CaptureLine {
        let at = answer.at.map(|(latitude, longitude)| Coordinates { latitude, longitude });
        reply::CaptureLine { id: answer.id.to_string(), text: answer.text, when: When(answer.when), at }
    }
}

impl From<node::ImportedFile> for reply::ImportedFile {
    fn from(answer: node::ImportedFile) -> reply::ImportedFile {
        let (id, why) = match answer.outcome {
            Ok(id) => (Some(id.to_string()), None),
            Err(why) => (None, Some(why)),
        };
        reply::ImportedFile { path: answer.path, id, why }
    }
}

impl From<node::CanonicalPart> for reply::CanonicalPart {
    fn from(answer: node::CanonicalPart) -> reply::CanonicalPart {
        reply::CanonicalPart { text: answer.text, next: answer.next }
    }
}

impl From<node::SyncOutcome> for reply::SyncOutcome {
    fn from(answer: node::SyncOutcome) -> reply::SyncOutcome {
        let with = answer
            .with
            .into_iter()
            .map(|(who, device)| reply::AgreedWith { person: who.shown(), device_id: device.to_string() });
        reply::SyncOutcome { agreed: answer.agreed, waiting: all(answer.waiting), with: with.collect() }
    }
}

impl From<node::WaitingFor> for reply::WaitingFor {
    fn from(answer: node::WaitingFor) -> reply::WaitingFor {
        let (notebook_id, notebook) = answer.notebook.map(|(id, title)| (id.to_string(), title)).unzip();
        reply::WaitingFor {
            person: answer.who.map(|who| who.shown()),
            device_id: answer.device.map(|device| device.to_string()),
            notebook,
            notebook_id,
            why: answer.why,
        }
    }
}

impl From<node::Verified> for reply::Verified {
    fn from(answer: node::Verified) -> reply::Verified {
        let (records, notebooks) = (many(answer.records), many(answer.notebooks));
        let (damaged, repaired, lost) = (all(answer.damaged), all(answer.repaired), all(answer.lost));
        reply::Verified { records, notebooks, damaged, repaired, lost, refused: all(answer.refused) }
    }
}

impl From<node::SetAside> for reply::SetAside {
    fn from(answer: node::SetAside) -> reply::SetAside {
        let (notebook_id, notebook) = answer.notebook;
        reply::SetAside { notebook_id: notebook_id.to_string(), notebook, refused: many(answer.refused) }
    }
}

impl From<node::Damage> for reply::Damage {
    fn from(answer: node::Damage) -> reply::Damage {
        let notebook_id = answer.notebook.map(|notebook| notebook.to_string());
        reply::Damage { say: answer.say, notebook_id, what: answer.what }
    }
}

impl From<node::Notice> for Notice {
    fn from(notice: node::Notice) -> Notice {
        use node::Notice as From;
        let name = |who: Option<Who>| who.map(|who| who.shown());
        match notice {
            From::PageChanged { notebook, page, here } => {
                Notice::PageChanged { notebook_id: notebook.to_string(), page_id: page.to_string(), here }
            }
            From::NotebookChanged { notebook } => Notice::NotebookChanged { notebook_id: notebook.to_string() },
            From::PeerConnected { device, who, address } => {
                Notice::PeerConnected { device_id: device.to_string(), person: name(who), address }
            }
            From::PeerDisconnected { device, who } => {
                Notice::PeerDisconnected { device_id: device.to_string(), person: name(who) }
            }
            From::Agreed { device, who, notebooks } => {
                Notice::Agreed { device_id: device.to_string(), person: name(who), notebook_ids: texts(notebooks) }
            }
            From::Admitted { notebook, who, words } => {
                let (person, person_id) = (who.shown(), who.id.to_string());
                Notice::Admitted { notebook_id: notebook.to_string(), person, person_id, words }
            }
            From::Present { notebook, page, device, who, caret } => Notice::Present {
                notebook_id: notebook.to_string(),
                page_id: page.to_string(),
                device_id: device.to_string(),
                person_id: who.as_ref().map(|who| who.id.to_string()),
                person: name(who),
                caret: caret.map(Into::into),
            },
            From::FileCame { notebook, attachment } => {
                Notice::FileCame { notebook_id: notebook.to_string(), attachment_id: attachment.to_string() }
            }
            From::Listening { address } => Notice::Listening { address },
            From::ListenFailed { address, why } => Notice::ListenFailed { address, why },
            From::Unreachable { device, address, why } => {
                Notice::Unreachable { device_id: device.map(|device| device.to_string()), address, why }
            }
            From::Refused { notebook, why } => {
                Notice::Refused { notebook_id: notebook.map(|notebook| notebook.to_string()), why }
            }
            From::Damaged(damage) => Notice::Damaged(damage.into()),
        }
    }
}
