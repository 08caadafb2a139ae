//! Two and three people, over loopback.

use crate::house::{House, PATIENCE, canonical, loopback, text, until};
use hedgerow_model::Role;
use hedgerow_node::{Config, FileForm, ImportFile, NetworkConfig, Node, NodeFault};
use std::time::Duration;

/// A link to a notebook, made when the node can be reached.
async fn link(node: &Node, notebook: &str, role: Role) -> String {
    until("an address", node, || async {
        let reach = node.where_to_reach().await.expect("asked");
        (!reach.addresses.is_empty()).then_some(())
    })
    .await;
    node.invite(notebook, role, 1, 3_600).await.expect("invited").uri
}

/// Waits until both show the same of a notebook.
async fn agree(notebook: &str, nodes: &[&Node]) -> String {
    let first = nodes[0];
    until("agreement", first, || async {
        let mut forms = Vec::new();
        for node in nodes {
            node.sync(PATIENCE).await.expect("somebody is there");
            forms.push(canonical(node, notebook).await.ok()?);
        }
        forms.windows(2).all(|pair| pair[0] == pair[1]).then(|| forms.swap_remove(0))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ada_shares_bo_joins_both_write_and_bo_is_removed() {
    let houses = [House::new(), House::new()];
    let (ada, bo) = (houses[0].of("Ada").await, houses[1].of("Bo").await);
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, Some("One")).await.expect("begun").to_string();
    let uri = link(&ada, &rota, Role::Writer).await;
    assert_eq!(Node::read_invitation(&uri).expect("a link").inviter.as_deref(), Some("Ada"));

    let joined = bo.join(&uri, PATIENCE).await.expect("joined");
    assert_eq!(
        (joined.notebook.to_string(), joined.role, joined.title.as_str()),
        (rota.clone(), Role::Writer, "Flood rota")
    );
    assert_eq!((joined.pages, joined.words.len()), (1, 4));
    assert_eq!(joined.host.map(|host| host.shown()).as_deref(), Some("Ada"));
    assert_eq!(canonical(&bo, &rota).await, canonical(&ada, &rota).await, "whole when it says so");

    ada.append_to_page(&page, "from Ada").await.expect("saved");
    bo.append_to_page(&page, "from Bo").await.expect("saved");
    let both = agree(&rota, &[&ada, &bo]).await;
    assert!(both.contains("from Ada") && both.contains("from Bo"), "{both}");
    until("Bo's name arrives", &ada, || async {
        let members = ada.members(&rota).await.expect("a list");
        (members.iter().map(|member| member.who.shown()).collect::<Vec<_>>() == ["Ada", "Bo"]).then_some(())
    })
    .await;
    agree(&rota, &[&ada, &bo]).await;

    let status = ada.status().await.expect("asked");
    assert!(status.peers[0].connected && status.notebooks[0].holders[0].has_all, "{status:?}");

    ada.remove_member(&rota, "bo").await.expect("removed");
    ada.append_to_page(&page, "after Bo").await.expect("saved");
    until("Bo hears of it", &bo, || async {
        let lines = bo.notebooks().await.expect("a list");
        lines[0].role.is_none().then_some(())
    })
    .await;
    assert!(!text(&bo, &page).await.contains("after Bo"), "nothing newer reaches him");
    let Err(NodeFault::Refused(words)) = bo.append_to_page(&page, "still here").await else { panic!("he is out") };
    assert!(words.contains("not a member"), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bo_finds_ada_again_after_a_restart() {
    let houses = [House::new(), House::new()];
    let (ada, bo) = (houses[0].of("Ada").await, houses[1].of("Bo").await);
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, Some("One")).await.expect("begun").to_string();
    bo.join(&link(&ada, &rota, Role::Writer).await, PATIENCE).await.expect("joined");
    bo.close().await.expect("closed");
    ada.append_to_page(&page, "while Bo was away").await.expect("saved");

    let bo = houses[1].online().await;
    let outcome = bo.sync(PATIENCE).await.expect("she is there");
    assert!(outcome.agreed, "{outcome:?}");
    assert_eq!(outcome.with.iter().map(|(who, _)| who.shown()).collect::<Vec<_>>(), ["Ada"]);
    assert!(text(&bo, &page).await.contains("while Bo was away"));
    // Killed this time, in the middle of things.
    bo.append_to_page(&page, "Bo's last words").await.expect("saved");
    let ended = bo.ended();
    drop(bo);
    ended.await;
    let bo = houses[1].online().await;
    agree(&rota, &[&bo, &ada]).await;
    assert!(text(&ada, &page).await.contains("Bo's last words"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cy_gets_bos_words_from_ada() {
    let houses = [House::new(), House::new(), House::new()];
    let (ada, bo, cy) = (houses[0].of("Ada").await, houses[1].of("Bo").await, houses[2].of("Cy").await);
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    bo.join(&link(&ada, &rota, Role::Writer).await, PATIENCE).await.expect("joined");
    bo.new_page(&rota, "Boats", None, Some("Two at the quay")).await.expect("begun");
    bo.sync(PATIENCE).await.expect("she is there");
    bo.close().await.expect("closed");

    let joined = cy.join(&link(&ada, &rota, Role::Reader).await, PATIENCE).await.expect("joined");
    assert_eq!((joined.role, joined.pages), (Role::Reader, 1));
    let id = until("Bo's name arrives", &cy, || async {
        let page = cy.pages(&rota).await.expect("a list")[0].clone();
        (page.authors.iter().map(|who| who.shown()).collect::<Vec<_>>() == ["Bo"]).then_some(page.id.to_string())
    })
    .await;
    let Err(NodeFault::Refused(words)) = cy.append_to_page(&id, "mine").await else {
        panic!("a reader does not write")
    };
    assert!(words.contains("reader") && words.contains("writer"), "{words}");
    let file = ImportFile { path: "a.md".to_owned(), form: FileForm::Markdown, text: "Mine".to_owned() };
    assert!(matches!(cy.import(&rota, vec![file]).await, Err(NodeFault::Refused(_))), "nor import");
    assert!(matches!(cy.invite(&rota, Role::Reader, 1, 60).await, Err(NodeFault::Refused(_))), "nor invite");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_leads_nowhere_is_told_from_one_that_is_closed() {
    let houses = [House::new(), House::new()];
    let (ada, bo) = (houses[0].of("Ada").await, houses[1].of("Bo").await);
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let closed = link(&ada, &rota, Role::Writer).await;
    let open = link(&ada, &rota, Role::Writer).await;
    let id = Node::read_invitation(&closed).expect("a link").invitation.to_string();
    ada.revoke_invitation(&id).await.expect("closed");
    let refused = bo.join(&closed, PATIENCE).await.expect_err("it is closed");
    assert!(matches!(refused, NodeFault::Refused(_)), "{refused:?}");

    ada.close().await.expect("closed");
    let nobody = bo.join(&open, Duration::from_secs(2)).await.expect_err("she is away");
    assert!(matches!(&nobody, NodeFault::Unreachable(words) if words.contains("/ip4/127.0.0.1/")), "{nobody:?}");
    let nobody = bo.sync(Duration::from_secs(1)).await.expect_err("nobody at all");
    assert!(matches!(nobody, NodeFault::Unreachable(_)), "{nobody:?}");
    assert_eq!(bo.notebooks().await.expect("a list"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bo_leaves_and_ada_hears_of_it() {
    let houses = [House::new(), House::new()];
    let (ada, bo) = (houses[0].of("Ada").await, houses[1].of("Bo").await);
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    bo.join(&link(&ada, &rota, Role::Writer).await, PATIENCE).await.expect("joined");
    bo.leave_notebook(&rota).await.expect("left");
    assert_eq!(bo.notebooks().await.expect("a list"), []);
    until("Ada hears of it", &ada, || async { (ada.members(&rota).await.expect("a list").len() == 1).then_some(()) })
        .await;
}

/// Copies a folder over another, as restoring a backup does.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn adas_backup_is_put_back_and_nobodys_words_are_lost() {
    let houses = [House::new(), House::new()];
    let (ada, bo) = (houses[0].of("Ada").await, houses[1].of("Bo").await);
    let rota = bo.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = bo.new_page(&rota, "Hall", None, None).await.expect("begun").to_string();
    ada.join(&link(&bo, &rota, Role::Writer).await, PATIENCE).await.expect("joined");
    ada.append_to_page(&page, "written before the backup").await.expect("saved");
    ada.close().await.expect("closed");
    let backup = House::new();
    copy(houses[0].path(), backup.path());

    let ada = houses[0].online().await;
    ada.append_to_page(&page, "written after the backup").await.expect("saved");
    agree(&rota, &[&ada, &bo]).await;
    ada.close().await.expect("closed");
    std::fs::remove_dir_all(houses[0].path()).expect("lost");
    copy(backup.path(), houses[0].path());

    // Opened and closed in between, and written on: what was found out once is not forgotten.
    let ada = houses[0].alone().await;
    assert!(!text(&ada, &page).await.contains("after the backup"), "it was put back");
    ada.close().await.expect("closed");
    for line in ["written again", "and once more"] {
        let ada = houses[0].alone().await;
        ada.append_to_page(&page, line).await.expect("saved");
        ada.close().await.expect("closed");
    }

    let ada = houses[0].online().await;
    let both = agree(&rota, &[&ada, &bo]).await;
    for line in ["written after the backup", "written again", "and once more"] {
        assert!(both.contains(line), "{line} is missing: {both}");
    }
    for node in [&ada, &bo] {
        assert_eq!(node.notebook(&rota).await.expect("here").refused, [], "nothing is refused");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_it_is_said_truthfully_of_one_who_is_away() {
    let houses = [House::new(), House::new()];
    let (ada, bo) = (houses[0].of("Ada").await, houses[1].of("Bo").await);
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let plan = ada.new_notebook("Plan", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, Some("One")).await.expect("begun").to_string();
    for notebook in [&rota, &plan] {
        bo.join(&link(&ada, notebook, Role::Writer).await, PATIENCE).await.expect("joined");
        agree(notebook, &[&ada, &bo]).await;
    }
    until("Bo has both", &ada, || async {
        let [of_rota, of_plan] = [ada.notebook(&rota).await.expect("here"), ada.notebook(&plan).await.expect("here")];
        (of_rota.holders[0].has_all && of_plan.holders[0].has_all).then_some(())
    })
    .await;
    bo.close().await.expect("closed");
    ada.close().await.expect("closed");

    let has = async |ada: &Node, notebook: &str| {
        let [bo] = ada.notebook(notebook).await.expect("here").holders.try_into().expect("one other device");
        assert!(!bo.connected && bo.agreed.is_some(), "{bo:?}");
        bo.has_all
    };
    let ada = houses[0].alone().await;
    assert!(has(&ada, &rota).await && has(&ada, &plan).await, "he has both, though he is away");
    ada.append_to_page(&page, "while Bo is away").await.expect("saved");
    assert!(!has(&ada, &rota).await, "he lacks what was written since");
    assert!(has(&ada, &plan).await, "and the other he has");
    ada.close().await.expect("closed");
    let ada = houses[0].alone().await;
    assert!(!has(&ada, &rota).await && has(&ada, &plan).await, "as before a restart");
    ada.close().await.expect("closed");

    let ada = houses[0].online().await;
    let reach = until("an address", &ada, || async {
        Some(ada.where_to_reach().await.expect("asked").addresses).filter(|addresses| !addresses.is_empty())
    })
    .await;
    let network = Some(NetworkConfig { peers: reach, ..loopback() });
    let bo = Node::open(Config { network, ..houses[1].config() }).await.expect("opens");
    agree(&rota, &[&ada, &bo]).await;
    let now = ada.notebook(&rota).await.expect("here");
    assert!(now.holders[0].has_all, "{:?}", now.holders);
}
