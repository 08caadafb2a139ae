//! Stories about a member whose device does not keep the rules.

use hedgerow_access::{Form, Record, StreamName};
use hedgerow_document::PageEdit;
use hedgerow_model::{DeviceId, EpochId, Moment, NotebookId, RecordId, Role};
use hedgerow_sync::{Archive, Asked, Command, Deceit, Effect, Event, Notice, Replica, Shelf};
use hedgerow_testkit::{Disk, Network, Page, Shared, Who};
use std::collections::{BTreeMap, BTreeSet};

const NOW: Moment = Moment::from_millis(1_800_000_000_000);

/// A copy of somebody's device as its disk is, driven by hand.
struct Copy {
    replica: Replica,
    disk: Disk,
    /// What it wanted sent.
    sent: Vec<(DeviceId, Vec<u8>)>,
    /// Whom it wanted left alone.
    avoided: Vec<DeviceId>,
    /// How many records it said it refused.
    refused: usize,
}

impl Copy {
    fn of(network: &Network, who: Who, disk: &Disk) -> Copy {
        let disk = disk.clone();
        let replica = Replica::open(network.me(who), [7; 32], &disk).expect("a disk in memory can be read");
        Copy { replica, disk, sent: Vec::new(), avoided: Vec::new(), refused: 0 }
    }

    /// Tells it what happened; whatever it saves is durable at once.
    fn tell(&mut self, event: Event) {
        let mut effects = self.replica.handle(NOW, &self.disk, event);
        while !effects.is_empty() {
            let mut more = Vec::new();
            for effect in effects {
                match effect {
                    Effect::Save(ticket, batch) => {
                        self.disk.begin(ticket, batch);
                        self.disk.sync(ticket);
                        more.extend(self.replica.handle(NOW, &self.disk, Event::Saved(ticket)));
                    }
                    Effect::Send(to, bytes) => self.sent.push((to, bytes)),
                    Effect::Avoid(peer, ..) => self.avoided.push(peer),
                    Effect::Notice(Notice::Refused(..)) => self.refused += 1,
                    _ => {}
                }
            }
            effects = more;
        }
    }

    fn message(&mut self, from: DeviceId, kind: u8, body: &[u8]) {
        self.tell(Event::Received(from, [&[1, kind], body].concat()));
    }

    fn hear(&mut self, from: DeviceId, record: &Record) {
        self.message(from, 7, &whole(&[record.bytes()]));
    }

    /// Its owner writes at the beginning of a page.
    fn write(&mut self, page: Page, text: &str) {
        let edit = PageEdit::Splice { at: 0, delete: 0, insert: text.to_owned() };
        self.tell(Event::Command(Asked(1), Command::EditPage(page.notebook, page.id, edit)));
    }

    /// What is in its set, by id.
    fn set(&self, notebook: NotebookId) -> BTreeSet<RecordId> {
        let all = self.replica.inventory(&notebook);
        all.into_iter().filter(|(_, what)| what.starts_with("a ")).map(|(id, _)| id).collect()
    }

    fn keys(&self, notebook: NotebookId) -> usize {
        self.replica.inventory(&notebook).into_values().filter(|what| *what == "a key").count()
    }
}

/// The body of a message with these records, of which none names what another begins with.
fn whole(records: &[&[u8]]) -> Vec<u8> {
    let whole: Vec<(u8, &[u8])> = records.iter().map(|record| (0, *record)).collect();
    postcard::to_stdvec(&(whole, false)).expect("bytes can be written")
}

/// The records on a disk, by id.
fn records(disk: &Disk) -> BTreeMap<RecordId, Record> {
    let rows = disk.scan(Shelf::Record, &[]).expect("a disk in memory can be read");
    let parsed = rows.into_iter().map(|(_, bytes)| Record::parse(bytes).expect("what was saved is whole"));
    parsed.map(|record| (record.id(), record)).collect()
}

/// Those that are on the later disk only.
fn since(before: &Disk, after: &Disk) -> Vec<Record> {
    let known = records(before);
    records(after).into_values().filter(|record| !known.contains_key(&record.id())).collect()
}

