use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::local::connect;
use crate::reply::{Created, Listening};
use crate::request::{Capture, DeletePage, SyncNow, WhereToReach};
use crate::{Fault, Reply};

/// Pretends to be a node: answers captures with their own text, and remembers calls that never ended.
#[derive(Default)]
struct Pretend {
    dropped: Arc<AtomicUsize>,
}

struct Counted(Arc<AtomicUsize>);
impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Door for Pretend {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Fault>> {
        let counted = Counted(Arc::clone(&self.dropped));
        async move {
            match request {
                Request::Capture(capture) => Ok(Reply::Capture(Created { id: capture.text })),
                Request::SyncNow(_) => {
                    let _counted = counted;
                    std::future::pending().await
                }
                Request::WhereToReach(_) => Ok(Reply::WhereToReach(Listening {
                    device_id: String::new(),
                    peer_id: String::new(),
                    addresses: vec!["x".repeat(MOST_REPLY)],
                })),
                _ => Err(Fault::not_found("no page of that id is here; see page list")),
            }
        }
        .boxed()
    }
}

/// A folder that a pretend node serves.
struct Served {
    folder: tempfile::TempDir,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
    dropped: Arc<AtomicUsize>,
}

fn serve_with(limits: Limits) -> Served {
    serve(|socket| socket.limits = limits)
}

fn serve(set_up: impl FnOnce(&mut LocalSocket)) -> Served {
    let folder = tempfile::tempdir().expect("a folder");
    let pretend = Pretend::default();
    let dropped = Arc::clone(&pretend.dropped);
    let mut socket = LocalSocket::bind(folder.path()).expect("bound");
    set_up(&mut socket);
    let stop = CancellationToken::new();
    let task = tokio::spawn(socket.serve(Arc::new(pretend), stop.clone()));
    Served { folder, stop, task, dropped }
}

async fn door(served: &Served) -> Box<dyn Door> {
    Box::new(connect(served.folder.path()).await.expect("no fault").expect("a node"))
}

fn thought(text: &str) -> Capture {
    Capture { text: text.to_owned(), at: None }
}

#[tokio::test]
async fn several_requests_are_answered_on_one_connection() {
    let served = serve_with(LIMITS);
    let door = door(&served).await;
    for text in ["first", "tŷ", ""] {
        assert_eq!(door.ask(thought(text)).await, Ok(Created { id: text.to_owned() }));
    }
    let fault = door.ask(DeletePage { page: "abcdef".to_owned() }).await.expect_err("no such page");
    assert_eq!(fault, Fault::not_found("no page of that id is here; see page list"));
    assert!(door.ask(thought("after a fault")).await.is_ok());
}

#[tokio::test]
async fn requests_made_at_once_each_get_their_own_answer() {
    let served = serve_with(LIMITS);
    let door = door(&served).await;
    let texts: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let answers = futures::future::join_all(texts.iter().map(|text| door.ask(thought(text)))).await;
    for (text, answer) in texts.iter().zip(answers) {
        assert_eq!(answer, Ok(Created { id: text.clone() }));
    }
}

#[tokio::test]
async fn the_socket_is_this_users_alone_and_goes_when_the_node_goes() {
    let served = serve_with(LIMITS);
    let path = served.folder.path().join("socket");
    let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    served.stop.cancel();
    served.task.await.expect("no panic");
    assert!(!path.exists());
    assert!(connect(served.folder.path()).await.expect("no fault").is_none());
    println!("shows P12: 1 socket for this user alone");
}

#[tokio::test]
async fn another_user_of_the_machine_is_sent_away_unheard() {
    // To a node of somebody else's, we are the other user.
    let served = serve(|socket| socket.user += 1);
    let mut stream = raw(&served).await;
    // The node may have closed it before or after we greet.
    let _ = write_frame(&mut stream, &to_json(&Hello::ours()).expect("json")).await;
    let heard = stream.read(&mut [0; 64]).await.unwrap_or(0);
    assert_eq!(heard, 0, "not even a greeting");
}

#[tokio::test]
async fn what_a_killed_node_left_is_no_obstacle() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(LocalSocket::bind(folder.path()).expect("bound"));
    assert!(folder.path().join("socket").exists(), "nobody tidied up");
    assert!(connect(folder.path()).await.expect("no fault").is_none(), "nobody is there");
    LocalSocket::bind(folder.path()).expect("a new node takes its place");
}

#[tokio::test]
async fn a_folder_with_a_very_long_path_can_be_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let deep = folder.path().join("a".repeat(90)).join("b".repeat(90));
    std::fs::create_dir_all(&deep).expect("deep");
    let stop = CancellationToken::new();
    let socket = LocalSocket::bind(&deep).expect("bound");
    let task = tokio::spawn(socket.serve(Arc::new(Pretend::default()), stop.clone()));
    let door: Box<dyn Door> = Box::new(connect(&deep).await.expect("no fault").expect("a node"));
    assert!(door.ask(thought("deep")).await.is_ok());
    stop.cancel();
    task.await.expect("no panic");
    assert!(connect(&deep).await.expect("no fault").is_none());
}

/// A client of our own making, that says whatever it is told to.
async fn raw(served: &Served) -> UnixStream {
    UnixStream::connect(served.folder.path().join("socket")).await.expect("connected")
}

