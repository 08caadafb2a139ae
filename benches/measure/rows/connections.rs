//! Row 15: a thousand others who are connected and silent. Both sides are processes of their own; what is read is the
//! memory of the one that is called.

use super::memory::resident;
use crate::Run;
use crate::stage::bare::swarm;
use crate::stage::instructions::SCENE;
use futures::StreamExt;
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_model::DeviceId;
use hedgerow_net::{Net, NetConfig, NetEvent};
use libp2p::Multiaddr;
use libp2p::identity::Keypair;
use libp2p::swarm::SwarmEvent;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use zeroize::Zeroizing;

const LISTEN: &str = "/ip4/127.0.0.1/tcp/0";
/// Those who call at a time: more are made to wait by whoever is called.
const AT_ONCE: usize = 16;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let count = run.size(1_000, 100);
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..run.size(3, 1) {
        ours.push(for_each_of(count, "net"));
        bare.push(for_each_of(count, "bare"));
    }
    vec![
        Figure::new(format!("memory for each of {count} idle connections"), Unit::Bytes, ours)
            .against("bare libp2p: TCP, Noise, Yamux", bare)
            .goal(Goal::AtMost(2.0)),
    ]
}

/// Bytes that one of `count` connections takes whoever is called.
fn for_each_of(count: usize, kind: &str) -> f64 {
    let mut called = Process::start(&format!("called-{kind}"), &[&count.to_string()]);
    let address = called.says();
    let before = resident(&called.child.id().to_string());
    let callers = Process::start(&format!("callers-{kind}"), &[&count.to_string(), &address]);
    assert_eq!(called.says(), "all");
    let after = resident(&called.child.id().to_string());
    drop(callers);
    after.saturating_sub(before) as f64 / count as f64
}

/// This program again, playing a scene until its input ends.
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(scene: &str, arguments: &[&str]) -> Process {
        let program = std::env::current_exe().expect("a program knows where it lies");
        let mut command = Command::new(program);
        command.args([SCENE, scene]).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Process { child, input, output }
    }

    fn says(&mut self) -> String {
        self.output.next().expect("it says something").expect("it is text")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}

/// The scenes.
pub(crate) fn play(scene: &str, arguments: &[&str]) {
    more_files();
    let count: usize = arguments[0].parse().expect("a number");
    crate::stage::nodes::run(async {
        match scene {
            "called-net" => called_net(count).await,
            "callers-net" => call_by_net(count, arguments[1]).await,
            "called-bare" => called_bare(count).await,
            _ => call_bare(count, arguments[1]).await,
        }
    });
}

/// As many sockets as the system lets a process have.
fn more_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let most = getrlimit(Resource::Nofile).maximum;
    // Where it may not be raised the calls will fail and say so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most });
}

fn say(line: &str) {
    println!("{line}");
    let _ = std::io::stdout().flush();
}

/// Until whoever started this process lets it go.
async fn wait_for_the_end() {
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().lines().count()).await;
}

fn config(seed: [u8; 32], listen: bool) -> NetConfig {
    let listen = if listen { LISTEN } else { "/ip4/127.0.0.1/udp/0/quic-v1" };
    NetConfig {
        seed: Zeroizing::new(seed),
        listen: vec![listen.to_owned()],
        peers: Vec::new(),
        discovery: false,
        chance: seed,
    }
}

fn seed(number: usize) -> [u8; 32] {
    let mut seed = [9; 32];
    seed[..8].copy_from_slice(&(number as u64).to_le_bytes());
    seed
}

fn device(seed: [u8; 32]) -> DeviceId {
    let keys = Keypair::ed25519_from_bytes(seed).expect("any 32 bytes are a key");
    let public = keys.public().try_into_ed25519().expect("it was made as one");
    DeviceId::from_bytes(public.to_bytes())
}

async fn called_net(count: usize) {
    let (net, mut events) = Net::start(config([1; 32], true)).await.expect("a free port");
    while net.addresses().is_empty() {
        events.recv().await.expect("it runs");
    }
    // They share something with whoever is called: strangers have far fewer places.
    for number in 0..count {
        net.know(device(seed(number)), &[]);
    }
    say(&net.addresses()[0]);
    while net.connected().len() < count {
        events.recv().await.expect("it runs");
    }
    say("all");
    tokio::select! {
        () = wait_for_the_end() => {}
        () = async { while events.recv().await.is_some() {} } => {}
    }
}

async fn call_by_net(count: usize, address: &str) {
    let address = address.to_owned();
    let mut nets = futures::stream::iter(0..count)
        .map(|number| {
            let address = address.clone();
            async move {
                let (net, mut events) = Net::start(config(seed(number), false)).await.expect("a free port");
                net.dial(None, &address).expect("an address");
                while !matches!(events.recv().await.expect("it runs"), NetEvent::Connected { .. }) {}
                (net, events)
            }
        })
        .buffer_unordered(AT_ONCE);
    let mut kept = Vec::with_capacity(count);
    while let Some(connected) = nets.next().await {
        kept.push(connected);
    }
    wait_for_the_end().await;
}

async fn called_bare(count: usize) {
    let mut swarm = swarm([1; 32]);
    swarm.listen_on(LISTEN.parse().expect("an address")).expect("a free port");
    let mut connected = 0;
    let mut end = std::pin::pin!(wait_for_the_end());
    loop {
        let event = tokio::select! {
            () = &mut end => return,
            event = swarm.next() => event.expect("it runs"),
        };
        match event {
            SwarmEvent::NewListenAddr { address, .. } => say(&address.to_string()),
            SwarmEvent::ConnectionEstablished { .. } => {
                connected += 1;
                if connected == count {
                    say("all");
                }
            }
            _ => {}
        }
    }
}

async fn call_bare(count: usize, address: &str) {
    let address: Multiaddr = address.parse().expect("an address");
    let calls = futures::stream::iter(0..count).map(|number| {
        let address = address.clone();
        async move {
            let mut swarm = swarm(seed(number));
            swarm.dial(address).expect("it dials");
            while !matches!(swarm.next().await, Some(SwarmEvent::ConnectionEstablished { .. })) {}
            tokio::spawn(async move { while swarm.next().await.is_some() {} });
        }
    });
    calls.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    wait_for_the_end().await;
}
