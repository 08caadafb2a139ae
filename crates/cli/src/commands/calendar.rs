//! A plan's due dates as a calendar file (RFC 5545).

use std::path::Path;

use hedgerow_api::reply::{PlanAction, PlanView};
use hedgerow_model::ActionStatus;
use icalendar::{Calendar, Component, Event, EventStatus, Property};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::export::write_new;
use super::notebook::done;
use crate::output::Output;
use crate::problem::Problem;
use crate::words::count;

/// A calendar was written.
#[derive(Serialize)]
struct Written {
    file: String,
    events: u64,
}

/// Writes the due dates to `file`, or to standard output.
pub(super) fn write(view: &PlanView, file: &Path, out: &mut Output) -> Result<(), Problem> {
    let stamp = out.now().with_time_zone(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    let (text, events) = calendar(view, &stamp);
    if file == Path::new("-") {
        return out.text(&text);
    }
    write_new(file, &text)?;
    let written = Written { file: file.display().to_string(), events };
    done(out, &written, || format!("Wrote {} to {}.", count(events, "event", "events"), written.file))
}

/// The calendar, and how many events are in it. `stamp` is the time at which it is made.
fn calendar(view: &PlanView, stamp: &str) -> (String, u64) {
    let mut calendar = Calendar::empty();
    for (key, value) in [("VERSION", "2.0"), ("PRODID", "-//Hedgerow//Plans//EN"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(key, value));
    }
    calendar.append_property(Property::new("X-WR-CALNAME", view.title.as_str()).append_parameter(TEXT).done());
    let mut events = 0;
    for (action, due) in view.actions.iter().filter_map(|action| Some((action, action.due.as_ref()?))) {
        calendar.push(event(view, action, due, stamp));
        events += 1;
    }
    (calendar.to_string(), events)
}

/// The library escapes what it knows to be text, and what says so.
const TEXT: (&str, &str) = ("VALUE", "TEXT");

fn event(view: &PlanView, action: &PlanAction, due: &str, stamp: &str) -> Event {
    let mark = match action.status {
        ActionStatus::Done => "Done: ",
        ActionStatus::Stopped => "Stopped: ",
        ActionStatus::Todo | ActionStatus::Doing => "",
    };
    let is_off = action.deleted || action.status == ActionStatus::Stopped;
    let day = Property::new("DTSTART", due.replace('-', "")).append_parameter(("VALUE", "DATE")).done();
    let summary: Vec<&str> = action.text.split_whitespace().collect();
    Event::new()
        // The same action on a copy of the page is another event.
        .uid(&format!("{}.{}@hedgerow", action.id, view.id))
        .append_property(Property::new("DTSTAMP", stamp))
        .append_property(day)
        .append_property(Property::new("TRANSP", "TRANSPARENT"))
        .summary(&format!("{mark}{}", summary.join(" ")))
        .description(&description(view, action))
        .status(if is_off { EventStatus::Cancelled } else { EventStatus::Confirmed })
        .done()
}

fn description(view: &PlanView, action: &PlanAction) -> String {
    let serves = action.outcome.as_ref().and_then(|id| view.outcomes.iter().find(|outcome| outcome.id == *id));
    let lines = [
        Some(format!("Plan: {}", view.title)),
        serves.map(|outcome| format!("Outcome: {}", outcome.text)),
        action.partner.as_ref().map(|partner| format!("Partner: {partner}")),
        action.owner.as_ref().map(|owner| format!("Owner: {}", owner.name)),
        Some(action.notes.clone()).filter(|notes| !notes.is_empty()),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}