async fn raw_after_hello(served: &Served) -> UnixStream {
    let mut stream = raw(served).await;
    write_frame(&mut stream, &to_json(&Hello::ours()).expect("json")).await.expect("sent");
    read_frame(&mut stream, MOST_HELLO).await.expect("a hello");
    stream
}

async fn is_closed(stream: &mut UnixStream) -> bool {
    let mut rest = Vec::new();
    // A reset is as good an end as any.
    stream.read_to_end(&mut rest).await.is_err() || rest.is_empty()
}

#[tokio::test]
async fn another_version_is_told_which_runs_here_and_no_more() {
    let served = serve_with(LIMITS);
    let mut stream = raw(&served).await;
    let newer = Hello { hedgerow: PROTOCOL + 1, version: "9.9.9".to_owned() };
    write_frame(&mut stream, &to_json(&newer).expect("json")).await.expect("sent");
    let theirs: Hello = from_json(&read_frame(&mut stream, MOST_HELLO).await.expect("a hello")).expect("json");
    assert_eq!(theirs, Hello::ours());
    assert!(is_closed(&mut stream).await);
}

#[tokio::test]
async fn a_client_of_another_version_says_which_is_which() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = UnixListener::bind(folder.path().join("socket")).expect("bound");
    let node = async {
        let (mut stream, _) = listener.accept().await.expect("a client");
        read_frame(&mut stream, MOST_HELLO).await.expect("a hello");
        let hello = Hello { hedgerow: PROTOCOL + 1, version: "9.9.9".to_owned() };
        write_frame(&mut stream, &to_json(&hello).expect("json")).await.expect("sent");
    };
    let (fault, ()) = tokio::join!(connect(folder.path()), node);
    assert!(fault.expect_err("refused").say.contains("is Hedgerow 9.9.9 and this is"));
}

#[tokio::test]
async fn nonsense_is_answered_and_does_not_end_the_conversation() {
    let served = serve_with(LIMITS);
    let mut stream = raw_after_hello(&served).await;
    for nonsense in ["", "{", "[]", "{\"request\":\"launch\"}", &"[".repeat(100_000)] {
        write_frame(&mut stream, nonsense.as_bytes()).await.expect("sent");
        let answer: Answer = from_json(&read_frame(&mut stream, MOST_REPLY).await.expect("answered")).expect("json");
        assert!(matches!(answer, Answer::Fault(Fault { code: Code::Usage, .. })), "{nonsense:.20}");
    }
    write_frame(&mut stream, br#"{"request":"capture","text":"sense"}"#).await.expect("sent");
    let answer: Answer = from_json(&read_frame(&mut stream, MOST_REPLY).await.expect("answered")).expect("json");
    assert_eq!(answer, Answer::Done(Box::new(Reply::Capture(Created { id: "sense".to_owned() }))));
}

#[tokio::test]
async fn a_request_too_long_is_refused_before_it_is_read() {
    let served = serve_with(LIMITS);
    let mut stream = raw_after_hello(&served).await;
    stream.write_all(&u32::MAX.to_be_bytes()).await.expect("sent");
    let answer: Answer = from_json(&read_frame(&mut stream, MOST_REPLY).await.expect("answered")).expect("json");
    assert!(matches!(answer, Answer::Fault(Fault { code: Code::Refused, .. })));
    assert!(is_closed(&mut stream).await);
}

#[tokio::test]
async fn an_answer_too_long_is_said_to_be() {
    let served = serve_with(LIMITS);
    let door = door(&served).await;
    let fault = door.ask(WhereToReach {}).await.expect_err("too long");
    assert!(fault.say.contains("ask for less"), "{fault}");
    assert!(door.ask(thought("still here")).await.is_ok());
}

#[tokio::test]
async fn those_who_say_nothing_are_sent_away() {
    let served = serve_with(Limits { hello: Duration::from_millis(20), ..LIMITS });
    assert!(is_closed(&mut raw(&served).await).await, "no hello");
    let served = serve_with(Limits { idle: Duration::from_millis(20), ..LIMITS });
    assert!(is_closed(&mut raw_after_hello(&served).await).await, "no request");
    let served = serve_with(Limits { transfer: Duration::from_millis(20), ..LIMITS });
    let mut stream = raw_after_hello(&served).await;
    stream.write_all(&[0, 0]).await.expect("half a length");
    assert!(is_closed(&mut stream).await, "half a request");
}

#[tokio::test]
async fn one_too_many_is_closed_and_the_others_go_on() {
    let served = serve_with(Limits { connections: 2, ..LIMITS });
    let first = door(&served).await;
    let second = door(&served).await;
    assert!(first.ask(thought("1")).await.is_ok() && second.ask(thought("2")).await.is_ok());
    assert!(is_closed(&mut raw(&served).await).await);
    assert!(first.ask(thought("1")).await.is_ok() && second.ask(thought("2")).await.is_ok());
}

#[tokio::test]
async fn a_wait_ends_with_whoever_waited() {
    let served = serve_with(LIMITS);
    let mut stream = raw_after_hello(&served).await;
    let forever = Request::SyncNow(SyncNow { wait_seconds: 1_000_000 });
    write_frame(&mut stream, &to_json(&forever).expect("json")).await.expect("sent");
    drop(stream);
    // Only the end of the wait lets go of its guard, so this ends when the node has noticed, or never.
    while served.dropped.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}
