//! What people do, in words.

use crate::network::{Network, Who};
use hedgerow_access::{Epochs, Form, InvitationUri, KeyNews, Record};
use hedgerow_document::{PageEdit, Plan, page};
use hedgerow_model::{EpochId, Lifetime, NotebookId, PageId, Role, TemplateKind, Title};
use hedgerow_sync::{Archive as _, Asked, Command, Deceit, MemberState, Outcome, PageBeginning, Refusal, Shelf};
use std::collections::BTreeSet;

/// A notebook of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Which.
    pub notebook: NotebookId,
    /// Its first page.
    pub page: Page,
}

/// A page of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Page {
    /// Where it is.
    pub notebook: NotebookId,
    /// Which.
    pub id: PageId,
}

impl Network {
    /// A notebook with one page, founded by `founder`.
    pub fn found(&mut self, founder: Who, title: &str) -> Shared {
        let title = Title::parse(title).expect("a title");
        let found = Command::FoundNotebook { title: title.clone(), challenge: None, inbox: false };
        let Ok(Outcome::Notebook(notebook)) = self.command(founder, found) else { panic!("it was not founded") };
        let page = self.begin_page(founder, notebook, title.as_str());
        Shared { notebook, page }
    }

    /// A notebook that `members` have joined as writers.
    pub fn share<const COUNT: usize>(&mut self, founder: Who, title: &str, members: [Who; COUNT]) -> Shared {
        let shared = self.found(founder, title);
        for member in members {
            self.bring_in(founder, shared.notebook, member, Role::Writer).expect("they join");
        }
        self.settle();
        shared
    }

    /// A new page.
    pub fn begin_page(&mut self, who: Who, notebook: NotebookId, title: &str) -> Page {
        let beginning = PageBeginning {
            title: Title::parse(title).expect("a title"),
            template: TemplateKind::note(),
            fields: Default::default(),
            body: Vec::new(),
            plan: Plan::default(),
        };
        match self.command(who, Command::NewPages(notebook, vec![beginning])) {
            Ok(Outcome::Pages(pages)) => Page { notebook, id: pages[0] },
            other => panic!("the page was not begun: {other:?}"),
        }
    }

    /// An invitation to one person, as the link.
    pub fn invite(&mut self, who: Who, notebook: NotebookId, role: Role) -> Result<String, Refusal> {
        let invite = Command::Invite { notebook, role, uses: 1, open: Lifetime::WEEK, addresses: Vec::new() };
        match self.command(who, invite)? {
            Outcome::Invited(_, link) => Ok(link),
            other => panic!("no invitation: {other:?}"),
        }
    }

    /// Accepts an invitation.
    pub fn accept(&mut self, who: Who, link: &str) -> Result<Outcome, Refusal> {
        let uri = InvitationUri::parse(link).expect("a whole link");
        self.command(who, Command::Join(Box::new(uri)))
    }

    /// Begins to accept an invitation, without waiting.
    pub fn ask_to_join(&mut self, who: Who, link: &str) -> Asked {
        let uri = InvitationUri::parse(link).expect("a whole link");
        self.ask(who, Command::Join(Box::new(uri)))
    }

    /// The answer to something asked, if it came.
    #[must_use]
    pub fn answered(&self, who: Who, asked: Asked) -> Option<&Result<Outcome, Refusal>> {
        self.people[who.0].answers.get(&asked)
    }

    /// Whether somebody's device was altered.
    #[must_use]
    pub fn is_altered(&self, who: Who) -> bool {
        self.altered.contains(&who)
    }

    /// Whether a notebook is on somebody's device.
    #[must_use]
    pub fn knows(&self, who: Who, notebook: NotebookId) -> bool {
        self.replica(who).notebook_line(&notebook).is_ok()
    }

