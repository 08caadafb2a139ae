//! What comes off the wire between devices: frames, messages, steps of a comparison; and the addresses of devices.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::AsyncRead;
use hedgerow_model::RecordId;
use hedgerow_net::fuzz::{End, read_all};
use hedgerow_net::{MOST, check_address, device_of, peer_id_of};
use hedgerow_sync::fuzz::{Comparison, MOST_STEP, message};
use tokio::runtime::{Builder, Runtime};

use crate::input::Input;
use crate::{Verdict, within};

thread_local! {
    static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// Runs `work` in this thread's runtime.
pub(crate) fn block_on<F: Future>(work: F) -> F::Output {
    RUNTIME.with_borrow_mut(|held| {
        let make = || Builder::new_current_thread().enable_all().build().expect("a runtime of one thread");
        held.get_or_insert_with(make).block_on(work)
    })
}

/// A stream that gives at most so many bytes at a time.
struct Pieces<'a> {
    left: &'a [u8],
    most: usize,
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut [u8]) -> Poll<std::io::Result<usize>> {
        let count = buf.len().min(self.left.len()).min(self.most);
        let (given, left) = self.left.split_at(count);
        buf[..count].copy_from_slice(given);
        self.left = left;
        Poll::Ready(Ok(count))
    }
}

/// A size of pieces, and a stream of messages. Each is taken as it was framed, in whatever pieces it comes; one that is
/// announced as too long is refused, and no memory is taken for what did not come.
pub(crate) fn frames(bytes: &[u8]) -> Verdict {
    let mut input = Input::new(bytes);
    let piece = usize::from(input.byte()).max(1);
    let wire = input.rest();
    let read = |most: usize| {
        let mut pieces = Pieces { left: wire, most };
        within(256 << 10, 8, wire, || block_on(read_all(&mut pieces)))
    };
    let (messages, end) = read(usize::MAX);
    assert_eq!(read(piece), (messages.clone(), end), "other messages in pieces of {piece}");
    let mut framed = Vec::new();
    for message in &messages {
        framed.extend(u32::try_from(message.len()).expect("shorter than the wire").to_be_bytes());
        framed.extend(message);
    }
    let rest = wire.strip_prefix(framed.as_slice()).expect("the messages are what the wire begins with");
    match end {
        End::Cleanly => assert!(rest.is_empty()),
        End::TooLong(length) => {
            assert!(length > MOST && rest[..4] == u32::try_from(length).expect("four bytes said it").to_be_bytes());
        }
        End::Broken => {
            let announced = rest.first_chunk::<4>().map_or(usize::MAX, |head| u32::from_be_bytes(*head) as usize);
            assert!(!rest.is_empty() && rest.len().saturating_sub(4) < announced, "a whole message was not read");
        }
        End::TooSlow => panic!("nothing here takes time"),
    }
    Verdict::of(!messages.is_empty())
}

/// One message between peers. What is read means the same once it is written again, in no more bytes, and takes memory
/// in proportion to what came.
pub(crate) fn messages(bytes: &[u8]) -> Verdict {
    // Read, and written again: both are held at once.
    let Ok(written) = within(1 << 20, 8, bytes, || message(bytes)) else { return Verdict::Refused };
    assert!(written.len() <= bytes.len(), "{} bytes became {}", bytes.len(), written.len());
    assert_eq!(message(&written), Ok(written.clone()), "it means something else once written");
    Verdict::Taken
}

