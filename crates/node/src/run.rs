//! The one loop: everything that happens comes in here, one thing at a time, and everything that is done goes out.

use crate::answers::Notice;
use crate::archive::to_store;
use crate::clock::{Clock, Look};
use crate::fault::NodeFault;
use crate::me;
use crate::mind::Mind;
use crate::request::{Order, Question, Request};
use crate::saving::{Ended, Number, Saving};
use hedgerow_model::{DeviceId, Moment, NotebookId, PageId};
use hedgerow_net::{NetEvent, NetEvents};
use hedgerow_store::{Batch, StoreFault};
use hedgerow_sync::{Asked, Command, Effect, Event, Outcome, PageChange, Refusal, Sum};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Batches waiting for the disk beyond which nothing more is read from the network.
const BACKLOG: usize = 1_024;
/// Between two looks at what is due, at least this, in milliseconds.
const BREATH: u64 = 10;
/// And this when the last look did not help: what is due waits for something else.
const PATIENCE: u64 = 250;
/// And at most this: clocks are set, and machines sleep.
const NAP: u64 = 60_000;

/// The loop and what only it knows.
pub(crate) struct Run {
    mind: Mind,
    clock: Clock,
    requests: mpsc::UnboundedReceiver<Request>,
    heard: Option<NetEvents>,
    saving: Saving,
    ended: mpsc::UnboundedReceiver<Result<(), StoreFault>>,
    orders: BTreeMap<Asked, Waiting>,
    /// Answered questions, until what they rest on is durable.
    held: VecDeque<(Number, Box<dyn Question>)>,
    /// Answers to orders, until a row of the node's own is durable.
    gated: Vec<(Asked, Result<Outcome, Refusal>)>,
    /// Devices that broke the protocol, and until when they are left alone.
    avoided: BTreeMap<DeviceId, Moment>,
    /// Whether membership may have changed in this turn.
    contacts_changed: bool,
    /// Whether the last turn was a look at what is due.
    just_looked: bool,
    /// Whoever waits for the end.
    closing: Vec<oneshot::Sender<()>>,
}

/// An order under way.
struct Waiting {
    order: Box<dyn Order>,
    /// The pages it changes.
    pages: Vec<PageId>,
    /// Whether it says who the person is.
    is_profile: bool,
    /// The row of the node's own that has to be durable first.
    gate: Number,
}

/// What ended a wait.
enum Woken {
    Request(Request),
    Heard(Option<NetEvent>),
    Ended(Result<(), StoreFault>),
    Due,
    AllGone,
}

impl Run {
    /// A loop over `mind`, asked by `requests`, told by `heard`.
    pub(crate) fn new(mut mind: Mind, requests: mpsc::UnboundedReceiver<Request>, heard: Option<NetEvents>) -> Run {
        let (told, ended) = mpsc::unbounded_channel();
        let saving = Saving::new(mind.shelves.store().clone(), told);
        let mut clock = Clock::default();
        let (Look::Now(now) | Look::SetBack(now)) = clock.look();
        mind.now = now;
        mind.keep_in_touch();
        if let Some(net) = &mind.net {
            for device in mind.replica.contacts() {
                net.know(device, mind.book.addresses(&device));
            }
        }
        Run {
            mind,
            clock,
            requests,
            heard,
            saving,
            ended,
            orders: BTreeMap::new(),
            held: VecDeque::new(),
            gated: Vec::new(),
            avoided: BTreeMap::new(),
            contacts_changed: false,
            just_looked: false,
            closing: Vec::new(),
        }
    }

    /// The folder may be older than what this device has told others: goes on so that nothing is told twice.
    pub(crate) fn begin_anew(&mut self) {
        self.tell(Event::WentBack);
    }

    /// Runs until it is told to close, or until nobody holds a handle to it any more.
    pub(crate) async fn run(mut self) {
        loop {
            self.end_turn();
            if !self.closing.is_empty() && self.saving.is_idle() {
                break;
            }
            let woken = self.wait().await;
            self.just_looked = matches!(woken, Woken::Due);
            self.look_at_the_clock();
            match woken {
                Woken::Request(request) => self.take_request(request),
                Woken::Heard(Some(event)) => self.hear(event),
                Woken::Heard(None) => self.heard = None,
                Woken::Ended(outcome) => self.saved(outcome),
                Woken::Due => self.due_now(),
                Woken::AllGone => return,
            }
        }
        if let Some(net) = self.mind.net.take() {
            net.shutdown().await;
        }
        for closing in self.closing.drain(..) {
            // Whoever closed it does not have to wait.
            let _ = closing.send(());
        }
    }

