//! `serve`: a node that runs until it is told to stop.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_api::here::{Here, NetworkConfig, Next, Notices};
use hedgerow_api::local::LocalSocket;
use hedgerow_api::reply::Listening;
use hedgerow_api::request::{ListDamage, WhereToReach};
use hedgerow_api::{Door, Notice};
use hedgerow_web::WebServer;
use serde::Serialize;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::signals::Signals;
use crate::args::ServeArgs;
use crate::door::open_here;
use crate::output::Output;
use crate::problem::{Problem, say};
use crate::words::called;

/// How long the first address may take to be known.
const FIRST_ADDRESS: Duration = Duration::from_secs(5);

/// For how long no further address must have come, before those that came are told.
const QUIET: Duration = Duration::from_millis(100);

/// The one line that programs wait for.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    ready: bool,
    device_id: &'a str,
    peer_id: &'a str,
    addresses: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<&'a str>,
}

/// `serve`
pub(super) async fn run(folder: &Path, args: ServeArgs, out: &mut Output) -> Result<(), Problem> {
    let mut signals = Signals::new()?;
    let network = NetworkConfig { listen: args.listen, peers: args.peers, discovery: !args.no_discovery };
    let here = Arc::new(open_here(folder, "hedgerow serve", Some(network)).await?);
    let served = serve(folder, &here, args.http.as_deref(), &mut signals, out).await;
    signals.stop_at_once_if_told_again();
    let closed = here.close().await;
    served?;
    Ok(closed?)
}

/// Answers other commands on this folder until it is told to stop.
async fn serve(
    folder: &Path,
    here: &Arc<Here>,
    http: Option<&str>,
    signals: &mut Signals,
    out: &mut Output,
) -> Result<(), Problem> {
    let mut notices = here.notices();
    let stop = CancellationToken::new();
    let door: Arc<dyn Door> = Arc::clone(here) as Arc<dyn Door>;
    let window = match http {
        Some(address) => Some(WebServer::bind(address).await?),
        None => None,
    };
    let opens_at = window.as_ref().map(WebServer::address);
    let mut answering = JoinSet::new();
    answering.spawn(LocalSocket::bind(folder)?.serve(door, stop.clone()));
    if let Some(window) = window {
        answering.spawn(window.serve(Arc::clone(here), stop.clone()));
    }
    let served = tokio::select! {
        () = signals.stop() => Ok(()),
        ended = tell_until_ended(here, opens_at.as_deref(), &mut notices, out) => ended,
    };
    stop.cancel();
    // They end by themselves now, and the socket is taken away.
    answering.join_all().await;
    served
}

/// Says that it is ready, and then what happens. Ends only when the node does by itself.
async fn tell_until_ended(
    here: &Here,
    opens_at: Option<&str>,
    notices: &mut Notices,
    out: &mut Output,
) -> Result<(), Problem> {
    let mut teller = Teller { out };
    let door: &dyn Door = here;
    let mut meanwhile = Vec::new();
    let reachable = wait_for_addresses(door, notices, &mut meanwhile).await?;
    teller.ready(&reachable, opens_at)?;
    door.ask(ListDamage {}).await?.iter().for_each(|damage| say(&damage.say));
    meanwhile.into_iter().try_for_each(|notice| teller.tell(notice))?;
    let ended = here.ended();
    tokio::pin!(ended);
    loop {
        let next = tokio::select! {
            next = notices.next() => next,
            () = &mut ended => Next::Ended,
        };
        match next {
            Next::Notice(notice) => teller.tell(notice)?,
            Next::Missed => {}
            Next::Ended => {
                return Err(Problem::said("the node stopped by itself; what was saved is kept. Start it again"));
            }
        }
    }
}

