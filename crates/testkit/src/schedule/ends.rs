//! What must hold at the end of a story.

use super::acts::Fate;
use super::{Report, Story};
use crate::network::Who;
use crate::story::Page;
use hedgerow_model::NotebookId;
use std::collections::BTreeMap;

/// How many markers had to end in each way, and did.
#[derive(Default)]
struct CameOf {
    stays: usize,
    kept: usize,
    falls: usize,
}

impl Story {
    pub(super) fn end(mut self) -> Report {
        let founder = self.seat();
        self.network.faults.end();
        for who in self.devices() {
            if !self.network.is_on(who) {
                self.network.start(who);
            }
        }
        for who in self.devices() {
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
        let honest = |who: &Who| !self.network.is_altered(*who) && self.network.is_in(founder, notebook, *who);
        let standing: Vec<Who> = self.devices().into_iter().filter(honest).collect();
        self.agree(&standing, notebook);
        let came_of = self.what_came_of_it(founder);
        let kept_from = self.the_removed_read_nothing_later(founder);
        self.no_intrusion_shows(&standing);
        self.phrases_read_everything(&standing, notebook);
        Report {
            faults: self.network.faults.clone(),
            transcript: self.network.transcript().to_vec(),
            markers: came_of.stays + came_of.kept,
            retained: came_of.kept,
            fallen: came_of.falls,
            kept_from,
        }
    }

    /// Who was let in and lost their power before they heard of it opens the link again.
    fn open_links_again(&mut self, notebook: NotebookId) {
        for (guest, link) in self.links.clone() {
            // Also the founder may have been handed the notebook before they heard that they are in.
            let mut others = self.people.iter().filter(|other| **other != guest);
            let is_in = others.any(|other| self.network.role(*other, notebook, guest).is_some());
            if is_in && !self.network.knows(guest, notebook) {
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
            let unread = self.network.unread_with_phrase(*who, notebook, self.seat());
            let name = self.network.name(*who);
            let state = || format!("{}\n{}", self.network.state(), self.network.transcript().join("\n"));
            let seed = self.seed;
            assert!(unread == 0, "seed {seed}: the phrase of {name} leaves {unread} records unread\n{}", state());
        }
    }

    /// What the founder has, whom all others agree with: what had to stay, and nothing that had to fall.
    fn what_came_of_it(&mut self, founder: Who) -> CameOf {
        let mut texts: BTreeMap<Page, String> = BTreeMap::new();
        for page in self.pages.clone() {
            let text = self.network.words(founder, page);
            texts.insert(page, text);
        }
        let mut came_of = CameOf::default();
        for (at, marker) in self.markers.iter().enumerate() {
            let (fate, text, seed) = (self.fate(at), &marker.text, self.seed);
            let there = texts.get(&marker.page).is_some_and(|page| page.contains(text));
            let state = || format!("{texts:?}\n{}\n{}", self.network.state(), self.network.transcript().join("\n"));
            match fate {
                Fate::Stays | Fate::Kept => assert!(there, "seed {seed}: {text} ({fate:?}) is lost\n{}", state()),
                Fate::Falls => assert!(!there, "seed {seed}: {text} was written late and stays\n{}", state()),
                Fate::Open => {}
            }
            came_of.stays += usize::from(fate == Fate::Stays);
            came_of.kept += usize::from(fate == Fate::Kept);
            came_of.falls += usize::from(fate == Fate::Falls);
        }
        came_of
    }

    /// Who is out has nothing of what was written by those who knew it.
    fn the_removed_read_nothing_later(&mut self, founder: Who) -> usize {
        let (notebook, mut kept_from) = (self.shared.notebook, 0);
        for out in self.devices() {
            if self.network.is_in(founder, notebook, out) {
                continue;
            }
            for page in self.pages.clone() {
                let text = self.network.words(out, page);
                let kept = self.markers.iter().filter(|marker| marker.page == page && self.is_kept_from(marker, out));
                for marker in kept {
                    let (seed, name) = (self.seed, self.network.name(out));
                    assert!(!text.contains(&marker.text), "seed {seed}: {name} is out and reads {}", marker.text);
                    kept_from += 1;
                }
            }
        }
        kept_from
    }

    fn no_intrusion_shows(&mut self, standing: &[Who]) {
        for (by, page, text) in self.intrusions.clone() {
            for who in standing {
                if *who != by {
                    let shown = self.network.words(*who, page).contains(&text);
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
