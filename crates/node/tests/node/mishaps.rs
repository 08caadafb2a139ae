//! Folders in use, disks that fail, ports that are taken, passphrases forgotten.

use crate::house::{House, canonical, loopback};
use hedgerow_node::{Config, KeyKept, NetworkConfig, Node, NodeFault, OpenFault, PassphraseFault};
use hedgerow_store::{Real, Step, Unlucky};
use std::sync::Arc;
use zeroize::Zeroizing;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_program_is_told_who_has_the_folder() {
    let house = House::new();
    let ada = Node::open(Config { who: "hedgerow serve".to_owned(), ..house.config() }).await.expect("opens");
    let OpenFault::InUse { holder, .. } = house.refused().await else { panic!("it is in use") };
    assert!(holder.starts_with("hedgerow serve"), "{holder}");
    ada.close().await.expect("closed");
    house.alone().await.close().await.expect("free again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_and_nothing_that_was_kept_is_lost() {
    let house = House::new();
    let luck = Unlucky::new(Real);
    let ada = Node::open_with(house.config(), Arc::new(luck.clone())).await.expect("opens");
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    ada.new_page(&rota, "Hall", None, Some("One")).await.expect("begun");
    let before = canonical(&ada, &rota).await.expect("whole");

    luck.leave_room(Some(0));
    let Err(NodeFault::Device(words)) = ada.new_page(&rota, "Lost", None, None).await else { panic!("it is full") };
    assert!(words.contains("full") && !words.contains('\n'), "{words}");
    assert!(matches!(ada.new_notebook("Lost", None).await, Err(NodeFault::Device(_))));
    assert_eq!(canonical(&ada, &rota).await.expect("whole"), before, "what failed is not shown either");

    luck.mend();
    ada.new_page(&rota, "Kept", None, None).await.expect("there is room again");
    let after = canonical(&ada, &rota).await.expect("whole");
    ada.close().await.expect("closed");
    let ada = house.alone().await;
    assert_eq!(canonical(&ada, &rota).await.expect("whole"), after);
    assert_eq!(ada.notebooks().await.expect("a list").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_hear_of_a_failing_disk_and_agree_afterwards() {
    let house = House::new();
    let luck = Unlucky::new(Real);
    let ada = Node::open_with(house.config(), Arc::new(luck.clone())).await.expect("opens");
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    let page = ada.new_page(&rota, "Hall", None, None).await.expect("begun").to_string();
    luck.fail(Step::Engine, 3, std::io::ErrorKind::StorageFull);
    let mut tries = tokio::task::JoinSet::new();
    for count in 0..60 {
        let (ada, page) = (ada.clone(), page.clone());
        tries.spawn(async move { (count, ada.append_to_page(&page, &format!("line {count}.")).await.is_ok()) });
    }
    let results = tries.join_all().await;
    assert!(results.iter().any(|(_, saved)| !saved), "the disk did fail");
    luck.mend();
    ada.close().await.expect("closed");

    let ada = house.alone().await;
    let body = crate::house::text(&ada, &page).await;
    for (count, saved) in results {
        assert!(!saved || body.contains(&format!("line {count}.")), "line {count} was acknowledged: {body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_taken_port_is_named_and_the_folder_is_given_back() {
    let (first, second) = (House::new(), House::new());
    let ada = first.online().await;
    let mut notices = ada.subscribe();
    let address = loop {
        if let Some(address) = ada.where_to_reach().await.expect("asked").addresses.first() {
            break address.clone();
        }
        let _ = notices.recv().await;
    };
    let taken = address.split("/p2p/").next().expect("a beginning").to_owned();
    let network = Some(NetworkConfig { listen: vec![taken.clone()], ..loopback() });
    let fault = Node::open(Config { network, ..second.config() }).await.expect_err("it is taken");
    assert!(matches!(&fault, OpenFault::Network(words) if words.contains(&taken)), "{fault}");
    second.alone().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bo_comes_in_with_his_passphrase_only() {
    let house = House::new();
    let with = |words: &'static str| Config {
        passphrase: Arc::new(move |_| Some(Zeroizing::new(words.to_owned()))),
        ..house.config()
    };
    let bo = Node::open(with("hazel")).await.expect("made");
    let me = bo.whoami().await.expect("somebody");
    assert_eq!(me.key_kept, KeyKept::Passphrase);
    bo.close().await.expect("closed");
    assert_eq!(Node::open(with("bramble")).await.map(drop), Err(PassphraseFault::Wrong.into()));
    assert_eq!(house.refused().await, PassphraseFault::Needed.into());
    assert_eq!(Node::open(with("hazel")).await.expect("opens").whoami().await.expect("somebody"), me);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_without_its_keys_stays_as_it_is() {
    let house = House::new();
    house.alone().await.close().await.expect("closed");
    let keys = house.path().join("keys");
    let kept = std::fs::read(&keys).expect("there");
    std::fs::remove_file(&keys).expect("gone");
    assert!(matches!(house.refused().await, OpenFault::Keys(words) if words.contains("missing")));
    assert!(!keys.exists(), "no new keys were made");
    std::fs::write(&keys, kept).expect("put back");
    house.alone().await;
}

/// The files of a folder and of those in it.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_record_is_named_and_the_rest_goes_on() {
    let house = House::new();
    let ada = house.alone().await;
    let rota = ada.new_notebook("Flood rota", None).await.expect("begun").to_string();
    // Of chance, so that it cannot be pressed together: it is kept in a file of its own.
    let mut state = 1_u64;
    let letters = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from(state >> 60).expect("four bits"))
    });
    let noise: String = letters.take(80_000).collect();
    let long = ada.new_page(&rota, "Long", None, Some(&noise)).await.expect("begun").to_string();
    let short = ada.new_page(&rota, "Short", None, Some("One")).await.expect("begun").to_string();
    ada.close().await.expect("closed");

    let bodies = files(&house.path().join("store").join("bodies"));
    let large = bodies.iter().max_by_key(|path| path.metadata().map_or(0, |data| data.len())).expect("a body");
    let mut bytes = std::fs::read(large).expect("there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(large, bytes).expect("hurt");

    let ada = house.alone().await;
    assert_eq!(crate::house::text(&ada, &short).await, "One", "others are not concerned");
    let _ = ada.page(&long, None).await;
    let verified = ada.verify().await.expect("checked");
    assert!(!verified.damaged.is_empty(), "it is found");
    for damage in &verified.damaged {
        assert!(!damage.say.contains('\n'), "{damage:?}");
    }
    ada.append_to_page(&short, "and on").await.expect("writing goes on");
}
