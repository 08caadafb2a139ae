//! Words that are kept by everybody and stand on nobody's page: the history lists them, they can be read, and put back.

use hedgerow_document::PageEdit;
use hedgerow_sync::{Aside, Command, VersionLine};
use hedgerow_testkit::{Network, Page, Shared, Who};

fn history(network: &mut Network, who: Who, page: Page) -> Vec<VersionLine> {
    network.look(who, |replica, disk| replica.history(disk, &page.notebook, &page.id)).expect("it is here")
}

/// The one version that stands aside, and the page's text there.
fn aside(network: &mut Network, who: Who, page: Page) -> (VersionLine, String) {
    let mut lines: Vec<_> = history(network, who, page).into_iter().filter(|line| line.aside.is_some()).collect();
    let (Some(line), true) = (lines.pop(), lines.is_empty()) else { panic!("one version stands aside: {lines:?}") };
    let at = [line.version];
    let view = network.look(who, |replica, disk| replica.page(disk, &page.notebook, &page.id, Some(&at)));
    let view = view.expect("it can be read");
    let text = view.page.blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n");
    (line, text)
}

/// Bo is removed while he is out of touch, and goes on writing; Cy, who has not heard either, brings his words along.
fn bo_writes_late(seed: u64) -> (Network, [Who; 3], Shared) {
    let mut network = Network::new(seed);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Flood rota", [bo, cy]);
    network.write(ada, plan.page, "sandbags at the depot").settle();
    network.disconnect(ada);
    network.remove(ada, plan.notebook, bo).expect("ada is the founder");
    network.write(bo, plan.page, "boats at the bridge").settle();
    network.disconnect(bo);
    network.join_up(ada, cy);
    network.settle();
    (network, [ada, bo, cy], plan)
}

#[test]
fn what_bo_wrote_after_he_was_out_is_in_the_history_and_can_be_put_on_the_page() {
    let (mut network, [ada, bo, cy], plan) = bo_writes_late(60);
    for who in [ada, cy] {
        assert!(!network.text(who, plan.page).contains("boats"), "{} shows it", network.name(who));
        let (line, text) = aside(&mut network, who, plan.page);
        assert_eq!((line.aside, line.author), (Some(Aside::Late), Some(network.id(bo))));
        assert!(text.contains("boats at the bridge") && text.contains("sandbags"), "{text}");
        assert!(!line.summary.is_empty());
    }
    let (line, _) = aside(&mut network, cy, plan.page);
    network.edit(cy, plan.page, PageEdit::Restore(vec![line.version])).expect("cy may write");
    network.settle();
    for who in [ada, cy] {
        assert!(network.text(who, plan.page).contains("boats at the bridge"), "{}", network.name(who));
        let summary = history(&mut network, who, plan.page).into_iter().find(|line| line.aside.is_none());
        assert_eq!(summary.expect("there are versions").summary, "restored an earlier version");
    }
}

#[test]
fn bo_finds_his_late_words_in_the_history_once_he_has_heard() {
    let (mut network, [ada, bo, _], plan) = bo_writes_late(61);
    assert!(network.text(bo, plan.page).contains("boats"), "he has not heard yet");
    network.join_up(ada, bo);
    network.pass(20_000);
    assert_eq!(network.role(bo, plan.notebook, bo), None, "he has heard");
    assert!(!network.text(bo, plan.page).contains("boats"));
    assert!(aside(&mut network, bo, plan.page).1.contains("boats at the bridge"), "he can read what he wrote");
}

#[test]
fn the_version_of_a_copied_folder_that_does_not_stand_is_in_the_history() {
    let mut network = Network::new(62);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Flood rota", [bo]);
    network.write(ada, plan.page, "sandbags at the depot").settle();
    let backup = network.disk(ada);
    network.write(ada, plan.page, "keys at the hall").settle();
    network.write(bo, plan.page, "and Bo has the spare").settle();
    network.disconnect(ada);
    network.put_back(ada, backup, false);
    network.write(ada, plan.page, "boats at the bridge");
    network.reconnect(ada);
    network.settle();
    for who in [ada, bo] {
        let page = network.text(who, plan.page);
        assert!(page.contains("keys at the hall") && !page.contains("boats"), "{page}");
        let (line, text) = aside(&mut network, who, plan.page);
        assert_eq!((line.aside, line.author), (Some(Aside::SecondVersion), Some(network.id(ada))));
        assert!(text.contains("boats at the bridge") && !text.contains("keys at the hall"), "{text}");
    }
    let (line, _) = aside(&mut network, bo, plan.page);
    network
        .command(bo, Command::EditPage(plan.page.notebook, plan.page.id, PageEdit::Restore(vec![line.version])))
        .expect("bo may write");
    network.settle();
    assert!(network.text(ada, plan.page).contains("boats at the bridge"));
}
