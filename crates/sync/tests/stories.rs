//! Short stories about people who write together, apart, and without the right to.

use hedgerow_access::{JoinMessage, JoinOffer, Signature};
use hedgerow_document::{PageEdit, Plan};
use hedgerow_model::{Moment, Role, TemplateKind, Title};
use hedgerow_sync::{Asked, Command, Effect, Event, Outcome, PageBeginning, PageChange, Refusal, Replica, Shelf};
use hedgerow_testkit::{Disk, Network, Shared, Who};

#[test]
fn what_ada_writes_bo_reads() {
    let mut network = Network::new(1);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    network.write(ada, rota.page, "night cover moved").settle();
    assert_eq!(network.text(bo, rota.page), "night cover moved");
    assert_eq!(network.canonical(ada, rota.notebook), network.canonical(bo, rota.notebook));
}

#[test]
fn a_recovery_phrase_reads_what_its_person_may_and_no_longer() {
    let mut network = Network::new(21);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let rota = network.share(ada, "Flood rota", [bo, cy]);
    network.write(bo, rota.page, "night cover moved").settle();
    for who in [ada, bo, cy] {
        assert_eq!(network.unread_with_phrase(who, rota.notebook, ada), 0, "{}", network.name(who));
    }
    network.remove(ada, rota.notebook, cy).expect("ada is the founder");
    network.write(ada, rota.page, "and back").settle();
    assert_eq!(network.unread_with_phrase(bo, rota.notebook, ada), 0);
    assert!(network.unread_with_phrase(cy, rota.notebook, ada) > 0, "the key that her phrase opens is used no more");
}

/// Cy, out of touch, removes Di and so makes a new key, knowing nothing of Bo; and Bo's only device is lost before they meet.
#[test]
fn a_phrase_is_given_keys_though_no_device_of_its_person_connects() {
    let mut network = Network::new(22);
    let [ada, bo, cy, di] = network.people(["Ada", "Bo", "Cy", "Di"]);
    let rota = network.share(ada, "Flood rota", [cy]);
    let (of_bo, of_cy) = (network.id(bo), network.id(cy));
    network.command(ada, Command::SetRole(rota.notebook, of_cy, Role::Admin)).expect("ada is the founder");
    network.settle();
    network.bring_in(cy, rota.notebook, di, Role::Writer).expect("di joins");
    network.settle();
    network.disconnect(cy);
    network.bring_in(ada, rota.notebook, bo, Role::Reader).expect("bo joins");
    network.command(ada, Command::SetRole(rota.notebook, of_bo, Role::Writer)).expect("and is there by name");
    network.settle();
    network.disconnect(bo);
    network.remove(cy, rota.notebook, di).expect("cy is an admin");
    network.write(cy, rota.page, "sandbags");
    network.join_up(ada, cy);
    network.settle();
    assert_eq!(network.role(ada, rota.notebook, bo), Some(Role::Writer));
    network.write(ada, rota.page, " at the depot").settle();
    for on in [ada, cy] {
        assert_eq!(network.unread_with_phrase(bo, rota.notebook, on), 0);
    }
}

/// Bo comes by an admin's link, which waits for an admin's word: until then his device knows of itself only that it is not in.
#[test]
fn who_waited_to_be_an_admin_is_heard_when_leaving() {
    let mut network = Network::new(23);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", []);
    let link = network.invite(ada, rota.notebook, Role::Admin).expect("ada is the founder");
    let _waiting = network.ask_to_join(bo, &link);
    network.settle();
    assert_eq!(network.role(ada, rota.notebook, bo), None, "not before an admin says so");
    let of_bo = network.id(bo);
    network.command(ada, Command::SetRole(rota.notebook, of_bo, Role::Admin)).expect("ada is the founder");
    network.settle();
    assert_eq!(network.role(bo, rota.notebook, bo), Some(Role::Admin));
    network.command(bo, Command::Leave(rota.notebook)).expect("anybody but the founder may leave");
    network.pass(10_000);
    assert_eq!(network.role(ada, rota.notebook, bo), None, "ada has heard of it");
}

