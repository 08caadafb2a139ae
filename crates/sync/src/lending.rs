//! A page that is open in an editor has a copy of its document there, which makes changes of its own. They come back as
//! bytes, are held to the rules for everybody's changes, and are signed and sealed here.
//!
//! The copy writes in a line of editing that is **lent** to it: as long as it is, nothing else on this device goes on
//! with that line, or two changes would get one number.

use crate::archive::Archive;
use crate::event::{Notice, Refusal};
use crate::notebook::Notebook;
use crate::replica::{Replica, Work};
use crate::stream::{Judgement, Stream};
use hedgerow_access::{Pins, StreamName};
use hedgerow_document::ChangeFacts;
use hedgerow_model::{ActorId, ChangeHash, DeviceId, NotebookId, PageId, StreamTag};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// The most changes that an editor hands over at once.
pub const CHANGES_MOST: usize = 256;

/// How many states of the membership that editors were told of are remembered.
const OFFERED_MOST: usize = 16;

/// A copy of a page's document, for an editor on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// The whole document, as Automerge saves it.
    pub document: Vec<u8>,
    /// The line of editing that the copy writes in.
    pub actor: ActorId,
    /// Where the copy stands, and what to go by.
    pub standing: CopyStanding,
}

/// Where the page stands that a copy is of, and what its next change has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyStanding {
    /// The changes that nothing builds on yet.
    pub heads: Vec<ChangeHash>,
    /// The commit message of the next change in the copy's line; those after it go without one, until another is asked
    /// for.
    pub message: Option<String>,
}

/// What a copy lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyNews {
    /// Changes to apply, causes before effects; or the whole document, where the copy holds something that the page
    /// does not show any more.
    pub content: CopyContent,
    /// Where the page stands with them.
    pub standing: CopyStanding,
}

/// What is to be put into a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyContent {
    /// These changes, beside what it has.
    Changes(Vec<Vec<u8>>),
    /// This document, in place of what it has.
    Whole(Vec<u8>),
}

/// What a notebook remembers of copies in editors.
#[derive(Debug, Default)]
pub(crate) struct Lending {
    lent: BTreeSet<(StreamTag, ActorId)>,
    /// What the membership was when editors were told what to say of it, the latest last.
    offered: VecDeque<Arc<Pins>>,
}

impl Lending {
    /// Whether this line is lent to an editor.
    pub(crate) fn is_lent(&self, tag: &StreamTag, actor: &ActorId) -> bool {
        self.lent.contains(&(*tag, *actor))
    }

    fn offer(&mut self, pins: &Pins) {
        if self.offered.iter().all(|offered| **offered != *pins) {
            self.offered.push_back(Arc::new(pins.clone()));
            if self.offered.len() > OFFERED_MOST {
                self.offered.pop_front();
            }
        }
    }

    /// The membership that a change's message stands for.
    fn meant(&self, message: &str) -> Option<Arc<Pins>> {
        self.offered.iter().find(|pins| pins.digest().to_string() == message).cloned()
    }
}

impl Replica {
    /// Lends a copy of a page to an editor, with a line of editing of this device that nobody uses.
    ///
    /// # Errors
    /// When the page is not here, or the device cannot be read.
    pub fn lend(&mut self, archive: &dyn Archive, id: &NotebookId, page: &PageId) -> Result<Lent, Refusal> {
        let (name, device) = (StreamName::Body(*page), self.me.device());
        let document = self.body(archive, id, page)?.save();
        let (line, chance) = (self.line_in(id, &name), self.chance());
        let notebook = self.notebook_mut(id)?;
        let tag = name.tag(id);
        let Some(stream) = notebook.open.get(&tag) else { return Err(Refusal::NoPage(*page)) };
        let is_free = |actor: &ActorId| !notebook.lending.is_lent(&tag, actor);
        let actor = stream.actor_of(&notebook.membership, &device, line, chance, is_free);
        notebook.lending.lent.insert((tag, actor));
        let standing = standing(notebook, &tag, &actor)?;
        Ok(Lent { document, actor, standing })
    }

    /// The editor is done with its copy: this device may go on in its line.
    pub fn give_back(&mut self, id: &NotebookId, page: &PageId, actor: &ActorId) {
        if let Some(notebook) = self.notebooks.get_mut(id) {
            notebook.lending.lent.remove(&(StreamName::Body(*page).tag(id), *actor));
        }
    }

    /// What a copy lacks that has all that `have` are, or build on.
    ///
    /// # Errors
    /// When the page is not here any more, or the device cannot be read.
    pub fn copy_news(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        page: &PageId,
        actor: &ActorId,
        have: &[ChangeHash],
    ) -> Result<CopyNews, Refusal> {
        let document = self.body(archive, id, page)?;
        let content = match have.iter().all(|head| document.has(head)) {
            true => CopyContent::Changes(document.raw_changes_since(have)),
            false => CopyContent::Whole(document.save()),
        };
        let notebook = self.notebook_mut(id)?;
        Ok(CopyNews { content, standing: standing(notebook, &StreamName::Body(*page).tag(id), actor)? })
    }

