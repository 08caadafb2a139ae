//! A local edit becomes a signed, sealed record.

use crate::archive::{Archive, Shelf};
use crate::event::{Asked, Command, Notice, Outcome, PageChange, Refusal};
use crate::notebook::Notebook;
use crate::replica::{Replica, Work, my_role};
use crate::rows::{Kind, NotebookRow};
use crate::stream::{Change, needed};
use hedgerow_access::{
    ChangeBody, Epochs, Membership, Payload, Pins, Record, Run, SignedProfile, StreamName, found_notebook, seal,
};
use hedgerow_document::{Edit, Editing, NotebookEdit, PageEdit};
use hedgerow_model::{ActorId, ChangeHash, EpochId, Moment, NotebookId, PageId, Profile, RoutingId, Title};
use rand_core::Rng;
use std::sync::Arc;

impl Replica {
    /// Does what was asked, or says why not and changes nothing.
    pub(crate) fn carry_out(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        asked: Asked,
        command: Command,
    ) -> Result<(), Refusal> {
        let mut work = Work::default();
        let outcome = match command {
            Command::FoundNotebook { title, challenge, inbox } => {
                Outcome::Notebook(self.found(now, archive, title, challenge, inbox, &mut work)?)
            }
            Command::NewPages(notebook, pages) => {
                let begin = |page| PageChange::Begin(notebook, page);
                let changes = pages.into_iter().map(begin).collect();
                Outcome::Pages(self.change_pages(now, archive, changes, &mut work)?)
            }
            Command::ChangePages(changes) => Outcome::Pages(self.change_pages(now, archive, changes, &mut work)?),
            Command::TakeFromEditor(notebook, page, changes) => {
                self.take_from_editor(archive, &notebook, &page, &changes, &mut work)?;
                Outcome::Done
            }
            Command::BePresent(notebook, page, caret) => {
                self.be_present(&notebook, &page, caret)?;
                Outcome::Done
            }
            Command::EditPage(notebook, page, edit) => {
                self.known_page(&notebook, &page)?;
                self.edit(now, archive, &notebook, &StreamName::Body(page), &Edit::Page(edit), &mut work)?;
                Outcome::Done
            }
            #[cfg(feature = "hostile")]
            Command::Intrude(notebook, page, edit) => {
                let (name, edit) = (StreamName::Body(page), Edit::Page(edit));
                let altered = self.notebook(&notebook)?;
                if altered.epochs.for_writing(&altered.membership).is_none() {
                    return Err(Refusal::Key("there is no key to write under".to_owned()));
                }
                self.make_change(now, archive, &notebook, &name, &edit, &mut work)?;
                Outcome::Done
            }
            #[cfg(feature = "hostile")]
            Command::Deceive(notebook, deceit) => {
                self.deceive(archive, &notebook, &deceit, &mut work)?;
                Outcome::Done
            }
            Command::Comment(notebook, page, edit) => {
                self.known_page(&notebook, &page)?;
                self.edit(now, archive, &notebook, &StreamName::Comments(page), &Edit::Comments(edit), &mut work)?;
                Outcome::Done
            }
            Command::EditNotebook(notebook, edit) => {
                self.edit(now, archive, &notebook, &StreamName::Notebook, &Edit::Notebook(edit), &mut work)?;
                Outcome::Done
            }
            Command::SetProfile(profile) => {
                self.set_profile(*profile, &mut work)?;
                Outcome::Done
            }
            Command::Forget(notebook) => {
                self.forget(archive, &notebook, &mut work)?;
                Outcome::Done
            }
            Command::Mend { seek } => {
                if seek {
                    self.seek(&mut work.batch);
                }
                self.mend(now, archive, &mut work)?;
                Outcome::Done
            }
            Command::LetGoOfReplaced => {
                self.let_go_of_replaced(archive, &mut work);
                Outcome::Done
            }
            Command::BeginFile(notebook) => Outcome::Draft(self.begin_file(&notebook, &mut work)?),
            Command::AddPiece(draft, plain) => {
                self.add_piece(draft, &plain, &mut work)?;
                Outcome::Done
            }
            Command::FinishFile(draft) => {
                let manifest = self.finish_file(draft, &mut work)?;
                Outcome::File(manifest.id(), manifest.size())
            }
            Command::DropFile(draft) => {
                self.drop_file(draft, &mut work)?;
                Outcome::Done
            }
            Command::FetchFile(notebook, file, most) => {
                return self.fetch_file(now, archive, asked, (notebook, file), most);
            }
            Command::Join(uri) => return self.begin_joining(now, asked, *uri),
            Command::Sync => return self.begin_sync(now, asked),
            other => self.administer(now, archive, other, &mut work)?,
        };
        Replica::answer(&mut work, asked, outcome);
        self.submit(work);
        Ok(())
    }

