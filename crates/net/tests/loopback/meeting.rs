use crate::people::{QUIC, TCP, person, they_meet, they_talk, try_start};
use hedgerow_net::{NetEvent, NetFault};

#[tokio::test]
async fn ada_dials_bo_and_they_talk_both_ways() {
    for listen in [TCP, QUIC] {
        // Whichever of the two opens the stream: the key decides, not who dialled.
        for (one, other) in [(1, 2), (2, 1)] {
            let (mut ada, mut bo) = (person(one, listen).await, person(other, listen).await);
            ada.net.dial(Some(bo.device()), &bo.address()).expect("an address");
            they_meet(&mut ada, &mut bo).await;
            they_talk(&mut ada, &mut bo).await;
            assert_eq!(ada.net.connected(), [bo.device()]);

            let (to_bo, to_ada) = (ada.net.traffic()[&bo.device()], bo.net.traffic()[&ada.device()]);
            assert_eq!((to_bo.sent_messages, to_bo.received_messages), (1, 1));
            assert_eq!((to_bo.sent_bytes, to_bo.received_bytes), (to_ada.received_bytes, to_ada.sent_bytes));
        }
    }
}

#[tokio::test]
async fn both_dial_at_once_and_settle_on_one_stream() {
    for round in 0..5 {
        let listen = if round % 2 == 0 { TCP } else { QUIC };
        let (mut ada, mut bo) = (person(1, listen).await, person(2, listen).await);
        ada.net.dial(Some(bo.device()), &bo.address()).expect("an address");
        bo.net.dial(Some(ada.device()), &ada.address()).expect("an address");
        they_meet(&mut ada, &mut bo).await;
        for _ in 0..10 {
            they_talk(&mut ada, &mut bo).await;
        }
        assert_eq!(ada.events.try_recv(), None, "connected once, and still");
        assert_eq!(bo.events.try_recv(), None);
    }
}

#[tokio::test]
async fn bo_goes_away_and_comes_back_on_the_same_port() {
    for listen in [TCP, QUIC] {
        let (mut ada, mut bo) = (person(1, listen).await, person(2, listen).await);
        let (device, there) = (bo.device(), bo.address());
        ada.net.dial(Some(device), &there).expect("an address");
        they_meet(&mut ada, &mut bo).await;
        drop(bo); // without a word, as when killed
        ada.loses(device).await;
        let why = ada
            .until("it is told why", |event| match event {
                NetEvent::DialFailed { why, .. } => Some(why.clone()),
                _ => None,
            })
            .await;
        assert!(!why.is_empty() && !why.contains('\n'), "{why}");
        let mut bo = person(2, there.split("/p2p/").next().expect("the address")).await;
        they_meet(&mut ada, &mut bo).await;
        they_talk(&mut ada, &mut bo).await;
    }
}

#[tokio::test]
async fn a_peer_given_without_its_name_is_reached_and_reached_again() {
    let bo = person(2, TCP).await;
    let there = bo.address();
    let plain = there.split("/p2p/").next().expect("the address");
    let mut bo = Some(bo);
    let mut ada = try_start(1, &[TCP], &[plain]).await.expect("a free port");
    for _ in 0..2 {
        let mut here = match bo.take() {
            Some(bo) => bo,
            None => person(2, plain).await,
        };
        they_meet(&mut ada, &mut here).await;
        they_talk(&mut ada, &mut here).await;
        here.net.shutdown().await;
        ada.loses(here.events.recv().await.map_or(bo_device(), |_| bo_device())).await;
    }
}

fn bo_device() -> hedgerow_model::DeviceId {
    use libp2p::identity::Keypair;
    let key = Keypair::ed25519_from_bytes([2; 32]).expect("a seed").public().try_into_ed25519().expect("Ed25519");
    hedgerow_model::DeviceId::from_bytes(key.to_bytes())
}

