//! The people of the demonstration: each a folder, and processes of this same program.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::problem::{Problem, in_words};

/// A folder for everything, gone with it.
pub(super) struct Stage {
    folder: PathBuf,
}

impl Stage {
    /// A new, empty one.
    pub(super) fn set() -> Result<Stage, Problem> {
        let folder = std::env::temp_dir().join(format!("hedgerow-demo-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|cause| went_wrong("make a folder for the demonstration", &cause))?;
        Ok(Stage { folder })
    }

    /// Writes notes into a folder, and says which.
    pub(super) fn write_out(&self, notes: &[(&str, &str)]) -> Result<String, Problem> {
        let folder = self.folder.join("notes");
        let written = std::fs::create_dir_all(&folder)
            .and_then(|()| notes.iter().try_for_each(|(name, note)| std::fs::write(folder.join(name), note)));
        written.map_err(|cause| went_wrong("write the sample notes", &cause))?;
        Ok(folder.display().to_string())
    }

    /// A person with a device.
    pub(super) async fn person(&self, name: &str, organisation: &str, sector: &str) -> Result<Person, Problem> {
        let first = name.split(' ').next().unwrap_or(name);
        let person = Person { first: first.to_owned(), folder: self.folder.join(first) };
        person.one(&["init", "--name", name, "--organisation", organisation, "--sector", sector]).await?;
        Ok(person)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What cannot be removed is left for the system to tidy.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// One person and their folder.
pub(super) struct Person {
    first: String,
    folder: PathBuf,
}

/// What a command answered.
struct Answer {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Person {
    /// The first name.
    pub(super) fn first(&self) -> &str {
        &self.first
    }

    /// A command whose answer is one object.
    pub(super) async fn one(&self, words: &[&str]) -> Result<Value, Problem> {
        Ok(self.lines(words).await?.into_iter().next().unwrap_or(Value::Null))
    }

    /// A command whose answer is a list.
    pub(super) async fn lines(&self, words: &[&str]) -> Result<Vec<Value>, Problem> {
        let words: Vec<&str> = ["--json"].into_iter().chain(words.iter().copied()).collect();
        let stdout = self.text(&words).await?;
        Ok(stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// A command's whole text.
    pub(super) async fn text(&self, words: &[&str]) -> Result<String, Problem> {
        self.must(words, "").await
    }

    /// A command that reads from its standard input.
    pub(super) async fn with_input(&self, words: &[&str], input: &str) -> Result<(), Problem> {
        self.must(words, input).await.map(drop)
    }

    /// What a page says.
    pub(super) async fn show(&self, page: &str) -> Result<String, Problem> {
        let shown = self.one(&["page", "show", page, "--format", "json"]).await?;
        Ok(shown["body"].as_str().unwrap_or_default().to_owned())
    }

    /// A command that has to be refused; what it says.
    pub(super) async fn refused(&self, words: &[&str], input: &str) -> Result<String, Problem> {
        let answer = self.run(words, input).await?;
        match answer.code {
            Some(1) => Ok(answer.stderr.trim().to_owned()),
            _ => Err(Problem::said(format!("{} was not refused when they should have been", self.first))),
        }
    }

    async fn must(&self, words: &[&str], input: &str) -> Result<String, Problem> {
        let answer = self.run(words, input).await?;
        match answer.code {
            Some(0) => Ok(answer.stdout),
            _ => Err(Problem::said(format!("{}'s device said: {}", self.first, answer.stderr.trim()))),
        }
    }

    async fn run(&self, words: &[&str], input: &str) -> Result<Answer, Problem> {
        let failed = |cause: std::io::Error| went_wrong("run a command of the demonstration", &cause);
        let mut child = self.command()?.args(words).spawn().map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that reads nothing may have ended already.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        let output = child.wait_with_output().await.map_err(failed)?;
        Ok(Answer {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn command(&self) -> Result<Command, Problem> {
        let program = std::env::current_exe().map_err(|cause| went_wrong("find this program", &cause))?;
        let mut command = Command::new(program);
        command.arg("--data").arg(Path::new(&self.folder)).env_remove("HEDGEROW_DATA").kill_on_drop(true);
        // Nothing stays behind, in a keychain neither.
        command.env("HEDGEROW_KEYS", "file");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }

    /// Starts this person's node, on loopback alone.
    pub(super) async fn serve(&self, words: &[&str]) -> Result<Node, Problem> {
        let failed = |cause: std::io::Error| went_wrong("start a node", &cause);
        let mut command = self.command()?;
        command.args(["--json", "serve", "--listen", "/ip4/127.0.0.1/tcp/0", "--no-discovery"]).args(words);
        let mut child = command.stderr(Stdio::null()).spawn().map_err(failed)?;
        let stdout = child.stdout.take().ok_or_else(|| Problem::said("a node has no output"))?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).await.map_err(failed)?;
        let ready: Value = serde_json::from_str(&line).unwrap_or_default();
        match ready["addresses"][0].as_str() {
            Some(address) => {
                let window = ready["http"].as_str().map(str::to_owned);
                Ok(Node { child, address: address.to_owned(), window })
            }
            None => Err(Problem::said(format!("{}'s node did not start", self.first))),
        }
    }
}

/// A node that runs.
pub(super) struct Node {
    child: Child,
    address: String,
    window: Option<String>,
}

impl Node {
    /// Where it listens.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// What a browser opens, where it serves a window.
    pub(super) fn window(&self) -> Option<&str> {
        self.window.as_deref()
    }

    /// Ends it as a person would, and waits until it has.
    pub(super) async fn stop(mut self) -> Result<(), Problem> {
        let failed = |cause: std::io::Error| went_wrong("stop a node", &cause);
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            rustix::process::kill_process(pid, rustix::process::Signal::TERM).map_err(|cause| failed(cause.into()))?;
        }
        self.child.wait().await.map_err(failed)?;
        Ok(())
    }
}

fn went_wrong(what: &str, cause: &std::io::Error) -> Problem {
    Problem::said(format!("could not {what}: {}", in_words(cause)))
}
