//! What a device lost, in part or whole, comes back from others; and nothing comes that it does not want.

use hedgerow_document::{Block, PageEdit};
use hedgerow_model::{Attachment, RecordId, Role};
use hedgerow_sync::{Checked, Command, Shelf};
use hedgerow_testkit::{Disk, Network, Shared, Who};

/// Ada and Bo, who have written a page together; the same for the same seed.
fn two_who_wrote() -> (Network, Who, Who, Shared) {
    let mut network = Network::new(41);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    network.write(ada, rota.page, "Gwen has the keys. ").settle();
    network.write(bo, rota.page, "The depot opens at six. ").settle();
    (network, ada, bo, rota)
}

fn checked(network: &mut Network, who: Who) -> Checked {
    network.look(who, |replica, disk| replica.check(disk)).expect("a disk in memory can be read")
}

/// Both have all there is, and it reads as it was written.
fn assert_whole(network: &mut Network, ada: Who, bo: Who, rota: &Shared, case: &str) {
    network.settle();
    // What he says of himself he says again, in another record.
    network.command(bo, Command::LetGoOfReplaced).expect("it can be let go");
    network.settle();
    assert_eq!(network.canonical(bo, rota.notebook), network.canonical(ada, rota.notebook), "{case}");
    for who in [ada, bo] {
        assert_eq!(checked(network, who).unsound, [], "{case}: {}", network.name(who));
    }
    network.write(bo, rota.page, "And on. ").settle();
    assert!(network.text(ada, rota.page).contains("And on."), "{case}");
    assert_eq!(network.canonical(bo, rota.notebook), network.canonical(ada, rota.notebook), "{case}: after that");
}

#[test]
fn whichever_row_bo_loses_he_has_it_back() {
    let (network, _, bo, _) = two_who_wrote();
    let whole = network.disk(bo);
    let mut rows = 0;
    for shelf in Shelf::ALL {
        for nth in 0..whole.count(shelf) {
            let (mut network, ada, bo, rota) = two_who_wrote();
            let mut disk = network.disk(bo);
            assert!(disk.lose(shelf, nth));
            network.put_back(bo, disk, true);
            network.command(bo, Command::Mend { seek: true }).expect("it can be mended");
            assert_whole(&mut network, ada, bo, &rota, &format!("row {nth} of {}", shelf.name()));
            rows += 1;
        }
    }
    assert!(rows > 30, "{rows}");
}

/// Di was away when Cy joined, and Bo after him. Then Ada's device and Cy's are lost, and Di meets Bo alone.
fn di_meets_bo_alone(spoils: impl FnOnce(&mut Disk) -> bool) -> Option<(Network, Who, Shared)> {
    let mut network = Network::new(43);
    let [ada, bo, cy, di] = network.people(["Ada", "Bo", "Cy", "Di"]);
    let rota = network.share(ada, "Flood rota", [di]);
    network.settle();
    network.disconnect(di);
    for guest in [cy, bo] {
        network.bring_in(ada, rota.notebook, guest, Role::Writer).expect("a guest joins");
        network.settle();
    }
    for lost in [ada, cy] {
        network.disconnect(lost);
    }
    let mut disk = network.disk(bo);
    if !spoils(&mut disk) {
        return None;
    }
    network.put_back(bo, disk, true);
    // Where the page itself is gone there is nothing to write on.
    network.edit(bo, rota.page, PageEdit::Append(vec![Block::paragraph("The depot opens at six.")])).ok()?;
    network.join_up(bo, di);
    network.pass(30_000);
    Some((network, di, rota))
}

#[test]
fn whichever_record_bo_lost_whoever_meets_him_alone_reads_what_he_writes() {
    let mut wrote = 0;
    for nth in 0.. {
        let mut is_there = false;
        let story = di_meets_bo_alone(|disk| {
            is_there = disk.lose(Shelf::Record, nth);
            is_there
        });
        if !is_there {
            break;
        }
        let Some((mut network, di, rota)) = story else { continue };
        let text = network.text(di, rota.page);
        assert!(
            text.contains("The depot opens at six."),
            "record {nth}: {text:?}\n{:?}",
            network.replica(di).waits(&rota.notebook)
        );
        wrote += 1;
    }
    assert!(wrote > 10, "{wrote}");
}

/// Ada and Bo, and two keys: Cy was removed meanwhile. Bo has fetched a photograph.
fn two_who_go_on_without_cy() -> (Network, Who, Who, Shared, Attachment) {
    let mut network = Network::new(42);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let rota = network.share(ada, "Flood rota", [bo, cy]);
    network.write(cy, rota.page, "The chapel hall is open. ").settle();
    network.remove(ada, rota.notebook, cy).expect("she founded it");
    network.write(ada, rota.page, "Gwen has the keys. ").settle();
    let photo = network.attach(ada, rota.page, "ford.jpg", &[7; 150_000]);
    network.write(bo, rota.page, "The depot opens at six. ").settle();
    network.fetch(bo, rota.page, photo.id).expect("ada has it");
    network.disconnect(cy);
    (network, ada, bo, rota, photo)
}

