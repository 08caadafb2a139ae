//! Devices of three people who share a notebook, or not yet, as the simulation left them; and one of them at a time
//! brought to life, alone with what it is told.

use std::sync::{Arc, OnceLock};

use hedgerow_access::{DeviceKeys, RecoveryKeys, SignedOp};
use hedgerow_document::PageEdit;
use hedgerow_model::{DeviceId, Label, Moment, NotebookId, PageId, Profile, Role};
use hedgerow_sync::{Archive, Asked, Command, Effect, Event, Me, Outcome, Refusal, Replica, Shelf};
use hedgerow_testkit::{Disk, Network, Who};

/// One person's device, switched off.
pub(crate) struct Device {
    keys: Arc<DeviceKeys>,
    recovery: Option<Arc<RecoveryKeys>>,
    log: Vec<SignedOp>,
    profile: (u64, Profile),
    pub(crate) disk: Disk,
}

impl Device {
    fn of(network: &mut Network, who: Who) -> Device {
        network.look(who, |replica, disk| {
            let Me { keys, recovery, log, profile } = replica.me();
            let (keys, recovery) = (Arc::clone(keys), recovery.clone());
            Device { keys, recovery, log: log.clone(), profile: profile.clone(), disk: disk.clone() }
        })
    }

    pub(crate) fn me(&self) -> Me {
        Me {
            keys: Arc::clone(&self.keys),
            recovery: self.recovery.clone(),
            log: self.log.clone(),
            profile: self.profile.clone(),
        }
    }

    pub(crate) fn id(&self) -> DeviceId {
        self.keys.device()
    }
}

/// Ada shares the rota with Bo, who has written more since they last met, and with Di, who may only read and does not
/// keep to it. Ada's garden is hers alone. Cy has a link to the rota.
pub(crate) struct Scene {
    pub(crate) ada: Device,
    pub(crate) bo: Device,
    pub(crate) cy: Device,
    pub(crate) rota: NotebookId,
    pub(crate) rota_page: PageId,
    pub(crate) garden: NotebookId,
    garden_page: PageId,
    /// The garden in canonical form, on Ada's device.
    pub(crate) garden_text: String,
    pub(crate) link: String,
}

impl Scene {
    /// The one scene.
    pub(crate) fn get() -> &'static Scene {
        static SCENE: OnceLock<Scene> = OnceLock::new();
        SCENE.get_or_init(Scene::new)
    }

    fn new() -> Scene {
        let mut network = Network::new(17);
        let [ada, bo, cy, di] = network.people(["Ada", "Bo", "Cy", "Di"]);
        let rota = network.share(ada, "Flood rota", [bo]);
        let garden = network.found(ada, "Garden");
        network.write(ada, garden.page, "beans and peas").settle();
        network.write(ada, rota.page, "night cover moved").settle();
        network.bring_in(ada, rota.notebook, di, Role::Reader).expect("she has a link");
        network.settle();
        assert!(network.write_anyway(di, rota.page, "not mine to write"));
        network.pass(10_000);
        network.disconnect(di);
        let renamed = Profile { name: Label::parse("Bo Rees").ok(), ..Profile::default() };
        network.command(bo, Command::SetProfile(Box::new(renamed))).expect("anybody may");
        network.settle();
        let link = network.invite(ada, rota.notebook, Role::Writer).expect("she is an admin");
        network.settle();
        network.disconnect(bo);
        network.write(bo, rota.page, "sandbags at the depot");
        let garden_text = network.canonical(ada, garden.notebook);
        Scene {
            ada: Device::of(&mut network, ada),
            bo: Device::of(&mut network, bo),
            cy: Device::of(&mut network, cy),
            rota: rota.notebook,
            rota_page: rota.page.id,
            garden: garden.notebook,
            garden_page: garden.page.id,
            garden_text,
            link,
        }
    }

    /// The keys of the rota's rows on Ada's device.
    pub(crate) fn rows_of_rota(&self, shelf: Shelf) -> Vec<Vec<u8>> {
        let id = self.rota.as_bytes().to_vec();
        let row = self.ada.disk.get(Shelf::Notebook, &id).expect("memory").expect("she has it");
        if shelf == Shelf::Notebook {
            return vec![id];
        }
        // After its version a notebook's row begins with the routing id, and so do the keys of all others.
        let rows = self.ada.disk.scan(shelf, &row[1..17]).expect("memory");
        rows.into_iter().map(|(key, _)| key).collect()
    }

    /// A whole notebook in canonical form.
    pub(crate) fn canonical(&self, replica: &mut Replica, archive: &dyn Archive, id: &NotebookId) -> String {
        let mut text = replica.canonical_head(archive, id).expect("it is there");
        for page in replica.canonical_pages(id).expect("it is there") {
            text += &replica.canonical_page(archive, id, &page).expect("it is there");
        }
        text
    }
}

