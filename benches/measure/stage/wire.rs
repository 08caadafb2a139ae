//! A wire of our own between two devices, on loopback: whatever one of them sends goes through it and is counted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The wire. It ends with the runtime.
pub(crate) struct Wire {
    /// Where to dial it, as a multiaddress with whoever is at its end.
    pub(crate) address: String,
    bytes: Arc<AtomicU64>,
}

impl Wire {
    /// A wire to the device that listens at `address`.
    pub(crate) async fn to(address: &str) -> Wire {
        let (port, peer) = parts(address);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let here = listener.local_addr().expect("it is bound").port();
        let bytes = Arc::new(AtomicU64::new(0));
        let counts = Arc::clone(&bytes);
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let there = SocketAddr::from(([127, 0, 0, 1], port));
                let Ok(called) = TcpStream::connect(there).await else { continue };
                let _ = (caller.set_nodelay(true), called.set_nodelay(true));
                let ((from_caller, to_caller), (from_called, to_called)) = (caller.into_split(), called.into_split());
                tokio::spawn(carry(from_caller, to_called, Arc::clone(&counts)));
                tokio::spawn(carry(from_called, to_caller, Arc::clone(&counts)));
            }
        });
        Wire { address: format!("/ip4/127.0.0.1/tcp/{here}/p2p/{peer}"), bytes }
    }

    /// Bytes that went over it so far, both ways, as TCP carries them.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::SeqCst)
    }
}

/// The port and the peer of `/ip4/127.0.0.1/tcp/PORT/p2p/PEER`.
fn parts(address: &str) -> (u16, &str) {
    let parts: Vec<&str> = address.split('/').collect();
    match parts.as_slice() {
        ["", "ip4", "127.0.0.1", "tcp", port, "p2p", peer] => (port.parse().expect("a port"), peer),
        _ => panic!("{address} is not where a device listens on loopback by TCP"),
    }
}

async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, bytes: Arc<AtomicU64>) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        // Counted before it is handed on: whoever acts on it finds it counted.
        bytes.fetch_add(length as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..length]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}
