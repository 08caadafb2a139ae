//! Stories about pages that are open in an editor, which has a copy of the document and writes in a line of its own.

use hedgerow_document::{Document, Edit, Editing, PageEdit, page};
use hedgerow_model::{ActorId, ChangeHash, Moment, Role};
use hedgerow_sync::{Command, CopyContent, CopyStanding, Outcome, Refusal};
use hedgerow_testkit::{Network, Page, Who};

/// An editor on somebody's device, with a page open.
struct Editor {
    who: Who,
    page: Page,
    copy: Document,
    actor: ActorId,
    standing: CopyStanding,
    /// Made, and not handed over yet.
    unsent: Vec<Vec<u8>>,
    /// Where the copy stood when it was last in step with the page.
    have: Vec<ChangeHash>,
}

impl Editor {
    fn open(network: &mut Network, who: Who, page: Page) -> Editor {
        let lent = network.look(who, |replica, disk| replica.lend(disk, &page.notebook, &page.id));
        let lent = lent.expect("the page is here");
        assert!(lent.document.starts_with(&[0x85, 0x6f, 0x4a, 0x83]), "a document as Automerge saves it");
        let (actor, standing) = (lent.actor, lent.standing);
        let mut editor =
            Editor { who, page, copy: Document::new(), actor, have: Vec::new(), standing, unsent: Vec::new() };
        editor.catch_up(network);
        editor
    }

    /// Types at the end of the copy. Nothing of it leaves the editor.
    fn types(&mut self, words: &str) {
        let at = page::body_text(&self.copy).chars().count();
        let edit = Edit::Page(PageEdit::Splice { at, delete: 0, insert: words.to_owned() });
        let by = Editing {
            actor: self.actor,
            at: Moment::from_millis(1_790_000_000_000),
            message: self.standing.message.take(),
        };
        let made = self.copy.edit(&by, &edit).expect("an editor edits its copy").expect("there are words");
        self.unsent.push(made.bytes);
    }

    fn saves(&mut self, network: &mut Network) -> Result<(), Refusal> {
        let changes = self.unsent.clone();
        network.command(self.who, Command::TakeFromEditor(self.page.notebook, self.page.id, changes))?;
        self.unsent.clear();
        self.catch_up(network);
        Ok(())
    }

    fn catch_up(&mut self, network: &mut Network) {
        let (page, actor, have) = (self.page, self.actor, self.have.clone());
        let news = network
            .look(self.who, |replica, disk| replica.copy_news(disk, &page.notebook, &page.id, &actor, &have))
            .expect("the page is here");
        match news.content {
            CopyContent::Changes(changes) => {
                let changes: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
                self.copy.admit(&changes).expect("what a device shows fits");
            }
            CopyContent::Whole(_) => panic!("the copy holds nothing that the page does not"),
        }
        self.have.clone_from(&news.standing.heads);
        self.standing = news.standing;
    }

    fn text(&self) -> String {
        page::body_text(&self.copy)
    }
}

#[test]
fn two_who_type_in_their_editors_see_each_other() {
    let mut network = Network::new(51);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Winter plan", [bo]);
    let mut at_adas = Editor::open(&mut network, ada, plan.page);
    let mut at_bos = Editor::open(&mut network, bo, plan.page);
    at_adas.types("beds ");
    at_adas.types("first");
    at_bos.types("transport ");
    at_adas.saves(&mut network).expect("ada may write");
    at_bos.saves(&mut network).expect("bo may write");
    network.settle();
    at_adas.catch_up(&mut network);
    at_bos.catch_up(&mut network);
    assert_eq!(at_adas.text(), at_bos.text());
    for words in ["beds first", "transport "] {
        assert!(at_adas.text().contains(words), "{words} in {:?}", at_adas.text());
    }
    assert_eq!(network.text(ada, plan.page), at_adas.text(), "what the page itself shows");
    assert_eq!(network.canonical(ada, plan.notebook), network.canonical(bo, plan.notebook));
}

#[test]
fn a_command_beside_an_open_editor_forks_nothing() {
    let mut network = Network::new(52);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Winter plan", [bo]);
    network.write(ada, plan.page, "beds").settle();
    let mut editor = Editor::open(&mut network, ada, plan.page);
    let mut second = Editor::open(&mut network, ada, plan.page);
    assert_ne!(editor.actor, second.actor, "two windows write in two lines");
    editor.types(" from the window");
    network.write(ada, plan.page, "from the command line");
    second.types(" from the other window");
    editor.saves(&mut network).expect("ada may write");
    second.saves(&mut network).expect("ada may write");
    network.settle();
    for words in ["from the window", "from the command line", "from the other window"] {
        assert!(network.text(bo, plan.page).contains(words), "{words}");
    }
    assert_eq!(network.canonical(ada, plan.notebook), network.canonical(bo, plan.notebook));
}

#[test]
fn an_editor_that_is_closed_gives_its_line_back() {
    let mut network = Network::new(53);
    let [ada] = network.people(["Ada"]);
    let plan = network.share(ada, "Winter plan", []);
    network.write(ada, plan.page, "beds");
    let first = Editor::open(&mut network, ada, plan.page);
    network.look(ada, |replica, _| replica.give_back(&plan.notebook, &plan.page.id, &first.actor));
    let second = Editor::open(&mut network, ada, plan.page);
    assert_eq!(first.actor, second.actor, "a document does not gain a line for each time it is opened");
}

