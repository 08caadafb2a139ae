//! Stories about the window that a node serves to a browser: who is let through to the node, and what crosses.

use data_encoding::BASE64;
use futures::{SinkExt, StreamExt};
use hedgerow_document::{Document, Edit, Editing, PageEdit, page};
use hedgerow_model::{ActorId, Moment};
use hedgerow_tests::{Device, Node, PATIENCE, agreed};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Instant,
};
use tokio::time::timeout;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::Response},
};

/// A window that is open: its end of the conversation.
struct Window {
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    asked: u64,
    /// What the node said meanwhile without being asked.
    notices: Vec<Value>,
}

/// Host and port of a node's server, and its token.
fn parts(node: &Node) -> (String, String) {
    let address = node.ready()["http"].as_str().expect("it serves a window");
    let (host, token) = address.strip_prefix("http://").and_then(|rest| rest.split_once("/#token=")).expect("as it is");
    (host.to_owned(), token.to_owned())
}

async fn knock(
    host: &str,
    called: &str,
    origin: &str,
) -> Result<WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>, Error> {
    let mut request = format!("ws://{host}/door").into_client_request().expect("an address");
    request.headers_mut().insert("host", called.parse().expect("a host"));
    request.headers_mut().insert("origin", origin.parse().expect("an origin"));
    connect_async(request).await.map(|(socket, _)| socket)
}

impl Window {
    async fn on(node: &Node) -> Window {
        let (host, token) = parts(node);
        let socket = knock(&host, &host, &format!("http://{host}")).await.expect("it is let in");
        let mut window = Window { socket, asked: 0, notices: Vec::new() };
        window.say(&json!({ "hedgerow": 1, "token": token })).await;
        assert_eq!(window.hear().await["hedgerow"], 1);
        window
    }

    async fn say(&mut self, what: &Value) {
        self.socket.send(Message::Text(what.to_string().into())).await.expect("the node hears");
    }

    async fn hear(&mut self) -> Value {
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await.expect("the node says something");
            match next.expect("the node goes on").expect("the node goes on") {
                Message::Text(text) => return serde_json::from_str(&text).expect("it is JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("the node said {other:?}"),
            }
        }
    }

    /// Asks, and gives the answer, or the fault's code.
    async fn ask(&mut self, name: &str, mut body: Value) -> Result<Value, String> {
        self.asked += 1;
        let id = self.asked;
        body["request"] = json!(name);
        self.say(&json!({ "id": id, "ask": body })).await;
        loop {
            let said = self.hear().await;
            if said["id"] == id {
                return match said["fault"]["code"].as_str() {
                    Some(code) => Err(code.to_owned()),
                    None => Ok(said["done"]["body"].clone()),
                };
            }
            self.notices.push(said["notice"].clone());
        }
    }
}

