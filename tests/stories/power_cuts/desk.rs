//! Ada at work on a disk whose power will be cut: every command she gives, and what she was told.

use hedgerow_tests::{
    Device,
    power::{Ledger, LoggedDisk},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::File,
    ops::Range,
    process::{Child, Command, Stdio},
};

/// A command's answer, and the stretch of the log from the asking to its last word.
pub(super) struct Told {
    pub(super) answer: Value,
    pub(super) stretch: Range<usize>,
}

/// A command that was given and has not ended.
pub(super) struct Asked {
    line: String,
    sheet: u64,
    begun: usize,
    child: Child,
}

/// What a page must read as.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) fields: BTreeMap<String, String>,
    /// The body text: paragraphs, with a line break between two.
    pub(super) body: String,
}

impl Page {
    pub(super) fn of(title: &str, body: &str) -> Page {
        Page { title: title.to_owned(), body: body.to_owned(), ..Page::default() }
    }

    /// As it is compared.
    pub(super) fn text(&self) -> String {
        let fields: String = self.fields.iter().map(|(name, text)| format!("{name}: {text}\n")).collect();
        format!("{}\n{fields}\n{}", self.title, self.body)
    }

    /// As Markdown.
    pub(super) fn markdown(&self) -> String {
        self.body.replace('\n', "\n\n") + "\n"
    }
}

/// Where Ada works.
pub(super) struct Desk<'a> {
    pub(super) disk: &'a LoggedDisk,
    pub(super) ada: Device,
    /// Her id, once she has said who she is.
    pub(super) person: String,
    pub(super) ledger: Ledger,
}

impl<'a> Desk<'a> {
    pub(super) fn new(disk: &'a LoggedDisk, ada: Device) -> Desk<'a> {
        Desk { disk, ada, person: String::new(), ledger: Ledger::default() }
    }

    /// Gives Ada's command and waits for its end.
    pub(super) fn tell(&mut self, words: &[&str]) -> Told {
        let asked = self.ask(&self.ada, words, None);
        self.heard(asked)
    }

    /// The same, with this on its standard input.
    pub(super) fn tell_with(&mut self, words: &[&str], input: &str) -> Told {
        let asked = self.ask(&self.ada, words, Some(input));
        self.heard(asked)
    }

    /// Gives somebody's command. What it prints stands in the log of Ada's disk.
    pub(super) fn ask(&self, device: &Device, words: &[&str], input: Option<&str>) -> Asked {
        let (sheet, output) = self.disk.sheet();
        let mut command: Command = device.command(&[&["--json"], words].concat());
        command.stdout(output).stderr(Stdio::piped());
        if let Some(input) = input {
            command.stdin(handed(input));
        }
        let begun = self.disk.log().len();
        let child = command.spawn().expect("hedgerow starts");
        Asked { line: format!("{} {}", device.name(), words.join(" ")), sheet, begun, child }
    }

    /// Waits for a command, which must succeed and say one thing.
    pub(super) fn heard(&self, asked: Asked) -> Told {
        let output = asked.child.wait_with_output().expect("our own child can be waited for");
        let problems = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} was expected to succeed; it said: {problems}", asked.line);
        let (words, last) = self.disk.log().told(asked.sheet);
        let answer = serde_json::from_slice(&words);
        let answer = answer.unwrap_or_else(|why| panic!("{}: {why}: {}", asked.line, String::from_utf8_lossy(&words)));
        let last = last.expect("an answer has a last word");
        Told { answer, stretch: asked.begun..last }
    }

    /// Begins a notebook; its id.
    pub(super) fn notebook(&mut self, title: &str) -> String {
        let told = self.tell(&["notebook", "new", title]);
        let id = id(&told.answer, "id");
        self.ledger.note(&format!("notebook {id}"), Some(title), &told.stretch);
        let ada = self.person.clone();
        self.ledger.note(&format!("member {ada} of {id}"), Some("admin"), &told.stretch);
        self.ledger.note(&format!("name of {ada} in {id}"), Some("founder Ada"), &told.stretch);
        id
    }

    /// Makes a page; its id.
    pub(super) fn page(&mut self, notebook: &str, page: &Page) -> String {
        let words = ["page", "new", notebook, "--title", &page.title, "--file", "-"];
        let told = self.tell_with(&words, &page.markdown());
        let id = id(&told.answer, "id");
        self.note_page(&id, Some(page), &told.stretch);
        id
    }

    /// Gives a command after which the page `id` reads as `page`.
    pub(super) fn change(&mut self, id: &str, page: &Page, words: &[&str], input: Option<&str>) {
        let asked = self.ask(&self.ada, words, input);
        let told = self.heard(asked);
        self.note_page(id, Some(page), &told.stretch);
    }

    pub(super) fn append(&mut self, id: &str, page: &mut Page, paragraph: &str) {
        page.body = format!("{}\n{paragraph}", page.body);
        self.change(id, page, &["page", "append", id], Some(&format!("{paragraph}\n")));
    }

    pub(super) fn note_page(&mut self, id: &str, page: Option<&Page>, stretch: &Range<usize>) {
        self.ledger.note(&format!("page {id}"), page.map(Page::text).as_deref(), stretch);
    }

    /// Saves a thought; its id.
    pub(super) fn capture(&mut self, text: &str) -> String {
        let told = self.tell(&["capture", text]);
        let id = id(&told.answer, "id");
        self.ledger.note(&format!("capture {id}"), Some(text), &told.stretch);
        id
    }

    /// Makes a link; its id and itself.
    pub(super) fn invite(&mut self, notebook: &str, role: &str) -> (String, String) {
        let told = self.tell(&["invite", notebook, "--role", role]);
        let (invitation, link) = (id(&told.answer, "invitation"), id(&told.answer, "uri"));
        self.ledger.note(&format!("invitation {invitation}"), Some("open"), &told.stretch);
        (invitation, link)
    }
}

/// The text in a field of an answer.
pub(super) fn id(answer: &Value, field: &str) -> String {
    let text = answer[field].as_str();
    text.unwrap_or_else(|| panic!("no text \"{field}\" in {answer}")).to_owned()
}

/// A file that holds this, to be read as standard input.
fn handed(input: &str) -> File {
    use std::io::{Seek, Write};
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(input.as_bytes()).and_then(|()| file.rewind()).expect("it can be written");
    file
}
