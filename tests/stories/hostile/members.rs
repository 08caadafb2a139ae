//! Members who mean harm: their keys are good, and what they seal opens.

use super::scene::{Attack, Scene};
use flate2::{Compression, write::DeflateEncoder};
use hedgerow_access::{CheckpointBody, Compacted, Payload, StreamName};
use hedgerow_document::{Block, PageEdit};
use hedgerow_model::{NotebookId, PageId};
use hedgerow_sync::{Command, Deceit};
use hedgerow_tests::{
    PATIENCE,
    hostile::{Altered, Hand, Say, Talk, bent, refuses, runtime},
    until,
};
use rand_core::Rng;
use std::{io::Write, time::Duration};
use tokio::time::timeout;

/// How long the node may keep a message waiting before whoever sent it counts as held off.
const MOMENT: Duration = Duration::from_secs(5);
/// The most refused records that a notebook remembers, by the README of `sync`.
const QUARANTINE: u64 = 512;

/// Mal, a writer, whose device was altered.
struct Mal {
    device: Altered,
    notebook: NotebookId,
    page: PageId,
    node: String,
}

impl Mal {
    fn joins(scene: &Scene) -> Mal {
        let mut device = Altered::new("Mal", 1, &scene.ada_node);
        let notebook = device.joins(&scene.ada_node, &scene.ada.invite(&scene.notebook, "writer"));
        let page = PageId::parse(&scene.page).expect("the id of a page");
        let mut mal = Mal { device, notebook, page, node: scene.ada_node.address() };
        // Until they are heard, they stay.
        let _talk = runtime().block_on(async {
            let mut talk = mal.device.meets(&mal.node).await;
            let has_page = |us: &Altered| us.replica().pages(&notebook).is_ok_and(|pages| !pages.is_empty());
            mal.device.goes_on(&mut talk, has_page).await;
            mal.writes(&mut talk, "Mal can drive on Friday.").await;
            talk
        });
        until("Mal is heard", PATIENCE, || {
            scene.bo.text(&["page", "show", &scene.page]).contains("on Friday").then_some(())
        });
        mal
    }

    /// Writes as anybody may.
    async fn writes(&mut self, talk: &mut Talk, text: &str) {
        let edit = PageEdit::Append(vec![Block::paragraph(text)]);
        self.device.asks(talk, Command::EditPage(self.notebook, self.page, edit)).await.expect("Mal may write");
    }

    fn hand(&self) -> Hand {
        self.device.hand(self.notebook)
    }

