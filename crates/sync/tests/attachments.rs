//! Stories about files on pages.

use hedgerow_access::Manifest;
use hedgerow_model::{Attachment, AttachmentId, Role};
use hedgerow_sync::{Archive, Command, Outcome, Refusal, Shelf};
use hedgerow_testkit::{Disk, Network, Page, Who};

/// A file of so many pieces, the last one short, in which no two pieces are alike.
fn photo(pieces: usize) -> Vec<u8> {
    let length = pieces * Manifest::PIECE - 1_000;
    (0..length).map(|at| (at % 251) as u8 ^ (at / Manifest::PIECE) as u8).collect()
}

fn line(network: &mut Network, who: Who, page: Page) -> (Attachment, u64, bool) {
    let look = |replica: &mut hedgerow_sync::Replica, disk: &hedgerow_testkit::Disk| {
        replica.attachments(disk, &page.notebook, &page.id)
    };
    let mut lines = network.look(who, look).expect("the page is here");
    assert_eq!(lines.len(), 1);
    let line = lines.remove(0);
    assert_eq!(line.caption, "The ford");
    (line.file, line.here, line.is_whole)
}

#[test]
fn a_file_is_seen_at_once_and_fetched_when_it_is_wanted() {
    let mut network = Network::new(51);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let file = photo(9);
    let attached = network.attach(ada, rota.page, "Pictures/2026/ford.jpg", &file);
    network.settle();
    assert_eq!(line(&mut network, bo, rota.page), (attached.clone(), 0, false));
    assert_eq!(attached.name.as_str(), "ford.jpg");
    assert_eq!(network.open_file(bo, rota.page, attached.id), Err(Refusal::NotHere));
    assert_eq!(network.pieces(bo), 0, "nothing of it came by itself");
    assert_eq!(network.fetch(bo, rota.page, attached.id), Ok(Outcome::Done));
    assert_eq!(line(&mut network, bo, rota.page), (attached.clone(), file.len() as u64, true));
    assert_eq!(network.open_file(bo, rota.page, attached.id), Ok(file));
    let sent = network.sent;
    assert_eq!(network.fetch(bo, rota.page, attached.id), Ok(Outcome::Done), "it is here");
    assert_eq!(network.sent, sent, "and nobody was asked");
}

#[test]
fn a_third_member_carries_a_file_between_two_who_never_meet() {
    let mut network = Network::new(52);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let rota = network.share(ada, "Flood rota", [bo, cy]);
    let file = photo(3);
    let attached = network.attach(ada, rota.page, "ford.jpg", &file);
    network.settle();
    network.fetch(bo, rota.page, attached.id).expect("ada has it");
    network.disconnect(ada);
    network.fetch(cy, rota.page, attached.id).expect("bo has it");
    assert_eq!(network.open_file(cy, rota.page, attached.id), Ok(file));
}

#[test]
fn what_came_before_the_line_broke_is_not_sent_again() {
    let mut network = Network::new(53);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let file = photo(40);
    let attached = network.attach(ada, rota.page, "ford.jpg", &file);
    network.settle();
    let asked = network.ask(bo, Command::FetchFile(rota.notebook, attached.id, attached.size));
    network.until(|network| network.pieces(bo) >= 20);
    network.disconnect(bo);
    network.until(|network| network.answered(bo, asked).is_some());
    assert_eq!(network.answered(bo, asked), Some(&Err(Refusal::NobodyHas)), "and says so");
    let (came, sent) = (network.pieces(bo), network.sent.1);
    assert!((20..40).contains(&came));
    network.reconnect(bo);
    network.fetch(bo, rota.page, attached.id).expect("ada has the rest");
    assert_eq!(network.open_file(bo, rota.page, attached.id), Ok(file));
    let rest = ((40 - came) * Manifest::SEALED_MOST) as u64;
    assert!(network.sent.1 - sent < rest + 40_000, "{} bytes for {rest}", network.sent.1 - sent);
}

