//! Mal speaks Yamux by hand, as no honest device would.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

const SYN: u16 = 1;
const ACK: u16 = 2;
const WINDOW: u8 = 1;
const PING: u8 = 2;

type Ours = Multiplexed<Compat<DuplexStream>>;

/// A connection whose other end is in Mal's hands.
fn with_mal() -> (Ours, DuplexStream) {
    let (ours, mals) = duplex(16 << 20);
    (Multiplex.within(ours.compat(), Mode::Server), mals)
}

fn header(tag: u8, flags: u16, stream: u32, length: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[1] = tag;
    header[2..4].copy_from_slice(&flags.to_be_bytes());
    header[4..8].copy_from_slice(&stream.to_be_bytes());
    header[8..].copy_from_slice(&length.to_be_bytes());
    header
}

fn data(stream: u32, length: usize) -> Vec<u8> {
    let mut frame = header(DATA, 0, stream, length as u32).to_vec();
    frame.resize(HEADER + length, 7);
    frame
}

/// The next frame for Mal, whose tag, flags, stream and length are given: none of ours has a body here.
async fn next(mal: &mut DuplexStream) -> (u8, u16, u32, u32) {
    let mut header = [0; HEADER];
    mal.read_exact(&mut header).await.expect("ours goes on");
    let [_, tag, a, b, stream @ .., _, _, _, _] = header;
    let [.., c, d, e, f] = header;
    (tag, u16::from_be_bytes([a, b]), u32::from_be_bytes(stream), u32::from_be_bytes([c, d, e, f]))
}

/// Lets our end do what there is to do.
async fn turn(ours: &mut Ours) -> io::Result<()> {
    future::poll_fn(|cx| match Pin::new(&mut *ours).poll(cx) {
        Poll::Ready(outcome) => Poll::Ready(outcome.map(|_| ())),
        Poll::Pending => Poll::Ready(Ok(())),
    })
    .await
}

#[tokio::test]
async fn mal_answers_late_and_may_send_no_more_ahead_for_it() {
    let (mut ours, mut mal) = with_mal();
    mal.write_all(&header(WINDOW, SYN, 1, 0)).await.expect("ours goes on");
    let mut stream = future::poll_fn(|cx| Pin::new(&mut ours).poll_inbound(cx)).await.expect("a stream begins");
    let (mut ahead, mut asked, mut piece) = (i64::from(DEFAULT_CREDIT), None, vec![0; FRAME]);
    for round in 0..64 {
        mal.write_all(&data(1, FRAME)).await.expect("ours goes on");
        ahead -= FRAME as i64;
        turn(&mut ours).await.expect("nothing is wrong");
        futures::AsyncReadExt::read_exact(&mut stream, &mut piece).await.expect("it was sent");
        turn(&mut ours).await.expect("nothing is wrong");
        // Whoever answers after 16 rounds is far away, to all appearances, and their windows are used up at once.
        if let (16, Some(nonce)) = (round, asked) {
            mal.write_all(&header(PING, ACK, 0, nonce)).await.expect("ours goes on");
        }
        // What ours has to say is here already.
        while let Some((tag, flags, of, length)) = next(&mut mal).now_or_never() {
            match (tag, flags, of) {
                (PING, SYN, 0) => asked = asked.or(Some(length)),
                (WINDOW, _, 1) => ahead += i64::from(length),
                _ => {}
            }
        }
        assert!(ahead <= i64::from(DEFAULT_CREDIT), "{ahead} bytes may be sent ahead after {round} rounds");
    }
    assert!(asked.is_some(), "ours wants to know how far away Mal is");
    assert!(ahead > 0, "an honest device would go on");
}

#[tokio::test]
async fn a_frame_longer_than_anybody_sends_is_an_error_before_it_comes() {
    let (mut ours, mut mal) = with_mal();
    mal.write_all(&header(DATA, SYN, 1, FRAME as u32)).await.expect("ours goes on");
    turn(&mut ours).await.expect("as long as it may be");
    let (mut ours, mut mal) = with_mal();
    mal.write_all(&header(DATA, SYN, 1, FRAME as u32 + 1)).await.expect("ours goes on");
    let refused = turn(&mut ours).await.expect_err("too long");
    assert!(refused.to_string().contains("a frame is too long"), "{refused}");
}

/// How many of these bytes Mal gets off, while our end does what there is to do.
async fn pushed(ours: &mut Ours, mal: &mut DuplexStream, mut bytes: &[u8]) -> usize {
    let (all, mut full) = (bytes.len(), 0);
    while !bytes.is_empty() && full < 16 {
        match mal.write(bytes).now_or_never() {
            Some(count) => {
                bytes = &bytes[count.expect("ours goes on")..];
                full = 0;
            }
            None => full += 1,
        }
        turn(ours).await.expect("nothing is wrong");
    }
    all - bytes.len()
}

#[test]
fn while_a_stream_waits_to_be_asked_for_nothing_more_is_read() {
    // Outside the runtime, whose turns would end before the pipe is full.
    futures::executor::block_on(three_streams_are_asked_for_one_by_one());
}

async fn three_streams_are_asked_for_one_by_one() {
    const PIPE: usize = 8 << 10;
    let (ours, mut mal) = duplex(PIPE);
    let mut ours = Multiplex.within(ours.compat(), Mode::Server);
    let full = |stream| data(stream, FRAME).repeat(DEFAULT_CREDIT as usize / FRAME);
    let streams = [1, 3, 5].map(|stream| [&header(WINDOW, SYN, stream, 0)[..], &full(stream)].concat());
    let all = streams.concat();
    let mut sent = 0;
    for before in 0..3 {
        sent += pushed(&mut ours, &mut mal, &all[sent..]).await;
        let read: usize = streams[..before].iter().map(Vec::len).sum();
        assert!(sent <= read + PIPE + HEADER, "{sent} bytes were taken though only {before} streams were asked for");
        let asked = future::poll_fn(|cx| Pin::new(&mut ours).poll_inbound(cx)).now_or_never();
        asked.expect("it waits to be asked for").expect("nothing is wrong");
    }
    sent += pushed(&mut ours, &mut mal, &all[sent..]).await;
    assert_eq!(sent, all.len());
}

#[test]
fn frames_are_told_apart_however_they_are_cut() {
    let frames = [data(1, 5), header(WINDOW, 0, 1, u32::MAX).to_vec(), data(1, FRAME), data(3, 0)].concat();
    let (long, step) = (header(DATA, 0, 1, FRAME as u32 + 1), |bytes: &[u8], size: usize| {
        let mut framed = Framed::new(());
        bytes.chunks(size).try_for_each(|piece| framed.pass(piece))
    });
    for size in [1, 2, 5, 11, 12, 13, 17, 4096, 1 << 20] {
        step(&frames, size).expect("every frame is as it may be");
        assert!(step(&[&frames[..], &long].concat(), size).is_err(), "in pieces of {size}");
    }
}
