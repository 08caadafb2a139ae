//! What people do in notebooks that they share, each of which may end in the middle: done on their own device, or not
//! begun, and the same for whoever they meet then.

use super::{chance, chosen, drawn, is_sound};
use crate::files::photo;
use hedgerow_tests::{Device, Node, PATIENCE, agreed, crash::Crash, until};
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};
use tempfile::TempDir;

/// More files than an import saves together.
const NOTES: usize = 66;

/// Ada founded two notebooks: Bo writes in both, Cy in the first.
struct Scene {
    ada: Device,
    bo: Device,
    cy: Device,
    rota: String,
    plan: String,
    page: String,
    radios: String,
    link: String,
    link_id: String,
    /// What lies on Ada's desk: a photograph, and a folder of notes.
    desk: TempDir,
    bytes: Vec<u8>,
}

impl Scene {
    fn new() -> Scene {
        let [ada, bo, cy] = ["Ada", "Bo", "Cy"].map(Device::of);
        let desk = tempfile::tempdir().expect("a temporary folder");
        let (_, bytes) = photo(desk.path(), "ford.jpg", 300_000);
        let notes = desk.path().join("notes");
        fs::create_dir(&notes).expect("a temporary folder takes another");
        for number in 0..NOTES {
            let text = format!("Note {number} begins.\n\nNote {number} ends.\n");
            fs::write(notes.join(format!("note {number}.md")), text).expect("it takes a file");
        }
        let [rota, plan] = ["Flood rota", "Winter plan"].map(|title| ada.notebook(title));
        let page = ada.page(&rota, "Night cover", "Gwen has the keys.\n");
        let radios = ada.page(&rota, "Radios", "Ward six can lend two radios.\n");
        let node = ada.serve(&[]);
        bo.join(&ada.invite(&rota, "writer"));
        bo.join(&ada.invite(&plan, "writer"));
        cy.join(&ada.invite(&rota, "writer"));
        let invited = ada.one(&["invite", &rota, "--role", "reader"]);
        let [link, link_id] = ["uri", "invitation"].map(|field| invited[field].as_str().expect("text").to_owned());
        let (his, theirs) = (bo.serve_to(&[&node]), cy.serve_to(&[&node]));
        agreed(&[&ada, &bo, &cy], &rota);
        agreed(&[&ada, &bo], &plan);
        for node in [theirs, his, node] {
            node.stop();
        }
        Scene { ada, bo, cy, rota, plan, page, radios, link, link_id, desk, bytes }
    }

    fn on_the_desk(&self, name: &str) -> String {
        self.desk.path().join(name).display().to_string()
    }
}

/// How far a deed has come, as a device shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    NotBegun,
    /// Some things of many are there, each of them whole.
    Partly,
    Done,
}

impl Stage {
    fn of(is_done: bool) -> Stage {
        if is_done { Stage::Done } else { Stage::NotBegun }
    }
}

/// One kind of deed.
struct Deed {
    name: &'static str,
    /// Whether it is Bo's, rather than Ada's.
    is_bos: bool,
    words: fn(&Scene) -> Vec<String>,
    /// How far it has come there. Panics where that is neither done nor not begun.
    stage: fn(&Scene, &Device) -> Stage,
    /// What is so when it is done and both know, with both nodes running.
    afterwards: fn(&Scene, &Device, &Device, &Node),
}