/// A device that runs, alone: what it saves is durable at once, what it says is taken down.
pub(crate) struct Seat {
    pub(crate) replica: Replica,
    pub(crate) disk: Disk,
    pub(crate) now: Moment,
    /// What it said since this was last emptied, to whom.
    pub(crate) said: Vec<(DeviceId, Vec<u8>)>,
    answered: Option<(Asked, Result<Outcome, Refusal>)>,
    asked: u64,
}

/// The most effects that one event has: whoever sends a message causes no flood.
const MOST_EFFECTS: usize = 4_000;

impl Seat {
    pub(crate) fn new(device: &Device) -> Seat {
        let disk = device.disk.clone();
        let replica = Replica::open(device.me(), [2; 32], &disk).expect("a disk in memory can be read");
        Seat::with(replica, disk)
    }

    /// One that is open already.
    pub(crate) fn with(replica: Replica, disk: Disk) -> Seat {
        let now = Moment::from_millis(1_790_000_100_000);
        Seat { replica, disk, now, said: Vec::new(), answered: None, asked: 0 }
    }

    /// Tells the device something, and does what it answers.
    pub(crate) fn tell(&mut self, event: Event) {
        let mut events = vec![event];
        let mut count = 0;
        while let Some(event) = events.pop() {
            for effect in self.replica.handle(self.now, &self.disk, event) {
                count += 1;
                match effect {
                    Effect::Save(ticket, batch) => {
                        self.disk.begin(ticket, batch);
                        self.disk.sync(ticket);
                        events.insert(0, Event::Saved(ticket));
                    }
                    Effect::Send(to, bytes) => self.said.push((to, bytes)),
                    Effect::Answer(asked, answer) => self.answered = Some((asked, answer)),
                    Effect::Avoid(..) | Effect::Notice(..) => {}
                }
            }
            assert!(count < MOST_EFFECTS, "one event has {count} effects");
        }
    }

    /// Asks for something; the answer, if it comes at once.
    pub(crate) fn ask(&mut self, command: Command) -> Option<Result<Outcome, Refusal>> {
        self.asked += 1;
        let asked = Asked(self.asked);
        self.tell(Event::Command(asked, command));
        self.answered.take_if(|(of, _)| *of == asked).map(|(_, answer)| answer)
    }

    pub(crate) fn pass(&mut self, millis: u64) {
        self.now = self.now.plus_millis(millis);
        self.tell(Event::Tick);
    }

    /// Writes in a notebook of one's own, and finds it there.
    pub(crate) fn write_in_the_garden(&mut self) {
        let scene = Scene::get();
        self.write(scene.garden, scene.garden_page);
    }

    /// Writes on a page, and finds it there.
    pub(crate) fn write(&mut self, notebook: NotebookId, page: PageId) {
        let edit = PageEdit::Splice { at: 0, delete: 0, insert: "words that stay ".to_owned() };
        let answer = self.ask(Command::EditPage(notebook, page, edit));
        assert_eq!(answer, Some(Ok(Outcome::Done)), "nothing can be written any more");
        let view = self.replica.page(&self.disk, &notebook, &page, None).expect("it is there");
        assert!(view.body.contains("words that stay"), "what was written is not there");
    }
}
