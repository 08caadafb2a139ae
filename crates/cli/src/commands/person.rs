//! Who this device speaks for.

use hedgerow_api::reply::Identity;
use hedgerow_api::request::{SetProfile, Whoami};

use crate::args::{ProfileArgs, ProfileCommand};
use crate::door::Doorway;
use crate::output::Output;
use crate::problem::Problem;
use crate::words;

/// `init`
pub(super) async fn init(way: &Doorway, args: ProfileArgs, out: &mut Output) -> Result<(), Problem> {
    let identity = way.ask(as_request(args)).await?;
    if !out.json() {
        out.line("This device is ready. What you write is kept here, sealed.")?;
        out.line(format!("Its key is kept {}.", words::key_kept(identity.key_kept)))?;
    }
    show(&identity, out)
}

/// `profile set`
pub(super) async fn profile(way: &Doorway, command: ProfileCommand, out: &mut Output) -> Result<(), Problem> {
    let ProfileCommand::Set(args) = command;
    let identity = way.ask(as_request(args)).await?;
    show(&identity, out)
}

/// `whoami`
pub(super) async fn whoami(way: &Doorway, out: &mut Output) -> Result<(), Problem> {
    let identity = way.ask(Whoami {}).await?;
    show(&identity, out)?;
    if out.json() { Ok(()) } else { out.line(format!("{:<13} {}", "Key", words::key_kept(identity.key_kept))) }
}

fn as_request(args: ProfileArgs) -> SetProfile {
    let ProfileArgs { name, organisation, sector, job, level, places } = args;
    let places = places.map(|places| places.into_iter().filter(|place| !place.trim().is_empty()).collect());
    SetProfile { name, organisation, sector, job, level, places }
}

fn show(identity: &Identity, out: &mut Output) -> Result<(), Problem> {
    if out.json() {
        return out.object(identity);
    }
    let places = (!identity.places.is_empty()).then(|| identity.places.join(", "));
    let known = [
        ("Name", identity.name.clone()),
        ("Organisation", identity.organisation.clone()),
        ("Sector", identity.sector.clone()),
        ("Job", identity.job.clone()),
        ("Level", identity.level.map(|level| level.word().to_owned())),
        ("Places", places),
        ("Person", Some(identity.person_id.clone())),
        ("Device", Some(identity.device_id.clone())),
    ];
    for (what, text) in known {
        if let Some(text) = text {
            out.line(format!("{what:<13} {text}"))?;
        }
    }
    Ok(())
}