#[test]
fn a_file_of_which_two_have_half_each_is_put_together() {
    let mut network = Network::new(54);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let rota = network.share(ada, "Flood rota", [bo, cy]);
    let file = photo(30);
    let attached = network.attach(ada, rota.page, "ford.jpg", &file);
    network.settle();
    network.ask(bo, Command::FetchFile(rota.notebook, attached.id, attached.size));
    network.until(|network| network.pieces(bo) >= 12);
    network.disconnect(ada);
    // Bo has the beginning of it. Cy takes that, and the rest when Ada is back.
    assert_eq!(network.fetch(cy, rota.page, attached.id), Err(Refusal::NobodyHas));
    assert!(network.pieces(cy) >= 12);
    network.reconnect(ada);
    assert_eq!(network.fetch(cy, rota.page, attached.id), Ok(Outcome::Done));
    assert_eq!(network.open_file(cy, rota.page, attached.id), Ok(file));
}

#[test]
fn whoever_is_no_member_any_more_is_given_nothing() {
    let mut network = Network::new(55);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let rota = network.share(ada, "Flood rota", [bo, cy]);
    let attached = network.attach(ada, rota.page, "ford.jpg", &photo(2));
    network.settle();
    network.remove(ada, rota.notebook, bo).expect("ada is the founder");
    network.settle();
    assert_eq!(network.fetch(bo, rota.page, attached.id), Err(Refusal::NotAMember));
    // His device asks all the same, for the list and for a piece.
    let body = |pieces: Vec<u32>| {
        let body = postcard::to_stdvec(&(rota.notebook, attached.id, pieces)).expect("plain");
        [vec![1, 14], body].concat()
    };
    for pieces in [vec![], vec![0]] {
        let sent = network.sent.1;
        network.say(bo, ada, body(pieces.clone()));
        network.pass(1_000);
        assert!(network.sent.1 - sent < 1_000, "asked for {pieces:?}");
    }
    assert_eq!(network.pieces(bo), 0);
    network.fetch(cy, rota.page, attached.id).expect("cy is a member");
}

#[test]
fn a_piece_that_is_not_the_one_that_was_asked_for_is_not_kept() {
    let mut network = Network::new(56);
    let [ada, bo, mal] = network.people(["Ada", "Bo", "Mal"]);
    let rota = network.share(ada, "Flood rota", [bo, mal]);
    let file = photo(6);
    let attached = network.attach(ada, rota.page, "ford.jpg", &file);
    network.settle();
    network.fetch(mal, rota.page, attached.id).expect("ada has it");
    network.cut_off(ada, bo);
    // Mal's device answers what Bo's asks with bytes of Mal's own, before it could give the right ones.
    let asked = network.ask(bo, Command::FetchFile(rota.notebook, attached.id, attached.size));
    let asks = |network: &Network| {
        let is_one = |line: &&String| line.contains(" Bo -> Mal ") && line.ends_with("kind Some(14)");
        network.transcript().iter().filter(is_one).count()
    };
    network.until(|network| asks(network) == 2);
    let lie = postcard::to_stdvec(&(rota.notebook, attached.id, 0_u32, vec![7_u8; 1_000])).expect("plain");
    network.say(mal, bo, [vec![1, 16], lie].concat());
    network.until(|network| network.answered(bo, asked).is_some());
    assert_eq!(network.answered(bo, asked), Some(&Err(Refusal::NobodyHas)), "mal is left alone");
    network.join_up(ada, bo);
    network.fetch(bo, rota.page, attached.id).expect("ada has it");
    assert_eq!(network.open_file(bo, rota.page, attached.id), Ok(file), "what bo reads is what ada attached");
    assert_eq!(network.pieces(bo), 6, "and nothing else is kept");
}

#[test]
fn a_file_that_was_not_finished_leaves_nothing_behind() {
    let mut network = Network::new(57);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let whole = network.attach(ada, rota.page, "ford.jpg", &photo(2));
    let dropped = network.begin_file(ada, rota.notebook).expect("ada may write");
    network.command(ada, Command::AddPiece(dropped, vec![1; Manifest::PIECE])).expect("a piece");
    assert_eq!(network.pieces(ada), 3);
    network.command(ada, Command::DropFile(dropped)).expect("nobody goes on with it");
    assert_eq!(network.pieces(ada), 2);
    let cut = network.begin_file(ada, rota.notebook).expect("ada may write");
    network.command(ada, Command::AddPiece(cut, vec![2; Manifest::PIECE])).expect("a piece");
    network.cut_power(ada);
    network.start(ada);
    network.settle();
    network.write(ada, rota.page, "the ford is closed").settle();
    assert_eq!(network.pieces(ada), 2, "what was not finished is gone with the next thing that is saved");
    assert_eq!(network.command(ada, Command::FinishFile(cut)), Err(Refusal::NoDraft));
    assert_eq!(network.open_file(ada, rota.page, whole.id), Ok(photo(2)), "what was is there");
}