#[test]
fn a_key_that_was_never_valid_enters_no_set() {
    let mut network = Network::new(31);
    let [ada, bo, mal, di] = network.people(["Ada", "Bo", "Mal", "Di"]);
    let plan = network.share(ada, "Flood rota", [bo, mal, di]);
    // Mal gives its key to Bo alone: Ada and Di can never open it.
    assert!(network.deceive(mal, plan.notebook, Deceit::InvalidEpoch(vec![network.device(bo)])));
    network.pass(10_000);
    network.write(bo, plan.page, "the rota goes on").settle();
    for who in [ada, di] {
        assert!(network.text(who, plan.page).contains("the rota goes on"));
        assert_eq!(network.canonical(who, plan.notebook), network.canonical(bo, plan.notebook));
    }
    let refused = network.replica(bo).refused(&plan.notebook).expect("it is here");
    assert!(refused.iter().any(|(_, refused)| refused.author == Some(network.device(mal))), "and Mal is named");
}

#[test]
fn what_the_removed_bring_themselves_is_not_kept() {
    let mut network = Network::new(43);
    let [ada, bo, mal] = network.people(["Ada", "Bo", "Mal"]);
    let plan = network.share(ada, "Flood rota", [bo, mal]);
    network.disconnect(mal);
    let before = network.disk(mal);
    network.write(mal, plan.page, "the keys are under the mat");
    let late = since(&before, &network.disk(mal)).remove(0);
    network.remove(ada, plan.notebook, mal).expect("ada is the founder");
    network.settle();
    let mut device = Copy::of(&network, ada, &network.disk(ada));
    device.tell(Event::Connected(network.device(mal)));
    device.tell(Event::Connected(network.device(bo)));
    device.hear(network.device(mal), &late);
    assert!(!device.replica.inventory(&plan.notebook).contains_key(&late.id()), "from Mal there would be no end of it");
    device.hear(network.device(bo), &late);
    assert!(device.set(plan.notebook).contains(&late.id()), "Bo may not have heard of the removal when it came to him");
}

#[test]
fn whoever_brings_too_much_that_has_to_be_refused_is_left_alone() {
    let mut network = Network::new(42);
    let [ada, mal] = network.people(["Ada", "Mal"]);
    network.share(ada, "Flood rota", [mal]);
    let from = network.device(mal);
    let genuine = records(&network.disk(mal)).into_values().find(|record| record.form() == Form::Sealed);
    let genuine = genuine.expect("Mal holds the page").into_bytes();
    let bent = |n: u32| {
        let mut bytes = genuine.clone();
        let last = bytes.len() - 4;
        bytes[last..].iter_mut().zip(n.to_be_bytes()).for_each(|(byte, other)| *byte ^= other);
        Record::parse(bytes).expect("as long as it was")
    };
    let mut device = Copy::of(&network, ada, &network.disk(ada));
    device.tell(Event::Connected(from));
    (1..=256).for_each(|n| device.hear(from, &bent(n)));
    assert!((device.avoided.is_empty(), device.refused) == (true, 256), "that much may happen");
    device.hear(from, &bent(257));
    assert_eq!(device.avoided, [from]);
    device.tell(Event::Connected(from));
    device.hear(from, &bent(258));
    assert_eq!(device.avoided, [from, from], "connecting again is no new beginning");

    // All in one message: the rest of it is not looked at any more.
    let mut device = Copy::of(&network, ada, &network.disk(ada));
    device.tell(Event::Connected(from));
    let heap: Vec<Record> = (1..=4_000).map(bent).collect();
    let heap: Vec<&[u8]> = heap.iter().map(Record::bytes).collect();
    device.message(from, 7, &whole(&heap));
    assert_eq!((device.avoided, device.refused), (vec![from], 512));
}

#[test]
fn whoever_sends_what_is_no_record_is_left_alone_and_who_is_newer_is_not() {
    let mut network = Network::new(44);
    let [ada, mal] = network.people(["Ada", "Mal"]);
    let from = network.device(mal);
    let mut device = Copy::of(&network, ada, &network.disk(ada));
    device.tell(Event::Connected(from));
    let mut says = |what: &[u8], times: usize| {
        let body = postcard::to_stdvec(&(vec![(0_u8, what); times], false)).expect("bytes can be written");
        device.message(from, 7, &body);
        device.avoided.len()
    };
    // Of a format that is not known yet, and of a form.
    assert_eq!((says(&[2; 200], 1_000), says(&[&[1, 9][..], &[0; 200]].concat(), 1_000)), (0, 0));
    // Its length is not what it says.
    assert_eq!((says(&[1; 200], 256), says(&[1; 200], 1)), (0, 1));
}

