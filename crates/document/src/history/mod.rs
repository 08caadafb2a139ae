//! What was done to a document, version by version, in plain words.

mod places;

use crate::document::{Document, caught, ours};
use crate::plan::{Item, item_of};
use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Change, ObjType, ScalarValue};
use hedgerow_model::{ActorId, ChangeHash, IdPrefix, Moment, mutant};
use places::{Places, Within, Words};
use std::collections::{BTreeMap, BTreeSet};

/// One version of a document: a change, or a run of typing by one line of editing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its last change: what [`page::at`](crate::page::at) and a restore take.
    pub hash: ChangeHash,
    /// Whose line of editing it belongs to.
    pub actor: ActorId,
    /// When its author's clock said it was made.
    pub when: Moment,
    /// How many changes it is made of.
    pub changes: usize,
    /// What was done, in plain words: "typed 14 characters", "renamed to Flood rota".
    pub summary: String,
}

/// Typing with pauses of no more than this is one version, in milliseconds.
const PAUSE_MOST: u64 = 10 * 60 * 1000;

/// What is said of the change that makes a page.
const BEGAN: &str = "began the page";

/// How many things a version says by name; a page that is begun with a plan brings all its actions at once.
const PARTS_MOST: usize = 8;

/// How many things of one change are looked into to be said by name: it may do a hundred thousand.
const NAMED_MOST: usize = 200;

/// The versions, each after those it builds on. A run of typing, each change on top of the one before and without long
/// pauses, is one version.
#[must_use]
pub fn versions(document: &Document) -> Vec<Version> {
    let mut out: Vec<(Version, Deeds)> = Vec::new();
    let changes = document.inner.get_changes(&[]);
    let places = Places::of(document);
    for (facts, change) in document.changes().into_iter().zip(&changes) {
        debug_assert_eq!(facts.hash, ours(&change.hash()), "both lists come in one order");
        let deeds = caught(|| Deeds::of(document, &places, change)).unwrap_or_default();
        if let Some((last, before)) = out.last_mut()
            && last.actor == facts.actor
            && facts.deps == [last.hash]
            && before.is_typing()
            && deeds.is_typing()
            && facts.time.since(last.when) <= PAUSE_MOST
        {
            before.add(&deeds);
            (last.hash, last.when, last.changes) = (facts.hash, facts.time, last.changes + 1);
            last.summary = before.summary();
            continue;
        }
        let summary = deeds.summary();
        out.push((Version { hash: facts.hash, actor: facts.actor, when: facts.time, changes: 1, summary }, deeds));
    }
    mutant("order-by-clock").then(|| out.sort_by_key(|(version, _)| version.when));
    out.into_iter().map(|(version, _)| version).collect()
}

/// The changes whose names begin so, sorted.
#[must_use]
pub fn find(document: &Document, prefix: &IdPrefix) -> Vec<ChangeHash> {
    let all: BTreeSet<ChangeHash> = document.changes().into_iter().map(|facts| facts.hash).collect();
    all.into_iter().filter(|hash| hash.starts_with(prefix)).collect()
}

/// What a change does, counted.
#[derive(Debug, Clone, Default)]
struct Deeds {
    typed: usize,
    removed: usize,
    blocks: usize,
    reshaped: bool,
    marked: bool,
    /// What is said by name, in order.
    named: Vec<String>,
    restored: bool,
    /// The texts that were written in.
    words: BTreeSet<Words>,
    added: BTreeSet<Item>,
    /// The first that was moved: others only made room for it.
    moved: Option<Item>,
    /// What those of the plan that it speaks of were called then.
    called: BTreeMap<Item, String>,
}

impl Deeds {
    fn of(document: &Document, places: &Places, change: &Change) -> Deeds {
        let mut deeds = Deeds::default();
        for op in &change.decode().operations {
            match (&op.obj, places.find(&op.obj)) {
                (ObjectId::Root, _) => deeds.at_root(op, |item| places::called(document, item, change.hash())),
                (_, Some(Within::Words(words))) => {
                    deeds.speaks_of(words, |item| places::called(document, item, change.hash()));
                }
                (_, Some(Within::Item(item))) => {
                    deeds.of_item(op, *item, |item| places::called(document, item, change.hash()));
                }
                (_, None) => deeds.inside(op),
            }
        }
        deeds
    }

    fn at_root(&mut self, op: &Op, called: impl Fn(&Item) -> String) {
        let Key::Map(key) = &op.key else { return };
        if let Some(item) = item_of(key) {
            return self.item(op, item, called);
        }
        let gone = matches!(op.action, OpType::Delete);
        let text = match &op.action {
            OpType::Put(ScalarValue::Str(text)) => shown(text),
            _ => String::new(),
        };
        let said = match key.as_str() {
            "hedgerow" | "template" => return,
            "title" => format!("named it {text}"),
            "body" => BEGAN.to_owned(),
            "restored" => {
                self.restored = true;
                return;
            }
            "deleted" if matches!(op.action, OpType::Put(ScalarValue::Boolean(true))) => "deleted it".to_owned(),
            "deleted" => "brought it back".to_owned(),
            key if key.starts_with("c/") && gone => "removed a comment".to_owned(),
            key if key.starts_with("c/") => "commented".to_owned(),
            key if key.starts_with("r/") && gone => return,
            key if key.starts_with("r/") => "replied to a comment".to_owned(),
            // What is written in it is said by itself.
            key if key.starts_with("f/") && matches!(op.action, OpType::Make(ObjType::Text)) => return,
            key => {
                let name = shown(key.strip_prefix("f/").unwrap_or(key));
                if gone { format!("cleared {name}") } else { format!("set {name}") }
            }
        };
        let is_beginning = said == BEGAN;
        if (is_beginning || self.named.len() < NAMED_MOST) && !self.named.contains(&said) {
            self.named.push(said);
        }
    }