    async fn wait(&mut self) -> Woken {
        let due = [self.mind.replica.next_due(), self.avoided.values().min().copied()].into_iter().flatten().min();
        let in_vain = self.just_looked && due.is_some_and(|due| due <= self.mind.now);
        let least = if in_vain { PATIENCE } else { BREATH };
        let nap = due.map_or(NAP, |due| due.since(self.mind.now).clamp(least, NAP));
        let listens = self.saving.backlog() < BACKLOG;
        tokio::select! {
            request = self.requests.recv() => request.map_or(Woken::AllGone, Woken::Request),
            Some(outcome) = self.ended.recv() => Woken::Ended(outcome),
            event = next(&mut self.heard), if listens => Woken::Heard(event),
            () = tokio::time::sleep(Duration::from_millis(nap)) => Woken::Due,
        }
    }

    fn look_at_the_clock(&mut self) {
        match self.clock.look() {
            Look::Now(now) => self.mind.now = now,
            Look::SetBack(now) => {
                self.mind.now = now;
                let connected: Vec<DeviceId> = self.mind.connected.keys().copied().collect();
                for device in connected {
                    self.tell(Event::Disconnected(device));
                    self.tell(Event::Connected(device));
                }
                for moment in self.avoided.values_mut() {
                    *moment = now;
                }
            }
        }
    }

    fn take_request(&mut self, request: Request) {
        match request {
            // Dropped, it tells whoever asked that the node has stopped.
            Request::Ask(_) | Request::Do(..) if !self.closing.is_empty() => {}
            Request::Ask(question) => self.ask(question),
            Request::Do(asked, order) => self.begin_order(asked, order),
            Request::GiveUp(asked) => {
                if self.orders.remove(&asked).is_some() {
                    self.tell(Event::GaveUp(asked));
                }
            }
            Request::Close(done) => self.closing.push(done),
        }
    }

    /// Answers a question now; says the answer when nothing in it can be lost any more.
    fn ask(&mut self, mut question: Box<dyn Question>) {
        question.ask(&mut self.mind);
        if self.saving.is_idle() {
            question.tell();
        } else {
            self.held.push_back((self.saving.last(), question));
        }
    }

    fn begin_order(&mut self, asked: Asked, mut order: Box<dyn Order>) {
        let Some(command) = order.prepare(&mut self.mind) else { return };
        let pages = pages_of(&command);
        let is_profile = matches!(command, Command::SetProfile(_));
        let event = Event::Command(asked, command);
        let effects = self.mind.replica.handle(self.mind.now, &self.mind.shelves, event);
        order.after(&mut self.mind);
        self.orders.insert(asked, Waiting { order, pages, is_profile, gate: 0 });
        let refused = effects.iter().any(|effect| matches!(effect, Effect::Answer(to, Err(_)) if *to == asked));
        let mut own = None;
        if is_profile && !refused {
            let mut row = Batch::new();
            me::profile_row(&mut row, &self.mind.replica.me().profile);
            self.mind.said = self.mind.replica.me().profile.0;
            own = Some((asked, row));
        }
        self.carry_out(effects, own);
        self.contacts_changed = true;
    }

    /// Tells the replica, and does what it answers.
    fn tell(&mut self, event: Event) {
        let effects = self.mind.replica.handle(self.mind.now, &self.mind.shelves, event);
        self.carry_out(effects, None);
    }

    /// Does what the replica wants done. A row of the node's own goes to the disk in one batch with the order it belongs
    /// to, or before its answer where that order saves nothing.
    fn carry_out(&mut self, effects: Vec<Effect>, mut own: Option<(Asked, Batch)>) {
        let here = self.changed_here(&effects);
        let mut answers = Vec::new();
        for effect in effects {
            match effect {
                Effect::Save(ticket, batch) => {
                    let mut batch = to_store(batch);
                    if let Some((_, row)) = own.take() {
                        batch.append(row);
                    }
                    self.saving.add(Some(ticket), batch);
                }
                Effect::Send(to, bytes) => self.send(to, bytes),
                Effect::Answer(asked, outcome) => answers.push((asked, outcome)),
                Effect::Avoid(device, until, why) => self.avoid(device, until, &why),
                Effect::Notice(notice) => self.notice(notice, &here),
            }
        }
        if let Some((asked, row)) = own {
            let number = self.saving.add(None, row);
            if let Some(waiting) = self.orders.get_mut(&asked) {
                waiting.gate = number;
            }
        }
        for (asked, outcome) in answers {
            self.answer(asked, outcome);
        }
    }