    pub(crate) fn known_page(&self, notebook: &NotebookId, page: &PageId) -> Result<(), Refusal> {
        let tag = StreamName::Body(*page).tag(notebook);
        match self.notebook(notebook)?.streams.contains_key(&tag) {
            true => Ok(()),
            false => Err(Refusal::NoPage(*page)),
        }
    }

    /// Some bytes of chance.
    pub(crate) fn chance<const SIZE: usize>(&mut self) -> [u8; SIZE] {
        let mut bytes = [0; SIZE];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    fn found(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        title: Title,
        challenge: Option<String>,
        inbox: bool,
        work: &mut Work,
    ) -> Result<NotebookId, Refusal> {
        let (routing, salt) = (RoutingId::from_bytes(self.chance()), self.chance());
        let person = self.me.person();
        let person_heads = self.own.heads();
        let refused = |refusal: hedgerow_access::OpRefusal| Refusal::Membership(refusal.to_string());
        let genesis = found_notebook(&self.me.keys, person, &person_heads, routing, salt).map_err(refused)?;
        let membership = Membership::found(genesis.clone(), self.me.log.clone()).map_err(refused)?;
        let (epochs, key_record) = Epochs::begin(&membership, &self.me.keys, &mut self.rng)
            .map_err(|problem| Refusal::Key(problem.to_string()))?;
        let mut known_apart = self.me.log.clone();
        known_apart.push(genesis.clone());
        let row = NotebookRow { routing, inbox: inbox.then_some(now), since: now, known_apart: known_apart.clone() };
        work.batch.put(Shelf::Notebook, membership.notebook().as_bytes().to_vec(), crate::rows::encode(&row));
        let mut notebook = Notebook::new(self.me.device(), row, membership, epochs);
        let id = notebook.id;
        notebook.place(&mut work.batch, &key_record, Kind::Key);
        notebook.keep_keys(&mut work.batch);
        work.made(&id, &key_record);
        self.notebooks.insert(id, notebook);
        self.routes.insert(routing, id);
        for op in known_apart {
            self.seal_operation(&id, op, work)?;
        }
        self.seal_profile(&id, work)?;
        let begin = Edit::Notebook(NotebookEdit::Begin { title, challenge });
        if let Err(refusal) = self.edit(now, archive, &id, &StreamName::Notebook, &begin, work) {
            self.notebooks.remove(&id);
            self.routes.remove(&routing);
            return Err(refusal);
        }
        Ok(id)
    }

    /// Edits one stream; the record goes into `work`. `false` when the edit changed nothing.
    pub(crate) fn edit(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        edit: &Edit,
        work: &mut Work,
    ) -> Result<bool, Refusal> {
        self.may_change_now(id, name)?;
        self.make_change(now, archive, id, name, edit, work)
    }

    /// Whether this device's person may change the stream, and there is a key to do it under or one may be made.
    pub(crate) fn may_change_now(&mut self, id: &NotebookId, name: &StreamName) -> Result<(), Refusal> {
        self.may_change(id, name)?;
        let notebook = self.notebook(id)?;
        if notebook.epochs.for_writing(&notebook.membership).is_none() {
            // A batch of its own: the key stays when the edit comes to nothing, and what is sealed later needs it.
            let mut key = Work::default();
            self.epoch_to_write(id, &mut key)?;
            self.submit(key);
        }
        Ok(())
    }

    /// The change itself, signed and sealed.
    pub(crate) fn make_change(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
        edit: &Edit,
        work: &mut Work,
    ) -> Result<bool, Refusal> {
        self.open_stream(archive, id, name)?;
        let (line, chance) = (self.line_in(id, name), self.chance());
        let device = self.me.device();
        let notebook = self.notebooks.get_mut(id).ok_or(Refusal::NoNotebook(*id))?;
        let pins = notebook.membership.heads();
        let tag = name.tag(id);
        let Some(stream) = notebook.open.get_mut(&tag) else { return Err(Refusal::NoNotebook(*id)) };
        let is_free = |actor: &ActorId| !notebook.lending.is_lent(&tag, actor);
        let actor = stream.actor_of(&notebook.membership, &device, line, chance, is_free);
        let previous = stream.changes.last_of(&actor).and_then(|(_, hashes)| stream.changes.get(hashes.first()?));
        let same_pins = previous.is_some_and(|change| change.pins.digest() == pins.digest());
        let message = (!same_pins).then(|| pins.digest().to_string());
        let by = Editing { actor, at: now, message };
        let edit = stream.with_version_aside(edit);
        let made = stream.document.edit(&by, &edit).map_err(|problem| Refusal::Edit(problem.to_string()))?;
        let Some(made) = made else { return Ok(false) };
        let change =
            Change { actor, seq: made.seq, deps: made.deps.clone(), pins: Arc::new(pins), record: None, depth: 0 };
        self.write_down(id, name, made.hash, change, made.bytes, work)?;
        let notebook = self.notebook_mut(id)?;
        match &*edit {
            Edit::Page(PageEdit::Splice { .. }) => {
                crate::summary::refresh_after_typing(notebook, &tag, &mut work.batch);
            }
            _ => crate::summary::refresh(notebook, &tag, &mut work.batch),
        }
        let notice =
            crate::receive::page_of(name).map_or(Notice::NotebookChanged(*id), |page| Notice::PageChanged(*id, page));
        Replica::notice(work, notice);
        Ok(true)
    }

    /// Signs and seals a change of this device that is in the document already.
    pub(crate) fn write_down(
        &mut self,
        id: &NotebookId,
        name: &StreamName,
        hash: ChangeHash,
        change: Change,
        raw: Vec<u8>,
        work: &mut Work,
    ) -> Result<(), Refusal> {
        let (actor, first_seq, pins) = (change.actor, change.seq, Pins::clone(&change.pins));
        let tag = name.tag(id);
        if let Some(stream) = self.notebook_mut(id)?.open.get_mut(&tag) {
            stream.made(hash, change);
        }
        let run = Run { stream: *name, actor, first_seq, last_hash: hash, changes: vec![raw], pins };
        let body = ChangeBody::sign(&self.me.keys, id, run);
        self.seal_uncarried(id, work);
        let record = self.seal_here(id, name, &Payload::Change(body), work)?;
        let notebook = self.notebook_mut(id)?;
        if let Some(stream) = notebook.open.get_mut(&tag) {
            stream.changes.carried_by(&hash, record.id());
        }
        notebook.place(&mut work.batch, &record, Kind::Change);
        notebook.unshared.insert(record.id());
        work.made(id, &record);
        Ok(())
    }

    /// Whether this device's person may change the stream now, or why not.
    fn may_change(&self, id: &NotebookId, name: &StreamName) -> Result<(), Refusal> {
        let needs = needed(name);
        let what = match name {
            StreamName::Comments(_) => "commenting",
            StreamName::Notebook => "changing the notebook",
            _ => "writing",
        };
        match my_role(&self.notebook(id)?.membership, &self.me.device()) {
            None => Err(Refusal::NotAMember),
            Some(has) if has < needs => Err(Refusal::NeedsRole { what, has, needs }),
            Some(_) => Ok(()),
        }
    }

    /// Seals under the epoch to write under, rotating first when there is none.
    pub(crate) fn seal_here(
        &mut self,
        id: &NotebookId,
        name: &StreamName,
        payload: &Payload,
        work: &mut Work,
    ) -> Result<Record, Refusal> {
        let epoch = self.epoch_to_write(id, work)?;
        self.seal_under(id, name, payload, &epoch)
    }

    /// The epoch to write under; a new one is made and put into `work` when there is none.
    pub(crate) fn epoch_to_write(&mut self, id: &NotebookId, work: &mut Work) -> Result<EpochId, Refusal> {
        let notebook = self.notebook(id)?;
        if let Some(epoch) = notebook.epochs.for_writing(&notebook.membership) {
            return Ok(epoch);
        }
        self.seal_uncarried(id, work);
        let keys = self.me.keys.clone();
        let notebook = self.notebooks.get_mut(id).ok_or(Refusal::NoNotebook(*id))?;
        let record = notebook
            .epochs
            .rotate(&notebook.membership, &keys, &mut self.rng)
            .map_err(|problem| Refusal::Key(problem.to_string()))?;
        notebook.place(&mut work.batch, &record, Kind::Key);
        notebook.keep_keys(&mut work.batch);
        work.made(id, &record);
        notebook
            .epochs
            .for_writing(&notebook.membership)
            .ok_or_else(|| Refusal::Key("there is no key to write under yet; sync with another member".to_owned()))
    }

    pub(crate) fn seal_under(
        &mut self,
        id: &NotebookId,
        name: &StreamName,
        payload: &Payload,
        epoch: &EpochId,
    ) -> Result<Record, Refusal> {
        let notebook = self.notebooks.get(id).ok_or(Refusal::NoNotebook(*id))?;
        let key = notebook
            .epochs
            .key(epoch)
            .ok_or_else(|| Refusal::Key("the key of this notebook has not arrived yet".to_owned()))?;
        seal(notebook.routing(), name.tag(id), epoch, key, payload, &mut self.rng)
            .map_err(|refusal| Refusal::Edit(refusal.to_string()))
    }

    /// Says who I am, from now on, in every notebook.
    fn set_profile(&mut self, profile: Profile, work: &mut Work) -> Result<(), Refusal> {
        self.me.profile = (self.next_saying(), profile);
        let shared: Vec<NotebookId> = self.notebooks.keys().copied().collect();
        for id in shared {
            if my_role(&self.notebook(&id)?.membership, &self.me.device()).is_some() {
                self.seal_profile(&id, work)?;
            }
        }
        Ok(())
    }

    /// Puts my profile into a notebook, in place of an older one.
    pub(crate) fn seal_profile(&mut self, id: &NotebookId, work: &mut Work) -> Result<(), Refusal> {
        let (counter, profile) = self.me.profile.clone();
        let person = self.me.person();
        if counter == 0 {
            return Ok(());
        }
        let signed = SignedProfile::sign(&self.me.keys, person, counter, profile);
        let notebook = self.notebook(id)?;
        // Without a valid key it is said when there is one.
        let Some(epoch) = notebook.epochs.latest(&notebook.membership) else { return Ok(()) };
        let record = self.seal_under(id, &StreamName::Membership, &Payload::Profile(signed.clone()), &epoch)?;
        let notebook = self.notebook_mut(id)?;
        if let Some((_, older)) = notebook.profiles.insert(person, (signed, record.id())) {
            notebook.replace(&mut work.batch, &older);
        }
        notebook.place(&mut work.batch, &record, Kind::Profile);
        work.made(id, &record);
        Replica::notice(work, Notice::NotebookChanged(*id));
        Ok(())
    }

    /// Drops a notebook from this device.
    fn forget(&mut self, archive: &dyn Archive, id: &NotebookId, work: &mut Work) -> Result<(), Refusal> {
        let routing = match self.notebooks.get(id) {
            Some(notebook) => notebook.routing(),
            None => return Err(Refusal::NoNotebook(*id)),
        };
        work.batch.delete(Shelf::Notebook, id.as_bytes().to_vec());
        for shelf in Shelf::ALL.into_iter().filter(|shelf| *shelf != Shelf::Notebook) {
            let rows = archive.keys(shelf, routing.as_bytes()).map_err(|fault| Refusal::Device(fault.to_string()))?;
            for row in rows {
                work.batch.delete(shelf, row);
            }
        }
        self.want_no_more(id, &mut work.batch);
        self.arrived(&[*id], work);
        self.stop_fetching_in(id);
        self.give_up_drafts_in(id);
        self.notebooks.remove(id);
        self.routes.remove(&routing);
        Ok(())
    }
}
