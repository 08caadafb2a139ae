//! The state of one device, and the one door into it.

use crate::archive::{Archive, ArchiveFault, Batch, Shelf};
use crate::attaching::Drafts;
use crate::attachments::AllFetching;
use crate::event::{Asked, Command, Effect, Event, Notice, Outcome, Refusal, Ticket};
use crate::forbearance::Forbearance;
use crate::line::Line;
use crate::notebook::{self, Loaded, Notebook};
use crate::regain::Seeking;
use crate::rows::{NotebookRow, StreamRow};
use crate::session::Session;
use crate::stream::Stream;
use crate::whereabouts::Whereabouts;
use hedgerow_access::{DeviceKeys, Membership, RecoveryKeys, SignedOp, Signer, StreamName};
use hedgerow_model::{DeviceId, Moment, NotebookId, PersonId, Profile, RecordId, RoutingId, StreamTag, mutant};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// Who this device is and whose.
pub struct Me {
    /// The device's keys.
    pub keys: Arc<DeviceKeys>,
    /// The person's recovery key, while this device holds it.
    pub recovery: Option<Arc<RecoveryKeys>>,
    /// The person's log of devices, as far as this device knows it.
    pub log: Vec<SignedOp>,
    /// What the person says of themselves, and how often they have said it.
    pub profile: (u64, Profile),
}

impl Me {
    /// The person.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.log.first().map_or(PersonId::from_bytes([0; 32]), |op| PersonId::from(op.log()))
    }

    /// The device.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.keys.device()
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer { keys: &self.keys, person: self.person() }
    }
}

/// What waits for a batch to be durable.
#[derive(Debug, Default)]
struct Unsaved {
    /// Records that enter their sets then.
    records: Vec<(NotebookId, RecordId)>,
    /// Those among them that were made here, and go to everybody at once.
    made: Vec<(NotebookId, RecordId, Vec<u8>)>,
    /// Those that came from a peer, and are announced to the others.
    came: Vec<(NotebookId, RecordId, DeviceId)>,
    /// What is to be told.
    effects: Vec<Effect>,
}

/// One device's whole mind.
pub struct Replica {
    pub(crate) me: Me,
    pub(crate) rng: ChaCha20Rng,
    pub(crate) notebooks: BTreeMap<NotebookId, Notebook>,
    pub(crate) routes: BTreeMap<RoutingId, NotebookId>,
    /// Notebooks whose membership cannot be read, with the reason.
    pub(crate) unreadable: BTreeMap<NotebookId, String>,
    pub(crate) sessions: BTreeMap<DeviceId, Session>,
    pub(crate) joining: BTreeMap<Asked, crate::joining::Joining>,
    /// Joined, and not here whole yet.
    pub(crate) arriving: BTreeSet<NotebookId>,
    pub(crate) syncing: BTreeSet<Asked>,
    pub(crate) damage: Vec<String>,
    /// Files that are being attached.
    pub(crate) drafts: Drafts,
    /// Files that are being fetched.
    pub(crate) fetching: AllFetching,
    /// Whether members are asked for notebooks that were lost.
    pub(crate) seeking: Seeking,
    tickets: u64,
    unsaved: VecDeque<(Ticket, Unsaved)>,
    /// Effects of the event in hand.
    pub(crate) effects: Vec<Effect>,
    /// When something to compact was last looked for.
    pub(crate) tidied: Option<Moment>,
    /// What the actors that this device goes on with begin with.
    pub(crate) line: Line,
    /// Which notebooks a record may be in.
    pub(crate) whereabouts: Whereabouts,
    /// Notebooks in which something happened since their members were last looked after.
    pub(crate) unattended: BTreeSet<NotebookId>,
    /// What is borne of peers who bring what has to be refused.
    pub(crate) forbearance: Forbearance,
    pub(crate) effort: Effort,
    /// What is known of this device's own person.
    pub(crate) own: crate::devices::Own,
}

/// What a replica has done since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// How often it looked whether the members of a notebook need something.
    pub looked_after: u64,
    /// How many connected devices it considered then, all times together.
    pub cared_for: u64,
}