fn status(error: Error) -> u16 {
    match error {
        Error::Http(response) => Response::status(&response).as_u16(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn only_a_window_of_this_server_that_knows_the_token_is_let_through() {
    let ada = Device::of("Ada");
    let node = ada.serve(&["--http", "127.0.0.1:0"]);
    let (host, token) = parts(&node);
    let ours = format!("http://{host}");
    for (called, origin) in [
        (host.as_str(), "https://evil.example"),
        (host.as_str(), "null"),
        ("evil.example", "http://evil.example"),
        ("evil.example", ours.as_str()),
    ] {
        let refused = knock(&host, called, origin).await.expect_err("it is not let in");
        assert_eq!(status(refused), 403, "{called} {origin}");
    }
    let another = token.chars().rev().collect::<String>();
    for hello in [json!({ "hedgerow": 1, "token": another }), json!({ "hedgerow": 2, "token": token }), json!(7)] {
        let mut socket = knock(&host, &host, &ours).await.expect("the door is there");
        socket.send(Message::Text(hello.to_string().into())).await.expect("the node hears");
        socket.send(Message::Text(r#"{"id":1,"ask":{"request":"whoami"}}"#.into())).await.expect("the node hears");
        let said = timeout(PATIENCE, socket.next()).await.expect("the node says something");
        let Some(Ok(Message::Close(Some(why)))) = said else { panic!("{hello}: the node said {said:?}") };
        assert_eq!(u16::from(why.code), 4401);
    }
    let mut window = Window::on(&node).await;
    assert_eq!(window.ask("whoami", json!({})).await.expect("a window may ask")["name"], "Ada");
    node.stop();
    assert!(!ada.folder().join("token").exists(), "the token is nowhere but in what was printed");
}

/// What the server answers to a request for a file, under a name by which it is called.
fn file(host: &str, called: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(host).expect("the server is there");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {called}\r\nConnection: close\r\n\r\n").expect("it hears");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_page_may_load_nothing_but_what_is_here_and_no_other_name_leads_here() {
    let ada = Device::of("Ada");
    let node = ada.serve(&["--http", "127.0.0.1:0"]);
    let (host, token) = parts(&node);
    let first = file(&host, &host, "/");
    assert!(first.starts_with("HTTP/1.1 200"), "{first}");
    assert!(first.contains("content-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"));
    assert!(first.contains("<title>Hedgerow</title>") && !first.contains(&token));
    assert!(file(&host, "evil.example", "/").starts_with("HTTP/1.1 403"));
    for path in ["/nothing", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "//etc/passwd"] {
        let answer = file(&host, &host, path);
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
    node.stop();
}

#[test]
fn an_address_that_others_reach_is_refused() {
    let ada = Device::of("Ada");
    for address in ["0.0.0.0:0", "[::]:0"] {
        let refused = ada.run(&["serve", "--http", address]);
        assert_eq!(refused.code, Some(2));
        assert!(refused.stderr.contains("can be reached by others"), "{}", refused.stderr);
    }
}

/// A page open in a window: a copy, and the line that it was lent.
struct Copy {
    document: Document,
    page: String,
    actor: ActorId,
    message: Option<String>,
}

impl Copy {
    async fn open(window: &mut Window, page: &str) -> Copy {
        let opened = window.ask("open_page", json!({ "page": page })).await.expect("the page is here");
        let actor = ActorId::parse(opened["actor"].as_str().expect("text")).expect("a line of editing");
        let message = opened["standing"]["message"].as_str().map(str::to_owned);
        let mut copy = Copy { document: Document::new(), page: page.to_owned(), actor, message };
        copy.catch_up(window).await;
        copy
    }

    async fn catch_up(&mut self, window: &mut Window) {
        let body = json!({ "page": self.page, "actor": self.actor.to_string(), "have": [] });
        let news = window.ask("page_news", body).await.expect("the page is here");
        let bytes = |text: &Value| BASE64.decode(text.as_str().expect("text").as_bytes()).expect("base64");
        let changes: Vec<Vec<u8>> = news["changes"].as_array().expect("a list").iter().map(bytes).collect();
        let mut document = Document::new();
        document.admit(&changes.iter().map(Vec::as_slice).collect::<Vec<_>>()).expect("what a device shows fits");
        self.document = document;
        self.message = news["standing"]["message"].as_str().map(str::to_owned);
    }

    async fn types(&mut self, window: &mut Window, words: &str) -> Result<Value, String> {
        let at = page::body_text(&self.document).chars().count();
        let edit = Edit::Page(PageEdit::Splice { at, delete: 0, insert: words.to_owned() });
        let by = Editing { actor: self.actor, at: Moment::from_millis(0), message: self.message.take() };
        let made = self.document.edit(&by, &edit).expect("a copy is edited").expect("there are words");
        let changes = [BASE64.encode(&made.bytes)];
        window
            .ask("write_page", json!({ "page": self.page, "actor": self.actor.to_string(), "changes": changes }))
            .await
    }
}

#[tokio::test]
async fn ada_writes_in_two_windows_and_bo_reads_it_all() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let notebook = ada.notebook("Flood rota");
    let page = ada.page(&notebook, "Night cover", "Gwen has the keys.\n");
    let node = ada.serve(&["--http", "127.0.0.1:0"]);
    let bos = bo.serve_to(&[&node]);
    bo.join(&ada.invite(&notebook, "writer"));
    let (mut one, mut other) = (Window::on(&node).await, Window::on(&node).await);
    let mut first = Copy::open(&mut one, &page).await;
    let mut second = Copy::open(&mut other, &page).await;
    assert_ne!(first.actor, second.actor, "two windows write in two lines");
    first.types(&mut one, " Sandbags are at the depot.").await.expect("ada may write");
    second.types(&mut other, " Ring before six.").await.expect("ada may write");
    agreed(&[&ada, &bo], &notebook);
    let shown = bo.text(&["page", "show", &page]);
    assert!(shown.contains("Sandbags are at the depot.") && shown.contains("Ring before six."), "{shown}");
    second.catch_up(&mut other).await;
    assert!(other.notices.iter().any(|notice| notice["notice"] == "page_changed"), "the other window was told");
    // A window that is left gives its line back, and the next goes on in it.
    let lent = first.actor;
    drop((one, first));
    let mut third = Window::on(&node).await;
    let begun = Instant::now();
    while Copy::open(&mut third, &page).await.actor != lent {
        assert!(begun.elapsed() < PATIENCE, "the line is not given back");
    }
    for node in [node, bos] {
        node.stop();
    }
}

#[tokio::test]
async fn a_page_that_ada_deletes_while_bo_types_keeps_his_words_and_comes_back() {
    let [ada, bo] = ["Ada", "Bo"].map(Device::of);
    let notebook = ada.notebook("Flood rota");
    let page = ada.page(&notebook, "Night cover", "Gwen has the keys.\n");
    let adas = ada.serve(&[]);
    let bos = bo.serve(&["--http", "127.0.0.1:0"]);
    bo.join(&ada.invite(&notebook, "writer"));
    let mut window = Window::on(&bos).await;
    let mut copy = Copy::open(&mut window, &page).await;
    ada.text(&["page", "delete", &page]);
    agreed(&[&ada, &bo], &notebook);
    assert!(bo.json(&["page", "list", &notebook]).is_empty(), "it is in no list any more");
    copy.types(&mut window, " Sandbags are at the depot.").await.expect("what bo types is kept");
    copy.catch_up(&mut window).await;
    assert!(page::head(&copy.document).deleted, "his window can tell him");
    agreed(&[&ada, &bo], &notebook);
    let deleted = ada.json(&["page", "list", &notebook, "--deleted"]);
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0]["id"], page.as_str());
    assert!(ada.refused(&["page", "append", &page]).contains("no page"), "to write on it, it is brought back");
    ada.text(&["page", "bring-back", &page]);
    let shown = ada.text(&["page", "show", &page]);
    assert!(shown.contains("Gwen has the keys.") && shown.contains("Sandbags are at the depot."), "{shown}");
    assert!(ada.json(&["page", "list", &notebook, "--deleted"]).is_empty());
    let lines = window.ask("page_authors", json!({ "page": page })).await.expect("the page is here");
    let whose = |name: &str| {
        let of = |line: &&Value| line["author"] == name;
        lines.as_array().expect("a list").iter().find(of).map(|line| line["actor"].clone())
    };
    assert_eq!(whose("Bo"), Some(json!(copy.actor.to_string())), "what bo typed can be told from the rest");
    assert!(whose("Ada").is_some());
    for node in [adas, bos] {
        node.stop();
    }
}
