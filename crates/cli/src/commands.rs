//! What each command does.

mod attachment;
mod calendar;
mod demo;
mod export;
mod import;
mod inbox;
mod invitation;
mod notebook;
mod page;
mod person;
mod plan;
mod progress;
mod serve;
mod signals;
mod state;

use hedgerow_api::request::ListDamage;
use hedgerow_api::told;

use crate::args::{Cli, Command};
use crate::door::Doorway;
use crate::output::Output;
use crate::problem::{Problem, say};

/// Does what was typed.
pub(crate) async fn run(cli: Cli, out: &mut Output) -> Result<(), Problem> {
    let folder = told::folder(cli.everywhere.data.clone())?;
    let way = Doorway::to(folder, cli.command.name(), cli.command.needs_others());
    let done = carry_out(&way, cli.command, out).await;
    if way.is_open() {
        say_damage(&way).await;
    }
    let closed = way.close().await;
    done.and(closed)
}

async fn carry_out(way: &Doorway, command: Command, out: &mut Output) -> Result<(), Problem> {
    match command {
        Command::Init(args) => person::init(way, args, out).await,
        Command::Whoami => person::whoami(way, out).await,
        Command::Profile(command) => person::profile(way, command, out).await,
        Command::Status => state::status(way, out).await,
        Command::Notebook(command) => notebook::run(way, command, out).await,
        Command::Invite(args) => invitation::invite(way, args, out).await,
        Command::Invitation(command) => invitation::run(way, command, out).await,
        Command::Join(args) => invitation::join(way, args, out).await,
        Command::Page(command) => page::run(way, command, out).await,
        Command::Plan(command) => plan::run(way, command, out).await,
        Command::Capture(args) => inbox::capture(way, args, out).await,
        Command::Inbox(command) => inbox::run(way, command, out).await,
        Command::Import(args) => import::run(way, args, out).await,
        Command::Export(args) => export::run(way, args, out).await,
        Command::Serve(args) => serve::run(way.folder(), args, out).await,
        Command::Sync(args) => state::sync(way, args, out).await,
        Command::Verify(args) => state::verify(way, args, out).await,
        Command::Demo { keep_open } => demo::run(keep_open, out).await,
    }
}

/// Damage that was met on the way is said, also where the command could go on.
async fn say_damage(way: &Doorway) {
    // A node that is gone by now has said so already.
    for damage in way.ask(ListDamage {}).await.unwrap_or_default() {
        say(&damage.say);
    }
}

#[cfg(test)]
mod tests;
