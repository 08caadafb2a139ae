//! Persons with several devices: added, lost, stolen and revoked.

use hedgerow_model::{DeviceId, Lifetime, Role};
use hedgerow_sync::{Command, MemberState, Outcome, Refusal};
use hedgerow_testkit::{Network, Shared, Who};

/// Ada with a laptop and a phone, and Bo; the rota is shared by all three.
fn with_a_phone(seed: u64) -> (Network, Shared, [Who; 3]) {
    let mut network = Network::new(seed);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    network.write(ada, rota.page, "from the laptop").settle();
    let phone = network.another_device(ada, "Ada's phone").expect("it agreed");
    network.settle();
    (network, rota, [ada, phone, bo])
}

fn agree(network: &mut Network, shared: Shared, who: &[Who]) {
    network.settle();
    let expected = network.canonical(who[0], shared.notebook);
    for other in &who[1..] {
        assert_eq!(network.canonical(*other, shared.notebook), expected, "{}", network.name(*other));
    }
}

fn revoke(network: &mut Network, by: Who, device: Who) -> Result<(), Refusal> {
    let device = network.device(device);
    network.command(by, Command::RevokeDevice(device)).map(drop)
}

fn devices(network: &Network, on: Who, shared: Shared, of: Who) -> Vec<DeviceId> {
    let members = network.replica(on).members(&shared.notebook).expect("it is here");
    let person = network.id(of);
    members.into_iter().find(|member| member.person == person).map(|member| member.devices).unwrap_or_default()
}

#[test]
fn ada_reads_and_writes_on_her_phone_what_she_does_on_her_laptop() {
    let (mut network, rota, [ada, phone, bo]) = with_a_phone(50);
    assert_eq!(network.text(phone, rota.page), "from the laptop");
    assert_eq!(network.role(phone, rota.notebook, phone), Some(Role::Admin));
    network.write(phone, rota.page, "from the phone").settle();
    network.write(bo, rota.page, "from Bo");
    agree(&mut network, rota, &[ada, phone, bo]);
    assert_eq!(devices(&network, bo, rota, ada).len(), 2);
    let members = network.replica(phone).members(&rota.notebook).expect("it is here");
    assert!(members.len() == 2 && members[0].state == MemberState::Founder, "one Ada, not two");
    assert_eq!(members[0].profile.name.as_ref().map(|name| name.as_str()), Some("Ada"));
    let by =
        network.look(bo, |replica, disk| replica.history(disk, &rota.notebook, &rota.page.id)).expect("it is here");
    let ada_wrote = by.iter().filter(|version| version.author == Some(network.id(ada))).count();
    assert!(ada_wrote >= 2 && by.iter().all(|version| version.author.is_some()), "{by:?}");
    for who in [ada, phone] {
        network.cut_power(who);
        network.start(who);
    }
    network.write(phone, rota.page, "after a start");
    agree(&mut network, rota, &[ada, phone, bo]);
    assert_eq!(network.unread_with_phrase(phone, rota.notebook, bo), 0);
}

#[test]
fn what_is_begun_or_joined_on_one_device_comes_to_the_other() {
    let (mut network, _, [ada, phone, bo]) = with_a_phone(51);
    let on_laptop = network.found(ada, "Winter plan");
    let on_phone = network.found(phone, "Spring plan");
    let bos = network.found(bo, "Summer plan");
    network.bring_in(bo, bos.notebook, phone, Role::Writer).expect("ada joins on her phone");
    network.pass(10_000);
    network.settle();
    for shared in [on_laptop, on_phone, bos] {
        for who in [ada, phone] {
            assert!(network.knows(who, shared.notebook), "{}", network.name(who));
            network.write(who, shared.page, "mine");
        }
        agree(&mut network, shared, &[ada, phone]);
    }
    agree(&mut network, bos, &[ada, phone, bo]);
    assert!(!network.knows(bo, on_phone.notebook), "and to nobody else");
}