#[test]
fn three_write_apart_and_keep_every_word() {
    let mut network = Network::new(2);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Winter plan", [bo, cy]);
    network.write(ada, plan.page, "beds").settle();
    for who in [ada, bo, cy] {
        network.disconnect(who);
    }
    for (who, words) in [(ada, "from the council"), (bo, "from the ward"), (cy, "from the charity")] {
        network.write(who, plan.page, words);
    }
    for who in [ada, bo, cy] {
        network.reconnect(who);
    }
    network.settle();
    for words in ["beds", "from the council", "from the ward", "from the charity"] {
        assert!(network.text(bo, plan.page).contains(words), "{words}");
    }
    let canonical = network.canonical(ada, plan.notebook);
    assert_eq!(network.canonical(bo, plan.notebook), canonical);
    assert_eq!(network.canonical(cy, plan.notebook), canonical);
}

#[test]
fn a_third_member_carries_between_two_who_never_meet() {
    let mut network = Network::new(3);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(bo, "Winter plan", [ada, cy]);
    network.cut_off(ada, cy);
    network.write(ada, plan.page, "carried by bo").settle();
    assert!(network.text(cy, plan.page).contains("carried by bo"));
}

#[test]
fn someone_removed_hears_nothing_new() {
    let mut network = Network::new(4);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", [bo, cy]);
    network.write(cy, plan.page, "sandbags at the depot").settle();
    network.remove(ada, plan.notebook, cy).expect("ada is the founder");
    network.settle();
    network.write(bo, plan.page, "night cover moved").settle();
    assert!(network.text(ada, plan.page).contains("night cover moved"), "those who stay go on");
    assert!(network.text(ada, plan.page).contains("sandbags"), "honest earlier work stays");
    assert!(!network.text(cy, plan.page).contains("night cover"), "cy is out");
    assert_eq!(network.role(cy, plan.notebook, cy), None, "and was told so");
    assert_eq!(network.try_write(cy, plan.page, "still here?"), Err(Refusal::NotAMember));
}

#[test]
fn what_the_removed_write_late_falls_and_what_was_seen_stays() {
    let mut network = Network::new(5);
    let [ada, bo, cy, di] = network.people(["Ada", "Bo", "Cy", "Di"]);
    let plan = network.share(ada, "Flood rota", [bo, cy]);
    network.write(cy, plan.page, "seen by all").settle();
    network.disconnect(cy);
    network.write(cy, plan.page, "never seen");
    network.remove(ada, plan.notebook, cy).expect("ada is the founder");
    network.settle();
    network.reconnect(cy);
    network.settle();
    network.bring_in(ada, plan.notebook, di, Role::Writer).expect("di joins later");
    network.settle();
    for who in [ada, bo, di] {
        let text = network.text(who, plan.page);
        assert!(text.contains("seen by all") && !text.contains("never seen"), "{}: {text}", network.name(who));
    }
}

#[test]
fn a_reader_is_refused_at_home_and_by_everybody_else() {
    let mut network = Network::new(6);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    network.bring_in(ada, plan.notebook, cy, Role::Reader).expect("cy joins");
    network.settle();
    let refusal = network.try_write(cy, plan.page, "my view").expect_err("readers do not write");
    assert_eq!(
        refusal.to_string(),
        "you are a reader in this notebook and writing takes a writer; ask an admin for that role"
    );
    assert!(network.write_anyway(cy, plan.page, "my view"));
    network.pass(10_000);
    for who in [ada, bo] {
        assert!(!network.text(who, plan.page).contains("my view"));
        let refused = network.replica(who).refused(&plan.notebook).expect("it is here");
        let hers = |refused: &hedgerow_sync::Refused| {
            refused.author == Some(network.device(cy)) && refused.page == Some(plan.page.id)
        };
        assert!(refused.iter().any(|(_, refused)| hers(refused)), "and says whose it was, and on which page");
    }
    network.write(bo, plan.page, "the rota goes on");
    network.pass(10_000);
    assert!(network.text(ada, plan.page).contains("the rota goes on"), "the notebook works");
}

