//! What was done to the membership, what whoever did it had read, and what follows for everybody's words.
//!
//! Two rules are followed by hand here, from what people saw, without asking the rooms that are tested:
//! - What everybody who changed the membership had read, or what was written knowing of the change, stays for everybody,
//!   whoever wrote it: a removal names the last words of each line that the remover has.
//! - What somebody wrote without knowing that the founder had removed them, and the founder had not read, falls for everybody,
//!   unless somebody else has written on top of it.
//!
//! Both go for a device that its person revokes, as for somebody whom the founder removes.

use super::Story;
use crate::faults::Fault;
use crate::network::Who;
use crate::story::Page;
use hedgerow_model::RecordId;
use hedgerow_sync::{Command, Outcome, Refusal};
use std::collections::BTreeSet;

/// A piece of text that its writer's device said is saved.
pub(super) struct Marker {
    pub(super) by: Who,
    /// Whose device that is.
    person: Who,
    pub(super) page: Page,
    pub(super) text: String,
    /// How many acts there were when it was written.
    since: usize,
    /// Which of those its writer's device had the record of.
    knew: BTreeSet<usize>,
    /// Whether somebody else wrote where it could be read.
    built_on: bool,
}

/// Something done to the membership.
pub(super) struct Act {
    /// Who did it, whichever of their devices it was done on.
    by: Who,
    on: Who,
    about: Option<Who>,
    deed: Deed,
    /// Whether whoever did it was the founder.
    by_founder: bool,
    /// Which acts whoever did it knew of.
    knew: BTreeSet<usize>,
    /// Which markers, by their place, whoever did it could read.
    read: BTreeSet<usize>,
    /// The records it came in.
    records: BTreeSet<RecordId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Comes by a link, or tries.
    Joins,
    /// Is given another role with which they may write.
    Gets,
    /// May not write any more.
    Loses,
    /// Is no member any more.
    Goes,
    /// Is the founder now.
    Inherits,
    /// A link is closed.
    Closes,
    /// A key is retired: nothing is taken from anybody.
    Retires,
    /// This device is revoked.
    Revokes(Who),
}

/// What has to become of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stays, though its writer was removed, demoted or left.
    Kept,
    /// It stays: nobody took anything from its writer.
    Stays,
    /// It falls.
    Falls,
    /// The rules above do not say.
    Open,
}

impl Story {
    /// Of which acts somebody's device has the records.
    pub(super) fn knows(&self, who: Who) -> BTreeSet<usize> {
        let held = self.operations(who);
        let is_known = |act: &Act| !act.records.is_empty() && act.records.is_subset(&held);
        self.acts.iter().enumerate().filter(|(_, act)| is_known(act)).map(|(at, _)| at).collect()
    }

    /// Somebody wrote `text`, who knew of the acts `knew`.
    pub(super) fn wrote(&mut self, who: Who, page: Page, text: String, knew: BTreeSet<usize>) {
        let (since, person) = (self.acts.len(), self.person(who));
        self.markers.push(Marker { by: who, person, page, text, since, knew, built_on: false });
    }

    /// Somebody changed a page where they read `body`.
    pub(super) fn built(&mut self, who: Who, page: Page, body: &str) {
        let others = self.markers.iter_mut().filter(|marker| marker.by != who && marker.page == page);
        others.filter(|marker| body.contains(&marker.text)).for_each(|marker| marker.built_on = true);
    }

    fn operations(&self, who: Who) -> BTreeSet<RecordId> {
        let all = self.network.replica(who).inventory(&self.shared.notebook);
        all.into_iter().filter(|(_, what)| *what == "a membership operation").map(|(id, _)| id).collect()
    }