/// Addresses become known one by one, shortly after the node began to listen. What happens meanwhile is told later.
async fn wait_for_addresses(
    door: &dyn Door,
    notices: &mut Notices,
    meanwhile: &mut Vec<Notice>,
) -> Result<Listening, Problem> {
    let mut patience = FIRST_ADDRESS;
    loop {
        let reachable = door.ask(WhereToReach {}).await?;
        if !reachable.addresses.is_empty() {
            patience = QUIET;
        }
        match timeout(patience, notices.next()).await {
            Ok(Next::Notice(Notice::Listening { .. })) => {}
            Ok(Next::Notice(notice)) => meanwhile.push(notice),
            Ok(Next::Missed) => {}
            Ok(Next::Ended) | Err(_) => return Ok(door.ask(WhereToReach {}).await?),
        }
    }
}

/// Says what happens, to people on standard output; to programs nothing after the first line.
struct Teller<'a> {
    out: &'a mut Output,
}

impl Teller<'_> {
    fn ready(&mut self, reachable: &Listening, http: Option<&str>) -> Result<(), Problem> {
        let Listening { device_id, peer_id, addresses } = reachable;
        if self.out.json() {
            self.out.object(&Ready { ready: true, device_id, peer_id, addresses, http })?;
            return still_going(self.out.finish());
        }
        self.line(format!("This device: {device_id}"))?;
        if addresses.is_empty() {
            self.line("It cannot be reached from outside at the moment.".to_owned())?;
        }
        addresses.iter().try_for_each(|address| self.line(format!("Reachable at {address}")))?;
        if let Some(http) = http {
            self.line(format!("Open this in a browser on this machine, and show it to nobody:\n  {http}"))?;
        }
        self.line("Running until you stop it with Ctrl-C.".to_owned())
    }

    fn tell(&mut self, notice: Notice) -> Result<(), Problem> {
        let someone = |person: Option<String>| person.map_or_else(|| "Somebody".to_owned(), |name| called(&name));
        match notice {
            Notice::PeerConnected { person, address, .. } => {
                self.event(format!("{} is connected, at {address}", someone(person)))
            }
            Notice::PeerDisconnected { person, .. } => {
                self.event(format!("{} is no longer connected", someone(person)))
            }
            Notice::Agreed { person: Some(person), notebook_ids, .. } if !notebook_ids.is_empty() => {
                self.event(format!("{} and you have the same", called(&person)))
            }
            Notice::Admitted { person, words, .. } => {
                let compare = if words.is_empty() { String::new() } else { format!("; compare: {}", words.join(" ")) };
                self.event(format!("{} joined through this device{compare}", called(&person)))
            }
            Notice::Listening { address } => self.event(format!("Also reachable at {address}")),
            // The node tells these once, and again only when the reason is another.
            Notice::ListenFailed { address, why } => trouble(&format!("could not listen at {address}: {why}")),
            Notice::Unreachable { address, why, .. } => {
                trouble(&format!("{address} could not be reached: {why}; it is tried again"))
            }
            Notice::Refused { why, .. } => self.event(format!("Something that others sent was refused: {why}")),
            Notice::Damaged(damage) => trouble(&damage.say),
            Notice::Agreed { .. }
            | Notice::PageChanged { .. }
            | Notice::NotebookChanged { .. }
            | Notice::FileCame { .. }
            | Notice::Present { .. } => Ok(()),
        }
    }

    fn event(&mut self, what: String) -> Result<(), Problem> {
        let now = jiff::Zoned::now().strftime("%H:%M").to_string();
        self.line(format!("{now} {what}"))
    }

    fn line(&mut self, line: String) -> Result<(), Problem> {
        if self.out.json() {
            return Ok(());
        }
        let told = self.out.line(line).and_then(|()| self.out.finish());
        still_going(told)
    }
}

/// On standard error; the node goes on.
fn trouble(line: &str) -> Result<(), Problem> {
    say(line);
    Ok(())
}

/// A node goes on when nobody reads what it says.
fn still_going(told: Result<(), Problem>) -> Result<(), Problem> {
    match told {
        Err(Problem::ReaderLeft) => Ok(()),
        told => told,
    }
}
