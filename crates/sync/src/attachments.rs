//! Files that stand on pages: what of them is here, and how what is not is fetched from members who have it.

use crate::archive::{Archive, ArchiveFault, Shelf};
use crate::attaching::{attachment_key, piece_key};
use crate::event::{Asked, Effect, Notice, Outcome, Refusal};
use crate::message::Message;
use crate::replica::{Replica, Work, my_role};
use crate::session::PATIENCE;
use hedgerow_access::{Manifest, piece_id};
use hedgerow_document::BlockKind;
use hedgerow_model::{Attachment, AttachmentId, DeviceId, Moment, NotebookId, PageId, mutant};
use std::collections::{BTreeMap, BTreeSet};

/// How many pieces one peer is asked for, of all files together, before the first has come. With their length it bounds what
/// stands in the way of what is typed meanwhile.
const AHEAD: usize = 4;
/// The most files that are fetched at once.
const MOST_AT_ONCE: usize = 64;
/// After how many pieces it is told how far a file has come.
const TOLD_EVERY: usize = 16;

/// A file that a page shows, and how much of it is on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentLine {
    /// What the page says of it.
    pub file: Attachment,
    /// What is said of it on the page.
    pub caption: String,
    /// How many bytes of it are here; none as long as its list of pieces is not.
    pub here: u64,
    /// Whether all of it is.
    pub is_whole: bool,
}

/// A file on its way here.
#[derive(Debug)]
pub(crate) struct Fetching {
    /// Who waits for it.
    waiting: Vec<Asked>,
    /// How long it may be, in bytes.
    most: u64,
    manifest: Option<Manifest>,
    /// Pieces that are not here and were not asked for.
    missing: BTreeSet<u32>,
    /// Asked for, and not come yet.
    asked: BTreeSet<u32>,
    /// Who is asked.
    from: Option<DeviceId>,
    /// Whether that peer was asked for the list.
    list_asked: bool,
    /// Who cannot give more of it.
    tried: BTreeSet<DeviceId>,
    /// Whether something came since the first of these was left.
    came: bool,
    /// When something came of it last.
    heard: Moment,
}

impl Fetching {
    /// Another has to be asked for what did not come.
    fn leave_peer(&mut self) {
        self.tried.extend(self.from.take());
        self.list_asked = false;
        self.missing.append(&mut self.asked);
    }

    fn next_due(&self) -> Moment {
        self.heard.plus_millis(PATIENCE)
    }
}

/// Which file, in which notebook.
type Which = (NotebookId, AttachmentId);

impl Replica {
    /// Fetches what is missing of a file from members who are connected; answers when all of it is here, or when nobody has
    /// the rest.
    pub(crate) fn fetch_file(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        asked: Asked,
        which: Which,
        most: u64,
    ) -> Result<(), Refusal> {
        if let Some(fetching) = self.fetching.get_mut(&which) {
            fetching.most = fetching.most.max(most);
            fetching.waiting.push(asked);
            return Ok(());
        }
        if my_role(&self.notebook(&which.0)?.membership, &self.me.device()).is_none() {
            return Err(Refusal::NotAMember);
        }
        if self.fetching.len() >= MOST_AT_ONCE {
            return Err(Refusal::Attachment(format!("{MOST_AT_ONCE} files are being fetched; wait for one of them")));
        }
        let device = |fault: ArchiveFault| Refusal::Device(fault.to_string());
        let manifest = self.manifest(archive, &which).map_err(device)?;
        let missing = match &manifest {
            Some(manifest) => self.missing(archive, &which.0, manifest).map_err(device)?,
            None => BTreeSet::new(),
        };
        if manifest.as_ref().is_some_and(|manifest| manifest.size() > most) {
            return Err(too_long());
        }
        if manifest.is_some() && missing.is_empty() {
            let mut work = Work::default();
            Replica::answer(&mut work, asked, Outcome::Done);
            self.submit(work);
            return Ok(());
        }
        let fetching = Fetching {
            waiting: vec![asked],
            most,
            manifest,
            missing,
            asked: BTreeSet::new(),
            from: None,
            list_asked: false,
            tried: BTreeSet::new(),
            came: false,
            heard: now,
        };
        self.fetching.insert(which, fetching);
        self.ask_for_file(now, which);
        Ok(())
    }

