//! Files on pages, of which pieces are damaged: named with their page and notebook, and had back from whoever has them.

use super::{Pair, flip_a_bit, list, outcome};
use crate::files::photo;
use hedgerow_tests::{Device, crash::files_below};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// A photograph on somebody's desk, and where its sealed pieces lie in a folder.
struct Photo {
    desk: TempDir,
    id: String,
    bytes: Vec<u8>,
}

impl Photo {
    /// `author` attaches it to a page.
    fn attached(author: &Device, page: &str) -> Photo {
        let desk = tempfile::tempdir().expect("a temporary folder");
        let (path, bytes) = photo(desk.path(), "ford.jpg", 300_000);
        let id = author.get(&["page", "attach", page, &path.display().to_string()], "id");
        Photo { desk, id, bytes }
    }

    /// What somebody reads of it.
    fn fetched(&self, device: &Device, page: &str) -> Vec<u8> {
        let to = self.desk.path().join(format!("{}.jpg", device.name()));
        let _ = fs::remove_file(&to);
        device.text(&["page", "fetch", &self.id, &to.display().to_string(), "--page", page]);
        fs::read(to).expect("it was written")
    }
}

fn bodies(device: &Device) -> Vec<PathBuf> {
    let folder = device.folder().join("store/bodies");
    files_below(&folder).into_iter().map(|file| folder.join(file)).collect()
}

/// What `act` writes in files of their own.
fn written_by(device: &Device, act: impl FnOnce()) -> Vec<PathBuf> {
    let before = bodies(device);
    act();
    bodies(device).into_iter().filter(|file| !before.contains(file)).collect()
}

#[test]
fn a_damaged_photograph_is_named_with_its_page_and_had_back() {
    let pair = Pair::new();
    let photo = Photo::attached(&pair.ada, &pair.cover);
    let his = pair.bo.serve_to(&[&pair.node]);
    hedgerow_tests::agreed(&[&pair.ada, &pair.bo], &pair.rota);
    his.stop();
    let pieces = written_by(&pair.bo, || assert_eq!(photo.fetched(&pair.bo, &pair.cover), photo.bytes));
    assert!(pieces.len() >= 4, "{pieces:?}");
    flip_a_bit(&pieces[0]);
    fs::remove_file(&pieces[1]).expect("it can go");

    let found = pair.bo.run(&["--json", "verify"]);
    assert_eq!(found.code, Some(1));
    let line = outcome(&found);
    let damaged = list(&line, "damaged");
    assert_eq!(damaged.len(), 1, "one file, whatever of it: {line}");
    for part in ["Flood rota", "ford.jpg", "Night cover", "of its 5 pieces 2 do not read", "verify --repair"] {
        assert!(damaged[0].contains(part), "{part}: {}", damaged[0]);
    }
    assert_eq!(line["damaged"][0]["notebook_id"], *pair.rota);

    let repaired = pair.repair();
    let line = outcome(&repaired);
    assert_eq!(repaired.code, Some(0), "{line} {}", repaired.stderr);
    assert!(list(&line, "damaged").is_empty() && list(&line, "repaired").len() == 1, "{line}");
    assert_eq!((pair.bo.run(&["verify"]).code, pair.bo.run(&["verify"]).stderr.as_str()), (Some(0), ""));
    pair.node.stop();
    assert_eq!(photo.fetched(&pair.bo, &pair.cover), photo.bytes, "all of it is here, and nobody else is");
    println!("shows P7: 1 damaged photograph had back");
}

#[test]
fn whoever_attached_a_photograph_has_it_back_from_whoever_fetched_it() {
    let pair = Pair::new();
    let mut photo = None;
    let pieces = written_by(&pair.ada, || photo = Some(Photo::attached(&pair.ada, &pair.cover)));
    let photo = photo.expect("it was attached");
    let his = pair.bo.serve_to(&[&pair.node]);
    hedgerow_tests::agreed(&[&pair.ada, &pair.bo], &pair.rota);
    assert_eq!(photo.fetched(&pair.bo, &pair.cover), photo.bytes);
    // Her node runs all the while.
    pieces.iter().for_each(flip_a_bit);
    let repaired = pair.ada.run(&["--json", "verify", "--repair", "--wait", "60"]);
    assert_eq!(repaired.code, Some(0), "{} {}", outcome(&repaired), repaired.stderr);
    his.stop();
    assert_eq!(photo.fetched(&pair.ada, &pair.cover), photo.bytes);
    assert_eq!(pair.ada.run(&["verify"]).code, Some(0));
}

#[test]
fn what_nobody_has_of_a_photograph_goes_on_being_named() {
    let pair = Pair::new();
    let mut photo = None;
    let pieces = written_by(&pair.bo, || photo = Some(Photo::attached(&pair.bo, &pair.cover)));
    let photo = photo.expect("it was attached");
    flip_a_bit(&pieces[0]);
    for round in 0..2 {
        // She has the page that shows it, and has never fetched it.
        let repaired = pair.repair();
        let line = outcome(&repaired);
        assert_eq!(repaired.code, Some(1), "round {round}: {line}");
        assert!(list(&line, "damaged")[0].contains("ford.jpg"), "round {round}: {line}");
        assert!(list(&line, "repaired").is_empty(), "round {round}: {line}");
        assert!(repaired.stderr.contains("nobody who was reached has it"), "{}", repaired.stderr);
    }
    assert_eq!(pair.bo.run(&["verify"]).code, Some(1), "it is not forgotten");
    let to = photo.desk.path().join("back.jpg").display().to_string();
    let said = pair.bo.refused(&["page", "fetch", &photo.id, &to, "--page", &pair.cover, "--wait", "5"]);
    assert!(said.contains("nobody who has this file can be reached now"), "{said}");
    // Everything else goes on.
    pair.bo.append(&pair.cover, "And on.\n");
}

#[test]
fn a_photograph_that_nobody_wanted_all_of_yet_is_no_damage() {
    let pair = Pair::new();
    let photo = Photo::attached(&pair.ada, &pair.cover);
    let his = pair.bo.serve_to(&[&pair.node]);
    hedgerow_tests::agreed(&[&pair.ada, &pair.bo], &pair.rota);
    his.stop();
    let line = pair.bo.one(&["verify"]);
    assert!(list(&line, "damaged").is_empty(), "{line}");
    flip_a_bit(&super::body(&pair.bo));
    let repaired = pair.repair();
    assert_eq!(repaired.code, Some(0), "{}", repaired.stderr);
    let shown = pair.bo.one(&["page", "attachments", &pair.cover]);
    assert_eq!(
        (shown["id"].as_str(), shown["here"].as_u64()),
        (Some(&*photo.id), Some(0)),
        "and is not fetched for it"
    );
}