#[test]
fn a_phone_has_its_notebooks_from_others_while_the_laptop_is_off() {
    let mut network = Network::new(52);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(bo, "Flood rota", [ada]);
    network.write(ada, rota.page, "sandbags").settle();
    network.faults.loss = 1000;
    let phone = network.another_device(ada, "Ada's phone").expect("it agreed");
    network.disconnect(phone);
    network.faults.loss = 0;
    network.settle();
    network.disconnect(ada);
    network.join_up(phone, bo);
    network.command(phone, Command::Mend { seek: true }).expect("a disk in memory can be read");
    network.settle();
    assert_eq!(network.text(phone, rota.page), "sandbags");
    network.write(phone, rota.page, "at the depot");
    agree(&mut network, rota, &[bo, phone]);
}

#[test]
fn a_stolen_phone_is_out_and_what_ada_had_seen_of_it_stays() {
    let (mut network, rota, [ada, phone, bo]) = with_a_phone(53);
    network.write(phone, rota.page, "seen from the phone").settle();
    network.disconnect(phone);
    network.write(phone, rota.page, "by the thief");
    let before = network.written_under(ada, rota.notebook);
    revoke(&mut network, ada, phone).expect("the laptop was there first");
    network.settle();
    network.write(ada, rota.page, "the depot opens at six").settle();
    assert_eq!(network.written_under(bo, rota.notebook).difference(&before).count(), 1, "under a new key");
    network.reconnect(phone);
    network.pass(10_000);
    agree(&mut network, rota, &[ada, bo]);
    let text = network.text(ada, rota.page);
    assert!(text.contains("seen from the phone") && text.contains("at six") && !text.contains("thief"), "{text}");
    assert_eq!(devices(&network, bo, rota, ada), [network.device(ada)]);
    let on_phone = network.text(phone, rota.page);
    assert!(!on_phone.contains("at six"), "what comes later is not for it: {on_phone}");
    assert_eq!(network.try_write(phone, rota.page, "still here?"), Err(Refusal::NotAMember), "and it knows");
    assert_eq!(network.try_write(ada, rota.page, "I am").map(drop), Ok(()), "Ada goes on");
    agree(&mut network, rota, &[ada, bo]);
    let by =
        network.look(bo, |replica, disk| replica.history(disk, &rota.notebook, &rota.page.id)).expect("it is here");
    assert!(by.iter().all(|version| version.author.is_some()), "what it wrote is Ada's as before: {by:?}");
    for who in [ada, bo] {
        network.cut_power(who);
        network.start(who);
    }
    agree(&mut network, rota, &[ada, bo]);
}

#[test]
fn what_a_revoked_phone_decided_before_stays() {
    let (mut network, rota, [ada, phone, bo]) = with_a_phone(62);
    let of_bo = network.id(bo);
    network.command(phone, Command::SetRole(rota.notebook, of_bo, Role::Admin)).expect("ada is the founder");
    network.settle();
    network.disconnect(phone);
    network.command(phone, Command::SetRole(rota.notebook, of_bo, Role::Reader)).expect("so it thinks");
    revoke(&mut network, ada, phone).expect("the laptop was there first");
    network.settle();
    network.reconnect(phone);
    network.pass(10_000);
    for who in [ada, bo] {
        assert_eq!(network.role(who, rota.notebook, bo), Some(Role::Admin), "{}", network.name(who));
    }
    agree(&mut network, rota, &[ada, bo]);
}

#[test]
fn what_a_revoked_device_wrote_stays_when_its_person_is_removed() {
    let mut network = Network::new(54);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let phone = network.another_device(bo, "Bo's phone").expect("it agreed");
    network.settle();
    network.write(phone, rota.page, "Gwen has the keys").settle();
    revoke(&mut network, bo, phone).expect("the laptop was there first");
    network.settle();
    network.remove(ada, rota.notebook, bo).expect("ada is the founder");
    network.settle();
    assert_eq!(network.text(ada, rota.page), "Gwen has the keys");
}

