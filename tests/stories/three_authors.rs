//! A real text by three authors who wrote at the same time, written again on three devices.

use hedgerow_tests::{Device, Network, Node, corpus, unpacked, until};
use serde_json::Value;
use std::time::Duration;

/// How many of the authors' steps pass between two meetings: so many that most stretches have several authors.
const STRETCH: usize = 400;

/// One letter that was ever typed, in its place among all that were.
struct Letter {
    name: usize,
    letter: char,
    /// Who typed it, as which of their steps.
    by: (usize, usize),
    /// Who deleted it, and when; two may have.
    gone: Vec<(usize, usize)>,
}

/// What an author did, in names of letters, so that it can be done where other letters stand around them.
enum Touch {
    Insert { first: usize, count: usize },
    Delete(usize),
}

struct Step {
    author: usize,
    touches: Vec<Touch>,
    /// The letters it stands between or deletes: whoever takes the step has them.
    needs: Vec<usize>,
}

/// A trace: what was done in which order, and the order of all letters.
struct Story {
    steps: Vec<Step>,
    letters: Vec<char>,
    /// Each letter's place among all that were ever typed.
    rank: Vec<usize>,
    author_of: Vec<usize>,
    end: String,
}

impl Story {
    /// Follows the trace as it was: each step knew exactly its parents' past.
    fn read(trace: &Value) -> Story {
        let mut order: Vec<Letter> = Vec::new();
        let mut known: Vec<[usize; 3]> = Vec::new();
        let (mut steps, mut author_of, mut taken) = (Vec::new(), Vec::new(), [0; 3]);
        for step in list(&trace["txns"]) {
            let author = number(&step["agent"]);
            let mut past = [0; 3];
            for parent in list(&step["parents"]) {
                let parent = known[number(parent)];
                past = std::array::from_fn(|who| past[who].max(parent[who]));
            }
            taken[author] += 1;
            past[author] = taken[author];
            let mut taking = Step { author, touches: Vec::new(), needs: Vec::new() };
            for patch in list(&step["patches"]) {
                let typed: Vec<char> = patch[2].as_str().expect("a patch inserts text").chars().collect();
                let patch = Patch { at: number(&patch[0]), delete: number(&patch[1]), first: author_of.len(), typed };
                author_of.extend(patch.typed.iter().map(|_| author));
                patch.take(&mut order, &past, &mut taking);
            }
            known.push(past);
            steps.push(taking);
        }
        let (mut letters, mut rank) = (vec![' '; order.len()], vec![0; order.len()]);
        for (place, letter) in order.iter().enumerate() {
            letters[letter.name] = letter.letter;
            rank[letter.name] = place;
        }
        let end = trace["endContent"].as_str().expect("a trace has an end").to_owned();
        let left: String = order.iter().filter(|letter| letter.gone.is_empty()).map(|letter| letter.letter).collect();
        assert_eq!(left, end, "the trace was understood");
        Story { steps, letters, rank, author_of, end }
    }

    fn text(&self, names: &[usize]) -> String {
        names.iter().map(|name| self.letters[*name]).collect()
    }
}

/// One place where a step changes the text that its author had before them.
struct Patch {
    at: usize,
    delete: usize,
    typed: Vec<char>,
    /// The name of the first letter typed.
    first: usize,
}

impl Patch {
    /// Does it to the order of all letters, of which the author knew those in `past`; writes down what it touches.
    fn take(&self, order: &mut Vec<Letter>, past: &[usize; 3], step: &mut Step) {
        let Patch { at, delete, first, .. } = *self;
        let seen = |(who, when): &(usize, usize)| *when <= past[*who];
        let (mut visible, mut place, mut doomed) = (0, 0, Vec::new());
        for (index, letter) in order.iter().enumerate() {
            if !seen(&letter.by) || letter.gone.iter().any(seen) {
                continue;
            }
            if visible < at {
                place = index + 1;
                if visible + 1 == at {
                    step.needs.push(letter.name);
                }
            } else {
                step.needs.push(letter.name);
                if visible >= at + delete {
                    break;
                }
                doomed.push(index);
            }
            visible += 1;
        }
        assert!(visible >= at + delete, "a patch lies inside the text");
        for index in doomed {
            order[index].gone.push((step.author, past[step.author]));
            step.touches.push(Touch::Delete(order[index].name));
        }
        if !self.typed.is_empty() {
            step.touches.push(Touch::Insert { first, count: self.typed.len() });
            let new = self.typed.iter().enumerate().map(|(offset, letter)| Letter {
                name: first + offset,
                letter: *letter,
                by: (step.author, past[step.author]),
                gone: Vec::new(),
            });
            order.splice(place..place, new.collect::<Vec<_>>());
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("the trace has a list here")
}

fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).expect("the trace has a number here")
}

/// One author at their device: what stands on its page, by the letters' names.
struct Author<'a> {
    device: &'a Device,
    page: &'a str,
    here: Vec<usize>,
    /// Names of letters deleted since the last meeting.
    deleted: Vec<usize>,
    typed: Vec<usize>,
    /// Text being gathered for one edit, and where it goes.
    gathered: Option<(usize, String)>,
}