#[test]
fn a_key_that_came_with_a_waiting_record_is_not_forgotten() {
    let mut network = Network::new(32);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", [bo, cy]);
    network.disconnect(bo);
    let (before, of_bo, from) = (network.disk(ada), network.disk(bo), network.device(ada));
    network.remove(ada, plan.notebook, cy).expect("ada is the founder");
    let removed = network.disk(ada);
    let bos = network.id(bo);
    network.command(ada, Command::SetRole(plan.notebook, bos, Role::Commenter)).expect("ada is the founder");
    let demoted = network.disk(ada);
    let (keys, operations): (Vec<_>, Vec<_>) =
        since(&before, &removed).into_iter().partition(|record| record.form() == Form::Key);
    // Bo hears of the new key first, which waits for the removal, and starts again.
    let mut device = Copy::of(&network, bo, &of_bo);
    device.tell(Event::Connected(from));
    let had = device.keys(plan.notebook);
    keys.iter().for_each(|record| device.hear(from, record));
    assert_eq!(device.keys(plan.notebook), had, "it is not in the set yet");
    let mut device = Copy::of(&network, bo, &device.disk.clone());
    device.tell(Event::Connected(from));
    // What lies under the new key is read all the same.
    operations.iter().for_each(|record| device.hear(from, record));
    let under_it = since(&removed, &demoted);
    under_it.iter().filter(|record| record.form() == Form::Sealed).for_each(|record| device.hear(from, record));
    let members = device.replica.members(&plan.notebook).expect("it is here");
    let role = members.iter().find(|member| member.person == bos).and_then(|member| member.role);
    assert_eq!(role, Some(Role::Commenter));
}

#[test]
fn an_operation_that_came_with_a_waiting_record_is_not_forgotten() {
    let mut network = Network::new(36);
    let [ada, bo, cy, di] = network.people(["Ada", "Bo", "Cy", "Di"]);
    let plan = network.share(ada, "Flood rota", [bo, cy, di]);
    network.disconnect(bo);
    let (before, of_bo, from) = (network.disk(ada), network.disk(bo), network.device(ada));
    network.remove(ada, plan.notebook, cy).expect("ada is the founder");
    let once = network.disk(ada);
    network.remove(ada, plan.notebook, di).expect("ada is the founder");
    let twice = network.disk(ada);
    let key_of = |records: Vec<Record>| records.into_iter().filter(|record| record.form() == Form::Key);
    let (first, second): (Vec<_>, Vec<_>) = (key_of(since(&before, &once)).collect(), since(&once, &twice));
    // The second key lets Bo read the second removal; neither is valid before the first key has come.
    let mut device = Copy::of(&network, bo, &of_bo);
    device.tell(Event::Connected(from));
    for record in since(&before, &twice).iter().filter(|record| !first.iter().any(|key| key.id() == record.id())) {
        device.hear(from, record);
    }
    let carried = device.set(plan.notebook);
    assert!(second.iter().all(|record| !carried.contains(&record.id())), "neither is in the set yet");
    // He starts again before he writes anything, and once more before he writes on.
    let starts_again = |device: &Copy| {
        let device = Copy::of(&network, bo, &device.disk.clone());
        let members = device.replica.members(&plan.notebook).expect("it is here");
        let is_in = members.iter().any(|member| member.person == network.id(di) && member.role.is_some());
        assert!(!is_in, "he knows it still");
        device
    };
    let mut device = starts_again(&device);
    device.write(plan.page, "Bo, who knows that Di has gone.");
    let mut device = starts_again(&device);
    device.write(plan.page, "Bo, who knows it still.");
    let mut adas = Copy::of(&network, ada, &network.disk(ada));
    adas.tell(Event::Connected(network.device(bo)));
    since(&of_bo, &device.disk).iter().for_each(|record| adas.hear(network.device(bo), record));
    assert_eq!(adas.refused, 0);
    let text = adas.replica.canonical_page(&adas.disk, &plan.notebook, &plan.page.id).expect("it is here");
    assert!(text.contains("who knows that Di has gone") && text.contains("who knows it still"), "{text}");
}

