//! A keychain of our own: gnome-keyring on a session bus that nobody else is on.

use crate::{Device, until};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// How long the bus and the daemon may take to start or to end, on a busy machine.
const READY: Duration = Duration::from_secs(30);

/// What opens the keychain.
const PASSWORD: &str = "hazel and hawthorn";

/// A person's session with a keychain in it. All of it goes when dropped.
pub struct Keychain {
    home: TempDir,
    bus: Child,
    address: String,
    daemon: Option<Child>,
}

impl Keychain {
    /// A new one, unlocked, with nothing in it.
    pub fn unlocked() -> Keychain {
        let home = tempfile::Builder::new().prefix("hedgerow-keychain-").tempdir().expect("a temporary folder");
        let config = home.path().join("bus.conf");
        std::fs::write(&config, bus_config(home.path())).expect("the bus gets its settings");
        let mut bus = Command::new("dbus-daemon");
        bus.arg("--config-file").arg(&config).args(["--nofork", "--nopidfile", "--print-address=1"]);
        let bus = bus.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut bus = bus.expect("dbus-daemon starts; install the package dbus-daemon");
        let mut address = String::new();
        let said = BufReader::new(bus.stdout.take().expect("it was asked for")).read_line(&mut address);
        assert!(said.is_ok_and(|read| read > 0), "dbus-daemon does not say where it is");
        let mut keychain = Keychain { home, bus, address: address.trim().to_owned(), daemon: None };
        keychain.come_back();
        keychain
    }

    /// Its daemon ends, and the keychain with it: nobody on the bus keeps secrets any more.
    pub fn go(&mut self) {
        let Some(mut daemon) = self.daemon.take() else { return };
        let pid = i32::try_from(daemon.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, Signal::TERM).expect("our own child can be asked");
        daemon.wait().expect("a child can be waited for");
        until("the keychain is gone", READY, || (!self.is_here()).then_some(()));
    }

    /// It is there again, unlocked, with what it kept.
    pub fn come_back(&mut self) {
        self.start(&["--unlock"], PASSWORD);
    }

    /// It is there again, with what it kept, and nobody has unlocked it.
    pub fn come_back_locked(&mut self) {
        self.start(&[], "");
    }

    /// The files in which it keeps things.
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// The same command, given in this session: the keychain is where it is looked for.
    pub fn around(&self, command: &mut Command) {
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).env("XDG_RUNTIME_DIR", self.home.path());
        command.env("HOME", self.home.path()).env("XDG_DATA_HOME", self.home.path().join("data"));
        for screen in ["DISPLAY", "WAYLAND_DISPLAY"] {
            command.env_remove(screen);
        }
    }

    fn start(&mut self, words: &[&str], password: &str) {
        self.go();
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).args(words);
        self.around(&mut command);
        let daemon = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut daemon = daemon.expect("gnome-keyring-daemon starts; install the package gnome-keyring");
        let mut pipe = daemon.stdin.take().expect("it was asked for");
        pipe.write_all(password.as_bytes()).expect("it reads the password");
        drop(pipe);
        self.daemon = Some(daemon);
        until("the keychain is there", READY, || self.is_here().then_some(()));
    }

    /// Whether somebody on the bus keeps secrets.
    fn is_here(&self) -> bool {
        let mut ask = Command::new("dbus-send");
        ask.args(["--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
        ask.args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]);
        self.around(&mut ask);
        let answer = ask.output().expect("dbus-send starts; install the package dbus-bin");
        String::from_utf8_lossy(&answer.stdout).contains("true")
    }
}

impl Drop for Keychain {
    fn drop(&mut self) {
        for child in self.daemon.iter_mut().chain([&mut self.bus]) {
            // Already ended is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Device {
    /// This device's commands are given in a session with this keychain, and put new keys where they think best.
    pub fn with(self, keychain: &Keychain) -> Device {
        let mut session = Command::new("true");
        keychain.around(&mut session);
        let told = session.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let told: Vec<_> = told.collect();
        let mut device = self.told("HEDGEROW_KEYS", "");
        for (name, value) in told {
            device = device.told(name, value);
        }
        device
    }
}

/// A session bus that starts nothing by itself: a keychain that has gone stays gone.
fn bus_config(home: &Path) -> String {
    format!(
        r#"<busconfig>
  <type>session</type>
  <listen>unix:path={}/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        home.display()
    )
}