#[test]
fn a_later_device_revokes_an_earlier_one_with_the_phrase_alone() {
    let (mut network, rota, [ada, phone, bo]) = with_a_phone(55);
    network.write(ada, rota.page, "seen").settle();
    let refused = revoke(&mut network, phone, ada).expect_err("the laptop was there first");
    assert!(refused.to_string().contains("recovery phrase"), "{refused}");
    network.hold_phrase(phone);
    network.cut_power(phone);
    network.start(phone);
    network.settle();
    revoke(&mut network, phone, ada).expect("by the phrase");
    network.pass(10_000);
    network.write(phone, rota.page, "Ada goes on");
    agree(&mut network, rota, &[phone, bo]);
    assert!(network.text(bo, rota.page).contains("seen"));
    assert_eq!(network.try_write(ada, rota.page, "by the thief"), Err(Refusal::NotAMember));
    let stranger = network.new_device().device();
    assert!(network.command(phone, Command::RevokeDevice(stranger)).is_err());
}

#[test]
fn with_a_backup_and_the_phrase_a_new_device_takes_the_place_of_a_lost_one() {
    let mut network = Network::new(56);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    network.write(ada, rota.page, "in the backup").settle();
    let backup = network.disk(ada);
    network.write(ada, rota.page, "since then").settle();
    network.cut_power(ada);
    let newly = network.device_with_phrase(ada, "Ada's new laptop", backup);
    let keys = network.keys(newly);
    network.command(newly, network.adding(newly, &keys)).expect("by the phrase");
    network.pass(10_000);
    network.settle();
    assert_eq!(network.role(newly, rota.notebook, newly), Some(Role::Admin));
    assert!(network.text(newly, rota.page).contains("since then"), "Bo had it");
    revoke(&mut network, newly, ada).expect("by the phrase");
    network.write(newly, rota.page, "and on it goes");
    agree(&mut network, rota, &[newly, bo]);
    assert_eq!(network.text(bo, rota.page), "in the backup\nsince then\nand on it goes");
    assert_eq!(devices(&network, bo, rota, ada), [network.device(newly)]);
}

/// A new phone has just heard that the rota exists, and knows nothing of Bo.
#[test]
fn a_device_revokes_none_while_its_notebooks_are_still_on_their_way() {
    let mut network = Network::new(69);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let phone = network.another_device(ada, "Ada's phone").expect("it agreed");
    network.hold_phrase(phone);
    network.cut_power(phone);
    network.start(phone);
    for _ in 0..200 {
        if network.knows(phone, rota.notebook) {
            break;
        }
        network.pass(1);
    }
    network.disconnect(phone);
    assert!(network.role(phone, rota.notebook, bo).is_none(), "it has not heard of Bo");
    let refused = revoke(&mut network, phone, ada).expect_err("it would vouch for nothing");
    assert!(refused.to_string().contains("on its way"), "{refused}");
    network.reconnect(phone);
    network.settle();
    revoke(&mut network, phone, ada).expect("by the phrase");
    network.pass(10_000);
    assert_eq!(network.role(phone, rota.notebook, bo), Some(Role::Writer), "Bo is in as before");
    agree(&mut network, rota, &[phone, bo]);
}

#[test]
fn last_words_that_only_an_own_device_had_are_told_when_leaving() {
    let mut network = Network::new(57);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let rota = network.share(ada, "Flood rota", [bo]);
    let phone = network.another_device(bo, "Bo's phone").expect("it agreed");
    network.settle();
    for who in [bo, phone] {
        network.cut_off(ada, who);
    }
    network.write(phone, rota.page, "from the phone").settle();
    network.write(bo, rota.page, "from the laptop").settle();
    network.command(bo, Command::Leave(rota.notebook)).expect("bo may go");
    network.pass(5_000);
    assert_eq!(network.role(phone, rota.notebook, bo), None, "the phone heard it");
    network.disconnect(phone);
    network.join_up(ada, bo);
    network.pass(10_000);
    assert_eq!(network.role(ada, rota.notebook, bo), None);
    let text = network.text(ada, rota.page);
    assert!(text.contains("from the phone") && text.contains("from the laptop"), "{text}");
}

