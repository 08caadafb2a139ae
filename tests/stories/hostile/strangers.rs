//! Strangers, who are members of nothing.

use super::scene::{Attack, Scene};
use futures::{AsyncReadExt, AsyncWriteExt, future::join_all};
use hedgerow_model::{NotebookId, RecordId};
use hedgerow_tests::hostile::{PROTOCOL, Say, Stranger, Talk, connect, multistream};
use std::{net::Ipv4Addr, time::Duration};
use tokio::{io::AsyncWriteExt as _, time::timeout};

/// How long an attacker waits for something that the node may refuse.
const MOMENT: Duration = Duration::from_secs(2);

async fn pause(millis: u64) {
    // time passes: attackers go slowly where that is their attack, or are held off and try again
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// The longest message, by the README of `net`.
const MOST: usize = 9 << 20;

#[test]
fn lengths_that_are_too_great_cost_whoever_says_them_the_connection() {
    let scene = Scene::begin();
    let node = scene.ada_node.address();
    let stranger = Stranger::nth(1, &[&scene.ada_node]);
    scene.bears("oversize", 5, |attack| async move {
        while !attack.is_over() {
            for length in [MOST + 1, u32::MAX as usize] {
                let Ok(mut talk) = stranger.talk(&node).await else { continue };
                let head = u32::try_from(length).expect("32 bits").to_be_bytes();
                let _ = talk.write(&head).await;
                // It would never be read: whoever still listens would wait for all of it.
                timeout(MOMENT, talk.until_ended()).await.expect("the node hangs up");
                attack.did(1);
            }
        }
    });
    scene.end();
}

/// Frames that are broken off, messages that are no messages, and those that hold more than they may.
fn broken_messages() -> Vec<Vec<u8>> {
    let framed = |message: &[u8]| [&(message.len() as u32).to_be_bytes()[..], message].concat();
    let id = RecordId::from_bytes([9; 32]);
    let mut messages: Vec<Vec<u8>> = vec![
        1000_u32.to_be_bytes().to_vec(),
        [&1000_u32.to_be_bytes()[..], &[1; 500]].concat(),
        vec![0, 0],
        framed(&[]),
        framed(&[1]),
        framed(&[9, 9, 9]),
        framed(&[1, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]),
        framed(&Say::Have(&vec![id; 1025]).bytes()),
        framed(&Say::Want(&vec![id; 257]).bytes()),
        framed(&Say::Tags(1, &vec![[0; 16]; 4097]).bytes()),
        framed(&Say::Reconcile(1, &vec![0x61; 65_537]).bytes()),
        framed(&Say::Reconcile(1, &[0x61, 0xff, 0xff]).bytes()),
        framed(&Say::Records(&vec![vec![0; 100_000]; 60]).bytes()),
        framed(&Say::Join(&[7; 3000]).bytes()),
        framed(&Say::Out(NotebookId::from_bytes([3; 32]), &[vec![1; 50]]).bytes()),
    ];
    for kind in 0..12 {
        messages.push(framed(&[&[1, kind][..], &[0x80; 40]].concat()));
    }
    messages
}

#[test]
fn halves_of_messages_and_nonsense_are_not_read_further() {
    let scene = Scene::begin();
    let node = scene.ada_node.address();
    let strangers: Vec<Stranger> = (0..200).map(|nth| Stranger::nth(nth, &[&scene.ada_node])).collect();
    scene.bears("nonsense", 100, |attack| async move {
        let mut turn = strangers.iter().cycle();
        while !attack.is_over() {
            for message in broken_messages() {
                // Whoever says what cannot be read is left alone for a minute: the next says the next.
                let stranger = turn.next().expect("a cycle has no end");
                let Ok(Ok(mut talk)) = timeout(MOMENT, stranger.talk(&node)).await else { continue };
                let _ = talk.write(&message).await;
                let _ = timeout(Duration::from_millis(20), talk.until_ended()).await;
                attack.did(1);
            }
        }
    });
    scene.end();
}

#[test]
fn whoever_sends_a_byte_now_and_then_holds_up_nobody() {
    let scene = Scene::begin();
    let node = scene.ada_node.address();
    let strangers: Vec<Stranger> = (0..64).map(|nth| Stranger::nth(nth, &[&scene.ada_node])).collect();
    scene.bears("slow", 64 * 20, |attack| async move {
        let each = strangers.into_iter().map(|stranger| {
            let (attack, node) = (attack.clone(), node.clone());
            async move {
                let Ok(mut talk) = stranger.talk(&node).await else { return };
                // It says that it is long: room is claimed for it, and nobody else of theirs gets any meanwhile.
                let _ = talk.write(&(MOST as u32).to_be_bytes()).await;
                while !attack.is_over() && talk.write(&[1]).await.is_ok() {
                    attack.did(1);
                    pause(50).await;
                }
            }
        });
        join_all(each).await;
    });
    scene.end();
}

/// What strangers may say, as much of it as fits into one message.
fn flood(nth: u32) -> Vec<Vec<u8>> {
    let id = |n: u32| {
        let mut bytes = [0xa5; 32];
        bytes[..4].copy_from_slice(&n.to_be_bytes());
        bytes[4..8].copy_from_slice(&nth.to_be_bytes());
        RecordId::from_bytes(bytes)
    };
    let ids: Vec<RecordId> = (0..1024).map(|n| id(n * 7919)).collect();
    let tags: Vec<[u8; 16]> = (0..4096_u128).map(u128::to_be_bytes).collect();
    let hello = |round| Say::Hello { round, nonce: [round as u8; 32], fingerprint: [3; 32] }.bytes();
    vec![
        hello(1),
        Say::Tags(1, &tags).bytes(),
        Say::Reconcile(1, &[0x61, 0, 0, 0]).bytes(),
        Say::Nudge.bytes(),
        Say::Want(&ids[..256]).bytes(),
        Say::Join(&vec![1; 60_000]).bytes(),
        Say::Records(&vec![vec![1; 200]; 300]).bytes(),
    ]
}

async fn floods(stranger: Stranger, node: String, attack: Attack, messages: Vec<Vec<u8>>) {
    while !attack.is_over() {
        let Ok(Ok(mut talk)) = timeout(MOMENT, stranger.talk(&node)).await else {
            pause(100).await;
            continue;
        };
        'talking: while !attack.is_over() {
            for message in &messages {
                match timeout(MOMENT, talk.say(message)).await {
                    Ok(Ok(())) => attack.did(1),
                    _ => break 'talking,
                }
            }
        }
    }
}

