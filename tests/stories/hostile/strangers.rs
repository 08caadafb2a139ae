//! Strangers, who are members of nothing.

use super::scene::{Attack, Scene};
use futures::{AsyncReadExt, AsyncWriteExt, future::join_all};
use hedgerow_model::{NotebookId, RecordId};
use hedgerow_tests::{
    Device, Node,
    hostile::{PROTOCOL, Say, Stranger, Talk, connect, first_datagram, multistream},
};
use libp2p::{identity::Keypair, quic};
use std::{
    collections::VecDeque,
    fmt::{self, Display, Formatter},
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{io::AsyncWriteExt as _, net::UdpSocket, time::timeout};

/// How the attackers come.
#[derive(Clone, Copy)]
enum Way {
    Tcp,
    Quic,
}

impl Way {
    fn to(self, node: &Node) -> String {
        match self {
            Way::Tcp => node.address(),
            Way::Quic => node.quic_address(),
        }
    }
}

impl Display for Way {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Way::Quic) { " over QUIC" } else { "" })
    }
}

/// How long an attacker waits for something that the node may refuse.
const MOMENT: Duration = Duration::from_secs(2);

async fn pause(millis: u64) {
    // time passes: attackers go slowly where that is their attack, or are held off and try again
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

/// What one stranger would have lie about unread: more than the node takes ahead over QUIC.
const LEFT_UNREAD: usize = 4 << 20;
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
        framed(&Say::Records(&vec![vec![1; 200]; 300]).bytes()),
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
    send_nonsense(Way::Tcp);
}

#[test]
fn nonsense_over_quic_is_not_read_further() {
    send_nonsense(Way::Quic);
}