#[test]
fn what_was_dropped_on_one_device_is_not_put_there_again() {
    let (mut network, rota, [ada, phone, bo]) = with_a_phone(58);
    network.command(phone, Command::Forget(rota.notebook)).expect("it is here");
    let plan = network.found(ada, "Winter plan");
    network.pass(10_000);
    assert!(network.knows(phone, plan.notebook) && !network.knows(phone, rota.notebook));
    network.cut_power(phone);
    network.start(phone);
    network.pass(10_000);
    assert!(!network.knows(phone, rota.notebook));
    network.write(bo, rota.page, "and goes on without it");
    network.pass(10_000);
    assert!(network.text(ada, rota.page).contains("without it"));
}

#[test]
fn a_device_that_the_disk_refused_is_none() {
    let mut network = Network::new(59);
    let [ada] = network.people(["Ada"]);
    let rota = network.found(ada, "Flood rota");
    network.faults.refusal = 1000;
    assert!(network.another_device(ada, "Ada's phone").is_err());
    network.faults.refusal = 0;
    assert_eq!(network.replica(ada).me().log.len(), 1);
    let phone = network.another_device(ada, "Ada's phone").expect("it agreed");
    network.pass(5_000);
    network.write(phone, rota.page, "at last");
    agree(&mut network, rota, &[ada, phone]);
    assert_eq!(devices(&network, ada, rota, ada).len(), 2);
}

/// Each has added one that the other has not heard of.
#[test]
fn two_devices_that_added_others_apart_know_all_when_they_meet() {
    let (mut network, rota, [ada, phone, bo]) = with_a_phone(60);
    network.cut_off(ada, phone);
    network.disconnect(bo);
    let tablet = network.another_device(ada, "Ada's tablet").expect("it agreed");
    network.disconnect(tablet);
    let watch = network.another_device(phone, "Ada's watch").expect("it agreed");
    network.disconnect(watch);
    for who in [ada, phone, tablet, watch, bo] {
        network.reconnect(who);
    }
    network.pass(20_000);
    for who in [ada, phone, tablet, watch] {
        network.write(who, rota.page, &format!("from {}", network.name(who)));
        let begun = network.found(who, "Another");
        network.write(who, begun.page, "mine");
    }
    network.pass(20_000);
    agree(&mut network, rota, &[ada, phone, tablet, watch, bo]);
    for who in [ada, phone, tablet, watch] {
        assert_eq!(network.replica(who).notebooks().len(), 5, "{}", network.name(who));
        assert_eq!(network.replica(who).me().log.len(), 4);
    }
    assert_eq!(network.replica(bo).notebooks().len(), 1);
}

/// What a device reads when it starts lies in the order of its hashes, and an adding may come after what stands on it.
#[test]
fn a_notebook_whose_founder_has_many_devices_is_read_again() {
    for seed in 63..68 {
        let (mut network, rota, [ada, phone, bo]) = with_a_phone(seed);
        let tablet = network.another_device(phone, "Ada's tablet").expect("it agreed");
        network.settle();
        revoke(&mut network, ada, tablet).expect("the laptop was there first");
        network.pass(10_000);
        for who in [ada, phone, bo] {
            network.cut_power(who);
            network.start(who);
            assert!(network.knows(who, rota.notebook), "seed {seed}: {}", network.name(who));
        }
        network.write(phone, rota.page, "all is here");
        network.pass(10_000);
        agree(&mut network, rota, &[ada, phone, bo]);
    }
}

#[test]
fn nobody_is_added_who_did_not_agree() {
    let mut network = Network::new(61);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    network.share(ada, "Flood rota", [bo]);
    let keys = network.keys(bo);
    let Command::AddDevice { device, hpke, .. } = network.adding(ada, &keys) else { panic!("an adding") };
    let Command::AddDevice { consent, .. } = network.adding(bo, &keys) else { panic!("an adding") };
    let claim = network.command(ada, Command::AddDevice { device, hpke, consent });
    assert!(matches!(claim, Err(Refusal::Membership(_))), "{claim:?}");
}