#[test]
fn a_commenter_comments_and_does_not_edit() {
    let mut network = Network::new(7);
    let [ada, cy] = network.people(["Ada", "Cy"]);
    let plan = network.share(ada, "Flood rota", []);
    network.bring_in(ada, plan.notebook, cy, Role::Commenter).expect("cy joins");
    network.write(ada, plan.page, "night cover").settle();
    assert!(matches!(network.try_write(cy, plan.page, "x"), Err(Refusal::NeedsRole { .. })));
    assert!(network.write_anyway(cy, plan.page, "mine"));
    network.pass(10_000);
    assert!(!network.text(ada, plan.page).contains("mine"));
}

#[test]
fn a_removal_undoes_the_rights_but_not_the_past_even_for_those_who_come_later() {
    let mut network = Network::new(8);
    let [ada, cy, di] = network.people(["Ada", "Cy", "Di"]);
    let plan = network.share(ada, "Flood rota", [cy]);
    network.write(cy, plan.page, "sandbags at the depot").settle();
    network.remove(ada, plan.notebook, cy).expect("ada is the founder");
    network.write_anyway(cy, plan.page, "revenge");
    network.bring_in(ada, plan.notebook, di, Role::Writer).expect("di joins");
    network.settle();
    let text = network.text(di, plan.page);
    assert!(text.contains("sandbags") && !text.contains("revenge"), "{text}");
}

#[test]
fn what_bo_has_read_ada_cannot_lose() {
    let mut network = Network::new(100);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let brief = network.share(ada, "Budget brief", [bo]);
    for round in 0..40 {
        let insert = format!("agreed at {round}.2m, ");
        let edit = PageEdit::Splice { at: 0, delete: 0, insert: insert.clone() };
        network.ask(ada, Command::EditPage(brief.notebook, brief.page.id, edit));
        // The power goes the moment Bo has read it: whatever her disk had not finished is lost.
        for _ in 0..100 {
            if network.text(bo, brief.page).contains(&insert) {
                break;
            }
            network.pass(1);
        }
        network.cut_power(ada);
        network.start(ada);
        assert!(network.text(ada, brief.page).contains(&insert), "round {round}");
        network.settle();
        assert!(network.text(bo, brief.page).contains(&insert), "round {round}");
    }
}

#[test]
fn a_long_tail_becomes_one_checkpoint_and_means_the_same() {
    let mut network = Network::new(10);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    for number in 0..150 {
        let who = [ada, bo][number % 2];
        network.write(who, plan.page, &format!("line {number}"));
        network.pass(50);
    }
    network.settle();
    network.pass(120_000);
    network.settle();
    let records = network.look(ada, |_, disk| disk.count(Shelf::Record));
    assert!(records < 80, "{records} records are kept");
    let text = network.text(ada, plan.page);
    assert_eq!(text.lines().count(), 150);
    assert_eq!(network.text(bo, plan.page), text);
    let link = network.invite(ada, plan.notebook, Role::Writer).expect("ada invites");
    network.accept(cy, &link).expect("cy joins");
    network.settle();
    assert_eq!(network.text(cy, plan.page), text, "who comes later has it all");
    network.cut_power(bo);
    network.start(bo);
    assert_eq!(network.text(bo, plan.page), text, "and so has who starts again");
    network.remove(ada, plan.notebook, bo).expect("ada is the founder");
    network.settle();
    assert_eq!(network.text(cy, plan.page), text, "a removal keeps what it retained");
}

