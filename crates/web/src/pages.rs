//! The window's files, as they were built from `ui/`, with what a browser may do with them.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use rust_embed::RustEmbed;

/// What the window was built into. Empty where this program was built without it.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Built;

const FIRST: &str = "index.html";

/// Nothing but what this server has; no frames, forms, plugins or addresses of others. Automerge is WebAssembly.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                      font-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// What every answer says besides.
fn always() -> [(HeaderName, HeaderValue); 7] {
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ]
}

/// Whether there is a window in this program.
pub(crate) fn are_here() -> bool {
    Built::get(FIRST).is_some()
}

/// The file at a path, which begins with `/`.
pub(crate) fn at(path: &str) -> Response<Body> {
    let name = match path.trim_start_matches('/') {
        "" => FIRST,
        name => name,
    };
    let Some(file) = Built::get(name) else { return line(StatusCode::NOT_FOUND, "There is nothing here.\n") };
    let kind = HeaderValue::from_str(file.metadata.mimetype());
    let mut response = Response::new(Body::from(file.data.into_owned()));
    response.headers_mut().extend(always());
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    response
}

/// A refusal, in a line that a person may see.
pub(crate) fn refused(why: &'static str) -> Response<Body> {
    line(StatusCode::FORBIDDEN, why)
}

fn line(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().extend(always());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
