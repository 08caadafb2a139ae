//! A member whose device was altered: the program's own rooms, without its node, so that it can be made to say anything.

use super::{Hand, Stranger, Talk, runtime};
use crate::{Node, PATIENCE};
use hedgerow_access::{DeviceKeys, InvitationUri, RecoveryKeys, found_person};
use hedgerow_model::{DeviceId, Label, Moment, NotebookId, Profile};
use hedgerow_sync::{Asked, Command, Effect, Event, Me, Outcome, Refusal, Replica, Ticket};
use hedgerow_testkit::Disk;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The device and what it has been told.
pub struct Altered {
    keys: Arc<DeviceKeys>,
    replica: Replica,
    disk: Disk,
    asked: u64,
    answers: BTreeMap<Asked, Result<Outcome, Refusal>>,
    sending: Vec<Vec<u8>>,
    with: DeviceId,
}

fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    Moment::from_millis(u64::try_from(since.as_millis()).expect("it is long before the end"))
}

impl Altered {
    /// A new device with a key lower than this node's, so that it opens the stream; the one that `seed` makes.
    pub fn new(name: &str, seed: u64, node: &Node) -> Altered {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let with = node.device();
        let keys = std::iter::repeat_with(|| {
            let mut seed = [0; 32];
            rng.fill_bytes(&mut seed);
            Arc::new(DeviceKeys::from_seed(&seed))
        });
        let keys = { keys }.find(|keys| keys.device() < with).expect("there is no end of keys");
        let (mut phrase, mut salt, mut chance) = ([0; 32], [0; 16], [0; 32]);
        rng.fill_bytes(&mut phrase);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut chance);
        let recovery = Arc::new(RecoveryKeys::from_seed(&phrase));
        let log = vec![found_person(&keys, recovery.public(), salt).expect("a person can be founded")];
        let profile = Profile { name: Label::parse(name).ok(), ..Profile::default() };
        let me = Me { keys: keys.clone(), recovery: Some(recovery), log, profile: (1, profile) };
        let disk = Disk::default();
        let replica = Replica::open(me, chance, &disk).expect("a disk in memory can be read");
        Altered { keys, replica, disk, asked: 0, answers: BTreeMap::new(), sending: Vec::new(), with }
    }

    /// It as it is seen on the network.
    pub fn stranger(&self) -> Stranger {
        Stranger::of(*self.keys.transport_seed(), Ipv4Addr::LOCALHOST)
    }

    /// Joins by a link at the node that issued it, as an honest device would.
    pub fn joins(&mut self, node: &Node, link: &str) -> NotebookId {
        let uri = InvitationUri::parse(link).expect("a whole link");
        runtime().block_on(async {
            let mut talk = self.meets(&node.address()).await;
            match self.asks(&mut talk, Command::Join(Box::new(uri))).await {
                Ok(Outcome::Joined { notebook, .. }) => notebook,
                other => panic!("it was not let in: {other:?}"),
            }
        })
    }

    /// Connects, and says what an honest device says first.
    pub async fn meets(&mut self, node: &str) -> Talk {
        let talk = self.stranger().talk(node).await.expect("the node lets it connect");
        self.tell(Event::Disconnected(self.with));
        self.tell(Event::Connected(self.with));
        talk
    }

    /// Has a command carried out, and goes on as an honest device does until it is answered.
    pub async fn asks(&mut self, talk: &mut Talk, command: Command) -> Result<Outcome, Refusal> {
        self.asked += 1;
        let asked = Asked(self.asked);
        self.tell(Event::Command(asked, command));
        self.goes_on(talk, |us| us.answers.contains_key(&asked)).await;
        self.answers.remove(&asked).expect("it was answered")
    }

    /// Hears and answers, as an honest device does, until `done`.
    pub async fn goes_on(&mut self, talk: &mut Talk, done: impl Fn(&Altered) -> bool) {
        let begun = Instant::now();
        loop {
            for message in std::mem::take(&mut self.sending) {
                talk.say(&message).await.expect("the node still listens");
            }
            if done(self) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "what it waits for did not come about");
            self.listens(talk).await;
        }
    }

    /// Takes one message, or lets a moment pass in which none comes.
    pub async fn listens(&mut self, talk: &mut Talk) {
        let due = self.replica.next_due().map_or(200, |due| due.since(now()).clamp(10, 200));
        tokio::select! {
            // time passes: the device's own clock says when it has something to do
            () = tokio::time::sleep(Duration::from_millis(due)) => self.tell(Event::Tick),
            message = talk.hear() => {
                let message = message.expect("the node stays connected");
                self.tell(Event::Received(self.with, message));
            }
        }
    }

    /// What it takes to write records by hand.
    pub fn hand(&self, notebook: NotebookId) -> Hand {
        Hand::of(self.keys.clone(), notebook, &self.disk)
    }

    /// Leaves unsaid what an honest device would say now.
    pub fn forgets_what_it_would_say(&mut self) {
        self.sending.clear();
    }

    /// What its mind says.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    fn tell(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for effect in self.replica.handle(now(), &self.disk, event) {
                match effect {
                    Effect::Save(ticket, batch) => {
                        self.disk.begin(ticket, batch);
                        self.disk.sync(ticket);
                        events.insert(0, Event::Saved(Ticket(ticket.0)));
                    }
                    Effect::Send(_, bytes) => self.sending.push(bytes),
                    Effect::Answer(asked, answer) => {
                        self.answers.insert(asked, answer);
                    }
                    Effect::Avoid(..) | Effect::Notice(_) => {}
                }
            }
        }
    }
}
