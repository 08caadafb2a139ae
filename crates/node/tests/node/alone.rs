//! One person, one device, no network.

use crate::house::{House, call, canonical, text};
use hedgerow_model::{PageId, Role};
use hedgerow_node::{FileForm, FoundId, ImportFile, KeyKept, Node, NodeFault, Notice};
use std::time::Duration;

fn markdown(path: &str, text: &str) -> ImportFile {
    ImportFile { path: path.to_owned(), form: FileForm::Markdown, text: text.to_owned() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ada_writes_before_anybody_asks_her_anything() {
    let house = House::new();
    let ada = house.alone().await;
    let me = ada.whoami().await.expect("somebody");
    assert_eq!((me.profile.name, me.key_kept), (None, KeyKept::KeyFile));

    let rota = ada.new_notebook("Flood rota", Some("Who opens the hall?")).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall keys", None, Some("Under the *mat*.")).await.expect("begun").to_string();
    let changed = ada.edit_page(&page[..6], 5, 0, " red").await.expect("edited");
    assert!(changed.changed);
    assert_eq!(text(&ada, &page).await, "Under red the mat.");

    let lines = ada.notebooks().await.expect("a list");
    assert_eq!((lines[0].title.as_str(), lines[0].role, lines[0].pages), ("Flood rota", Some(Role::Admin), 1));
    assert_eq!(lines[0].challenge.as_deref(), Some("Who opens the hall?"));
    let found = ada.find(&page).await.expect("found");
    assert_eq!((found.title.as_str(), found.id), ("Hall keys", FoundId::Page(PageId::parse(&page).expect("an id"))));
    ada.close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_is_there_after_a_restart() {
    let house = House::new();
    let ada = house.alone().await;
    call(&ada, "Ada").await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", Some("plan"), Some("One")).await.expect("begun").to_string();
    let fields = [("Owner", "Ada"), ("Place", "Bangor")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    ada.set_fields(&page, fields.to_vec()).await.expect("set");
    assert_eq!(ada.page_history(&page).await.expect("a list").len(), 2, "two fields are one change");
    ada.capture("lift broken", Some((53.2, -4.1))).await.expect("captured");
    let (before, me) = (canonical(&ada, &rota).await.expect("whole"), ada.whoami().await.expect("somebody"));
    ada.close().await.expect("closed");
    assert_eq!(ada.whoami().await, Err(NodeFault::Stopped), "a closed node answers nothing");

    let ada = house.alone().await;
    assert_eq!(ada.whoami().await.expect("somebody"), me);
    assert_eq!(canonical(&ada, &rota).await.expect("whole"), before);
    let view = ada.page(&page, None).await.expect("there");
    assert_eq!((view.template.as_str(), view.fields.get("Owner").map(String::as_str)), ("plan", Some("Ada")));
    assert_eq!(ada.inbox().await.expect("a list")[0].at, Some((53.2, -4.1)));
    assert_eq!(ada.verify().await.expect("checked").damaged, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_goes_on_says_where_it_begins() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, Some("4. boats\n5. sandbags")).await.expect("begun").to_string();
    let begins: Vec<_> = ada.page(&page, None).await.expect("there").blocks.iter().map(|block| block.start).collect();
    assert_eq!(begins, [Some(4), None]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_node_that_just_stops() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, None).await.expect("begun").to_string();
    for count in 0..20 {
        ada.append_to_page(&page, &format!("line {count}")).await.expect("saved");
    }
    let ended = ada.ended();
    drop(ada);
    ended.await;

    let ada = house.alone().await;
    let body = text(&ada, &page).await;
    assert_eq!(body.lines().filter(|line| line.starts_with("line ")).count(), 20, "{body}");
    // And she goes on where she stopped.
    ada.append_to_page(&page, "line 20").await.expect("saved");
    assert!(text(&ada, &page).await.ends_with("line 20"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_goes_back_to_what_it_was() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, Some("One")).await.expect("begun").to_string();
    let first = ada.page(&page, None).await.expect("there").heads[0].to_string();
    ada.replace_page(&page, "Two\n\nThree").await.expect("replaced");
    let versions = ada.page_history(&page).await.expect("a list");
    assert_eq!(versions[0].author.as_ref().map(|who| who.id), ada.whoami().await.ok().map(|me| me.person));
    let then = ada.page(&page, Some(&first[..8])).await.expect("there");
    assert_eq!(then.body, "One");
    ada.restore_page(&page, &first).await.expect("restored");
    assert_eq!(text(&ada, &page).await, "One");
    assert!(matches!(ada.restore_page(&page, "00000000").await, Err(NodeFault::NotFound(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_shown_can_be_put_back_and_front_matter_sets_fields() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, Some("One\n\n## Two\n")).await.expect("begun").to_string();
    let shown = ada.page_markdown(&page, None).await.expect("shown").markdown;
    let same = ada.replace_page(&page, &shown).await.expect("replaced");
    assert!(!same.changed, "putting back what was shown changes nothing: {shown}");

    ada.replace_page(&page, "---\nOwner: Bo\n---\n\nThree").await.expect("replaced");
    let view = ada.page(&page, None).await.expect("there");
    assert_eq!((view.body.as_str(), view.fields.get("Owner").map(String::as_str)), ("Three", Some("Bo")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capture_waits_in_the_inbox_and_is_filed_once() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, Some("One")).await.expect("begun").to_string();
    let lift = ada.capture("Lift broken\nagain", None).await.expect("captured").to_string();
    let key = ada.capture("Key is lost", Some((53.2, -4.1))).await.expect("captured").to_string();
    let waiting: Vec<String> = ada.inbox().await.expect("a list").into_iter().map(|line| line.text).collect();
    assert_eq!(waiting.len(), 2, "{waiting:?}");
    assert_eq!(ada.notebooks().await.expect("a list").len(), 1, "the inbox is no notebook among others");

    let filed = ada.file_capture(&lift, &rota, None).await.expect("filed");
    assert_eq!((filed.title.as_str(), filed.notebook_title.as_str()), ("Lift broken", "Flood rota"));
    assert_eq!(text(&ada, &filed.id.to_string()).await, "Lift broken\nagain");
    ada.file_capture(&key, &rota, Some(&page)).await.expect("filed");
    assert_eq!(text(&ada, &page).await, "One\nKey is lost\n(53.2, -4.1)");
    assert_eq!(ada.inbox().await.expect("a list"), []);
    assert!(matches!(ada.file_capture(&key, &rota, None).await, Err(NodeFault::NotFound(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_captures_made_at_once_begin_one_inbox() {
    let house = House::new();
    let ada = house.alone().await;
    let mut captures = tokio::task::JoinSet::new();
    for count in 0..8 {
        let ada = ada.clone();
        captures.spawn(async move { ada.capture(&format!("thought {count}"), None).await.expect("captured") });
    }
    captures.join_all().await;
    assert_eq!(ada.inbox().await.expect("a list").len(), 8);
    let checked = ada.verify().await.expect("checked");
    assert_eq!(checked.notebooks, 1, "{checked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_moves_and_leaves_its_history_behind() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let plan = ada.new_notebook("Plan", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, Some("One")).await.expect("begun").to_string();
    let moved = ada.move_page(&page, &plan).await.expect("moved");
    assert_eq!(moved.notebook_title, "Plan");
    let view = ada.page(&moved.id.to_string(), None).await.expect("there");
    assert_eq!((view.body.as_str(), view.fields.get("moved-from")), ("One", Some(&page)));
    assert!(ada.page(&page, None).await.expect("it is kept").deleted, "where it was, it is deleted");
    assert_eq!(ada.pages(&rota).await.expect("a list"), []);
    let there = moved.id.to_string();
    assert!(matches!(ada.move_page(&there, &plan).await, Err(NodeFault::Refused(_))), "it is there already");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_will_not_do_does_not_hold_up_the_others() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let large = "a ".repeat(2 << 20);
    let mut files = vec![markdown("a.md", "---\ntitle: A\nOwner: Bo\n---\nText"), markdown("large.md", &large)];
    files.extend((0..100).map(|count| markdown(&format!("notes/{count}.md"), "Text")));
    let done = ada.import(&rota, files).await.expect("imported");
    assert_eq!(done.iter().filter(|file| file.outcome.is_ok()).count(), 101);
    assert_eq!((done[1].path.as_str(), done[1].outcome.is_err()), ("large.md", true));
    assert_eq!(ada.pages(&rota).await.expect("a list").len(), 101);
    let first = done[0].outcome.clone().expect("a page").to_string();
    assert_eq!(ada.page(&first, None).await.expect("there").fields.get("Owner").map(String::as_str), Some("Bo"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_names_are_answered_in_one_line() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let long = "t".repeat(10_000);
    let page = ada.new_page(&rota, "Hall", None, None).await.expect("begun").to_string();
    let faults = [
        ada.notebook("abcdef").await.map(drop),
        ada.notebook("xyz").await.map(drop),
        ada.page("000000", None).await.map(drop),
        ada.page(&page, Some("000000")).await.map(drop),
        ada.new_notebook(&long, None).await.map(drop),
        ada.new_notebook("a\u{7}b", None).await.map(drop),
        ada.new_page(&rota, "", None, None).await.map(drop),
        ada.new_page(&rota, "T", Some("No Such"), None).await.map(drop),
        ada.edit_page(&page, 400, 0, "x").await.map(drop),
        ada.edit_page(&page, u64::MAX, 0, "x").await.map(drop),
        ada.remove_member(&rota, "Bo").await.map(drop),
        ada.invite(&rota, Role::Reader, 0, 60).await.map(drop),
        ada.invite(&rota, Role::Reader, 1, 0).await.map(drop),
        ada.revoke_invitation("abcdef").await.map(drop),
        ada.join("hedgerow://join/nonsense", Duration::from_secs(1)).await.map(drop),
        ada.canonical(&rota, Some("nonsense")).await.map(drop),
    ];
    for (at, fault) in faults.into_iter().enumerate() {
        let words = fault.expect_err(&format!("case {at}")).to_string();
        assert!(!words.contains('\n') && words.len() < 300 && words.len() > 10, "case {at}: {words}");
    }
    assert_eq!(ada.pages(&rota).await.expect("a list").len(), 1, "nothing was half done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notebook_that_is_deleted_is_gone_from_the_device() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    ada.new_page(&rota, "Hall", None, Some("One")).await.expect("begun");
    assert_eq!(ada.delete_notebook(&rota).await.expect("deleted").title, "Flood rota");
    assert_eq!(ada.notebooks().await.expect("a list"), []);
    ada.close().await.expect("closed");
    assert_eq!(house.alone().await.notebooks().await.expect("a list"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_hears_of_changes_made_here() {
    let house = House::new();
    let ada: Node = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let mut notices = ada.subscribe();
    let page = ada.new_page(&rota, "Hall", None, None).await.expect("begun");
    let heard = notices.try_recv().expect("told before the answer");
    assert!(matches!(heard, Notice::PageChanged { page: told, here: true, .. } if told == page), "{heard:?}");
}
