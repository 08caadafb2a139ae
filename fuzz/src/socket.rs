//! The local socket: frames, the hello, requests in JSON, through the door that clients come by.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use hedgerow_api::local::{LocalSocket, MOST_REQUEST, PROTOCOL};
use hedgerow_api::{Door, Fault, Reply, Request};
use serde::Deserialize;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::wire::block_on;
use crate::{Verdict, within};

/// The most bytes of a hello.
const MOST_HELLO: usize = 1 << 10;

/// For an answer that is due.
const PATIENCE: Duration = Duration::from_secs(5);

/// A node that hears everything and does nothing.
#[derive(Default)]
struct Deaf {
    heard: Mutex<Vec<Request>>,
}

impl Door for Deaf {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Fault>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        futures::future::ready(Err(Fault::refused("it was heard"))).boxed()
    }
}

/// A socket of this thread's, with a node behind it.
struct Served {
    folder: TempDir,
    door: Arc<Deaf>,
}

thread_local! {
    static SERVED: RefCell<Option<Served>> = const { RefCell::new(None) };
}

impl Served {
    fn new() -> Served {
        let folder = tempfile::tempdir().expect("a folder for the socket");
        let door = Arc::new(Deaf::default());
        let node: Arc<dyn Door> = door.clone();
        let path = folder.path().to_owned();
        block_on(async move {
            let socket = LocalSocket::bind(&path).expect("a socket in a new folder");
            tokio::spawn(socket.serve(node, CancellationToken::new()));
        });
        Served { folder, door }
    }

    /// What comes back for these bytes. The line is held until so many answers have come, for whoever hangs up is
    /// answered no more.
    fn say(&self, bytes: &[u8], expected: usize) -> Vec<u8> {
        let path = self.folder.path().join("socket");
        block_on(async move {
            let stream = UnixStream::connect(path).await.expect("somebody listens");
            let (mut reader, mut writer) = stream.into_split();
            let mut answer = Vec::new();
            let say = async {
                // The other side may hang up before it has heard everything.
                let _ = writer.write_all(bytes).await;
            };
            let hear = timeout(PATIENCE, async {
                while frames(&answer, usize::MAX).0.len() < expected {
                    match reader.read_buf(&mut answer).await {
                        Ok(more) if more > 0 => {}
                        _ => return,
                    }
                }
            });
            let _ = futures::join!(say, hear);
            let _ = writer.shutdown().await;
            let _ = timeout(PATIENCE, reader.read_to_end(&mut answer)).await;
            answer
        })
    }
}

/// What a client says, from its first byte. Each whole frame after the hello has one answer, in order; what is a
/// request reaches the node as it was sent, and nothing else does.
pub(crate) fn requests(bytes: &[u8]) -> Verdict {
    SERVED.with_borrow_mut(|served| {
        let served = served.get_or_insert_with(Served::new);
        let (asked, ended) = frames(bytes, MOST_HELLO);
        let greeted = asked.first().and_then(|hello| serde_json::from_slice::<Hello>(hello).ok());
        let speaks = greeted.as_ref().is_some_and(|hello| hello.hedgerow == PROTOCOL);
        let requests = if speaks { &asked[1..] } else { &[] };
        let too_long = usize::from(speaks && ended == Ending::TooLong);
        let expected = usize::from(greeted.is_some()) + requests.len() + too_long;
        let answer = within(4 << 20, 64, bytes, || served.say(bytes, expected));
        let heard = std::mem::take(&mut *served.door.heard.lock().unwrap_or_else(PoisonError::into_inner));
        let (answers, rest) = frames(&answer, usize::MAX);
        assert!(rest == Ending::Whole, "half an answer");
        let answers: Vec<serde_json::Value> =
            answers.iter().map(|frame| serde_json::from_slice(frame).expect("answers are JSON")).collect();
        let understood: Vec<Request> = requests.iter().filter_map(|frame| serde_json::from_slice(frame).ok()).collect();
        assert_eq!(answers.len(), expected, "a hello to whoever greets, and an answer to each request");
        assert!(answers.iter().skip(1).all(|answer| answer.get("fault").is_some()), "{answers:?}");
        assert_eq!(said(&heard), said(&understood), "the node hears something else");
        for request in &heard {
            let again: Request = serde_json::from_str(&said(std::slice::from_ref(request))[0]).expect("our own JSON");
            assert_eq!(&again, request, "it means something else once written");
        }
        Verdict::of(!heard.is_empty())
    })
}

fn said(requests: &[Request]) -> Vec<String> {
    requests.iter().map(|request| serde_json::to_string(request).expect("a request can be written")).collect()
}

/// The first frame of either side, as far as it matters.
#[derive(Deserialize)]
struct Hello {
    hedgerow: u32,
    #[expect(dead_code, reason = "it has to be there")]
    version: String,
}

/// How a stream of frames ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Whole,
    Cut,
    TooLong,
}

/// The frames of a stream; the first of at most so many bytes.
fn frames(bytes: &[u8], first: usize) -> (Vec<&[u8]>, Ending) {
    let (mut frames, mut rest, mut most) = (Vec::new(), bytes, first);
    while !rest.is_empty() {
        let Some((length, after)) = rest.split_first_chunk::<4>() else { return (frames, Ending::Cut) };
        let length = u32::from_be_bytes(*length) as usize;
        if length > most {
            return (frames, Ending::TooLong);
        }
        let Some((frame, after)) = after.split_at_checked(length) else { return (frames, Ending::Cut) };
        frames.push(frame);
        (rest, most) = (after, if first == usize::MAX { first } else { MOST_REQUEST });
    }
    (frames, Ending::Whole)
}

pub(crate) mod seeds {
    use hedgerow_api::request::{GetStatus, SetProfile, Whoami};
    use hedgerow_api::{Ask, Request};

    use crate::Seed;

    fn frame(out: &mut Vec<u8>, json: &str) {
        out.extend((json.len() as u32).to_be_bytes());
        out.extend(json.as_bytes());
    }

    fn conversation(requests: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        frame(&mut bytes, r#"{"hedgerow":1,"version":"0.1.0"}"#);
        requests.iter().for_each(|request| frame(&mut bytes, request));
        bytes
    }

    fn written(request: Request) -> String {
        serde_json::to_string(&request).expect("a request can be written")
    }

    /// Conversations.
    pub(crate) fn requests() -> Vec<Seed> {
        let text = |raw: &str| Some(raw.to_owned());
        let profile = SetProfile {
            name: text("Ada"),
            organisation: text("Sir Gâr"),
            sector: None,
            job: None,
            level: None,
            places: Some(vec!["Llanelli".to_owned()]),
        };
        let [who, status, profile] =
            [Whoami {}.into_request(), GetStatus {}.into_request(), profile.into_request()].map(written);
        vec![
            ("who", conversation(&[&who])),
            ("three", conversation(&[&status, &profile, &who])),
            ("notebook", conversation(&[r#"{"request":"new_notebook","title":"Floods","challenge":null}"#, &who])),
            ("page", conversation(&[r#"{"request":"list_members","notebook":"abc123"}"#])),
            ("role", conversation(&[r#"{"request":"set_role","notebook":"abc123","person":"Bo","role":"writer"}"#])),
        ]
    }
}
