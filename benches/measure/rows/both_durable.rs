//! Row 3: from a keystroke on one device until it is durable, and told to whoever looks, on another.

use crate::Run;
use crate::stage::folders;
use crate::stage::nodes::{address, agreed, first_page, heard, open, run as carry_out};
use crate::stage::timing::took;
use hedgerow_benches::{Figure, Goal, Unit};
use hedgerow_node::{Node, Notice};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Instant;

/// About what a keystroke's record takes.
const SIZE: usize = 512;

pub(crate) fn measure(run: &Run) -> Vec<Figure> {
    let made = folders::notebooks(run, 1);
    let [at_adas, at_bos] = [&made.ada, &made.bo].map(|folder| folders::copy(run, folder));
    let keys = run.size(100, 30);
    let (ours, bare) = carry_out(async {
        let ada = open(at_adas.path(), &[]).await;
        let mut notices = ada.subscribe();
        let bo = open(at_bos.path(), &[&address(&ada).await]).await;
        agreed(&mut notices).await;
        let page = first_page(&ada).await;
        let mut pair = Pair::begin(at_adas.path(), at_bos.path());
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for key in 0..keys {
            ours.push(keystroke(&ada, &bo, &page, key as u64).await);
            bare.push(tokio::task::block_in_place(|| pair.keystroke()));
        }
        bo.close().await.expect("it closes");
        ada.close().await.expect("it closes");
        (ours, bare)
    });
    vec![
        Figure::new("keystroke at Ada's, durable at both, told at Bo's", Unit::Nanoseconds, ours)
            .against("append and fdatasync, TCP there and back, append and fdatasync", bare)
            .goal(Goal::AtMost(1.8)),
    ]
}

async fn keystroke(ada: &Node, bo: &Node, page: &str, at: u64) -> f64 {
    let mut notices = bo.subscribe();
    let begun = Instant::now();
    let (saved, ()) = tokio::join!(
        ada.edit_page(page, at, 0, "a"),
        heard(&mut notices, "the keystroke", |notice| matches!(notice, Notice::PageChanged { .. }))
    );
    saved.expect("it is saved");
    begun.elapsed().as_nanos() as f64
}

/// Two bare files, and a stream between whoever writes them.
struct Pair {
    file: File,
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Pair {
    fn begin(here: &Path, there: &Path) -> Pair {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let to = listener.local_addr().expect("it is bound");
        let mut file = File::create(there.join("bare")).expect("room for a file");
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody calls");
            stream.set_nodelay(true).expect("a TCP stream");
            let mut bytes = vec![0; SIZE];
            while stream.read_exact(&mut bytes).is_ok() {
                save(&mut file, &bytes);
                stream.write_all(&[1]).expect("somebody waits");
            }
        });
        let stream = TcpStream::connect(to).expect("somebody listens");
        stream.set_nodelay(true).expect("a TCP stream");
        Pair { file: File::create(here.join("bare")).expect("room for a file"), stream, bytes: vec![7; SIZE] }
    }

    fn keystroke(&mut self) -> f64 {
        let all = || {
            save(&mut self.file, &self.bytes);
            self.stream.write_all(&self.bytes).expect("somebody reads");
            self.stream.read_exact(&mut [0]).expect("somebody answers");
        };
        took(all).0
    }
}

fn save(file: &mut File, bytes: &[u8]) {
    file.write_all(bytes).expect("room for it");
    file.sync_data().expect("it is synced");
}