#[test]
fn a_device_that_was_away_catches_up_in_few_messages() {
    let mut network = Network::new(11);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    network.disconnect(bo);
    network.reconnect(bo);
    let before = network.sent;
    network.settle();
    let (messages, bytes) = (network.sent.0 - before.0, network.sent.1 - before.1);
    assert!(messages <= 6 && bytes <= 2048, "nothing changed: {messages} messages, {bytes} bytes");
    network.disconnect(bo);
    network.write(ada, plan.page, "one line");
    network.reconnect(bo);
    network.settle();
    assert!(network.text(bo, plan.page).contains("one line"));
}

#[test]
fn who_leaves_is_seen_to_leave_also_when_nobody_was_near() {
    let mut network = Network::new(12);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", [bo, cy]);
    network.command(bo, Command::Leave(plan.notebook)).expect("bo may go");
    network.settle();
    assert_eq!(network.role(ada, plan.notebook, bo), None);
    network.disconnect(cy);
    network.command(cy, Command::Leave(plan.notebook)).expect("cy may go");
    network.reconnect(cy);
    network.pass(10_000);
    assert_eq!(network.role(ada, plan.notebook, cy), None);
    network.write(ada, plan.page, "alone now");
    network.pass(5_000);
    assert!(!network.text(cy, plan.page).contains("alone now"));
}

/// Bo, out of touch, removes Cy and so makes a new key, under which he writes and leaves.
#[test]
fn who_leaves_after_making_a_key_alone_is_heard_and_so_are_their_last_words() {
    let mut network = Network::new(24);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    let of_bo = network.id(bo);
    network.command(ada, Command::SetRole(plan.notebook, of_bo, Role::Admin)).expect("ada is the founder");
    network.settle();
    network.bring_in(bo, plan.notebook, cy, Role::Writer).expect("cy joins");
    network.settle();
    network.disconnect(bo);
    network.remove(bo, plan.notebook, cy).expect("bo is an admin");
    network.write(bo, plan.page, "Gwen has the keys");
    network.command(bo, Command::Leave(plan.notebook)).expect("bo may go");
    network.reconnect(bo);
    network.settle();
    for gone in [bo, cy] {
        assert_eq!(network.role(ada, plan.notebook, gone), None, "{}", network.name(gone));
    }
    assert_eq!(network.text(ada, plan.page), "Gwen has the keys");
    let before = network.sent;
    network.pass(50_000);
    let messages = network.sent.0 - before.0;
    assert!(messages < 50, "{messages} messages in a minute for nothing");
}

/// Cy and Eve, in touch with Bo alone, remove Di and Fay, and each make a key; Bo's own grows from both. Then he leaves, and
/// only he is in touch with Ada.
#[test]
fn who_leaves_under_a_key_that_grew_from_others_is_heard() {
    let mut network = Network::new(25);
    let [ada, bo, cy, di, eve, fay] = network.people(["Ada", "Bo", "Cy", "Di", "Eve", "Fay"]);
    let plan = network.share(ada, "Flood rota", [bo, cy, eve]);
    for admin in [cy, eve] {
        let admin = network.id(admin);
        network.command(ada, Command::SetRole(plan.notebook, admin, Role::Admin)).expect("ada is the founder");
    }
    for guest in [di, fay] {
        network.bring_in(ada, plan.notebook, guest, Role::Writer).expect("a guest joins");
    }
    network.settle();
    for (one, others) in [(ada, [bo, cy, eve]), (di, [bo, cy, eve]), (fay, [bo, cy, eve]), (cy, [eve, di, fay])] {
        others.into_iter().for_each(|other| network.cut_off(one, other));
    }
    network.cut_off(ada, di);
    network.cut_off(ada, fay);
    network.remove(cy, plan.notebook, di).expect("cy is an admin");
    network.remove(eve, plan.notebook, fay).expect("eve is an admin");
    network.pass(20_000);
    network.disconnect(cy);
    network.disconnect(eve);
    network.write(bo, plan.page, "Gwen has the keys");
    network.command(bo, Command::Leave(plan.notebook)).expect("bo may go");
    network.join_up(bo, ada);
    network.pass(20_000);
    for gone in [bo, di, fay] {
        assert_eq!(network.role(ada, plan.notebook, gone), None, "{}", network.name(gone));
    }
    assert_eq!(network.text(ada, plan.page), "Gwen has the keys");
}