#[test]
fn a_reader_attaches_nothing_and_reads_everything() {
    let mut network = Network::new(58);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", []);
    network.bring_in(ada, rota.notebook, bo, Role::Reader).expect("bo joins");
    let attached = network.attach(ada, rota.page, "ford.jpg", &photo(1));
    network.settle();
    assert!(matches!(network.begin_file(bo, rota.notebook), Err(Refusal::NeedsRole { .. })));
    network.fetch(bo, rota.page, attached.id).expect("ada has it");
    assert_eq!(network.open_file(bo, rota.page, attached.id), Ok(photo(1)));
}

#[test]
fn who_joins_after_a_removal_opens_the_files_of_before() {
    let mut network = Network::new(59);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let attached = network.attach(ada, rota.page, "ford.jpg", &photo(1));
    network.remove(ada, rota.notebook, bo).expect("ada is the founder");
    network.bring_in(ada, rota.notebook, cy, Role::Writer).expect("cy joins");
    network.settle();
    network.fetch(cy, rota.page, attached.id).expect("ada has it");
    assert_eq!(network.open_file(cy, rota.page, attached.id), Ok(photo(1)));
}

#[test]
fn a_damaged_piece_is_fetched_again() {
    let mut network = Network::new(60);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let attached = network.attach(ada, rota.page, "ford.jpg", &photo(4));
    network.settle();
    network.fetch(bo, rota.page, attached.id).expect("ada has it");
    network.cut_power(bo);
    let mut disk = network.disk(bo);
    assert!(disk.damage(Shelf::Piece, 2));
    network.put_back(bo, disk, false);
    network.settle();
    assert!(matches!(network.open_file(bo, rota.page, attached.id), Err(Refusal::NotHere)), "it is said");
    network.fetch(bo, rota.page, attached.id).expect("ada has it");
    assert_eq!(network.open_file(bo, rota.page, attached.id), Ok(photo(4)));
}

#[test]
fn whatever_of_a_file_does_not_read_is_seen_by_a_check() {
    let mut network = Network::new(66);
    let [ada] = network.people(["Ada"]);
    let rota = network.share(ada, "Flood rota", []);
    let attached = network.attach(ada, rota.page, "ford.jpg", &photo(4));
    let whole = network.disk(ada);
    let mut check = |hurt: &dyn Fn(&mut Disk)| {
        let mut disk = whole.clone();
        hurt(&mut disk);
        network.put_back(ada, disk, false);
        let found = network.look(ada, |replica, disk| {
            assert_eq!(replica.files_kept(disk), Ok(vec![(rota.notebook, attached.id)]));
            replica.check_file(disk, &rota.notebook, &attached.id)
        });
        let found = found.expect("a disk in memory can be read");
        (found.pieces, found.spoiled.len(), found.missing, found.is_whole())
    };
    assert_eq!(check(&|_| ()), (Some(4), 0, 0, true));
    // Other bytes under a sound seal, a seal that is broken, a row that is gone.
    assert_eq!(check(&|disk| assert!(disk.damage(Shelf::Piece, 2))), (Some(4), 1, 0, false));
    assert_eq!(check(&|disk| assert!(disk.spoil(Shelf::Piece, 1))), (Some(4), 1, 0, false));
    assert_eq!(check(&|disk| assert!(disk.lose(Shelf::Piece, 0))), (Some(4), 0, 1, false));
    for hurt in [Disk::damage, Disk::spoil] {
        assert_eq!(check(&|disk| assert!(hurt(disk, Shelf::Attachment, 0))), (None, 0, 0, false));
    }
}

