//! People, links, messages in flight, and time.

use crate::disk::Disk;
use crate::faults::{Fault, Faults};
use hedgerow_access::{DeviceKeys, RecoveryKeys, device_consent, found_person};
use hedgerow_model::{DeviceId, Label, Moment, PersonId, Profile};
use hedgerow_sync::{Asked, Command, Effect, Event, Me, Notice, Outcome, Refusal, Replica, Ticket};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A device of the story, by its place in it: a person's first and mostly only one, or another of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who(pub usize);

/// The longest that a story waits for something, in milliseconds of its own time.
const LONGEST: u64 = 600_000;

/// The most things that happen while a story waits for something.
const MOST_STEPS: u32 = 200_000;

/// Something that will happen.
#[derive(Debug, Clone)]
enum Thing {
    Deliver { from: Who, to: Who, session: u64, bytes: Vec<u8> },
    Saved { who: Who, life: u32, ticket: Ticket },
    Refused { who: Who, life: u32, ticket: Ticket },
    Tick { who: Who, life: u32 },
    Reconnect(Who, Who),
}

/// One device, and whose.
pub(crate) struct Person {
    pub(crate) name: String,
    keys: Arc<DeviceKeys>,
    recovery: Arc<RecoveryKeys>,
    /// Whether the device holds the recovery phrase.
    pub(crate) has_phrase: bool,
    log: Vec<hedgerow_access::SignedOp>,
    profile: (u64, Profile),
    pub(crate) disk: Disk,
    pub(crate) replica: Option<Replica>,
    /// Counts the times the device was started, so that what belongs to an earlier life is left out.
    life: u32,
    /// How wrong the clock is, in milliseconds ahead.
    skew: u64,
    asked: u64,
    pub(crate) answers: BTreeMap<Asked, Result<Outcome, Refusal>>,
    pub(crate) notices: Vec<Notice>,
    next_tick: Option<Moment>,
    /// When the disk has answered everything asked of it.
    answers_until: Moment,
}

/// Everybody.
pub struct Network {
    pub(crate) rng: ChaCha20Rng,
    pub(crate) clock: Moment,
    pub(crate) people: Vec<Person>,
    devices: BTreeMap<DeviceId, Who>,
    queue: BTreeMap<(Moment, u64), Thing>,
    count: u64,
    /// Pairs, lower first, that may not reach each other.
    cut: BTreeSet<(Who, Who)>,
    /// Connected pairs, lower first, with the number of their session and when its last message arrives.
    connected: BTreeMap<(Who, Who), (u64, Moment)>,
    /// Faults.
    pub faults: Faults,
    transcript: Vec<String>,
    seed: u64,
    /// Those whose devices were altered: nobody will ever agree with them.
    pub(crate) altered: BTreeSet<Who>,
    /// Messages and bytes sent, for counts.
    pub sent: (u64, u64),
    /// How long every message takes, in milliseconds; as chance will have it, unless told.
    pub message_takes: Option<u64>,
}

fn pair(a: Who, b: Who) -> (Who, Who) {
    if a < b { (a, b) } else { (b, a) }
}

impl Network {
    /// Nobody yet.
    #[must_use]
    pub fn new(seed: u64) -> Network {
        Network {
            rng: ChaCha20Rng::seed_from_u64(seed),
            clock: Moment::from_millis(1_790_000_000_000),
            people: Vec::new(),
            devices: BTreeMap::new(),
            queue: BTreeMap::new(),
            count: 0,
            cut: BTreeSet::new(),
            connected: BTreeMap::new(),
            faults: Faults::default(),
            transcript: Vec::new(),
            seed,
            altered: BTreeSet::new(),
            sent: (0, 0),
            message_takes: None,
        }
    }

