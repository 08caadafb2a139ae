//! The command line: what was typed becomes requests to a node, and its replies become text for people or JSON for
//! programs. It adds no ability of its own.

mod args;
mod commands;
mod door;
mod file_name;
mod folder;
mod output;
mod problem;
mod table;
mod text_file;
mod tree;
mod words;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::output::Output;
use crate::problem::Problem;

fn main() -> ExitCode {
    say_panics_in_one_line();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => return Problem::Usage(usage).tell(),
    };
    let mut out = Output::to_terminal(cli.everywhere.json);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return Problem::said(format!("could not start: {cause}")).tell(),
    };
    let done = runtime.block_on(commands::run(cli, &mut out)).and_then(|()| out.finish());
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => problem.tell(),
    }
}

/// A fault of our own is said in one line too, and where it happened, so that it can be reported.
fn say_panics_in_one_line() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" ({}:{})", at.file(), at.line())).unwrap_or_default();
        let line =
            format!("hedgerow: this is a fault in Hedgerow itself{place}; what was saved is kept. Please report it\n");
        // If nobody listens to what went wrong, there is nothing left to do about it.
        let _ = std::io::stderr().write_all(line.as_bytes());
        std::process::exit(1);
    }));
}
