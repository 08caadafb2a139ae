//! Waiting until we and our peers hold the same.

use crate::answers::{SyncOutcome, WaitingFor};
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use hedgerow_model::DeviceId;
use hedgerow_sync::{Asked, Command, Outcome};
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, timeout_at};

/// Once somebody is connected, how long the others have to be connected too.
const GATHERING: Duration = Duration::from_secs(3);

impl Node {
    /// Waits until every connected peer has everything we have and the reverse. Peers that are still being dialled have
    /// a few seconds to arrive. Not being in agreement in time is an answer, not a fault.
    ///
    /// # Errors
    /// [`NodeFault::Unreachable`] when nobody could be reached in time. Strangers count only while nobody is known who
    /// shares a notebook with us: what they hold says nothing of ours.
    pub async fn sync(&self, wait: Duration) -> Result<SyncOutcome, NodeFault> {
        if !self.has_network() {
            return Err(NodeFault::Unreachable("syncing takes the network, and this node runs without".to_owned()));
        }
        let until = Instant::now() + wait;
        if !self.gather(until).await? {
            return Err(self.ask(move |mind| Ok(nobody(mind, wait))).await?);
        }
        let (asked, ended) = self.begin(|_| Ok((Command::Sync, |_: &mut Mind| ())))?;
        let waiting = Waiting::of(self, asked);
        let agreed = match timeout_at(until, ended).await {
            Ok(ended) => Some(ended.map_err(|_| NodeFault::Stopped)??.0),
            Err(_) => None,
        };
        drop(waiting);
        match agreed {
            Some(Outcome::Agreed(devices)) => self.ask(move |mind| agreement(mind, &devices, wait)).await,
            _ => self.ask(|mind| Ok(disagreement(mind))).await,
        }
    }

    /// Waits until everybody we know is connected or could not be reached, and a little at most once somebody is.
    /// Whether anybody is connected in the end.
    pub(super) async fn gather(&self, until: Instant) -> Result<bool, NodeFault> {
        let mut notices = self.subscribe();
        let mut patience = until;
        loop {
            let (connected, missing) = self.ask(|mind| Ok(presence(mind))).await?;
            if connected && !missing {
                return Ok(true);
            }
            if connected {
                patience = patience.min(Instant::now() + GATHERING);
            }
            if !news(&mut notices, patience).await {
                return self.ask(|mind| Ok(presence(mind).0)).await;
            }
        }
    }
}

/// Waits for anything to happen; whether it did in time.
async fn news<N: Clone>(notices: &mut Receiver<N>, until: Instant) -> bool {
    matches!(timeout_at(until, notices.recv()).await, Ok(Ok(_) | Err(RecvError::Lagged(_))))
}

/// Whether somebody we know is connected (anybody, as long as we know nobody), and whether somebody who might still come
/// is not.
fn presence(mind: &Mind) -> (bool, bool) {
    let contacts = mind.replica.contacts();
    let connected = match contacts.is_empty() {
        true => !mind.connected.is_empty(),
        false => contacts.iter().any(|device| mind.connected.contains_key(device)),
    };
    let missing =
        contacts.iter().any(|device| !mind.connected.contains_key(device) && mind.book.trouble(device).is_none());
    (connected, missing)
}

fn nobody(mind: &Mind, wait: Duration) -> NodeFault {
    let contacts = mind.replica.contacts();
    let seconds = wait.as_secs();
    if contacts.is_empty() {
        let alone = "nobody was reached, and nobody else is a member of a notebook here; invite somebody first";
        return NodeFault::Unreachable(alone.to_owned());
    }
    let mut names: Vec<String> =
        contacts.iter().filter_map(|device| mind.who_of(device)).map(|who| who.shown()).collect();
    names.sort();
    names.dedup();
    let more = if names.len() > 3 { " and others" } else { "" };
    names.truncate(3);
    NodeFault::Unreachable(format!(
        "nobody was reached within {seconds} s: {}{more} may be offline. What is here is safe; it goes out when you meet",
        names.join(", ")
    ))
}

fn agreement(mind: &Mind, devices: &[DeviceId], wait: Duration) -> Result<SyncOutcome, NodeFault> {
    let with: Vec<_> = devices.iter().filter_map(|device| Some((mind.who_of(device)?, *device))).collect();
    if with.is_empty() && !mind.replica.contacts().is_empty() {
        return Err(nobody(mind, wait));
    }
    Ok(SyncOutcome { agreed: true, waiting: Vec::new(), with })
}

fn disagreement(mind: &Mind) -> SyncOutcome {
    let mut outcome = SyncOutcome { agreed: false, waiting: Vec::new(), with: Vec::new() };
    for peer in mind.replica.peers() {
        let who = mind.who_of(&peer.device);
        match (peer.agreed, who) {
            (Some(_), Some(who)) => outcome.with.push((who, peer.device)),
            (Some(_), None) => {}
            (None, who) => outcome.waiting.push(WaitingFor {
                who,
                device: Some(peer.device),
                notebook: None,
                why: "still sending or comparing".to_owned(),
            }),
        }
    }
    for line in mind.shared_notebooks() {
        for (why, count) in mind.replica.waits(&line.id).unwrap_or_default() {
            outcome.waiting.push(WaitingFor {
                who: None,
                device: None,
                notebook: Some((line.id, mind.title(&line.id))),
                why: format!("{count} records wait for {why}"),
            });
        }
    }
    outcome
}

/// A wait for agreement, or for a file; dropped, nobody waits any more.
pub(super) struct Waiting {
    node: Node,
    asked: Asked,
}

impl Waiting {
    pub(super) fn of(node: &Node, asked: Asked) -> Waiting {
        Waiting { node: node.clone(), asked }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.node.give_up(self.asked);
    }
}