    /// Does something to the membership, and notes it with what whoever does it can read.
    pub(super) fn act(
        &mut self,
        by: Who,
        about: Option<Who>,
        command: Command,
        fault: Fault,
    ) -> Result<Outcome, Refusal> {
        let notebook = self.shared.notebook;
        let role = |story: &Story| about.and_then(|about| story.network.role(by, notebook, about));
        let (before, had, mut read) = (role(self), self.operations(by), self.reads(by));
        let knew = self.knows(by);
        if about == Some(self.person(by)) {
            // Who leaves shares nothing from then on but what they wrote and nobody was told of. Whether somebody who stays
            // has the rest is another question; what the founder has stays.
            read = &read & &self.read_by_founder();
        }
        let (inherits, retires) = (matches!(command, Command::HandOver(..)), matches!(command, Command::Retire(_)));
        let by_founder = self.is_founder(by);
        let outcome = self.network.command(by, command)?;
        let after = role(self);
        let deed = match about {
            None if retires => Deed::Retires,
            None => Deed::Closes,
            Some(_) if inherits => Deed::Inherits,
            Some(_) => match after {
                Some(role) if role.may_write() => Deed::Gets,
                Some(_) => Deed::Loses,
                None => Deed::Goes,
            },
        };
        if before != after || matches!(deed, Deed::Closes | Deed::Inherits | Deed::Retires) {
            let records = self.operations(by).difference(&had).copied().collect();
            let (on, by) = (by, self.person(by));
            self.acts.push(Act { by, on, about, deed, by_founder, knew, read, records });
            self.network.faults.fired(fault);
        }
        Ok(outcome)
    }

    /// Whether somebody's device acts as the founder's, and knows so.
    fn is_founder(&self, by: Who) -> bool {
        self.person(by) == self.founder && self.network.is_founder(by, self.shared.notebook)
    }

    /// What the founder, who stays, can read.
    fn read_by_founder(&mut self) -> BTreeSet<usize> {
        let founder = self.seat();
        if self.network.is_on(founder) { self.reads(founder) } else { BTreeSet::new() }
    }

    /// Revokes a device, and notes it with what whoever does it can read. Whether that came about.
    pub(super) fn revoke(&mut self, by: Who, device: Who, fault: Fault) -> bool {
        let (had, knew, mut read) = (self.operations(by), self.knows(by), self.reads(by));
        if by == device {
            // Who resigns tells what nobody was told of, and no more.
            read = &read & &self.read_by_founder();
        }
        let revoke = Command::RevokeDevice(self.network.device(device));
        if self.network.command(by, revoke).is_err() {
            return false;
        }
        let records = self.operations(by).difference(&had).copied().collect();
        let (on, by) = (by, self.person(by));
        self.acts.push(Act {
            by,
            on,
            about: None,
            deed: Deed::Revokes(device),
            by_founder: false,
            knew,
            read,
            records,
        });
        self.network.faults.fired(fault);
        true
    }

    /// Somebody opens a link.
    pub(super) fn comes(&mut self, guest: Who) {
        self.acts.push(Act {
            by: guest,
            on: guest,
            about: Some(guest),
            deed: Deed::Joins,
            by_founder: false,
            knew: BTreeSet::new(),
            read: BTreeSet::new(),
            records: BTreeSet::new(),
        });
    }

    /// Which markers somebody can read.
    fn reads(&mut self, who: Who) -> BTreeSet<usize> {
        let mut read = BTreeSet::new();
        for page in self.pages.clone() {
            let text = self.network.words(who, page);
            let on_it = self.markers.iter().enumerate().filter(|(_, marker)| marker.page == page);
            read.extend(on_it.filter(|(_, marker)| text.contains(&marker.text)).map(|(at, _)| at));
        }
        read
    }