/// Steps of a comparison, as a leader and as a follower hear them. Whatever the other side says, a leader is told of
/// nothing to offer that it does not have, of no more to fetch than was named, and says nothing that is over the limit.
///
/// An id that is named in the wrong place is told as one to fetch though it is here; a session looks before it asks.
pub(crate) fn comparisons(bytes: &[u8]) -> Verdict {
    let mut input = Input::new(bytes);
    let leads = input.byte() == 1;
    let ours = seeds::ids(0..90);
    let mut comparison = Comparison::new(ours.iter().copied()).expect("sorted and each once");
    if leads {
        comparison.begin().expect("a set can be compared");
    }
    let mut verdict = Verdict::Refused;
    while !input.is_empty() {
        let step = input.part();
        if leads {
            let Some(learned) = within(4 << 20, 4096, step, || comparison.lead(step)) else { break };
            let here = |id: &RecordId| ours.binary_search(id).is_ok();
            assert!(learned.have.iter().all(here), "it offers what it does not have");
            assert!(learned.need.len() * RecordId::SIZE <= step.len(), "more ids than came");
            assert!(learned.reply.is_none_or(|reply| reply.len() <= MOST_STEP));
        } else {
            let Some(reply) = within(4 << 20, 4096, step, || comparison.follow(step)) else { break };
            assert!(reply.len() <= MOST_STEP);
        }
        verdict = Verdict::Taken;
    }
    verdict
}

/// An address that somebody gave, or the name of a device in one. The device it names is in it.
pub(crate) fn addresses(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else { return Verdict::Refused };
    if let Ok(device) = device_of(text) {
        assert_eq!(device_of(&peer_id_of(device)), Ok(device));
        return Verdict::Taken;
    }
    match within(64 << 10, 64, bytes, || check_address(text)) {
        Ok(None) => Verdict::Taken,
        Ok(Some(device)) => {
            let named = text.trim().rsplit('/').next().unwrap_or_default();
            assert_eq!(device_of(named), Ok(device), "it names another device");
            Verdict::Taken
        }
        Err(fault) => {
            assert!(!fault.to_string().contains('\n'), "{fault}");
            Verdict::Refused
        }
    }
}

pub(crate) mod seeds {
    use std::ops::Range;

    use hedgerow_access::Record;
    use hedgerow_model::RecordId;
    use hedgerow_net::peer_id_of;
    use hedgerow_sync::fuzz::Comparison;

    use crate::Seed;
    use crate::input::write_part;
    use crate::people::Notebook;
    use crate::scene::Scene;
    use crate::sessions;

    /// As random as the ids of records are, and sorted.
    pub(crate) fn ids(numbers: Range<u32>) -> Vec<RecordId> {
        let mut ids: Vec<RecordId> = numbers.map(|number| Record::id_of(&number.to_le_bytes())).collect();
        ids.sort_unstable();
        ids
    }

    /// Streams of messages.
    pub(crate) fn frames() -> Vec<Seed> {
        let stream = |piece: u8, messages: &[&[u8]]| {
            let mut bytes = vec![piece];
            for message in messages {
                bytes.extend((message.len() as u32).to_be_bytes());
                bytes.extend(*message);
            }
            bytes
        };
        let mut cut = stream(3, &[b"hello", b"world"]);
        cut.pop();
        let too_long = [&stream(9, &[b"hi"])[..], &u32::MAX.to_be_bytes(), b"more"].concat();
        vec![
            ("two", stream(1, &[b"hello", b"", &[7; 300]])),
            ("cut", cut),
            ("too-long", too_long),
            ("long", stream(255, &[&[1; 66_000], b"after"])),
        ]
    }

    /// Messages of every kind, as two devices said them to each other; and those that they had no reason to say.
    pub(crate) fn messages() -> Vec<Seed> {
        let mut kinds: std::collections::BTreeMap<u8, Vec<u8>> = std::collections::BTreeMap::new();
        for message in sessions::seeds::said() {
            let kind = message[1];
            // The first of a kind that is not empty.
            kinds
                .entry(kind)
                .and_modify(|kept| {
                    if kept.len() < 8 {
                        kept.clone_from(&message)
                    }
                })
                .or_insert(message);
        }
        kinds.entry(9).or_insert_with(lacking);
        kinds.entry(10).or_insert_with(out);
        kinds.entry(13).or_insert_with(present);
        for (kind, message) in (14..).zip(files()) {
            kinds.entry(kind).or_insert(message);
        }
        kinds.into_iter().map(|(kind, message)| (KINDS[usize::from(kind)], message)).collect()
    }