#[tokio::test]
async fn what_was_queued_is_written_before_a_shutdown() {
    for listen in [TCP, QUIC] {
        let (mut ada, mut bo) = (person(1, listen).await, person(2, listen).await);
        ada.net.dial(Some(bo.device()), &bo.address()).expect("an address");
        they_meet(&mut ada, &mut bo).await;
        let ada_device = ada.device();
        for n in 0..20_u8 {
            ada.says(bo.device(), &vec![n; 50_000]);
        }
        let (_, heard) = tokio::join!(ada.net.shutdown(), async {
            let mut heard = Vec::new();
            for _ in 0..20 {
                heard.push(bo.hears(ada_device).await[0]);
            }
            heard
        });
        assert_eq!(heard, (0..20).collect::<Vec<u8>>(), "all of it, in order");
        bo.loses(ada_device).await;
    }
}

#[tokio::test]
async fn a_port_in_use_is_named_with_what_to_do() {
    for listen in [TCP, QUIC] {
        let ada = person(1, listen).await;
        let taken = ada.address();
        let taken = taken.split("/p2p/").next().expect("the address");
        let fault = try_start(2, &[taken], &[]).await.err().expect("the port is taken");
        assert!(matches!(&fault, NetFault::Listen { address, .. } if address == taken), "{fault}");
        assert!(fault.to_string().contains("another program uses this port; choose another"), "{fault}");
    }
}

#[tokio::test]
async fn addresses_that_cannot_be_used_are_named_with_what_to_do() {
    for (listen, peer) in [("not an address", TCP), (TCP, "192.0.2.7:4001"), ("/ip4/192.0.2.7/tcp/0", "")] {
        let peers = if peer.is_empty() { vec![] } else { vec![peer] };
        let fault = try_start(1, &[listen], &peers).await.err().expect("one of them is wrong").to_string();
        assert!(fault.contains(';') || fault.contains("write it as"), "{fault}");
        assert!(!fault.contains('\n'), "{fault}");
    }
}

#[tokio::test]
async fn without_an_address_it_listens_everywhere_and_says_where() {
    let mut ada = try_start(1, &[], &[]).await.expect("free ports");
    let mut seen = Vec::new();
    while !(seen.iter().any(|address: &String| address.starts_with("/ip4/127.0.0.1/tcp/"))
        && seen.iter().any(|address: &String| address.starts_with("/ip4/127.0.0.1/udp/")))
    {
        let listening = |event: &NetEvent| match event {
            NetEvent::Listening { address } => Some(address.clone()),
            _ => None,
        };
        seen.push(ada.until("it listens", listening).await);
    }
    let ours = format!("/p2p/{}", ada.net.peer_id());
    let addresses = ada.net.addresses();
    assert!(addresses.iter().all(|address| address.ends_with(&ours)), "{addresses:?}");
    assert!(addresses.iter().all(|address| !address.contains("0.0.0.0")), "{addresses:?}");
}

#[tokio::test]
async fn our_own_address_is_not_a_peer() {
    let mut ada = person(1, TCP).await;
    let own = ada.address();
    ada.net.dial(None, own.split("/p2p/").next().expect("the address")).expect("an address");
    let why = ada
        .until("it is refused", |event| match event {
            NetEvent::DialFailed { why, .. } => Some(why.clone()),
            _ => None,
        })
        .await;
    assert_eq!(why, "this is the device's own address");
}

#[tokio::test]
async fn somebody_else_at_the_address_is_not_taken_for_bo() {
    let (mut ada, cy) = (person(1, TCP).await, person(3, TCP).await);
    let address = cy.address();
    ada.net.dial(Some(bo_device()), address.split("/p2p/").next().expect("the address")).expect("an address");
    let why = ada
        .until("it is refused", |event| match event {
            NetEvent::DialFailed { device, why, .. } if *device == Some(bo_device()) => Some(why.clone()),
            _ => None,
        })
        .await;
    assert!(why.contains(&cy.device().to_string()), "{why}");
}