/// His key rows among them.
#[test]
fn whichever_row_of_his_does_not_read_he_has_it_back() {
    let (network, _, bo, ..) = two_who_go_on_without_cy();
    let whole = network.disk(bo);
    assert!(whole.count(Shelf::Keys) >= 1 && whole.count(Shelf::Piece) == 3);
    let mut rows = 0;
    for shelf in Shelf::ALL {
        for nth in 0..whole.count(shelf) {
            let (mut network, ada, bo, rota, photo) = two_who_go_on_without_cy();
            let mut disk = network.disk(bo);
            assert!(disk.spoil(shelf, nth));
            network.put_back(bo, disk, true);
            let case = format!("row {nth} of {}", shelf.name());
            network.command(bo, Command::Mend { seek: true }).expect("it can be mended");
            network.settle();
            network.fetch(bo, rota.page, photo.id).unwrap_or_else(|why| panic!("{case}: {why}"));
            assert_eq!(network.open_file(bo, rota.page, photo.id), Ok(vec![7; 150_000]), "{case}");
            assert_whole(&mut network, ada, bo, &rota, &case);
            rows += 1;
        }
    }
    assert!(rows > 40, "{rows}");
}

#[test]
fn whichever_record_of_his_is_spoiled_he_has_it_back() {
    let (network, _, bo, _) = two_who_wrote();
    for nth in 0..network.disk(bo).count(Shelf::Record) {
        let (mut network, ada, bo, rota) = two_who_wrote();
        let mut disk = network.disk(bo);
        assert!(disk.damage(Shelf::Record, nth));
        network.put_back(bo, disk, true);
        network.disconnect(bo);
        assert_eq!(checked(&mut network, bo).unsound.len(), 1, "record {nth} is named");
        network.command(bo, Command::Mend { seek: false }).expect("it can be mended");
        assert_eq!(checked(&mut network, bo).unsound.len(), 1, "record {nth} is named until it is back");
        network.reconnect(bo);
        assert_whole(&mut network, ada, bo, &rota, &format!("record {nth}"));
    }
}

/// Bo's answer never reaches her, so to her it is not known who has the line. In the second story she starts again since.
#[test]
fn what_ada_sent_and_replaced_bo_can_let_go_of_though_she_never_heard_that_it_came() {
    for starts_again in [false, true] {
        let (mut network, ada, bo, rota) = two_who_wrote();
        let before = network.replica(bo).inventory(&rota.notebook);
        network.write(ada, rota.page, "Mind the step. ");
        let new = |network: &Network| {
            let mut now = network.replica(bo).inventory(&rota.notebook);
            now.retain(|id, what| !before.contains_key(id) && *what == "a change");
            now.into_keys().next()
        };
        network.until(|network| new(network).is_some());
        let line = new(&network).expect("he has it");
        network.disconnect(bo);
        if starts_again {
            network.cut_power(ada);
            network.start(ada);
        }
        network.type_out(ada, rota.page, &"and the second step too ".repeat(5));
        spoil(&mut network, bo, &line);
        network.disconnect(bo);
        assert_eq!(checked(&mut network, bo).unsound.len(), 1, "he cannot read it");
        network.command(bo, Command::Mend { seek: false }).expect("it can be mended");
        network.reconnect(bo);
        assert_whole(&mut network, ada, bo, &rota, &format!("she starts again: {starts_again}"));
        assert!(network.text(bo, rota.page).contains("Mind the step."));
    }
}

/// The record with this name does not read on his disk any more.
fn spoil(network: &mut Network, who: Who, record: &RecordId) {
    let disk = network.disk(who);
    for nth in 0..disk.count(Shelf::Record) {
        let mut disk = disk.clone();
        assert!(disk.damage(Shelf::Record, nth));
        network.put_back(who, disk, true);
        if checked(network, who).unsound.iter().any(|unsound| unsound.record == Some(*record)) {
            return;
        }
    }
    panic!("{record} is not on the disk");
}

/// What she typed apart is in no checkpoint by name; her backup is of before it was replaced.
#[test]
fn a_backup_with_what_was_never_told_of_agrees_with_what_stands_for_it() {
    let (mut network, ada, bo, rota) = two_who_wrote();
    network.disconnect(bo);
    let typed = "gloves are in the shed ".repeat(5);
    network.type_out(ada, rota.page, &typed);
    let backup = network.disk(ada);
    network.reconnect(bo);
    network.settle();
    assert!(network.disk(ada).count(Shelf::Record) < 20, "they were replaced");
    for told in [true, false] {
        network.put_back(ada, backup.clone(), told);
        assert_whole(&mut network, ada, bo, &rota, &format!("told of it: {told}"));
        assert!(network.text(bo, rota.page).contains(&typed));
        assert!(network.disk(ada).count(Shelf::Record) < 20, "and are so again, told of it: {told}");
    }
}