/// Ada's phone, out of touch, adds a tablet; meanwhile the laptop revokes the phone.
#[test]
fn a_tablet_that_a_revoked_phone_added_hears_that_it_is_out() {
    let (mut network, rota, [ada, phone, bo]) = with_a_phone(70);
    for away in [ada, bo] {
        network.cut_power(away);
    }
    let tablet = network.another_device(phone, "Ada's tablet").expect("it agreed");
    network.settle();
    network.write(tablet, rota.page, "from the tablet").settle();
    for away in [phone, tablet] {
        network.disconnect(away);
    }
    for back in [ada, bo] {
        network.start(back);
    }
    revoke(&mut network, ada, phone).expect("the laptop is older");
    network.settle();
    network.join_up(tablet, bo);
    network.settle();
    for who in [ada, bo, tablet] {
        assert_eq!(network.role(who, rota.notebook, tablet), Some(Role::Admin), "{} knows Ada", network.name(who));
        assert!(!devices(&network, who, rota, ada).contains(&network.device(tablet)), "{}", network.name(who));
    }
    assert!(!network.text(ada, rota.page).contains("from the tablet"));
    let before = network.sent;
    network.pass(50_000);
    assert!(network.sent.0 - before.0 < 50, "nothing is compared over and over");
}

/// A link for one: Eve comes to Cy, and Ada's phone, which has heard of nobody else, seats her; Di comes to Bo, and the laptop
/// seats him. Then the laptop revokes the phone.
fn the_phone_seats_eve(seed: u64) -> Option<(Network, Shared, [Who; 5])> {
    let (mut network, rota, [ada, phone, bo]) = with_a_phone(seed);
    let [cy, di, eve] = network.people(["Cy", "Di", "Eve"]);
    network.bring_in(ada, rota.notebook, cy, Role::Writer).expect("cy joins");
    let open = Lifetime::parse("3650d").expect("the longest");
    let invite = Command::Invite { notebook: rota.notebook, role: Role::Writer, uses: 1, open, addresses: Vec::new() };
    let Ok(Outcome::Invited(_, link)) = network.command(ada, invite) else { panic!("ada invites") };
    network.settle();
    [ada, phone, bo, cy, di, eve].into_iter().for_each(|who| network.disconnect(who));
    for (guest, host, admin) in [(eve, cy, phone), (di, bo, ada)] {
        network.join_up(guest, host);
        network.accept(guest, &link).ok()?;
        network.settle();
        network.join_up(admin, host);
        network.join_up(admin, guest);
        network.settle();
        [guest, host, admin].into_iter().for_each(|who| network.disconnect(who));
    }
    revoke(&mut network, ada, phone).expect("the laptop is older");
    Some((network, rota, [ada, bo, cy, di, eve]))
}

#[test]
fn who_was_seated_by_a_phone_that_was_revoked_hears_of_it() {
    let mut stories = 0;
    for seed in 80..100 {
        let Some((mut network, rota, everybody)) = the_phone_seats_eve(seed) else { continue };
        let [ada, .., eve] = everybody;
        assert_eq!(
            network.role(eve, rota.notebook, eve),
            Some(Role::Writer),
            "seed {seed}: so far she knows no better"
        );
        for (nth, one) in everybody.iter().enumerate() {
            everybody[nth + 1..].iter().for_each(|other| network.join_up(*one, *other));
        }
        network.settle();
        for guest in &everybody[3..] {
            let [seen, own] = [ada, *guest].map(|who| network.role(who, rota.notebook, *guest));
            assert_eq!(seen, own, "seed {seed}: {}", network.name(*guest));
        }
        assert_eq!(network.role(eve, rota.notebook, eve), None, "seed {seed}");
        stories += 1;
    }
    assert!(stories > 3, "{stories}");
}