#[test]
fn a_box_that_does_not_open_is_complained_of_and_the_key_comes_from_others() {
    let mut network = Network::new(33);
    let [ada, bo, mal] = network.people(["Ada", "Bo", "Mal"]);
    let plan = network.share(ada, "Flood rota", [bo, mal]);
    assert!(network.deceive(mal, plan.notebook, Deceit::NoBox(network.device(bo))));
    network.pass(200);
    network.disconnect(mal);
    network.write(ada, plan.page, "sandbags at the depot");
    network.pass(10_000);
    assert!(network.text(bo, plan.page).contains("sandbags at the depot"), "Ada seals it on");
    network.settle();
    let keys = |network: &Network| {
        network.replica(ada).inventory(&plan.notebook).into_values().filter(|what| *what == "a key").count()
    };
    let before = keys(&network);
    network.pass(300_000);
    assert_eq!(keys(&network), before, "once");
}

#[test]
fn who_is_let_in_again_gets_the_key_that_a_liar_said_they_had() {
    let mut network = Network::new(35);
    let [ada, di, mal] = network.people(["Ada", "Di", "Mal"]);
    let plan = network.share(ada, "Flood rota", [di, mal]);
    let of_di = network.id(di);
    network.command(ada, Command::RemoveMember(plan.notebook, of_di)).expect("ada is the founder");
    network.settle();
    assert!(network.deceive(mal, plan.notebook, Deceit::NoBox(network.device(di))));
    network.pass(200);
    network.disconnect(mal);
    // Di is told nothing that she can open, and so not even that she is in again.
    network.command(ada, Command::SetRole(plan.notebook, of_di, Role::Writer)).expect("ada is the founder");
    network.write(ada, plan.page, "sandbags at the depot");
    network.pass(130_000);
    assert!(network.text(di, plan.page).contains("sandbags at the depot"), "Ada seals it on");
}

/// Cy goes while Ada is away; Mal makes the next key, says that Ada has it, and goes too. Bo writes under it and leaves, and only
/// he is in touch with Ada.
#[test]
fn who_leaves_gives_the_key_that_a_liar_said_the_others_had() {
    let mut network = Network::new(37);
    let [ada, bo, cy, mal] = network.people(["Ada", "Bo", "Cy", "Mal"]);
    let plan = network.share(ada, "Flood rota", [bo, cy, mal]);
    network.settle();
    network.disconnect(ada);
    network.command(cy, Command::Leave(plan.notebook)).expect("cy may go");
    network.pass(10_000);
    assert!(network.deceive(mal, plan.notebook, Deceit::NoBox(network.device(ada))));
    network.pass(200);
    network.disconnect(mal);
    network.disconnect(cy);
    network.write(bo, plan.page, "Gwen has the keys");
    network.command(bo, Command::Leave(plan.notebook)).expect("bo may go");
    network.join_up(bo, ada);
    network.pass(130_000);
    assert_eq!(network.role(ada, plan.notebook, bo), None, "she has heard that he left");
    assert_eq!(network.text(ada, plan.page), "Gwen has the keys");
}

#[test]
fn who_complains_without_reason_gets_one_key_and_no_second() {
    let mut network = Network::new(34);
    let [ada, mal] = network.people(["Ada", "Mal"]);
    let plan = network.share(ada, "Flood rota", [mal]);
    let disk = network.disk(ada);
    let held: BTreeSet<EpochId> =
        records(&disk).values().filter(|record| record.form() == Form::Key).map(Record::epoch).collect();
    let mut device = Copy::of(&network, ada, &disk);
    let from = network.device(mal);
    let before = device.keys(plan.notebook);
    for _ in 0..5 {
        device.tell(Event::Connected(from));
        for _ in 0..20 {
            let body = postcard::to_stdvec(&(plan.notebook, &held)).expect("ids can be written");
            device.message(from, 9, &body);
        }
        device.tell(Event::Disconnected(from));
        device = Copy::of(&network, ada, &device.disk.clone());
    }
    assert!(device.keys(plan.notebook) <= before + 1, "{} keys for one", device.keys(plan.notebook) - before);
}

/// Calls `visit` with every order of `items`.
fn orders<T: Clone>(items: &mut Vec<T>, from: usize, visit: &mut impl FnMut(&[T])) {
    if from == items.len() {
        return visit(items);
    }
    for at in from..items.len() {
        items.swap(from, at);
        orders(items, from + 1, visit);
        items.swap(from, at);
    }
}

