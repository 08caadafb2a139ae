//! People with a device each, and what they wait for.

use hedgerow_model::DeviceId;
use hedgerow_net::{Net, NetConfig, NetEvent, NetEvents, NetFault};
use std::time::Duration;
use zeroize::Zeroizing;

pub(crate) const TCP: &str = "/ip4/127.0.0.1/tcp/0";
pub(crate) const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";

/// Longer than anything here takes, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(40);

pub(crate) struct Person {
    pub(crate) net: Net,
    pub(crate) events: NetEvents,
}

pub(crate) async fn try_start(seed: u8, listen: &[&str], peers: &[&str]) -> Result<Person, NetFault> {
    let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    let config = NetConfig {
        seed: Zeroizing::new([seed; 32]),
        listen: owned(listen),
        peers: owned(peers),
        discovery: false,
        chance: [seed; 32],
    };
    let (net, events) = Net::start(config).await?;
    Ok(Person { net, events })
}

/// A person whose device listens at one address.
pub(crate) async fn person(seed: u8, listen: &str) -> Person {
    let mut person = try_start(seed, &[listen], &[]).await.expect("a free port");
    person.until("it listens", |event| matches!(event, NetEvent::Listening { .. }).then_some(())).await;
    person
}

impl Person {
    pub(crate) fn device(&self) -> DeviceId {
        self.net.device()
    }

    pub(crate) fn address(&self) -> String {
        self.net.addresses().first().expect("an address").clone()
    }

    /// Takes events until `wanted` picks one.
    pub(crate) async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(&NetEvent) -> Option<T>) -> T {
        let mut passed = Vec::new();
        let waiting = async {
            loop {
                let event = self.events.recv().await.unwrap_or_else(|| panic!("the end, before {what}"));
                if let Some(found) = wanted(&event) {
                    return found;
                }
                passed.push(format!("{event:.80?}"));
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain until {what}; came instead: {passed:#?}"),
        }
    }

    pub(crate) async fn meets(&mut self, other: DeviceId) {
        let wanted = |event: &NetEvent| matches!(event, NetEvent::Connected { device, .. } if *device == other);
        self.until("they meet", |event| wanted(event).then_some(())).await;
    }

    pub(crate) async fn loses(&mut self, other: DeviceId) {
        let wanted = |event: &NetEvent| matches!(event, NetEvent::Disconnected { device } if *device == other);
        self.until("they part", |event| wanted(event).then_some(())).await;
    }

    pub(crate) async fn hears(&mut self, other: DeviceId) -> Vec<u8> {
        self.until("a message", |event| match event {
            NetEvent::Message { from, bytes } if *from == other => Some(bytes.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) fn says(&self, to: DeviceId, bytes: &[u8]) {
        self.net.send(to, bytes.to_vec()).expect("room for it");
    }
}

/// Each tells the other something, and hears it.
pub(crate) async fn they_talk(ada: &mut Person, bo: &mut Person) {
    ada.says(bo.device(), b"hello from ada");
    bo.says(ada.device(), b"hello from bo");
    let (to_ada, to_bo) = (ada.hears(bo.device()).await, bo.hears(ada.device()).await);
    assert_eq!((to_ada.as_slice(), to_bo.as_slice()), (&b"hello from bo"[..], &b"hello from ada"[..]));
}

pub(crate) async fn they_meet(ada: &mut Person, bo: &mut Person) {
    let (to_bo, to_ada) = (bo.device(), ada.device());
    tokio::join!(ada.meets(to_bo), bo.meets(to_ada));
}
