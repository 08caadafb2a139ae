//! Who may speak to this server: a page that it served itself, opened by somebody who was told the token.

use axum::http::{HeaderMap, HeaderName, header};
use data_encoding::BASE64URL_NOPAD;
use std::net::SocketAddr;
use subtle::ConstantTimeEq;

/// What whoever opens the page has to know: 32 bytes of chance in base64 for addresses, new with every server.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new() -> Result<Token, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Token(BASE64URL_NOPAD.encode(&bytes)))
    }

    /// As it stands in the address that a person opens.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is it, in a time that says nothing about where it differs.
    pub(crate) fn is(&self, said: &str) -> bool {
        self.0.as_bytes().ct_eq(said.as_bytes()).into()
    }
}

/// Whether a request was made to this server under a name that only this machine has for it. Another site's name that was
/// made to point here (DNS rebinding) is not among them.
pub(crate) fn is_to_us(headers: &HeaderMap, at: SocketAddr) -> bool {
    let host = text(headers, &header::HOST);
    host.is_some_and(|host| names(at).iter().any(|name| name == host))
}

/// Whether a page of this server made the request: browsers say so, and no page can make them say otherwise.
pub(crate) fn is_from_us(headers: &HeaderMap, at: SocketAddr) -> bool {
    let origin = text(headers, &header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
    let host = text(headers, &header::HOST);
    origin.is_some() && origin == host && is_to_us(headers, at)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn names(at: SocketAddr) -> [String; 2] {
    [at.to_string(), format!("localhost:{}", at.port())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_a_page_of_this_server_speaks_to_it() {
        let at: SocketAddr = "127.0.0.1:4017".parse().unwrap();
        assert!(is_from_us(&headers("127.0.0.1:4017", Some("http://127.0.0.1:4017")), at));
        assert!(is_from_us(&headers("localhost:4017", Some("http://localhost:4017")), at));
        for (host, origin) in [
            ("127.0.0.1:4017", None),
            ("127.0.0.1:4017", Some("null")),
            ("127.0.0.1:4017", Some("http://127.0.0.1:4018")),
            ("127.0.0.1:4017", Some("https://evil.example")),
            ("evil.example:4017", Some("http://evil.example:4017")),
            ("127.0.0.1:4018", Some("http://127.0.0.1:4018")),
            ("localhost:4017", Some("http://127.0.0.1:4017")),
        ] {
            assert!(!is_from_us(&headers(host, origin), at), "{host} {origin:?}");
        }
    }

    #[test]
    fn the_token_is_new_each_time_and_nothing_else_is_it() {
        let (one, other) = (Token::new().unwrap(), Token::new().unwrap());
        assert_eq!(one.as_str().len(), 43);
        assert!(one.is(one.as_str()));
        assert!(!one.is(other.as_str()) && !one.is("") && !one.is(&one.as_str()[..42]));
    }
}
