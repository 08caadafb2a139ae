//! Named people, each with a replica of one document, for the stories.
#![allow(dead_code, reason = "every story uses some of it")]

use hedgerow_document::{Block, Document, Edit, Editing, LocalChange, PageEdit, Plan, page};
use hedgerow_model::{ActorId, DeviceId, Moment, TemplateKind, Title};
use std::collections::BTreeMap;

/// Somebody and their replica.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) actor: ActorId,
    pub(crate) document: Document,
    pub(crate) now: u64,
}

pub(crate) fn person(number: u8) -> Person {
    let actor = ActorId::new(DeviceId::from_bytes([number; 32]), [number; 8]);
    Person { actor, document: Document::new(), now: 1_700_000_000_000 }
}

pub(crate) fn title(text: &str) -> Title {
    Title::parse(text).expect("a title")
}

pub(crate) fn begin(text: &str, body: &[&str]) -> PageEdit {
    PageEdit::Begin {
        title: title(text),
        template: TemplateKind::note(),
        fields: BTreeMap::new(),
        body: body.iter().map(|text| Block::paragraph(*text)).collect(),
        plan: Plan::default(),
    }
}

pub(crate) fn splice(at: usize, delete: usize, insert: &str) -> PageEdit {
    PageEdit::Splice { at, delete, insert: insert.to_owned() }
}

impl Person {
    pub(crate) fn editing(&mut self) -> Editing {
        self.now += 1000;
        Editing { actor: self.actor, at: Moment::from_millis(self.now), message: None }
    }

    pub(crate) fn edit(&mut self, edit: PageEdit) -> Option<LocalChange> {
        let by = self.editing();
        self.document.edit(&by, &Edit::Page(edit)).expect("an edit")
    }

    /// Takes everything that another has and this one lacks, in the order in which the other lists it.
    pub(crate) fn hear(&mut self, other: &Person) {
        let raws = other.document.raw_changes_since(&self.document.heads());
        let batch: Vec<&[u8]> = raws.iter().map(Vec::as_slice).collect();
        self.document.admit(&batch).expect("honest changes");
    }

    pub(crate) fn text(&self) -> String {
        page::body_text(&self.document)
    }

    pub(crate) fn page(&self) -> page::Page {
        page::read(&self.document).0
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.page().blocks.into_iter().map(|block| block.text).collect()
    }
}

/// Two replicas of a page that Ada began.
pub(crate) fn ada_and_bo(body: &[&str]) -> (Person, Person) {
    let (mut ada, mut bo) = (person(1), person(2));
    ada.edit(begin("Flood rota", body)).expect("a change");
    bo.hear(&ada);
    (ada, bo)
}

pub(crate) fn meet(people: &mut [Person]) {
    for _ in 0..2 {
        for a in 0..people.len() {
            for b in 0..people.len() {
                if a != b {
                    let other = people[b].clone();
                    people[a].hear(&other);
                }
            }
        }
    }
}
