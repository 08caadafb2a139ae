//! One device without a node: the replica over a store, its clock and its messages moved by hand.

use crate::stage::people::Person;
use hedgerow_model::{DeviceId, Moment, NotebookId, PageId, TemplateKind, Title};
use hedgerow_store::{Memory, Store, StoreFault, Table};
use hedgerow_sync::{
    Archive, ArchiveFault, Asked, Command, Effect, Event, Outcome, PageBeginning, Refusal, Replica, Row, Shelf, Ticket,
};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// When everything here begins.
pub(crate) const BEGINNING: Moment = Moment::from_millis(1_790_000_000_000);

/// Rows in one batch of the store, beyond which another is begun.
const ROWS: usize = 4_096;

/// A row of the store with its shelf's place among all shelves: what a device holds, to be put elsewhere.
pub(crate) type Held = Vec<(u8, Vec<u8>, Vec<u8>)>;

/// The store as the replica reads it.
struct Shelves(Arc<dyn Store>);

impl Archive for Shelves {
    fn get(&self, shelf: Shelf, key: &[u8]) -> Result<Option<Vec<u8>>, ArchiveFault> {
        self.0.get(table(shelf), key).map_err(told)
    }

    fn scan(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Row>, ArchiveFault> {
        let mut rows = Vec::new();
        let visit = &mut |key: &[u8], value: &[u8]| {
            rows.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        };
        self.0.scan(table(shelf), prefix, visit).map_err(told)?;
        Ok(rows)
    }

    fn keys(&self, shelf: Shelf, prefix: &[u8]) -> Result<Vec<Vec<u8>>, ArchiveFault> {
        self.0.keys(table(shelf), prefix).map_err(told)
    }
}

fn told(fault: StoreFault) -> ArchiveFault {
    ArchiveFault { say: fault.to_string(), is_damage: matches!(fault, StoreFault::Damaged(_)) }
}

fn table(shelf: Shelf) -> Table {
    Table::named(shelf.name())
}

/// A device.
pub(crate) struct Device {
    pub(crate) replica: Replica,
    id: DeviceId,
    shelves: Shelves,
    pub(crate) now: Moment,
    asked: u64,
    unsaved: Vec<(Ticket, hedgerow_sync::Batch)>,
    pub(crate) outbox: Vec<(DeviceId, Vec<u8>)>,
    answers: BTreeMap<Asked, Result<Outcome, Refusal>>,
    /// Bytes of all records that were saved.
    pub(crate) recorded: u64,
}

impl Device {
    /// A device of `person`, on what `store` holds.
    pub(crate) fn open(person: &Person, store: Arc<dyn Store>) -> Device {
        Device::in_life(person, store, 0)
    }

    /// The same, with chance of its own for each life.
    pub(crate) fn in_life(person: &Person, store: Arc<dyn Store>, life: u64) -> Device {
        let shelves = Shelves(store);
        let replica = Replica::open(person.me(), person.chance(life), &shelves).expect("the store can be read");
        Device {
            id: replica.me().device(),
            replica,
            shelves,
            now: BEGINNING,
            asked: 0,
            unsaved: Vec::new(),
            outbox: Vec::new(),
            answers: BTreeMap::new(),
            recorded: 0,
        }
    }

    /// A device in memory that holds nothing.
    pub(crate) fn new(person: &Person) -> Device {
        Device::open(person, Arc::new(Memory::new()))
    }

    /// A device in memory that holds what another did.
    pub(crate) fn holding(person: &Person, held: Held) -> Device {
        let store = Memory::new();
        let mut batch = hedgerow_store::Batch::new();
        for (shelf, key, value) in held {
            batch.put(table(Shelf::ALL[usize::from(shelf)]), key, value);
        }
        store.commit(batch).expect("memory takes it");
        Device::open(person, Arc::new(store))
    }

    /// All that it holds.
    pub(crate) fn held(&self) -> Held {
        let mut held = Vec::new();
        for (at, shelf) in (0..).zip(Shelf::ALL) {
            let rows = self.shelves.scan(shelf, &[]).expect("the store can be read");
            held.extend(rows.into_iter().map(|(key, value)| (at, key, value)));
        }
        held
    }

    /// Which device it is.
    pub(crate) fn id(&self) -> DeviceId {
        self.id
    }

    /// Tells the replica what happened, and notes what it wants done.
    pub(crate) fn tell(&mut self, event: Event) {
        for effect in self.replica.handle(self.now, &self.shelves, event) {
            match effect {
                Effect::Save(ticket, batch) => self.unsaved.push((ticket, batch)),
                Effect::Send(to, bytes) => self.outbox.push((to, bytes)),
                Effect::Answer(asked, answer) => drop(self.answers.insert(asked, answer)),
                Effect::Avoid(_, _, why) => panic!("a peer broke the protocol: {why}"),
                Effect::Notice(_) => {}
            }
        }
    }

    /// Asks for something; what is to be saved waits for [`Device::save`].
    pub(crate) fn ask(&mut self, command: Command) -> Asked {
        self.asked += 1;
        self.tell(Event::Command(Asked(self.asked), command));
        Asked(self.asked)
    }

    /// The answer, if there is one by now.
    pub(crate) fn answered(&mut self, asked: Asked) -> Option<Outcome> {
        self.answers.remove(&asked).map(|answer| answer.expect("what is asked here is allowed"))
    }

    /// Asks, saves, and gives the answer.
    pub(crate) fn command(&mut self, command: Command) -> Outcome {
        let asked = self.ask(command);
        self.save();
        self.answered(asked).expect("it is answered when it is saved")
    }

