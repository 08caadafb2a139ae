//! Hosts of our own: network namespaces joined by a bridge, for what crosses a real network.
//!
//! Needs root, Linux and iproute2 (tcpdump to look at the wire).

use crate::root;
use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use rustix::process::{Pid, Signal, kill_process};

/// Numbers the networks of this process, whose names the whole machine shares.
static NETWORKS: AtomicU32 = AtomicU32::new(0);

/// A switch with hosts on it. All of it goes when the network and its hosts are dropped.
pub struct Network {
    switch: Arc<Namespace>,
    hosts: Vec<Host>,
}

/// One host: loopback, one interface (`eth0`), one address.
#[derive(Clone)]
pub struct Host {
    namespace: Arc<Namespace>,
    /// Kept so that the switch outlives its hosts.
    switch: Arc<Namespace>,
    port: String,
    address: String,
}

/// A network namespace, which goes when dropped.
struct Namespace(String);

impl Network {
    /// Hosts with these names and the addresses 10.77.0.1, .2 and so on. None where it may be left out.
    pub fn of(names: &[&str]) -> Option<Network> {
        if !root::is_here("network namespaces") {
            return None;
        }
        let number = NETWORKS.fetch_add(1, Ordering::Relaxed);
        let mark = format!("hedgerow-{}-{number}", std::process::id());
        let switch = Arc::new(Namespace::new(&format!("{mark}-switch")));
        switch.ip(&["link", "add", "br0", "type", "bridge", "stp_state", "0", "mcast_snooping", "0"]);
        switch.ip(&["link", "set", "br0", "up"]);
        let join = |(index, name): (usize, &&str)| Host::join(&switch, &format!("{mark}-{name}"), index + 1);
        let hosts = names.iter().enumerate().map(join).collect();
        Some(Network { switch, hosts })
    }

    /// The hosts, in the order in which they were named.
    pub fn hosts<const N: usize>(&self) -> [Host; N] {
        self.hosts.clone().try_into().unwrap_or_else(|all: Vec<Host>| panic!("{} hosts, not {N}", all.len()))
    }

    /// Begins to keep everything that crosses the switch.
    pub fn capture(&self) -> Capture {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("wire.pcap");
        let mut tcpdump = self.switch.command("tcpdump");
        // -U and immediate mode: each packet is in the file at once; -Z root: or it cannot write to our folder.
        tcpdump.args(["-i", "br0", "-s", "0", "-U", "--immediate-mode", "-n", "-Z", "root", "-w"]).arg(&file);
        let child = tcpdump.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("tcpdump starts; install the package tcpdump");
        let mut said = BufReader::new(child.stderr.take().expect("it was asked for"));
        let mut heard = String::new();
        while !heard.contains("listening on") {
            let read = said.read_line(&mut heard).expect("tcpdump speaks UTF-8");
            assert!(read > 0, "tcpdump does not listen (install the package tcpdump if it is missing): {heard}");
        }
        Capture { child, said, file, _folder: folder }
    }
}

impl Host {
    fn join(switch: &Arc<Namespace>, name: &str, number: usize) -> Host {
        let namespace = Arc::new(Namespace::new(name));
        let (port, address) = (format!("port{number}"), format!("10.77.0.{number}"));
        switch.ip(&["link", "add", &port, "type", "veth", "peer", "name", "eth0", "netns", name]);
        switch.ip(&["link", "set", &port, "master", "br0", "up"]);
        namespace.ip(&["link", "set", "lo", "up"]);
        namespace.ip(&["address", "add", &format!("{address}/24"), "dev", "eth0"]);
        namespace.ip(&["link", "set", "eth0", "up"]);
        namespace.ip(&["route", "add", "default", "dev", "eth0"]);
        Host { namespace, switch: Arc::clone(switch), port, address }
    }

    /// Its IPv4 address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A program to be started on this host.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.namespace.command(program)
    }

    /// Pulls its cable: the interface loses its carrier.
    pub fn unplug(&self) {
        self.switch.ip(&["link", "set", &self.port, "down"]);
    }

    /// Puts the cable back.
    pub fn plug(&self) {
        self.switch.ip(&["link", "set", &self.port, "up"]);
    }

    /// Loses everything between the host and the others without a sign of it: the interface stays up.
    pub fn go_silent(&self) {
        self.switch.ip(&["link", "set", &self.port, "nomaster"]);
    }

    /// Ends the silence.
    pub fn be_heard(&self) {
        self.switch.ip(&["link", "set", &self.port, "master", "br0"]);
    }
}

impl Namespace {
    fn new(name: &str) -> Namespace {
        ip(&["netns", "add", name]);
        Namespace(name.to_owned())
    }

    fn ip(&self, words: &[&str]) {
        ip(&[&["-n", &self.0], words].concat());
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0]).arg(program);
        command
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // Its interfaces go with it; a failure here must not hide the story's own.
        let _ = Command::new("ip").args(["netns", "delete", &self.0]).status();
    }
}

/// A record of the wire, being made.
pub struct Capture {
    child: Child,
    said: BufReader<std::process::ChildStderr>,
    file: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Capture {
    /// Ends it; the bytes of all packets.
    pub fn bytes(mut self) -> Vec<u8> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, Signal::INT).expect("our own child can be asked");
        let mut line = String::new();
        while self.said.read_line(&mut line).is_ok_and(|read| read > 0) {}
        self.child.wait().expect("tcpdump ends");
        fs::read(&self.file).expect("tcpdump wrote its file")
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ip(words: &[&str]) {
    let output = Command::new("ip").args(words).stdin(Stdio::null()).output();
    let output = output.expect("ip starts; install the package iproute2");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip {}: {}", words.join(" "), said.trim());
}