    /// The pages that orders answered among these effects have changed.
    fn changed_here(&self, effects: &[Effect]) -> BTreeSet<PageId> {
        let mut here = BTreeSet::new();
        for effect in effects {
            let Effect::Answer(asked, Ok(outcome)) = effect else { continue };
            here.extend(self.orders.get(asked).into_iter().flat_map(|waiting| &waiting.pages));
            if let Outcome::Pages(pages) = outcome {
                here.extend(pages);
            }
        }
        here
    }

    fn answer(&mut self, asked: Asked, outcome: Result<Outcome, Refusal>) {
        let Some(waiting) = self.orders.get(&asked) else { return };
        if outcome.is_ok() && !self.saving.is_settled(waiting.gate) {
            self.gated.push((asked, outcome));
            return;
        }
        if let Some(waiting) = self.orders.remove(&asked) {
            if waiting.is_profile && outcome.is_ok() {
                self.mind.profile = self.mind.replica.me().profile.1.clone();
            }
            self.contacts_changed = true;
            waiting.order.answer(outcome.map_err(NodeFault::from));
        }
    }

    /// What does not go out is found missing when the two sides next compare.
    fn send(&self, to: DeviceId, bytes: Vec<u8>) {
        if let Some(net) = &self.mind.net
            && let Err(not_sent) = net.send(to, bytes)
        {
            tracing::debug!(%not_sent, "a message was not sent");
        }
    }

    fn avoid(&mut self, device: DeviceId, until: Moment, why: &str) {
        tracing::warn!(%device, why, "a peer broke the protocol and is left alone for a while");
        if let Some(net) = &self.mind.net {
            net.block(device);
        }
        self.mind.book.failed(&device, &format!("it sent what could not be understood ({why})"));
        self.avoided.insert(device, until);
    }

    fn notice(&mut self, notice: hedgerow_sync::Notice, here: &BTreeSet<PageId>) {
        let told = match notice {
            hedgerow_sync::Notice::PageChanged(notebook, page) => {
                Notice::PageChanged { notebook, page, here: here.contains(&page) }
            }
            hedgerow_sync::Notice::NotebookChanged(notebook) => {
                self.contacts_changed = true;
                Notice::NotebookChanged { notebook }
            }
            hedgerow_sync::Notice::Refused(notebook, why) => Notice::Refused { notebook: Some(notebook), why },
            hedgerow_sync::Notice::Agreed(device, held) => self.agreed(device, &held),
            hedgerow_sync::Notice::Compacted(notebook, before, after) => {
                return self.mind.agreed.compacted(&notebook, &before, &after);
            }
            hedgerow_sync::Notice::Admitted(notebook, person, words) => {
                self.contacts_changed = true;
                Notice::Admitted {
                    notebook,
                    who: self.mind.who(&person),
                    words: words.words().map(str::to_owned).to_vec(),
                }
            }
            hedgerow_sync::Notice::FileCame(notebook, attachment) => Notice::FileCame { notebook, attachment },
            hedgerow_sync::Notice::Present { notebook, page, device, caret } => {
                Notice::Present { notebook, page, device, who: self.mind.who_of(&device), caret }
            }
        };
        self.mind.notify(told);
    }

    /// A device holds what we hold, now.
    fn agreed(&mut self, device: DeviceId, held: &[(NotebookId, Sum)]) -> Notice {
        if !held.is_empty() {
            // Who has only just become a contact is one.
            if std::mem::take(&mut self.contacts_changed) {
                self.mind.keep_in_touch();
            }
            self.mind.book.agreed(&device, self.mind.now);
            self.mind.agreed.note(&device, held);
        }
        let notebooks = held.iter().map(|(notebook, _)| *notebook).collect();
        Notice::Agreed { device, who: self.mind.who_of(&device), notebooks }
    }