impl Author<'_> {
    fn take(&mut self, story: &Story, step: &Step) {
        for touch in &step.touches {
            match *touch {
                Touch::Delete(name) => {
                    if let Some(at) = self.here.iter().position(|other| *other == name) {
                        self.write();
                        self.here.remove(at);
                        self.deleted.push(name);
                        self.edit(at, 1, "");
                    }
                }
                Touch::Insert { first, count } => {
                    let at = self.here.partition_point(|name| story.rank[*name] < story.rank[first]);
                    let names = first..first + count;
                    self.gather(at, &story.text(&names.clone().collect::<Vec<_>>()));
                    self.here.splice(at..at, names.clone());
                    self.typed.extend(names);
                }
            }
        }
    }

    /// Typing on where one has just typed is one edit.
    fn gather(&mut self, at: usize, text: &str) {
        match &mut self.gathered {
            Some((begun, gathered)) if *begun + gathered.chars().count() == at => gathered.push_str(text),
            _ => {
                self.write();
                self.gathered = Some((at, text.to_owned()));
            }
        }
    }

    fn write(&mut self) {
        if let Some((at, text)) = self.gathered.take() {
            self.edit(at, 0, &text);
        }
    }

    fn edit(&self, at: usize, delete: usize, insert: &str) {
        let (at, delete) = (at.to_string(), delete.to_string());
        self.device.text(&["page", "edit", self.page, "--at", &at, "--delete", &delete, "--insert", insert]);
    }

    fn body(&self) -> String {
        let shown = self.device.one(&["page", "show", self.page, "--format", "json"]);
        shown["body"].as_str().expect("a page has a body").to_owned()
    }
}

#[test]
fn three_authors_who_wrote_at_once_end_with_the_same_text() {
    let Some(traces) = corpus("editing-traces") else { return };
    let Some(network) = Network::of(&["ada", "bo", "cy"]) else { return };
    let trace = serde_json::from_slice(&unpacked(&traces.join("clownschool.json.gz"))).expect("the trace is JSON");
    let story = Story::read(&trace);
    let hosts = network.hosts::<3>();
    let [ada, bo, cy] = [0, 1, 2].map(|who| Device::on(&hosts[who], ["ada", "bo", "cy"][who]));
    let notebook = ada.notebook("Clown school");
    let page = ada.page(&notebook, "Why clowning", "");
    let everywhere = ["--listen", "/ip4/0.0.0.0/tcp/0"];
    let first = ada.serve_with(&everywhere);
    bo.join(&ada.invite(&notebook, "writer"));
    cy.join(&ada.invite(&notebook, "writer"));
    let nodes: [Node; 3] = [first, bo.serve_with(&everywhere), cy.serve_with(&everywhere)];
    let author = |device| Author { device, page: &page, here: vec![], deleted: vec![], typed: vec![], gathered: None };
    let mut authors = [&ada, &bo, &cy].map(author);

    let mut queues: [Vec<&Step>; 3] = Default::default();
    let mut when: [Vec<usize>; 3] = Default::default();
    for (index, step) in story.steps.iter().enumerate() {
        queues[step.author].push(step);
        when[step.author].push(index);
    }
    let (mut next, mut shared) = ([0; 3], vec![false; story.letters.len()]);
    let (mut meetings, mut together) = (0, 0);
    while let Some(first) = (0..3).filter_map(|who| when[who].get(next[who])).min().copied() {
        hosts.iter().for_each(|host| host.go_silent());
        let mut active = 0;
        for who in 0..3 {
            let begun = next[who];
            while when[who].get(next[who]).is_some_and(|index| *index < first + STRETCH) {
                let step = queues[who][next[who]];
                if !step.needs.iter().all(|name| shared[*name] || story.author_of[*name] == who) {
                    break;
                }
                authors[who].take(&story, step);
                next[who] += 1;
            }
            authors[who].write();
            active += usize::from(next[who] > begun);
        }
        assert!(active > 0, "somebody can always go on");
        hosts.iter().for_each(|host| host.be_heard());
        let names = meet(&story, &mut authors, &mut shared);
        let text = story.text(&names);
        for author in &authors {
            until(&format!("{} has it all", author.device.name()), Duration::from_secs(120), || {
                (author.body() == text).then_some(())
            });
        }
        meetings += 1;
        together += usize::from(active > 1);
    }
    eprintln!("{meetings} meetings, {together} of them after writing at the same time");
    assert!(together * 2 > meetings, "they mostly wrote at the same time");
    for author in &authors {
        assert_eq!(author.body(), story.end, "{}'s page ends as the trace does", author.device.name());
    }
    nodes.into_iter().for_each(Node::stop);
    println!("shows P2: {} real edits by three authors", story.steps.len());
}

/// What all have after a meeting: what anybody typed, less what anybody deleted.
fn meet(story: &Story, authors: &mut [Author; 3], shared: &mut [bool]) -> Vec<usize> {
    let mut names: Vec<usize> = authors.iter().flat_map(|author| author.here.iter().copied()).collect();
    names.sort_by_key(|name| story.rank[*name]);
    names.dedup();
    let mut gone = vec![false; story.letters.len()];
    for author in authors.iter_mut() {
        author.typed.drain(..).for_each(|name| shared[name] = true);
        author.deleted.drain(..).for_each(|name| gone[name] = true);
    }
    names.retain(|name| !gone[*name]);
    for author in authors.iter_mut() {
        author.here.clone_from(&names);
    }
    names
}