    /// Makes durable what waits, and what follows from that.
    pub(crate) fn save(&mut self) {
        while let Some(saved) = self.save_some() {
            self.tell(Event::Saved(saved));
        }
    }

    /// Makes durable what waits, as much of it as goes together; the last of it, for the replica to be told.
    pub(crate) fn save_some(&mut self) -> Option<Ticket> {
        let mut together = hedgerow_store::Batch::new();
        let (mut last, mut count) = (None, 0);
        for (ticket, batch) in &mut self.unsaved {
            if count > 0 && together.len() + batch.rows.len() > ROWS {
                break;
            }
            (last, count) = (Some(*ticket), count + 1);
            for (shelf, key, value) in std::mem::take(&mut batch.rows) {
                if let (Shelf::Record, Some(value)) = (shelf, &value) {
                    self.recorded += value.len() as u64;
                }
                match value {
                    Some(value) => together.put(table(shelf), key, value),
                    None => together.delete(table(shelf), key),
                };
            }
        }
        self.unsaved.drain(..count);
        if last.is_some() {
            self.shelves.0.commit(together).expect("the store takes it");
        }
        last
    }

    /// Lets time go by, and what is due happen.
    pub(crate) fn pass(&mut self, millis: u64) {
        self.now = self.now.plus_millis(millis);
        self.tell(Event::Tick);
        self.save();
    }

    /// Begins a notebook.
    pub(crate) fn found(&mut self, title: &str) -> NotebookId {
        let asked = self.ask(found(title));
        self.save();
        self.notebook(asked)
    }

    /// The notebook that was asked for.
    pub(crate) fn notebook(&mut self, asked: Asked) -> NotebookId {
        match self.answered(asked) {
            Some(Outcome::Notebook(id)) => id,
            other => panic!("no notebook was begun: {other:?}"),
        }
    }

    /// Begins a page.
    pub(crate) fn page(&mut self, notebook: NotebookId, title: &str) -> PageId {
        match self.command(Command::NewPages(notebook, vec![beginning(title, Vec::new())])) {
            Outcome::Pages(pages) => pages[0],
            other => panic!("no page was begun: {other:?}"),
        }
    }

    /// Whether it is known to hold the same as `other` of everything shared.
    pub(crate) fn agrees_with(&self, other: &Device) -> bool {
        self.replica.peers().iter().any(|peer| peer.device == other.id && peer.agreed.is_some())
    }

    /// The page as it is shown.
    pub(crate) fn body(&mut self, notebook: &NotebookId, page: &PageId) -> String {
        self.replica.page(&self.shelves, notebook, page, None).expect("the page is here").body
    }

    /// Writes checkpoints until no stream that is open has a long tail.
    pub(crate) fn compact(&mut self) {
        let mut before = usize::MAX;
        loop {
            self.pass(30_000);
            let after = self.shelves.0.count(table(Shelf::Record)).expect("it counts");
            let after = usize::try_from(after).expect("few enough");
            if after >= before {
                return;
            }
            before = after;
        }
    }
}

/// The command that begins a notebook.
pub(crate) fn found(title: &str) -> Command {
    Command::FoundNotebook { title: self::title(title), challenge: None, inbox: false }
}

/// What a page begins with.
pub(crate) fn beginning(title: &str, body: Vec<hedgerow_document::Block>) -> PageBeginning {
    let (title, template, fields) = (self::title(title), TemplateKind::note(), BTreeMap::new());
    PageBeginning { title, template, fields, body, plan: hedgerow_document::Plan::default() }
}

fn title(title: &str) -> Title {
    Title::parse(title).expect("a title")
}

/// Connects two devices.
pub(crate) fn connect(a: &mut Device, b: &mut Device) {
    a.tell(Event::Connected(b.id));
    b.tell(Event::Connected(a.id));
}

/// Takes them apart again.
pub(crate) fn part(a: &mut Device, b: &mut Device) {
    a.outbox.clear();
    b.outbox.clear();
    a.tell(Event::Disconnected(b.id));
    b.tell(Event::Disconnected(a.id));
}

/// Carries messages between two, and lets time go by where nothing moves, until `done`.
pub(crate) fn talk(a: &mut Device, b: &mut Device, mut done: impl FnMut(&mut Device, &mut Device) -> bool) {
    for _ in 0..1_000_000 {
        a.save();
        b.save();
        let moved = carry(a, b) | carry(b, a);
        if done(a, b) {
            return;
        }
        if !moved {
            wait(a, b);
        }
    }
    panic!("two devices talked without end");
}

/// Until both hold the same.
pub(crate) fn agree(a: &mut Device, b: &mut Device) {
    talk(a, b, |a, b| a.agrees_with(b) && b.agrees_with(a) && a.outbox.is_empty() && b.outbox.is_empty());
}

fn carry(from: &mut Device, to: &mut Device) -> bool {
    let sent = std::mem::take(&mut from.outbox);
    let (moved, there) = (!sent.is_empty(), to.id);
    for (_, bytes) in sent.into_iter().filter(|(device, _)| *device == there) {
        to.tell(Event::Received(from.id, bytes));
    }
    moved
}

fn wait(a: &mut Device, b: &mut Device) {
    let due = [a.replica.next_due(), b.replica.next_due()].into_iter().flatten().min();
    let later = a.now.max(b.now).plus_millis(1);
    for device in [a, b] {
        device.now = due.map_or(later, |due| due.max(later));
        device.tell(Event::Tick);
    }
}