    /// An outcome or action came, or somebody put something else in its place.
    fn item(&mut self, op: &Op, item: Item, called: impl Fn(&Item) -> String) {
        self.added.insert(item);
        if self.named.len() >= NAMED_MOST {
            return;
        }
        let name = called(&item);
        let said = match (&op.action, item) {
            (OpType::Make(ObjType::Map), Item::Outcome(_)) => format!("added the outcome {name}"),
            (OpType::Make(ObjType::Map), Item::Action(_)) => format!("added the action {name}"),
            _ => format!("took away {item}"),
        };
        self.named.push(said);
    }

    fn of_item(&mut self, op: &Op, item: Item, called: impl Fn(&Item) -> String) {
        // All that is said of it as it comes belongs to its coming.
        if self.added.contains(&item) || self.named.len() >= NAMED_MOST {
            return;
        }
        if matches!(&op.key, Key::Map(key) if key.as_str() == "order") {
            if self.moved.is_none() {
                self.called.insert(item, called(&item));
                self.moved = Some(item);
            }
            return;
        }
        let said = places::said(op, &called(&item));
        self.named.extend(said.filter(|said| !self.named.contains(said)));
    }

    fn speaks_of(&mut self, words: &Words, called: impl Fn(&Item) -> String) {
        if let Words::Text(item) | Words::Notes(item) = words {
            if self.added.contains(item) || self.words.len() >= NAMED_MOST {
                return;
            }
            self.called.entry(*item).or_insert_with(|| called(item));
        }
        self.words.insert(words.clone());
    }

    fn inside(&mut self, op: &Op) {
        match (&op.action, op.insert) {
            (OpType::Put(ScalarValue::Str(text)), true) if !matches!(op.key, Key::Map(_)) => {
                self.typed += text.chars().count();
            }
            (OpType::Make(ObjType::Map), true) => self.blocks += 1,
            (OpType::Delete, _) if matches!(op.key, Key::Seq(_)) => self.removed += 1,
            (OpType::MarkBegin(..), _) => self.marked = true,
            (OpType::Put(_), false) => match &op.key {
                Key::Map(key) if key.as_str() == "resolved" => {
                    self.named.push("settled or reopened a comment".to_owned())
                }
                _ => self.reshaped = true,
            },
            _ => {}
        }
    }

    /// Whether it is nothing but typing, and so may be one version with the next.
    fn is_typing(&self) -> bool {
        self.named.is_empty() && self.moved.is_none() && !self.restored
    }

    fn add(&mut self, other: &Deeds) {
        self.typed += other.typed;
        self.removed += other.removed;
        self.blocks += other.blocks;
        self.reshaped |= other.reshaped;
        self.marked |= other.marked;
        self.words.extend(other.words.iter().cloned());
        self.called.extend(other.called.iter().map(|(item, called)| (*item, called.clone())));
    }

    fn summary(&self) -> String {
        if self.restored {
            return "restored an earlier version".to_owned();
        }
        let begun = self.named.iter().any(|said| said == BEGAN);
        let mut parts: Vec<String> = Vec::new();
        if begun {
            parts.push(BEGAN.to_owned());
        }
        let renamed = |said: &String| match said.strip_prefix("named it ") {
            Some(title) if !begun => format!("renamed to {title}"),
            _ => said.clone(),
        };
        parts.extend(self.named.iter().filter(|said| *said != BEGAN).map(renamed));
        if let Some(moved) = self.moved.filter(|_| self.added.is_empty()) {
            parts.push(format!("moved {}", self.called.get(&moved).map_or("something", String::as_str)));
        }
        parts.extend(self.words.iter().map(|words| places::wrote(words, &self.called)));
        if self.typed > 0 {
            parts.push(format!("typed {}", counted(self.typed, "character")));
        }
        if self.removed > 0 {
            parts.push(format!("removed {}", counted(self.removed, "character")));
        }
        if self.blocks > 0 && !begun {
            parts.push(format!("began {}", counted(self.blocks, "block")));
        }
        let only_text = self.typed == 0 && self.removed == 0 && self.blocks == 0;
        if (self.marked || self.reshaped) && only_text && !begun && self.named.is_empty() {
            parts.push("changed how text looks".to_owned());
        }
        if parts.len() > PARTS_MOST {
            let more = parts.len() - PARTS_MOST;
            parts.truncate(PARTS_MOST);
            parts.push(format!("and {more} more"));
        }
        if parts.is_empty() { "changed something".to_owned() } else { parts.join(", ") }
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The beginning of a text, on one line.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect()
}
