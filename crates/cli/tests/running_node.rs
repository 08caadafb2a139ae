//! The program itself, beside a node that runs on its folder: a pretend one behind a real socket.

use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use hedgerow_api::local::LocalSocket;
use hedgerow_api::reply::{Damage, NotebookLine};
use hedgerow_api::{Code, Door, Fault, Reply, Request};
use hedgerow_model::Role;
use tokio_util::sync::CancellationToken;

/// How the pretend node answers.
type Answer = fn(Request) -> Result<Reply, Fault>;

struct Pretend(Answer);

impl Door for Pretend {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Fault>> {
        std::future::ready((self.0)(request)).boxed()
    }
}

/// A folder on which a pretend node runs.
struct Running {
    folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

fn running(answer: Answer) -> Running {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let socket = {
        let _within = runtime.enter();
        LocalSocket::bind(folder.path()).expect("bound")
    };
    runtime.spawn(socket.serve(Arc::new(Pretend(answer)), CancellationToken::new()));
    Running { folder, _runtime: runtime }
}

impl Running {
    fn command(&self, line: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hedgerow"));
        command.env("HEDGEROW_DATA", self.folder.path()).env("HEDGEROW_KEYS", "file").args(line).stdin(Stdio::null());
        command
    }

    fn run(&self, line: &[&str]) -> Output {
        self.command(line).output().expect("it runs")
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

fn notebooks(number: usize) -> Vec<NotebookLine> {
    let line = |at| NotebookLine {
        id: format!("{at:064x}"),
        title: format!("Notebook {at}"),
        challenge: None,
        role: Some(Role::Reader),
        pages: 0,
        members: 1,
    };
    (0..number).map(line).collect()
}

/// Has very many notebooks.
fn well(request: Request) -> Result<Reply, Fault> {
    match request {
        Request::ListNotebooks(_) => Ok(Reply::ListNotebooks(notebooks(20_000))),
        Request::ListDamage(_) => Ok(Reply::ListDamage(vec![])),
        request => panic!("{request:?}"),
    }
}

#[test]
fn a_command_asks_the_node_that_runs() {
    let node = running(well);
    let answer = node.run(&["notebook", "list", "--json"]);
    assert_eq!((answer.status.code(), text(&answer.stderr)), (Some(0), ""));
    let lines: Vec<&str> = text(&answer.stdout).lines().collect();
    assert_eq!(lines.len(), 20_000);
    assert!(lines.iter().all(|line| line.starts_with("{\"id\":\"") && line.ends_with('}')));
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let node = running(well);
    let mut child =
        node.command(&["notebook", "list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let answer = child.wait_with_output().expect("it ends");
    assert_eq!((answer.status.code(), text(&answer.stderr)), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_the_output_is_told() {
    let node = running(well);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has one");
    let answer = node.command(&["notebook", "list"]).stdout(full).output().expect("it runs");
    assert_eq!(answer.status.code(), Some(1));
    let said = text(&answer.stderr);
    assert!(
        said.starts_with("hedgerow: could not write the output: no space left") && said.lines().count() == 1,
        "{said}"
    );
}

#[test]
fn a_refusal_is_one_line_and_exit_code_1() {
    let node = running(|request| match request {
        Request::ListDamage(_) => Ok(Reply::ListDamage(vec![])),
        _ => Err(Fault::refused("you are a reader of \"Flood\nrota\"; ask an admin to make you a writer")),
    });
    let answer = node.run(&["page", "rename", "9c04d2", "Cover"]);
    assert_eq!((answer.status.code(), text(&answer.stdout)), (Some(1), ""));
    assert_eq!(
        text(&answer.stderr),
        "hedgerow: you are a reader of \"Flood rota\"; ask an admin to make you a writer\n"
    );
}

#[test]
fn what_the_node_does_not_understand_is_wrong_usage() {
    let node = running(|_| Err(Fault::new(Code::Usage, "give an id of six characters or more")));
    assert_eq!(node.run(&["page", "list", "3f"]).status.code(), Some(2));
}

#[test]
fn damage_is_told_beside_what_was_done() {
    let node = running(|request| match request {
        Request::ListDamage(_) => Ok(Reply::ListDamage(vec![Damage {
            say: "a record of \"Flood rota\" is damaged; sync with somebody who has it".to_owned(),
            notebook_id: None,
            what: "ab".to_owned(),
        }])),
        _ => Ok(Reply::ListNotebooks(notebooks(1))),
    });
    let answer = node.run(&["notebook", "list"]);
    assert_eq!(answer.status.code(), Some(0));
    assert!(text(&answer.stdout).contains("Notebook 0"));
    assert_eq!(
        text(&answer.stderr),
        "hedgerow: a record of \"Flood rota\" is damaged; sync with somebody who has it\n"
    );
}

#[test]
fn a_node_that_goes_while_it_is_asked_is_told() {
    // A panic in the pretend node ends its side of the conversation, as a crash would.
    let node = running(|request| panic!("{request:?}"));
    let answer = node.run(&["notebook", "list"]);
    assert_eq!((answer.status.code(), text(&answer.stdout)), (Some(1), ""));
    let said = text(&answer.stderr);
    assert!(said.contains("the node stopped before it answered") && said.lines().count() == 1, "{said}");
}