    /// Nobody waits for this answer any more; what nobody waits for is not fetched on.
    pub(crate) fn give_up_fetching(&mut self, asked: Asked) {
        self.fetching.retain(|_, fetching| {
            fetching.waiting.retain(|other| *other != asked);
            !fetching.waiting.is_empty()
        });
    }

    /// Asks for what comes next of a file, of the peer that is asked or of another one.
    fn ask_for_file(&mut self, now: Moment, which: Which) {
        let Some(fetching) = self.fetching.get_mut(&which) else { return };
        let shares = |peer: &DeviceId| self.notebooks.get(&which.0).is_some_and(|notebook| notebook.shares_with(peer));
        let can_give = |peer: &DeviceId| self.sessions.contains_key(peer) && shares(peer);
        if fetching.from.is_none_or(|peer| !can_give(&peer)) {
            fetching.leave_peer();
            let next = |tried: &BTreeSet<DeviceId>| {
                self.sessions.keys().find(|peer| !tried.contains(peer) && shares(peer)).copied()
            };
            fetching.from = next(&fetching.tried);
            if fetching.from.is_none() && std::mem::take(&mut fetching.came) {
                // Each round brings something, so there is an end of them.
                fetching.tried.clear();
                fetching.from = next(&fetching.tried);
            }
            fetching.heard = now;
        }
        let Some(peer) = fetching.from else { return self.cannot_fetch(which, &Refusal::NobodyHas) };
        let of_peer = self.fetching.values().filter(|fetching| fetching.from == Some(peer));
        let busy: usize = of_peer.map(|fetching| fetching.asked.len()).sum();
        let Some(fetching) = self.fetching.get_mut(&which) else { return };
        let mut pieces = Vec::new();
        while busy + pieces.len() < AHEAD
            && let Some(piece) = fetching.missing.pop_first()
        {
            fetching.asked.insert(piece);
            pieces.push(piece);
        }
        let list = fetching.manifest.is_none() && !std::mem::replace(&mut fetching.list_asked, true);
        if list || !pieces.is_empty() {
            self.tell(peer, &Message::AskFile(which.0, which.1, pieces));
        }
    }

    /// A peer has given something: it is at work, and can be asked for more of whatever it is to give.
    fn go_on_with(&mut self, now: Moment, peer: DeviceId) {
        let of_peer = |fetching: &Fetching| fetching.from == Some(peer);
        let all: Vec<Which> = self.fetching.iter().filter(|(_, f)| of_peer(f)).map(|(which, _)| *which).collect();
        for which in all {
            if let Some(fetching) = self.fetching.get_mut(&which) {
                fetching.heard = now;
            }
            self.ask_for_file(now, which);
        }
    }

    fn cannot_fetch(&mut self, which: Which, why: &Refusal) {
        let Some(fetching) = self.fetching.remove(&which) else { return };
        for asked in fetching.waiting {
            self.effects.push(Effect::Answer(asked, Err(why.clone())));
        }
    }

    /// Nothing is fetched for a notebook that is dropped from this device.
    pub(crate) fn stop_fetching_in(&mut self, notebook: &NotebookId) {
        let of_it: Vec<Which> = self.fetching.keys().filter(|(of, _)| of == notebook).copied().collect();
        for which in of_it {
            self.cannot_fetch(which, &Refusal::NoNotebook(*notebook));
        }
    }

