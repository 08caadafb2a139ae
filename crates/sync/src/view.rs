//! What a replica can say about what it holds. Nothing here changes anything that is kept.

use crate::archive::Archive;
use crate::aside::Aside;
use crate::event::Refusal;
use crate::notebook::{Notebook, Sum};
use crate::replica::{Replica, my_role};
use crate::waiting::{Need, Refused};
use hedgerow_access::{InvitationState, Link, RedemptionNotice, RedemptionState, Standing, StreamName};
use hedgerow_document::{Document, Unknown, canonical, comments, history, page};
use hedgerow_model::{
    ActorId, ChangeHash, DeviceId, IdPrefix, InvitationId, Moment, NotebookId, PageId, PersonId, Profile, RecordId,
    Role, TemplateKind, Title,
};
use std::collections::{BTreeMap, BTreeSet};

/// One notebook as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotebookLine {
    /// Which.
    pub id: NotebookId,
    /// Its title; `None` while its document has not arrived.
    pub title: Option<Title>,
    /// This device's person's role; `None` after removal or leaving.
    pub role: Option<Role>,
    /// Pages that are not deleted.
    pub pages: usize,
    /// Members.
    pub members: usize,
    /// Records that cannot be judged yet, and own ones that no other member is known to hold.
    pub waiting: usize,
    /// Records refused here.
    pub refused: usize,
    /// Whether it is the private inbox.
    pub inbox: bool,
}

/// A page as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLine {
    /// Which.
    pub id: PageId,
    /// Its title.
    pub title: Title,
    /// What it is made from.
    pub template: TemplateKind,
    /// When it was last changed, by that author's clock.
    pub updated: Moment,
    /// Everybody who wrote what it shows.
    pub authors: BTreeSet<PersonId>,
    /// Changes that are kept and not shown.
    pub not_shown: u32,
}

/// A page, whole.
#[derive(Debug)]
pub struct PageView {
    /// Where it is.
    pub notebook: NotebookId,
    /// The page itself.
    pub page: page::Page,
    /// What it holds that this version cannot show.
    pub unknown: Vec<Unknown>,
    /// The body text that offsets count into.
    pub body: String,
    /// Comments with where they stand now.
    pub comments: Vec<(comments::Comment, Option<(usize, usize)>)>,
    /// The changes that nothing builds on yet.
    pub heads: Vec<ChangeHash>,
}

/// Where a page stands, without what is on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageHead {
    /// Its title.
    pub title: Title,
    /// The changes that nothing builds on yet.
    pub heads: Vec<ChangeHash>,
}

/// A member, or somebody whose joining is in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberLine {
    /// Who.
    pub person: PersonId,
    /// What they say of themselves.
    pub profile: Profile,
    /// Their role; `None` while in question.
    pub role: Option<Role>,
    /// How they stand.
    pub state: MemberState,
    /// Their devices.
    pub devices: Vec<DeviceId>,
}

/// How a person stands in a notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberState {
    /// Founded it, or was handed it.
    Founder,
    /// A member.
    Member,
    /// Joined by a link beside others for too few places: an admin picks.
    Contested,
    /// Joined by an admin's link: an admin confirms.
    AwaitsAdmin,
}

/// One version of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// The change that ends it.
    pub version: ChangeHash,
    /// Whose device.
    pub device: DeviceId,
    /// Whose; `None` when no membership known here says.
    pub author: Option<PersonId>,
    /// When, by the author's clock.
    pub when: Moment,
    /// What was done, in words.
    pub summary: String,
    /// Why it is not on the page, if it stands aside.
    pub aside: Option<Aside>,
}

/// A peer, as this replica sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerLine {
    /// Which device.
    pub device: DeviceId,
    /// Whose, where a notebook says.
    pub person: Option<PersonId>,
    /// Since when both are known to hold the same of everything shared.
    pub agreed: Option<Moment>,
}

impl Replica {
    /// All notebooks, the inbox among them, in order of their ids.
    #[must_use]
    pub fn notebooks(&self) -> Vec<NotebookLine> {
        self.notebooks.values().map(|notebook| self.line(notebook)).collect()
    }

    /// One notebook.
    ///
    /// # Errors
    /// When it is not here.
    pub fn notebook_line(&self, id: &NotebookId) -> Result<NotebookLine, Refusal> {
        Ok(self.line(self.notebook(id)?))
    }

