//! What the loop owns, and every question is put to.

use crate::agreed::Agreed;
use crate::answers::{Damage, Holder, Notice, Who};
use crate::archive::Shelves;
use crate::fault::NodeFault;
use crate::identity::KeyKept;
use crate::peers::Book;
use crate::references;
use hedgerow_model::{ChangeHash, DeviceId, Label, Moment, NotebookId, PageId, PersonId, Profile, Title};
use hedgerow_net::Net;
use hedgerow_sync::{NotebookLine, PageHead, PageView, Replica};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::broadcast;

/// The damage that is remembered; of more than this only the first is.
const DAMAGE: usize = 1_000;

/// Devices of which it is remembered why they could not be reached.
const STRANGERS: usize = 256;

/// What a notebook is called whose title has not arrived yet.
const UNTITLED: &str = "(its title has not arrived yet)";

/// Everything that is known here, and what it is known with.
pub(crate) struct Mind {
    pub(crate) replica: Replica,
    pub(crate) shelves: Shelves,
    pub(crate) book: Book,
    pub(crate) agreed: Agreed,
    pub(crate) net: Option<Net>,
    pub(crate) kept: KeyKept,
    /// What the person says of themselves, as far as it is durable.
    pub(crate) profile: Profile,
    /// Who is connected, and where they are.
    pub(crate) connected: BTreeMap<DeviceId, String>,
    /// Why devices that are no contacts could not be reached: those that a link names.
    pub(crate) unreached: BTreeMap<DeviceId, String>,
    pub(crate) damage: Vec<Damage>,
    /// What the store lost as a whole and was not repaired yet, in words.
    pub(crate) losses: Vec<String>,
    /// The number of what the person said of themselves last that was handed to the disk.
    pub(crate) said: u64,
    pub(crate) notices: broadcast::Sender<Notice>,
    pub(crate) now: Moment,
}

impl Mind {
    /// This device.
    pub(crate) fn device(&self) -> DeviceId {
        self.replica.me().device()
    }

    /// This device's person.
    pub(crate) fn person(&self) -> PersonId {
        self.replica.me().person()
    }

    /// A person with what they are called.
    pub(crate) fn who(&self, person: &PersonId) -> Who {
        let name = if *person == self.person() {
            self.profile.name.as_ref()
        } else {
            self.replica.profile_of(person).and_then(|profile| profile.name.as_ref())
        };
        Who { name: name.map(Label::to_string), id: *person }
    }

    /// Whose a device is.
    pub(crate) fn who_of(&self, device: &DeviceId) -> Option<Who> {
        self.replica.person_of(device).map(|person| self.who(&person))
    }

    /// Tells whoever listens.
    pub(crate) fn notify(&self, notice: Notice) {
        // Fails only when nobody listens.
        let _ = self.notices.send(notice);
    }

    /// Remembers damage, and tells of it once.
    pub(crate) fn damaged(&mut self, say: String, notebook: Option<NotebookId>, what: String) {
        let damage = Damage { say, notebook, what };
        if self.damage.len() < DAMAGE && !self.damage.contains(&damage) {
            self.damage.push(damage.clone());
            self.notify(Notice::Damaged(damage));
        }
    }

    /// The notebooks that lists show: not the inbox.
    pub(crate) fn shared_notebooks(&self) -> Vec<NotebookLine> {
        let mut lines = self.replica.notebooks();
        lines.retain(|line| !line.inbox);
        lines.sort_by(|a, b| titled(a.title.as_ref()).cmp(&titled(b.title.as_ref())).then(a.id.cmp(&b.id)));
        lines
    }