    /// Where a page stands for a copy of it.
    ///
    /// # Errors
    /// As for [`Replica::copy_news`].
    pub fn copy_standing(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        page: &PageId,
        actor: &ActorId,
    ) -> Result<CopyStanding, Refusal> {
        self.body(archive, id, page)?;
        standing(self.notebook_mut(id)?, &StreamName::Body(*page).tag(id), actor)
    }

    /// Takes changes that an editor made to its copy: all of them or none. Those that are here already are passed over,
    /// so that whoever did not hear the answer may ask again.
    pub(crate) fn take_from_editor(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        page: &PageId,
        raws: &[Vec<u8>],
        work: &mut Work,
    ) -> Result<(), Refusal> {
        if raws.len() > CHANGES_MOST {
            return Err(Refusal::Edit(format!("at most {CHANGES_MOST} changes can be handed over at once")));
        }
        self.known_page(id, page)?;
        let name = StreamName::Body(*page);
        self.may_change_now(id, &name)?;
        self.open_stream(archive, id, &name)?;
        let (line, device, tag) = (self.line_in(id, &name), self.me.device(), name.tag(id));
        let notebook = self.notebook_mut(id)?;
        let Some(stream) = notebook.open.get_mut(&tag) else { return Err(Refusal::NoPage(*page)) };
        let new = with_pins(&notebook.lending, stream, raws, &device, line)?;
        let admitted = match stream.judge_all(&notebook.membership, new, None) {
            Judgement::Admit(admitted) => admitted,
            Judgement::Known => return Ok(()),
            Judgement::Wait(_) => return Err(out_of_step("it builds on something that is not here")),
            Judgement::Refuse(why) => return Err(out_of_step(&why)),
        };
        let batch: Vec<&[u8]> = admitted.iter().map(|(.., raw)| raw.as_slice()).collect();
        stream.document.admit(&batch).map_err(|refusal| out_of_step(&refusal.to_string()))?;
        for (hash, change, raw) in admitted {
            self.write_down(id, &name, hash, change, raw, work)?;
        }
        crate::summary::refresh(self.notebook_mut(id)?, &tag, &mut work.batch);
        Replica::notice(work, Notice::PageChanged(*id, *page));
        Ok(())
    }
}

/// A change, the membership that its author knew, and its bytes.
type Pinned = (ChangeFacts, Arc<Pins>, Vec<u8>);

/// The changes that are new, each with the membership that its author, this device, knew: what its message stands for,
/// or what the change before it said.
fn with_pins(
    lending: &Lending,
    stream: &Stream,
    raws: &[Vec<u8>],
    device: &DeviceId,
    line: [u8; 4],
) -> Result<Vec<Pinned>, Refusal> {
    let mut new: Vec<Pinned> = Vec::new();
    for raw in raws {
        let facts = hedgerow_document::examine(raw).map_err(|refusal| Refusal::Edit(refusal.to_string()))?;
        if stream.changes.contains(&facts.hash) {
            continue;
        }
        if facts.actor.device() != *device || facts.actor.line() != line {
            return Err(out_of_step("it writes in a line that was not lent to it"));
        }
        let before = || {
            let earlier = new.iter().rev().find(|(earlier, ..)| earlier.actor == facts.actor);
            let last = || stream.changes.last_of(&facts.actor).and_then(|(_, last)| stream.changes.get(last.first()?));
            earlier.map(|(_, pins, _)| pins.clone()).or_else(|| last().map(|change| change.pins.clone()))
        };
        let pins = facts.message.as_ref().map_or_else(before, |message| lending.meant(message));
        let pins = pins.ok_or_else(|| out_of_step("it does not say what it was told to say"))?;
        new.push((facts, pins, raw.clone()));
    }
    Ok(new)
}

fn out_of_step(why: &str) -> Refusal {
    Refusal::Edit(format!("the page is not as the editor has it: {why}; open the page again"))
}

/// Where the page stands, and what the next change of a line has to say: nothing, where the one before it said it.
fn standing(notebook: &mut Notebook, tag: &StreamTag, actor: &ActorId) -> Result<CopyStanding, Refusal> {
    let pins = notebook.membership.heads();
    let Some(stream) = notebook.open.get(tag) else { return Err(Refusal::NoNotebook(notebook.id)) };
    let last = stream.changes.last_of(actor).and_then(|(_, last)| stream.changes.get(last.first()?));
    let message = last.is_none_or(|last| *last.pins != pins).then(|| pins.digest().to_string());
    let heads = stream.document.heads();
    notebook.lending.offer(&pins);
    Ok(CopyStanding { heads, message })
}
