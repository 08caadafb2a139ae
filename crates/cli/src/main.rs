//! The command line: what was typed becomes requests to a node, and its replies become text for people or JSON for
//! programs. It adds no ability of its own.

mod args;
mod commands;
mod door;
mod file_name;
mod output;
mod panics;
mod passphrase;
mod problem;
mod table;
mod text_file;
mod tree;
mod words;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::output::Output;
use crate::problem::{Problem, in_words};

fn main() -> ExitCode {
    panics::remember();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => return Problem::Usage(usage).tell(),
    };
    match std::panic::catch_unwind(|| run(cli)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(problem)) => problem.tell(),
        // The runtime panics when it may not open what it waits with.
        Err(panic) if is_out_of_handles(&*panic) => Problem::Partly(TOO_MANY_FILES.to_owned()).tell(),
        Err(_) => Problem::said("this did not work; what was saved is kept").tell(),
    }
}

const TOO_MANY_FILES: &str = "too many files are open on this device; close some programs, then try again";

/// Whether somebody panicked over the system's saying that no more files may be opened.
fn is_out_of_handles(panic: &(dyn std::any::Any + Send)) -> bool {
    panic.downcast_ref::<String>().is_some_and(|said| said.contains("code: 24,") || said.contains("code: 23,"))
}

fn run(cli: Cli) -> Result<(), Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|cause| {
        Problem::said(format!("could not start: {}; close some programs, then try again", in_words(&cause)))
    })?;
    let mut out = Output::to_terminal(cli.everywhere.json);
    let done = runtime.block_on(commands::run(cli, &mut out));
    // Whatever still waits for others must not hold up the end.
    runtime.shutdown_background();
    done.and_then(|()| out.finish())
}