/// Records that one event makes durable, gathered before they are handed to the disk.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) batch: Batch,
    records: Vec<(NotebookId, RecordId)>,
    made: Vec<(NotebookId, RecordId, Vec<u8>)>,
    came: Vec<(NotebookId, RecordId, DeviceId)>,
    /// Told when the batch is durable.
    pub(crate) then: Vec<Effect>,
}

impl Work {
    /// A record that this device made.
    pub(crate) fn made(&mut self, notebook: &NotebookId, record: &hedgerow_access::Record) {
        self.records.push((*notebook, record.id()));
        self.made.push((*notebook, record.id(), record.bytes().to_vec()));
    }

    /// The records that are to enter their sets.
    pub(crate) fn records(&self) -> &[(NotebookId, RecordId)] {
        &self.records
    }

    /// A record that `from` sent.
    pub(crate) fn came(&mut self, notebook: &NotebookId, record: RecordId, from: DeviceId) {
        self.records.push((*notebook, record));
        self.came.push((*notebook, record, from));
    }
}

impl Replica {
    /// Reads what is on the device. `seed` is 32 bytes of fresh chance; equal seeds and events give equal effects.
    ///
    /// # Errors
    /// When the device cannot be read. A damaged notebook is no error: see [`Replica::damage`].
    pub fn open(me: Me, seed: [u8; 32], archive: &dyn Archive) -> Result<Replica, ArchiveFault> {
        let seed = if mutant("draw-own-chance") { [RandomState::new().hash_one(seed) as u8; 32] } else { seed };
        let own = crate::devices::Own::new(&me);
        let mut replica = Replica {
            me,
            rng: ChaCha20Rng::from_seed(seed),
            notebooks: BTreeMap::new(),
            routes: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            sessions: BTreeMap::new(),
            joining: BTreeMap::new(),
            arriving: BTreeSet::new(),
            syncing: BTreeSet::new(),
            damage: Vec::new(),
            drafts: Drafts::default(),
            fetching: AllFetching::new(),
            seeking: Seeking::default(),
            tickets: 0,
            unsaved: VecDeque::new(),
            effects: Vec::new(),
            tidied: None,
            line: Line::default(),
            whereabouts: Whereabouts::default(),
            unattended: BTreeSet::new(),
            forbearance: Forbearance::default(),
            effort: Effort::default(),
            own,
        };
        replica.line = Line::read(archive, &mut replica.rng);
        replica.read_own_log(archive)?;
        replica.seeking = Seeking::read(archive)?;
        replica.read_arriving(archive)?;
        replica.read_notebooks(archive)?;
        replica.read_streams_without_row(archive);
        replica.give_up_drafts(archive);
        Ok(replica)
    }

    fn read_notebooks(&mut self, archive: &dyn Archive) -> Result<(), ArchiveFault> {
        self.notebooks.clear();
        self.routes.clear();
        self.unreadable.clear();
        for (key, value) in archive.scan(Shelf::Notebook, &[])? {
            let Some(id) = NotebookId::from_slice(&key) else { continue };
            let Some(row) = crate::rows::decode::<NotebookRow>(&value) else {
                self.unreadable.insert(id, "its row is damaged".to_owned());
                continue;
            };
            match notebook::load(id, row, archive, &self.me.keys)? {
                Loaded::Notebook(notebook, damage) => {
                    self.damage.extend(damage);
                    self.routes.insert(notebook.routing(), id);
                    self.notebooks.insert(id, *notebook);
                }
                Loaded::Unreadable(why) => {
                    self.unreadable.insert(id, why);
                }
            }
        }
        self.read_notebooks_without_row(archive)?;
        self.unattended.extend(self.notebooks.keys());
        self.survey();
        Ok(())
    }

    /// What it has done since it was opened.
    #[must_use]
    pub fn effort(&self) -> Effort {
        self.effort
    }

    /// Who this device is.
    #[must_use]
    pub fn me(&self) -> &Me {
        &self.me
    }

