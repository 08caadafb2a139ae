//! Joining by a link.

use crate::answers::Joined;
use crate::asks::invitations::parse_link;
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use hedgerow_model::{DeviceId, NotebookId};
use hedgerow_net::check_address;
use hedgerow_sync::{Asked, Command, Outcome};
use std::time::Duration;

impl Node {
    /// Joins by a link; returns when this device holds the notebook as the admitting member had it.
    ///
    /// # Errors
    /// [`NodeFault::Refused`] for a link that is damaged, closed or refused by whoever was reached;
    /// [`NodeFault::Unreachable`] when nobody was; [`NodeFault::Waiting`] when somebody was and the notebook was not
    /// whole in time: it goes on arriving whenever members are connected.
    pub async fn join(&self, uri: &str, wait: Duration) -> Result<Joined, NodeFault> {
        let link = parse_link(uri)?;
        let notebook = link.notebook();
        let addresses: Vec<String> = link.addresses().to_vec();
        let tried = addresses.clone();
        let (asked, ended) = self.begin(move |mind| {
            if mind.net.is_none() {
                return Err(NodeFault::Unreachable("joining takes the network, and this node runs without".to_owned()));
            }
            dial(mind, &addresses);
            Ok((Command::Join(Box::new(link)), |_: &mut Mind| ()))
        })?;
        // Whoever stops waiting stops the joining too.
        let trying = Trying { node: self.clone(), asked, addresses: tried };
        let outcome = match tokio::time::timeout(wait, ended).await {
            Ok(ended) => ended.map_err(|_| NodeFault::Stopped)??.0,
            Err(_) => return Err(self.not_in_time(&trying, notebook, wait).await?),
        };
        let Outcome::Joined { notebook, role, words, host } = outcome else { return Err(NodeFault::Stopped) };
        self.ask(move |mind| {
            Ok(Joined {
                notebook,
                role,
                title: mind.title(&notebook),
                pages: mind.replica.notebook_line(&notebook)?.pages,
                words: words.map(|words| words.words().map(str::to_owned).to_vec()).unwrap_or_default(),
                host: host.and_then(|device| mind.who_of(&device)),
            })
        })
        .await
    }

    async fn not_in_time(&self, trying: &Trying, notebook: NotebookId, wait: Duration) -> Result<NodeFault, NodeFault> {
        let (asked, addresses, seconds) = (trying.asked, trying.addresses.clone(), wait.as_secs());
        self.ask(move |mind| {
            let (reached, admitted) = mind.replica.joining_state(asked);
            let awaits_an_admin = admitted && mind.replica.notebook_line(&notebook).is_ok_and(|line| line.role.is_none());
            let refused = mind.replica.joining_refusal(asked);
            let connected = devices(&addresses).any(|device| mind.connected.contains_key(&device));
            Ok(match refused {
                _ if awaits_an_admin => NodeFault::Waiting(
                    "your link was taken, and as it makes an admin one of the admins has to say yes; ask them to give you \
                     the role, and the notebook comes by itself"
                        .to_owned(),
                ),
                _ if admitted => NodeFault::Waiting(format!(
                    "you are in, and notebook {notebook} was not here whole within {seconds} s; it goes on arriving: \
                     `hedgerow sync` waits for it"
                )),
                Some(why) => NodeFault::Refused(why),
                None if reached || connected => NodeFault::Waiting(format!(
                    "somebody was reached and did not let this device in within {seconds} s; try again, or wait longer \
                     with --wait"
                )),
                None => NodeFault::Unreachable(format!(
                    "nobody who could let this device in was reached within {seconds} s ({}); ask whoever sent the \
                     link whether their Hedgerow is running",
                    tried(mind, &addresses)
                )),
            })
        })
        .await
    }
}

/// Reaches for the addresses in a link.
fn dial(mind: &Mind, addresses: &[String]) {
    for address in addresses {
        if let Some(net) = &mind.net
            && let Err(fault) = net.dial(None, address)
        {
            tracing::debug!(%fault, "an address in a link is of no use here");
        }
    }
}

/// The devices that addresses name.
fn devices(addresses: &[String]) -> impl Iterator<Item = DeviceId> {
    addresses.iter().filter_map(|address| check_address(address).ok().flatten())
}

/// What was tried, in words.
fn tried(mind: &Mind, addresses: &[String]) -> String {
    let Some(address) = addresses.first() else {
        return "the link names no address".to_owned();
    };
    let why = devices(addresses).find_map(|device| mind.unreached.get(&device));
    match why {
        Some(why) => format!("tried {address} first: {why}"),
        None => format!("tried {address} first"),
    }
}

/// A joining under way. Dropped, it is over: the replica gives it up, and the addresses of strangers are let go.
struct Trying {
    node: Node,
    asked: Asked,
    addresses: Vec<String>,
}

impl Drop for Trying {
    fn drop(&mut self) {
        self.node.give_up(self.asked);
        let addresses = std::mem::take(&mut self.addresses);
        self.node.tell(move |mind| {
            let contacts = mind.replica.contacts();
            for device in devices(&addresses).filter(|device| !contacts.contains(device)) {
                if let Some(net) = &mind.net {
                    net.forget(device);
                }
            }
        });
    }
}