#[test]
fn whoever_heard_no_answer_may_ask_again() {
    let mut network = Network::new(54);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Winter plan", [bo]);
    let mut editor = Editor::open(&mut network, ada, plan.page);
    editor.types("beds");
    let again = editor.unsent.clone();
    editor.saves(&mut network).expect("ada may write");
    editor.unsent = again;
    editor.types(" first");
    editor.saves(&mut network).expect("what came before is passed over");
    network.settle();
    assert_eq!(network.text(bo, plan.page), "beds first");
}

#[test]
fn an_editor_goes_on_after_its_node_was_killed() {
    let mut network = Network::new(55);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Winter plan", [bo]);
    let mut editor = Editor::open(&mut network, ada, plan.page);
    editor.types("beds");
    editor.saves(&mut network).expect("ada may write");
    editor.types(" and transport");
    network.cut_power(ada);
    network.start(ada);
    editor.saves(&mut network).expect("its line is still its own: nobody else on the device wrote in it");
    network.settle();
    assert_eq!(network.text(bo, plan.page), "beds and transport");
}

/// What an editor says of the membership is what it was told; meanwhile the membership may have gone on.
#[test]
fn typing_goes_on_while_somebody_is_let_in() {
    let mut network = Network::new(56);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Winter plan", [bo]);
    let mut editor = Editor::open(&mut network, bo, plan.page);
    editor.types("beds");
    network.bring_in(ada, plan.notebook, cy, Role::Writer).expect("cy joins");
    network.settle();
    editor.types(" and transport");
    editor.saves(&mut network).expect("bo knew less when he typed, and may write");
    assert!(editor.standing.message.is_some(), "from now on he knows more");
    editor.types(" by noon");
    editor.saves(&mut network).expect("bo may write");
    network.settle();
    assert_eq!(network.text(cy, plan.page), "beds and transport by noon");
}

#[test]
fn who_was_removed_or_only_reads_is_told_why_their_editor_cannot_save() {
    let mut network = Network::new(57);
    let [ada, bo, cy] = network.people(["Ada", "Bo", "Cy"]);
    let plan = network.share(ada, "Winter plan", [bo]);
    network.bring_in(ada, plan.notebook, cy, Role::Reader).expect("cy joins");
    network.settle();
    let mut reader = Editor::open(&mut network, cy, plan.page);
    reader.types("mine");
    let refused = reader.saves(&mut network);
    assert!(matches!(refused, Err(Refusal::NeedsRole { has: Role::Reader, needs: Role::Writer, .. })), "{refused:?}");
    let mut editor = Editor::open(&mut network, bo, plan.page);
    network.remove(ada, plan.notebook, bo).expect("ada is the founder");
    network.settle();
    editor.types("one last word");
    let refused = editor.saves(&mut network);
    assert_eq!(refused, Err(Refusal::NotAMember));
    assert_eq!(network.text(ada, plan.page), "");
    assert_eq!(network.text(bo, plan.page), "", "nothing of it stays on his own device's page either");
}

#[test]
fn a_line_that_was_not_lent_and_a_line_of_somebody_else_are_refused() {
    let mut network = Network::new(58);
    let [ada, bo] = network.people(["Ada", "Bo"]);
    let plan = network.share(ada, "Winter plan", [bo]);
    let mut editor = Editor::open(&mut network, ada, plan.page);
    let own = editor.actor;
    for actor in [ActorId::new(network.device(bo), [7; 8]), ActorId::new(network.device(ada), [7; 8])] {
        let mut astray = Editor::open(&mut network, ada, plan.page);
        astray.actor = actor;
        astray.types("astray");
        let refused = astray.saves(&mut network).expect_err("it is not a line of this device's");
        assert!(refused.to_string().contains("open the page again"), "{refused}");
    }
    editor.types("beds");
    assert_eq!(editor.actor, own);
    editor.saves(&mut network).expect("ada may write");
    assert_eq!(network.text(ada, plan.page), "beds");
}

#[test]
fn bytes_that_are_no_change_are_refused_whole() {
    let mut network = Network::new(59);
    let [ada] = network.people(["Ada"]);
    let plan = network.share(ada, "Winter plan", []);
    let mut editor = Editor::open(&mut network, ada, plan.page);
    editor.types("beds");
    let good = editor.unsent[0].clone();
    for bad in [vec![], vec![0x85, 0x6f], vec![0; 4_096], good[..good.len() - 1].to_vec()] {
        editor.unsent = vec![good.clone(), bad];
        editor.saves(&mut network).expect_err("all of them or none");
        assert_eq!(network.text(ada, plan.page), "", "none");
    }
    let outcome = network.command(ada, Command::TakeFromEditor(plan.notebook, plan.page.id, vec![good]));
    assert_eq!(outcome, Ok(Outcome::Done));
    assert_eq!(network.text(ada, plan.page), "beds");
}
