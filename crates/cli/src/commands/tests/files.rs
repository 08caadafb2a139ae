//! Files in and out.

use super::*;

/// A node that takes in every file but those that say "bad".
fn takes_in(request: &Request) -> Result<Reply, Fault> {
    let Request::ImportPages(import) = request else { panic!("{request:?}") };
    let files = import.files.iter().map(|file| {
        let bad = file.text.contains("bad");
        let (id, why) = if bad { (None, Some("it is bad".to_owned())) } else { (Some(id("9")), None) };
        ImportedFile { path: file.path.clone(), id, why }
    });
    Ok(Reply::ImportPages(Imported { files: files.collect() }))
}

#[test]
fn a_folder_is_imported_in_batches_and_says_what_was_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    for number in 0..150 {
        std::fs::write(folder.path().join(format!("{number:03}.md")), "good").expect("written");
    }
    std::fs::write(folder.path().join("003.md"), "bad").expect("written");
    std::fs::write(folder.path().join("cafe.txt"), b"caf\xe9").expect("written");
    std::fs::write(folder.path().join("photo.jpg"), b"").expect("written");
    let path = folder.path().to_str().expect("text");
    let ran = run_with(&["import", "111111", path, "--json"], takes_in);
    assert!(ran.ended.is_ok());
    assert_eq!(ran.asked.len(), 3);
    let printed = ran.printed.replace(path, "F");
    expect![[r#"
        {"imported":149,"skipped":[{"path":"F/003.md","why":"it is bad"},{"path":"F/cafe.txt","why":"byte 3 is not UTF-8 text; save it as UTF-8 and try again"},{"path":"F/photo.jpg","why":"only files that end in .md, .html or .txt are read"}]}
    "#]]
    .assert_eq(&printed);
}

#[test]
fn an_empty_folder_or_one_bad_file_is_no_success() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("text").to_owned();
    let ran = run_with(&["import", "111111", &path], takes_in);
    assert!(matches!(ran.ended, Err(Problem::Fault(fault)) if fault.say.contains("no file that ends in .md")));
    let file = folder.path().join("a.md");
    std::fs::write(&file, b"\xff").expect("written");
    let ran = run_with(&["import", "111111", file.to_str().expect("text"), "--json"], takes_in);
    assert_eq!(ran.printed, "");
    assert!(matches!(ran.ended, Err(Problem::Fault(fault)) if fault.say.contains("byte 0")));
    std::fs::write(folder.path().join("b.md"), "bad").expect("written");
    let ran = run_with(&["import", "111111", &path, "--json"], takes_in);
    assert!(ran.printed.starts_with("{\"imported\":0,"), "why each was left out");
    assert!(matches!(ran.ended, Err(Problem::Partly(_))));
}

#[test]
fn what_was_imported_before_a_refusal_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    for number in 0..100 {
        std::fs::write(folder.path().join(format!("{number:03}.md")), "good").expect("written");
    }
    let asked = Mutex::new(0);
    let ran = run_with(&["import", "111111", folder.path().to_str().expect("text")], move |request| {
        let mut asked = asked.lock().expect("nobody panicked");
        *asked += 1;
        if *asked == 1 { takes_in(request) } else { Err(Fault::failed("the disk is full")) }
    });
    let Err(Problem::Partly(line)) = ran.ended else { panic!("{:?}", ran.ended) };
    assert_eq!(line, "the disk is full; 64 pages were imported before that and kept");
}

/// A node with two pages of one title, and one with a wicked one.
fn exports(request: &Request) -> Result<Reply, Fault> {
    let page = |id: &str, title: &str| PageLine {
        id: id.to_owned(),
        title: title.to_owned(),
        template: "note".to_owned(),
        updated: at("2026-11-22T10:00:00Z"),
        authors: vec![],
        author_ids: vec![],
        aside: 0,
    };
    Ok(match request {
        Request::Find(_) => Reply::Find(Found {
            id: id("1"),
            kind: FoundKind::Notebook,
            title: "Flood rota".to_owned(),
            notebook_id: id("1"),
        }),
        Request::ListPages(_) => {
            Reply::ListPages(vec![page("b", "Rota"), page("a", "Rota"), page("c", "../../etc/passwd")])
        }
        Request::ShowPageMarkdown(asked) => Reply::ShowPageMarkdown(MarkdownText {
            id: asked.page.clone(),
            title: String::new(),
            markdown: format!("page {}\n", asked.page),
        }),
        Request::Canonical(asked) => Reply::Canonical(match asked.from.as_deref() {
            None => CanonicalPart { text: "one\n".to_owned(), next: Some("2".to_owned()) },
            Some(_) => CanonicalPart { text: "two\n".to_owned(), next: None },
        }),
        _ => panic!("{request:?}"),
    })
}

#[test]
fn a_notebook_is_exported_to_files_that_do_not_meet_and_stay_in_their_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("new").join("rota");
    let ran = run_with(&["export", "111111", to.to_str().expect("text")], exports);
    assert!(ran.ended.is_ok(), "{:?}", ran.ended);
    let read = |name: &str| std::fs::read_to_string(to.join(name)).expect(name);
    assert_eq!((read("Rota.md"), read("Rota 2.md")), ("page a\n".to_owned(), "page b\n".to_owned()));
    assert_eq!(read("etc-passwd.md"), "page c\n");
    assert_eq!(std::fs::read_dir(&to).expect("a folder").count(), 3);
    let again = run_with(&["export", "111111", to.to_str().expect("text")], exports);
    assert!(matches!(again.ended, Err(Problem::Fault(fault)) if fault.say.contains("is there already")));
}

#[test]
fn the_canonical_form_is_joined_from_its_pieces() {
    let ran = run_with(&["export", "--canonical", "111111"], exports);
    assert!(ran.ended.is_ok());
    assert_eq!(ran.printed, "one\ntwo\n");
}

#[test]
fn export_wants_to_know_what_and_where() {
    for wrong in [&["export"][..], &["export", "111111"], &["export", "--all", "a", "b"], &["export", "--canonical"]] {
        let ran = run_with(wrong, |request| panic!("{request:?}"));
        assert!(matches!(ran.ended, Err(Problem::Usage(_))), "{wrong:?}");
    }
}
