//! Several streams in one TCP connection: [Yamux](https://github.com/hashicorp/yamux/blob/master/spec.md), by the `yamux`
//! crate, so bounded that what a stranger makes this device hold for one connection is known beforehand.

use futures::prelude::*;
use futures::ready;
use hedgerow_model::mutant;
use libp2p::core::muxing::{StreamMuxer, StreamMuxerEvent};
use libp2p::core::upgrade::{InboundConnectionUpgrade, OutboundConnectionUpgrade, UpgradeInfo};
use std::future::Ready;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::{future, io, iter};
use yamux::{Config, Connection, ConnectionError, DEFAULT_CREDIT, Mode, Stream};

use crate::limits::{FRAME, STREAMS};

/// Makes a [`Multiplexed`] connection of a plain one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Multiplex;

impl Multiplex {
    fn within<C>(self, io: C, mode: Mode) -> Multiplexed<C>
    where
        C: AsyncRead + AsyncWrite + Unpin,
    {
        let mut config = Config::default();
        config.set_max_num_streams(STREAMS);
        // Exactly what the first windows take: none of them grows. Else they would double whenever they are used up
        // within two round trips, and how long those are is for the other side to choose.
        if !mutant("let-windows-grow") {
            config.set_max_connection_receive_window(Some(STREAMS * DEFAULT_CREDIT as usize));
        }
        Multiplexed { connection: Connection::new(Framed::new(io), config, mode), came: None, waker: None }
    }
}

impl UpgradeInfo for Multiplex {
    type Info = &'static str;
    type InfoIter = iter::Once<&'static str>;

    fn protocol_info(&self) -> Self::InfoIter {
        iter::once("/yamux/1.0.0")
    }
}

impl<C> InboundConnectionUpgrade<C> for Multiplex
where
    C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    type Output = Multiplexed<C>;
    type Error = io::Error;
    type Future = Ready<io::Result<Multiplexed<C>>>;

    fn upgrade_inbound(self, io: C, _: &'static str) -> Self::Future {
        future::ready(Ok(self.within(io, Mode::Server)))
    }
}

impl<C> OutboundConnectionUpgrade<C> for Multiplex
where
    C: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    type Output = Multiplexed<C>;
    type Error = io::Error;
    type Future = Ready<io::Result<Multiplexed<C>>>;

    fn upgrade_outbound(self, io: C, _: &'static str) -> Self::Future {
        future::ready(Ok(self.within(io, Mode::Client)))
    }
}

/// A connection with several streams in it.
pub(crate) struct Multiplexed<C> {
    connection: Connection<Framed<C>>,
    /// A stream that the other side began while nobody asked for one. There is room for one: until it is asked for nothing
    /// more is read from this connection, so that what lies in streams that wait is bounded, too.
    came: Option<Stream>,
    /// Whoever asked for a stream when there was none, or would read on when one waited.
    waker: Option<Waker>,
}

impl<C: AsyncRead + AsyncWrite + Unpin> Multiplexed<C> {
    /// Carries bytes both ways until the other side begins a stream. Nothing else makes streams move.
    fn next_inbound(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        let next = ready!(self.connection.poll_next_inbound(cx));
        Poll::Ready(next.unwrap_or(Err(ConnectionError::Closed)).map_err(said))
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

fn said(error: ConnectionError) -> io::Error {
    match error {
        ConnectionError::Io(error) => error,
        other => io::Error::other(other),
    }
}

impl<C: AsyncRead + AsyncWrite + Unpin> StreamMuxer for Multiplexed<C> {
    type Substream = Stream;
    type Error = io::Error;

    fn poll_inbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        if let Some(stream) = self.came.take() {
            self.wake();
            return Poll::Ready(Ok(stream));
        }
        let next = self.next_inbound(cx);
        if next.is_pending() {
            self.waker = Some(cx.waker().clone());
        }
        next
    }

    fn poll_outbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        self.connection.poll_new_outbound(cx).map_err(said)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.poll_close(cx).map_err(said)
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<StreamMuxerEvent>> {
        if self.came.is_none() {
            self.came = Some(ready!(self.next_inbound(cx))?);
            self.wake();
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// How long a frame's header is, in bytes: version, tag, flags (2), stream (4), length (4, most significant byte first).
const HEADER: usize = 12;
/// The tag of frames that have a body.
const DATA: u8 = 0;

/// Bytes on their way to Yamux, which takes memory for a frame as soon as its length is announced, up to 1 MiB of it: a
/// longer one than anybody honest sends is an error before it is.
struct Framed<C> {
    io: C,
    header: [u8; HEADER],
    /// How much of the header is here.
    at: usize,
    /// What is to come of the body.
    body: usize,
}

impl<C> Framed<C> {
    fn new(io: C) -> Framed<C> {
        Framed { io, header: [0; HEADER], at: 0, body: 0 }
    }

    fn pass(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let body = self.body.min(bytes.len());
            self.body -= body;
            bytes = &bytes[body..];
            let header = (HEADER - self.at).min(bytes.len());
            self.header[self.at..self.at + header].copy_from_slice(&bytes[..header]);
            self.at += header;
            bytes = &bytes[header..];
            if self.at == HEADER {
                self.at = 0;
                self.body = self.announced()?;
            }
        }
        Ok(())
    }

    /// How long the body behind this header is.
    fn announced(&self) -> io::Result<usize> {
        let [_, tag, _, _, _, _, _, _, length @ ..] = self.header;
        match u32::from_be_bytes(length) as usize {
            _ if tag != DATA => Ok(0),
            length if length > FRAME && !mutant("take-memory-announced") => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too long"))
            }
            length => Ok(length),
        }
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for Framed<C> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.io).poll_read(cx, buffer))?;
        self.pass(&buffer[..count])?;
        Poll::Ready(Ok(count))
    }
}

impl<C: AsyncWrite + Unpin> AsyncWrite for Framed<C> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_close(cx)
    }
}

#[cfg(test)]
mod tests;
