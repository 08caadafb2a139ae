//! Files on pages, between real nodes and on real disks.

use hedgerow_tests::{Device, PATIENCE, SmallDisk, agreed, until};
use std::fs;
use std::path::{Path, PathBuf};

/// A file of so many bytes, of which no two stretches are alike.
pub(crate) fn photo(folder: &Path, name: &str, length: usize) -> (PathBuf, Vec<u8>) {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let bytes: Vec<u8> = std::iter::repeat_with(|| next().to_le_bytes()).flatten().take(length).collect();
    let path = folder.join(name);
    fs::write(&path, &bytes).expect("a temporary folder can be written to");
    (path, bytes)
}

/// How many files with sealed values lie in a folder, those of pieces among them.
fn sealed_files(device: &Device) -> usize {
    let bodies = device.folder().join("bodies");
    let inner =
        fs::read_dir(bodies).into_iter().flatten().flatten().filter_map(|entry| fs::read_dir(entry.path()).ok());
    inner.flatten().flatten().count()
}

#[test]
fn bo_fetches_the_photograph_that_ada_attached_and_cy_has_it_from_him() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    let (path, bytes) = photo(desk.path(), "rhyd – Tachwedd.jpg", 1_200_000);
    let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let hers = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "reader"));
    cy.join(&ada.invite(&rota, "writer"));
    let file = ada.one(&["page", "attach", &page, &path.display().to_string(), "--caption", "The ford"]);
    let id = file["id"].as_str().expect("it has an id").to_owned();
    assert_eq!((file["name"].as_str(), file["media_type"].as_str()), (Some("rhyd – Tachwedd.jpg"), Some("image/jpeg")));

    let his = bo.serve_to(&[&hers]);
    assert!(agreed(&[&ada, &bo], &rota).contains(&id), "the page names it for both");
    let line = bo.one(&["page", "attachments", &page]);
    assert_eq!((line["here"].as_u64(), line["is_whole"].as_bool()), (Some(0), Some(false)), "nothing came by itself");
    let to = desk.path().join("bo.jpg");
    bo.text(&["page", "fetch", &id[..8], &to.display().to_string()]);
    assert_eq!(fs::read(&to).expect("it was written"), bytes);
    assert!(bo.refused(&["page", "fetch", &id, &to.display().to_string()]).contains("is there already"));

    hers.stop();
    let theirs = cy.serve_to(&[&his]);
    until("Cy and Bo agree", PATIENCE, || (bo.canonical(&rota) == cy.canonical(&rota)).then_some(()));
    let to = desk.path().join("cy.jpg");
    cy.text(&["page", "fetch", &id, &to.display().to_string(), "--page", &page]);
    assert_eq!(fs::read(&to).expect("it was written"), bytes, "from Bo, who is a reader");
    for node in [his, theirs] {
        node.stop();
    }
}

#[test]
fn nobody_who_has_the_file_is_there_and_that_is_said() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    let (path, _) = photo(desk.path(), "rota.pdf", 100_000);
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let id = ada.get(&["page", "attach", &page, &path.display().to_string()], "id");
    let hers = ada.serve(&[]);
    bo.join(&ada.invite(&rota, "writer"));
    hers.stop();
    let to = desk.path().join("bo.pdf");
    let said = bo.refused(&["page", "fetch", &id, &to.display().to_string(), "--wait", "1"]);
    assert!(said.contains("nobody who has this file can be reached now"), "{said}");
    assert!(!to.exists(), "and nothing was begun");
}

#[test]
fn what_cannot_be_attached_is_said_and_leaves_nothing() {
    let desk = tempfile::tempdir().expect("a temporary folder");
    let ada = Device::of("Ada");
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let long = desk.path().join("film.mp4");
    fs::File::create(&long).and_then(|file| file.set_len(200 << 20)).expect("a file with nothing in it");
    let attach = |path: &Path| ada.refused(&["page", "attach", &page, &path.display().to_string()]);
    assert!(attach(&long).contains("it is longer than 100 MiB; share it another way and put a link here"));
    assert!(attach(desk.path()).contains("it is a folder; name a file"));
    assert!(attach(&desk.path().join("none.png")).contains("it is not there"));
    assert_eq!(sealed_files(&ada), 0);
    assert!(ada.json(&["page", "attachments", &page]).is_empty());
}

/// The disk fills up in the middle of a file.
#[test]
fn a_disk_that_fills_while_a_file_is_attached_loses_nothing_else() {
    let Some(disk) = SmallDisk::of_mebibytes(24) else { return };
    let desk = tempfile::tempdir().expect("a temporary folder");
    let (path, _) = photo(desk.path(), "film.mp4", 30 << 20);
    let (small, bytes) = photo(desk.path(), "ford.jpg", 200_000);
    let ada = Device::at("Ada", &disk.folder("ada"));
    ada.run(&["init", "--name", "Ada"]).text();
    let rota = ada.notebook("Flood rota");
    let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
    let kept = ada.get(&["page", "attach", &page, &small.display().to_string()], "id");
    let said = ada.refused(&["page", "attach", &page, &path.display().to_string()]);
    assert!(said.contains("disk") || said.contains("space"), "{said}");
    ada.append(&page, "Bo: ward six can lend two radios.\n");
    assert!(ada.text(&["page", "show", &page]).contains("two radios"), "there is room again");
    let to = desk.path().join("back.jpg");
    ada.text(&["page", "fetch", &kept, &to.display().to_string()]);
    assert_eq!(fs::read(&to).expect("it was written"), bytes);
    assert!(sealed_files(&ada) < 20, "what came of the film is gone: {} files", sealed_files(&ada));
}