    /// Writes with an altered device that does not ask whether it may. `false` when it has no key to write under.
    pub fn write_anyway(&mut self, who: Who, page: Page, text: &str) -> bool {
        let edit = PageEdit::Splice { at: 0, delete: 0, insert: text.to_owned() };
        let asked = self.ask(who, Command::Intrude(page.notebook, page.id, edit));
        self.pass(100);
        let written = self.answered(who, asked).is_some_and(Result::is_ok);
        if written {
            self.altered.insert(who);
        }
        written
    }

    /// Deceives the others with an altered device. `false` when it has nothing to deceive with.
    pub fn deceive(&mut self, who: Who, notebook: NotebookId, deceit: Deceit) -> bool {
        let asked = self.ask(who, Command::Deceive(notebook, deceit));
        self.pass(100);
        let done = self.answered(who, asked).is_some_and(Result::is_ok);
        if done {
            self.altered.insert(who);
        }
        done
    }

    /// Says to somebody whatever an altered device would say.
    pub fn say(&mut self, from: Who, to: Who, bytes: Vec<u8>) {
        self.send(from, self.device(to), bytes);
    }

    /// Invites and accepts.
    pub fn bring_in(&mut self, host: Who, notebook: NotebookId, guest: Who, role: Role) -> Result<Outcome, Refusal> {
        let link = self.invite(host, notebook, role)?;
        self.accept(guest, &link)
    }

    /// Types `text` at the end of a page, on a line of its own.
    ///
    /// # Panics
    /// When the device refuses.
    pub fn write(&mut self, who: Who, page: Page, text: &str) -> &mut Network {
        self.try_write(who, page, text).expect("they may write");
        self
    }

    /// Types `text` at the end of a page, on a line of its own, if the device lets them.
    pub fn try_write(&mut self, who: Who, page: Page, text: &str) -> Result<Outcome, Refusal> {
        let at = self.text(who, page).chars().count();
        let insert = if at == 0 { text.to_owned() } else { format!("\n{text}") };
        self.edit(who, page, PageEdit::Splice { at, delete: 0, insert })
    }

    /// Types `text` at the end of a page, one change for each letter.
    ///
    /// # Panics
    /// When the device refuses.
    pub fn type_out(&mut self, who: Who, page: Page, text: &str) {
        let end = self.text(who, page).chars().count();
        for (nth, letter) in text.chars().enumerate() {
            let edit = PageEdit::Splice { at: end + nth, delete: 0, insert: letter.to_string() };
            self.edit(who, page, edit).expect("they may write");
        }
    }

    /// Changes a page.
    pub fn edit(&mut self, who: Who, page: Page, edit: PageEdit) -> Result<Outcome, Refusal> {
        self.command(who, Command::EditPage(page.notebook, page.id, edit))
    }

    /// What a page says on somebody's device; nothing where it is not.
    pub fn text(&mut self, who: Who, page: Page) -> String {
        let view = self.look(who, |replica, disk| replica.page(disk, &page.notebook, &page.id, None));
        view.map(|view| view.body).unwrap_or_default()
    }

    /// What a page says, and its title.
    pub fn page(&mut self, who: Who, page: Page) -> Option<page::Page> {
        self.look(who, |replica, disk| replica.page(disk, &page.notebook, &page.id, None)).ok().map(|view| view.page)
    }

    /// The plan on a page; an empty one where the page is not.
    pub fn plan(&mut self, who: Who, page: Page) -> Plan {
        let view = self.look(who, |replica, disk| replica.plan(disk, &page.notebook, &page.id));
        view.map(|view| view.plan).unwrap_or_default()
    }

    /// All words that people wrote on a page: its body, and what is said in its plan, also of what was deleted.
    pub fn words(&mut self, who: Who, page: Page) -> String {
        let mut words = self.text(who, page);
        let plan = self.plan(who, page);
        let outcomes = plan.outcomes.into_iter().map(|outcome| outcome.text);
        for text in outcomes.chain(plan.actions.into_iter().flat_map(|action| [action.text, action.notes])) {
            words.push('\n');
            words.push_str(&text);
        }
        words
    }

