//! Who may do what, as the people of a story change it: links, roles, removals, leavings, and the founder's seat.

use super::Story;
use crate::faults::Fault;
use crate::network::Who;
use hedgerow_model::{Lifetime, Role};
use hedgerow_sync::{Command, Outcome};

impl Story {
    /// Somebody who is no member, perhaps somebody new.
    fn guest(&mut self, but: &[Who]) -> Option<Who> {
        let outside = |guest: &Who| !self.members.contains(guest) && !but.contains(guest);
        let outside: Vec<Who> = self.people.iter().copied().filter(outside).collect();
        if let Some(guest) = self.pick(&outside) {
            return Some(guest);
        }
        let name = ["Eve", "Fay"].get(self.people.len() - 4)?;
        let guest = self.network.person(name);
        self.people.push(guest);
        Some(guest)
    }

    pub(super) fn invite(&mut self, who: Who) {
        let Some(guest) = self.guest(&[]) else { return };
        if !self.network.is_on(guest) || guest == self.person(who) {
            return;
        }
        self.network.join_up(who, guest);
        let role = [Role::Writer, Role::Writer, Role::Commenter, Role::Reader];
        let Some(role) = self.pick(&role) else { return };
        let Some(link) = self.link(who, role, Lifetime::WEEK) else { return };
        self.comes(guest);
        let asked = self.network.ask_to_join(guest, &link);
        self.links.insert(guest, link);
        self.network.pass(3_000);
        if self.network.answered(guest, asked).is_some_and(|answer| answer.is_ok()) {
            self.network.faults.fired(Fault::Join);
        }
        // Joined or not, a removal elsewhere may put this joining in question.
        self.tainted.insert(guest);
        self.members.insert(guest);
    }

    /// A link for one, if they may make it.
    fn link(&mut self, who: Who, role: Role, open: Lifetime) -> Option<String> {
        let notebook = self.shared.notebook;
        let invite = Command::Invite { notebook, role, uses: 1, open, addresses: Vec::new() };
        match self.network.command(who, invite) {
            Ok(Outcome::Invited(invitation, link)) => {
                self.invitations.push(invitation);
                Some(link)
            }
            _ => None,
        }
    }

    /// Two guests open a link for one, at two members who are out of touch.
    pub(super) fn contest(&mut self, who: Who) {
        let (founder, liar) = (self.founder, self.people[2]);
        let role = |story: &Story, host: Who| story.network.role(host, story.shared.notebook, host);
        let is_host = |host: &Who| {
            let may = self.network.is_on(*host) && self.network.knows(*host, self.shared.notebook);
            may && *host != liar && !self.network.is_altered(*host) && role(self, *host) == Some(Role::Writer)
        };
        let hosts: Vec<Who> = self.people.iter().copied().filter(is_host).collect();
        let Some(one) = self.pick(&hosts) else { return };
        let others: Vec<Who> = hosts.into_iter().filter(|host| *host != one).collect();
        // Whoever made the link hosts too, if nobody else does: then the one who comes to them is seated at once.
        let other = self.pick(&others).unwrap_or(who);
        let whose = self.person(who);
        let Some(first) = self.guest(&[whose, founder]) else { return };
        let Some(second) = self.guest(&[whose, founder, first]) else { return };
        let all_on = [first, second].iter().all(|guest| self.network.is_on(*guest));
        if other == one || !all_on || [one, other].contains(&first) || [one, other].contains(&second) {
            return;
        }
        for host in [one, other] {
            self.network.join_up(who, host);
        }
        // Open so long that most hosts honour it: their clocks are years apart.
        let open = Lifetime::parse("3650d").expect("the longest");
        let Some(link) = self.link(who, Role::Writer, open) else { return };
        self.network.pass(2_000);
        for (guest, host) in [(first, one), (second, other)] {
            self.network.disconnect(guest);
            self.network.disconnect(host);
            self.network.join_up(guest, host);
            self.links.insert(guest, link.clone());
            self.comes(guest);
            self.tainted.insert(guest);
            self.contested.insert(guest);
            self.members.insert(guest);
        }
        let asked = [first, second].map(|guest| (guest, self.network.ask_to_join(guest, &link)));
        self.network.pass(3_000);
        let is_in = |(guest, asked)| self.network.answered(guest, asked).is_some_and(|answer| answer.is_ok());
        if asked.into_iter().all(is_in) {
            self.network.faults.fired(Fault::Contest);
        }
    }

    /// An admin closes a link.
    pub(super) fn close(&mut self, who: Who) {
        let links = self.invitations.clone();
        let Some(link) = self.pick(&links) else { return };
        let revoke = Command::Revoke(self.shared.notebook, link);
        let _ = self.act(who, None, revoke, Fault::Closing);
    }

    pub(super) fn change_role(&mut self, who: Who) {
        let other = self.somebody();
        let other = self.person(other);
        let Some(role) = self.pick(&[Role::Reader, Role::Commenter, Role::Writer, Role::Admin]) else { return };
        if other == self.person(who) || other == self.founder {
            return;
        }
        let set = Command::SetRole(self.shared.notebook, self.network.id(other), role);
        if self.act(who, Some(other), set, Fault::RoleChange).is_ok() {
            self.tainted.insert(other);
        }
    }

    pub(super) fn remove(&mut self, who: Who) {
        let other = self.somebody();
        let other = self.person(other);
        if other == self.person(who) || other == self.founder {
            return;
        }
        let remove = Command::RemoveMember(self.shared.notebook, self.network.id(other));
        if self.act(who, Some(other), remove, Fault::Removal).is_ok() {
            self.tainted.insert(other);
            self.members.remove(&other);
        }
    }

    /// Somebody goes, unless they are the founder.
    pub(super) fn leave(&mut self, who: Who) {
        let (leave, person) = (Command::Leave(self.shared.notebook), self.person(who));
        if person != self.founder && self.act(who, Some(person), leave, Fault::Leaving).is_ok() {
            self.tainted.insert(person);
            self.members.remove(&person);
        }
    }

    /// The founder hands the notebook to a member who keeps the rules.
    pub(super) fn hand_over(&mut self) {
        let (founder, notebook, liar) = (self.seat(), self.shared.notebook, self.people[2]);
        if !self.network.is_on(founder) {
            return;
        }
        let is_heir = |heir: &Who| {
            let is_whole = |second: &super::Second| second.of != *heir || !self.network.is_altered(second.device);
            let honest = !self.network.is_altered(*heir)
                && self.seconds.iter().all(is_whole)
                && (*heir != liar || self.seed.is_multiple_of(2));
            honest && *heir != self.founder && self.network.role(founder, notebook, *heir).is_some()
        };
        let heirs: Vec<Who> = self.people.iter().copied().filter(is_heir).collect();
        let Some(heir) = self.pick(&heirs) else { return };
        let hand_over = Command::HandOver(notebook, self.network.id(heir));
        if self.act(founder, Some(heir), hand_over, Fault::Handover).is_ok() {
            self.founder = heir;
            self.members.insert(heir);
        }
    }
}
