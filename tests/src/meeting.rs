//! What stories begin with: a notebook, and people in it.

use crate::{Device, Node, until};
use std::{net::TcpListener, time::Duration};

/// How long devices that are connected may take to agree, on a busy machine. (They need a fraction of it.)
pub const PATIENCE: Duration = Duration::from_secs(60);

impl Device {
    /// A device whose person has said their name.
    pub fn of(name: &str) -> Device {
        let device = Device::new(name);
        device.text(&["init", "--name", name]);
        device
    }

    /// Begins a notebook; its id.
    pub fn notebook(&self, title: &str) -> String {
        self.get(&["notebook", "new", title], "id")
    }

    /// Makes a page that reads as this Markdown; its id.
    pub fn page(&self, notebook: &str, title: &str, markdown: &str) -> String {
        let answer =
            self.run_with(&["--json", "page", "new", notebook, "--title", title, "--file", "-"], markdown.as_bytes());
        let line = answer.json().pop().expect("a line with the new page's id");
        line["id"].as_str().expect("an id is text").to_owned()
    }

    /// Adds Markdown at the end of a page.
    pub fn append(&self, page: &str, markdown: &str) {
        self.run_with(&["page", "append", page], markdown.as_bytes()).text();
    }

    /// A link to this person's notebook. Their node must be running, or nobody can use it.
    pub fn invite(&self, notebook: &str, role: &str) -> String {
        self.get(&["invite", notebook, "--role", role], "uri")
    }

    /// Joins by a link.
    pub fn join(&self, link: &str) {
        self.one(&["join", link, "--wait", "60"]);
    }

    /// What every member sees of a notebook, in the form that is the same for all who agree.
    pub fn canonical(&self, notebook: &str) -> String {
        self.text(&["export", "--canonical", notebook])
    }

    /// Starts a node that tries to reach these others.
    pub fn serve_to(&self, others: &[&Node]) -> Node {
        let addresses: Vec<String> = others.iter().map(|node| node.address()).collect();
        let words: Vec<&str> = addresses.iter().flat_map(|address| ["--peer", address]).collect();
        self.serve(&words)
    }
}

/// Waits until all of them print the same canonical form of the notebook, and returns it.
pub fn agreed(devices: &[&Device], notebook: &str) -> String {
    let names: Vec<&str> = devices.iter().map(|device| device.name()).collect();
    until(&format!("{} agree", names.join(", ")), PATIENCE, || {
        let first = devices[0].canonical(notebook);
        devices[1..].iter().all(|device| device.canonical(notebook) == first).then_some(first)
    })
}

/// A port of this machine that nobody uses.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("a listener has an address").port()
}