    /// Sends these over and over; `each` is what one of them counts for.
    async fn sends(mut self, attack: Attack, messages: Vec<Vec<u8>>, each: usize) {
        while !attack.is_over() {
            let connecting = self.device.stranger();
            let Ok(Ok(mut talk)) = timeout(MOMENT, connecting.talk(&self.node)).await else {
                // time passes: the attacker is held off, and tries again
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            self.device.forgets_what_it_would_say();
            for message in &messages {
                if attack.is_over() || !matches!(timeout(MOMENT, talk.say(message)).await, Ok(Ok(()))) {
                    break;
                }
                attack.did(each);
            }
        }
    }
}

/// The number of refused records that Ada's status names.
fn refused(scene: &Scene) -> u64 {
    let status = scene.ada.one(&["status"]);
    let notebooks = status["notebooks"].as_array().expect("a list").clone();
    let line = notebooks.into_iter().find(|line| line["id"] == scene.notebook.as_str()).expect("the notebook");
    line["refused"].as_u64().expect("a number")
}

/// What was refused is set aside within its bound, and named where people look.
fn is_set_aside(scene: &Scene, least: u64) {
    let count = refused(scene);
    assert!((least..=QUARANTINE).contains(&count), "{count} are set aside, {least} to {QUARANTINE} should be");
    let shown = scene.ada.one(&["notebook", "show", &scene.notebook]);
    let named = shown["refused"].as_array().expect("a list");
    assert!(named.iter().any(|line| line["author"] == "Mal"), "Mal is named: {named:?}");
    let verified = scene.ada.one(&["verify"]);
    assert_eq!(verified["damaged"], serde_json::json!([]), "nothing of Ada's own is damaged");
    let line = &verified["refused"][0];
    assert_eq!((&line["notebook_id"], line["refused"].as_u64()), (&scene.notebook.as_str().into(), Some(count)));
}

/// Changes with right checksums and signatures, each bent somewhere inside so that it has to be refused. Whatever others
/// write beside it: a change is judged by itself and what it builds on alone.
fn mutants(mal: &Mal, how_many: usize) -> Vec<Vec<u8>> {
    let mut hand = mal.hand();
    let document = hand.document(mal.page);
    let edits = [
        PageEdit::Splice { at: 4, delete: 0, insert: "abc".to_owned() },
        PageEdit::Splice { at: 4, delete: 3, insert: "Q".to_owned() },
        PageEdit::Splice { at: 6, delete: 0, insert: "\n".to_owned() },
        PageEdit::Splice { at: 3, delete: 10, insert: String::new() },
        PageEdit::SetDeleted(true),
        PageEdit::Append(vec![Block::paragraph("pedwar"), Block::paragraph("pump")]),
    ];
    let mut records = Vec::with_capacity(how_many);
    for nth in 0.. {
        // Every second one is another's rival for the same number; the others begin lines of editing of their own.
        let actor = if nth % 2 == 0 { hand.new_actor() } else { hand.last_actor() };
        let made = hand.change(&document, actor, edits[nth % edits.len()].clone());
        let other = hand.change(&document, actor, edits[(nth + 1) % edits.len()].clone());
        let raw = bent(&made.bytes, &other.bytes, hand.rng());
        if refuses(&document, &raw) {
            records.push(hand.record(mal.page, &raw));
        }
        if records.len() == how_many {
            break;
        }
    }
    records
}

#[test]
fn bent_changes_of_a_writer_are_set_aside_one_by_one() {
    let scene = Scene::begin();
    let mal = Mal::joins(&scene);
    let messages: Vec<Vec<u8>> =
        mutants(&mal, 1_200).into_iter().map(|record| Say::Records(&[record]).bytes()).collect();
    scene.bears("bent changes", 257, |attack| mal.sends(attack, messages, 1));
    is_set_aside(&scene, 100);
    scene.end();
}

#[test]
fn bent_changes_in_one_heap_do_not_hold_up_the_others() {
    let scene = Scene::begin();
    let mal = Mal::joins(&scene);
    let records = mutants(&mal, 1_200);
    let messages: Vec<Vec<u8>> = records.chunks(600).map(|heap| Say::Records(heap).bytes()).collect();
    scene.bears("heaps of bent changes", 600, |attack| mal.sends(attack, messages, 600));
    is_set_aside(&scene, 100);
    scene.end();
}

#[test]
fn what_waits_for_a_key_that_never_comes_leaves_room_for_what_is_worth_waiting_for() {
    let scene = Scene::begin();
    let mal = Mal::joins(&scene);
    let mut hand = mal.hand();
    let template = hand.records().iter().find(|record| record.len() > 200 && record[1] == 0).expect("one").clone();
    let mut made = |length: usize| {
        let mut record = template[..94].to_vec();
        // The id of the key, and the length of what follows.
        hand.rng().fill_bytes(&mut record[34..66]);
        record[90..94].copy_from_slice(&u32::try_from(length).expect("short").to_le_bytes());
        record.resize(94 + length, 0x5a);
        record
    };
    let mut messages: Vec<Vec<u8>> =
        (0..100).map(|_| Say::Records(&[made(500_000), made(200), made(16)]).bytes()).collect();
    messages.extend((0..50).map(|_| Say::Records(&(0..100).map(|_| made(100)).collect::<Vec<_>>()).bytes()));
    scene.bears("records without a key", 150, |attack| mal.sends(attack, messages, 1));
    scene.end();
}

#[test]
fn a_checkpoint_that_would_unfold_without_end_is_refused() {
    let scene = Scene::begin();
    let mal = Mal::joins(&scene);
    let mut hand = mal.hand();
    let document = hand.document(mal.page);
    let genesis = document.raw_change(&document.changes()[0].hash).expect("it is there");
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    for _ in 0..400 {
        encoder.write_all(&vec![0; 1 << 20]).expect("in memory");
    }
    let packed = encoder.finish().expect("in memory");
    let bombs = [400_u32 << 20, 30 << 20, 1 << 20, u32::MAX].map(|size| {
        let mut bomb = vec![1, 1];
        bomb.extend(u32::try_from(genesis.len()).expect("short").to_le_bytes());
        bomb.extend(&genesis);
        bomb.extend(size.to_le_bytes());
        bomb.extend(&packed);
        bomb
    });
    let mut messages = Vec::new();
    for bomb in bombs.into_iter().cycle().take(40) {
        let compacted = Compacted {
            stream: StreamName::Body(mal.page),
            document: bomb,
            tips: document.heads(),
            heads: Vec::new(),
            other_pins: vec![hand.pins.clone()],
            replaces: Vec::new(),
            at: hand.pins.clone(),
        };
        let body = CheckpointBody::sign(&hand.keys, &mal.notebook, compacted);
        let record = hand.sealed(&StreamName::Body(mal.page), &Payload::Checkpoint(body));
        messages.push(Say::Records(&[record]).bytes());
    }
    scene.bears("bombs", 40, |attack| mal.sends(attack, messages, 1));
    is_set_aside(&scene, 20);
    scene.end();
}

#[test]
fn what_was_said_before_changes_nothing_when_it_is_said_again() {
    let scene = Scene::begin();
    let mal = Mal::joins(&scene);
    let before = scene.ada.canonical(&scene.notebook);
    let records = mal.hand().records().to_vec();
    let messages = vec![Say::Records(&records).bytes()];
    scene.bears("replays", 50, |attack| mal.sends(attack, messages, 1));
    let after = scene.ada.canonical(&scene.notebook);
    assert!(before.len() < after.len(), "Ada and Bo wrote on");
    assert_eq!(refused(&scene), 0, "what was admitted once is no offence");
    scene.end();
}

#[test]
fn every_lie_that_a_member_can_tell_stays_theirs() {
    let scene = Scene::begin();
    let mal = Mal::joins(&scene);
    let bo = scene.bo_node.device();
    scene.bears("lies", 16, |attack| async move {
        let mut mal = mal;
        let body = StreamName::Body(mal.page);
        let lies = [
            Deceit::Elsewhere(body),
            Deceit::Forked(mal.page),
            Deceit::FromThePast(mal.page),
            Deceit::Resealed(body),
            Deceit::Replayed(body),
            Deceit::Checkpoints(body, vec![7; 3_000]),
            Deceit::NoBox(bo),
            Deceit::InvalidEpoch(vec![bo]),
            Deceit::StaleKey(mal.page),
        ];
        let mut talk = mal.device.meets(&mal.node).await;
        // Each of them three times: more of what has to be refused, and Mal would be left alone.
        for lie in lies.iter().cycle().take(3 * lies.len()).cloned() {
            // Some lies need an occasion: a second key, say.
            let told = mal.device.asks(&mut talk, Command::Deceive(mal.notebook, lie)).await;
            attack.did(usize::from(told.is_ok()));
        }
        while !attack.is_over() {
            mal.device.listens(&mut talk).await;
        }
    });
    is_set_aside(&scene, 4);
    scene.end();
}

#[test]
fn whoever_was_removed_cannot_write_as_if_they_had_not_heard() {
    let scene = Scene::begin();
    let mal = Mal::joins(&scene);
    let hand = mal.hand();
    let document = hand.document(mal.page);
    scene.ada.text(&["notebook", "remove-member", &scene.notebook, "Mal"]);
    let mut hand = hand;
    let records: Vec<Vec<u8>> = (0..400)
        .map(|nth| {
            let actor = hand.new_actor();
            let edit = PageEdit::Append(vec![Block::paragraph(format!("Mal was never here {nth}"))]);
            let made = hand.change(&document, actor, edit);
            hand.record(mal.page, &made.bytes)
        })
        .collect();
    let messages: Vec<Vec<u8>> = records.into_iter().map(|record| Say::Records(&[record]).bytes()).collect();
    scene.bears("writing by the removed", 400, |attack| mal.sends(attack, messages, 1));
    for device in [&scene.ada, &scene.bo] {
        assert!(!device.text(&["page", "show", &scene.page]).contains("never here"));
    }
    scene.end();
}