    const KINDS: [&str; 18] = [
        "nudge",
        "hello",
        "answer",
        "tags",
        "reconcile",
        "have",
        "want",
        "records",
        "join",
        "lacking",
        "out",
        "lost",
        "in",
        "present",
        "ask-file",
        "file-list",
        "piece",
        "no-file",
    ];

    /// Somebody is on the rota's page.
    pub(crate) fn present() -> Vec<u8> {
        let scene = Scene::get();
        let caret = Some(("12@0a0b", "e"));
        postcard::to_extend(&(scene.rota, scene.rota_page, caret), vec![1, 13]).expect("it goes into memory")
    }

    /// A file of the rota is asked for, listed, sent, and not to be had.
    pub(crate) fn files() -> [Vec<u8>; 4] {
        let (rota, file) = (Scene::get().rota, [6_u8; 32]);
        let said =
            |kind: u8, body: postcard::Result<Vec<u8>>| [vec![1, kind], body.expect("it goes into memory")].concat();
        [
            said(14, postcard::to_stdvec(&(rota, file, vec![0_u32, 3, 700]))),
            said(15, postcard::to_stdvec(&(rota, file, crate::records::seeds::manifest()))),
            said(16, postcard::to_stdvec(&(rota, file, 2_u32, vec![9_u8; 200]))),
            said(17, postcard::to_stdvec(&(rota, file))),
        ]
    }

    /// An epoch of the rota that cannot be opened.
    pub(crate) fn lacking() -> Vec<u8> {
        let epochs = [Notebook::get().rotation.epoch()];
        postcard::to_extend(&(Scene::get().rota, epochs.as_slice()), vec![1, 9]).expect("it goes into memory")
    }

    /// Somebody is told that they are out of the rota.
    pub(crate) fn out() -> Vec<u8> {
        let ops = [Notebook::get().eve.genesis.bytes()];
        postcard::to_extend(&(Scene::get().rota, ops.as_slice()), vec![1, 10]).expect("it goes into memory")
    }

    /// Both sides of a comparison that finds something.
    pub(crate) fn comparisons() -> Vec<Seed> {
        let (mut as_leader, mut as_follower) = (vec![1], vec![0]);
        // Heard by one with 0 to 90, from one with others.
        let mut ours = Comparison::new(ids(0..90).into_iter()).expect("a set");
        let mut theirs = Comparison::new(ids(30..200).into_iter()).expect("a set");
        let mut next = ours.begin();
        while let Some(step) = next {
            let answer = theirs.follow(&step).expect("an answer");
            write_part(&mut as_leader, &answer);
            next = ours.lead(&answer).expect("a step").reply;
        }
        let mut ours = Comparison::new(ids(0..90).into_iter()).expect("a set");
        let mut theirs = Comparison::new(ids(30..200).into_iter()).expect("a set");
        let mut next = theirs.begin();
        while let Some(step) = next {
            write_part(&mut as_follower, &step);
            next = theirs.lead(&ours.follow(&step).expect("an answer")).expect("a step").reply;
        }
        vec![("as-leader", as_leader), ("as-follower", as_follower)]
    }

    /// Addresses of every kind that is dialled.
    pub(crate) fn addresses() -> Vec<Seed> {
        let peer = peer_id_of(Notebook::get().ada.keys.device());
        let texts = [
            ("tcp", "/ip4/192.0.2.7/tcp/4001".to_owned()),
            ("quic", format!("/ip6/2001:db8::7/udp/4001/quic-v1/p2p/{peer}")),
            ("dns", format!(" /dns4/fferm.example/tcp/1/p2p/{peer}\n")),
            ("device", peer),
        ];
        texts.map(|(name, text)| (name, text.into_bytes())).to_vec()
    }
}