    /// Removes somebody.
    pub fn remove(&mut self, who: Who, notebook: NotebookId, whom: Who) -> Result<Outcome, Refusal> {
        let whom = self.id(whom);
        self.command(who, Command::RemoveMember(notebook, whom))
    }

    /// The canonical form of a whole notebook on somebody's device.
    pub fn canonical(&mut self, who: Who, notebook: NotebookId) -> String {
        self.look(who, |replica, disk| {
            let mut text = replica.canonical_head(disk, &notebook).unwrap_or_else(|refusal| refusal.to_string());
            for page in replica.canonical_pages(&notebook).unwrap_or_default() {
                text += &replica.canonical_page(disk, &notebook, &page).unwrap_or_else(|refusal| refusal.to_string());
            }
            text
        })
    }

    /// How many records of a notebook, on somebody's device, nobody reads who has nothing but `whose` recovery phrase.
    ///
    /// # Panics
    /// When the disk holds something that is no record.
    pub fn unread_with_phrase(&mut self, whose: Who, notebook: NotebookId, on: Who) -> usize {
        let phrase = self.recovery(whose);
        let records: Vec<Record> = self.look(on, |replica, disk| {
            let set = replica.inventory(&notebook);
            let rows = disk.scan(Shelf::Record, &[]).expect("a disk in memory can be read");
            let records = rows.into_iter().map(|(_, bytes)| Record::parse(bytes).expect("as it was saved"));
            let is_in = |record: &Record| {
                let what = set.get(&record.id());
                what.is_some_and(|what| !["replaced", "refused", "waiting", "being saved"].contains(what))
            };
            records.filter(is_in).collect()
        });
        let (keys, others): (Vec<Record>, Vec<Record>) =
            records.into_iter().partition(|record| record.form() == Form::Key);
        let mut epochs = Epochs::empty();
        let mut news = true;
        while std::mem::take(&mut news) {
            for record in &keys {
                let took = epochs.receive(record, &*phrase, &notebook);
                news |= matches!(took, Ok(KeyNews::Learned(_)));
            }
        }
        others.iter().filter(|record| epochs.key(&record.epoch()).is_none_or(|key| record.open(key).is_err())).count()
    }

    /// The epochs that changes of documents lie under, as far as somebody's device has them.
    ///
    /// # Panics
    /// When the disk holds something that is no record.
    pub fn written_under(&mut self, on: Who, notebook: NotebookId) -> BTreeSet<EpochId> {
        self.look(on, |replica, disk| {
            let set = replica.inventory(&notebook);
            let rows = disk.scan(Shelf::Record, &[]).expect("a disk in memory can be read");
            let records = rows.into_iter().map(|(_, bytes)| Record::parse(bytes).expect("as it was saved"));
            let written = records.filter(|record| set.get(&record.id()) == Some(&"a change"));
            written.map(|record| record.epoch()).collect()
        })
    }

    /// What a device may do itself in a notebook, as far as it knows.
    #[must_use]
    pub fn may(&self, who: Who, notebook: NotebookId) -> Option<Role> {
        self.replica(who).notebook_line(&notebook).ok()?.role
    }

    /// Whether a device is a member's in a notebook, on somebody's device.
    #[must_use]
    pub fn is_in(&self, on: Who, notebook: NotebookId, device: Who) -> bool {
        let members = self.replica(on).members(&notebook).unwrap_or_default();
        members.iter().any(|member| member.role.is_some() && member.devices.contains(&self.device(device)))
    }

    /// Whether somebody's device takes its person for the founder.
    #[must_use]
    pub fn is_founder(&self, who: Who, notebook: NotebookId) -> bool {
        let members = self.replica(who).members(&notebook).unwrap_or_default();
        members.iter().any(|member| member.state == MemberState::Founder && member.person == self.id(who))
    }

    /// Somebody's role in a notebook, on somebody's device.
    #[must_use]
    pub fn role(&self, on: Who, notebook: NotebookId, of: Who) -> Option<Role> {
        let members = self.replica(on).members(&notebook).ok()?;
        members.into_iter().find(|member| member.person == self.id(of))?.role
    }
}