#[test]
fn what_is_sealed_again_makes_one_set_in_whatever_order_it_comes() {
    let mut network = Network::new(35);
    let [ada, mal] = network.people(["Ada", "Mal"]);
    let plan = network.share(ada, "Flood rota", [mal]);
    let start = network.disk(ada);
    network.disconnect(mal);
    network.write(mal, plan.page, "one").write(mal, plan.page, "two");
    let page = StreamName::Body(plan.page.id);
    let honest = since(&start, &network.disk(mal));
    assert!(network.deceive(mal, plan.notebook, Deceit::Resealed(page)));
    let all = since(&start, &network.disk(mal));
    let tag = page.tag(&plan.notebook);
    let mut again: Vec<Record> = all.into_iter().filter(|record| record.stream_tag() == tag).collect();
    // The longest holds both changes in one; besides it, each change twice, and one of Ada's that is held already.
    again.sort_by_key(|record| std::cmp::Reverse(record.bytes().len()));
    let overlapping =
        again.iter().find(|record| record.bytes().len() > honest.iter().map(|r| r.bytes().len()).max().unwrap_or(0));
    let mut chosen: Vec<Record> = honest.iter().filter(|record| record.stream_tag() == tag).cloned().collect();
    assert_eq!(chosen.len(), 2, "Mal wrote two changes");
    chosen.extend(overlapping.cloned());
    chosen.extend(
        again
            .iter()
            .filter(|record| !chosen.iter().any(|c| c.id() == record.id()))
            .take(3)
            .cloned()
            .collect::<Vec<_>>(),
    );
    assert_eq!(chosen.len(), 6);
    let from = network.device(mal);
    let mut expected: Option<(BTreeSet<RecordId>, String)> = None;
    orders(&mut chosen, 0, &mut |order| {
        let mut device = Copy::of(&network, ada, &start);
        device.tell(Event::Connected(from));
        order.iter().for_each(|record| device.hear(from, record));
        let page = device.replica.page(&device.disk, &plan.notebook, &plan.page.id, None).expect("it is here");
        let came_to = (device.set(plan.notebook), page.body);
        assert!(came_to.1.contains("one") && came_to.1.contains("two"), "{}", came_to.1);
        match &expected {
            None => expected = Some(came_to),
            Some(expected) => assert_eq!(*expected, came_to),
        }
    });
}

#[test]
fn what_speaks_of_the_unheard_is_refused_in_whatever_order_it_comes() {
    let mut network = Network::new(42);
    let [ada, bo, mal] = network.people(["Ada", "Bo", "Mal"]);
    let plan = network.share(ada, "Flood rota", [bo, mal]);
    network.write(ada, plan.page, "keys at the hall").settle();
    network.disconnect(bo);
    network.write(mal, plan.page, "boats at the weir and at the mill, and one in Dam Road").settle();
    let start = network.disk(ada);
    network.disconnect(ada);
    let first = PageEdit::Splice { at: 0, delete: 0, insert: "sandbags at the depot\n".to_owned() };
    network.edit(bo, plan.page, first).expect("he may write");
    network.reconnect(bo);
    network.settle();
    assert!(network.deceive(mal, plan.notebook, Deceit::Unheard(plan.page.id)));
    let tag = StreamName::Body(plan.page.id).tag(&plan.notebook);
    let mut came = since(&start, &network.disk(mal));
    came.retain(|record| record.stream_tag() == tag);
    assert_eq!(came.len(), 2, "Bo's change, and Mal's that speaks of it");
    let from = network.device(mal);
    for is_restarted in [false, true] {
        orders(&mut came, 0, &mut |order| {
            let mut device = Copy::of(&network, ada, &start);
            device.tell(Event::Connected(from));
            for record in order {
                device.hear(from, record);
                if is_restarted {
                    device = Copy::of(&network, ada, &device.disk.clone());
                    device.tell(Event::Connected(from));
                }
            }
            let page = device.replica.page(&device.disk, &plan.notebook, &plan.page.id, None).expect("it is here");
            assert!(page.body.contains("sandbags at the depot"), "{}", page.body);
            let refused = device.replica.refused(&plan.notebook).expect("it is here");
            assert!(refused.iter().any(|(_, refused)| refused.author == Some(from)), "and Mal is named");
        });
    }
}

#[test]
fn whoever_dropped_a_notebook_is_not_sent_it_over_and_over() {
    let mut network = Network::new(36);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    for line in 0..20 {
        network
            .edit(ada, plan.page, PageEdit::Splice { at: 0, delete: 0, insert: format!("{line}\n") })
            .expect("saved");
    }
    network.settle();
    network.command(bo, Command::Forget(plan.notebook)).expect("it is here");
    network.disconnect(bo);
    network.reconnect(bo);
    network.pass(60_000);
    let before = network.sent;
    network.pass(600_000);
    let bytes = network.sent.1 - before.1;
    // A comparison a minute.
    assert!(bytes < 60_000, "{bytes} bytes in ten minutes for nothing");
}

