//! One device on the network, by itself: prints what happens, a line each, and does what its input says.
//!
//! ```text
//! cargo run -p hedgerow-net --example peer -- --seed 1 [--listen ADDR]... [--peer ADDR]... [--no-discovery]
//! ```
//! Lines on the input: `say TEXT` (to everybody connected), `dial ADDR`, `block ID`, `traffic`, `quit`. Each line of
//! output begins with the milliseconds since the start. It drives the tests with network namespaces.

use hedgerow_model::DeviceId;
use hedgerow_net::{Net, NetConfig, NetEvent};
use std::io::{BufRead, Write};
use std::time::Instant;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let begun = Instant::now();
    let print = move |text: String| {
        let mut out = std::io::stdout().lock();
        // Whoever reads may be gone; then there is nobody to tell.
        let _ = writeln!(out, "{:>7} {text}", begun.elapsed().as_millis()).and_then(|()| out.flush());
    };
    let (net, mut events) = Net::start(config()?).await?;
    print(format!("device {} {}", net.device(), net.peer_id()));
    let mut input = lines();
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Some(event) => print(told(&event)),
                None => return Ok(()),
            },
            line = input.recv() => match line {
                Some(line) if line == "quit" => break,
                Some(line) => match obey(&net, &line) {
                    Ok(answers) => answers.into_iter().for_each(print),
                    Err(fault) => print(format!("fault {fault}")),
                },
                None => std::future::pending().await,
            },
        }
    }
    net.shutdown().await;
    Ok(())
}

fn config() -> Result<NetConfig, Box<dyn std::error::Error>> {
    let mut config = NetConfig {
        seed: Zeroizing::new([0; 32]),
        listen: Vec::new(),
        peers: Vec::new(),
        discovery: true,
        chance: [0; 32],
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--seed" => config.seed = Zeroizing::new([value()?.parse()?; 32]),
            "--listen" => config.listen.push(value()?),
            "--peer" => config.peers.push(value()?),
            "--no-discovery" => config.discovery = false,
            other => return Err(format!("{other} is not an option").into()),
        }
    }
    config.chance = *config.seed;
    Ok(config)
}

fn lines() -> mpsc::Receiver<String> {
    let (read, lines) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if read.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn obey(net: &Net, line: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "say" => {
            for device in net.connected() {
                net.send(device, rest.as_bytes().to_vec())?;
            }
        }
        "dial" => net.dial(None, rest)?,
        "block" => net.block(DeviceId::parse(rest)?),
        "traffic" => {
            let line = |(device, traffic)| format!("traffic {device} {traffic:?}");
            return Ok(net.traffic().into_iter().map(line).collect());
        }
        other => return Err(format!("{other} is not a word it knows").into()),
    }
    Ok(Vec::new())
}

fn told(event: &NetEvent) -> String {
    match event {
        NetEvent::Listening { address } => format!("listening {address}"),
        NetEvent::ListenFailed { address, why } => format!("listen-failed {address} {why}"),
        NetEvent::Connected { device, address } => format!("connected {device} {address}"),
        NetEvent::Disconnected { device } => format!("disconnected {device}"),
        NetEvent::Message { from, bytes } => format!("message {from} {}", String::from_utf8_lossy(bytes)),
        NetEvent::Discovered { device, addresses } => format!("discovered {device} {}", addresses.join(" ")),
        NetEvent::DialFailed { device, address, why } => {
            format!("dial-failed {} {address} {why}", device.map(|id| id.to_string()).unwrap_or_default())
        }
        NetEvent::Drained { to } => format!("drained {to}"),
    }
}