    fn hear(&mut self, event: NetEvent) {
        match event {
            NetEvent::Message { from, bytes } => self.tell(Event::Received(from, bytes)),
            NetEvent::Connected { device, address } => {
                self.mind.book.connected(&device, &address, self.mind.now);
                self.mind.connected.insert(device, address.clone());
                self.mind.unreached.remove(&device);
                self.mind.notify(Notice::PeerConnected { device, who: self.mind.who_of(&device), address });
                self.tell(Event::Connected(device));
            }
            NetEvent::Disconnected { device } => {
                self.mind.book.parted(&device, self.mind.now);
                self.mind.connected.remove(&device);
                self.mind.notify(Notice::PeerDisconnected { device, who: self.mind.who_of(&device) });
                self.tell(Event::Disconnected(device));
            }
            NetEvent::Discovered { device, addresses } => self.mind.book.learned(&device, &addresses),
            NetEvent::Listening { address } => self.mind.notify(Notice::Listening { address }),
            NetEvent::ListenFailed { address, why } => self.mind.notify(Notice::ListenFailed { address, why }),
            NetEvent::DialFailed { device, address, why } => {
                if let Some(device) = &device {
                    self.mind.failed(device, &why);
                }
                self.mind.notify(Notice::Unreachable { device, address, why });
            }
            // What was dropped meanwhile is found missing when the two sides next compare.
            NetEvent::Drained { .. } => {}
        }
    }

    fn saved(&mut self, outcome: Result<(), StoreFault>) {
        match self.saving.ended(outcome) {
            Ended::Saved { last } => {
                if let Some(last) = last {
                    self.tell(Event::Saved(last));
                }
                self.open_gates(None);
                while self.held.front().is_some_and(|(number, _)| self.saving.is_settled(*number)) {
                    if let Some((_, question)) = self.held.pop_front() {
                        question.tell();
                    }
                }
            }
            Ended::Lost { first, from, why } => {
                tracing::error!(why, "what was to be saved was not");
                if let Some(first) = first {
                    self.tell(Event::NotSaved(first, why.clone()));
                }
                self.open_gates(Some((from, &why)));
                self.mind.book.save_again();
                self.mind.agreed.save_again();
                // What they were told may have rested on what is lost.
                for (_, question) in std::mem::take(&mut self.held) {
                    self.ask(question);
                }
            }
        }
    }

    /// Gives the answers that waited for a row of the node's own; as refusals where that row was lost.
    fn open_gates(&mut self, lost: Option<(Number, &str)>) {
        for (asked, outcome) in std::mem::take(&mut self.gated) {
            let gate = self.orders.get(&asked).map_or(0, |waiting| waiting.gate);
            match lost {
                Some((from, why)) if gate >= from => self.answer(asked, Err(Refusal::Device(why.to_owned()))),
                _ => self.answer(asked, outcome),
            }
        }
    }

    fn due_now(&mut self) {
        let over: Vec<DeviceId> =
            self.avoided.iter().filter(|(_, until)| **until <= self.mind.now).map(|(device, _)| *device).collect();
        for device in over {
            self.avoided.remove(&device);
            if let Some(net) = &self.mind.net {
                net.unblock(device);
            }
        }
        self.tell(Event::Tick);
    }

    /// What every turn leaves to be done at its end.
    fn end_turn(&mut self) {
        for say in self.mind.replica.damage() {
            self.mind.damaged(say.clone(), None, say);
        }
        for say in self.mind.shelves.damage() {
            self.mind.damaged(say.clone(), None, say);
        }
        if std::mem::take(&mut self.contacts_changed) {
            self.mind.keep_in_touch();
        }
        self.write_what_was_recalled();
        for batch in [self.mind.book.batch(), self.mind.agreed.batch()].into_iter().flatten() {
            self.saving.add(None, batch);
        }
    }

    /// What the person once said of themselves, and this device had lost, is written down again when a notebook brought it.
    fn write_what_was_recalled(&mut self) {
        let profile = &self.mind.replica.me().profile;
        if profile.0 > self.mind.said {
            let mut row = Batch::new();
            me::profile_row(&mut row, profile);
            (self.mind.said, self.mind.profile) = profile.clone();
            self.saving.add(None, row);
        }
    }
}

/// The pages that a command changes; not those that it begins, which have no id yet.
fn pages_of(command: &Command) -> Vec<PageId> {
    match command {
        Command::EditPage(_, page, _) | Command::Comment(_, page, _) | Command::TakeFromEditor(_, page, _) => {
            vec![*page]
        }
        Command::ChangePages(changes) => {
            let changed = changes.iter().filter_map(|change| match change {
                PageChange::Edit(_, page, _) => Some(*page),
                PageChange::Begin(..) => None,
            });
            changed.collect()
        }
        _ => Vec::new(),
    }
}

/// The next thing heard; never, where there is no network.
async fn next(heard: &mut Option<NetEvents>) -> Option<NetEvent> {
    match heard {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}