    /// What has to become of the marker at a place.
    pub(super) fn fate(&self, at: usize) -> Fate {
        let marker = &self.markers[at];
        if self.deleted.contains(&marker.text) || self.contested.contains(&marker.person) {
            return Fate::Open;
        }
        if ![marker.by, marker.person].iter().any(|who| self.tainted.contains(who)) {
            return Fate::Stays;
        }
        if self.network.is_altered(marker.by) {
            return Fate::Open;
        }
        let fells = |(nth, act): (usize, &Act)| match act.deed {
            Deed::Revokes(device) => device == marker.by && self.revokes(nth, marker, at),
            _ => act.fells(nth, marker, at, &self.acts) && self.is_certain(nth),
        };
        let as_at_first = self.is_as_at_first(marker);
        if self.acts.iter().enumerate().any(fells) {
            return if marker.built_on { Fate::Open } else { Fate::Falls };
        }
        let threatens = |act: &Act| match act.deed {
            Deed::Joins | Deed::Retires => false,
            // What it did unheard falls too, and with that the place of whoever had it from there.
            Deed::Revokes(device) => device == marker.by || !as_at_first,
            Deed::Loses | Deed::Goes if act.about == Some(marker.person) => true,
            Deed::Goes if act.about == Some(act.by) => true,
            _ => !as_at_first,
        };
        let mut acts = self.acts.iter().enumerate();
        let all_knew = acts.all(|(nth, act)| !threatens(act) || act.read.contains(&at) || marker.knew.contains(&nth));
        if all_knew { Fate::Kept } else { Fate::Open }
    }

    /// Whether the writer of a marker had their place from the beginning, when all were together: then it rests on nothing
    /// that anybody could have missed.
    fn is_as_at_first(&self, marker: &Marker) -> bool {
        let before = &self.acts[..marker.since];
        self.people[..3].contains(&marker.person) && !before.iter().any(|act| act.about == Some(marker.person))
    }

    /// Whether a revocation, the act `nth`, takes a marker away for certain: whoever made it had not read the marker, its
    /// writer wrote without knowing of it, and their person is a member at the end: else nobody may have heard of it.
    fn revokes(&self, nth: usize, marker: &Marker, at: usize) -> bool {
        let act = &self.acts[nth];
        let is_member = self.network.role(self.seat(), self.shared.notebook, marker.person).is_some();
        let honest = !self.network.is_altered(act.on);
        is_member
            && honest
            && self.is_certain(nth)
            && act.on != marker.by
            && !act.read.contains(&at)
            && !marker.knew.contains(&nth)
    }

    /// Whether nothing takes back what the founder did: no revocation of the device that it was done on, and nothing else
    /// that the founder did about the same person on another device, unaware of it.
    fn is_certain(&self, nth: usize) -> bool {
        let act = &self.acts[nth];
        self.acts.iter().enumerate().all(|(at, other)| match other.deed {
            Deed::Revokes(device) => device != act.on || other.knew.contains(&nth),
            _ if at == nth || other.by != act.by || other.about != act.about => true,
            Deed::Gets | Deed::Loses if act.deed == Deed::Loses => other.knew.contains(&nth) || act.knew.contains(&at),
            _ => true,
        })
    }

    /// Whether a marker was written by somebody who knew that the founder had removed `out`, and `out` never came again.
    pub(super) fn is_kept_from(&self, marker: &Marker, out: Who) -> bool {
        let mut acts = self.acts.iter().enumerate();
        let is_out = |nth, act: &Act| act.deed == Deed::Revokes(out) && self.is_certain(nth);
        if acts.any(|(nth, act)| is_out(nth, act) && marker.knew.contains(&nth)) {
            return marker.by != out;
        }
        let person = self.person(out);
        let last = self.acts.iter().enumerate().rfind(|(_, act)| act.about == Some(person));
        let Some((nth, act)) = last else { return false };
        let founder_did = act.deed == Deed::Goes && act.by_founder && act.by != person && self.is_certain(nth);
        founder_did && marker.knew.contains(&nth) && marker.person != person
    }
}

impl Act {
    /// Whether this act, the `nth`, takes a marker away for certain: the founder made it, who had not read the marker, and its
    /// writer wrote without knowing of it.
    fn fells(&self, nth: usize, marker: &Marker, at: usize, acts: &[Act]) -> bool {
        let takes = matches!(self.deed, Deed::Loses | Deed::Goes) && self.by_founder && self.by != marker.person;
        let since = acts.get(nth + 1..marker.since).unwrap_or_default();
        // Whoever was let in again may know of it without its record.
        let came_again = since.iter().any(|act| act.about == Some(marker.person));
        takes
            && self.about == Some(marker.person)
            && !self.read.contains(&at)
            && !marker.knew.contains(&nth)
            && !came_again
    }
}
