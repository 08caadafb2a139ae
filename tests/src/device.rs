//! A device: a person's folder, and the commands they give in it.

use crate::{Host, Node, OUR_FAULT, Trace, Watch, binary};
use serde_json::Value;
use std::{
    env,
    ffi::{OsStr, OsString},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// One device. A folder of its own goes when it does.
pub struct Device {
    name: String,
    folder: PathBuf,
    host: Option<Host>,
    told: Vec<(OsString, OsString)>,
    _own: Option<TempDir>,
}

impl Device {
    /// A device with an empty folder, on this machine.
    pub fn new(name: &str) -> Device {
        let own = tempfile::Builder::new().prefix(&format!("hedgerow-{name}-")).tempdir();
        let own = own.expect("a temporary folder");
        Device { folder: own.path().to_owned(), _own: Some(own), ..Device::at(name, Path::new("")) }
    }

    /// A device whose folder is this one, which stays.
    pub fn at(name: &str, folder: &Path) -> Device {
        Device { name: name.to_owned(), folder: folder.to_owned(), host: None, told: Vec::new(), _own: None }
    }

    /// Its commands find this in their environment.
    pub fn told(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Device {
        self.told.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// The same, on a host of its own.
    pub fn on(host: &Host, name: &str) -> Device {
        Device { host: Some(host.clone()), ..Device::new(name) }
    }

    /// Whose it is, as the story calls them.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// `hedgerow WORDS` on this folder, not yet started; nothing of the surroundings changes what it does.
    pub fn command(&self, words: &[&str]) -> Command {
        self.wrapped(&[], words)
    }

    /// The same, with the words of another program before it.
    fn wrapped(&self, before: &[OsString], words: &[&str]) -> Command {
        let mut line: Vec<OsString> = before.to_vec();
        line.push(binary().into());
        let mut command = match &self.host {
            Some(host) => host.command(&line[0]),
            None => Command::new(&line[0]),
        };
        command.args(&line[1..]).arg("--data").arg(self.folder()).args(words);
        for (name, _) in env::vars_os() {
            // What a mutant breaks is broken in the program too.
            if name.to_string_lossy().starts_with("HEDGEROW_") && name != "HEDGEROW_MUTANT" {
                command.env_remove(name);
            }
        }
        command.env_remove("RUST_LOG").env_remove("XDG_DATA_HOME").env("HOME", env::temp_dir());
        // Nor must it reach the keychain of whoever runs the tests: without an address for the bus, it would be looked
        // for at the usual place.
        command.env_remove("XDG_RUNTIME_DIR").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        if self.host.is_none() {
            // Hosts of their own have a network of their own.
            command.env("HEDGEROW_DISCOVERY", "off");
        }
        command.env("HEDGEROW_KEYS", "file").envs(self.told.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Gives a command and waits for its end.
    pub fn run(&self, words: &[&str]) -> Answer {
        let output = self.command(words).output();
        Answer::of(&self.name, words, output.expect("hedgerow starts"))
    }

    /// The same, with `input` on its standard input.
    pub fn run_with(&self, words: &[&str], input: &[u8]) -> Answer {
        let mut command = self.command(words);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("hedgerow starts");
        let mut pipe = child.stdin.take().expect("it was asked for");
        let input = input.to_vec();
        // In a thread of its own, so that a command which prints before it has read everything does not wait for us.
        let writing = std::thread::spawn(move || {
            // A command may refuse without reading: then the pipe is closed, and its answer says why.
            let _ = pipe.write_all(&input);
        });
        let output = child.wait_with_output().expect("it ends");
        writing.join().expect("writing does not panic");
        Answer::of(&self.name, words, output)
    }

    /// Gives a command that must succeed; what it printed as text.
    pub fn text(&self, words: &[&str]) -> String {
        self.run(words).text()
    }

    /// Gives a command with `--json` that must succeed; each line it printed.
    pub fn json(&self, words: &[&str]) -> Vec<Value> {
        self.run(&[&["--json"], words].concat()).json()
    }

    /// Gives a command with `--json` that must succeed and print exactly one line.
    pub fn one(&self, words: &[&str]) -> Value {
        let mut lines = self.json(words);
        assert_eq!(lines.len(), 1, "{} {}: one line expected, got {lines:?}", self.name, words.join(" "));
        lines.remove(0)
    }

    /// The text in `field` of the one line that the command prints.
    pub fn get(&self, words: &[&str], field: &str) -> String {
        let line = self.one(words);
        let text = line[field].as_str();
        text.unwrap_or_else(|| panic!("{} {}: no text \"{field}\" in {line}", self.name, words.join(" "))).to_owned()
    }

    /// Gives a command that must be refused (exit 1, one line on stderr, nothing on stdout); the line.
    pub fn refused(&self, words: &[&str]) -> String {
        self.run(words).refused()
    }

    /// Starts a node on a free port of this machine, without discovery, and waits until it is ready.
    pub fn serve(&self, more: &[&str]) -> Node {
        let quiet = ["--json", "serve", "--listen", "/ip4/127.0.0.1/tcp/0", "--no-discovery"];
        Node::start(&self.name, self.command(&[&quiet, more].concat()))
    }

    /// Starts a node with these options and no others, and waits until it is ready.
    pub fn serve_with(&self, options: &[&str]) -> Node {
        Node::start(&self.name, self.command(&[&["--json", "serve"], options].concat()))
    }

    /// Gives a command that may have at most so many files open.
    pub fn run_with_handles(&self, most: u32, words: &[&str]) -> Answer {
        let output = self.wrapped(&few_handles(most), words).output();
        Answer::of(&self.name, words, output.expect("prlimit starts; install the package util-linux"))
    }

    /// Starts a node, if so many open files are enough for it.
    pub fn serve_with_handles(&self, most: u32) -> Option<Node> {
        let words = ["--json", "serve", "--listen", "/ip4/127.0.0.1/tcp/0", "--no-discovery"];
        Node::begin(&self.name, self.wrapped(&few_handles(most), &words)).ok()
    }

    /// Gives a command under strace; its answer, and the system calls of all its threads in order.
    pub fn traced(&self, words: &[&str]) -> (Answer, Trace) {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let output = self.wrapped(&Trace::watching(file.path()), words).output();
        let answer = Answer::of(&self.name, words, output.expect("strace starts; install the package strace"));
        (answer, Trace::read(file.path()))
    }

    /// Starts a node as `serve` does, with strace beside it.
    pub fn serve_watched(&self) -> (Node, Watch) {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let mut watching = Trace::watching(file.path());
        // strace goes to the background, so that the process we started, and end, is the node.
        watching.insert(1, "-D".into());
        let words = ["--json", "serve", "--listen", "/ip4/127.0.0.1/tcp/0", "--no-discovery"];
        (Node::start(&self.name, self.wrapped(&watching, &words)), Watch(file))
    }
}

fn few_handles(most: u32) -> [OsString; 2] {
    ["prlimit".into(), format!("--nofile={most}").into()]
}

/// How a command ended.
#[derive(Debug)]
pub struct Answer {
    asked: String,
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
}

impl Answer {
    fn of(name: &str, words: &[&str], output: Output) -> Answer {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains(OUR_FAULT), "{name} {}: {stderr}", words.join(" "));
        Answer {
            asked: format!("{name}: {}", words.join(" ")),
            code: output.status.code(),
            stdout: output.stdout,
            stderr,
        }
    }

    /// Its output, if it succeeded.
    pub fn text(&self) -> String {
        assert_eq!(self.code, Some(0), "{} was expected to succeed; it said: {}", self.asked, self.stderr);
        String::from_utf8(self.stdout.clone()).expect("output is UTF-8")
    }

    /// Its output as one JSON value a line, if it succeeded.
    pub fn json(&self) -> Vec<Value> {
        let parse =
            |line: &str| serde_json::from_str(line).unwrap_or_else(|why| panic!("{}: {why}: {line}", self.asked));
        self.text().lines().map(parse).collect()
    }

    /// The one line it said on refusing: exit 1, nothing on stdout, no trace of the inside.
    pub fn refused(&self) -> String {
        assert_eq!(self.code, Some(1), "{} was expected to be refused; it printed {:?}", self.asked, self.stderr);
        assert!(
            self.stdout.is_empty(),
            "{}: something on stdout: {}",
            self.asked,
            String::from_utf8_lossy(&self.stdout)
        );
        let lines: Vec<&str> = self.stderr.lines().filter(|line| !line.trim().is_empty()).collect();
        assert_eq!(lines.len(), 1, "{}: one line expected on stderr: {:?}", self.asked, self.stderr);
        lines[0].to_owned()
    }
}