#[test]
fn a_notebook_that_is_dropped_takes_its_files_along() {
    let mut network = Network::new(61);
    let [ada] = network.people(["Ada"]);
    let rota = network.share(ada, "Flood rota", []);
    let plan = network.share(ada, "Winter plan", []);
    network.attach(ada, rota.page, "ford.jpg", &photo(4));
    let kept = network.attach(ada, plan.page, "ford.jpg", &photo(3));
    network.command(ada, Command::Forget(rota.notebook)).expect("it is here");
    assert_eq!(network.pieces(ada), 3);
    assert_eq!(network.disk(ada).count(Shelf::Attachment), 1);
    assert_eq!(network.open_file(ada, plan.page, kept.id), Ok(photo(3)));
}

#[test]
fn files_are_kept_by_what_they_are_and_never_in_clear() {
    let mut network = Network::new(62);
    let [ada] = network.people(["Ada"]);
    let rota = network.share(ada, "Flood rota", []);
    let words = b"the ford at Tal-y-bont is closed".repeat(100);
    network.attach(ada, rota.page, "tal-y-bont.txt", &words);
    let disk = network.disk(ada);
    for shelf in Shelf::ALL {
        for (key, value) in disk.scan(shelf, &[]).expect("a disk in memory can be read") {
            for bytes in [key, value] {
                assert!(!bytes.windows(10).any(|window| window == b"Tal-y-bont"), "in {}", shelf.name());
            }
        }
    }
    assert_eq!(network.open_file(ada, rota.page, AttachmentId::from_bytes([9; 32])), Err(Refusal::NotHere));
}

#[test]
fn a_file_that_was_begun_before_a_removal_is_not_finished_after_it() {
    let mut network = Network::new(63);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let draft = network.begin_file(ada, rota.notebook).expect("ada may write");
    network.command(ada, Command::AddPiece(draft, vec![1; 1_000])).expect("a piece");
    network.remove(ada, rota.notebook, bo).expect("ada is the founder");
    let finished = network.command(ada, Command::FinishFile(draft));
    assert!(matches!(finished, Err(Refusal::Attachment(_))), "bo has the key it was sealed under: {finished:?}");
    let attached = network.attach(ada, rota.page, "ford.jpg", &photo(1));
    assert_eq!(network.open_file(ada, rota.page, attached.id), Ok(photo(1)), "begun again, it is");
    assert_eq!(network.pieces(ada), 1, "and of the first nothing is left");
}

#[test]
fn a_file_that_is_longer_than_the_page_says_is_not_fetched() {
    let mut network = Network::new(64);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let attached = network.attach(ada, rota.page, "ford.jpg", &photo(5));
    network.settle();
    let fetched = network.command(bo, Command::FetchFile(rota.notebook, attached.id, 1_000));
    assert!(matches!(fetched, Err(Refusal::Attachment(_))), "{fetched:?}");
    assert_eq!(network.pieces(bo), 0);
}

#[test]
fn a_notebook_is_dropped_while_a_file_of_it_is_fetched() {
    let mut network = Network::new(65);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let attached = network.attach(ada, rota.page, "ford.jpg", &photo(20));
    network.settle();
    let asked = network.ask(bo, Command::FetchFile(rota.notebook, attached.id, attached.size));
    network.until(|network| network.pieces(bo) >= 5);
    network.command(bo, Command::Forget(rota.notebook)).expect("it is here");
    assert_eq!(network.answered(bo, asked), Some(&Err(Refusal::NoNotebook(rota.notebook))));
    network.settle();
    assert_eq!(network.pieces(bo), 0);
}