    /// Takes one thing that happened; returns what must be done. Does none of it.
    pub fn handle(&mut self, now: Moment, archive: &dyn Archive, event: Event) -> Vec<Effect> {
        match event {
            Event::WentBack => self.went_back(),
            Event::Command(asked, command) => self.command(now, archive, asked, command),
            Event::GaveUp(asked) => self.give_up(asked),
            Event::Saved(ticket) => self.saved(now, archive, ticket),
            Event::NotSaved(ticket, why) => self.not_saved(now, archive, ticket, &why),
            Event::Connected(peer) => {
                if self.notebooks.values().any(|notebook| notebook.shares_with(&peer)) {
                    // What was typed while nobody was there goes out as one.
                    self.tidied = None;
                    self.tidy(now, archive);
                }
                self.connected(now, peer);
            }
            Event::Disconnected(peer) => {
                self.disconnected(peer);
                self.go_on_fetching(now);
            }
            Event::Received(from, bytes) => self.received(now, archive, from, &bytes),
            Event::Tick => self.tick(now, archive),
        }
        std::mem::take(&mut self.effects)
    }

    fn command(&mut self, now: Moment, archive: &dyn Archive, asked: Asked, command: Command) {
        if let Err(refusal) = self.carry_out(now, archive, asked, command) {
            self.effects.push(Effect::Answer(asked, Err(refusal)));
        }
    }

    fn give_up(&mut self, asked: Asked) {
        if self.joining.remove(&asked).is_some() {
            self.ask_everybody_to_join();
        }
        self.syncing.remove(&asked);
        self.give_up_fetching(asked);
    }

    /// Hands work to the disk; what it promises is told when the disk has it.
    pub(crate) fn submit(&mut self, work: Work) {
        let Work { mut batch, records, made, came, mut then } = work;
        if batch.is_empty() {
            if self.unsaved.is_empty() {
                self.effects.extend(then);
            } else if let Some((_, last)) = self.unsaved.back_mut() {
                last.effects.extend(then);
            }
            return;
        }
        self.line.keep(&mut batch);
        self.seeking.keep(&mut batch);
        self.drafts.clear(&mut batch);
        self.whereabouts.note_all(&batch);
        self.unattended.extend(records.iter().map(|(notebook, _)| *notebook));
        for (notebook, record, _) in &made {
            if let Some(notebook) = self.notebooks.get_mut(notebook) {
                notebook.was_made(record);
            }
        }
        mutant("announce-before-saving").then(|| self.announce_made(Moment::default(), made.clone()));
        self.effects.extend(then.extract_if(.., |_| mutant("answer-before-saving")));
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.unsaved.push_back((ticket, Unsaved { records, made, came, effects: then }));
        self.effects.push(Effect::Save(ticket, batch));
    }

    /// Whether anything is on its way to the disk.
    pub(crate) fn is_saving(&self) -> bool {
        !self.unsaved.is_empty()
    }

    /// The ticket of the last batch handed to the disk: an answer read from memory now may be told once it is saved.
    #[must_use]
    pub fn last_ticket(&self) -> Ticket {
        Ticket(self.tickets)
    }

    /// What was saved together is told together: one message to each peer, which then shows it in one step.
    fn saved(&mut self, now: Moment, archive: &dyn Archive, ticket: Ticket) {
        let (mut made, mut came) = (Vec::new(), Vec::new());
        while self.unsaved.front().is_some_and(|(first, _)| *first <= ticket) {
            let Some((_, unsaved)) = self.unsaved.pop_front() else { break };
            let mut by_notebook: BTreeMap<NotebookId, Vec<RecordId>> = BTreeMap::new();
            for (notebook, record) in &unsaved.records {
                by_notebook.entry(*notebook).or_default().push(*record);
            }
            for (id, records) in by_notebook {
                self.unattended.insert(id);
                if let Some(notebook) = self.notebooks.get_mut(&id) {
                    notebook.saved(&records);
                }
            }
            self.effects.extend(unsaved.effects);
            made.extend(unsaved.made);
            came.extend(unsaved.came);
        }
        self.announce_made(now, made);
        self.announce_came(now, &came);
        self.agree_where_caught_up(now);
        self.after_change(now, archive);
    }