/// Ada's disk is copied aside; she writes and Bo reads it; the copy is put back, and she writes again, alone.
fn ada_puts_a_backup_back(seed: u64, told: bool) -> (Network, [Who; 2], Shared) {
    let mut network = Network::new(seed);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    network.write(ada, plan.page, "sandbags at the depot").settle();
    let backup = network.look(ada, |_, disk| disk.clone());
    network.write(ada, plan.page, "keys at the hall").write(ada, plan.page, "soup at six").settle();
    network.disconnect(ada);
    network.put_back(ada, backup, told);
    assert!(!network.text(ada, plan.page).contains("keys at the hall"), "it was put back");
    network.write(ada, plan.page, "boats at the bridge").write(ada, plan.page, "tea at nine");
    network.cut_power(ada);
    network.start(ada);
    network.write(ada, plan.page, "torches in the van");
    network.reconnect(ada);
    network.settle();
    (network, [ada, bo], plan)
}

#[test]
fn a_backup_put_back_loses_no_words_of_either_time() {
    for seed in 40..60 {
        let (mut network, [ada, bo], plan) = ada_puts_a_backup_back(seed, true);
        let text = network.text(ada, plan.page);
        for words in ["sandbags", "keys at the hall", "soup at six", "boats at the bridge", "tea at nine", "torches"] {
            assert!(text.contains(words), "{words} is missing: {text}");
        }
        assert_eq!(network.text(bo, plan.page), text);
        for who in [ada, bo] {
            assert!(network.replica(who).refused(&plan.notebook).expect("it is here").is_empty(), "nothing is refused");
            let pages = network.replica(who).pages(&plan.notebook).expect("it is here");
            assert!(pages.iter().all(|page| page.not_shown == 0), "nothing stands aside");
        }
    }
}

#[test]
fn a_device_that_is_not_told_of_the_backup_numbers_twice() {
    let (network, [_, bo], plan) = ada_puts_a_backup_back(40, false);
    let pages = network.replica(bo).pages(&plan.notebook).expect("it is here");
    assert!(pages.iter().any(|page| page.not_shown > 0), "so the story above can fail");
}

/// A page on its way into a notebook, and out of another.
fn filing(to: Shared, from: Shared, out: PageEdit) -> Command {
    let beginning = PageBeginning {
        title: Title::parse("Damp in the hall").expect("a title"),
        template: TemplateKind::note(),
        fields: Default::default(),
        body: Vec::new(),
        plan: Plan::default(),
    };
    let onto = PageEdit::Splice { at: 0, delete: 0, insert: "filed: ".to_owned() };
    Command::ChangePages(vec![
        PageChange::Begin(to.notebook, beginning),
        PageChange::Edit(to.notebook, to.page.id, onto),
        PageChange::Edit(from.notebook, from.page.id, out),
    ])
}

#[test]
fn what_is_filed_is_filed_in_one_batch() {
    let mut network = Network::new(61);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let (rota, inbox) = (network.share(ada, "Flood rota", [bo]), network.found(ada, "Inbox"));
    network.settle();
    let before = network.look(ada, |_, disk| disk.synced);
    let Ok(Outcome::Pages(begun)) = network.command(ada, filing(rota, inbox, PageEdit::SetDeleted(true))) else {
        panic!("ada may write in both")
    };
    assert_eq!(network.look(ada, |_, disk| disk.synced), before + 1);
    network.settle();
    let pages = network.replica(bo).pages(&rota.notebook).expect("it is here");
    assert!(begun.len() == 1 && pages.iter().any(|page| page.id == begun[0]));
    assert!(network.text(bo, rota.page).contains("filed: "));
    assert!(network.replica(ada).pages(&inbox.notebook).expect("it is here").is_empty());
}