#[test]
fn who_never_got_the_key_of_their_removal_hears_of_it_all_the_same() {
    let mut network = Network::new(37);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", [bo, cy]);
    network.disconnect(bo);
    // Removing Cy brings a new key, under which Bo is removed before it reaches him.
    network.remove(ada, plan.notebook, cy).expect("ada is the founder");
    network.remove(ada, plan.notebook, bo).expect("ada is the founder");
    network.reconnect(bo);
    network.pass(10_000);
    assert_eq!(network.role(bo, plan.notebook, bo), None);
    network.cut_power(bo);
    network.start(bo);
    assert_eq!(network.role(bo, plan.notebook, bo), None, "for good");
}

#[test]
fn what_waited_for_an_operation_is_taken_up_when_that_comes_without_a_record() {
    let mut network = Network::new(38);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    network.disconnect(bo);
    network.invite(ada, plan.notebook, Role::Reader).expect("ada invites");
    let first = network.disk(ada);
    network.invite(ada, plan.notebook, Role::Reader).expect("ada invites");
    let second = since(&first, &network.disk(ada));
    network.remove(ada, plan.notebook, bo).expect("ada is the founder");
    let mut adas = Copy::of(&network, ada, &network.disk(ada));
    adas.tell(Event::Connected(network.device(bo)));
    adas.tell(Event::Tick);
    let mut bos = Copy::of(&network, bo, &network.disk(bo));
    bos.tell(Event::Connected(network.device(ada)));
    second.iter().for_each(|record| bos.hear(network.device(ada), record));
    assert!(!bos.replica.waits(&plan.notebook).expect("it is here").is_empty(), "the first invitation has not come");
    for (_, bytes) in adas.sent.into_iter().filter(|(_, bytes)| bytes.get(1) == Some(&10)) {
        bos.tell(Event::Received(network.device(ada), bytes));
    }
    assert!(bos.replica.waits(&plan.notebook).expect("it is here").is_empty());
    assert!(second.iter().all(|record| bos.set(plan.notebook).contains(&record.id())));
}

/// Mal's device dates a change back; what Ada and Bo say of it, who refuse it in Mal's name.
fn refused_when_dated_back(seed: u64, beside: fn(&mut Network, Who, Who, Shared), stated: bool) -> Vec<String> {
    let mut network = Network::new(seed);
    let [ada, bo, mal] = network.people(["Ada", "Bo", "Mal"]);
    let plan = network.share(ada, "Flood rota", [bo, mal]);
    network.write(mal, plan.page, "sandbags at the depot").settle();
    beside(&mut network, ada, mal, plan);
    network.settle();
    let deceit = Deceit::DatedBack { page: plan.page.id, stated };
    assert!(network.deceive(mal, plan.notebook, deceit), "Mal has written before");
    network.pass(10_000);
    let said = |who| {
        assert!(!network.text(who, plan.page).contains("dated back"));
        let refused = network.replica(who).refused(&plan.notebook).expect("it is here");
        let by_mal = refused.into_iter().find(|(_, refused)| refused.author == Some(network.device(mal)));
        by_mal.map(|(_, refused)| refused.reason).unwrap_or_default()
    };
    [ada, bo].map(said).to_vec()
}

#[test]
fn nobody_builds_on_what_they_say_they_had_not_heard_of() {
    let demoted = |network: &mut Network, ada, mal, plan: Shared| {
        let of_mal = network.id(mal);
        network.command(ada, Command::SetRole(plan.notebook, of_mal, Role::Reader)).expect("ada is the founder");
        network.write(ada, plan.page, "keys at the hall");
    };
    let refused = refused_when_dated_back(39, demoted, true);
    assert!(refused.iter().all(|why| why.contains("knew more of the membership")), "{refused:?}");
}

#[test]
fn a_change_says_itself_what_its_author_knew() {
    let invited = |network: &mut Network, ada, _, plan: Shared| {
        network.invite(ada, plan.notebook, Role::Reader).expect("ada invites");
    };
    let refused = refused_when_dated_back(40, invited, false);
    assert!(refused.iter().all(|why| why.contains("does not commit to the membership")), "{refused:?}");
}
