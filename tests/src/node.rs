//! A running node: a process that said it is ready.

use crate::OUR_FAULT;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

/// How long a node may take to start, on a busy machine.
const READY: Duration = Duration::from_secs(60);

/// One `hedgerow serve`. It is killed when dropped.
pub struct Node {
    name: String,
    child: Child,
    ready: Value,
    said: Arc<Mutex<String>>,
    lines: mpsc::Receiver<String>,
}

impl Node {
    /// Starts `command`, which must be `serve` with `--json`, and waits for its ready line.
    pub(crate) fn start(name: &str, command: Command) -> Node {
        Node::begin(name, command).unwrap_or_else(|said| panic!("{name}'s node did not get ready; it said: {said}"))
    }

    /// The same, where it may refuse: what it said then.
    pub(crate) fn begin(name: &str, mut command: Command) -> Result<Node, String> {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("hedgerow starts");
        let said = Arc::new(Mutex::new(String::new()));
        keep_what_is_said(child.stderr.take().expect("it was asked for"), Arc::clone(&said));
        let lines = lines_of(child.stdout.take().expect("it was asked for"));
        let mut node = Node { name: name.to_owned(), child, ready: Value::Null, said, lines };
        let Ok(line) = node.lines.recv_timeout(READY) else { return Err(node.said()) };
        node.ready = serde_json::from_str(&line).unwrap_or_else(|why| panic!("{name}'s ready line: {why}: {line}"));
        assert_eq!(node.ready["ready"], Value::Bool(true), "{name}'s ready line: {line}");
        Ok(node)
    }

    /// The line it printed when ready.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// Where it can be reached, each with its peer id.
    pub fn addresses(&self) -> Vec<String> {
        let all = self.ready["addresses"].as_array().expect("addresses are a list");
        all.iter().map(|address| address.as_str().expect("an address is text").to_owned()).collect()
    }

    /// One address on which a node on this machine reaches it.
    pub fn address(&self) -> String {
        self.address_with("/tcp/")
    }

    /// The same, over QUIC, where it listens there.
    pub fn quic_address(&self) -> String {
        self.address_with("/quic-v1")
    }

    fn address_with(&self, part: &str) -> String {
        let all = self.addresses();
        let peer = self.ready["peer_id"].as_str().expect("a peer id is text");
        let found = all.iter().find(|address| address.contains(part));
        let found = found.unwrap_or_else(|| panic!("{} has no address with {part}: {all:?}", self.name));
        if found.contains("/p2p/") { found.clone() } else { format!("{found}/p2p/{peer}") }
    }

    /// Everything it has said on standard error so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it has had so far, in bytes.
    #[cfg(target_os = "linux")]
    pub fn most_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the kernel counts it");
        let kib = line.trim().strip_suffix(" kB").and_then(|number| number.parse::<u64>().ok());
        kib.expect("a number of kB") << 10
    }

    /// How much of the processor it has had so far.
    #[cfg(target_os = "linux")]
    pub fn spent(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).expect("it runs");
        // Behind the name, which may hold anything, the twelfth and thirteenth number: its own time, and the system's for it.
        let behind = stat.rsplit(')').next().expect("a name in parentheses");
        let ticks: u64 =
            behind.split_whitespace().skip(11).take(2).filter_map(|number| number.parse::<u64>().ok()).sum();
        // They are hundredths of a second on every machine.
        Duration::from_millis(ticks * 10)
    }

    /// Ends it as a power cut of the process would: SIGKILL, by its process id.
    pub fn kill(mut self) {
        self.end_at_once();
    }

    /// Asks it to end (SIGTERM) and waits; it must end well, and must have printed nothing after its ready line.
    pub fn stop(mut self) {
        let status = self.asked_to_end();
        assert!(status.success(), "{}'s node ended with {status}; it said: {}", self.name, self.said());
        assert!(!self.said().contains(OUR_FAULT), "{}'s node said: {}", self.name, self.said());
        let more: Vec<String> = self.lines.iter().collect();
        assert!(more.is_empty(), "{}'s node printed more than its ready line: {more:?}", self.name);
    }

    fn asked_to_end(&mut self) -> ExitStatus {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, Signal::TERM).expect("our own child can be asked");
        crate::until(&format!("{}'s node ends when asked", self.name), Duration::from_secs(20), || {
            self.child.try_wait().expect("a child can be waited for")
        })
    }

    fn end_at_once(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.end_at_once();
        if thread::panicking() {
            eprintln!("{}'s node said:\n{}", self.name, self.said());
        }
    }
}

fn lines_of(pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (give, take) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if give.send(line).is_err() {
                break;
            }
        }
    });
    take
}

fn keep_what_is_said(pipe: impl Read + Send + 'static, said: Arc<Mutex<String>>) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.push_str(&line);
            said.push('\n');
        }
    });
}