fn send_nonsense(way: Way) {
    let scene = Scene::begin();
    let node = way.to(&scene.ada_node);
    let strangers: Vec<Stranger> = (0..200).map(|nth| Stranger::nth(nth, &[&scene.ada_node])).collect();
    scene.bears(&format!("nonsense{way}"), 100, |attack| async move {
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
    let hello =
        |round| Say::Hello { round, nonce: [round as u8; 32], fingerprint: [3; 32], notebooks: [4; 32] }.bytes();
    vec![
        hello(1),
        Say::Tags(1, &tags).bytes(),
        Say::Reconcile(1, &[0x61, 0, 0, 0]).bytes(),
        Say::Nudge.bytes(),
        Say::Want(&ids[..256]).bytes(),
        Say::Join(&vec![1; 60_000]).bytes(),
        Say::Records(&(0..300).map(|n| strange_record(n, 106)).collect::<Vec<_>>()).bytes(),
        Say::Present(NotebookId::from_bytes([5; 32]), [6; 16], "12@aa").bytes(),
        Say::AskFile(NotebookId::from_bytes([5; 32]), [7; 32], &[]).bytes(),
        Say::AskFile(NotebookId::from_bytes([5; 32]), [7; 32], &[0; 16]).bytes(),
        Say::FileList(NotebookId::from_bytes([5; 32]), [7; 32], &[1; 73]).bytes(),
        Say::Piece(NotebookId::from_bytes([5; 32]), [7; 32], 0, &[1; 65_552]).bytes(),
        Say::NoFile(NotebookId::from_bytes([5; 32]), [7; 32]).bytes(),
    ]
}

/// A whole record of a notebook that nobody here has heard of, with so many bytes inside.
fn strange_record(nth: u32, length: u32) -> Vec<u8> {
    let mut record = vec![0x5a; 94 + length as usize];
    record[..2].copy_from_slice(&[1, 0]);
    record[2..6].copy_from_slice(&nth.to_le_bytes());
    record[90..94].copy_from_slice(&length.to_le_bytes());
    record
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
    flood_with_messages(Way::Tcp);
}

#[test]
fn a_flood_over_quic_waits_its_turn() {
    flood_with_messages(Way::Quic);
}

fn flood_with_messages(way: Way) {
    let scene = Scene::begin();
    let node = way.to(&scene.ada_node);
    let strangers: Vec<Stranger> = (0..16).map(|nth| Stranger::nth(nth, &[&scene.ada_node])).collect();
    scene.bears(&format!("flood{way}"), 1_000, |attack| async move {
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
    come_by_the_hundred(Way::Tcp);
}

#[test]
fn hundreds_of_strangers_over_quic_leave_room_for_friends() {
    come_by_the_hundred(Way::Quic);
}

fn come_by_the_hundred(way: Way) {
    let scene = Scene::begin();
    let node = way.to(&scene.ada_node);
    let strangers: Vec<Stranger> = (0..400).map(|nth| Stranger::nth(nth, &[&scene.ada_node])).collect();
    let message = Say::Records(&(0..60).map(|n| strange_record(n, 906)).collect::<Vec<_>>()).bytes();
    scene.bears(&format!("hundreds of identities{way}"), 300, |attack| async move {
        let each = strangers.into_iter().map(|stranger| {
            let (attack, node, message) = (attack.clone(), node.clone(), message.clone());
            async move {
                let mut talks: Vec<Talk> = Vec::new();
                while !attack.is_over() {
                    let Ok(Ok(connection)) = timeout(MOMENT, stranger.dial(&node)).await else {
                        pause(200).await;
                        continue;
                    };
                    // Whoever is refused has been heard all the same.
                    attack.did(1);
                    let Ok(Ok(mut talk)) = timeout(MOMENT, connection.talk()).await else {
                        pause(200).await;
                        continue;
                    };
                    // As much as the node will take from somebody it does not read.
                    let mut said = 0;
                    while said < LEFT_UNREAD && matches!(timeout(MOMENT, talk.say(&message)).await, Ok(Ok(()))) {
                        said += message.len();
                    }
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
    let cy = Device::of("Cy");
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

/// Begins connections from everywhere and leaves them at that.
async fn begins_and_leaves(node: String, attack: Attack) {
    let mut held = VecDeque::new();
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
}

#[test]
fn connections_that_are_only_begun_keep_nobody_out() {
    let scene = Scene::begin();
    let node = scene.ada_node.address();
    scene.bears("half-open connections", 500, |attack| begins_and_leaves(node.clone(), attack));
    // Somebody comes while it goes on and all places are taken.
    let cy = Device::of("Cy");
    let link = scene.ada.invite(&scene.notebook, "reader");
    scene.beside(400, |attack| begins_and_leaves(node, attack), || cy.join(&link));
    scene.end();
}

/// The beginnings of a connection over QUIC: whole, and as nobody would begin.
fn quic_beginnings(first: &[u8]) -> Vec<Vec<u8>> {
    let with = |at: usize, byte: u8| {
        let mut bytes = first.to_vec();
        bytes[at] ^= byte;
        bytes
    };
    // As it is, cut off, with another version, with a seal that does not open, and of a connection that nobody began.
    vec![first.to_vec(), first[..first.len() / 2].to_vec(), with(1, 0x3a), with(first.len() - 1, 1), vec![0x55; 1_200]]
}

#[test]
fn quic_connections_that_are_only_begun_keep_nobody_out() {
    let scene = Scene::begin();
    let address = scene.ada_node.quic_address();
    let port = address.split('/').nth(4).and_then(|port| port.parse().ok()).expect("a port");
    let node = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let config = quic::Config::new(&Keypair::generate_ed25519());
    scene.bears("half-open connections over QUIC", 500, |attack| async move {
        let mut nth = 2_u32;
        while !attack.is_over() {
            let Ok(first) = first_datagram(&config).await else { continue };
            for beginning in quic_beginnings(&first) {
                let [_, a, b, c] = nth.to_be_bytes();
                nth += 1;
                let Ok(socket) = UdpSocket::bind((Ipv4Addr::new(127, a, b, c), 0)).await else { continue };
                if socket.send_to(&beginning, node).await.is_ok() {
                    attack.did(1);
                }
            }
        }
    });
    let cy = Device::of("Cy");
    cy.join(&scene.ada.invite(&scene.notebook, "reader"));
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