fn deeds() -> Vec<Deed> {
    let nothing_more = |_: &Scene, _: &Device, _: &Device, _: &Node| ();
    let deed = |name, words, stage| Deed { name, is_bos: false, words, stage, afterwards: nothing_more };
    vec![
        Deed {
            afterwards: bo_fetches_it,
            ..deed("a file attached", |s| said(&["page", "attach", &s.page, &s.on_the_desk("ford.jpg")]), attached)
        },
        deed("a folder imported", |s| said(&["import", &s.plan, &s.on_the_desk("notes")]), imported),
        deed("a page moved", |s| said(&["page", "move", &s.radios, &s.plan]), moved),
        deed(
            "another role",
            |s| said(&["notebook", "set-role", &s.rota, "Bo", "commenter"]),
            |s, on| match &*member(on, &s.rota, "Bo").expect("he is a member").0 {
                "commenter" => Stage::Done,
                "writer" => Stage::NotBegun,
                other => panic!("Bo is a {other}"),
            },
        ),
        Deed {
            afterwards: cy_reads_no_more,
            ..deed(
                "a removal",
                |s| said(&["notebook", "remove-member", &s.rota, "Cy"]),
                |s, on| Stage::of(member(on, &s.rota, "Cy").is_none()),
            )
        },
        Deed {
            is_bos: true,
            ..deed(
                "a leaving",
                |s| said(&["notebook", "leave", &s.rota]),
                |s, on| Stage::of(member(on, &s.rota, "Bo").is_none()),
            )
        },
        deed(
            "a notebook handed over",
            |s| said(&["notebook", "hand-over", &s.rota, "Bo"]),
            |s, on| {
                let founds = |name| member(on, &s.rota, name).expect("both are members").1 == "founder";
                assert_ne!(founds("Ada"), founds("Bo"), "a notebook has one founder");
                Stage::of(founds("Bo"))
            },
        ),
        Deed {
            afterwards: nobody_comes_by_it,
            ..deed(
                "a link closed",
                |s| said(&["invitation", "revoke", &s.link_id]),
                |s, on| {
                    let links = on.json(&["invitation", "list", &s.rota]);
                    let link = links.iter().find(|link| link["invitation"] == *s.link_id).expect("it is listed");
                    Stage::of(link["state"] == "revoked")
                },
            )
        },
    ]
}

fn said(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Somebody's role in a notebook and how they stand, as a device shows it. Whoever has left and was heard does not have the
/// notebook any more.
fn member(on: &Device, notebook: &str, name: &str) -> Option<(String, String)> {
    let members = on.run(&["--json", "notebook", "members", notebook]);
    if members.code == Some(1) && members.stderr.contains("there is no notebook") {
        return None;
    }
    let members = members.json();
    let line = members.iter().find(|line| line["name"] == name)?;
    let [role, state] = ["role", "state"].map(|field| line[field].as_str().unwrap_or_default().to_owned());
    Some((role, state))
}

/// On Ada's device a file that the page shows is whole; on Bo's it may not have come yet.
fn attached(scene: &Scene, on: &Device) -> Stage {
    match &on.json(&["page", "attachments", &scene.page])[..] {
        [] => Stage::NotBegun,
        [file] => {
            assert!(on.name() == "Bo" || file["is_whole"] == true, "{file}");
            Stage::Done
        }
        more => panic!("it was attached once: {more:?}"),
    }
}

fn bo_fetches_it(scene: &Scene, _: &Device, bo: &Device, _: &Node) {
    let to = tempfile::tempdir().expect("a temporary folder");
    let id = bo.get(&["page", "attachments", &scene.page], "id");
    bo.text(&["page", "fetch", &id, &to.path().join("ford.jpg").display().to_string(), "--page", &scene.page]);
    assert!(fs::read(to.path().join("ford.jpg")).expect("it was written") == scene.bytes, "it is what was attached");
}

fn imported(scene: &Scene, on: &Device) -> Stage {
    let text = on.canonical(&scene.plan);
    let numbers = |end: &str| -> BTreeSet<usize> {
        let parts = text.split("Note ").skip(1);
        parts
            .filter_map(|part| part.split_once(' ').filter(|(_, rest)| rest.starts_with(end))?.0.parse().ok())
            .collect()
    };
    assert_eq!(numbers("begins."), numbers("ends."), "each page is whole");
    let pages = on.json(&["page", "list", &scene.plan]).len();
    assert_eq!(pages, numbers("ends.").len(), "each file is one page");
    match pages {
        0 => Stage::NotBegun,
        NOTES => Stage::Done,
        _ => Stage::Partly,
    }
}

fn moved(scene: &Scene, on: &Device) -> Stage {
    let is_in = |notebook: &str| {
        let titled = on.json(&["page", "list", notebook]).iter().filter(|line| line["title"] == "Radios").count();
        assert_eq!(titled > 0, on.canonical(notebook).contains("can lend two radios"), "it is there with its text");
        titled
    };
    match (is_in(&scene.rota), is_in(&scene.plan)) {
        (1, 0) => Stage::NotBegun,
        (0, 1) => Stage::Done,
        both => panic!("the page is in one place: {both:?}"),
    }
}

/// Those who stay have the key; who is out has not.
fn cy_reads_no_more(scene: &Scene, ada: &Device, bo: &Device, hers: &Node) {
    bo.append(&scene.page, "Bo: night cover moved to the depot.\n");
    assert!(agreed(&[ada, bo], &scene.rota).contains("moved to the depot"));
    let cy = scene.cy.copied();
    let theirs = cy.serve_to(&[hers]);
    until("Cy hears of the removal", PATIENCE, || {
        (cy.run(&["page", "rename", &scene.page, "Mine"]).code == Some(1)).then_some(())
    });
    assert!(!cy.text(&["page", "show", &scene.page]).contains("depot"));
    theirs.stop();
}

fn nobody_comes_by_it(scene: &Scene, _: &Device, _: &Device, _: &Node) {
    let dee = Device::of("Dee");
    dee.refused(&["join", &scene.link, "--wait", "10"]);
    assert!(dee.json(&["notebook", "list"]).is_empty());
}

/// Ada and Bo as they are when one of them dies.
struct Trial<'a> {
    scene: &'a Scene,
    deed: &'a Deed,
    ada: Device,
    bo: Device,
    /// Where Ada's node can be reached: it stands in the link.
    listen: &'a str,
}