    fn line(&self, notebook: &Notebook) -> NotebookLine {
        let tag = StreamName::Notebook.tag(&notebook.id);
        NotebookLine {
            id: notebook.id,
            title: notebook.streams.get(&tag).and_then(|row| row.summary.title.clone()),
            role: my_role(&notebook.membership, &self.me.device()),
            pages: pages(notebook, Which::NotDeleted).count(),
            members: notebook.membership.now().members().len(),
            waiting: notebook.waiting.len() + notebook.unshared.len(),
            refused: notebook.refusals.iter().count(),
            inbox: notebook.row.inbox.is_some(),
        }
    }

    /// Every record that is known by id in a notebook, with what it is, in words: of the set, or why not.
    #[must_use]
    pub fn inventory(&self, id: &NotebookId) -> BTreeMap<RecordId, &'static str> {
        let mut all = BTreeMap::new();
        let Some(notebook) = self.notebooks.get(id) else { return all };
        all.extend(notebook.replaced.iter().map(|id| (*id, "replaced")));
        all.extend(notebook.refusals.iter().map(|(id, _)| (*id, "refused")));
        all.extend(notebook.waiting.ids().map(|id| (*id, "waiting")));
        all.extend(notebook.saving.keys().map(|id| (*id, "being saved")));
        all.extend(notebook.records.iter().map(|(id, placed)| (*id, placed.kind.word())));
        all
    }

    /// Notebooks that are on the device and cannot be read, with the reason.
    #[must_use]
    pub fn unreadable(&self) -> &BTreeMap<NotebookId, String> {
        &self.unreadable
    }

    /// The inbox, if there is one. Of several the oldest is meant.
    #[must_use]
    pub fn inbox(&self) -> Option<NotebookId> {
        self.notebooks
            .values()
            .filter_map(|notebook| Some((notebook.row.inbox?, notebook.id)))
            .min()
            .map(|(_, notebook)| notebook)
    }

    /// The notebook's own document: title, challenge, ground rules.
    ///
    /// # Errors
    /// When it is not here, or the device cannot be read.
    pub fn notebook_document(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
    ) -> Result<hedgerow_document::notebook::Notebook, Refusal> {
        let stream = self.open_stream(archive, id, &StreamName::Notebook)?;
        Ok(hedgerow_document::notebook::read(&stream.document).0)
    }

    /// The pages of a notebook that are not deleted, last updated first.
    ///
    /// # Errors
    /// When the notebook is not here.
    pub fn pages(&self, id: &NotebookId) -> Result<Vec<PageLine>, Refusal> {
        Ok(last_updated_first(pages(self.notebook(id)?, Which::NotDeleted)))
    }

    /// The pages of a notebook that were deleted and can be brought back, last updated first.
    ///
    /// # Errors
    /// When the notebook is not here.
    pub fn deleted_pages(&self, id: &NotebookId) -> Result<Vec<PageLine>, Refusal> {
        Ok(last_updated_first(pages(self.notebook(id)?, Which::Deleted)))
    }

    /// Every page that is not deleted and whose id begins so, with its notebook.
    #[must_use]
    pub fn find_page(&self, prefix: &IdPrefix) -> Vec<(NotebookId, PageId)> {
        self.find_among(Which::NotDeleted, prefix)
    }

    /// Every page whose id begins so, deleted or not, with its notebook.
    #[must_use]
    pub fn find_any_page(&self, prefix: &IdPrefix) -> Vec<(NotebookId, PageId)> {
        let mut all = self.find_among(Which::NotDeleted, prefix);
        all.extend(self.find_among(Which::Deleted, prefix));
        all
    }

    fn find_among(&self, which: Which, prefix: &IdPrefix) -> Vec<(NotebookId, PageId)> {
        let of = |notebook: &Notebook| pages(notebook, which).map(|page| (notebook.id, page.id)).collect::<Vec<_>>();
        let all = self.notebooks.values().flat_map(of);
        all.filter(|(_, page)| page.starts_with(prefix)).collect()
    }

    /// Every invitation whose id begins so, with its notebook.
    #[must_use]
    pub fn find_invitation(&self, prefix: &IdPrefix) -> Vec<(NotebookId, InvitationId)> {
        let all = self.notebooks.values().flat_map(|notebook| {
            notebook.membership.now().invitations().into_iter().map(|invitation| (notebook.id, invitation.id))
        });
        all.filter(|(_, invitation)| invitation.starts_with(prefix)).collect()
    }

    /// A page as it is now, or as it was at a version, which may be one that stands aside.
    ///
    /// # Errors
    /// When it is not here, has no such version, or the device cannot be read.
    pub fn page(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        page_id: &PageId,
        at: Option<&[ChangeHash]>,
    ) -> Result<PageView, Refusal> {
        let comments = comments::read(&self.open_stream(archive, id, &StreamName::Comments(*page_id))?.document).0;
        self.body(archive, id, page_id)?;
        let stream = self.open_stream(archive, id, &StreamName::Body(*page_id))?;
        let aside = at.and_then(|at| if let [version] = at { stream.version_aside(version) } else { None });
        let document = aside.as_ref().unwrap_or(&stream.document);
        let (page, unknown) = match at {
            Some(version) if aside.is_none() => page::at(document, version)
                .ok_or_else(|| Refusal::Edit("this page has no such version; `page history` lists them".to_owned()))?,
            _ => page::read(document),
        };
        let comments = comments
            .into_iter()
            .map(|comment| {
                let place = page::locate(document, &comment.anchor);
                (comment, place)
            })
            .collect();
        Ok(PageView {
            notebook: *id,
            page,
            unknown,
            body: page::body_text(document),
            comments,
            heads: document.heads(),
        })
    }

    /// Where a page stands. Unlike [`Replica::page`] it reads none of what is written on it.
    ///
    /// # Errors
    /// When it is not here, or the device cannot be read.
    pub fn page_head(&mut self, archive: &dyn Archive, id: &NotebookId, page_id: &PageId) -> Result<PageHead, Refusal> {
        let document = self.body(archive, id, page_id)?;
        Ok(PageHead { title: page::head(document).title, heads: document.heads() })
    }

    /// Every line of editing that something on a page was written in, with whose device's it is.
    ///
    /// # Errors
    /// When the page is not here, or the device cannot be read.
    pub fn lines_of_editing(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        page: &PageId,
    ) -> Result<Vec<(ActorId, Option<PersonId>)>, Refusal> {
        let view = self.notebook(id)?.membership.now();
        let document = self.body(archive, id, page)?;
        Ok(document.actors().map(|(actor, ..)| (actor, view.author_of(&actor.device()))).collect())
    }

    /// The document of a page, deleted or not.
    pub(crate) fn body(&mut self, archive: &dyn Archive, id: &NotebookId, page: &PageId) -> Result<&Document, Refusal> {
        let name = StreamName::Body(*page);
        if !self.notebook(id)?.streams.contains_key(&name.tag(id)) {
            return Err(Refusal::NoPage(*page));
        }
        let stream = self.open_stream(archive, id, &name)?;
        if stream.document.is_empty() {
            return Err(Refusal::NoPage(*page));
        }
        Ok(&stream.document)
    }

    /// The changes of a page whose hash begins so.
    ///
    /// # Errors
    /// As for [`Replica::page`].
    pub fn find_version(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        page: &PageId,
        prefix: &IdPrefix,
    ) -> Result<Vec<ChangeHash>, Refusal> {
        let mut found = history::find(self.body(archive, id, page)?, prefix);
        let stream = self.notebook(id)?.open.get(&StreamName::Body(*page).tag(id));
        found.extend(stream.into_iter().flat_map(|stream| stream.find_aside(prefix)));
        Ok(found)
    }

    /// The versions of a page, newest first, after those that stand aside.
    ///
    /// # Errors
    /// As for [`Replica::page`].
    pub fn history(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        page: &PageId,
    ) -> Result<Vec<VersionLine>, Refusal> {
        let view = self.notebook(id)?.membership.now();
        let shown = history::versions(self.body(archive, id, page)?).into_iter().rev().map(|version| (None, version));
        let notebook = self.notebook(id)?;
        let stream = notebook.open.get(&StreamName::Body(*page).tag(id));
        let aside = stream.map(|stream| stream.versions_aside(&notebook.membership)).unwrap_or_default();
        let aside = aside.into_iter().map(|(why, version)| (Some(why), version));
        let line = |(aside, version): (Option<Aside>, history::Version)| VersionLine {
            version: version.hash,
            device: version.actor.device(),
            author: view.author_of(&version.actor.device()),
            when: version.when,
            summary: version.summary,
            aside,
        };
        Ok(aside.chain(shown).map(line).collect())
    }

    /// Members first, the founder before all; then those whose joining is in question.
    ///
    /// # Errors
    /// When the notebook is not here.
    pub fn members(&self, id: &NotebookId) -> Result<Vec<MemberLine>, Refusal> {
        let notebook = self.notebook(id)?;
        let view = notebook.membership.now();
        let line = |person: PersonId, role, state| MemberLine {
            person,
            profile: notebook.profile(&person).cloned().unwrap_or_default(),
            role,
            state,
            devices: view.devices_of(&person).into_iter().map(|(device, _)| device).collect(),
        };
        let mut lines: Vec<MemberLine> = view
            .members()
            .into_iter()
            .map(|member| {
                let state = match member.standing {
                    Standing::Founder => MemberState::Founder,
                    Standing::Member => MemberState::Member,
                };
                line(member.person, Some(member.role), state)
            })
            .collect();
        for notice in view.undecided() {
            let state = match notice.state {
                RedemptionState::Contested => MemberState::Contested,
                _ => MemberState::AwaitsAdmin,
            };
            if lines.iter().all(|line| line.person != notice.person) {
                lines.push(line(notice.person, None, state));
            }
        }
        lines.sort_by(|a, b| {
            a.state.cmp(&b.state).then(a.profile.name.cmp(&b.profile.name)).then(a.person.cmp(&b.person))
        });
        Ok(lines)
    }

    /// What a person says of themselves, from whichever notebook knows it.
    #[must_use]
    pub fn profile_of(&self, person: &PersonId) -> Option<&Profile> {
        let known = self.notebooks.values().filter_map(|notebook| notebook.profiles.get(person));
        known.max_by_key(|(signed, _)| signed.rank()).map(|(signed, _)| &signed.profile)
    }

    /// Whose a device is, from whichever notebook knows it.
    #[must_use]
    pub fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        if *device == self.me.device() {
            return Some(self.me.person());
        }
        self.notebooks.values().find_map(|notebook| notebook.membership.now().person_of(device))
    }

    /// All devices of other members of the notebooks here, and this person's own other ones: whom to stay in touch with.
    #[must_use]
    pub fn contacts(&self) -> BTreeSet<DeviceId> {
        let shared = self.notebooks.values().filter(|notebook| notebook.row.inbox.is_none());
        let mut contacts: BTreeSet<DeviceId> =
            shared.flat_map(|notebook| notebook.membership.now().devices()).map(|(device, _)| device).collect();
        contacts.extend(self.own.devices());
        contacts.remove(&self.me.device());
        contacts
    }

    /// The invitations of a notebook and what became of them, newest first.
    ///
    /// # Errors
    /// When the notebook is not here.
    pub fn invitations(&self, id: &NotebookId) -> Result<Vec<(InvitationState, Vec<RedemptionNotice>)>, Refusal> {
        let view = self.notebook(id)?.membership.now();
        let redemptions = view.redemptions();
        let mut states = view.invitations();
        states.sort_by(|a, b| b.expires.cmp(&a.expires).then(a.id.cmp(&b.id)));
        Ok(states
            .into_iter()
            .map(|state| {
                let used = redemptions.iter().filter(|notice| notice.invitation == state.id).cloned().collect();
                (state, used)
            })
            .collect())
    }

    /// Whether an invitation is open in the membership known here, its expiry aside.
    #[must_use]
    pub fn is_open(&self, id: &NotebookId, invitation: &InvitationId) -> bool {
        let state = self.notebooks.get(id).and_then(|notebook| notebook.membership.now().invitation(invitation));
        state.is_some_and(|state| state.state == Link::Open)
    }

    /// The records that were refused, newest first.
    ///
    /// # Errors
    /// When the notebook is not here.
    pub fn refused(&self, id: &NotebookId) -> Result<Vec<(RecordId, Refused)>, Refusal> {
        let mut refused: Vec<(RecordId, Refused)> =
            self.notebook(id)?.refusals.iter().map(|(id, refused)| (*id, refused.clone())).collect();
        refused.sort_by(|a, b| b.1.when.cmp(&a.1.when).then(a.0.cmp(&b.0)));
        Ok(refused)
    }

    /// What records of a notebook wait for, in words, with how many do.
    ///
    /// # Errors
    /// When the notebook is not here.
    pub fn waits(&self, id: &NotebookId) -> Result<BTreeMap<&'static str, usize>, Refusal> {
        let mut waits = BTreeMap::new();
        for (need, count) in self.notebook(id)?.waiting.needs() {
            let words = match need {
                Need::Epoch(_) | Need::Standing(_) => "a key that has not arrived",
                Need::Operation(_) => "a change of membership that has not arrived",
                Need::Change(..) => "an earlier change that has not arrived",
            };
            *waits.entry(words).or_default() += count;
        }
        Ok(waits)
    }

    /// The peers connected now.
    #[must_use]
    pub fn peers(&self) -> Vec<PeerLine> {
        let line = |(device, session): (&DeviceId, &crate::session::Session)| PeerLine {
            device: *device,
            person: self.person_of(device),
            agreed: session.agreed,
        };
        self.sessions.iter().map(line).collect()
    }

    /// All that a notebook holds, as one number, or nothing while some of it is still on its way to the disk. Whoever had
    /// the same number when we last compared has all of it.
    #[must_use]
    pub fn sum(&self, id: &NotebookId) -> Option<Sum> {
        self.notebooks.get(id).filter(|notebook| notebook.saving.is_empty()).map(|notebook| notebook.sum)
    }

    /// How far a joining has come, for whoever waits: whether somebody was reached, and whether we were admitted.
    #[must_use]
    pub fn joining_state(&self, asked: crate::event::Asked) -> (bool, bool) {
        self.joining.get(&asked).map_or((false, false), |joining| (joining.reached(), joining.is_admitted()))
    }

    /// What was said last against a joining that still waits.
    #[must_use]
    pub fn joining_refusal(&self, asked: crate::event::Asked) -> Option<String> {
        self.joining.get(&asked)?.refused().map(str::to_owned)
    }

    /// The canonical form of a notebook without its pages: members, roles, title.
    ///
    /// # Errors
    /// When it is not here, or the device cannot be read.
    pub fn canonical_head(&mut self, archive: &dyn Archive, id: &NotebookId) -> Result<String, Refusal> {
        let own = self.notebook_document(archive, id)?;
        let mut text = format!("notebook {id}\n{}", canonical::notebook(&own));
        let mut members: Vec<_> = self.members(id)?;
        members.sort_by_key(|member| member.person);
        for member in members {
            let role = member.role.map_or("in question", Role::word);
            let founder = if member.state == MemberState::Founder { " founder" } else { "" };
            let name = member.profile.name.map_or(String::new(), |name| format!(" {name}"));
            text.push_str(&format!("member {} {role}{founder}{name}\n", member.person));
        }
        Ok(text)
    }

    /// The pages that a notebook's canonical form holds, in order.
    ///
    /// # Errors
    /// When it is not here.
    pub fn canonical_pages(&self, id: &NotebookId) -> Result<Vec<PageId>, Refusal> {
        let mut ids: Vec<PageId> = pages(self.notebook(id)?, Which::NotDeleted).map(|page| page.id).collect();
        ids.sort();
        Ok(ids)
    }

    /// The canonical form of one page with its comments.
    ///
    /// # Errors
    /// When it is not here, or the device cannot be read.
    pub fn canonical_page(&mut self, archive: &dyn Archive, id: &NotebookId, page: &PageId) -> Result<String, Refusal> {
        let view = self.page(archive, id, page, None)?;
        let known = self.notebook(id)?.membership.now();
        let said_by = |actor: &ActorId| match known.author_of(&actor.device()) {
            Some(person) => person.to_string(),
            None => actor.device().to_string(),
        };
        Ok(format!("page {page}\n{}", canonical::page(&view.page, &view.comments, &said_by)))
    }
}

/// Pages that are deleted, or those that are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    NotDeleted,
    Deleted,
}

fn last_updated_first(pages: impl Iterator<Item = PageLine>) -> Vec<PageLine> {
    let mut lines: Vec<PageLine> = pages.collect();
    lines.sort_by(|a, b| b.updated.cmp(&a.updated).then(a.id.cmp(&b.id)));
    lines
}

fn pages(notebook: &Notebook, which: Which) -> impl Iterator<Item = PageLine> + '_ {
    notebook.streams.values().filter_map(move |row| {
        let StreamName::Body(id) = row.name else { return None };
        let summary = &row.summary;
        (summary.deleted == (which == Which::Deleted)).then_some(())?;
        Some(PageLine {
            id,
            title: summary.title.clone()?,
            template: summary.template.clone()?,
            updated: summary.updated,
            authors: summary.authors.clone(),
            not_shown: summary.not_shown,
        })
    })
}
