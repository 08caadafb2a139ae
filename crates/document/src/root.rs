//! Reading values out of a map: a word of the domain, or nothing and a note of what could not be read.

use crate::Unknown;
use automerge::{ChangeHash, ObjId, ObjType, ReadDoc, ScalarValue, Value};

/// A map of a document, now or as it was at some heads.
pub(crate) struct Entries<'a, R: ReadDoc> {
    doc: &'a R,
    object: ObjId,
    heads: Option<&'a [ChangeHash]>,
    pub(crate) unknown: Vec<Unknown>,
}

impl<'a, R: ReadDoc> Entries<'a, R> {
    pub(crate) fn new(doc: &'a R, object: ObjId, heads: Option<&'a [ChangeHash]>) -> Entries<'a, R> {
        Entries { doc, object, heads, unknown: Vec::new() }
    }

    /// The keys there, sorted.
    pub(crate) fn keys(&self) -> Vec<String> {
        match self.heads {
            Some(heads) => self.doc.keys_at(&self.object, heads).collect(),
            None => self.doc.keys(&self.object).collect(),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<(Value<'_>, ObjId)> {
        match self.heads {
            Some(heads) => self.doc.get_at(&self.object, key, heads).ok().flatten(),
            None => self.doc.get(&self.object, key).ok().flatten(),
        }
    }

    /// The text at `key`; something else there is noted.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        let found = match self.get(key)? {
            (Value::Scalar(value), _) => match value.as_ref() {
                ScalarValue::Str(text) => Some(text.to_string()),
                _ => None,
            },
            (Value::Object(ObjType::Text), object) => self.text_of(&object),
            _ => None,
        };
        if found.is_none() {
            self.cannot_read(key);
        }
        found.map(|text| readable(&text))
    }

    /// Whether a text object is at `key`: one in which nothing is written is there to be written in, and says nothing.
    pub(crate) fn is_text_object(&self, key: &str) -> bool {
        matches!(self.get(key), Some((Value::Object(ObjType::Text), _)))
    }

    fn text_of(&self, object: &ObjId) -> Option<String> {
        match self.heads {
            Some(heads) => self.doc.text_at(object, heads).ok(),
            None => self.doc.text(object).ok(),
        }
    }

    /// The text at `key` as a word of the domain; one that does not parse is noted.
    pub(crate) fn word<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(key)?;
        let word = parse(&text);
        if word.is_none() {
            self.cannot_read(key);
        }
        word
    }

    /// Yes or no at `key`; nothing there is no.
    pub(crate) fn truth(&mut self, key: &str) -> bool {
        match self.get(key) {
            None => false,
            Some((Value::Scalar(value), _)) => match value.as_ref() {
                ScalarValue::Boolean(truth) => *truth,
                _ => self.cannot_read(key),
            },
            Some(_) => self.cannot_read(key),
        }
    }

    fn cannot_read(&mut self, key: &str) -> bool {
        self.unknown.push(Unknown::Value(Unknown::shown(key)));
        false
    }

    /// Notes every key that is not `known`.
    pub(crate) fn note_strangers(&mut self, known: impl Fn(&str) -> bool) {
        let strangers = self.keys().into_iter().filter(|key| !known(key));
        let noted: Vec<Unknown> = strangers.map(|key| Unknown::Entry(Unknown::shown(&key))).collect();
        self.unknown.extend(noted);
    }
}

/// Control characters other than line feed and tab read as U+FFFD.
pub(crate) fn readable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}
