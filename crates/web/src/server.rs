//! The server: an address of this machine, its files, and the door.

use axum::Router;
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use hedgerow_api::here::Here;
use hedgerow_api::local::MOST_REQUEST;
use hedgerow_api::{Code, Fault};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::guard::{Token, is_from_us, is_to_us};
use crate::{pages, talk};

/// Windows that may be open at once.
const WINDOWS: usize = 32;

/// A server that a browser can already connect to.
pub struct WebServer {
    listener: TcpListener,
    at: SocketAddr,
    token: Token,
}

/// What answers need.
#[derive(Clone)]
struct Serving {
    here: Arc<Here>,
    at: SocketAddr,
    token: Token,
    windows: Arc<Semaphore>,
    stop: CancellationToken,
}

impl WebServer {
    /// Listens at `address`, a host and a port of this machine; port 0 is any that is free. Must be called within a tokio
    /// runtime.
    ///
    /// # Errors
    /// When this program was built without the window, the address is not this machine's alone, or the system does not
    /// let us.
    pub async fn bind(address: &str) -> Result<WebServer, Fault> {
        if !pages::are_here() {
            let say = "this program was built without the window; build it with `cargo xtask run`, which builds both";
            return Err(Fault::new(Code::Failed, say.to_owned()));
        }
        let failed = |cause: std::io::Error| Fault::new(Code::Failed, format!("could not serve at {address}: {cause}"));
        let mut found = tokio::net::lookup_host(address).await.map_err(failed)?;
        let at = found.find(|at| at.ip().is_loopback()).ok_or_else(|| {
            let say = format!(
                "{address} can be reached by others, and what crosses is not encrypted; use 127.0.0.1, and ssh -L from afar"
            );
            Fault::new(Code::Usage, say)
        })?;
        let listener = TcpListener::bind(at).await.map_err(failed)?;
        let at = listener.local_addr().map_err(failed)?;
        let token = Token::new().map_err(|cause| {
            Fault::new(Code::Failed, format!("the system has no chance to give for a token: {cause}"))
        })?;
        Ok(WebServer { listener, at, token })
    }

    /// What a person opens. Whoever knows it may do all that this device's person may.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}/#token={}", self.at, self.token.as_str())
    }

    /// Serves windows onto this node until `stop`.
    pub async fn serve(self, here: Arc<Here>, stop: CancellationToken) {
        let windows = Arc::new(Semaphore::new(WINDOWS));
        let serving = Serving { here, at: self.at, token: self.token, windows, stop: stop.clone() };
        let routes = Router::new().route("/door", any(door)).fallback(get(file)).with_state(serving);
        if let Err(cause) = axum::serve(self.listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await {
            tracing::warn!(%cause, "the web server has stopped");
        }
    }
}

async fn file(State(serving): State<Serving>, request: Request) -> Response<Body> {
    match is_to_us(request.headers(), serving.at) {
        true => pages::at(request.uri().path()),
        false => pages::refused("This server answers to its own address only.\n"),
    }
}

async fn door(
    State(serving): State<Serving>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response<Body> {
    if !is_from_us(&headers, serving.at) {
        return pages::refused("Only a window that this server opened may ask.\n");
    }
    let Ok(upgrade) = upgrade else { return pages::refused("This is no page.\n") };
    let Ok(place) = Arc::clone(&serving.windows).try_acquire_owned() else {
        return pages::refused("Too many windows are open.\n");
    };
    let upgrade = upgrade.max_message_size(MOST_REQUEST).max_frame_size(MOST_REQUEST);
    let Serving { here, token, stop, .. } = serving;
    upgrade
        .on_upgrade(move |socket| async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = talk::with(socket, here, &token) => {}
            }
            drop(place);
        })
        .into_response()
}