#[test]
fn what_cannot_be_filed_whole_is_not_filed_at_all() {
    let mut network = Network::new(62);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let (rota, inbox) = (network.share(ada, "Flood rota", [bo]), network.found(ada, "Inbox"));
    network.write(ada, rota.page, "sandbags").settle();
    let before = (network.look(ada, |_, disk| disk.synced), network.canonical(ada, rota.notebook));
    let too_far = PageEdit::Splice { at: 500, delete: 0, insert: "x".to_owned() };
    assert!(matches!(network.command(ada, filing(rota, inbox, too_far)), Err(Refusal::Edit(_))));
    let after = (network.look(ada, |_, disk| disk.synced), network.canonical(ada, rota.notebook));
    assert_eq!(after, before, "neither begun nor written on");

    // What was taken back is not in the way of what comes next.
    network.write(ada, rota.page, "keys at the hall").settle();
    assert_eq!(network.text(bo, rota.page), "sandbags\nkeys at the hall");
    network.cut_power(ada);
    network.start(ada);
    assert_eq!(network.text(ada, rota.page), network.text(bo, rota.page));
    let refused = network.replica(bo).refused(&rota.notebook).expect("it is here");
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn what_an_edit_costs_does_not_grow_with_the_number_of_notebooks() {
    let looks = |others: usize| {
        let mut network = Network::new(63);
        let [ada, bo] = network.people(["Ada", "Bo"]);
        let plan = network.share(ada, "Flood rota", [bo]);
        for number in 0..others {
            network.found(ada, &format!("Notebook {number}"));
        }
        network.settle();
        let before = network.replica(ada).effort().looked_after;
        for number in 0..20 {
            network.write(ada, plan.page, &format!("line {number}"));
        }
        network.settle();
        network.replica(ada).effort().looked_after - before
    };
    let (few, many) = (looks(2), looks(60));
    assert!(few > 0 && many <= few + few / 5, "{few} looks with 3 notebooks, {many} with 61");
}

#[test]
fn strangers_cost_nothing_when_they_come_nor_when_somebody_joins() {
    let costs = |strangers: usize| {
        let mut network = Network::new(64);
        let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
        let plan = network.share(ada, "Flood rota", [bo]);
        network.settle();
        let before = network.replica(ada).effort();
        for number in 0..strangers {
            network.person(&format!("Stranger {number}"));
        }
        network.settle();
        let come = network.replica(ada).effort();
        network.bring_in(ada, plan.notebook, cy, Role::Writer).expect("cy joins");
        network.settle();
        let joined = network.replica(ada).effort();
        (come.looked_after - before.looked_after, joined.cared_for - come.cared_for)
    };
    let ((_, alone), (looks, beside)) = (costs(0), costs(30));
    assert_eq!(looks, 0, "nothing is owed to them");
    assert!(alone > 0 && beside <= 2 * alone, "{beside} beside 30 strangers, {alone} without");
}

#[test]
fn an_edit_made_while_two_compare_does_not_keep_them_from_agreeing() {
    for seed in 70..130 {
        let mut network = Network::new(seed);
        let [ada, bo] = network.people(["Ada", "Bo"]);
        let plan = network.share(ada, "Flood rota", [bo]);
        network.disconnect(bo);
        network.pass(1_000);
        network.reconnect(bo);
        let millis = network.below(80);
        network.pass(millis);
        let insert = "keys at the hall".to_owned();
        network.ask(ada, Command::EditPage(plan.notebook, plan.page.id, PageEdit::Splice { at: 0, delete: 0, insert }));
        network.pass(10_000);
        for who in [ada, bo] {
            let peers = network.replica(who).peers();
            assert!(peers.iter().all(|peer| peer.agreed.is_some()), "seed {seed}: {peers:?}");
        }
        assert_eq!(network.text(bo, plan.page), "keys at the hall");
    }
}

#[test]
fn whoever_asks_while_what_was_missing_is_being_saved_hears_that_both_agree() {
    for seed in 130..230 {
        let mut network = Network::new(seed);
        let [ada, bo] = network.people(["Ada", "Bo"]);
        let plan = network.share(ada, "Flood rota", [bo]);
        network.disconnect(bo);
        network.write(ada, plan.page, "keys at the hall");
        network.reconnect(bo);
        let millis = network.below(300);
        network.pass(millis);
        let asked = [ada, bo].map(|who| (who, network.ask(who, Command::Sync)));
        network.pass(10_000);
        for (who, asked) in asked {
            assert!(network.answered(who, asked).is_some(), "seed {seed}: {} waits", network.name(who));
        }
    }
}

#[test]
fn what_a_stranger_says_of_a_joining_that_nobody_began_is_not_read() {
    let mut network = Network::new(13);
    let [ada, cy] = network.people(["Ada", "Cy"]);
    network.found(ada, "Flood rota");
    let stranger = network.device(cy);
    let offer = JoinOffer { nonce: [0; 32], ops: Vec::new(), signature: Signature::from_bytes([0; 64]) };
    let offer = JoinMessage::Offer(offer).to_bytes();
    // Were it read, half of one would end the session.
    for part in [&offer[..], &offer[..offer.len() - 1]] {
        let message = [&[1, 8, u8::try_from(part.len()).expect("short")], part].concat();
        let event = Event::Received(stranger, message);
        let effects = network.look(ada, |replica, disk| replica.handle(Moment::default(), disk, event));
        let heard = effects.iter().any(|effect| matches!(effect, Effect::Avoid(..) | Effect::Send(..)));
        assert!(!heard, "{effects:?}");
    }
}

#[test]
fn what_ada_was_told_is_saved_survives_a_power_cut() {
    for seed in 0..5 {
        let mut network = Network::new(200 + seed);
        let [ada] = network.people(["Ada"]);
        let rota = network.found(ada, "Flood rota");
        network.write(ada, rota.page, "night cover moved");
        network.cut_power(ada);
        network.start(ada);
        assert!(network.text(ada, rota.page).contains("night cover moved"), "seed {seed}");
    }
}

#[test]
fn whoever_is_no_member_gets_no_record_by_asking_for_it() {
    let mut network = Network::new(13);
    let [ada, bo, mal] = network.people(["Ada", "Bo", "Mal"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    network.write(ada, plan.page, "night cover moved").settle();
    // Mal has learned the names of all records, however that came about.
    let names: Vec<_> = network.replica(ada).inventory(&plan.notebook).into_keys().collect();
    let mut want = vec![1, 6, u8::try_from(names.len()).expect("few enough for one byte")];
    names.iter().for_each(|name| want.extend(name.as_bytes()));
    let mut answer = |who| {
        let before = network.sent.1 + want.len() as u64;
        network.say(who, ada, want.clone());
        network.pass(100);
        network.sent.1 - before
    };
    assert_eq!(answer(mal), 4, "an answer with nothing in it");
    assert!(answer(bo) > 1000, "a member gets them");
}

/// Her keystrokes come faster than the disk is done with one, so several are durable at the same moment.
#[test]
fn what_is_saved_together_is_told_in_one_message() {
    let mut network = Network::new(31);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let (mut at_adas, disk) = by_hand(&network, ada);
    at_adas.handle(NOW, &disk, Event::Connected(network.device(bo)));
    let mut last = None;
    for at in 0..5 {
        let edit = PageEdit::Splice { at, delete: 0, insert: "a".to_owned() };
        let command = Command::EditPage(rota.notebook, rota.page.id, edit);
        let effects = at_adas.handle(NOW, &disk, Event::Command(Asked(at as u64), command));
        last = effects.iter().find_map(|effect| match effect {
            Effect::Save(ticket, _) => Some(*ticket),
            _ => None,
        });
    }
    let effects = at_adas.handle(NOW, &disk, Event::Saved(last.expect("the last keystroke is to be saved")));
    let answers = effects.iter().filter(|effect| matches!(effect, Effect::Answer(_, Ok(_)))).count();
    let sent = effects.iter().filter(|effect| matches!(effect, Effect::Send(..))).count();
    assert_eq!((answers, sent), (5, 1));
}

#[test]
fn what_was_typed_apart_goes_out_as_one() {
    let mut network = Network::new(32);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    network.disconnect(bo);
    let typed = "who holds the key to the hall, and who stands in for them? ".repeat(8);
    network.type_out(ada, rota.page, &typed);
    let before = network.sent.1;
    network.reconnect(bo);
    network.settle();
    assert_eq!(network.text(bo, rota.page), typed);
    let each = (network.sent.1 - before) / typed.chars().count() as u64;
    assert!(each < 20, "{each} bytes for a keystroke; a record alone takes five hundred, its name thirty-two");
}

#[test]
fn a_keystroke_goes_out_without_what_was_said_before() {
    let mut network = Network::new(34);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    network.type_out(ada, rota.page, "a");
    network.settle();
    let before = network.sent;
    network.type_out(ada, rota.page, "b");
    let (messages, bytes) = (network.sent.0 - before.0, network.sent.1 - before.1);
    assert!(messages == 1 && bytes <= 360, "{messages} messages, {bytes} bytes");
    network.settle();
    assert_eq!(network.text(bo, rota.page), "ab");
}

/// The message that says where a change belongs is lost on its way, and the next one only names that.
#[test]
fn a_line_that_names_what_was_lost_comes_all_the_same() {
    let mut network = Network::new(33);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    network.disconnect(bo);
    network.reconnect(bo);
    network.settle();
    network.faults.loss = 1000;
    network.write(ada, rota.page, "Gwen has the keys");
    network.faults.loss = 0;
    network.write(ada, rota.page, "The depot opens at six");
    network.settle();
    assert_eq!(network.text(bo, rota.page), "Gwen has the keys\nThe depot opens at six");
    assert_eq!(network.canonical(bo, rota.notebook), network.canonical(ada, rota.notebook));
}

/// Di was let in by Cy, who did not know that Ada had removed him. Di meets Ada, and nobody else.
#[test]
fn who_was_let_in_by_somebody_removed_meanwhile_hears_that_she_is_out() {
    let mut network = Network::new(37);
    let [ada, cy, di] = network.people(["Ada", "Cy", "Di"]);
    let rota = network.share(ada, "Flood rota", [cy]);
    let of_cy = network.id(cy);
    network.command(ada, Command::SetRole(rota.notebook, of_cy, Role::Admin)).expect("ada is the founder");
    network.settle();
    for who in [ada, cy, di] {
        network.disconnect(who);
    }
    network.remove(ada, rota.notebook, cy).expect("ada is the founder");
    network.join_up(cy, di);
    network.bring_in(cy, rota.notebook, di, Role::Writer).expect("cy is an admin, as far as he knows");
    network.settle();
    network.disconnect(di);
    network.join_up(ada, cy);
    network.settle();
    assert_eq!(network.role(ada, rota.notebook, di), None, "nobody whom cy let in after that is in");
    network.disconnect(cy);
    network.join_up(ada, di);
    network.settle();
    assert_eq!(network.role(di, rota.notebook, di), None, "and di has heard so");
    assert_eq!(network.try_write(di, rota.page, "mine"), Err(Refusal::NotAMember));
}

const NOW: Moment = Moment::from_millis(1_800_000_000_000);

/// A copy of somebody's device, driven by hand.
fn by_hand(network: &Network, who: Who) -> (Replica, Disk) {
    let disk = network.disk(who);
    (Replica::open(network.me(who), [5; 32], &disk).expect("a disk in memory can be read"), disk)
}
