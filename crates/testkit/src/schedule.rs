//! A random story of many steps from one seed, and what must hold at its end.

mod acts;
mod devices;
mod ends;
mod plans;
mod seats;

use crate::faults::{Fault, Faults};
use crate::network::{Network, Who};
use crate::story::{Page, Shared};
use acts::{Act, Marker};
use devices::Second;
use hedgerow_access::StreamName;
use hedgerow_document::PageEdit;
use hedgerow_model::{InvitationId, Role};
use hedgerow_sync::{Deceit, Refusal};
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
    /// Those of them whose writer was removed, demoted or left.
    pub retained: usize,
    /// Markers that were written late, and fell.
    pub fallen: usize,
    /// Markers, for each who is out, that were written by who knew of it, and that they do not have.
    pub kept_from: usize,
}

struct Story {
    network: Network,
    /// Everybody's first device.
    people: Vec<Who>,
    /// Other devices of theirs.
    seconds: Vec<Second>,
    /// Devices that were revoked, or meant to be.
    revoked: BTreeSet<Who>,
    shared: Shared,
    pages: Vec<Page>,
    markers: Vec<Marker>,
    acts: Vec<Act>,
    deleted: BTreeSet<String>,
    /// Those whose late writing may fall: removed, demoted, or in question, at any time.
    tainted: BTreeSet<Who>,
    members: BTreeSet<Who>,
    /// Whose the notebook is.
    founder: Who,
    /// Every link there was.
    invitations: Vec<InvitationId>,
    /// Those who opened a link that somebody else opened too.
    contested: BTreeSet<Who>,
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
            founder: people[0],
            people,
            seconds: Vec::new(),
            revoked: BTreeSet::new(),
            invitations: Vec::new(),
            contested: BTreeSet::new(),
            acts: Vec::new(),
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
        let devices = self.devices();
        self.pick(&devices).expect("there are people")
    }

    fn step(&mut self, number: usize) {
        let who = self.somebody();
        if !self.network.is_on(who) {
            self.network.start(who);
            return;
        }
        match self.network.below(100) {
            0..=42 => self.write(who, number),
            43..=50 | 54 => self.plan(who, number),
            51 => self.retire(who),
            52 => self.another_device(who),
            53 if self.network.below(2) == 0 => self.revoke_device(),
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
            92 => self.leave(who),
            93 if self.network.below(3) == 0 => self.hand_over(),
            94 => self.close(who),
            95 => self.contest(who),
            96 if self.network.is_on(self.seat()) => self.remove(self.seat()),
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
        let (before, knew) = (self.network.words(who, page), self.knows(who));
        let body: Vec<char> = self.network.text(who, page).chars().collect();
        let mut at = usize::try_from(self.network.below(body.len() as u64 + 1)).unwrap_or(0);
        // Never inside another marker, so that each stays in one piece.
        while at > 0 && body[..at].iter().rposition(|c| *c == '«') > body[..at].iter().rposition(|c| *c == '»') {
            at -= 1;
        }
        let insert = if self.network.below(4) == 0 { format!("\n{text}") } else { text.clone() };
        if self.changed(who, page, PageEdit::Splice { at, delete: 0, insert }, &before) {
            self.wrote(who, page, text, knew);
        }
    }

    /// Somebody changes a page on which they read `before`. Whether they may.
    fn changed(&mut self, who: Who, page: Page, edit: PageEdit, before: &str) -> bool {
        match self.network.edit(who, page, edit) {
            Ok(_) => {
                self.built(who, page, before);
                return true;
            }
            Err(Refusal::NeedsRole { .. } | Refusal::NotAMember) => {
                let role = self.network.may(who, self.shared.notebook);
                assert!(role.is_none_or(|role| !role.may_write()), "seed {}: a writer was refused", self.seed);
            }
            Err(_) => {}
        }
        false
    }

    fn erase(&mut self, who: Who) {
        let pages = self.pages.clone();
        let Some(page) = self.pick(&pages) else { return };
        let before = self.network.words(who, page);
        let body: Vec<char> = self.network.text(who, page).chars().collect();
        let Some(from) = body.iter().position(|c| *c == '«') else { return };
        let Some(length) = body[from..].iter().position(|c| *c == '»').map(|end| end + 1) else { return };
        let text: String = body[from..from + length].iter().collect();
        if self.network.edit(who, page, PageEdit::Splice { at: from, delete: length, insert: String::new() }).is_ok() {
            self.built(who, page, &before);
            self.deleted.insert(text);
        }
    }

    fn new_page(&mut self, who: Who, number: usize) {
        let may = self.network.may(who, self.shared.notebook).is_some_and(Role::may_write);
        if may && self.pages.len() < 6 && self.network.faults.refusal == 0 {
            let page = self.network.begin_page(who, self.shared.notebook, &format!("Page {number}"));
            self.pages.push(page);
        }
    }

    /// Somebody whose device was altered writes without the right to.
    fn intrude(&mut self, who: Who, number: usize) {
        let may = self.network.may(who, self.shared.notebook);
        let is_founder = self.person(who) == self.founder;
        if is_founder || may.is_some_and(Role::may_write) || !self.network.knows(who, self.shared.notebook) {
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
        for page in self.pages.clone() {
            let words = self.network.words(liar, page);
            self.built(liar, page, &words);
        }
        let others: Vec<Who> = self.devices().into_iter().filter(|other| *other != liar).collect();
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
        let may = self.network.may(liar, notebook).is_some_and(Role::may_write);
        let at = if may { self.network.below(deceits.len() as u64) } else { deceits.len() as u64 - 1 };
        let Some((fault, deceit)) = usize::try_from(at).ok().and_then(|at| deceits.get(at).cloned()) else { return };
        if self.network.deceive(liar, notebook, deceit) {
            self.network.faults.fired(fault);
            self.liar = Some(liar);
            self.tainted.insert(liar);
        }
    }
}