    /// The story's time.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock
    }

    /// A number below `most`.
    pub fn below(&mut self, most: u64) -> u64 {
        self.rng.next_u64() % most.max(1)
    }

    fn happens(&mut self, thousandths: u32) -> bool {
        thousandths > 0 && self.below(1000) < u64::from(thousandths)
    }

    /// New people, each with a device, all connected with everybody.
    pub fn people<const COUNT: usize>(&mut self, names: [&str; COUNT]) -> [Who; COUNT] {
        names.map(|name| self.person(name))
    }

    /// A new person with a device, connected with everybody.
    pub fn person(&mut self, name: &str) -> Who {
        let (mut device, mut recovery) = ([0; 32], [0; 32]);
        self.rng.fill_bytes(&mut device);
        self.rng.fill_bytes(&mut recovery);
        let keys = Arc::new(DeviceKeys::from_seed(&device));
        let recovery = Arc::new(RecoveryKeys::from_seed(&recovery));
        let mut salt = [0; 16];
        self.rng.fill_bytes(&mut salt);
        let log = vec![found_person(&keys, recovery.public(), salt).expect("a person can be founded")];
        let profile = Profile { name: Label::parse(name).ok(), ..Profile::default() };
        let who = self.place(name, keys, (recovery, true), log, (1, profile));
        self.start(who);
        who
    }

    /// Another device of the person whose device `of` is, which adds it. It is on, and connected with everybody.
    ///
    /// # Errors
    /// Why `of` does not add it.
    pub fn another_device(&mut self, of: Who, name: &str) -> Result<Who, Refusal> {
        let keys = self.new_device();
        self.command(of, self.adding(of, &keys))?;
        let log = self.replica(of).me().log.clone();
        let recovery = self.people[of.0].recovery.clone();
        let who = self.place(name, keys, (recovery, false), log, (0, Profile::default()));
        self.start(who);
        Ok(who)
    }

    /// A new device of somebody whose other ones are gone: it holds their recovery phrase and a copy of a disk, and is on,
    /// connected with everybody; nobody has heard of it.
    pub fn device_with_phrase(&mut self, of: Who, name: &str, backup: Disk) -> Who {
        let keys = self.new_device();
        let (log, recovery) = (self.people[of.0].log.clone(), self.people[of.0].recovery.clone());
        let who = self.place(name, keys, (recovery, true), log, (0, Profile::default()));
        self.people[who.0].disk = backup;
        self.start_on(who, true);
        who
    }

    /// The command that adds a device to the person whose device `of` is.
    #[must_use]
    pub fn adding(&self, of: Who, device: &DeviceKeys) -> Command {
        let consent = device_consent(device, &self.id(of));
        Command::AddDevice { device: device.device(), hpke: device.hpke_public(), consent }
    }

    /// The keys of a device that is nobody's yet.
    pub fn new_device(&mut self) -> Arc<DeviceKeys> {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        Arc::new(DeviceKeys::from_seed(&seed))
    }

    /// Gives the person of a device their recovery phrase to hold on it, from its next start.
    pub fn hold_phrase(&mut self, who: Who) {
        self.people[who.0].has_phrase = true;
    }

    /// Puts a device that is off into the story.
    fn place(
        &mut self,
        name: &str,
        keys: Arc<DeviceKeys>,
        (recovery, has_phrase): (Arc<RecoveryKeys>, bool),
        log: Vec<hedgerow_access::SignedOp>,
        profile: (u64, Profile),
    ) -> Who {
        let who = Who(self.people.len());
        let skew = self.below(2 * 10 * 365 * 86_400_000);
        self.devices.insert(keys.device(), who);
        self.people.push(Person {
            name: name.to_owned(),
            keys,
            recovery,
            has_phrase,
            log,
            profile,
            disk: Disk::default(),
            replica: None,
            life: 0,
            skew,
            asked: 0,
            answers: BTreeMap::new(),
            notices: Vec::new(),
            next_tick: None,
            answers_until: Moment::default(),
        });
        who
    }

    /// Starts a device on what its disk holds, and connects it with everybody it can reach.
    pub fn start(&mut self, who: Who) {
        self.start_on(who, false);
    }

    fn start_on(&mut self, who: Who, went_back: bool) {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        let person = &mut self.people[who.0];
        person.life += 1;
        person.next_tick = None;
        let me = self.me(who);
        let person = &mut self.people[who.0];
        person.replica = Some(Replica::open(me, seed, &person.disk).expect("a disk in memory can be read"));
        self.note(format!("{} starts", self.name(who)));
        if went_back {
            self.tell(who, Event::WentBack);
        }
        for other in 0..self.people.len() {
            self.connect(who, Who(other));
        }
    }

    /// The power goes, and with it what was not durable.
    pub fn cut_power(&mut self, who: Who) {
        let kept = self.below(self.people[who.0].disk.under_way() as u64 + 1);
        for other in 0..self.people.len() {
            self.part(who, Who(other));
        }
        let person = &mut self.people[who.0];
        person.replica = None;
        person.life += 1;
        let lost = person.disk.cut_power(usize::try_from(kept).unwrap_or(0));
        self.faults.fired(Fault::Crash);
        for _ in 0..lost {
            self.faults.fired(Fault::WriteLost);
        }
        self.note(format!("{} loses power, {lost} writes lost", self.name(who)));
    }

    /// Puts a device's disk back as it was, as from a backup, and starts it on that; `told` is whether the device is told.
    pub fn put_back(&mut self, who: Who, backup: Disk, told: bool) {
        self.cut_power(who);
        self.people[who.0].disk = backup;
        self.start_on(who, told);
    }

    /// Whether a device is on.
    #[must_use]
    pub fn is_on(&self, who: Who) -> bool {
        self.people[who.0].replica.is_some()
    }

    /// A person's name.
    #[must_use]
    pub fn name(&self, who: Who) -> String {
        self.people[who.0].name.clone()
    }

    /// A person's id.
    #[must_use]
    pub fn id(&self, who: Who) -> PersonId {
        PersonId::from(self.people[who.0].log[0].log())
    }

    /// A person's device.
    #[must_use]
    pub fn device(&self, who: Who) -> DeviceId {
        self.people[who.0].keys.device()
    }

    /// The keys of a person's device, for those who lie.
    #[must_use]
    pub fn keys(&self, who: Who) -> Arc<DeviceKeys> {
        self.people[who.0].keys.clone()
    }

    /// Who a device is and whose, to drive another copy of it by hand.
    #[must_use]
    pub fn me(&self, who: Who) -> Me {
        let person = &self.people[who.0];
        Me {
            keys: person.keys.clone(),
            recovery: person.has_phrase.then(|| person.recovery.clone()),
            log: person.log.clone(),
            profile: person.profile.clone(),
        }
    }

    /// A copy of a device's disk as it is now.
    #[must_use]
    pub fn disk(&self, who: Who) -> Disk {
        self.people[who.0].disk.clone()
    }

    /// What a person's recovery phrase spells.
    #[must_use]
    pub fn recovery(&self, who: Who) -> Arc<RecoveryKeys> {
        self.people[who.0].recovery.clone()
    }

    /// A running replica.
    ///
    /// # Panics
    /// When the device is off.
    #[must_use]
    pub fn replica(&self, who: Who) -> &Replica {
        self.people[who.0].replica.as_ref().expect("the device is on")
    }

    /// Asks a running replica something that may read its disk.
    pub fn look<R>(&mut self, who: Who, look: impl FnOnce(&mut Replica, &Disk) -> R) -> R {
        let person = &mut self.people[who.0];
        let replica = person.replica.as_mut().expect("the device is on");
        look(replica, &person.disk)
    }

    /// Everything that happened, a line each.
    #[must_use]
    pub fn transcript(&self) -> &[String] {
        &self.transcript
    }

    /// What a person's device has told them, in order.
    #[must_use]
    pub fn told(&self, who: Who) -> &[Notice] {
        &self.people[who.0].notices
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn note(&mut self, line: String) {
        self.transcript.push(format!("{} {line}", self.clock.millis()));
    }

    /// Two people can reach each other again.
    pub fn join_up(&mut self, a: Who, b: Who) {
        self.cut.remove(&pair(a, b));
        self.connect(a, b);
    }

    /// Two people cannot reach each other until told.
    pub fn cut_off(&mut self, a: Who, b: Who) {
        if a != b && self.cut.insert(pair(a, b)) {
            self.faults.fired(Fault::Partition);
            self.part(a, b);
        }
    }

    /// One person can reach nobody.
    pub fn disconnect(&mut self, who: Who) {
        for other in 0..self.people.len() {
            self.cut_off(who, Who(other));
        }
    }

    /// One person can reach everybody again.
    pub fn reconnect(&mut self, who: Who) {
        for other in 0..self.people.len() {
            self.join_up(who, Who(other));
        }
    }

    fn connect(&mut self, a: Who, b: Who) {
        let pair = pair(a, b);
        if a == b || self.cut.contains(&pair) || self.connected.contains_key(&pair) || !self.is_on(a) || !self.is_on(b)
        {
            return;
        }
        self.count += 1;
        self.connected.insert(pair, (self.count, self.clock));
        self.tell(pair.0, Event::Connected(self.device(pair.1)));
        self.tell(pair.1, Event::Connected(self.device(pair.0)));
    }

    fn part(&mut self, a: Who, b: Who) {
        let pair = pair(a, b);
        if self.connected.remove(&pair).is_none() {
            return;
        }
        for (me, other) in [(a, b), (b, a)] {
            if self.is_on(me) {
                self.tell(me, Event::Disconnected(self.device(other)));
            }
        }
    }

    /// Asks a person's device for something.
    pub fn ask(&mut self, who: Who, command: Command) -> Asked {
        let person = &mut self.people[who.0];
        person.asked += 1;
        let asked = Asked(person.asked);
        let line = format!("{} asks {asked:?} {command:?}", person.name);
        self.note(line);
        self.tell(who, Event::Command(asked, command));
        asked
    }

    /// Asks, and waits for the answer.
    pub fn command(&mut self, who: Who, command: Command) -> Result<Outcome, Refusal> {
        let asked = self.ask(who, command);
        self.until(|network| network.people[who.0].answers.contains_key(&asked));
        self.people[who.0].answers.remove(&asked).expect("it was answered")
    }

    /// Tells a replica what happened and does what it answers.
    fn tell(&mut self, who: Who, event: Event) {
        let person = &mut self.people[who.0];
        let Some(replica) = person.replica.as_mut() else { return };
        let now = self.clock.plus_millis(person.skew);
        let effects = replica.handle(now, &person.disk, event);
        for effect in effects {
            self.carry_out(who, effect);
        }
        let person = &mut self.people[who.0];
        let due = person.replica.as_ref().and_then(Replica::next_due);
        let due = due.map(|due| Moment::from_millis(due.millis().saturating_sub(person.skew)).max(self.clock));
        if let Some(due) = due
            && person.next_tick.is_none_or(|next| next > due || next < self.clock)
        {
            person.next_tick = Some(due);
            let life = person.life;
            self.at(due, Thing::Tick { who, life });
        }
    }

    fn at(&mut self, when: Moment, thing: Thing) {
        self.count += 1;
        self.queue.insert((when, self.count), thing);
    }

    fn carry_out(&mut self, who: Who, effect: Effect) {
        match effect {
            Effect::Save(ticket, batch) => {
                let refused = self.happens(self.faults.refusal);
                let later = self.clock.plus_millis(1 + self.below(20));
                let person = &mut self.people[who.0];
                // A disk answers in order.
                let later = later.max(person.answers_until);
                person.answers_until = later;
                person.disk.begin(ticket, batch);
                let life = person.life;
                let thing =
                    if refused { Thing::Refused { who, life, ticket } } else { Thing::Saved { who, life, ticket } };
                self.at(later, thing);
            }
            Effect::Send(to, bytes) => self.send(who, to, bytes),
            Effect::Answer(asked, answer) => {
                self.note(format!("{} {asked:?} {answer:?}", self.name(who)));
                self.people[who.0].answers.insert(asked, answer);
            }
            Effect::Avoid(peer, until, why) => {
                let Some(other) = self.devices.get(&peer).copied() else { return };
                self.note(format!("{} avoids {}: {why}", self.name(who), self.name(other)));
                let wait = until.millis().saturating_sub(self.people[who.0].skew);
                self.part(who, other);
                self.at(Moment::from_millis(wait).max(self.clock), Thing::Reconnect(who, other));
            }
            Effect::Notice(notice) => {
                self.note(format!("{} {notice:?}", self.name(who)));
                self.people[who.0].notices.push(notice);
            }
        }
    }

    pub(crate) fn send(&mut self, from: Who, to: DeviceId, bytes: Vec<u8>) {
        let Some(to) = self.devices.get(&to).copied() else { return };
        let Some((session, last)) = self.connected.get(&pair(from, to)).copied() else { return };
        self.sent = (self.sent.0 + 1, self.sent.1 + bytes.len() as u64);
        self.note(format!("{} -> {} {} bytes, kind {:?}", self.name(from), self.name(to), bytes.len(), bytes.get(1)));
        if self.happens(self.faults.loss) {
            self.faults.fired(Fault::Loss);
            return;
        }
        let takes = self.message_takes.unwrap_or_else(|| 1 + self.below(30));
        let mut arrives = self.clock.plus_millis(takes).max(last);
        if self.happens(self.faults.reordering) {
            self.faults.fired(Fault::Reordering);
            arrives = arrives.plus_millis(self.below(400));
        } else {
            self.connected.insert(pair(from, to), (session, arrives));
        }
        if self.happens(self.faults.duplication) {
            self.faults.fired(Fault::Duplication);
            let again = arrives.plus_millis(self.below(200));
            self.at(again, Thing::Deliver { from, to, session, bytes: bytes.clone() });
        }
        self.at(arrives, Thing::Deliver { from, to, session, bytes });
    }

    /// Lets the next thing happen. `false` when nothing will.
    pub fn step(&mut self) -> bool {
        let Some(((when, _), thing)) = self.queue.pop_first() else { return false };
        self.clock = self.clock.max(when);
        let alive = |network: &Network, who: Who, life: u32| network.people[who.0].life == life;
        match thing {
            Thing::Deliver { from, to, session, bytes }
                if self.connected.get(&pair(from, to)).is_some_and(|(current, _)| *current == session) =>
            {
                self.tell(to, Event::Received(self.device(from), bytes));
            }
            Thing::Saved { who, life, ticket } if alive(self, who, life) => {
                self.people[who.0].disk.sync(ticket);
                self.tell(who, Event::Saved(ticket));
            }
            Thing::Refused { who, life, ticket } if alive(self, who, life) => {
                self.faults.fired(Fault::WriteRefused);
                self.people[who.0].disk.refuse(ticket);
                // What was begun after it has failed with it.
                self.queue.retain(|_, thing| {
                    !matches!(thing, Thing::Saved { who: w, ticket: t, .. } | Thing::Refused { who: w, ticket: t, .. }
                        if *w == who && *t > ticket)
                });
                self.tell(who, Event::NotSaved(ticket, "the disk is full".to_owned()));
            }
            Thing::Tick { who, life } if alive(self, who, life) => {
                self.people[who.0].next_tick = None;
                self.tell(who, Event::Tick);
            }
            Thing::Reconnect(a, b) => self.connect(a, b),
            _ => {}
        }
        true
    }

    /// Lets things happen until `done`.
    ///
    /// # Panics
    /// When it does not come about within ten minutes of the story's time; the seed is said.
    pub fn until(&mut self, done: impl Fn(&Network) -> bool) {
        let end = self.clock.plus_millis(LONGEST);
        let mut steps = 0;
        while !done(self) {
            steps += 1;
            let over = self.clock > end || steps > MOST_STEPS || !self.step();
            assert!(!over, "seed {}: it never came about\n{}\n{}", self.seed, self.state(), self.tail());
        }
    }

    /// What everybody holds, waits for and refused.
    pub(crate) fn state(&self) -> String {
        let mut text = String::new();
        for person in &self.people {
            let Some(replica) = &person.replica else { continue };
            for line in replica.notebooks() {
                let waits = replica.waits(&line.id).unwrap_or_default();
                text += &format!("{} {:?} waits {waits:?}\n", person.name, line.role);
                for member in replica.members(&line.id).unwrap_or_default() {
                    let who = self.people.iter().find(|other| other.log[0].id().as_bytes() == member.person.as_bytes());
                    let who = who.map_or("?", |other| &other.name);
                    text += &format!("  sees {who}: {:?}, {:?}\n", member.role, member.state);
                }
                for page in replica.pages(&line.id).unwrap_or_default() {
                    text += &format!("  {}: {} changes not shown\n", page.title, page.not_shown);
                }
                let inventory = replica.inventory(&line.id);
                for other in self.people.iter().filter(|other| other.name != person.name) {
                    let Some(theirs) = other.replica.as_ref().map(|other| other.inventory(&line.id)) else { continue };
                    for (record, what) in inventory.iter().filter(|(_, what)| what.starts_with("a ")) {
                        let there = theirs.get(record).copied().unwrap_or("absent");
                        if !there.starts_with("a ") {
                            text += &format!("  {record:?}, {what}, is {there} at {}\n", other.name);
                        }
                    }
                }
                for (record, refused) in replica.refused(&line.id).unwrap_or_default() {
                    text += &format!("  refused {record:?}: {}\n", refused.reason);
                }
            }
            for peer in replica.peers() {
                let name = self.devices.get(&peer.device).map(|who| self.name(*who)).unwrap_or_default();
                text += &format!("  with {name}: agreed {}\n", peer.agreed.is_some());
            }
        }
        text
    }

    fn tail(&self) -> String {
        let (first, last) = (self.transcript.len().min(45), self.transcript.len().saturating_sub(30));
        format!("{}\n...\n{}", self.transcript[..first].join("\n"), self.transcript[last..].join("\n"))
    }

    /// Lets `millis` of the story's time go by.
    pub fn pass(&mut self, millis: u64) {
        let end = self.clock.plus_millis(millis);
        while self.queue.first_key_value().is_some_and(|((when, _), _)| *when <= end) {
            self.step();
        }
        self.clock = end;
    }

    /// Lets things happen until everybody who is connected agrees and nothing is on its way.
    pub fn settle(&mut self) -> &mut Network {
        self.until(Network::is_settled);
        self
    }

    fn is_settled(&self) -> bool {
        let honest = |device: &DeviceId| self.devices.get(device).is_none_or(|who| !self.altered.contains(who));
        let quiet = |person: &Person| {
            let agreed = |replica: &Replica| {
                let device = person.keys.device();
                replica.peers().iter().all(|peer| peer.agreed.is_some() || !honest(&peer.device) || !honest(&device))
            };
            person.disk.under_way() == 0 && person.replica.as_ref().is_none_or(agreed)
        };
        let in_flight = self.queue.values().any(|thing| matches!(thing, Thing::Deliver { .. } | Thing::Reconnect(..)));
        !in_flight && self.people.iter().all(quiet)
    }
}