    /// Everything that was not durable is gone; what is durable is read again.
    fn not_saved(&mut self, now: Moment, archive: &dyn Archive, ticket: Ticket, why: &str) {
        let mut lost: Vec<Unsaved> = Vec::new();
        self.unsaved.retain_mut(|(first, unsaved)| {
            let keep = *first < ticket;
            if !keep {
                lost.push(std::mem::take(unsaved));
            }
            keep
        });
        for unsaved in lost {
            for effect in unsaved.effects {
                if let Effect::Answer(asked, _) = effect {
                    self.effects.push(Effect::Answer(asked, Err(Refusal::Device(why.to_owned()))));
                }
            }
        }
        self.stop_fetching(why);
        self.line.is_kept = false;
        self.seeking.keep_again();
        if let Err(fault) = self.read_own_log(archive).and_then(|()| self.read_notebooks(archive)) {
            self.damage.push(fault.to_string());
        }
        self.give_up_drafts(archive);
        for session in self.sessions.values_mut() {
            session.forget_round(now);
        }
    }

    /// Damage that was met while reading, in words; taken out by asking.
    pub fn damage(&mut self) -> Vec<String> {
        std::mem::take(&mut self.damage)
    }

    /// Whether damage was met that was not asked for yet.
    #[must_use]
    pub fn has_damage(&self) -> bool {
        !self.damage.is_empty()
    }

    /// When `Tick` is next needed.
    #[must_use]
    pub fn next_due(&self) -> Option<Moment> {
        self.sessions.values().filter_map(Session::next_due).chain(self.fetching_due()).min()
    }

    pub(crate) fn notebook(&self, id: &NotebookId) -> Result<&Notebook, Refusal> {
        self.notebooks.get(id).ok_or(Refusal::NoNotebook(*id))
    }

    pub(crate) fn notebook_mut(&mut self, id: &NotebookId) -> Result<&mut Notebook, Refusal> {
        self.notebooks.get_mut(id).ok_or(Refusal::NoNotebook(*id))
    }

    /// Makes sure that a stream is in memory.
    pub(crate) fn open_stream(
        &mut self,
        archive: &dyn Archive,
        id: &NotebookId,
        name: &StreamName,
    ) -> Result<&mut Stream, Refusal> {
        let notebook = self.notebooks.get_mut(id).ok_or(Refusal::NoNotebook(*id))?;
        open_stream(notebook, archive, name, &mut self.damage).map_err(|fault| Refusal::Device(fault.to_string()))
    }

    pub(crate) fn notice(work: &mut Work, notice: Notice) {
        let effect = Effect::Notice(notice);
        if !work.then.contains(&effect) {
            work.then.push(effect);
        }
    }

    /// Answers a command once its batch is durable.
    pub(crate) fn answer(work: &mut Work, asked: Asked, outcome: Outcome) {
        work.then.push(Effect::Answer(asked, Ok(outcome)));
    }
}

/// Makes sure that a stream of this notebook is in memory. Records of it that turn out to be unreadable leave the set,
/// so that they are fetched again.
pub(crate) fn open_stream<'a>(
    notebook: &'a mut Notebook,
    archive: &dyn Archive,
    name: &StreamName,
    damage: &mut Vec<String>,
) -> Result<&'a mut Stream, ArchiveFault> {
    let tag: StreamTag = name.tag(&notebook.id);
    if !notebook.open.contains_key(&tag) {
        let (mut stream, misfits) = crate::opening::open(notebook, name, archive)?;
        stream.is_whole = misfits.is_empty();
        for id in misfits {
            damage.push(format!("record {id} of {} cannot be read; it will be fetched again", notebook.id));
            notebook.lose(&id);
        }
        notebook.streams.entry(tag).or_insert_with(|| StreamRow { name: *name, summary: Default::default() });
        notebook.open.insert(tag, stream);
    }
    #[expect(clippy::expect_used, reason = "put there in the lines above")]
    Ok(notebook.open.get_mut(&tag).expect("the stream is open"))
}

/// The roles that matter to a caller, read from the membership that is known now.
pub(crate) fn my_role(membership: &Membership, device: &DeviceId) -> Option<hedgerow_model::Role> {
    membership.now().role_of_device(device)
}
