//! Stories about people who see where the others are on a page.

use hedgerow_model::Role;
use hedgerow_sync::{Caret, Command, Notice, Place, Refusal};
use hedgerow_testkit::{Network, Page, Who};

fn caret(at: &str) -> Caret {
    let place = |at: &str| Place::new(at).expect("a place");
    Caret { anchor: place(at), head: place("e") }
}

/// What a person was told last of where somebody is on a page.
fn seen(network: &Network, by: Who, whom: Who, page: Page) -> Option<Option<Caret>> {
    network.told(by).iter().rev().find_map(|notice| match notice {
        Notice::Present { notebook, page: on, device, caret } => {
            let is_theirs = (*notebook, *on, *device) == (page.notebook, page.id, network.device(whom));
            is_theirs.then(|| caret.clone())
        }
        _ => None,
    })
}

fn is_at(network: &mut Network, who: Who, page: Page, at: Option<Caret>) -> Result<(), Refusal> {
    network.command(who, Command::BePresent(page.notebook, page.id, at))?;
    network.settle();
    Ok(())
}

#[test]
fn ada_sees_where_bo_is_and_that_he_left() {
    let mut network = Network::new(61);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Winter plan", [bo]);
    network.bring_in(ada, plan.notebook, cy, Role::Reader).expect("cy joins");
    network.settle();
    let saved = network.disk(ada).synced;
    is_at(&mut network, bo, plan.page, Some(caret("12@aa"))).expect("he is a member");
    for who in [ada, cy] {
        assert_eq!(seen(&network, who, bo, plan.page), Some(Some(caret("12@aa"))), "{}", network.name(who));
    }
    is_at(&mut network, cy, plan.page, Some(caret("s"))).expect("who reads is there as well");
    assert_eq!(seen(&network, ada, cy, plan.page), Some(Some(caret("s"))));
    is_at(&mut network, bo, plan.page, None).expect("he is a member");
    assert_eq!(seen(&network, ada, bo, plan.page), Some(None));
    assert_eq!(network.disk(ada).synced, saved, "nothing of it was kept");
}

#[test]
fn nobody_sees_people_on_pages_of_notebooks_that_they_are_not_in() {
    let mut network = Network::new(62);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Winter plan", [bo, cy]);
    network.remove(ada, plan.notebook, cy).expect("ada is the founder");
    network.settle();
    is_at(&mut network, bo, plan.page, Some(caret("s"))).expect("he is a member");
    assert_eq!(seen(&network, cy, bo, plan.page), None, "cy is out");
    is_at(&mut network, cy, plan.page, Some(caret("s"))).expect("cy still has what was here");
    for who in [ada, bo] {
        assert_eq!(seen(&network, who, cy, plan.page), None, "{}", network.name(who));
    }
    let mine = network.share(ada, "Her own", []);
    is_at(&mut network, ada, mine.page, Some(caret("s"))).expect("it is hers");
    assert_eq!(seen(&network, bo, ada, mine.page), None);
    let refused = network.command(bo, Command::BePresent(mine.notebook, mine.page.id, None));
    assert_eq!(refused, Err(Refusal::NoNotebook(mine.notebook)));
}
