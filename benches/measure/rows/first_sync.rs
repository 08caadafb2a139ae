//! Row 5: a device that holds no page yet meets one that holds them all.

use crate::Run;
use crate::stage::folders::{self, page};
use crate::stage::nodes::{address, heard, open, run as carry_out};
use crate::stage::pages::Mirror;
use crate::stage::people::chance;
use crate::stage::timing::took;
use automerge::Automerge;
use automerge::sync::{Message, State, SyncDoc};
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_document::{Edit, PageEdit};
use hedgerow_model::DeviceId;
use hedgerow_node::Notice;
use hedgerow_sync::PageBeginning;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// Of so many documents one is synced by Automerge, one after the other: its time grows with their number.
const SAMPLE: usize = 10;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let count = run.size(10_000, 1_000);
    let made = folders::notebooks(run, count);
    let times = run.size(3, 1);
    let (mut speeds, mut raw_speeds, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..times {
        let (time, bytes) = sync(run, &made);
        ours.push(time);
        theirs.push(documents_one_by_one(run.seed, count / SAMPLE) * SAMPLE as f64);
        speeds.push(bytes as f64 / time * 1e9);
        raw_speeds.push(bytes as f64 / raw(run, bytes) * 1e9);
    }
    vec![
        Figure::new(format!("first sync of {count} notebooks, bytes that came"), Unit::BytesPerSecond, speeds)
            .against("the same over bare TCP, written and synced", raw_speeds)
            .goal(Goal::AtLeast(0.3)),
        Figure::new(format!("first sync of {count} notebooks"), Unit::Nanoseconds, ours)
            .against("automerge's own sync, page by page", theirs)
            .goal(Goal::AtMost(0.1)),
    ]
}

/// From the moment that they are connected until both hold the same, durably; and how many bytes Bo was sent.
fn sync(run: &Run, made: &folders::Shared) -> (f64, u64) {
    let [ada, bo] = [&made.ada, &made.fresh].map(|folder| folders::copy(run, folder));
    carry_out(async {
        let ada = open(ada.path(), &[]).await;
        let mut at_adas = ada.subscribe();
        let bo = open(bo.path(), &[&address(&ada).await]).await;
        let to: DeviceId = bo.whoami().await.expect("it runs").device;
        heard(&mut at_adas, "Bo", |notice| matches!(notice, Notice::PeerConnected { .. })).await;
        let begun = std::time::Instant::now();
        heard(&mut at_adas, "agreement", |notice| matches!(notice, Notice::Agreed { .. })).await;
        let time = begun.elapsed().as_nanos() as f64;
        let bytes = ada.traffic().await.expect("it runs")[&to].sent_bytes;
        let (hers, his) = (pages(&ada).await, pages(&bo).await);
        assert_eq!(hers, his, "Bo holds every page");
        bo.close().await.expect("it closes");
        ada.close().await.expect("it closes");
        (time, bytes)
    })
}

async fn pages(node: &hedgerow_node::Node) -> usize {
    node.notebooks().await.expect("it runs").iter().map(|line| line.pages).sum()
}

/// Nanoseconds that so many bytes take over bare TCP on loopback into a file that is synced.
fn raw(run: &Run, bytes: u64) -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let to = listener.local_addr().expect("it is bound");
    let sender = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(to).expect("somebody listens");
        let piece = vec![7; 64 << 10];
        let mut left = bytes;
        while left > 0 {
            let length = left.min(piece.len() as u64);
            stream.write_all(&piece[..usize::try_from(length).expect("a piece")]).expect("it is read");
            left -= length;
        }
    });
    let (mut stream, _) = listener.accept().expect("somebody calls");
    let mut file: File = tempfile::tempfile_in(&run.folder).expect("room for a file");
    let (time, copied) = took(|| {
        let copied = std::io::copy(&mut stream, &mut file).expect("it is copied");
        file.sync_all().expect("it is synced");
        copied
    });
    assert_eq!(copied, bytes, "all of it came");
    sender.join().expect("it was sent");
    time
}

/// Nanoseconds that Automerge's own protocol takes over loopback for `count` pages, one after the other, kept in memory
/// on either side.
fn documents_one_by_one(seed: u64, count: usize) -> f64 {
    let mut rng = chance(seed, "pages");
    let pages: Vec<Automerge> = (0..count)
        .map(|_| {
            let mut mirror = Mirror::new(DeviceId::from_bytes([1; 32]));
            let PageBeginning { title, template, fields, body, plan } = page(&mut rng);
            mirror.edit(Edit::Page(PageEdit::Begin { title, template, fields, body, plan }));
            mirror.bare()
        })
        .collect();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let to = listener.local_addr().expect("it is bound");
    let holder = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody calls");
        stream.set_nodelay(true).expect("a TCP stream");
        for mut page in pages {
            exchange(&mut stream, &mut page, false);
        }
    });
    let mut stream = TcpStream::connect(to).expect("somebody listens");
    stream.set_nodelay(true).expect("a TCP stream");
    let all = || {
        for _ in 0..count {
            let mut fresh = Automerge::new();
            exchange(&mut stream, &mut fresh, true);
            assert!(!fresh.get_heads().is_empty(), "the page came");
        }
    };
    let (time, ()) = took(all);
    holder.join().expect("it was sent");
    time
}

/// Messages to and fro, an empty one where there is nothing to say, until neither has anything to say.
fn exchange(stream: &mut TcpStream, document: &mut Automerge, begins: bool) {
    let (mut state, mut speaks, mut silences) = (State::new(), begins, 0);
    while silences < 2 {
        let said = if speaks {
            let message = document.generate_sync_message(&mut state).map(Message::encode).unwrap_or_default();
            stream.write_all(&(message.len() as u32).to_be_bytes()).expect("it is read");
            stream.write_all(&message).expect("it is read");
            message
        } else {
            let mut length = [0; 4];
            stream.read_exact(&mut length).expect("it is sent");
            let mut message = vec![0; u32::from_be_bytes(length) as usize];
            stream.read_exact(&mut message).expect("it is sent");
            if !message.is_empty() {
                let message = Message::decode(&message).expect("a message");
                document.receive_sync_message(&mut state, message).expect("it is taken");
            }
            message
        };
        silences = if said.is_empty() { silences + 1 } else { 0 };
        speaks = !speaks;
    }
}