#[test]
fn who_lost_everything_has_it_back_from_each_member_when_they_meet() {
    let (mut network, ada, bo, rota) = two_who_wrote();
    let cy = network.person("Cy");
    let plan = network.share(cy, "Winter plan", [bo]);
    network.write(cy, plan.page, "Beds. ").settle();
    network.disconnect(cy);
    network.put_back(bo, Disk::default(), true);
    network.pass(60_000);
    assert!(network.replica(bo).notebooks().is_empty(), "nobody is asked without a reason");
    network.command(bo, Command::Mend { seek: true }).expect("it can be mended");
    assert_whole(&mut network, ada, bo, &rota, "what Ada has");
    assert_eq!(network.replica(bo).notebooks().len(), 1);
    // Another day.
    let disk = network.disk(bo);
    network.put_back(bo, disk, false);
    network.reconnect(cy);
    assert_whole(&mut network, cy, bo, &plan, "what Cy has");
}

#[test]
fn who_lost_everything_and_left_since_is_not_given_it_by_who_has_not_heard() {
    let (mut network, ada, bo, rota) = two_who_wrote();
    let cy = network.person("Cy");
    network.bring_in(ada, rota.notebook, cy, Role::Writer).expect("cy joins");
    network.settle();
    network.disconnect(cy);
    network.put_back(bo, Disk::default(), true);
    network.command(bo, Command::Mend { seek: true }).expect("it can be mended");
    assert_whole(&mut network, ada, bo, &rota, "what Ada has");
    network.command(bo, Command::Leave(rota.notebook)).expect("anybody but the founder may leave");
    network.settle();
    network.command(bo, Command::Forget(rota.notebook)).expect("it is dropped");
    network.disconnect(ada);
    network.join_up(bo, cy);
    network.pass(120_000);
    assert!(network.replica(bo).notebooks().is_empty(), "Cy has not heard that he left");
}

#[test]
fn the_removed_are_given_nothing_back() {
    let (mut network, ada, bo, rota) = two_who_wrote();
    network.remove(ada, rota.notebook, bo).expect("ada is the founder");
    network.settle();
    network.put_back(bo, Disk::default(), true);
    network.command(bo, Command::Mend { seek: true }).expect("it can be mended");
    network.pass(120_000);
    assert!(network.replica(bo).notebooks().is_empty());
}

#[test]
fn the_name_that_was_lost_is_had_back_and_a_new_one_stands() {
    let (mut network, ada, bo, rota) = two_who_wrote();
    network.put_back(bo, Disk::default(), true);
    network.command(bo, Command::Mend { seek: true }).expect("it can be mended");
    network.settle();
    let of_bo = network.id(bo);
    let name =
        |network: &Network, on: Who| network.replica(on).profile_of(&of_bo).and_then(|profile| profile.name.clone());
    let mut said = network.me(bo).profile.1;
    assert_eq!(name(&network, bo), said.name);
    said.name = hedgerow_model::Label::parse("Bo Hughes").ok();
    network.command(bo, Command::SetProfile(Box::new(said.clone()))).expect("it is said");
    assert_whole(&mut network, ada, bo, &rota, "with another name");
    assert_eq!(name(&network, ada), said.name, "it counts on from what he had said before");
}

#[test]
fn who_is_interrupted_while_joining_waits_for_the_rest_when_they_try_again() {
    let mut network = Network::new(42);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", []);
    network.write(ada, rota.page, "Gwen has the keys. ").settle();
    let link = network.invite(ada, rota.notebook, Role::Writer).expect("ada is the founder");
    let _first = network.ask_to_join(bo, &link);
    network.until(|network| network.disk(bo).count(Shelf::Notebook) == 1);
    network.disconnect(bo);
    network.cut_power(bo);
    network.start(bo);
    let again = network.ask_to_join(bo, &link);
    network.pass(5_000);
    assert!(network.answered(bo, again).is_none(), "he is in, and has next to nothing of it");
    network.reconnect(bo);
    network.settle();
    assert!(matches!(network.answered(bo, again), Some(Ok(_))), "{:?}", network.answered(bo, again));
    assert_eq!(network.canonical(bo, rota.notebook), network.canonical(ada, rota.notebook));
    // And a third time, with nobody there: he has it.
    network.disconnect(bo);
    let once_more = network.ask_to_join(bo, &link);
    network.pass(1_000);
    assert!(matches!(network.answered(bo, once_more), Some(Ok(_))));
}

/// Bo opens a link, and opens it again before he was let in: in two windows, say, or because nothing seemed to happen.
#[test]
fn whoever_opens_a_link_twice_at_once_is_let_in_and_both_are_answered() {
    for seed in 0..8 {
        let mut network = Network::new(80 + seed);
        let [ada, bo] = network.people(["Ada", "Bo"]);
        let rota = network.share(ada, "Flood rota", []);
        let link = network.invite(ada, rota.notebook, Role::Writer).expect("ada invites");
        let both = [network.ask_to_join(bo, &link), network.ask_to_join(bo, &link)];
        network.pass(10_000);
        for asked in both {
            let answer = network.answered(bo, asked);
            assert!(matches!(answer, Some(Ok(_))), "seed {seed}: {answer:?}");
        }
        network.settle();
        assert_eq!(network.role(ada, rota.notebook, bo), Some(Role::Writer));
    }
}