#[test]
fn a_flood_of_messages_waits_its_turn() {
    let scene = Scene::begin();
    let node = scene.ada_node.address();
    let strangers: Vec<Stranger> = (0..16).map(|nth| Stranger::nth(nth, &[&scene.ada_node])).collect();
    scene.bears("flood", 1_000, |attack| async move {
        let each = strangers
            .into_iter()
            .enumerate()
            .map(|(nth, stranger)| floods(stranger, node.clone(), attack.clone(), flood(nth as u32)));
        join_all(each).await;
    });
    scene.end();
}

#[test]
fn whoever_says_that_they_have_everything_is_not_remembered_without_end() {
    let scene = Scene::begin();
    let node = scene.ada_node.address();
    let strangers: Vec<Stranger> = (0..32).map(|nth| Stranger::nth(nth, &[&scene.ada_node])).collect();
    scene.bears("endless announcements", 1_500, |attack| async move {
        let each = strangers.into_iter().enumerate().map(|(nth, stranger)| {
            let (attack, node) = (attack.clone(), node.clone());
            async move {
                let Ok(mut talk) = stranger.talk(&node).await else { return };
                let mut count = 0_u64;
                while !attack.is_over() {
                    let ids: Vec<RecordId> = (0..1024)
                        .map(|n| {
                            let mut bytes = [nth as u8; 32];
                            bytes[..8]
                                .copy_from_slice(&(count * 1024 + n).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
                            RecordId::from_bytes(bytes)
                        })
                        .collect();
                    if !matches!(timeout(MOMENT, talk.say(&Say::Have(&ids).bytes())).await, Ok(Ok(()))) {
                        break;
                    }
                    count += 1;
                    attack.did(1);
                }
            }
        });
        join_all(each).await;
    });
    scene.end();
}

#[test]
fn hundreds_of_strangers_at_once_leave_room_for_friends() {
    let scene = Scene::begin();
    let node = scene.ada_node.address();
    let strangers: Vec<Stranger> = (0..400).map(|nth| Stranger::nth(nth, &[&scene.ada_node])).collect();
    scene.bears("hundreds of identities", 300, |attack| async move {
        let each = strangers.into_iter().map(|stranger| {
            let (attack, node) = (attack.clone(), node.clone());
            async move {
                let mut talks: Vec<Talk> = Vec::new();
                while !attack.is_over() {
                    let Ok(Ok(mut talk)) = timeout(MOMENT, stranger.talk(&node)).await else {
                        pause(200).await;
                        continue;
                    };
                    // As much as the node will take from somebody it does not read.
                    let _ = timeout(MOMENT, talk.say(&Say::Records(&vec![vec![1; 1000]; 60]).bytes())).await;
                    let _ = timeout(MOMENT, talk.say(&Say::Records(&vec![vec![1; 1000]; 60]).bytes())).await;
                    attack.did(1);
                    talks.push(talk);
                    pause(1_000).await;
                    talks.retain(|talk| !talk.connection.is_closed());
                    if talks.len() > 2 {
                        talks.remove(0);
                    }
                }
            }
        });
        join_all(each).await;
    });
    // Somebody new, whom Ada lets in, gets through as well, once it is over.
    let cy = hedgerow_tests::Device::of("Cy");
    cy.join(&scene.ada.invite(&scene.notebook, "reader"));
    scene.end();
}

/// The beginnings of a connection, each broken off where the node has to wait for the rest.
fn beginnings() -> Vec<Vec<u8>> {
    let (hello, noise) = (multistream("/multistream/1.0.0"), multistream("/noise"));
    vec![
        Vec::new(),
        vec![0x13],
        hello.clone(),
        [&hello[..], &noise].concat(),
        [&hello[..], &noise, &[0, 32], &[5; 10]].concat(),
        [&hello[..], &noise, &[0, 32], &[5; 32]].concat(),
        [&hello[..], &noise, &[0xff, 0xff]].concat(),
        [&hello[..], &[0xff, 0x7f]].concat(),
    ]
}

#[test]
fn connections_that_are_only_begun_keep_nobody_out() {
    let scene = Scene::begin();
    let node = scene.ada_node.address();
    scene.bears("half-open connections", 500, |attack| async move {
        let mut held = std::collections::VecDeque::new();
        let mut nth = 2_u32;
        while !attack.is_over() {
            for beginning in beginnings() {
                let [_, a, b, c] = nth.to_be_bytes();
                nth += 1;
                if let Ok(Ok(mut socket)) = timeout(MOMENT, connect(Ipv4Addr::new(127, a, b, c), &node)).await {
                    let _ = socket.write_all(&beginning).await;
                    held.push_back(socket);
                    attack.did(1);
                }
            }
            while held.len() > 400 {
                held.pop_front();
            }
            pause(5).await;
        }
    });
    // A new one of Bo's own, too.
    assert!(scene.bo.text(&["sync", "--wait", "30"]).len() < 1000);
    scene.end();
}

#[test]
fn streams_that_are_opened_and_left_take_no_room() {
    let scene = Scene::begin();
    let node = scene.ada_node.address();
    let strangers: Vec<Stranger> = (0..60).map(|nth| Stranger::nth(nth, &[&scene.ada_node])).collect();
    scene.bears("streams left open", 600, |attack| async move {
        let each = strangers.into_iter().map(|stranger| {
            let (attack, node) = (attack.clone(), node.clone());
            async move {
                while !attack.is_over() {
                    let Ok(Ok(connection)) = timeout(MOMENT, stranger.dial(&node)).await else { continue };
                    let mut left = Vec::new();
                    for nth in 0..40 {
                        let Ok(Ok(mut stream)) = timeout(MOMENT, connection.bare_stream()).await else { break };
                        let begun = [multistream("/multistream/1.0.0"), multistream(PROTOCOL)].concat();
                        let said = match nth % 4 {
                            0 => Vec::new(),
                            1 => vec![0xff, 0x7f],
                            2 => begun,
                            _ => [multistream("/multistream/1.0.0"), vec![0x55; 200_000]].concat(),
                        };
                        let _ = timeout(Duration::from_millis(100), async {
                            stream.write_all(&said).await?;
                            stream.flush().await?;
                            stream.read(&mut [0; 1]).await
                        })
                        .await;
                        left.push(stream);
                        attack.did(1);
                    }
                    pause(500).await;
                }
            }
        });
        join_all(each).await;
    });
    scene.end();
}