    /// A peer asks for the list of a file's pieces, or for pieces of it.
    pub(crate) fn hear_ask_file(&mut self, archive: &dyn Archive, from: DeviceId, which: Which, pieces: &[u32]) {
        let may_have =
            |notebook: &&crate::notebook::Notebook| notebook.shares_with(&from) || mutant("give-files-to-strangers");
        let held = self.notebooks.get(&which.0).filter(may_have);
        let routing = held.map(crate::notebook::Notebook::routing);
        let manifest = routing.and_then(|_| self.manifest(archive, &which).ok().flatten());
        let (Some(routing), Some(manifest)) = (routing, manifest) else {
            return self.tell(from, &Message::NoFile(which.0, which.1));
        };
        if pieces.is_empty() {
            return self.tell(from, &Message::FileList(which.0, which.1, manifest.encode()));
        }
        let mut has_all = true;
        for index in pieces.iter().collect::<BTreeSet<_>>() {
            let piece = usize::try_from(*index).ok().and_then(|index| manifest.pieces().get(index));
            let sealed = piece.and_then(|piece| archive.get(Shelf::Piece, &piece_key(&routing, piece)).ok().flatten());
            match sealed {
                Some(sealed) => self.tell(from, &Message::Piece(which.0, which.1, *index, sealed)),
                None => has_all = false,
            }
        }
        if !has_all {
            self.tell(from, &Message::NoFile(which.0, which.1));
        }
    }

    /// The peer has no more of a file.
    pub(crate) fn hear_no_file(&mut self, now: Moment, from: DeviceId, which: Which) {
        let Some(fetching) = self.fetching.get_mut(&which).filter(|fetching| fetching.from == Some(from)) else {
            return;
        };
        fetching.leave_peer();
        self.ask_for_file(now, which);
    }

    /// The list of a file's pieces came.
    pub(crate) fn hear_file_list(
        &mut self,
        now: Moment,
        archive: &dyn Archive,
        from: DeviceId,
        which: Which,
        bytes: Vec<u8>,
    ) {
        let is_asked = |fetching: &&mut Fetching| fetching.from == Some(from) && fetching.manifest.is_none();
        let Some(most) = self.fetching.get_mut(&which).filter(is_asked).map(|fetching| fetching.most) else { return };
        if Manifest::id_of(&bytes) != which.1 {
            return self.avoid(now, from, "it sent the list of another file than was asked for");
        }
        let Some(manifest) = Manifest::decode(&bytes) else {
            let why = "this file was attached with a newer Hedgerow; update to open it";
            return self.cannot_fetch(which, &Refusal::Attachment(why.to_owned()));
        };
        if manifest.size() > most {
            return self.cannot_fetch(which, &too_long());
        }
        // Only the list may have been lost here.
        let missing = match self.missing(archive, &which.0, &manifest) {
            Ok(missing) => missing,
            Err(fault) => return self.cannot_fetch(which, &Refusal::Device(fault.to_string())),
        };
        let Some(fetching) = self.fetching.get_mut(&which) else { return };
        fetching.missing = missing;
        fetching.manifest = Some(manifest);
        fetching.came = true;
        let mut work = Work::default();
        if let Some(notebook) = self.notebooks.get(&which.0) {
            work.batch.put(Shelf::Attachment, attachment_key(&notebook.routing(), &which.1), bytes);
        }
        self.go_on_fetching(now, from, which, work);
    }

    /// A piece of a file came.
    pub(crate) fn hear_piece(&mut self, now: Moment, from: DeviceId, which: Which, index: u32, sealed: Vec<u8>) {
        let Some(fetching) = self.fetching.get_mut(&which).filter(|fetching| fetching.from == Some(from)) else {
            return;
        };
        if !fetching.asked.remove(&index) {
            return;
        }
        let piece = piece_id(&sealed);
        let listed = fetching.manifest.as_ref().and_then(|manifest| manifest.pieces().get(index as usize));
        if listed != Some(&piece) && !mutant("take-any-piece") {
            fetching.missing.insert(index);
            return self.avoid(now, from, "it sent another piece of a file than was asked for");
        }
        fetching.came = true;
        let mut work = Work::default();
        if let Some(notebook) = self.notebooks.get(&which.0) {
            work.batch.put(Shelf::Piece, piece_key(&notebook.routing(), &piece), sealed);
        }
        if fetching.missing.len() % TOLD_EVERY == 0 {
            Replica::notice(&mut work, Notice::FileCame(which.0, which.1));
        }
        self.go_on_fetching(now, from, which, work);
    }

