//! A random story of many steps from one seed, and what must hold at its end.

use crate::faults::{Fault, Faults};
use crate::network::{Network, Who};
use crate::story::{Page, Shared};
use hedgerow_access::StreamName;
use hedgerow_document::PageEdit;
use hedgerow_model::{NotebookId, Role};
use hedgerow_sync::{Command, Deceit, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// What a story came to.
#[derive(Debug)]
pub struct Report {
    /// How often each fault fired.
    pub faults: Faults,
    /// Everything that happened, a line each.
    pub transcript: Vec<String>,
    /// Markers that had to survive, and did.
    pub markers: usize,
}

/// A piece of text that its writer's device said is saved.
struct Marker {
    by: Who,
    page: Page,
    text: String,
}

struct Story {
    network: Network,
    people: Vec<Who>,
    shared: Shared,
    pages: Vec<Page>,
    markers: Vec<Marker>,
    deleted: BTreeSet<String>,
    /// Those whose late writing may fall: removed, demoted, or in question, at any time.
    tainted: BTreeSet<Who>,
    members: BTreeSet<Who>,
    /// By which link each guest came.
    links: BTreeMap<Who, String>,
    /// Who deceives the others, if anybody does: never the founder.
    liar: Option<Who>,
    /// Writes without the right to, that nobody honest may show.
    intrusions: Vec<(Who, Page, String)>,
    seed: u64,
}

/// Plays the story of `seed` with `steps` things done by people, and checks its end.
///
/// # Panics
/// When something that must hold does not; the message says the seed.
#[must_use]
pub fn run(seed: u64, steps: usize) -> Report {
    let mut story = Story::begin(seed);
    for step in 0..steps {
        story.step(step);
    }
    story.end()
}

impl Story {
    fn begin(seed: u64) -> Story {
        let mut network = Network::new(seed);
        let people = network.people(["Ada", "Bo", "Cy", "Di"]).to_vec();
        let shared = network.share(people[0], "Flood rota", [people[1], people[2]]);
        network.faults.loss = 8;
        network.faults.duplication = 12;
        network.faults.reordering = 12;
        network.faults.refusal = 4;
        for _ in 0..2 {
            network.faults.fired(Fault::Join);
        }
        let members = people[..3].iter().copied().collect();
        Story {
            network,
            pages: vec![shared.page],
            shared,
            people,
            markers: Vec::new(),
            deleted: BTreeSet::new(),
            tainted: BTreeSet::new(),
            members,
            links: BTreeMap::new(),
            liar: None,
            intrusions: Vec::new(),
            seed,
        }
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> Option<T> {
        let at = self.network.below(among.len() as u64);
        among.get(usize::try_from(at).ok()?).copied()
    }

    fn somebody(&mut self) -> Who {
        let people = self.people.clone();
        self.pick(&people).expect("there are people")
    }

    fn step(&mut self, number: usize) {
        let who = self.somebody();
        if !self.network.is_on(who) {
            self.network.start(who);
            return;
        }
        match self.network.below(100) {
            0..=54 => self.write(who, number),
            55..=59 => self.erase(who),
            60..=63 => self.new_page(who, number),
            64..=67 => {
                let other = self.somebody();
                self.network.cut_off(who, other);
            }
            68..=72 => {
                let other = self.somebody();
                self.network.join_up(who, other);
            }
            73..=74 => self.network.reconnect(who),
            75..=77 => self.network.cut_power(who),
            78..=80 => self.invite(who),
            81..=82 => self.change_role(who),
            83..=84 => self.remove(who),
            85..=88 => self.intrude(who, number),
            89..=91 if self.seed % 2 == 1 => self.deceive(),
            _ => {
                let millis = self.network.below(4_000);
                self.network.pass(millis);
            }
        }
        let millis = self.network.below(60);
        self.network.pass(millis);
    }

    fn write(&mut self, who: Who, number: usize) {
        let pages = self.pages.clone();
        let Some(page) = self.pick(&pages) else { return };
        let text = format!("«{}{number}»", self.network.name(who));
        let length = self.network.text(who, page).chars().count() as u64;
        let mut at = usize::try_from(self.network.below(length + 1)).unwrap_or(0);
        // Never inside another marker, so that each stays in one piece.
        let body: Vec<char> = self.network.text(who, page).chars().collect();
        while at > 0 && body[..at].iter().rposition(|c| *c == '«') > body[..at].iter().rposition(|c| *c == '»') {
            at -= 1;
        }
        let insert = if self.network.below(4) == 0 { format!("\n{text}") } else { text.clone() };
        match self.network.edit(who, page, PageEdit::Splice { at, delete: 0, insert }) {
            Ok(_) => self.markers.push(Marker { by: who, page, text }),
            Err(Refusal::NeedsRole { .. } | Refusal::NotAMember) => {
                let role = self.network.role(who, self.shared.notebook, who);
                assert!(role.is_none_or(|role| !role.may_write()), "seed {}: a writer was refused", self.seed);
            }
            Err(_) => {}
        }
    }

    fn erase(&mut self, who: Who) {
        let pages = self.pages.clone();
        let Some(page) = self.pick(&pages) else { return };
        let body: Vec<char> = self.network.text(who, page).chars().collect();
        let Some(from) = body.iter().position(|c| *c == '«') else { return };
        let Some(length) = body[from..].iter().position(|c| *c == '»').map(|end| end + 1) else { return };
        let text: String = body[from..from + length].iter().collect();
        if self.network.edit(who, page, PageEdit::Splice { at: from, delete: length, insert: String::new() }).is_ok() {
            self.deleted.insert(text);
        }
    }

    fn new_page(&mut self, who: Who, number: usize) {
        let may = self.network.role(who, self.shared.notebook, who).is_some_and(Role::may_write);
        if may && self.pages.len() < 6 && self.network.faults.refusal == 0 {
            let page = self.network.begin_page(who, self.shared.notebook, &format!("Page {number}"));
            self.pages.push(page);
        }
    }

    fn invite(&mut self, who: Who) {
        let notebook = self.shared.notebook;
        let outside: Vec<Who> = self.people.iter().copied().filter(|guest| !self.members.contains(guest)).collect();
        let guest = match self.pick(&outside) {
            Some(guest) => guest,
            None if self.people.len() < 6 => {
                let name = ["Eve", "Fay"][self.people.len() - 4];
                let guest = self.network.person(name);
                self.people.push(guest);
                guest
            }
            None => return,
        };
        if !self.network.is_on(guest) || guest == who {
            return;
        }
        self.network.join_up(who, guest);
        let role = [Role::Writer, Role::Writer, Role::Commenter, Role::Reader];
        let Some(role) = self.pick(&role) else { return };
        let Ok(link) = self.network.invite(who, notebook, role) else { return };
        let asked = self.network.ask_to_join(guest, &link);
        self.links.insert(guest, link);
        self.network.pass(3_000);
        if self.network.answered(guest, asked).is_some_and(|answer| answer.is_ok()) {
            self.network.faults.fired(Fault::Join);
        }
        // Joined or not, a removal elsewhere may put this joining in question.
        self.tainted.insert(guest);
        self.members.insert(guest);
    }

    fn change_role(&mut self, who: Who) {
        let other = self.somebody();
        let Some(role) = self.pick(&[Role::Reader, Role::Commenter, Role::Writer, Role::Admin]) else { return };
        if other == who || other == self.people[0] {
            return;
        }
        let person = self.network.id(other);
        if self.network.command(who, Command::SetRole(self.shared.notebook, person, role)).is_ok() {
            self.network.faults.fired(Fault::RoleChange);
            self.tainted.insert(other);
        }
    }

    fn remove(&mut self, who: Who) {
        let other = self.somebody();
        if other == who || other == self.people[0] {
            return;
        }
        if self.network.remove(who, self.shared.notebook, other).is_ok() {
            self.network.faults.fired(Fault::Removal);
            self.tainted.insert(other);
            self.members.remove(&other);
        }
    }

    /// Somebody whose device was altered writes without the right to.
    fn intrude(&mut self, who: Who, number: usize) {
        let may = self.network.role(who, self.shared.notebook, who);
        if may.is_some_and(Role::may_write) || !self.network.knows(who, self.shared.notebook) {
            return;
        }
        let text = format!("«intruder{number}»");
        let page = self.shared.page;
        if self.network.write_anyway(who, page, &text) {
            self.network.faults.fired(Fault::Intrusion);
            self.intrusions.push((who, page, text));
        }
    }

    /// A member whose device was altered deceives the others. It is the same one throughout a story.
    fn deceive(&mut self) {
        let notebook = self.shared.notebook;
        let liar = self.liar.unwrap_or(self.people[2]);
        if !self.network.is_on(liar) || !self.network.knows(liar, notebook) {
            return;
        }
        let others: Vec<Who> = self.people.iter().copied().filter(|other| *other != liar).collect();
        let pages = self.pages.clone();
        let (Some(one), Some(page)) = (self.pick(&others), self.pick(&pages)) else { return };
        let (device, body) = (self.network.device(one), StreamName::Body(page.id));
        let bytes = vec![1; usize::try_from(self.network.below(200)).unwrap_or(0)];
        let deceits = [
            (Fault::InvalidEpoch, Deceit::InvalidEpoch(vec![device])),
            (Fault::NoBox, Deceit::NoBox(device)),
            (Fault::Resealing, Deceit::Resealed(body)),
            (Fault::Replay, Deceit::Replayed(body)),
            (Fault::Misplacing, Deceit::Elsewhere(body)),
            (Fault::Fork, Deceit::Forked(page.id)),
            (Fault::StaleKey, Deceit::StaleKey(page.id)),
            (Fault::BogusCheckpoint, Deceit::Checkpoints(body, bytes)),
            (Fault::Unheard, Deceit::Unheard(page.id)),
            (Fault::Backdating, Deceit::FromThePast(page.id)),
        ];
        // Whoever may not write any more can still say that they have not heard of it.
        let may = self.network.role(liar, notebook, liar).is_some_and(Role::may_write);
        let at = if may { self.network.below(deceits.len() as u64) } else { deceits.len() as u64 - 1 };
        let Some((fault, deceit)) = usize::try_from(at).ok().and_then(|at| deceits.get(at).cloned()) else { return };
        if self.network.deceive(liar, notebook, deceit) {
            self.network.faults.fired(fault);
            self.liar = Some(liar);
            self.tainted.insert(liar);
        }
    }

    fn end(mut self) -> Report {
        let founder = self.people[0];
        self.network.faults.end();
        for who in self.people.clone() {
            if !self.network.is_on(who) {
                self.network.start(who);
            }
        }
        for who in self.people.clone() {
            self.network.reconnect(who);
        }
        let notebook = self.shared.notebook;
        self.network.pass(20_000);
        // Whoever is away from the host hears of a joining by way of others, which takes some rounds.
        for _ in 0..3 {
            self.open_links_again(notebook);
            self.network.pass(60_000);
        }
        self.network.settle();
        let honest = |who: &Who| !self.network.is_altered(*who) && self.network.role(founder, notebook, *who).is_some();
        let standing: Vec<Who> = self.people.iter().copied().filter(honest).collect();
        self.agree(&standing, notebook);
        let markers = self.nothing_is_lost(founder);
        self.no_intrusion_shows(&standing);
        self.phrases_read_everything(&standing, notebook);
        Report { faults: self.network.faults.clone(), transcript: self.network.transcript().to_vec(), markers }
    }

    /// Who was let in and lost their power before they heard of it opens the link again.
    fn open_links_again(&mut self, notebook: NotebookId) {
        for (guest, link) in self.links.clone() {
            if self.network.role(self.people[0], notebook, guest).is_some() && !self.network.knows(guest, notebook) {
                self.network.ask_to_join(guest, &link);
            }
        }
    }

    fn agree(&mut self, standing: &[Who], notebook: NotebookId) {
        let mut first: Option<(String, String)> = None;
        for who in standing {
            let (name, canonical) = (self.network.name(*who), self.network.canonical(*who, notebook));
            match &first {
                None => first = Some((name, canonical)),
                Some((other, expected)) => {
                    assert!(
                        *expected == canonical,
                        "seed {}: {other} and {name} do not agree:\n{expected}\n---\n{canonical}",
                        self.seed
                    );
                }
            }
        }
    }

    /// Whoever is in reads all of it with nothing but their recovery phrase, should they lose every device.
    fn phrases_read_everything(&mut self, standing: &[Who], notebook: NotebookId) {
        for who in standing {
            let unread = self.network.unread_with_phrase(*who, notebook, self.people[0]);
            let name = self.network.name(*who);
            assert!(unread == 0, "seed {}: the phrase of {name} leaves {unread} records unread", self.seed);
        }
    }

    fn nothing_is_lost(&mut self, founder: Who) -> usize {
        let mut texts: BTreeMap<Page, String> = BTreeMap::new();
        for page in self.pages.clone() {
            let text = self.network.text(founder, page);
            texts.insert(page, text);
        }
        let mut kept = 0;
        for marker in &self.markers {
            if self.tainted.contains(&marker.by) || self.deleted.contains(&marker.text) {
                continue;
            }
            let there = texts.get(&marker.page).is_some_and(|text| text.contains(&marker.text));
            let state = || format!("{texts:?}\n{}\n{}", self.network.state(), self.network.transcript().join("\n"));
            assert!(there, "seed {}: {} was saved and is lost\n{}", self.seed, marker.text, state());
            kept += 1;
        }
        kept
    }

    fn no_intrusion_shows(&mut self, standing: &[Who]) {
        for (by, page, text) in self.intrusions.clone() {
            for who in standing {
                if *who != by {
                    let shown = self.network.text(*who, page).contains(&text);
                    assert!(
                        !shown,
                        "seed {}: {} shows what {} may not write",
                        self.seed,
                        self.network.name(*who),
                        self.network.name(by)
                    );
                }
            }
        }
    }
}