    /// The notebook that somebody means.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub(crate) fn notebook_meant(&self, raw: &str) -> Result<NotebookId, NodeFault> {
        let prefix = references::prefix("notebook", raw)?;
        let ids = self.replica.notebooks().into_iter().filter(|line| !line.inbox).map(|line| line.id);
        let unreadable = self.replica.unreadable();
        let found: Vec<NotebookId> = ids.filter(|id| id.starts_with(&prefix)).collect();
        if found.is_empty()
            && let Some((id, why)) = unreadable.iter().find(|(id, _)| id.starts_with(&prefix))
        {
            return Err(NodeFault::Device(format!("notebook {id} cannot be read: {why}; `hedgerow verify` says more")));
        }
        references::only("notebook", raw, found, ToString::to_string)
    }

    /// The page that somebody means, captures among them, and the notebook it is in.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub(crate) fn page_meant(&self, raw: &str) -> Result<(NotebookId, PageId), NodeFault> {
        let prefix = references::prefix("page", raw)?;
        references::only("page", raw, self.replica.find_page(&prefix), |(_, page)| page.to_string())
    }

    /// The page that somebody means, deleted or not.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub(crate) fn any_page_meant(&self, raw: &str) -> Result<(NotebookId, PageId), NodeFault> {
        let prefix = references::prefix("page", raw)?;
        references::only("page", raw, self.replica.find_any_page(&prefix), |(_, page)| page.to_string())
    }

    /// The version of a page that somebody means.
    ///
    /// # Errors
    /// When there is none, or more than one, or the page cannot be read.
    pub(crate) fn version_meant(&mut self, page: (NotebookId, PageId), raw: &str) -> Result<ChangeHash, NodeFault> {
        let prefix = references::prefix("version", raw)?;
        let found = self.replica.find_version(&self.shelves, &page.0, &page.1, &prefix)?;
        references::only("version", raw, found, ToString::to_string)
    }

    /// A page as it is now, or was at a version.
    ///
    /// # Errors
    /// When it is not here or cannot be read.
    pub(crate) fn page(&mut self, page: (NotebookId, PageId), at: Option<ChangeHash>) -> Result<PageView, NodeFault> {
        let at = at.map(|version| [version]);
        Ok(self.replica.page(&self.shelves, &page.0, &page.1, at.as_ref().map(|version| &version[..]))?)
    }

    /// Where a page stands, without reading what is on it.
    ///
    /// # Errors
    /// When it is not here or cannot be read.
    pub(crate) fn page_head(&mut self, page: (NotebookId, PageId)) -> Result<PageHead, NodeFault> {
        Ok(self.replica.page_head(&self.shelves, &page.0, &page.1)?)
    }

    /// What a notebook is called.
    pub(crate) fn title(&self, notebook: &NotebookId) -> String {
        let line = self.replica.notebook_line(notebook).ok();
        titled(line.and_then(|line| line.title).as_ref())
    }

    /// The person that somebody means among the members of a notebook.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub(crate) fn member_meant(&self, notebook: &NotebookId, raw: &str) -> Result<PersonId, NodeFault> {
        let members = self.replica.members(notebook)?;
        let known: Vec<(PersonId, Option<String>)> =
            members.into_iter().map(|member| (member.person, self.who(&member.person).name)).collect();
        references::person(raw, &known)
    }

    /// How many records of a notebook cannot be shown yet.
    pub(crate) fn waiting(&self, notebook: &NotebookId) -> usize {
        self.replica.waits(notebook).map_or(0, |waits| waits.values().sum())
    }

    /// What the devices of other members have of a notebook: all, if it is now what it was when we last compared.
    pub(crate) fn holders(&self, notebook: &NotebookId) -> Vec<Holder> {
        let now = self.replica.sum(notebook);
        let members = self.replica.members(notebook).unwrap_or_default();
        let mut holders = Vec::new();
        for member in members.iter().filter(|member| member.person != self.person()) {
            for device in &member.devices {
                let then = self.agreed.get(device, notebook);
                let when = self.book.get(device).and_then(|met| met.agreed);
                holders.push(Holder {
                    who: self.who(&member.person),
                    device: *device,
                    has_all: then.is_some() && then == now,
                    agreed: then.and(when),
                    connected: self.connected.contains_key(device),
                    last_seen: self.last_seen(device),
                });
            }
        }
        holders.sort_by(|a, b| a.who.cmp(&b.who).then(a.device.cmp(&b.device)));
        holders
    }

    /// A device could not be reached.
    pub(crate) fn failed(&mut self, device: &DeviceId, why: &str) {
        self.book.failed(device, why);
        if self.unreached.len() < STRANGERS || self.unreached.contains_key(device) {
            self.unreached.insert(*device, why.to_owned());
        }
    }

    /// When a device was last connected: now, if it is.
    pub(crate) fn last_seen(&self, device: &DeviceId) -> Option<Moment> {
        if self.connected.contains_key(device) {
            return Some(self.now);
        }
        self.book.get(device).and_then(|met| met.last_seen)
    }

    /// Whom to stay in touch with, brought up to date with the membership that is known.
    pub(crate) fn keep_in_touch(&mut self) {
        let contacts: BTreeSet<DeviceId> = self.replica.contacts();
        let (new, gone) = self.book.keep(&contacts);
        self.agreed.keep(&contacts);
        for device in new {
            if let Some(address) = self.connected.get(&device) {
                self.book.connected(&device, address, self.now);
            }
            if let Some(net) = &self.net {
                net.know(device, self.book.addresses(&device));
            }
        }
        for device in gone {
            if let Some(net) = &self.net {
                net.forget(device);
            }
        }
    }
}

/// A title as text, or words for one that has not arrived.
pub(crate) fn titled(title: Option<&Title>) -> String {
    title.map_or_else(|| UNTITLED.to_owned(), |title| title.as_str().to_owned())
}