    /// What came is saved; the file is whole then, or more is asked for.
    fn go_on_fetching(&mut self, now: Moment, from: DeviceId, which: Which, mut work: Work) {
        let is_whole = |fetching: &Fetching| fetching.missing.is_empty() && fetching.asked.is_empty();
        if self.fetching.get(&which).is_some_and(is_whole)
            && let Some(fetching) = self.fetching.remove(&which)
        {
            Replica::notice(&mut work, Notice::FileCame(which.0, which.1));
            for asked in fetching.waiting {
                Replica::answer(&mut work, asked, Outcome::Done);
            }
        }
        self.submit(work);
        self.go_on_with(now, from);
    }

    /// Asks others for what a peer was asked for that is gone, or silent.
    pub(crate) fn fetch_from_others(&mut self, now: Moment) {
        let is_left = |fetching: &Fetching| fetching.from.is_none_or(|peer| !self.sessions.contains_key(&peer));
        let stalled: Vec<Which> = self
            .fetching
            .iter()
            .filter(|(_, fetching)| is_left(fetching) || fetching.next_due() <= now)
            .map(|(which, _)| *which)
            .collect();
        for which in stalled {
            if let Some(fetching) = self.fetching.get_mut(&which) {
                fetching.leave_peer();
            }
            self.ask_for_file(now, which);
        }
    }

    /// When a peer that was asked for a file has been silent for too long.
    pub(crate) fn fetching_due(&self) -> Option<Moment> {
        self.fetching.values().map(Fetching::next_due).min()
    }

    /// What was not saved has to be fetched again, by whoever wants it.
    pub(crate) fn stop_fetching(&mut self, why: &str) {
        for asked in std::mem::take(&mut self.fetching).into_values().flat_map(|fetching| fetching.waiting) {
            self.effects.push(Effect::Answer(asked, Err(Refusal::Device(why.to_owned()))));
        }
    }

    /// The files that a page shows, in its order, and how much of each is here.
    ///
    /// # Errors
    /// When the page is not here, or the device cannot be read.
    pub fn attachments(
        &mut self,
        archive: &dyn Archive,
        notebook: &NotebookId,
        page: &PageId,
    ) -> Result<Vec<AttachmentLine>, Refusal> {
        let files = self.files_on(archive, notebook, page)?;
        // One page may show one file a thousand times.
        let mut looked_at: BTreeMap<AttachmentId, (u64, bool)> = BTreeMap::new();
        let mut lines = Vec::new();
        for (file, caption) in files {
            let (here, is_whole) = match looked_at.get(&file.id) {
                Some(known) => *known,
                None => self
                    .how_much_is_here(archive, &(*notebook, file.id))
                    .map_err(|fault| Refusal::Device(fault.to_string()))?,
            };
            looked_at.insert(file.id, (here, is_whole));
            lines.push(AttachmentLine { file, caption, here, is_whole });
        }
        Ok(lines)
    }

    /// The files that a page shows, in its order, with what is said of them.
    ///
    /// # Errors
    /// When the page is not here, or the device cannot be read.
    pub fn files_on(
        &mut self,
        archive: &dyn Archive,
        notebook: &NotebookId,
        page: &PageId,
    ) -> Result<Vec<(Attachment, String)>, Refusal> {
        let shown = self.page(archive, notebook, page, None)?.page;
        let file = |block: hedgerow_document::Block| match block.kind {
            BlockKind::Attachment(file) => Some((file, block.text)),
            _ => None,
        };
        Ok(shown.blocks.into_iter().filter_map(file).collect())
    }