impl Trial<'_> {
    fn author(&self) -> &Device {
        if self.deed.is_bos { &self.bo } else { &self.ada }
    }

    fn stage(&self, on: &Device) -> Stage {
        (self.deed.stage)(self.scene, on)
    }

    /// Whoever died and whoever did not meet: both see the same of it. What was not begun is done then, and then both see
    /// that.
    fn meet(&self, case: &str) {
        let hers = self.ada.serve_with(&["--listen", self.listen, "--no-discovery"]);
        let his = self.bo.serve_to(&[&hers]);
        let first = self.both_see(case);
        if first == Stage::NotBegun {
            let words = (self.deed.words)(self.scene);
            self.author().text(&words.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(self.both_see(case), Stage::Done, "{case}: given again");
        }
        if first != Stage::Partly {
            (self.deed.afterwards)(self.scene, &self.ada, &self.bo, &hers);
        }
        self.ada.append(&self.scene.page, "Ada: and on.\n");
        self.agree(case);
        his.stop();
        hers.stop();
        for device in [&self.ada, &self.bo] {
            is_sound(device, &format!("{case}, {} afterwards", device.name()));
        }
    }

    /// How far it has come, once both see the same.
    fn both_see(&self, case: &str) -> Stage {
        self.agree(case);
        let there = self.stage(self.author());
        let other = if self.deed.is_bos { &self.ada } else { &self.bo };
        until(&format!("{case}: {} sees it too", other.name()), PATIENCE, || {
            (self.stage(other) == there).then_some(())
        });
        there
    }

    fn agree(&self, case: &str) {
        eprintln!("{case}: Ada and Bo meet");
        if member(&self.bo, &self.scene.rota, "Bo").is_some() {
            agreed(&[&self.ada, &self.bo], &self.scene.rota);
        }
        agreed(&[&self.ada, &self.bo], &self.scene.plan);
    }
}

