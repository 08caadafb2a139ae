//! What a change did in a plan, or in a field that several people write in: whose words they are, and what is said of it.

use super::shown;
use crate::document::Document;
use crate::page::field_name;
use crate::plan::{Item, item_of};
use crate::root::Entries;
use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{ChangeHash, ObjId, ObjType, ROOT, ScalarValue, Value};
use std::collections::{BTreeMap, HashMap};

/// A text that people write in, other than the body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Words {
    /// A field.
    Field(String),
    /// What an outcome or action says.
    Text(Item),
    /// The notes on an action.
    Notes(Item),
}

/// What lies in an object of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Within {
    /// A text.
    Words(Words),
    /// What is said of an outcome or action.
    Item(Item),
}

/// What lies in which object, of all but the body.
#[derive(Default)]
pub(super) struct Places(HashMap<(u64, Vec<u8>), Within>);

impl Places {
    pub(super) fn of(document: &Document) -> Places {
        let mut places = Places::default();
        let root = Entries::new(&document.inner, ROOT, None);
        for key in root.keys() {
            match (item_of(&key), root.get(&key)) {
                (Some(item), Some((Value::Object(ObjType::Map), map))) => places.item(document, item, map),
                (None, Some((Value::Object(ObjType::Text), text))) => {
                    if let Some(name) = field_name(&key) {
                        places.put(&text, Within::Words(Words::Field(name.to_string())));
                    }
                }
                _ => {}
            }
        }
        places
    }

    fn item(&mut self, document: &Document, item: Item, map: ObjId) {
        let entries = Entries::new(&document.inner, map.clone(), None);
        for (key, words) in [("text", Words::Text(item)), ("notes", Words::Notes(item))] {
            if let Some((Value::Object(ObjType::Text), text)) = entries.get(key) {
                self.put(&text, Within::Words(words));
            }
        }
        self.put(&map, Within::Item(item));
    }

    fn put(&mut self, object: &ObjId, within: Within) {
        if let ObjId::Id(counter, actor, _) = object {
            self.0.insert((*counter, actor.to_bytes().to_vec()), within);
        }
    }

    pub(super) fn find(&self, object: &ObjectId) -> Option<&Within> {
        let ObjectId::Id(id) = object else { return None };
        self.0.get(&(id.counter(), id.actor().to_bytes().to_vec()))
    }
}

/// What an outcome or action was called right after a change.
pub(super) fn called(document: &Document, item: &Item, after: ChangeHash) -> String {
    let heads = [after];
    let root = Entries::new(&document.inner, ROOT, Some(&heads));
    let text = match root.get(&item.key()) {
        Some((_, map)) => Entries::new(&document.inner, map, Some(&heads)).text("text").unwrap_or_default(),
        None => String::new(),
    };
    match (text.trim().is_empty(), item) {
        (false, _) => shown(text.trim()),
        (true, Item::Outcome(_)) => "an outcome without words".to_owned(),
        (true, Item::Action(_)) => "an action without words".to_owned(),
    }
}

/// What is said of writing in a text of something that is `called` so.
pub(super) fn wrote(words: &Words, called: &BTreeMap<Item, String>) -> String {
    let name = |item: &Item| called.get(item).map_or("something", String::as_str);
    match words {
        Words::Field(field) => format!("wrote in {field}"),
        Words::Text(item) => format!("changed the words of {}", name(item)),
        Words::Notes(item) => format!("wrote notes on {}", name(item)),
    }
}

/// What one operation says of an outcome or action that is `called` so.
pub(super) fn said(op: &Op, called: &str) -> Option<String> {
    let Key::Map(key) = &op.key else { return None };
    let (text, gone) = match &op.action {
        OpType::Put(ScalarValue::Str(text)) => (shown(text), false),
        OpType::Put(ScalarValue::Boolean(truth)) => (String::new(), !truth),
        OpType::Delete => (String::new(), true),
        _ => return None,
    };
    Some(match (key.as_str(), gone) {
        ("status", true) => format!("set {called} to todo"),
        ("status", false) => format!("set {called} to {text}"),
        ("owner", true) => format!("took the owner off {called}"),
        ("owner", false) => format!("gave {called} an owner"),
        ("partner", true) => format!("took the partner off {called}"),
        ("partner", false) => format!("gave {called} to {text}"),
        ("start", true) => format!("took the start off {called}"),
        ("start", false) => format!("made {called} begin on {text}"),
        ("due", true) => format!("took the due date off {called}"),
        ("due", false) => format!("made {called} due on {text}"),
        ("outcome", true) => format!("took {called} off its outcome"),
        ("outcome", false) => format!("said which outcome {called} serves"),
        ("deleted", true) => format!("brought back {called}"),
        ("deleted", false) => format!("deleted {called}"),
        _ => format!("changed {called}"),
    })
}