    fn how_much_is_here(&self, archive: &dyn Archive, which: &Which) -> Result<(u64, bool), ArchiveFault> {
        let (Some(notebook), Some(manifest)) = (self.notebooks.get(&which.0), self.manifest(archive, which)?) else {
            return Ok((0, false));
        };
        let mut here = 0;
        for piece in manifest.pieces() {
            here += u64::from(!archive.keys(Shelf::Piece, &piece_key(&notebook.routing(), piece))?.is_empty());
        }
        let is_whole = here == manifest.pieces().len() as u64;
        let bytes = if is_whole { manifest.size() } else { here * Manifest::PIECE as u64 };
        Ok((bytes.min(manifest.size()), is_whole))
    }

    /// One piece of a file, opened: [`Manifest::PIECE`] bytes from `index` times as many, the last one shorter; nothing
    /// beyond the end.
    ///
    /// # Errors
    /// When it is not here, or does not open.
    pub fn read_piece(
        &self,
        archive: &dyn Archive,
        notebook: &NotebookId,
        id: &AttachmentId,
        index: usize,
    ) -> Result<Vec<u8>, Refusal> {
        let device = |fault: ArchiveFault| Refusal::Device(fault.to_string());
        let held = self.notebook(notebook)?;
        let manifest = self.manifest(archive, &(*notebook, *id)).map_err(device)?.ok_or(Refusal::NotHere)?;
        let Some(piece) = manifest.pieces().get(index) else { return Ok(Vec::new()) };
        let sealed = match archive.get(Shelf::Piece, &piece_key(&held.routing(), piece)) {
            Err(fault) if fault.is_damage => None,
            read => read.map_err(device)?,
        };
        // What was spoiled on this device is as good as not here: it is fetched again.
        let sealed = sealed.filter(|sealed| piece_id(sealed) == *piece).ok_or(Refusal::NotHere)?;
        let no_key = || Refusal::Key("the key to this file has not arrived yet; sync with another member".to_owned());
        let key = held.epochs.key(&manifest.epoch()).ok_or_else(no_key)?;
        let unsound =
            || Refusal::Attachment("this file does not open; ask whoever attached it to do so again".to_owned());
        manifest.open(key, index, &sealed).map(|plain| plain.to_vec()).ok_or_else(unsound)
    }

    /// The list of a file's pieces, if it is here.
    fn manifest(&self, archive: &dyn Archive, which: &Which) -> Result<Option<Manifest>, ArchiveFault> {
        let Some(notebook) = self.notebooks.get(&which.0) else { return Ok(None) };
        match archive.get(Shelf::Attachment, &attachment_key(&notebook.routing(), &which.1)) {
            // One that does not read is fetched again.
            Err(fault) if fault.is_damage => Ok(None),
            Err(fault) => Err(fault),
            Ok(bytes) => Ok(bytes.and_then(|bytes| Manifest::decode(&bytes)).filter(|list| list.id() == which.1)),
        }
    }

    /// The pieces that are not here as they are listed.
    fn missing(
        &self,
        archive: &dyn Archive,
        notebook: &NotebookId,
        manifest: &Manifest,
    ) -> Result<BTreeSet<u32>, ArchiveFault> {
        let Some(routing) = self.notebooks.get(notebook).map(crate::notebook::Notebook::routing) else {
            return Ok(BTreeSet::new());
        };
        let mut missing = BTreeSet::new();
        for (index, piece) in (0..).zip(manifest.pieces()) {
            match archive.get(Shelf::Piece, &piece_key(&routing, piece)) {
                Ok(Some(sealed)) if piece_id(&sealed) == *piece => {}
                Ok(_) => {
                    missing.insert(index);
                }
                Err(fault) if fault.is_damage => {
                    missing.insert(index);
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(missing)
    }
}

/// The files that are on their way here.
pub(crate) type AllFetching = BTreeMap<Which, Fetching>;

fn too_long() -> Refusal {
    let why = "this file is longer than the page says; ask whoever attached it to do so again";
    Refusal::Attachment(why.to_owned())
}