/// The disk refuses for as long as it is full, and is asked for nothing meanwhile.
#[test]
fn a_disk_that_refuses_a_piece_is_not_asked_without_end() {
    let mut network = Network::new(66);
    let [ada] = network.people(["Ada"]);
    let rota = network.share(ada, "Flood rota", []);
    let draft = network.begin_file(ada, rota.notebook).expect("ada may write");
    network.command(ada, Command::AddPiece(draft, vec![1; Manifest::PIECE])).expect("a piece");
    network.faults.refusal = 1_000;
    let refused = network.command(ada, Command::AddPiece(draft, vec![2; Manifest::PIECE]));
    assert!(matches!(refused, Err(Refusal::Device(_))), "{refused:?}");
    let noted = network.transcript().len();
    network.pass(60_000);
    assert!(network.transcript().len() < noted + 20, "nothing is tried by itself");
    network.faults.refusal = 0;
    assert_eq!(network.command(ada, Command::FinishFile(draft)), Err(Refusal::NoDraft));
    network.write(ada, rota.page, "the ford is closed").settle();
    assert_eq!(network.pieces(ada), 0, "what came of it went with the next thing that was saved");
}

/// Ada's disk has lost one piece, and Bo's another.
#[test]
fn a_file_of_which_nobody_has_all_comes_if_all_of_it_is_somewhere() {
    let mut network = Network::new(67);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let rota = network.share(ada, "Flood rota", [bo, cy]);
    let file = photo(9);
    let attached = network.attach(ada, rota.page, "ford.jpg", &file);
    network.settle();
    network.fetch(bo, rota.page, attached.id).expect("ada has it");
    for (who, nth) in [(ada, 2), (bo, 6)] {
        network.cut_power(who);
        let mut disk = network.disk(who);
        assert!(disk.lose(Shelf::Piece, nth));
        network.put_back(who, disk, false);
    }
    for who in [ada, bo] {
        network.reconnect(who);
    }
    network.settle();
    assert_eq!(network.fetch(cy, rota.page, attached.id), Ok(Outcome::Done));
    assert_eq!(network.open_file(cy, rota.page, attached.id), Ok(file));
}

#[test]
fn many_files_at_once_are_asked_for_four_pieces_at_a_time() {
    let mut network = Network::new(68);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let files: Vec<AttachmentId> =
        (1..=12).map(|pieces| network.attach(ada, rota.page, "ford.jpg", &photo(pieces)).id).collect();
    network.settle();
    let from = network.transcript().len();
    let asked: Vec<_> =
        files.iter().map(|file| network.ask(bo, Command::FetchFile(rota.notebook, *file, Attachment::MOST))).collect();
    network.until(|network| asked.iter().all(|asked| network.answered(bo, *asked).is_some()));
    assert!(asked.iter().all(|asked| network.answered(bo, *asked) == Some(&Ok(Outcome::Done))));
    // What Bo asks for less what has come: a piece takes one byte of what is said beside the ids.
    let (mut open, mut most) = (0_i64, 0);
    for line in &network.transcript()[from..] {
        let bytes = line.split(" bytes").next().and_then(|said| said.rsplit(' ').next()?.parse::<i64>().ok());
        if line.contains("Bo -> Ada") && line.ends_with("kind Some(14)") {
            open += bytes.unwrap_or_default() - 2 - 64 - 1;
        } else if line.contains("Ada -> Bo") && line.ends_with("kind Some(16)") {
            open -= 1;
        }
        most = most.max(open);
    }
    assert!((1..=4).contains(&most), "{most} pieces were on their way at once");
}

/// Bo wants two files. Of the one that he asks for first Ada has lost every piece; the other waits for its turn.
#[test]
fn a_file_that_cannot_be_had_leaves_its_turn_to_another() {
    let mut network = Network::new(69);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let lost = network.attach(ada, rota.page, "ford.jpg", &photo(5));
    network.cut_power(ada);
    let mut disk = network.disk(ada);
    while disk.lose(Shelf::Piece, 0) {}
    network.put_back(ada, disk, false);
    network.reconnect(ada);
    let whole = network.attach(ada, rota.page, "ford.jpg", &photo(7));
    network.settle();
    let begun = network.now();
    let asked = [&lost, &whole].map(|file| network.ask(bo, Command::FetchFile(rota.notebook, file.id, file.size)));
    network.until(|network| asked.iter().all(|asked| network.answered(bo, *asked).is_some()));
    assert_eq!(network.answered(bo, asked[0]), Some(&Err(Refusal::NobodyHas)));
    assert_eq!(network.answered(bo, asked[1]), Some(&Ok(Outcome::Done)));
    assert!(network.now().since(begun) < 20_000, "nobody waited for a peer that was not silent");
}
