use crate::people::{QUIC, TCP, person, they_meet, they_talk};
use hedgerow_net::{MOST, NetEvent, NotSent};

#[tokio::test]
async fn the_longest_message_arrives_whole() {
    for listen in [TCP, QUIC] {
        let (mut ada, mut bo) = (person(1, listen).await, person(2, listen).await);
        ada.net.dial(Some(bo.device()), &bo.address()).expect("an address");
        they_meet(&mut ada, &mut bo).await;
        let long: Vec<u8> = (0..MOST).map(|n| (n % 251) as u8).collect();
        ada.says(bo.device(), &long);
        ada.says(bo.device(), b"");
        assert!(bo.hears(ada.device()).await == long, "to the byte");
        assert_eq!(bo.hears(ada.device()).await, b"");
        assert!(matches!(ada.net.send(bo.device(), vec![0; MOST + 1]), Err(NotSent::TooLong { .. })));
    }
}

#[tokio::test]
async fn a_slow_reader_holds_the_writer_back_and_loses_nothing() {
    let (mut ada, mut bo) = (person(1, TCP).await, person(2, TCP).await);
    ada.net.dial(Some(bo.device()), &bo.address()).expect("an address");
    they_meet(&mut ada, &mut bo).await;

    // Bo takes no events. What is on its way is bounded, so that Ada is refused in the end.
    let mut said = 0_u32;
    let message = |n: u32| [&n.to_be_bytes()[..], &[0; 60_000]].concat();
    let refused = loop {
        match ada.net.send(bo.device(), message(said)) {
            Ok(()) => said += 1,
            Err(refused) => break refused,
        }
        tokio::task::yield_now().await;
        assert!(said < 2000, "120 MB are on their way, and Ada is not held back");
    };
    assert!(matches!(refused, NotSent::Backpressure { to, .. } if to == bo.device()), "{refused}");

    let (device, from) = (bo.device(), ada.device());
    let reading = async {
        for expected in 0..said {
            assert_eq!(bo.hears(from).await[..4], expected.to_be_bytes(), "in order");
        }
    };
    let drained = |event: &NetEvent| matches!(event, NetEvent::Drained { to } if *to == device).then_some(());
    tokio::join!(reading, ada.until("there is room", drained));
    they_talk(&mut ada, &mut bo).await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_somebody_who_takes_nothing() {
    let (mut ada, mut bo) = (person(1, TCP).await, person(2, TCP).await);
    ada.net.dial(Some(bo.device()), &bo.address()).expect("an address");
    they_meet(&mut ada, &mut bo).await;
    while ada.net.send(bo.device(), vec![0; 60_000]).is_ok() {
        tokio::task::yield_now().await;
    }
    ada.net.shutdown().await;
    while ada.events.recv().await.is_some() {}
}

#[tokio::test]
async fn nothing_is_sent_to_somebody_who_is_not_there() {
    let (ada, bo) = (person(1, TCP).await, person(2, TCP).await);
    assert_eq!(ada.net.send(bo.device(), vec![1]), Err(NotSent::NotConnected { to: bo.device() }));
}

#[tokio::test]
async fn a_blocked_device_is_dropped_and_stays_out_either_way_until_the_block_is_taken_back() {
    let (mut ada, mut bo, mut cy) = (person(1, TCP).await, person(2, TCP).await, person(3, TCP).await);
    let there = ada.address();
    bo.net.dial(Some(ada.device()), &there).expect("an address");
    they_meet(&mut ada, &mut bo).await;

    ada.net.block(bo.device());
    ada.loses(bo.device()).await;
    bo.loses(ada.device()).await;
    // Bo keeps trying. Cy, who comes after him, is let in; Bo is not.
    cy.net.dial(Some(ada.device()), &there).expect("an address");
    let first = ada
        .until("somebody comes", |event| match event {
            NetEvent::Connected { device, .. } => Some(*device),
            _ => None,
        })
        .await;
    assert_eq!(first, cy.device());
    cy.meets(ada.device()).await;
    they_talk(&mut ada, &mut cy).await;

    ada.net.unblock(bo.device());
    they_meet(&mut ada, &mut bo).await;
    they_talk(&mut ada, &mut bo).await;
}

#[tokio::test]
async fn only_chosen_devices_are_let_in() {
    let (mut ada, mut bo, mut cy) = (person(1, TCP).await, person(2, TCP).await, person(3, TCP).await);
    for other in [&bo, &cy] {
        other.net.dial(Some(ada.device()), &ada.address()).expect("an address");
    }
    bo.meets(ada.device()).await;
    cy.meets(ada.device()).await;
    while ada.net.connected().len() < 2 {
        ada.until("somebody comes", |event| matches!(event, NetEvent::Connected { .. }).then_some(())).await;
    }
    ada.net.allow_only(Some(vec![cy.device()]));
    bo.loses(ada.device()).await;
    they_talk(&mut ada, &mut cy).await;
}
