//! Plain words for what is so: times, people, who has what.

use std::collections::BTreeMap;

use hedgerow_api::When;
use hedgerow_api::reply::{Holder, KeyKept};
use hedgerow_model::Role;
use jiff::{Timestamp, Zoned};

/// `1 page`, `2 pages`.
pub(crate) fn count(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

/// A length in bytes as somebody says it: `812 bytes`, `47 kB`, `3.2 MB`.
pub(crate) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "it is shown with two digits")]
    let amount = bytes as f64;
    match bytes {
        0..1_000 => count(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{:.0} kB", amount / 1e3),
        1_000_000..10_000_000 => format!("{:.1} MB", amount / 1e6),
        _ => format!("{:.0} MB", amount / 1e6),
    }
}

/// A time as somebody says it: the hour today, the day this week, else the date.
pub(crate) fn time(when: When, now: &Zoned) -> String {
    let Ok(stamp) = Timestamp::from_second(when.0.seconds()) else { return when.to_string() };
    let there = stamp.to_zoned(now.time_zone().clone());
    let days = now.date().since(there.date()).map_or(i32::MAX, |span| span.get_days());
    let pattern = match days {
        0 => "%H:%M",
        1..=6 => "%A %H:%M",
        _ if there.year() == now.year() => "%-d %B %H:%M",
        _ => "%-d %B %Y %H:%M",
    };
    there.strftime(pattern).to_string()
}

/// A text, or a dash.
pub(crate) fn or_dash(text: Option<&str>) -> String {
    text.unwrap_or("-").to_owned()
}

/// A role, or a dash.
pub(crate) fn role(role: Option<Role>) -> String {
    or_dash(role.map(Role::word))
}

/// `an admin`, `a reader`.
pub(crate) fn a_role(role: Role) -> String {
    let article = if role == Role::Admin { "an" } else { "a" };
    format!("{article} {role}")
}

/// What to call somebody in a sentence; those who gave no name come with their whole id.
pub(crate) fn called(person: &str) -> String {
    let is_id = person.len() == 64 && person.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { format!("Somebody who gave no name ({person})") } else { person.to_owned() }
}

/// Who else has what we have, person by person. One device that has everything is enough to say that its person does.
pub(crate) fn who_has_it(holders: &[Holder], now: &Zoned) -> String {
    let mut people: BTreeMap<(&str, &str), Vec<&Holder>> = BTreeMap::new();
    for holder in holders {
        people.entry((&holder.person, &holder.person_id)).or_default().push(holder);
    }
    let mut said = vec!["Saved on this device.".to_owned()];
    said.extend(people.iter().map(|((person, _), devices)| of_one_person(person, devices, now)));
    if people.is_empty() {
        said.push("Nobody else is in it.".to_owned());
    }
    said.join(" ")
}

fn of_one_person(person: &str, devices: &[&Holder], now: &Zoned) -> String {
    let person = called(person);
    let with_all: Vec<_> = devices.iter().filter(|device| device.has_all).collect();
    if !with_all.is_empty() {
        return match with_all.iter().filter_map(|device| device.agreed).max() {
            Some(agreed) => format!("{person} has it ({}).", time(agreed, now)),
            None => format!("{person} has it."),
        };
    }
    let had = devices.iter().filter_map(|device| device.agreed).max().map(|agreed| time(agreed, now));
    match (devices.iter().any(|device| device.connected), had) {
        (true, Some(had)) => return format!("{person} is connected and has all but what came after {had}."),
        (true, None) => return format!("{person} is connected; what both have is being compared."),
        (false, Some(had)) => return format!("{person} has all but what came after {had}."),
        (false, None) => {}
    }
    match devices.iter().filter_map(|device| device.last_seen).max() {
        Some(seen) => format!("{person} last seen {}.", time(seen, now)),
        None => format!("{person} has not been met yet."),
    }
}

/// What guards the key, and from whom.
pub(crate) fn key_kept(kept: KeyKept) -> &'static str {
    match kept {
        KeyKept::Keychain => "in this system's keychain",
        KeyKept::Passphrase => "behind your passphrase",
        KeyKept::KeyFile => "in a file beside the data, which does not stop a thief of the disk",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Zoned {
        "2026-11-22T10:42[Europe/London]".parse().expect("a time")
    }

    fn at(text: &str) -> When {
        let stamp: Timestamp = text.parse().expect("a time");
        When(hedgerow_model::Moment::from_seconds(stamp.as_second()))
    }

    #[test]
    fn a_time_is_said_as_people_say_it() {
        let said = |text| time(at(text), &now());
        assert_eq!(said("2026-11-22T09:05:00Z"), "09:05");
        assert_eq!(said("2026-11-21T23:59:00Z"), "Saturday 23:59");
        assert_eq!(said("2026-11-16T12:00:00Z"), "Monday 12:00");
        assert_eq!(said("2026-11-15T12:00:00Z"), "15 November 12:00");
        assert_eq!(said("2026-07-01T12:00:00Z"), "1 July 13:00", "in the person's own zone");
        assert_eq!(said("2025-12-31T12:00:00Z"), "31 December 2025 12:00");
        assert_eq!(said("2026-11-23T12:00:00Z"), "23 November 12:00", "a clock that runs ahead");
    }

    fn holder(person: &str, has_all: bool, connected: bool, seen: Option<&str>) -> Holder {
        Holder {
            person: person.to_owned(),
            person_id: person.to_owned(),
            device_id: "d".to_owned(),
            has_all,
            agreed: seen.filter(|_| has_all).map(at),
            connected,
            last_seen: seen.map(at),
        }
    }

    #[test]
    fn who_has_it_is_said_by_name_and_never_more_than_is_known() {
        let said = |holders: &[Holder]| who_has_it(holders, &now());
        assert_eq!(said(&[]), "Saved on this device. Nobody else is in it.");
        let bo = holder("Bo", true, false, Some("2026-11-22T09:05:00Z"));
        let cy = holder("Cy", false, false, Some("2026-11-17T09:05:00Z"));
        let dai = holder("Dai", false, true, Some("2026-11-17T09:05:00Z"));
        let eira = holder("Eira", false, false, None);
        assert_eq!(
            said(&[cy, bo.clone(), eira, dai]),
            "Saved on this device. Bo has it (09:05). Cy last seen Tuesday 09:05. Dai is connected; what both have is \
             being compared. Eira has not been met yet."
        );
        let mut fflur = holder("Fflur", true, false, Some("2026-11-17T09:05:00Z"));
        fflur.has_all = false;
        assert_eq!(said(&[fflur.clone()]), "Saved on this device. Fflur has all but what came after Tuesday 09:05.");
        fflur.connected = true;
        assert_eq!(
            said(&[fflur]),
            "Saved on this device. Fflur is connected and has all but what came after Tuesday 09:05."
        );
        let bos_other_device = holder("Bo", false, true, None);
        assert_eq!(said(&[bos_other_device, bo]), "Saved on this device. Bo has it (09:05).");
    }
}