#[test]
fn whoever_dies_in_the_middle_of_a_deed_in_a_shared_notebook_has_done_it_or_not_and_the_others_see_the_same() {
    let crash = Crash::new();
    let scene = Scene::new();
    let (mut died, mut done, mut all, mut chance) = (0, 0, 0, chance());
    for deed in deeds() {
        let listen = format!("/ip4/127.0.0.1/tcp/{}", hedgerow_tests::free_port());
        let give = |before: u64| {
            let trial =
                Trial { scene: &scene, deed: &deed, ada: scene.ada.copied(), bo: scene.bo.copied(), listen: &listen };
            let words = (deed.words)(&scene);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let fate = crash.run(trial.author(), &words, "", before);
            (trial, fate)
        };
        let (trial, whole) = give(0);
        assert!(whole.succeeded && whole.changes > 10, "{}: {whole:?}", deed.name);
        assert_eq!(trial.stage(trial.author()), Stage::Done, "{}", deed.name);
        all += whole.changes;
        for before in drawn((1..=whole.changes).collect(), 2, &mut chance) {
            let (trial, fate) = give(before);
            let case = format!("{}, before change {before} of {}", deed.name, whole.changes);
            is_sound(trial.author(), &case);
            let stage = trial.stage(trial.author());
            let answered = !fate.stdout.is_empty();
            assert!(!answered || stage == Stage::Done, "{case}: it was answered, and is {stage:?}: {}", fate.stdout);
            trial.meet(&case);
            died += usize::from(fate.died);
            done += usize::from(stage == Stage::Done);
        }
    }
    eprintln!("of {all} places; died {died} times, {done} of them after it was done");
    assert!(died > 0);
    println!("shows P1, P2: {died} deaths in the middle of a deed in a shared notebook");
}

/// Bo's node dies while he leaves and Ada listens: then the notebook goes from his device as well.
#[test]
fn whoever_dies_while_their_leaving_is_told_has_left_or_not_and_the_others_see_the_same() {
    let crash = Crash::new();
    let scene = Scene::new();
    let leaving = deeds().into_iter().find(|deed| deed.is_bos).expect("there is one");
    let listen = format!("/ip4/127.0.0.1/tcp/{}", hedgerow_tests::free_port());
    let give = |before: u64| {
        let trial =
            Trial { scene: &scene, deed: &leaving, ada: scene.ada.copied(), bo: scene.bo.copied(), listen: &listen };
        let hers = trial.ada.serve_with(&["--listen", &listen, "--no-discovery"]);
        let address = hers.address();
        let words = ["--json", "serve", "--listen", "/ip4/127.0.0.1/tcp/0", "--no-discovery", "--peer", &address];
        let mut command = trial.bo.command(&words);
        let counted = crash.arm(&mut command, trial.bo.folder(), before);
        let mut his = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("hedgerow starts");
        // Once it has said that it is ready the folder is its own. Nothing comes from a node that died on the way.
        let _ = BufReader::new(his.stdout.as_mut().expect("it was asked for")).read_line(&mut String::new());
        until("Bo's node has met Ada's, or has died", PATIENCE, || {
            let ended = his.try_wait().expect("our own child").is_some();
            (ended || trial.bo.run(&["sync", "--wait", "5"]).code == Some(0)).then_some(())
        });
        let from = counted.changes();
        let answered = trial.bo.run(&["notebook", "leave", &scene.rota]).code == Some(0);
        // Its work on the disk may go on for a moment after it has answered.
        let _ = his.kill();
        let fate = counted.fate(his);
        hers.stop();
        (trial, answered, from, fate.changes)
    };
    let (trial, answered, from, to) = give(0);
    assert!(answered && to > from, "{from} changes, and then {to}");
    assert_eq!(trial.stage(&trial.bo), Stage::Done);
    for before in chosen((from + 1..=to).collect(), 3) {
        let (trial, answered, ..) = give(before);
        let case = format!("a leaving that is heard, before change {before} of {to}");
        is_sound(&trial.bo, &case);
        assert!(!answered || trial.stage(&trial.bo) == Stage::Done, "{case}: it was answered");
        trial.meet(&case);
    }
}
